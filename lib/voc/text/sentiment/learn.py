"""Moods from the company's own scores: what words the unhappy use that the happy with the same matter do not.

A score says how the service was, a sentence how its writer speaks: a lost parcel is scored low however it is told. So
unhappy answers (1 and 2) are matched with happy ones (4 and 5) about the same matter in the same language, as in a
case-control study (Breslow & Day 1980): the matter itself then tells nothing, and neither does how many are happy.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..logistic import softmax
from .cold_start import SIDES

if TYPE_CHECKING:
    from ..heads import Head
    from .cold_start import Cold

ENOUGH = 100
"""Matched unhappy answers from which own scores are learned from, and a language counts as learned and not served by others."""
MOST_PAIRS, MOST_HAPPY, FOLDS = 2_000, 3, 5
LONG_COPY = 60  # letters from which equal texts of different customers are copies
WEIGHTS = tuple(step / 4 for step in range(9))
"""What own scores may weigh beside the cold start, in logits: 0 to 2."""
OWN_COUNTS = 2.0
"""Times that an answer's likelihood counts against a labelled sentence's: own texts are what will be read."""


@dataclass(frozen=True)
class Known:
    """Labelled sentences: texts, vectors (m, dims), moods (m,), and the logits (m, 3) by which other trades read them."""

    texts: Sequence[str]
    vectors: np.ndarray
    moods: np.ndarray
    logits: np.ndarray


@dataclass(frozen=True)
class Own:
    """Heads learned from own scores: one of all, for texts to come, and one per fold that knows no customer of that fold.

    ``folds`` (contacts,) is the fold of each contact, with a score or without: read by a head that knew the scores, those
    who answered would look another way than those who did not (by one point in a hundred, measured). ``weight``
    multiplies what the heads say beside the cold start; ``pairs`` counts the matched unhappy answers per language.
    """

    whole: Head
    parts: tuple[Head, ...]
    folds: np.ndarray
    ratio: float
    weight: float
    pairs: dict[str, int]

    def evidence(self, head: Head, texts: Sequence[str], vectors: np.ndarray) -> np.ndarray:
        """Return (n,): by how much a text speaks for happy against unhappy, in logits, whatever the share of happy is."""
        probable = np.clip(head.probabilities(list(texts), vectors), 1e-6, 1)
        return np.log(probable[:, 0] / probable[:, 1]) - np.log(self.ratio)  # classes: happy, unhappy


def matched(answers: pd.DataFrame, seed: int) -> tuple[np.ndarray, float]:
    """Match unhappy answers with happy ones of the same stratum: the same number of happy ones to each in every stratum.

    Args:
        answers: score (1 to 5), language and, where known, matter; of those who wrote.
        seed: of the draw.

    Returns:
        Positions of the rows to learn from, ascending, and how many happy ones there are to an unhappy one.

    Example:
        >>> rows, ratio = matched(pd.DataFrame({"score": [1, 5, 5, 2, 4], "matter": list("aaabb")}), 1)
        >>> len(rows), ratio
        (4, 1.0)
    """
    bad, good = (answers["score"] <= 2).to_numpy(), (answers["score"] >= 4).to_numpy()
    keys = [answers[name].fillna("").astype(str) for name in ("language", "matter") if name in answers]
    stratum = pd.factorize(keys[0].str.cat(keys[1:], sep="\n"))[0] if keys else np.zeros(len(answers), int)
    size = stratum.max(initial=-1) + 1
    bads, goods = (np.bincount(stratum[side], minlength=size) for side in (bad, good))
    both = (bads > 0) & (goods > 0)
    if not both.any():
        return np.zeros(0, np.int64), 1.0
    ratio = float(np.clip(goods[both].sum() // bads[both].sum(), 1, MOST_HAPPY))
    cases = np.minimum(bads, goods // int(ratio))
    if cases.sum() > MOST_PAIRS:
        cases = np.floor(cases * MOST_PAIRS / cases.sum()).astype(int)
    order = np.random.default_rng(seed).permutation(len(answers))
    chosen = [_first(order[bad[order]], stratum, cases), _first(order[good[order]], stratum, cases * int(ratio))]
    return np.sort(np.concatenate(chosen)), ratio


def _first(rows: np.ndarray, stratum: np.ndarray, most: np.ndarray) -> np.ndarray:
    """Return of each stratum its first ``most`` rows."""
    place = pd.Series(stratum[rows]).groupby(stratum[rows]).cumcount().to_numpy()
    return rows[place < most[stratum[rows]]]


def deal(customers: pd.Series, seed: int) -> np.ndarray:
    """Deal answers into folds, all of a customer into one; who has no number is a customer of their own."""
    codes = pd.factorize(customers)[0]
    codes = np.where(codes < 0, codes.max(initial=-1) + 1 + np.arange(len(codes)), codes)
    return np.random.default_rng(seed).permutation(codes.max(initial=-1) + 1)[codes] % FOLDS


def learn_own(
    texts: Sequence[str], vectors: np.ndarray, answers: pd.DataFrame, cold: Cold, known: Known, *, seed: int
) -> Own | None:
    """Learn from own scores; None where fewer than ``ENOUGH`` unhappy answers can be matched.

    Args:
        texts, vectors: n texts of contacts and their vectors (n, dims).
        answers: n rows: score (missing: not answered), language, customer; matter where known.
        cold: what the labelled sentences teach.
        known: labelled sentences, to hold the weight of scores against.
        seed: of folds, draws and heads.
    """
    from .. import heads
    from ..embed import plain

    scored = np.flatnonzero(answers["score"].notna().to_numpy())
    rows, ratio = matched(answers.iloc[scored], seed)
    rows = scored[rows]
    unhappy = (answers["score"] <= 2).to_numpy()[rows]
    if unhappy.sum() < ENOUGH:
        return None
    labels = np.where(unhappy, "unhappy", "happy")
    folds = deal(answers["customer"], seed)
    wording = np.array([_copy(plain(texts[row]), row) for row in rows], dtype=object)

    def fit(keep: np.ndarray) -> Head:
        return heads.fit([texts[row] for row in rows[keep]], vectors[rows[keep]], labels[keep].tolist(), seed=seed)

    parts = []
    for fold in range(FOLDS):
        mine = folds[rows] == fold
        keep = ~mine & ~np.isin(wording, wording[mine])  # nor may a copy be known from another customer
        parts.append(fit(keep) if len(set(labels[keep])) == 2 else None)
    if any(part is None for part in parts):
        return None
    pairs = answers["language"].iloc[rows[unhappy]].value_counts().sort_index().to_dict()
    own = Own(
        fit(np.ones(len(rows), bool)), tuple(parts), folds, ratio, 1.0, {str(k): int(n) for k, n in pairs.items()}
    )
    said = np.zeros(len(rows))
    for fold, part in enumerate(parts):
        mine = folds[rows] == fold
        said[mine] = own.evidence(part, [texts[row] for row in rows[mine]], vectors[rows[mine]])
    bare = cold.logits([texts[row] for row in rows], vectors[rows])
    weight = weigh(bare[:, 2] - bare[:, 0], said, ~unhappy, known, own.evidence(own.whole, known.texts, known.vectors))
    return replace(own, weight=weight)


def _copy(wording: str, row: int) -> str:
    """Name what is one text however often it was sent: long ones are copies, short ones («Супер») simply the language."""
    return wording if len(wording) >= LONG_COPY else f"{row}"


def weigh(cold: np.ndarray, own: np.ndarray, happy: np.ndarray, known: Known, said: np.ndarray) -> float:
    """Choose how much own evidence weighs beside the cold start's, so that scores left out and labelled sentences are read best.

    Scores alone would have it weigh as much as it can: how hard a matter is tells much of a score and nothing of a mood.
    The labelled sentences hold it back: they say what neutral is, and lose it where scores are taken for moods.

    Args:
        cold, own, happy: (n,) of answers left out: evidence of either, and whether they were happy.
        known: labelled sentences, read by what other trades teach.
        said: (m,) own evidence on these.
    """
    from sklearn.linear_model import LogisticRegression

    found = []
    for weight in WEIGHTS:
        both = (cold + weight * own)[:, None]
        model = LogisticRegression(C=1e3, max_iter=500).fit(both, happy)
        probable = model.predict_proba(both)[np.arange(len(happy)), happy.astype(int)]
        moods = softmax(known.logits + weight / 2 * said[:, None] * np.array(SIDES))
        right = moods[np.arange(len(moods)), known.moods + 1]
        found.append(OWN_COUNTS * np.log(np.maximum(probable, 1e-9)).mean() + np.log(np.maximum(right, 1e-9)).mean())
    return float(WEIGHTS[int(np.argmax(found))])
