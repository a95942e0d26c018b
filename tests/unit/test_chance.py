"""Two figures that are one: the chances that are promised come true as often as they say, small groups included."""

from math import comb

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom, norm
from voc.analysis.chance import (
    FARTHEST,
    distance,
    false_discovery,
    log_ratio_z,
    mean_z,
    quantile_z,
    share_z,
    tail_z,
    two_sided,
)
from voc.analysis.intervals import NEAR, QUANTILES, Z

LEVELS = (0.05, 0.01, 0.001)


def alone(*numbers):
    return tuple(np.array([number], float) for number in numbers)


def rates(z, weights=None):
    """How often each level is exceeded, as a multiple of the level."""
    beyond = [np.abs(z) > norm.isf(level / 2) for level in LEVELS]
    return [float(np.average(one, weights=weights)) / level for one, level in zip(beyond, LEVELS, strict=True)]


# shares


@pytest.mark.parametrize(
    ("hits", "n", "before", "m"), [(80, 100, 90, 100), (3, 30, 12, 40), (0, 30, 9, 50), (30, 30, 25, 60)]
)
def test_mid_p_worked_out_by_counting(hits, n, before, m):
    """Of all ways to deal the hits to both groups, those that put more (fewer) into the first, and half of the same."""
    ways = {k: comb(n, k) * comb(m, hits + before - k) for k in range(n + 1) if 0 <= hits + before - k <= m}
    same, all_ways = ways[hits] / 2, sum(ways.values())
    tails = [(sum(way for k, way in ways.items() if side * k > side * hits) + same) / all_ways for side in (1, -1)]
    z = share_z(*alone(hits, n, before, m))[0]
    assert two_sided(z) == pytest.approx(2 * min(tails), rel=1e-9)
    assert np.sign(z) == np.sign(hits / n - before / m)


@pytest.mark.parametrize(("n", "m"), [(30, 30), (30, 300), (30, 2000), (100, 2000), (200, 200)])
@pytest.mark.parametrize("share", [0.02, 0.2, 0.5, 0.8, 0.95, 0.99])
def test_shares_keep_their_level_exactly(n, m, share):
    """Every pair of hits that can come, with its chance; the pooled z would be beyond .001 up to 10 times as often."""
    ends = [binom.interval(1 - 1e-12, size, share) for size in (n, m)]
    kept = [np.arange(least, most + 1.0) for least, most in ends]
    hits, before = (grid.ravel() for grid in np.meshgrid(*kept, indexing="ij"))
    weights = binom.pmf(hits, n, share) * binom.pmf(before, m, share)
    found = rates(share_z(hits, np.full(hits.shape, float(n)), before, np.full(hits.shape, float(m))), weights)
    assert max(found) <= 1.1


def test_shares_of_millions_are_judged_like_normal_ones():
    n = 5e6
    z = share_z(*alone(0.8 * n, n, 0.801 * n, n))[0]
    assert z == pytest.approx(-0.001 / np.sqrt(2 * 0.8005 * 0.1995 / n), rel=1e-3)


def test_what_is_missing_stays_missing_and_what_is_sure_stays_finite():
    assert np.isnan(share_z(*alone(np.nan, 30, 3, 30))[0])
    assert np.isnan(share_z(*alone(0, 0, 3, 30))[0])
    assert share_z(*alone(5000, 5000, 0, 5000))[0] == pytest.approx(FARTHEST)
    assert share_z(*alone(30, 30, 30, 30))[0] == pytest.approx(0, abs=1e-6)
    assert tail_z(np.array([0.5, 0.9, 0.0])).tolist() == pytest.approx([0, 0, FARTHEST])


# means


def moments(values):
    n, mean, sd = values.shape[1], values.mean(1), values.std(1)
    skewness = ((values - mean[:, None]) ** 3).mean(1) / sd**3
    return np.full(mean.shape, float(n)), mean, sd / np.sqrt(n - 1), skewness


KINDS = {
    "gamma": lambda rng, shape: rng.gamma(2, 4, shape),
    "handling times": lambda rng, shape: rng.lognormal(2, 0.68, shape),  # as skewed as those of the sample
    "scores": lambda rng, shape: rng.choice([1.0, 2, 3, 4, 5], shape, p=[0.06, 0.05, 0.09, 0.3, 0.5]),
    "answers −1, 0, 1": lambda rng, shape: rng.choice([-1.0, 0, 1], shape, p=[0.2, 0.3, 0.5]),
}


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize(("n", "m"), [(30, 30), (30, 500), (500, 30), (200, 600)])
def test_means_keep_their_level(kind, n, m):
    rng = np.random.default_rng([n, m, len(kind)])
    drawn = ([moments(KINDS[kind](rng, (1000, size))) for size in (n, m)] for _ in range(12))
    found = rates(np.concatenate([mean_z(*one, *other) for one, other in drawn]))
    print(kind, n, m, np.round(found, 2))
    assert found[0] <= 1.1
    assert found[1] <= 1.3  # 12,000 pairs: one in a hundred scatters by 9 %
    assert found[2] <= 1.9  # and one in a thousand by 29 %


def test_unequal_spreads_are_forgiven():
    rng = np.random.default_rng(5)
    z = mean_z(*moments(rng.normal(0, 3, (20_000, 30))), *moments(rng.normal(0, 1, (20_000, 300))))
    assert max(rates(z)) <= 1.5  # a pooled t alone is beyond .001 130 times as often


def test_means_of_many_are_welchs():
    rng = np.random.default_rng(6)
    one, other = rng.gamma(2, 4, (1, 5000)), rng.gamma(2, 4.4, (1, 5000))
    own = moments(one), moments(other)
    z = mean_z(*own[0], *own[1])[0]
    plain = (own[0][1] - own[1][1]) / np.hypot(own[0][2], own[1][2])
    assert z == pytest.approx(plain[0], rel=0.01)


def test_a_longer_handling_time_is_found():
    """Three in ten minutes more, 300 contacts each: found at one in a thousand four times in five."""
    rng = np.random.default_rng(7)
    z = mean_z(*moments(1.3 * rng.lognormal(2, 0.68, (4000, 300))), *moments(rng.lognormal(2, 0.68, (4000, 300))))
    assert (z > norm.isf(0.0005)).mean() > 0.75


def test_means_without_spread_or_with_one_value():
    same = alone(50, 4, 0, 0)
    assert mean_z(*same, *same)[0] == 0
    assert mean_z(*same, *alone(50, 5, 0, 0))[0] == -FARTHEST
    assert np.isnan(mean_z(*alone(1, 4, np.nan, 0), *alone(50, 5, 0.1, 0))[0])


# quantiles


def shape(values, share):
    ordered = np.sort(values)
    n = len(ordered)
    half = NEAR * np.sqrt(n * share * (1 - share)) + 2
    first = max(int(np.floor(n * share - half)), 0)
    return np.append(first, ordered[first : int(np.ceil(n * share + half)) + 1])


def pairs_z(make, n, m, share, pairs):
    shapes = [[shape(make(size), share) for _ in range(pairs)] for size in (n, m)]
    return quantile_z(np.full(pairs, float(n)), shapes[0], np.full(pairs, float(m)), shapes[1], share)


def test_a_median_test_worked_out_by_hand():
    # 1…10 and 6…15: the 10th of all 20 values is 8; above it lie 9, 10 and 9…15: 2 and 7 of ten each
    one, other = np.arange(1.0, 11), np.arange(6.0, 16)
    z = quantile_z(*alone(10), [shape(one, 0.5)], *alone(10), [shape(other, 0.5)], 0.5)[0]
    assert z == pytest.approx(share_z(*alone(2, 10, 7, 10))[0])
    assert z < 0


def test_ties_are_split_where_they_split_best():
    # the common median is 5, which 60 of 100 have: above it lie 5 and 15, from it on 60 and 80; half of all is 100
    one, other = np.repeat([1.0, 5, 9], [40, 55, 5]), np.repeat([1.0, 5, 9], [20, 65, 15])
    z = quantile_z(*alone(100), [shape(one, 0.5)], *alone(100), [shape(other, 0.5)], 0.5)[0]
    assert z == pytest.approx(share_z(*alone(60, 100, 80, 100))[0])
    equal = [shape(np.full(50, 3.0), 0.5)]
    assert quantile_z(*alone(50), equal, *alone(50), equal, 0.5)[0] == pytest.approx(0, abs=1e-6)


def test_only_the_values_around_a_quantile_are_needed():
    rng = np.random.default_rng(8)
    one, other = rng.lognormal(2, 1, 40_000), 1.02 * rng.lognormal(2, 1, 9_000)
    kept = [[shape(values, 0.9)] for values in (one, other)]
    whole = [[np.append(0, np.sort(values))] for values in (one, other)]
    assert len(kept[0][0]) < 10_000
    found = [quantile_z(*alone(40_000), part[0], *alone(9_000), part[1], 0.9)[0] for part in (kept, whole)]
    assert found[0] == found[1]


@pytest.mark.parametrize("share", QUANTILES.values())
@pytest.mark.parametrize(("n", "m"), [(30, 30), (30, 400), (100, 1000)])
def test_quantiles_of_two_speeds_keep_their_level(share, n, m):
    """A fast and a slow channel together: the middle lies in the gap between them, where plain standard errors fail."""
    rng = np.random.default_rng([n, m])

    def waits(size):
        return np.where(rng.random(size) < 0.55, rng.lognormal(0.5, 0.8, size), rng.lognormal(5, 1.2, size))

    found = rates(pairs_z(waits, n, m, share, 6000))
    print(share, n, m, np.round(found, 2))
    assert found[0] <= 1.45  # with thirty each only few outcomes are possible
    assert found[1] <= 1.4
    assert found[2] <= 2.3  # 6,000 pairs: six expected


def test_a_slower_month_is_found():
    rng = np.random.default_rng(9)
    shapes = [[shape(factor * rng.lognormal(2, 1, 300), 0.5) for _ in range(500)] for factor in (1.4, 1.0)]
    z = quantile_z(np.full(500, 300.0), shapes[0], np.full(500, 300.0), shapes[1], 0.5)
    assert (z > norm.isf(0.025)).mean() > 0.85


def test_intervals_alone_judge_quantiles_less_sharply():
    """Without the values around it a median is judged by its interval, as a ratio, with √n degrees of freedom."""
    ends = np.array([[10.0, 8.0, 12.5]])
    z = log_ratio_z(*alone(100), ends * 2, *alone(100), ends)[0]
    plain = np.log(2) / (np.log(12.5 / 8) / (2 * Z) * np.sqrt(2))
    assert 0.75 * plain < z < plain
    assert np.isnan(log_ratio_z(*alone(100), ends * 0, *alone(100), ends)[0])


# pairs of figures


def test_no_change_is_no_distance_whatever_the_values_did():
    shapes = [
        np.append(0, np.sort(values))
        for values in (np.repeat([1.0, 5, 9], [40, 11, 49]), np.repeat([1.0, 5, 9], [49, 11, 40]))
    ]
    row = {"metric": "frt_minutes", "n": 100.0, "value": 5.0, "lo": 1.0, "hi": 9.0, "se": 2.0}
    both = pd.DataFrame([row | {f"{name}_before": row[name] for name in ("n", "value", "lo", "hi", "se")}])
    both["shape"], both["shape_before"] = [shapes[0]], [shapes[1]]
    assert distance(both, 1.0, 1.0).tolist() == [0.0]


# many together


@pytest.mark.parametrize(
    ("p", "q"),
    [
        ([0.01, np.nan, 0.04], [0.02, np.nan, 0.04]),  # two are known: 2 × .01 ÷ 1, 2 × .04 ÷ 2
        ([0.03, 0.04, 0.01], [0.04, 0.04, 0.03]),  # 3 × .03 ÷ 2 = .045 is more than the next one's 3 × .04 ÷ 3
        ([0.9, 0.6, 0.8, 0.7], [0.9, 0.9, 0.9, 0.9]),  # 4 × .6 ÷ 1 = 2.4, 1.4, 1.07 and .9: the last is the least
        ([0.02, 0.02], [0.02, 0.02]),  # ties share the later rank
        ([0.3], [0.3]),
        ([np.nan, np.nan], [np.nan, np.nan]),
        ([], []),
    ],
)
def test_false_discovery_rates_worked_out_by_hand(p, q):
    labels = [f"test {at}" for at in range(len(p))]
    found = false_discovery(pd.Series(p, index=labels, dtype=float))
    assert found.tolist() == pytest.approx(q, nan_ok=True)
    assert found.index.tolist() == labels


def test_chances_kept_as_objects_are_numbers():
    assert false_discovery(pd.Series([0.01, None, 0.04], dtype=object)).tolist() == pytest.approx(
        [0.02, np.nan, 0.04], nan_ok=True
    )


def test_of_what_is_called_real_no_more_is_false_than_was_promised():
    """A third of 60 tests is real: at q ≤ .10 the false part is .10 × two thirds on average, far from one test's 5 % each."""
    rng, parts = np.random.default_rng(5), []
    for _ in range(400):
        z = rng.normal(np.repeat([3.0, 0.0], [20, 40]))
        called = false_discovery(pd.Series(two_sided(z))).to_numpy() <= 0.10
        parts.append(called[20:].sum() / max(called.sum(), 1))
    assert np.mean(parts) == pytest.approx(0.067, abs=0.015)
