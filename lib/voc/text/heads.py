"""A classifier's head: logistic regression on sentence vectors and on words, joined and calibrated out of fold.

Vectors know what a text means in any language, words know what a shop calls its things. Each gets a regression of its
own; their logits are added with two weights that are fitted on texts neither has seen, which calibrates the sum at the
same time (a product of experts, Hinton 2002; temperature scaling, Guo et al., ICML 2017).
"""

from __future__ import annotations

import json
from collections.abc import Hashable, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from .embed import plain
from .logistic import Learned, calibrated, drawn, learn, softmax
from .terms import counts_of

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_matrix

MOST = 60_000  # texts that a head learns from; of more, a random part
IN_FOLDS = 10_000  # texts that the head of a fold learns from: its accuracy is, if anything, told too low
CHUNK = 8_192  # texts that are weighed at a time: bounds memory


@dataclass(frozen=True)
class Head:
    """A trained head; only plain arrays and names, so that it is stored without pickle.

    ``seen`` is how many texts of each class were given (1: nothing could check that class), ``trained_on`` how many texts
    were used of all that were given, ``weights`` those of vectors and words in the sum of logits.
    """

    classes: tuple[str, ...]
    seen: tuple[int, ...]
    trained_on: int
    weights: tuple[float, float]
    learned: Learned = field(repr=False)

    def probabilities(self, texts: Sequence[str], vectors: np.ndarray) -> np.ndarray:
        """Return (n, k) calibrated probabilities, one column a class in the order of ``classes``; rows sum to 1.

        ``vectors`` are (n, dims), one row a text. A text none of whose words is known is weighed by its vector alone.
        """
        import numpy as np

        _check(texts, vectors)
        made = np.empty((len(texts), len(self.classes)))
        for at in range(0, len(texts), CHUNK):
            rows = slice(at, at + CHUNK)
            counts = counts_of(texts[rows]) if len(self.learned.buckets) else None
            made[rows] = softmax(self.learned.logits(vectors[rows], counts) @ np.array(self.weights))
        return made

    def save(self, path: Path) -> None:
        """Write the head as one .npz of plain arrays; the same head makes the same bytes."""
        import numpy as np

        told = {name: getattr(self, name) for name in ("classes", "seen", "trained_on", "weights")}
        with Path(path).open("wb") as file:
            np.savez(file, told=np.frombuffer(json.dumps(told).encode(), dtype=np.uint8), **self.learned._asdict())


def load(path: Path) -> Head:
    """Read a head that ``save`` wrote.

    Raises:
        OSError, ValueError, KeyError: the file is not there, or not one of a head.
    """
    import numpy as np

    with np.load(path, allow_pickle=False) as kept:
        told = json.loads(kept["told"].tobytes())
        learned = Learned(*(kept[name] for name in Learned._fields))
    return Head(tuple(told["classes"]), tuple(told["seen"]), told["trained_on"], tuple(told["weights"]), learned)


def fit(texts: Sequence[str], vectors: np.ndarray, labels: Sequence[str], *, seed: int, words: bool = True) -> Head:
    """Learn classes from labelled texts, and calibrate the probabilities on texts left out in turn (three folds).

    Args:
        texts: n texts.
        vectors: (n, dims), one row a text.
        labels: n names of classes. A class of one text is learned from it, but nothing can check it: see ``Head.seen``.
        seed: of the folds, and of the part that is drawn of more than ``MOST`` texts.
        words: whether words are read beside the vectors.

    Raises:
        ValueError: no labels, or lengths that differ.

    Measured by benchmarks/classifier.py.

    Example:
        >>> import numpy as np
        >>> head = fit(["late", "late parcel", "refund", "refund me"], np.eye(4), ["a", "a", "b", "b"], seed=1)
        >>> head.classes, head.seen
        (('a', 'b'), (2, 2))
    """
    return train(texts, vectors, labels, None, seed=seed, words=words, folds=3)[0]


def train(
    texts: Sequence[str],
    vectors: np.ndarray,
    labels: Sequence[str],
    groups: Sequence[Hashable] | None,
    *,
    seed: int,
    words: bool = True,
    folds: int = 3,
) -> tuple[Head, np.ndarray]:
    """Return the head of ``fit`` and the probabilities of ``out_of_fold`` from one pass over the same folds."""
    import numpy as np

    classes, of, counts, fold, logits = _logits(texts, vectors, labels, groups, seed, words, folds)
    rows = drawn(of, seed, MOST)
    learned = learn(np.asarray(vectors)[rows], counts[rows] if words else None, of[rows], len(classes), seed)
    seen = np.bincount(of, minlength=len(classes))
    weights = calibrated(logits, of, words=words)
    head = Head(tuple(map(str, classes)), tuple(map(int, seen)), len(rows), weights, learned)
    return head, _honest(logits, of, fold, words)


def out_of_fold(
    texts: Sequence[str],
    vectors: np.ndarray,
    labels: Sequence[str],
    groups: Sequence[Hashable] | None,
    *,
    seed: int,
    words: bool = True,
    folds: int = 5,
) -> np.ndarray:
    """Return honest probabilities: each text is weighed by a head that knows neither it, nor its customer, nor its wording.

    Args:
        groups: n ids of customers; all texts of one stay together. A missing id (None, nan) is a customer of its own.
            Texts that read alike but for numbers and case are never on both sides either.

    Returns:
        (n, k), columns in the order of the sorted distinct labels. The weights of vectors and words are fitted on the
        other folds. A class that a fold has not seen gets a probability near zero there.
    """
    _, of, _, fold, logits = _logits(texts, vectors, labels, groups, seed, words, folds)
    return _honest(logits, of, fold, words)


def deal(of: np.ndarray, groups: Sequence[Hashable] | None, folds: int, seed: int) -> np.ndarray:
    """Deal rows into folds: (n,) numbers below ``folds``; a group stays together, classes (``of``) are spread evenly."""
    import numpy as np
    import pandas as pd

    own = np.arange(len(of))
    if groups is not None:
        known = pd.factorize(pd.Series(list(groups), dtype=object))[0]
        own = np.unique(np.where(known < 0, own + len(of), known), return_inverse=True)[1]
    first = np.unique(own, return_index=True)[1]  # a group is spread by the class of its first text
    order = np.lexsort((np.random.default_rng(seed).permutation(len(first)), of[first]))
    place = np.empty(len(first), dtype=np.int64)
    place[order] = np.arange(len(first)) % folds
    return place[own]


def _logits(texts, vectors, labels, groups, seed: int, words: bool, folds: int) -> tuple:
    import numpy as np

    _check(texts, vectors, labels)
    classes, of = np.unique(np.asarray(labels, dtype=str), return_inverse=True)
    counts, fold = counts_of(texts) if words else None, deal(of, groups, folds, seed)
    return classes, of, counts, fold, _left_out(texts, np.asarray(vectors), counts, of, len(classes), fold, seed)


def _honest(logits: np.ndarray, of: np.ndarray, fold: np.ndarray, words: bool) -> np.ndarray:
    """Weigh the logits of each fold as the other folds ask for."""
    import numpy as np

    made = np.empty(logits.shape[:2])
    for part in np.unique(fold):
        mine = fold == part
        made[mine] = softmax(logits[mine] @ np.array(calibrated(logits[~mine], of[~mine], words=words)))
    return made


def _check(texts: Sequence[str], vectors: np.ndarray, labels: Sequence[str] | None = None) -> None:
    if len(texts) != len(vectors) or (labels is not None and len(labels) != len(texts)):
        given = f"{len(texts)} texts, {len(vectors)} vectors" + (
            f", {len(labels)} labels" if labels is not None else ""
        )
        raise ValueError(f"texts, vectors and labels must be as many: {given}")
    if labels is not None and not len(labels):
        raise ValueError("no labelled texts: nothing can be learned; label some, or name a column with labels")


def _left_out(
    texts: Sequence[str],
    vectors: np.ndarray,
    counts: csr_matrix | None,
    of: np.ndarray,
    k: int,
    fold: np.ndarray,
    seed: int,
) -> np.ndarray:
    """Return (n, k, 2) logits of each row from regressions that know neither its fold nor its wording."""
    import numpy as np
    import pandas as pd

    wording = pd.factorize(np.array([plain(text) for text in texts], dtype=object))[0]
    made = np.zeros((len(of), k, 2), dtype=np.float32)
    for part in np.unique(fold):
        mine = fold == part
        known = np.flatnonzero(~mine & ~np.isin(wording, wording[mine]))
        if len(known):
            known = known[drawn(of[known], seed, IN_FOLDS)]
            learned = learn(vectors[known], counts[known] if counts is not None else None, of[known], k, seed)
            made[mine] = learned.logits(vectors[mine], counts[mine] if counts is not None else None)
    return made
