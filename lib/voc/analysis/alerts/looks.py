"""A look at the last days of many series: what is observed, what is expected, and how unlikely so much is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

LEFT_OUT_WEEKS = 26


@dataclass(frozen=True)
class Clock:
    """What the columns of the counts are: ``week`` of them make a week, ``year`` a year."""

    week: int = 7

    @property
    def year(self) -> float:
        """Columns in a year."""
        return self.week * 365.25 / 7

    def left_out(self, history: int) -> int:
        """Return how many of the latest columns are left out of the past, so that what goes on does not explain itself.

        An eighth of the history, at most four weeks, and of what is beyond a year a half; of more than two years all that is
        beyond them, for two years hold the season. Never more than 26 weeks.

        >>> [Clock().left_out(days) for days in (40, 365, 700, 740, 1000)]
        [5, 28, 182, 28, 182]
        """
        short = min(history // 8, 4 * self.week)
        two = 2 * self.year
        more = max(history - two, short) if history >= two else short + max(history - self.year, 0) / 2
        return min(int(more), LEFT_OUT_WEEKS * self.week)


DAYS, WEEKS = Clock(7), Clock(1)


@dataclass(frozen=True)
class Judged:
    """One look at each series after each day, over a span: arrays (S, days); ``p`` is missing where nothing can be judged.

    ``observed`` and ``expected`` count the known days of the span; ``variance`` is that of a new count.
    """

    span: int
    observed: np.ndarray
    expected: np.ndarray
    variance: np.ndarray
    p: np.ndarray


def tail(observed: np.ndarray, expected: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """Return P(X ≥ observed) of a negative binomial with that mean and variance; a Poisson's where they are equal.

    >>> tail(np.array([0.0, 1.0]), np.array([1.0, 1.0]), np.array([1.0, 2.0])).round(3).tolist()
    [1.0, 0.5]
    """
    from scipy.special import betainc, gammainc

    expected = np.maximum(expected, 1e-12)
    over = np.maximum(variance - expected, 0.0)
    wide = over > 1e-6 * expected
    with np.errstate(divide="ignore", invalid="ignore"):
        size = np.where(wide, expected**2 / np.where(wide, over, 1.0), 1.0)
        least = np.maximum(observed, 1.0)
        chance = np.where(wide, betainc(least, size, expected / (size + expected)), gammainc(least, expected))
    return np.where(np.isnan(observed), np.nan, np.where(observed <= 0, 1.0, chance))


def chance(observed: np.ndarray, expected: np.ndarray, variance: np.ndarray) -> np.ndarray:
    """Return the chance of so many or more, a tie counted by half (Lancaster's mid-p, JASA 56, 1961).

    Counts of small expectation jump over any level: by the whole tail they would be called far more seldom than it says.

    >>> chance(np.array([1.0]), np.array([1.0]), np.array([2.0])).round(3).tolist()
    [0.375]
    """
    return (tail(observed, expected, variance) + tail(observed + 1, expected, variance)) / 2


def joined(parts: Sequence[Judged], span: int, series: int) -> Judged:
    """Put looks of one span one after the other; none are an empty one."""
    names = ("observed", "expected", "variance", "p")
    empty = np.zeros((series, 0))
    return Judged(span, *(np.concatenate([empty, *(getattr(part, name) for part in parts)], axis=1) for name in names))


def running(values: np.ndarray, span: int, kept: int) -> np.ndarray:
    """Sum up to ``span`` columns (axis 1) ending at each of the last ``kept``; fewer at the very beginning."""
    added = np.cumsum(np.concatenate([np.zeros_like(values[:, :1]), values], axis=1), axis=1)
    ends = np.arange(values.shape[1] - kept, values.shape[1]) + 1
    return added[:, ends] - added[:, np.maximum(ends - span, 0)]
