"""Ids: one spelling each, one row each."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from ..audit import Outcome
from ..store import to_frame


def tidy_id(value: ir.StringValue) -> ir.StringValue:
    """Take blanks and number signs out of an id: `` #T1001 `` is T1001."""
    return value.re_replace(r"[\s#]+", "").nullif("")


def tidy_ids(table: ir.Table) -> Outcome:
    """Write every id without blanks and number signs, so that the same thing has the same id everywhere.

    Only the contact's own id is listed with what it was: those of customers and orders may be an address or a number that
    leads to a person, and are counted.
    """
    columns = [name for name in ("interaction_id", "customer_id", "order_id") if name in table.columns]
    changed = {name: (table[name] != tidy_id(table[name])).fill_null(False) for name in columns}
    cells = to_frame(
        table.aggregate(
            **{name: rule.cast("int64").sum() for name, rule in changed.items() if name != "interaction_id"}
            or {"none": ibis.literal(0)}
        )
    )
    repairs = table.filter(changed["interaction_id"]).select(
        interaction_id=tidy_id(table.interaction_id),
        column=ibis.literal("interaction_id"),
        was=table.interaction_id,
        now=tidy_id(table.interaction_id),
    )
    tidied = table.mutate(**{name: tidy_id(table[name]) for name in columns})
    why = "blanks and number signs around ids taken out"
    return Outcome(tidied, why, repairs=repairs, cells=int(cells.fillna(0).sum(axis=1).iloc[0]))


def drop_repeated_ids(table: ir.Table) -> Outcome:
    """Keep one row per id: the fullest, and of equally full ones the first.

    Exports overlap and pages repeat, so the same contact comes twice with the same id; an older version of it usually
    has fewer fields filled.
    """
    filled = sum(
        (table[name].notnull().cast("int64") for name in table.columns if not name.startswith("_")), ibis.literal(0)
    )
    ranked = table.mutate(_filled=filled)
    ranked = ranked.mutate(
        _place=ibis.row_number().over(group_by=ranked.interaction_id, order_by=[ranked._filled.desc(), ranked["_row"]])
    )
    gone = ranked.filter(ranked._place > 0).select(
        "interaction_id", row=ranked["_row"], reason=ibis.literal("same id again"), kept_id=ranked.interaction_id
    )
    kept = ranked.filter(ranked._place == 0).drop("_filled", "_place")
    return Outcome(kept, "the same id stood more than once; the fullest row stays", removed=gone)
