"""Has a share of voices risen or fallen for good, against all that was before and against the same season a year before?

Every period of the last year is tried as the start of the change. A start counts only if three comparisons agree: the
share after it against all before, the same against the same periods a year earlier (where the data reach so far), and the
count per day or order has moved the same way. The chance of the best of many starts is Worsley's improved Bonferroni bound (Biometrika 69, 1982) for the
correlated contrasts of a step (Miller & Siegmund, Biometrics 38, 1982). Steps are divided by how much wider than binomial
the topic's own months have swung (Laney 2002), drawn towards the swing of all topics because few months tell little.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from ..chance import share_z, tail_z

LEAST_BEFORE = 3  # periods that must lie before a start
LEAST_TELLERS = 10  # voices after (or before) a start from which a change is judged at all
COUNTED = 1.64  # standard errors by which the count per day or order must have moved the same way: a share also rises
# where everything else falls
LAGS = (1, 3)  # steps whose swing is measured: neighbours, and a quarter apart (a slow wave moves neighbours little)
SHRINK = 20.0  # steps' worth of the common swing that each topic's own is drawn by


@dataclass(frozen=True)
class Changes:
    """The best start of a change of each series; arrays are (series,).

    ``start`` (number of the period, −1 where none was tried), ``z`` (signed, swing taken out), ``p`` (two-sided, allowing
    for all starts tried), ``swing``, ``tried`` (starts), ``season`` (was a year before compared with), ``after``,
    ``n_after``, ``before``, ``n_before`` (tellers with the topic, and all).
    """

    start: np.ndarray
    z: np.ndarray
    p: np.ndarray
    swing: np.ndarray
    season: np.ndarray
    after: np.ndarray
    n_after: np.ndarray
    before: np.ndarray
    n_before: np.ndarray
    tried: int = 0


def changes(
    counts: np.ndarray, whole: np.ndarray, exposure: np.ndarray, year: int, window: int, spread: float = 1.0
) -> Changes:
    """Find the best start of a lasting change of each series, up or down.

    Args:
        counts: (series, periods) tellers of each topic.
        whole: (periods,) tellers of anything.
        exposure: (periods,) days, or orders where they are known.
        year: periods a year.
        window: last periods that are tried as a start.
        spread: how much wider than Poisson counts spread (``intervals.daily_spread``).

    Example:
        >>> counts = np.array([[20] * 12 + [60] * 3, [20] * 15])
        >>> found = changes(counts, np.full(15, 1000), np.full(15, 30.0), 12, 12)
        >>> bool(found.p[0] < 1e-6), bool(found.p[1] > 0.5)
        (True, True)
    """
    many, periods = counts.shape
    starts = np.arange(max(LEAST_BEFORE, periods - window), periods)
    scale = swing(counts, whole)
    if not len(starts) or not many or not whole.sum():
        nothing, no = np.zeros(many), np.full(many, -1)
        return Changes(no, nothing, np.ones(many), scale, nothing > 0, nothing, nothing, nothing, nothing)
    hits, n = _sums(counts, starts), _sums(whole[None, :], starts)
    other_hits, other_n = counts.sum(axis=1)[:, None] - hits, whole.sum() - n
    able = np.maximum(hits, other_hits * n / np.maximum(other_n, 1)) >= LEAST_TELLERS
    z = share_z(*_flat(hits, n, other_hits, other_n, shape=hits.shape)).reshape(hits.shape) / scale[:, None]
    z = np.where(np.isfinite(z), z, 0.0)
    seasonal = starts >= year
    if seasonal.any():
        then = starts[seasonal] - year
        last, last_n = (_sums(part, then, periods - year) for part in (counts, whole[None, :]))
        now, now_n = hits[:, seasonal], n[:, seasonal]
        of_year = share_z(*_flat(now, now_n, last, last_n, shape=now.shape)).reshape(now.shape) / scale[:, None]
        z[:, seasonal] = _nearer(z[:, seasonal], np.where(np.isfinite(of_year), of_year, z[:, seasonal]))
    grown = _count_z(hits, other_hits, exposure, starts) / np.sqrt(spread) * np.sign(z)
    z = np.where(able & (grown >= COUNTED), z, 0.0)
    best = np.abs(z).argmax(axis=1)
    at = np.arange(many), best
    chance = np.minimum(1.0, 2 * best_of_starts(np.abs(z[at]), n[0] / whole.sum()))
    chance = np.where(able.any(axis=1), chance, np.nan)
    picked = [np.broadcast_to(part, hits.shape)[at].astype(float) for part in (hits, n, other_hits, other_n)]
    return Changes(starts[best], z[at], chance, scale, seasonal[best], *picked, tried=len(starts))


def _flat(*parts: np.ndarray, shape: tuple) -> list[np.ndarray]:
    return [np.broadcast_to(part, shape).ravel() for part in parts]


def _sums(values: np.ndarray, starts: np.ndarray, end: int | None = None) -> np.ndarray:
    """Add up each row from every start to the end: (rows, starts)."""
    end = values.shape[1] if end is None else end
    total = np.concatenate([np.zeros((len(values), 1), values.dtype), values.cumsum(axis=1)], axis=1)
    return total[:, [end]] - total[:, starts]


def _nearer(one: np.ndarray, other: np.ndarray) -> np.ndarray:
    """Take the less sure of two answers, 0 where they contradict each other (intersection–union test, Berger 1982)."""
    return np.where(np.sign(one) == np.sign(other), np.sign(one) * np.minimum(np.abs(one), np.abs(other)), 0.0)


def _count_z(hits: np.ndarray, others: np.ndarray, exposure: np.ndarray, starts: np.ndarray) -> np.ndarray:
    """Set counts per exposure against each other: of all voices, so many belong after the start (exact, mid-p)."""
    from scipy.stats import binom

    share = np.broadcast_to(_sums(exposure[None, :].astype(float), starts) / exposure.sum(), hits.shape)
    total = hits + others
    half = binom.pmf(hits, total, share) / 2
    above, below = binom.sf(hits, total, share) + half, binom.cdf(hits, total, share) - half
    return np.where(above < below, 1, -1) * tail_z(np.minimum(above, below))


def swing(counts: np.ndarray, whole: np.ndarray) -> np.ndarray:
    """Return (series,) how many times wider than binomial each series has swung from period to period, at least 1.

    The robust spread (1.4826 × median size) of standardised steps over one and over three periods, whichever is wider: one
    lasting change is one step of many and widens it little.
    """
    found = np.ones(len(counts))
    busy = counts.mean(axis=1) >= 5 if counts.size else np.zeros(len(counts), bool)
    for lag in LAGS:
        if counts.shape[1] - lag < 5:
            continue
        now, then = counts[:, lag:], counts[:, :-lag]
        z = rough_z(now, whole[None, lag:], then, whole[None, :-lag])
        own = 1.4826 * np.median(np.abs(z), axis=1)
        common = np.median(own[busy]) if busy.any() else 1.0
        steps = z.shape[1]
        found = np.maximum(found, np.sqrt((steps * own**2 + SHRINK * common**2) / (steps + SHRINK)))
    return found


def rough_z(hits: np.ndarray, n: np.ndarray, others: np.ndarray, rest: np.ndarray) -> np.ndarray:
    """Return the plain z of two shares: quick, too sure for rare ones, never far below the exact one; 0 where undefined."""
    with np.errstate(divide="ignore", invalid="ignore"):
        pooled = (hits + others) / (n + rest)
        z = (hits / n - others / rest) / np.sqrt(pooled * (1 - pooled) * (1 / n + 1 / rest))
    return np.nan_to_num(z, nan=0.0, posinf=0.0, neginf=0.0)


def best_of_starts(z: np.ndarray, after: np.ndarray) -> np.ndarray:
    """Return the chance that the best of several starts reaches z, without any change.

    ``after`` (starts,) are the shares of all voices after each start, falling. Contrasts of neighbouring starts are
    correlated as in a Brownian bridge; what both exceed is counted once.

    >>> [round(float(p), 4) for p in best_of_starts(np.array([1.96, 1.96]), np.array([0.5, 0.499]))]
    [0.0265, 0.0265]
    """
    from scipy.special import ndtr

    tail = ndtr(-z)
    chance = len(after) * tail
    for one, next_ in pairwise(after):
        ratio = next_ * (1 - one) / (one * (1 - next_)) if 0 < one < 1 and 0 < next_ < 1 else 0.0
        chance = chance - both_above(z, np.sqrt(ratio))
    return np.clip(chance, tail, 1.0)


def both_above(z: np.ndarray, correlation: float) -> np.ndarray:
    """Return the chance that two standard normal values of a correlation both exceed z (Plackett, Biometrika 41, 1954).

    >>> round(float(both_above(np.array([0.0]), 0.5)[0]), 4)  # a third: 1/4 + asin(0.5)/2π
    0.3333
    """
    from scipy.special import ndtr

    nodes, weights = np.polynomial.legendre.leggauss(24)
    top = np.arcsin(min(correlation, 0.999999))
    angle = top * (nodes + 1) / 2
    inner = np.exp(-np.square(z)[..., None] / (1 + np.sin(angle)))
    return ndtr(-z) ** 2 + (inner * weights).sum(axis=-1) * top / 2 / (2 * np.pi)
