"""How strong an alarm must be, so that all looks at all series together cry wolf only so often a month.

Three quarters of the budget are for daily looks, a quarter for changes of level, and each series has an equal part. A look at
yesterday and one at the last week, every day, are many looks at nearly the same contacts, and alarms close to each other are
one incident: dividing the budget by the number of looks would buy too few. So two thousand years of days without anything are
drawn, and the level at which incidents begin as often as the part allows is read off. Series that share contacts are told
together, so nested ones stay below the budget; unrelated ones come near it.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from .levels import penalty

MONTH = 365.25 / 12
DAYS = 730_000
FOR_LEVELS = 0.25
FEWEST = 60  # incidents in the drawn days from which a level is read off; below, it goes in proportion


@dataclass(frozen=True)
class Thresholds:
    """What an alarm must exceed: ``look``, the chance of one look; ``price`` of a change of level; ``part`` of the budget.

    ``sure`` and ``sure_price`` are the same for a budget ``likely_every`` times smaller.
    """

    part: float
    look: float
    price: float
    sure: float
    sure_price: float


def thresholds(
    budget: float, looked_at: int, levels: int = 0, spans: tuple[int, ...] = (1, 7), quiet: int = 7, every: int = 10
) -> Thresholds:
    """Share a budget out among series looked at daily and series watched for a change of level.

    Args:
        budget: false alarms a month.
        looked_at, levels: how many series are looked at daily, and how many are watched for their level.
        spans, quiet: what a daily look sums up, and after how many quiet days an incident is over.
        every: how many times more seldom a sure alarm comes by chance.

    >>> wide, narrow = thresholds(1.0, 20), thresholds(1.0, 200)
    >>> narrow.look < wide.look, round(wide.part, 3)
    (True, 0.05)
    """
    for_levels = FOR_LEVELS * budget if levels else 0.0
    part, price = min((budget - for_levels) / max(looked_at, 1), 0.5), min(for_levels / max(levels, 1), 0.5)
    return Thresholds(
        part, look_level(part, spans, quiet), penalty(price) if levels else np.inf,
        look_level(part / every, spans, quiet), penalty(price / every) if levels else np.inf,
    )  # fmt: skip


@lru_cache(maxsize=64)
def look_level(a_month: float, spans: tuple[int, ...] = (1, 7), quiet: int = 7) -> float:
    """Return the chance below which a look is an alarm, so that one series has ``a_month`` incidents without a cause.

    Independent days make it simple; where days hang together the counts' wider variance answers for it (``counts``).

    >>> alone = look_level(0.05, (1,), 1)
    >>> 0.05 / MONTH < alone < 0.055 / MONTH * 1.1
    True
    """
    if a_month <= 0:
        raise ValueError(f"a budget must be above nought, not {a_month}")
    chance = _chances(spans)
    at = np.flatnonzero(chance <= 0.2)
    value = chance[at]
    months = DAYS / MONTH
    wanted = a_month * months
    low, high = 1e-9, 0.2
    aim = max(wanted, FEWEST)
    for _ in range(40):
        middle = float(np.sqrt(low * high))
        low, high = (middle, high) if begun(at[value <= middle], quiet) < aim else (low, middle)
    return float(np.sqrt(low * high)) * min(wanted / aim, 1.0)


def begun(alarms: np.ndarray, quiet: int) -> int:
    """Count incidents: alarms (sorted days) after more than ``quiet`` days without one.

    >>> begun(np.array([3, 4, 9, 30]), 7)
    2
    """
    return int(len(alarms) > 0) + int((np.diff(alarms) > quiet).sum())


@lru_cache(maxsize=4)
def _chances(spans: tuple[int, ...], seed: int = 1) -> np.ndarray:
    """Return the smallest chance over the spans of each of many days of white noise."""
    from scipy.special import ndtr

    added = np.cumsum(np.append(0.0, np.random.default_rng(seed).normal(size=DAYS)))
    ends = np.arange(1, DAYS + 1)
    highest = np.max([(added[ends] - added[np.maximum(ends - span, 0)]) / np.sqrt(span) for span in spans], axis=0)
    return ndtr(-highest)
