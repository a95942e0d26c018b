"""What texts name: products and other values of the data, sums of money, versions, pages; numbers and names only as kinds.

An entity is a place in a text with a kind and a canonical value. Order numbers, dates and persons' names are told as a
kind alone: their value is not needed for any figure, and a name must not leave the text.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pandas as pd

from .entity_patterns import KINDS, mask_names
from .taxonomy.phrases import Phrases
from .taxonomy.units import units

__all__ = ["COLUMNS", "HIDDEN", "Catalogue", "catalogue", "entities", "mask_names", "values_of"]

COLUMNS = ["interaction_id", "kind", "value", "start", "end"]
HIDDEN = ("order", "date", "name")
"""Kinds of which only the place is told."""
SHORTEST = 3  # letters of a wording that is looked for; two for Chinese
MOST_VALUES = 20_000


@dataclass(frozen=True)
class Catalogue:
    """Values that the data themselves know, by kind: canonical value → wordings.

    A wording that stands for two values of a kind says neither and is left out (``unclear`` lists them).

    Example:
        >>> known = Catalogue({"product": {"Kora Kettle": ["kettle", "чайник Kora"]}})
        >>> known.find("Мой чайник Kora не греет")
        [('product', 'Kora Kettle', 4, 15)]
    """

    values: Mapping[str, Mapping[str, Sequence[str]]] = field(default_factory=dict)

    @cached_property
    def _listed(self) -> tuple[list[tuple[str, str, str]], list[tuple[str, str]]]:
        owners: dict[tuple, dict[str, str]] = {}
        for kind, values in self.values.items():
            for value, wordings in values.items():
                for wording in dict.fromkeys([value, *wordings]):
                    if _is_telling(wording):
                        owners.setdefault((kind, units(wording)), {}).setdefault(value, wording)
        listed = [(kind, *next(iter(of.items()))) for (kind, _), of in owners.items() if len(of) == 1]
        unclear = [(kind, wording) for (kind, _), of in owners.items() if len(of) > 1 for wording in of.values()]
        return listed, unclear

    @cached_property
    def _phrases(self) -> Phrases:
        return Phrases([wording for _, _, wording in self._listed[0]])

    @property
    def unclear(self) -> list[tuple[str, str]]:
        """(kind, wording) of wordings that stand for more than one value of their kind."""
        return self._listed[1]

    def find(self, text: str) -> list[tuple[str, str, int, int]]:
        """Return (kind, canonical value, start, end) of what a text names, each value once, in the order of the text."""
        seen: dict[tuple[str, str], tuple[str, str, int, int]] = {}
        for found in self._phrases.find(text):
            kind, value, wording = self._listed[0][found.phrase]
            if len(found.parts) == 1 or found.end - found.start <= len(wording) + 12:
                seen.setdefault((kind, value), (kind, value, found.start, found.end))
        return list(seen.values())


def catalogue(
    contacts: pd.DataFrame, columns: Sequence[str], vocabulary: Mapping[str, Mapping[str, Iterable[str]]] | None = None
) -> Catalogue:
    """Collect the values of some columns with every wording that params know for them.

    Args:
        contacts: the contacts; columns that are not there are left out.
        columns: names of columns, such as product and carrier; they become the kinds.
        vocabulary: column → canonical value → wordings (``month.loaded.vocabulary``).

    Returns:
        A Catalogue of at most ``MOST_VALUES`` values a column, the most frequent first.
    """
    known: dict[str, dict[str, list[str]]] = {}
    for name in columns:
        wordings = dict((vocabulary or {}).get(name, {}))
        there = contacts[name].dropna().astype(str).value_counts() if name in contacts else pd.Series(dtype="int64")
        ordered = sorted(there.index, key=lambda value: (-there[value], value))[:MOST_VALUES]
        values = dict.fromkeys([*ordered, *wordings])
        if values:
            known[name] = {value: list(wordings.get(value, ())) for value in values}
    return Catalogue(known)


def entities(
    contacts: pd.DataFrame, known: Catalogue | None = None, kinds: Sequence[str] = tuple(KINDS)
) -> pd.DataFrame:
    """Find what contacts name; each distinct text is read once.

    Args:
        contacts: interaction_id, text.
        known: the data's own values; None for none.
        kinds: which of ``KINDS`` (amount, version, page, order, date, name) to look for.

    Returns:
        One row per thing named, by interaction_id and place: interaction_id, kind, value (canonical; a mere kind for
        ``HIDDEN``), start, end (places in the text).
    """
    said = contacts.loc[contacts["text"].notna(), ["interaction_id", "text"]]
    said = said.sort_values("interaction_id", kind="stable")
    codes, distinct = pd.factorize(said["text"].astype(str))
    of = [_named(text, known, kinds) for text in distinct]
    ids = said["interaction_id"].tolist()
    rows = [(name, *one) for name, code in zip(ids, codes, strict=True) for one in of[code]]
    return pd.DataFrame(rows, columns=COLUMNS).astype({"start": "int64", "end": "int64"})


def values_of(found: pd.DataFrame, kind: str) -> pd.DataFrame:
    """Return interaction_id and value of one kind, each value once a contact."""
    return found.loc[found["kind"] == kind, ["interaction_id", "value"]].drop_duplicates(ignore_index=True)


def _named(text: str, known: Catalogue | None, kinds: Sequence[str]) -> list[tuple[str, str, int, int]]:
    rows = known.find(text) if known else []
    for kind in kinds:
        finder, sign = KINDS[kind]
        if sign.search(text):
            rows += [(kind, *one) for one in finder(text)]
    return sorted(rows, key=lambda row: (row[2], row[3], row[0], row[1]))


def _is_telling(wording: str) -> bool:
    """Tell whether a wording is long enough to be looked for in a text: «N» for North is not."""
    parts = units(wording)
    letters = sum(len(unit.form) for unit in parts)
    return bool(parts) and (letters >= SHORTEST or (parts[0].kind == "han" and letters >= 2))
