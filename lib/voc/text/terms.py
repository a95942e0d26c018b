"""Words as numbers: hashed stems, pairs of stems and runs of Chinese characters, weighed by how rare they are."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING

from .words import stem
from .words import words as cut

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_matrix

BUCKETS = 2**18  # of the hash that terms fall into
READ = 4_000  # letters of a text that are read
REMEMBERED = 150_000  # texts whose counts are kept: folds, heads and moods ask for the same ones up to ten times
HAN_RUN = re.compile("[\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff]+")


_counted: dict[str, tuple[np.ndarray, np.ndarray]] = {}


def counts_of(texts: Sequence[str]) -> csr_matrix:
    """Count hashed terms: (n, BUCKETS); each text is taken apart once, and its counts are remembered."""
    import numpy as np
    from scipy.sparse import csr_matrix

    if not len(texts) or len(texts) > REMEMBERED:
        return _hashed(texts)
    rows = _rows(texts)
    ends = np.cumsum([0, *(len(buckets) for buckets, _ in rows)], dtype=np.int32)
    buckets, counts = (np.concatenate([row[side] for row in rows]) for side in (0, 1))
    return csr_matrix((counts, buckets, ends), shape=(len(rows), BUCKETS))


def _rows(texts: Sequence[str]) -> list[tuple[np.ndarray, np.ndarray]]:
    """Return the buckets (ascending) and the counts of each text."""
    new = [text for text in dict.fromkeys(texts) if text not in _counted]
    if len(_counted) + len(new) > REMEMBERED:
        _counted.clear()
        new = list(dict.fromkeys(texts))
    if new:
        made = _hashed(new)
        parts = (slice(*ends) for ends in pairwise(made.indptr.tolist()))
        _counted.update((text, (made.indices[part], made.data[part])) for text, part in zip(new, parts, strict=True))
    return [_counted[text] for text in texts]


def _hashed(texts: Sequence[str]) -> csr_matrix:
    import numpy as np
    from sklearn.feature_extraction.text import HashingVectorizer

    hashed = HashingVectorizer(n_features=BUCKETS, analyzer=terms, alternate_sign=False, norm=None, dtype=np.float32)
    return hashed.transform(texts) if len(texts) else hashed.transform([""])[:0]


def tf_idf(counts: csr_matrix, rarity: np.ndarray) -> csr_matrix:
    """Weigh counts: one plus their logarithm, times rarity, rows of unit length (TF-IDF, Salton & Buckley 1988)."""
    import numpy as np
    from sklearn.preprocessing import normalize

    weighed = counts.copy()
    weighed.data = (1 + np.log(weighed.data)) * rarity[weighed.indices]
    return normalize(weighed, copy=False)


def terms(text: str) -> list[str]:
    """Return stems and pairs of neighbours; of Chinese runs all one to three characters, which need no dictionary."""
    text = text[:READ]
    runs = HAN_RUN.findall(text)
    said = [stem(word) for word in cut(HAN_RUN.sub(" ", text) if runs else text)]
    grams = [run[at : at + size] for run in runs for size in (1, 2, 3) for at in range(len(run) - size + 1)]
    return said + [f"{one} {two}" for one, two in pairwise(said)] + grams
