"""What figures stand on besides contacts: answers on recommendation, and customers from period to period.

Each is a table shaped like the measured contacts: ``created_local`` says when a row counts, a column per metric what it
counts. So periods, slices and comparisons are the same code for all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pandas as pd

from ..data.clock import on_clock
from ..data.periods import Period
from .coverage import covers
from .metrics import with_measures
from .rules import MetricRules

Load = Callable[[pd.DataFrame], ir.Table]
Settle = Callable[[ir.Table], ir.Table]


@dataclass(frozen=True)
class Grounds:
    """The tables that a card stands on: measured contacts, and what else there is."""

    contacts: ir.Table
    answers: ir.Table | None = None
    clientele: ir.Table | None = None
    volumes: ir.Table | None = None
    staffing: ir.Table | None = None

    def measured(self) -> list[ir.Table]:
        """List the tables whose rows carry measures: contacts, answers, customers."""
        return [table for table in (self.contacts, self.answers, self.clientele) if table is not None]


def answers(
    contacts: ir.Table, surveys: ir.Table | None, customers: ir.Table | None, rules: MetricRules, zone: str
) -> ir.Table | None:
    """Return the answers on recommendation, one row each, or None where there are none.

    From the surveys where they are a table of their own (those about the company as a whole belong to no contact), else
    from the contacts. Columns: answer_id, created_local (when it was given), score (0–10), whatever dimensions the contact
    or the customer brings, and the measure ``nps``.
    """
    asked = surveys.filter((surveys.kind == "nps") & surveys.score.notnull()) if surveys is not None else None
    if asked is not None and _any(asked):
        given = asked
        at = given.answered_at.fill_null(given.sent_at) if "answered_at" in given.columns else given.sent_at
        given = given.mutate(answer_id=given.survey_id, created_local=on_clock(at, zone))
        kept = ["answer_id", "created_local", "score"]
        if customers is not None and "customer_id" in given.columns:
            given = given.left_join(customers, "customer_id")
            kept += [name for name in _dimensions(customers) if name not in kept]
        given = given.select(*kept)
    elif "nps" in contacts.columns:
        given = contacts.filter(contacts.nps.notnull())
        given = given.mutate(answer_id=given.interaction_id, score=given.nps).drop("nps")
    else:
        return None
    return with_measures(given.mutate(nps=ibis.null("float64")), rules, of="answers") if _any(given) else None


def clientele(
    customers: ir.Table | None,
    periods: Sequence[Period],
    span: tuple[pd.Timestamp, pd.Timestamp],
    rules: MetricRules,
    zone: str,
    load: Load,
    settle: Settle = lambda table: table,
) -> ir.Table | None:
    """Return one row per customer and period, or None where leaving is not recorded.

    Columns: customer_id, created_local (the period's first moment), the customer's dimensions, active (at the start), gone
    (at the end), and the measures ``churn_pct`` and ``retention_pct``. Periods that the data do not cover to their end are
    left out, because nobody knows yet who leaves in them. A customer whose beginning is unknown counts from the first day.
    """
    if customers is None or "churned_at" not in customers.columns:
        return None
    whole = [period for period in periods if not covers(*span, period)]
    if not whole or not _any(customers.filter(customers.churned_at.notnull())):
        return None
    bounds = load(
        pd.DataFrame(
            {
                "created_local": pd.to_datetime([period.start for period in whole]).astype("datetime64[us]"),
                "ends": pd.to_datetime([period.end for period in whole]).astype("datetime64[us]"),
            }
        )
    )
    own = settle(customers.select("customer_id", *_dimensions(customers), *_stamps(customers, zone)))
    rows = own.cross_join(bounds)
    begun = (
        rows.began.isnull() | (rows.began < rows.created_local) if "began" in rows.columns else ibis.literal(value=True)
    )
    active = begun & (rows.left.isnull() | (rows.left >= rows.created_local))
    gone = (rows.left < rows.ends).fill_null(False)
    rows = rows.mutate(active=active, gone=gone, churned_at=rows.left)
    return with_measures(rows.filter(rows.active), rules, of="customers").drop("left", "ends", "churned_at")


def _stamps(customers: ir.Table, zone: str) -> list[ir.Value]:
    """The stamps of a customer's beginning and end on the report's clock."""
    stamps = {"left": "churned_at"} | ({"began": "signup_at"} if "signup_at" in customers.columns else {})
    return [on_clock(customers[name], zone).name(new) for new, name in stamps.items()]


def _dimensions(customers: ir.Table) -> list[str]:
    return [
        name
        for name in customers.columns
        if customers[name].type().is_string() and name not in ("customer_id", "source")
    ]


def with_customers(contacts: ir.Table, customers: ir.Table | None) -> ir.Table:
    """Give each contact the dimensions of its customer that it does not have itself, such as the segment."""
    if customers is None or "customer_id" not in contacts.columns:
        return contacts
    further = [name for name in _dimensions(customers) if name not in contacts.columns]
    if not further:
        return contacts
    return contacts.left_join(customers.select("customer_id", *further), "customer_id").select(
        *contacts.columns, *further
    )


def _any(table: ir.Table) -> bool:
    return bool(table.limit(1).count().to_pyarrow().as_py())
