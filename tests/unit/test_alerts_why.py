"""The first why of an incident, by hand: what carries half of it, and what was told of it elsewhere."""

import ibis
import numpy as np
import pandas as pd
import pytest
from voc.analysis.alerts.why import began_with, first_why, story_of
from voc.analysis.rules import MetricRules
from voc.analysis.whys.rows import rows_of
from voc.report.pages.alerts_why import explained

BEGIN = pd.Timestamp("2026-03-01")


def world(after: dict[str, int], weeks: int = 8) -> pd.DataFrame:
    """Ten contacts a day about a thing, half by each carrier, then two weeks with ``after`` contacts a day by carrier."""
    days = pd.date_range(BEGIN - pd.Timedelta(weeks=weeks), periods=7 * weeks + 14)
    rows = [
        {"created_local": day, "carrier": name, "region": ["North", "South"][n % 2]}
        for day in days
        for name in ("GoBox", "Post")
        for n in range(after[name] if day >= BEGIN else 5)
    ]
    made = pd.DataFrame(rows)
    number = made.index.astype(str)
    return made.assign(interaction_id=number, customer_id=number, issue="late", status="new")


def asked(after: dict[str, int], excess: float):
    rows = rows_of(
        ibis.memtable(world(after)),
        BEGIN - pd.Timedelta(weeks=8),
        BEGIN + pd.Timedelta(days=14),
        "issue",
        ["carrier", "region"],
    )
    incident = {
        "id": "A-1",
        "key": "contacts/issue=late",
        "related": [],
        "start": BEGIN,
        "last": BEGIN + pd.Timedelta(days=13),
        "excess": excess,
    }
    return rows, np.ones(len(rows), dtype=bool), incident


def why(after: dict[str, int], excess: float, labels=("carrier", "region")):
    return first_why(*asked(after, excess), labels, MetricRules(), 1.0, 0)


def test_a_value_that_alone_rose_carries_all_of_it():
    found = why({"GoBox": 20, "Post": 5}, 14 * 15)
    assert (found.name, found.value, found.certainty) == ("carrier", "GoBox", "sure")
    assert (
        found.share == pytest.approx(1.0) and 0.8 < found.lo < 1 < found.hi < 1.2
    )  # 280 − 280 × 70 ÷ 280 = 210 of 210


def test_where_all_rose_alike_nothing_carries_it():
    assert why({"GoBox": 12, "Post": 12}, 14 * 14) is None


def test_less_than_half_is_not_said():
    assert why({"GoBox": 20, "Post": 5}, 500) is None  # 210 of 500


def test_what_an_incident_is_called_by_does_not_explain_it():
    rows, inside, incident = asked({"GoBox": 20, "Post": 5}, 210)
    assert (
        first_why(rows, inside, incident | {"key": "contacts/carrier=GoBox"}, ["carrier"], MetricRules(), 1.0, 0)
        is None
    )


def test_an_event_of_the_days_before_is_named():
    rows, inside, incident = asked({"GoBox": 20, "Post": 5}, 210)
    event = pd.DataFrame(
        {
            "starts_on": [BEGIN - pd.Timedelta(days=2), BEGIN - pd.Timedelta(days=30)],
            "label": ["App 7.3", "Sale"],
            "kind": ["release", "sale"],
        }
    )
    found = began_with(rows, inside, incident, event)
    assert (found["event"], found["lag"]) == ("App 7.3", 2)
    assert (
        began_with(rows, inside, incident, event.tail(1))["event"] == ""
        and began_with(rows, inside, incident, None)["event"] == ""
    )


def story(**root) -> pd.DataFrame:
    start = {"story": "S1", "node": "S1", "parent": "", "kind": "start", "names": "[]", "values": "[]", "label": "", "against": "previous", "sign": 1,
             "where_name": "", "where_value": "", "begin": pd.NaT, "end": pd.NaT} | root  # fmt: skip
    label = start | {"node": "S1.1", "parent": "S1", "kind": "label", "names": '["issue"]', "values": '["login"]'}
    span = start | {"node": "S1.1.1", "parent": "S1.1", "kind": "time", "names": '["time"]', "values": '[""]',
                    "begin": pd.Timestamp("2026-10-03"), "end": pd.Timestamp("2026-10-13")}  # fmt: skip
    return pd.DataFrame([start, label, span])


CAUSE = {
    "story": "S1",
    "problem": "More contacts by app",
    "cause": "about login",
    "carried": 80.0,
    "lo": 61.0,
    "hi": 97.0,
    "owner": "App team",
}
OCTOBER = pd.Timestamp("2026-10-01"), pd.Timestamp("2026-10-31")


def told_of(
    node: str, nodes: pd.DataFrame, key="contacts/issue=login", start="2026-10-04", last="2026-10-20", related=()
):
    incident = {"key": key, "related": list(related), "start": pd.Timestamp(start), "last": pd.Timestamp(last)}
    return story_of(incident, nodes, pd.DataFrame([CAUSE | {"node": node}]), OCTOBER)


def test_a_story_of_the_same_label_and_days_is_told():
    found = told_of("S1.1.1", story())
    assert (found["story"], found["owner"], found["of_rise"]) == ("S1", "App team", True)
    assert told_of("S1.1.1", story(), key="contacts/topic=T1", related=["contacts/issue=login"]) is not None


@pytest.mark.parametrize("other", [{"key": "contacts/issue=refund"}, {"start": "2026-10-12"}, {"key": "contacts"}])
def test_a_story_of_another_label_or_other_days_is_not(other):
    assert told_of("S1.1.1", story(), **other) is None


def test_a_question_without_days_explains_a_rise_only_if_it_asked_of_one():
    assert told_of("S1.1", story(), start="2026-10-01", last="2026-10-31") is not None
    assert told_of("S1.1", story(), start="2026-10-01", last="2026-10-05") is None  # a few days are not the month
    assert told_of("S1.1", story(against="others"), start="2026-10-01", last="2026-10-31") is None
    assert told_of("S1.1", story(sign=-1), start="2026-10-01", last="2026-10-31") is None
    assert told_of("S1.1.1", story(against="others"))["of_rise"] is False


def test_words_name_what_is_known_and_nothing_else():
    event = {"event": "App 7.3", "event_on": BEGIN, "lag": 0, "by_chance": 0.02}
    none = event | {"event": ""}
    assert explained(None, None, none) == ""
    assert explained(None, None, event).startswith("Coincides with «App 7.3»")
    assert explained(None, None, event | {"by_chance": 0.3}) == ""  # an event lies near any day
    assert (
        explained(CAUSE | {"of_rise": True}, None, none)
        == "About login; 80.0% (95% 61.0–97.0) of «More contacts by app»"
    )
