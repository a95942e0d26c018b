"""When did a level change, to what, and how sure is that: the best partition of a series into levels, found exactly.

Each level costs its weighted squares around its mean, each change a penalty; optimal partitioning (Jackson et al., IEEE
Signal Processing Letters 12, 2005) finds the cheapest partition at every possible place, the one that ``ruptures`` gives
with ``jump=1`` and that PELT (Killick, Fearnhead & Eckley, JASA 107, 2012) finds sooner in long series. Series here have at
most a few hundred places, and their variances are known. The penalty comes from the false alarms allowed (``penalty``).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from ..intervals import Z

LEAST = 2  # places in a level
_DRAWS = 4000
HELD = 0.95


@dataclass(frozen=True)
class Level:
    """The last change of a series.

    ``start`` is the place it most likely began, between ``earliest`` and ``latest`` with 95 %; ``before`` and ``after`` are the
    levels, ``size`` their difference with ``lo`` and ``hi`` (95 %); ``gain`` what the change saves, in squares.
    """

    start: int
    earliest: int
    latest: int
    before: float
    after: float
    size: float
    lo: float
    hi: float
    gain: float


def partition(values: np.ndarray, variances: np.ndarray, price: float, least: int = LEAST) -> list[int]:
    """Return where levels begin, the first at 0: the partition of least cost, exactly.

    Args:
        values: (T,) numbers; missing ones belong to any level.
        variances: (T,) or a number, known.
        price: what a change costs, in squares of standard deviations.
        least: known or missing places that a level has at least.

    >>> partition(np.array([0.0, 0.1, -0.1, 5.0, 5.1, 4.9]), np.ones(6), 8.0)
    [0, 3]
    """
    back = _links(values, variances, price, least)
    return _followed(back, len(values)) if len(values) else []


def last_change(values: np.ndarray, variances: np.ndarray, price: float, least: int = LEAST) -> Level | None:
    """Return the last change of level, or None where no change is worth its price.

    The span of its start holds 95 % of the likelihood of all places between the change before and the end.

    >>> found = last_change(np.array([0.0, 0.0, 0.0, 0.0, 6.0, 6.0, 6.0, 6.0]), np.ones(8), 9.0)
    >>> found.start, found.earliest, found.latest, found.size, round(float(found.hi - found.size), 2)
    (4, 4, 4, 6.0, 1.39)
    """
    return changes_at(values, variances, price, [len(values)], least)[0]


def changes_at(
    values: np.ndarray, variances: np.ndarray, price: float, ends: Sequence[int], least: int = LEAST
) -> list[Level | None]:
    """Return the last change as it was seen after each of several places: the best partitions of all beginnings are found in one go."""
    back = _links(values, variances, price, least)
    return [
        _last(values[:end], np.broadcast_to(variances, values.shape)[:end], _followed(back, end), least) for end in ends
    ]


def _links(values: np.ndarray, variances: np.ndarray, price: float, least: int) -> np.ndarray:
    """Return for each place where the last level of the best partition before it begins; −1 where there is none."""
    weight, first, second = _sums(values, variances)
    best, back = np.full(len(values) + 1, np.inf), np.full(len(values) + 1, -1)
    best[0] = -price
    for end in range(least, len(values) + 1):
        begin = np.arange(0, end - least + 1)
        cost = best[begin] + _cost(weight, first, second, begin, end) + price
        at = int(cost.argmin())
        best[end] = cost[at]
        back[end] = begin[at] if np.isfinite(cost[at]) else -1
    return back


def _followed(back: np.ndarray, end: int) -> list[int]:
    """Return where the levels of the best partition before ``end`` begin."""
    starts = []
    while end > 0:
        end = int(back[end])
        starts.append(max(end, 0))
    return starts[::-1]


def _last(values: np.ndarray, variances: np.ndarray, starts: list[int], least: int) -> Level | None:
    """Describe the last of the changes."""
    if len(starts) < 2:
        return None
    begin, start, end = starts[-2], starts[-1], len(values)
    weight, first, second = _sums(values, variances)
    tried = np.arange(begin + least, end - least + 1)
    whole = float(_cost(weight, first, second, np.array([begin]), end)[0])
    left = np.array([_cost(weight, first, second, np.array([begin]), place)[0] for place in tried])
    split = left + _cost(weight, first, second, tried, end)
    chance = np.exp(-0.5 * (split - split.min()))
    held = tried[np.argsort(-chance, kind="stable")]
    needed = int(np.searchsorted(np.cumsum(np.sort(chance / chance.sum())[::-1]), HELD)) + 1
    near = held[:needed]
    before, after = (_mean(weight, first, a, b) for a, b in ((begin, start), (start, end)))
    error = np.sqrt(1 / (weight[start] - weight[begin]) + 1 / (weight[end] - weight[start]))
    size = after - before
    return Level(
        start, int(near.min()), int(near.max()), before, after, size, size - Z * error, size + Z * error,
        whole - float(split[tried == start][0]),
    )  # fmt: skip


@lru_cache(maxsize=64)
def penalty(a_month: float, looks: int = 4, places: int = 104, recent: int = 13, seed: int = 1) -> float:
    """Return the price of a change so that a series without any is called falsely ``a_month`` times.

    A month has ``looks`` looks, each after one more place; called is a series whose last ``recent`` places hold a rise worth
    its price, if the month before did not call it (falls are no alerts, so they cost nothing of the budget). The largest gains of
    four thousand pairs of months of white noise are drawn; beyond the largest few the tail of a chi-square is continued (its
    slope in the square is one half).

    >>> penalty(0.001) > penalty(0.01) > penalty(0.1) > 3
    True
    """
    if not 0 < a_month < 1:
        raise ValueError(f"a series can be called falsely between 0 and 1 times a month, not {a_month}")
    earlier, now = _null_gains(looks, places, recent, seed)
    prices = np.sort(now)
    fresh = ((now > prices[:, None]) & (earlier <= prices[:, None])).mean(axis=1)
    reach = max(a_month, 20 / _DRAWS)
    reach = min(reach, float(fresh.max()))  # more calls than the most are not to be had at any price
    at = float(prices[np.flatnonzero(fresh >= reach)[-1]])
    return at + 2.0 * max(float(np.log(reach / a_month)), 0.0)


def _null_gains(looks: int, places: int, recent: int, seed: int) -> tuple[np.ndarray, np.ndarray]:
    """Draw the largest gains by a rise in two months of looks, one after the other, at series without a change."""
    rng = np.random.default_rng(seed)
    noise = np.cumsum(rng.normal(size=(_DRAWS, places + 2 * looks)), axis=1)
    best = [np.zeros(_DRAWS), np.zeros(_DRAWS)]
    for at, end in enumerate(range(places, places + 2 * looks)):
        for late in range(LEAST, min(recent, end - LEAST) + 1):
            head = noise[:, end - late - 1]
            gap = (noise[:, end - 1] - head) / late - head / (end - late)
            best[at // looks] = np.maximum(best[at // looks], np.maximum(gap, 0.0) ** 2 / (1 / late + 1 / (end - late)))
    return best[0], best[1]


def _sums(values: np.ndarray, variances: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    known = np.isfinite(values)
    weight = np.where(known, 1 / np.broadcast_to(variances, values.shape), 0.0)
    filled = np.where(known, values, 0.0)
    added = (np.cumsum(np.append(0.0, weight * filled**power)) for power in (0, 1, 2))
    weights, first, second = added
    return weights, first, second


def _cost(weight: np.ndarray, first: np.ndarray, second: np.ndarray, begin: np.ndarray, end: int) -> np.ndarray:
    """Return the weighted squares around the mean from each begin to before the end; infinite where nothing is known."""
    w, s, q = (part[end] - part[begin] for part in (weight, first, second))
    return np.where(w > 0, np.maximum(q - s**2 / np.maximum(w, 1e-12), 0.0), np.inf)


def _mean(weight: np.ndarray, first: np.ndarray, begin: int, end: int) -> float:
    return float((first[end] - first[begin]) / (weight[end] - weight[begin]))
