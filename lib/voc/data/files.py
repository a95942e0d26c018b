"""Files of tools → columns of strings, with the row of the file beside each record.

Reads CSV, XLSX and JSON lines as they are said to be and refuses what does not agree: an empty file, another encoding,
a ragged row, a missing sheet. Nothing is typed here; ``voc.data.readers`` does that.
"""

from __future__ import annotations

import csv
import io
import json
from datetime import date, datetime
from pathlib import Path

import pandas as pd

from .problems import InputError, Problem, did_you_mean, shorten
from .sources import Source

ROW = "_row"
_CANDIDATES = ("utf-8", "utf-16", "cp1251", "cp1252", "gb18030", "shift_jis", "koi8-r")


def read_file(source: Source, path: Path) -> pd.DataFrame:
    """Read a file as its source describes it.

    Returns one string column per column of the file plus ``_row``: the record's number in the file, the header being
    row 1 in CSV, and rows and lines as a spreadsheet or an editor counts them in XLSX and JSON lines. For JSON lines
    the wanted (dotted) fields become columns and the record itself stands in ``_record``.

    Raises InputError for a missing, empty, differently encoded or malformed file.
    """
    if not path.is_file():
        near = did_you_mean(path.name, [p.name for p in path.parent.iterdir()]) if path.parent.is_dir() else ""
        raise InputError(str(path), [Problem("file", "does not exist", near or "Its folder does not exist either.")])
    if path.stat().st_size == 0:
        raise InputError(str(path), [Problem("file", "is empty (0 bytes)", "Export it again.")])
    frame = {"csv": _read_csv, "xlsx": _read_xlsx, "jsonl": _read_jsonl}[source.format](source, path)
    if frame.empty:
        raise InputError(str(path), [Problem("file", "has a header but no rows", "Export it again.")])
    return frame


def _read_csv(source: Source, path: Path) -> pd.DataFrame:
    import pyarrow as pa
    from pyarrow import csv as arrow_csv

    text = _check_encoding(source.encoding, path)
    plain = source.encoding.lower().replace("_", "-") in ("utf-8", "utf8", "utf-8-sig")
    with path.open(encoding="utf-8-sig" if plain else source.encoding, newline="") as lines:
        header = next(csv.reader(lines, delimiter=source.delimiter), [])
    if not any(header):
        raise InputError(str(path), [Problem("file", "is empty: its first line has no header", "Export it again.")])
    _check_header(source, path, header)
    if text.count('"') % 2:
        _check_quotes(source, path, text)
    ragged: list[tuple[int, str]] = []

    def keep(row: arrow_csv.InvalidRow) -> str:
        ragged.append((row.actual_columns, shorten(row.text, 80)))
        return "skip"

    try:
        table = arrow_csv.read_csv(
            path,
            read_options=arrow_csv.ReadOptions(encoding="utf8" if plain else source.encoding, use_threads=True),
            parse_options=arrow_csv.ParseOptions(
                delimiter=source.delimiter, newlines_in_values=True, invalid_row_handler=keep
            ),
            convert_options=arrow_csv.ConvertOptions(
                column_types=dict.fromkeys(header, pa.string()), strings_can_be_null=False, check_utf8=True
            ),
        )
    except pa.ArrowInvalid as error:
        raise InputError(str(path), [Problem("file", f"is no CSV ({error})", "Export it again.")]) from error
    if ragged:
        shown = [
            Problem(f"a row with {count} values", f"the header has {len(header)} columns; it reads {text}", "Quote it.")
            for count, text in ragged[:5]
        ]
        raise InputError(f"{path} ({len(ragged)} ragged rows)", shown)
    frame = table.to_pandas()
    frame[ROW] = range(2, len(frame) + 2)
    return frame


def _check_quotes(source: Source, path: Path, text: str) -> None:
    """Refuse a file in which a quote never closes: everything below it would become one cell, without a word."""
    lines = csv.reader(io.StringIO(text, newline=""), delimiter=source.delimiter, strict=True)
    begun = 1
    try:
        for _ in lines:
            begun = lines.line_num + 1
    except csv.Error as error:
        if "unexpected end" in str(error) or "field larger" in str(error):
            what = 'has a quote (") that never closes: all that follows would be one cell'
            raise InputError(str(path), [Problem(f"line {begun}", what, "Close it, or export again.")]) from error


def _check_header(source: Source, path: Path, header: list[str]) -> None:
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        raise InputError(
            str(path), [Problem(f"column {name!r}", "stands twice in the header", "Rename one.") for name in twice]
        )
    wanted = wanted_fields(source)
    if len(header) == 1 and len(wanted) > 1 and header[0] not in wanted:
        other = next((mark for mark in (",", ";", "\t", "|") if mark != source.delimiter and mark in header[0]), None)
        if other:
            raise InputError(
                str(path),
                [Problem("header", f"no {source.delimiter!r} in {shorten(header[0])}", f"Set delimiter: {other!r}.")],
            )


def wanted_fields(source: Source) -> list[str]:
    """List the columns or JSON fields of the file that a source names."""
    return list(
        dict.fromkeys(
            [
                *([source.id] if source.id else []),
                *source.columns.values(),
                *source.dimensions.values(),
                *source.persons.values(),
            ]
        )
    )


def _check_encoding(encoding: str, path: Path) -> str:
    """Return the text; refuse a file that does not decode as said, or is plainly UTF-8 while something else was said."""
    data = path.read_bytes()
    try:
        text = data.decode(encoding)
    except UnicodeError as error:
        at = getattr(error, "start", 0)
        row = data[:at].count(b"\n") + 1
        fits = _wide(data) or [name for name in _CANDIDATES if name != encoding and _decodes(data, name)]
        cure = f"It decodes as {' or '.join(fits)}: set encoding." if fits else "Ask for an export in UTF-8."
        what = f"byte {data[at : at + 1].hex() or '?'} at position {at} is not {encoding}"
        raise InputError(str(path), [Problem(f"line {row}", what, cure)]) from error
    if not encoding.lower().startswith("utf-16") and _wide(data):
        cure = f"It decodes as {' or '.join(_wide(data))}: set encoding."
        raise InputError(str(path), [Problem("file", f"every other byte is nought, so it is not {encoding}", cure)])
    if not text.isascii() and not encoding.lower().startswith("utf") and _decodes(data, "utf-8"):
        raise InputError(
            str(path), [Problem("file", f"said to be {encoding} but is valid UTF-8", "Set encoding: utf-8.")]
        )
    return text


def _wide(data: bytes) -> list[str]:
    """Name the UTF-16 that a file is written in, with its mark or without; none where noughts are not every other byte."""
    start = data[:1000]
    places = [at % 2 for at, byte in enumerate(start) if not byte]
    if not places or len(places) < len(start) / 4:
        return []
    if _decodes(data, "utf-16"):
        return ["utf-16"]
    order = "utf-16-le" if sum(places) > len(places) / 2 else "utf-16-be"
    return [order] if _decodes(data, order) else []


def _decodes(data: bytes, encoding: str) -> bool:
    if encoding == "utf-16" and not data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return False
    try:
        data.decode(encoding)
    except UnicodeError:
        return False
    return True


def _read_xlsx(source: Source, path: Path) -> pd.DataFrame:
    from python_calamine import CalamineError, CalamineWorkbook

    try:
        book = CalamineWorkbook.from_path(str(path))
    except CalamineError as error:
        raise InputError(
            str(path), [Problem("file", f"is no readable workbook ({error})", "Save it as XLSX.")]
        ) from error
    sheet = source.sheet or book.sheet_names[0]
    if sheet not in book.sheet_names:
        raise InputError(str(path), [Problem("sheet", f"{sheet!r} is missing", did_you_mean(sheet, book.sheet_names))])
    rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    if len(rows) < source.header_row:
        raise InputError(
            str(path),
            [
                Problem(
                    f"sheet {sheet!r}", f"has {len(rows)} rows, the header is said to be row {source.header_row}", ""
                )
            ],
        )
    header = [str(name).strip() for name in rows[source.header_row - 1]]
    _check_header(source, path, [name for name in header if name])
    body = [[_cell(value) for value in row] for row in rows[source.header_row :]]
    frame = pd.DataFrame(body, columns=header, dtype="str")
    frame[ROW] = range(source.header_row + 1, source.header_row + 1 + len(frame))
    frame = frame.loc[:, [name for name in frame.columns if name]]
    return frame[(frame.drop(columns=ROW) != "").any(axis=1)].reset_index(drop=True)


def _cell(value: object) -> str:
    """Write a cell's value as the string a person would read in it."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    if isinstance(value, datetime | date):
        return value.isoformat()
    return str(value)


def _read_jsonl(source: Source, path: Path) -> pd.DataFrame:
    _check_encoding(source.encoding, path)
    problems, records, numbers = [], [], []
    with path.open(encoding=source.encoding) as lines:
        for number, line in enumerate(lines, 1):
            if not line.strip():
                continue
            try:
                record = json.loads(line)
            except json.JSONDecodeError as error:
                problems.append(
                    Problem(f"line {number}", f"is no JSON ({error.msg}): {shorten(line)}", "Export it again.")
                )
                continue
            if not isinstance(record, dict):
                problems.append(Problem(f"line {number}", "is no JSON object", "Write one object a line."))
                continue
            records.append(_whole_signs(record) if "\\ud" in line.lower() else record)
            numbers.append(number)
    if problems:
        raise InputError(f"{path} ({len(problems)} bad lines)", problems[:5])
    if not records:
        return pd.DataFrame()
    fields = {name: _values(records, name) for name in wanted_fields(source)}
    present = {name: values for name, values in fields.items() if any(value is not None for value in values)}
    frame = pd.DataFrame(
        {name: ["" if v is None else _json_text(v) for v in values] for name, values in present.items()}
    )
    frame[ROW] = numbers
    frame["_record"] = records
    return frame


def _whole_signs(record: dict) -> dict:
    """Put a question mark for half of a sign («\\ud83d» without its other half), which no table of strings can hold."""
    return json.loads(json.dumps(record, ensure_ascii=False).encode("utf-8", "replace"))


def _values(records: list[dict], dotted: str) -> list[object]:
    """Follow a dotted name into every record; None where it leads nowhere."""
    values: list[object] = list(records)
    for name in dotted.split("."):
        values = [value.get(name) if isinstance(value, dict) else None for value in values]
    return values


def _json_text(value: object) -> str:
    if isinstance(value, list):
        return "|".join(str(item) for item in value)
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value)
