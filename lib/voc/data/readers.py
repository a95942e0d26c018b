"""Raw columns → a canonical table: names mapped, times, numbers and flags typed, every unreadable value told.

A value that cannot be read is an error by default, with file, column, row and value, all at once; with
``unreadable="set aside"`` it becomes missing, is listed, and its row leaves only when the column is required.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Literal
from zoneinfo import ZoneInfo

import pandas as pd

from .files import ROW, read_file, wanted_fields
from .problems import InputError, Problem, did_you_mean
from .schema import TABLES
from .scores import listed_answers, one_answer
from .sources import MADE_IDS, SCORES, Source
from .unreadable import Unreadable

FLAGS = {"true": True, "yes": True, "y": True, "1": True, "false": False, "no": False, "n": False, "0": False}

NUMBER_CURE = "Correct it, or list it under missing."
SCORE_CURE = "Correct it, list it under missing, or say under answers which score it is."


@dataclass(frozen=True)
class Read:
    """What a file gave: the typed rows, and the values set aside (file, column, row, value, why)."""

    rows: pd.DataFrame
    set_aside: pd.DataFrame


def read(
    source: Source,
    path: Path,
    *,
    name: str,
    clock: str = "UTC",
    flags: Mapping[str, bool] | None = None,
    unreadable: Literal["error", "set aside"] = "error",
) -> Read:
    """Read one file into the shape of its canonical table.

    ``name`` is the entry's name in params: it becomes ``source`` and the prefix of ids. Times come out as UTC without
    zone (microseconds); ``clock`` is the report's time zone, in which ``created_local`` is written. ``flags`` adds words
    for yes and no.

    Raises InputError naming the file and every missing column and unreadable value.
    """
    source = source.model_copy(update={"timezone": source.timezone or clock})
    raw = read_file(source, path)
    _refuse_missing_columns(source, path, raw)
    words = FLAGS | dict(flags or {})
    bad = Unreadable(path)
    table = TABLES[source.table]
    columns: dict[str, pd.Series] = {}
    if source.messages:
        columns |= _from_messages(source, raw, bad)
    for ours, theirs in source.columns.items():
        values = _clean(raw[theirs], source)
        if ours in source.answers:
            columns[ours] = listed_answers(values, source.answers[ours], ours, theirs, raw[ROW], bad)
        else:
            cure = SCORE_CURE if ours in SCORES else NUMBER_CURE
            columns[ours] = _typed(values, table[ours].kind, source, theirs, raw[ROW], words, bad, cure)
        if table[ours].required:
            cure = "Fill it, or set cleaning.unreadable: set aside."
            bad.check(values.isna(), raw[theirs], raw[ROW], theirs, "is empty, and no row can do without it", cure)
        if source.table == "interactions" and table[ours].kind == "timestamp":
            columns |= _second_readings(ours, values, source)
    for ours, scores in source.counts.items():
        given = {
            score: _typed(_clean(raw[theirs], source), "float64", source, theirs, raw[ROW], words, bad)
            for score, theirs in scores.items()
        }
        columns[ours] = one_answer(given, scores, raw[ROW], bad)
    for ours, theirs in {**source.dimensions, **source.persons}.items():
        columns[ours] = _clean(raw[theirs], source)
    frame = pd.DataFrame(columns, index=raw.index)
    for ours, value in source.constants.items():
        frame[ours] = value
    for ours in source.units:
        frame[ours] = frame[ours] * source.scale(ours)
    if source.id:
        key, own = table.key[0], _clean(raw[source.id], source)
        frame[key] = name + ":" + own if source.table in MADE_IDS else own  # a customer is the same in every source
        bad.check(frame[key].isna(), raw[source.id], raw[ROW], source.id, "is no id")
    elif source.table in MADE_IDS:
        frame[table.key[0]] = name + ":row" + raw[ROW].astype("str")
    if source.refers_to:
        frame["interaction_id"] = source.refers_to + ":" + frame["interaction_id"]
    frame["source"] = name
    frame[ROW] = raw[ROW]
    if "created_at" in frame:
        frame["created_local"] = frame["created_at"].dt.tz_localize("UTC").dt.tz_convert(clock).dt.tz_localize(None)
    if bad.problems and unreadable == "error":
        raise InputError(f"{path} ({bad.count} unreadable values)", bad.problems)
    required = [column.name for column in table.columns if column.required and column.name in frame]
    kept = frame.dropna(subset=required)
    return Read(kept.reset_index(drop=True), bad.frame())


def _refuse_missing_columns(source: Source, path: Path, raw: pd.DataFrame) -> None:
    there = [column for column in raw.columns if not column.startswith("_")]
    missing = [name for name in [*wanted_fields(source), *source.count_columns()] if name not in raw.columns]
    if source.format == "jsonl":  # a field that no record has is absent, not misspelt, unless it is the id or a time
        missing = [name for name in missing if name == source.id or name == source.columns.get("created_at")]
        keys = {key for record in raw["_record"].head(1000) for key in _paths(record)}
        for name in wanted_fields(source):
            if name in raw.columns or name in missing:
                continue
            if get_close_matches(name, keys, n=1, cutoff=0.8):
                missing.append(name)
                there += sorted(keys - set(there))
            else:
                raw[name] = ""
    if missing:
        raise InputError(
            str(path),
            [Problem(f"column {name!r}", "is not in the file", did_you_mean(name, there)) for name in missing],
        )


def _paths(record: dict, at: str = "") -> list[str]:
    """List the dotted names of all fields of a record."""
    found = []
    for key, value in record.items():
        found += _paths(value, f"{at}{key}.") if isinstance(value, dict) else [f"{at}{key}"]
    return found


_OFFSET = re.compile(r"[T ]\d\d.*(?:Z|[+-]\d\d(?::?\d\d)?)$")


def _clean(values: pd.Series, source: Source) -> pd.Series:
    stripped = values.astype("str").str.strip()
    return stripped.mask(stripped.isin(source.missing) | (stripped == ""))


def _typed(
    values: pd.Series,
    kind: str,
    source: Source,
    column: str,
    rows: pd.Series,
    words: Mapping[str, bool],
    bad: Unreadable,
    cure: str = NUMBER_CURE,
) -> pd.Series:
    if kind == "date":  # a calendar day is the same day on every clock
        return _times(values, source.model_copy(update={"timezone": "UTC"}), column, rows, bad)
    if kind == "timestamp":
        return _times(values, source, column, rows, bad)
    if kind in ("float64", "int64"):
        plain = values.str.replace("\u00a0", "").str.replace(" ", "")
        plain = plain.str.replace(".", "").str.replace(",", ".") if source.decimal == "," else plain
        numbers = pd.to_numeric(plain, errors="coerce").astype("float64")
        numbers = numbers.mask(numbers.abs() == float("inf"))
        bad.check(values.notna() & numbers.isna(), values, rows, column, "is no number", cure)
        return numbers
    if kind == "boolean":
        flags = values.str.casefold().map(words)
        cure = "Add the word to flags in the labels file."
        bad.check(values.notna() & flags.isna(), values, rows, column, "means neither yes nor no", cure)
        return flags.astype("boolean")
    return values


def _times(values: pd.Series, source: Source, column: str, rows: pd.Series, bad: Unreadable) -> pd.Series:
    """Parse by the formats said, each value by exactly one of them; results are UTC without zone."""
    if not source.time_formats:
        bad.check(values.notna(), values, rows, column, "is a time, but no format is said", "Set time_formats.")
        return pd.Series(pd.NaT, index=values.index, dtype="datetime64[us]")
    result = pd.Series(pd.NaT, index=values.index, dtype="datetime64[us]")
    torn = pd.Series(False, index=values.index)
    for form in source.time_formats:
        parsed = _parse(values.where(values.notna()), form, source.timezone)
        clash = parsed.notna() & result.notna() & (parsed != result)
        what = f"can be read in two ways, {form!r} and another"
        bad.check(clash & ~torn, values, rows, column, what, "Keep one of the formats.")
        torn |= clash
        result = result.fillna(parsed)
    cure = f"Correct it, add its form to time_formats ({', '.join(source.time_formats)}), or set cleaning.unreadable: set aside."
    bad.check(values.notna() & result.isna(), values, rows, column, "is no time of a known form", cure)
    return result.mask(torn)


def _parse(values: pd.Series, form: str, zone: str) -> pd.Series:
    if form in ("epoch_s", "epoch_ms"):
        numbers = pd.to_numeric(values, errors="coerce")
        return pd.to_datetime(numbers, unit=form[-2:].strip("_"), errors="coerce").astype("datetime64[us]")
    if form == "excel_days":
        numbers = pd.to_numeric(values, errors="coerce")
        parsed = pd.to_datetime(numbers, unit="D", origin="1899-12-30", errors="coerce")
    elif form == "iso8601":
        zoned = values.str.contains(_OFFSET, na=False)
        known = pd.to_datetime(values.where(zoned), format="ISO8601", errors="coerce", utc=True)
        local = pd.to_datetime(values.where(~zoned), format="ISO8601", errors="coerce").astype("datetime64[us]")
        return known.dt.tz_localize(None).astype("datetime64[us]").fillna(_to_utc(local, zone))
    elif "%z" in form:
        parsed = pd.to_datetime(values, format=form, errors="coerce", utc=True)
        return parsed.dt.tz_localize(None).astype("datetime64[us]")
    else:
        parsed = pd.to_datetime(values, format=form, errors="coerce")
    zone = "UTC" if form.endswith("Z") else zone
    return _to_utc(parsed, zone)


def _to_utc(parsed: pd.Series, zone: str) -> pd.Series:
    if zone == "UTC":
        return parsed.astype("datetime64[us]")
    # An hour that a change of clocks repeats is taken as its first; one that it skips moves on to the next that exists.
    local = parsed.dt.tz_localize(ZoneInfo(zone), ambiguous=[True] * len(parsed), nonexistent="shift_forward")
    return local.dt.tz_convert("UTC").dt.tz_localize(None).astype("datetime64[us]")


def _second_readings(name: str, values: pd.Series, source: Source) -> dict[str, pd.Series]:
    """Give what a stamp would be with day and month exchanged, and whether it is exactly midnight as written.

    Both can only be seen on the clock that the file was written in; cleaning decides whether they matter.
    """
    swapped = pd.Series(pd.NaT, index=values.index, dtype="datetime64[us]")
    midnight = pd.Series(False, index=values.index)
    for form in source.time_formats:
        if form.startswith(("epoch", "excel")):
            continue
        if form == "iso8601" or "%z" in form:
            midnight |= values.str.contains(r"[T ]00:00(?::00(?:\.0+)?)?(?:Z|[+-]\d|$)", regex=True, na=False)
            flipped = values.str.replace(r"^(\d{4})-(0\d|1[0-2])-(0\d|1[0-2])", r"\1-\3-\2", regex=True)
        else:
            local = pd.to_datetime(values, format=form, errors="coerce")
            midnight |= local.notna() & (local == local.dt.normalize())
            if not all(mark in form for mark in ("%d", "%m")):
                continue
            flipped = values.where(local.dt.day <= 12)
            form_of = form.replace("%d", "\0").replace("%m", "%d").replace("\0", "%m")
            swapped = swapped.fillna(_parse(flipped, form_of, source.timezone))
            continue
        swapped = swapped.fillna(_parse(flipped.where(flipped != values), form, source.timezone))
    return {f"_swap_{name}": swapped, f"_midnight_{name}": midnight}


def _from_messages(source: Source, raw: pd.DataFrame, bad: Unreadable) -> dict[str, pd.Series]:
    """Derive text, first human response and number of replies from a conversation's messages."""
    spec = source.messages
    known = {*spec.customer, *spec.agent, *spec.bot}
    texts, firsts, replies, strangers, odd_shapes = [], [], [], [], []
    for record in raw["_record"]:
        messages = record.get(spec.within) or []
        whole = isinstance(messages, list) and all(isinstance(message, dict) for message in messages)
        odd_shapes.append("" if whole else str(messages))
        messages = messages if whole else []
        senders = [str(message.get(spec.from_)) for message in messages]
        strangers.append(next((sender for sender in senders if sender not in known), ""))
        said = [str(m.get(spec.text) or "") for m, who in zip(messages, senders, strict=True) if who in spec.customer]
        answers = [str(m.get(spec.at) or "") for m, who in zip(messages, senders, strict=True) if who in spec.agent]
        texts.append("\n".join(part for part in said if part))
        firsts.append(answers[0] if answers else None)
        replies.append(float(len(answers)))
    odd = pd.Series(strangers, index=raw.index)
    cure = "Name it under messages: customer, agent or bot."
    bad.check(odd != "", odd, raw[ROW], f"{spec.within}.{spec.from_}", "is an unknown sender", cure)
    shapes = pd.Series(odd_shapes, index=raw.index)
    bad.check(shapes != "", shapes, raw[ROW], spec.within, "is no list of messages", "Correct messages: list.")
    text = pd.Series(texts, index=raw.index, dtype="str")
    column = f"{spec.within}.{spec.at}"
    return {
        "text": text.mask(text == ""),
        "first_response_at": _times(pd.Series(firsts, index=raw.index, dtype="str"), source, column, raw[ROW], bad),
        "agent_replies": pd.Series(replies, index=raw.index),
    }
