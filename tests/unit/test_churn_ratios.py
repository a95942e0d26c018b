"""Ratios of leaving: what is held alike, what is said about time, and where nothing is said."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from statsmodels.duration.hazard_regression import PHReg
from voc.analysis.churn.checks import beside_cox
from voc.analysis.churn.ratios import Experience, judged, model, over_time, ratio
from voc.analysis.rules import MetricRules

RULES = MetricRules()
SLOW = Experience("slow", "slow first response")


def spells(rng: np.random.Generator, n: int = 6000, late: float = 2.0, early: float = 2.0) -> pd.DataFrame:
    """Customers whose segment b is served slowly oftener and leaves oftener; a slow response doubles the rate of leaving,
    or changes it ``early`` times up to day 100 and ``late`` times after."""
    b = rng.random(n) < 0.5
    slow = rng.random(n) < np.where(b, 0.6, 0.2)
    rate = 0.002 * np.where(b, 2.5, 1.0)
    clock = rng.exponential(1, n) / rate
    first, second = np.where(slow, early, 1.0), np.where(slow, late, 1.0)
    days = np.where(clock < 100 * first, clock / first, 100 + (clock - 100 * first) / second)
    end = rng.uniform(200, 500, n)
    named = {"start": 0.0, "stop": np.minimum(days, end), "gone": days <= end, "slow": slow.astype(float)}
    return pd.DataFrame({**named, "segment": pd.Categorical(np.where(b, "b", "a"))})


def test_who_is_served_slowly_is_held_alike():
    made = spells(np.random.default_rng(1))
    raw = ratio(made, SLOW, (), RULES, extra=False)
    held = ratio(made, SLOW, ("segment",), RULES, extra=False)
    assert raw["lo"] > 2.1  # the segment's own leaving passes for the response's
    assert held["lo"] < 2 < held["hi"]


def test_the_ratio_is_that_of_coxs_model_with_the_same_held_alike():
    made = spells(np.random.default_rng(2), 3000)
    ours = model(made, SLOW, ("segment",)).hazard
    columns = np.column_stack([made["slow"], made["segment"] == "b"]).astype(float)
    cox = PHReg(made["stop"], columns, status=made["gone"].astype(int), ties="efron").fit(disp=0)
    assert ours.beta[0] == pytest.approx(cox.params[0], abs=0.01)
    assert ours.se[0] == pytest.approx(cox.bse[0], rel=0.01)


def test_the_check_beside_coxs_model():
    made = spells(np.random.default_rng(3), 2000)
    made["unsolved"] = (np.arange(2000) % 3 == 0).astype(float)
    assert 0 < beside_cox(made) < 0.01
    assert np.isnan(beside_cox(made.assign(unsolved=0.0)))


def words_on_time(early: float, late: float) -> str:
    row = ratio(spells(np.random.default_rng(4), early=early, late=late), SLOW, ("segment",), RULES, extra=False)
    return judged([{"look": "x", **row}], RULES)["proportional"].iloc[0]


def test_what_fades_grows_or_stays_alike_is_said():
    assert words_on_time(4, 1) == "fades"
    assert words_on_time(1, 4) == "grows"
    assert words_on_time(2, 2) == "alike early and late"
    few = spells(np.random.default_rng(5), 300)
    row = ratio(few, SLOW, (), RULES, extra=False)
    assert judged([{"look": "x", **row}], RULES)["proportional"].iloc[0] == "cannot tell"


def test_of_one_band_nothing_is_said_about_time():
    made = spells(np.random.default_rng(6), 500)
    assert over_time(model(made, SLOW, (), most_bands=1)) == {}


def test_extra_leavers_of_100_as_drawn():
    """In segment a 100 (e^(−.36) − e^(−.72)) = 21.1 more leave within 180 days, in b 100 (e^(−.9) − e^(−1.8)) = 24.1; of the
    slow three in four are in b: 23.4."""
    row = ratio(spells(np.random.default_rng(7), 20000), SLOW, ("segment",), RULES, extra=True)
    assert row["per100"] == pytest.approx(23.4, abs=2)
    assert row["per100_lo"] < 23.4 < row["per100_hi"]
    assert row["per100_hi"] - row["per100_lo"] < 6


def test_why_there_is_no_ratio():
    made = spells(np.random.default_rng(8), 400)
    cases = {
        "no customer is known to have lived this": made.assign(slow=np.nan),
        "all customers lived this, so there is nobody to compare with": made.assign(slow=1.0),
        "fewer than 30 customers to judge from": made.assign(slow=(np.arange(400) < 20).astype(float)),
        "fewer than 10 of them left, too few for a ratio": made.assign(gone=made["gone"] & (made["slow"] == 0)),
        "fewer than 10 of the others left, too few for a ratio": made.assign(gone=made["gone"] & (made["slow"] == 1)),
    }
    for why, changed in cases.items():
        row = ratio(changed, SLOW, ("segment",), RULES, extra=True)
        assert row["why"] == why
        assert "ratio" not in row
        assert judged([{"look": "x", **row}], RULES)["certainty"].tolist() == ["cannot tell"]


def test_what_customers_tell_by_choice_of_few_is_not_judged():
    made = spells(np.random.default_rng(9), 3000)
    made.loc[np.arange(3000) % 3 > 0, "slow"] = np.nan
    chosen = Experience("slow", "slow", chosen=True)
    rows = [{"look": "x", **ratio(made, each, (), RULES, extra=False)} for each in (SLOW, chosen)]
    table = judged(rows, RULES)
    assert table["ratio"].nunique() == 1
    assert table["certainty"].tolist() == ["sure", "cannot tell"]
    assert table["why"].iloc[1].startswith("known of only 3")


def test_many_comparisons_are_judged_together():
    rows = [{"look": "x", "covariate": "c", "label": "c", "n": 50, "gone": 20, "why": "", "ratio": 1.5, "lo": 1.01, "hi": 2.2, "p": p} for p in (0.04, *[0.5] * 9)]  # fmt: skip
    table = judged(rows, RULES)
    assert table["q"].iloc[0] == pytest.approx(0.4)
    assert table["certainty"].iloc[0] == "cannot tell"  # beyond its own chance, but not beyond that of ten


def test_states_that_change_are_told_as_coxs_model_with_late_entry_tells_them():
    """Half of the customers have trouble on a day of their own; from then on they leave twice as often."""
    rng = np.random.default_rng(13)
    n = 2500
    trouble = np.where(rng.random(n) < 0.5, rng.uniform(0, 200, n), np.inf)
    clock = rng.exponential(1, n) / 0.003
    days = np.where(clock < trouble, clock, trouble + (clock - trouble) / 2)
    end = rng.uniform(100, 400, n)
    stop, gone = np.minimum(days, end), days <= end
    before = pd.DataFrame({"who": np.arange(n), "start": 0.0, "stop": np.minimum(stop, trouble), "slow": 0.0})
    before["gone"] = gone & (stop <= trouble)
    after = pd.DataFrame({"who": np.arange(n), "start": trouble, "stop": stop, "slow": 1.0, "gone": gone})
    made = pd.concat([before, after[trouble < stop]], ignore_index=True)
    row = ratio(made, SLOW, (), RULES, extra=False)
    cox = PHReg(made["stop"], made[["slow"]], status=made["gone"].astype(int), entry=made["start"], ties="efron")
    assert np.log(row["ratio"]) == pytest.approx(cox.fit(disp=0).params[0], abs=0.02)
    assert row["lo"] < 2 < row["hi"]
    assert (row["n"], row["gone"]) == ((trouble < stop).sum(), (gone & (trouble < stop)).sum())
