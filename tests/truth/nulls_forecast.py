"""Forecasts of series whose truth is known: pure chance, a level that shifts, a trend, a season, contacts by day.

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
from voc.analysis.forecast.choose import choose, with_doubt
from voc.analysis.forecast.occasions import Calendar
from voc.analysis.forecast.scale import back
from voc.analysis.forecast.series import Series, series_of, summed

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
        told = with_doubt(test, choice).fans[choice.name].quantiles(series, test.size, choice.widen)[-1]
        usual = back(series, test.fans["mean of all"].mean[-1], np.full(HORIZONS, float(n)))
        inside = [(came >= told[:, lo]) & (came <= told[:, hi]) for lo, hi in ((0, 6), (2, 4))]
        misses = [np.abs(came - one).mean() for one in (told[:, 3], usual, true)]
        rows.append([*misses, *(one.mean() for one in inside)])
    return Held(process, n, count, *np.mean(rows, axis=0), time.perf_counter() - began, dict(names.most_common()))


DAYS, SPREAD = 1000, 2.0
WEEKDAYS = np.array([0, 0, -0.05, -0.05, 0, -0.7, -0.9])
SHOPS = ("constant", "drift", "season", "shop")  # the last has all there is


def contacts_by_day(
    world: int, process: str = "shop", count: int = DAYS, base: float = 60.0
) -> tuple[Series, Calendar, np.ndarray]:
    """Draw a shop's contacts, from any day of the year on, and return them, its newsletters and what was expected.

    All have weekdays; ``drift`` a level that wanders and a trend; ``season`` waves of the year of any shape; ``shop`` both,
    and a newsletter every 70 days.
    """
    rng = np.random.default_rng([world, 53, SHOPS.index(process)])
    days = pd.date_range("2023-01-01", periods=count, freq="D") + pd.Timedelta(days=int(rng.integers(365)))
    eta = np.log(base) + WEEKDAYS[days.day_of_week]
    if process in ("season", "shop"):
        turn = 2 * np.pi * np.asarray(days.day_of_year) / 365.25
        for wave, size in ((1, 0.15), (2, 0.06)):
            eta = eta + rng.normal(0, size) * np.sin(wave * turn) + rng.normal(0, size) * np.cos(wave * turn)
    if process in ("drift", "shop"):
        eta = eta + np.repeat(np.cumsum(rng.normal(0, 0.02, count // 7 + 1)), 7)[:count]
        eta = eta + rng.normal(0, 0.1) * np.arange(count) / 365
    sent = np.arange(50, count - 1, 70) if process == "shop" else np.empty(0, int)
    eta[sent] += 0.5
    eta[sent + 1] += 0.3
    rate = np.exp(eta)
    drawn = rng.negative_binomial(rate / (SPREAD - 1), 1 / SPREAD)
    letters = pd.DataFrame({"starts_on": days[sent], "kind": "newsletter", "label": "newsletter"})
    series = series_of(pd.DataFrame({"at": days, "x": drawn}), "contacts", "count", "day")
    return series, Calendar(events=letters), rate


def held_days(grain: str, count: int, process: str = "shop", length: int = DAYS) -> str:
    """Forecast the last three months (or weeks) of shops, and say how far the chosen forecast and others missed."""
    rows, names, began = [], Counter(), time.perf_counter()
    for world in range(count):
        days, calendar, rate = contacts_by_day(world, process, length)
        whole = summed(days, grain)
        known = replace(whole, starts=whole.starts[:-HORIZONS], x=whole.x[:-HORIZONS], n=whole.n[:-HORIZONS])
        until = (whole.starts[-HORIZONS] - days.starts[0]).days
        before = replace(days, starts=days.starts[:until], x=days.x[:until], n=days.n[:until])
        test = backtest(known, HORIZONS, methods_for(known, before, calendar))
        choice = choose(test)
        names[choice.name] += 1
        came, size = whole.value[-HORIZONS:], whole.n[-HORIZONS:]
        told = with_doubt(test, choice).fans[choice.name].quantiles(known, test.size, choice.widen)[-1]
        day = np.array(
            [
                rate[(at - days.starts[0]).days :][: int(n)].sum()
                for at, n in zip(whole.starts[-HORIZONS:], size, strict=True)
            ]
        )
        inside = [((came >= told[:, lo]) & (came <= told[:, hi])).mean() for lo, hi in ((0, 6), (2, 4))]
        naive = np.abs(came - known.value[-1] * size / known.n[-1])
        rows.append([np.abs(came - told[:, 3]).mean(), naive.mean(), np.abs(came - day).mean(), *inside])
    chosen, naive, perfect, cover95, cover50 = np.mean(rows, axis=0)
    usual = ", ".join(f"{name} {times}" for name, times in names.most_common())
    return (
        f"contacts by {grain}, {process}, {length} days, {count} of them: missed by {chosen:.0f} contacts, the last {grain} by "
        f"{naive:.0f}, who knows the rates by {perfect:.0f}; 95 % intervals held {cover95:.1%}, 50 % intervals {cover50:.1%}; "
        f"{time.perf_counter() - began:.1f} s; chosen: {usual}."
    )


def forecast_lines(count: int = 125) -> Iterator[str]:
    """Say how forecasts did on every process, ``count`` series of each."""
    found = [held("noise", n, count) for n in SIZES]
    yield from map(str, found)
    yield f"{sum(one.series for one in found)} series with backtests: {sum(one.seconds for one in found):.1f} s."
    yield from (str(held(process, 500, count, 48)) for process in PROCESSES[1:])
    for process in SHOPS:
        yield from (held_days("month", max(count // 4, 1), process, length) for length in (DAYS * 3 // 4, DAYS))
    yield held_days("week", max(count // 4, 1))


if __name__ == "__main__":
    for line in forecast_lines():
        print(line, flush=True)
