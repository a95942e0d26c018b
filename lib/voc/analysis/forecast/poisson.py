"""A regression of counts whose coefficients are held near 0 unless the data say otherwise, by Newton's method.

Counts vary ``spread`` times wider than Poisson (quasi-likelihood: McCullagh & Nelder, Generalized Linear Models, 1989,
ch. 9); each coefficient has a normal prior around 0, so that a kind of event seen once does not become a law.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

ROUNDS = 50
CLOSE = 1e-7
STEEP = 30.0  # logarithms beyond which a rate is not followed


@dataclass(frozen=True)
class Fit:
    """Coefficients (logarithms of factors) and their covariance."""

    beta: np.ndarray
    covariance: np.ndarray


def fit(
    x: np.ndarray,
    y: np.ndarray,
    usual: np.ndarray,
    *,
    spread: float = 1.0,
    offset: np.ndarray | float = 0.0,
    start: np.ndarray | None = None,
) -> Fit:
    """Fit counts ``y`` to columns ``x``.

    ``usual``: standard deviation of each coefficient beforehand, 0 where it is free; ``offset``: logarithm of a factor that
    is known; ``start``: coefficients to begin with. Raises ArithmeticError where no maximum is reached.
    """
    pull = np.where(usual > 0, 1 / np.where(usual > 0, usual, 1.0) ** 2, 1e-8)
    beta = np.zeros(x.shape[1]) if start is None else start.copy()
    if start is None:
        beta[0] = np.log((y.sum() + 0.5) / max(np.exp(offset + np.zeros(len(y))).sum(), 1e-9))
    best = _likelihood(x, y, pull, spread, offset, beta)
    for _ in range(ROUNDS):
        mu = np.exp(np.clip(x @ beta + offset, -STEEP, STEEP))
        curvature = (x.T * mu) @ x / spread + np.diag(pull)
        step = np.linalg.solve(curvature, x.T @ (y - mu) / spread - pull * beta)
        for _ in range(30):
            tried = _likelihood(x, y, pull, spread, offset, beta + step)
            if tried >= best - 1e-9 * abs(best):
                break
            step = step / 2
        beta, best = beta + step, tried
        if np.abs(step).max() < CLOSE:
            return Fit(beta, np.linalg.inv(curvature))
    raise ArithmeticError(
        f"the regression of counts did not settle in {ROUNDS} rounds (last step {np.abs(step).max():.2g})"
    )


def _likelihood(
    x: np.ndarray, y: np.ndarray, pull: np.ndarray, spread: float, offset: np.ndarray | float, beta: np.ndarray
) -> float:
    eta = np.clip(x @ beta + offset, -STEEP, STEEP)
    return float((y * eta - np.exp(eta)).sum() / spread - 0.5 * (pull * beta**2).sum())
