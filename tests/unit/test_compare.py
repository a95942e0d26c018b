"""What is called a change, and what is called chance. Histories are made by hand, so that the truth is known."""

import numpy as np
import pandas as pd
import pytest
from scipy.stats import binom, norm
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


# equal slices


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
    # 80 of 100 against 90 of 100: pooled 85 %; standard error 100 × √(0.85 × 0.15 × (1/100 + 1/100)) = 5.0498 points, so
    # that z would be 1.98 and p .0477; of all ways to deal 170 good answers to both, .0508 put them so far apart (mid-p)
    row = compared(shares(THEN, 90, 100), shares(NOW, 80, 100)).iloc[0]
    assert row["change"] == pytest.approx(-10)
    assert row["p"] == pytest.approx(0.0508, abs=0.0001)
    assert (row["floor"], row["certainty"], row["direction"]) == (pytest.approx(10), NOISE, "")
    closer = compared(shares(THEN, 90, 100), shares(NOW, 82, 100)).iloc[0]
    assert closer["floor"] == pytest.approx(Z * 100 * np.sqrt(0.86 * 0.14 * 2 / 100))
    farther = compared(shares(THEN, 90, 100), shares(NOW, 75, 100)).iloc[0]
    assert farther["floor"] == pytest.approx(15 * Z / norm.isf(farther["p"] / 2))
    assert (farther["certainty"], farther["direction"]) == (SURE, "worse")


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
    assert wild["floor"] == pytest.approx(3 * calm["floor"], rel=0.01)
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


def waits(period, ends, n=200.0, **more):
    value, lo, hi = ends
    figures = {"n": n, "value": value, "lo": lo, "hi": hi, "se": (hi - lo) / (2 * Z)}
    row = {"metric": "frt_p90_minutes", "period_start": pd.Timestamp(period.start), **figures}
    return pd.DataFrame([row]).assign(**more)


def test_quantiles_are_compared_as_ratios_where_only_their_intervals_are_known():
    # twice as long, intervals of ± 22 % each: log 2 ÷ (0.2231 ÷ 1.96 × √2) = 4.31, a little less with √200 degrees of freedom
    row = compared(waits(THEN, (10, 8, 12.5)), waits(NOW, (20, 16, 25))).iloc[0]
    z = np.log(2) / (np.log(12.5 / 10) / Z * np.sqrt(2))
    assert norm.isf(row["p"] / 2) == pytest.approx(z, rel=0.15)
    assert norm.isf(row["p"] / 2) < z
    assert (row["certainty"], row["direction"]) == (SURE, "worse")
    assert row["floor"] == pytest.approx(10 * Z / norm.isf(row["p"] / 2))


def test_too_few_for_an_interval_is_said():
    row = compared(waits(THEN, (10, 8, np.nan), 40), waits(NOW, (20, 16, np.nan), 40)).iloc[0]
    assert (row["certainty"], row["why"]) == (UNKNOWN, "too few for an interval")


def test_a_change_is_beyond_its_floor_exactly_where_its_chance_is_below_five_per_cent():
    found = pd.concat([twins(np.random.default_rng(1), 40, n, 0.9) for n in (30, 100)])
    shares_ = found[found["metric"] == "csat_pct"]
    assert ((shares_["change"].abs() > shares_["floor"]) == (shares_["p"] < 0.05)).all()
    assert (shares_["p"] < 0.05).any()


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


def test_medians_and_means_of_periods_are_judged_by_their_values(store):
    """Two speeds together: the middle falls from the slow ones to the fast ones, and the figure says by how much."""
    rng = np.random.default_rng(5)
    sizes = {"2026-09-10": 800, "2026-10-10": 700}
    parts = [
        pd.DataFrame(
            {
                "interaction_id": [f"{day}:{at}" for at in range(n)],
                "created_local": pd.Timestamp(day).as_unit("us"),
                "aht_minutes": rng.gamma(2, 4, n) * (1.4 if day == "2026-10-10" else 1.0),
                "frt_minutes": np.where(rng.random(n) < (0.7 if day == "2026-10-10" else 0.5), rng.lognormal(0, 1, n), 300 + rng.normal(0, 9, n)),
            }
        )
        for day, n in sizes.items()
    ]  # fmt: skip
    table = store.load(pd.concat(parts))
    for name, direction in (("frt_minutes", "better"), ("aht_minutes", "more")):
        known, alone = (
            judge(compare(by_period(table, [name], [THEN, NOW], shapes=shapes), NOW, THEN, RULES), RULES).iloc[0]
            for shapes in (True, False)
        )
        assert (known["certainty"], known["direction"]) == (SURE, direction)
        assert known["p"] < 1e-6
        assert known["change"] == alone["change"]
    assert "shape" not in compare(by_period(table, ["frt_minutes"], [THEN, NOW], shapes=True), NOW, THEN, RULES)


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
    assert row["floor"] == pytest.approx(Z * 100 * np.sqrt(23 / 30 * 7 / 30 * (1 / 100 + 1 / 200)), rel=0.05)
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
    held = judge(withhold(changes, "the data begin on 9 September", 0.0), RULES).iloc[0]
    assert held[["before", "change", "floor", "p"]].isna().all()
    assert (held["certainty"], held["why"]) == (UNKNOWN, "the data begin on 9 September")
    assert changes["change"].notna().all()  # the given table stays as it was


@pytest.mark.parametrize(("lost", "certainty"), [(0.0, SURE), (30.0, SURE), (60.0, UNKNOWN)])
def test_missing_days_withhold_counts_smaller_than_what_is_missing(lost, certainty):
    # 100 and 200 contacts: floor 1.96 × √(200 + 100 × (31/30)²) = 34
    changes = compare(
        pd.concat([counts(THEN, 100), counts(NOW, 200), shares(THEN, 40, 50), shares(NOW, 40, 50)]), NOW, THEN, RULES
    )
    found = judge(withhold(changes, "", lost), RULES).set_index("metric")
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
