"""What reports keep for those to come, as small CSV files in a folder of its own (``Loaded.kept``)."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import pandas as pd

from ..data.problems import InputError, Problem

CURE = "Take it back from a copy, or move it away: the next report begins a new one."


def read_kept(path: Path, columns: Sequence[str], dates: Sequence[str] = (), words: Sequence[str] = ()) -> pd.DataFrame:
    """Read what was kept; an empty table where nothing was.

    Columns that are neither dates nor words are numbers. Raises InputError, naming everything that is wrong, for a file
    that lacks columns or holds what does not fit them.
    """
    if not path.is_file():
        return pd.DataFrame({name: _typed(pd.Series(dtype="str"), name, dates, words) for name in columns})
    try:
        raw = pd.read_csv(path, dtype="str", keep_default_na=False)
    except (pd.errors.ParserError, pd.errors.EmptyDataError, UnicodeDecodeError) as error:
        raise InputError(str(path), [Problem("file", f"is no CSV: {error}", CURE)]) from error
    if lacking := [name for name in columns if name not in raw]:
        raise InputError(str(path), [Problem("header", f"has no column {name}", CURE) for name in lacking])
    made, problems = {}, []
    for name in columns:
        made[name] = _typed(raw[name], name, dates, words)
        wrong = raw[made[name].isna() & (raw[name] != "") & (name not in words)]
        what = "date" if name in dates else "number"
        problems += [
            Problem(f"row {int(row) + 2}, {name}", f"{raw[name][row]!r} is no {what}", "Correct it.")
            for row in wrong.index[:5]
        ]
    if problems:
        raise InputError(str(path), problems)
    return pd.DataFrame(made)


def _typed(values: pd.Series, name: str, dates: Sequence[str], words: Sequence[str]) -> pd.Series:
    if name in words:
        return values.astype("str")
    if name in dates:
        return pd.to_datetime(values, errors="coerce", format="%Y-%m-%d").astype("datetime64[us]")
    return pd.to_numeric(values, errors="coerce").astype("float64")


def write_kept(path: Path, rows: pd.DataFrame) -> None:
    """Write what is kept, in one step: a reader sees the old file or the new one. Numbers keep nine digits."""
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_name(f".{path.name}.tmp")
    rows.to_csv(beside, index=False, date_format="%Y-%m-%d", float_format="%.9g", lineterminator="\n")
    beside.replace(path)
