"""The labelling list: what it asks, that nothing in it runs, that it comes back, and what is wrong in it."""

import numpy as np
import pandas as pd
import pytest
from python_calamine import CalamineWorkbook
from sorted_contacts import SHOP, corpus_of, shop
from voc.data.problems import InputError
from voc.text.taxonomy.classify import classify
from voc.text.taxonomy.labelled import read_labels
from voc.text.taxonomy.labelling import COLUMNS, DOUBTED, NONE_FITS, RANDOM, UNSURE, worklist, write_worklist

IDS = {"a", "b", "c", "=x"}


@pytest.fixture(scope="module")
def asked():
    """A shop of which some labels are wrong, and ten contacts that lie between all categories, twice two of them alike."""
    corpus, _ = shop(n=300, labelled=0.95, wrong=0.04)
    rows = [(row["interaction_id"], row["language"], [(row["text"], row["issue"] or "late delivery")])
            for _, row in corpus.contacts.iterrows()]  # fmt: skip
    strange = [(f"x{at}", "en", [(f"=cmd|{'abcdefghij'[at]}", "nothing known")]) for at in range(10)]
    labels = {name: pd.Series([*corpus.contacts[name], *[None] * 10], dtype=object) for name in ("category", "issue")}
    more = corpus_of([*rows, *strange], **labels, customer_id=[f"k{at}" for at in range(310)])
    between = np.eye(12)[4:12].repeat([1] * 6 + [2, 2], axis=0) + 0.3 * np.eye(12)[[0, 2, 3]].sum(
        axis=0
    )  # twice two alike
    more.vectors[-10:] = between / np.linalg.norm(between, axis=1, keepdims=True)
    found = classify(more, SHOP, seed=1)
    return more, found, worklist(more, found, most=40, seed=1)


def test_the_list_asks_what_is_unsure_doubted_and_drawn(asked):
    _, found, rows = asked
    assert list(rows.columns) == list(COLUMNS) and rows["interaction_id"].is_unique
    assert list(dict.fromkeys(rows["why"])) in ([UNSURE, DOUBTED, RANDOM], [UNSURE, RANDOM])
    unsure = rows[rows["why"] == UNSURE]
    assert set(unsure["interaction_id"]) <= set(found.contacts.loc[found.contacts["how"] == "unsure", "interaction_id"])
    assert unsure["proposal_1"].str.contains(r"\(\d+%\)").all() and unsure["category_now"].isna().all()
    assert (rows["why"] == RANDOM).sum() == 8 and rows.loc[rows["why"] == RANDOM, "category_now"].notna().all()


def test_near_duplicates_stand_once(asked):
    corpus, _, rows = asked
    taken = corpus.contacts["interaction_id"].isin(rows.loc[rows["why"] == UNSURE, "interaction_id"]).to_numpy()
    vectors = corpus.of_contacts()[taken]
    alike = vectors @ vectors.T
    np.fill_diagonal(alike, 0)
    assert taken.sum() >= 3 and alike.max() < 0.95


def test_written_read_back_and_taken_up(asked, tmp_path):
    corpus, _, rows = asked
    filled = rows.copy()
    filled.loc[0, ["your_category", "your_issue", "labelled_by"]] = ["Payment ", "CHARGED TWICE", "Anna"]
    filled.loc[1, "your_category"] = NONE_FITS
    filled.loc[2, "your_issue"] = "lost parcel"
    paths = write_worklist(filled, SHOP, tmp_path)
    ids = set(corpus.contacts["interaction_id"])
    for path in paths:
        labels = read_labels([path], SHOP, ids)
        assert len(labels) == 3
        by_id = labels.set_index("interaction_id")
        first, second, third = filled["interaction_id"][:3]
        assert by_id.loc[first, ["category", "issue", "labelled_by"]].tolist() == ["payment", "charged twice", "Anna"]
        assert by_id.loc[second, "category"] is None
        assert by_id.loc[third, ["category", "issue"]].tolist() == ["delivery", "lost parcel"]
    again = classify(corpus, SHOP, labels, seed=1).contacts.set_index("interaction_id")
    assert again.loc[first, ["how", "category", "issue"]].tolist() == ["analyst", "payment", "charged twice"]
    assert again.loc[second, "how"] == "analyst" and pd.isna(again.loc[second, "category"])


def test_the_workbook_offers_the_names_and_runs_nothing(asked, tmp_path):
    import zipfile

    _, _, rows = asked
    xlsx, csv = write_worklist(rows, SHOP, tmp_path)
    with zipfile.ZipFile(xlsx) as book:
        sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert "names!$A$2:$A$5" in sheet and "names!$B$2:$B$5" in sheet and "<f>" not in sheet
    names = CalamineWorkbook.from_path(str(xlsx)).get_sheet_by_name("names").to_python()
    assert [row[0] for row in names[1:5]] == ["delivery", "payment", "app", NONE_FITS]
    texts = pd.read_csv(csv, encoding="utf-8-sig", dtype=str)["text"]
    assert texts.str.startswith("'=").any() and not texts.str.startswith("=").any()


def test_the_same_list_the_same_bytes(asked, tmp_path):
    corpus, found, rows = asked
    first, second = (write_worklist(one, SHOP, tmp_path / str(at)) for at, one in
                     enumerate((rows, worklist(corpus, found, most=40, seed=1))))  # fmt: skip
    assert [path.read_bytes() for path in first] == [path.read_bytes() for path in second]


def written(path, rows, **options):
    pd.DataFrame(rows, columns=["interaction_id", "your_category", "your_issue"]).to_csv(path, index=False, **options)
    return path


def test_all_that_is_wrong_is_told_at_once(tmp_path):
    path = written(tmp_path / "l.csv", [
        ("a", "delivry", ""), ("b", "", "charged twise"), ("zz", "payment", ""), ("c", "payment", "lost parcel"),
        ("", "", ""), ("a", "payment", ""),
    ])  # fmt: skip
    with pytest.raises(InputError) as told:
        read_labels([path], SHOP, IDS)
    lines = [str(problem) for problem in told.value.problems]
    assert len(lines) == 5
    assert lines[0] == "l.csv, row 2: your_category 'delivry' is not in the taxonomy. Did you mean delivery?"
    assert lines[1].startswith(
        "l.csv, row 3: your_issue 'charged twise' is not in the taxonomy. Did you mean charged twice"
    )
    assert lines[2].startswith("l.csv, row 4: there is no contact 'zz'")
    assert lines[3].startswith("l.csv, row 5: the issue 'lost parcel' belongs to delivery, not to payment")
    assert lines[4] == "l.csv, row 7: 'a' stands already in row 2. Keep one of the two."


def test_other_separators_later_files_ids_like_formulas_and_broken_files(tmp_path):
    one = written(tmp_path / "1.csv", [("a", "payment", ""), ("'=x", "payment", "")], sep=";", encoding="utf-8-sig")
    two = written(tmp_path / "2.csv", [("a", "delivery", "")])
    found = read_labels([one, two], SHOP, IDS).set_index("interaction_id")
    assert found["category"].to_dict() == {"a": "delivery", "=x": "payment"}
    assert read_labels([], SHOP, IDS).empty
    (tmp_path / "3.xlsx").write_bytes(b"no workbook")
    with pytest.raises(InputError, match="cannot be read"):
        read_labels([tmp_path / "3.xlsx"], SHOP, IDS)
    pd.DataFrame({"id": ["a"]}).to_csv(tmp_path / "4.csv", index=False)
    with pytest.raises(InputError, match="has no column interaction_id, your_category, your_issue"):
        read_labels([tmp_path / "4.csv"], SHOP, IDS)
    with pytest.raises(InputError, match="neither XLSX nor CSV"):
        read_labels([tmp_path / "5.pdf"], SHOP, IDS)


@pytest.mark.parametrize("n", [0, 3])
def test_few_contacts_make_a_short_list(n, tmp_path):
    corpus = corpus_of([(f"c{at}", "en", [("odd \x07 words", "lost parcel")]) for at in range(n)])
    rows = worklist(corpus, classify(corpus, SHOP), most=10)
    assert len(rows) == min(n, len(rows)) and len(rows) >= min(n, 1)
    assert all(path.exists() for path in write_worklist(rows, SHOP, tmp_path))
