"""Sums over the rows that share a label of one group and a label of another: the curvature between labels.

A product of sparse matrices gives the same sums in the same order, at several times the cost: it looks for places that are
known here before anything is summed.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Pair:
    """Two groups of labels: where each begins and how many it has, the rows that know both (None: all), their places.

    ``values``: what a row counts for beside what is summed (None: one).
    """

    starts: tuple[int, int]
    sizes: tuple[int, int]
    rows: np.ndarray | None
    places: np.ndarray
    values: np.ndarray | None

    def sums(self, values: np.ndarray) -> np.ndarray:
        """Sum the rows' values by both labels."""
        values = values if self.values is None else values * self.values
        values = values if self.rows is None else values[self.rows]
        return np.bincount(self.places, values, self.sizes[0] * self.sizes[1]).reshape(self.sizes)


Labels = tuple[np.ndarray, int, np.ndarray | None]  # (n,) codes, −1 where unknown; how many; what each row counts for


def pairs(groups: Sequence[Labels]) -> list[Pair]:
    """Pair each group with itself and with those after it."""
    starts = np.cumsum([0, *(size for _, size, _ in groups)]).tolist()
    return [
        _pair(starts[a], starts[b], groups[a], groups[b]) for a in range(len(groups)) for b in range(a, len(groups))
    ]


def _pair(top: int, left: int, one: Labels, other: Labels) -> Pair:
    known = (one[0] >= 0) & (other[0] >= 0)
    places = one[0] * other[1] + other[0]
    rows = None if known.all() else np.flatnonzero(known)
    counted = [values for *_, values in (one, other) if values is not None]
    values = np.prod(counted, axis=0) if counted else None
    return Pair((top, left), (one[1], other[1]), rows, places if rows is None else places[rows], values)


def table(found: Sequence[Pair], values: np.ndarray, size: int) -> np.ndarray:
    """Lay the sums of all pairs into (size, size): the upper blocks, and the diagonal ones.

    >>> groups = [(np.array([0, 1, 1]), 2, None), (np.array([0, 0, -1]), 1, None)]
    >>> table(pairs(groups), np.array([1.0, 2, 4]), 3).tolist()
    [[1.0, 0.0, 1.0], [0.0, 6.0, 2.0], [0.0, 0.0, 3.0]]
    """
    made = np.zeros((size, size))
    for one in found:
        (top, left), (high, wide) = one.starts, one.sizes
        made[top : top + high, left : left + wide] = one.sums(values)
    return made
