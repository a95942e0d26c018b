"""The audit trail of cleaning: each step's rows in and out, cells changed, and why; each repair and removal by id.

A cleaning step is a function from table to ``Outcome``. ``Audit.apply`` runs it, counts, keeps its repairs and removals,
and hands on the table, so that steps chain and nothing is lost:

    table = audit.apply(table, drop_duplicates, rules)
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import ibis.expr.types as ir
import pandas as pd
import pyarrow as pa

from .store import Store, to_arrow

REPAIRS = pa.schema(
    [(name, pa.string()) for name in ("interaction_id", "step", "column", "was", "now")]
)  # one row a cell changed
REMOVED = pa.schema(
    [
        ("interaction_id", pa.string()),
        ("row", pa.int64()),
        ("step", pa.string()),
        ("reason", pa.string()),
        ("kept_id", pa.string()),
    ]
)  # one row a record that left


@dataclass(frozen=True)
class Outcome:
    """What a step gives: the new table, why, and which cells and rows it touched.

    ``repairs`` has interaction_id, column, was, now; ``removed`` has interaction_id, row, reason, kept_id. Steps that
    change so many cells alike that a list serves nobody give ``cells`` (a count) instead.
    """

    table: ir.Table
    why: str
    repairs: ir.Table | pa.Table | pd.DataFrame | None = None
    removed: ir.Table | pa.Table | pd.DataFrame | None = None
    cells: int = 0


@dataclass
class Audit:
    """Collects the lines of the trail while steps run."""

    store: Store
    lines: list[dict] = field(default_factory=list)
    _repairs: list[pa.Table] = field(default_factory=list)
    _removed: list[pa.Table] = field(default_factory=list)

    def read(self, name: str, rows: int, why: str) -> None:
        """Note what a file gave."""
        self._line(f"read {name}", rows, rows, 0, why)

    def apply(self, table: ir.Table, step: Callable[..., Outcome], *args: object, **options: object) -> ir.Table:
        """Run one step, note its line and return its table, computed once."""
        name = step.__name__.replace("_", " ")
        before = table.count().to_pyarrow().as_py()
        outcome = step(table, *args, **options)
        done = self.store.settle(outcome.table)
        after = done.count().to_pyarrow().as_py()
        cells = outcome.cells + self._keep(outcome.repairs, name, REPAIRS, self._repairs)
        gone = self._keep(outcome.removed, name, REMOVED, self._removed)
        if before - after != gone:
            raise AssertionError(f"step {name!r}: {before:,} rows in, {after:,} out, but {gone:,} removals listed")
        self._line(name, before, after, cells, outcome.why)
        return done

    def note(self, name: str, rows: int, cells: int, why: str) -> None:
        """Add a line for a change of cells that no step function made."""
        self._line(name, rows, rows, cells, why)

    def _line(self, step: str, rows_in: int, rows_out: int, cells: int, why: str) -> None:
        self.lines.append({"step": step, "rows_in": rows_in, "rows_out": rows_out, "cells_changed": cells, "why": why})

    @staticmethod
    def _keep(
        found: ir.Table | pa.Table | pd.DataFrame | None, step: str, shape: pa.Schema, into: list[pa.Table]
    ) -> int:
        if found is None:
            return 0
        table = to_arrow(found)
        table = table.append_column("step", pa.array([step] * len(table), pa.string()))
        into.append(
            pa.table(
                [table[name].cast(kind) for name, kind in zip(shape.names, shape.types, strict=True)], schema=shape
            )
        )
        return len(table)

    def trail(self) -> pd.DataFrame:
        """Return the lines: step, rows_in, rows_out, cells_changed, why."""
        return pd.DataFrame(self.lines, columns=["step", "rows_in", "rows_out", "cells_changed", "why"])

    def repairs(self) -> pa.Table:
        """Return every repaired cell: interaction_id, step, column, was, now."""
        return _sorted(pa.concat_tables([REPAIRS.empty_table(), *self._repairs]))

    def removed(self) -> pa.Table:
        """Return every row that left: interaction_id, row, step, reason, kept_id."""
        return _sorted(pa.concat_tables([REMOVED.empty_table(), *self._removed]))


def _sorted(table: pa.Table) -> pa.Table:
    """Order rows by all columns: the engine's threads give them in any order."""
    return table.sort_by([(name, "ascending") for name in table.column_names])
