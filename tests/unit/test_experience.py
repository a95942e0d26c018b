"""Contacts as customers lived them, each worked out by hand: what is known seven days later and not a day earlier."""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd
from voc.analysis.churn.experience import COLUMNS, experience
from voc.analysis.metrics import with_measures
from voc.analysis.rules import MetricRules

RULES = MetricRules()


def _day(day: float) -> pd.Timestamp:
    return pd.Timestamp("2026-01-01") + pd.Timedelta(minutes=round(day * 1440))


def _contacts() -> pd.DataFrame:
    """a: solved at once. b: solved, came back. b2: that return, solved late. c: solved and opened again within days.
    d: opened again after the week. e: the last days of the data, too young to know."""
    rows = [
        ("a", "A", 0, 0.1, 0.1, 0, True, 5.0),
        ("b", "B", 1, 1.2, 1.2, 0, True, np.nan),
        ("b2", "B", 4, 14, 14, 0, True, 2.0),
        ("c", "C", 2, 2.5, 5, 1, False, np.nan),
        ("d", "D", 3, 3.5, 20, 1, False, np.nan),
        ("e", "E", 39, 39.1, 39.1, 0, True, np.nan),
        ("z", "Z", 40, 40, 40, 0, False, np.nan),
    ]
    names = [
        "interaction_id",
        "customer_id",
        "created_at",
        "first_resolved_at",
        "resolved_at",
        "reopened",
        "survey_sent",
        "csat",
    ]
    frame = pd.DataFrame(rows, columns=names).astype({"reopened": float})
    for name in ("created_at", "first_resolved_at", "resolved_at"):
        frame[name] = [_day(day) for day in frame[name]]
    return frame.assign(category="delivery", source="desk", created_local=frame["created_at"])


def _lived(frame: pd.DataFrame, **more: object) -> pd.DataFrame:
    made = experience(with_measures(ibis.memtable(frame), RULES), RULES, **more)
    return made.assign(id=frame.sort_values(["customer_id", "created_at"])["interaction_id"].to_numpy()).set_index("id")


def test_flags_of_each_contact_as_worked_out_by_hand():
    lived = _lived(_contacts())
    assert (lived["known_at"] - lived["at"] == 7).all()
    expected = pd.DataFrame(
        {
            "unsolved": [0, 1, 1, 0, 0, np.nan],
            "opened_again": [0, 0, 0, 1, np.nan, np.nan],
            "unanswered": [0, 1, 0, np.nan, np.nan, np.nan],
            "silent_after_trouble": [0, 1, 0, np.nan, np.nan, np.nan],
        },
        index=["a", "b", "b2", "c", "d", "e"],
    )
    for name in expected:
        pd.testing.assert_series_equal(
            lived.loc[expected.index, name].astype(float), expected[name], check_names=False, obj=name
        )
    assert np.isnan(lived.loc["b2", "repeat"])  # the first week has no past that could be repeated
    assert lived.loc["e", "repeat"] == 0
    assert lived.loc[["a", "b2"], "bad_score"].tolist() == [0, 1]


def test_an_answer_that_came_after_the_week_is_not_known_yet():
    surveys = pd.DataFrame(
        {
            "interaction_id": ["a", "b2"],
            "kind": "csat",
            "sent_at": [_day(1), _day(5)],
            "answered_at": [_day(2), _day(30)],
        }
    )
    lived = _lived(_contacts(), surveys=ibis.memtable(surveys))
    assert lived.loc["a", "score"] == 5
    assert np.isnan(lived.loc["b2", "score"])
    assert lived.loc["b2", "unanswered"] == 1


def test_data_that_know_no_customers_give_no_rows_but_all_columns():
    lived = experience(ibis.memtable(_contacts().drop(columns="customer_id")), RULES)
    assert lived.empty
    assert list(lived) == COLUMNS
