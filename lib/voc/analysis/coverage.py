"""What the data cover: which periods are whole, and which comparisons missing days forbid."""

from __future__ import annotations

import functools
import operator
from collections.abc import Mapping, Sequence

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from ..data.periods import Period
from ..data.store import to_frame


def covers(first: pd.Timestamp, last: pd.Timestamp, period: Period) -> str:
    """Say why a period is not whole in data from ``first`` to ``last``; empty when it is."""
    start, end = pd.Timestamp(period.start), pd.Timestamp(period.end) - pd.Timedelta(days=1)
    if last.normalize() < start or first.normalize() > end:
        return f"there are no data for {period.words}"
    if first.normalize() > start:
        return f"the data begin on {first.day} {first:%B %Y}, inside {period.words}"
    if last.normalize() < end:
        return f"the data end on {last.day} {last:%B %Y}, before {period.words} is over"
    return ""


def none_came(history: pd.DataFrame, period: Period) -> str:
    """Say why a period without a single contact is compared with nothing; empty when it has one.

    A whole week, month or quarter without a contact is far likelier an export that failed than a service that nobody
    asked: a rise from nothing would be news of the file, not of the customers. ``history``: metric, period_start, value.
    """
    counts = history[history["metric"] == "contacts"]
    if counts.empty or counts.loc[counts["period_start"] == pd.Timestamp(period.start), "value"].sum() > 0:
        return ""
    return f"the data have no contact from {period.words} (nobody came, or the export failed)"


def missing_rows(days: pd.DataFrame, period: Period) -> float:
    """Estimate the contacts that flagged days of a period lack (see ``voc.data.completeness.flag_days``)."""
    inside = days[_inside(days, period) & days["flag"]]
    return float((inside["expected"] - inside["rows"]).sum())


def missing_by_label(table: ir.Table, name: str, days: pd.DataFrame, periods: Sequence[Period]) -> dict[str, float]:
    """Estimate, per value of a dimension, the contacts that flagged days of some periods lack.

    A value has its part of what each source lost: a lost day of chats is missing from the channel chat as a whole, from
    each product by its share of the chats.
    """
    inside = np.logical_or.reduce([_inside(days, period) for period in periods])
    bad = days[days["flag"] & inside]
    if bad.empty or name not in table.columns:
        return {}
    lost = (bad["expected"] - bad["rows"]).groupby(bad["source"]).sum()
    spans = [(table.created_local >= str(period.start)) & (table.created_local < str(period.end)) for period in periods]
    known = table.filter(table[name].notnull() & functools.reduce(operator.or_, spans))
    counts = to_frame(known.group_by("source", label=known[name]).agg(n=known.count()))
    share = counts["n"] / counts.groupby("source")["n"].transform("sum")
    return (share * counts["source"].map(lost).astype(float).fillna(0.0)).groupby(counts["label"]).sum().to_dict()


def _inside(days: pd.DataFrame, period: Period) -> pd.Series:
    return (days["day"] >= pd.Timestamp(period.start)) & (days["day"] < pd.Timestamp(period.end))


def withhold(changes: pd.DataFrame, reason: str, lost: float | Mapping[str, float]) -> pd.DataFrame:
    """Take back comparisons that the data do not allow.

    ``reason`` (from ``covers``) forbids them all; ``lost`` contacts on flagged days (of the whole, or by ``label``) forbid
    counts whose noise floor is smaller than what is missing.
    """
    held = changes.copy()
    if reason:
        held.loc[:, ["before", "change", "floor", "p"]] = np.nan
        held["why"] = reason
        return held
    gone = (
        pd.Series([lost.get(label, 0.0) for label in held["label"]], index=held.index)
        if isinstance(lost, Mapping)
        else pd.Series(lost, index=held.index)
    )
    per_contact = held["value"] / held["n"].where(held["n"] > 0)  # 1 for contacts; a rate's floor is in its own unit
    of_contacts = held["metric"].isin(["contacts", "contacts_per_1000_orders"])
    counts = of_contacts & (held["floor"] < gone * per_contact.fillna(1.0))
    held.loc[counts, "why"] = [
        f"about {n:,.0f} contacts of incomplete days are missing in these periods" for n in gone[counts]
    ]
    return held
