"""What a base leads to expect of a part of the cube, how far chance may carry it from there, and how surprising it is."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .leaves import Leaves
from .tails import LEAST, at_least, at_most

VALUE_BEFORE, WEIGHT_BEFORE, VALUE_NOW, WEIGHT_NOW = range(4)
NOTHING = 1e-9


@dataclass(frozen=True)
class Expectation:
    """The chance model of one comparison; figures are rows of value_before, weight_before, value_now, weight_now.

    ``sign`` is 1 where more is worse and −1 where less is; ``overall`` is the figure of the whole base; ``wobble`` the
    relative spread between periods beyond chance; ``spread`` the variance of one unit's value of a mean, None for events.
    """

    sign: int
    overall: float
    wobble: float = 0.0
    spread: float | None = None

    @classmethod
    def of(cls, leaves: Leaves, figures: np.ndarray, worse: int | None, spread: float | None) -> Expectation:
        """Return the model of a leaf table; without ``worse`` the direction is that of the change."""
        before, weight_before, now, weight_now = figures.sum(axis=0)
        overall = before / weight_before if weight_before and before else now / max(weight_now, 1.0)
        change = now - (weight_now if leaves.counted else overall * weight_now)
        return cls(worse or (-1 if change < 0 else 1), overall, leaves.wobble, spread)

    def expected(self, figures: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return what each base leads to expect now, and its variance.

        One event's worth of the overall figure is added to each base: a value hardly seen before is expected to behave
        like the whole. The variance is that of the events now and of those in the base, and wobble.
        """
        before, weight_before, _, weight = figures.T
        one = 1.0 if self.spread is not None else 1.0 / max(self.overall, NOTHING)
        expected = weight * (before + one * self.overall) / (weight_before + one)
        single = self.spread * weight if self.spread is not None else np.maximum(expected, LEAST)
        return expected, single * (1 + weight / (weight_before + one)) + (self.wobble * expected) ** 2

    def excess(self, figures: np.ndarray) -> np.ndarray:
        """Return by how much each row is worse than expected."""
        return self.sign * (figures[:, VALUE_NOW] - self.expected(figures)[0])

    def chance(self, figures: np.ndarray) -> np.ndarray:
        """Return how often chance alone makes each row as bad as it is."""
        tail = at_least if self.sign > 0 else at_most
        return tail(figures[:, VALUE_NOW], *self.expected(figures), events=self.spread is None)

    def chance_if_risen(self, figures: np.ndarray, rise: float) -> np.ndarray:
        """Return how often each row would look as good as it does, had it risen by so much per unit of weight."""
        expected, variance = self.expected(figures)
        moved = np.maximum(expected + self.sign * rise * figures[:, WEIGHT_NOW], 0.0)
        tail = at_most if self.sign > 0 else at_least
        return tail(figures[:, VALUE_NOW], moved, variance + np.abs(moved - expected), events=self.spread is None)

    def surprise(self, figures: np.ndarray) -> np.ndarray:
        """Return twice the log-likelihood ratio of what is seen against what is expected, over-dispersion taken out.

        Nought where a row is better than expected: a scan statistic for worse ones (Kulldorff 1997).
        """
        seen, (expected, variance) = figures[:, VALUE_NOW], self.expected(figures)
        if self.spread is not None:
            ratio = (seen - expected) ** 2 / np.maximum(variance, NOTHING)
        else:
            mean = np.maximum(expected, LEAST)
            logs = np.where(seen > 0, seen * np.log(np.maximum(seen, NOTHING) / mean), 0.0)
            ratio = 2 * (logs - (seen - mean)) / np.maximum(variance / mean, 1.0)
        return np.where(self.sign * (seen - expected) > 0, ratio, 0.0)
