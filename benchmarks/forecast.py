"""Forecasts of simulated monthly shares beside statsmodels' and the naive ones: pure chance, a shift, a trend, a season.

    python benchmarks/forecast.py [--series 40]

Each process is drawn with 50 to 5,000 answers a month and 48 months, of which the last three are held out. Ours chooses by
its backtest; ETS is the best by AICc of additive errors with and without damped trend and season; SARIMAX has its default
order and a constant. The miss is given as MASE, in usual changes of the known months; who knows the true share stands
beside it. Seconds are processor time, one thread; those of ours hold the backtests, those of the others their fits alone.
"""

from __future__ import annotations

import argparse
import os
import sys
import time
import warnings
from collections.abc import Callable
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "tests" / "truth"))
import numpy as np
import pandas as pd
from measured import Measurement, alone, keep, less, shown, told
from nulls_forecast import HORIZONS, PROCESSES, SIZES, worlds
from statsmodels.tsa.exponential_smoothing.ets import ETSModel
from statsmodels.tsa.statespace.sarimax import SARIMAX
from voc.analysis.forecast.ahead import methods_for
from voc.analysis.forecast.backtest import backtest, usual_change
from voc.analysis.forecast.choose import choose, with_doubt
from voc.analysis.forecast.series import Series

MONTHS, SERIES, AT_MOST = 45, 40, 60.0
Told = tuple[np.ndarray, np.ndarray, np.ndarray]  # middle, lower and upper end (95 %) of the months ahead


def ours(series: Series) -> Told:
    """Choose by backtest."""
    test = backtest(series, HORIZONS, methods_for(series))
    choice = choose(test)
    found = with_doubt(test, choice).fans[choice.name].quantiles(series, test.size, choice.widen)[-1]
    return found[:, 3], found[:, 0], found[:, -1]


def shown_by_month(series: Series) -> pd.Series:
    """Return the shares as statsmodels wants them."""
    return pd.Series(series.value, pd.date_range(series.starts[0], periods=len(series), freq="MS"))


def ets(series: Series) -> Told:
    """Fit additive models with and without damped trend and season, and keep the best by AICc."""
    fits = [
        ETSModel(shown_by_month(series), error="add", trend=trend, damped_trend=bool(trend), seasonal=season, seasonal_periods=12)
        .fit(disp=False)
        for trend in (None, "add")
        for season in (None, "add")
    ]  # fmt: skip
    best = min(fits, key=lambda one: one.aicc)
    count = len(series)
    ends = best.get_prediction(start=count, end=count + HORIZONS - 1).pred_int(alpha=0.05)
    return np.asarray(best.forecast(HORIZONS)), np.asarray(ends)[:, 0], np.asarray(ends)[:, 1]


def sarimax(series: Series) -> Told:
    """Fit the default order with a constant."""
    ahead = SARIMAX(series.value, trend="c").fit(disp=False).get_forecast(HORIZONS)
    ends = np.asarray(ahead.conf_int(alpha=0.05))
    return np.asarray(ahead.predicted_mean), ends[:, 0], ends[:, 1]


def naive(series: Series) -> Told:
    """Repeat the last month; intervals from the changes of the past."""
    half = 1.96 * np.std(np.diff(series.value)) * np.sqrt(np.arange(1, HORIZONS + 1))
    last = np.full(HORIZONS, series.value[-1])
    return last, last - half, last + half


def running(series: Series) -> Told:
    """Repeat the mean of all months; intervals from how they spread."""
    mean = np.full(HORIZONS, series.value.mean())
    half = 1.96 * np.std(series.value, ddof=1) * np.sqrt(1 + 1 / len(series))
    return mean, mean - half, mean + half


SIDES: dict[str, Callable[[Series], Told]] = {
    "ours": ours, "ETS": ets, "SARIMAX": sarimax, "naive": naive, "running mean": running,
}  # fmt: skip


def process(name: str, count: int) -> tuple[dict[str, np.ndarray], float]:
    """Forecast a process by all sides: mean miss, share of months inside the 95 % intervals, seconds a series; and the truth's miss."""
    rows, perfect = {side: [] for side in SIDES}, []
    for n in SIZES:
        for series, came, true in worlds(name, n, count // len(SIZES), MONTHS):
            usual = usual_change(series.value)
            perfect.append(np.abs(came - true).mean() / usual)
            for side, forecast in SIDES.items():
                began = time.process_time()
                middle, lo, hi = forecast(series)
                spent = time.process_time() - began
                inside = ((came >= lo) & (came <= hi)).mean()
                rows[side].append((np.abs(came - middle).mean() / usual, inside, spent))
    return {side: np.mean(one, axis=0) for side, one in rows.items()}, float(np.mean(perfect))


def measure(count: int = SERIES) -> list[Measurement]:
    """Measure all processes, and the seconds of 500 series."""
    found, seconds = [], []
    for name in PROCESSES:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # theirs that did not converge are counted as they are
            sides, perfect = process(name, count)
        lines = [
            less(f"forecast of {name}: MASE", sides["ours"][0], sides[side][0], "", side) for side in list(SIDES)[1:]
        ]
        lines.append(told(f"forecast of {name}: MASE", sides["ours"][0], perfect, "who knows the truth"))
        for side in ("ETS", "SARIMAX"):
            lines.append(told(f"forecast of {name}: held by 95 % intervals", sides["ours"][1], sides[side][1], side))
            lines.append(
                less(f"forecast of {name}: processor time a series", sides["ours"][2], sides[side][2], "s", side)
            )
        found += shown(lines)
        seconds.append(sides["ours"][2])
    noise = next(one for one in found if one.name == "forecast of noise: MASE" and one.against == "running mean")
    worse = alone("forecast of pure chance: miss over the running mean's", noise.ours / noise.other, most=1.02)
    return found + shown(
        [worse, alone("500 series with backtests: processor time", 500 * float(np.mean(seconds)), "s", AT_MOST)]
    )


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--series", type=int, default=SERIES, help="of each process")
    keep(measure(asked.parse_args().series))
