"""Neighbourhoods of meaning inside one category: what a scan for hidden themes counts voices in.

A theme that hides inside a category is found as a scan statistic finds an outbreak on a map (Kulldorff, Communications in
Statistics 26, 1997), the map being the space of sentence vectors: many centres are laid through the sentences of the
category, around each lie all sentences nearer than a radius, in whatever language, and the voices inside are counted.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from ...text.corpus import Corpus

RADII = (0.45, 0.55, 0.65)  # least similarity of a sentence to the centre: a wide, a middle and a narrow look
MOST_CENTRES = 200
SENTENCES_PER_CENTRE = 6
ROUNDS = 2  # of moving the centres to the middle of what lies nearest (Lloyd)
MOST_SENTENCES = 6_000  # distinct sentences of one category that centres are laid through


@dataclass(frozen=True)
class Balls:
    """Neighbourhoods inside one category.

    Attributes:
        label: value of the category, empty for all contacts.
        rows: (n,) rows of ``corpus.contacts`` that are inside.
        used: (sentences,) rows of ``corpus.vectors`` that they say.
        says: (n, sentences) sparse counts; near: (sentences, balls) sparse 0 and 1.
        centres: (balls, dims) float32 unit rows; radii: (balls,).
    """

    label: str
    rows: np.ndarray
    used: np.ndarray
    says: csr_array
    near: csr_array
    centres: np.ndarray
    radii: np.ndarray

    def said(self, kept: np.ndarray | None = None) -> csr_array:
        """Return (n, balls) sparse 0 and 1: which contact says something inside which ball.

        ``kept`` (rows of ``corpus.vectors``,) bool leaves sentences out.
        """
        from scipy.sparse import csr_array

        says = self.says
        if kept is not None:
            chosen = np.flatnonzero(kept[self.used])
            says = self.says[:, chosen]
        found = csr_array(says @ (self.near if kept is None else self.near[chosen]))
        found.data[:] = 1
        return found


def balls(corpus: Corpus, rows: np.ndarray, label: str, seed: int) -> Balls:
    """Lay neighbourhoods through the sentences of some contacts.

    Args:
        corpus: contacts and sentences.
        rows: rows of ``corpus.contacts``, ascending.
        label: what they have in common.
        seed: of the lot that draws where the centres begin.
    """
    from scipy.sparse import csr_array, hstack

    inside = np.zeros(len(corpus.contacts), dtype=bool)
    inside[rows] = True
    contact = corpus.segments["contact"].to_numpy()
    kept = inside[contact] & ~corpus.segments["empty"].to_numpy()
    at = np.searchsorted(rows, contact[kept])
    used, sentence = np.unique(corpus.segments["vector"].to_numpy()[kept], return_inverse=True)
    vectors = corpus.vectors[used]
    centres = _centres(vectors, seed)
    likeness = vectors @ centres.T
    near = csr_array(hstack([csr_array(likeness >= radius, dtype=np.int64) for radius in RADII]))
    says = csr_array((np.ones(len(at), np.int64), (at, sentence)), shape=(len(rows), len(used)))
    radii = np.repeat(np.array(RADII), len(centres))
    return Balls(label, rows, used, says, near, np.tile(centres, (len(RADII), 1)), radii)


def _centres(vectors: np.ndarray, seed: int) -> np.ndarray:
    """Return (k, dims) centres: sentences drawn by lot, moved to the middle of what lies nearest to them."""
    from ...text.vectors import unit

    rng = np.random.default_rng(seed)
    drawn = rng.permutation(len(vectors))[:MOST_SENTENCES]
    sample = vectors[np.sort(drawn)]
    k = min(MOST_CENTRES, len(sample) // SENTENCES_PER_CENTRE)
    centres = sample[np.sort(rng.permutation(len(sample))[:k])]
    for _ in range(ROUNDS if k else 0):
        nearest = (sample @ centres.T).argmax(axis=1)
        order = np.argsort(nearest, kind="stable")
        found, first = np.unique(nearest[order], return_index=True)
        centres[found] = unit(np.add.reduceat(sample[order], first, axis=0))
    return centres
