"""Which topics are near to each other: the merge tree of their centres, and the order in which a page lists them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np


def merge_tree(centroids: np.ndarray) -> np.ndarray:
    """Return scipy's linkage (k − 1, 4) of the centres: average linkage over cosine distance; (0, 4) for fewer than two."""
    import numpy as np
    from scipy.cluster.hierarchy import linkage

    if len(centroids) < 2:
        return np.zeros((0, 4))
    return linkage(np.asarray(centroids, dtype=np.float64), method="average", metric="cosine")


def order(tree: np.ndarray) -> list[int]:
    """Return the topics in the order of the tree's leaves: neighbours in the list are near in meaning."""
    from scipy.cluster.hierarchy import leaves_list

    return [int(topic) for topic in leaves_list(tree)] if len(tree) else []


def branches(tree: np.ndarray, labels: Sequence[str]) -> list[dict]:
    """Return the tree as rows for a page, from the nearest pair up: ``distance``, ``left``, ``right`` (lists of labels)."""
    inside: list[list[str]] = [[label] for label in labels]
    rows = []
    for left, right, distance, _ in tree:
        pair = inside[int(left)], inside[int(right)]
        rows.append({"distance": float(distance), "left": pair[0], "right": pair[1]})
        inside.append(pair[0] + pair[1])
    return rows
