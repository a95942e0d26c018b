"""Series and the simple forecasts: bad rows, gaps, and every figure worked out by hand."""

from datetime import date

import ibis
import numpy as np
import pandas as pd
import pytest
from voc.analysis.compare import perfect_error
from voc.analysis.forecast.fan import LEVELS, Fan, around, targets, together
from voc.analysis.forecast.repeats import repeated
from voc.analysis.forecast.scale import back, floor, noise, scaled
from voc.analysis.forecast.series import daily, day_spread, measured, series_of, summed
from voc.analysis.forecast.simple import simple, weights


def shares(x, n, start="2026-01-01", freq="MS", grain="month"):
    at = pd.date_range(start, periods=len(x), freq=freq)
    return series_of(pd.DataFrame({"at": at, "x": x, "n": n}), "csat_pct", "share", grain)


def scores(values, n=1, variance=1e-4, start="2024-01-01", freq="QS", grain="quarter"):
    at = pd.date_range(start, periods=len(values), freq=freq)
    rows = pd.DataFrame({"at": at, "x": np.asarray(values, float) * n, "n": n, "variance": variance})
    return series_of(rows, "score", "score", grain)


def days(x, start="2026-01-01"):
    at = pd.date_range(start, periods=len(x), freq="D")
    return series_of(pd.DataFrame({"at": at, "x": x}), "contacts", "count", "day")


def test_everything_wrong_with_rows_is_said_at_once():
    rows = pd.DataFrame(
        {"at": ["2026-01-01", "2026-01-01", "2026-02-03", None], "x": [5, -1, 9, 1], "n": [4, 3, 9, -2]}
    )
    with pytest.raises(ValueError, match="csat_pct cannot be forecast") as error:
        series_of(rows, "csat_pct", "share", "month")
    for part in ("stand twice: 2026-01-01", "no first day of a month: 2026-02-03", "1 rows have no date", "negative counts: 1",
                 "negative numbers of answers: 1", "more good answers than answers: 2"):  # fmt: skip
        assert part in str(error.value)
    with pytest.raises(ValueError, match="columns are missing: x, n"):
        series_of(rows[["at"]], "csat_pct", "share", "month")
    with pytest.raises(ValueError, match="there is no row"):
        series_of(rows.iloc[:0], "csat_pct", "share", "month")


def test_a_month_missing_and_a_month_without_answers_are_gaps_and_no_zeros():
    rows = pd.DataFrame({"at": ["2026-04-01", "2026-01-01", "2026-03-01"], "x": [4, 8, 0], "n": [5, 10, 0]})
    series = series_of(rows, "csat_pct", "share", "month")
    assert series.known.tolist() == [True, False, False, True]
    assert series.value[[0, 3]].tolist() == [80.0, 80.0]
    assert np.isnan(series.value[1:3]).all()
    assert np.isnan(scaled(series)[1:3]).all()
    assert noise(series, series.n)[1:3].tolist() == [np.inf, np.inf]


def test_a_month_of_zero_contacts_is_zero():
    at = ["2026-01-01", "2026-02-01"]
    series = series_of(pd.DataFrame({"at": at, "x": [0, 28]}), "contacts", "count", "month")
    assert series.value.tolist() == [0.0, 28.0]
    assert series.n.tolist() == [31.0, 28.0]


def test_chance_on_the_scale_depends_on_the_number_alone():
    series = shares([8, 30], [10, 40])
    assert noise(series, np.array([10, 40])) == pytest.approx([1 / 10.5, 1 / 40.5])
    assert scaled(series)[0] == pytest.approx(2 * np.arcsin(np.sqrt(8.375 / 10.75)))
    assert back(series, np.array([0.0, np.pi / 2, 9.0]), np.ones(3)) == pytest.approx([0, 50, 100])
    counts = days([4, 9])
    assert scaled(counts) == pytest.approx(2 * np.sqrt([4.375, 9.375]))
    assert back(counts, np.array([-1.0, 6.0]), np.ones(2)) == pytest.approx([0, 36 / 4 - 0.375 + 0.25])


def test_the_noise_floor_is_that_of_a_perfect_forecast():
    series = shares([160, 40], [200, 50])
    assert floor(series, np.array([80.0, 80.0]), series.n) == pytest.approx([perfect_error(200), perfect_error(50)])
    # a Poisson count of mean 1: |0 − 1| · e⁻¹ and as much above it
    assert floor(days([1]), np.array([1.0]), np.ones(1)) == pytest.approx([2 / np.e])


def test_measures_by_month_become_series():
    months = pd.date_range("2026-01-01", periods=2, freq="MS")
    rows = pd.DataFrame(
        {"metric": ["csat_pct", "csat_pct", "nps", "nps"], "period_start": [*months, *months], "n": [50, 40, 100, 400],
         "value": [80.0, 75.0, 20.0, 30.0], "se": [5.0, 6.0, 8.0, 4.0]}
    )  # fmt: skip
    share = measured(rows, "csat_pct", "month")
    assert (share.x.tolist(), share.n.tolist()) == ([40, 30], [50, 40])
    net = measured(rows, "nps", "month")
    assert net.value.tolist() == [20, 30]
    assert net.variance == pytest.approx(6400)  # 64 · 100 and 16 · 400
    assert net.bounds == (-100, 100)
    with pytest.raises(ValueError, match="frt_minutes is a median"):
        measured(rows, "frt_minutes", "month")


def test_days_are_counted_on_the_reports_clock_and_quiet_days_are_zero():
    stamps = ["2026-03-28 23:59", "2026-03-29 01:59", "2026-03-29 03:00", "2026-03-31 12:00", "2026-04-01 08:00"]
    table = ibis.memtable(
        pd.DataFrame({"created_local": pd.to_datetime(stamps), "channel": ["a", "a", "b", None, "a"]})
    )
    found = daily(table, (pd.Timestamp("2026-03-28"), pd.Timestamp("2026-04-01 08:00")), ["channel"])
    assert found["contacts"].x.tolist() == [1, 2, 0, 1, 1]  # the 29th has 23 hours
    assert found["channel: a"].x.tolist() == [1, 1, 0, 0, 1]
    less = daily(table, (pd.Timestamp("2026-03-28"), pd.Timestamp("2026-04-01 08:00")), lost=[date(2026, 3, 30)])
    assert less["contacts"].known.tolist() == [True, True, False, True, True]
    assert list(found) == ["contacts", "channel: a", "channel: b"]


def test_months_are_sums_of_whole_months():
    series = summed(days([1] * 90, "2026-01-15"), "month")
    assert [f"{at:%m}" for at in series.starts] == ["02", "03"]
    assert series.value.tolist() == [28, 31]
    with pytest.raises(ValueError, match="no month is whole"):
        summed(days([1] * 20), "month")


def test_days_that_spread_wider_than_poisson():
    """Every other week 4 more: a day differs by 4 from the mean of the weeks around it, 16 ÷ (1.5 · 10 or 14)."""
    x = np.tile(np.repeat([10.0, 14.0], 7), 20)
    assert day_spread(days(x)) == pytest.approx(1.0)
    x = np.tile(np.repeat([10.0, 30.0], 7), 20)
    assert day_spread(days(x)) == pytest.approx((400 / 45 + 400 / 15) / 2, rel=1e-3)


def test_weights_of_the_simple_forecasts():
    series = shares([8, 27, 0], [10, 30, 0])
    last = {how: weights(series, 2, how)[-1] for how in ("mean of all", "naive", "drift")}
    assert last["mean of all"][1].tolist() == [0.25, 0.75, 0]
    assert last["naive"][0].tolist() == [0, 1, 0]  # the last month that is known
    assert last["drift"].tolist() == [[-2, 3, 0], [-3, 4, 0]]  # two and three months on, one step a month


def test_a_line_through_first_and_last_and_the_quarter_a_year_before():
    series = scores([1, 2, 4, 7, 9])
    assert simple(series, 2, "drift").mean[2] == pytest.approx([5.5, 7])
    year = simple(series, 2, "seasonal naive").mean
    assert year[4].tolist() == [2, 4]
    assert year[1].tolist() == [2, 2]  # no year before: the last


def test_the_running_mean_forgets():
    found = weights(scores(range(10)), 1, "running mean")[-1, 0]
    assert found.tolist() == [0, 0] + [1 / 8] * 8


def test_widths_come_from_earlier_misses():
    """Misses 1 and 2 so far, and four times the first guess, the variance of 0, 1, 3: (1 + 4 + 4 · 7/3) ÷ 6."""
    fan = simple(scores([0, 1, 3]), 1, "naive")
    assert fan.variance[2, 0] == pytest.approx((5 + 4 * 7 / 3) / 6, abs=1e-3)
    assert fan.freedom[2, 0] == 6


@pytest.mark.parametrize("how", ["mean of all", "running mean", "naive", "seasonal naive", "drift"])
def test_what_lies_before_the_first_known_period_was_not_missed(how):
    late = shares([0, 0, 41, 39, 44, 40, 38], [0, 0, 50, 50, 50, 50, 50])
    plain = shares([41, 39, 44, 40, 38], [50] * 5, "2026-03-01")
    one, other = simple(late, 2, how), simple(plain, 2, how)
    assert one.variance[-1] == pytest.approx(other.variance[-1])
    assert one.mean[-1] == pytest.approx(other.mean[-1])


def test_widths_are_never_below_chance_in_the_sum_itself():
    fan = simple(shares([80] * 12, [100] * 12), 1, "mean of all")
    assert fan.variance[-1, 0] == pytest.approx(1 / 100.5 / 12)


def test_quantiles_of_what_is_seen_are_wider_and_whole_answers():
    series = shares([40, 40], [50, 50])
    fan = Fan(scaled(series)[None, :1], np.full((1, 1), 0.001), np.full((1, 1), 1e6))
    true, seen = (fan.quantiles(series, np.array([[50.0]]), seen=one)[0, 0] for one in (False, True))
    assert seen[0] < true[0] < true[6] < seen[6]
    assert np.allclose(seen * 50 / 100, np.round(seen * 50 / 100))
    z = scaled(series)[0] + np.sqrt(0.001) * 1.959964
    assert true[6] == pytest.approx(100 * np.sin(z / 2) ** 2)
    doubled = fan.quantiles(series, np.array([[50.0]]), (1, 1, 2), seen=False)[0, 0]
    assert doubled[6] == pytest.approx(100 * np.sin((scaled(series)[0] + 2 * np.sqrt(0.001) * 1.959964) / 2) ** 2)
    assert doubled[2:5].tolist() == true[2:5].tolist()
    assert len(LEVELS) == 7


def test_fans_are_averaged_by_place_and_width():
    fans = [Fan(np.array([[m]]), np.array([[v]]), np.array([[9.0]])) for m, v in ((1.0, 1.0), (3.0, 9.0), (99.0, 1.0))]
    both = together(fans, np.array([[1], [1], [0]]))
    assert (both.mean[0, 0], both.variance[0, 0]) == (2, 4)


def test_a_fan_in_doubt_holds_what_others_say():
    """Its own variance 1 at its own middle, and 9 two away: (1 + 9 + 2²) ÷ 2 = 7 around its own."""
    one, other = (Fan(np.array([[m]]), np.array([[v]]), np.array([[9.0]])) for m, v in ((1.0, 1.0), (3.0, 9.0)))
    both = around(one, [one, other])
    assert (both.mean[0, 0], both.variance[0, 0], both.freedom[0, 0]) == (1, 7, 9)


def test_targets_and_the_answers_to_reckon_with():
    value, size = targets(shares([8, 9, 5], [10, 10, 10]), 2)
    assert value[0].tolist() == [90, 50]
    assert np.isnan(value[2]).all()
    assert size[2].tolist() == [10, 10]
    starts, length = summed(days([2] * 59), "month").ahead(2)
    assert ([f"{at:%Y-%m}" for at in starts], length.tolist()) == (["2026-03", "2026-04"], [31, 30])


def test_two_answers_of_one_customer_are_less_than_two():
    """Twice yes of one, twice no of another: sums of 1 and −1 against four halves, 2 ÷ 1. Answers of nobody are single."""
    rows = pd.DataFrame({"created_local": pd.to_datetime(["2026-01-05"] * 4), "csat_pct": [1.0, 1, 0, 0]})

    def spread(ids):
        return repeated(ibis.memtable(rows.assign(customer_id=ids)), "csat_pct", "month")

    assert spread(["a", "a", "b", "b"]) == pytest.approx(2)
    assert spread(["a", "b", "c", "d"]) == 1
    assert spread(["a", "b", "a", "b"]) == 1  # contrary answers of one customer do not narrow
    assert spread(["a", "a", None, None]) == pytest.approx(1.5)
    assert repeated(ibis.memtable(rows), "csat_pct", "month") == 1


def test_answers_are_set_against_the_mean_of_their_own_month():
    """January all yes, February all no: within a month nobody differs, so there is nothing to be wider."""
    stamps = pd.to_datetime(["2026-01-05", "2026-01-06", "2026-02-05", "2026-02-06"])
    rows = pd.DataFrame({"created_local": stamps, "csat_pct": [1.0, 1, 0, 0], "customer_id": ["a", "a", "b", "b"]})
    assert repeated(ibis.memtable(rows), "csat_pct", "month") == 1
    assert repeated(ibis.memtable(rows), "csat_pct", "quarter") == pytest.approx(2)
