"""Which events raised contacts, were these alerts soon after, and how many alerts stand by chance behind events that raised nothing?"""

from __future__ import annotations

import pandas as pd
from material import Line
from plants_alerts import BACK, Seen
from scipy.stats import poisson
from voc.analysis.alerts.budget import MONTH

RAISES = {"release": 2, "newsletter": 4, "campaign": 12}  # what a kind of event may be followed by, by the truth
AFTER = 14  # days behind an event within which an alert is taken to be its own
RARE = 0.95


def event_lines(seen: Seen) -> list[Line]:
    """Say of each event of the year looked at that raised contacts when that was called, and of all others how many alerts follow."""
    events = seen.material.month.store.frame("events")
    events = events.assign(on=pd.to_datetime(events["starts_on"]))
    first = seen.last - pd.Timedelta(days=BACK - 1)
    events = events[events["on"].between(first, seen.last)].sort_values("on")
    raising = {row["event_id"]: plant for _, row in events.iterrows() if (plant := raised_by(seen, row))}
    lines = [
        _raised(seen, row, raising[row["event_id"]]) for _, row in events[events["event_id"].isin(raising)].iterrows()
    ]
    rest = events[~events["event_id"].isin(raising) & (events["kind"] != "holiday")]
    return [*lines, _nothing(seen, rest)]


def raised_by(seen: Seen, event: pd.Series) -> dict | None:
    """Return the planted truth that begins on the day of an event."""
    plant = seen.material.plants.get(RAISES.get(event["kind"], 0))
    return plant if plant and pd.Timestamp(plant["dates"][0]) == event["on"] else None


def _raised(seen: Seen, event: pd.Series, plant: dict) -> Line:
    mine = seen.held[(seen.held["plant"] == plant["id"]) & (seen.held["seen"] >= event["on"])].sort_values("seen")
    weeks = ((pd.Timestamp(plant["dates"][1]) - pd.Timestamp(plant["dates"][0])).days + 1) / 7
    planted = {"plant": plant["id"], "contacts": plant["contacts"], "a_week": plant["contacts"] / weeks}
    key = f"contacts/issue={plant['where']['issue']}"
    table = seen.found.detectable
    least = table.loc[(table["key"] == key) & (table["span"] == 7), "rise"]
    figure = {"seen_from_a_week": round(float(least.iloc[0]), 1)} if len(least) else {}
    if len(mine):
        figure |= {"days_after": (mine["seen"].iloc[0] - event["on"]).days, "as": mine["key"].iloc[0]}
    small = bool(len(least)) and planted["a_week"] < float(least.iloc[0])
    remark = "" if len(mine) or not small else "too few a week to be seen"
    return Line(f"event-{event['event_id']}", event["label"], bool(len(mine)), figure, planted, remark)


def _nothing(seen: Seen, events: pd.DataFrame) -> Line:
    """Hold alerts that nobody planted and that begin behind events against how many would anyway."""
    false = seen.held[~seen.held["plant"].gt(0)]
    behind = [
        row["event_id"] for _, row in events.iterrows() if false["start"].sub(row["on"]).dt.days.between(0, AFTER).any()
    ]
    chance = len(events) * len(false) / (BACK / MONTH) * AFTER / MONTH
    most = int(poisson.ppf(RARE, chance))
    figure = {"events": len(events), "with_an_alert": len(behind), "by_chance": chance, "which": ", ".join(behind)}
    return Line("events-without", "events that raise nothing", len(behind) <= most, figure, {"alerts": 0})
