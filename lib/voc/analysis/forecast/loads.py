"""What comes to each channel in each hour of the week, how sure that is, and how long a contact takes.

One Monday at ten is not the next: counts spread more than chance alone would make them (bad days, campaigns, good weeks).
How much more is measured within the hours of the week, channel by channel, and widens every interval (quasi-Poisson:
McCullagh & Nelder, Generalized Linear Models, 1989, 6.2).
"""

from __future__ import annotations

from collections.abc import Callable

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from ...data.store import to_frame
from ..intervals import Z
from ..load.hours import DAYS, LOOK_BACK, timed

FEWEST_HANDLED, LEAST_HANDLED = (
    30,
    0.5,
)  # contacts with a handling time, and their part, below which a channel's is not known
CLOSED_FROM = 10.0  # contacts that usually come on a weekday, from which on a day with none at all was closed
QUIET = 0.01  # of a channel's contacts: the emptiest hours that hold no more than that
HOURS = ["channel", "weekday", "hour", "dates", "total", "quiet", "contacts", "lo", "hi"]
CHANNELS = [
    "channel", "n", "spread", "day_spread", "closed", "handle_minutes", "handle_lo", "handle_hi", "handled_pct", "why",
]  # fmt: skip


def loads(table: ir.Table, until: pd.Timestamp, weeks: int = LOOK_BACK) -> tuple[pd.DataFrame, pd.DataFrame, str]:
    """Count contacts by channel and hour of the week over some weeks up to ``until`` (excluded, on the report's clock).

    ``table``: contacts with source, channel, created_local and, where known, handle_seconds. A day on which a channel had no
    contact at all, though ten or more usually come on that weekday, counts as closed and is left out.

    Returns the hours: channel, weekday, hour, dates (days of that weekday), total, quiet (one of the emptiest hours that
    together hold at most one contact in a hundred), contacts (a date, mean), lo, hi (95 %, of the mean); the channels: channel, n, spread (variance ÷ that of chance, of hours; at least 1), day_spread (of days), closed
    (days), handle_minutes (mean) with handle_lo and handle_hi, handled_pct (contacts with a handling time), why (why its work
    is not known); and why there is nothing to tell, else empty.
    """
    nothing = pd.DataFrame(columns=HOURS), pd.DataFrame(columns=CHANNELS)
    if "channel" not in table.columns:
        return *nothing, "the data have no channel"
    until = pd.Timestamp(until).normalize()
    inside = timed(table.filter(table.channel.notnull()), until - pd.Timedelta(weeks=weeks), until)
    if inside is None:
        return *nothing, "no source records the hour of its contacts"
    by = {"day": inside.created_local.date(), "hour": inside.created_local.hour()}
    counts = to_frame(inside.group_by("channel", **by).agg(n=inside.count()))
    counts["day"] = pd.to_datetime(counts["day"])
    handled = _handled(inside)
    began = to_frame(table.filter(table.channel.notnull()).group_by("channel").agg(at=table.created_local.min()))
    began = (
        pd.to_datetime(began.set_index("channel")["at"]).dt.normalize().clip(lower=until - pd.Timedelta(weeks=weeks))
    )
    hours, channels = [], []
    for channel, own in counts.groupby("channel", sort=True):
        days = pd.date_range(began[channel], until - pd.Timedelta(days=1), freq="D")
        grid = own.pivot(index="day", columns="hour", values="n").reindex(index=days, columns=range(24)).fillna(0)
        part, measured = _week(grid)
        hours.append(part.assign(channel=channel))
        channels.append({"channel": channel, "n": int(own["n"].sum()), **measured, **handled(channel)})
    return pd.concat(hours, ignore_index=True)[HOURS], pd.DataFrame(channels, columns=CHANNELS), ""


def _week(grid: pd.DataFrame) -> tuple[pd.DataFrame, dict]:
    """Turn counts (days × 24) into the hours of a week, and say how far they spread."""
    weekday, came = grid.index.day_of_week.to_numpy(), grid.sum(axis=1).to_numpy()
    usual = pd.Series(came).groupby(weekday).transform("mean").to_numpy()
    closed = (came == 0) & (usual >= CLOSED_FROM)
    grid, weekday, came = grid.to_numpy()[~closed], weekday[~closed], came[~closed]
    spread, day_spread = dispersion(grid, weekday), dispersion(came[:, None], weekday)
    parts = []
    for day in np.unique(weekday):
        own = grid[weekday == day]
        lo, hi = mean_between(own.sum(axis=0), len(own), spread)
        parts.append(pd.DataFrame({
            "weekday": DAYS[day], "hour": np.arange(24), "dates": len(own), "total": own.sum(axis=0).astype(int),
            "contacts": own.mean(axis=0), "lo": lo, "hi": hi,
        }))  # fmt: skip
    week = pd.concat(parts, ignore_index=True)
    rising = week["total"].sort_values(kind="stable")
    week["quiet"] = rising.cumsum() <= QUIET * rising.sum()
    measured = {"spread": spread, "day_spread": day_spread, "closed": int(closed.sum())}
    return week, measured


def dispersion(counts: np.ndarray, group: np.ndarray) -> float:
    """Return how far counts (rows × places) spread around their group's mean, against chance alone (Pearson); at least 1.

    >>> dispersion(np.array([[4.0], [6.0], [2.0], [8.0]]), np.array([0, 0, 1, 1]))
    2.0
    """
    total, free = 0.0, 0
    for one in np.unique(group):
        own = counts[group == one]
        mean = own.mean(axis=0)
        there = mean > 0
        total += float((((own - mean) ** 2)[:, there] / mean[there]).sum())
        free += (len(own) - 1) * int(there.sum())
    return max(total / free, 1.0) if free else 1.0


def mean_between(total: np.ndarray, dates: int, spread: float) -> tuple[np.ndarray, np.ndarray]:
    """Return the 95 % interval of a mean count, from its total over some dates (Garwood's, widened by the spread).

    >>> [round(float(end), 3) for end in mean_between(np.array(10.0), 1, 1.0)]
    [4.795, 18.39]
    """
    from scipy.stats import gamma

    worth = np.asarray(total, float) / spread
    lo = np.where(worth > 0, gamma.ppf(0.025, np.maximum(worth, 1e-300)), 0.0)
    return spread * lo / dates, spread * gamma.ppf(0.975, worth + 1) / dates


def _handled(inside: ir.Table) -> Callable[[str], dict]:
    """Return a function from channel to its mean handling time in minutes, its interval, or why it is not known."""
    unknown = {"handle_minutes": np.nan, "handle_lo": np.nan, "handle_hi": np.nan, "handled_pct": 0.0}
    if "handle_seconds" not in inside.columns:
        return lambda channel: {**unknown, "why": "the data have no handling times"}
    seconds = (inside.handle_seconds > 0).ifelse(inside.handle_seconds, ibis.null("float64"))
    made = inside.group_by("channel").agg(
        n=inside.count(), k=seconds.count(), mean=seconds.mean(), deviation=seconds.std()
    )
    rows = to_frame(made).set_index("channel")

    def of(channel: str) -> dict:
        n, k, mean, deviation = rows.loc[channel, ["n", "k", "mean", "deviation"]]
        if k < FEWEST_HANDLED or k < LEAST_HANDLED * n:
            known = f"only {k:,.0f} of its {n:,.0f} contacts" if k else "none of its contacts"
            return {**unknown, "handled_pct": 100 * k / n, "why": f"{known} say how long they took"}
        half = Z * deviation / np.sqrt(k)
        found = {"handle_minutes": mean / 60, "handle_lo": max(mean - half, 0) / 60, "handle_hi": (mean + half) / 60}
        return {**found, "handled_pct": 100 * k / n, "why": ""}

    return of
