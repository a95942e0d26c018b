"""Who is there: people signed in by hour of the week and channel, or by weekday where nothing tells the hour."""

from __future__ import annotations

from dataclasses import dataclass

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from ...data.store import to_frame
from ..load.hours import DAYS as NAMES

EVERY = "all channels"
DAYS = ["channel", "weekday", "dates", "planned_hours", "se"]
HOURS = ["channel", "weekday", "hour", "planned"]


@dataclass(frozen=True)
class Planned:
    """Staffing: ``hours`` (channel, weekday, hour, planned: people, mean) or ``days`` (channel, weekday, dates, planned_hours,
    se of its logarithm); both may be empty, then ``why`` says why needs cannot be held against it by the hour."""

    hours: pd.DataFrame
    days: pd.DataFrame
    why: str = ""

    def beside(self, needed: pd.DataFrame) -> pd.DataFrame:
        """Add ``planned`` to hours of channels; 0 where a channel is staffed at other hours, missing where it never is."""
        if self.hours.empty:
            return needed.assign(planned=np.nan)
        out = needed.merge(self.hours, "left", on=HOURS[:3], validate="1:1")
        known = out["channel"].isin(self.hours["channel"]) & out["weekday"].isin(self.hours["weekday"])
        return out.assign(planned=out["planned"].where(out["planned"].notna() | ~known, 0.0))


def planned_of(staffed: ir.Table | None, start: pd.Timestamp, until: pd.Timestamp) -> Planned:
    """Read the table staffing from ``start`` to ``until`` (excluded).

    It tells people by the hour where it has the further columns channel and hour (0–23, on the report's clock), else hours
    by the weekday, of each channel where it names channels.
    """
    nothing = pd.DataFrame(columns=HOURS), pd.DataFrame(columns=DAYS)
    if staffed is None or "staffed_seconds" not in staffed.columns:
        return Planned(*nothing, "the data have no time signed in (staffing)")
    by = [name for name in ("channel", "hour") if name in staffed.columns]
    rows = to_frame(staffed.group_by("day", *by).agg(seconds=staffed.staffed_seconds.sum()))
    rows["day"] = pd.to_datetime(rows["day"])
    rows = rows[(rows["day"] >= start) & (rows["day"] < until)].dropna(subset=["seconds"])
    if rows.empty:
        return Planned(*nothing, "staffing has no day in the weeks looked at")
    rows["weekday"] = np.asarray(NAMES, object)[rows["day"].dt.day_of_week.to_numpy()]
    dates = rows.groupby("weekday")["day"].nunique()
    if "hour" in rows:
        rows["hour"] = pd.to_numeric(rows["hour"], errors="coerce")
        rows = rows[rows["hour"].between(0, 23)]
    if {"hour", "channel"} <= set(rows.columns) and len(rows):
        return Planned(_by_hour(rows, dates), nothing[1])
    lacking = "hours" if "hour" not in rows else "channels"
    return Planned(
        nothing[0], _by_day(rows), f"staffing does not tell {lacking}: only whole days can be held against it"
    )


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
