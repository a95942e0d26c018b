"""What somebody could realistically do about a driver, and which contacts that would touch.

Nobody can halve all waits. What can be done: bring the contacts that wait longer than is usual for their kind to that, bring a
share to its target, or halve it where there is none. The effect of that on CSAT over all contacts is what a factor is ranked
by; how much a single contact of the better kind differs is told beside it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from ..rules import Target
from .model import Model, Points

OF_KIND = {"unsolved": lambda goal: 100 - goal, "replies": lambda goal: 100 - goal}
"""Drivers whose metric counts the opposite: what their target means for them."""
HALF, FEWEST_OF_KIND = 0.5, 5


@dataclass(frozen=True)
class Policy:
    """A realistic change: values before and after for every answer, the part of the treated it reaches, its words.

    ``low`` and ``high`` are the driver now and afterwards among the treated (in its unit; of yes/no its share in per cent).
    """

    before: np.ndarray
    after: np.ndarray
    reach: float
    treated: np.ndarray
    now: float
    then: float
    change: str

    def effect(self, made: Model) -> Points:
        """Return the points of CSAT over all contacts that know the driver."""
        all_of_it = made.points(self.before, self.after)
        return Points(self.reach * all_of_it.value, self.reach * all_of_it.se)


def policy_of(made: Model, goals: Mapping[str, Target]) -> Policy:
    """Choose what a driver would realistically be changed to; ``goals`` are the targets by metric."""
    return _of_share(made, goals) if made.driver.yes_no else _of_amount(made)


def _of_share(made: Model, goals: Mapping[str, Target]) -> Policy:
    """Bring what is so to its target; halve it where there is none, or where it is reached."""
    u, driver = made.u, made.driver
    now, target = 100 * float(u @ made.share), goals.get(driver.metric)
    goal = target.goal if target is not None else None
    then = None if goal is None else float(OF_KIND.get(driver.name, float)(goal))
    aimed = then is not None and then < now
    to = then if aimed else HALF * now
    words = f"from {now:.0f}% to {to:.0f}% of contacts" + (", the target" if aimed else ", half as often")
    return Policy(u, np.zeros(len(u)), (now - to) / now, u > 0, now, to, words)


def _of_amount(made: Model) -> Policy:
    """Bring the contacts on the wrong side of what is usual for their kind to that."""
    u, driver = made.u, made.driver
    usual = medians(u, made.answers.kind[made.rows])
    more = driver.aim >= 0
    after = np.maximum(u, usual) if more else np.minimum(u, usual)
    treated = after != u
    raw = made.answers.frame.get(f"raw_{driver.name}")
    values = u if raw is None else raw.to_numpy(float)[made.rows]
    factor = np.exp(after - u) if driver.is_time else None
    reached = values * factor if factor is not None else after
    now, then = (float(np.median(v[treated])) if treated.any() else np.nan for v in (values, reached))
    if not driver.is_time:
        return Policy(u, after, 1.0, treated, now, then, "those below what is usual for their kind brought to it")
    side = "the shorter half taking as long" if more else "the slower half being as fast"
    return Policy(u, after, 1.0, treated, now, then, f"{side} as is usual for its kind")


def medians(u: np.ndarray, kind: np.ndarray) -> np.ndarray:
    """Return the middle of each row's kind; of kinds with few rows that of all.

    >>> medians(np.array([1.0, 2, 3, 4, 5, 90]), np.array([0, 0, 0, 0, 0, 1])).tolist()
    [3.0, 3.0, 3.0, 3.0, 3.0, 3.5]
    """
    order = np.lexsort((u, kind))
    sizes = np.bincount(kind)
    starts = np.cumsum(sizes) - sizes
    low, high = starts + (np.maximum(sizes, 1) - 1) // 2, starts + sizes // 2
    ordered = u[order]
    middle = (ordered[np.minimum(low, len(u) - 1)] + ordered[np.minimum(high, len(u) - 1)]) / 2
    middle[sizes < FEWEST_OF_KIND] = np.median(u)
    return middle[kind]


def per_contact(made: Model) -> Points:
    """Return the points for one contact moved well: yes to no, or from the worse to the better quarter of its kind."""
    u, driver = made.u, made.driver
    if driver.yes_no:
        return made.points(np.ones(len(u)), np.zeros(len(u)))
    usual = medians(u, made.answers.kind[made.rows])
    low, high = np.quantile(u - usual, (0.25, 0.75))
    worse, better = (low, high) if driver.aim >= 0 else (high, low)
    return made.points(usual + worse, usual + better)
