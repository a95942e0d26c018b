"""How far topics are found again by refits on halves, and the topics on which refits agree.

One graph community is an accident of its sample and its seed. Here many are made, each on a random half of the landmarks,
and their communities are themselves grouped by the sentences they share (the meta-clustering of Strehl & Ghosh 2002).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from .graph import centres, communities, ties

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_array


def halves(n: int, pairs: int, seed: int) -> list[np.ndarray]:
    """Return 2 × ``pairs`` halves of n rows, ascending; the second of each pair is what the first left."""
    import numpy as np

    draw, parts = np.random.default_rng(seed), []
    for _ in range(pairs):
        order = draw.permutation(n)
        parts += [np.sort(order[: n // 2]), np.sort(order[n // 2 :])]
    return parts


def refit(rows: np.ndarray, half: np.ndarray, graph: csr_array, resolution: float, seed: int, least: int) -> np.ndarray:
    """Return the community (n,) int64 of every row, by the centres of communities found in one half; 0 for all if none."""
    import numpy as np

    found = communities(graph, resolution, seed, least)
    if found.max(initial=-1) < 1:
        return np.zeros(len(rows), dtype=np.int64)
    return (rows @ centres(rows[half], found).T).argmax(axis=1)


def members(labellings: Sequence[np.ndarray]) -> csr_array:
    """Return which row lies in which group: (groups of all labellings, n), ones."""
    import numpy as np
    from scipy.sparse import csr_array, vstack

    def of_one(labels: np.ndarray) -> csr_array:
        inside = np.flatnonzero(labels >= 0)
        shape = (int(labels.max(initial=-1)) + 1, len(labels))
        return csr_array((np.ones(len(inside), dtype=np.float32), (labels[inside], inside)), shape=shape)

    return vstack([of_one(labels) for labels in labellings], format="csr")


def overlap(one: csr_array, other: csr_array) -> np.ndarray:
    """Return the Jaccard index of every group of one with every group of the other: (a, b)."""
    import numpy as np

    both = (one @ other.T).toarray()
    either = one.sum(axis=1)[:, None] + other.sum(axis=1)[None, :] - both
    return np.divide(both, either, out=np.zeros_like(both), where=either > 0)


def found_again(one: np.ndarray, other: np.ndarray) -> float:
    """Return how much of a topic another labelling of the same rows holds in one topic: best Jaccard, mean over rows.

    Both ways round. 1 where both are the same, about 1 ÷ (2 × topics) where they have nothing in common.

    Example:
        >>> import numpy as np
        >>> found_again(np.array([0, 0, 1, 1]), np.array([1, 1, 0, 0])), found_again(np.array([0, 0, 0, 0]), np.array([0, 0, 1, 1]))
        (1.0, 0.5)
    """
    import numpy as np

    first, second = members([one]), members([other])
    alike = overlap(first, second)
    return float(
        (
            np.average(alike.max(axis=1), weights=first.sum(axis=1))
            + np.average(alike.max(axis=0), weights=second.sum(axis=1))
        )
        / 2
    )


def consensus(labellings: Sequence[np.ndarray]) -> np.ndarray:
    """Return the topic (n,) int64 of each row on which labellings agree; as many topics as they have in the median.

    Groups of all labellings are joined by average linkage over their Jaccard distance; a row belongs to the joint group
    that most labellings put it in, so one labelling's accident is outvoted. Numbers are 0 … k − 1 without gaps.
    """
    import numpy as np
    from scipy.cluster.hierarchy import fcluster, linkage
    from scipy.spatial.distance import squareform

    k = int(np.median([labels.max(initial=0) + 1 for labels in labellings]))
    groups = members(labellings)
    if k < 2 or groups.shape[0] < 3:
        return np.zeros(groups.shape[1], dtype=np.int64)
    apart = 1.0 - overlap(groups, groups)
    np.fill_diagonal(apart, 0.0)
    joint = fcluster(linkage(squareform(apart, checks=False), "average"), k, "maxclust") - 1
    votes = members([joint]) @ groups
    return np.unique(votes.toarray().argmax(axis=0), return_inverse=True)[1]


def stability(labels: np.ndarray, labellings: Sequence[np.ndarray]) -> np.ndarray:
    """Return, per topic of ``labels``, how much of it the labellings find again (k,) float32: best Jaccard, mean."""
    import numpy as np

    own = members([labels])
    return np.mean([overlap(own, members([other])).max(axis=1) for other in labellings], axis=0).astype(np.float32)


class Refits:
    """Refits of one set of landmarks on halves, made when asked for and kept."""

    def __init__(self, rows: np.ndarray, near: np.ndarray, k: int, least: int, refits: int, seed: int):
        self.rows, self.near, self.k, self.least, self.seed = rows, near, k, least, seed
        self.halves = halves(len(rows), refits // 2, seed)
        self._graphs: dict[int, csr_array] = {}
        self._made: dict[tuple[float, int], np.ndarray] = {}

    def of(self, resolution: float, count: int) -> list[np.ndarray]:
        """Return the first ``count`` labellings (n,) at a resolution; each pair is of two complementary halves."""
        return [self._one(resolution, number) for number in range(min(count, len(self.halves)))]

    def _one(self, resolution: float, number: int) -> np.ndarray:
        if (resolution, number) not in self._made:
            if number not in self._graphs:
                self._graphs[number] = ties(self.near, self.halves[number], self.k)
            made = refit(
                self.rows, self.halves[number], self._graphs[number], resolution, self.seed + number, self.least
            )
            self._made[resolution, number] = made
        return self._made[resolution, number]

    def found_again(self, resolution: float, count: int) -> float:
        """Return how much of the topics that refits agree on each refit finds again at a resolution, mean over rows."""
        import numpy as np

        made = self.of(resolution, count)
        agreed = consensus(made)
        return float(np.average(stability(agreed, made), weights=np.bincount(agreed)))

    def agreement(self, resolution: float, count: int) -> float:
        """Return the adjusted Rand index of complementary halves at a resolution, mean over pairs (Hubert & Arabie 1985)."""
        import numpy as np
        from sklearn.metrics import adjusted_rand_score

        made = self.of(resolution, count)
        return float(np.mean([adjusted_rand_score(*pair) for pair in zip(made[::2], made[1::2], strict=True)]))


def finest_stable(
    refits: Refits, resolutions: Sequence[float], count: int, least: float
) -> tuple[float, dict[float, float]]:
    """Choose the finest resolution whose topics refits find again; without one, the one they find again best.

    The topics are those that ``count`` refits agree on, and those are what must be found again: a single refit is far less
    steady than what twenty of them agree on.

    Returns:
        the resolution, and for each that was tried, from the finest on, how much of its topics refits found again.
    """
    curve: dict[float, float] = {}
    for resolution in sorted(resolutions, reverse=True):
        curve[resolution] = refits.found_again(resolution, count)
        if curve[resolution] >= least:
            return resolution, curve
    return max(curve, key=lambda resolution: (curve[resolution], resolution)), curve
