"""Four ways to topics, each run by topics.py in a process of its own: ``SIDE DATA OUT SEED FITS TOPICS``.

DATA holds texts and vectors; labels, labels with every text assigned, and the ten first words of each topic go to OUT;
seconds of the first fit (with imports) and of the second, and peak memory, are printed as JSON.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from collections.abc import Callable
from itertools import combinations

import numpy as np

TOP = 10  # words of a topic that NPMI and diversity look at
Found = tuple[np.ndarray, np.ndarray, list[list[str]]]


def ours(texts: list[str], vectors: np.ndarray, seed: int, topics: int) -> Found:
    """Fit on whole texts as BERTopic does, its number of topics from stability; words one by one."""
    import pandas as pd
    from voc.text.corpus import Corpus
    from voc.text.topics import TopicRules
    from voc.text.topics.fit import fit

    rows = np.arange(len(texts))
    contacts = pd.DataFrame({"interaction_id": rows, "text": texts, "language": "en"})
    segments = pd.DataFrame({"contact": rows, "text": texts, "empty": False, "vector": rows})
    found = fit(Corpus(contacts, segments, vectors), TopicRules(most_words=15), seed)
    labels, _ = found.assign(vectors)
    every = (found.placed(vectors) @ found.centroids.T).argmax(axis=1)
    words = [list(dict.fromkeys(" ".join(entry.get("en", ())).split()))[:TOP] for entry in found.words]
    return labels, every, words


def bertopic(texts: list[str], vectors: np.ndarray, seed: int, topics: int) -> Found:
    """Fit BERTopic as it comes; a seed ≥ 0 is UMAP's, with the other arguments that BERTopic gives it."""
    from bertopic import BERTopic
    from umap import UMAP

    fixed = {"n_neighbors": 15, "n_components": 5, "min_dist": 0.0, "metric": "cosine"}
    model = BERTopic(umap_model=UMAP(**fixed, random_state=seed)) if seed >= 0 else BERTopic()
    labels, _ = model.fit_transform(texts, vectors)
    bertopic.last = model
    words = [[word for word, _ in model.get_topic(at)][:TOP] for at in range(max(labels) + 1)]
    return np.array(labels), np.array(labels), words


def nmf(texts: list[str], vectors: np.ndarray, seed: int, topics: int) -> Found:
    """Fit scikit-learn's NMF on TF-IDF, with as many topics as ours found."""
    from sklearn.decomposition import NMF
    from sklearn.feature_extraction.text import TfidfVectorizer

    return _factors(TfidfVectorizer(stop_words="english"), NMF(topics, random_state=seed, init="nndsvdar"), texts)


def lda(texts: list[str], vectors: np.ndarray, seed: int, topics: int) -> Found:
    """Fit scikit-learn's LDA on word counts, with as many topics as ours found."""
    from sklearn.decomposition import LatentDirichletAllocation
    from sklearn.feature_extraction.text import CountVectorizer

    return _factors(CountVectorizer(stop_words="english"), LatentDirichletAllocation(topics, random_state=seed), texts)


def _factors(vectoriser, model, texts: list[str]) -> Found:
    labels = model.fit_transform(vectoriser.fit_transform(texts)).argmax(axis=1)
    names = vectoriser.get_feature_names_out()
    return labels, labels, [names[np.argsort(-row, kind="stable")[:TOP]].tolist() for row in model.components_]


SIDES: dict[str, Callable[[list[str], np.ndarray, int, int], Found]] = {
    "ours": ours,
    "bertopic": bertopic,
    "nmf": nmf,
    "lda": lda,
}


def npmi(tops: list[list[str]], texts: list[str]) -> float:
    """Return the coherence of topics' words: normalised pointwise mutual information over texts, mean over pairs.

    Bouma 2009; a pair that never meets counts −1. Texts are cut into words both ways that the sides cut them.
    """
    from sklearn.feature_extraction.text import CountVectorizer
    from voc.text.words import words

    usual = CountVectorizer().build_analyzer()
    vocabulary = {word: at for at, word in enumerate(sorted({word for row in tops for word in row}))}
    there = CountVectorizer(analyzer=lambda text: {*usual(text), *words(text)}, vocabulary=vocabulary, binary=True)
    matrix = there.transform(texts).astype(np.float64)
    share = np.asarray(matrix.mean(axis=0)).ravel()
    both = (matrix.T @ matrix).toarray() / len(texts)
    scores = []
    for row in tops:
        for one, other in combinations([vocabulary[word] for word in row], 2):
            joint = both[one, other]
            scores.append(-1.0 if joint == 0 else np.log(joint / (share[one] * share[other])) / -np.log(joint))
    return float(np.mean(scores)) if scores else 0.0


def diversity(tops: list[list[str]]) -> float:
    """Return the share of different words among all topics' words."""
    every = [word for row in tops for word in row]
    return len(set(every)) / len(every) if every else 0.0


def main(side: str, data: str, out: str, seed: str, fits: str, topics: str) -> None:
    with np.load(data) as kept:
        texts, vectors = kept["texts"].tolist(), kept["vectors"]
    seconds, worked = [], []
    for _ in range(int(fits)):
        start, begun = time.perf_counter(), time.process_time() if seconds else 0.0
        labels, every, words = SIDES[side](texts, vectors, int(seed), int(topics))
        seconds.append(time.perf_counter() - start)
        worked.append(time.process_time() - begun)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / (2**20 if sys.platform == "darwin" else 2**10)
    if side == "bertopic" and len(texts) < 50_000:  # assigning the outliers is no part of its fit
        every = np.array(
            bertopic.last.reduce_outliers(texts, labels.tolist(), strategy="embeddings", embeddings=vectors)
        )
    np.savez(out, labels=labels, every=every, words=np.array(["\t".join(row) for row in words]))
    figures = {"cold": seconds[0], "warm": seconds[-1], "worked cold": worked[0], "worked warm": worked[-1]}
    figures |= {"megabytes": peak, "topics": float(labels.max() + 1)}
    print(json.dumps(figures))


if __name__ == "__main__":
    main(*sys.argv[1:7] if len(sys.argv) > 6 else (*sys.argv[1:], "0"))
