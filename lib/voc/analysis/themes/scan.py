"""Scan the neighbourhoods inside a category: which hold more voices lately, or of one region, carrier or product?

Time is judged as ``change.changes`` judges topics. A value of a dimension is set against all other values of the same
category in the last year, a customer counting once. Every cell with enough voices counts among the comparisons, whether it
looked promising or not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..chance import share_z, two_sided
from .balls import Balls
from .change import LEAST_TELLERS, changes, rough_z
from .mentions import one_by_group, tellers_by_period

if TYPE_CHECKING:
    from scipy.sparse import csr_array

PROMISING = 3.5  # standard errors from which a cell is judged exactly; below, it can never be called among so many
TIME = "time"
COLUMNS = ["label", "ball", "dimension", "value", "z", "p", "strength"]


def scan(
    parts: Sequence[Balls],
    teller: np.ndarray,
    period: np.ndarray,
    exposure: np.ndarray,
    dimensions: Mapping[str, np.ndarray],
    *,
    year: int,
    recent: int,
    least: int,
    spread: float = 1.0,
    nameless: Mapping[str, np.ndarray] | None = None,
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Judge every neighbourhood against time and against each value of each dimension.

    Args:
        parts: from ``balls``.
        teller, period: (contacts,) int, as ``mentions.tellers`` and ``period_numbers``.
        exposure: (periods,) days or orders.
        dimensions: name → (contacts,) object array of values, missing as None.
        year: periods a year.
        recent: last periods in which a change may begin and dimensions are compared.
        least: tellers that a value needs within the category to be compared.
        spread: how much wider than Poisson counts spread.
        nameless: dimension → (rows of ``corpus.vectors``,) bool: sentences that name no value of it. That kettles are
            spoken of where the product is the kettle is no theme.

    Returns:
        Promising cells (``COLUMNS``; ``p`` two-sided for time, one-sided for values; ``strength`` the plain z of the best
        contrast), and the questions asked: label, dimension, value, compared (neighbourhoods).
    """
    found, asked = [], []
    for part in parts:
        own_teller, own_period = teller[part.rows], period[part.rows]
        if not len(part.radii):
            continue
        said = part.said()
        rows, n = over_time(part.label, said, own_teller, own_period, exposure, year, recent, spread)
        found.append(rows)
        asked.append((part.label, TIME, "", n))
        late = np.flatnonzero(own_period >= len(exposure) - recent)
        for name, values in dimensions.items():
            kept = (nameless or {}).get(name)
            own = said if kept is None else part.said(kept)
            rows, able = over_values(part.label, own, own_teller, late, name, values[part.rows], least)
            found.append(rows)
            asked += [(part.label, name, value, n) for value, n in able.items()]
    empty = pd.DataFrame(columns=COLUMNS)
    kept = [rows for rows in found if len(rows)]
    families = pd.DataFrame(asked, columns=["label", "dimension", "value", "compared"])
    families = families[families["compared"] > 0].reset_index(drop=True)
    return (pd.concat(kept, ignore_index=True)[COLUMNS] if kept else empty), families


def over_time(
    label: str,
    said: csr_array,
    teller: np.ndarray,
    period: np.ndarray,
    exposure: np.ndarray,
    year: int,
    recent: int,
    spread: float,
) -> tuple[pd.DataFrame, int]:
    """Find neighbourhoods whose share of the category's voices has risen."""
    counts, whole = tellers_by_period(said, teller, period, len(exposure))
    before = counts.shape[1] - np.arange(1, min(recent, counts.shape[1] - 1) + 1)
    total, n_total = counts.sum(axis=1), whole.sum()
    able = total >= LEAST_TELLERS
    hits = np.stack([counts[:, start:].sum(axis=1) for start in before], axis=1) if len(before) else np.zeros((0, 0))
    n = np.array([whole[start:].sum() for start in before])
    if not able.any() or not hits.size:
        return pd.DataFrame(), 0
    rough = rough_z(hits, n[None, :], total[:, None] - hits, n_total - n[None, :]).max(axis=1)
    chosen = np.flatnonzero(able & (rough >= PROMISING))
    if not len(chosen):
        return pd.DataFrame(), int(able.sum())
    judged = changes(counts[chosen], whole, exposure, year, recent, spread)
    rows = pd.DataFrame({"label": label, "ball": chosen, "dimension": TIME, "value": "", "z": judged.z, "p": judged.p})
    rows["strength"] = rough[chosen]
    return rows[rows["z"] > 0], int(able.sum())


def over_values(
    label: str, said: csr_array, teller: np.ndarray, late: np.ndarray, name: str, values: np.ndarray, least: int
) -> tuple[pd.DataFrame, dict[str, int]]:
    """Find neighbourhoods that hold a larger share of one value's voices than of all others'; count those compared."""
    known = late[pd.notna(values[late])]
    codes, names = pd.factorize(values[known], sort=True)
    if len(names) < 2:
        return pd.DataFrame(), {}
    hits, n = one_by_group(said[known], teller[known], codes, len(names))
    total, n_total = hits.sum(axis=1, keepdims=True), n.sum()
    able = (total >= LEAST_TELLERS) & (n >= least) & (n_total - n >= least)
    rough = rough_z(hits, n[None, :], total - hits, n_total - n[None, :])
    ball, value = np.nonzero(able & (rough >= PROMISING))
    here, others = hits[ball, value].astype(float), (total[ball, 0] - hits[ball, value]).astype(float)
    size, rest = n[value].astype(float), (n_total - n[value]).astype(float)
    z = share_z(here, size, others, rest)
    rows = pd.DataFrame(
        {"label": label, "ball": ball, "dimension": name, "value": np.asarray(names, object)[value], "z": z}
    )
    rows = rows.assign(p=two_sided(z) / 2, strength=z)
    return rows, dict(zip(map(str, names), able.sum(axis=0).tolist(), strict=True))
