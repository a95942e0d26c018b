"""Moments from which a forecast of leaving is learned, and the one at which it is tested, such that none peeks ahead.

Customers active at a moment (a landmark) are described by what was known then, and followed for so many days (van
Houwelingen, Scandinavian Journal of Statistics 34, 2007). The test lies at the last landmark whose days are complete; what
is learned for it ends before it begins, just as today's forecast may know nothing of the days ahead.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from ..chances.points import Points, learn
from ..chances.scores import Calibration, calibration, recalibrated
from .classes import classes, sizes_of
from .state import Known, gone_within, state

STEP = 30  # days between landmarks
MOST = 8  # landmarks
BACK, LEAST_BACK = 365, 30  # days that a landmark looks back, at most and at least
FEWEST = 30  # who left, to learn or to judge from
QUIET = 10  # leavers that are missing at the end of the list, beyond which it is older than the contacts


@dataclass(frozen=True)
class Landmark:
    """Customers active at one moment: the numbers of their classes, their rows, and whether they left in time."""

    at: float
    rows: np.ndarray
    codes: Mapping[str, np.ndarray]
    gone: np.ndarray


@dataclass(frozen=True)
class Plan:
    """When: ``test`` (the landmark whose days are just complete), ``train`` (those before it, latest last), days back."""

    test: float
    train: tuple[float, ...]
    back: float


@dataclass(frozen=True)
class Fitted:
    """What was learned: points, share who left, how many left, and whether it was recalibrated on the last landmark."""

    points: Points
    base: float
    left: int
    recalibrated: Calibration | None


def told_until(of: Known) -> float:
    """Return until when leaving is known: the end, or the last leaver where the list of customers is plainly older than the contacts."""
    left = of.customers["left"].dropna().sort_values().to_numpy()
    left = left[left >= of.first]
    if len(left) < FEWEST:
        return of.end
    rate = len(left) / max(left[-1] - of.first, 1.0)
    return float(left[-1]) if (of.end - left[-1]) * rate > QUIET else of.end


def planned(first: float, until: float, days: float) -> Plan | None:
    """Lay landmarks: those to learn from end before the test begins, and all look back equally far; None if too short.

    >>> planned(0, 730, 90)
    Plan(test=640, train=(370, 400, 430, 460, 490, 520, 550), back=365)
    """
    back = min(BACK, max(until - first - 3 * days, 0))
    if back < LEAST_BACK:
        return None
    test = until - days
    last = test - days
    count = min(MOST, int((last - back - first) // STEP) + 1)
    return Plan(test, tuple(last - STEP * i for i in reversed(range(count))), back)


def landmark(of: Known, at: float, days: float, back: float, levels: Mapping[str, Sequence[str]]) -> Landmark:
    """Describe the customers active at one moment by their classes, and tell who left within so many days."""
    described = state(of, at, back)
    codes = classes(described, levels)
    return Landmark(at, described.index.to_numpy(), codes, gone_within(of, described, at, days))


def fitted(
    marks: Sequence[Landmark], days: float, levels: Mapping[str, Sequence[str]], rng: np.random.Generator
) -> Fitted:
    """Learn from landmarks, and hold what was learned from the earlier ones against the last.

    Where chances learned before it are plainly too high, too low or too far apart there, they are recalibrated on it;
    where not, all landmarks are learned from.
    """
    sizes = sizes_of(marks[0].codes, levels)
    gone = np.concatenate([mark.gone for mark in marks])
    base, left = float(gone.mean()), int(gone.sum())
    last = marks[-1]
    before = [mark for mark in marks[:-1] if mark.at + days <= last.at]
    if sum(mark.gone.sum() for mark in before) >= FEWEST and last.gone.sum() >= FEWEST:
        earlier = learn(*_together(before), sizes, rng)
        chance = earlier.chance(last.codes)
        off = calibration(chance, last.gone)
        if off.wrong:
            return Fitted(earlier.stretched(*recalibrated(chance, last.gone)), base, left, off)
    return Fitted(learn(*_together(marks), sizes, rng), base, left, None)


def _together(marks: Sequence[Landmark]) -> tuple[dict[str, np.ndarray], np.ndarray]:
    codes = {name: np.concatenate([mark.codes[name] for mark in marks]) for name in marks[0].codes}
    return codes, np.concatenate([mark.gone for mark in marks])
