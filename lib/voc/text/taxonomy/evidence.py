"""What is known of a contact before any model: labels of source and analysts, and the keywords in its sentences."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..corpus import Corpus
from .keywords import Matcher
from .model import Taxonomy

MOST_NAMED = 5


@dataclass(frozen=True)
class Given:
    """Labels of n contacts: arrays of objects, None where nothing is known.

    ``origin`` is "analyst", "source" or None; ``none`` marks contacts of which an analyst said that no category fits;
    ``by_source`` is the category that the source gave, whatever the analyst said.
    """

    category: np.ndarray
    issue: np.ndarray
    origin: np.ndarray
    none: np.ndarray
    by_source: np.ndarray
    said: tuple[str, ...] = ()

    def blank(self) -> Given:
        """Return the same contacts as if nobody had labelled them."""
        empty = np.full(len(self.category), None, dtype=object)
        return Given(empty, empty, empty, np.zeros(len(empty), bool), empty)


def given_labels(corpus: Corpus, taxonomy: Taxonomy | None, labels: pd.DataFrame | None) -> Given:
    """Lay the analysts' labels over the source's; an issue without a category takes that of the taxonomy."""
    contacts = corpus.contacts
    source = {name: _objects(contacts[name]) if name in contacts else np.full(len(contacts), None) for name in _PAIR}
    root_of = _roots_of(source, taxonomy)
    category = _filled(source["category"], source["issue"], root_of)
    issue, none = source["issue"].copy(), np.zeros(len(contacts), bool)
    origin = np.where(pd.notna(category), "source", None).astype(object)
    if labels is not None and len(labels):
        own = labels.drop_duplicates("interaction_id", keep="last").set_index("interaction_id")
        own = own.reindex(contacts["interaction_id"])
        spoke = contacts["interaction_id"].isin(labels["interaction_id"]).to_numpy()
        new = {name: _objects(own[name]) for name in _PAIR}
        new["category"] = _filled(new["category"], new["issue"], root_of)
        none = spoke & pd.isna(new["category"])
        kept = new["category"] == category  # who names the category alone leaves the source's issue in it
        issue = np.where(spoke & ~(kept & pd.isna(new["issue"])), new["issue"], issue)
        by_source, category = category, np.where(spoke, new["category"], category)
        origin = np.where(spoke, "analyst", origin)
        return Given(category, issue, origin, none, by_source, _outside(category, issue, taxonomy))
    return Given(category, issue, origin, none, category, _outside(category, issue, taxonomy))


_PAIR = ("category", "issue")


def _objects(values: pd.Series) -> np.ndarray:
    return values.astype(object).where(values.notna(), None).to_numpy()


def _roots_of(source: dict[str, np.ndarray], taxonomy: Taxonomy | None) -> dict[str, str]:
    """Return the category of every issue: the taxonomy's, else the one the source gives most often."""
    pairs = pd.DataFrame(source).dropna()
    counted = (
        pairs.value_counts(sort=False).reset_index(name="n").sort_values(["n", *_PAIR], ascending=[False, True, True])
    )
    found = counted.drop_duplicates("issue").set_index("issue")["category"].to_dict()
    return found | ({sub.name: root.name for root, sub in taxonomy.subs()} if taxonomy else {})


def _filled(category: np.ndarray, issue: np.ndarray, root_of: dict[str, str]) -> np.ndarray:
    return np.array(
        [
            root_of.get(of) if root is None and of is not None else root
            for root, of in zip(category, issue, strict=True)
        ],
        dtype=object,
    )


def _outside(category: np.ndarray, issue: np.ndarray, taxonomy: Taxonomy | None) -> tuple[str, ...]:
    """Say which labels the taxonomy does not name; they are kept as they are."""
    if taxonomy is None:
        return ()
    said = []
    for word, values, known in (
        ("categories", category, {root.name for root in taxonomy.roots}),
        ("issues", issue, set(taxonomy.names())),
    ):
        counts = pd.Series(values, dtype=object).dropna().value_counts()
        counts = counts[~counts.index.isin(known)].sort_index().sort_values(ascending=False, kind="stable")
        if len(counts):
            names = ", ".join(map(str, counts.index[:MOST_NAMED])) + (" …" if len(counts) > MOST_NAMED else "")
            said.append(
                f"{int(counts.sum()):,} contacts carry {word} that the taxonomy does not name ({names}): they are kept; "
                "name them there, or in the labels file."
            )
    return tuple(said)


@dataclass(frozen=True)
class Keywords:
    """Keywords found in n contacts: ``hits`` has one row per sentence and subcategory: sentence (row of segments), contact, root, sub."""

    n: int
    hits: pd.DataFrame

    def without(self, subs: Collection[str]) -> Keywords:
        """Return the same without the keywords of some subcategories."""
        return Keywords(self.n, self.hits[~self.hits["sub"].isin(list(subs))])

    def agreed(self) -> tuple[np.ndarray, np.ndarray]:
        """Return category and issue of each contact, None where its keywords name none or several."""
        return self._only("root", "contact", self.n), self._only("sub", "contact", self.n)

    def of_sentences(self, sentences: int) -> np.ndarray:
        """Return the category of each sentence, None where its keywords name none or several."""
        return self._only("root", "sentence", sentences)

    def _only(self, name: str, by: str, n: int) -> np.ndarray:
        grouped = self.hits[[by, name]].drop_duplicates()
        made = np.full(n, None, dtype=object)
        only = grouped[~grouped[by].duplicated(keep=False)]
        made[only[by].to_numpy(int)] = only[name].to_numpy(object)
        return made


def find_keywords(corpus: Corpus, taxonomy: Taxonomy | None) -> Keywords:
    """Look for the taxonomy's keywords in every speaking sentence, in each distinct one once."""
    empty = pd.DataFrame({"sentence": [], "contact": []}, dtype=int).assign(
        root=pd.Series(dtype=object), sub=pd.Series(dtype=object)
    )
    if taxonomy is None:
        return Keywords(len(corpus.contacts), empty)
    segments, matcher = corpus.segments, Matcher(taxonomy)
    speaking = np.flatnonzero(~segments["empty"].to_numpy())
    codes, distinct = pd.factorize(segments["text"].to_numpy(object)[speaking])
    found = [list(dict.fromkeys((match.root, match.sub) for match in matcher.match(text))) for text in distinct]
    sizes = np.fromiter(map(len, found), dtype=int, count=len(found))[codes]
    pairs = [pair for code in codes for pair in found[code]]
    if not pairs:
        return Keywords(len(corpus.contacts), empty)
    sentence = np.repeat(speaking, sizes)
    hits = pd.DataFrame(pairs, columns=["root", "sub"], dtype=object)
    hits.insert(0, "contact", segments["contact"].to_numpy()[sentence])
    hits.insert(0, "sentence", sentence)
    return Keywords(len(corpus.contacts), hits)
