"""A logistic regression that can be read as a table of points: every feature is cut into classes, each with its points.

Classes in place of slopes, because the hazard of leaving is high soon after a contact and falls in no straight line. Points
are drawn to zero as a normal prior would (ridge), so that a class in which everybody left, or
nobody, gets a finite number. Customers with the same classes are counted together: time and memory depend on how many kinds
of customers there are, not on how many customers.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .scores import newton

PRIOR = 0.2  # standard deviation of points: sixty classes are learned at once, from a few hundred leavers
FLAG = (0.5,)
EDGES: Mapping[str, tuple[float, ...]] = {
    "since": (7, 30, 60, 90, 180),
    "since_first": (30, 60, 90, 180),
    "tenure": (90, 180, 365, 730),
    "contacts_30": (0, 1, 2),
    "contacts_90": (0, 1, 2),
    "contacts": (0, 1, 2, 4),
    "trouble_90": (0, 1),
    "trouble": (0, 1, 2),
    "trouble_share": (0, 0.5),
    "ignored": (0, 1),
    "last_score": (2, 3),
    "last_slow": FLAG,
    "last_unsolved": FLAG,
    "last_opened_again": FLAG,
    "last_unanswered": FLAG,
    "last_silent_after_trouble": FLAG,
    "first_slow": FLAG,
    "first_unsolved": FLAG,
    "pending": FLAG,
}
"""The upper ends of each feature's classes; the last class is open, and a missing value is a class of its own."""


MOST_STAYERS = 200_000  # to learn from; of more a part is drawn, each of whom counts for several


@dataclass(frozen=True)
class Points:
    """Points (parts of a logit) per class of each term: ``terms`` name → points of missing, class 1, class 2, …"""

    start: float
    terms: Mapping[str, np.ndarray]

    def parts(self, codes: Mapping[str, np.ndarray]) -> pd.DataFrame:
        """Return the points of each customer, a column a term, from the numbers of their classes."""
        return pd.DataFrame({name: points[codes[name]] for name, points in self.terms.items()})

    def chance(self, codes: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return each customer's chance of leaving."""
        logit = self.start + sum(points[codes[name]] for name, points in self.terms.items())
        return 1 / (1 + np.exp(-np.clip(logit, -40, 40)))

    def stretched(self, intercept: float, slope: float) -> Points:
        """Return the same points recalibrated: every logit times ``slope`` plus ``intercept``."""
        return Points(intercept + slope * self.start, {name: points * slope for name, points in self.terms.items()})


def classes(state: pd.DataFrame, levels: Mapping[str, Sequence[str]]) -> dict[str, np.ndarray]:
    """Number each feature's classes: 0 missing (or a label never seen), then the classes of ``EDGES`` or of ``levels``.

    >>> classes(pd.DataFrame({"since": [np.nan, 7.0, 8.0, 999.0]}), {})["since"].tolist()
    [0, 1, 2, 6]
    """
    made = {}
    for name in state.columns:
        if name in levels:
            texts = state[name].astype(object).where(state[name].notna(), None)
            made[name] = (pd.Index(levels[name], dtype=object).get_indexer(texts) + 1).astype(np.int16)
        elif name in EDGES:
            values = state[name].to_numpy(float)
            code = np.searchsorted(EDGES[name], values, side="left") + 1
            made[name] = np.where(np.isnan(values), 0, code).astype(np.int16)
    return made


def sizes_of(names: Iterable[str], levels: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return how many classes each feature has, the missing one included."""
    return {name: len(levels[name]) + 1 if name in levels else len(EDGES[name]) + 2 for name in names}


def learn(
    codes: Mapping[str, np.ndarray],
    gone: np.ndarray,
    sizes: Mapping[str, int],
    rng: np.random.Generator,
    prior: float = PRIOR,
) -> Points:
    """Learn points from the numbers of customers' classes and whether they left.

    ``prior`` is the standard deviation that points are expected to have. Separation, constant features and classes
    without customers are no error: their points stay finite, or nought.
    """
    rows, weight = _drawn(np.asarray(gone, bool), rng)
    kind, one = _kinds({name: code[rows] for name, code in codes.items()}, sizes)
    n = np.bincount(kind, weights=weight, minlength=len(one))
    k = np.bincount(kind, weights=weight * gone[rows], minlength=len(one))
    rows = rows[one]
    columns = []
    for name, code in codes.items():
        often = np.bincount(code[rows], weights=n, minlength=sizes[name])
        there = np.flatnonzero(often)
        columns += [(name, level) for level in there if level != often.argmax()]
    x = np.ones((len(rows), 1 + len(columns)))
    for place, (name, level) in enumerate(columns, start=1):
        x[:, place] = codes[name][rows] == level
    found, _ = newton(x, k, ridge=np.array([1e-6] + [prior**-2] * len(columns)), n=n)
    terms = {name: np.zeros(sizes[name]) for name in codes}
    for place, (name, level) in enumerate(columns, start=1):
        terms[name][level] = found[place]
    return Points(float(found[0]), terms)


def _drawn(gone: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return which rows are learned from, and for how many each counts: all leavers and at most so many stayers."""
    stayers = np.flatnonzero(~gone)
    if len(stayers) <= MOST_STAYERS:
        return np.arange(len(gone)), np.ones(len(gone))
    some = rng.choice(stayers, MOST_STAYERS, replace=False)
    rows = np.sort(np.concatenate([np.flatnonzero(gone), some]))
    return rows, np.where(gone[rows], 1.0, len(stayers) / MOST_STAYERS)


def _kinds(codes: Mapping[str, np.ndarray], sizes: Mapping[str, int]) -> tuple[np.ndarray, np.ndarray]:
    """Number the kinds of customers (the same classes throughout); return each one's kind and one customer of each."""
    key = np.zeros(len(next(iter(codes.values()))), dtype=np.int64)
    room = 1
    for name, code in codes.items():
        if room > 2**62 // sizes[name]:  # renumbered before the product could overflow
            key = pd.factorize(key)[0].astype(np.int64)
            room = int(key.max()) + 1
        key = key * sizes[name] + code
        room *= sizes[name]
    kind, _ = pd.factorize(key)
    one = np.zeros(int(kind.max()) + 1, dtype=np.int64)
    one[kind[::-1]] = np.arange(len(kind))[::-1]
    return kind, one
