"""Values: impossible numbers not believed, missing ones treated as decided per field."""

from __future__ import annotations

from collections.abc import Mapping

import ibis
import ibis.expr.types as ir

from ..audit import Outcome
from ..rules import Decision
from ..schema import INTERACTIONS, Table


def empty_impossible_numbers(table: ir.Table, declared: Table = INTERACTIONS) -> Outcome:
    """Empty numbers outside what their column allows: a negative duration, a 9 on a scale of 1–5.

    They are faults of the data: counted and shown, excluded from every metric, never clipped to the nearest limit.
    """
    changes, repairs = {}, []
    for column in declared.columns:
        if column.name not in table.columns or column.lowest is None:
            continue
        value = table[column.name]
        wrong = value < column.lowest
        wrong = (wrong | (value > column.highest) if column.highest is not None else wrong).fill_null(False)
        key = table[declared.key[0]]
        repairs.append(
            table.filter(wrong).select(
                interaction_id=key, column=ibis.literal(column.name), was=value.cast("string"), now=ibis.null("string")
            )
        )
        changes[column.name] = wrong.ifelse(ibis.null("float64"), value)
    if not changes:
        return Outcome(table, "no bounded numbers in the data")
    found = ibis.union(*repairs) if len(repairs) > 1 else repairs[0]
    return Outcome(
        table.mutate(**changes), "negative durations and scores outside their scale are emptied", repairs=found
    )


def decide_missing(table: ir.Table, decisions: Mapping[str, Decision]) -> Outcome:
    """Treat missing values as params decide: leave them, exclude the contact, or fill the median or mean.

    A filled number is a guess: it is listed as a repair, and metrics of that column should not be read from it.
    """
    changes, repairs, out = {}, [], ibis.literal(False)
    for name, decision in decisions.items():
        if name not in table.columns or decision == "leave":
            continue
        if decision == "exclude":
            out = out | table[name].isnull()
            continue
        middle = table[name].median() if decision == "median" else table[name].mean()
        filled = table[name].fill_null(
            middle.over(group_by=table.channel) if "channel" in table.columns else middle.over()
        )
        changes[name] = filled
        repairs.append(
            table.mutate(_filled=filled)
            .filter(ibis._[name].isnull() & ibis._._filled.notnull())
            .select(
                "interaction_id", column=ibis.literal(name), was=ibis.null("string"), now=ibis._._filled.cast("string")
            )
        )
    gone = table.filter(out).select(
        "interaction_id",
        row=table["_row"],
        reason=ibis.literal("a field that must be filled is empty"),
        kept_id=ibis.null("string"),
    )
    said = (
        ", ".join(f"{name}: {decision}" for name, decision in decisions.items())
        or "every missing value is left missing"
    )
    done = (table.mutate(**changes) if changes else table).filter(~out)
    found = None if not repairs else ibis.union(*repairs) if len(repairs) > 1 else repairs[0]
    return Outcome(done, said, repairs=found, removed=gone)


def add_handling(table: ir.Table) -> Outcome:
    """Add up talk, hold and wrap to the handling time where the source does not give it itself."""
    parts = [table[name] for name in ("talk_seconds", "hold_seconds", "wrap_seconds") if name in table.columns]
    if not parts:
        return Outcome(table, "no talk, hold or wrap times in the data")
    known = parts[0].notnull()  # without the talking itself the sum would be a part passed off as the whole
    total = sum((part.fill_null(0.0) for part in parts[1:]), parts[0])
    summed = known.ifelse(total, ibis.null("float64"))
    own = table.handle_seconds if "handle_seconds" in table.columns else ibis.null("float64")
    return Outcome(table.mutate(handle_seconds=ibis.coalesce(own, summed)), "handling time = talk + hold + wrap")
