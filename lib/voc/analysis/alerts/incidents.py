"""One incident is one alert: spells that share their contacts are told together, under the name that tells most.

Two spells are related if they overlap in days and the contacts that both have in common carry half of what the smaller has
beyond expectation. A delivery problem shows in its category, its issue, its topic and in all contacts: one incident. Told
in front is the narrowest series that still carries four fifths of the largest excess.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import numpy as np
import pandas as pd

RELATED = 0.5  # of the smaller excess must lie in the contacts that both have
IN_FRONT = 0.8  # of the largest excess, which a narrower series must carry to stand in front
NEAR = 3  # days by which spells may miss each other and still overlap
SURE, LIKELY = "sure", "likely"
GOING, OVER = "going", "over"
INCIDENT = [
    "id", "key", "what", "start", "seen", "last", "observed", "expected", "excess", "lo", "hi", "certainty", "state", "related",
]  # fmt: skip

BEYOND = 2.0  # standard deviations by which what two series share must exceed what they usually share

Shared = Callable[[str, str, int, int, int], tuple[float, float]]
"""How many contacts two series have in common between two columns (both included): beyond what is usual, and what is usual before
a third column. Of a series with itself: its own."""


def incidents(spells: pd.DataFrame, shared: Shared, days: pd.DatetimeIndex, quiet: int, sure: float) -> pd.DataFrame:
    """Group spells into incidents.

    Args:
        spells: ``spells.SPELL``; one series may have several.
        shared: excess that two series have in common.
        days: of the columns; the last one is the day of the look.
        quiet: an incident is over when its last alarm is more than so many days ago.
        sure: strength (powers of ten) from which an incident is sure.

    Returns ``INCIDENT``, newest first; size is that of the series in front, ``related`` the keys of the others, largest first,
    ``start`` is that of the series in front, ``seen`` the first alarm of any from there on, ``last`` the last of any. ``id`` comes from
    the series and day of the first alarm of all, so it stays while an incident goes on and grows.
    """
    left = spells.reset_index(drop=True)
    rows = []
    while len(left):
        group = _next_group(left, shared)
        rows.append(_told(left.loc[group], group[0], days, quiet, sure))
        left = left.drop(index=group)
    found = pd.DataFrame(rows, columns=INCIDENT)
    return found.sort_values(["seen", "excess"], ascending=False, ignore_index=True, kind="stable")


def overlapping(one: pd.Series, other: pd.Series) -> bool:
    """Tell whether two spells have days in common, or nearly."""
    return bool(one["start"] <= other["last"] + NEAR and other["start"] <= one["last"] + NEAR)


def id_of(key: str, day: object) -> str:
    """Make a short name that is the same whenever it is made.

    >>> id_of("contacts", "2026-10-01") == id_of("contacts", "2026-10-01") != id_of("contacts", "2026-10-02")
    True
    """
    return "A-" + hashlib.sha256(f"{key}|{day}".encode()).hexdigest()[:6]


def _next_group(left: pd.DataFrame, shared: Shared) -> list[int]:
    """Return the rows of the next incident, the one in front first."""
    top = left["excess"].idxmax()
    near = _related(left, top, shared)
    strong = [row for row in near if row == top or left.loc[row, "excess"] >= IN_FRONT * left.loc[top, "excess"]]
    front = left.loc[strong, "expected"].idxmin()
    group = near if front == top else _related(left, front, shared)
    return [front, *(row for row in group if row != front)]


def _related(left: pd.DataFrame, row: int, shared: Shared) -> list[int]:
    """Return the rows that overlap with one and share its contacts, itself among them."""
    one, found = left.loc[row], []
    for index, other in left.iterrows():
        if index == row or (overlapping(one, other) and _alike(one, other, shared)):
            found.append(index)
    return found


def _alike(one: pd.Series, other: pd.Series, shared: Shared) -> bool:
    if one["key"] == other["key"]:
        return True
    start, last = int(max(one["start"], other["start"])), int(min(one["last"], other["last"]))
    earliest = int(min(one["start"], other["start"]))
    if last < start:  # near each other only
        start, last = earliest, int(max(one["last"], other["last"]))
    excess, usual = shared(one["key"], other["key"], start, last, earliest)
    smaller = min(shared(key, key, start, last, earliest)[0] for key in (one["key"], other["key"]))
    return bool(excess >= RELATED * smaller and excess >= BEYOND * np.sqrt(usual + 1))


def _told(group: pd.DataFrame, front: int, days: pd.DatetimeIndex, quiet: int, sure: float) -> dict:
    lead = group.loc[front]
    others = group.drop(index=front).sort_values("excess", ascending=False, kind="stable")["key"]
    first = group.sort_values(["seen", "key"], kind="stable").iloc[0]
    last = group["last"].max()
    seen = min(int(day) for day in group["seen"] if day >= lead["start"] - NEAR)
    return {
        **{name: lead[name] for name in ("key", "what", "observed", "expected", "excess", "lo", "hi")},
        "id": id_of(first["key"], days[first["seen"]].date()), "start": days[lead["start"]], "seen": days[seen],
        "last": days[last], "certainty": SURE if group["strength"].max() >= sure else LIKELY,
        "state": GOING if last >= len(days) - 1 - quiet else OVER,
        "related": list(dict.fromkeys(key for key in others if key != lead["key"])),
    }  # fmt: skip


def no_contacts(_one: str, _other: str, _start: int, _last: int, _since: int) -> tuple[float, float]:
    """Stand in where contacts are not known: nothing is shared, and only alarms of one series are one incident."""
    return 0.0, 0.0
