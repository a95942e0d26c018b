"""Alarms of one series that belong together: from the first to the last, when it began, and how large it is.

A look at a week calls a rise days after it began. So the beginning is searched in the four weeks before the first alarm: it is
the day from which the excess is least likely by chance, judged up to the first alarm (the likelihood ratio of a
change at an unknown day, as Page's cumulative sums find it, Biometrika 41, 1954).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from .looks import Judged

BACK = 27  # days before the first alarm in which the beginning is searched
SPELL = ["key", "what", "start", "seen", "last", "observed", "expected", "excess", "lo", "hi", "strength"]
"""``start``, ``seen`` (first alarm) and ``last`` (alarm) are columns of the panel; ``strength`` is how many times below the
threshold the smallest chance lies, as a power of ten; ``what`` is burst or level."""


def bursts(looks: Sequence[Judged], keys: Sequence[str], first: int, chance: float, quiet: int) -> pd.DataFrame:
    """Put the alarms of each series into spells that more than ``quiet`` days without an alarm part.

    Args:
        looks: of one set of series, one per span, the first of single days; their column 0 is ``first`` of the panel.
        keys: names of the series.
        chance: below which a look is an alarm.

    Returns ``SPELL``, a row per spell; size from its beginning to its last alarm, beside what was expected.

    >>> quiet, loud = np.full((1, 5), 4.0), np.array([[4.0, 4.0, 12.0, 13.0, 4.0]])
    >>> day = Judged(1, loud, quiet, quiet, np.array([[0.5, 0.5, 1e-4, 1e-5, 0.5]]))
    >>> bursts([day], ["a"], 100, 1e-3, 7)[["start", "seen", "last", "excess"]].astype(int).values.tolist()
    [[102, 102, 103, 17]]
    """
    days = looks[0]
    lowest = _lowest([look.p for look in looks])
    rows = []
    for series in np.flatnonzero((lowest < chance).any(axis=1)):
        for alarms in parted(np.flatnonzero(lowest[series] < chance), quiet):
            start = began(days, series, int(alarms[0]))
            strength = float(np.log10(chance) - np.log10(max(lowest[series, alarms].min(), 1e-300)))
            size = sized(looks, series, start, int(alarms[-1]))
            at = {"start": first + start, "seen": first + int(alarms[0]), "last": first + int(alarms[-1])}
            rows.append({"key": keys[series], "what": "burst", **at, **size, "strength": strength})
    return pd.DataFrame(rows, columns=SPELL)


def parted(alarms: np.ndarray, quiet: int) -> list[np.ndarray]:
    """Part sorted columns where more than ``quiet`` ones without an alarm lie between.

    >>> [part.tolist() for part in parted(np.array([1, 2, 5, 20]), 3)]
    [[1, 2, 5], [20]]
    """
    return np.split(alarms, np.flatnonzero(np.diff(alarms) > quiet + 1) + 1)


def began(days: Judged, series: int, seen: int) -> int:
    """Return the column from which the excess up to the first alarm is least likely by chance; the alarm's own if there is none."""
    earliest = max(seen - BACK, 0)
    part = slice(earliest, seen + 1)
    observed, expected, variance = (
        np.nan_to_num(part_of[series, part][::-1]).cumsum() for part_of in (days.observed, days.expected, days.variance)
    )
    with np.errstate(divide="ignore", invalid="ignore"):
        z = np.where(variance > 0, (observed - expected) / np.sqrt(variance), 0.0)
    return seen - int(z.argmax()) if z.max(initial=0.0) > 0 else seen


def sized(looks: Sequence[Judged], series: int, start: int, last: int) -> dict[str, float]:
    """Return observed, expected and excess of a span of days, with 95 % of the excess.

    The interval is Garwood's of a Poisson count (Biometrika 28, 1936) on as many contacts as the observed ones are worth: they spread as
    many times wider as the longest span looked at.
    """
    from scipy.special import gammaincinv

    part = slice(max(start, 0), last + 1)
    observed, expected = (float(np.nansum(values[series, part])) for values in (looks[0].observed, looks[0].expected))
    wide = looks[-1]
    with np.errstate(divide="ignore", invalid="ignore"):
        ratio = wide.variance[series, part] / wide.expected[series, part]
    ratio = float(np.nanmax(ratio, initial=1.0, where=np.isfinite(ratio)))
    lo = ratio * gammaincinv(observed / ratio, 0.025) if observed > 0 else 0.0
    hi = ratio * gammaincinv(observed / ratio + 1, 0.975)
    return {
        "observed": observed, "expected": expected, "excess": observed - expected, "lo": float(lo) - expected, "hi": float(hi) - expected,
    }  # fmt: skip


def _lowest(chances: Sequence[np.ndarray]) -> np.ndarray:
    """Return the smallest known chance of each look; 1 where none is known."""
    return np.min([np.where(np.isnan(chance), 1.0, chance) for chance in chances], axis=0)
