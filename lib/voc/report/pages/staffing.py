"""Load to people on a page: what each hour of the week takes, where people are missing, and where fewer would do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Protocol

import pandas as pd

from ...analysis.forecast.planned import EVERY
from ...analysis.load.hours import DAYS as WEEKDAYS
from ..canvas import Picture
from ..charts.gaps import gaps
from ..charts.grid import heatmap
from ..style import MINUS, cut, is_missing, number, reason
from ..tables import Col, Html, say, table
from .drivers_read import joined, listed, nothing, noun
from .staffing_hours import FITS, IDLE, MISSING, between, counted, days_named, hours_named, runs, when

WHAT = "How many people the load takes"
SAYS = {MISSING: "people missing", IDLE: "fewer would do", FITS: "fits", "": "cannot tell"}
MOST_IN_TITLE, SHOWN = 2, 10
LITTLE = 0.05  # people below which nobody is busy


class Staffing(Protocol):
    """People needed, and held against the plan, as ``voc.analysis.forecast.staffing`` lays them out."""

    hours: pd.DataFrame
    days: pd.DataFrame
    channels: pd.DataFrame
    plan: Any
    why: str
    no_plan: str
    plan_of: str


def lead(found: Staffing) -> Html:
    """Say where the plan falls short of the load or goes beyond it, what the load takes by channel, and what that presumes."""
    if found.why or found.hours.empty:
        return nothing(found.why, WHAT)
    of = [say("Needs are held against {plan}.", plan=found.plan_of)] if found.plan_of and against(found) else []
    return joined([*against(found), *of, *_takes(found), *_no_plan(found), _presumed(found)])


def _takes(found: Staffing) -> list[Html]:
    told = []
    for name, part in found.hours.dropna(subset=["needed"]).groupby("channel", sort=True):
        top = part.sort_values(["needed", "workload_hours"], kind="stable").iloc[-1]
        told.append(say(
            "**{channel}**: {work} of handling a week; most at once on {at}, which takes {n} (95% {ends}).",
            channel=cut(name), work=noun(round(part["workload_hours"].sum()), "hour"), at=_at(top),
            n=_persons(top["needed"]), ends=between(top["needed_lo"], top["needed_hi"]),
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
    """Say in how many hours of the week people are missing or fewer would do, and in which most."""
    if found.why:
        return []
    hours = _judged(found.hours, "planned")
    busy = hours[(hours["needed"] > 0) | (hours["planned"] > 0)]
    told = [counted(busy, ("hour", " of the week"), hours_named)] if len(busy) else []
    for name, rows in _judged(found.days, "planned_hours").groupby("channel", sort=True):
        told.append(counted(rows, ("weekday", f" of {cut(name)}" if name != EVERY else ""), days_named))
    return told


def _no_plan(found: Staffing) -> list[Html]:
    if not found.no_plan:
        return []
    return [say("Needs are not held against a plan by the hour: {why}.", why=reason(found.no_plan))]


def _judged(rows: pd.DataFrame, planned: str) -> pd.DataFrame:
    return rows[rows[planned].notna() & rows["p"].notna()]


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
        parts.append(f"for {listed(of['written'])} the work of a day counts, whenever in the day it is done")
    return say(
        "What that presumes: {parts}. Paid time is {times} times as much, at {shrinkage} of it not spent with customers.",
        parts="; ".join(parts) or "nothing", times=f"{1 / (1 - plan.shrinkage):.2f}", shrinkage=f"{plan.shrinkage:.0%}",
    )  # fmt: skip


def _at(row: Mapping) -> str:
    return f"{row['weekday']} at {int(row['hour'])}:00"


def _people(value: float) -> str:
    return number(value, "people")


def _persons(value: float) -> str:
    if value < LITTLE:
        return "hardly anybody"
    return f"{_people(value)} {'person' if value == 1 else 'people'}"


def open_hours(rows: pd.DataFrame) -> pd.DataFrame:
    """Keep the hours of the day in which somebody is needed or planned on some weekday."""
    busy = (rows["needed"].fillna(0) > 0) | (rows["planned"].fillna(0) > 0)
    return rows[rows["hour"].isin(rows.loc[busy, "hour"].unique())]


def needs(found: Staffing) -> list[Picture]:
    """Draw, for each channel, the people whom each hour of the week takes; folded away where that is always as many."""
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
        times, same = (rows["needed"] == top["needed"]).sum(), rows.loc[rows["needed"] > 0, "needed"].nunique() < 2
        at = f"on {_at(top)}" if times == 1 else f"in {noun(times, 'hour')} of the week"
        title = f"{cut(name)}: {_persons(top['needed'])}{'' if same else ' at most'}, {at}"
        picture = heatmap(
            cells.rename(index=lambda day: day[:3], columns=lambda hour: str(int(hour))), title=title, unit="people", peak=False,
            subtitle=f"People needed by hour of the week; {noun(int(part['dates'].max()), 'date')} of each weekday",
            alt=f"{title}; 95% {between(top['needed_lo'], top['needed_hi'])}.",
        )  # fmt: skip
        made.append(replace(picture, fold=f"hour of the week ({cut(name)})") if same else picture)
    return made


def against_plan(found: Staffing) -> list[Picture]:
    """Draw where people are missing and where fewer would do, the channel that lacks most first.

    A channel whose hours all fit is folded away; one of which no hour can be judged is not drawn.
    """
    if found.why:
        return []
    parts = [part for _, part in found.hours[found.hours["planned"].notna()].groupby("channel", sort=True)]
    drawn = [part for part in parts if len(_judged(part, "planned")) and len(open_hours(part))]
    drawn.sort(key=lambda part: (-(part["verdict"] == MISSING).sum(), -(part["verdict"] == IDLE).sum()))
    return [_gaps(str(part["channel"].iloc[0]), open_hours(part)) for part in drawn]


def _gaps(name: str, rows: pd.DataFrame) -> Picture:
    parts = []
    for verdict, words in ((MISSING, "people are missing on"), (IDLE, "fewer would do on")):
        found = runs(rows[rows["verdict"] == verdict])
        rest = sum(run["hours"] for run in found[MOST_IN_TITLE:])
        named = [when(run) for run in found[:MOST_IN_TITLE]] + ([noun(rest, "hour") + " more"] if rest else [])
        parts += [f"{words} {listed(named)}"] if named else []
    title = f"{cut(name)}: {', '.join(parts) or 'no hour lacks people or has too many, beyond chance'}"
    picture = gaps(
        rows,
        title=title,
        subtitle="People beyond need (+) or short of it (−), rounded",
        alt=f"{title}. {_widest(rows)}".strip(),
        weekdays=WEEKDAYS,
    )
    return picture if parts else replace(picture, fold=f"hour of the week ({cut(name)})")


def _widest(rows: pd.DataFrame) -> str:
    real = rows[rows["verdict"].isin([MISSING, IDLE])]
    if real.empty:
        return ""
    row = real.loc[real["gap"].abs().idxmax()]
    return f"The widest gap is {_signed(row['gap'])} on {_at(row)}."


def _signed(gap: float) -> str:
    return (MINUS if gap < 0 else "+") + number(abs(gap), "people")


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
    needed, ends = _people(row["needed"]), between(row["needed_lo"], row["needed_hi"])
    kept = "–" if is_missing(row["in_time_pct"]) else number(row["in_time_pct"], "%")
    return {
        "at": f"{cut(row['channel'])}, {_at(row)}", "verdict": SAYS[row["verdict"]], "needed": needed if ends == needed else f"{needed} ({ends})", "planned": _people(row["planned"]), "gap": _signed(row["gap"]), "kept": kept, "certainty": row["certainty"],
        "n": number(row["contacts"], "contacts"),
    }  # fmt: skip


def days_table(found: Staffing) -> Html | None:
    """Show needs and plan by weekday, where people are known by the day only; None where they are not."""
    if found.why or found.days.empty:
        return None
    rows = pd.DataFrame([
        {"at": f"{cut(row['channel'])}, {row['weekday']}", "verdict": SAYS.get(row["verdict"], "cannot tell"), "work": _people(row["workload_hours"]),
         "needed": _people(row["needed_hours"]), "planned": _people(row["planned_hours"]), "carries": f"{row['carries']:.2f}×",
         "certainty": row["certainty"]}
        for row in found.days.to_dict("records")
    ])  # fmt: skip
    columns = [
        Col("at", "Day"), Col("verdict", "So it is"), Col("work", "Hours of handling", "number"), Col("needed", "Hours needed", "number"),
        Col("planned", "Hours planned", "number"), Col("carries", "The plan carries, of the usual load", "number"), Col("certainty", "How sure", "chip"),
    ]  # fmt: skip
    return table(rows, columns=columns, caption="People-hours needed and planned by weekday")
