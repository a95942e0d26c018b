"""How often chance alone reaches a figure: of events negative binomial, of sums of measurements normal.

Events that come one by one are Poisson; that their expectation is itself estimated, and wobbles, makes them negative
binomial (a Poisson count whose mean is gamma; Greenwood & Yule 1920). The tail is a regularised beta function, so that
nothing need be whole.
"""

from __future__ import annotations

import numpy as np

LEAST = 0.5  # events expected where none are: half of one


def at_least(seen: np.ndarray, expected: np.ndarray, variance: np.ndarray, *, events: bool = True) -> np.ndarray:
    """Return the chance of a figure as high as seen or higher.

    >>> at_least(np.array([5.0]), np.array([1.0]), np.array([1.0])).round(5).tolist()
    [0.00366]
    """
    from scipy.special import ndtr

    if not events:
        return ndtr(-(seen - expected) / np.sqrt(np.maximum(variance, 1e-300)))
    return np.where(seen > 0, _upper(np.maximum(seen, 1e-9), expected, variance), 1.0)


def at_most(seen: np.ndarray, expected: np.ndarray, variance: np.ndarray, *, events: bool = True) -> np.ndarray:
    """Return the chance of a figure as low as seen or lower.

    >>> at_most(np.array([0.0]), np.array([3.0]), np.array([3.0])).round(4).tolist()
    [0.0498]
    """
    from scipy.special import ndtr

    if not events:
        return ndtr((seen - expected) / np.sqrt(np.maximum(variance, 1e-300)))
    return 1.0 - _upper(seen + 1.0, expected, variance)


def _upper(seen: np.ndarray, expected: np.ndarray, variance: np.ndarray) -> np.ndarray:
    from scipy.special import betainc

    mean = np.maximum(expected, LEAST)
    variance = np.maximum(
        variance, mean * (1 + 1e-6)
    )  # nearly Poisson: the beta function needs a little more than none
    return betainc(seen, mean**2 / (variance - mean), 1 - mean / variance)
