"""Moods of sentences and contacts: negative (−1), neutral (0), positive (1), in any language of the encoder.

A mood is the sum of the evidence, in logits: labelled sentences of our own (``cold_start``) with plain verdicts
(``verdicts``) and emoji (``cues``), and the company's own scores where there are enough (``learn``). What neutral is, only
the sentences of our own say.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..logistic import softmax
from .cold_start import NAMES, SIDES, Cold, learn_cold, left_out, read_unknown
from .comments import joined
from .cues import emoji, is_courtesy
from .learn import ENOUGH, Known, Own, learn_own
from .mix import CLEAR, moods_of, together

if TYPE_CHECKING:
    from ..corpus import Corpus
    from ..vectors import Vectors

__all__ = ["CLEAR", "ENOUGH", "Sentiments", "read_unknown", "sentiments"]

MATTERS = ("issue", "category")
MILD = 0.4
"""What is left of the logits of a courtesy that stands alone."""


@dataclass(frozen=True)
class Sentiments:
    """Moods of a corpus.

    Attributes:
        sentences: one row per sentence, in the order of ``corpus.segments``: contact (row of ``corpus.contacts``), mood
            (−1, 0, 1; int8), p (its probability), negative, neutral, positive (probabilities).
        contacts: one row per contact, in the order of ``corpus.contacts``: interaction_id, mood, p, negative, neutral,
            positive, mixed (probability that both show), net (see ``mix.together``), cold (net by the cold start alone).
            Each is read by a head that does not know its customer; one with a score, not a long copy of it either.
        comments: the same columns for survey comments, where they were handed over.
        weight: how much own scores weigh beside the cold start; 0 where they are not learned from.
        pairs: matched unhappy answers learned from, per language; a language below ``ENOUGH`` is served by the others.
    """

    sentences: pd.DataFrame
    contacts: pd.DataFrame
    comments: pd.DataFrame
    weight: float
    pairs: dict[str, int]


def sentiments(
    corpus: Corpus,
    vectors: Vectors,
    scores: pd.Series | None = None,
    comments: Corpus | None = None,
    *,
    matter: str | None = None,
    seed: int = 0,
) -> Sentiments:
    """Read the mood of every sentence and contact.

    Args:
        corpus: contacts with words. Used of its contacts where there: csat, customer_id, language, issue or category.
        vectors: where the vectors of the labelled sentences come from; the same as the corpus'.
        scores: 1 to 5 by interaction_id (answers, stars, comments of surveys); the contacts' csat unless given.
        comments: survey comments with their scores (``comments.of_comments``): learned from and read too.
        matter: column that says what a contact is about, so that like is learned from like; the first of issue and
            category that is there unless given.
        seed: of folds and draws: the same seed gives the same moods.

    Example:
        >>> found = sentiments(corpus(frame, vectors), vectors)       # doctest: +SKIP
        >>> found.contacts["mood"].value_counts()                     # doctest: +SKIP
    """
    shown_first = len(corpus.contacts)
    if comments is not None and len(comments.contacts):
        scores = _scored(corpus, scores, comments)
        corpus = joined(corpus, comments)
    segments, count = corpus.segments, len(corpus.contacts)
    distinct = segments.drop_duplicates("vector").sort_values("vector")
    texts, rows = distinct["text"].tolist(), corpus.vectors[distinct["vector"].to_numpy()]
    place = np.searchsorted(distinct["vector"].to_numpy(), segments["vector"].to_numpy())
    of = segments["contact"].to_numpy()
    cold = learn_cold(vectors)
    shown = np.array([emoji(text) for text in texts], dtype=float)
    polite = np.array([is_courtesy(text) for text in texts], dtype=bool) & (shown == 0)
    base = (cold.logits(texts, rows) + shown[:, None] * np.array(SIDES) if texts else np.zeros((0, 3)))[place]
    alone = polite[place] & ~corpus.speaking[of]  # «Thanks» is all that somebody said: read, and never clear
    courtesy = polite[place] & ~alone
    base[alone] *= MILD
    bare = together(of, _read(base, courtesy), count)["net"]
    own = _own(corpus, vectors, scores, matter, cold, seed)
    said = own.weight / 2 * _said(own, texts, rows, place, of) if own else np.zeros(len(place))
    probable = _read(base + said[:, None] * np.array(SIDES), courtesy)
    mood, p = moods_of(probable)
    named = dict(zip(NAMES, probable.T, strict=True))
    contacts = together(of, probable, count).assign(cold=bare)
    contacts.insert(0, "interaction_id", corpus.contacts["interaction_id"].to_numpy())
    sentences = pd.DataFrame({"contact": of, "mood": mood, "p": p} | named)
    return Sentiments(
        sentences[of < shown_first].reset_index(drop=True),
        contacts[:shown_first],
        contacts[shown_first:].reset_index(drop=True),
        own.weight if own else 0.0,
        own.pairs if own else {},
    )


def _scored(corpus: Corpus, scores: pd.Series | None, comments: Corpus) -> pd.Series:
    """Return the scores of contacts and comments by id."""
    if scores is None and "csat" in corpus.contacts:
        scores = corpus.contacts.set_index("interaction_id")["csat"]
    own = comments.contacts.set_index("interaction_id")["csat"]
    return own if scores is None else pd.concat([scores, own])


def _read(logits: np.ndarray, courtesy: np.ndarray) -> np.ndarray:
    """Return probabilities; a courtesy beside something said is neutral for certain."""
    probable = softmax(logits)
    probable[courtesy] = (0.0, 1.0, 0.0)
    return probable


def _own(
    corpus: Corpus, vectors: Vectors, scores: pd.Series | None, matter: str | None, cold: Cold, seed: int
) -> Own | None:
    """Learn from own scores, where there are enough."""
    known = corpus.contacts
    if scores is None and "csat" not in known:
        return None
    given = known["csat"] if scores is None else known["interaction_id"].map(scores)
    matter = matter or next((name for name in MATTERS if name in known), None)
    answers = pd.DataFrame({"score": pd.to_numeric(given, errors="coerce")})
    answers["language"] = known["language"].fillna("") if "language" in known else ""
    answers["customer"] = known.get("customer_id")
    if matter is not None:
        answers["matter"] = known[matter]
    if int((answers["score"] <= 2).sum()) < ENOUGH:
        return None
    texts, rows = known["text"].fillna("").astype(str).tolist(), corpus.of_contacts()
    return learn_own(texts, rows, answers, cold, _known(vectors), seed=seed)


def _known(vectors: Vectors) -> Known:
    """Return the labelled sentences as the weight of scores is held against them."""
    read = left_out(vectors)
    texts = read["text"].tolist()
    return Known(texts, vectors.of(texts), read["mood"].to_numpy(), read[list(NAMES)].to_numpy())


def _said(own: Own, texts: list[str], rows: np.ndarray, place: np.ndarray, of: np.ndarray) -> np.ndarray:
    """Return (sentences,) what own scores say, each by the head that does not know its customer."""
    fold = own.folds[of]
    said = np.zeros(len(place))
    for part, head in enumerate(own.parts):
        mine = fold == part
        needed = np.unique(place[mine])
        if len(needed):
            made = own.evidence(head, [texts[at] for at in needed], rows[needed])
            said[mine] = made[np.searchsorted(needed, place[mine])]
    return said
