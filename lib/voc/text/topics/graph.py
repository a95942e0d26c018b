"""Neighbours, shared neighbours, communities: the graph that topics are read from."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from scipy.sparse import csr_array

WIDE = 3  # neighbours are looked up for all, three times as many as one half needs: about half of them lie in it


def nearest(rows: np.ndarray, k: int, chunk: int = 1_000) -> np.ndarray:
    """Return each row's k nearest other rows (n, min(k, n − 1)) int32, the nearest first; exact, by cosine.

    Args:
        rows: (n, d) float32 of unit length.
        k: how many.
        chunk: rows compared at a time; n × chunk numbers are held.
    """
    import numpy as np

    k = min(k, len(rows) - 1)
    found = np.empty((len(rows), max(k, 0)), dtype=np.int32)
    for start in range(0, len(rows) if k > 0 else 0, chunk):
        likeness = rows[start : start + chunk] @ rows.T
        own = np.arange(len(likeness))
        likeness[own, start + own] = -np.inf
        near = np.argpartition(likeness, len(rows) - k, axis=1)[:, len(rows) - k :]
        order = np.argsort(-np.take_along_axis(likeness, near, axis=1), axis=1, kind="stable")
        found[start : start + chunk] = np.take_along_axis(near, order, axis=1)
    return found


def ties(near: np.ndarray, kept: np.ndarray, k: int) -> csr_array:
    """Return the shared-neighbour graph among some rows: (kept, kept), weights in 0–1, symmetric.

    Two rows are tied where one is among the k nearest of the other; the weight is the Jaccard index of their
    neighbourhoods, each with the row itself (Jarvis & Patrick 1973).

    Args:
        near: (n, wide) neighbours of all rows, the nearest first.
        kept: rows that take part, ascending.
        k: neighbours of a row among those kept.
    """
    import numpy as np
    from scipy.sparse import csr_array, eye_array

    place = np.full(len(near), -1, dtype=np.int32)
    place[kept] = np.arange(len(kept))
    columns = place[near[kept]]
    there = columns >= 0
    there &= np.cumsum(there, axis=1) <= k
    counts, shape = there.sum(axis=1), (len(kept), len(kept))
    rows = np.repeat(np.arange(len(kept)), counts)
    known = csr_array((np.ones(len(rows), dtype=np.float32), (rows, columns[there])), shape=shape)
    known = known + eye_array(len(kept), dtype=np.float32, format="csr")
    shared = (known @ known.T).multiply(known.maximum(known.T)).tocoo()
    apart = shared.row != shared.col
    one, other, both = shared.row[apart], shared.col[apart], shared.data[apart]
    weight = both / (counts[one] + counts[other] + 2 - both)
    return csr_array((weight.astype(np.float32), (one, other)), shape=shape)


def communities(graph: csr_array, resolution: float, seed: int, least: int) -> np.ndarray:
    """Return each node's community (n,) int64 by Louvain's method, −1 in those of fewer than ``least`` nodes.

    Louvain: Blondel et al. 2008, as scikit-network has it. A graph without ties is nobody's community.
    """
    import numpy as np
    from scipy.sparse import csr_matrix
    from sknetwork.clustering import Louvain

    if not graph.sum() > 0:
        return np.full(graph.shape[0], -1)
    found = Louvain(resolution=resolution, shuffle_nodes=True, random_state=seed).fit_predict(csr_matrix(graph))
    kept = np.bincount(found) >= least
    number = np.where(kept, np.cumsum(kept) - 1, -1)
    return number[found]


def centres(rows: np.ndarray, labels: np.ndarray) -> np.ndarray:
    """Return the centre of each community (k, d) float32 of unit length; rows labelled −1 belong to none."""
    import numpy as np
    from scipy.sparse import csr_array

    from ..vectors import unit

    inside = np.flatnonzero(labels >= 0)
    k = int(labels.max(initial=-1)) + 1
    member = csr_array((np.ones(len(inside)), (labels[inside], inside)), shape=(k, len(rows)))
    return unit((member @ rows).astype(np.float32))
