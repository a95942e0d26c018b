"""A logistic regression that can be read as a table of points: every feature is cut into classes, each with its points.

Classes in place of slopes, because the hazard of leaving is high soon after a contact and falls in no straight line. Points
are drawn to zero as a normal prior of standard deviation one would (ridge), so that a class in which everybody left, or
nobody, gets a finite number. Customers with the same classes are counted together: time and memory depend on how many kinds
of customers there are, not on how many customers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .scores import newton

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


@dataclass(frozen=True)
class Points:
    """Points (parts of a logit) per class of each term: ``terms`` name → points of missing, class 1, class 2, …"""

    start: float
    terms: Mapping[str, np.ndarray]
    levels: Mapping[str, Sequence[str]]

    def parts(self, state: pd.DataFrame) -> pd.DataFrame:
        """Return the points of each customer, a column a term."""
        codes = classes(state, self.levels)
        return pd.DataFrame({name: points[codes[name]] for name, points in self.terms.items()}, index=state.index)

    def chance(self, state: pd.DataFrame) -> np.ndarray:
        """Return each customer's chance of leaving."""
        codes = classes(state, self.levels)
        logit = np.full(len(state), self.start)
        for name, points in self.terms.items():
            logit += points[codes[name]]
        return 1 / (1 + np.exp(-np.clip(logit, -40, 40)))

    def stretched(self, intercept: float, slope: float) -> Points:
        """Return the same points recalibrated: every logit times ``slope`` plus ``intercept``."""
        terms = {name: points * slope for name, points in self.terms.items()}
        return Points(intercept + slope * self.start, terms, self.levels)


def levels_of(state: pd.DataFrame, labels: Sequence[str]) -> dict[str, list[str]]:
    """List the values of labels, to be learned from."""
    return {name: sorted(state[name].dropna().astype(str).unique()) for name in labels}


def classes(state: pd.DataFrame, levels: Mapping[str, Sequence[str]]) -> dict[str, np.ndarray]:
    """Number each feature's classes: 0 missing (or a label never seen), then the classes of ``EDGES`` or of ``levels``.

    >>> classes(pd.DataFrame({"since": [np.nan, 7.0, 8.0, 999.0]}), {})["since"].tolist()
    [0, 1, 2, 6]
    """
    made = {}
    for name in state.columns:
        if name in levels:
            made[name] = (
                pd.Index(levels[name]).get_indexer(state[name].astype(str).where(state[name].notna())) + 1
            ).astype(np.int16)
        elif name in EDGES:
            values = state[name].to_numpy(float)
            code = np.searchsorted(EDGES[name], values, side="left") + 1
            made[name] = np.where(np.isnan(values), 0, code).astype(np.int16)
    return made


def learn(state: pd.DataFrame, gone: np.ndarray, levels: Mapping[str, Sequence[str]], prior: float = 1.0) -> Points:
    """Learn points from customers and whether they left; ``prior`` is the standard deviation that points are expected to have.

    Raises nothing on separation, constant columns or classes without customers: their points stay finite or zero.
    """
    codes = classes(state, levels)
    sizes = {name: len(levels[name]) + 1 if name in levels else len(EDGES[name]) + 2 for name in codes}
    key = np.zeros(len(state), dtype=np.int64)
    for name, code in codes.items():  # renumbered after each feature, so that the product cannot overflow
        key = pd.factorize(key * sizes[name] + code)[0].astype(np.int64)
    kinds = int(key.max()) + 1
    one = np.zeros(kinds, dtype=np.int64)
    one[key[::-1]] = np.arange(len(state))[::-1]  # a customer of each kind
    n, k = np.bincount(key, minlength=kinds).astype(float), np.bincount(key, weights=gone, minlength=kinds)
    usual = {name: int(np.bincount(code, minlength=sizes[name]).argmax()) for name, code in codes.items()}
    columns = [(name, level) for name in codes for level in range(sizes[name]) if level != usual[name]]
    x = np.ones((kinds, 1 + len(columns)))
    for place, (name, level) in enumerate(columns, start=1):
        x[:, place] = codes[name][one] == level
    ridge = np.array([1e-6] + [prior**-2] * len(columns))
    found, _ = newton(x, k, ridge=ridge, n=n)
    terms = {name: np.zeros(sizes[name]) for name in codes}
    for place, (name, level) in enumerate(columns, start=1):
        terms[name][level] = found[place]
    return Points(float(found[0]), terms, dict(levels))
