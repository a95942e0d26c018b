"""What falls out of all known topics and still holds together: candidates for new topics.

A frozen set of topics grows old. Sentences of the last months that are near to no topic are clustered by themselves; a
cluster is a candidate when refits on halves find it again, enough different customers say it, it is told more than before,
and its centre does not lie inside a topic that is known already. The known topics are not touched.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import TYPE_CHECKING

from pydantic import Field

from ...data.sources import Strict
from ..words import STOP, stem, words
from .graph import centres, communities, nearest, ties
from .model import Topics

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_array

    from ..corpus import Corpus


class NoveltyRules(Strict):
    """From when what falls out of all topics is a topic of its own."""

    months: int = Field(default=6, ge=1, description="last periods whose sentences near to no topic are looked through")
    least_sentences: int = Field(default=12, ge=4, description="fewest distinct sentences of a new topic")
    least_voices: int = Field(default=12, ge=3, description="fewest different customers who say it")
    least_stability: float = Field(
        default=0.5, ge=0, le=1, description="how much of it refits on halves must find again"
    )
    grown: float = Field(default=2.0, ge=1, description="times its share of voices before, from which it is new")
    sure: float = Field(
        default=0.01, gt=0, lt=0.5, description="chance of so many voices without growth, over all candidates"
    )
    most: int = Field(
        default=12_000, ge=100, description="most distinct sentences looked through; of more, a lot decides"
    )


RESOLUTIONS = (0.1, 0.3, 1.0, 3.0, 10.0)  # coarse to fine: the widest cluster that is tight and steady is taken
HALVES, NEIGHBOURS = 6, 10
AS_TIGHT = 0.9  # part of the known topics' median floor that a candidate's own floor must reach
OWN_BELOW = 0.05  # part of a new topic's own sentences that lie below its floor
MOST_WORDS, MOST_EXAMPLES = 8, 5


def candidates(
    topics: Topics,
    corpus: Corpus,
    period: np.ndarray,
    teller: np.ndarray,
    last: int,
    rules: NoveltyRules,
    seed: int,
    tight: float | None = None,
) -> Topics:
    """Return new topics among what is near to none of the known ones, largest first; none where nothing qualifies.

    Args:
        topics: known ones, frozen.
        corpus: contacts up to the period under report.
        period: (contacts,) number of each contact's period, −1 outside.
        teller: (contacts,) number of the customer who speaks.
        last: number of the period under report.
        rules: when a cluster is a topic.
        seed: of Louvain and of the halves.
        tight: least floor of a candidate; a little under the known topics' own unless said.

    Returns:
        Topics of the same space (``axes``), each with its stability, words and examples.
    """
    import numpy as np

    contact, vector = (corpus.segments[name].to_numpy() for name in ("contact", "vector"))
    speaks = ~corpus.segments["empty"].to_numpy() & (period[contact] >= 0) & (period[contact] <= last)
    none = Topics.none(topics.encoder, corpus.vectors.shape[1])
    recent = speaks & (period[contact] > last - rules.months)
    near = topics.assign(corpus.vectors)[0]
    pool = np.unique(vector[recent & (near[vector] < 0)])
    pool = np.sort(np.random.default_rng(seed).permutation(pool)[: rules.most])
    if len(pool) < 2 * rules.least_sentences:
        return none
    rows = topics.placed(corpus.vectors[pool])
    if tight is None:
        held = topics.floors[topics.floors <= 1]
        tight = AS_TIGHT * float(np.median(held)) if len(held) else -1.0
    labels, found, floors, steady = _clusters(rows, tight, rules, seed)
    kept = np.flatnonzero(topics.assign(found)[0] < 0) if len(found) else np.zeros(0, dtype=int)
    told = _told(topics.placed(corpus.vectors), found[kept], floors[kept], near < 0)
    new = [
        (number, size) for number, size in (
            (at, _grown(told[:, place], contact, vector, speaks, recent, teller, rules, len(kept))) for place, at in enumerate(kept)
        ) if size
    ]  # fmt: skip
    order = [number for number, _ in sorted(new, key=lambda one: (-one[1], one[0]))]
    sizes = dict(new)
    if not order:
        return none
    language = _languages(corpus)[contact]
    said = _said(corpus, pool, labels, recent, contact, vector, language)
    described = [_described(said[one], said, corpus, pool, rows @ found[one]) for one in order]
    from dataclasses import replace

    return replace(
        none,
        centroids=found[order],
        floors=floors[order],
        sizes=np.array([sizes[one] for one in order], dtype=np.int64),
        stability=steady[order].astype(np.float32),
        words=tuple(one[0] for one in described),
        examples=tuple(one[1] for one in described),
        labels=tuple(one[2] for one in described),
        names=tuple({} for _ in order),
        axes=topics.axes,
    )


def _clusters(
    rows: np.ndarray, tight: float, rules: NoveltyRules, seed: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """Return each row's cluster (−1 for none), and the clusters' centres, floors and stability, from coarse to fine."""
    import numpy as np

    graph = ties(nearest(rows, NEIGHBOURS), np.arange(len(rows)), NEIGHBOURS)
    halves = _halves(rows, seed)
    labels = np.full(len(rows), -1)
    kept: list[tuple[np.ndarray, float, float]] = []
    for resolution in RESOLUTIONS:
        own = communities(graph, resolution, seed, rules.least_sentences)
        if own.max(initial=-1) < 0:
            break
        again = _found_again(own, halves, resolution, rules, seed)
        for one, centre in enumerate(centres(rows, own)):
            mine = own == one
            floor = float(np.quantile(rows[mine] @ centre, OWN_BELOW))
            if floor >= tight and again[one] >= rules.least_stability and (labels[mine] < 0).all():
                labels[mine] = len(kept)
                kept.append((centre, floor, float(again[one])))
    found = np.array([one[0] for one in kept], np.float32).reshape(len(kept), rows.shape[1])
    return labels, found, *(np.array([one[at] for one in kept], np.float32) for at in (1, 2))


def _halves(rows: np.ndarray, seed: int) -> list[tuple[np.ndarray, csr_array]]:
    """Draw halves of the rows, each with its graph."""
    import numpy as np

    rng, found = np.random.default_rng(seed), []
    for _ in range(HALVES):
        half = np.sort(rng.permutation(len(rows))[: len(rows) // 2])
        found.append((half, ties(nearest(rows[half], NEIGHBOURS), np.arange(len(half)), NEIGHBOURS)))
    return found


def _found_again(
    labels: np.ndarray,
    halves: Sequence[tuple[np.ndarray, csr_array]],
    resolution: float,
    rules: NoveltyRules,
    seed: int,
) -> np.ndarray:
    """Return how much of each cluster refits on halves find again: the best Jaccard index among the half's clusters."""
    import numpy as np

    many = int(labels.max()) + 1
    again = np.zeros((len(halves), many))
    for turn, (half, graph) in enumerate(halves):
        other = communities(graph, resolution, seed + turn, max(rules.least_sentences // 2, 3))
        own, width = labels[half], max(int(other.max(initial=-1)) + 1, 1)
        size = np.bincount(other[other >= 0], minlength=width)
        for one in range(many):
            mine = own == one
            both = np.bincount(other[mine & (other >= 0)], minlength=width)
            again[turn, one] = (both / np.maximum(size + mine.sum() - both, 1)).max()
    return again.mean(axis=0)


def _told(rows: np.ndarray, found: np.ndarray, floors: np.ndarray, free: np.ndarray) -> np.ndarray:
    """Return (sentences, candidates) bool: which sentences, near to no known topic, lie nearest to which candidate."""
    import numpy as np

    likeness = rows @ found.T
    inside = (likeness >= floors) & free[:, None]
    first = np.zeros_like(inside)
    if inside.shape[1]:
        first[np.arange(len(rows)), np.where(inside, likeness, -2).argmax(axis=1)] = True
    return inside & first


def _grown(
    mine: np.ndarray, contact: np.ndarray, vector: np.ndarray, speaks: np.ndarray, recent: np.ndarray, teller: np.ndarray,
    rules: NoveltyRules, tried: int,
) -> int:  # fmt: skip
    """Return the voices of a candidate in the last periods, 0 where it is too small or was told as much before."""
    import numpy as np
    from scipy.stats import binom

    says = speaks & mine[vector]
    hits, before = (len(np.unique(teller[contact[rows]])) for rows in (says & recent, says & ~recent))
    n, rest = (len(np.unique(teller[contact[rows]])) for rows in (recent, speaks & ~recent))
    if hits < rules.least_voices or (rest and hits / n < rules.grown * before / rest):
        return 0
    chance = binom.sf(hits - 1, hits + before, n / (n + rest)) if rest else 0.0
    return hits if chance <= rules.sure / max(tried, 1) else 0


def _languages(corpus: Corpus) -> np.ndarray:
    import numpy as np

    if "language" not in corpus.contacts:
        return np.full(len(corpus.contacts), "", dtype=object)
    return corpus.contacts["language"].fillna("").astype(str).to_numpy(object)


def _said(
    corpus: Corpus, pool: np.ndarray, labels: np.ndarray, recent: np.ndarray, contact: np.ndarray, vector: np.ndarray,
    language: np.ndarray,
) -> dict[int, list[tuple[str, int]]]:  # fmt: skip
    """Return (language, row of the pool) of each sentence of the pool by cluster, each sentence once."""
    import numpy as np

    at = np.searchsorted(pool, vector)
    inside = recent & (at < len(pool))
    inside[inside] = pool[at[inside]] == vector[inside]
    found: dict[int, dict[int, str]] = {}
    for row, tongue in zip(at[inside], language[inside], strict=True):
        found.setdefault(int(labels[row]), {}).setdefault(int(row), str(tongue))
    return {label: [(tongue, row) for row, tongue in sorted(rows.items())] for label, rows in found.items()}


def _described(
    mine: Sequence[tuple[str, int]],
    every: dict[int, list[tuple[str, int]]],
    corpus: Corpus,
    pool: np.ndarray,
    likeness: np.ndarray,
) -> tuple[dict[str, tuple[str, ...]], dict[str, tuple[str, ...]], str]:
    """Return words and examples by language, and a label, of one cluster among all of the pool."""
    text = corpus.segments.drop_duplicates("vector").set_index("vector")["text"]
    chosen, examples = {}, {}
    for tongue in sorted({tongue for tongue, _ in mine}):
        rows = [row for own, row in mine if own == tongue]
        others = [row for label, part in every.items() for own, row in part if own == tongue]
        inside, around = (_stems([text[pool[row]] for row in part]) for part in (rows, others))
        forms = inside[1]
        score = {key: n * n / around[0][key] for key, n in inside[0].items() if n >= min(3, len(rows))}
        best = sorted(score, key=lambda key: (-score[key], key))[:MOST_WORDS]
        chosen[tongue] = tuple(forms[key].most_common(1)[0][0] for key in best)
        nearest_rows = sorted(rows, key=lambda row: (-round(float(likeness[row]), 4), row))[:MOST_EXAMPLES]
        examples[tongue] = tuple(str(text[pool[row]]) for row in nearest_rows)
    most = max(chosen, key=lambda tongue: (sum(own == tongue for own, _ in mine), tongue))
    return chosen, examples, ", ".join(chosen[most][:3]) or "without words"


def _stems(texts: Sequence[str]) -> tuple[Counter, dict[str, Counter]]:
    counts: Counter = Counter()
    forms: dict[str, Counter] = {}
    for text in texts:
        own = {stem(word): word for word in words(text) if word not in STOP and (len(word) > 1 or word > "\u2e80")}
        counts.update(own.keys())
        for key, form in own.items():
            forms.setdefault(key, Counter())[form] += 1
    return counts, forms
