"""What an ordinal model is fitted to: scores, columns, labels, weights, and who answered."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

FREE = 0.05  # λ of labels that are no persons: a prior deviation of 4.5 logits, so that a label all alike stays finite


@dataclass(frozen=True)
class Group:
    """Labels of one kind: (n,) codes 0 … size − 1 (−1: unknown, no effect), and how strongly they are drawn to nought.

    With ``values`` each label has a slope along them instead of a level.
    """

    name: str
    codes: np.ndarray
    size: int
    pull: float = FREE
    values: np.ndarray | None = None


@dataclass(frozen=True)
class Design:
    """What an ordinal model is fitted to.

    Attributes:
        y: (n,) codes of the score, 0 … levels − 1, each occurring.
        x: (n, p) columns with free coefficients.
        groups: labels.
        weight: (n,) weights of mean one, or None.
        cluster: (n,) codes of who answered.
    """

    y: np.ndarray
    x: np.ndarray
    groups: Sequence[Group]
    cluster: np.ndarray
    weight: np.ndarray | None = None

    def ones(self) -> csr_array:
        """Lay the labels out as a sparse matrix of ones: (n, labels of all groups)."""
        n, start, rows, columns, ones = len(self.y), 0, [], [], []
        for group in self.groups:
            known = np.flatnonzero(group.codes >= 0)
            rows.append(known)
            columns.append(group.codes[known] + start)
            ones.append(np.ones(len(known)) if group.values is None else group.values[known])
            start += group.size
        at = (np.concatenate(rows), np.concatenate(columns)) if rows else (np.empty(0, int), np.empty(0, int))
        return csr_array((np.concatenate(ones) if ones else np.empty(0), at), shape=(n, start))
