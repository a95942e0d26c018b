"""The space topics are looked for in: sentence vectors without the directions in which languages differ."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from ..vectors import unit

if TYPE_CHECKING:
    import numpy as np

LEAST = 200  # sentences from which a language's mean is known well enough to be compared


def language_axes(vectors: np.ndarray, languages: Sequence[str | None], least: int = LEAST) -> np.ndarray:
    """Return the directions (languages − 1, d) in which the means of the languages differ; (0, d) for one language.

    An encoder of many languages puts each a little aside. Taking these few directions out, and not each language's mean
    away, leaves a rule that needs no sentence's language: the same for a sentence in two languages, or in none.
    """
    import numpy as np

    told = np.asarray([name or "" for name in languages], dtype=object)
    names = [name for name in sorted(set(told)) if name and (told == name).sum() >= least]
    if len(names) < 2:
        return np.zeros((0, vectors.shape[1]), dtype=np.float32)
    means = np.stack([vectors[told == name].mean(axis=0, dtype=np.float64) for name in names])
    _, strength, axes = np.linalg.svd(means - means.mean(axis=0), full_matrices=False)
    return axes[: len(names) - 1][strength[: len(names) - 1] > 1e-6].astype(np.float32)


def without(vectors: np.ndarray, axes: np.ndarray, chunk: int = 20_000) -> np.ndarray:
    """Return (n, d) float32 unit rows without the directions ``axes``; ``chunk`` rows are turned at a time."""
    import numpy as np

    rows = np.asarray(vectors, dtype=np.float32)
    if not len(axes):
        return rows
    found = np.empty_like(rows)
    for start in range(0, len(rows), chunk):
        part = rows[start : start + chunk]
        found[start : start + chunk] = part - (part @ axes.T) @ axes
    return unit(found, out=found)


def squeezed(rows: np.ndarray, dims: int) -> np.ndarray:
    """Return (n, dims) float32 unit rows: the principal components, which keep neighbours and halve their search."""
    import numpy as np

    if rows.shape[1] <= dims or len(rows) <= dims:
        return rows
    around = rows - rows.mean(axis=0)
    _, axes = np.linalg.eigh(around.T @ around)
    return unit(around @ np.ascontiguousarray(axes[:, ::-1][:, :dims]))
