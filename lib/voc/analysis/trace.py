"""The way back from a figure to the contacts behind it: written into each result row, followed on demand."""

from __future__ import annotations

import json
from collections.abc import Sequence

import ibis.expr.types as ir
import pandas as pd

from ..data.periods import Period
from ..data.store import to_frame


def write_trace(period: Period, metric: str, **where: str) -> str:
    """Write a trace: the period's days, the metric whose contacts count, and column = value pairs, as JSON.

    >>> write_trace(Period.parse("2026-10"), "csat_pct", channel="chat")
    '{"channel": "chat", "counts": "csat_pct", "from": "2026-10-01", "to": "2026-11-01"}'
    """
    bounds = {"from": str(period.start), "to": str(period.end), "counts": metric}
    return json.dumps(bounds | where, ensure_ascii=False, sort_keys=True)


def with_traces(rows: pd.DataFrame, periods: Sequence[Period]) -> pd.DataFrame:
    """Add ``trace`` to rows of metric and, where they have them, period (label), dimension and label.

    Rows without a period belong to the last of ``periods``.
    """
    spans = {period.label: period for period in periods}
    traces = [
        write_trace(
            spans[row.get("period", periods[-1].label)],
            row["metric"],
            **({row["dimension"]: row["label"]} if row.get("dimension") else {}),
        )
        for row in rows.to_dict("records")
    ]
    return rows.assign(trace=pd.Series(traces, index=rows.index, dtype="str"))


def contacts_of(table: ir.Table, trace: str) -> list[str]:
    """Return the ids of the contacts that a result row's ``trace`` describes.

    A trace is a JSON object of column = value; ``from`` and ``to`` bound ``created_local`` (``to`` is excluded) and
    ``counts`` names the measure that must be known.
    """
    where = json.loads(trace)
    first, end, counts = where.pop("from", None), where.pop("to", None), where.pop("counts", None)
    for name, value in where.items():
        table = table.filter(table[name] == value) if value is not None else table.filter(table[name].isnull())
    if first:
        table = table.filter(table.created_local >= pd.Timestamp(first).to_pydatetime())
    if end:
        table = table.filter(table.created_local < pd.Timestamp(end).to_pydatetime())
    if counts:
        table = table.filter(table[counts].notnull())
    return to_frame(table.select("interaction_id").order_by("interaction_id"))["interaction_id"].tolist()
