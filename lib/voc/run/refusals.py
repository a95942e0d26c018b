"""What an input is refused for once its files are read: each with file, column, row, value and cure."""

from __future__ import annotations

import ibis.expr.types as ir

from ..data.clean.labels import map_labels
from ..data.clean.surveys import SCALES, other_scales
from ..data.problems import Problem, did_you_mean, shorten
from ..data.store import to_frame
from .month import Month
from .settings import Loaded, SourceEntry


def refers_nowhere(loaded: Loaded) -> list[Problem]:
    """Find ``refers_to`` that names no source of contacts: none of its rows would find one."""
    entries = loaded.settings.sources
    known = [entry.name for entry in entries if loaded.specs[entry.source].table == "interactions"]
    named = {entry.source: loaded.specs[entry.source].refers_to for entry in entries}
    return [
        Problem(f"{source}, refers_to", f"{name!r} is no source of contacts", did_you_mean(name, known))
        for source, name in named.items()
        if name and name not in known
    ]


def strangers(
    table: ir.Table, column: str, classes: dict[str, list[str]], spelling: bool, month: Month
) -> list[Problem]:
    """Find the words of a closed vocabulary that belong to no class, each with its file, first row and cure."""
    known = table.filter(table[column].notnull())
    counts = to_frame(known.group_by("source", label=known[column]).agg(n=known.count(), row=known["_row"].min()))
    mapped = dict(map_labels(counts, classes, spelling)[["label", "class"]].itertuples(index=False))
    cure = f"Add it to the labels file under {column}, to one of {', '.join(classes)}."
    return [
        Problem(
            f"{_where(month, row['source'], column)}, row {row['row']}",
            f"{shorten(row['label'])} ({rows_words(row['n'])}) is no known {column}",
            cure,
        )
        for row in counts.sort_values(["source", "row"]).to_dict("records")
        if mapped[row["label"]] not in classes
    ]


def strays(table: ir.Table, ids: ir.Table, month: Month) -> list[Problem]:
    """Say for each file of activity that none of its contacts is here, with an id as it is written on either side."""
    ours = to_frame(ids.order_by("interaction_id").limit(1))["interaction_id"].tolist()
    per = table.group_by("source").agg(n=table.count(), theirs=table.interaction_id.min(), row=table["_row"].min())
    cure = "Name the source of the contacts under refers_to, or write its name and a colon before the id."
    return [
        Problem(
            f"{_where(month, row['source'], 'interaction_id')}, from row {row['row']}",
            f"none of {rows_words(row['n'])} is about a contact that is here: {shorten(row['theirs'])} is none of them, "
            f"{shorten(ours[0] if ours else '')} is one",
            cure,
        )
        for row in to_frame(per).sort_values("source").to_dict("records")
    ]


def strange_scales(table: ir.Table, month: Month) -> list[Problem]:
    """Find scores that were given on another scale: emptying what lies outside ours would keep one end of the answers."""
    return [
        Problem(
            f"{_where(month, row['source'], row['column'])}, from row {row['row']}",
            f"{row['outside']:,} of {row['n']:,} answers lie outside the scale of {row['kind']}, "
            f"{SCALES[row['kind']][0]} to {SCALES[row['kind']][1]}: they go from {row['lowest']:g} to {row['highest']:g}",
            f"Say under answers, {row['column']}, in {_entry(month, row['source']).source} which score each answer is "
            "(null: no answer).",
        )
        for row in other_scales(table).to_dict("records")
    ]


def _entry(month: Month, source: str) -> SourceEntry:
    return next(entry for entry in month.settings.sources if entry.name == source)


def _where(month: Month, source: str, column: str) -> str:
    """Name the file of a source and its own name of our column."""
    entry = _entry(month, source)
    spec = month.loaded.specs[entry.source]
    theirs = (spec.columns | spec.dimensions).get(column) or ", ".join(spec.counts.get(column, {}).values())
    return f"{month.loaded.file_of(entry)}, {f'column {theirs!r}' if theirs else f'constant {column}'}"


def rows_words(n: int) -> str:
    """Write a number of rows: ``1 row``, ``1,200 rows``."""
    return "1 row" if n == 1 else f"{n:,} rows"
