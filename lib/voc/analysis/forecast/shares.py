"""Shares, scores and counts whose level may wander, with what chance adds told apart from true movement.

The size of chance is known from the number of answers, so what remains to be learned is how much the level wanders from
period to period and how much single periods stick out. Neither is settled by a short series: all sizes of a grid are
weighed by how well they foretold what was seen (their likelihood), and the forecast is the average. Taking the likeliest
size alone often says "no movement at all", and its intervals are too narrow.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .fan import MANY, Fan, first_origin
from .kalman import Filtered, believed, filtered, smoothed
from .scale import back, noise, scaled
from .series import Series

STEPS = np.array([0, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0])  # of the size of usual changes
STILL = 0.3  # believed beforehand that the level does not move
STICK = {0.0: 0.55, 0.1: 0.2, 0.25: 0.15, 0.5: 0.1}  # of the size of usual changes: belief beforehand
SEASONS = (0.1, 4.0)  # variance of a season's longest wave, of the size of usual changes
WAVES = 6  # sines and cosines of the year; all that twelve months can have
MOST_WAVES = {
    "day": 3,
    "week": WAVES,
    "month": WAVES,
    "quarter": 2,
}  # all that seven weekdays, twelve months, four quarters can have
TRENDS = (0.02, 0.2)  # variance of a trend's change a period, of the size of usual changes
ENOUGH = 24  # periods from which a season is tried


def level(series: Series, horizons: int) -> Fan:
    """Forecast a level that may wander, from every origin."""
    return _forecast(series, horizons, np.ones((len(series) + horizons, 1)), (np.nan,))


def level_with_season(series: Series, horizons: int) -> Fan:
    """Forecast a wandering level with a season of the year (of days: the week) on top, which is learned as it is seen."""
    return _forecast(series, horizons, _design(series, horizons), SEASONS)


def level_with_trend(series: Series, horizons: int) -> Fan:
    """Forecast a wandering level that goes up or down by as much every period, as far as that has been seen."""
    at = np.arange(len(series) + horizons, dtype=float)
    return _forecast(series, horizons, np.column_stack([np.ones(len(at)), at]), TRENDS)


def course(series: Series) -> pd.DataFrame:
    """Return the true figure of each period as well as all periods tell it: at, value, lo, hi (95 %), and n; seen is what was seen."""
    found = wander(scaled(series), noise(series, series.n))
    middle, sd = found.course, np.sqrt(found.error)
    n = np.where(series.known, series.n, np.median(series.n[series.known]))
    ends = {name: back(series, middle + step * sd, n) for name, step in (("value", 0), ("lo", -1.96), ("hi", 1.96))}
    return pd.DataFrame({"at": series.starts, **ends, "n": series.n, "seen": series.value})


@dataclass(frozen=True)
class Grid:
    """Sizes of movement that are weighed: ``v`` (periods × grid), steps ``q``, ``extra`` of single periods, ``season``, belief."""

    z: np.ndarray
    v: np.ndarray
    q: np.ndarray
    extra: np.ndarray
    season: np.ndarray
    prior: np.ndarray


def grid_of(z: np.ndarray, chance: np.ndarray, seasons: Sequence[float] = (np.nan,), until: int | None = None) -> Grid:
    """Lay out the sizes of movement that a series may have, relative to its usual changes; ``chance`` by period.

    ``until``: periods whose changes are looked at, so that a forecast from there on knows nothing of what came.
    """
    known = np.isfinite(z)
    changes = np.diff(z[:until][known[:until]])
    size = max(float(np.mean(changes**2)) if len(changes) else 0.0, float(np.median(chance[known])))
    step, stick, season = (one.ravel() for one in np.meshgrid(STEPS, list(STICK), np.array(seasons), indexing="ij"))
    moving = np.where(step == 0, STILL, (1 - STILL) / (len(STEPS) - 1))
    prior = moving * np.array([STICK[one] for one in stick])
    v = np.where(known, chance, 1.0)[:, None] + size * stick[None, :]
    return Grid(z, v, size * step, size * stick, size * season, prior)


@dataclass(frozen=True)
class Wander:
    """A level at the end of a series: ``mean`` and ``variance`` now, ``step`` a period, ``extra`` of a single period, ``course``."""

    mean: float
    variance: float
    step: float
    extra: float
    course: np.ndarray
    error: np.ndarray


def wander(z: np.ndarray, chance: np.ndarray) -> Wander:
    """Tell where a wandering level stands, and has stood, averaged over the sizes of its movement."""
    grid = grid_of(z, chance)
    found = filtered(z, grid.v, np.ones((len(z), 1)), grid.q)
    weight = believed(found.loglik[-1], grid.prior)
    mean, variance = smoothed(found, grid.q)
    middle = mean @ weight
    error = variance @ weight + (mean - middle[:, None]) ** 2 @ weight
    return Wander(
        float(middle[-1]), float(error[-1]), float(grid.q @ weight), float(grid.extra @ weight), middle, error
    )


def _forecast(series: Series, horizons: int, design: np.ndarray, seasons: Sequence[float]) -> Fan:
    grid = grid_of(scaled(series), noise(series, series.n), seasons, first_origin(series))
    found = filtered(grid.z, grid.v, design[: len(series)], grid.q, grid.season)
    weight = believed(found.loglik[1:], grid.prior)
    parts = [_at(found, design, step, grid, weight) for step in range(1, horizons + 1)]
    mean, variance = (np.stack(one, axis=1) for one in zip(*parts, strict=True))
    return Fan(mean, variance, np.full(mean.shape, MANY))


def wandered(step: int) -> float:
    """Return how far a level wanders in ``step`` periods, as a multiple of the variance of one step.

    A period's figure is a mean over its days, and the level moves all the while. So changes of such means in a row resemble
    each other (Working, Econometrica 28, 1960): over h periods their variance is h − 1/3 steps of the walk beneath, of
    which the first shows 2/3.

    >>> [wandered(step) for step in (1, 2, 3)]
    [1.0, 2.5, 4.0]
    """
    return 1.5 * step - 0.5


def _at(
    found: Filtered, design: np.ndarray, step: int, grid: Grid, weight: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """Return mean and variance of the true figure ``step`` periods after each origin, averaged over the grid."""
    count = len(weight)
    h = design[step : step + count]
    mean = np.einsum("tgk,tk->tg", found.mean[1:], h)
    variance = np.einsum("tk,tgkl,tl->tg", h, found.variance[1:], h) + wandered(step) * grid.q + grid.extra
    middle = (mean * weight).sum(axis=1)
    return middle, ((variance + (mean - middle[:, None]) ** 2) * weight).sum(axis=1)


def _design(series: Series, horizons: int) -> np.ndarray:
    """Return a 1 for the level and the waves of the year (of days: the week), the shorter the flatter.

    So a season is smooth until it is seen not to be.
    """
    starts = series.starts.append(series.ahead(horizons)[0])
    if series.grain == "day":
        turn = 2 * np.pi * starts.day_of_week.to_numpy() / 7
    elif series.grain == "week":
        turn = 2 * np.pi * starts.day_of_year.to_numpy() / 365.25
    else:
        turn = 2 * np.pi * (starts.month.to_numpy() - 1) / 12
    wave = np.arange(1, MOST_WAVES[series.grain] + 1)
    waves = turn[:, None] * wave
    return np.hstack([np.ones((len(starts), 1)), np.sin(waves) / wave, np.cos(waves) / wave])
