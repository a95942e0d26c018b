"""Open topics as a BERTopic model, so that an analyst has its tables and pictures in JupyterLab.

BERTopic's stages are made to be replaced: the encoder is ours, nothing is reduced, and the cluster stage gives every
sentence to our frozen centres. Its own defaults (UMAP, HDBSCAN) are neither imported nor needed. Keep a model with
``Topics.save``: what BERTopic writes as safetensors loses the cluster stage, and with it the floors.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import pandas as pd

from ..corpus import Corpus
from ..embed import encoder as encoder_of
from ..words import stem
from .model import NONE, Topics
from .naming import telling

if TYPE_CHECKING:
    import numpy as np
    from bertopic import BERTopic

MOST = 50_000  # sentences of a model to look at


def documents(corpus: Corpus, most: int = MOST, seed: int = 0) -> pd.DataFrame:
    """Return the speaking sentences that ``as_bertopic`` reads: ``text``, ``contact``, ``vector``, and created_local if known.

    Above ``most`` they are drawn by lot, in their order. BERTopic's functions ask for them again:
    ``model.topics_over_time(said["text"].tolist(), said["created_local"].tolist(), nr_bins=24)``.
    """
    import numpy as np

    said = corpus.segments.loc[~corpus.segments["empty"], ["text", "contact", "vector"]].reset_index(drop=True)
    if len(said) > most:
        said = said.iloc[np.sort(np.random.default_rng(seed).choice(len(said), most, replace=False))].reset_index(
            drop=True
        )
    if "created_local" in corpus.contacts:
        said["created_local"] = corpus.contacts["created_local"].to_numpy()[said["contact"]]
    return said


def as_bertopic(
    topics: Topics, corpus: Corpus, most: int = MOST, encode: Callable[[Sequence[str]], np.ndarray] | None = None
) -> BERTopic:
    """Open topics as a fitted BERTopic model over a corpus; topic numbers are those of ``topics``.

    Importing BERTopic takes some seconds. ``get_topic_info``, ``get_topic``, ``transform`` for new texts,
    ``hierarchical_topics``, ``topics_over_time`` and the ``visualize_…`` pictures that need no reduction to two dimensions
    work as in its documentation.

    Args:
        topics: what ``fit`` found; at least one topic.
        corpus: the contacts to look at.
        most: sentences read at most.
        encode: texts → (n, d) unit rows, for new texts; the encoder of ``topics`` where it is left out.

    Raises:
        ValueError: there is no topic, or no sentence, to open.

    Example:
        >>> model = as_bertopic(topics, corpus)                          # doctest: +SKIP
        >>> model.get_topic_info().head()                                # doctest: +SKIP
    """
    said = documents(corpus, most)
    if not len(topics) or said.empty:
        raise ValueError(" ".join(("There is nothing to open in BERTopic.", *topics.notes)))
    from bertopic.vectorizers import ClassTfidfTransformer
    from sklearn.feature_extraction.text import CountVectorizer

    texts = said["text"].tolist()
    model = _model_class()(
        language="multilingual",
        embedding_model=_embedder(encode or (lambda new: encoder_of(topics.encoder).encode(new))),
        umap_model=_unreduced(),
        hdbscan_model=Nearest(topics),
        vectorizer_model=CountVectorizer(analyzer=analyser(texts)),
        ctfidf_model=ClassTfidfTransformer(),
        calculate_probabilities=False,
    )
    model.fit(texts, corpus.vectors[said["vector"].to_numpy()])
    shown = set(model.get_topics())
    model.set_topic_labels({at: label for at, label in enumerate(topics.labels) if at in shown})
    return model


def analyser(texts: Sequence[str]) -> Callable[[str], list[str]]:
    """Return a function from a text to its words for scikit-learn's CountVectorizer: Chinese cut, forms of a stem as one."""
    forms: dict[str, Counter[str]] = defaultdict(Counter)
    for text in texts:
        for word in telling(text):
            forms[stem(word)][word] += 1
    written = {root: max(counted.items(), key=lambda pair: (pair[1], pair[0]))[0] for root, counted in forms.items()}
    return lambda text: [written.get(stem(word), word) for word in telling(text)]


class Nearest:
    """BERTopic's cluster stage: nothing is fitted, every row goes to the nearest frozen centre above its floor."""

    def __init__(self, topics: Topics):
        self.topics = topics
        self.labels_: np.ndarray | None = None

    def fit(self, vectors: np.ndarray, y: object = None) -> Nearest:
        """Assign the rows of the corpus."""
        self.labels_ = self.predict(vectors)
        return self

    def predict(self, vectors: np.ndarray) -> np.ndarray:
        """Return the topic of each row, −1 for none."""
        return self.topics.assign(vectors)[0].astype(int)


def _unreduced():
    from bertopic.dimensionality import BaseDimensionalityReduction

    return BaseDimensionalityReduction()


def _embedder(encode: Callable[[Sequence[str]], np.ndarray]):
    from bertopic.backend import BaseEmbedder

    class Embedder(BaseEmbedder):
        """Our encoder, as BERTopic calls it."""

        def embed(self, documents: Sequence[str], verbose: bool = False) -> np.ndarray:
            return encode(list(documents))

    return Embedder()


def _model_class():
    from bertopic import BERTopic

    class Opened(BERTopic):
        """BERTopic that leaves our topic numbers as they are: they are what ledgers and pages refer to."""

        def _sort_mappings_by_frequency(self, documents: pd.DataFrame) -> pd.DataFrame:
            self._update_topic_size(documents)
            return documents

        def transform(self, documents, embeddings=None, images=None) -> tuple[list[int], np.ndarray]:
            """Return the topic of each new text, −1 for none, and its similarity to the nearest centre.

            BERTopic's own asks here whether the cluster stage is an HDBSCAN, and fails where that is not installed.
            """
            texts = [documents] if isinstance(documents, str) else list(documents)
            rows = self._extract_embeddings(texts) if embeddings is None else embeddings
            topic, near = self.hdbscan_model.topics.assign(rows)
            return topic.tolist(), near

    return Opened


__all__ = ["MOST", "NONE", "Nearest", "analyser", "as_bertopic", "documents"]
