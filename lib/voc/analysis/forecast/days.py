"""A model of days: what they are known for, a level that wanders, and chance.

A regression tells what weekday, season, holidays and events do (``voc.analysis.forecast.poisson``); what it leaves over
by the week is a level that wanders (``voc.analysis.forecast.shares``), which is taken out before the regression is made
again, so that a slow rise is not laid at the door of an event.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .occasions import YEAR_FROM, Calendar, Design, design, numbered
from .poisson import Fit, fit
from .series import Series, day_spread
from .shares import Wander, wander

WEEK = 7
END = 28  # days that the level at the end is told from


@dataclass(frozen=True)
class Days:
    """A model of days: its regression, the level left over, and what it was made with; ``first`` and ``last`` day known.

    ``here``: what slow columns (level, trend, season) are at the end. The level left over makes up there for what they are
    wrong by, so that a forecast is unsure of how they differ from there only.
    """

    fit: Fit
    level: Wander
    calendar: Calendar
    kinds: tuple[str, ...]
    year: bool
    spread: float
    first: pd.Timestamp
    last: pd.Timestamp
    here: np.ndarray

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
        x = rate @ columns / max(total, 1e-12) - self.here
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
    kinds, year = kinds_of(calendar, at), bool(count >= YEAR_FROM)
    made = design(at, calendar, at[-1], kinds, year=year)
    same = before is not None and before.kinds == kinds and before.year == year
    if same and not again:
        found, spread = _later(before, made, at[-1]), before.spread
    else:
        found, spread = _fitted(made, y, known, day_spread(days, count), before.fit.beta if same else None)
    left = _level(made.x @ found.beta, y, known, spread)
    here = np.where(made.slow, made.x[-END:].mean(axis=0), 0.0)
    return Days(found, left, calendar, kinds, year, spread, at[0], at[-1], here)


def _fitted(
    made: Design, y: np.ndarray, known: np.ndarray, spread: float, start: np.ndarray | None
) -> tuple[Fit, float]:
    """Fit twice, the second time with the wandering level taken out; return the fit and how wide days spread around it."""
    found = fit(made.x[known], y[known], made.usual, spread=spread, start=start)
    left = _level(made.x @ found.beta, y, known, spread)
    offset = left.course[_weeks(len(y))]
    found = fit(made.x[known], y[known], made.usual, spread=spread, offset=offset[known], start=found.beta)
    mu = np.where(known, np.exp(made.x @ found.beta + offset), 0.0)
    miss = np.minimum((y - mu)[known] ** 2 / mu[known], 100)
    wide = max(1.0, float(miss.sum() / max(known.sum() - made.x.shape[1], 1)))
    return Fit(found.beta, found.covariance + _astray(made, mu, spread, left.step)), wide


def _astray(made: Design, mu: np.ndarray, spread: float, step: float) -> np.ndarray:
    """Return the variance that a wandering level adds to slow columns, which it can be mistaken for.

    A step of the level in one week moves all weeks before it, seen from the end; what the columns make of that follows from
    their weights.
    """
    x = made.x[:, made.slow]
    heavy = (x * mu[:, None]) / spread
    week = _weeks(len(mu))
    by_week = np.zeros((week[-1] + 1, x.shape[1]))
    np.add.at(by_week, week, heavy)
    moved = np.cumsum(by_week, axis=0)[:-1]
    pull = np.diag(1 / np.where(made.usual[made.slow] > 0, made.usual[made.slow], 1e4) ** 2)
    answer = np.linalg.inv(heavy.T @ x + pull)
    found = np.zeros((made.x.shape[1],) * 2)
    found[np.ix_(made.slow, made.slow)] = step * answer @ moved.T @ moved @ answer
    return found


def _later(before: Days, made: Design, last: pd.Timestamp) -> Fit:
    """Move a fit to a later last day: the trend is told from there, so the level moves with it."""
    beta = before.fit.beta.copy()
    trend = made.names.index(("trend", ""))
    beta[0] += beta[trend] * (last - before.last).days / 365
    return Fit(beta, before.fit.covariance)


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
