"""Ratios of totals, period by period: contacts and complaints per 1,000 orders, and how busy the signed-in are."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from ..data.periods import Period
from ..data.store import to_frame
from .compare import with_period
from .intervals import Z
from .metrics import METRICS, is_complaint
from .rules import MetricRules

COLUMNS = ["metric", "period_start", "period", "n", "value", "lo", "hi", "se"]


def per_orders(
    contacts: ir.Table,
    volumes: ir.Table | None,
    periods: Sequence[Period],
    rules: MetricRules,
    spread: float,
    by: Sequence[str] = (),
) -> pd.DataFrame:
    """Count contacts and complaints per 1,000 orders of the same period.

    Returns rows as ``voc.analysis.compare.by_period`` does; n is the contacts counted. ``spread`` widens the count's
    chance (``intervals.daily_spread``). A period in which a day has no orders recorded has no row.
    """
    if volumes is None or "orders" not in volumes.columns or any(name not in volumes.columns for name in by):
        return pd.DataFrame(columns=[*COLUMNS[:3], *by, *COLUMNS[3:]])
    orders = _orders(volumes, periods, by)
    named = {"contacts_per_1000_orders": contacts}
    if any(name in contacts.columns for name in rules.complaints):
        named["complaints_per_1000_orders"] = contacts.filter(is_complaint(contacts, rules))
    parts = [_per_thousand(table, orders, periods, spread, by).assign(metric=name) for name, table in named.items()]
    return pd.concat(parts, ignore_index=True)[[*COLUMNS[:3], *by, *COLUMNS[3:]]]


def _orders(volumes: ir.Table, periods: Sequence[Period], by: Sequence[str]) -> pd.DataFrame:
    daily = volumes.filter(volumes.orders.notnull())
    daily = to_frame(daily.group_by("day", *by).agg(orders=daily.orders.sum()))
    daily["day"] = pd.to_datetime(daily["day"])
    parts = []
    for period in periods:
        inside = daily[(daily["day"] >= pd.Timestamp(period.start)) & (daily["day"] < pd.Timestamp(period.end))]
        if inside["day"].nunique() < period.days:
            continue
        total = (
            inside.groupby(list(by))["orders"].sum().reset_index()
            if by
            else pd.DataFrame({"orders": [inside["orders"].sum()]})
        )
        parts.append(total.assign(period_start=pd.Timestamp(period.start)))
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=["orders", "period_start", *by])


def _per_thousand(
    table: ir.Table, orders: pd.DataFrame, periods: Sequence[Period], spread: float, by: Sequence[str]
) -> pd.DataFrame:
    spanned = with_period(table, periods[0].grain)
    counts = to_frame(spanned.group_by("period_start", *by).agg(n=ibis._.count()))
    counts["period_start"] = pd.to_datetime(counts["period_start"]).astype(orders["period_start"].dtype)
    rows = orders[orders["orders"] > 0].merge(counts, on=["period_start", *by], how="left").fillna({"n": 0})
    rows["n"] = rows["n"].astype("int64")
    rows["value"] = rows["n"] / rows["orders"] * 1000
    rows["se"] = np.sqrt(spread * rows["n"].clip(lower=1)) / rows["orders"] * 1000
    rows["lo"], rows["hi"] = (rows["value"] - Z * rows["se"]).clip(lower=0), rows["value"] + Z * rows["se"]
    labels = {pd.Timestamp(period.start): period.label for period in periods}
    rows["period"] = rows["period_start"].map(labels)
    return rows[rows["period"].notna()].sort_values(["period_start", *by], ignore_index=True)


def occupancy(contacts: ir.Table, staffing: ir.Table | None, periods: Sequence[Period]) -> pd.DataFrame:
    """Tell which share of the time signed in was handling, per period.

    Returns rows as ``by_period`` does; n is the days that have both. The interval is that of a ratio of totals, from its
    residuals over days (Cochran, Sampling Techniques, 1977, 6.4).
    """
    if staffing is None or "staffed_seconds" not in staffing.columns or "handle_seconds" not in contacts.columns:
        return pd.DataFrame(columns=COLUMNS)
    signed = to_frame(staffing.group_by("day").agg(staffed=staffing.staffed_seconds.sum()))
    handled = to_frame(contacts.group_by(day=contacts.created_local.date()).agg(handled=contacts.handle_seconds.sum()))
    days = signed.assign(day=pd.to_datetime(signed["day"])).merge(
        handled.assign(day=pd.to_datetime(handled["day"])), on="day"
    )
    scale, rows = METRICS["occupancy_pct"].scale, []
    for period in periods:
        inside = days[(days["day"] >= pd.Timestamp(period.start)) & (days["day"] < pd.Timestamp(period.end))]
        n, staffed = len(inside), inside["staffed"].sum()
        if not staffed:
            continue
        value = inside["handled"].sum() / staffed
        rest = inside["handled"] - value * inside["staffed"]
        se = np.sqrt((rest**2).sum() * n / (n - 1)) / staffed if n > 1 else np.nan
        rows.append(
            ("occupancy_pct", pd.Timestamp(period.start), period.label, n, value * scale, (value - Z * se) * scale,
             (value + Z * se) * scale, se * scale)
        )  # fmt: skip
    return pd.DataFrame(rows, columns=COLUMNS)
