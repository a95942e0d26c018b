"""What events did to the number of contacts, and what those ahead would add.

Learned from earlier events of the same kind; that others happened on the same days cannot be told apart, so it is an
association. A kind seen once says little, and its interval says so.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..intervals import Z
from .days import Days
from .occasions import LAGS, PLANNED, Calendar, numbered, words_of

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
            rows.append((name, kind, words_of(lag), effect, lo, hi, _earlier(found, kind)))
    return pd.DataFrame(rows, columns=EFFECTS)


def whatif_of(found: Days, name: str, end: pd.Timestamp) -> pd.DataFrame:
    """Return what each planned event after the last known day would add until the day before ``end``.

    ``without`` and ``with``: contacts on all these days; ``more``: their difference, with ``lo`` and ``hi`` (95 %). An
    event of a kind that never happened before adds nothing, and its n_events is 0.
    """
    days = pd.date_range(found.last + pd.Timedelta(days=1), end - pd.Timedelta(days=1), freq="D")
    known = found.calendar.dated
    ahead = known[(known["begin"] > found.last) & (known["begin"] < end) & known["kind"].isin(PLANNED)]
    rows = []
    for at, event in ahead.iterrows():
        others = known.drop(index=at).rename(columns={"begin": "starts_on", "end": "ends_on"})
        made, less = found.columns(days), found.columns(days, Calendar(found.calendar.holidays, others))
        rate, base = found.rates(made), found.rates(less)
        slope = rate @ made.x - base @ less.x
        half = Z * float(np.sqrt(slope @ found.fit.covariance @ slope))
        more, seen = float(rate.sum() - base.sum()), _earlier(found, event["kind"])
        figures = (float(base.sum()), float(rate.sum()), more, more - half, more + half, seen)
        rows.append((name, event["label"] or event["kind"], event["kind"], event["begin"], *figures))
    return pd.DataFrame(rows, columns=WHATIF)


def _earlier(found: Days, kind: str) -> int:
    begin, _, kinds = found.calendar.spans
    last = numbered(pd.DatetimeIndex([found.last]))[0]
    return int(((kinds == kind) & (begin <= last) & (begin >= numbered(pd.DatetimeIndex([found.first]))[0])).sum())
