"""Backtests: scores and choice by hand, and series of pure chance."""

import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from test_forecast_series import scores as scored_series
from voc.analysis.forecast.ahead import methods_for
from voc.analysis.forecast.backtest import Backtest, backtest, better_half, pinball, scores, usual_change
from voc.analysis.forecast.choose import choose, conformal, standard_error, widened, with_doubt
from voc.analysis.forecast.series import series_of
from voc.analysis.forecast.shares import level
from voc.analysis.forecast.simple import SIMPLE

sys.path.insert(0, str(Path(__file__).parents[1] / "truth"))

from nulls_forecast import held


def test_pinball_loss_by_hand():
    """8 and 12 told, 10 came: 2 · 0.1 for the low one, 2 · 0.1 for the high one; 14 came: 6 · 0.1 and 2 · 0.9."""
    told, levels = np.array([[8.0, 12.0]]), np.array([0.1, 0.9])
    assert pinball(np.array([10.0]), told, levels)[0] == pytest.approx([0.2, 0.2])
    assert pinball(np.array([14.0]), told, levels)[0] == pytest.approx([0.6, 1.8])


def test_the_usual_change_skips_gaps_and_is_one_where_nothing_changed():
    assert usual_change(np.array([1.0, 3.0, np.nan, 4.0, 8.0])) == 3
    assert usual_change(np.array([2.0, 2.0])) == 1
    assert usual_change(np.array([2.0])) == 1


def test_mase_of_the_last_value_on_a_steady_climb():
    """Each quarter is 2 more: the last value misses by one usual change, two quarters on by two; the line never misses."""
    test = backtest(scored_series(2.0 * np.arange(20)), 2, {name: SIMPLE[name] for name in ("naive", "drift")})
    found = scores(test).set_index(["method", "horizon"])
    assert found.loc[("naive", 1), "mase"] == pytest.approx(1)
    assert found.loc[("naive", 2), "mase"] == pytest.approx(2)
    assert found.loc[("drift", 2), "mase"] == pytest.approx(0, abs=1e-9)
    assert found.loc[("naive", 1), "n_origins"] == 10  # from ten known quarters on, the last one excepted
    assert found.loc[("naive", 2), "n_origins"] == 9
    assert found.loc[("drift", 1), "floor"] == pytest.approx(np.sqrt(2 / np.pi * 1e-4) / 2)
    assert choose(test).name == "drift"


def test_coverage_counts_what_lies_inside():
    test = backtest(scored_series(2.0 * np.arange(20)), 1, {"naive": SIMPLE["naive"]})
    told, came = test.quantiles("naive"), test.came
    inside = ((came >= told[..., 2]) & (came <= told[..., 4])).mean()
    assert scores(test).iloc[0]["cover50"] == inside
    assert "combination" not in test.fans


def test_the_better_half_is_known_one_origin_later():
    losses = np.array([[1.0, 1, 1, 1, 1, 1], [9, 2, 2, 2, 2, 2], [3, 3, 3, 3, 3, 3]])
    chosen = better_half(losses)
    assert chosen[:, :4].all()  # too little is known
    # before the fifth origin 4, 15 and 12 are lost
    assert chosen[:, 4].tolist() == [True, False, True]
    assert chosen[:, 5].tolist() == [True, False, True]


def test_a_series_that_begins_with_gaps_is_judged_like_one_that_does_not():
    at = pd.date_range("2023-01-01", periods=34, freq="MS")
    x = np.append([0] * 4, np.random.default_rng(4).binomial(60, 0.8, 30))
    rows = pd.DataFrame({"at": at, "x": x, "n": [0] * 4 + [60] * 30})
    methods = {"level": level} | {name: SIMPLE[name] for name in ("mean of all", "naive", "drift")}
    late, plain = (
        backtest(series_of(frame, "csat_pct", "share", "month"), 2, methods) for frame in (rows, rows.iloc[4:])
    )
    assert np.isnan(late.value[:4]).all()  # nothing was told then, so nothing was missed
    assert late.losses.to_numpy() == pytest.approx(plain.losses.to_numpy())
    for name in plain.fans:
        assert late.quantiles(name) == pytest.approx(plain.quantiles(name))


def test_no_origin_knows_what_comes():
    """Another future changes nothing that was told before it."""
    rng = np.random.default_rng(1)
    values = rng.normal(size=30)
    other = np.concatenate([values[:20], values[20:] + 50])
    every = methods_for(scored_series(values))
    assert {"naive", "seasonal naive", "level", "level with trend", "level with season"} <= set(every)
    for method in every.values():
        a, b = (method(scored_series(one), 3) for one in (values, other))
        assert a.mean[14:20] == pytest.approx(b.mean[14:20], abs=1e-4)  # the first that is judged knows 15 of 30
        assert a.variance[14:20] == pytest.approx(b.variance[14:20], rel=1e-3)
    a, b = (backtest(scored_series(one), 3, every) for one in (values, other))
    for name in (*every, "combination"):
        assert a.fans[name].mean[14:20] == pytest.approx(b.fans[name].mean[14:20], abs=1e-4)


def test_the_error_of_a_mean_difference_by_hand():
    """One step: variance 1 over 4, corrected by 3/4. Two steps: lag one adds −2 · 3/4, below zero, so it is left out."""
    assert standard_error([1, -1, 1, -1], 1) == pytest.approx(np.sqrt(1 / 4 / 0.75))
    assert standard_error([1, -1, 1, -1], 2) == pytest.approx(np.sqrt(1 / 4 / ((4 + 1 - 4 + 2 / 4) / 4)))
    # lag one of 1, 1, −1, −1: 1 − 1 + 1 over 4
    assert standard_error([1, 1, -1, -1], 2) == pytest.approx(np.sqrt(1.5 / 4 / ((4 + 1 - 4 + 2 / 4) / 4)))
    assert standard_error([1.0], 1) == np.inf


def made(losses: dict[str, list[float]]) -> Backtest:
    series = scored_series(np.arange(24.0))
    test = backtest(series, 1, dict.fromkeys(losses, SIMPLE["naive"]))
    frame = pd.DataFrame(losses)
    return Backtest(series, test.fans, frame, test.origins[: len(frame)], test.value, test.size, 1.0, test.floor)


def test_the_simplest_within_two_errors_is_chosen():
    near = {"mean of all": [1.0, 1.2, 0.9, 1.1, 1.0, 1.1], "drift": [1.1, 0.9, 1.0, 1.1, 1.0, 0.9]}
    assert (choose(made(near)).name, choose(made(near)).best) == ("mean of all", "drift")
    surely = {"mean of all": [1.2, 1.1, 1.2, 1.1, 1.2, 1.1], "drift": [1.1, 1.0, 1.1, 1.0, 1.1, 1.0]}
    assert choose(made(surely)).name == "drift"
    dear = {"mean of all": [5.0, 0.1, 6.0, 0.1, 0.1, 0.1], "drift": [1.0, 1.0, 1.0, 1.0, 1.0, 1.0]}
    assert choose(made(dear)).name == "drift"  # within two errors, but far too dear
    assert choose(made(surely)).plain == "drift"


def test_intervals_hold_what_the_methods_say_that_nothing_tells_apart():
    """Level and line miss alike on a walk; the mean of all is far dearer, so what it says does not count."""
    walk = np.cumsum(np.random.default_rng(8).normal(size=60))
    test = backtest(scored_series(walk), 2, {name: SIMPLE[name] for name in ("mean of all", "naive", "drift")})
    choice = choose(test)
    assert {"naive", "drift"} <= set(choice.alike) and "mean of all" not in choice.alike
    own, used = test.fans[choice.name], with_doubt(test, choice).fans[choice.name]
    apart = [test.fans[one].variance + (test.fans[one].mean - own.mean) ** 2 for one in choice.alike]
    assert used.variance == pytest.approx(sum(apart) / len(apart))
    assert (used.mean == own.mean).all()


def test_intervals_grow_by_what_was_needed():
    """Nine misses of 1 to 9 halves: eight of ten are held by the eighth; for 95 % there are too few, so it is the largest."""
    came, middle, one = np.arange(1.0, 10.0), np.zeros(9), np.ones(9)
    assert conformal(came, middle, -one, one, 0.8) == 8
    assert conformal(came, middle, -one, one, 0.95) == 9
    assert conformal(came / 100, middle, -one, one, 0.95) == 1  # so few never narrow
    assert conformal(-came, middle, -2 * one, one, 0.8) == 4


def test_intervals_that_fail_are_widened_and_others_stay():
    test = backtest(scored_series(np.random.default_rng(0).normal(size=60)), 1, {"mean of all": SIMPLE["mean of all"]})
    assert widened(test, test.fans["mean of all"]) == (1, 1, 1)
    fan = test.fans["mean of all"]
    narrow = {"mean of all": type(fan)(fan.mean, fan.variance / 9, fan.freedom)}
    failed = Backtest(test.series, narrow, test.losses, test.origins, test.value, test.size, test.usual, test.floor)
    assert all(2 < factor <= 3 for factor in widened(failed, failed.fans["mean of all"]))
    wide = {"mean of all": type(fan)(fan.mean, fan.variance * 9, fan.freedom)}
    held_too_well = Backtest(
        test.series, wide, test.losses, test.origins, test.value, test.size, test.usual, test.floor
    )
    assert all(0.5 <= factor < 0.8 for factor in widened(held_too_well, held_too_well.fans["mean of all"])[:2])
    few = Backtest(test.series, wide, test.losses, test.origins[:19], test.value, test.size, test.usual, test.floor)
    assert widened(few, few.fans["mean of all"]) == (1, 1, 1)  # so few origins never narrow


@pytest.mark.parametrize("n", [50, 5000])
def test_on_pure_chance_nobody_beats_the_truth_and_the_mean_stays(n):
    found = held("noise", n, 40)
    assert found.perfect <= found.chosen * 1.01
    assert found.chosen <= 1.02 * found.running
    assert 0.9 <= found.cover95 <= 1


def test_two_years_of_a_level_that_wanders_are_held():
    """Any method chosen on twelve tries may be wrong: its own 95 % intervals alone held 90 % of these months."""
    assert 0.92 < held("wandering", 500, 60, 24).cover95 < 0.99


def test_a_shift_and_a_season_are_followed():
    shift, season = held("level shift", 500, 15), held("season", 500, 15, 48)
    assert shift.chosen < 0.6 * shift.running
    assert season.chosen < 0.6 * season.running
    assert min(shift.cover95, season.cover95) > 0.85
