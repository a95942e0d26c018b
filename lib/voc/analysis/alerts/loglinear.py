"""Log-linear counts of many series at once, with past outbreaks weighed down: the fit behind alerts on counts.

Quasi-Poisson regression by iterated weighted least squares (McCullagh & Nelder, Generalized Linear Models, 1989, 4.4 and
9.2), all series in one matrix product. Past outbreaks are weighed by the inverse square of their Anscombe residuals, as
Farrington et al. (JRSS A 159, 1996) do, from 2.58 on as Noufaily et al. (Statistics in Medicine 32, 2013) found better.
That takes the largest of ordinary counts for outbreaks too, and what is left spreads less than what comes: the dispersion is
set right by the part of it that counts without any outbreak would keep (``kept``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .looks import tail

OUTBREAK = 2.58  # Anscombe residual from which a day or week of the past is weighed down
KEPT = 0.967  # of its dispersion, by a normal residual of which what is beyond is weighed down
MANY = 60.0  # expected contacts from which a residual counts as normal
PRIOR = (
    0.05  # precision of all coefficients but the level: a weekday without any contact must not run to minus infinity
)
EXTRA = 0.5  # contacts added to each series as a whole, so that a series of noughts has a level
ROUNDS, CLOSE = 25, 1e-4  # of the fit; steps shrink by squares, so the last one leaves an error far below a millionth
FARTHEST = 30.0  # largest absolute linear predictor


@dataclass(frozen=True)
class Fit:
    """A fit of S series over T times with P columns.

    ``coef``: (S, P); ``unscaled``: (S, P, P), its covariance before dispersion; ``weight``: (S, T); ``mean``: (S, T) of the
    times it was fitted on; ``dispersion``: (S,), at least 1.
    """

    coef: np.ndarray
    unscaled: np.ndarray
    weight: np.ndarray
    mean: np.ndarray
    dispersion: np.ndarray

    def predict(self, design: np.ndarray) -> np.ndarray:
        """Return the expected counts (S, times) of other times, ``design``: (times, P)."""
        return np.exp(np.clip(self.coef @ design.T, -FARTHEST, FARTHEST))


def fit(counts: np.ndarray, design: np.ndarray) -> Fit:
    """Fit all series, weigh past outbreaks down, and fit again.

    Args:
        counts: (S, T), missing where nothing is known.
        design: (T, P), the first column the level.

    Raises ValueError when a count is negative.

    >>> weekly = np.array([[4.0, 6.0, 5.0, np.nan, 5.0]])
    >>> fit(weekly, np.ones((5, 1))).predict(np.ones((1, 1))).round(1).tolist()
    [[5.1]]
    """
    if (counts < 0).any():
        raise ValueError("a count is negative")
    known = np.isfinite(counts)
    seen = known.sum(axis=1, keepdims=True)
    filled = np.where(known, counts, 0.0) + EXTRA / np.maximum(seen, 1) * known
    first = _solved(filled, design, known.astype(float))
    weight = _without_outbreaks(filled, design, first)
    last = _solved(filled, design, weight)
    usual = (weight * last.mean).sum(axis=1) / np.maximum(weight.sum(axis=1), 1e-9)
    return replace(last, dispersion=np.maximum(last.dispersion / kept(usual, last.dispersion / KEPT), 1.0))


def anscombe(counts: np.ndarray, mean: np.ndarray, dispersion: np.ndarray | float = 1.0) -> np.ndarray:
    """Return Anscombe's residuals of counts: nearly normal with variance 1, also where counts are small.

    >>> anscombe(np.array([27.0]), np.array([8.0])).round(3).tolist()
    [5.303]
    """
    return 1.5 * (counts ** (2 / 3) - mean ** (2 / 3)) / (mean ** (1 / 6) * np.sqrt(dispersion))


def kept(mean: np.ndarray, dispersion: np.ndarray) -> np.ndarray:
    """Return which part of its dispersion each series keeps when the largest of its ordinary counts are weighed down.

    For a normal residual, a = 2.58, that is (1 − aφ(a)) ÷ (1 − ∫ₐ (1 − 1/r²) φ(r) dr) = .967; few contacts have a longer upper tail
    and lose more: it is summed up over a negative binomial's counts.

    >>> kept(np.array([5.0, 1000.0]), np.array([1.5, 1.5])).round(3).tolist()
    [0.93, 0.967]
    """
    found = np.full(len(mean), KEPT)
    few = (mean > 0.05) & (mean < MANY)
    if not few.any():
        return found
    m, spread = mean[few, None], np.maximum(dispersion[few, None], 1.0)
    count = np.arange(np.ceil(np.max(m + 12 * np.sqrt(m * spread))) + 12)[None, :]
    reached = tail(*np.broadcast_arrays(count, m, m * spread))
    likely = reached - np.append(reached[:, 1:], np.zeros((len(m), 1)), axis=1)
    weight = likely * _worth(anscombe(count, m, spread))
    found[few] = (weight * (count - m) ** 2).sum(axis=1) / (m * spread)[:, 0] / weight.sum(axis=1)
    return np.clip(found, 0.5, 1.0)


def _solved(counts: np.ndarray, design: np.ndarray, weight: np.ndarray) -> Fit:
    columns = design.shape[1]
    crossed = np.einsum("tp,tq->tpq", design, design).reshape(len(design), columns * columns)
    prior = np.diag([0.0] + [PRIOR] * (columns - 1))
    level = (weight * counts).sum(axis=1) / np.maximum(weight.sum(axis=1), 1e-9)
    coef = np.zeros((len(counts), columns))
    coef[:, 0] = np.log(np.maximum(level, 1e-9))
    for _ in range(ROUNDS):
        eta = np.clip(coef @ design.T, -FARTHEST, FARTHEST)
        mean = np.exp(eta)
        worth = weight * mean
        inner = (worth @ crossed).reshape(-1, columns, columns) + prior + 1e-9 * np.eye(columns)
        moved = np.linalg.solve(inner, ((worth * eta + weight * (counts - mean)) @ design)[:, :, None])[:, :, 0]
        far, coef = np.abs(moved - coef).max(initial=0), moved
        if far < CLOSE:
            break
    mean = np.exp(np.clip(coef @ design.T, -FARTHEST, FARTHEST))
    inner = ((weight * mean) @ crossed).reshape(-1, columns, columns) + prior + 1e-9 * np.eye(columns)
    squares = (weight * (counts - mean) ** 2 / mean).sum(axis=1)
    dispersion = squares / np.maximum(weight.sum(axis=1) - columns, 1)
    return Fit(coef, np.linalg.inv(inner), weight, mean, dispersion)


def _worth(residual: np.ndarray) -> np.ndarray:
    return np.where(residual > OUTBREAK, np.maximum(residual, 1.0) ** -2.0, 1.0)


def _without_outbreaks(counts: np.ndarray, design: np.ndarray, first: Fit) -> np.ndarray:
    """Weigh times by the inverse square of their residual where it is beyond ``OUTBREAK``; weights add up to the times known."""
    leverage = first.mean * np.einsum("tp,spq,tq->st", design, first.unscaled, design, optimize=True)
    residual = anscombe(counts, first.mean, np.maximum(first.dispersion, 1.0)[:, None]) / np.sqrt(
        np.clip(1 - leverage, 0.05, 1.0)
    )
    raw = _worth(residual) * (first.weight > 0)
    scale = (first.weight > 0).sum(axis=1, keepdims=True) / np.maximum(raw.sum(axis=1, keepdims=True), 1e-9)
    return raw * scale
