"""What is called a change, and what is called chance. Histories are made by hand, so that the truth is known."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom
from voc.analysis.compare import LIKELY, NOISE, SURE, UNKNOWN, by_period, compare, judge, wobble
from voc.analysis.coverage import covers, missing_rows, withhold
from voc.analysis.intervals import Z, wilson
from voc.analysis.levels import levels
from voc.analysis.metrics import with_measures
from voc.analysis.rules import MetricRules
from voc.data.periods import Period

NOW, THEN = Period.parse("2026-10"), Period.parse("2026-09")
RULES = MetricRules()


def shares(period, hits, n, **more):
    hits, n = (np.array(part, float) for part in np.broadcast_arrays(np.atleast_1d(hits), n))
    lo, hi = wilson(hits, n)
    figures = {"n": n, "value": 100 * hits / n, "lo": 100 * lo, "hi": 100 * hi, "se": 100 * (hi - lo) / (2 * Z)}
    return pd.DataFrame({"metric": "csat_pct", "period_start": pd.Timestamp(period.start), **figures, **more})


def counts(period, n, **more):
    n = np.atleast_1d(n).astype(float)
    figures = {"n": n, "value": n, "lo": n, "hi": n, "se": np.sqrt(n)}
    return pd.DataFrame({"metric": "contacts", "period_start": pd.Timestamp(period.start), **figures, **more})


def compared(*parts, now=NOW, then=THEN, **more) -> pd.DataFrame:
    return judge(compare(pd.concat(parts, ignore_index=True), now, then, RULES, **more), RULES)


# the facts of METRICS.md


@pytest.mark.parametrize(("n", "points"), [(50, 4.5), (200, 2.25), (1000, 1.0)])
def test_the_noise_of_csat_is_as_large_as_a_perfect_forecasts_error(n, points):
    """The mean absolute error of a perfect forecast is √(2/π) standard errors."""
    row = compared(shares(THEN, 0.8 * n, n), shares(NOW, 0.8 * n, n)).iloc[0]
    error = row["floor"] / (Z * np.sqrt(2)) * np.sqrt(2 / np.pi)
    assert error == pytest.approx(points, rel=0.02)


@pytest.mark.parametrize(("n", "points"), [(100, 15.8), (400, 7.9), (1000, 5.0)])
def test_the_smallest_effect_that_is_found_four_times_in_five(n, points):
    """80 % power needs 1.96 + 0.84 standard errors where the noise floor has 1.96."""
    row = compared(shares(THEN, 0.8 * n, n), shares(NOW, 0.8 * n, n)).iloc[0]
    assert row["floor"] * (1.96 + 0.8416) / 1.96 == pytest.approx(points, rel=0.01)


@pytest.mark.parametrize(("before", "now", "certainty"), [(5, 8, UNKNOWN), (30, 45, NOISE), (100, 150, SURE)])
def test_half_as_many_again_is_news_only_where_there_are_many(before, now, certainty):
    weeks = Period.parse("2026-W44"), Period.parse("2026-W43")
    row = compared(counts(weeks[1], before), counts(weeks[0], now), now=weeks[0], then=weeks[1]).iloc[0]
    assert row["certainty"] == certainty


def twins(rng, months, n, chance):
    """Compare thirty equal slices in each of so many months, all at once; every month is then judged by itself."""
    at = {"month": np.repeat(np.arange(months), 30), "label": np.tile([f"s{at}" for at in range(30)], months)}
    parts = []
    for period in (THEN, NOW):
        came = rng.poisson(2 * n * period.days / 30, 30 * months)
        answered = np.full(30 * months, n) if np.isscalar(n) else np.maximum(came // 2, 1)
        parts += [counts(period, came, **at), shares(period, rng.binomial(answered, chance), answered, **at)]
    return compare(pd.concat(parts, ignore_index=True), NOW, THEN, RULES, by=["month", "label"])


@pytest.mark.parametrize(("n", "gap"), [(10, 48), (50, 23), (100, 16)])
def test_thirty_equal_agents_differ_by_chance_and_nobody_is_told(n, gap):
    found = twins(np.random.default_rng(n), 100, n, 0.8)
    agents = found[found["metric"] == "csat_pct"]
    months = agents.groupby("month")
    gaps = months["value"].max() - months["value"].min()
    told = sum(judge(month, RULES)["certainty"].isin([SURE, LIKELY]).any() for _, month in months)
    print(f"n = {n}: best to worst {gaps.mean():.0f} points; a false finding in {told} of 100 months")
    assert gaps.mean() == pytest.approx(gap, abs=2.5)
    assert told <= binom.ppf(0.999, 100, 0.05)


def test_false_findings_of_thirty_equal_slices():
    """CSAT and contacts of thirty slices without any change: a false word in at most a few months of a hundred."""
    rng, months = np.random.default_rng(7), 400
    found = twins(rng, months, np.tile(rng.integers(20, 200, 30), months), 0.75)
    told = [judge(month, RULES)["certainty"].isin([SURE, LIKELY]).sum() for _, month in found.groupby("month")]
    print(f"false findings: {sum(told)} of {len(found)} comparisons, in {np.count_nonzero(told)} of {months} months")
    assert np.count_nonzero(told) <= binom.ppf(0.999, months, 0.05)  # 5 % asked for, and the scatter of 400 months
    assert sum(told) <= 0.003 * len(found)


@pytest.mark.parametrize("n", [30, 50, 200])
def test_small_chances_are_as_rare_as_they_say(n):
    """The false discovery rate stands on p-values of a thousandth: they must be right with few answers too."""
    found = twins(np.random.default_rng(n), 1000, n, 0.75)
    for metric, part in found.groupby("metric"):
        shares_below = {p: (part["p"] < p).mean() for p in (0.05, 0.001)}
        print(f"n = {n}, {metric}: {shares_below}")
        assert shares_below[0.05] <= 0.054
        assert shares_below[0.001] <= 0.0016  # 30,000 comparisons scatter by 0.0002


def test_a_true_change_among_thirty_slices_is_found():
    rng, found, seeds = np.random.default_rng(8), 0, 40
    label = {"label": [f"s{at}" for at in range(30)]}
    for _ in range(seeds):
        share = np.full(30, 0.8)
        then = shares(THEN, rng.binomial(200, share), np.full(30, 200), **label)
        share[3] = 0.55
        now = shares(NOW, rng.binomial(200, share), np.full(30, 200), **label)
        row = compared(then, now, by=["label"]).set_index("label").loc["s3"]
        found += row["certainty"] in (SURE, LIKELY) and row["direction"] == "worse"
    print(f"a fall of 25 points found in {found} of {seeds}")
    assert found >= 0.95 * seeds


# arithmetic


def test_a_share_worked_out_by_hand():
    # 80 of 100 against 90 of 100: pooled 85 %; standard error 100 × √(0.85 × 0.15 × (1/100 + 1/100)) = 5.0498 points
    row = compared(shares(THEN, 90, 100), shares(NOW, 80, 100)).iloc[0]
    assert row["change"] == pytest.approx(-10)
    assert row["floor"] == pytest.approx(Z * 5.0498, abs=0.001)  # 9.897
    assert row["p"] == pytest.approx(0.0477, abs=0.0001)  # z = 1.980
    assert (row["certainty"], row["direction"]) == (LIKELY, "worse")


def test_contacts_are_compared_per_day():
    # February 2026 has 28 days, March 31: 2,800 and 3,100 are both 100 a day
    march, february = Period.parse("2026-03"), Period.parse("2026-02")
    row = compared(counts(february, 2800), counts(march, 3100), now=march, then=february).iloc[0]
    assert row["change"] == pytest.approx(0)
    assert (row["before"], row["certainty"], row["direction"]) == (2800, NOISE, "")


def test_clustered_days_widen_the_floor_of_counts():
    once, wide = (compared(counts(THEN, 3000), counts(NOW, 3400), spread=spread).iloc[0] for spread in (1.0, 9.0))
    assert wide["floor"] == pytest.approx(3 * once["floor"], abs=2)  # both are rounded to whole contacts
    assert (once["certainty"], wide["certainty"]) == (SURE, NOISE)
    assert once["hi"] - 3400 == pytest.approx(Z * np.sqrt(3400))
    assert wide["hi"] - 3400 == pytest.approx(3 * Z * np.sqrt(3400))


def test_a_metric_that_wobbles_needs_a_larger_change():
    calm, wild = (
        compared(shares(THEN, 900, 1000), shares(NOW, 850, 1000), factors={"csat_pct": f}).iloc[0] for f in (1, 3)
    )
    assert wild["floor"] == pytest.approx(3 * calm["floor"])
    assert (calm["certainty"], wild["certainty"]) == (SURE, NOISE)


def test_a_slice_that_began_or_ended_counts_from_none():
    found = compared(counts(THEN, [100], label=["old"]), counts(NOW, [100], label=["new"]), by=["label"]).set_index(
        "label"
    )
    assert found.loc["new", ["before", "value"]].tolist() == [0, 100]
    assert found.loc["old", ["before", "value"]].tolist() == [100, 0]
    assert found["certainty"].tolist() == [SURE, SURE]
    assert found["direction"].to_dict() == {"new": "more", "old": "fewer"}


def test_too_few_are_not_judged_and_said():
    row = compared(shares(THEN, 29, 29), shares(NOW, 10, 400)).iloc[0]
    assert (row["certainty"], row["why"], row["direction"]) == (UNKNOWN, "fewer than 30 to judge from", "")


def test_a_share_without_a_past_has_nothing_to_compare_with():
    row = compared(shares(NOW, 50, 100)).iloc[0]
    assert (row["certainty"], row["why"], row["n_before"]) == (UNKNOWN, "nothing to compare with", 0)


def test_everybody_satisfied_twice_is_no_change():
    row = compared(shares(THEN, 40, 40), shares(NOW, 50, 50)).iloc[0]
    assert (row["change"], row["certainty"]) == (0, NOISE)
    assert row["floor"] > 5  # forty happy customers do not make chance vanish


def test_no_change_is_no_direction():
    row = compared(shares(THEN, 80, 100), shares(NOW, 80, 100)).iloc[0]
    assert (row["change"], row["p"], row["certainty"], row["direction"]) == (0, 1, NOISE, "")


def test_nothing_at_all_is_judged_without_complaint():
    assert compared(counts(THEN, 5).iloc[:0]).empty


def test_the_words_follow_the_false_discovery_rate():
    # Benjamini–Hochberg over p = .001, .02, .04, .5: q = .004, .04, .0533, .5
    changes = pd.DataFrame(
        {"metric": "frt_minutes", "change": [1.0, -1.0, 1.0, 1.0], "p": [0.001, 0.02, 0.04, 0.5], "why": ""}
    )
    found = judge(changes.assign(floor=[0.6, 0.84, 0.95, 2.9]), RULES)
    assert found["q"].round(4).tolist() == [0.004, 0.04, 0.0533, 0.5]
    # the third lies beyond its own floor, but among four comparisons that is neither sure nor noise
    assert found["certainty"].tolist() == [SURE, LIKELY, UNKNOWN, NOISE]
    assert found["direction"].tolist() == ["worse", "better", "", ""]  # shorter is better


# a series' own past


def past(values, metric="csat_pct", n=1000.0):
    starts = pd.date_range("2025-09-01", periods=len(values), freq="MS")
    return pd.DataFrame({"metric": metric, "period_start": starts, "n": n, "value": values, "se": 1.0})


def test_a_series_that_moves_as_sampling_does_has_factor_one():
    rng = np.random.default_rng(3)
    found = [wobble(past(80 + rng.normal(0, 1, 13)), NOW)["csat_pct"] for _ in range(60)]
    assert np.median(found) < 1.15


def test_a_series_that_moves_three_times_as_much_has_factor_three():
    rng = np.random.default_rng(4)
    found = [wobble(past(80 + rng.normal(0, 3, 13)), NOW)["csat_pct"] for _ in range(60)]
    assert np.median(found) == pytest.approx(3, rel=0.2)


def test_a_short_past_and_the_month_itself_excuse_nothing():
    assert wobble(past([80, 90, 70, 85]), NOW) == {"csat_pct": 1.0}
    calm = [80, 80.1] * 6 + [80]  # September 2025 to September 2026
    assert wobble(past([*calm, 20]), NOW) == wobble(past(calm), NOW) == {"csat_pct": 1.0}


# in the engine


def test_periods_are_those_of_the_reports_clock(store):
    stamps = ["2026-08-31 23:59", "2026-09-01 00:00", "2026-09-30 23:59", "2026-10-01 00:00", "2026-11-01 00:00"]
    frame = pd.DataFrame(
        {"interaction_id": list("abcde"), "created_local": pd.to_datetime(stamps).astype("datetime64[us]")}
    )
    table = with_measures(store.load(frame.assign(created_at=frame["created_local"])), RULES, ["contacts"])
    found = by_period(table, ["contacts"], [THEN, NOW])
    assert found[["period", "n"]].to_numpy().tolist() == [["2026-09", 2], ["2026-10", 1]]


def test_groups_of_one_period_against_the_rest(store):
    # 100 answers a group; a: 50 good, b: 90, c: 90. All 230/300 = 76.67; without a 180/200 = 90: impact −13.33
    frame = pd.DataFrame(
        {
            "topic": np.repeat(["a", "b", "c"], 100),
            "csat_pct": ([1.0] * 50 + [0.0] * 50) + ([1.0] * 90 + [0.0] * 10) * 2,
        }
    )
    frame["created_local"] = pd.Timestamp("2026-10-10").as_unit("us")
    row = levels(store.load(frame), NOW, RULES, ["topic", "absent"]).iloc[0]
    assert (row["label"], row["n"], row["value"], row["rest"]) == ("a", 100, 50, pytest.approx(90))
    assert row["impact"] == pytest.approx(-40 / 3)
    assert row["difference"] == pytest.approx(-40)
    assert row["floor"] == pytest.approx(Z * 100 * np.sqrt(23 / 30 * 7 / 30 * (1 / 100 + 1 / 200)))
    assert row["certainty"] == SURE


def test_thirty_equal_groups_of_one_period(store):
    rng, seeds, months = np.random.default_rng(9), 12, 0
    for _ in range(seeds):
        frame = pd.DataFrame(
            {"agent": np.repeat([f"a{at:02d}" for at in range(30)], 80), "csat_pct": rng.binomial(1, 0.8, 2400) * 1.0}
        )
        found = levels(
            store.load(frame.assign(created_local=pd.Timestamp("2026-10-10").as_unit("us"))), NOW, RULES, ["agent"]
        )
        months += found["certainty"].isin([SURE, LIKELY]).any()
    print(f"equal groups told apart in {months} of {seeds} months")
    assert months <= 2


# what the data cover


@pytest.mark.parametrize(
    ("first", "last", "why"),
    [
        ("2025-01-01", "2026-09-30 23:59", ""),
        ("2026-09-01 00:01", "2026-10-31", ""),
        ("2026-09-02", "2026-10-31", "the data begin on 2 September 2026, inside September 2026"),
        ("2025-01-01", "2026-09-29 23:59", "the data end on 29 September 2026, before September 2026 is over"),
        ("2026-10-01", "2026-10-31", "there are no data for September 2026"),
        ("2025-01-01", "2026-08-31", "there are no data for September 2026"),
    ],
)
def test_a_period_that_is_not_whole_is_said(first, last, why):
    assert covers(pd.Timestamp(first), pd.Timestamp(last), THEN) == why


def test_what_the_data_do_not_cover_is_withheld():
    changes = compare(pd.concat([counts(THEN, 100), counts(NOW, 200)]), NOW, THEN, RULES)
    held = judge(withhold(changes, THEN, "the data begin on 9 September", 0.0), RULES).iloc[0]
    assert held[["before", "change", "floor", "p"]].isna().all()
    assert (held["certainty"], held["why"]) == (UNKNOWN, "the data begin on 9 September")
    assert changes["change"].notna().all()  # the given table stays as it was


@pytest.mark.parametrize(("lost", "certainty"), [(0.0, SURE), (30.0, SURE), (60.0, UNKNOWN)])
def test_missing_days_withhold_counts_smaller_than_what_is_missing(lost, certainty):
    # 100 and 200 contacts: floor 1.96 × √(200 + 100 × (31/30)²) = 34
    changes = compare(
        pd.concat([counts(THEN, 100), counts(NOW, 200), shares(THEN, 40, 50), shares(NOW, 40, 50)]), NOW, THEN, RULES
    )
    found = judge(withhold(changes, THEN, "", lost), RULES).set_index("metric")
    assert found.loc["contacts", "certainty"] == certainty
    assert found.loc["csat_pct", "why"] == ""


def test_missing_rows_are_those_of_flagged_days_inside():
    days = pd.DataFrame(
        {
            "day": pd.to_datetime(["2026-08-31", "2026-09-01", "2026-09-02", "2026-10-01"]),
            "rows": [0, 10, 20, 0],
            "expected": [50.0, 40.0, 40.0, 50.0],
            "flag": [True, True, False, True],
        }
    )
    assert missing_rows(days, THEN) == 30
