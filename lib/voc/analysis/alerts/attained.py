"""How much of the budget do whole numbers leave unused, and what threshold uses it?

A count of one a day, or three answers, jumps over a threshold: the chance of an alarm lies below the chance allowed, and where
few answers come no day can be an alarm at all. What sparse series cannot use is given to all: the threshold is raised until
the chances that looks truly have of an alarm, added up over all series, are those allowed. Nothing is drawn and nothing is
learned from what happened; the chances follow from what is expected of the last week.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from .looks import Judged, chance, tail
from .shares import chances_of

FINE = 400.0  # expected ones from which whole numbers hardly matter
MOST = 4.0  # times the allowed chance that the threshold is raised to at most
WEEK = 7

Steps = tuple[np.ndarray, np.ndarray]
"""The possible chances of one look, and how probable each is."""


def raised(looks: Sequence[Judged], n: Sequence[np.ndarray], allowed: float) -> float:
    """Return the chance below which a look is an alarm, so that looks at all series have ``allowed`` on average.

    Args:
        looks: one per span, (S, days); the last week of them counts. What is not judged uses nothing.
        n: beside each, the answers of a share's look; missing for counts.
        allowed: the chance of an alarm that each look may have.

    One contact a day: five or more come with a chance of .0037, called if .0021 is below the threshold; six or more, .0006. The budget
    of .001 does not pay for the former, so the threshold rises up to it:

    >>> one = np.ones((1, 7))
    >>> round(raised([Judged(1, one, one, one, one)], [np.full((1, 7), np.nan)], 0.001), 4)
    0.0021
    """
    series = len(looks[0].p) if looks else 0
    steps = [step for look, of in zip(looks, n, strict=True) for step in _steps(look, of)]
    if not series or not any(weight > 0 for weight, _ in steps):
        return allowed
    low, high = allowed, MOST * allowed
    if _attained(steps, high) <= allowed * series * len(looks):
        return high
    for _ in range(20):
        middle = float(np.sqrt(low * high))
        low, high = (middle, high) if _attained(steps, middle) <= allowed * series * len(looks) else (low, middle)
    return low


def _attained(steps: Sequence[tuple[float, Steps]], threshold: float) -> float:
    """Add up the chances of an alarm below a threshold; those of a continuous look are the threshold itself."""
    return sum(
        weight * (float(likely[chances <= threshold].sum()) if len(chances) else threshold)
        for weight, (chances, likely) in steps
    )


def _steps(look: Judged, n: np.ndarray) -> list[tuple[float, Steps]]:
    """Return weight and possible chances of the looks of the last week: of a span of a week the last one alone."""
    found = []
    days = min(WEEK, look.p.shape[1]) if look.span < WEEK else min(1, look.p.shape[1])
    for row in range(len(look.p)):
        for day in range(look.p.shape[1] - days, look.p.shape[1]):
            if np.isfinite(look.p[row, day]):
                mean, variance, of = (float(part[row, day]) for part in (look.expected, look.variance, n))
                found.append(
                    (1 / days, _of_share(mean, variance, of) if np.isfinite(of) else _of_count(mean, variance))
                )
    return found


def _of_count(mean: float, variance: float) -> Steps:
    if mean > FINE:
        return np.zeros(0), np.zeros(0)
    count = np.arange(np.ceil(mean + 12 * np.sqrt(variance) + 12) + 1)
    of, wide = np.full(len(count), mean), np.full(len(count), variance)
    reached = tail(count, of, wide)
    return chance(count, of, wide), reached - np.append(reached[1:], 0.0)


def _of_share(mean: float, variance: float, n: float) -> Steps:
    if mean > FINE or n - mean > 10 * FINE:
        return np.zeros(0), np.zeros(0)
    share = mean / n
    likely = chances_of(int(n), share, variance / max(mean * (1 - share), 1e-12))
    reached = np.cumsum(likely[::-1])[::-1]
    return (reached + np.append(reached[1:], 0.0)) / 2, likely
