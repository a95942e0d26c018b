"""How much oftener customers leave in one state than in another: a hazard ratio from time at risk, added up.

Between cut points the hazard of leaving is held constant, so that leavers are Poisson counts and days at risk their
exposure (Holford, Biometrics 36, 1980; Friedman, Annals of Statistics 10, 1982). Everybody alike in all that the model
knows is one row, so hundreds of thousands of customers are a small table. The hazards of the bands are found in closed
form and only the ratios are searched for; with ever finer bands that is Cox's model.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from scipy import sparse

STEPS, CLOSE, SAME = 50, 1e-9, 1e-8
FEW_FOR_EACH = 8
"""Possible patterns for each spell up to which they are counted off instead of sorted, which takes a tenth of the time."""
WIDEST = 5.0
"""Standard error of the logarithm of a ratio beyond which none is likeliest: the data run towards nought or infinity."""


@dataclass(frozen=True)
class TimeAtRisk:
    """Days at risk and leavers, added up: ``patterns`` (a row each) × bands of days, which begin at ``cuts``.

    ``people`` counts the spells behind each row. A row's codes say which level of each column it is.
    """

    patterns: pd.DataFrame
    exposure: np.ndarray
    gone: np.ndarray
    people: np.ndarray
    cuts: np.ndarray

    def early_and_late(self, band: int) -> TimeAtRisk:
        """Return every row twice: first the bands before ``band`` alone, then the bands from it on alone."""
        first = np.arange(len(self.cuts)) < band
        exposure = np.vstack([self.exposure * first, self.exposure * ~first])
        gone = np.vstack([self.gone * first, self.gone * ~first])
        patterns = pd.concat([self.patterns, self.patterns], ignore_index=True)
        return TimeAtRisk(patterns, exposure, gone, np.tile(self.people, 2), self.cuts)


def band_cuts(days: np.ndarray, most: int = 12, fewest: int = 20) -> np.ndarray:
    """Return where bands begin so that about as many leave in each: at most ``most`` bands, ``fewest`` leavers in each.

    ``days``: at risk when they left.

    >>> band_cuts(np.arange(1.0, 41.0)).tolist()
    [0.0, 20.5]
    """
    count = int(np.clip(len(days) // fewest, 1, most))
    inner = np.quantile(days, np.arange(1, count) / count) if count > 1 else []
    return np.unique([0.0, *inner])


def add_up(spells: pd.DataFrame, codes: pd.DataFrame, cuts: np.ndarray) -> TimeAtRisk:
    """Add up spells at risk (start, stop: days; gone: left at stop) by pattern of ``codes`` and band of days.

    ``codes`` has the same rows and small whole numbers. A spell that ends on a cut point belongs to the band before.
    """
    key, size = np.zeros(len(spells), dtype="int64"), 1
    for name in codes:
        levels = int(codes[name].max()) + 1
        key, size = key * levels + codes[name].to_numpy("int64"), size * levels
    first, row = _patterns(key, size)
    rows, width = len(first), len(cuts)
    start, stop = spells["start"].to_numpy(float), spells["stop"].to_numpy(float)
    exposure = np.empty((rows, width))
    for band, (low, high) in enumerate(zip(cuts, [*cuts[1:], np.inf], strict=True)):
        inside = np.flatnonzero((start < high) & (stop > low))
        days = np.minimum(stop[inside], high) - np.maximum(start[inside], low)
        exposure[:, band] = np.bincount(row[inside], weights=days, minlength=rows)
    left = spells["gone"].to_numpy(bool)
    at = np.clip(np.searchsorted(cuts, stop[left], "left") - 1, 0, None)
    gone = np.bincount(row[left] * width + at, minlength=rows * width).reshape(rows, width).astype(float)
    people = np.bincount(row, minlength=rows)
    return TimeAtRisk(codes.iloc[first].reset_index(drop=True), exposure, gone, people, cuts)


def _patterns(key: np.ndarray, size: int) -> tuple[np.ndarray, np.ndarray]:
    """Number the keys that occur, of 0 … size − 1, in their order: the first place of each, and each place's number.

    >>> [found.tolist() for found in _patterns(np.array([7, 2, 7, 4]), 8)]
    [[1, 3, 0], [2, 0, 2, 1]]
    """
    if size > FEW_FOR_EACH * len(key):
        _, first, row = np.unique(key, return_index=True, return_inverse=True)
        return first, row
    there = np.zeros(size, bool)
    there[key] = True
    row = (np.cumsum(there) - 1)[key]
    first = np.empty(int(there.sum()), "int64")
    first[row[::-1]] = np.arange(len(key))[::-1]  # of places that share a key the first is written last
    return first, row


@dataclass(frozen=True)
class Hazard:
    """A fitted model: logarithms of ratios (``beta``) and their covariance, one per column of the design; nan where a
    column says nothing that those before it do not. ``base``: leavers a day in each band where all columns are 0."""  # fmt: skip

    beta: np.ndarray
    covariance: np.ndarray
    base: np.ndarray
    gone: np.ndarray
    slopes: np.ndarray
    likelihood: float

    @cached_property
    def se(self) -> np.ndarray:
        """Standard errors of ``beta``."""
        return np.sqrt(np.diag(self.covariance))


def fit(design: sparse.csr_matrix, risk: TimeAtRisk) -> Hazard:
    """Find the ratios that make the leavers likeliest (Newton's steps on the likelihood without its bands).

    ``design``: a row per pattern, columns of 0 and 1; where columns say the same the earlier one is kept. Raises
    ArithmeticError where no ratio is likeliest, because nobody left at all, or all or nobody left in some state.
    """
    if not risk.gone.sum():
        raise ArithmeticError("nobody left, so there is no ratio")
    there = risk.gone.sum(axis=0) > 0
    exposure, gone = risk.exposure[:, there], risk.gone[:, there].sum(axis=0)
    seen = np.asarray(design.T @ risk.gone.sum(axis=1)).ravel()
    beta = np.zeros(design.shape[1])
    kept = _apart(_moments(design, exposure, gone, beta)[2])
    value, step = -np.inf, np.zeros_like(beta)
    for _ in range(STEPS):
        sums, slopes, curve = _moments(design, exposure, gone, beta)
        now = seen @ beta - gone @ np.log(sums)
        if now < value - CLOSE:  # too far: halve the step
            step = step / 2
            beta = beta - step
            continue
        score = (seen - gone @ slopes)[kept]
        step = np.zeros_like(beta)
        step[kept] = np.linalg.lstsq(curve[np.ix_(kept, kept)], score)[0]
        if score @ step[kept] < CLOSE:
            return _result(risk, there, (beta, kept, sums, slopes, curve, now, gone))
        value, beta = now, beta + step
    raise ArithmeticError(f"no ratio is the likeliest after {STEPS} steps")


def _moments(
    design: sparse.csr_matrix, exposure: np.ndarray, gone: np.ndarray, beta: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return per band the weighted days and the mean of each column, and the information about ``beta``."""
    weighted = exposure * np.exp(np.clip(design @ beta, -30, 30))[:, None]
    sums = weighted.sum(axis=0)
    slopes = np.asarray(design.T @ weighted).T / sums[:, None]
    share = weighted @ (gone / sums)
    square = (design.T @ design.multiply(share[:, None]).tocsr()).toarray()
    return sums, slopes, square - (slopes * gone[:, None]).T @ slopes


def _apart(curve: np.ndarray) -> np.ndarray:
    """Tell which columns say something that those before them do not."""
    rest, kept = curve.copy(), np.zeros(len(curve), dtype=bool)
    for column in range(len(curve)):
        if rest[column, column] > SAME * max(curve[column, column], 1.0):
            kept[column] = True
            rest = rest - np.outer(rest[:, column], rest[column]) / rest[column, column]
    return kept


def _result(risk: TimeAtRisk, there: np.ndarray, found: tuple) -> Hazard:
    beta, kept, sums, slopes, curve, value, gone = found
    covariance = np.full_like(curve, np.nan)
    covariance[np.ix_(kept, kept)] = np.linalg.pinv(curve[np.ix_(kept, kept)], hermitian=True)
    if (np.diag(covariance)[kept] > WIDEST**2).any() or (np.abs(beta) > 3 * WIDEST).any():
        raise ArithmeticError("no ratio is the likeliest: in some state all left, or nobody")
    base, leavers, means = np.zeros(len(there)), np.zeros(len(there)), np.zeros((len(there), len(beta)))
    base[there], leavers[there], means[there] = gone / sums, gone, slopes
    value += float(gone @ (np.log(gone) - 1))
    return Hazard(np.where(kept, beta, np.nan), covariance, base, leavers, means, value)


def extra_gone(
    model: Hazard, design: sparse.csr_matrix, risk: TimeAtRisk, column: int, horizon: float
) -> tuple[float, float]:
    """Return how many more of 100 customers in a state leave within ``horizon`` days than if they were not in it.

    Standardised over the customers who are (``column`` of the design is 1), each with all else as it is; with the standard
    error by the delta method, of which the bands' own chance is a part. Both are nan where nobody is in the state.
    """
    rows = np.flatnonzero(np.asarray(design[:, column].todense()).ravel() > 0)
    weight = risk.people[rows] / max(risk.people[rows].sum(), 1)
    if not len(rows) or np.isnan(model.beta[column]):
        return np.nan, np.nan
    beta, part = np.nan_to_num(model.beta), design[rows]
    length = np.diff(np.minimum([*risk.cuts, np.inf], horizon))
    total = float(model.base @ length)
    with_it = total * np.exp(part @ beta)
    without = with_it / np.exp(beta[column])
    falls = weight * with_it * np.exp(-with_it), weight * without * np.exp(-without)
    rise = float((falls[0] - falls[1]).sum())
    share = model.base * length / total if total > 0 else np.zeros_like(length)
    slope = np.asarray(part.T @ (falls[0] - falls[1])).ravel() - rise * (share @ model.slopes)
    slope[column] += falls[1].sum()
    banded = np.divide(share**2, model.gone, out=np.zeros_like(share), where=model.gone > 0).sum()
    variance = slope @ np.nan_to_num(model.covariance) @ slope + rise**2 * banded
    return 100 * float(weight @ (np.exp(-without) - np.exp(-with_it))), 100 * float(np.sqrt(variance))
