"""What "no alert" is worth: the smallest rise of each series that would have been seen in eight of ten cases."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

from .looks import chance as chance_of
from .looks import tail

POWER = 0.8
COLUMNS = ["key", "span", "expected", "needed", "rise", "rise_pct"]
_MOST = 1e7


def smallest_rise(
    keys: list[str],
    span: int,
    expected: np.ndarray,
    variance: np.ndarray,
    chance: float,
    most: np.ndarray | None = None,
) -> pd.DataFrame:
    """Return what the next look at each series would see.

    Args:
        keys: names of the series.
        span: days that the look sums up.
        expected, variance: (S,) of a count over that span.
        chance: below which a look is an alarm.
        most: (S,) answers of a share: no more can be bad; a rise beyond is missing.

    Returns key, span, expected, needed (smallest count that is an alarm), rise (smallest rise of the expectation whose count
    reaches it in eight of ten cases; the spread grows with the expectation), rise_pct.

    >>> found = smallest_rise(["a"], 1, np.array([4.0]), np.array([4.0]), 0.001)
    >>> found["needed"].tolist(), found["rise"].round(1).tolist()
    ([12.0], [10.8])
    """
    expected, variance = np.asarray(expected, float), np.asarray(variance, float)
    needed = _smallest(lambda count: chance_of(count, expected, variance) <= chance, expected)
    spread = np.maximum(variance / np.maximum(expected, 1e-12), 1.0)
    low, high = expected.copy(), 4 * needed + 50 * spread
    for _ in range(60):
        middle = (low + high) / 2
        seen = tail(needed, middle, middle * spread) >= POWER
        low, high = np.where(seen, low, middle), np.where(seen, middle, high)
    rise = np.where(np.isfinite(expected), high - expected, np.nan)
    if most is not None:
        rise = np.where(expected + rise > most, np.nan, rise)
    found = pd.DataFrame({"key": keys, "span": span, "expected": expected, "needed": needed, "rise": rise})
    return found.assign(rise_pct=100 * found["rise"] / found["expected"].where(found["expected"] > 0))[COLUMNS]


def _smallest(enough: Callable[[np.ndarray], np.ndarray], expected: np.ndarray) -> np.ndarray:
    """Return the smallest whole count of each series for which ``enough`` holds, which it does from there on."""
    low, high = np.zeros(len(expected)), np.full(len(expected), _MOST)
    while (high - low > 1).any():
        middle = np.floor((low + high) / 2)
        holds = enough(middle)
        low, high = np.where(holds, low, middle), np.where(holds, middle, high)
    return np.where(np.isfinite(expected), high, np.nan)
