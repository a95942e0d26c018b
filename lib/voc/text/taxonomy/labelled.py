"""Take up what staff wrote into the labelling list; whatever is wrong in it is told at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path

import pandas as pd

from voc.data.problems import InputError, Problem, did_you_mean, shorten
from voc.data.spreadsheet import original

from .labelling import NONE_FITS
from .model import Taxonomy

LABELS = ["interaction_id", "category", "issue", "why", "labelled_by", "labelled_on", "remark"]
NEEDED = ("interaction_id", "your_category", "your_issue")
MOST_TOLD = 50  # problems of one file that are listed; more are counted


def read_labels(paths: Sequence[str | Path], taxonomy: Taxonomy, ids: Collection[str]) -> pd.DataFrame:
    """Read filled-in lists, XLSX or CSV, and return the labels in them.

    Args:
        paths: files; of a contact that stands in several, the later file's label holds.
        taxonomy: the names that are allowed; case and outer spaces do not matter.
        ids: the contacts that there are.

    Returns:
        ``LABELS``, one row per labelled contact by interaction_id: category None where staff wrote «none of these», issue
        None where they named the category alone. Rows that nobody filled in are left out.

    Raises:
        InputError: naming file, row and value of every unknown category, issue and id, of issues of another category, of
        contacts labelled twice in one file, and missing columns.

    Example:
        ``read_labels(sorted(Path("labels").glob("*.xlsx")), taxonomy, set(contacts["interaction_id"]))``
    """
    known, parts, problems = set(ids), [], []
    for path in map(Path, paths):
        rows, wrong = _rows(path, taxonomy, known)
        parts.append(rows)
        problems += wrong
    if problems:
        told = problems[:MOST_TOLD]
        if len(problems) > MOST_TOLD:
            told.append(Problem("…", f"{len(problems) - MOST_TOLD} more of these", "Correct those above first."))
        raise InputError("labelling list", told)
    made = pd.concat([pd.DataFrame(columns=LABELS, dtype=object), *parts], ignore_index=True)
    return made.drop_duplicates("interaction_id", keep="last").sort_values("interaction_id", ignore_index=True)


def _rows(path: Path, taxonomy: Taxonomy, ids: set[str]) -> tuple[pd.DataFrame, list[Problem]]:
    raw = _read(path)
    missing = [name for name in NEEDED if name not in raw.columns]
    if missing:
        there = ", ".join(map(str, raw.columns[:8]))
        cure = f"Columns there are: {there}. Keep the head of the list as it was written."
        return pd.DataFrame(columns=LABELS), [Problem(str(path), f"has no column {', '.join(missing)}", cure)]
    raw = raw.reindex(columns=[*NEEDED, "why", "labelled_by", "labelled_on", "remark"])
    filled = raw[(raw["your_category"] != "") | (raw["your_issue"] != "")]
    roots = {root.name.casefold(): root.name for root in taxonomy.roots} | {NONE_FITS: NONE_FITS}
    subs = {sub.name.casefold(): (root.name, sub.name) for root, sub in taxonomy.subs()}
    rows, problems, first = [], [], {}
    for number, one in zip(filled.index + 2, filled.to_dict("records"), strict=True):
        where = f"{path.name}, row {number}"
        category, issue = roots.get(one["your_category"].casefold()), subs.get(one["your_issue"].casefold())
        if one["your_category"] and category is None:
            what = f"your_category {shorten(one['your_category'])} is not in the taxonomy"
            problems.append(Problem(where, what, did_you_mean(one["your_category"], roots.values())))
        if one["your_issue"] and issue is None:
            what = f"your_issue {shorten(one['your_issue'])} is not in the taxonomy"
            problems.append(Problem(where, what, did_you_mean(one["your_issue"], taxonomy.names())))
        if category and issue and category != issue[0]:
            what = f"the issue {shorten(issue[1])} belongs to {issue[0]}, not to {category}"
            problems.append(Problem(where, what, f"Write {issue[0]}, or an issue of {category}."))
        if one["interaction_id"] not in ids:
            what = f"there is no contact {shorten(one['interaction_id'])}"
            problems.append(Problem(where, what, "Keep the ids as they were written; rows of other data have to go."))
        elif one["interaction_id"] in first:
            what = f"{shorten(one['interaction_id'])} stands already in row {first[one['interaction_id']]}"
            problems.append(Problem(where, what, "Keep one of the two."))
        first.setdefault(one["interaction_id"], number)
        root = issue[0] if issue else None if category == NONE_FITS else category
        rows.append((one["interaction_id"], root, issue[1] if issue else None, *(one[name] for name in LABELS[3:])))
    return pd.DataFrame(rows, columns=LABELS, dtype=object), problems


def _read(path: Path) -> pd.DataFrame:
    """Read all cells as trimmed text, the apostrophe before a formula taken off again; empty ones as ''."""
    try:
        if path.suffix.lower() == ".csv":
            raw = pd.read_csv(path, dtype=str, keep_default_na=False, encoding="utf-8-sig", sep=None, engine="python")
        elif path.suffix.lower() in (".xlsx", ".xls", ".ods"):
            raw = pd.read_excel(path, dtype=str, engine="calamine")
        else:
            raise InputError(str(path), [Problem("file", "is neither XLSX nor CSV", "Save the list as one of these.")])
    except InputError:
        raise
    except Exception as error:  # whatever a damaged file makes a reader raise
        cure = "Open it, and save it again as XLSX or as CSV (UTF-8)."
        raise InputError(str(path), [Problem("file", f"cannot be read: {error}", cure)]) from error
    return raw.fillna("").astype(str).map(_plain)


def _plain(value: str) -> str:
    return original(value.strip())
