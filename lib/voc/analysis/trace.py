"""The way back from a figure to the contacts behind it: written into each result row, followed on demand."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import get_args

import ibis.expr.types as ir
import pandas as pd

from ..data.periods import Grain, Period
from ..data.store import to_frame
from .grounds import Grounds
from .load.workload import open_contacts
from .metrics import METRICS, is_complaint
from .rules import MetricRules


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
    """Return the ids of the rows of a measured table that a result row's ``trace`` describes.

    A trace is a JSON object of column = value; ``from`` and ``to`` bound ``created_local`` (``to`` is excluded) and
    ``counts`` names the measure that must be known. The ids are those of the table's rows: contacts, answers, customers.
    """
    where = json.loads(trace)
    first, end, counts = where.pop("from", None), where.pop("to", None), where.pop("counts", None)
    for name, value in where.items():
        table = table.filter(table[name] == value) if value is not None else table.filter(table[name].isnull())
    if first:
        table = table.filter(table.created_local >= pd.Timestamp(first).to_pydatetime())
    if end:
        table = table.filter(table.created_local < pd.Timestamp(end).to_pydatetime())
    if counts in table.columns:
        table = table.filter(table[counts].notnull())
    key = next(name for name in ("interaction_id", "answer_id", "customer_id") if name in table.columns)
    return to_frame(table.select(key).order_by(key))[key].tolist()


def ids_behind(grounds: Grounds, trace: str, rules: MetricRules) -> list[str]:
    """Return the ids behind a figure: of contacts, of answers (``nps``) or of customers (``churn_pct``).

    Figures made of totals lead to the contacts that they count: all, the complaints, those handled; the backlog to the
    contacts open at the period's end.
    """
    where = json.loads(trace)
    metric = METRICS[where["counts"]]
    if metric.of in ("answers", "customers"):
        table = grounds.answers if metric.of == "answers" else grounds.clientele
        return contacts_of(table, trace) if table is not None else []
    contacts = grounds.contacts
    if metric.name == "backlog":
        first, end = pd.Timestamp(where["from"]).date(), pd.Timestamp(where["to"]).date()
        spans = [Period.holding(first, grain) for grain in get_args(Grain)]
        contacts = open_contacts(contacts, next(one for one in spans if one.end == end))
        trace = json.dumps({name: value for name, value in where.items() if name not in ("from", "to", "counts")})
    elif metric.name == "complaints_per_1000_orders":
        contacts = contacts.filter(is_complaint(contacts, rules))
    elif metric.name == "occupancy_pct":
        contacts = contacts.filter(contacts.handle_seconds.notnull())
    return contacts_of(contacts, trace)
