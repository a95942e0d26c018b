"""What happened when it began: events of the business near the first day of a span, and how easily one lies there by chance.

An event every two weeks lies near anything. So beside each event stands the share of all days that have an event as near
before them, and what followed on earlier events of its kind.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from .contrast import COUNT, Contrast, effects
from .rows import Rows

LAGS = (-1, 14)  # days from an event to the first day of a span: the day itself is known to a day or two
RARELY = 0.05  # of all days, at most, have an event as near: else it is a hint only
RISES = {"z": 2.5, "times": 1.5}  # from which what followed on an earlier event counts as a rise, too
EVENT_COLUMNS = ["event", "event_kind", "event_on", "lag", "by_chance", "before", "before_rose"]
NO_EVENT = {
    "event": "",
    "event_kind": "",
    "event_on": pd.NaT,
    "lag": np.nan,
    "by_chance": np.nan,
    "before": 0,
    "before_rose": 0,
}


def event_of(rows: Rows, timed: Contrast, one: Mapping, events: pd.DataFrame | None) -> dict:
    """Name the event that a span of days begins with.

    Args:
        rows: contacts.
        timed: cases against the other contacts of the same days.
        one: the span: begin and end, days of ``rows``.
        events: starts_on (dates) with label and kind where known; None where there are none.

    Returns:
        event (empty where none lies near), event_kind, event_on, lag (days from it to the first day), by_chance (share of
        all days with an event as near before them), before (earlier events of its kind inside the window) and before_rose
        (how many of them the same rise followed).
    """
    if events is None or events.empty:
        return dict(NO_EVENT)
    known = events.assign(day=(pd.to_datetime(events["starts_on"]) - rows.first).dt.days)
    lag = one["begin"] - known["day"]
    near = known[(lag >= LAGS[0]) & (lag <= LAGS[1])]
    if near.empty:
        return dict(NO_EVENT)
    lags = (one["begin"] - near["day"]).abs().sort_values(kind="stable")
    nearest = near.loc[lags.index[0]]
    gap = int(one["begin"] - nearest["day"])
    days, starts = np.arange(int(rows.day.max()) + 1), known["day"].to_numpy()
    since = days[:, None] - starts[None, :]
    close = (np.abs(since) <= abs(gap)) & (since >= LAGS[0])
    length = int(one["end"] - one["begin"])
    kind = nearest.get("kind", "")
    earlier = known[(known.get("kind", "") == kind) & (known["day"] >= 0) & (known["day"] + length < one["begin"])]
    rose = sum(_rose(rows, timed, int(day) + gap, length) for day in earlier["day"])
    return {
        "event": str(nearest.get("label", nearest.get("event_id", "an event"))), "event_kind": str(kind),
        "event_on": pd.Timestamp(nearest["starts_on"]), "lag": gap, "by_chance": float(close.any(axis=1).mean()),
        "before": len(earlier), "before_rose": int(rose),
    }  # fmt: skip


def seasonal(rows: Rows, everything: Contrast, one: Mapping) -> bool:
    """Tell whether the same days a year earlier stood out as well: a season, which is known, not news.

    ``everything`` sets the cases against all other contacts over all rows, the year before among them.
    """
    begin, end = int(one["begin"]) - 365, int(one["end"]) - 365
    return begin >= 0 and _rose(rows, everything, begin, end - begin, around=182)


def _rose(rows: Rows, timed: Contrast, begin: int, length: int, around: int = 56) -> bool:
    """Tell whether cases stood out in a span against the days around it."""
    near = (rows.day >= begin - around) & (rows.day < begin + length + around) & (timed.group >= 0)
    inside = near & (rows.day >= begin) & (rows.day < begin + length)
    counts = [np.bincount(timed.group[kept], minlength=2)[:2] for kept in (inside, near)]
    found = effects(counts[0][None, :], counts[1], Contrast(COUNT, timed.group, timed.spread))
    z, times = float(found.z[0]), float(found.here[0] / found.rest[0]) if found.rest[0] else np.inf
    return bool(z >= RISES["z"] and times >= RISES["times"])
