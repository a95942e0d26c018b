"""How much people truly differ: the usual spread without its extremes, and the variance between people with its interval.

Sources: Spiegelhalter, Qual. Saf. Health Care 14, 2005 (winsorised, additive over-dispersion); Paule & Mandel, J. Res. NBS
87, 1982; Viechtbauer, Statist. Med. 26, 2007 (Q-profile interval), both recommended by Veroniki et al., Res. Synth. Methods
7, 2016; Cornish & Fisher 1938 (skewness).
"""

from __future__ import annotations

import functools
from collections.abc import Callable

import numpy as np
import pandas as pd

TAIL = 0.2  # the share at either end that is drawn in before the usual spread is estimated


def usual_spread(effect: np.ndarray, se: np.ndarray, c: np.ndarray | float = 1.0) -> tuple[float, float]:
    """Return where the usual agent stands and the variance between usual agents (0 when chance explains it all).

    The middle is the median weighted by precision. The variance τ² is the one with which the mean square of
    (effect − middle) ÷ √(se² + c τ²), winsorised by a fifth at either end, is what normal deviates give: a fifth of the
    people may be exceptional without widening the limits that are to find them.

    >>> usual_spread(np.array([0.0, 0.1, -0.1, 0.0, 0.05]), np.full(5, 0.1))
    (0.0, 0.0)
    """
    tau2 = 0.0
    goal = _winsorised_normal(len(effect))
    for _ in range(8):
        middle = _weighted_median(effect, 1 / np.sqrt(se**2 + c * tau2))
        last, tau2 = (
            tau2,
            _root(lambda t, m=middle: _winsorised((effect - m) / np.sqrt(se**2 + c * t)) - goal, effect, se),
        )
        if abs(tau2 - last) <= 1e-6 * (tau2 + np.median(se) ** 2):
            break
    return float(middle), tau2


def _root(excess: Callable[[float], float], effect: np.ndarray, se: np.ndarray) -> float:
    """Return the variance at which ``excess`` (falling) is zero, or 0 when it is not above zero anywhere."""
    from scipy.optimize import brentq

    if not excess(0.0) > 0:
        return 0.0
    high = float(np.ptp(effect) ** 2 + np.median(se) ** 2)
    while excess(high) > 0:
        high *= 4
    return float(brentq(excess, 0.0, high, xtol=1e-12))


def _weighted_median(values: np.ndarray, weights: np.ndarray) -> float:
    order = np.argsort(values, kind="stable")
    place = np.cumsum(weights[order]) - weights[order] / 2
    return float(np.interp(weights.sum() / 2, place, values[order]))


def _winsorised(z: np.ndarray, axis: int = -1) -> np.ndarray:
    low, high = np.quantile(z, [TAIL, 1 - TAIL], axis=axis, keepdims=True)
    return np.mean(np.clip(z, low, high) ** 2, axis=axis)


@functools.cache
def _winsorised_normal(k: int) -> float:
    """Mean square of k normal deviates from their median after winsorising, simulated once per k with a fixed seed."""
    x = np.random.default_rng(2005).standard_normal((4000, k))
    z = (x - x.mean(axis=1, keepdims=True)) * np.sqrt(k / (k - 1))
    return float(_winsorised(z - np.median(z, axis=1, keepdims=True)).mean())


def normal_score(z: pd.Series, skew: pd.Series) -> pd.Series:
    """Correct a z score for the skewness of its chance (Cornish & Fisher 1938, first term).

    Of 40 answers with 90 % good, a bad run is likelier than the normal curve says: without this, agents with few answers
    are called worse too often.
    """
    turn = 3 / skew.abs().clip(lower=1e-9)  # beyond it the correction would turn back
    held = z.clip(lower=-turn, upper=turn)
    return held - skew / 6 * (held**2 - 1)


def between(effect: np.ndarray, se: np.ndarray, c: np.ndarray | float = 1.0) -> tuple[float, float, float]:
    """Return the variance between agents with its 95 % interval (Paule–Mandel estimate, Q-profile interval).

    ``effect`` are differences from the others, ``c`` how much the others' own spread adds to each (k ÷ (k − 1) when all
    have the same n).
    """
    from scipy.stats import chi2

    k = len(effect)

    def q(tau2: float) -> float:
        weight = 1 / (se**2 + c * tau2)
        return float((weight * (effect - np.average(effect, weights=weight)) ** 2).sum()) * (k - 1) / k

    ends = (k - 1, chi2.ppf(0.975, k - 1), chi2.ppf(0.025, k - 1))
    return tuple(_root(lambda t, end=end: q(t) - end, effect, se) for end in ends)
