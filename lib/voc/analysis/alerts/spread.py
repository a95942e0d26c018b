"""How restless each of many series is, told from all of them together.

A spread estimated from fifty weeks errs by a fifth, and as it is never taken to be narrower than chance, only the errors upwards
count: every series looks more restless than it is, and alarms come more seldom than was paid for. So each estimate is moved
towards what all series show, as far as chance explains their differences (empirical Bayes), but by one standard error at
most, so that one restless series among calm ones stays so (the limited translation of Efron & Morris, JASA 67, 1972).
"""

from __future__ import annotations

import numpy as np

FARTHEST = 1.0  # standard errors by which an estimate is moved at most


def evened(ratio: np.ndarray, freedom: np.ndarray | float) -> np.ndarray:
    """Return how many times wider than by chance each series spreads, at least 1.

    Args:
        ratio: (S,) variances found, as multiples of those expected by chance; missing where too little is known (then 1).
        freedom: degrees of freedom behind each.

    Three calm series, one wide by luck, are as wide as all are; a fourth that is five times as wide keeps nearly all of that:

    >>> evened(np.array([0.9, 1.0, 1.1]), 50).tolist()
    [1.0, 1.0, 1.0]
    >>> bool(evened(np.array([0.9, 1.0, 1.1, 5.0]), 50)[3] > 4)
    True
    """
    ratio = np.asarray(ratio, float)
    able = np.isfinite(ratio) & (ratio > 0)
    found = np.ones(len(ratio))
    if not able.any():
        return found
    freedom = np.broadcast_to(np.maximum(freedom, 1.0), ratio.shape)[able]
    chance = 2 / freedom  # variance of the logarithm of a chi-square's mean
    seen, common = np.log(ratio[able]), float(np.log(np.average(ratio[able], weights=freedom)))
    apart = max(float(np.mean((seen - common) ** 2 - chance)), 0.0)
    moved = common + apart / (apart + chance) * (seen - common)
    error = FARTHEST * np.sqrt(chance)
    found[able] = np.maximum(np.exp(np.clip(moved, seen - error, seen + error)), 1.0)
    return found
