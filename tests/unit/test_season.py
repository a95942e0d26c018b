"""Trends with the season taken out: by hand, against noise that resembles itself, and at the limits."""

import numpy as np
import pandas as pd
import pytest
from voc.analysis import season
from voc.analysis.kendall import kendall
from voc.analysis.rules import MetricRules
from voc.analysis.season import FEWEST, PLAIN, trend_of, trends, weeks
from voc.data.periods import Period

RULES = MetricRules()


def history(values, metric="csat_mean", start="2024-11-01", freq="MS", **more):
    starts = pd.date_range(start, periods=len(values), freq=freq)
    return pd.DataFrame({"metric": metric, "period_start": starts, "value": np.asarray(values, float), **more})


def resembling(rng, n, rho):
    noise, out = rng.normal(size=n) * np.sqrt(1 - rho**2), np.zeros(n)
    out[0] = rng.normal()
    for at in range(1, n):
        out[at] = rho * out[at - 1] + noise[at]
    return out


BY_HAND = [1, 5, 2, 9, 2, 4, 2, 8, 3, 6, 3, 7]  # four quarters of three years: 1 2 3, 5 4 6, 2 2 3, 9 8 7


def test_the_seasonal_score_by_hand():
    """Scores 3 + 1 + 2 − 3; variance 3 × 3·2·11/18 and one less for the tie; the middle one of twelve slopes is a half."""
    at = np.arange(12)
    score, variance, pairs, slopes = kendall(np.array(BY_HAND, float), at, at % 4, 4)
    assert (score, pairs) == (3, 12)
    assert variance == pytest.approx(4 * 66 / 18 - 1)
    assert sorted(slopes) == [-1, -1, -1, -1, 0, 0.5, 0.5, 1, 1, 1, 1, 2]
    found = trend_of(history(BY_HAND, freq="QS"), "quarter")
    assert found.slope == 0.5
    assert found.tau == 0.25
    assert found.p > 0.5
    assert "same quarter" in found.how


def test_a_season_is_no_trend_and_a_trend_is_seen_through_a_season():
    at, rng = np.arange(103), np.random.default_rng(1)
    season = 3 * np.sin(2 * np.pi * at / 52)
    still = trend_of(history(50 + season + rng.normal(size=103) * 0.3, start="2024-11-04", freq="7D"), "week")
    rising = trend_of(
        history(50 + season + at / 52 + rng.normal(size=103) * 0.3, start="2024-11-04", freq="7D"), "week"
    )
    assert (still.words, rising.words) == ("no trend beyond chance", "rises")
    assert rising.p < 0.001
    assert rising.lo < 1 < rising.hi
    assert rising.slope == pytest.approx(1, abs=0.2)
    flat = rising.adjusted["adjusted"].to_numpy() - at / 52
    assert flat.std() < 0.25 * season.std()


@pytest.mark.parametrize("rho", [0.0, 0.5])
def test_months_and_weeks_that_resemble_their_neighbours_are_not_called_too_often(rho, monkeypatch):
    monkeypatch.setattr(season, "_without_season", lambda value, *_: value)  # drawn only, and slow; no p rests on it
    rng = np.random.default_rng(int(10 * rho) + 3)
    months = np.mean([trend_of(history(resembling(rng, 24, rho)), "month").p < 0.05 for _ in range(200)])
    weekly = np.mean(
        [
            trend_of(history(resembling(rng, 104, rho), start="2024-11-04", freq="7D"), "week").p < 0.05
            for _ in range(200)
        ]
    )
    print(f"resemblance {rho}: {months:.1%} of months' and {weekly:.1%} of weeks' histories without a trend are called")
    assert months < 0.09  # 5 % asked; two standard errors of 200 draws are 3 points
    assert weekly < 0.09


def test_less_than_two_years_are_told_as_such():
    found = trend_of(history(np.arange(22)), "month")
    assert found.how == PLAIN
    assert found.p < 0.001
    assert found.slope == pytest.approx(12)
    assert found.adjusted["adjusted"].isna().all()


def test_contacts_are_taken_per_day_so_that_the_length_of_months_is_no_trend():
    days = [Period.holding(day.date()).days for day in pd.date_range("2024-11-01", periods=24, freq="MS")]
    found = trend_of(history(100 * np.array(days), metric="contacts"), "month")
    assert (found.slope, found.p) == (0, 1)
    assert found.adjusted["adjusted"].to_numpy() == pytest.approx(100 * np.array(days))


def test_relative_slopes_are_of_the_logarithm():
    found = trend_of(history(10 * 1.1 ** (np.arange(24) / 12), metric="frt_minutes"), "month")
    assert found.relative == pytest.approx(10)
    assert np.isnan(trend_of(history(np.arange(24) + 50.0, metric="csat_pct"), "month").relative)


@pytest.mark.parametrize(
    ("values", "why"), [([], "fewer"), ([1], "fewer"), ([1] * (FEWEST - 1), "fewer"), ([3] * 30, "")]
)
def test_limits(values, why):
    found = trend_of(history(values), "month")
    assert found.why.startswith(why)
    if not why:
        assert (found.slope, found.p, found.tau) == (0, 1, 0)


def test_gaps_stay_gaps_and_partial_periods_are_left_out():
    values = np.r_[1.0, np.arange(2, 26)]
    span = pd.Timestamp("2024-11-20"), pd.Timestamp("2026-11-30")
    found = trend_of(history(values).drop(index=5), "month", span=span)
    assert found.n == 23
    assert found.adjusted["adjusted"].isna().sum() == 2


def test_a_period_that_stands_twice_is_refused():
    with pytest.raises(ValueError, match="twice"):
        trend_of(pd.concat([history([1, 2]), history([1, 2])]), "month")


def test_many_trends_are_judged_together():
    rng = np.random.default_rng(7)
    names = ["csat_pct", "fcr_pct", "repeat_pct", "frt_minutes", "resolution_hours", "aht_minutes"]
    parts = [history(50 + rng.normal(size=104), name, "2024-11-04", "7D") for name in names[1:]]
    parts.append(history(50 + np.arange(104) / 26 + rng.normal(size=104), "csat_pct", "2024-11-04", "7D"))
    found = trends(pd.concat(parts), "week", RULES).set_index("metric")
    assert found.loc["csat_pct", ["certainty", "direction"]].tolist() == ["sure", "better"]
    assert not found.drop("csat_pct")["certainty"].isin(["sure", "likely"]).any()
    assert (found.drop("csat_pct")["direction"] == "").all()


def test_trends_of_nothing_are_an_empty_table_with_all_columns():
    found = trends(pd.DataFrame(columns=["metric", "label", "period_start", "value"]), "month", by=["label"])
    assert found.empty
    assert {"metric", "label", "slope", "q", "certainty", "direction"} <= set(found.columns)


def test_shares_of_nothing_and_all_have_a_season_too():
    found = trend_of(history([0.0, 100.0] * 12, metric="csat_pct", n=40), "month")
    assert found.adjusted["adjusted"].between(0, 100).all()


def test_whole_weeks_only(store):
    at = pd.to_datetime(["2026-09-30 12:00", "2026-10-28 12:00"])
    table = store.load(pd.DataFrame({"interaction_id": ["a", "b"], "created_local": at}))
    found = weeks(table, Period.parse("2026-10"))
    assert [week.label for week in found] == ["2026-W41", "2026-W42", "2026-W43"]
    assert weeks(table.filter(table.interaction_id == "c"), Period.parse("2026-10")) == []
