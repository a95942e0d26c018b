"""One incident is one alert: spells that share their contacts are told together, under the name that tells most.

Two spells are related if they overlap in days and the contacts that both have in common carry half of what the smaller has
beyond expectation. A delivery problem shows in its category, its issue, its topic and in all contacts: one incident. Groups
form around the clearest spell, because the largest is always the whole, in which unlike things meet. In front stands the
narrowest of those that have nearly all in common with the clearest and carry two thirds of the largest excess on its days.
What incidents told already explain together is not told again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from ..intervals import Z

RELATED = 0.5  # of the smaller excess must lie in the contacts that both have
PARTLY = 0.25  # of an excess that other incidents must explain, where the rest may be chance
IN_FRONT = 2 / 3  # of the largest excess, which a narrower series must carry to stand in front
MAINLY = 0.5  # of its days that a spell must have in common with the one in front
NEAR = 3  # days by which spells may miss each other and still overlap
SURE, LIKELY = "sure", "likely"
GOING, OVER = "going", "over"
INCIDENT = [
    "id", "key", "what", "start", "seen", "last", "observed", "expected", "excess", "lo", "hi", "certainty", "state", "related",
]  # fmt: skip

DAYS, SIZES = ("start", "seen", "last"), ("observed", "expected", "excess", "lo", "hi")

BEYOND = 2.0  # standard deviations by which what two series share must exceed what they usually share

Shared = Callable[[str, str, int, int, int], tuple[float, float]]
"""How many contacts two series have in common between two columns (both included): beyond what is usual, and what is usual before
a third column. Of a series with itself: its own."""

Size = Callable[[str, int, int], Mapping[str, float]]
"""``SIZES`` of a series between two columns (both included)."""


def incidents(
    spells: pd.DataFrame, shared: Shared, days: pd.DatetimeIndex, quiet: int, sure: float, size: Size | None = None
) -> pd.DataFrame:
    """Group spells into incidents.

    Args:
        spells: ``spells.SPELL``; one series may have several.
        shared: excess that two series have in common.
        days: of the columns; the last one is the day of the look.
        quiet: an incident is over when its last alarm is more than so many days ago.
        sure: strength (powers of ten) from which an incident is sure.
        size: of a series on some days, for a series in front that has several spells; left out, the incident is told up to the last
            alarm of the clearest of them.

    Returns ``INCIDENT``, newest first. ``start`` is that of the series in front, ``related`` the keys of the others, largest
    first; ``seen`` is the first alarm of any of them from the start on, ``last`` the last alarm of the series in front, and size
    is what that series has from ``start`` to ``last``, so that a count is always that of the days told with it. ``id`` comes
    from that series and the day of its first alarm, so it stays while an incident goes on and grows; where another series comes to the
    front the ledger knows it again.
    """
    spells = left = spells.reset_index(drop=True)
    groups: list[list[int]] = []
    while len(left):
        clearest = _clearness(left).idxmax()
        told = _explained(left.loc[clearest], spells.loc[[group[0] for group in groups]], shared)
        group = [clearest] if told is not None else _next_group(left, clearest, shared)
        if told is None:
            groups.append(group)
        else:
            groups[told] += group
        left = left.drop(index=group)
    rows = [_told(spells.loc[group], group[0], days, quiet, sure, size) for group in groups]
    found = pd.DataFrame(rows, columns=INCIDENT) if rows else none_found()
    return found.sort_values(["seen", "excess"], ascending=False, ignore_index=True, kind="stable")


def none_found() -> pd.DataFrame:
    """Return incidents of a look that found none, with days as days and sizes as numbers: they are compared with a ledger's.

    >>> none_found()["start"].dtype.kind, len(none_found())
    ('M', 0)
    """
    of = dict.fromkeys(DAYS, "datetime64[us]") | dict.fromkeys(SIZES, "float64")
    return pd.DataFrame({name: pd.Series(dtype=of.get(name, "object")) for name in INCIDENT})


def overlapping(one: pd.Series, other: pd.Series) -> bool:
    """Tell whether two spells have days in common, or nearly."""
    return bool(one["start"] <= other["last"] + NEAR and other["start"] <= one["last"] + NEAR)


def id_of(key: str, day: object) -> str:
    """Make a short name that is the same whenever it is made.

    >>> id_of("contacts", "2026-10-01") == id_of("contacts", "2026-10-01") != id_of("contacts", "2026-10-02")
    True
    """
    return "A-" + hashlib.sha256(f"{key}|{day}".encode()).hexdigest()[:6]


def _clearness(spells: pd.DataFrame) -> pd.Series:
    """Return how much likelier each spell is with a rise than without: a Poisson's likelihood ratio over its dispersion.

    It prefers the concentrated to the wide (Kulldorff, Communications in Statistics 26, 1997).
    """
    observed, expected = spells["observed"].clip(lower=1e-9), spells["expected"].clip(lower=1e-9)
    error = (spells["hi"] - spells["lo"]) / (2 * Z)
    dispersion = (error**2 / np.maximum(observed, expected)).clip(lower=1.0)
    return (observed * np.log(observed / expected) - (observed - expected)) * np.sign(spells["excess"]) / dispersion


def _explained(one: pd.Series, fronts: pd.DataFrame, shared: Shared) -> int | None:
    """Return which of the incidents explains most of a spell, if all together explain half of it.

    A quarter will do where what is left lies within chance: a region in which three incidents meet is no fourth.
    """
    parts = [
        _common(one, front, shared)[0] if one["key"] != front["key"] and overlapping(one, front) else 0.0
        for _, front in fronts.iterrows()
    ]
    told, chance = sum(parts), (one["hi"] - one["lo"]) / 2
    enough = told >= (PARTLY if one["excess"] - told < chance else RELATED) * one["excess"]
    return int(np.argmax(parts)) if enough and max(parts, default=0.0) > 0 else None


def _next_group(left: pd.DataFrame, clearest: int, shared: Shared) -> list[int]:
    """Return the rows of the next incident, the one in front first."""
    top = left.loc[clearest]
    near = _related(left, clearest, shared)
    others = [row for row in near if left.loc[row, "key"] != top["key"] and _mostly(left.loc[row], top, shared)]
    then = {
        row: _common(left.loc[row], top, shared, own=True)[0] for row in [clearest, *others]
    }  # on the days of the clearest
    strong = [row for row, excess in then.items() if excess >= IN_FRONT * max(then.values())]
    front = left.loc[
        strong or [clearest], "expected"
    ].idxmin()  # where too little is known of the weeks before, none is strong
    group = near if front == clearest else [*_related(left, front, shared), clearest]
    return [front, *(row for row in dict.fromkeys(group) if row != front)]


def _mostly(one: pd.Series, top: pd.Series, shared: Shared) -> bool:
    """Tell whether two thirds of what a spell has on the days of another lie in the other's contacts."""
    return _common(one, top, shared)[0] >= IN_FRONT * _common(one, top, shared, own=True)[0]


def _related(left: pd.DataFrame, row: int, shared: Shared) -> list[int]:
    """Return the rows that overlap with one for half of their days or more and share its contacts, itself among them."""
    one, found = left.loc[row], []
    for index, other in left.iterrows():
        if index == row or (_mainly_then(other, one) and _alike(one, other, shared)):
            found.append(index)
    return found


def _mainly_then(spell: pd.Series, other: pd.Series) -> bool:
    """Tell whether half of a spell's days are those of another, or nearly; of one series any overlap will do."""
    if spell["key"] == other["key"]:
        return overlapping(spell, other)
    inside = min(spell["last"], other["last"] + NEAR) - max(spell["start"], other["start"] - NEAR) + 1
    return bool(inside >= MAINLY * (spell["last"] - spell["start"] + 1))


def _alike(one: pd.Series, other: pd.Series, shared: Shared) -> bool:
    if one["key"] == other["key"]:
        return True
    excess, usual = _common(one, other, shared)
    smaller = min(_common(spell, other if spell is one else one, shared, own=True)[0] for spell in (one, other))
    return bool(excess >= RELATED * smaller and excess >= BEYOND * np.sqrt(usual + 1))


def _common(one: pd.Series, other: pd.Series, shared: Shared, own: bool = False) -> tuple[float, float]:
    """Return what two spells share on the days they overlap (or nearly); ``own``: what the first has itself on these days."""
    start, last = int(max(one["start"], other["start"])), int(min(one["last"], other["last"]))
    earliest = int(min(one["start"], other["start"]))
    if last < start:  # near each other only
        start, last = earliest, int(max(one["last"], other["last"]))
    return shared(one["key"], one["key"] if own else other["key"], start, last, earliest)


def _told(group: pd.DataFrame, front: int, days: pd.DatetimeIndex, quiet: int, sure: float, size: Size | None) -> dict:
    lead = group.loc[front]
    others = group.drop(index=front).sort_values("excess", ascending=False, kind="stable")["key"]
    own = group[group["key"] == lead["key"]]
    newest, first = int(own["last"].max()), own["seen"].min()
    last = newest if size else lead["last"]
    sizes = lead if size is None or last == lead["last"] else size(lead["key"], int(lead["start"]), last)
    seen = min(int(day) for day in group["seen"] if day >= lead["start"])
    return {
        **{name: lead[name] for name in ("key", "what")}, **{name: sizes[name] for name in SIZES},
        "id": id_of(lead["key"], days[first].date()), "start": days[lead["start"]], "seen": days[seen],
        "last": days[last], "certainty": SURE if group["strength"].max() >= sure else LIKELY,
        "state": GOING if newest >= len(days) - 1 - quiet else OVER,
        "related": list(dict.fromkeys(key for key in others if key != lead["key"])),
    }  # fmt: skip


def no_contacts(_one: str, _other: str, _start: int, _last: int, _since: int) -> tuple[float, float]:
    """Stand in where contacts are not known: nothing is shared, and only alarms of one series are one incident."""
    return 0.0, 0.0
