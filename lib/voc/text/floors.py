"""When to answer and when to say «unsure»: the probability from which on answers are right as often as is asked."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    import numpy as np


NO_ANSWER = 2.0  # a floor that no probability reaches


class Floor(NamedTuple):
    """From which probability on an answer is given, and what that is worth on texts held out."""

    at: float  # ``NO_ANSWER`` where no floor meets the aim
    coverage: float  # share of the texts that are answered
    accuracy: float  # share right of those, with Wilson's 95 % interval; nan where none is answered
    lo: float
    hi: float
    n: int  # texts held out


def floor_for(best: np.ndarray, right: np.ndarray, aim: float = 0.85, least: float = 0.5) -> Floor:
    """Choose the lowest probability from which on the answers meet an accuracy, by the lower end of their interval.

    Args:
        best: (n,) highest probability of each text held out.
        right: (n,) whether that class was right.
        aim: accuracy asked of the answers.
        least: no answer below it: under even odds an answer is a guess, however good the average.

    Example:
        >>> import numpy as np
        >>> floor_for(np.full(100, 0.9), np.arange(100) < 95).at
        0.5
    """
    import numpy as np

    n = len(best)
    nothing = Floor(NO_ANSWER, 0.0, np.nan, np.nan, np.nan, n)
    order = np.argsort(-best, kind="stable")
    ranked, taken = best[order], np.arange(1, n + 1)
    hits = np.cumsum(right[order])
    whole = np.append(ranked[1:] < ranked[:-1], True) if n else np.zeros(0, bool)  # ties are answered together
    lo, _ = wilson(hits, taken)
    able = np.flatnonzero(whole & (ranked >= least) & (lo >= aim))
    if not len(able):
        return nothing
    last = able[-1]
    below = np.flatnonzero(ranked >= least)[-1] == last
    at = least if below else float(ranked[last])
    ends = wilson(hits[last], taken[last])
    return Floor(at, float(taken[last] / n), float(hits[last] / taken[last]), float(ends[0]), float(ends[1]), n)


def wilson(hits: np.ndarray | float, n: np.ndarray | float) -> tuple[np.ndarray, np.ndarray]:
    """Return Wilson's 95 % interval of hits ÷ n (Wilson 1927); n above 0."""
    import numpy as np

    n = np.asarray(n, dtype=float)
    z, share = 1.959963984540054, np.asarray(hits, dtype=float) / n
    centre, half = share + z * z / (2 * n), z * np.sqrt(share * (1 - share) / n + z * z / (4 * n * n))
    return (centre - half) / (1 + z * z / n), (centre + half) / (1 + z * z / n)
