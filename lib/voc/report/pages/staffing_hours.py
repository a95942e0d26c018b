"""Hours of the week in words: a meeting from nine to eleven is told once, not hour by hour."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import pandas as pd

from ..style import cut, number
from ..tables import Html, say
from .drivers_read import listed, noun

MISSING, IDLE, FITS = "missing", "idle", "fits"
ENDS = ("needed", "planned")
MOST_NAMED = 3


def runs(rows: pd.DataFrame) -> list[dict]:
    """Join hours that follow each other on one weekday of one channel; those with the most people-hours first.

    ``rows``: channel, weekday, hour, needed, planned, gap. Returns channel, weekday, start, end (excluded), hours, gap (people-
    hours), needed and planned (least and most).

    >>> hour = {"channel": "phone", "weekday": "Mon", "needed": 3.0, "planned": 1.0, "gap": -2.0}
    >>> found = runs(pd.DataFrame([hour | {"hour": 9}, hour | {"hour": 10}, hour | {"hour": 15}]))
    >>> [(run["start"], run["end"], run["gap"]) for run in found]
    [(9, 11, -4.0), (15, 16, -2.0)]
    """
    made: list[dict] = []
    for row in rows.sort_values(["channel", "weekday", "hour"]).to_dict("records"):
        last, hour = made[-1] if made else {}, int(row["hour"])
        if (last.get("channel"), last.get("weekday"), last.get("end")) == (row["channel"], row["weekday"], hour):
            last |= {"end": hour + 1, "hours": last["hours"] + 1, "gap": last["gap"] + row["gap"]}
            last |= {name: (min(last[name][0], row[name]), max(last[name][1], row[name])) for name in ENDS}
        else:
            made.append({"channel": row["channel"], "weekday": row["weekday"], "start": hour, "end": hour + 1, "hours": 1,
                         "gap": row["gap"], **{name: (row[name], row[name]) for name in ENDS}})  # fmt: skip
    return sorted(made, key=lambda run: -abs(run["gap"]))


def when(run: Mapping) -> str:
    """Write the hours of a run.

    >>> when({"weekday": "Mon", "start": 9, "end": 11})
    'Mon 9:00–11:00'
    """
    return f"{run['weekday']} {run['start']}:00–{run['end']}:00"


def in_words(run: Mapping) -> str:
    """Write what a run takes and has.

    >>> run = {"channel": "phone", "weekday": "Mon", "start": 9, "end": 11, "needed": (1.0, 2.0), "planned": (0.5, 0.5)}
    >>> in_words(run)
    'phone on Mon 9:00–11:00 takes 1–2 and has 0.5'
    """
    return f"{cut(run['channel'])} on {when(run)} takes {between(*run['needed'])} and has {between(*run['planned'])}"


def between(least: float, most: float) -> str:
    """Write two numbers of people or hours, as one where they are alike.

    >>> between(1.0, 2.0), between(0.25, 0.25)
    ('1–2', '0.2')
    """
    ends = dict.fromkeys(number(value, "people") for value in (least, most))
    return "–".join(ends)


def counted(rows: pd.DataFrame, what: tuple[str, str], named: Callable[[pd.DataFrame], list[str]]) -> Html:
    """Say of how many rows judged people are missing, of how many fewer would do, and name those that differ most.

    ``what`` is what a row is, in the singular, and whatever follows it: ("weekday", " of e-mails").
    """
    of = "".join((noun(len(rows), what[0]), what[1]))
    if not rows["verdict"].isin([MISSING, IDLE]).any():
        return say("**Of {of} that could be judged**, none lacks people or has too many beyond chance.", of=of)
    parts = []
    for word, one in ((MISSING, "people are missing beyond chance"), (IDLE, "fewer people would do")):
        called = rows[rows["verdict"] == word]
        first = named(called) if len(called) else []
        most = ": " if len(first) <= MOST_NAMED else ", most: "
        parts.append(
            f"in {f'{len(called):,}' if len(called) else 'none'} {one}"
            + (most + listed(first[:MOST_NAMED]) if first else "")
        )
    rest = "; the rest fits, or differs by no more than chance makes" if rows["verdict"].isin([FITS, ""]).any() else ""
    return say("**Of {of} that could be judged**, {parts}{rest}.", of=of, parts="; ".join(parts), rest=rest)


def hours_named(rows: pd.DataFrame) -> list[str]:
    """Name hours of the week with what they take and have, widest gap first."""
    return [in_words(run) for run in runs(rows)]


def days_named(rows: pd.DataFrame) -> list[str]:
    """Name weekdays of one channel with the hours that they take and have, widest gap first."""
    first = rows.reindex(rows["gap"].abs().sort_values(ascending=False, kind="stable").index)
    return [
        f"{row['weekday']} takes {number(row['needed_hours'], 'people')} hours and has {number(row['planned_hours'], 'people')}"
        for row in first.to_dict("records")
    ]
