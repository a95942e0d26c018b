"""Counts beyond what their past makes likely: tails and fits worked out by hand, plants and gaps in series of known process."""

from math import factorial

import numpy as np
import pytest
from voc.analysis.alerts.counts import judge_counts
from voc.analysis.alerts.loglinear import KEPT, anscombe, fit, kept
from voc.analysis.alerts.looks import DAYS, WEEKS, running, tail


def poisson(mean: float, days: int, seed: int = 1) -> np.ndarray:
    return np.random.default_rng(seed).poisson(mean, (1, days)).astype(float)


def test_the_tail_of_a_poisson_and_of_a_negative_binomial():
    # P(X ≥ 2 | 1) = 1 − 2/e; a negative binomial of mean 1 and variance 2 is geometric: P(X ≥ k) = 2^−k
    found = tail(np.array([2.0, 3.0, 0.0]), np.ones(3), np.array([1.0, 2.0, 2.0]))
    assert found == pytest.approx([1 - 2 / np.e, 1 / 8, 1.0])
    assert np.isnan(tail(np.array([np.nan]), np.ones(1), np.ones(1)))[0]


def test_a_level_is_the_mean_and_half_a_contact_is_added_to_the_whole_series():
    found = fit(np.array([[3.0, 5.0, 4.0, 4.0], [0.0, 0.0, 0.0, 0.0]]), np.ones((4, 1)))
    assert np.exp(found.coef[:, 0]) == pytest.approx([16.5 / 4, 0.5 / 4], rel=1e-5)
    assert found.dispersion == pytest.approx([1.0, 1.0])
    assert found.unscaled[0, 0, 0] == pytest.approx(1 / 16.5, rel=1e-4)  # 1 ÷ all contacts: the variance of a logarithm


def test_a_weekday_and_a_trend_are_found():
    days = np.arange(364)
    design = np.stack([np.ones(364), days / 364, (days % 7 == 0).astype(float)], axis=1)
    exact = np.exp(3 + 0.5 * days / 364 - 1.0 * (days % 7 == 0))[None, :]
    assert fit(exact, design).coef[0] == pytest.approx([3, 0.5, -1.0], abs=0.01)


def test_a_past_outbreak_weighs_little():
    counts = np.full((1, 40), 4.0)
    counts[0, ::2] = 5.0
    counts[0, 10] = 60.0
    found = fit(counts, np.ones((40, 1)))
    assert found.weight[0, 10] < 0.2 < 0.9 < found.weight[0, 11]
    assert np.exp(found.coef[0, 0]) < 4.9 < 5.8 < counts.mean()
    assert anscombe(np.array([8.0]), np.array([8.0]))[0] == 0


def test_how_much_of_the_latest_past_is_left_out():
    assert [DAYS.left_out(days) for days in (28, 224, 365, 730, 731, 800, 5000)] == [3, 28, 28, 182, 28, 69, 182]
    assert [WEEKS.left_out(weeks) for weeks in (16, 60, 200)] == [2, 7, 26]


def test_running_sums_are_short_at_the_very_beginning():
    assert running(np.array([[1.0, 2.0, 3.0, 4.0]]), 2, 4).tolist() == [[1.0, 3.0, 5.0, 7.0]]


def test_a_planted_day_is_called_and_its_expectation_is_the_level():
    counts = poisson(5, 400)
    counts[0, 399] = 20
    one, week = judge_counts(counts, 393, 400)
    assert one.p[0, -1] < 1e-5
    assert one.expected[0, -1] == pytest.approx(5, abs=0.8)
    assert week.observed[0, -1] == counts[0, 393:400].sum()
    assert week.expected[0, -1] == pytest.approx(35, abs=5)


def test_chances_are_calibrated_on_counts_of_known_process():
    rng = np.random.default_rng(3)
    level = rng.uniform(2, 30, (60, 1)) * np.array([1.3, 1.2, 1.1, 1.0, 0.9, 0.7, 0.5])[np.arange(560) % 7]
    counts = rng.negative_binomial(level, 0.5).astype(float)  # variance twice the mean
    for look in judge_counts(counts, 420, 560):
        assert 0.03 < np.mean(look.p < 0.05) < 0.07
        assert 0.005 < np.mean(look.p < 0.01) < 0.016


def test_a_feast_of_last_year_is_expected_again_and_by_the_parts_too():
    rng = np.random.default_rng(4)
    level = np.full((3, 490), 30.0)
    level[1:] = [[15.0], [1.5]]
    for start in (100, 466):  # a fortnight at double, two days later in the second year
        level[:, start : start + 14] *= 2
    counts = rng.poisson(level).astype(float)
    plain = judge_counts(counts, 466, 480)[1]
    assert plain.expected[0, 6:13].mean() == pytest.approx(2 * 7 * 30, rel=0.2)
    assert (plain.p[:2] > 1e-3).all()
    first = judge_counts(counts, 100, 107)[1]
    assert first.p[0, -1] < 1e-6  # the first feast there is no reason to expect
    shared = judge_counts(counts, 466, 480, whole=0)[1]
    assert shared.expected[2, 12] == pytest.approx(2 * 7 * 1.5, rel=0.35)


def test_two_years_have_a_season_of_their_own():
    days = np.arange(900)
    season = 20 * np.exp(0.6 * np.sin(2 * np.pi * days / 365.25))
    counts = np.random.default_rng(6).poisson(season)[None, :].astype(float)
    look = judge_counts(counts, 760, 900)[1]
    truth = np.convolve(season, np.ones(7), "valid")[-140:]
    assert np.median(look.expected[0] / truth) == pytest.approx(1, abs=0.1)
    assert (look.p < 1e-4).sum() == 0


def test_a_christmas_at_the_beginning_is_no_trend():
    level = np.full(400, 50.0)
    level[20:50] = 75
    counts = np.random.default_rng(8).poisson(level)[None, :].astype(float)
    look = judge_counts(counts, 330, 337, (1,))[0]
    assert look.expected[0].mean() == pytest.approx(51, abs=3)


def test_steady_growth_is_a_trend_and_no_alarm():
    level = 20 * np.exp(np.linspace(0, 0.8, 700))
    counts = np.random.default_rng(9).poisson(level)[None, :].astype(float)
    look = judge_counts(counts, 560, 700)[1]
    assert (look.p < 1e-4).sum() == 0
    assert look.expected[0, -1] == pytest.approx(7 * level[-7:].mean(), rel=0.15)


def test_a_lost_month_and_a_lost_day_are_missing_not_quiet():
    counts = poisson(10, 400)
    counts[0, 200:230] = np.nan
    counts[0, 395] = np.nan
    one, week = judge_counts(counts, 393, 400)
    assert one.expected[0, -1] == pytest.approx(10, abs=1)
    assert np.isnan(one.p[0, 2])
    assert np.isfinite(one.p[0, [0, 1, 3]]).all()
    assert week.expected[0, -1] == pytest.approx(60, abs=6)  # of the six days that are known


@pytest.mark.parametrize("days", [1, 10, 27])
def test_too_short_a_past_is_not_judged(days):
    one, _ = judge_counts(poisson(5, days), days - 1, days)
    assert np.isnan(one.p).all()


def test_noughts_only_are_calm_and_a_first_burst_is_not():
    counts = np.zeros((1, 200))
    assert (judge_counts(counts, 193, 200)[0].p >= 0.5).all()
    counts[0, -1] = 6
    assert judge_counts(counts, 193, 200)[0].p[0, -1] < 1e-4


def test_negative_counts_are_refused():
    with pytest.raises(ValueError, match="negative"):
        judge_counts(-np.ones((1, 100)), 93, 100)


def test_weeks_are_judged_like_days():
    counts = poisson(40, 80)
    counts[0, -1] = 90
    look = judge_counts(counts, 70, 80, (1,), WEEKS)[0]
    assert look.p[0, -1] < 1e-6
    assert (look.p[0, :-1] > 1e-4).all()


def test_weighing_outbreaks_down_leaves_the_dispersion_of_calm_counts_as_it_is():
    """What is beyond 2.58 is a part of ordinary chance: of many calm series the dispersion is right on average."""
    rng = np.random.default_rng(5)
    poisson = fit(rng.poisson(30.0, (60, 400)).astype(float), np.ones((400, 1)))
    wide = fit(rng.negative_binomial(5 / 0.5, 1 / 1.5, (60, 400)).astype(float), np.ones((400, 1)))
    assert poisson.dispersion.mean() == pytest.approx(1.03, abs=0.02)  # never below 1: .4 of a standard error of .07
    assert wide.dispersion.mean() == pytest.approx(1.5, abs=0.04)


def test_few_contacts_lose_more_of_their_dispersion_than_many():
    # one a day: 4 or more (chance .0190) have a residual of at least 1.5 · (4^⅔ − 1) = 2.28, 5 or more of 2.89 > 2.58
    lost = sum(np.exp(-1) / factorial(k) * (k - 1) ** 2 * (1 - (1.5 * (k ** (2 / 3) - 1)) ** -2) for k in range(5, 15))
    weighed = sum(np.exp(-1) / factorial(k) * (1 - (1.5 * (k ** (2 / 3) - 1)) ** -2) for k in range(5, 15))
    assert kept(np.array([1.0]), np.array([1.0]))[0] == pytest.approx((1 - lost) / (1 - weighed), abs=1e-6)
    assert kept(np.array([1e4, 0.0]), np.array([2.0, 1.0])).tolist() == [KEPT, KEPT]
