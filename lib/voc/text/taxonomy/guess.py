"""What a model says of every contact, learned from what is labelled, and from which probability on it is believed."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property

import numpy as np
import pandas as pd

from ..corpus import Corpus
from ..floors import NO_ANSWER, Floor, floor_for
from ..heads import Head, train
from .evidence import Given, Keywords

FEWEST = 200  # labelled contacts under which the model also learns from what keywords sort
ENOUGH = 30  # contacts to learn from, and held-out ones of a language from which it has a floor of its own
MOST = 25_000  # labelled contacts that are learned from and checked on; of more, a random part
UNCHECKED = 0.9  # floor of a model that nothing can check: it is surer than it ought to be
BETWEEN = "\x1f"  # joins category and issue to one class


@dataclass(frozen=True)
class Guess:
    """Probabilities of n contacts over k classes (pairs of category and issue).

    ``probable`` is (n, k) float32: out of fold where the contact was learned from, zeros where it says nothing.
    ``learned`` marks contacts learned from with a label of their own; ``deep`` whether classes are issues.
    """

    leaves: pd.DataFrame  # category, issue; one row per class
    probable: np.ndarray
    learned: np.ndarray
    deep: bool = False
    head: Head | None = field(default=None, repr=False)
    said: tuple[str, ...] = ()

    @property
    def checked(self) -> bool:
        """Whether labels of its own hold the model to account."""
        return self.learned.sum() >= ENOUGH

    @cached_property
    def roots(self) -> np.ndarray:
        """The categories of the classes, each once."""
        return self.leaves["category"].unique()

    def by_root(self, probable: np.ndarray) -> np.ndarray:
        """Add the probabilities of a category's issues: (n, k) to (n, categories)."""
        belongs = self.leaves["category"].to_numpy()[:, None] == self.roots[None, :]
        return probable @ belongs.astype(np.float32)

    def best_root(self) -> tuple[np.ndarray, np.ndarray]:
        """Return each contact's likeliest category (None without any) and its probability."""
        return _best(self.roots, self.by_root(self.probable))

    def best_leaf(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return each contact's likeliest class (category, issue) and its probability."""
        category, probability = _best(self.leaves["category"].to_numpy(), self.probable)
        return category, _best(self.leaves["issue"].to_numpy(), self.probable)[0], probability

    def floors(self, given: Given, language: np.ndarray, aim: float) -> dict[str, dict[str, Floor]]:
        """Choose, for issues and for categories, from which probability on each language is answered."""
        root, root_sure = self.best_root()
        leaf_root, leaf_issue, leaf_sure = self.best_leaf()
        hits = {
            "issue": (leaf_sure, (leaf_issue == given.issue) & (leaf_root == given.category)),
            "category": (root_sure, root == given.category),
        }
        return {level: self._floors(*pair, language, aim) for level, pair in hits.items()}

    def _floors(self, sure: np.ndarray, right: np.ndarray, language: np.ndarray, aim: float) -> dict[str, Floor]:
        if self.head is None:
            return {"all": Floor(NO_ANSWER, 0.0, np.nan, np.nan, np.nan, 0)}
        if not self.checked:  # learned from keywords, and nothing can check it
            return {"all": Floor(UNCHECKED, np.nan, np.nan, np.nan, np.nan, int(self.learned.sum()))}
        found = {"all": floor_for(sure[self.learned], right[self.learned], aim)}
        for name in sorted(set(language)):
            mine = self.learned & (language == name)
            found[name] = floor_for(sure[mine], right[mine], aim) if mine.sum() >= ENOUGH else found["all"]
        return found


def _best(names: np.ndarray, probable: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    if not len(names) or not len(probable):
        return np.full(len(probable), None, dtype=object), np.full(len(probable), np.nan)
    top = probable.argmax(axis=1)
    sure = probable[np.arange(len(top)), top]
    said = sure > 0
    return np.where(said, names[top], None), np.where(said, sure, np.nan)


def guess(corpus: Corpus, given: Given, keywords: Keywords, texts: list[str], *, seed: int) -> Guess:
    """Learn from labelled contacts that say something and weigh every contact.

    Classes are issues where at least half of the labelled contacts have one, else categories. Where fewer than ``FEWEST``
    contacts are labelled, those that keywords sort are learned from too, by their vectors alone: their words would only
    be the keywords again.
    """
    known = pd.notna(given.category) & corpus.speaking
    deep = bool((pd.notna(given.issue) & known).sum() * 2 >= known.sum()) if known.any() else True
    labelled = known & pd.notna(given.issue) if deep else known
    leaf = _joined(given.category, given.issue, deep)
    root, issue = keywords.agreed()
    weak = np.zeros(len(leaf), bool)
    said: list[str] = []
    if labelled.sum() < FEWEST:
        weak = pd.notna(root) & (pd.notna(issue) | (not deep)) & corpus.speaking & ~known & ~given.none
        leaf = np.where(weak, _joined(root, issue, deep), leaf)
        if weak.any():
            said = [
                f"Only {int(labelled.sum()):,} contacts are labelled, so the model also learned from {int(weak.sum()):,} that "
                "keywords sort: it carries the keywords over to other wordings, and what they get wrong it gets wrong too."
            ]
    rows = np.flatnonzero(labelled | weak)
    if len(rows) > MOST:
        said.append(f"The model learned from {MOST:,} of {len(rows):,} labelled contacts, drawn at random.")
        rows = np.sort(np.random.default_rng(seed).permutation(rows)[:MOST])
    nothing = np.zeros((len(leaf), 0), np.float32)
    if len(rows) < ENOUGH or len(set(leaf[rows])) < 2:
        kinds = len(set(leaf[rows]))
        contacts, of = "contact" if len(rows) == 1 else "contacts", "one kind" if kinds == 1 else f"{kinds} kinds"
        what = f"{len(rows):,} {contacts} with words and a label, of {of},"
        none = pd.DataFrame({"category": [], "issue": []}, dtype=object)
        return Guess(
            none, nothing, np.zeros(len(leaf), bool), deep, None, (f"No model: {what} are too few to learn from.",)
        )
    vectors = corpus.of_contacts()
    customer = corpus.contacts.get("customer_id")
    head, honest = train(
        [texts[row] for row in rows],
        vectors[rows],
        leaf[rows].astype(str),
        None if customer is None else customer.iloc[rows].tolist(),
        seed=seed,
        words=not weak.any(),
    )
    probable = np.zeros((len(leaf), len(head.classes)), np.float32)
    probable[rows] = honest
    others = np.setdiff1d(np.flatnonzero(corpus.speaking), rows)
    probable[others] = head.probabilities([texts[row] for row in others], vectors[others])
    leaves = pd.DataFrame([name.split(BETWEEN) for name in head.classes], columns=["category", "issue"], dtype=object)
    leaves["issue"] = np.where(leaves["issue"].ne(""), leaves["issue"], None)
    alone = [
        name.replace(BETWEEN, ": ").rstrip(": ") for name, n in zip(head.classes, head.seen, strict=True) if n == 1
    ]
    if alone:
        said.append(f"Learned from a single contact each, so nothing could check them: {', '.join(alone)}.")
    learned = np.zeros(len(leaf), bool)
    learned[rows] = labelled[rows]
    return Guess(leaves, probable, learned, deep, head, tuple(said))


def _joined(category: np.ndarray, issue: np.ndarray, deep: bool) -> np.ndarray:
    pairs = zip(category, issue, strict=True)
    return np.array([f"{root}{BETWEEN}{of if deep and of is not None else ''}" for root, of in pairs], dtype=object)
