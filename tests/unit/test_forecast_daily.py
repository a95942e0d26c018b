"""Figures by day: the week as their season, days of the report's clock, and data of a few weeks."""

import ibis
import numpy as np
import pandas as pd
import pytest
from test_forecast_counts import counted
from voc.analysis.forecast.ahead import forecasts, methods_for
from voc.analysis.forecast.daily import measured_daily
from voc.analysis.forecast.series import series_of
from voc.analysis.forecast.shares import _design, level, level_with_season
from voc.analysis.forecast.simple import simple

WEEK = np.array([9, 8, 7, 6, 5, 4, 3])


def answered(x, n=10, start="2026-03-02"):  # a Monday
    at = pd.date_range(start, periods=len(x), freq="D")
    return series_of(pd.DataFrame({"at": at, "x": x, "n": n}), "csat_pct", "share", "day")


def test_the_season_of_days_is_the_week():
    """Two weeks alike are known: each of the next ten days is foretold as its weekday of the second week."""
    found = simple(answered(np.tile(WEEK, 2)), 10, "seasonal naive").mean[-1]
    sevenths = 2 * np.arcsin(np.sqrt((np.append(WEEK, WEEK[:3]) + 0.375) / 10.75))
    assert found == pytest.approx(sevenths)


def test_months_beyond_a_year_repeat_the_year_that_is_known():
    at = pd.date_range("2025-01-01", periods=12, freq="MS")
    year = series_of(pd.DataFrame({"at": at, "x": np.arange(12) * 5, "n": 100}), "csat_pct", "share", "month")
    found = simple(year, 14, "seasonal naive").mean[-1]
    assert found[12:] == pytest.approx(found[:2])


def test_all_weekdays_can_be_told_apart_by_the_waves():
    waves = _design(answered(np.tile(WEEK, 2)), 1)
    assert waves.shape == (15, 7)
    assert np.linalg.matrix_rank(waves) == 7


def test_weekdays_are_learned_from_weeks():
    rng = np.random.default_rng(3)
    series = answered(rng.binomial(200, np.tile(WEEK, 10) / 10), 200)
    true = 2 * np.arcsin(np.sqrt(WEEK / 10))
    miss = {fan: np.abs(fan(series, 7).mean[-1] - true).mean() for fan in (level, level_with_season)}
    assert miss[level_with_season] < 0.06 < 0.3 < miss[level]


def test_shares_and_counts_by_day_have_a_forecast_by_day():
    rng = np.random.default_rng(5)
    shares = answered(rng.binomial(30, np.tile(WEEK, 9) / 10), 30)
    counts = counted(rng.poisson(np.tile(WEEK * 10, 9)), "2026-03-02")
    assert "days" not in methods_for(shares) and "days" in methods_for(counts, counts)
    found = forecasts([shares, counts], "day", 7)
    days = pd.date_range("2026-05-04", periods=7, freq="D")
    for name, true, near in (("csat_pct", WEEK * 10, 12), ("contacts", WEEK * 10, 12)):
        rows = found.ahead[found.ahead["series"] == name]
        assert rows["at"].tolist() == days.tolist()
        assert rows["value"].to_numpy() == pytest.approx(true, abs=near)
        assert ((rows["observed_lo95"] <= true) & (true <= rows["observed_hi95"])).all()
    assert found.words["words"].str.contains("earlier days").all()


def test_the_week_before_is_named_as_that():
    rng = np.random.default_rng(7)
    counts = counted(rng.poisson(np.tile(WEEK * 10, 4)), "2026-03-02")
    found = forecasts([counts], "day", 1)
    assert "seasonal naive" in set(found.scores["method"])
    assert "year" not in found.words["words"].iloc[0]


def test_shares_by_day_are_refused_where_months_are_asked_for():
    with pytest.raises(ValueError, match="csat_pct is by day, and no count"):
        forecasts([answered(WEEK)], "month")


def test_answers_are_counted_by_day_of_the_reports_clock():
    """On 29 March clocks jump from 2 to 3; nobody answers on the 30th; the 31st has one customer twice."""
    stamps = ["2026-03-28 23:59", "2026-03-29 01:59", "2026-03-29 03:00", "2026-03-31 12:00", "2026-03-31 13:00"]
    rows = pd.DataFrame({"created_local": pd.to_datetime(stamps), "csat_pct": [True, True, False, True, True]})
    found = measured_daily(ibis.memtable(rows), "csat_pct")
    assert found.n.tolist() == [1, 2, 0, 2]
    assert found.value[[0, 1, 3]].tolist() == [100, 50, 100]
    assert not found.known[2]
    assert found.spread == 1
    same = measured_daily(ibis.memtable(rows.assign(customer_id=["a", "b", "b", "c", "c"])), "csat_pct")
    assert same.spread == 1  # yes and no of one customer cancel out, the other days hold no difference


def test_nothing_known_of_a_day_is_said():
    rows = pd.DataFrame({"created_local": pd.to_datetime(["2026-03-28"]), "frt_minutes": [3.0]})
    with pytest.raises(ValueError, match="frt_minutes is a median"):
        measured_daily(ibis.memtable(rows), "frt_minutes")
    none = pd.DataFrame({"created_local": pd.to_datetime(["2026-03-28"]), "csat_pct": pd.array([None], "boolean")})
    with pytest.raises(ValueError, match="there is no row"):
        measured_daily(ibis.memtable(none), "csat_pct")
