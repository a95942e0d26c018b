"""A second look at the ledger: a check refit proposes what to merge and what to split, and says how far it agrees."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pandas as pd

from .ledger import Ledger
from .model import Topics

if TYPE_CHECKING:
    import numpy as np

    from ..corpus import Corpus

EVENTS = ["event", "id", "others", "share", "words"]
MERGE, SPLIT_PART = 0.6, 0.3  # part of a topic that must lie in one fresh topic; least part of each piece of a split


def proposals(ledger: Ledger, corpus: Corpus, fresh: Topics, period: np.ndarray | None = None) -> pd.DataFrame:
    """Propose merging and splitting where a check refit sees the same sentences otherwise; nothing is changed.

    Args:
        fresh: a new fit of the same space on the same contacts. period: (contacts,) −1 for contacts to leave out.

    Returns:
        event (merge, split), id, others (the ids to merge with, or words of the pieces), share (of the topic's sentences
        that go there), words (what the check refit calls them).
    """
    import numpy as np

    weight = np.bincount(corpus.segments["vector"].to_numpy(), minlength=len(corpus.vectors)).astype(float)
    if period is not None:
        kept = period[corpus.segments["contact"].to_numpy()] >= 0
        weight = np.bincount(corpus.segments["vector"].to_numpy()[kept], minlength=len(corpus.vectors)).astype(float)
    old, new = ledger.assign(corpus.vectors)[0], fresh.assign(corpus.vectors)[0]
    both = (old >= 0) & (new >= 0)
    cells = np.zeros((len(ledger.ids), max(len(fresh), 1)))
    np.add.at(cells, (old[both], new[both]), weight[both])
    of_old = cells / np.maximum(cells.sum(axis=1, keepdims=True), 1)
    of_new = cells / np.maximum(cells.sum(axis=0, keepdims=True), 1)
    rows = []
    for at in range(cells.shape[1]):
        inside = np.flatnonzero((of_old[:, at] >= MERGE) & (of_new[:, at] >= SPLIT_PART / 2))
        if len(inside) > 1:
            first, *others = sorted(inside, key=lambda one: (-cells[one, at], one))
            told = " ".join(ledger.ids[one] for one in others)
            rows.append(("merge", ledger.ids[first], told, float(of_old[inside, at].min()), fresh.labels[at]))
    for at in range(len(ledger.ids)):
        pieces = np.flatnonzero((of_old[at] >= SPLIT_PART) & (of_new[at] >= MERGE))
        if len(pieces) > 1:
            told = "; ".join(fresh.labels[one] for one in pieces)
            rows.append(("split", ledger.ids[at], "", float(of_old[at, pieces].sum()), told))
    return pd.DataFrame(rows, columns=EVENTS)


def agreement(ledger: Ledger, corpus: Corpus, fresh: Topics) -> float:
    """Return the share of sentences that a check refit puts together as the ledger does, topics matched one to one.

    The matching with the most sentences in common (Hungarian method, Kuhn 1955).
    """
    import numpy as np
    from scipy.optimize import linear_sum_assignment

    old, new = ledger.assign(corpus.vectors)[0], fresh.assign(corpus.vectors)[0]
    both = (old >= 0) & (new >= 0)
    if not both.any():
        return float("nan")
    cells = np.zeros((len(ledger.ids), len(fresh)))
    np.add.at(cells, (old[both], new[both]), 1.0)
    row, column = linear_sum_assignment(-cells)
    return float(cells[row, column].sum() / cells.sum())
