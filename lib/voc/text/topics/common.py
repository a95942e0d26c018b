"""Do the sentences of a topic have words in common? Where they do not, the topic is a manner of writing and no matter.

Short cries, typing errors and words in foreign letters lie near each other in any space of meaning («Ильнур», «Ауе»,
«Zdorovo»), and refits find such heaps again as surely as a matter. Their words give them away: what is one matter is said
with a few words again and again, function words among them («where is it»).
"""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Any

from ..words import stem, words

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

WORDS = 3  # words that a matter's sentences share: as many as a label has
FEWEST = 3  # sentences in a language from which its words are looked at
LEAST_SHARE = 0.04  # of a topic's sentences that must hold a word: below lie typing errors
MOST_READ = 150  # sentences of a topic and language that its words are counted in
LEAST = 0.25  # share of sentences that hold one of them; heaps have .02 to .25, matters from .33 on, in four corpora


def common(said: pd.DataFrame, topic: np.ndarray, near: np.ndarray, k: int) -> np.ndarray:
    """Return, per topic, which share of its sentences holds one of its three most telling words: (k,) float32.

    Language by language, function words and judgements included; a topic nobody speaks of has 1.

    Args:
        said: wordings with text, language.
        topic: (n,) topic of each, −1 for none; near: (n,) similarity to its centre.
        k: topics.
    """
    import numpy as np

    texts, languages = said["text"].to_numpy(), said["language"].fillna("").to_numpy()
    held, of = np.zeros(k), np.zeros(k)
    for language in sorted(set(languages)):
        parts = [[_stems(texts[row]) for row in rows] for rows in read(topic, near, languages == language, k)]
        counts = [Counter(one for part in rows for one in part) for rows in parts]
        overall: Counter[str] = Counter()
        for counted in counts:
            overall.update(counted)
        everything = sum(map(len, parts))
        for at, (rows, counted) in enumerate(zip(parts, counts, strict=True)):
            if len(rows) >= FEWEST:
                best = set(telling_most(counted, len(rows), overall, everything)[:WORDS])
                held[at] += sum(not best.isdisjoint(part) for part in rows)
                of[at] += len(rows)
    return np.divide(held, of, out=np.ones(k), where=of > 0).astype(np.float32)


def read(topic: np.ndarray, near: np.ndarray, chosen: np.ndarray, k: int) -> list[np.ndarray]:
    """Choose the rows of each topic that its words are counted in: all, or ``MOST_READ`` evenly from near to far."""
    import numpy as np

    rows = np.flatnonzero(chosen & (topic >= 0))
    rows = rows[np.lexsort((-near[rows], topic[rows]))]
    parts = np.split(rows, np.searchsorted(topic[rows], np.arange(1, k)))
    return [
        part if len(part) <= MOST_READ else part[np.linspace(0, len(part) - 1, MOST_READ).astype(np.int64)]
        for part in parts
    ]


def telling_most(counted: Counter, size: int, overall: Counter, everything: int) -> list:
    """Return what sets a topic apart, the most telling first: of words or terms in at least two sentences and ``LEAST_SHARE``.

    The measure is each one's part of the relative entropy (Kullback & Leibler 1951): its share of the topic's sentences
    times the logarithm of how many times its share in all others that is. What most of a topic says so outweighs what few
    say and nobody else does, such as a typing error. Half a sentence is added to either side.

    Args:
        counted, size: how many of the topic's sentences hold each, and how many sentences there are.
        overall, everything: the same over all topics.

    Example:
        >>> telling_most(Counter(parcel=9, pracel=2, the=9), 10, Counter(parcel=12, pracel=2, the=90), 100)
        ['parcel', 'pracel', 'the']
    """

    def told(one: Any) -> float:
        inside, others = (
            (counted[one] + 0.5) / (size + 1),
            (overall[one] - counted[one] + 0.5) / (everything - size + 1),
        )
        return counted[one] / size * math.log(inside / others)

    score = {one: told(one) for one, count in counted.items() if count >= max(2, LEAST_SHARE * size)}
    return sorted(score, key=lambda one: (-score[one], one))


def _stems(text: str) -> set[str]:
    return {stem(word) for word in words(text)}
