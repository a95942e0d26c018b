"""Contacts by day: what is known of days, the regression, the level, and parts that add up."""

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from voc.analysis.forecast.counts import FEWEST_DAYS, days_method, span_of
from voc.analysis.forecast.days import kinds_of, model
from voc.analysis.forecast.effects import effects_of, whatif_of
from voc.analysis.forecast.hierarchy import reconciled
from voc.analysis.forecast.occasions import LAGS, Calendar, design, lagged, numbered, words_of
from voc.analysis.forecast.poisson import fit
from voc.analysis.forecast.series import series_of, summed
from voc.analysis.forecast.shares import level

DAYS = pd.date_range("2024-01-01", periods=900, freq="D")  # a Monday
WEEKDAY = np.array([0, 0, 0, 0, 0, -0.7, -0.9])


def counted(x, start="2024-01-01", name="contacts"):
    at = pd.date_range(start, periods=len(x), freq="D")
    return series_of(pd.DataFrame({"at": at, "x": x}), name, "count", "day")


def letters(days, every=60, kind="newsletter"):
    begin = days[20::every]
    return pd.DataFrame({"starts_on": begin, "ends_on": pd.NaT, "kind": kind, "label": "Letter"})


def world(seed, calendar, base=60.0, lift=0.5):
    rng = np.random.default_rng(seed)
    begin, _, _ = calendar.spans
    eta = np.log(base) + WEEKDAY[DAYS.day_of_week] + 0.2 * np.sin(2 * np.pi * DAYS.day_of_year / 365.25)
    eta = eta + lift * np.isin(numbered(DAYS), begin) + 0.6 * lift * np.isin(numbered(DAYS), begin + 1)
    mu = np.exp(eta - np.isin(numbered(DAYS), calendar.free))
    return counted(rng.negative_binomial(mu, 0.5))  # the variance is twice the mean


def test_days_after_an_event_are_told_apart():
    """An event of the second and third of five days: on both it lasts, then come one and two days after."""
    found = lagged(np.arange(1, 6), np.array([[2, 3]]))
    assert found[:3].tolist() == [[0, 1, 1, 0, 0], [0, 0, 0, 1, 0], [0, 0, 0, 0, 1]]
    assert lagged(np.arange(1, 40), np.array([[2, 3]])).sum(axis=1).tolist() == [2, 1, 2, 4, 7]
    assert lagged(np.arange(1, 4), np.empty((0, 2), int)).sum() == 0
    assert [words_of(lag) for lag in range(3)] == ["while it lasts", "1 day after", "2–3 days after"]


def test_only_planned_events_are_known_before_they_come():
    rows = pd.DataFrame(
        {"starts_on": ["2024-01-10", "2024-01-10", "2024-01-03"], "kind": ["newsletter", "carrier", "carrier"]}
    )
    calendar = Calendar(events=rows)
    last = int(numbered(pd.DatetimeIndex(["2024-01-05"]))[0])
    assert len(calendar.known("newsletter", last)) == 1
    assert calendar.known("carrier", last).tolist() == [[last - 2, last - 2]]
    assert kinds_of(calendar, pd.date_range("2024-01-01", "2024-01-05")) == ("carrier",)


def test_events_that_end_before_they_start_are_named():
    rows = pd.DataFrame({"starts_on": ["2024-01-10"], "ends_on": ["2024-01-02"], "kind": ["release"], "label": ["4.2"]})
    with pytest.raises(ValueError, match=r"no first day: 4\.2"):
        Calendar(events=rows).spans  # noqa: B018


def test_weekdays_holidays_and_a_trend_that_slows():
    made = design(DAYS[:400], Calendar([DAYS[3].date()]), DAYS[9], ())
    column = {name: made.x[:, at] for at, name in enumerate(made.names)}
    assert np.flatnonzero(column["weekday", "5"][:14]).tolist() == [5, 12]
    assert np.flatnonzero(column["holiday", ""]).tolist() == [3]
    trend = column["trend", ""] * 365
    assert trend[8:11].tolist() == pytest.approx([-1, 0, 0.98])
    assert trend[-1] == pytest.approx(49, abs=0.1)  # 0.98 ÷ 0.02: it comes to rest
    assert made.slow.sum() == 2 + 6


def test_two_groups_have_the_logarithms_of_their_means():
    x = np.column_stack([np.ones(4), [0, 0, 1, 1]])
    found = fit(x, np.array([2.0, 4, 9, 15]), np.zeros(2))
    assert found.beta == pytest.approx(np.log([3, 4]), abs=1e-6)
    assert np.diag(found.covariance) == pytest.approx([1 / 6, 1 / 6 + 1 / 24], abs=1e-6)
    twice = fit(x, np.array([2.0, 4, 9, 15]), np.zeros(2), spread=2.0)
    assert np.diag(twice.covariance) == pytest.approx([1 / 3, 1 / 3 + 1 / 12], abs=1e-6)


def test_the_regression_agrees_with_statsmodels_and_a_prior_holds_back():
    rng = np.random.default_rng(3)
    x = np.column_stack([np.ones(200), rng.normal(size=(200, 2))])
    y = rng.poisson(np.exp(1 + 0.5 * x[:, 1]))
    theirs = sm.GLM(y, x, family=sm.families.Poisson()).fit()
    assert fit(x, y, np.zeros(3)).beta == pytest.approx(theirs.params, abs=1e-5)
    held = fit(x, y, np.array([0, 0.05, 0.05]))
    assert abs(held.beta[1]) < abs(theirs.params[1])
    mu = np.exp(x @ held.beta)
    assert x[:, 1] @ (y - mu) == pytest.approx(held.beta[1] / 0.05**2, abs=1e-3)  # the pull of data and prior cancel


def test_days_of_zeros_have_a_regression():
    found = fit(np.column_stack([np.ones(14), np.tile([0, 1], 7)]), np.tile([5.0, 0.0], 7), np.array([0, 1.5]))
    assert np.exp(found.beta).prod() + np.exp(found.beta[0]) == pytest.approx(
        5
    )  # what was seen, in the middle of two days
    assert -np.inf < found.beta[1] < -2


def test_planted_effects_are_found():
    calendar = Calendar([day.date() for day in DAYS[::90]], letters(DAYS))
    inside = []
    for seed in range(5):
        found = model(world(seed, calendar), calendar)
        rows = effects_of(found, "contacts").set_index("lag")
        true = {
            "while it lasts": 0.5,
            "1 day after": 0.3,
            "2–3 days after": 0,
            "4–7 days after": 0,
            "8–14 days after": 0,
        }
        inside += [rows.loc[lag, "lo"] <= 100 * np.expm1(b) <= rows.loc[lag, "hi"] for lag, b in true.items()]
        assert rows.loc["while it lasts", "effect"] == pytest.approx(100 * np.expm1(0.5), abs=25)
        assert (rows["n_events"] == 15).all()
    assert np.mean(inside) > 0.85
    names = design(DAYS, calendar, DAYS[-1], found.kinds).names
    beta = dict(zip(names, found.fit.beta, strict=True))
    assert beta["weekday", "6"] == pytest.approx(-0.9, abs=0.1)
    assert beta["holiday", ""] == pytest.approx(-1, abs=0.3)
    assert found.spread == pytest.approx(2, abs=0.3)


def test_a_planned_event_moves_the_forecast_by_what_earlier_ones_did():
    ahead = pd.DataFrame(
        {"starts_on": [DAYS[-1] + pd.Timedelta(days=9)] * 2, "ends_on": pd.NaT, "kind": ["newsletter", "release"],
         "label": ["Spring", "5.0"]}
    )  # fmt: skip
    calendar = Calendar(events=pd.concat([letters(DAYS[:-30]), ahead]))
    found = model(world(7, Calendar(events=letters(DAYS[:-30]))), calendar)
    rows = whatif_of(found, "contacts", DAYS[-1] + pd.Timedelta(days=31)).set_index("event")
    spring = rows.loc["Spring"]
    assert spring["more"] == pytest.approx(spring["with"] - spring["without"])
    assert spring["lo"] < spring["more"] < spring["hi"]
    effects = effects_of(found, "contacts")["effect"].to_numpy() / 100
    days = pd.date_range(DAYS[-1] + pd.Timedelta(days=1), periods=30)
    usual = found.rates(found.columns(days, Calendar()))
    lag = np.repeat([0, 1, 2, 3, 4], [1, 1, 2, 4, 7])  # the day itself and the fourteen after it, from the ninth day on
    assert spring["more"] == pytest.approx((usual[8:23] * effects[lag]).sum())
    assert (rows.loc["5.0", "more"], rows.loc["5.0", "n_events"]) == (0, 0)  # nothing was learned of releases


def test_months_ahead_are_sums_of_days():
    calendar = Calendar(events=letters(DAYS))
    days = world(11, calendar)
    series = summed(days, "month")
    fan = days_method(days, calendar)(series, 2)
    assert fan.mean.shape == (len(series), 2)
    found = model(days, calendar, int((span_of(series, len(series))[0] - DAYS[0]).days))
    ahead = span_of(series, len(series))
    total = found.rates(found.columns(ahead)).sum()
    z = fan.mean[-1, 0]
    assert len(ahead) * z**2 / 4 - 0.375 + series.spread / 4 == pytest.approx(total, rel=0.02)
    assert FEWEST_DAYS == 56
    assert fan.mean[0] == pytest.approx(level(series, 2).mean[0])  # a month of days is too short


def test_gaps_of_days_are_no_zeros():
    rows = pd.DataFrame({"at": DAYS[:200], "x": np.tile([40, 40, 40, 40, 40, 20, 16], 29)[:200]}).drop(
        index=range(90, 104)
    )
    days = series_of(rows, "contacts", "count", "day")
    found = model(days, Calendar())
    assert found.rates(found.columns(pd.date_range("2024-07-22", periods=7))).sum() == pytest.approx(236, rel=0.05)


def test_parts_and_total_meet_in_proportion_to_their_variances():
    """90 is told of the whole, 30 + 50 of the parts: the 10 missing are split 5 : 2 : 3."""
    total, (parts,) = reconciled(90.0, 5.0, [(np.array([30.0, 50.0]), np.array([2.0, 3.0]))])
    assert total == pytest.approx(85)
    assert parts == pytest.approx([32, 53])


def test_a_total_that_is_parted_in_two_ways_agrees_with_both():
    """90 (variance 2), 80 by category (variance 4) and 100 by channel (4): the mean is 90, categories rise, channels fall by 10."""
    total, (by_category, by_channel) = reconciled(
        90.0, 2.0, [(np.array([30.0, 50.0]), np.array([1.0, 3.0])), (np.array([100.0]), np.array([4.0]))]
    )
    assert total == pytest.approx(90)
    assert by_category == pytest.approx([32.5, 57.5])
    assert by_channel == pytest.approx([90])


def test_no_part_falls_below_zero():
    """The whole is sure to be 2, the parts say 6: the first would be −1, is 0, and the second takes all."""
    total, (parts,) = reconciled(2.0, 0.0, [(np.array([1.0, 5.0]), np.array([1.0, 1.0]))])
    assert (total, parts.tolist()) == (2, [0, 2])


def test_forecasts_that_nothing_can_move_are_refused():
    with pytest.raises(ValueError, match="nothing can be moved"):
        reconciled(5.0, 0.0, [(np.array([1.0]), np.array([0.0]))])
    with pytest.raises(ValueError, match="negative"):
        reconciled(5.0, 1.0, [(np.array([1.0]), np.array([-1.0]))])
    assert len(LAGS) == 5
