"""Staffing in words: what it takes, where people are missing or idle, and what the figures presume."""

from __future__ import annotations

import pandas as pd

from .staffing import IDLE, MISSING, Staffing

MOST = 3


def sentences(found: Staffing) -> list[str]:
    """Say what staffing shows, most pressing first, and its limits; one sentence each, all from the figures.

    An hour is named only where its gap is more than chance.
    """
    if found.why:
        return [f"How many people the load takes cannot be told: {found.why}."]
    return [*_takes(found), *_against(found), *_presumed(found)]


def _takes(found: Staffing) -> list[str]:
    told = []
    for name, part in found.hours.dropna(subset=["needed"]).groupby("channel", sort=True):
        peak = part.loc[part["workload_hours"].idxmax()]
        work = f"{part['workload_hours'].sum():,.0f}"
        told.append(
            f"{name}: {work} {'hour' if work == '1' else 'hours'} of handling a week; most on {_at(peak)}, which takes"
            f" {_people(peak['needed'])} ({_number(peak['needed_lo'])} to {_number(peak['needed_hi'])})."
        )
    for row in found.channels[found.channels["why"] != ""].itertuples():
        told.append(f"{row.channel}: its work is not known, because {row.why}.")
    return told


def _against(found: Staffing) -> list[str]:
    told = [f"Needs are not held against a plan by the hour: {found.no_plan}."] if found.no_plan else []
    for frame, what, column in (
        (found.hours, "hours of the week", "planned"),
        (found.days, "weekdays", "planned_hours"),
    ):
        judged = frame[frame[column].notna() & frame["p"].notna()]
        if judged.empty:
            continue
        for verdict, words in ((MISSING, "people are missing"), (IDLE, "fewer people would do")):
            rows = judged[judged["verdict"] == verdict]
            rows = rows.reindex(rows["gap"].abs().sort_values(ascending=False, kind="stable").index)
            named = "; ".join(_gap(row) for _, row in rows.head(MOST).iterrows())
            told.append(
                f"In {len(rows):,} of {len(judged):,} {what} {words} beyond chance{': ' + named if named else ''}."
            )
    return told


def _gap(row: pd.Series) -> str:
    if "hour" in row:
        return f"{row['channel']} on {_at(row)} takes {_number(row['needed'])} and has {_number(row['planned'])}"
    taken, there = row["needed_hours"], row["planned_hours"]
    return f"{row['channel']} on {row['weekday']} takes {taken:,.0f} hours and has {there:,.0f}"


def _presumed(found: Staffing) -> list[str]:
    plan = found.plan
    kinds = found.channels[found.channels["why"] == ""].groupby("kind")["channel"].agg(", ".join)
    told = []
    if "queue" in kinds:
        told.append(
            f"For {kinds['queue']}, {plan.promise.share:.0%} are to be answered within {plan.promise.seconds:g} seconds and people busy at"
            f" most {plan.promise.busiest:.0%} of their time (Erlang C, which presumes that nobody hangs up)."
        )
    if "written" in kinds:
        told.append(
            f"For {kinds['written']}, the work itself counts, in the hour in which it came: it may be done in a quieter one."
        )
    told.append(f"Paid time is {1 / (1 - plan.shrinkage):.2f} times that, at a shrinkage of {plan.shrinkage:.0%}.")
    return told


def _at(row: pd.Series) -> str:
    return f"{row['weekday']} {int(row['hour'])}:00"


def _number(people: float) -> str:
    return f"{people:,.0f}" if float(people).is_integer() else f"{people:,.1f}"


def _people(count: float) -> str:
    return f"{_number(count)} {'person' if count == 1 else 'people'}"
