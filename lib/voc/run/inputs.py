"""All files of a params file → one raw table per canonical table, with every problem of every file in one error."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir
import pandas as pd

from ..analysis.activity import derive
from ..analysis.variants import for_other_definitions
from ..data.audit import Audit
from ..data.check import check
from ..data.clean.ids import tidy_id
from ..data.clean.labels import unify_labels
from ..data.clean.persons import replace_ids
from ..data.clean.surveys import (
    SHIFTED,
    empty_impossible_scores,
    nps_scales,
    point_at_kept,
    shifted_words,
    tidy_surveys,
)
from ..data.clean.values import empty_impossible_numbers
from ..data.files import ROW
from ..data.privacy import mask_text, masked
from ..data.problems import InputError, Problem
from ..data.readers import Read, read
from ..data.schema import TABLES
from ..data.store import to_frame
from ..text.tidy import tidied as tidied_text
from .month import Month
from .refusals import refers_nowhere, rows_words, strange_scales, strangers, strays


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
    loaded = month.loaded
    problems = refers_nowhere(loaded)
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
    if loaded.events:
        frames.setdefault("events", []).append(_own_events(month))
    if problems:
        raise InputError(str(loaded.path), problems)
    if "interactions" not in frames:
        what = "no source fills the table interactions"
        raise InputError(str(loaded.path), [Problem("sources", what, "Add the export of your help desk.")])
    tables = {name: month.store.load(pd.concat(parts, ignore_index=True)) for name, parts in frames.items()}
    if problems := strange_scales(tables["interactions"], month):
        raise InputError(str(loaded.path), problems)
    outside = pd.concat(aside, ignore_index=True).astype({"row": "int64"})
    regions = tuple(loaded.settings.cleaning.mask_regions)
    outside["value"] = [
        mask_text(str(value), regions)[:40] for value in outside["value"]
    ]  # a shifted row holds anything
    return Inputs(tables, pd.DataFrame(files), outside)


def _own_events(month: Month) -> pd.DataFrame:
    """Return the events of the params' own file as rows of the table ``events``."""
    rows = pd.DataFrame([one.model_dump() for one in month.loaded.events])
    days = {name: pd.to_datetime(rows[name]).astype("datetime64[us]") for name in ("starts_on", "ends_on")}
    words = {name: rows[name].astype("str") for name in ("event_id", "kind", "label")}
    return rows.assign(**days, **words, source="params", **{ROW: range(1, len(rows) + 1)})


def clean_others(inputs: Inputs, audit: Audit, month: Month) -> dict[str, ir.Table]:
    """Clean the tables beside the contacts: ids as in the contacts, labels unified, survey texts tidied and masked.

    Answers and activity whose contact turned out to be a copy are pointed at the contact that stayed; activity of no
    contact that is here is left out and counted. Returns the tables by name. Raises InputError for words that no closed
    vocabulary knows and for scores of another scale, naming file, column, row, value and cure.
    """
    removed = month.store.load(audit.removed())
    cleaned = {}
    for name, raw in inputs.tables.items():
        if name == "interactions":
            continue
        tidied = [column for column in ("interaction_id", "customer_id", "survey_id") if column in raw.columns]
        table = raw.mutate(**{column: tidy_id(raw[column]) for column in tidied}) if tidied else raw
        table = _with_unified_labels(name, table, month)
        if name == "surveys":
            table = _clean_surveys(table, removed, audit, month)
        if name == "activity":
            ids = month.store.settle(_contact_ids(inputs.tables["interactions"], removed))
            table = _match_activity(table, removed, ids, audit, month)
        if name in ("activity", "staffing", "shifts"):
            table = _without_impossible_numbers(name, table, audit)
        table = replace_ids(table, month.pseudonym_key, month.person_columns).table
        table = month.store.settle(table)
        check(table, TABLES[name])
        cleaned[name] = table
    for row in nps_scales(inputs.get("interactions"), cleaned.get("surveys")).to_dict("records"):
        if row["scale"] == SHIFTED:
            _note(audit, "look at scales", 0, shifted_words(row))
    return cleaned


def with_history(contacts: ir.Table, others: Mapping[str, ir.Table], month: Month) -> ir.Table:
    """Tell from the history of each contact (table ``activity``) what the contacts themselves do not say."""
    if "activity" not in others:
        return contacts
    activity = others["activity"]
    until = to_frame(activity.aggregate(last=activity["at"].max()))["last"].iloc[0].to_pydatetime()
    told = month.store.settle(derive(contacts, activity, until))
    return month.store.settle(for_other_definitions(told, activity, until))


def _contact_ids(raw: ir.Table, removed: ir.Table) -> ir.Table:
    """List the ids of the contacts that are still here: those read, less those that left without the same id staying."""
    gone = removed.filter(removed.kept_id.isnull() | (removed.kept_id != removed.interaction_id))
    read_ids = raw.select(interaction_id=tidy_id(raw.interaction_id)).distinct()
    return read_ids.anti_join(gone, "interaction_id")


def _with_unified_labels(name: str, table: ir.Table, month: Month) -> ir.Table:
    declared, listed = TABLES[name], month.loaded.vocabulary
    further = [one for spec in month.loaded.specs.values() if spec.table == name for one in spec.dimensions]
    wordings = [one for one in dict.fromkeys([*declared.names("label"), *further]) if one in table.columns]
    wordings = [one for one in wordings if one != "source"]
    closed = {column.name: column.allowed for column in declared.columns if column.allowed}
    words = {
        one: {word: listed.get(one, {}).get(word, []) for word in closed[one]} if one in closed else listed.get(one, {})
        for one in wordings
    }
    spelling = month.settings.cleaning.spelling
    unknown = [strangers(table, one, words[one], spelling, month) for one in wordings if one in closed]
    if any(unknown):
        raise InputError(str(month.loaded.path), [problem for part in unknown for problem in part])
    return unify_labels(table, words, spelling, month.store, wordings)[0]


def _clean_surveys(table: ir.Table, removed: ir.Table, audit: Audit, month: Month) -> ir.Table:
    table = table if "score" in table.columns else table.mutate(score=ibis.null("float64"))
    if problems := strange_scales(table, month):
        raise InputError(str(month.loaded.path), problems)
    tidied = month.store.settle(tidy_surveys(table, removed))
    if "comment" in tidied.columns:
        tidied = tidied.mutate(
            comment=masked(tidied_text(tidied.comment).text, tuple(month.settings.cleaning.mask_regions))
        )
    done = month.store.settle(empty_impossible_scores(tidied))
    if again := _count(table) - _count(done):
        _note(audit, "drop repeated surveys", 0, f"{rows_words(again)} left out: the same survey stands again")
    if cells := _count(tidied.score.notnull()) - _count(done.score.notnull()):
        _note(audit, "empty impossible scores", cells, "scores of surveys outside the scale of their kind are emptied")
    return done


def _count(what: ir.Table | ir.BooleanColumn) -> int:
    """Count the rows of a table, or those that a rule holds for."""
    found = what.count() if isinstance(what, ir.Table) else what.sum()
    return found.to_pyarrow().as_py() or 0


def _match_activity(table: ir.Table, removed: ir.Table, ids: ir.Table, audit: Audit, month: Month) -> ir.Table:
    """Point rows at the contact that stayed and leave out those of no contact that is here; say how many of each."""
    pointed = month.store.settle(point_at_kept(table, removed))
    here = pointed.semi_join(ids, "interaction_id")
    rows, left = _count(pointed), _count(here)
    if rows and not left:
        raise InputError(str(month.loaded.path), strays(table, ids, month))
    copies = removed.filter(removed.kept_id != removed.interaction_id)
    moved = _count(table.semi_join(copies, "interaction_id"))
    why = f"{rows_words(rows)} of activity: {moved:,} of copies moved to the contact that stayed, "
    _note(audit, "match activity", moved, f"{why}{rows - left:,} left out because their contact is not here")
    return here


def _without_impossible_numbers(name: str, table: ir.Table, audit: Audit) -> ir.Table:
    """Empty numbers that cannot be and count them, as in the contacts."""
    outcome = empty_impossible_numbers(table, TABLES[name])
    cells = _count(outcome.repairs) if outcome.repairs is not None else 0
    if cells:
        _note(audit, f"empty impossible numbers of {name}", cells, outcome.why)
    return outcome.table


def _note(audit: Audit, name: str, cells: int, why: str) -> None:
    """Add a line about another table: the trail counts contacts, of which none came or went."""
    audit.note(name, audit.lines[-1]["rows_out"] if audit.lines else 0, cells, why)
