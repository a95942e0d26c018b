"""Leavers who were not heard of, their time and their rates worked out by hand."""

from __future__ import annotations

import ibis
import numpy as np
import pandas as pd
import pytest
from voc.analysis.churn.experience import COLUMNS
from voc.analysis.churn.silent import rate_ratio, silent
from voc.analysis.rules import MetricRules

RULES = MetricRules(agent_days=365, smallest_group=1)
FIRST, END = 0.0, 1000.0


def contacts(rows: list[tuple[str, float, float]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["customer_id", "at", "score"]).reindex(columns=COLUMNS)


def four() -> tuple[pd.DataFrame, pd.DataFrame]:
    """Watched from day 635 to 1000. a: never heard of, leaves on day 735. b: a contact on day 700, leaves on day 750.
    c: answers on day 650, stays. d: leaves on day 600, before anybody watches; z stays and is never heard of."""
    lived = contacts([("b", 700.0, np.nan), ("c", 650.0, 5.0)])
    rows = [("a", 0, 735.0), ("b", 0, 750.0), ("c", 0, np.nan), ("d", 0, 600.0), ("z", 0, 2000.0)]
    return lived, pd.DataFrame(rows, columns=["customer_id", "began", "left"]).astype({"began": float})


def test_time_and_leavers_of_each_kind():
    """Silent: a 100, b 65 (to its contact), c 15 + 260 (to the answer; from 90 days after it), z 365: 805 days; in contact:
    b 50 days; answered: c 90 days."""
    table = silent(*four(), None, FIRST, END, RULES)
    assert table["n"].tolist() == [4, 1, 1]
    assert table["gone"].tolist() == [1, 1, 0]
    assert table["share"].tolist() == pytest.approx([100 * days / 945 for days in (805, 50, 90)])
    assert table["rate"].tolist() == pytest.approx([36525 / 805, 36525 / 50, 0.0])
    assert table["leavers_share"].tolist() == [50, 50, 0]
    assert np.isnan(table["times_others"].iloc[2])
    assert table["times_others"].iloc[1] == pytest.approx((1 / 50) / (1 / 895))


def test_answers_are_dated_by_the_surveys_where_they_are_a_table():
    surveys = pd.DataFrame({"customer_id": ["a"], "answered_at": [pd.Timestamp(0) + pd.Timedelta(days=700)]})
    table = silent(*four(), ibis.memtable(surveys), FIRST, END, RULES).set_index("group")
    assert table["gone"].tolist() == [0, 1, 1]  # a is heard of now; c's score is not in the surveys


def test_nobody_who_left_is_no_table():
    lived, listed = four()
    assert silent(lived, listed.assign(left=np.nan), None, FIRST, END, RULES).empty
    assert silent(lived, listed, None, FIRST, FIRST + 50, RULES).empty  # too short to look back


def test_a_ratio_of_rates_and_its_interval():
    """8 in 100 days against 2 in 100: 4 times; e^±1.96·√(1/8 + 1/2) = 4.71."""
    times, lo, hi = (float(x) for x in rate_ratio(*(np.array(float(x)) for x in (8, 100, 2, 100))))
    assert (times, round(hi / times, 2), round(times / lo, 2)) == (4.0, 4.71, 4.71)
