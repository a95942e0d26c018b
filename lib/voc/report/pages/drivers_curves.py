"""How CSAT runs over a driver: first as the contacts are, then with the kind of contact held alike, and where the line bends."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ..canvas import Picture
from ..charts.curve import curve
from ..style import SECONDS, change, cut, interval, is_missing, number
from ..tables import Html, say
from .drivers import where_more
from .drivers_read import CERTAIN, Found, count, joined, label_of, more_of, names_of, nothing, plainly

MOST_DRAWN, MOST_MARKS = 4, 3
TIMES = "times"
STRAIGHT = 0.05  # chance above which a straight line is not refused
STEEP = 3.0  # points for once the usual from which a slope is told by the tenth of it
SEEN = 0.05  # points below which a slope is told by the next longer unit of time
LONGER = {"seconds": (("second", 1), ("minute", 60), ("hour", 3600)), "minutes": (("minute", 1), ("hour", 60), ("day", 1440)), "hours": (("hour", 1), ("day", 24), ("week", 168))}  # fmt: skip


def unit_of(found: Found, driver: str) -> str:
    """Return what a driver's curve is drawn over: a unit of time, ``times`` the usual, or a word."""
    rows = found.plain[found.plain["driver"] == driver]
    if rows.empty:
        return ""
    return TIMES if rows["scale"].iloc[0] == "times usual" else str(rows["unit"].iloc[0] or "")


def raw(found: Found) -> list[Picture]:
    """Draw CSAT over each driver that is a quantity as the contacts are, the closest to the scores first, at most four."""
    if found.why or found.bins.empty:
        return []
    order = found.plain[found.plain["scale"] != "yes/no"].sort_values("rho", key=lambda rho: -rho.abs(), kind="stable")
    return [_raw(found, row) for row in order.to_dict("records") if (found.bins["driver"] == row["driver"]).any()][
        :MOST_DRAWN
    ]


def _raw(found: Found, row: Mapping) -> Picture:
    bins, label = found.bins[found.bins["driver"] == row["driver"]].sort_values("middle"), cut(row["label"])
    unit, none = unit_of(found, row["driver"]), found.curve.iloc[:0]
    real = row["certainty"] in CERTAIN
    way = "higher" if row["rho"] > 0 else "lower"
    title = (
        f"{label}: CSAT is {way} {where_more(more_of(found, row['driver']))}"
        if real
        else f"{label}: no pattern beyond chance"
    )
    return curve(
        none, bins, title=title, subtitle=f"CSAT, % of answers 4 and 5, all contacts together; n\u00a0{count(bins['n'].sum())}",
        alt=f"{title}. From {number(bins['csat'].iloc[0], '%')} to {number(bins['csat'].iloc[-1], '%')}.", unit=unit, x_label=_axis(label, unit),
    )  # fmt: skip


def adjusted(found: Found) -> list[Picture]:
    """Draw the adjusted line of each driver with its band over the raw shares, and mark how steep it is in a few places."""
    if found.why or found.curve.empty:
        return []
    names = names_of(found)
    return [
        _adjusted(found, str(driver), label_of(names, driver))
        for driver in list(dict.fromkeys(found.curve["driver"]))[:MOST_DRAWN]
    ]


def _adjusted(found: Found, driver: str, label: str) -> Picture:
    line = found.curve[found.curve["driver"] == driver].sort_values("x", ignore_index=True)
    bins = found.bins[found.bins["driver"] == driver].sort_values("middle")
    unit = unit_of(found, driver)
    first, last = line.iloc[0], line.iloc[-1]
    ran = f"from {number(first['csat'], '%')} at {place(first['x'], unit)} to {number(last['csat'], '%')} at {place(last['x'], unit)}"
    verb = "rises" if last["csat"] > first["csat"] else "falls"
    title = f"{label}: a flat line would fit" if is_flat(line) else f"{label}: CSAT {verb} {ran}"
    n = f"; n\u00a0{count(bins['n'].sum())}" if len(bins) else ""
    parts = list(bins["low"].iloc[1:]) if len(bins) > 1 else []
    return curve(
        line, bins, title=title, subtitle=f"CSAT, % of answers 4 and 5, the kind of contact held alike{n}",
        alt=f"{label}: adjusted CSAT runs {ran}.", unit=unit, x_label=_axis(label, unit), bends=_marks(found, driver, unit), spread=parts,
    )  # fmt: skip


def is_flat(line: pd.DataFrame) -> bool:
    """Tell whether one level lies inside the band everywhere.

    >>> is_flat(pd.DataFrame({"lo": [80.0, 78.0], "hi": [90.0, 84.0]}))
    True
    """
    return bool(line["lo"].max() <= line["hi"].min())


def _axis(label: str, unit: str) -> str:
    return (
        f"{label}, times what is usual"
        if unit == TIMES
        else label
        if unit in SECONDS or not unit
        else f"{label}, {unit}"
    )


def place(x: float, unit: str) -> str:
    """Write a value of a driver.

    >>> place(0.5, "times"), place(3, "replies")
    ('half the usual', '3 replies')
    """
    if unit == TIMES:
        return {0.5: "half the usual", 1.0: "the usual", 2.0: "twice the usual"}.get(
            round(float(x), 2), f"{plainly(x, 2)} times the usual"
        )
    return number(x, unit) if unit in SECONDS else f"{plainly(x, 3)} {unit}".strip()


def per(slope: float, unit: str) -> tuple[float, str]:
    """Return by what a slope is to be multiplied, and per what it then is: a tenth of the usual, or the shortest time that shows it.

    >>> per(-0.002, "minutes"), per(-3.0, "times")
    ((60, 'hour'), (0.1, 'tenth of the usual'))
    >>> per(-1.9, "times")
    (1, 'once the usual more')
    """
    if unit == TIMES:
        return (0.1, "tenth of the usual") if abs(slope) >= STEEP else (1, "once the usual more")
    for word, factor in LONGER.get(unit, ()):
        if abs(slope) * factor >= SEEN or word == LONGER[unit][-1][0]:
            return factor, word
    return 1, f"one more {unit.removesuffix('s')}".strip() if unit else "step"


def _marks(found: Found, driver: str, unit: str) -> pd.DataFrame:
    """Choose at most three places whose slope goes beyond chance: the first, the middle one, the last."""
    rows = found.bends[
        (found.bends["driver"] == driver) & ((found.bends["lo"] > 0) | (found.bends["hi"] < 0))
    ].sort_values("x")
    chosen = (
        rows.iloc[sorted(set(np.linspace(0, len(rows) - 1, MOST_MARKS).round().astype(int)))] if len(rows) else rows
    )
    words = []
    for row in chosen.to_dict("records"):
        factor, word = per(row["slope"], unit)
        words.append(f"{change(row['slope'] * factor, 'pts', bare=True)} per {SHORT.get(word, word)}")
    return chosen[["x"]].assign(words=words)


SHORT = {"minute": "min", "hour": "h", "second": "s", "tenth of the usual": "tenth", "once the usual more": "1×"}


def bends(found: Found) -> Html:
    """Say in points per minute where each line is steep and where it is flat, and whether a straight line would do."""
    rows = found.bends
    if found.why or rows.empty:
        return nothing(found.why, "Where the line bends")
    names = names_of(found)
    return joined([_bends(part.sort_values("x"), label_of(names, driver), unit_of(found, str(driver))) for driver, part in rows.groupby("driver", sort=False)])  # fmt: skip


def _bends(rows: pd.DataFrame, label: str, unit: str) -> Html:
    steep = rows[(rows["lo"] > 0) | (rows["hi"] < 0)]
    if steep.empty:
        return say(
            "**{label}**: nowhere is the line steeper than chance makes it. {straight}",
            label=label,
            straight=_straight(rows),
        )
    flat = [place(x, unit) for x in rows.loc[~rows.index.isin(steep.index), "x"]]
    told = [_slope(row, unit) for row in steep.to_dict("records")]
    return say(
        "**{label}**: {told}.{flat} {straight}", label=label, told="; ".join(told), straight=_straight(rows),
        flat=f" Not told from flat: at {', '.join(flat)}." if flat else "",
    )  # fmt: skip


def _slope(row: Mapping, unit: str) -> str:
    factor, word = per(row["slope"], unit)
    ends = sorted((row["lo"] * factor, row["hi"] * factor))
    return f"at {place(row['x'], unit)} {change(row['slope'] * factor, 'pts')} per {word} ({interval(*ends, 'pts', signed=True, bare=True)})"


def _straight(rows: pd.DataFrame) -> str:
    p = rows["straight_p"].iloc[0]
    if is_missing(p):
        return "Whether it bends at all cannot be told."
    if p >= STRAIGHT:
        return f"A straight line would do as well (p {p:.2f})."
    return f"It bends: a straight line does not fit (p {'below 0.001' if p < 0.001 else f'{p:.3f}'})."
