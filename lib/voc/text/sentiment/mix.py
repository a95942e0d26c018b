"""From sentences to contacts: probabilities of three moods, and the mood of somebody who shows one, both or none."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from numpy.typing import ArrayLike

CLEAR = 0.8
"""Probability from which a mood is called clear."""


def moods_of(probable: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return the likeliest mood (−1, 0, 1; int8) of each row of probabilities (n, 3), and its probability."""
    best = probable.argmax(axis=1) if len(probable) else np.zeros(0, dtype=int)
    return (best - 1).astype(np.int8), probable[np.arange(len(probable)), best]


def together(of: ArrayLike, probable: np.ndarray, count: int) -> pd.DataFrame:
    """Return the mood of texts from those of their sentences.

    A text shows displeasure as surely as its most displeased sentence, and pleasure alike: one angry sentence among ten
    of facts is an angry text. Where both show, they share the probability as their sums over the sentences stand.

    Args:
        of: (n,) number of each sentence's text, 0 to ``count`` − 1.
        probable: (n, 3) probabilities of the sentences.
        count: how many texts; one without sentences is neutral.

    Returns:
        One row a text: mood (−1, 0, 1; int8), p (its probability), negative, neutral, positive (probabilities), mixed
        (probability that both show), net (positive less negative, summed over sentences).

    Example:
        >>> shown = together([0, 0], np.array([[0.9, 0.1, 0.0], [0.0, 0.2, 0.8]]), 1).iloc[0]
        >>> int(shown["mood"]), round(float(shown["mixed"]), 2), round(float(shown["net"]), 2)
        (-1, 0.72, -0.1)
    """
    of = np.asarray(of, dtype=np.int64)
    bad, good = np.zeros(count), np.zeros(count)
    np.maximum.at(bad, of, probable[:, 0])
    np.maximum.at(good, of, probable[:, 2])
    sums = np.stack([np.bincount(of, probable[:, side], count) for side in (0, 2)])
    total = sums.sum(axis=0)
    share = np.divide(sums[0], total, out=np.full(count, 0.5), where=total > 0)
    both = bad * good
    parts = np.stack([bad - both + both * share, (1 - bad) * (1 - good), good - both + both * (1 - share)], axis=1)
    mood, p = moods_of(parts)
    columns = {"mood": mood, "p": p, "negative": parts[:, 0], "neutral": parts[:, 1], "positive": parts[:, 2]}
    return pd.DataFrame(columns | {"mixed": both, "net": sums[1] - sums[0]})
