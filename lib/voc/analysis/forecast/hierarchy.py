"""Parts that add up: forecasts of categories and of the total, made to agree.

Each forecast is moved in proportion to how unsure it is, so that the parts add up to the total (minimum trace with
variances alone: Wickramasuriya, Athanasopoulos & Hyndman, Journal of the American Statistical Association 114, 2019).
"""

from __future__ import annotations

import numpy as np


def reconciled(
    total: float, parts: np.ndarray, total_variance: float, variances: np.ndarray
) -> tuple[float, np.ndarray]:
    """Return the total and the parts moved as little as their variances let them, such that they add up; none below 0.

    A part that would fall below 0 is set to 0, and the others are moved again. Raises ValueError for negative variances,
    or where nothing can be moved.

    >>> reconciled(100.0, np.array([30.0, 50.0]), 10.0, np.array([5.0, 5.0]))
    (90.0, array([35., 55.]))
    """
    parts, variances = np.asarray(parts, float), np.asarray(variances, float)
    if total_variance < 0 or (variances < 0).any():
        raise ValueError("variances of forecasts are negative")
    free, found = np.ones(len(parts), bool), parts.copy()
    for _ in range(len(parts) + 1):
        gap = total - parts[free].sum()
        whole = total_variance + variances[free].sum()
        if whole == 0:
            if abs(gap) > 1e-9:
                raise ValueError("forecasts do not add up and none is unsure: nothing can be moved")
            return float(total), np.where(free, parts, 0.0)
        found = np.where(free, parts + variances * gap / whole, 0.0)
        below = free & (found < 0)
        if not below.any():
            break
        free = free & ~below
    return float(found.sum()), found
