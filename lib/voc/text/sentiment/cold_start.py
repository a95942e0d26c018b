"""Moods without a single score: labelled sentences of our own in English, Russian and Chinese, and what is learned from them.

The sentences are written for this purpose, evenly over moods, languages and trades, each trade with all three moods, so
that no matter is bad by itself. Irony, politeness, negation («not bad», «неплохо», «还不错») and complaints without a word
of feeling («nobody has rung the bell yet») are among them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from ..terms import counts_of, tf_idf
from .verdicts import verdict

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from scipy.sparse import csr_matrix

    from ..vectors import Vectors

LANGUAGES = ("en", "ru", "zh")
NAMES = ("negative", "neutral", "positive")
"""The moods −1, 0 and 1, in the order of all columns of probabilities."""
SIDES = (-1.0, 0.0, 1.0)
"""How evidence of one mood against the other counts in the three logits."""
BY_VECTOR, BY_WORD = 0.3, 3.0
"""Inverse strength of the ridges. That of vectors is strong: a trade left out is read best so (.3 to 1)."""
SURER, WORDS = 1.5, 0.6
"""Weights of vectors and words in the sum of logits: under these a trade left out is likeliest, and so calibrated."""


@cache
def sentences() -> pd.DataFrame:
    """Return the labelled sentences: language, trade, mood (−1, 0, 1), text; as the files have them.

    Example:
        >>> sentences().groupby(["language", "mood"]).size().min() >= 100
        True
    """
    import pandas as pd

    rows = []
    for language in LANGUAGES:
        lines = files(__package__).joinpath(f"cold_{language}.txt").read_text(encoding="utf-8").splitlines()
        trade, mood = "", 0
        for line in lines:
            if line.startswith("["):
                trade, _, name = line.strip("[]").partition(" ")
                mood = NAMES.index(name) - 1
            elif line.strip():
                rows.append((language, trade, mood, line.strip()))
    return pd.DataFrame(rows, columns=["language", "trade", "mood", "text"])


@dataclass(frozen=True)
class Cold:
    """What is learned from the sentences: slopes and intercepts of vectors, weights of hashed words."""

    by_vector: np.ndarray  # (dims, 3)
    base: np.ndarray  # (3,)
    buckets: np.ndarray
    rarity: np.ndarray
    by_word: np.ndarray  # (buckets, 3)

    def logits(self, texts: Sequence[str], vectors: np.ndarray) -> np.ndarray:
        """Return (n, 3): the logits of negative, neutral, positive; their softmax is calibrated for equal shares."""
        import numpy as np

        words = tf_idf(counts_of(list(texts))[:, self.buckets], self.rarity) @ self.by_word
        said = np.array([verdict(text) for text in texts], dtype=float)
        return SURER * (vectors @ self.by_vector + self.base) + WORDS * words + said[:, None] * np.array(SIDES)


def learn_cold(vectors: Vectors) -> Cold:
    """Learn from all labelled sentences; their vectors come from the same place as the customers'."""
    known = sentences()
    texts = known["text"].tolist()
    return _fit(vectors.of(texts), counts_of(texts), known["mood"].to_numpy())


def _fit(vectors: np.ndarray, counts: csr_matrix, moods: np.ndarray) -> Cold:
    """Learn moods (all three must be there) from vectors (n, dims) and counted words."""
    import numpy as np
    from sklearn.linear_model import LogisticRegression

    heard = LogisticRegression(C=BY_VECTOR, max_iter=500, tol=1e-3).fit(vectors, moods)
    often = np.bincount(counts.indices, minlength=counts.shape[1])  # a row names a bucket once
    buckets = np.flatnonzero(often >= 2)
    rarity = (np.log((1 + len(moods)) / (1 + often[buckets])) + 1).astype(np.float32)
    weighed = tf_idf(counts[:, buckets], rarity)
    said = LogisticRegression(C=BY_WORD, max_iter=500, tol=1e-3, fit_intercept=False).fit(weighed, moods)
    return Cold(heard.coef_.T.astype(np.float32), heard.intercept_, buckets, rarity, said.coef_.T)


def left_out(vectors: Vectors) -> pd.DataFrame:
    """Read each labelled sentence by what the other trades teach: how sure is a mood without any score?

    Returns ``sentences()`` with the logits negative, neutral, positive. No sentence has a translation among those it is
    read by: translations stand in the same trade.
    """
    import numpy as np

    known = sentences()
    texts = known["text"].tolist()
    rows, counts, moods = vectors.of(texts), counts_of(texts), known["mood"].to_numpy()
    made = np.zeros((len(known), 3))
    for trade in sorted(set(known["trade"])):
        mine = (known["trade"] == trade).to_numpy()
        cold = _fit(rows[~mine], counts[~mine], moods[~mine])
        made[mine] = cold.logits([texts[at] for at in np.flatnonzero(mine)], rows[mine])
    return known.assign(**dict(zip(NAMES, made.T, strict=True)))


def read_unknown(vectors: Vectors) -> pd.DataFrame:
    """Return ``left_out`` with probabilities (0 to 1) in place of logits: how sure a sentence is read that nobody labelled."""
    from ..logistic import softmax

    read = left_out(vectors)
    read[list(NAMES)] = softmax(read[list(NAMES)].to_numpy())
    return read
