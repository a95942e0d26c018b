"""What customers came for on the front page: categories, and under them only what they do not show."""

import ibis
import numpy as np
import pandas as pd
import pytest
from voc.analysis.themes.came_for import COLUMNS, came_for, is_echo
from voc.data.periods import Period
from voc.report.pages import came_for as page

OCTOBER = Period.parse("2026-10")
HOSTILE = "<script>alert(1)</script>"


def line(
    kind: str, root: str, label: str, contacts: int, change: float = 0.0, certainty: str = "within noise", **more
) -> dict:
    return {
        "kind": kind, "root": root, "label": label, "rest": False, "contacts": contacts, "of": 200, "share": contacts / 2,
        "lo": 1.0, "hi": 2.0, "change": change, "certainty": certainty, "stable": True, "csat": 50.0, "csat_lo": 40.0,
        "csat_hi": 60.0, "csat_n": 40, "hours": 3.0,
    } | more  # fmt: skip


def the_map() -> pd.DataFrame:
    return pd.DataFrame(
        [
            line("root", "delivery", "delivery", 60),
            line("root", "payment", "payment", 90, 5.0, "sure"),
            line("category", "delivery", "late", 60),
            line("category", "payment", "refused", 90, 5.0, "sure"),
            line("topic", "payment", "bank says", 50, 4.0, "sure"),  # moves as its category does
            line("topic", "payment", "wrong sum", 20, -3.0, "likely"),  # moves the other way
            line("topic", "delivery", "rain", 20, 3.0, "sure"),
            line("topic", "delivery", "shaky", 20, 3.0, "sure", stable=False),
            line("topic", "across categories", "hello", 20, 9.0, "sure"),
        ]
    )


def themes() -> pd.DataFrame:
    own = {"dimension": "time", "certainty": "sure", "begins": "2026-09-28", "end_last": None, "tellers": 7}
    rows = [
        {
            "theme": "late 1",
            "label": "late",
            "words": {"en": np.array(["plastic", HOSTILE]), "ru": None, "zh": np.array([])},
        },
        {"theme": "late 2", "label": "late", "words": {}, "end_last": "2026-09-21"},  # over before the period
        {"theme": "late 3", "label": "late", "words": {}, "dimension": "product"},  # of a product, not of a time
        {"theme": "gone", "label": "no such issue", "words": {}},
    ]
    return pd.DataFrame([own | row for row in rows])


MEMBERS = pd.DataFrame(
    {"theme": ["late 1"] * 4, "interaction_id": ["1", "2", "3", "9"], "since": [True, True, True, False]}
)


@pytest.fixture(scope="module")
def contacts():
    days = ["2026-10-01", "2026-10-02", "2026-09-30", *["2026-10-05"] * 6]
    return ibis.memtable(
        pd.DataFrame(
            {"interaction_id": [str(n) for n in range(1, 10)], "created_local": pd.to_datetime(days),
             "csat_pct": [1.0, 0.0, *[1.0] * 7], "handle_seconds": [1800.0, np.nan, *[60.0] * 7]}
        )
    )  # fmt: skip


def test_echoes_are_topics_that_move_as_a_category_of_their_root():
    rows = the_map()[the_map()["certainty"].isin(["sure", "likely"])]
    assert is_echo(rows)[rows["kind"] == "topic"].tolist() == [True, False, False, False, False]


def test_categories_come_heaviest_first_each_with_what_it_does_not_show(contacts):
    rows = came_for(the_map(), themes(), MEMBERS, contacts, OCTOBER)
    assert rows.columns.tolist() == COLUMNS
    assert rows[["kind", "label"]].values.tolist() == [
        ["root", "payment"], ["topic", "wrong sum"], ["root", "delivery"], ["theme", "late 1"], ["topic", "rain"], ["topic", "hello"],
    ]  # fmt: skip
    theme = rows[rows["kind"] == "theme"].iloc[0]
    assert (theme["contacts"], theme["share"], theme["csat"], theme["n"], theme["hours"]) == (2, 1.0, 50.0, 2, 0.5)
    assert (theme["lo"], theme["hi"]) == pytest.approx((9.45, 90.55), abs=0.01)  # Wilson of 1 in 2
    assert np.isnan(theme["change"])
    assert theme["customers"] == 7


def test_the_page_sets_them_in_with_links_and_escapes_words(contacts):
    rows = came_for(the_map(), themes(), MEMBERS, contacts, OCTOBER)
    voices = pd.DataFrame(
        {"kind": ["category"] * 3 + ["topic"], "root": ["delivery"] * 4, "label": ["late"] * 3 + ["rain"]}
    )
    month = Month({"themes_inside": themes(), "map_voices": voices})
    html = page.shown(month, rows, OCTOBER).html
    assert html.count('<span class="within">') == 4
    assert "new since 28 Sep, 7 customers so far" in html.replace("\u00a0", " ")
    assert "<script" not in html
    assert 'href="03_topics.html#heard-delivery">3\u00a0quoted</a>' in html
    assert 'href="03_topics.html#heard-topic-delivery-rain">1\u00a0quoted</a>' in html
    assert "These contacts are counted in the category too" in html
    assert "#heard-payment" not in html  # nobody is quoted there


def test_without_the_map_the_scorecards_categories_stand_and_without_both_nothing(contacts):
    plain = Month({"categories": pd.DataFrame({"category": ["delivery"], "contacts": [9], "share": [100.0]})})
    none = page.found(plain, contacts, OCTOBER)
    assert none.empty
    assert "delivery" in page.shown(plain, none, OCTOBER).text
    assert page.shown(Month({}), none, OCTOBER) is None
    empty = the_map()[:0]
    assert came_for(empty, themes(), MEMBERS, contacts, OCTOBER).empty


def test_without_any_category_the_heaviest_steady_topics_stand(contacts):
    topics = the_map().query("kind == 'topic'").assign(root="", hours=np.nan)
    rows = came_for(topics, themes()[:0], MEMBERS[:0], contacts, OCTOBER)
    assert rows["label"].tolist() == ["bank says", "hello", "rain", "wrong sum"]  # «shaky» comes out of no other half
    assert rows["share"].tolist() == [25.0, 10.0, 10.0, 10.0]
    voices = pd.DataFrame({"kind": ["topic"], "root": [""], "label": ["rain"]})
    shown = page.shown(Month({"themes_inside": themes()[:0], "map_voices": voices}), rows, OCTOBER)
    assert "Contacts by topic, October 2026" in shown.text
    assert "No contact has a category" in shown.text


class Month:
    """The result tables of a month."""

    def __init__(self, tables: dict[str, pd.DataFrame]):
        self.tables = tables

    def results(self) -> list[str]:
        return list(self.tables)

    def result(self, name: str) -> pd.DataFrame:
        return self.tables[name]
