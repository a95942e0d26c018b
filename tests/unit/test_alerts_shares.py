"""Shares beyond what their past makes likely: Laney's σ by hand, exact tails of few answers, no answers at all."""

import numpy as np
import pytest
from scipy.stats import betabinom, binom
from voc.analysis.alerts.shares import judge_shares, laney, share_tails


def test_sigma_is_the_moving_range_of_the_standardised_shares():
    # shares .2 and .3 in turn of 100: mean (100 + .5) ÷ (401) = .2506, spread .04334; z −1.168, +1.139: range 2.307 ÷ 1.128
    share, sigma = laney(np.array([[20.0, 30.0, 20.0, 30.0]]), np.full((1, 4), 100.0))
    assert share[0] == pytest.approx(100.5 / 401)
    assert sigma[0] == pytest.approx(2.0456, abs=2e-3)


def test_columns_without_answers_are_left_out_and_sigma_never_narrows():
    share, sigma = laney(np.array([[2.0, 0.0, 2.0, 2.0]]), np.array([[10.0, 0.0, 10.0, 10.0]]))
    assert share[0] == pytest.approx(6.5 / 31)
    assert sigma[0] == 1.0


def test_few_answers_are_summed_up_exactly():
    high, low = share_tails(np.array([5.0, 0.0]), np.array([8.0, 20.0]), np.array([0.2, 0.3]), np.array([1.0, 1.0]))
    assert high[0] == pytest.approx(binom.sf(4, 8, 0.2))
    assert low[1] == pytest.approx(binom.cdf(0, 20, 0.3))


def test_widened_shares_have_a_beta_binomial_of_that_variance():
    n, share, widened = 12, 0.25, 2.1
    alike = (widened - 1) / (n - 1)
    a, b = share * (1 / alike - 1), (1 - share) * (1 / alike - 1)
    assert betabinom(n, a, b).var() == pytest.approx(n * share * (1 - share) * widened)
    high, _ = share_tails(np.array([9.0]), np.array([float(n)]), np.array([share]), np.array([widened]))
    assert high[0] == pytest.approx(betabinom(n, a, b).sf(8))


def test_many_answers_take_the_normal_tail():
    high, low = share_tails(np.array([230.0]), np.array([1000.0]), np.array([0.2]), np.array([1.0]))
    assert high[0] == pytest.approx(binom.sf(229, 1000, 0.2), rel=0.15)
    assert high[0] + low[0] > 1


def test_a_share_of_no_answers_is_not_judged():
    n = np.full((1, 200), 10.0)
    n[0, [150, 199]] = 0
    bad = np.minimum(np.tile([1.0, 2.0, 1.0, 3.0], 50)[None, :], n)
    one, week = judge_shares(bad, n, 193, 200)
    assert np.isnan(one.p[0, -1])
    assert np.isfinite(one.p[0, :-1]).all()
    assert week.observed[0, -2] == bad[0, 192:199].sum()


def test_a_worse_week_is_called_and_a_better_one_is_not():
    n = np.full((2, 300), 30.0)
    bad = np.random.default_rng(2).binomial(30, 0.2, (2, 300)).astype(float)
    bad[0, 293:], bad[1, 293:] = 14, 0
    _, week = judge_shares(bad, n, 293, 300)
    assert week.p[0, -1] < 1e-8
    assert week.p[1, -1] > 0.99


@pytest.mark.parametrize("per_day", [1, 5, 60])
def test_false_calls_are_no_more_than_the_level(per_day):
    rng = np.random.default_rng(per_day)
    n = rng.poisson(per_day, (50, 500)).astype(float)
    bad = rng.binomial(n.astype(int), 0.25).astype(float)
    for look in judge_shares(bad, n, 360, 500):
        known = look.p[np.isfinite(look.p)]
        assert np.mean(known < 0.01) < 0.013
    assert per_day == 1 or np.mean(known < 0.05) > 0.01


def test_too_few_answers_in_the_past_are_not_judged():
    n = np.zeros((1, 200))
    n[0, ::10] = 1
    assert np.isnan(judge_shares(np.zeros((1, 200)), n, 193, 200)[0].p).all()


def test_more_bad_than_answers_are_refused():
    with pytest.raises(ValueError, match="between nought and all"):
        judge_shares(np.full((1, 5), 2.0), np.ones((1, 5)), 3, 5)
