"""The budget of false alarms, what would have been seen, and whole looks at invented contacts."""

import ibis
import numpy as np
import pandas as pd
import pytest
from scipy.stats import poisson
from voc.analysis.alerts.budget import MONTH, begun, look_level, thresholds
from voc.analysis.alerts.detectable import smallest_rise
from voc.analysis.alerts.rules import AlertRules
from voc.analysis.alerts.series import Panel, key_of
from voc.analysis.alerts.watch import COLUMNS, look, watch


def test_one_look_a_day_at_one_series_needs_its_part_of_a_month():
    # incidents begin after a quiet day only: of alarms with chance a, a(1 − a) a day begin one
    level = look_level(0.2, (1,), 1)
    assert level * (1 - level) ** 1 * MONTH == pytest.approx(0.2, rel=0.08)


def test_a_level_lies_between_that_of_one_look_and_that_of_independent_ones():
    a_month = 0.01
    alone, both = look_level(a_month, (1,), 7), look_level(a_month, (1, 7), 7)
    assert alone / 2 < both < alone


def test_far_levels_go_in_proportion():
    assert look_level(1e-6) / look_level(1e-7) == pytest.approx(10, rel=1e-6)


def test_incidents_that_begin_are_counted():
    assert begun(np.array([], dtype=int), 7) == 0
    assert begun(np.array([1, 8, 16]), 7) == 2


def test_more_series_make_each_of_them_stricter():
    few, many = thresholds(1.0, 10, 10), thresholds(1.0, 100, 100)
    assert (few.part, many.part) == (0.075, 0.0075)
    assert many.look < few.look
    assert many.price > few.price
    assert few.sure < few.look
    assert few.sure_price > few.price
    assert thresholds(1.0, 10).price == np.inf


def test_what_would_have_been_seen_by_hand():
    found = smallest_rise(["a"], 7, np.array([10.0]), np.array([10.0]), 1e-3).iloc[0]
    needed = next(k for k in range(100) if (poisson.sf(k - 1, 10) + poisson.sf(k, 10)) / 2 <= 1e-3)  # ties by half
    assert found["needed"] == needed
    assert poisson.sf(needed - 1, 10 + found["rise"]) == pytest.approx(0.8, abs=1e-3)
    assert found["rise_pct"] == pytest.approx(10 * found["rise"])


def test_a_restless_series_needs_a_larger_rise_and_a_share_has_an_end():
    calm, wide = (smallest_rise(["a"], 1, np.array([10.0]), np.array([v]), 1e-3)["rise"][0] for v in (10.0, 40.0))
    assert wide > 1.5 * calm
    assert np.isnan(smallest_rise(["a"], 1, np.array([2.0]), np.array([1.6]), 1e-4, np.array([8.0]))["rise"][0])
    assert smallest_rise(["a"], 1, np.array([np.nan]), np.array([1.0]), 0.01)["needed"].isna().all()


def panel(counts: np.ndarray) -> Panel:
    days = pd.date_range("2025-01-06", periods=counts.shape[1])
    names = [("contacts", "category", f"c{k}") for k in range(len(counts))]
    series = pd.DataFrame(names, columns=["kind", "dimension", "label"])
    series.insert(0, "key", [key_of(*name) for name in names])
    return Panel(days, series, counts, np.full(counts.shape, np.nan))


@pytest.mark.parametrize("budget", [1.0, 4.0])
def test_false_alarms_keep_to_the_budget(budget):
    """Forty calm series, thirteen weeks, four times: no more incidents than the budget allows, and not none at a large one."""
    rules = AlertRules(budget=budget)
    found = 0
    for seed in range(4):
        rng = np.random.default_rng(seed)
        level = rng.uniform(1, 20, (40, 1))
        found += len(look(panel(rng.negative_binomial(level / 0.5, 1 / 1.5, (40, 450)).astype(float)), rules).incidents)
    allowed = 4 * budget * rules.back / MONTH
    assert poisson.sf(found - 1, allowed) > 0.01
    assert found > 0.2 * allowed


def invented(rng: np.random.Generator) -> pd.DataFrame:
    """Four hundred days of contacts; from day 380 on delivery in the South goes wrong."""
    day = np.repeat(np.arange(400), rng.poisson(40, 400))
    frame = pd.DataFrame(
        {
            "day": day,
            "category": rng.choice(["delivery", "payment", "app"], len(day)),
            "region": rng.choice(["North", "South"], len(day)),
        }
    )
    late = pd.DataFrame({"day": np.repeat(np.arange(380, 390), 14), "category": "delivery", "region": "South"})
    frame = pd.concat([frame.assign(bad=0.1), late.assign(bad=0.8)], ignore_index=True)
    stamp = (
        pd.Timestamp("2025-01-06")
        + pd.to_timedelta(frame["day"], unit="D")
        + pd.to_timedelta(rng.integers(0, 86400, len(frame)), unit="s")
    )
    answered = rng.random(len(frame)) < 0.4
    score = np.where(rng.random(len(frame)) < frame["bad"], 1.0, 5.0)
    return pd.DataFrame({
        "interaction_id": [f"i{k}" for k in range(len(frame))], "created_local": stamp, "category": frame["category"],
        "region": frame["region"], "csat": np.where(answered, score, np.nan),
    })  # fmt: skip


def test_a_planted_incident_is_one_alert_with_its_day_and_size():
    table = ibis.memtable(invented(np.random.default_rng(1)))
    found = watch(table, AlertRules(budget=0.1), "2026-01-31")
    assert found.incidents.columns.tolist() == COLUMNS
    assert len(found.incidents) == 1
    one = found.incidents.iloc[0]
    begin = pd.Timestamp("2025-01-06") + pd.Timedelta(days=380)
    assert (one["kind"], one["label"]) in {("contacts", "delivery"), ("unhappy", "delivery")}
    assert "contacts/region=South" in [one["key"], *one["related"]]
    assert abs((one["start"] - begin).days) <= 1
    assert (one["seen"] - begin).days <= 2
    assert one["lo"] < 140 < one["hi"] or one["kind"] == "unhappy"
    assert (one["certainty"], one["state"]) == ("sure", "going")
    assert found.going["id"].tolist() == [one["id"]]


def test_looks_day_by_day_are_one_alert_that_is_updated_and_closed():
    from voc.analysis.alerts.ledger import followed

    table, rules = ibis.memtable(invented(np.random.default_rng(1))), AlertRules(budget=0.1, levels=False)
    ledger = None
    for day in ("2026-01-20", "2026-01-23", "2026-01-26", "2026-01-30", "2026-02-08"):
        ledger = followed(ledger, watch(table, rules, day).incidents, day)
    assert len(ledger) == 1
    assert ledger.loc[0, "updates"] >= 1


def test_calm_contacts_raise_nothing_and_say_what_would_have_been_seen():
    rng = np.random.default_rng(3)
    frame = invented(rng)
    calm = watch(ibis.memtable(frame[frame["created_local"] < "2026-01-20"]), AlertRules(budget=0.1), "2026-01-19")
    assert calm.incidents.empty
    rises = calm.detectable[calm.detectable["key"] == "contacts"].set_index("span")
    assert 0 < rises.loc[7, "rise_pct"] < rises.loc[1, "rise_pct"] < 150
    assert calm.series["judged"].all()


def test_one_contact_is_watched_without_a_word():
    frame = invented(np.random.default_rng(1)).iloc[:1]
    alone = watch(ibis.memtable(frame), AlertRules(), frame["created_local"].iloc[0])
    assert alone.incidents.empty
    assert not alone.series["judged"].any()


def test_no_contacts_at_all():
    frame = invented(np.random.default_rng(1))
    assert watch(ibis.memtable(frame), AlertRules(), "2020-01-01").incidents.empty
