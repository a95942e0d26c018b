"""A level that wanders, seen through chance of known size: the Kalman filter and smoother, over many variances at once.

What is seen at period t is h(t)·a(t) plus chance of variance v(t); the first of the coefficients a is the level, which
wanders with variance q a period, the others (seasons) stay. All variances are tried side by side along the first axis
(Durbin & Koopman, Time Series Analysis by State Space Methods, 2012, ch. 2 and 4).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

WIDE = 1e6  # times the size of the series: what is known of the level before anything is seen


@dataclass(frozen=True)
class Filtered:
    """State after each number of periods: ``mean`` (periods + 1, grid, k), ``variance`` (…, k, k), ``loglik`` (periods + 1, grid)."""

    mean: np.ndarray
    variance: np.ndarray
    loglik: np.ndarray


def filtered(
    z: np.ndarray, v: np.ndarray, design: np.ndarray, q: np.ndarray, others: np.ndarray | None = None
) -> Filtered:
    """Run the filter.

    Args:
        z: what is seen, by period; missing values are gaps.
        v: variance of chance, periods × grid.
        design: h, periods × k; its first column is 1.
        q: variance of the level's steps, by grid.
        others: variance of the other coefficients beforehand, by grid, or grid × coefficients.

    Returns:
        The state after 0, 1, … periods. The likelihood leaves out the first period seen, which only sets the level.
    """
    count, k, grid = len(z), design.shape[1], len(q)
    known = np.flatnonzero(np.isfinite(z))
    size = max(
        float(np.mean(np.diff(z[known]) ** 2)) if len(known) > 1 else 0.0, float(np.max(v[known], initial=1e-12))
    )
    a, p = np.zeros((grid, k)), np.zeros((grid, k, k))
    a[:, 0], p[:, 0, 0] = (z[known[0]] if len(known) else 0.0), WIDE * size
    if k > 1:
        others = np.ones(grid) if others is None else others
        p[:, range(1, k), range(1, k)] = others if others.ndim > 1 else others[:, None]
    mean, variance = np.empty((count + 1, grid, k)), np.empty((count + 1, grid, k, k))
    loglik = np.zeros((count + 1, grid))
    mean[0], variance[0] = a, p
    for t in range(count):
        if t:
            p = p.copy()
            p[:, 0, 0] += q
        if np.isfinite(z[t]):
            h = design[t]
            ph = p @ h
            f = ph @ h + v[t]
            miss = z[t] - a @ h
            a = a + ph * (miss / f)[:, None]
            p = p - ph[:, :, None] * ph[:, None, :] / f[:, None, None]
            if t != known[0]:
                loglik[t + 1] = -0.5 * (np.log(2 * np.pi * f) + miss**2 / f)
        mean[t + 1], variance[t + 1] = a, p
    return Filtered(mean, variance, np.cumsum(loglik, axis=0))


def smoothed(found: Filtered, q: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the level of each period given all of them, and its variance (periods × grid), of a filter with k = 1."""
    mean, variance = found.mean[1:, :, 0].copy(), found.variance[1:, :, 0, 0].copy()
    for t in range(len(mean) - 2, -1, -1):
        before = found.variance[t + 1, :, 0, 0]
        gain = before / (before + q)
        mean[t] = found.mean[t + 1, :, 0] + gain * (mean[t + 1] - found.mean[t + 1, :, 0])
        variance[t] = before + gain**2 * (variance[t + 1] - before - q)
    return mean, variance


def believed(loglik: np.ndarray, prior: np.ndarray) -> np.ndarray:
    """Return how much each variance of the grid is believed (adds up to 1), given what was seen and a prior weight."""
    score = loglik + np.log(prior)
    weight = np.exp(score - score.max(axis=-1, keepdims=True))
    return weight / weight.sum(axis=-1, keepdims=True)
