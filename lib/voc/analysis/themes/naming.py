"""Words that only name a thing: a sentence that names its product is about that product, which is no news."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

from ...text.words import STOP, stem, words

if TYPE_CHECKING:
    import numpy as np

    from ...text.corpus import Corpus

_HAN = re.compile(r"[\u3400-\u9fff]")
SHORTEST = 3  # letters of a stem; shorter ones stand inside other words
GIVES_AWAY = {"part": 0.8, "contacts": 20, "categories": 3}
"""A word that so large a part of the time goes with one value, in so many contacts and categories, is a name for it."""
MOST_READ = 20_000  # distinct sentences from which the words that give a value away are learnt
_HEAD = 2  # ideographs: the last two of a Chinese name are its head, «水壶» of «电水壶»


def stems_of(wordings: Mapping[str, Sequence[str]]) -> list[str]:
    """Return what the names of some values have in common with their inflections, longest first.

    >>> stems_of({"Kora Kettle": ["чайник Kora", "Kora 电水壶"]})
    ['чайник', 'kettl', 'kora', '电水壶', '水壶']
    """
    found: set[str] = set()
    for value, others in wordings.items():
        for word in (word for wording in (str(value), *map(str, others)) for word in words(wording)):
            if _HAN.search(word):
                found |= {word, word[-_HEAD:]} if len(word) >= _HEAD else set()
            elif word not in STOP and len(stem(word)) >= SHORTEST:
                found.add(stem(word))
    return sorted(found, key=lambda one: (-len(one), one))


def names_any(texts: Sequence[str], wordings: Mapping[str, Sequence[str]], *, whole: bool = False) -> np.ndarray:
    """Tell which texts name any of the values, in any of their inflections: (n,) bool.

    With ``whole`` the wordings are stems already, and the values themselves are no names.

    >>> kettle = {"Kora Kettle": ["чайник Kora", "Kora 电水壶"]}
    >>> names_any(["My kettles leak", "У чайника нет крышки", "水壶漏水", "the parcel is late"], kettle).tolist()
    [True, True, True, False]
    """
    import numpy as np
    import pyarrow as pa
    import pyarrow.compute as pc

    stems = sorted({one for others in wordings.values() for one in others}) if whole else stems_of(wordings)
    if not stems or not len(texts):
        return np.zeros(len(texts), dtype=bool)
    # Arrow's own engine takes a tenth of the time; it cannot hold lone surrogates
    said = pa.array([text.lower().replace("ё", "е").encode("utf-8", "replace").decode() for text in texts])
    inner = "|".join(re.escape(one) for one in stems if _HAN.search(one))
    begin = "|".join(re.escape(one) for one in stems if not _HAN.search(one))
    pattern = "|".join([*([rf"(?:^|\PL)(?:{begin})"] if begin else []), *([inner] if inner else [])])
    return pc.match_substring_regex(said, pattern).to_numpy(zero_copy_only=False)


def nameless(
    corpus: Corpus, dimensions: Sequence[str], names: Mapping[str, Mapping[str, Sequence[str]]], by: str
) -> dict[str, np.ndarray]:
    """Return, per dimension, which distinct sentences name none of its values: (rows of ``corpus.vectors``,) bool.

    Names are the values themselves, their wordings in the labels file, and what customers call them: words that go with
    one value whatever the matter is (``GIVES_AWAY``).
    """
    said = corpus.segments.drop_duplicates("vector").sort_values("vector")["text"].tolist()
    found, stems = {}, _Stems(corpus, said, by) if dimensions else None
    for name in dimensions:
        own = {str(value): [] for value in corpus.contacts[name].dropna().unique()}
        given = {f"given {at}": [one] for at, one in enumerate(stems.give_away(name))}
        found[name] = ~(names_any(said, own | dict(names.get(name, {}))) | names_any(said, given, whole=True))
    return found


class _Stems:
    """Which contact holds which stem, among at most ``MOST_READ`` distinct sentences."""

    def __init__(self, corpus: Corpus, said: Sequence[str], by: str):
        import numpy as np
        import pandas as pd
        from scipy.sparse import csr_array

        every = -(-len(said) // MOST_READ)
        parts = [{stem(word) for word in words(text) if word not in STOP} for text in said[::every]]
        codes, self.known = pd.factorize(np.array([one for part in parts for one in sorted(part)], dtype=object))
        row = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
        holds = csr_array((np.ones(len(codes), np.int32), (row, codes)), shape=(len(parts), len(self.known)))
        pairs = (
            corpus.segments.loc[corpus.segments["vector"] % every == 0, ["contact", "vector"]]
            .drop_duplicates()
            .to_numpy()
        )
        shape = (len(corpus.contacts), len(parts))
        says = csr_array((np.ones(len(pairs), np.int32), (pairs[:, 0], pairs[:, 1] // every)), shape=shape)
        self.in_contact = csr_array(says @ holds)
        self.in_contact.data[:] = 1
        self.contacts, self.by = corpus.contacts, by

    def give_away(self, name: str) -> list[str]:
        """Return the stems that go with one value of a dimension whatever the category; none where there are no categories."""
        import numpy as np
        import pandas as pd
        from scipy.sparse import csr_array

        if self.by not in self.contacts:
            return []
        codes, values = pd.factorize(self.contacts[name])
        category, _ = pd.factorize(self.contacts[self.by])
        rows = np.flatnonzero((codes >= 0) & (category >= 0))
        if not len(rows) or len(values) < 2:
            return []
        own = self.in_contact[rows]
        ones = np.ones(len(rows), np.int32)
        by_value = (csr_array((ones, (codes[rows], np.arange(len(rows))))) @ own).toarray()
        total = by_value.sum(axis=0)
        often = total >= GIVES_AWAY["contacts"]
        clear = by_value.max(axis=0) >= GIVES_AWAY["part"] * np.maximum(total, 1)
        usual = np.bincount(codes[rows], minlength=len(values)) / len(rows)
        clear &= (
            usual[by_value.argmax(axis=0)] <= GIVES_AWAY["part"] / 2
        )  # where nearly all have one value, no word tells
        chosen = np.flatnonzero(often & clear)
        by_category = (csr_array((ones, (category[rows], np.arange(len(rows))))) @ own[:, chosen]).toarray()
        chosen = chosen[(by_category >= GIVES_AWAY["categories"]).sum(axis=0) >= GIVES_AWAY["categories"]]
        return sorted(str(self.known[at]) for at in chosen)
