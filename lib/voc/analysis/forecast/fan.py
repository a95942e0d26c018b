"""Forecasts from many moments at once, as a fan: where the figure will lie, and how far from there it may.

A method tells, for every origin (the number of periods known by then) and every horizon, the expected place on the scale
(``voc.analysis.forecast.scale``) and the variance of the true figure around it. What chance adds to the figure that will
be seen follows from the number of answers, and is the same for all methods.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from scipy.special import stdtrit

from .scale import back, noise
from .series import Series

LEVELS = np.array([0.025, 0.1, 0.25, 0.5, 0.75, 0.9, 0.975])
INTERVALS = {50: (2, 4), 80: (1, 5), 95: (0, 6)}  # per cent: where its ends stand in LEVELS
FEWEST, MOST = 6, 24  # known periods before the first forecast that is judged
MANY = 1e6  # degrees of freedom of a normal distribution, in effect


@dataclass(frozen=True)
class Fan:
    """``mean``, ``variance`` of the true figure, and degrees of freedom: origins × horizons, on the scale."""

    mean: np.ndarray
    variance: np.ndarray
    freedom: np.ndarray

    def quantiles(
        self, series: Series, n: np.ndarray, widen: Sequence[float] | None = None, *, seen: bool = True
    ) -> np.ndarray:
        """Return the quantiles ``LEVELS`` (last axis) in the figure's unit; of a figure that will be seen, whole answers.

        ``n``: answers or days of each target, origins × horizons. ``seen``: of the figure that will be seen; else of the
        true one. ``widen``: by how much the three intervals (50, 80, 95 %) are widened, from ``voc.analysis.forecast.choose``.
        """
        spread = np.sqrt(self.variance + (noise(series, n) if seen else 0.0))
        t = stdtrit(self.freedom[..., None], LEVELS)
        if widen is not None:
            w50, w80, w95 = widen
            t = t * np.array([w95, w80, w50, 1.0, w50, w80, w95])
        size = np.asarray(n, float)[..., None]
        found = back(series, self.mean[..., None] + spread[..., None] * t, size)
        return whole(series, found, size) if seen else found


Method = Callable[[Series, int], Fan]  # a series and the number of horizons; origins are 1 … all of its periods


def whole(series: Series, value: np.ndarray, n: np.ndarray) -> np.ndarray:
    """Move values to the nearest that can be seen: so many answers of ``n``, so many contacts; scores stay."""
    if series.kind == "share":
        return np.round(value / 100 * n) / n * 100
    return np.round(value) if series.kind == "count" else value


def together(fans: Sequence[Fan], chosen: np.ndarray) -> Fan:
    """Average fans, their places and their widths (Vincent's average), with equal weights of those ``chosen``.

    ``chosen``: fans × origins, which of them count at an origin; at least one does.
    """
    weight = (chosen / chosen.sum(axis=0))[:, :, None]
    mean = sum(w * fan.mean for w, fan in zip(weight, fans, strict=True))
    width = sum(w * np.sqrt(fan.variance) for w, fan in zip(weight, fans, strict=True))
    freedom = np.min([np.where(w > 0, fan.freedom, MANY) for w, fan in zip(weight, fans, strict=True)], axis=0)
    return Fan(mean, width**2, freedom)


def around(fan: Fan, others: Sequence[Fan]) -> Fan:
    """Widen a fan around its own middle to the mean square distance at which it and others, all alike likely, see the truth.

    The variance of a mixture around a point: each one's own, and the square of how far its middle lies away.
    """
    apart = [other.variance + (other.mean - fan.mean) ** 2 for other in others]
    return Fan(fan.mean, np.mean(apart, axis=0), fan.freedom)


def first_origin(series: Series) -> int:
    """Return how many periods lie before the first forecast that is judged: half of those known, but 6 at least and 24 at most."""
    known = np.cumsum(series.known)
    return int(np.argmax(known >= np.clip(known[-1] // 2, FEWEST, MOST))) + 1 if known[-1] >= FEWEST else len(series)


def targets(series: Series, horizons: int) -> tuple[np.ndarray, np.ndarray]:
    """Return what came and from how many answers or days, origins × horizons; missing and the size ahead where unknown."""
    count = len(series)
    _, after = series.ahead(horizons)
    value = np.concatenate([series.value, np.full(horizons, np.nan)])
    size = np.concatenate([np.where(series.known, series.n, after[0]), after])
    at = np.arange(1, count + 1)[:, None] + np.arange(horizons)[None, :]
    return value[at], size[at]
