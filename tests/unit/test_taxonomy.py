import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from voc.data.problems import InputError
from voc.run.cli import cli
from voc.text.taxonomy import Root, Sub, Taxonomy, checked, read
from voc.text.taxonomy.draft import draft

SHOP = Path(__file__).parents[2] / "params" / "taxonomy.yml"
GOOD = """
tags: {money: money is gone}
roots:
  delivery:
    owner: Logistics
    severity: major
    subs:
      late: {tags: [money], keywords: {en: [parcel late], ru: [опоздала доставка], zh: [还没到]}}
      lost: {severity: critical, owner: Claims, keywords: {en: [parcel lost]}}
"""


def problems(tmp_path, text):
    path = tmp_path / "taxonomy.yml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as error:
        read(path)
    return [str(problem) for problem in error.value.problems]


def written(tmp_path, text):
    path = tmp_path / "taxonomy.yml"
    path.write_text(text, encoding="utf-8")
    return checked(path)


def test_owner_and_severity_come_from_the_root_where_a_sub_names_none(tmp_path):
    known, care = written(tmp_path, GOOD)
    assert care == []
    assert [(sub.name, sub.owner, sub.severity) for _, sub in known.subs()] == [
        ("late", "Logistics", "major"),
        ("lost", "Claims", "critical"),
    ]
    assert known.category_of("lost") == "delivery"
    assert known.owner_of("delivery") == "Logistics"
    assert known.owner_of(None, "lost") == "Claims"
    assert known.owner_of("payment", "lost") == ""
    assert known.severity_of("delivery") == "major"
    assert known.severity_of(None) is None


def test_the_ready_taxonomy_is_good_and_named_like_the_labels():
    from voc.run.yamls import load_yaml

    known, care = checked(SHOP)
    labels = load_yaml(SHOP.parent / "labels.yml")[0]
    assert care == []
    assert [root.name for root in known.roots] == list(labels["category"])
    assert sorted(known.names()) == sorted(labels["issue"])
    assert all({"en", "ru", "zh"} <= set(sub.keywords) for _, sub in known.subs())


def test_all_that_is_wrong_is_told_at_once_with_place_value_and_cure(tmp_path):
    text = """
tags: {money: money is gone}
roots:
  delivery:
    severity: terrible
    subs:
      late:
        tags: [mony]
        keywords: {en: [deliver late, of the], xx: [late], zh: [退, 还没到], ru: [во*]}
      lost: {keywords: {en: [late delivering]}}
      empty: {keywords: {en: []}}
  payment: {subs: {}}
  account: {subs: {late: {keywords: {en: [login]}, colour: red}}}
"""
    found = problems(tmp_path, text)
    expected = [
        ("roots.delivery.severity (line 5)", "'terrible' is no severity", "minor, major, critical"),
        ("roots.delivery.subs.late.tags (line 8)", "the tag 'mony' is unknown", "Did you mean money?"),
        ("roots.delivery.subs.late.keywords.en (line 9)", "'of the' holds no word", "Write a word"),
        ("roots.delivery.subs.late.keywords.xx (line 9)", "'xx' is no language code", ""),
        ("roots.delivery.subs.late.keywords.zh (line 9)", "one character (退)", "Write 2 characters"),
        ("roots.delivery.subs.late.keywords.ru (line 9)", "во* begins too many words", "Write 3 letters"),
        (
            "roots.delivery.subs.lost.keywords.en (line 10)",
            "'late delivering' stands in 'late' too (as 'deliver late'",
            "",
        ),
        ("roots.delivery.subs.empty (line 11)", "has no keyword", ""),
        ("roots.payment (line 12)", "has no subcategory", ""),
        ("roots.account.subs.late (line 13)", "the name 'late' stands twice", "Rename one"),
        ("roots.account.subs.late.colour (line 13)", "unknown name", ""),
    ]
    for where, what, cure in expected:
        told = [one for one in found if what in one]
        assert told, (what, found)
        assert told[0].startswith(where), told
        assert cure in told[0]
    assert len(found) == len(expected)


def test_more_than_ten_roots_are_refused_by_name(tmp_path):
    roots = "\n".join(f"  root{n}: {{owner: x, subs: {{sub{n}: {{keywords: {{en: [word{n}]}}}}}}}}" for n in range(12))
    (told,) = problems(tmp_path, f"roots:\n{roots}\n")
    assert "12 root categories, at most 10 are allowed (too many: root10, root11)" in told


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "there is no root category"),
        ("roots: []", "Write names with values below them"),
        ("- a\n- b", "Write names with values below them"),
        ("roots: {a: {subs: {b: {keywords: {en: word}}}}}", "a list: [one, another]"),
        ("roots: {a: [1", "cannot be read"),
        ("roots:\n  a: {subs: {b: {keywords: {en: [x1 y]}}}}\n  a: {}", "'a' stands already in line 2"),
    ],
)
def test_files_that_are_no_taxonomy_are_told_kindly(tmp_path, text, said):
    assert any(said in one for one in problems(tmp_path, text))


def test_a_missing_file_names_one_that_is_near(tmp_path):
    (tmp_path / "taxonomy.yml").write_text(GOOD, encoding="utf-8")
    with pytest.raises(InputError, match=r"does not exist.*taxonomy\.yml"):
        read(tmp_path / "taxonomi.yml")


def test_yaml_reads_words_not_flags_numbers_or_dates(tmp_path):
    text = "roots: {no: {owner: 010, subs: {'404': {keywords: {en: [no stock, 404, 12.10]}}}}}"
    known, _ = written(tmp_path, text)
    (root,) = known.roots
    assert (root.name, root.owner, root.subs[0].name) == ("no", "010", "404")
    assert root.subs[0].keywords["en"] == ("no stock", "404", "12.10")


def test_owners_not_named_ask_for_care_and_stop_nothing(tmp_path):
    known, care = written(tmp_path, GOOD.replace("owner: Logistics", 'owner: "?"'))
    assert [problem.where for problem in care] == ["roots.delivery (line 4)"]
    assert known.owner_of("delivery", "late") == ""
    assert known.owner_of("delivery", "lost") == "Claims"


def topics(k, labels=None, words=None):
    tree = [[0, 1, 0.1, 2]] + [[k + n, n + 2, 0.2 + n / 10, n + 3] for n in range(k - 2)]
    said = words or tuple({"en": (f"alpha{n}x", "shared"), "ru": (f"слово{chr(1072 + n)}", "общее")} for n in range(k))
    names = labels or tuple(f"topic {n}" for n in range(k))
    return SimpleNamespace(
        labels=names, words=said, sizes=np.arange(k, 0, -1), merge_tree=np.array(tree[: max(k - 1, 0)], float)
    )


@pytest.mark.parametrize("k", [1, 2, 3, 10, 14, 40])
def test_a_draft_passes_the_check_but_for_owners(tmp_path, k):
    known, care = written(tmp_path, draft(topics(k)))
    assert 1 <= len(known.roots) <= 10
    assert sorted(known.names()) == sorted(f"topic {n}" for n in range(k))
    assert len(care) == len(known.roots)
    assert known.roots[0].severity == "minor"


def test_a_draft_survives_odd_names_and_words_of_several_topics(tmp_path):
    words = (
        {"en": ("shared", "own")},
        {"en": ("shared", "other")},
        {"en": ("shared",)},
        {"zh": ("退", "退款")},
        {"en": ("shared", "own")},
    )
    made = draft(topics(5, ("no", "a: b\n- c", "\x00", "no", "last"), words))
    known, _ = written(tmp_path, made)
    assert "退款" in made
    assert len(known.names()) >= 3
    assert "Left out" in made


def test_a_word_that_mostly_stands_in_other_topics_is_no_keyword():
    sentences = ["alpha0x here", "alpha0x there", "alpha1x", "alpha1x", "alpha1x again"]
    made = draft(topics(3), sentences, [0, 0, 1, 2, 2])
    assert "en: [alpha0x]" in made
    assert "en: [alpha1x]" not in made


def test_light_branches_stay_with_their_neighbour_and_no_root_is_light(tmp_path):
    many = topics(30)
    many.sizes = np.array([1_000] * 4 + [1] * 26)
    known, _ = written(tmp_path, draft(many))
    assert 1 < len(known.roots) <= 4


def test_no_topics_cannot_be_drafted_from():
    with pytest.raises(ValueError, match="no topics"):
        draft(topics(0))


def test_the_command_checks_a_file(tmp_path):
    from click.testing import CliRunner

    path = tmp_path / "taxonomy.yml"
    path.write_text(GOOD, encoding="utf-8")
    told = CliRunner().invoke(cli, ["taxonomy", "check", str(path)])
    assert told.exit_code == 0
    assert "good; 1 roots, 2 subcategories, keywords: 2 en, 1 ru, 1 zh" in told.output


def test_importing_the_taxonomy_loads_nothing_heavy():
    code = "import sys, voc.text.taxonomy; print([m for m in ('scipy', 'sklearn', 'rjieba', 'snowballstemmer') if m in sys.modules])"
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert run.stdout.strip() == "[]"


def test_an_empty_taxonomy_knows_nothing():
    assert Taxonomy().names() == []
    assert Taxonomy((Root("a", subs=(Sub("b"),)),)).severity_of("a", "b") == "minor"
