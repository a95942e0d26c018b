"""Who came back, noted once in a small table: the same measures as window functions over whole rows."""

import numpy as np
import pandas as pd
import pytest
from voc.analysis.metrics import with_measures
from voc.analysis.metrics.returns import LAST, NEXT, NOTED, with_returns, without_notes
from voc.analysis.rules import MetricRules

RULES = MetricRules(sla={"frt_minutes": {"default": 60}})
NAMES = ("fcr_pct", "repeat_pct", "sla_reply_pct")


def contacts(store, rows):
    columns = ["interaction_id", "customer_id", "category", "created_at"]
    frame = pd.DataFrame(rows, columns=columns).assign(created_at=lambda one: pd.to_datetime(one["created_at"]))
    frame["resolved_at"] = frame["created_at"] + pd.Timedelta(hours=2)
    return store.load(frame.assign(first_response_at=frame["resolved_at"].where(frame.index % 2 == 0)))


def test_gaps_by_hand(store):
    table = contacts(
        store,
        [
            ("1", "ann", "app", "2026-10-01 08:00"),
            ("2", "ann", "app", "2026-10-03 08:00"),  # two days later
            ("3", "ann", "app", "2026-10-30 08:00"),  # beyond the window
            ("4", "ann", "price", "2026-10-03 09:00"),  # another matter
            ("5", None, "app", "2026-10-03 08:00"),
        ],
    )
    noted = with_returns(table, RULES, store.settle).order_by("interaction_id").to_pyarrow().to_pandas()
    day = 86_400
    np.testing.assert_array_equal(noted[NEXT], [2 * day, 27 * day, np.nan, np.nan, np.nan])
    np.testing.assert_array_equal(noted[LAST], [np.nan, 2 * day, np.nan, np.nan, np.nan])


@pytest.mark.parametrize("lacking", [[], ["customer_id"], ["category"], ["resolved_at"]])
def test_the_measures_are_the_same(store, lacking):
    rng = np.random.default_rng(4)
    at = pd.Timestamp("2026-10-01") + pd.to_timedelta(rng.integers(0, 40 * 86_400, 500), unit="s")
    rows = [
        (f"{n:03}", rng.choice(["ann", "bob", None]), rng.choice(["app", "price", None]), at[n // 2])
        for n in range(500)
    ]  # every second one in the same second as the one before
    table = contacts(store, rows).drop(*lacking)
    plain = with_measures(table, RULES, NAMES)
    noted = without_notes(with_measures(with_returns(table, RULES, store.settle), RULES, NAMES))
    assert noted.columns == plain.columns
    sides = [one.order_by("interaction_id").to_pyarrow().to_pandas() for one in (plain, noted)]
    pd.testing.assert_frame_equal(*sides)


def test_notes_can_be_taken_away(store):
    table = contacts(store, [("1", "ann", "app", "2026-10-01 08:00")])
    noted = with_returns(table, RULES, store.settle)
    assert set(NOTED) <= set(noted.columns)
    assert without_notes(noted).columns == table.columns
