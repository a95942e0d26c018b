"""Columns that say nothing beyond those before them: two measures that are unknown of the same contacts say that twice."""

from __future__ import annotations

import numpy as np

NOTHING_LEFT = 1e-9  # part of a column's spread that the columns before it leave; below, it is only rounding


def own(x: np.ndarray) -> np.ndarray:
    """Mark the columns of (n, p) that are no sum of the columns before them and a constant, which the cuts of a model are.

    >>> own(np.array([[1.0, 2, 1, 0], [2, 4, 1, 1], [3, 6, 1, 0]])).tolist()
    [True, False, False, True]
    """
    if not x.size:
        return np.ones(x.shape[1], bool)
    centred = x - x.mean(axis=0)
    left = centred.T @ centred  # what the columns leave of each other is swept out of it, column by column
    spread, size = np.diag(left).copy(), (x**2).sum(axis=0)
    kept = np.zeros(len(left), bool)
    for k in range(len(left)):
        kept[k] = left[k, k] > NOTHING_LEFT * max(spread[k], 1e-3 * size[k])
        if kept[k]:
            left = left - np.outer(left[:, k], left[k]) / left[k, k]
    return kept
