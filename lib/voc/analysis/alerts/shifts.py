"""Lasting changes of level, week by week: rises too small for any single look that stay.

Weekly counts are put on the scale of roots, shares on that of arcs, where variance does not depend on the level (Anscombe, Biometrika 35,
1948); how restless a series is beyond that is read from its changes from week to week, which a change of level hardly
touches. Neither season nor trend is taken out there: a change is told only if the days since it began are also more than the
counts' and shares' own models expect.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from .levels import LEAST, changes_at
from .looks import Judged
from .series import Panel
from .spells import SPELL, sized

RECENT = 13  # weeks within which a change is news
STEPS = 104  # weeks that levels are looked for in
ROBUST = 1.4826  # standard deviations of a normal value per median absolute one


def level_spells(panel: Panel, first: int, last: int, price: float, days: list[Judged]) -> pd.DataFrame:
    """Find changes to a higher level that are news at a weekly look.

    Args:
        panel: the series, day by day.
        first, last: columns of the panel between which looks are taken, each after a whole week that ends before ``last``.
        price: of a change (``levels.penalty``).
        days: looks at single days from ``first`` on, and at spans, in the panel's order of series: for the size.

    Returns ``SPELL`` with ``what`` level: ``seen`` is the last day of the week after which it was called first, ``last`` the
    last day of the last week that is on the new level; strength is what the change gained beyond its price, in powers of ten.
    """
    weekly = panel.weekly(last)
    offset = last - 7 * weekly.count.shape[1]
    values, variances = rooted(weekly)
    past = max(values.shape[1] - STEPS, 0)
    rows = []
    for series in range(len(panel.series)):
        called = None
        ends = range(max((first - offset) // 7 + 1, past + 2 * LEAST), weekly.count.shape[1] + 1)
        own = (part[series, past:] for part in (values, variances))
        looked = changes_at(*own, price, [end - past for end in ends])
        for end, found in zip(ends, looked, strict=True):
            if found is None or found.size <= 0 or end - past - found.start > RECENT:
                called = None if found is None or found.size <= 0 else called
                continue
            start, seen, now = (offset + 7 * week for week in (past + found.start, end, end))
            if called is not None and start <= called["last"]:
                called["last"], called["strength"] = now - 1, max(called["strength"], _tens(found.gain, price))
                continue
            called = {
                "key": panel.series["key"].iloc[series],
                "what": "level",
                "start": start,
                "seen": seen - 1,
                "last": now - 1,
            }
            called["strength"], called["_series"] = _tens(found.gain, price), series
            rows.append(called)
    for row in rows:
        series = row.pop("_series")
        row |= sized(days, series, max(row["start"] - first, 0), row["last"] - first)
    return pd.DataFrame([row for row in rows if row["lo"] > 0], columns=SPELL)


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
