"""What is known of a customer, cut into classes: the numbers that a table of points is learned from and read by."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import numpy as np
import pandas as pd

FLAG = (0.5,)
EDGES: Mapping[str, tuple[float, ...]] = {
    "since": (7, 30, 60, 90, 180),
    "since_first": (30, 60, 90, 180),
    "tenure": (90, 180, 365, 730),
    "contacts_30": (0, 1, 2),
    "contacts_90": (0, 1, 2),
    "contacts": (0, 1, 2, 4),
    "trouble_90": (0, 1),
    "trouble": (0, 1, 2),
    "trouble_share": (0, 0.5),
    "ignored": (0, 1),
    "last_score": (2, 3),
    "last_slow": FLAG,
    "last_unsolved": FLAG,
    "last_opened_again": FLAG,
    "last_unanswered": FLAG,
    "last_silent_after_trouble": FLAG,
    "first_slow": FLAG,
    "first_unsolved": FLAG,
    "pending": FLAG,
}
"""The upper ends of each feature's classes; the last class is open, and a missing value is a class of its own."""


def classes(state: pd.DataFrame, levels: Mapping[str, Sequence[str]]) -> dict[str, np.ndarray]:
    """Number each feature's classes: 0 missing (or a label never seen), then the classes of ``EDGES`` or of ``levels``.

    >>> classes(pd.DataFrame({"since": [np.nan, 7.0, 8.0, 999.0]}), {})["since"].tolist()
    [0, 1, 2, 6]
    """
    made = {}
    for name in state.columns:
        if name in levels:
            texts = state[name].astype(object).where(state[name].notna(), None)
            made[name] = (pd.Index(levels[name], dtype=object).get_indexer(texts) + 1).astype(np.int16)
        elif name in EDGES:
            values = state[name].to_numpy(float)
            code = np.searchsorted(EDGES[name], values, side="left") + 1
            made[name] = np.where(np.isnan(values), 0, code).astype(np.int16)
    return made


def sizes_of(names: Iterable[str], levels: Mapping[str, Sequence[str]]) -> dict[str, int]:
    """Return how many classes each feature has, the missing one included."""
    return {name: len(levels[name]) + 1 if name in levels else len(EDGES[name]) + 2 for name in names}
