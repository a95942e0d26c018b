"""A model of days: weekday, holidays and events, a level that wanders with trend and season, and chance.

A regression tells what weekdays, holidays and events do (``voc.analysis.forecast.poisson``). It is made twice, the second
time with the wandering level taken out, so that a slow rise is not laid at the door of an event. What is slow (level,
trend, season) is then told from weeks, all of it together: a level that wanders can be mistaken for a season, and only
together is it known how far (a structural model: Harvey, Forecasting, Structural Time Series Models, 1989, 4.4). A season
that the data are too short to show is held near none, and its possible size widens the forecast.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from .kalman import believed, filtered
from .occasions import LAGS, Calendar, Design, design, numbered
from .poisson import Fit, fit
from .series import Series, day_spread
from .shares import grid_of, wander

WEEK = 7


@dataclass(frozen=True)
class Slow:
    """What is slow, at the last day: coefficients of level, trend and season with their covariance.

    ``step`` is the variance of the level's walk a week, ``extra`` that of a single week.
    """

    mean: np.ndarray
    covariance: np.ndarray
    step: float
    extra: float


@dataclass(frozen=True)
class Days:
    """A model of days: its regression, what is slow, and what it was made with; ``first`` and ``last`` day known."""

    fit: Fit
    slow: Slow
    calendar: Calendar
    kinds: tuple[str, ...]
    spread: float
    first: pd.Timestamp
    last: pd.Timestamp

    def columns(self, days: pd.DatetimeIndex, calendar: Calendar | None = None) -> Design:
        """Describe days under the model's calendar, or another one."""
        return design(days, calendar or self.calendar, self.last, self.kinds)

    def rates(self, made: Design) -> np.ndarray:
        """Return the contacts expected on days after the last one known."""
        return np.exp(made.fast @ self.fit.beta[~made.slow] + made.x[:, made.slow] @ self.slow.mean)

    def total(self, made: Design, days: slice, gap: int) -> tuple[float, float]:
        """Return the contacts expected on days in a row, the first of them ``gap`` days after the last known one.

        Beside it stands the variance of the logarithm of that expectation.
        """
        rate = self.rates(made)[days]
        total = float(rate.sum())
        x = rate @ made.x[days] / max(total, 1e-12)
        slow, fast = x[made.slow], x[~made.slow]
        weeks = max(len(rate) / WEEK, 1.0)
        ahead = (gap - 1) / WEEK + weeks / 3  # the mean of a walk wanders a third as far as its end
        moved = slow @ self.slow.covariance @ slow + self.slow.step * ahead + self.slow.extra / weeks
        return total, float(moved + fast @ self.fit.covariance[np.ix_(~made.slow, ~made.slow)] @ fast)


def model(
    days: Series, calendar: Calendar, until: int | None = None, before: Days | None = None, *, again: bool = True
) -> Days:
    """Model the first ``until`` days of a daily count.

    ``before``: an earlier model, to begin from; with ``again`` false only what is slow is brought up to date.
    """
    count = len(days) if until is None else until
    at, y, known = days.starts[:count], days.x[:count], days.known[:count]
    kinds = kinds_of(calendar, at)
    made = design(at, calendar, at[-1], kinds)
    same = before is not None and before.kinds == kinds
    if same and not again:
        found, spread = before.fit, before.spread
    else:
        found, spread = _fitted(made, y, known, day_spread(days, count), before.fit.beta if same else None)
    slow = _slow(made, found.beta, y, known, spread)
    return Days(found, slow, calendar, kinds, spread, at[0], at[-1])


def kinds_of(calendar: Calendar, days: pd.DatetimeIndex) -> tuple[str, ...]:
    """Return the kinds of event that began within days: only what has happened can be learned from."""
    begin, _, kinds = calendar.spans
    first, last = numbered(days[[0, -1]])
    return tuple(sorted({str(kind) for kind in kinds[(begin >= first) & (begin <= last)]}))


def _fitted(
    made: Design, y: np.ndarray, known: np.ndarray, spread: float, start: np.ndarray | None
) -> tuple[Fit, float]:
    """Fit twice, the second time with the wandering level taken out; return the fit and how wide days spread around it."""
    found = fit(made.x[known], y[known], made.usual, spread=spread, start=start)
    left, chance = _left(made.x @ found.beta, y, known, spread)
    level = wander(left, chance)
    offset = level.course[_weeks(len(y))]
    found = fit(made.x[known], y[known], made.usual, spread=spread, offset=offset[known], start=found.beta)
    mu = np.exp(made.x @ found.beta + offset)[known]
    miss = np.minimum((y[known] - mu) ** 2 / mu, 100)
    unsure = np.diag(_mistaken(made, level.step + level.extra))
    return Fit(found.beta, found.covariance + unsure), max(
        1.0, float(miss.sum() / max(known.sum() - made.x.shape[1], 1))
    )


def _mistaken(made: Design, weekly: float) -> np.ndarray:
    """Return the variance that weeks of their own add to the effects of events, by column.

    A week that was busy for another reason is mistaken for the event that it followed; among many events that evens out.
    """
    events = np.array([_lag_of(name) for name in made.names])
    length = np.array([high - low + 1 for low, high in LAGS])[np.maximum(events, 0)]
    count = np.maximum(made.x.sum(axis=0) / length, 1.0)
    return np.where(events >= 0, weekly / count, 0.0)


def _lag_of(name: tuple[str, str]) -> int:
    """Return the step of ``LAGS`` that a column of an event stands for, −1 for other columns."""
    return int(name[1].rsplit("/", 1)[1]) if name[0] == "event" else -1


def _left(eta: np.ndarray, y: np.ndarray, known: np.ndarray, spread: float) -> tuple[np.ndarray, np.ndarray]:
    """Return what a regression leaves over by the week (a logarithm), and the variance that chance gives it."""
    mu = np.where(known, np.exp(np.clip(eta, -30, 30)), 0.0)
    week = _weeks(len(y))
    seen, told = np.bincount(week, np.where(known, y, 0.0)), np.bincount(week, mu)
    left = np.where(told > 0, np.log((seen + 0.5) / (told + 0.5)), np.nan)
    return left, np.where(told > 0, spread / np.maximum(told, 0.5), np.inf)


def _slow(made: Design, beta: np.ndarray, y: np.ndarray, known: np.ndarray, spread: float) -> Slow:
    """Tell level, trend and season from weeks, weekdays, holidays and events taken out."""
    at, x = made.slow, made.x[:, made.slow]
    left, chance = _left(made.fast @ beta[~at] + x @ beta[at], y, known, spread)
    week = _weeks(len(y))
    by_week = np.column_stack([np.bincount(week, column) for column in x.T]) / np.bincount(week)[:, None]
    z = left + by_week @ beta[at]
    grid = grid_of(left, chance)
    usual = np.broadcast_to(made.usual[at][1:] ** 2, (len(grid.q), x.shape[1] - 1))
    found = filtered(z, grid.v, by_week, grid.q, usual)
    weight = believed(found.loglik[-1], grid.prior)
    mean = weight @ found.mean[-1]
    apart = found.mean[-1] - mean
    spread_out = found.variance[-1] + apart[:, :, None] * apart[:, None, :]
    return Slow(mean, np.tensordot(weight, spread_out, 1), float(grid.q @ weight), float(grid.extra @ weight))


def _weeks(count: int) -> np.ndarray:
    """Number the weeks of days such that the last week is whole."""
    return (np.arange(count) + (-count) % WEEK) // WEEK
