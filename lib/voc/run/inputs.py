"""All files of a params file → one raw table per canonical table, with every problem of every file in one error."""

from __future__ import annotations

from dataclasses import dataclass

import ibis.expr.types as ir
import pandas as pd

from ..data.problems import InputError, Problem
from ..data.readers import Read, read
from .month import Month


@dataclass(frozen=True)
class Inputs:
    """The raw tables by canonical name, what each file gave (source, table, file, rows), and values set aside."""

    tables: dict[str, ir.Table]
    files: pd.DataFrame
    set_aside: pd.DataFrame

    def get(self, name: str) -> ir.Table | None:
        """Return a raw table, or None when no file fills it."""
        return self.tables.get(name)


def read_inputs(month: Month) -> Inputs:
    """Read every source of a month's params.

    Returns the raw tables on the month's engine. Raises InputError listing the problems of all files together.
    """
    loaded, problems = month.loaded, []
    frames: dict[str, list[pd.DataFrame]] = {}
    files, aside = [], []
    for entry in loaded.settings.sources:
        source = loaded.specs[entry.source]
        path = loaded.file_of(entry)
        try:
            found: Read = read(
                source,
                path,
                name=entry.name,
                clock=loaded.settings.timezone,
                flags=loaded.flags,
                unreadable=loaded.settings.cleaning.unreadable,
            )
        except InputError as error:
            problems += [Problem(f"{error.what}, {item.where}", item.what, item.cure) for item in error.problems]
            continue
        frames.setdefault(source.table, []).append(found.rows)
        aside.append(found.set_aside)
        files.append({"source": entry.name, "table": source.table, "file": path.name, "rows": len(found.rows)})
    if problems:
        raise InputError(str(loaded.path), problems)
    if "interactions" not in frames:
        what = "no source fills the table interactions"
        raise InputError(str(loaded.path), [Problem("sources", what, "Add the export of your help desk.")])
    tables = {name: month.store.load(pd.concat(parts, ignore_index=True)) for name, parts in frames.items()}
    return Inputs(tables, pd.DataFrame(files), pd.concat(aside, ignore_index=True))
