"""Do topics follow language in place of what is said? A test to be printed beside them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .space import LEAST

if TYPE_CHECKING:
    import numpy as np

ONE_SIDED = 0.8  # share of one language from which a topic counts as one language's


def leak(topic: np.ndarray, languages: Sequence[str | None], weights: np.ndarray, seed: int) -> dict[str, float]:
    """Measure how far the topics of sentences follow their languages.

    Args:
        topic: (n,) numbers, −1 for none (left out).
        languages: (n,) codes; those with fewer than 200 sentences are left out.
        weights: (n,) how many contacts say the sentence.
        seed: of the shuffle that says what chance gives.

    Returns:
        nothing where there is one language; else ``nmi`` of topic and language, ``nmi_by_chance`` (languages shuffled),
        ``mixed`` (how far a topic's languages are those of all: 1 − total variation, mean over contacts' sentences) and
        ``one_sided`` (share of sentences in topics that are four fifths one language though that language is not).
    """
    import numpy as np
    from sklearn.metrics import normalized_mutual_info_score

    told = np.asarray([name or "" for name in languages], dtype=object)
    names = [name for name in sorted(set(told)) if name and (told == name).sum() >= LEAST]
    kept = np.isin(told, names) & (topic >= 0)
    if len(names) < 2 or not kept.any():
        return {}
    _, code = np.unique(told[kept], return_inverse=True)
    _, group = np.unique(topic[kept], return_inverse=True)
    table = np.zeros((group.max() + 1, code.max() + 1))
    np.add.at(table, (group, code), weights[kept])
    size, expected = table.sum(axis=1), table.sum(axis=0) / table.sum()
    mix = table / size[:, None]
    apart = 0.5 * np.abs(mix - expected).sum(axis=1)
    one_sided = ((mix >= ONE_SIDED) & (expected < ONE_SIDED)).any(axis=1)
    shuffled = np.random.default_rng(seed).permutation(code)
    return {
        "nmi": float(normalized_mutual_info_score(code, group)),
        "nmi_by_chance": float(normalized_mutual_info_score(shuffled, group)),
        "mixed": float(1 - np.average(apart, weights=size)),
        "one_sided": float(size[one_sided].sum() / size.sum()),
    }
