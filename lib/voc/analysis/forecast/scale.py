"""The scale that forecasts are made on: there chance has one known size, whatever the figure.

A share is turned by the arcsine of its root, a count by its root (Anscombe, Biometrika 35, 1948; Freeman & Tukey 1950):
what chance adds then depends on the number of answers (or days) alone, and not on the figure that it blurs. On the logit
scale it depends on the figure, so months that chance made low would weigh more than others.
"""

from __future__ import annotations

import numpy as np

from ..compare import perfect_error
from .series import Series

MOVES = {"count": 0.2, "time": 0.1, "scale": 0.04}  # docs/decisions.md: what months of real exports did


def scaled(series: Series) -> np.ndarray:
    """Return the series on its scale; missing where nothing is known."""
    with np.errstate(invalid="ignore", divide="ignore"):
        if series.kind == "share":
            z = 2 * np.arcsin(np.sqrt((series.x + 0.375) / (series.n + 0.75)))
        elif series.kind == "count":
            z = 2 * np.sqrt((series.x + 0.375) / series.n)
        else:
            z = series.x / series.n
    return np.where(series.known, z, np.nan)


def noise(series: Series, n: np.ndarray) -> np.ndarray:
    """Return the variance that chance adds, on the scale, to a figure of ``n`` answers (or days); infinite for none."""
    size = np.asarray(n, float)
    one = series.variance if series.kind == "score" else 1.0
    with np.errstate(divide="ignore"):
        return np.where(size > 0, series.spread * one / (size + (0.5 if series.kind == "share" else 0.0)), np.inf)


def back(series: Series, z: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Return values of the scale in the figure's unit: per cent, points, or contacts on ``n`` days."""
    if series.kind == "share":
        return 100 * np.sin(np.clip(z, 0, np.pi) / 2) ** 2
    if series.kind == "count":
        return np.maximum(n * np.maximum(z, 0) ** 2 / 4 - 0.375 + series.spread / 4, 0)
    return np.clip(z, *series.bounds)


def plausible(series: Series, z: np.ndarray) -> np.ndarray:
    """Return by how much a true figure may well move from one period to the next, on the scale, where nothing was seen of it.

    A standard deviation: a fifth of a count, a tenth of a time, a twenty-fifth of the length of a scale.
    """
    if series.kind == "count":
        return (
            MOVES["count"] * z / 2
        )  # the scale is twice a root: a change of the figure by a part is half of that here
    length = np.pi if series.kind == "share" else series.bounds[1] - series.bounds[0]
    return np.full(z.shape, MOVES["scale"] * length) if np.isfinite(length) else MOVES["time"] * np.abs(z)


def floor(series: Series, expected: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Return the mean error, in the figure's unit, of a forecast that knows the truth but not what chance adds to it.

    ``expected``: the true figure, as well as it is known. Shares by ``compare.perfect_error``; counts by the mean
    deviation of a Poisson count (Crow, Journal of the American Statistical Association 53, 1958), wider by the spread.
    """
    if series.kind == "share":
        pairs = zip(n, np.clip(np.asarray(expected, float) / 100, 1e-6, 1 - 1e-6), strict=True)
        return np.sqrt(series.spread) * np.array([perfect_error(int(size), share) for size, share in pairs])
    if series.kind == "count":
        from scipy.stats import poisson

        rate = np.maximum(np.asarray(expected, float), 1e-9)
        whole = np.floor(rate)
        return np.sqrt(series.spread) * 2 * (whole + 1) * poisson.pmf(whole + 1, rate)
    return np.sqrt(2 / np.pi * noise(series, n))
