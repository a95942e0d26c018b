"""How much wider answers spread because some customers answer more than once: the same person tends to say the same.

Ten answers of ten customers tell more than ten answers of two. By how much is the design effect (Kish, Survey Sampling,
1965, 8.2), estimated as the variance of customers' sums against that of single answers.
"""

from __future__ import annotations

import ibis.expr.types as ir

from ...data.store import to_frame

DIGITS = 6
UNITS = {"day": "D", "week": "W", "month": "M", "quarter": "Q"}


def repeated(table: ir.Table, metric: str, grain: str) -> float:
    """Return how many times wider a figure varies than if every answer came from another customer; at least 1.

    ``table``: contacts with created_local, customer_id and a column of the metric's values. Answers are set against the
    mean of their period; those without a customer count as customers of their own. Without ids the answer is 1. Use it
    as ``spread`` of ``series.measured``.
    """
    if "customer_id" not in table.columns or metric not in table.columns:
        return 1.0
    known = table.filter(table[metric].notnull())
    known = known.select(
        "customer_id", period=known.created_local.truncate(UNITS[grain]), y=known[metric].cast("float64")
    )
    apart = known.mutate(rest=known.y - known.y.mean().over(group_by="period"))
    single = to_frame(apart.group_by(named=apart.customer_id.notnull()).agg(squares=(apart.rest * apart.rest).sum()))
    named = (
        apart.filter(apart.customer_id.notnull()).group_by(["period", "customer_id"]).agg(rest=lambda t: t.rest.sum())
    )
    together = to_frame(named.aggregate(squares=(named.rest * named.rest).sum()))["squares"].fillna(0.0).iloc[0]
    alone = float(single.loc[~single["named"], "squares"].sum())
    whole = float(single["squares"].sum())
    # sums of an engine that works in parallel differ in their last digits from run to run
    return round(max(1.0, (float(together) + alone) / whole), DIGITS) if whole > 0 else 1.0
