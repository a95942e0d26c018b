"""What the pages on forecasts read, and how they name a series, write its figures and judge whether more is to come."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Protocol

import numpy as np
import pandas as pd

from ...analysis.forecast.series import SMALLER, UNNAMED
from ...analysis.metrics import METRICS
from ...data.periods import Period
from ..sentences import phrase
from ..style import change, cut, field_words, interval, is_missing, number, period_label
from .drivers_read import listed
from .topics import capital

MORE, LESS, AS_NOW, UNKNOWN = "more", "less", "as now", "cannot tell"
PLAIN = ("mean of all", "running mean", "naive", "seasonal naive", "drift")  # rules that need no model
FEWEST = 12  # known periods under which no model is made
METHODS = {
    "mean of all": "the mean of all {grain}s", "running mean": "the mean of the latest {grain}s", "naive": "the last {grain}",
    "seasonal naive": "the same {grain} a year before", "drift": "the line through the first and the last {grain}",
    "level": "a level that wanders", "level with trend": "a level that wanders, with a trend",
    "level with season": "a level that wanders, with a season",
    "days": "days: weekday, season, holidays, events", "combination": "the mean of several forecasts",
}  # fmt: skip
OUTER = "observed_lo95", "observed_hi95"
NEAR = {"%": 2.5, "points": 5.0, "score 1–5": 0.1}  # by unit, how far from now is as now: a fortieth of the scale
NEAR_TIMES = 0.1  # the same of counts and times, which have no scale, as a part of the figure
EARLIER = ["series", "made", "at", "method", "value", "lo80", "hi80", *OUTER, "n", "replayed"]


class Forecast(Protocol):
    """What is expected and what that rests on: frames as ``voc.analysis.forecast.ahead`` lays them out, and two things more.

    ``why``: why nothing can be forecast, else empty. ``earlier``: what earlier reports had said of periods known by now, ``EARLIER``
    (``made``: the day up to which that forecast knew; ``replayed``: no report kept it, it is what would have been said).
    """

    why: str
    course: pd.DataFrame
    ahead: pd.DataFrame
    scores: pd.DataFrame
    words: pd.DataFrame
    effects: pd.DataFrame
    whatif: pd.DataFrame
    earlier: pd.DataFrame


def label_of(series: object) -> str:
    """Name a series for readers: a metric, all contacts, or the contacts of a label.

    >>> label_of("csat_pct"), label_of("category: delivery"), label_of("chats")
    ('CSAT', 'Contacts about delivery', 'Chats')
    >>> label_of("category: all others"), label_of("payment_method: not recorded")
    ('Contacts of any other category', 'Contacts with no payment method')
    """
    name = str(series)
    if name in METRICS:
        return METRICS[name].label
    dimension, parted, label = name.partition(": ")
    if parted and label in (SMALLER, UNNAMED):
        return f"Contacts {'of any other' if label == SMALLER else 'with no'} {field_words(dimension)}"
    return f"Contacts {phrase(dimension, label)}" if parted else capital(cut(field_words(name)))


def unit_of(series: object, kind: str) -> str:
    """Return the unit of a series: that of its metric, else what its kind says.

    >>> unit_of("nps", "score"), unit_of("category: delivery", "count")
    ('points', 'contacts')
    """
    name = str(series)
    return METRICS[name].unit if name in METRICS else {"share": "%", "count": "contacts"}.get(kind, "score")


def figure(value: Any, unit: str) -> str:
    """Write a figure; nobody makes half a contact.

    >>> figure(2699.7, "contacts"), figure(80.2, "%")
    ('2,700', '80.2%')
    """
    return number(value if is_missing(value) or unit != "contacts" else round(float(value)), unit)


def ends(row: Mapping[str, Any], lo: str, hi: str, unit: str) -> str:
    """Write an interval."""
    return interval(row[lo], row[hi], unit)


def grain_of(*frames: pd.DataFrame) -> str:
    """Tell what periods the rows are: week, month or quarter. One period is told by those that are foretold after it.

    >>> grain_of(pd.DataFrame({"at": pd.date_range("2026-08-03", periods=3, freq="7D")}))
    'week'
    >>> grain_of(*(pd.DataFrame({"at": [pd.Timestamp(day)]}) for day in ("2026-07-01", "2026-10-01")))
    'quarter'
    """
    days = pd.DatetimeIndex(sorted({pd.Timestamp(at) for frame in frames for at in frame["at"]}))
    gap = float(np.median(np.diff(days).astype("timedelta64[D]").astype(float))) if len(days) > 1 else 30.0
    return "week" if gap < 14 else "month" if gap < 60 else "quarter"


def period(at: Any, grain: str) -> str:
    """Name the period that begins on a day, as it stands within a sentence.

    >>> period("2026-09-28", "week").replace(chr(160), " "), period("2026-11-01", "month")
    ('the week of 28 Sep 2026', 'November 2026')
    """
    return ("the " if grain == "week" else "") + period_label(pd.Timestamp(at), grain)


def method_of(name: str, grain: str) -> str:
    """Say how a forecast was made."""
    return METHODS.get(name, field_words(name)).format(grain=grain)


def usual_change(course: pd.DataFrame) -> float:
    """Return the mean change between neighbouring periods of one series, both known; missing where there are none.

    >>> usual_change(pd.DataFrame({"at": pd.date_range("2026-01-01", periods=4, freq="MS"), "seen": [1.0, 3.0, None, 4.0]}))
    2.0
    """
    changes = course.sort_values("at")["seen"].astype(float).diff().abs().dropna()
    return float(changes.mean()) if len(changes) else np.nan


def margin(unit: str, level: float) -> float:
    """Return how far a figure may lie from a level and still be as now: a fortieth of its scale, or a tenth without one.

    >>> margin("%", 80.0), margin("points", 12.0), margin("score 1–5", 4.2), margin("contacts", 300.0)
    (2.5, 5.0, 0.1, 30.0)
    """
    return NEAR[unit] if unit in NEAR else NEAR_TIMES * abs(level)


def outlook(course: pd.DataFrame, ahead: Mapping[str, Any]) -> str:
    """Say whether a series will be more, less or as now in a period ahead, or that it cannot be told.

    ``course``: its past, in which ``value`` is the true figure, without the chance of a single period. More or less: the last
    one lies outside the 80% interval, also of the series' own forecast, before it was ``moved`` so that parts add up. As now: it
    lies inside, and the whole interval lies within ``margin`` of it. Counts are compared by day, since months differ.
    """
    known = course.dropna(subset=["value"]).sort_values("at")
    if known.empty or is_missing(ahead["lo80"]):
        return UNKNOWN
    last = known.iloc[-1]
    times = ahead["n"] / last["n"] if last["kind"] == "count" and last["n"] > 0 else 1.0
    level, low, high, moved = last["value"] * times, ahead["lo80"], ahead["hi80"], ahead["moved"]
    if min(low, low - moved) > level:
        return MORE
    if max(high, high - moved) < level:
        return LESS
    near = margin(unit_of(last["series"], last["kind"]), level)
    return AS_NOW if max(high - level, level - low) <= near else UNKNOWN


def parts(found: Forecast) -> list[tuple[str, pd.DataFrame, pd.DataFrame]]:
    """Return each series with its past and what is ahead of it, in the order of the forecast."""
    of = dict(list(found.course.groupby("series", sort=False)))
    return [
        (str(name), of.get(name, found.course.iloc[:0]), rows) for name, rows in found.ahead.groupby("series", sort=False)
    ]  # fmt: skip


def kind_of(past: pd.DataFrame) -> str:
    """Return the kind of a series: share, score or count."""
    return str(past["kind"].iloc[0]) if len(past) else ""


def last_seen(past: pd.DataFrame) -> Mapping[str, Any] | None:
    """Return the last period of which a figure is known; None where none is."""
    known = past.dropna(subset=["seen"]).sort_values("at")
    return known.iloc[-1].to_dict() if len(known) else None


def holes(row: Mapping[str, Any], grain: str) -> list[str]:
    """Say on how many days a count stands where some of its period are not known; nothing else.

    >>> holes({"kind": "count", "at": pd.Timestamp("2026-10-01"), "n": 28.0}, "month")
    ['28 of 31 days']
    """
    days = Period.holding(pd.Timestamp(row["at"]).date(), grain).days
    return [f"{row['n']:.0f} of {days} days"] if row["kind"] == "count" and row["n"] < days else []


def away(value: float, unit: str) -> str:
    """Write a size of a difference without its sign, in the unit of differences.

    >>> away(1.94, "%").replace(chr(160), " "), away(12.4, "contacts")
    ('1.9 pts', '12')
    """
    return change(abs(round(value) if unit == "contacts" else value), unit).lstrip("+±")


def in_turn(labels: Sequence[str], most: int = 5) -> str:
    """Join labels as a sentence does, and say "contacts" once where several follow each other.

    >>> in_turn(["CSAT", "Contacts about app", "Contacts about order"])
    'CSAT, contacts about app and about order'
    """
    kept, before = [], False
    for label in at_most(labels, most):
        counted = label.startswith("Contacts ")
        kept.append(label[9:] if counted and before else label[0].lower() + label[1:] if counted and kept else label)
        before = counted
    return listed(kept)


def at_most(names: Sequence[str], most: int = 5) -> list[str]:
    """Keep the first names and count the rest.

    >>> at_most(["a", "b", "c"], 2)
    ['a', '2 others']
    """
    return [*names] if len(names) <= most else [*names[: most - 1], f"{len(names) - most + 1} others"]
