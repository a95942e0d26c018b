"""Labels: every wording of a class is that class.

"Technical support", "tech. support ", "техподдержка" and "技术支持" are one thing. Wordings are listed in a labels file;
case, width, blanks and punctuation never matter; a typing error is recognised when exactly one class is near enough;
what remains is kept as it is and listed, so that the analyst can add it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping

import ibis
import ibis.expr.types as ir
import pandas as pd

from ..audit import Outcome
from ..problems import InputError, Problem, shorten
from ..schema import INTERACTIONS
from ..store import Store, to_frame

Vocabulary = Mapping[str, Mapping[str, list[str]]]
_SHORTEST = 5  # letters below which a near miss is no typing error but another word
_LONG = 12  # letters from which two slips are believed


def label_key(label: str) -> str:
    """Reduce a label to what makes it the same label: «Tech. Support » and «tech support» agree.

    >>> label_key("Tech.  Support ")
    'tech support'
    """
    folded = unicodedata.normalize("NFKC", label).casefold()
    return " ".join(re.findall(r"\w+", folded.replace("_", " ")))


def map_labels(counts: pd.DataFrame, classes: Mapping[str, list[str]], spelling: bool = True) -> pd.DataFrame:
    """Map the labels of one column to classes.

    ``counts`` has label and n. Returns label, class, how (``same``, ``listed``, ``spelling``, ``unlisted``) and n.
    Without listed classes, wordings that differ only in case, blanks or punctuation are joined under the commonest.
    """
    known = {label_key(word): name for name, words in classes.items() for word in [name, *words]}
    found = counts.assign(key=counts["label"].map(label_key))
    unlisted = found[~found["key"].isin(list(known))]
    common = (
        unlisted.sort_values(["n", "label"], ascending=[False, True]).drop_duplicates("key").set_index("key")["label"]
    )
    rows = []
    for label, n, key in found[["label", "n", "key"]].itertuples(index=False):
        if key in known:
            name, how = known[key], "listed"
        elif classes and spelling and (near := _nearest(key, known)):
            name, how = near, "spelling"
        else:
            name, how = common[key], "unlisted" if classes else "listed"
        rows.append((label, name, "same" if label == name and how == "listed" else how, n))
    return pd.DataFrame(rows, columns=["label", "class", "how", "n"])


def _nearest(key: str, known: Mapping[str, str]) -> str | None:
    """Return the one class within a typing error of ``key``, or None when none or several are.

    A typing error is one slip (a letter missing, doubled, wrong, or two exchanged) in a word of five letters or more,
    two from twelve (Damerau 1964 found that such slips make four of five misspellings).
    """
    from rapidfuzz.distance import OSA

    if len(key) < _SHORTEST:
        return None
    slips = 1 if len(key) < _LONG else 2
    near = {
        known[word] for word in known if len(word) >= _SHORTEST and OSA.distance(key, word, score_cutoff=slips) <= slips
    }
    return near.pop() if len(near) == 1 else None


def unify_labels(
    table: ir.Table, vocabulary: Vocabulary, spelling: bool, store: Store, columns: list[str]
) -> tuple[ir.Table, pd.DataFrame]:
    """Replace every label by its class.

    Returns the table and the map that was used: column, label, class, how, n. Raises InputError for labels of a closed
    column (channel, status, priority) that belong to no class, all at once.
    """
    present = [name for name in columns if name in table.columns]
    maps, fixes = [], {}
    for name in present:
        counts = to_frame(table.filter(table[name].notnull()).group_by(label=table[name]).agg(n=ibis._.count()))
        counts = counts.sort_values("label", ignore_index=True)
        maps.append(
            map_labels(counts, {**_closed_classes(name), **vocabulary.get(name, {})}, spelling).assign(column=name)
        )
    if not maps:
        return table, pd.DataFrame(columns=["column", "label", "class", "how", "n"])
    mapped = pd.concat(maps, ignore_index=True)[["column", "label", "class", "how", "n"]]
    _refuse_strangers(mapped)
    for name in present:
        pairs = mapped[(mapped["column"] == name) & (mapped["label"] != mapped["class"])]
        if len(pairs):
            fixes[name] = table[name].cases(
                *zip(pairs["label"].tolist(), pairs["class"].tolist(), strict=True), else_=table[name]
            )
    return (store.settle(table.mutate(**fixes)) if fixes else table), mapped


def _closed_classes(name: str) -> dict[str, list[str]]:
    return {word: [] for word in INTERACTIONS[name].allowed} if name in INTERACTIONS else {}


def _refuse_strangers(mapped: pd.DataFrame) -> None:
    problems = []
    for name in mapped["column"].unique():
        allowed = INTERACTIONS[name].allowed if name in INTERACTIONS else ()
        rows = mapped[mapped["column"] == name]
        for label, n in rows.loc[~rows["class"].isin(allowed), ["label", "n"]].itertuples(index=False):
            if allowed:
                cure = f"Add it to the labels file under {name}, to one of {', '.join(allowed)}."
                problems.append(Problem(f"column {name}", f"{shorten(label)} ({n:,} rows) is no known {name}", cure))
    if problems:
        raise InputError("labels", problems)


def check_vocabulary(vocabulary: Vocabulary) -> None:
    """Raise InputError when one wording is listed under two classes of a column."""
    problems = []
    for column, classes in vocabulary.items():
        owner: dict[str, str] = {}
        for name, words in classes.items():
            for word in [name, *words]:
                first = owner.setdefault(label_key(word), name)
                if first != name:
                    problems.append(
                        Problem(f"labels, {column}", f"{word!r} stands under {first!r} and {name!r}", "Keep one.")
                    )
    if problems:
        raise InputError("labels file", problems)


def unify(table: ir.Table, mapped_table: ir.Table, mapped: pd.DataFrame) -> Outcome:
    """Wrap unified labels as an audited step; the map itself is the list of its repairs."""
    changed = mapped[mapped["label"] != mapped["class"]]
    kinds = changed["class"].nunique()
    why = f"{len(changed):,} wordings brought to {kinds:,} classes; the map is kept as a table"
    return Outcome(mapped_table, why, cells=int(changed["n"].sum()))
