"""Restricted cubic splines: curves that may bend in the middle and run straight beyond their outermost knots.

Source: Stone & Koo, ASA Proc. Statist. Comp. Section, 1985; knots at fixed quantiles as in Harrell, Regression Modeling
Strategies, 2nd ed. 2015, section 2.4.6.
"""

from __future__ import annotations

import numpy as np

PLACES = {3: (0.10, 0.50, 0.90), 4: (0.05, 0.35, 0.65, 0.95), 5: (0.05, 0.275, 0.50, 0.725, 0.95)}
"""Where the knots lie, as quantiles, by how many there are."""
ROOMY = ((1000, 5), (200, 4))
"""From so many values so many knots; below, three."""


def knots_of(x: np.ndarray) -> np.ndarray:
    """Choose knots for values: five where there are many, three where there are few; one less for each tie.

    Fewer than three different knots mean that only a straight line can be told.
    """
    count = next((knots for least, knots in ROOMY if len(x) >= least), 3)
    return np.unique(np.quantile(x, PLACES[count]))


def basis(x: np.ndarray, knots: np.ndarray) -> np.ndarray:
    """Return the columns of a restricted cubic spline: (n, knots − 1), the first is x itself; of two knots or less only x.

    The others are scaled by the square of the outermost knots' distance, so that all are in the unit of x.

    >>> basis(np.array([0.0, 1.0, 2.0, 3.0]), np.array([0.0, 1.0, 2.0])).round(3).tolist()
    [[0.0, 0.0], [1.0, 0.25], [2.0, 1.5], [3.0, 3.0]]
    """
    x = np.asarray(x, float)
    if len(knots) < 3:
        return x[:, None]
    last, before, width = knots[-1], knots[-2], (knots[-1] - knots[0]) ** 2
    columns = [x]
    for knot in knots[:-2]:
        rest = _cube(x - before) * (last - knot) / (last - before) - _cube(x - last) * (before - knot) / (last - before)
        columns.append((_cube(x - knot) - rest) / width)
    return np.column_stack(columns)


def slopes(x: np.ndarray, knots: np.ndarray) -> np.ndarray:
    """Return the derivative of each column of ``basis`` at x: (n, knots − 1)."""
    x = np.asarray(x, float)
    if len(knots) < 3:
        return np.ones((len(x), 1))
    last, before, width = knots[-1], knots[-2], (knots[-1] - knots[0]) ** 2
    columns = [np.ones(len(x))]
    for knot in knots[:-2]:
        rest = _square(x - before) * (last - knot) / (last - before)
        rest = rest - _square(x - last) * (before - knot) / (last - before)
        columns.append(3 * (_square(x - knot) - rest) / width)
    return np.column_stack(columns)


def _cube(x: np.ndarray) -> np.ndarray:
    return np.clip(x, 0, None) ** 3


def _square(x: np.ndarray) -> np.ndarray:
    return np.clip(x, 0, None) ** 2
