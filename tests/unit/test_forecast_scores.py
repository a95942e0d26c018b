"""Probabilities held against what happened: every figure worked out by hand or against another way to it."""

from __future__ import annotations

import numpy as np
import pytest
from voc.analysis.chances.scores import (
    Calibration,
    auc_interval,
    auc_of,
    bins_of,
    brier,
    calibration,
    newton,
    recalibrated,
    skill,
)


def test_pairs_of_leaver_and_stayer():
    """Leavers 2 and 3, stayers 1 and 2: of four pairs three are right and one is a tie: 3.5 of 4."""
    assert auc_of(np.array([1.0, 2.0, 2.0, 3.0]), np.array([0, 1, 0, 1])) == 0.875
    assert np.isnan(auc_of(np.array([1.0, 2.0]), np.array([1, 1])))


def test_the_interval_of_pairs_is_that_of_delong():
    """Leavers 2, 3 and 5 beat one, two and two of the stayers 1 and 2.5: five of six pairs."""
    score, gone = np.array([2.0, 3.0, 5.0, 1.0, 2.5]), np.array([1, 1, 1, 0, 0])
    beaten = np.array([1 / 2, 1, 1])  # 2 beats only 1; 3 and 5 beat both
    lost = np.array([1, 2 / 3])  # all three beat 1; two of three beat 2.5
    area = 5 / 6
    se = np.sqrt(beaten.var(ddof=1) / 3 + lost.var(ddof=1) / 2) / (area * (1 - area))
    ends = 1 / (1 + np.exp(-(np.log(5) + np.array([-1.959964, 1.959964]) * se)))
    assert auc_interval(score, gone) == pytest.approx((area, *ends), rel=1e-6)


def test_perfect_order_is_as_sure_as_the_smaller_side_is_large():
    """Ten leavers above twenty stayers: Wilson's interval of ten of ten begins at 10 ÷ (10 + 1.96²)."""
    told = auc_interval(np.arange(30.0), np.arange(30) >= 20)
    assert told == pytest.approx((1, 10 / (10 + 1.959964**2), 1), rel=1e-6)
    assert np.isnan(auc_interval(np.array([1.0, 2.0]), np.array([0, 1]))[1:]).all()


def test_skill_against_the_base_rate():
    """Errors .04 ×3 and .16 beside .25 ×4: .28 ÷ 1 is left, 72 % are saved."""
    chance, gone = np.array([0.2, 0.2, 0.8, 0.6]), np.array([0, 0, 1, 1])
    got, lo, hi = skill(chance, 0.5, gone, np.random.default_rng(1))
    assert got == pytest.approx(0.72)
    assert lo <= got <= hi
    assert brier(chance, gone) == pytest.approx(0.07)


def test_skill_by_blocks_has_the_interval_of_single_customers():
    rng = np.random.default_rng(2)
    chance = rng.uniform(0.02, 0.3, 8000)
    gone = rng.random(8000) < chance
    ours, usual = (gone - chance) ** 2, (gone - gone.mean()) ** 2
    drawn = [
        (1 - ours[rows].mean() / usual[rows].mean()) for rows in (rng.integers(8000, size=8000) for _ in range(600))
    ]
    _, lo, hi = skill(chance, float(gone.mean()), gone, np.random.default_rng(3))
    assert hi - lo == pytest.approx(np.subtract(*np.quantile(drawn, [0.975, 0.025])), rel=0.15)


def test_bins_keep_the_same_chance_together_and_have_wilsons_interval():
    made = bins_of(np.array([0.1] * 10 + [0.2] * 10), np.array([0] * 10 + [1] * 5 + [0] * 5), least=5, most=10)
    assert made["n"].tolist() == [10, 10]
    assert made["observed"].tolist() == [0.0, 0.5]
    assert made["predicted"].tolist() == pytest.approx([0.1, 0.2])
    assert made.loc[1, ["lo", "hi"]].tolist() == pytest.approx([0.2366, 0.7634], abs=1e-4)  # Wilson, 5 of 10
    assert len(bins_of(np.full(50, 0.1), np.zeros(50), least=10)) == 1


def test_calibration_of_two_groups_is_that_of_their_odds():
    """Told 10 % and 50 %, left 20 % and 50 %: logits −2.197 and 0 became −1.386 and 0: slope .631."""
    chance = np.repeat([0.1, 0.5], 1000)
    gone = np.concatenate([np.arange(1000) < 200, np.arange(1000) < 500])
    off = calibration(chance, gone)
    assert off.slope == pytest.approx(np.log(4) / np.log(9), rel=1e-4)
    se = np.sqrt(1 / 160 + 1 / 250) / np.log(9)  # of the difference of two logits
    assert (off.slope_hi - off.slope_lo) / (2 * 1.959964) == pytest.approx(se, rel=1e-3)
    assert off.wrong
    assert recalibrated(chance, gone) == pytest.approx((0, np.log(4) / np.log(9)), abs=1e-4)


def test_calibration_of_one_chance_for_all():
    """Told 10 %, left 20 %: the logit is off by log(4) ÷ … = log(.25) − log(1/9); there is no slope."""
    off = calibration(np.full(100, 0.1), np.arange(100) < 20)
    assert off.intercept == pytest.approx(np.log(0.25) - np.log(1 / 9), rel=1e-5)
    assert np.isnan(off.slope)
    assert recalibrated(np.full(100, 0.1), np.arange(100) < 20) == pytest.approx((np.log(0.25), 0))


def test_chances_that_part_all_have_no_slope():
    off = calibration(np.repeat([0.1, 0.9], 50), np.arange(100) >= 50)
    assert np.isnan([off.slope, off.slope_lo, off.slope_hi]).all()
    assert np.isfinite(off.intercept)


def test_nothing_to_hold_against():
    assert np.isnan(list(vars(calibration(np.array([0.1, 0.2]), np.array([0, 0]))).values())).all()


def test_a_slope_the_wrong_way_round_makes_all_alike():
    chance = np.repeat([0.1, 0.5], 100)
    gone = np.concatenate([np.arange(100) < 50, np.arange(100) < 10])
    assert recalibrated(chance, gone) == pytest.approx((np.log(0.3 / 0.7), 0))


def test_newtons_steps_reach_what_statsmodels_reaches():
    import statsmodels.api as sm

    rng = np.random.default_rng(5)
    x = np.column_stack([np.ones(500), rng.normal(size=(500, 2))])
    gone = rng.random(500) < 1 / (1 + np.exp(1 - x[:, 1]))
    ours, se = newton(x, gone, ridge=0.0)
    theirs = sm.GLM(gone.astype(float), x, family=sm.families.Binomial()).fit()
    assert ours == pytest.approx(theirs.params, abs=1e-6)
    assert se == pytest.approx(theirs.bse, rel=1e-4)


def test_perfect_separation_stays_finite():
    x = np.column_stack([np.ones(100), np.arange(100) >= 50])
    at, _ = newton(x, np.arange(100) >= 50, ridge=np.array([1e-6, 1.0]))
    assert np.isfinite(at).all()
    assert at[1] < 10


def test_wrong_means_that_an_interval_shuts_it_out():
    good = Calibration(0.9, 0.7, 1.1, 0.0, -0.1, 0.1)
    assert not good.wrong
    assert Calibration(0.9, 0.7, 0.95, 0.0, -0.1, 0.1).wrong
    assert Calibration(0.9, 0.7, 1.1, 0.2, 0.1, 0.3).wrong
