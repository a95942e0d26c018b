"""Load to people on a page: what each hour of the week takes, where people are missing, and where fewer would do."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

import pandas as pd

from ...analysis.load.hours import DAYS as WEEKDAYS
from ..canvas import Picture
from ..charts.gaps import gaps
from ..charts.grid import heatmap
from ..style import MINUS, cut, is_missing, number, reason
from ..tables import Col, Html, say, table
from .drivers_read import count, joined, listed, nothing, noun

WHAT = "How many people the load takes"
MISSING, IDLE, FITS = "missing", "idle", "fits"
SAYS = {MISSING: "people missing", IDLE: "fewer would do", FITS: "fits", "": "cannot tell"}
MOST_NAMED, SHOWN = 3, 10


class Staffing(Protocol):
    """People needed, and held against the plan, as ``voc.analysis.forecast.staffing`` lays them out."""

    hours: pd.DataFrame
    days: pd.DataFrame
    channels: pd.DataFrame
    plan: Any
    why: str
    no_plan: str


def lead(found: Staffing) -> Html:
    """Say what the load takes by channel, where the plan falls short of it or goes beyond, and what that presumes."""
    if found.why or found.hours.empty:
        return nothing(found.why, WHAT)
    return joined([*_takes(found), *_no_plan(found), *against(found), _presumed(found)])


def _takes(found: Staffing) -> list[Html]:
    told = []
    for name, part in found.hours.dropna(subset=["needed"]).groupby("channel", sort=True):
        top = part.loc[part["needed"].idxmax()]
        told.append(say(
            "**{channel}**: {work} of handling a week; most at once on {at}, which takes {n} (95% {ends}).",
            channel=cut(name), work=noun(round(part["workload_hours"].sum()), "hour"), at=_at(top),
            n=f"{_people(top['needed'])} {'person' if top['needed'] == 1 else 'people'}",
            ends=f"{_people(top['needed_lo'])}–{_people(top['needed_hi'])}",
        ))  # fmt: skip
    unknown = found.channels[found.channels["why"].fillna("").ne("")]
    for why, part in unknown.groupby("why", sort=False):
        each = "because" if len(part) == 1 else "each because"
        named = listed([cut(name) for name in part["channel"]])
        told.append(
            say("**{named}**: what the work takes is not known, {each} {why}.", named=named, each=each, why=reason(why))
        )
    return told


def against(found: Staffing) -> list[Html]:
    """Say in how many hours and on how many weekdays the plan falls short of need or goes beyond; nothing where nothing is known."""
    if found.why or found.hours.empty:
        return []
    judged = (
        (_judged(found.hours, "planned"), "hours of the week"),
        (_judged(found.days, "planned_hours"), "weekdays"),
    )
    return [_counted(rows, what) for rows, what in judged if len(rows)]


def _no_plan(found: Staffing) -> list[Html]:
    if not found.no_plan:
        return []
    return [say("Needs are not held against a plan by the hour: {why}.", why=reason(found.no_plan))]


def _judged(rows: pd.DataFrame, planned: str) -> pd.DataFrame:
    return rows[rows[planned].notna() & rows["p"].notna()]


def _counted(rows: pd.DataFrame, what: str) -> Html:
    of = {word: rows[rows["verdict"] == word] for word in (MISSING, IDLE)}
    parts = []
    for word, one in ((MISSING, "people are missing beyond chance"), (IDLE, "fewer people would do")):
        first = (
            of[word].reindex(of[word]["gap"].abs().sort_values(ascending=False, kind="stable").index).head(MOST_NAMED)
        )
        named = listed([_gap(row) for row in first.to_dict("records")])
        parts.append(f"in {len(of[word]):,} {one}" + (f", most: {named}" if named else ""))
    return say("**Of {n} {what} that could be judged**, {parts}; the rest fits, or differs by no more than chance makes.",
               n=count(len(rows)), what=what, parts="; ".join(parts))  # fmt: skip


def _gap(row: Mapping) -> str:
    if "hour" in row:
        return f"{cut(row['channel'])} on {_at(row)} takes {_people(row['needed'])} and has {_people(row['planned'])}"
    return f"{cut(row['channel'])} on {row['weekday']} takes {count(round(row['needed_hours']))} hours and has {count(round(row['planned_hours']))}"


def _presumed(found: Staffing) -> Html:
    plan, known = found.plan, found.channels[found.channels["why"].fillna("").eq("")]
    of = {kind: [cut(name) for name in part["channel"]] for kind, part in known.groupby("kind")}
    parts = []
    if of.get("queue"):
        parts.append(
            f"for {listed(of['queue'])}, {plan.promise.share:.0%} are to be answered within {plan.promise.seconds:g} seconds, and nobody is to be busy for "
            f"more than {plan.promise.busiest:.0%} of the time (Erlang C, which presumes that nobody hangs up)"
        )
    if of.get("written"):
        parts.append(
            f"for {listed(of['written'])} the work itself counts, in the hour in which it came; it may be done in a quieter one"
        )
    return say(
        "What that presumes: {parts}. Paid time is {times} times as much, at {shrinkage} of it not spent with customers.",
        parts="; ".join(parts) or "nothing", times=f"{1 / (1 - plan.shrinkage):.2f}", shrinkage=f"{plan.shrinkage:.0%}",
    )  # fmt: skip


def _at(row: Mapping) -> str:
    return f"{row['weekday']} at {int(row['hour'])}:00"


def _people(value: float) -> str:
    return number(value, "people")


def open_hours(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep the hours of the day in which somebody is needed or planned on some weekday."""
    busy = (rows["needed"].fillna(0) > 0) | (rows["planned"].fillna(0) > 0)
    return rows[rows["hour"].isin(rows.loc[busy, "hour"].unique())]


def needs(found: Staffing) -> list[Picture]:
    """Draw, for each channel, the people whom each hour of the week takes."""
    if found.why:
        return []
    made = []
    for name, part in found.hours.dropna(subset=["needed"]).groupby("channel", sort=True):
        rows = open_hours(part)
        if rows.empty:
            continue
        cells = rows.pivot(index="weekday", columns="hour", values="needed")
        cells = cells.reindex([day for day in WEEKDAYS if day in cells.index])
        top = rows.loc[rows["needed"].idxmax()]
        title = f"{cut(name)}: {_people(top['needed'])} people at most, on {_at(top)}"
        made.append(heatmap(
            cells.rename(index=lambda day: day[:3], columns=lambda hour: str(int(hour))), title=title, unit="people", peak=False,
            subtitle=f"People needed by hour of the week; {noun(int(part['dates'].max()), 'date')} of each weekday",
            alt=f"{title}; 95% {_people(top['needed_lo'])} to {_people(top['needed_hi'])}.",
        ))  # fmt: skip
    return made


def against_plan(found: Staffing) -> list[Picture]:
    """Draw, for each channel with a plan by the hour, where people are missing and where fewer would do."""
    if found.why:
        return []
    parts = found.hours[found.hours["planned"].notna()].groupby("channel", sort=True)
    return [_gaps(str(name), open_hours(part)) for name, part in parts if len(open_hours(part))]


def _gaps(name: str, rows: pd.DataFrame) -> Picture:
    n = {word: int((rows["verdict"] == word).sum()) for word in (MISSING, IDLE)}
    title = f"{cut(name)}: people are missing in {noun(n[MISSING], 'hour')} of the week, fewer would do in {n[IDLE]:,}"
    worst = rows.loc[rows["gap"].idxmin()] if rows["gap"].notna().any() else None
    least = (
        f" The widest gap is {number(worst['gap'], 'people')} on {_at(worst)}."
        if worst is not None and worst["gap"] < 0
        else ""
    )
    return gaps(rows, title=title, subtitle="People planned beyond need (+) or short of it (−), by hour of the week", alt=f"{title}.{least}",
                weekdays=WEEKDAYS)  # fmt: skip


def worst_table(found: Staffing) -> Html | None:
    """Show the hours that differ most from need beyond chance; None where nothing was planned by the hour."""
    rows = found.hours[found.hours["planned"].notna()] if not found.why else found.hours.iloc[:0]
    if rows.empty:
        return None
    real = rows[rows["verdict"].isin([MISSING, IDLE])]
    order = (
        real.assign(first=real["verdict"] != MISSING, size=-real["gap"].abs())
        .sort_values(["first", "size"], kind="stable")
        .head(SHOWN)
    )
    shown = pd.DataFrame([_row(row) for row in order.to_dict("records")])
    columns = [
        Col("at", "Hour"), Col("verdict", "So it is"), Col("needed", "People needed", "number"), Col("planned", "Planned", "number"), Col("gap", "Gap", "number"),
        Col("kept", "In time as planned", "number"), Col("certainty", "How sure", "chip"), Col("n", "Contacts in that hour", "number"),
    ]  # fmt: skip
    caption = "Hours that differ most from need, people missing first"
    return table(shown, columns=columns, caption=caption, empty="No hour differs from need by more than chance makes.")


def _row(row: Mapping) -> dict:
    gap = number(abs(row["gap"]), "people")
    kept = "–" if is_missing(row["in_time_pct"]) else number(row["in_time_pct"], "%")
    return {
        "at": f"{cut(row['channel'])}, {_at(row)}", "verdict": SAYS[row["verdict"]], "needed": f"{_people(row['needed'])} ({_people(row['needed_lo'])}–{_people(row['needed_hi'])})",
        "planned": _people(row["planned"]), "gap": (MINUS if row["gap"] < 0 else "+") + gap, "kept": kept, "certainty": row["certainty"],
        "n": number(row["contacts"], "contacts"),
    }  # fmt: skip


def days_table(found: Staffing) -> Html | None:
    """Show needs and plan by weekday, where people are known by the day only; None where they are not."""
    if found.why or found.days.empty:
        return None
    rows = pd.DataFrame([
        {"at": f"{cut(row['channel'])}, {row['weekday']}", "verdict": SAYS.get(row["verdict"], "cannot tell"), "work": count(round(row["workload_hours"])),
         "needed": count(round(row["needed_hours"])), "planned": count(round(row["planned_hours"])), "carries": f"{row['carries']:.2f}×",
         "certainty": row["certainty"]}
        for row in found.days.to_dict("records")
    ])  # fmt: skip
    columns = [
        Col("at", "Day"), Col("verdict", "So it is"), Col("work", "Hours of handling", "number"), Col("needed", "Hours needed", "number"),
        Col("planned", "Hours planned", "number"), Col("carries", "The plan carries, of the usual load", "number"), Col("certainty", "How sure", "chip"),
    ]  # fmt: skip
    return table(rows, columns=columns, caption="People-hours needed and planned by weekday")
