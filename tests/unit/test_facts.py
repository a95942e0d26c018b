"""The facts at the end of the metrics' definitions, found again with the functions that the report uses."""

import ibis
import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom, poisson
from voc.analysis.compare import LIKELY, NOISE, SURE, compare, judge, perfect_error, smallest_effect
from voc.analysis.intervals import measure, wilson
from voc.analysis.levels import levels
from voc.analysis.metrics import with_measures
from voc.analysis.rules import MetricRules
from voc.data.periods import Period

NOW, THEN = Period.parse("2026-10"), Period.parse("2026-09")
RULES = MetricRules()
TOLD = [SURE, LIKELY]


def shares(period, hits, n, **more):
    hits, n = (np.array(part, float) for part in np.broadcast_arrays(hits, n))
    lo, hi = wilson(hits, n)
    figures = {"n": n, "value": 100 * hits / n, "lo": 100 * lo, "hi": 100 * hi, "se": 100 * (hi - lo) / (2 * 1.96)}
    return pd.DataFrame({"metric": "csat_pct", "period_start": pd.Timestamp(period.start), **figures, **more})


def counts(period, n, **more):
    n = np.asarray(n, float)
    figures = {"n": n, "value": n, "lo": n, "hi": n, "se": np.sqrt(n)}
    return pd.DataFrame({"metric": "contacts", "period_start": pd.Timestamp(period.start), **figures, **more})


def cards(part, by="card"):
    """Judge each card by itself: what is told together is judged together."""
    return pd.concat([judge(card, RULES) for _, card in part.groupby(by)], ignore_index=True)


@pytest.mark.parametrize(("n", "points"), [(50, 4.5), (200, 2.25), (1000, 1.0)])
def test_csat_has_a_noise_floor(store, n, points):
    """Months of n answers, four in five content each time: who forecasts 80 % is off by that much on average."""
    rng, months = np.random.default_rng(n), 400_000 // n
    answers = pd.DataFrame(
        {"month": np.repeat(np.arange(months), n), "csat_pct": rng.binomial(1, 0.8, months * n) * 1.0}
    )
    error = (measure(store.load(answers), ["csat_pct"], ["month"])["value"] - 80).abs().mean()
    print(f"n = {n}: mean error of a perfect forecast {error:.2f} points, by the formula {perfect_error(n):.2f}")
    assert perfect_error(n) == pytest.approx(points, rel=0.02)
    assert error == pytest.approx(points, rel=0.1)


def test_a_running_mean_beats_last_month_on_pure_noise(store):
    """The error of the running mean over that of «as last month» (MASE) is about 1 ÷ √2: less than 1 proves nothing."""
    rng, series, months, n = np.random.default_rng(1), 150, 36, 100
    labels = pd.MultiIndex.from_product([range(series), range(months)], names=["series", "month"]).repeat(n)
    answers = labels.to_frame(index=False).assign(csat_pct=rng.binomial(1, 0.8, series * months * n) * 1.0)
    found = measure(store.load(answers), ["csat_pct"], ["series", "month"])
    value = found["value"].to_numpy().reshape(series, months)
    running = value.cumsum(1)[:, :-1] / np.arange(1, months)
    off, naive = (np.abs(value[:, 12:] - guess[:, 11:]).mean() for guess in (running, value[:, :-1]))
    print(f"MASE of a running mean on noise {off / naive:.3f}")
    assert off / naive == pytest.approx(0.725, abs=0.015)
    last_two = shares(THEN, value[:, -2], n, card=range(series)), shares(NOW, value[:, -1], n, card=range(series))
    told = cards(compare(pd.concat(last_two), NOW, THEN, RULES, by=["card"]))["certainty"].isin(TOLD)
    assert told.mean() <= 0.1  # one comparison a card: 5 % asked for, 150 cards scatter by 1.8


@pytest.mark.parametrize(("n", "points"), [(100, 15.8), (400, 7.9), (1000, 5.0)])
def test_the_smallest_effect_that_is_found_four_times_in_five(n, points):
    assert smallest_effect(n, n) == pytest.approx(points, abs=0.06)
    rng, cases = np.random.default_rng(n), 3000
    middle, half = 0.8, smallest_effect(n, n) / 200
    before, now = (rng.binomial(n, middle + side * half, cases) for side in (1, -1))
    found = compare(pd.concat([shares(THEN, before, n, at=range(cases)), shares(NOW, now, n, at=range(cases))]), NOW, THEN, RULES, by=["at"])  # fmt: skip
    power = (found["p"] < RULES.likely).mean()
    print(f"n = {n}: a fall of {points} points found in {power:.0%}")
    assert power == pytest.approx(0.8, abs=0.04)
    assert smallest_effect(n, n, power=0.5) < points < smallest_effect(n, n / 2)


@pytest.mark.parametrize(("chance", "points"), [(0.84, 12.6), (0.8, 13.6)])
def test_the_worst_topic_improves_by_itself(chance, points):
    """Thirty topics of forty answers, none changes: the worst of September is better in October, and nobody is told."""
    rng, months, topics, n = np.random.default_rng(2), 600, 30, 40
    exact = 100 * (chance - (binom.sf(np.arange(n), n, chance) ** topics).sum() / n)  # the mean of the least of thirty
    assert exact == pytest.approx(points, abs=0.1)
    where = {"card": np.repeat(np.arange(months), topics), "topic": np.tile(np.arange(topics), months)}
    parts = [shares(period, rng.binomial(n, chance, months * topics), n, **where) for period in (THEN, NOW)]
    found = cards(compare(pd.concat(parts), NOW, THEN, RULES, by=["card", "topic"]))
    worst = found.loc[found.groupby("card")["before"].idxmin()]
    told = worst["certainty"].isin(TOLD).mean()
    print(f"the worst of {topics} topics improves by {worst['change'].mean():.1f} points; told in {told:.1%} of months")
    assert worst["change"].mean() == pytest.approx(points, abs=0.7)
    assert told <= 0.05
    assert worst["change"].mean() < smallest_effect(n, n)  # less than could be found with so few answers


@pytest.mark.parametrize(("days", "gained"), [(7, 2.3), (14, 4.5)])
def test_contacts_too_young_to_have_come_back_are_no_successes(store, days, gained):
    """October, a fifth come back within the window, evenly: of the last days' customers half are not back yet."""
    rng, n = np.random.default_rng(3), 40_000
    first = pd.Timestamp("2026-10-01") + pd.to_timedelta(rng.uniform(0, 31, n), unit="D")
    back = first[::5] + pd.to_timedelta(rng.uniform(0, days, len(first[::5])), unit="D")
    who = np.arange(n).astype(str)
    frame = pd.DataFrame({"created_at": [*first, *back], "customer_id": [*who, *who[::5]], "issue": "parcel"})
    frame = frame[frame["created_at"] < "2026-11-01"].assign(category="delivery")
    frame["created_at"] = frame["created_at"].astype("datetime64[us]").dt.round("s")
    frame = frame.assign(resolved_at=frame["created_at"], created_local=frame["created_at"])
    frame["interaction_id"] = [f"t:{at}" for at in range(len(frame))]
    frame["came"] = np.where(frame.index < n, "first", "back")
    rules = MetricRules(repeat_days=days)
    table = with_measures(store.load(frame.reset_index(drop=True)), rules, ["fcr_pct"])
    ours = measure(table, ["fcr_pct"], ["came"]).set_index("came").loc["first"]
    later = table.customer_id.count().over(ibis.window(group_by=table.customer_id)) > 1
    careless = table.mutate(fcr_pct=(~later).cast("float64"))  # whoever is not back yet is a success
    naive = measure(careless, ["fcr_pct"], ["came"]).set_index("came").loc["first"]
    print(f"{days} days: FCR {ours['value']:.1f} %; with young contacts as successes {naive['value']:.1f} %")
    assert ours["lo"] < 80 < ours["hi"]
    assert naive["value"] - ours["value"] == pytest.approx(gained, abs=0.6)
    assert naive["lo"] > 80
    assert ours["n"] == pytest.approx(n * (31 - days) / 31, rel=0.02)


@pytest.mark.parametrize(("n", "rule"), [(5, 24.4), (20, 10.0), (100, 0.23)])
def test_half_as_many_again_is_a_bad_alarm(n, rule):
    """Thirty topics a week, none changes: «+50 % on last week» against what is called of the same weeks."""
    week, last = Period.parse("2026-W44"), Period.parse("2026-W43")
    before = np.arange(1, 20 * n + 50)
    exact = 100 * (poisson.pmf(before, n) * poisson.sf(np.floor(1.5 * before), n)).sum()
    assert exact == pytest.approx(rule, rel=0.01)
    rng, weeks, topics = np.random.default_rng(n), 300, 30
    where = {"card": np.repeat(np.arange(weeks), topics), "topic": np.tile(np.arange(topics), weeks)}
    then, now = (counts(period, rng.poisson(n, weeks * topics), **where) for period in (last, week))
    alarms = 100 * ((now["n"] > 1.5 * then["n"]) & (then["n"] > 0)).mean()
    found = cards(compare(pd.concat([then, now]), week, last, RULES, by=["card", "topic"]))
    told = found["certainty"].isin(TOLD)
    told_weeks = told.groupby(found["card"]).any()
    print(f"{n} a week: the rule alarms in {alarms:.2f} % of topic-weeks, ours calls {100 * told.mean():.2f} %")
    assert alarms == pytest.approx(rule, rel=0.12 if n < 100 else 0.6)
    assert 100 * told.mean() <= 0.25
    assert told_weeks.sum() <= binom.ppf(0.999, weeks, RULES.likely)


def test_five_hundred_slices_of_nothing():
    rng, months, slices, n = np.random.default_rng(4), 40, 500, 200
    where = {"card": np.repeat(np.arange(months), slices), "slice": np.tile(np.arange(slices), months)}
    parts = [shares(period, rng.binomial(n, 0.8, months * slices), n, **where) for period in (THEN, NOW)]
    found = cards(compare(pd.concat(parts), NOW, THEN, RULES, by=["card", "slice"]))
    beyond = (found["p"] < 0.05).groupby(found["card"]).sum()
    told = found["certainty"].isin(TOLD).groupby(found["card"]).sum()
    print(f"of {slices} slices {beyond.mean():.1f} have p < .05; {told.sum()} told in {months} months together")
    assert beyond.mean() == pytest.approx(25, abs=2.5)
    assert (told > 0).sum() <= binom.ppf(0.999, months, RULES.likely)
    assert told.sum() <= 6


def test_long_calls_are_not_bad_calls(store):
    """Simpson: hard questions take long and please less, so long calls look bad, though within each kind they please more."""
    rng, n = np.random.default_rng(5), 12_000
    hard = rng.integers(0, 3, n)
    effort = rng.normal(0, 1, n)
    minutes = np.exp(np.array([1.2, 2.2, 3.0])[hard] + 0.4 * effort)
    content = rng.random(n) < np.array([0.93, 0.75, 0.5])[hard] + 0.04 * effort
    frame = pd.DataFrame(
        {"difficulty": np.array(["easy", "middle", "hard"])[hard], "aht_minutes": minutes, "csat_pct": content * 1.0}
    )
    frame["created_local"] = pd.Timestamp("2026-10-10").as_unit("us")
    pooled = np.corrcoef(frame["aht_minutes"].rank(), frame["csat_pct"])[0, 1]
    within = [
        np.corrcoef(part["aht_minutes"].rank(), part["csat_pct"])[0, 1] for _, part in frame.groupby("difficulty")
    ]
    print(f"pooled r = {pooled:.2f}; within each difficulty {min(within):+.2f} to {max(within):+.2f}")
    assert pooled == pytest.approx(-0.30, abs=0.03)
    assert 0.04 <= min(within) <= max(within) <= 0.18

    def long_calls(part):
        length = np.where(part["aht_minutes"] > part["aht_minutes"].median(), "long", "short")
        return levels(store.load(part.assign(length=length)), NOW, RULES, ["length"]).set_index("label").loc["long"]

    all_calls = long_calls(frame)
    assert (all_calls["certainty"], all_calls["direction"]) == (SURE, "worse")
    for _, part in frame.groupby("difficulty"):
        assert long_calls(part)["difference"] > 0
        assert long_calls(part)["certainty"] in (SURE, LIKELY, NOISE)
        assert long_calls(part)["direction"] != "worse"
