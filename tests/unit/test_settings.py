from datetime import date
from pathlib import Path

import pytest
from voc.data.problems import InputError
from voc.run.settings import ROOT, load_settings, reports_folder, vectors_folder

SOURCE = """\
table: interactions
format: csv
id: id
time_formats: ["%Y-%m-%d"]
columns: {created_at: at, category: topic}
dimensions: {carrier: carrier}
"""
PARAMS = """\
name: shop
company: A shop
sources:
  - {name: desk, file: contacts.csv, source: source.yml}
"""


@pytest.fixture
def shop(tmp_path):
    """Return a function that writes a params file (and more files) and loads it."""
    (tmp_path / "source.yml").write_text(SOURCE, encoding="utf-8")

    def load(more: str = "", *, base: str = PARAMS, files: dict[str, str] | None = None, **overrides):
        for name, text in (files or {}).items():
            (tmp_path / name).parent.mkdir(exist_ok=True)
            (tmp_path / name).write_text(text, encoding="utf-8")
        path = tmp_path / "shop.yml"
        path.write_text(base + more, encoding="utf-8")
        return load_settings(path, **overrides)

    return load


def told(load, more="", **options) -> str:
    with pytest.raises(InputError) as error:
        load(more, **options)
    return str(error.value)


def test_defaults_are_filled_in(shop):
    settings = shop().settings
    assert (settings.period, settings.grain, settings.timezone) == ("latest", "month", "UTC")
    assert (settings.metrics.repeat_days, settings.cleaning.duplicates.minutes) == (7, 60)


@pytest.mark.parametrize(
    "file", sorted(path.name for path in (ROOT / "params").glob("*.yml") if "sources:" in path.read_text())
)
def test_the_params_files_of_the_repository_are_right(file):
    assert load_settings(f"params/{file}").settings.name == file.removesuffix(".yml")


def test_a_misspelt_name_is_told_with_line_and_suggestion(shop):
    said = told(shop, "cleaning:\n  duplicates: {minuts: 5}\nlanguges: [en]\n")
    assert "2 problems" in said
    assert "cleaning.duplicates.minuts (line 6): unknown name. Did you mean minutes?" in said
    assert "languges (line 7): unknown name. Did you mean languages?" in said


@pytest.mark.parametrize(
    ("more", "parts"),
    [
        ("seed: twelve\n", ["seed (line 5)", "'twelve' does not fit"]),
        ("seed: 1.10\n", ["seed (line 5)", "'1.1' does not fit"]),
        ("seed: 010\n", ["seed (line 5)", "'010' does not fit"]),
        ("seed: true\n", ["seed (line 5)", "'True' does not fit"]),
        ("languages: en\n", ["languages (line 5)", "list"]),
        ("cleaning: {spelling: no}\n", ["cleaning.spelling (line 5)", "'no' does not fit"]),
        ("cleaning: {unreadable: ignore}\n", ["cleaning.unreadable", "'error' or 'set aside'"]),
        ("cleaning: {dates: {earliest: soon}}\n", ["cleaning.dates.earliest", "'soon'"]),
        ("cleaning: {dates: {earliest: 2026-02-31}}\n", ["line 5", "2026-02-31"]),
        ("timezone: Berlin\n", ["timezone (line 5)", "is no time zone", "Europe/Berlin"]),
        ("period: 2026-13\n", ["period (line 5)", "is no period"]),
        ("period: last\n", ["period (line 5)", "write 2026-10, 2026-W44, 2026-Q3 or latest"]),
        ("metrics: {sure: 2}\n", ["metrics.sure", "less than 1"]),
        ("cards: [contacts, csat]\n", ["cards", "'csat'", "csat_pct"]),
        ("dimensions: [chanel]\n", ["dimensions", "'chanel'", "Did you mean channel?"]),
        ("cleaning: {missing: {produkt: exclude}}\n", ["cleaning.missing", "'produkt'", "Did you mean product?"]),
        ("cleaning: {missing: {product: median}}\n", ["cleaning.missing", "'product'", "no number"]),
    ],
)  # fmt: skip
def test_a_wrong_value_is_told_with_its_place(shop, more, parts):
    said = told(shop, more)
    for part in parts:
        assert part in said


def test_words_that_other_readers_turn_into_flags_stay_words(shop):
    settings = shop("labels: labels.yml\n", files={"labels.yml": "category:\n  no: [off]\n  yes: [on]\n"})
    assert settings.vocabulary == {"category": {"no": ["off"], "yes": ["on"]}}


def test_dates_are_dates(shop):
    assert shop("cleaning: {dates: {earliest: 2026-10-01}}\n").settings.cleaning.dates.earliest == date(2026, 10, 1)


def test_problems_of_all_files_are_told_at_once(shop):
    said = told(
        shop,
        "labels: labels.yml\ntargets: targets.yml\nteams: teams.yml\n",
        files={
            "source.yml": SOURCE + "delimeter: ';'\nencoding: utf8000\n",
            "labels.yml": "category:\n  a: [x]\n  b: [X]\n",
            "targets.yml": "frt_minuts: {goal: 10}\n",
        },
    )
    for part in ("delimeter", "Did you mean delimiter?", "utf8000", "'X' stands under 'a' and 'b'", "teams.yml",
                 "does not exist", "'frt_minuts'", "Did you mean frt_minutes"):  # fmt: skip
        assert part in said
    assert "shop.yml: 5 problems" in said


def test_a_misspelt_setting_of_a_target(shop):
    said = told(shop, "targets: targets.yml\n", files={"targets.yml": "csat_pct: {gaol: 80}\n"})
    assert "csat_pct.gaol" in said
    assert "Did you mean goal?" in said


def test_a_key_that_stands_twice_names_both_lines(shop):
    assert "line 5: 'name' stands already in line 1. Keep one." in told(shop, "name: other\n")


@pytest.mark.parametrize("text", ["- a\n- b\n", "", "just words\n"])
def test_a_file_without_settings_is_said(shop, text):
    assert "holds no settings" in told(shop, base=text)


def test_broken_yaml_names_its_line(shop):
    said = told(shop, "labels: [a\nseed: 1\n")
    assert "is no YAML" in said
    assert "line 6" in said


def test_a_missing_params_file_names_its_neighbour(shop, tmp_path):
    shop()
    with pytest.raises(InputError, match=r"does not exist\. Did you mean shop\.yml"):
        load_settings(tmp_path / "shopp.yml")


def test_a_missing_source_description_is_named(shop):
    said = told(shop, base=PARAMS.replace("source.yml", "sources.yml"))
    assert "sources.yml" in said
    assert "Did you mean source.yml" in said


def test_a_source_that_maps_what_does_not_exist(shop):
    said = told(shop, files={"source.yml": SOURCE.replace("category:", "categry:")})
    assert "categry: no column of the table interactions" in said


def test_two_sources_of_one_name(shop):
    twice = "  - {name: desk, file: other.csv, source: source.yml}\n"
    assert "the name 'desk' stands twice" in told(shop, base=PARAMS + twice)


# one file on top of another


def test_a_file_extends_another_and_wins(shop):
    base = PARAMS + "seed: 1\nmetrics: {repeat_days: 3, min_n: 40}\n"
    settings = shop(base="extends: base.yml\nseed: 2\nmetrics: {repeat_days: 14}\n", files={"base.yml": base}).settings
    assert (settings.seed, settings.metrics.repeat_days, settings.metrics.min_n) == (2, 14, 40)


def test_paths_belong_to_the_file_that_names_them(shop, tmp_path):
    files = {
        "base/base.yml": PARAMS + "labels: labels.yml\n",
        "base/source.yml": SOURCE,
        "base/labels.yml": "category:\n  a: [b]\n",
    }
    (tmp_path / "source.yml").unlink()
    loaded = shop(base="extends: base/base.yml\n", files=files)
    assert loaded.file_of(loaded.settings.sources[0]) == tmp_path / "base" / "contacts.csv"
    assert loaded.vocabulary == {"category": {"a": ["b"]}}


@pytest.mark.parametrize("other", ["extends: shop.yml\n", "extends: third.yml\n"])
def test_files_that_extend_each_other_are_refused(shop, other):
    files = {"base.yml": other, "third.yml": "extends: base.yml\n"}
    assert "goes round in a circle" in told(shop, base="extends: base.yml\n", files=files)


def test_a_missing_base_is_said(shop):
    assert "base.yml" in told(shop, base="extends: base.yml\n")


# from outside the file


def test_the_environment_fills_paths(shop, monkeypatch, tmp_path):
    loaded = shop(base=PARAMS.replace("contacts.csv", '"${VOC_TEST_DATA:-here}/contacts.csv"'))
    entry = loaded.settings.sources[0]
    assert loaded.file_of(entry) == tmp_path / "here" / "contacts.csv"
    monkeypatch.setenv("VOC_TEST_DATA", "/elsewhere")
    assert loaded.file_of(entry) == Path("/elsewhere/contacts.csv")


def test_a_variable_that_is_not_set_is_an_error_with_a_cure(shop, monkeypatch):
    monkeypatch.delenv("VOC_TEST_DATA", raising=False)
    said = told(shop, base=PARAMS.replace("contacts.csv", '"${VOC_TEST_DATA}/contacts.csv"'))
    assert "VOC_TEST_DATA" in said
    assert "is not set" in said


def test_overrides_replace_and_go_deeper(shop):
    settings = shop("sample: {seed: 1}\n", **{"sample.seed": 7, "metrics.min_n": 50, "title": "T"}).settings
    assert (settings.sample.seed, settings.metrics.min_n, settings.title) == (7, 50, "T")


@pytest.mark.parametrize("name", ["name.x", "title.x", "sede", "metrics.min"])
def test_a_wrong_override_is_refused(shop, name):
    assert name.split(".")[0] in told(shop, **{name: 3})


@pytest.mark.parametrize(
    "publish",
    [
        "../{period}",
        "/tmp/{period}",
        "shop",
        "{period}/../../etc",
        "{name}/{month}/{period}",
        "{period",
        "{period.x}",
        ".work/{period}",
    ],
)
def test_nothing_is_published_outside_reports(shop, publish):
    assert "must be a folder below reports/" in told(shop, f"publish: '{publish}'\n")


def test_reports_go_where_the_environment_says(shop, monkeypatch, tmp_path):
    monkeypatch.delenv("VOC_REPORTS", raising=False)
    assert reports_folder() == ROOT / "reports"
    monkeypatch.setenv("VOC_REPORTS", str(tmp_path / "out"))
    assert shop().work == tmp_path / "out" / ".work" / "shop"
    assert shop("sample: {seed: 3}\n").sample_folder == tmp_path / "out" / ".work" / "sample-3"


def test_vectors_lie_below_the_reports_unless_the_environment_says_where(monkeypatch, tmp_path):
    monkeypatch.delenv("VOC_VECTORS", raising=False)
    monkeypatch.setenv("VOC_REPORTS", str(tmp_path / "out"))
    assert vectors_folder() == tmp_path / "out" / ".work" / "vectors"
    monkeypatch.setenv("VOC_VECTORS", str(tmp_path / "kept"))
    assert vectors_folder() == tmp_path / "kept"
