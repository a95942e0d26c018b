"""Lasting changes of level, week by week: rises too small for any single look that stay.

Weekly counts are put on the scale of roots, shares on that of arcs, where variance does not depend on the level (Anscombe, Biometrika 35,
1948); how restless a series is beyond that is read from its changes from week to week, which a change of level hardly
touches. Neither season nor trend is taken out there: a change is told only if the days since it began are also more than the
counts' and shares' own models expect.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from .levels import LEAST, Level, changes_at
from .looks import Judged
from .series import Panel
from .spells import SPELL, sized

RECENT = 13  # weeks within which a change is news
STEPS = 104  # weeks that levels are looked for in
ROBUST = 1.4826  # standard deviations of a normal value per median absolute one


def level_spells(panel: Panel, first: int, price: float, days: Sequence[Judged], origin: int) -> pd.DataFrame:
    """Find changes to a higher level that are news at a weekly look.

    Args:
        panel: the series, day by day; a look is taken after each whole calendar week.
        first: column of the panel from which on looks count.
        price: of a change (``levels.penalty``).
        days: looks at single days and at longer spans, in the panel's order of series, for the size; their column 0 is ``origin``
            of the panel.

    Returns ``SPELL`` with ``what`` level: ``seen`` is the last day of the week after which it was called first, ``last`` the
    last day of the last week that is on the new level; strength is what the change gained beyond its price, in powers of ten.
    """
    weekly = panel.weekly()
    weeks = weekly.count.shape[1]
    offset = panel.at(weekly.days[0]) if weeks else 0
    past = max(weeks - STEPS, 0)
    ends = range(max(-(-(first - offset) // 7), past + 2 * LEAST), weeks + 1)
    rows = []
    for series, (values, variances) in enumerate(zip(*rooted(weekly), strict=True)):
        looked = changes_at(values[past:], variances[past:], price, [end - past for end in ends])
        for spell in _called(looked, [end - past for end in ends], price):
            at = {name: offset + 7 * (past + spell[name]) for name in ("start", "seen", "last")}
            at |= {name: at[name] - 1 for name in ("seen", "last")}
            size = sized(days, series, at["start"] - origin, at["last"] - origin)
            rows.append(
                {"key": panel.series["key"].iloc[series], "what": "level", **at, **size, "strength": spell["strength"]}
            )
    return pd.DataFrame([row for row in rows if row["lo"] > 0], columns=SPELL)


def _called(looked: Sequence[Level | None], ends: Sequence[int], price: float) -> list[dict]:
    """Put looks that called a rise into spells: start, seen and last (numbers of weeks, the latter two after the week), strength."""
    spells: list[dict] = []
    going = False
    for found, end in zip(looked, ends, strict=True):
        if found is None or found.size <= 0:
            going = False
        elif end - found.start <= RECENT:
            strength = _tens(found.gain, price)
            if going:
                spells[-1] |= {"last": end, "strength": max(spells[-1]["strength"], strength)}
            else:
                spells.append({"start": found.start, "seen": end, "last": end, "strength": strength})
            going = True
    return spells


def _tens(gain: float, price: float) -> float:
    """Turn a gain beyond the price into powers of ten of chance: the likelihood falls by e for each two of it."""
    return (gain - price) / 2 / float(np.log(10))


def rooted(weekly: Panel) -> tuple[np.ndarray, np.ndarray]:
    """Return each week's value on the scale of even variance, and its variance; missing where nothing is known."""
    of = weekly.counts[:, None]
    n = np.where(of, 1.0, weekly.n)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = np.arcsin(np.sqrt(np.where(of, 0.0, (weekly.count + 0.375) / (weekly.n + 0.75))))
        values = np.where(of, 2 * np.sqrt(weekly.count + 0.375), 2 * share)
    values = np.where(n > 0, values, np.nan)
    own = 1 / np.maximum(n, 1.0)
    return values, own * _restless(values, own)[:, None]


def _restless(values: np.ndarray, variances: np.ndarray) -> np.ndarray:
    """Return how many times wider than by chance each series changes from week to week, at least 1."""
    steps = np.abs(np.diff(values, axis=1)) / np.sqrt(variances[:, 1:] + variances[:, :-1])
    known = np.isfinite(steps).sum(axis=1) >= 8
    typical = np.array([np.nanmedian(row) if able else 0.0 for row, able in zip(steps, known, strict=True)])
    return np.maximum((ROBUST * typical) ** 2, 1.0)
