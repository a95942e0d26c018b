"""Where response slips when load rises, and the weeks in which a channel runs over.

Load is what comes to a channel in an hour against what usually comes to it in that hour of the week. Nights, week-ends and
slow weeks have their own response whatever the load, so each response is set against its channel's own hour of the week
and its own week first: what is left compares a full Tuesday at ten with other Tuesdays at ten. An association: a fault
that makes customers write may slow the answers too.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from ...data.periods import Period
from ...data.store import to_frame
from ..chance import two_sided
from ..compare import LIKELY, SURE
from ..intervals import Z, measure
from ..rules import MetricRules
from ..season import with_certainty
from .hours import timed

FIFTHS = 5
DRAWS = 1000  # of days, for the interval of a rank correlation
AROUND = 13  # weeks before and after that tell what is usual
LEAST_WEEKS = 8
MANY, QUARTER = 1_000_000, 91  # of more contacts than that, the days that tell as much
STEPS = 200  # to a factor of e: responses are ranked in steps of half a per cent
MONDAY = 96  # hours from the first hour of 1970 to its first Monday
BINS = ["channel", "fifth", "n", "load", "value", "lo", "hi"]
CHANNELS = ["channel", "n", "days", "rho", "lo", "hi", "times", "times_lo", "times_hi", "p", "why", "q", "certainty"]
WEEKS = ["channel", "week", "n", "value", "lo", "hi", "usual", "times", "p", "why", "q", "certainty", "over"]


@dataclass(frozen=True)
class LoadResponse:
    """Load and first response by channel.

    ``bins``: channel, fifth (1 quietest to 5 busiest, an equal part of the contacts each), n, load (times the usual, mean),
    value, lo, hi (median first response in minutes, hour and week evened out). ``channels``: channel, n, days, rho (rank
    correlation, with lo and hi by days drawn again), times (busiest fifth against quietest, with times_lo and times_hi),
    p, why, q, certainty, judged together. ``window``: how many days were looked at. ``why``: why there is none, else empty.
    """

    bins: pd.DataFrame
    channels: pd.DataFrame
    window: int = 0
    why: str = ""

    def slips(self) -> pd.DataFrame:
        """The channels that answer later under load: more than chance, and by a time that can be told; the most first."""
        real = self.channels["certainty"].isin([SURE, LIKELY]) & (self.channels["rho"] > 0)
        rows = self.channels[real & (self.channels["times_lo"] > 1)]
        return rows.sort_values(["times", "channel"], ascending=[False, True], ignore_index=True)


def load_response(table: ir.Table, period: Period, rules: MetricRules, rng: np.random.Generator) -> LoadResponse:
    """Relate first response to the load of the hour, within each channel, over ``rules.agent_days`` up to a period's end
    (91 days where a year holds more than a million contacts).

    ``table``: contacts with created_local, source, channel and the measure frt_minutes. The correlation is Spearman's;
    contacts of one day share their day, so its interval draws whole days again (cluster bootstrap; Davison & Hinkley,
    Bootstrap Methods, 1997, 3.8), with ``rng``.
    """
    nothing = pd.DataFrame(columns=BINS), pd.DataFrame(columns=CHANNELS)
    missing = [name for name in ("channel", "frt_minutes") if name not in table.columns]
    if missing:
        return LoadResponse(*nothing, why=f"the data have no {' and no '.join(missing)}")
    end, known, window = pd.Timestamp(period.end), table.filter(table.channel.notnull()), rules.agent_days
    inside = timed(known, end - pd.Timedelta(days=window), end)
    if inside is not None and window > QUARTER and inside.count().to_pyarrow().as_py() > MANY:
        window = QUARTER
        inside = timed(known, end - pd.Timedelta(days=window), end)
    if inside is None:
        return LoadResponse(*nothing, why="no source records the hour of its contacts")
    ranked = _ranked(inside).cache()
    sums = to_frame(_by_day(ranked)).sort_values(["channel", "day"], ignore_index=True)
    if sums.empty:
        return LoadResponse(*nothing, why="no contact of this time has a first response")
    bins = _bins(ranked)
    rows = [
        {"channel": name, "n": int(part["n"].sum()), "days": len(part)} | _correlation(part, rng) | _times(bins, name)
        for name, part in sums.groupby("channel", sort=True)
    ]
    channels = pd.DataFrame(rows)
    few = (channels["n"] < FIFTHS * rules.min_n) | (channels["days"] < rules.min_n)
    channels["why"] = np.select(
        [few, channels["rho"].isna()],
        [
            f"fewer than {FIFTHS * rules.min_n} contacts or {rules.min_n} days to judge from",
            "load, or the time to the first response, is always the same",
        ],
        "",
    )
    return LoadResponse(bins, with_certainty(channels, rules)[CHANNELS], window)


def _ranked(inside: ir.Table) -> ir.Table:
    """Give each answered contact the rank of its load and of its evened-out response within its channel."""
    hour = (inside.created_local.epoch_seconds() // 3600 - MONDAY).cast("int32")
    kind = ibis.greatest(hour % 168 // 24, 4)  # Monday to Friday, Saturday, Sunday: fuller strata than 168
    of_day = kind * 24 + hour % 24
    marked = inside.select(
        "channel", "frt_minutes", hour=hour, of_week=hour % 168, of_day=of_day, week=hour // 168, day=hour // 24
    ).cache()
    slots = marked.group_by("channel", "hour", "of_week", "week").agg(came=marked.count())
    whole, at_hour, in_week = (
        slots.came.sum().over(group_by=["channel", *more]) for more in ([], ["of_week"], ["week"])
    )
    usual = at_hour / whole * in_week
    slots = slots.select("channel", "hour", load=(slots.came - 1) / usual)  # the others: nobody queues behind himself
    answered = marked.filter(marked.frt_minutes.notnull())
    answered = answered.mutate(y=ibis.greatest(answered.frt_minutes, 1 / 60).ln())
    for stratum in ("of_day", "week"):
        middle = answered.group_by("channel", stratum).agg(middle=answered.y.median())
        answered = answered.inner_join(middle, ["channel", stratum])
        answered = answered.mutate(y=answered.y - answered.middle).drop("middle")
    slots = slots.mutate(load=(slots.load * 1e6).round().cast("int64"))
    joined = answered.mutate(step=(answered.y * STEPS).round().cast("int64"))
    joined = joined.inner_join(slots, ["channel", "hour"]).select("channel", "day", "load", "y", "step", "frt_minutes")
    return _with_rank(_with_rank(joined, "load", "x_rank"), "step", "y_rank")


def _with_rank(rows: ir.Table, name: str, rank: str) -> ir.Table:
    """Add the place of a whole number among its channel's (0 to 1), equal ones sharing the middle of theirs."""
    counts = rows.group_by("channel", name).agg(size=rows.count())
    up_to = counts["size"].sum().over(ibis.cumulative_window(group_by="channel", order_by=name))
    whole = counts["size"].sum().over(group_by="channel")
    places = counts.select("channel", name, **{rank: (up_to - counts["size"] / 2) / whole})
    return rows.inner_join(places, ["channel", name])


def _by_day(ranked: ir.Table) -> ir.Table:
    """Sum ranks, squares and products per channel and day, as whole numbers, so that no thread can change a digit."""
    x, y = ((ranked[name] * 1e4).round().cast("int64") for name in ("x_rank", "y_rank"))
    return ranked.group_by("channel", "day").agg(
        n=ranked.count(), x=x.sum(), y=y.sum(), xx=(x * x).sum(), yy=(y * y).sum(), xy=(x * y).sum()
    )


def _correlation(days: pd.DataFrame, rng: np.random.Generator) -> dict[str, float]:
    sums = days[["n", "x", "y", "xx", "yy", "xy"]].to_numpy(float)
    rho = _pearson(sums.sum(axis=0)[None, :])[0]
    drawn = rng.multinomial(len(sums), np.full(len(sums), 1 / len(sums)), DRAWS) @ sums
    many = _pearson(drawn)
    many = many[np.isfinite(many)]
    if not np.isfinite(rho) or len(many) < DRAWS / 2 or not many.std() > 0:
        return {"rho": rho, "lo": np.nan, "hi": np.nan, "p": np.nan}
    lo, hi = np.quantile(many, [0.025, 0.975])
    return {"rho": rho, "lo": lo, "hi": hi, "p": float(two_sided(pd.Series([rho / many.std()]))[0])}


def _pearson(sums: np.ndarray) -> np.ndarray:
    n, x, y, xx, yy, xy = sums.T
    spread = (n * xx - x * x) * (n * yy - y * y)
    return np.where(spread > 0, (n * xy - x * y) / np.sqrt(np.where(spread > 0, spread, 1)), np.nan)


def _bins(ranked: ir.Table) -> pd.DataFrame:
    """Median response in each fifth of a channel's contacts by load, in the channel's own minutes."""
    fifth = ibis.least((ranked.x_rank * FIFTHS).floor().cast("int64"), FIFTHS - 1) + 1
    binned = ranked.mutate(fifth=fifth, own=ranked.frt_minutes, frt_minutes=ranked.y.exp())
    found = measure(binned, ["frt_minutes"], ["channel", "fifth"])
    usual = to_frame(binned.group_by("channel").agg(usual=binned.own.median())).set_index("channel")["usual"]
    load = to_frame(binned.group_by("channel", "fifth").agg(load=binned.load.mean()))
    load["load"] /= 1e6
    found = found.merge(load, on=["channel", "fifth"])
    for column in ("value", "lo", "hi"):
        found[column] *= found["channel"].map(usual)
    return found[BINS].sort_values(["channel", "fifth"], ignore_index=True)


def _times(bins: pd.DataFrame, channel: str) -> dict[str, float]:
    """Set the busiest fifth against the quietest, with an interval from those of the two medians."""
    rows = bins[bins["channel"] == channel]
    logs = np.log(rows[["value", "lo", "hi"]].where(rows[["value", "lo", "hi"]] > 0)).iloc[[0, -1]]
    if len(rows) < 2:
        return dict.fromkeys(("times", "times_lo", "times_hi"), np.nan)
    change = logs["value"].iloc[1] - logs["value"].iloc[0]
    half = float(np.hypot(*((logs["hi"] - logs["lo"]) / 2)))
    return {"times": np.exp(change), "times_lo": np.exp(change - half), "times_hi": np.exp(change + half)}


def overrun_weeks(table: ir.Table, weeks: Sequence[Period], rules: MetricRules) -> pd.DataFrame:
    """Judge each channel's median first response of each week against its own usual, all weeks and channels together.

    ``table``: contacts with created_local, channel and the measure frt_minutes. Usual is the median of up to thirteen weeks
    before and after, the week itself left out; chance is that of both the week's own median and the channel's other weeks.
    Returns channel, week (first day), n, value, lo, hi, usual (minutes), times (value ÷ usual), p, why, q, certainty, over
    (more than chance later than usual).
    """
    if not len(weeks) or any(name not in table.columns for name in ("channel", "frt_minutes")):
        return pd.DataFrame(columns=WEEKS)
    first, end = (pd.Timestamp(day).to_pydatetime() for day in (weeks[0].start, weeks[-1].end))
    inside = table.filter(table.channel.notnull() & (table.created_local >= first) & (table.created_local < end))
    found = measure(inside.mutate(week=inside.created_local.truncate("W").date()), ["frt_minutes"], ["channel", "week"])
    found["week"] = pd.to_datetime(found["week"])
    grid = pd.DatetimeIndex([pd.Timestamp(week.start) for week in weeks])
    parts = [
        _against_usual(part.set_index("week").reindex(grid), name, rules) for name, part in found.groupby("channel")
    ]
    rows = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=WEEKS[:-3])
    judged = with_certainty(rows, rules)
    return judged.assign(over=judged["certainty"].isin([SURE, LIKELY]) & (judged["times"] > 1))[WEEKS]


def _against_usual(weekly: pd.DataFrame, channel: str, rules: MetricRules) -> pd.DataFrame:
    logs = np.log(weekly[["value", "lo", "hi"]].where(weekly[["value", "lo", "hi"]] > 0))
    fit = (weekly["n"] >= rules.min_n) & logs.notna().all(axis=1) & (logs["hi"] > logs["lo"])
    own = logs["value"].where(fit)
    near = pd.DataFrame({step: own.shift(step) for step in range(-AROUND, AROUND + 1) if step})
    usual = near.median(axis=1).where(near.notna().sum(axis=1) >= LEAST_WEEKS)
    z = (own - usual) / ((logs["hi"] - logs["lo"]) / (2 * Z))
    z = z / max(1.0, 1.4826 * float(z.abs().median())) if z.notna().any() else z
    kept = weekly[["n", "value", "lo", "hi"]].assign(channel=channel, usual=np.exp(usual), times=np.exp(own - usual))
    kept["p"] = two_sided(z)
    few = f"fewer than {rules.min_n} answered contacts in the week, or than {LEAST_WEEKS} such weeks around it"
    kept["why"] = np.where(kept["p"].isna(), few, "")
    kept["n"] = kept["n"].fillna(0).astype("int64")
    return kept.rename_axis("week").reset_index()


def overruns(judged: pd.DataFrame) -> pd.DataFrame:
    """Join neighbouring weeks that run over to one story each.

    Returns channel, start and end (first and last day), weeks (beyond chance), n (answered from start to end), value and
    usual (minutes, of the highest week), times, p (the surest week's), certainty; the worst first.
    """
    rows = judged[judged["over"].astype(bool)].sort_values(["channel", "week"])
    columns = ["channel", "start", "end", "weeks", "n", "value", "usual", "times", "p", "certainty"]
    if rows.empty:
        return pd.DataFrame(columns=columns)
    gap = rows.groupby("channel")["week"].diff() > pd.Timedelta(days=14)  # a week between may be too small to tell
    told = []
    for (channel, _), run in rows.groupby(["channel", gap.cumsum()]):
        worst, start, end = run.loc[run["times"].idxmax()], run["week"].iloc[0], run["week"].iloc[-1]
        inside = judged[(judged["channel"] == channel) & judged["week"].between(start, end)]
        told.append({
            "channel": channel, "start": start, "end": end + pd.Timedelta(days=6), "weeks": len(run), "n": int(inside["n"].sum()),
            **worst[["value", "usual", "times"]], "p": run["p"].min(),
            "certainty": SURE if (run["certainty"] == SURE).any() else LIKELY,
        })  # fmt: skip
    frame = pd.DataFrame(told, columns=columns)
    return frame.sort_values(["times", "channel"], ascending=[False, True], ignore_index=True)
