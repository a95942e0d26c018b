"""What customers wrote, sentence by sentence, with a vector for each: what topics, categories and moods read."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd

from .scripts import HALF_SIGN
from .segments import split
from .smalltalk import is_empty
from .vectors import Vectors, unit


@dataclass(frozen=True)
class Corpus:
    """Contacts with words, their sentences, and the vectors of the distinct sentences.

    Attributes:
        contacts: one row per contact, by interaction_id: interaction_id, text, language and what else was handed over.
        segments: one row per sentence in the order of contacts: ``contact`` (row of ``contacts``), ``text``, ``empty``
            (greeting, thanks, «ok»: says nothing of a matter), ``vector`` (row of ``vectors``).
        vectors: (distinct sentences, dims) float32, rows of unit length.
    """

    contacts: pd.DataFrame
    segments: pd.DataFrame
    vectors: np.ndarray

    @cached_property
    def speaking(self) -> np.ndarray:
        """For each contact, whether any of its sentences says something: (contacts,) bool."""
        said = np.zeros(len(self.contacts), dtype=bool)
        said[self.segments.loc[~self.segments["empty"], "contact"].to_numpy()] = True
        return said

    def of_contacts(self) -> np.ndarray:
        """Return (contacts, dims): the mean of a contact's speaking sentences, of all where none speaks, unit length."""
        return self._of_contacts

    @cached_property
    def _of_contacts(self) -> np.ndarray:
        from scipy.sparse import csr_array

        contact, vector = (self.segments[name].to_numpy() for name in ("contact", "vector"))
        counts = ~self.segments["empty"].to_numpy() | ~self.speaking[contact]
        shape = (len(self.contacts), len(self.vectors))
        taken = csr_array((np.ones(counts.sum(), np.float32), (contact[counts], vector[counts])), shape=shape)
        return unit(taken @ self.vectors)


def corpus(contacts: pd.DataFrame, vectors: Vectors) -> Corpus:
    """Cut contacts into sentences and embed each distinct sentence once.

    Args:
        contacts: interaction_id, text; subject (read before the text) and any further column. Rows without a word in
            either are left out.
        vectors: where sentence vectors come from.

    Returns:
        A Corpus ordered by interaction_id.

    Example:
        >>> corpus(frame, Vectors(None, encoder())).segments        # doctest: +SKIP
    """
    contacts = contacts.sort_values("interaction_id", kind="stable")
    said = _whole(contacts["text"])
    if "subject" in contacts:
        said = [_beneath(head, body) for head, body in zip(_whole(contacts["subject"]), said, strict=True)]
    kept = np.array([bool(text.strip()) for text in said], dtype=bool)
    contacts = contacts[kept].reset_index(drop=True)
    parts = [split(text) for text, stays in zip(said, kept, strict=True) if stays]
    counts = np.fromiter(map(len, parts), dtype=np.int64, count=len(parts))
    sentences = [sentence for part in parts for sentence in part]
    codes, distinct = pd.factorize(np.array(sentences, dtype=object)) if sentences else (np.zeros(0, np.int64), [])
    empty = np.fromiter((is_empty(sentence) for sentence in distinct), dtype=bool, count=len(distinct))
    segments = pd.DataFrame(
        {
            "contact": np.repeat(np.arange(len(contacts)), counts),
            "text": pd.Series(sentences, dtype="str"),
            "empty": empty[codes],
            "vector": codes.astype(np.int64),
        }
    )
    return Corpus(contacts, segments, vectors.of(list(distinct)))


def _whole(texts: pd.Series) -> list[str]:
    """Return texts without missing ones and without halves of signs, which no table of strings can hold."""
    said = texts.astype(object).where(texts.notna(), "")
    return [HALF_SIGN.sub("\ufffd", str(text)) for text in said]


def _beneath(head: str, body: str) -> str:
    """Put a subject line above its text, unless the text begins with it."""
    head = head.strip()
    return body if not head or body.lower().startswith(head.lower()) else f"{head}\n{body}"
