"""A logistic regression that can be read as a table of points: every feature is cut into classes, each with its points.

Classes in place of slopes, because hardly any hazard follows a straight line: that of leaving is high soon after a contact.
Points are drawn to zero as a normal prior would (ridge), so that a class in which it happened always, or never, gets a finite
number. Cases with the same classes are counted together: time and memory depend on how many kinds there are, not how many cases.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .scores import newton

PRIOR = 0.2  # standard deviation of points: sixty classes are learned at once, from a few hundred that happened
MOST_OTHERS = (
    200_000  # where it did not happen, to learn from; of more a part is drawn, each of which counts for several
)


@dataclass(frozen=True)
class Points:
    """Points (parts of a logit) per class of each term: ``terms`` name → points of missing, class 1, class 2, …"""

    start: float
    terms: Mapping[str, np.ndarray]

    def parts(self, codes: Mapping[str, np.ndarray]) -> pd.DataFrame:
        """Return the points of each case, a column a term, from the numbers of their classes."""
        return pd.DataFrame({name: points[codes[name]] for name, points in self.terms.items()})

    def chance(self, codes: Mapping[str, np.ndarray]) -> np.ndarray:
        """Return the chance of each case that it happens."""
        logit = self.start + sum(points[codes[name]] for name, points in self.terms.items())
        return 1 / (1 + np.exp(-np.clip(logit, -40, 40)))

    def stretched(self, intercept: float, slope: float) -> Points:
        """Return the same points recalibrated: every logit times ``slope`` plus ``intercept``."""
        return Points(intercept + slope * self.start, {name: points * slope for name, points in self.terms.items()})


def learn(
    codes: Mapping[str, np.ndarray],
    happened: np.ndarray,
    sizes: Mapping[str, int],
    rng: np.random.Generator,
    prior: float = PRIOR,
) -> Points:
    """Learn points from the numbers of the classes of each case and whether it happened.

    ``prior`` is the standard deviation that points are expected to have. Separation, constant features and classes
    without cases are no error: their points stay finite, or nought.
    """
    rows, weight = _drawn(np.asarray(happened, bool), rng)
    kind, one = _kinds({name: code[rows] for name, code in codes.items()}, sizes)
    n = np.bincount(kind, weights=weight, minlength=len(one))
    k = np.bincount(kind, weights=weight * happened[rows], minlength=len(one))
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


def _drawn(happened: np.ndarray, rng: np.random.Generator) -> tuple[np.ndarray, np.ndarray]:
    """Return which rows are learned from, and for how many each counts: all where it happened and at most so many others."""
    others = np.flatnonzero(~happened)
    if len(others) <= MOST_OTHERS:
        return np.arange(len(happened)), np.ones(len(happened))
    some = rng.choice(others, MOST_OTHERS, replace=False)
    rows = np.sort(np.concatenate([np.flatnonzero(happened), some]))
    return rows, np.where(happened[rows], 1.0, len(others) / MOST_OTHERS)


def _kinds(codes: Mapping[str, np.ndarray], sizes: Mapping[str, int]) -> tuple[np.ndarray, np.ndarray]:
    """Number the kinds of cases (the same classes throughout); return each one's kind and one case of each."""
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
