"""When did a theme begin, and has it ended: not a day, but the span of weeks in which the beginning lies.

The likelihood of every beginning and end is worked out under two shapes, a step and a steady rise, with a Poisson count of
voices in proportion to all voices of the week. Taken together with equal weight beforehand they give the weeks between
which the beginning lies with 95 % (Smith, Biometrika 62, 1975), widened by how restless the counts are.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...data.periods import Period

ROUNDS = 20  # of the fit of level and rise; further ones move the likelihood by less than a tenth
SURE_PART = 0.95


@dataclass(frozen=True)
class Onset:
    """Between which periods a theme began (numbers, both included), whether it has ended, and between which.

    ``ended`` is the chance that it was over before the last period; ``end_first`` and ``end_last`` are −1 while it is
    below one half.
    """

    first: int
    last: int
    likeliest: int
    ended: float = 0.0
    end_first: int = -1
    end_last: int = -1


def locate(counts: np.ndarray, whole: np.ndarray, restless: float = 1.0, earliest: int = 1) -> Onset:
    """Locate the beginning (and end) of a rise.

    Args:
        counts: (periods,) voices of the theme; whole: (periods,) all voices.
        restless: how many times wider than Poisson the counts swing (standard deviations).
        earliest: first period that is tried as the beginning.

    Example:
        >>> found = locate(np.array([0] * 20 + [9] * 12), np.full(32, 300))
        >>> found.first, found.last, found.ended < 0.2
        (20, 20, True)
    """
    periods = len(counts)
    starts, ends = np.triu_indices(periods)
    kept = starts >= earliest
    starts, ends = starts[kept], ends[kept] + 1
    at = np.arange(periods)[None, :]
    inside = (at >= starts[:, None]) & (at < ends[:, None])
    rise = np.where(inside, at - starts[:, None] + 1, 0) / np.maximum(ends - starts, 1)[:, None]
    still = ends == periods
    log = np.stack([_likelihood(counts, whole, shape) for shape in (inside.astype(float), rise)]) / restless**2
    log = np.where(still | ((ends - starts) >= 2), log, -np.inf)  # one lone week is no theme that came and went
    prior = np.where(still, 0.0, -np.log(max(periods / 2, 1)))  # as likely still on as ended in any of the weeks
    weight = np.exp(log + prior - (log + prior).max()).sum(axis=0)
    weight /= weight.sum()
    begin = np.bincount(starts, weight, minlength=periods)
    over = np.bincount(ends - 1, weight * ~still, minlength=periods)
    first, last = _span(begin)
    ended = float(over.sum())
    end = _span(over / ended) if ended > 0.5 else (-1, -1)
    return Onset(first, last, int(begin.argmax()), ended, *end)


def _likelihood(counts: np.ndarray, whole: np.ndarray, shape: np.ndarray) -> np.ndarray:
    """Return the best Poisson log-likelihood of each row's shape: expected = whole × (a + b × shape), a and b ≥ 0."""
    n, k = whole[None, :].astype(float), counts[None, :].astype(float)
    share = k.sum() / max(n.sum(), 1)
    a, b = np.full((len(shape), 1), share / 2), np.full((len(shape), 1), share)
    exposed = np.maximum((n * shape).sum(axis=1, keepdims=True), 1e-9)
    for _ in range(ROUNDS):  # expectation–maximisation of a sum of two Poisson sources
        ratio = np.divide(k, n * (a + b * shape), out=np.zeros_like(n * shape), where=n * (a + b * shape) > 0)
        a = a * (n * ratio).sum(axis=1, keepdims=True) / max(n.sum(), 1)
        b = b * (n * shape * ratio).sum(axis=1, keepdims=True) / exposed
    mean = np.maximum(n * (a + b * shape), 1e-9)
    return (k * np.log(mean) - mean).sum(axis=1)


def _span(chance: np.ndarray) -> tuple[int, int]:
    """Return the ends of the likeliest periods that hold 95 % together."""
    order = np.argsort(-chance, kind="stable")
    needed = int(np.searchsorted(np.cumsum(chance[order]), SURE_PART)) + 1
    held = order[:needed]
    return int(held.min()), int(held.max())


def words_of(first: int, last: int, periods: Sequence[Period]) -> str:
    """Say between which days a beginning lies.

    >>> weeks = [Period.parse(f"2026-W{week}") for week in (29, 30, 31)]
    >>> words_of(0, 0, weeks), words_of(0, 2, weeks)
    ('in the week of 13 July 2026', 'between 13 July 2026 and 2 August 2026')
    """
    if first == last:
        return f"in {periods[first].words}"
    end = periods[last].end.toordinal() - 1
    begin, end = periods[first].start, type(periods[last].end).fromordinal(end)
    return f"between {begin.day} {begin:%B %Y} and {end.day} {end:%B %Y}"
