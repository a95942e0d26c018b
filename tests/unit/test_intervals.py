"""Intervals hold what they promise: worked out by hand, against the bootstrap, and counted in simulations."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom
from scipy.stats import t as student
from voc.analysis.intervals import QUANTILES, Z, daily_spread, measure, order_statistics, quantile, returns

NAMES = ["contacts", "csat_pct", "aht_minutes", "nps", "frt_minutes", "frt_p90_minutes"]


def figure(store, name, values, **more) -> pd.Series:
    return measure(store.load(pd.DataFrame({name: np.asarray(values, float)})), [name], **more).iloc[0]


# by hand


def test_the_value_that_nine_of_ten_stay_below(store):
    # 1…100: place 0.9 × 99 = 89.1 counted from 0: 90.1; 90 ± 1.96 × 3 = 84.12 … 95.88, outwards 84 and 96 + 1
    row = figure(store, "frt_p90_minutes", np.random.default_rng(1).permutation(100) + 1)
    assert (row["n"], row["value"], row["lo"], row["hi"]) == (100, pytest.approx(90.1), 84, 97)
    assert row["se"] == pytest.approx((97 - 84) / (2 * Z))


def test_a_net_score(store):
    # 6 promoters, 1 passive, 3 detractors: 60 − 30 = 30 points; variance (0.6 + 0.3 − 0.09) ÷ 10
    row = figure(store, "nps", [1] * 6 + [0] + [-1] * 3)
    assert (row["n"], row["value"]) == (10, pytest.approx(30))
    assert row["se"] == pytest.approx(100 * np.sqrt((0.6 + 0.3 - 0.3**2) / 10))
    # with three answers of chance: 6.75 and 3.75 of 13: middle 3/13, variance 10.5/13 − (3/13)², ÷ 13
    middle, half = 3 / 13, Z * np.sqrt((10.5 / 13 - (3 / 13) ** 2) / 13)
    assert (row["lo"], row["hi"]) == (pytest.approx(100 * (middle - half)), pytest.approx(100 * (middle + half)))
    happy = figure(store, "nps", [1] * 30)
    assert (happy["value"], happy["hi"], happy["se"]) == (100, 100, 0)
    assert happy["lo"] < 90  # thirty happy customers do not make a detractor impossible


def test_a_mean_has_students_interval_without_its_skewness(store):
    # symmetric: Student's t with 4 degrees of freedom; a long tail to the right moves both ends to the right
    row = figure(store, "aht_minutes", [1, 2, 3, 4, 5])
    half = student.ppf(0.975, 4) * np.sqrt(2.5 / 5)
    assert (row["lo"], row["hi"]) == (pytest.approx(3 - half), pytest.approx(3 + half))
    skew = figure(store, "aht_minutes", [1, 2, 3, 4, 15])
    assert skew["hi"] - skew["value"] > 1.2 * (skew["value"] - skew["lo"])


def test_shapes_are_what_pairs_are_judged_by(store):
    skewness = figure(store, "aht_minutes", [1, 1, 4], shapes=True)["shape"]  # mean 2: (−1 − 1 + 8)/3 ÷ √2³ = 0.7071
    assert skewness.tolist() == [pytest.approx(np.sqrt(0.5))]
    assert figure(store, "nps", [1, 1, 0, 1, -1], shapes=True)["shape"] == pytest.approx([-0.84375])
    below, *near = figure(store, "frt_minutes", [5, 3, 1, 2, 4], shapes=True)["shape"]
    assert (below, near) == (0, [1, 2, 3, 4, 5])
    many = figure(store, "frt_minutes", np.arange(100_000), shapes=True)["shape"]
    assert many[1] == many[0]  # of 0…99,999 as many lie below the first kept as it says
    assert len(many) == pytest.approx(2 * 20 * np.sqrt(100_000 / 4), rel=0.01)
    assert figure(store, "csat_pct", [1, 0], shapes=True)["shape"] is None
    assert "shape" not in figure(store, "csat_pct", [1, 0])


# limits


def test_nothing_one_value_and_equal_values(store):
    empty = store.load(pd.DataFrame({name: pd.Series([], dtype=float) for name in NAMES}))
    assert measure(empty, NAMES).empty
    assert measure(store.load(pd.DataFrame({"label": ["a"]})), NAMES).empty
    one = measure(store.load(pd.DataFrame({name: [1.0] for name in NAMES})), NAMES, shapes=True).set_index("metric")
    assert (one["n"] == 1).all()
    assert one.loc[["aht_minutes", "frt_minutes", "frt_p90_minutes"], ["lo", "hi", "se"]].isna().all(axis=None)
    equal = measure(store.load(pd.DataFrame({name: [1.0] * 60 for name in NAMES})), NAMES, shapes=True).set_index(
        "metric"
    )
    for name in ("aht_minutes", "frt_minutes", "frt_p90_minutes"):
        assert equal.loc[name, ["value", "lo", "hi"]].tolist() == pytest.approx([1, 1, 1])
    assert equal.loc["aht_minutes", "shape"].tolist() == [0]


def test_groups_and_missing_values_keep_apart(store):
    frame = pd.DataFrame(
        {"label": list("aabbbc"), "nps": [1, 0, -1, np.nan, -1, np.nan], "frt_minutes": [1, 3, 5, 7, 9, np.nan]}
    )
    found = measure(store.load(frame), ["nps", "frt_minutes"], ["label"], shapes=True).set_index(["metric", "label"])
    assert found["n"].to_dict() == {
        ("nps", "a"): 2, ("nps", "b"): 2, ("frt_minutes", "a"): 2, ("frt_minutes", "b"): 3
    }  # fmt: skip
    assert found["value"].tolist() == [50, -100, 2, 7]


def test_very_long_times_do_not_overflow(store):
    row = figure(store, "aht_minutes", [1e6, 3e6, 2e7])
    assert row["value"] == pytest.approx(8e6)


def test_any_quantile_by_group(store):
    frame = pd.DataFrame({"label": np.repeat(["a", "b"], 101), "frt_minutes": np.tile(np.arange(101.0), 2)})
    found = quantile(store.load(frame), "frt_minutes", 0.25, ["label"])
    assert found["value"].tolist() == [25, 25]
    assert (found["lo"] < 20).all() and (found["hi"] > 30).all()


# what the intervals promise


@pytest.mark.parametrize("share", QUANTILES.values())
def test_order_statistics_cover_whatever_the_distribution(share):
    """The chance that the true quantile lies between two order statistics is binomial: no simulation is needed."""
    n = np.arange(8.0, 20_001)
    half = Z * np.sqrt(n * share * (1 - share))
    first, last = np.floor(n * share - half), np.ceil(n * share + half) + 1  # places counted from 1
    there = (first >= 1) & (last <= n)
    covered = (binom.cdf(last - 1, n, share) - binom.cdf(first - 1, n, share))[there]
    print(f"quantile {share}: from n = {n[there].min():.0f} on, {covered.min():.4f} to {covered.max():.4f}")
    assert covered.min() >= 0.95
    assert np.median(covered) < 0.96
    for size in (60, 200, 3001):  # and these are the places taken
        found = order_statistics(size, 0, np.arange(1.0, size + 1), share)[1:]
        assert found == (first[n == size][0], last[n == size][0])


def bootstrap_ends(n: int, share: float) -> tuple[int, int]:
    """The closed form of the percentile bootstrap: places (from 1) of its ends among the sorted values.

    A resample's quantile is at most the k-th value when at least np of n draws fall on the first k: a binomial chance.
    """
    places = np.arange(1, n + 1)
    at_most = binom.sf(np.ceil(n * share) - 1, n, places / n)
    return int(places[at_most >= 0.025][0]), int(places[at_most >= 0.975][0])


@pytest.mark.parametrize("share", QUANTILES.values())
@pytest.mark.parametrize("n", [60, 200, 1000])
def test_the_interval_is_the_percentile_bootstraps_or_a_little_wider(n, share):
    """Ours holds the bootstrap's ends, which 4,000 resamples reproduce, and is a few values wider, so that it covers."""
    rng = np.random.default_rng(n)
    values = np.sort(rng.lognormal(2, 1.2, n))
    first, last = bootstrap_ends(n, share)
    drawn = np.quantile(rng.choice(values, (4000, n)), share, axis=1, method="inverted_cdf")
    for end, chance in (
        (first, 0.025),
        (last, 0.975),
    ):  # the chance at the end and just before it hold the level between
        before, at = (drawn <= values[end - 2]).mean(), (drawn <= values[end - 1]).mean()
        scatter = 3 * np.sqrt(chance * (1 - chance) / 4000)
        assert before - scatter <= chance <= at + scatter
    _, lo, hi = order_statistics(n, 0, values, share)
    ours = np.searchsorted(values, [lo, hi]) + 1
    assert ours[0] - first in (-2, -1, 0, 1)
    assert last <= ours[1] <= last + 3


@pytest.mark.parametrize(("n", "share"), [(100, 0.5), (200, 0.9)])
def test_the_bootstrap_alone_would_cover_less(n, share):
    rng = np.random.default_rng(11)
    values = np.sort(rng.lognormal(2, 1.2, (4000, n)), axis=1)
    truth = np.exp(2 + 1.2 * {0.5: 0.0, 0.9: 1.2815516}[share])
    first, last = bootstrap_ends(n, share)
    boot = ((values[:, first - 1] <= truth) & (truth <= values[:, last - 1])).mean()
    ends = np.array([order_statistics(n, 0, row, share)[1:] for row in values])
    ours = ((ends[:, 0] <= truth) & (truth <= ends[:, 1])).mean()
    print(f"n = {n}, quantile {share}: ours covers {ours:.1%}, the percentile bootstrap {boot:.1%}")
    assert ours >= 0.95 - 0.007  # 4,000 samples scatter by 0.0035
    assert boot < ours


@pytest.mark.parametrize(("kind", "least"), [("gamma", 0.94), ("handling times", 0.93)])
def test_a_mean_of_thirty_skewed_times_is_covered(store, kind, least):
    rng, runs, n = np.random.default_rng(12), 4000, 30
    draw = {"gamma": lambda: rng.gamma(2, 4, runs * n), "handling times": lambda: rng.lognormal(2, 0.68, runs * n)}[
        kind
    ]
    truth = {"gamma": 8.0, "handling times": np.exp(2 + 0.68**2 / 2)}[kind]
    found = measure(
        store.load(pd.DataFrame({"run": np.repeat(np.arange(runs), n), "aht_minutes": draw()})),
        ["aht_minutes"],
        ["run"],
    )
    covered = ((found["lo"] <= truth) & (truth <= found["hi"])).mean()
    plain = ((found["value"] - truth).abs() <= Z * found["se"]).mean()
    print(f"{kind}, n = 30: {covered:.1%} covered; ± 1.96 standard errors would cover {plain:.1%}")
    assert covered >= least
    assert covered > plain


@pytest.mark.parametrize(("promoters", "detractors"), [(0.5, 0.2), (0.7, 0.05), (0.9, 0.02)])
def test_a_net_score_of_thirty_is_covered(store, promoters, detractors):
    rng, runs, n = np.random.default_rng(13), 4000, 30
    answers = rng.choice([1.0, -1.0, 0.0], runs * n, p=[promoters, detractors, 1 - promoters - detractors])
    found = measure(store.load(pd.DataFrame({"run": np.repeat(np.arange(runs), n), "nps": answers})), ["nps"], ["run"])
    truth = 100 * (promoters - detractors)
    covered = ((found["lo"] <= truth) & (truth <= found["hi"])).mean()
    plain = ((found["value"] - truth).abs() <= Z * found["se"]).mean()
    print(f"{promoters:.0%} − {detractors:.0%}, n = 30: {covered:.1%} covered; plain Wald {plain:.1%}")
    assert covered >= 0.94


# customers who come back


def arrivals(store, days, customers):
    at = pd.to_datetime("2026-01-01") + pd.to_timedelta(np.asarray(days, float), unit="D")
    return store.load(pd.DataFrame({"created_local": at.astype("datetime64[us]"), "customer_id": customers}))


def test_returns_worked_out_by_hand(store):
    # a comes back after 3 days (a pair), b the same day (the days' own spread), c after 20 days (who simply has more to ask);
    # d's contact on day 60 only says that the others were watched long enough: 2 × (1 − 1) ÷ 6, then 2 × 1 ÷ 5 without c
    table = arrivals(store, [0, 3, 1, 1.5, 2, 22, 60], list("aabbccd"))
    assert returns(table) == pytest.approx(0)
    assert returns(arrivals(store, [0, 3, 1, 1.5, 2, 60], list("aabbcd"))) == pytest.approx(2 / 5)
    assert returns(arrivals(store, [0, 3], [None, None])) == 0
    nobody = store.load(pd.DataFrame({"created_local": pd.to_datetime(["2026-01-01"]).astype("datetime64[us]")}))
    assert returns(nobody) == 0


def test_counts_vary_as_much_more_as_returns_say(store):
    """Three in ten come again within a week, once: the variance of a month's count is (1 × 0.7 + 4 × 0.3) ÷ 1.3 = 1.46."""
    rng, first, frames = np.random.default_rng(14), 12_000, []
    start = rng.uniform(0, 420, first)
    again = rng.random(first) < 0.3
    days = np.concatenate([start, start[again] + rng.uniform(1, 7, again.sum())])
    customers = np.concatenate([np.arange(first), np.arange(first)[again]]).astype(str)
    frames = returns(arrivals(store, days, customers))
    counts = rng.poisson(900 * 0.7, 4000) + 2 * rng.poisson(900 * 0.3, 4000)
    assert counts.var() / counts.mean() == pytest.approx(1.46, rel=0.06)
    assert 1 + frames == pytest.approx(1.46, abs=0.06)


def test_customers_who_ask_often_are_no_returns(store):
    rng = np.random.default_rng(15)
    rate = rng.gamma(0.5, 2, 3000)  # some ask twenty times as often as others, but at any time
    customers = np.repeat(np.arange(3000), rng.poisson(rate * 4)).astype(str)
    table = arrivals(store, rng.uniform(0, 300, len(customers)), customers)
    assert returns(table) < 0.1
    assert daily_spread(table) >= 1
