"""What customers say as explanations: themes found inside a problem, topics, and the wordings of the contacts in question."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from ...text.corpus import Corpus
from ..themes.balls import balls
from ..themes.mentions import EMPTY, NONE
from ..themes.scan import TIME as BY_TIME
from ..themes.terms import compare_terms, naming
from .kinds import THEME, TOPIC, WORDING
from .rows import Rows, Said

MOST_READ = 4_000  # sentences of a side that words are named from


class Heard:
    """The words of the rows: where each contact of the corpus stands among them, who speaks, in which language."""

    def __init__(self, rows: Rows, corpus: Corpus):
        contacts = corpus.contacts
        self.corpus = corpus
        self.place = pd.Index(rows.frame["interaction_id"]).get_indexer(contacts["interaction_id"])
        self.words = np.zeros(len(rows), dtype=bool)
        self.words[self.place[(self.place >= 0) & corpus.speaking]] = True
        self.texts = contacts["text"].fillna("").astype(str).to_numpy(object)
        self.language = contacts.get("language", pd.Series("", contacts.index)).fillna("").astype(str).to_numpy(object)
        self.ids = contacts["interaction_id"].to_numpy(object)

    def of(self, rows: np.ndarray) -> np.ndarray:
        """Return the contacts of the corpus (their numbers) that a mask over rows marks."""
        return np.flatnonzero((self.place >= 0) & rows[self.place])


def themes(rows: Rows, heard: Heard, found: pd.DataFrame, members: pd.DataFrame) -> Said | None:
    """Lay out the themes that hide inside problems (``themes.inside.within``), each with the days and places it counts in."""
    found = found[found["theme"].isin(members["theme"])]
    if found.empty:
        return None
    index = pd.Index(rows.frame["interaction_id"])
    own = members[["theme", "interaction_id"]].drop_duplicates()
    at, column = index.get_indexer(own["interaction_id"]), pd.Index(found["theme"]).get_indexer(own["theme"])
    kept = (at >= 0) & (column >= 0)
    says = _matrix(at[kept], column[kept], len(rows), len(found))
    labels = tuple(_words(row["words"], row["label"]) for row in found.to_dict("records"))
    where = tuple(_where(rows, row) for row in found.to_dict("records"))
    begins = tuple(_begins(rows, row) for row in found.to_dict("records"))
    return Said(THEME, labels, says, heard.words, tuple(found["label"].astype(str)), where, begins)


def _where(rows: Rows, theme: dict) -> np.ndarray:
    if theme["dimension"] != BY_TIME:
        known = theme["dimension"] in rows.codes
        return rows.is_value(theme["dimension"], theme["value"]) if known else np.zeros(len(rows), dtype=bool)
    begin = (pd.Timestamp(theme["begins"]) - rows.first).days
    over = theme["end_last"]
    end = (pd.Timestamp(over) - rows.first).days if over is not None and not pd.isna(over) else np.inf
    return (rows.day >= begin) & (rows.day < end)


def _begins(rows: Rows, theme: dict) -> tuple[int, int] | None:
    if theme["dimension"] != BY_TIME:
        return None
    return tuple((pd.Timestamp(theme[name]) - rows.first).days for name in ("begin_first", "begin_last"))


def topics(rows: Rows, heard: Heard, mentions: pd.DataFrame, labels: dict[str, str]) -> Said | None:
    """Lay out who speaks of which topic; ``labels`` names the topics that tell a matter."""
    said = mentions[mentions["topic"].isin(labels) & ~mentions["topic"].isin([NONE, EMPTY])]
    names = sorted(labels)
    at = pd.Index(rows.frame["interaction_id"]).get_indexer(said["interaction_id"])
    column = pd.Index(names).get_indexer(said["topic"])
    kept = (at >= 0) & (column >= 0)
    if not kept.any():
        return None
    says = _matrix(at[kept], column[kept], len(rows), len(names))
    return Said(TOPIC, tuple(labels[one] for one in names), says, heard.words, ("",) * len(names))


def wordings_of(
    rows: Rows, heard: Heard, unnamed: Mapping[str, np.ndarray] | None = None, seed: int = 0
) -> Callable[[np.ndarray, np.ndarray, frozenset], Said | None]:
    """Return a function that lays out the wordings of some contacts, cases and base (masks over rows).

    Wordings are neighbourhoods of sentences (``themes.balls``), named by the words that set them apart. ``unnamed`` says
    per label which sentences name none of its values (``themes.naming.nameless``): where a product is what has been asked
    about, that its buyers name it explains nothing.
    """
    place = heard.place

    def lay(cases: np.ndarray, base: np.ndarray, taken: frozenset) -> Said | None:
        inside = heard.of(cases | base)
        if not len(inside):
            return None
        part = balls(heard.corpus, inside, "", seed)
        if not len(part.centres):
            return None
        kept = [sentences for name, sentences in (unnamed or {}).items() if name in taken]
        said = part.said(np.logical_and.reduce(kept) if kept else None).tocoo()
        says = _matrix(place[part.rows[said.row]], said.col, len(rows), len(part.centres))
        return Said(
            WORDING, tuple(str(at) for at in range(len(part.centres))), says, heard.words & (cases | base), ("",) * len(part.centres)
        )  # fmt: skip

    return lay


def _matrix(row: np.ndarray, column: np.ndarray, rows: int, columns: int):
    from scipy.sparse import csc_array

    made = csc_array((np.ones(len(row), np.int32), (row, column)), shape=(rows, columns))
    made.sum_duplicates()
    made.data[:] = 1
    return made


def words_of(heard: Heard, cases: np.ndarray, base: np.ndarray) -> dict[str, list[str]]:
    """Return the words that set some contacts apart from others (masks over rows), by language."""
    sides = [at[:: max(1, len(at) // MOST_READ)] for at in (heard.of(cases), heard.of(base))]
    return naming(compare_terms(*(list(heard.texts[at]) for at in sides), *(list(heard.language[at]) for at in sides)))


def _words(words: dict, label: str) -> str:
    told = " / ".join(", ".join(one[:3]) for one in words.values() if one is not None and len(one))
    return told or f"part of {label}"
