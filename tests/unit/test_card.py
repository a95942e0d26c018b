"""The card as a whole: a restless past, periods that are not whole, days that are missing, parts and wholes."""

import numpy as np
import pandas as pd
import pytest
from voc.analysis.compare import by_period, wobble
from voc.analysis.intervals import daily_spread
from voc.analysis.levels import first_levels, levels
from voc.analysis.metrics import with_measures
from voc.analysis.rules import MetricRules
from voc.analysis.scorecard import category_table, scorecard
from voc.data.completeness import flag_days, rows_per_day
from voc.data.periods import Period

RULES = MetricRules()
OCTOBER = Period.parse("2026-10")


def contacts(store, rate=80.0, months=24, clustered=1.0, seed=1, until="2026-11-01", drop=None):
    """Contacts at a constant rate a day (clustered: that many at a time), categories and channels by lot."""
    rng = np.random.default_rng(seed)
    start = pd.Timestamp(OCTOBER.shift(1 - months).start)
    days = pd.date_range(start, until, inclusive="left")
    counts = (rng.poisson(rate / clustered, len(days)) * clustered).astype(int)
    at = np.repeat(days.to_numpy(), counts) + pd.to_timedelta(rng.integers(28_800, 72_000, counts.sum()), unit="s")
    n = len(at)
    frame = pd.DataFrame(
        {"interaction_id": [f"t:{i}" for i in range(n)], "source": rng.choice(["desk", "chats"], n), "created_at": at,
         "created_local": at, "category": rng.choice(["a", "b", "c"], n), "csat": rng.choice([1.0, 5.0], n, p=[0.2, 0.8])}
    )  # fmt: skip
    frame["channel"] = frame["source"].map({"desk": "email", "chats": "chat"})
    return frame if drop is None else frame[~drop(frame)]


def measured(store, frame):
    return store.settle(with_measures(store.load(frame), RULES))


def card_of(store, frame, period=OCTOBER, dimensions=("category", "channel")):
    table = measured(store, frame)
    return scorecard(table, period, RULES, dimensions, flag_days(rows_per_day(table))), table


@pytest.mark.parametrize("clustered", [1.0, 10.0])
def test_neither_long_months_nor_crowded_days_make_a_restless_past(store, clustered):
    table = measured(store, contacts(store, clustered=clustered))
    history = by_period(table, ["contacts"], OCTOBER.trend(24))
    spread = daily_spread(table)
    assert spread == pytest.approx(clustered, rel=0.5)
    assert wobble(history, OCTOBER, spread)["contacts"] < 1.5


def test_a_quiet_shop_is_quiet_and_its_floor_honest(store):
    card, _ = card_of(store, contacts(store))
    row = card.changes.query("metric == 'contacts' and against == 'previous'").iloc[0]
    assert row["certainty"] == "within noise"
    assert row["floor"] < 2.5 * 1.96 * np.sqrt(2 * row["value"])


def test_a_period_that_is_not_over_is_compared_with_nothing(store):
    card, _ = card_of(store, contacts(store, until="2026-10-13"))
    assert (card.changes["certainty"] == "cannot tell").all()
    assert card.changes["why"].str.contains("before October 2026 is over").all()
    assert (card.slices["certainty"] == "cannot tell").all()


def test_a_lost_export_is_no_fall_of_its_channel(store):
    lost = lambda frame: (frame["source"] == "chats") & frame["created_at"].between("2026-10-05", "2026-10-12")  # noqa: E731
    card, _ = card_of(store, contacts(store, drop=lost))
    chat = card.slices.query("metric == 'contacts' and label == 'chat'").iloc[0]
    assert chat["certainty"] == "cannot tell"
    assert "incomplete days" in chat["why"]


def test_shares_of_a_busier_month_are_judged_as_shares(store):
    frame = contacts(store, months=3)
    october = frame[frame["created_at"] >= "2026-10-01"]
    more = [october.assign(interaction_id=october["interaction_id"] + f"-{copy}") for copy in (1, 2)]
    card, table = card_of(store, pd.concat([frame, *more]))
    assert set(category_table(table, card, OCTOBER, RULES)["certainty"]) == {"within noise"}


def test_the_mirror_of_a_bad_group_is_no_finding(store):
    frame = contacts(store, months=1, seed=4)
    rng = np.random.default_rng(4)
    bad = (frame["category"] == "a") & (rng.random(len(frame)) < 0.5)
    frame["csat"] = frame["csat"].mask(bad, 1.0)
    _, table = card_of(store, frame)
    found = first_levels(table, levels(table, OCTOBER, RULES, ["category"]), OCTOBER, {})
    assert found["label"].tolist() == ["a"]


def test_groups_of_a_handful_are_not_exported(store):
    frame = contacts(store, months=2)
    frame.loc[frame.index[-3:], "category"] = "rare"
    card, _ = card_of(store, frame)
    assert "rare" not in set(card.slices["label"])
