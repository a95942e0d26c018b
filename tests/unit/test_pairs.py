"""Pairs of changes of which it is known what they mean together."""

import pandas as pd
import pytest
from voc.analysis.metrics import METRICS
from voc.analysis.pairs import PAIRS, read_together
from voc.data.periods import Period
from voc.report.pages import pairs as page

OCTOBER = Period.parse("2026-10")
NO_SLICES = pd.DataFrame(
    columns=["metric", "dimension", "label", "value", "before", "change", "floor", "certainty", "n", "why"]
)
NOTHING_MISSING = pd.DataFrame(columns=["metric", "label", "why"])


def row(metric, change, certainty="sure", *, before=10.0, against="previous", why="", **more) -> dict:
    value = before + change
    return {
        "metric": metric, "against": against, "n": 500, "value": value, "before": before, "change": change, "floor": 0.5,
        "certainty": certainty, "why": why, **more,
    }  # fmt: skip


def read(*rows, slices=()):
    return read_together(pd.DataFrame(rows), pd.DataFrame(slices) if slices else NO_SLICES)


def said(found, missing=NOTHING_MISSING) -> str:
    return page.together(found, OCTOBER, missing).text.replace("\u00a0", " ")


def test_faster_handling_with_more_repeats_is_a_contradiction():
    found = read(row("aht_minutes", -2.0), row("repeat_pct", 3.0, "likely"))
    one = found.iloc[0]
    assert (one["pair"], one["reading"], one["contradiction"]) == ("aht_minutes repeat_pct", "down up", True)
    assert one["certainty"] == "likely"  # the less sure of the two
    assert (one["value_first"], one["before_first"], one["change_second"]) == (8.0, 10.0, 3.0)
    text = said(found)
    assert text.startswith("Faster, but more come back")
    assert (
        "Handling time 10 min → 8 min (−2 min, chance alone ±30 s); Repeat contacts 10.0% → 13.0% (+3.0 pts, chance alone ±0.5 pts)."
        in text
    )
    assert "[likely]" in text


@pytest.mark.parametrize(
    ("metric", "beside", "first", "second", "clash"),
    [
        ("frt_minutes", "resolution_hours", -2.0, 2.0, True),
        ("frt_minutes", "resolution_hours", -2.0, -2.0, False),
        ("csat_pct", "response_rate_pct", 4.0, -4.0, True),
        ("csat_pct", "response_rate_pct", -4.0, 4.0, False),
        ("one_touch_pct", "reopen_pct", 4.0, 4.0, True),
        ("resolution_hours", "backlog", -2.0, 5.0, True),
        ("resolution_hours", "backlog", 2.0, -5.0, True),
        ("resolution_hours", "backlog", -2.0, -5.0, False),
    ],
)
def test_each_pair_knows_what_takes_back_its_promise(metric, beside, first, second, clash):
    found = read(row(metric, first), row(beside, second))
    one = found[found["pair"] == f"{metric} {beside}"].iloc[0]
    assert one["contradiction"] == clash


@pytest.mark.parametrize("word", ["within noise", "cannot tell"])
def test_noise_is_never_read(word):
    found = read(row("aht_minutes", -2.0, word), row("repeat_pct", 3.0, word))
    assert not found["contradiction"].any()
    assert found["certainty"].tolist() == [word]
    text = said(found)
    assert "come back" not in text
    assert ("nothing to read" in text) == (word == "within noise")
    assert ("Cannot be read together" in text) == (word == "cannot tell")


def test_one_that_moved_beside_one_that_did_not_says_what_could_hide():
    found = read(row("aht_minutes", -2.0), row("repeat_pct", 0.2, "within noise"))
    assert found["reading"].tolist() == ["down still"]
    assert "a rise under ±0.5 pts would not have been seen" in said(found).lower()


def test_a_pair_of_which_one_is_missing_says_which_and_why():
    found = read(row("csat_pct", 4.0))
    assert found["reading"].tolist() == ["up absent"]
    missing = pd.DataFrame(
        [{"metric": "response_rate_pct", "label": "Survey response", "why": "the data have no survey_sent"}]
    )
    text = said(found, missing)
    assert text == "Cannot be read together: CSAT with survey response (the data have no mark of surveys sent)."


def test_a_pair_that_could_not_be_compared_says_why():
    why = "the data begin on 3 October 2026, inside October 2026"
    found = read(row("csat_pct", 4.0, "cannot tell", why=why), row("response_rate_pct", 1.0, "cannot tell", why=why))
    assert why in said(found)
    assert page.parts(found).text == "No part could be compared with the period before."


def test_the_year_before_is_told_only_where_both_moved():
    years = [row("aht_minutes", -2.0, against="year"), row("repeat_pct", 3.0, against="year")]
    text = said(read(*years))
    assert text.startswith("Against October 2025: faster, but more come back")
    one = said(read(years[0], row("repeat_pct", 0.1, "within noise", against="year")))
    assert one == "No two of these figures are known, so none can be read beside another."


def test_parts_are_told_where_both_moved():
    chat = [
        row("aht_minutes", -2.0, dimension="channel", label="<b>chat</b>"),
        row("repeat_pct", 3.0, dimension="channel", label="<b>chat</b>"),
    ]
    phone = [
        row("aht_minutes", -2.0, dimension="channel", label="phone"),
        row("repeat_pct", 0.1, "within noise", dimension="channel", label="phone"),
    ]
    whole = [row("aht_minutes", 0.1, "within noise"), row("repeat_pct", 0.1, "within noise")]
    found = read(*whole, slices=[*chat, *phone])
    parts = found[found["dimension"] != ""]
    assert parts[["label", "contradiction"]].to_numpy().tolist() == [["<b>chat</b>", True]]
    shown = page.parts(found)
    assert "<b>chat" not in shown.html
    assert "Faster, but more come back" in shown.text
    assert "In no channel" in page.parts(read(*whole)).text


def test_nothing_known_gives_no_row_and_a_sentence():
    found = read_together(NO_SLICES.assign(against=""), NO_SLICES)
    assert found.empty
    assert "No two of these figures are known" in said(found)
    assert "could be compared" in page.parts(found).text


def test_every_reading_of_every_pair_has_its_words():
    moves = ("up", "down", "still")
    wanted = {f"{a} {b}" for a in moves for b in moves} - {"still still"}
    for pair in PAIRS:
        assert set(page.READINGS[pair.name]) == wanted
        assert set(pair.clashes) < wanted
        assert {pair.first, pair.second} <= set(METRICS)
