"""Who is there: people planned or signed in by hour of the week and channel, or by weekday where nothing tells the hour."""

from __future__ import annotations

from dataclasses import dataclass, replace

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from ...data.store import to_frame
from ..load.hours import DAYS as NAMES

EVERY = "all channels"
DAYS = ["channel", "weekday", "dates", "planned_hours", "se"]
HOURS = ["channel", "weekday", "hour", "planned"]
PLAN, SIGNED_IN = "the plan of shifts (shifts)", "the time signed in (staffing)"
WHOLE_WEEK = 7  # days to come that a plan must hold, or the weeks past are looked at
NOTHING = "the data have no plan of shifts (shifts) and no time signed in (staffing)"


@dataclass(frozen=True)
class Planned:
    """Staffing: ``hours`` (channel, weekday, hour, planned: people, mean) and ``days`` (channel, weekday, dates, planned_hours,
    se of its logarithm); where ``hours`` is empty, ``why`` says why needs cannot be held against it by the hour. ``of`` says what
    it is: whose plan, of the weeks past or of those to come."""

    hours: pd.DataFrame
    days: pd.DataFrame
    why: str = ""
    of: str = ""

    def beside(self, needed: pd.DataFrame) -> pd.DataFrame:
        """Add ``planned`` to hours of channels; 0 where a channel is staffed at other hours, missing where it never is."""
        if self.hours.empty:
            return needed.assign(planned=np.nan)
        out = needed.merge(self.hours, "left", on=HOURS[:3], validate="1:1")
        known = out["channel"].isin(self.hours["channel"]) & out["weekday"].isin(self.hours["weekday"])
        return out.assign(planned=out["planned"].where(out["planned"].notna() | ~known, 0.0))


def planned_of(
    staffed: ir.Table | None, start: pd.Timestamp, until: pd.Timestamp, shifts: ir.Table | None = None
) -> Planned:
    """Read who is there: planned from ``until`` on, else planned from ``start`` to ``until`` (excluded), else signed in then.

    ``shifts``: day, people and, where known, hour and channel; ``staffed``: day, staffed_seconds and, as further columns, hour
    and channel. They tell people by the hour where they have both hour (0–23, on the report's clock) and channel; hours by the
    weekday they tell always, of each channel where they name channels.
    """
    why = NOTHING
    if shifts is not None and "people" in shifts.columns:
        ahead = _rows(shifts, "people", until, until + (until - start))
        if ahead["day"].nunique() >= WHOLE_WEEK:
            found = _told(ahead.assign(seconds=ahead["seconds"] * 3600.0), PLAN)
            return replace(found, of=f"the shifts planned from {until:%d %b %Y} on")
    for table, column, each, what in ((shifts, "people", 3600.0, PLAN), (staffed, "staffed_seconds", 1.0, SIGNED_IN)):
        if table is None or column not in table.columns:
            continue
        rows = _rows(table, column, start, until)
        if len(rows):
            weeks = (until - start).days // 7
            return replace(
                _told(rows.assign(seconds=rows["seconds"] * each), what), of=f"{what} of the {weeks} weeks before"
            )
        why = f"{what} has no day in the weeks looked at"
    return Planned(pd.DataFrame(columns=HOURS), pd.DataFrame(columns=DAYS), why)


def _rows(table: ir.Table, column: str, start: pd.Timestamp, until: pd.Timestamp) -> pd.DataFrame:
    """Sum a table's column to seconds by day and whatever else it names, inside the weeks looked at."""
    by = [name for name in ("channel", "hour") if name in table.columns]
    rows = to_frame(table.group_by("day", *by).agg(seconds=table[column].sum()))
    rows["day"] = pd.to_datetime(rows["day"])
    rows = rows[(rows["day"] >= start) & (rows["day"] < until)].dropna(subset=["seconds"])
    return rows.assign(weekday=np.asarray(NAMES, object)[rows["day"].dt.day_of_week.to_numpy()])


def _told(rows: pd.DataFrame, what: str) -> Planned:
    dates = rows.groupby("weekday")["day"].nunique()
    timed = rows.iloc[:0]
    if "hour" in rows:
        rows = rows.assign(hour=pd.to_numeric(rows["hour"], errors="coerce"))
        timed = rows[rows["hour"].between(0, 23)]
    if "channel" in rows and len(timed):
        return Planned(_by_hour(timed, dates), _by_day(rows))
    lacking = "channels" if len(timed) else "hours"
    why = f"{what} does not tell {lacking}: only whole days can be held against it"
    return Planned(pd.DataFrame(columns=HOURS), _by_day(rows), why)


def _by_hour(rows: pd.DataFrame, dates: pd.Series) -> pd.DataFrame:
    total = rows.groupby(["channel", "weekday", "hour"], as_index=False)["seconds"].sum()
    total["planned"] = total["seconds"] / 3600 / total["weekday"].map(dates)
    return total.astype({"hour": "int64"})[HOURS]


def _by_day(rows: pd.DataFrame) -> pd.DataFrame:
    named = rows if "channel" in rows else rows.assign(channel=EVERY)
    daily = named.groupby(["channel", "weekday", "day"], as_index=False)["seconds"].sum()
    made = daily.groupby(["channel", "weekday"])["seconds"].agg(["size", "mean", "std"]).reset_index()
    made["se"] = (made["std"] / made["mean"] / np.sqrt(made["size"])).fillna(0.0)
    made = made[made["mean"] > 0].assign(planned_hours=lambda part: part["mean"] / 3600)
    return made.rename(columns={"size": "dates"})[DAYS]
