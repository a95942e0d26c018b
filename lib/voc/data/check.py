"""Hold a table against its declaration in ``voc.data.schema``: all faults at once, counted by the engine."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from .problems import InputError, Problem
from .schema import Column, Table

_FAMILY = {
    "string": "is_string",
    "timestamp": "is_timestamp",
    "date": "is_date",
    "int64": "is_integer",
    "float64": "is_numeric",
    "boolean": "is_boolean",
}


def check(table: ir.Table, declared: Table) -> None:
    """Raise InputError unless the table has its key, the right types and only allowed values.

    Missing optional columns are allowed, and so are further columns (dimensions). Every count is made in one pass.
    """
    where = f"table {declared.name}"
    problems = [
        Problem(f"{where}, column {column.name}", "is missing", "Map it in the source file under params/sources.")
        for column in declared.columns
        if column.required and column.name not in table.columns
    ]
    present = [column for column in declared.columns if column.name in table.columns]
    for column in present:
        kind = table.schema()[column.name]
        if not getattr(kind, _FAMILY[column.kind])() and not (column.kind == "date" and kind.is_timestamp()):
            problems.append(Problem(f"{where}, column {column.name}", f"is {kind}, not {column.kind}", "Convert it."))
    if problems:
        raise InputError(where, problems)
    rules = {f"{column.name}|{what}": rule for column in present for what, rule in _rules(table, column)}
    key = [table[name] for name in declared.key if name in table.columns]
    if declared.unique and len(key) == 1:
        rules[f"{declared.key[0]}|stands more than once"] = table.count() - key[0].nunique() - key[0].isnull().sum()
    if not rules:
        return
    counts = table.aggregate(**rules).to_pyarrow().to_pylist()[0]
    for name, count in counts.items():
        if count:
            column, _, what = name.partition("|")
            cure = "Clean it before saving (01_cleaning), or correct the declaration."
            problems.append(Problem(f"{where}, column {column}", f"{count:,} rows: {what}", cure))
    if problems:
        raise InputError(where, problems)


def _rules(table: ir.Table, column: Column) -> list[tuple[str, ir.IntegerScalar]]:
    value, rules = table[column.name], []
    if column.required:
        rules.append(("is empty", value.isnull().sum()))
    if column.lowest is not None:
        rules.append((f"is below {column.lowest:g}", (value < column.lowest).sum()))
    if column.highest is not None:
        rules.append((f"is above {column.highest:g}", (value > column.highest).sum()))
    if column.allowed:
        known = value.isin([ibis.literal(word) for word in column.allowed])
        rules.append((f"is none of {', '.join(column.allowed)}", (value.notnull() & ~known).sum()))
    return [(what, rule.fill_null(0)) for what, rule in rules]
