"""What events did to the number of contacts, and what those ahead would add.

Learned from earlier events of the same kind; that others happened on the same days cannot be told apart, so it is an
association. A kind seen once says little, and its interval says so. Where too few days are known to learn from, events ahead are
named all the same, without figures.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..intervals import Z
from .days import Days
from .occasions import LAGS, PLANNED, Calendar, numbered, words_of
from .series import Series

EFFECTS = ["series", "kind", "lag", "effect", "lo", "hi", "n_events"]
WHATIF = ["series", "event", "kind", "on", "without", "with", "more", "lo", "hi", "n_events"]


def effects_of(found: Days, name: str) -> pd.DataFrame:
    """Return by how many per cent contacts changed with events of each kind, by the days since: effect, lo, hi (95 %), n_events."""
    rows = []
    first = len(found.fit.beta) - len(found.kinds) * len(LAGS)
    sd = np.sqrt(np.diag(found.fit.covariance))
    for place, kind in enumerate(found.kinds):
        for lag in range(len(LAGS)):
            at = first + place * len(LAGS) + lag
            b, half = found.fit.beta[at], Z * sd[at]
            effect, lo, hi = (float(100 * np.expm1(one)) for one in (b, b - half, b + half))
            rows.append(
                (name, kind, words_of(lag), effect, lo, hi, _earlier(found.calendar, found.first, found.last, kind))
            )
    return pd.DataFrame(rows, columns=EFFECTS)


def whatif_of(found: Days, name: str, end: pd.Timestamp) -> pd.DataFrame:
    """Return what each planned event after the last known day would add until the day before ``end``.

    ``without`` and ``with``: contacts on all these days; ``more``: their difference, with ``lo`` and ``hi`` (95 %). An
    event of a kind that never happened before adds nothing, and its n_events is 0.
    """
    days = pd.date_range(found.last + pd.Timedelta(days=1), end - pd.Timedelta(days=1), freq="D")
    known, rows = found.calendar.dated, []
    for at, event in _planned(found.calendar, found.last, end).iterrows():
        others = known.drop(index=at).rename(columns={"begin": "starts_on", "end": "ends_on"})
        made, less = found.columns(days), found.columns(days, Calendar(found.calendar.holidays, others))
        rate, base = found.rates(made), found.rates(less)
        slope = rate @ made.x - base @ less.x
        half = Z * float(np.sqrt(slope @ found.fit.covariance @ slope))
        more, seen = float(rate.sum() - base.sum()), _earlier(found.calendar, found.first, found.last, event["kind"])
        figures = (float(base.sum()), float(rate.sum()), more, more - half, more + half, seen)
        rows.append((name, *_named(event), *figures))
    return pd.DataFrame(rows, columns=WHATIF)


def unlearned(days: Series, calendar: Calendar, end: pd.Timestamp) -> pd.DataFrame:
    """Return the planned events after the last day until the day before ``end``, without what they would add."""
    first, last = days.starts[0], days.starts[-1]
    rows = [
        (days.name, *_named(event), *[np.nan] * 5, _earlier(calendar, first, last, event["kind"]))
        for _, event in _planned(calendar, last, end).iterrows()
    ]
    return pd.DataFrame(rows, columns=WHATIF)


def _planned(calendar: Calendar, last: pd.Timestamp, end: pd.Timestamp) -> pd.DataFrame:
    known = calendar.dated
    return known[(known["begin"] > last) & (known["begin"] < end) & known["kind"].isin(PLANNED)]


def _named(event: pd.Series) -> tuple[str, str, pd.Timestamp]:
    return event["label"] or event["kind"], event["kind"], event["begin"]


def _earlier(calendar: Calendar, first: pd.Timestamp, last: pd.Timestamp, kind: str) -> int:
    begin, _, kinds = calendar.spans
    low, high = numbered(pd.DatetimeIndex([first, last]))
    return int(((kinds == kind) & (begin <= high) & (begin >= low)).sum())
