"""The simple forecasts, which every other one must beat: what was last, what usually is, what was a year ago, and so on.

Each is a weighted sum of what was seen. How far it may miss is learned from how far it missed before, less what chance
added then; what chance will add comes on top, from the number of answers. The miss is never taken to be smaller than
chance in the weighted sum itself makes it.
"""

from __future__ import annotations

from functools import partial

import numpy as np

from .fan import Fan, Method
from .scale import noise, scaled
from .series import SEASON, Series

WINDOW = {"day": 28, "week": 13, "month": 12, "quarter": 8}  # periods of the running mean
PRIOR = 4.0  # misses that the first guess of their size counts as


def weights(series: Series, horizons: int, how: str) -> np.ndarray:
    """Return the weights of the periods in a simple forecast: origins × horizons × periods.

    ``how``: mean of all, running mean, naive, seasonal naive, drift. Means are those of all answers of their periods
    together. Seasonal naive (the year before, of days the week) is naive where that is not known; so is drift at a single known period.
    """
    count = len(series)
    at = np.arange(count)
    past = (at[None, :] < np.arange(1, count + 1)[:, None]) & series.known[None, :]
    if how in ("mean of all", "running mean"):
        if how == "running mean":
            past = past & (past[:, ::-1].cumsum(axis=1)[:, ::-1] <= WINDOW[series.grain])
        one = past * series.n
        total = one.sum(axis=1, keepdims=True)
        one = np.divide(one, total, out=np.zeros_like(one), where=total > 0)
        return np.repeat(one[:, None, :], horizons, axis=1)
    last = np.where(past.any(axis=1), count - 1 - past[:, ::-1].argmax(axis=1), -1)
    naive = (at[None, :] == last[:, None]).astype(float)
    found = np.repeat(naive[:, None, :], horizons, axis=1)
    if how == "seasonal naive":
        return _a_season_before(series, found)
    if how == "drift":
        first = past.argmax(axis=1)
        step = np.divide(
            naive - (at[None, :] == first[:, None]),
            (last - first)[:, None],
            out=np.zeros_like(naive),
            where=(last > first)[:, None],
        )
        ahead = np.arange(1, count + 1)[:, None] + np.arange(horizons)[None, :] - last[:, None]
        found = found + ahead[:, :, None] * step[:, None, :]
    return found


def _a_season_before(series: Series, found: np.ndarray) -> np.ndarray:
    count, horizons, season = len(series), found.shape[1], SEASON[series.grain]
    for origin in range(count):
        for step in range(horizons):
            at = origin + 1 + step - season * (step // season + 1)
            if 0 <= at <= origin and series.known[at]:
                found[origin, step] = np.arange(count) == at
    return found


def simple(series: Series, horizons: int, how: str) -> Fan:
    """Forecast by a simple method from every origin, with widths from its own earlier misses."""
    z, v = np.nan_to_num(scaled(series)), noise(series, series.n)
    w = weights(series, horizons, how)
    mean = w @ z
    own = (w**2) @ np.where(series.known, v, 0.0)
    count = len(series)
    target = np.arange(1, count + 1)[:, None] + np.arange(horizons)[None, :]
    inside = target < count
    clipped = np.where(inside, target, 0)
    begun = series.known.cumsum() > 0  # before that nothing is told, so nothing can be missed
    able = inside & series.known[clipped] & begun[:, None]
    excess = np.where(able, (z[clipped] - mean) ** 2 - np.where(able, v[clipped], 0.0), 0.0)
    total, missed = _by_then(excess, target, count), _by_then(able.astype(float), target, count)
    guess = np.maximum(_spread(series, z, v)[:, None], own)
    variance = (total + PRIOR * guess) / (missed + PRIOR)
    return Fan(mean, np.maximum(variance, own), missed + PRIOR)


def _by_then(values: np.ndarray, target: np.ndarray, count: int) -> np.ndarray:
    """Add up, for each origin and horizon, the values of earlier origins whose target is known by then."""
    found = np.zeros_like(values)
    for step in range(values.shape[1]):
        summed = np.concatenate([[0.0], np.cumsum(values[:, step])])
        known = np.clip(np.arange(1, count + 1) - 1 - step, 0, None)  # origins 1 … whose targets lie before
        found[:, step] = summed[known]
    return found


def _spread(series: Series, z: np.ndarray, v: np.ndarray) -> np.ndarray:
    """Return the variance of all that was seen by each origin, less chance; where one period is known, chance itself."""
    weight = series.known.astype(float)
    n = np.cumsum(weight)
    mean = np.cumsum(z * weight) / np.maximum(n, 1)
    square = np.cumsum(z**2 * weight) / np.maximum(n, 1)
    usual = np.cumsum(np.where(series.known, v, 0.0)) / np.maximum(n, 1)
    return np.where(n > 1, np.maximum((square - mean**2) * n / np.maximum(n - 1, 1) - usual, 0.0), usual)


NAMES = ("mean of all", "running mean", "naive", "seasonal naive", "drift")
SIMPLE: dict[str, Method] = {name: partial(simple, how=name) for name in NAMES}
