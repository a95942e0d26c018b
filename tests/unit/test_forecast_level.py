"""The wandering level: the filter by hand and against statsmodels, and what it makes of known processes."""

import numpy as np
import pandas as pd
import pytest
from statsmodels.tsa.statespace.structural import UnobservedComponents
from voc.analysis.forecast.kalman import believed, filtered, smoothed
from voc.analysis.forecast.series import series_of
from voc.analysis.forecast.shares import (
    _design,
    course,
    grid_of,
    level,
    level_with_season,
    level_with_trend,
    wander,
    wandered,
)


def run(z, v, q):
    z = np.asarray(z, float)
    return filtered(z, np.full((len(z), 1), float(v)), np.ones((len(z), 1)), np.array([float(q)]))


def shares(x, n):
    at = pd.date_range("2022-01-01", periods=len(x), freq="MS")
    return series_of(pd.DataFrame({"at": at, "x": x, "n": n}), "csat_pct", "share", "month")


def test_two_periods_by_hand():
    """After 1 the level is 1, variance 1; a step adds 1; 3 is seen with gain 2/3: 1 + 2/3 · 2, variance 2/3."""
    found = run([1, 3], 1, 1)
    assert found.mean[2, 0, 0] == pytest.approx(7 / 3, abs=1e-5)
    assert found.variance[2, 0, 0, 0] == pytest.approx(2 / 3, abs=1e-5)
    assert found.loglik[2, 0] == pytest.approx(-0.5 * (np.log(2 * np.pi * 3) + 4 / 3), abs=1e-5)


def test_without_steps_it_is_the_weighted_mean():
    z, v = np.array([1.0, 2.0, 6.0]), np.array([[1.0], [2.0], [4.0]])
    found = filtered(z, v, np.ones((3, 1)), np.zeros(1))
    assert found.mean[3, 0, 0] == pytest.approx((1 + 1 + 1.5) / 1.75, abs=1e-5)
    assert found.variance[3, 0, 0, 0] == pytest.approx(1 / 1.75, abs=1e-5)


@pytest.mark.parametrize("gap", [False, True])
def test_it_agrees_with_statsmodels(gap):
    z = np.cumsum(np.random.default_rng(4).normal(size=40)) + np.random.default_rng(5).normal(size=40)
    if gap:
        z[[7, 8, 20]] = np.nan
    theirs = {}
    for v, q in ((1.0, 0.5), (2.0, 0.1)):
        one = UnobservedComponents(z, "llevel").smooth([v, q])
        ours = run(z, v, q)
        theirs[v] = (one.llf, ours.loglik[-1, 0])
        assert ours.mean[1:, 0, 0] == pytest.approx(one.filtered_state[0], abs=1e-4)
        middle, variance = smoothed(ours, np.array([q]))
        assert middle[:, 0] == pytest.approx(one.smoothed_state[0], abs=1e-4)
        assert variance[:, 0] == pytest.approx(one.smoothed_state_cov[0, 0], abs=1e-4)
    (a, mine), (b, mine_too) = theirs.values()
    assert mine - mine_too == pytest.approx(a - b, abs=1e-4)


def test_a_gap_leaves_the_level_and_adds_a_step():
    found = run([5, np.nan, np.nan], 1, 0.25)
    assert found.mean[3, 0, 0] == 5
    assert found.variance[3, 0, 0, 0] == pytest.approx(1.5, abs=1e-4)


def test_belief_follows_prior_and_likelihood():
    assert believed(np.array([0.0, 0.0]), np.array([0.25, 0.75])).tolist() == pytest.approx([0.25, 0.75])
    assert believed(np.array([np.log(3), 0.0]), np.array([0.5, 0.5])).tolist() == pytest.approx([0.75, 0.25])


def test_one_period_is_all_that_is_known():
    found = wander(np.array([2.0]), np.array([0.1]))
    assert found.mean == 2.0
    assert found.variance >= 0.1


def test_grids_reach_from_stillness_to_all_change():
    grid = grid_of(np.array([0.0, 1.0, 0.0, 1.0]), np.full(4, 0.1))
    assert grid.q.min() == 0
    assert grid.q.max() == 3  # the mean square of changes is 1
    later = grid_of(np.array([0.0, 1.0, 0.0, 9.0]), np.full(4, 0.1), until=3)
    assert later.q.max() == 3  # what came after the third is not looked at
    assert grid.prior.sum() == pytest.approx(1)


def test_chance_alone_is_told_from_movement():
    rng, still, moved = np.random.default_rng(8), [], []
    for _ in range(20):
        for kept, step in ((still, 0.0), (moved, 0.3)):
            share = 1 / (1 + np.exp(-(1.4 + np.cumsum(rng.normal(0, step, 36)))))
            series = shares(rng.binomial(400, share), 400)
            kept.append(level(series, 1).variance[-1, 0] * 400.5)
    assert np.median(still) < 0.5  # of the variance of chance
    assert np.median(moved) > 3


def test_the_course_is_calmer_than_what_was_seen_and_holds_the_truth():
    rng, inside = np.random.default_rng(2), []
    for _ in range(20):
        share = 1 / (1 + np.exp(-(1.4 + np.cumsum(rng.normal(0, 0.08, 36)))))
        drawn = course(shares(rng.binomial(300, share), 300))
        inside.append(((drawn["lo"] <= 100 * share) & (100 * share <= drawn["hi"])).mean())
        assert np.abs(drawn["value"] - 100 * share).mean() < np.abs(drawn["seen"] - 100 * share).mean()
    assert 0.9 < np.mean(inside) < 1


def test_a_season_is_learned_from_three_years():
    rng, at = np.random.default_rng(6), np.arange(48)
    share = 1 / (1 + np.exp(-(1.4 + 0.6 * np.sin(2 * np.pi * at / 12))))
    series = shares(rng.binomial(1000, share), 1000)
    known = shares(series.x[:41], 1000)
    ahead = {
        name: 100 * np.sin(fan(known, 3).mean[-1] / 2) ** 2
        for name, fan in (("level", level), ("season", level_with_season))
    }
    miss = {name: np.abs(value - 100 * share[41:44]).mean() for name, value in ahead.items()}
    assert miss["season"] < 2.5 < 6 < miss["level"]


def test_all_months_can_be_told_apart_by_the_waves():
    """Eleven waves and the level span whatever twelve months may be."""
    made = _design(shares([1] * 12, 10), 1)
    assert made.shape == (13, 13)
    assert np.linalg.matrix_rank(made[:12], tol=1e-8) == 12
    assert made[12] == pytest.approx(made[0])


def test_means_of_a_walk_wander_further_than_their_first_step_tells():
    """Means over periods of a walk in 30 steps each: over h periods they move 1.5 h − 0.5 times as far as over one."""
    walk = np.cumsum(np.random.default_rng(5).normal(size=30 * 20_000))
    mean = walk.reshape(-1, 30).mean(axis=1)
    moved = [np.mean((mean[step:] - mean[:-step]) ** 2) for step in (1, 2, 3)]
    assert [one / moved[0] for one in moved] == pytest.approx([wandered(step) for step in (1, 2, 3)], rel=0.05)


def test_a_trend_goes_on():
    """A hundred answers more of 10,000 every month: the line goes on where the level stops."""
    series = shares(4000 + 100 * np.arange(24), 10_000)
    ahead = {fan: 100 * np.sin(fan(series, 3).mean[-1] / 2) ** 2 for fan in (level, level_with_trend)}
    assert ahead[level_with_trend] == pytest.approx([64, 65, 66], abs=0.5)
    assert ahead[level] == pytest.approx([63, 63, 63], abs=0.5)
