"""The pages of topics over time: sentences with figures, nothing of hostile texts as markup, and words where data lack."""

from __future__ import annotations

from datetime import date

import numpy as np
import pandas as pd
from test_rising import MONTHS, RULES, a_shop, spoken
from voc.analysis.themes.across import by_value
from voc.analysis.themes.inside import Inside, within
from voc.analysis.themes.review import COLUMNS as REVIEW_COLUMNS
from voc.analysis.themes.rising import COLUMNS as COURSE_COLUMNS
from voc.analysis.themes.rising import history, rising
from voc.analysis.themes.stories import THEME_COLUMNS
from voc.report.pages import rising as pages
from voc.report.pages import themes

HOSTILE = "<script>alert(1)</script>"
NOW = MONTHS[-1]


def test_a_quiet_month_says_so_and_a_loud_one_says_what() -> None:
    said, contacts = spoken({"T1": [30] * 24, "T2": [0] * 20 + [12, 20, 30, 40]})
    found = rising(said, contacts, MONTHS, RULES)
    assert "1 moved beyond chance" in pages.lead(found, NOW).text
    told = pages.stories(found, {"T2": HOSTILE}, {"T2": "Logistics"})
    assert HOSTILE not in told.html
    assert "is new" in told.text
    assert "Logistics" in told.text
    quiet = found[found["kind"] == "steady"]
    assert "None of the 1 topics" in pages.lead(quiet, NOW).text
    assert pages.stories(quiet, {}, {}) is None
    drawn = history(said, contacts, MONTHS, ["T1", "T2"])
    picture = themes.over_time(drawn, found, {"T2": "пластик 塑料"})
    assert picture.title == "1 topic moved beyond chance and season"
    assert "塑料" in picture.svg
    assert "moved beyond" in themes.over_time(drawn, quiet, {}).title
    assert themes.over_time(drawn.iloc[:0], found.iloc[:0], {}) is None
    assert HOSTILE not in pages.course(drawn, found.iloc[0], HOSTILE).svg


def test_a_hidden_theme_is_told_with_its_place_and_beginning() -> None:
    found = within(a_shop(planted=True), MONTHS, RULES, dimensions=["carrier"])
    owners = {"issue": {"late delivery": "Logistics"}}
    told = pages.hidden(found.themes, NOW, owners).text
    assert "Late delivery, new since" in told
    assert "customers who wrote about it since then" in told
    assert "with carrier GoBox" in told
    over = found.themes.assign(end_first=date(2026, 9, 7), end_last=date(2026, 9, 21))
    ended = pages.hidden(over, NOW, owners).text.replace("\u00a0", " ")
    assert "to about 21 Sep 2026" in ended
    assert "new since" not in ended.split("A theme")[0].splitlines()[0]
    assert "Logistics: read ten of them" in told
    assert "Inside no category" in pages.hidden(Inside().themes, NOW).text
    rows = pages.findings(found.themes, NOW, owners, "03_topics")
    assert rows.loc[0, "owner"] == "Logistics"
    assert "theme" in rows.loc[0, "trace"]
    assert len(pages.hidden_table(found.themes, NOW).text.splitlines()) > 2
    assert pages.findings(Inside().themes, NOW, owners, "x").empty


def test_a_theme_that_ended_before_the_period_is_no_finding_of_it() -> None:
    row = dict.fromkeys(THEME_COLUMNS) | {"dimension": "time", "end_last": date(2026, 9, 7), "words": {}}
    assert pages.findings(pd.DataFrame([row]), NOW, {}, "x").empty


def test_values_are_told_only_beyond_noise() -> None:
    said, contacts = spoken({"T1": [60] * 24})
    ours = contacts["interaction_id"].isin(said["interaction_id"])
    contacts = contacts.assign(
        product=np.where(ours, "kettle", "lamp"),
        browser=["a", "b"] * (len(contacts) // 2),
    )
    cells = by_value(said, contacts, ["product", "browser"], RULES)
    assert "lid 100.0% (0.0%)" in themes.said_more(cells, {"T1": "lid"}, "product", "the year").text
    assert "beyond chance" in themes.said_more(cells, {}, "browser", "the year").text


def test_the_ledger_names_what_it_holds() -> None:
    ledger = pd.DataFrame(
        [("T001", "late", "same", "", "", "", 3, "", ""), ("T002", "lost", "merged", "", "", "", 0, "", "T001")],
        columns=["id", "label", "state", "born", "since", "last_seen", "voices", "parents", "into"],
    )
    proposed = pd.DataFrame([("merge", "T001", "T002", 0.7, "x")], columns=["event", "id", "others", "share", "words"])
    shown = themes.ledger(ledger, proposed, NOW).text
    assert "2 topics" in shown
    assert "70.0" in shown
    assert "empty" in themes.ledger(ledger.iloc[:0], proposed.iloc[:0], NOW).text


def test_without_topics_every_part_is_a_sentence() -> None:
    none = pd.DataFrame(columns=COURSE_COLUMNS)
    assert "enough voices" in pages.lead(none, NOW).text
    assert "Nothing to decide" in themes.proposals(pd.DataFrame(columns=REVIEW_COLUMNS), {}).text
    assert len(pages.limits(none, MONTHS[-5:], 10)) == 3
