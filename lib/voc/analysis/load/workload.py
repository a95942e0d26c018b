"""Work that comes in, work that is handled, and what stays open: by the day, and at the end of each period.

The backlog is counted, not joined: contacts open at the end of a day are all that came up to it minus all that left up to
it, so one count by day of coming and day of leaving tells it for any number of contacts. A contact leaves when it was last
solved; one that the customer gave up, or that is closed without a solution, leaves on the day it came. What has been open
for more than thirty days is "stale" and stands apart: a contact that nobody ever marks solved would stay in the backlog for
ever, and a tool's habit would pass for work.
"""

from __future__ import annotations

import functools
import operator
from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pandas as pd

from ...data.clock import DAY
from ...data.periods import Period
from ...data.store import to_frame
from ..intervals import Z
from .netflow import STALE_DAYS, chance_of_level

RECORDED = 0.5  # a source or channel that marks a smaller share of its contacts solved does not record solutions
EVERY = "all channels"
MARKS = ["_channel", "_clock", "_came", "_left", "_backwards", "_given_up"]
COUNTS = ["came", "solved", "given_up", "went_stale", "late", "open", "stale"]
LEFT_OUT = ["source", "channel", "n", "solved_pct", "why"]
BACKLOG = ["metric", "period_start", "period", "n", "value", "lo", "hi", "se", "stale", "total"]


@dataclass(frozen=True)
class Flow:
    """Contacts in and out by day and channel.

    ``days``: day, channel (``all channels`` for the whole), came, solved (within thirty days), given_up (by the customer, or
    closed without a solution), went_stale, late (stale ones solved after all), open (backlog at the end of the day without
    the stale), stale. ``left_out``: source, channel, n, solved_pct, why, of contacts that do not count. ``why``: why there
    is no flow, else empty.
    """

    days: pd.DataFrame
    left_out: pd.DataFrame
    why: str = ""

    @property
    def channels(self) -> list[str]:
        """The channels that record solutions, most contacts first."""
        came = self.days.groupby("channel")["came"].sum().drop(EVERY, errors="ignore")
        return list(came.sort_values(ascending=False, kind="stable").index)


def flow(table: ir.Table, until: pd.Timestamp | None = None) -> Flow:
    """Count what came, was solved, was given up and stayed open, per day and channel.

    ``table``: contacts with source, created_at, created_local and resolved_at; channel, abandoned and status where known.
    ``until`` is the last day that the data reach (that of the last contact unless given). Sources and channels in which
    fewer than half of the contacts are ever marked solved do not record solutions and are left out, as are contacts solved
    before they came. The first thirty days fill a backlog that is empty only because the data begin.
    """
    nothing = pd.DataFrame(columns=["day", "channel", *COUNTS])
    if "resolved_at" not in table.columns:
        return Flow(nothing, pd.DataFrame(columns=LEFT_OUT), "the data have no resolved_at")
    left_out, kept = _recording(table.select("source", **_marks(table)))
    if kept is None:
        return Flow(nothing, left_out, "no source records when contacts were solved")
    by = {"channel": kept._channel, "came": kept._came, "left": kept._left, "given_up": kept._given_up}
    pairs = to_frame(kept.group_by(**by).agg(n=kept.count()))
    last = int(pairs["came"].max()) if until is None else (until.normalize() - pd.Timestamp(0)).days
    grid = range(int(pairs["came"].min()), last + 1)
    parts = [_by_day(part, grid).assign(channel=name) for name, part in pairs.groupby("channel", sort=True)]
    whole = _by_day(pairs, grid).assign(channel=EVERY)
    days = pd.concat([whole, *parts], ignore_index=True)
    return Flow(days[["day", "channel", *COUNTS]], left_out)


def backlog_by_period(table: ir.Table, periods: Sequence[Period], found: Flow | None = None) -> pd.DataFrame:
    """Return the backlog at the end of each period, shaped like ``voc.analysis.compare.by_period``.

    Columns: metric (backlog), period_start, period, n and value (open at the end of the last day, at most thirty days old),
    lo, hi, se, and beside them stale (older ones) and total. The count itself is exact; ``se`` is the chance in it: that of a
    period's net flow, from non-overlapping weeks before the last period, over √2 because a change has two ends. Periods
    that the data do not reach, and those that end in the first thirty days, have no row.
    """
    found = found or flow(table)
    if found.days.empty:
        return pd.DataFrame(columns=BACKLOG)
    daily = found.days[found.days["channel"] == EVERY].set_index("day")
    begun = daily.index[0] + pd.Timedelta(days=STALE_DAYS)
    ends = {period: pd.Timestamp(period.end) - pd.Timedelta(days=1) for period in periods}
    rows = [
        {"period_start": pd.Timestamp(period.start), "period": period.label, "value": float(daily["open"][day]),
         "stale": int(daily["stale"][day]), "se": chance_of_level(daily, periods[-1], period.days)}
        for period, day in ends.items() if begun <= day <= daily.index[-1]
    ]  # fmt: skip
    frame = pd.DataFrame(rows, columns=["period_start", "period", "value", "stale", "se"]).assign(metric="backlog")
    frame["n"], frame["total"] = frame["value"].astype("int64"), (frame["value"] + frame["stale"]).astype("int64")
    frame["lo"], frame["hi"] = (frame["value"] - Z * frame["se"]).clip(lower=0), frame["value"] + Z * frame["se"]
    return frame[BACKLOG]


def ages(table: ir.Table, periods: Sequence[Period], found: Flow) -> pd.DataFrame:
    """Tell how old the backlog was at the end of each period, one conditional pass each.

    Returns period, n (open for at most thirty days), median and p90 (hours), stale (contacts open for longer). Periods that
    the data do not reach are left out.
    """
    columns = ["period", "n", "median", "p90", "stale"]
    if found.days.empty:
        return pd.DataFrame(columns=columns)
    kept, last = _recording(table.select("source", **_marks(table)))[1], found.days["day"].max()
    rows = []
    for period in periods:
        end = pd.Timestamp(period.end)
        if end - pd.Timedelta(days=1) > last or end <= found.days["day"].min():
            continue
        still, day = _open(kept, period, stale=True), (end - pd.Timestamp(0)).days
        still = still.mutate(hours=(day * DAY - still._clock) / 3600.0, fresh=still._came >= day - 1 - STALE_DAYS)
        made = still.aggregate(
            n=still.fresh.sum().fill_null(0),
            median=still.hours.quantile(0.5, where=still.fresh),
            p90=still.hours.quantile(0.9, where=still.fresh),
            stale=(~still.fresh).sum().fill_null(0),
        )
        rows.append({"period": period.label} | to_frame(made).iloc[0].to_dict())
    return pd.DataFrame(rows, columns=columns).astype({"n": "int64", "stale": "int64"})


def open_contacts(table: ir.Table, period: Period) -> ir.Table:
    """Keep the contacts that a period's backlog counts: the rows behind the figure of ``backlog_by_period``."""
    rows = table.mutate(**_marks(table))
    kept = _recording(rows)[1]
    return (rows.filter(ibis.literal(value=False)) if kept is None else _open(kept, period)).drop(*MARKS)


def _open(kept: ir.Table, period: Period, *, stale: bool = False) -> ir.Table:
    day = (pd.Timestamp(period.end) - pd.Timestamp(0)).days
    still = kept.filter((kept._came < day) & ~kept._given_up & (kept._left.isnull() | (kept._left >= day)))
    return still if stale else still.filter(still._came >= day - 1 - STALE_DAYS)


def _marks(table: ir.Table) -> dict[str, ir.Value]:
    """Tell each contact's channel, moment and day of coming, day of leaving (since 1970), and whether it was given up.

    The report's clock moves a solution by as much as it moves the contact's beginning.
    """
    clock = table.created_local.epoch_seconds()
    gone = clock + table.resolved_at.epoch_seconds() - table.created_at.epoch_seconds()
    up = table.abandoned.fill_null(False) if "abandoned" in table.columns else ibis.literal(value=False)
    if "status" in table.columns:
        up = up | table.status.isin(["solved", "closed"]).fill_null(False)
    return {
        "_channel": table.channel.fill_null("unknown") if "channel" in table.columns else ibis.literal("unknown"),
        "_clock": clock,
        "_came": (clock // DAY).cast("int64"),
        "_left": (gone // DAY).cast("int64"),
        "_backwards": (gone < clock).fill_null(False),
        "_given_up": up & table.resolved_at.isnull(),
    }


def _recording(rows: ir.Table) -> tuple[pd.DataFrame, ir.Table | None]:
    """Return what does not count and why, and the contacts that do (None where there are none)."""
    counted = rows.group_by("source", channel=rows._channel).agg(
        n=rows.count(), solved=rows._left.count(), backwards=rows._backwards.sum(), up=rows._given_up.sum()
    )
    groups = to_frame(counted).sort_values(["source", "channel"], ignore_index=True)
    groups["solved_pct"] = 100 * groups["solved"] / (groups["n"] - groups["up"]).clip(lower=1)
    bad = groups["solved_pct"] < 100 * RECORDED
    groups["why"] = [f"marks only {share:.0f} % of its contacts solved" for share in groups["solved_pct"]]
    wrong = groups[~bad & (groups["backwards"] > 0)]
    wrong = wrong.assign(n=wrong["backwards"], why="solved before they came: a fault of the data")
    left_out = pd.concat([groups[bad], wrong], ignore_index=True)[LEFT_OUT]
    if bad.all():
        return left_out, None
    hidden = [(rows.source == row.source) & (rows._channel == row.channel) for row in groups[bad].itertuples()]
    return left_out, rows.filter(~functools.reduce(operator.or_, [*hidden, rows._backwards]))


def _by_day(pairs: pd.DataFrame, grid: range) -> pd.DataFrame:
    """Turn counts by day of coming and leaving into flows and levels for every day of the grid."""
    came, left, n = pairs["came"], pairs["left"], pairs["n"]
    old = ~pairs["given_up"] & (left.isna() | (left > came + STALE_DAYS))
    events = {
        "came": (came, n),
        "given_up": (came, n.where(pairs["given_up"], 0)),
        "solved": (left, n.where(left.notna() & ~old, 0)),
        "went_stale": (came + STALE_DAYS + 1, n.where(old, 0)),
        "late": (left, n.where(left.notna() & old, 0)),
    }
    index = pd.Index(grid)
    daily = pd.DataFrame({name: size.groupby(at).sum().reindex(index).fillna(0) for name, (at, size) in events.items()})
    daily["open"] = (daily["came"] - daily["given_up"] - daily["solved"] - daily["went_stale"]).cumsum()
    daily["stale"] = (daily["went_stale"] - daily["late"]).cumsum()
    daily = daily.astype("int64")
    return daily.assign(day=pd.Timestamp(0) + pd.to_timedelta(index, unit="D"))
