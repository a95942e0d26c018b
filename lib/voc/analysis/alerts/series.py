"""Which series are watched, day by day: contacts by label and topic, unhappy answers and negative texts as shares.

Days are those of the report's clock, on which a day of 23 or 25 hours is one day. A day on which an export is incomplete, or on
which nobody came where the same weekday usually has five contacts or more, is missing and not quiet.
"""

from __future__ import annotations

import functools
from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from ...data.store import to_frame
from ..themes.mentions import EMPTY, NONE
from .rules import AlertRules

CONTACTS, UNHAPPY, NEGATIVE, SLOW = "contacts", "unhappy", "negative", "slow"
"""Kinds of series: a count, and three shares: answers other than 4 and 5 of all answers, texts that read negative of those read,
first responses that took longer than nine of ten on the same channel do."""
MARKS = (UNHAPPY, NEGATIVE, SLOW)
KINDS = (CONTACTS, *MARKS)
SLOWEST = 0.9
TOPIC = "topic"
COLUMNS = ["day", "kind", "dimension", "label", "count", "n"]
LATELY = 28  # days within which a value may reach the least that is watched
EMPTY_DAY = 5.0  # usual contacts of a weekday from which a day without any is missing


@dataclass(frozen=True)
class Panel:
    """Series over one calendar without gaps.

    ``series``: key, kind, dimension, label; a row per series (dimension and label empty for the whole). ``count``: (S, T)
    contacts, or bad ones of a share; ``n``: (S, T) of how many, missing for counts.
    """

    days: pd.DatetimeIndex
    series: pd.DataFrame
    count: np.ndarray
    n: np.ndarray

    @property
    def counts(self) -> np.ndarray:
        """Which series are counts, (S,) bool."""
        return (self.series["kind"] == CONTACTS).to_numpy()

    def at(self, day: pd.Timestamp | str) -> int:
        """Return the column of a day."""
        return int((pd.Timestamp(day).normalize() - self.days[0]).days)

    def weekly(self) -> Panel:
        """Sum up whole calendar weeks (Monday to Sunday); a week without all its days is missing for counts."""
        begin = int(-self.days[0].weekday() % 7) if len(self.days) else 0
        weeks = max(len(self.days) - begin, 0) // 7
        whole = slice(begin, begin + 7 * weeks)
        counts, n = (part[:, whole].reshape(len(part), weeks, 7) for part in (self.count, self.n))
        count = np.where(self.counts[:, None], counts.sum(axis=2), np.nansum(counts, axis=2))
        return Panel(self.days[whole][::7], self.series, count, np.nansum(n, axis=2))


def daily(
    table: ir.Table, rules: AlertRules, mentions: ir.Table | None = None, readings: ir.Table | None = None
) -> pd.DataFrame:
    """Count contacts, answers and moods per day and label, in one query of the engine.

    Args:
        table: contacts with ``interaction_id``, ``created_local``, labels and, where known, ``csat`` and ``frt_minutes``.
        rules: what is watched; labels that the table does not have are left out.
        mentions: interaction_id, topic: who speaks of what.
        readings: interaction_id, mood (−1, 0, 1).

    Returns the rows of ``panel_of``.
    """
    rows = with_marks(table, readings)
    wanted = ["", *dict.fromkeys((*rules.dimensions, *rules.scores_by, *rules.slow_by))]
    known = [name for name in wanted if not name or name in rows.columns]
    parts = [_counted(rows, name, rows[name] if name else ibis.literal("")) for name in known]
    if mentions is not None:
        topics = mentions.filter(mentions.topic.notin([NONE, EMPTY])).select("interaction_id", "topic").distinct()
        said = rows.inner_join(topics, "interaction_id")
        parts.append(_counted(said, TOPIC, said.topic))
    found = to_frame(functools.reduce(lambda a, b: a.union(b), parts))
    return _long(found, rules)


def with_marks(table: ir.Table, readings: ir.Table | None = None) -> ir.Table:
    """Add the day and a column for each of ``MARKS``: true or false, null where it is not known of a contact."""
    nothing = ibis.null("boolean")
    rows = table.mutate(
        day=table.created_local.date(), **{UNHAPPY: table.csat < 4 if "csat" in table.columns else nothing}
    )
    if readings is not None:
        moods = readings.select("interaction_id", negative=readings.mood < 0)
        rows = rows.left_join(moods, "interaction_id").drop("interaction_id_right")
    else:
        rows = rows.mutate(negative=nothing)
    if not {"frt_minutes", "channel"} <= set(rows.columns):
        return rows.mutate(slow=nothing)
    timed = rows.filter(rows.frt_minutes.notnull())
    limits = timed.group_by("channel").agg(slow_from=timed.frt_minutes.quantile(SLOWEST))
    joined = rows.left_join(limits, "channel")
    return joined.mutate(slow=joined.frt_minutes > joined.slow_from).drop("slow_from", "channel_right")


def panel_of(
    rows: pd.DataFrame,
    until: pd.Timestamp | str,
    rules: AlertRules | None = None,
    incomplete: Sequence[pd.Timestamp] = (),
) -> Panel:
    """Put counts per day on one calendar, from the first day there is to ``until``; days without a row are noughts.

    Args:
        rows: day, kind, dimension, label, count, n (missing for counts).
        until: last day that is known as a whole; later rows are left out.
        rules: which values are too small to be watched by themselves.
        incomplete: days on which an export lacks contacts: their counts are missing.

    Raises ValueError, all in one, when a count is negative, missing or infinite, a day is missing, has a time zone or stands
    twice, or more are bad than there are.
    """
    if pd.isna(pd.Timestamp(until)):
        raise ValueError("these cannot be watched: there is no last whole day (until)")
    _refuse(rows)
    rules, until = rules or AlertRules(), pd.Timestamp(until).normalize()
    rows = rows.assign(day=pd.to_datetime(rows["day"]).dt.normalize())
    rows = rows[rows["day"] <= until]
    names = ["kind", "dimension", "label"]
    if rows.empty:
        none = np.zeros((0, 0))
        return Panel(pd.DatetimeIndex([]), pd.DataFrame(columns=["key", *names]), none, none)
    days = pd.date_range(rows["day"].min(), until)
    rows = rows.assign(_kind=rows["kind"].map(list(KINDS).index)).sort_values(["_kind", "dimension", "label", "day"])
    code = rows.groupby(["_kind", "dimension", "label"], sort=True).ngroup().to_numpy()
    series = rows.groupby(code)[names].first().reset_index(drop=True)
    at = (rows["day"] - days[0]).dt.days.to_numpy()
    count, n = np.zeros((len(series), len(days))), np.zeros((len(series), len(days)))
    count[code, at], n[code, at] = rows["count"].to_numpy(float), rows["n"].fillna(0).to_numpy(float)
    of_counts = (series["kind"] == CONTACTS).to_numpy()
    n[of_counts] = np.nan
    whole = count[of_counts & (series["dimension"] == "").to_numpy()]
    hidden = np.isin(days, pd.DatetimeIndex(list(incomplete))) | (_nobody(whole[0]) if len(whole) else False)
    amount = np.where(of_counts[:, None], count, np.nan_to_num(n))
    kept = np.maximum(amount.mean(axis=1), amount[:, -LATELY:].mean(axis=1)) >= rules.least
    count = np.where(of_counts[:, None] & hidden, np.nan, count)
    series.insert(0, "key", [key_of(*row) for row in series.itertuples(index=False)])
    return Panel(days, series[kept].reset_index(drop=True), count[kept], n[kept])


def key_of(kind: str, dimension: str, label: str) -> str:
    """Name a series.

    >>> key_of("contacts", "category", "delivery"), key_of("unhappy", "", "")
    ('contacts/category=delivery', 'unhappy')
    """
    return f"{kind}/{dimension}={label}" if dimension else kind


def _counted(rows: ir.Table, dimension: str, label: ir.Value) -> ir.Table:
    known = rows.mutate(label=label.cast("string")).filter(lambda t: t.label.notnull())
    marks = {f"{mark}_n": known[mark].count() for mark in MARKS} | {mark: known[mark].sum() for mark in MARKS}
    counted = known.group_by("day", "label").agg(dimension=ibis.literal(dimension), contacts=known.count(), **marks)
    return counted.select("day", "dimension", "label", "contacts", *marks)


def _long(found: pd.DataFrame, rules: AlertRules) -> pd.DataFrame:
    contacts = found[found["dimension"].isin(["", TOPIC, *rules.dimensions])]
    base = ["day", "dimension", "label"]
    parts = [contacts[base].assign(kind=CONTACTS, count=contacts["contacts"], n=np.nan)]
    by = {UNHAPPY: rules.scores_by, NEGATIVE: rules.scores_by, SLOW: rules.slow_by}
    for mark, dimensions in by.items():
        some = found[found["dimension"].isin(["", *dimensions]) & (found[f"{mark}_n"] > 0)]
        parts.append(some[base].assign(kind=mark, count=some[mark].astype(float), n=some[f"{mark}_n"].astype(float)))
    return pd.concat(parts, ignore_index=True)[COLUMNS]


def _refuse(rows: pd.DataFrame) -> None:
    """Say all at once what cannot be a count."""
    where = ["kind", "dimension", "label", "day"]
    if getattr(rows["day"].dtype, "tz", None) is not None:
        raise ValueError("these cannot be watched: days carry a time zone; give days of the report's clock")
    day = pd.to_datetime(rows["day"]).dt.normalize()
    wrong = []
    tests = {
        "has no day": day.isna(),
        f"is of no kind that is watched ({', '.join(KINDS)})": ~rows["kind"].isin(KINDS),
        "is negative": rows["count"] < 0,
        "is missing": rows["count"].isna(),
        "is infinite": np.isinf(rows["count"].to_numpy(float)) | np.isinf(rows["n"].to_numpy(float)),
        "stands twice": day.notna() & rows.assign(day=day).duplicated(where, keep="first"),
        "has more bad ones than there are": rows["n"].notna() & (rows["count"] > rows["n"]),
    }
    for what, bad in tests.items():
        for row in rows[bad].head(3).to_dict("records"):
            name = key_of(row["kind"], row["dimension"], row["label"])
            on = f" on {pd.Timestamp(row['day']):%Y-%m-%d}" if pd.notna(row["day"]) else ""
            wrong.append(f"{name}{on} {what} ({row['count']} of {row['n']})")
    if wrong:
        raise ValueError("these cannot be watched: " + "; ".join(wrong))


def _nobody(whole: np.ndarray) -> np.ndarray:
    """Tell on which days nobody came though the weekday usually has contacts."""
    usual = np.array([np.median(whole[day::7]) for day in range(min(7, len(whole)))])
    return (whole == 0) & (usual[np.arange(len(whole)) % 7] >= EMPTY_DAY) if len(whole) else np.zeros(0, dtype=bool)
