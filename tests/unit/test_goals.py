"""Goals, what is missing, other definitions: what stands around the figures of the scorecard, and charts folded away."""

import nbformat
import pandas as pd
import pytest
from voc.analysis.definitions import differences
from voc.analysis.rules import MetricRules, Target
from voc.analysis.scorecard import Scorecard
from voc.data.periods import Period
from voc.report.canvas import Picture
from voc.report.page import export_page
from voc.report.pages import goals
from voc.report.pages.card import better_of, cards
from voc.report.tables import say

OCTOBER = Period.parse("2026-10")
BASE = {"n": 400, "before": 0.0, "change": 1.0, "floor": 2.0, "p": 0.5, "q": 0.9, "certainty": "within noise", "direction": "", "why": ""}  # fmt: skip


def card(**figures: tuple[float, float, float]) -> Scorecard:
    rows = [
        {"metric": name, "value": value, "lo": lo, "hi": hi, "against": against} | BASE
        for name, (value, lo, hi) in figures.items()
        for against in ("previous", "year")
    ]
    history = pd.DataFrame(columns=["metric", "period_start", "period", "n", "value", "lo", "hi", "se"])
    return Scorecard(history, pd.DataFrame(rows), pd.DataFrame(columns=["dimension", "label", "metric"]))


@pytest.mark.parametrize(
    ("figure", "target", "verdict"),
    [
        ((82.0, 80.5, 84.0), Target(goal=80), "reached"),
        ((78.0, 76.0, 79.9), Target(goal=80), "not reached"),
        ((80.5, 78.0, 83.0), Target(goal=80), "too close to call"),
    ],
)
def test_a_goal_is_reached_only_when_the_whole_interval_says_so(figure, target, verdict):
    text = goals.goals(card(csat_pct=figure), {"csat_pct": target}).text
    assert verdict in text
    assert "≥ 80.0%" in text


def test_a_target_says_which_direction_is_good_where_the_metric_does_not():
    shorter = {"aht_minutes": Target(goal=28, better="lower")}
    assert better_of("aht_minutes", {}) is None
    assert better_of("aht_minutes", shorter) == "down"
    assert better_of("csat_pct", {"csat_pct": Target(better="lower")}) == "up"  # a metric's own direction stands
    found = goals.goals(card(aht_minutes=(38.0, 37.2, 38.8)), shorter)
    assert "not reached" in found.text
    assert "≤ 28 min" in found.text.replace("\u00a0", " ")
    row = cards(
        card(aht_minutes=(38.0, 37.2, 38.8)), ["aht_minutes"], pd.DataFrame(columns=["metric", "why"]), shorter
    ).iloc[0]
    assert (row["better"], row["verdict"]) == ("down", "not reached")


def test_benchmarks_and_metrics_without_a_goal_are_told():
    targets = {
        "csat_pct": Target(goal=80, kind="lagging", owner="A", benchmark=90, benchmark_source="a survey of the trade")
    }
    text = goals.goals(card(csat_pct=(82.0, 80.5, 84.0), fcr_pct=(85.0, 84.0, 86.0)), targets).text
    assert "90.0% (a survey of the trade)" in text
    assert "Without a goal: First contact resolution" in text
    assert "add a goal of the other" in text  # only lagging ones
    assert "No goal is written down" in goals.goals(card(csat_pct=(82.0, 80.5, 84.0)), {}).text


def test_measures_missing_for_one_reason_share_a_row():
    missing = pd.DataFrame(
        {"metric": ["a", "b", "c"], "label": ["A", "B", "C"], "why": ["no ids", "no texts", "no ids"]}
    )
    assert "A; C" in goals.lacking(missing).text
    assert "Every measure" in goals.lacking(missing.iloc[:0]).text


def test_other_definitions_are_measured_on_the_same_contacts(store):
    # solved with one reply, with none, with two: ours 1 of 3, Zendesk's «fewer than two» 2 of 3
    at = pd.Series(pd.to_datetime(["2026-10-05 10:00"] * 3)).astype("datetime64[us]")
    table = store.load(
        pd.DataFrame({"interaction_id": list("abc"), "created_at": at, "created_local": at, "resolved_at": at, "agent_replies": [1.0, 0.0, 2.0]})
    )  # fmt: skip
    found = differences(table, OCTOBER, MetricRules())
    touch = found[found["metric"] == "one_touch_pct"].set_index("definition")["value"]
    assert touch["strict"] == pytest.approx(100 / 3)
    assert touch["zendesk"] == pytest.approx(200 / 3)
    assert "Zendesk" in goals.definitions(found).text
    assert "No figure" in goals.definitions(found.iloc[:0]).text
    assert differences(table.drop("agent_replies", "resolved_at"), OCTOBER, MetricRules()).empty


# charts of which nothing stands out


def chart(fold: str = "") -> Picture:
    return Picture(
        '<svg xmlns="http://www.w3.org/2000/svg" height="80" viewBox="0 0 420 80"></svg>', "words", "T", "", 0, fold
    )


def page_of(tmp_path, *things) -> str:
    outputs = []
    for thing in things:
        data, meta = thing._repr_mimebundle_()
        outputs.append(nbformat.v4.new_output("display_data", data=data, metadata=meta))
    notebook = nbformat.v4.new_notebook(
        cells=[nbformat.v4.new_markdown_cell("# T"), nbformat.v4.new_code_cell("", outputs=outputs)]
    )
    nbformat.write(notebook, tmp_path / "a.ipynb")
    export_page(tmp_path / "a.ipynb", out=tmp_path / "a.html", title="T", nav=[])
    return (tmp_path / "a.html").read_text(encoding="utf-8")


def test_quiet_charts_are_folded_under_their_names(tmp_path):
    html = page_of(tmp_path, chart(), chart("channel"), chart("<b>region"), say("Words."), chart("product"))
    assert "<summary>Nothing stands out by channel or &lt;b&gt;region</summary>" in html
    assert "<summary>Nothing stands out by product</summary>" in html
    assert html.count("<details") == html.count("</details>") == 2
    assert html.count('<div class="figures') == 3  # the loud one, two folded together, one folded alone


def test_charts_that_say_something_are_not_folded(tmp_path):
    assert "<details" not in page_of(tmp_path, chart(), chart())
