"""All files of a params file → one raw table per canonical table, with every problem of every file in one error."""

from __future__ import annotations

from dataclasses import dataclass

import ibis.expr.types as ir
import pandas as pd

from ..data.audit import Audit
from ..data.check import check
from ..data.clean.ids import tidy_id
from ..data.clean.labels import unify_labels
from ..data.clean.persons import replace_ids
from ..data.clean.surveys import empty_impossible_scores, tidy_surveys
from ..data.privacy import mask_text, masked
from ..data.problems import InputError, Problem
from ..data.readers import Read, read
from ..data.schema import TABLES
from ..text.tidy import tidied as tidied_text
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
    outside = pd.concat(aside, ignore_index=True).astype({"row": "int64"})
    regions = tuple(loaded.settings.cleaning.mask_regions)
    outside["value"] = [
        mask_text(str(value), regions)[:40] for value in outside["value"]
    ]  # a shifted row holds anything
    return Inputs(tables, pd.DataFrame(files), outside)


def clean_others(inputs: Inputs, audit: Audit, month: Month) -> dict[str, ir.Table]:
    """Clean the tables beside the contacts: ids as in the contacts, labels unified, survey texts tidied and masked.

    Answers whose contact turned out to be a copy are pointed at the contact that stayed. Returns the tables by name.
    """
    cleaned = {}
    for name, raw in inputs.tables.items():
        if name == "interactions":
            continue
        table = raw
        tidied = [column for column in ("interaction_id", "customer_id", "survey_id") if column in table.columns]
        table = table.mutate(**{column: tidy_id(table[column]) for column in tidied})
        wordings = [column for column in TABLES[name].names("label") if column in table.columns and column != "source"]
        table, _ = unify_labels(table, month.loaded.vocabulary, month.settings.cleaning.spelling, month.store, wordings)
        if name == "surveys":
            table = tidy_surveys(table, month.store.load(audit.removed()))
            if "comment" in table.columns:
                table = table.mutate(
                    comment=masked(tidied_text(table.comment).text, tuple(month.settings.cleaning.mask_regions))
                )
            table = empty_impossible_scores(table)
        if "customer_id" in table.columns:
            table = replace_ids(table, month.pseudonym_key).table
        table = month.store.settle(table)
        check(table, TABLES[name])
        cleaned[name] = table
    return cleaned
