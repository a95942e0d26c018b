"""Weights that let the answers stand for a whole: kinds of contact, raking, and how many answers the weighted ones are worth.

Contacts come as cells: one row per combination of what is known of everybody, with its counts. Each answer of a cell
gets the same weight, chosen so that the weighted answers agree with the whole in every margin (raking: Deming &
Stephan 1940; Deville & Särndal 1992). What too few answered is pooled with its like before, because a handful of
answers must not speak for hundreds of contacts (Kalton & Flores-Cervantes, Journal of Official Statistics 19(2),
2003).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

FEWEST = 20  # answers of a kind of contact or a level of a margin, below which it is pooled
NEAR, MOST_ROUNDS = 1e-6, 300
REST = "(others)"


@dataclass(frozen=True)
class Weighted:
    """Weights per answer of each cell, the margins they agree in, and how many equal answers they are worth."""

    weights: np.ndarray
    margins: tuple[str, ...]
    effective: float


def kinds(cells: pd.DataFrame, factors: Sequence[str], fewest: int = FEWEST) -> pd.Series:
    """Name each cell's kind of contact: its levels joined; kinds of few answers are pooled, the last factor first.

    ``cells``: the factors and ``answered`` (count). Where the whole has fewer answers than ``fewest``, all is one kind.

    >>> cells = pd.DataFrame({"a": ["x", "x", "y", "y"], "b": ["1", "2", "1", "2"], "answered": [30, 5, 25, 40]})
    >>> kinds(cells, ["a", "b"]).tolist()
    ['x|(others)', 'x|(others)', 'y|1', 'y|2']
    """
    kind = _joined(cells, factors, len(factors))
    for depth in range(len(factors) - 1, -1, -1):
        kind = _pool(cells["answered"], kind, _joined(cells, factors, depth), fewest)
    return kind


def _joined(cells: pd.DataFrame, factors: Sequence[str], depth: int) -> pd.Series:
    """Join the levels of the first ``depth`` factors; the others are pooled."""
    parts = [cells[name].astype("str") for name in factors[:depth]]
    parts += [pd.Series(REST, index=cells.index)] * (depth < len(factors) or not factors)
    return parts[0].str.cat(parts[1:], sep="|") if len(parts) > 1 else parts[0]


def pooled(cells: pd.DataFrame, level: pd.Series, fewest: int = FEWEST) -> pd.Series:
    """Pool the levels of one margin that fewer than ``fewest`` answered; where the pool itself is thin, the next one joins.

    >>> cells = pd.DataFrame({"answered": [40, 3, 30, 0]})
    >>> pooled(cells, pd.Series(["a", "b", "c", "d"])).tolist()
    ['a', '(others)', '(others)', '(others)']
    """
    return _pool(cells["answered"], level.astype("str"), pd.Series(REST, index=cells.index), fewest)


def _pool(answered: pd.Series, level: pd.Series, parent: pd.Series, fewest: int) -> pd.Series:
    """Rename levels with few answers to their parent's; a pool that is thin takes in the parent's smallest other level."""
    levels = answered.groupby([parent.rename("parent"), level.rename("level")]).sum().reset_index(name="n")
    thin = levels["n"] < fewest
    pool = levels["n"].where(thin, 0).groupby(levels["parent"]).transform("sum")
    short = thin.groupby(levels["parent"]).transform("any") & (pool < fewest) & ~thin
    next_one = levels[short].sort_values(["n", "level"]).drop_duplicates("parent").index
    thin[next_one] = True
    return level.where(~level.isin(levels["level"][thin]), parent)


def weigh(cells: pd.DataFrame, margins: Mapping[str, pd.Series], whole: str = "contacts") -> Weighted:
    """Weigh the answers so that they agree with the whole in each margin.

    ``cells``: ``answered`` and ``whole`` (counts per cell); ``margins``: name → level of each cell. A margin of one
    level, or one that cannot be brought to agree with those before it, is left out. The effective number of answers is
    Kish's (Σw)² ÷ Σw² (Survey Sampling, 1965, 11.7): unequal weights make answers worth fewer.

    >>> cells = pd.DataFrame({"answered": [30, 10], "contacts": [50, 50]})
    >>> found = weigh(cells, {"kind": pd.Series(["a", "b"])})
    >>> [round(float(w), 4) for w in found.weights], round(found.effective, 1)
    ([1.6667, 5.0], 30.0)
    """
    answered, total = cells["answered"].to_numpy(float), cells[whole].to_numpy(float)
    kept: dict[str, np.ndarray] = {}
    weights = np.full(len(cells), total.sum() / answered.sum())
    for name, levels in margins.items():
        codes = pd.factorize(levels.astype("str"), sort=True)[0]
        found = _raked(answered, total, [*kept.values(), codes]) if codes.max(initial=0) > 0 else None
        if found is not None:
            kept[name], weights = codes, found
    return Weighted(weights, tuple(kept), float((answered @ weights) ** 2 / (answered @ weights**2)))


def _raked(answered: np.ndarray, total: np.ndarray, margins: Sequence[np.ndarray]) -> np.ndarray | None:
    """Fit the weights to one margin after the other until all agree; None where they do not."""
    wanted = [np.bincount(codes, total) for codes in margins]
    if any((np.bincount(codes, answered) == 0)[want > 0].any() for codes, want in zip(margins, wanted, strict=True)):
        return None
    weights = np.ones(len(total))
    for _ in range(MOST_ROUNDS):
        worst = 0.0
        for codes, want in zip(margins, wanted, strict=True):
            have = np.bincount(codes, answered * weights)
            factor = np.divide(want, have, out=np.zeros_like(want), where=have > 0)
            worst = max(worst, float(np.abs(factor[want > 0] - 1).max(initial=0)))
            weights = weights * factor[codes]
        if worst < NEAR:
            return weights
    return None
