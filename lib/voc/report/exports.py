"""Result tables as files that anybody can open: Parquet, CSV for Excel, and one workbook.

Texts come from customers: a cell that a spreadsheet would run as a formula gets an apostrophe in CSV and XLSX. Parquet
keeps every value as it is. The same tables give the same bytes.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from ..data.spreadsheet import CELL_MOST, cell, neutral
from .style import is_missing

ROWS_MOST = 1_048_575  # rows of an XLSX sheet below its head
CREATED = datetime(2000, 1, 1)
MANY = (list, tuple, dict, set, np.ndarray)  # values of several parts: written as Python writes them


def export_tables(tables: Mapping[str, pd.DataFrame], folder: Path) -> list[Path]:
    """Write every table as Parquet and CSV and all of them into ``tables.xlsx``; return the paths, workbook last.

    CSV is UTF-8 with a byte order mark, so that Excel reads Russian and Chinese. The workbook has a contents sheet and
    one sheet a table; texts over 32,767 characters are cut there and end in "…", tables over 1,048,575 rows are cut
    there, and the contents sheet says both: the whole is in the CSV and Parquet beside it.

    Raises ``ValueError`` for names that are no plain file names.

    >>> import tempfile
    >>> [path.name for path in export_tables({"kpi": pd.DataFrame({"n": [1]})}, Path(tempfile.mkdtemp()))]
    ['kpi.parquet', 'kpi.csv', 'tables.xlsx']
    """
    wrong = [name for name in tables if not re.fullmatch(r"\w[\w\- ]{0,99}", name)]
    if wrong:
        raise ValueError(f"table names {wrong}: use letters, digits, _ and - only, because they become file names")
    folder.mkdir(parents=True, exist_ok=True)
    paths = []
    for name, frame in tables.items():
        paths += [folder / f"{name}.parquet", folder / f"{name}.csv"]
        frame.to_parquet(paths[-2], index=False)
        safe = frame.rename(columns=lambda column: neutral(str(column))).map(_for_csv)
        safe.to_csv(paths[-1], index=False, encoding="utf-8-sig", lineterminator="\n")
    paths.append(folder / "tables.xlsx")
    _write_workbook(tables, paths[-1])
    return paths


def sheet_names(names: list[str]) -> dict[str, str]:
    """Return for each table a sheet name that Excel takes: at most 31 characters, unique whatever the case.

    >>> sheet_names(["a" * 40, "a" * 41])["a" * 41]
    'aaaaaaaaaaaaaaaaaaaaaaaaaaaaa_2'
    """
    taken, out = {"contents", "history"}, {}
    for name in names:
        sheet, count = name[:31], 2
        while sheet.lower() in taken:
            tail = f"_{count}"
            sheet, count = name[: 31 - len(tail)] + tail, count + 1
        taken.add(sheet.lower())
        out[name] = sheet
    return out


def _for_csv(value: Any) -> Any:
    return neutral(str(_listed(value))) if isinstance(value, MANY) else neutral(value)


def _listed(value: Any) -> Any:
    """Turn an array, as lists come back from Parquet, into a list again."""
    return value.tolist() if isinstance(value, np.ndarray) else value


def _write_workbook(tables: Mapping[str, pd.DataFrame], path: Path) -> None:
    import xlsxwriter

    options = {
        "strings_to_formulas": False,
        "strings_to_urls": False,
        "strings_to_numbers": False,
        "constant_memory": True,
    }
    with xlsxwriter.Workbook(str(path), options) as book:
        book.set_properties({"created": CREATED})
        formats = {
            "head": book.add_format({"bold": True, "bottom": 1, "text_wrap": True, "valign": "top"}),
            "time": book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}),
            "day": book.add_format({"num_format": "yyyy-mm-dd"}),
        }
        sheets = sheet_names(list(tables))
        contents = book.add_worksheet("contents")
        lines = []
        for name, frame in tables.items():
            cut = _write_sheet(book.add_worksheet(sheets[name]), frame, formats)
            lines.append((name, sheets[name], len(frame), len(frame.columns), cut))
        for column, (head, width) in enumerate(
            (("table", 34), ("sheet", 34), ("rows", 12), ("columns", 12), ("left out of this workbook", 60))
        ):
            contents.set_column(column, column, width)
            contents.write_string(0, column, head, formats["head"])
        contents.freeze_panes(1, 0)
        for row, line in enumerate(lines, start=1):
            for column, value in enumerate(line):
                _write_cell(contents, row, column, value, formats)


def _write_sheet(sheet: Any, frame: pd.DataFrame, formats: dict) -> str:
    """Write one table and return in words what did not fit."""
    sheet.freeze_panes(1, 0)
    for column, name in enumerate(frame.columns):
        shown = frame.iloc[:200, column].map(lambda value: len(str(value)))
        widest = max([len(str(name)), *shown.tolist()])
        sheet.set_column(column, column, min(max(widest + 2, 9), 60))
        sheet.write_string(0, column, neutral(str(name))[:CELL_MOST], formats["head"])
    cut = 0
    for row, values in enumerate(frame.head(ROWS_MOST).itertuples(index=False, name=None), start=1):
        for column, value in enumerate(values):
            cut += _write_cell(sheet, row, column, value, formats)
    words = [f"{len(frame) - ROWS_MOST:,} rows"] if len(frame) > ROWS_MOST else []
    words += [f"the ends of {cut:,} long texts"] if cut else []
    return " and ".join(words) + "; whole in the CSV and Parquet files" if words else ""


def _write_cell(sheet: Any, row: int, column: int, value: Any, formats: dict) -> int:
    """Write one value by its type; return 1 when a text had to be cut."""
    value = _listed(value)
    if not isinstance(value, MANY) and is_missing(value):
        return 0
    if hasattr(value, "item") and not isinstance(value, (pd.Timestamp, str)):
        value = value.item()
    if isinstance(value, bool):
        sheet.write_boolean(row, column, value)
    elif isinstance(value, (int, float)) and abs(value) < 1e15:
        sheet.write_number(row, column, value)
    elif isinstance(value, datetime) and value.year >= 1900:
        sheet.write_datetime(row, column, pd.Timestamp(value).tz_localize(None).to_pydatetime(), formats["time"])
    elif isinstance(value, date) and value.year >= 1900:
        sheet.write_datetime(row, column, datetime(value.year, value.month, value.day), formats["day"])
    else:
        text, cut = cell(str(value))
        sheet.write_string(row, column, text)
        return int(cut)
    return 0
