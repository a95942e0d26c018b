"""Who came back: the seconds to a customer's next contact on the same issue, and since the last one.

Window functions sort all they carry. So they are given five columns here, once, and leave only those who came back within
the window, a small table that joins any other in one pass; metrics use it where a table has it.
"""

from __future__ import annotations

from collections.abc import Callable

import ibis
import ibis.expr.types as ir

from ...data.clock import DAY
from ..rules import MetricRules

NEXT, LAST, BEGAN, ENDED = "_next_gap", "_last_gap", "_began", "_ended"
NOTED = (NEXT, LAST, BEGAN, ENDED)


def gap(table: ir.Table, rules: MetricRules, *, forward: bool) -> ir.Value:
    """Seconds to the same customer's next (or from the last) contact on the same issue; null where there is none."""
    if NEXT in table.columns:
        return table[NEXT if forward else LAST]
    window = ibis.window(
        group_by=[table.customer_id, table[rules.same_issue]], order_by=[table.created_at, table.interaction_id]
    )
    at = table.created_at.epoch_seconds()
    return (at.lead() - at if forward else at - at.lag()).over(window)


def began(table: ir.Table) -> ir.Value:
    """When the first contact of a table came, in seconds."""
    return table[BEGAN] if BEGAN in table.columns else table.created_at.epoch_seconds().min().as_scalar()


def ended(table: ir.Table) -> ir.Value:
    """When the last contact of a table came, in seconds."""
    return table[ENDED] if ENDED in table.columns else table.created_at.epoch_seconds().max().as_scalar()


def with_returns(contacts: ir.Table, rules: MetricRules, settle: Callable[[ir.Table], ir.Table]) -> ir.Table:
    """Note in working columns who came back within the window, and from when to when the contacts reach.

    ``contacts`` are one row each (``interaction_id`` is unique). Measures made of the result are the same as without, and
    need no sorting of whole rows; ``without_notes`` takes the columns away again.
    """
    at = contacts.created_at.epoch_seconds()
    reach = contacts.aggregate(began=at.min(), ended=at.max()).to_pyarrow().to_pylist()[0]
    ends = {BEGAN: ibis.literal(reach["began"], at.type()), ENDED: ibis.literal(reach["ended"], at.type())}
    if "customer_id" not in contacts.columns or rules.same_issue not in contacts.columns:
        return contacts.mutate(**ends)
    known = contacts.filter(contacts.customer_id.notnull() & contacts[rules.same_issue].notnull())
    known = known.select("interaction_id", "created_at", "customer_id", rules.same_issue)
    gaps = {NEXT: gap(known, rules, forward=True), LAST: gap(known, rules, forward=False)}
    gaps, window = known.select("interaction_id", **gaps), rules.repeat_days * DAY
    back = settle(gaps.filter((gaps[NEXT] <= window) | (gaps[LAST] <= window)))
    return contacts.left_join(back, "interaction_id").select(*contacts.columns, NEXT, LAST).mutate(**ends)


def without_notes(table: ir.Table) -> ir.Table:
    """Take the working columns of ``with_returns`` away."""
    return table.drop(*[name for name in NOTED if name in table.columns])
