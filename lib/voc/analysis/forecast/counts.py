"""Contacts ahead, day by day: what days are known for, a level that wanders, and chance.

A regression tells what weekday, season, holidays and events do (``voc.analysis.forecast.poisson``); what it leaves over
by the week is a level that wanders (``voc.analysis.forecast.shares``), which is taken out before the regression is made
again, so that a slow rise is not laid at the door of an event. Weeks and months are sums of days.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...data.periods import Period
from .fan import MANY, Fan, Method
from .occasions import YEAR_FROM, Calendar, design, numbered
from .poisson import Fit, fit
from .series import Series, day_spread
from .shares import Wander, level, wander

WEEK = 7
FEWEST_DAYS = 56  # under which days are not modelled
REFITS = 24  # times at most that a backtest makes the regression anew


@dataclass(frozen=True)
class Days:
    """A model of days: its regression, the level left over, and what it was made with; ``first`` and ``last`` day known."""

    fit: Fit
    level: Wander
    calendar: Calendar
    kinds: tuple[str, ...]
    year: bool
    spread: float
    first: pd.Timestamp
    last: pd.Timestamp

    def columns(self, days: pd.DatetimeIndex, calendar: Calendar | None = None) -> np.ndarray:
        """Return the columns of days under the model's calendar, or another one."""
        return design(days, calendar or self.calendar, self.last, self.kinds, year=self.year).x

    def rates(self, columns: np.ndarray) -> np.ndarray:
        """Return the contacts expected on days after the last one known, from their columns."""
        return np.exp(columns @ self.fit.beta + self.level.mean)

    def total(self, columns: np.ndarray, gap: int) -> tuple[float, float]:
        """Return the contacts expected on days in a row, the first of them ``gap`` days after the last known one.

        Beside it stands the variance of the logarithm of that expectation.
        """
        rate = self.rates(columns)
        total = float(rate.sum())
        x = rate @ columns / max(total, 1e-12)
        weeks = max(len(columns) / WEEK, 1.0)
        ahead = (gap - 1) / WEEK + weeks / 3  # the mean of a walk wanders a third as far as its end
        moved = self.level.variance + self.level.step * ahead + self.level.extra / weeks
        return total, float(moved + x @ self.fit.covariance @ x)


def model(
    days: Series, calendar: Calendar, until: int | None = None, before: Days | None = None, *, again: bool = True
) -> Days:
    """Model the first ``until`` days of a daily count.

    ``before``: an earlier model, to begin from; with ``again`` false only the level is brought up to date.
    """
    count = len(days) if until is None else until
    at, y, known = days.starts[:count], days.x[:count], days.known[:count]
    last, year = at[-1], bool(count >= YEAR_FROM)
    kinds = kinds_of(calendar, at)
    made = design(at, calendar, last, kinds, year=year)
    spread = before.spread if before else day_spread(days)
    same = before is not None and before.kinds == kinds and before.year == year
    if same and not again:
        # the trend is told from the last day known, so the level column moves with it
        moved = before.fit.beta.copy()
        moved[0] += moved[7] * (last - before.last).days / 365
        found = Fit(moved, before.fit.covariance)
    else:
        start = before.fit.beta if same else None
        found = fit(made.x[known], y[known], made.usual, spread=spread, start=start)
        offset = _by_day(_level(made.x @ found.beta, y, known, spread), count)
        found = fit(made.x[known], y[known], made.usual, spread=spread, offset=offset[known], start=found.beta)
        mu = np.exp(made.x @ found.beta + offset)[known]
        spread = max(
            1.0, float(np.minimum((y[known] - mu) ** 2 / mu, 100).sum() / max(known.sum() - made.x.shape[1], 1))
        )
    left = _level(made.x @ found.beta, y, known, spread)
    return Days(found, left, calendar, kinds, year, spread, at[0], last)


def kinds_of(calendar: Calendar, days: pd.DatetimeIndex) -> tuple[str, ...]:
    """Return the kinds of event that began within days: only what has happened can be learned from."""
    begin, _, kinds = calendar.spans
    first, last = numbered(days[[0, -1]])
    return tuple(sorted({str(kind) for kind in kinds[(begin >= first) & (begin <= last)]}))


def _level(eta: np.ndarray, y: np.ndarray, known: np.ndarray, spread: float) -> Wander:
    """Follow what a regression leaves over, by weeks that end on the last day."""
    mu = np.where(known, np.exp(np.clip(eta, -30, 30)), 0.0)
    week = _weeks(len(y))
    seen, told = np.bincount(week, np.where(known, y, 0.0)), np.bincount(week, mu)
    left = np.where(told > 0, np.log((seen + 0.5) / (told + 0.5)), np.nan)
    return wander(left, np.where(told > 0, spread / np.maximum(told, 0.5), np.inf))


def _weeks(count: int) -> np.ndarray:
    """Number the weeks of days such that the last week is whole."""
    return (np.arange(count) + (-count) % WEEK) // WEEK


def _by_day(left: Wander, count: int) -> np.ndarray:
    return left.course[_weeks(count)]


def days_method(days: Series, calendar: Calendar) -> Method:
    """Return the method that forecasts weeks or months of a count as sums of modelled days."""

    def forecast(series: Series, horizons: int) -> Fan:
        fan = level(series, horizons)
        mean, variance = fan.mean.copy(), fan.variance.copy()
        every = max(1, int(np.ceil(len(series) / REFITS)))
        found: Days | None = None
        for origin in range(1, len(series) + 1):
            until = (_end(series, origin) - days.starts[0]).days
            if until < FEWEST_DAYS:
                continue
            found = model(days, calendar, until, found, again=origin % every == 0 or origin == len(series))
            mean[origin - 1], variance[origin - 1] = _on_scale(series, found, origin, horizons)
        return Fan(mean, variance, np.full(mean.shape, MANY))

    return forecast


def _end(series: Series, origin: int) -> pd.Timestamp:
    return pd.Timestamp(Period.holding(series.starts[origin - 1].date(), series.grain).end)


def span_of(series: Series, at: int) -> pd.DatetimeIndex:
    """Return the days of a period of a series, or of one after its end."""
    first = Period.holding(series.starts[0].date(), series.grain).shift(at)
    return pd.date_range(first.start, periods=first.days, freq="D")


def _on_scale(series: Series, found: Days, origin: int, horizons: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the expected place of each period on the scale and the variance of the true figure around it."""
    spans = [span_of(series, origin + step) for step in range(horizons)]
    columns = found.columns(spans[0].append(spans[1:]))
    ends = np.cumsum([len(days) for days in spans])
    totals = [
        found.total(columns[end - len(days) : end], (days[0] - found.last).days)
        for days, end in zip(spans, ends, strict=True)
    ]
    total, wide = np.array(totals).T
    count = np.array([len(days) for days in spans])
    z = 2 * np.sqrt(np.maximum(total + 0.375 - series.spread / 4, 0.05) / count)
    return z, (2 * total / (count * z)) ** 2 * wide
