"""Forecasts of series whose truth is known: pure chance, a level that shifts, a trend, a season.

``python tests/truth/nulls_forecast.py`` prints, for each process, how far the chosen forecast missed the held-out last
months, beside the running mean and beside the miss of who knows the true share (nobody can do better), how often the 95 %
intervals held, and the seconds that the series with their backtests took.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from voc.analysis.forecast.ahead import methods_for
from voc.analysis.forecast.backtest import backtest
from voc.analysis.forecast.choose import choose
from voc.analysis.forecast.scale import back
from voc.analysis.forecast.series import Series, series_of

HORIZONS = 3
MONTHS = 36
SIZES = (50, 200, 1000, 5000)
PROCESSES = ("noise", "level shift", "trend", "season", "wandering")


def true_shares(process: str, months: int, rng: np.random.Generator) -> np.ndarray:
    """Return the true share of each month."""
    at = np.arange(months)
    moved = {
        "noise": np.zeros(months),
        "level shift": -0.5 * (at >= months // 2),
        "trend": -0.4 * at / 12,
        "season": 0.5 * np.sin(2 * np.pi * at / 12),
        "wandering": np.cumsum(rng.normal(0, 0.1, months)),
    }[process]
    return 1 / (1 + np.exp(-(np.log(4) + moved)))


def worlds(process: str, n: int, count: int, months: int = MONTHS) -> Iterator[tuple[Series, np.ndarray, np.ndarray]]:
    """Draw series of a process: what is known, what came in the months held out, and the true shares of these."""
    for world in range(count):
        rng = np.random.default_rng([world, n, PROCESSES.index(process)])
        share = true_shares(process, months + HORIZONS, rng)
        starts = pd.date_range("2023-01-01", periods=months + HORIZONS, freq="MS")
        whole = series_of(pd.DataFrame({"at": starts, "x": rng.binomial(n, share), "n": n}), process, "share", "month")
        known = replace(whole, starts=whole.starts[:months], x=whole.x[:months], n=whole.n[:months])
        yield known, whole.value[months:], 100 * share[months:]


@dataclass(frozen=True)
class Held:
    """Misses in points on months held out: of the chosen forecast, the running mean, and of who knows the true share."""

    process: str
    n: int
    series: int
    chosen: float
    running: float
    perfect: float
    cover95: float
    cover50: float
    seconds: float
    methods: dict[str, int]

    def __str__(self) -> str:
        usual = ", ".join(f"{name} {count}" for name, count in self.methods.items())
        return (
            f"{self.process}, {self.n} answers a month, {self.series} series: missed by {self.chosen:.2f} points, the running "
            f"mean by {self.running:.2f}, who knows the truth by {self.perfect:.2f}; 95 % intervals held {self.cover95:.1%}, "
            f"50 % intervals {self.cover50:.1%}; {self.seconds:.1f} s; chosen: {usual}."
        )


def held(process: str, n: int, count: int, months: int = MONTHS) -> Held:
    """Forecast the held-out months of series of a known process."""
    rows, names, began = [], Counter(), time.perf_counter()
    for series, came, true in worlds(process, n, count, months):
        test = backtest(series, HORIZONS, methods_for(series))
        choice = choose(test)
        names[choice.name] += 1
        told = test.fans[choice.name].quantiles(series, test.size, choice.widen)[-1]
        usual = back(series, test.fans["mean of all"].mean[-1], np.full(HORIZONS, float(n)))
        inside = [(came >= told[:, lo]) & (came <= told[:, hi]) for lo, hi in ((0, 6), (2, 4))]
        misses = [np.abs(came - one).mean() for one in (told[:, 3], usual, true)]
        rows.append([*misses, *(one.mean() for one in inside)])
    return Held(process, n, count, *np.mean(rows, axis=0), time.perf_counter() - began, dict(names.most_common()))


if __name__ == "__main__":
    found = [held("noise", n, 125) for n in SIZES]
    for one in found:
        print(one)
    print(f"{sum(one.series for one in found)} series with backtests: {sum(one.seconds for one in found):.1f} s.")
    for process in PROCESSES[1:]:
        print(held(process, 500, 100, 48))
