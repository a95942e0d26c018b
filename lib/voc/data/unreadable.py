"""Values of a file that cannot be read: all are kept, five a column are told."""

from __future__ import annotations

from pathlib import Path

import pandas as pd

from .problems import Problem, shorten

SHOWN = 5
COLUMNS = ["file", "column", "row", "value", "why"]


class Unreadable:
    """Collects the values of one file that cannot be read, and the problems that a message shows."""

    def __init__(self, path: Path):
        self.path, self.count, self.problems = path, 0, []
        self._frames: list[pd.DataFrame] = []

    def check(
        self, wrong: pd.Series, values: pd.Series, rows: pd.Series, column: str, what: str, cure: str = ""
    ) -> None:
        """Note the values that are ``wrong``: their rows, the values, what is wrong with them and how to cure it."""
        if not wrong.any():
            return
        found = pd.DataFrame({"row": rows[wrong], "value": values[wrong].astype("str"), "column": column, "why": what})
        self._frames.append(found.assign(file=self.path.name))
        self.count += len(found)
        for row, value in found[["row", "value"]].head(SHOWN).itertuples(index=False):
            self.problems.append(Problem(f"column {column!r}, row {row}", f"{shorten(value)} {what}", cure))

    def frame(self) -> pd.DataFrame:
        """Return every value noted: file, column, row, value, why."""
        empty = pd.DataFrame(columns=COLUMNS)
        return pd.concat([empty, *self._frames])[COLUMNS].reset_index(drop=True) if self._frames else empty
