"""Spearman's rank correlation with an interval that holds for ties and for customers who answered more than once.

The interval comes from the influence of each answer on the correlation of mid-ranks, the ranks of the others included,
summed by who answered (Hampel, JASA 69, 1974; Croux & Dehon, Statistical Methods & Applications 19, 2010), on Fisher's z.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..chance import two_sided
from ..intervals import Z

FEWEST_IN_KIND = 10  # answers of a kind, below which its own correlation says nothing


@dataclass(frozen=True)
class Correlation:
    """A rank correlation: value, 95 % interval, chance of one as far from nought, answers."""

    rho: float
    lo: float
    hi: float
    p: float
    n: int


NONE = Correlation(np.nan, np.nan, np.nan, np.nan, 0)


def spearman(x: np.ndarray, y: np.ndarray, cluster: np.ndarray) -> Correlation:
    """Correlate the ranks of two columns; ``cluster`` says who answered.

    >>> found = spearman(np.arange(6.0), np.array([1.0, 2, 3, 5, 4, 6]), np.arange(6))
    >>> round(found.rho, 4), found.n
    (0.9429, 6)
    """
    rho, influence = _influence(np.asarray(x, float), np.asarray(y, float))
    return _interval(rho, influence, cluster)


def spearman_within(x: np.ndarray, y: np.ndarray, cluster: np.ndarray, kind: np.ndarray) -> Correlation:
    """Correlate ranks inside each kind of contact and average by answers: what is left when only like meets like.

    Kinds with fewer than ten answers, or in which a column does not vary, say nothing and are left out.
    """
    x, y = np.asarray(x, float), np.asarray(y, float)
    influence, total, used = np.zeros(len(x)), 0.0, np.zeros(len(x), bool)
    order = np.argsort(kind, kind="stable")
    for rows in np.split(order, np.flatnonzero(np.diff(kind[order])) + 1):
        if len(rows) < FEWEST_IN_KIND or np.ptp(x[rows]) == 0 or np.ptp(y[rows]) == 0:
            continue
        rho, own = _influence(x[rows], y[rows])
        influence[rows], used[rows], total = own, True, total + rho * len(rows)
    if not used.any():
        return NONE
    return _interval(total / used.sum(), influence[used], cluster[used])


def _influence(x: np.ndarray, y: np.ndarray) -> tuple[float, np.ndarray]:
    """Return the correlation of mid-ranks and by how much each row moves it."""
    a, above_x = _ranked(x)
    b, above_y = _ranked(y)
    cross, own_a, own_b = a @ b / len(a), a @ a / len(a), b @ b / len(b)
    rho = cross / np.sqrt(own_a * own_b)
    of_cross = a * b - cross + above_x(b) + above_y(a)
    of_a = a * a - own_a + 2 * above_x(a)
    of_b = b * b - own_b + 2 * above_y(b)
    return float(rho), of_cross / np.sqrt(own_a * own_b) - rho / 2 * (of_a / own_a + of_b / own_b)


def _ranked(x: np.ndarray):
    """Return mid-ranks (mean nought, as shares) and what a further row does to the mean of (others' rank × a column)."""
    values, code, count = np.unique(x, return_inverse=True, return_counts=True)
    middle = (np.cumsum(count) - count / 2) / len(x)
    rank = middle[code] - 0.5

    def above(column: np.ndarray) -> np.ndarray:
        own = np.bincount(code, column, len(values))
        beyond = own.sum() - np.cumsum(own) + own / 2
        return (beyond[code] - middle[code] @ column) / len(x)

    return rank, above


def _interval(rho: float, influence: np.ndarray, cluster: np.ndarray) -> Correlation:
    n = len(influence)
    by_person = np.bincount(np.unique(cluster, return_inverse=True)[1], influence)
    people = len(by_person)
    se = np.sqrt(by_person @ by_person * people / max(people - 1, 1)) / n
    held = np.clip(rho, -1 + 1e-9, 1 - 1e-9)
    z, width = np.arctanh(held), se / (1 - held**2)
    p = float(two_sided(np.array([z / width]))[0]) if width > 0 else np.nan
    return Correlation(rho, float(np.tanh(z - Z * width)), float(np.tanh(z + Z * width)), p, n)
