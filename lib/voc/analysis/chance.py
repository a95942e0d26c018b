"""How far apart two figures are that chance alone may have made: a standard normal value for each pair.

Every function starts from «both are one»: shares by Fisher's exact test with mid-p (Lancaster, JASA 56, 1961), quantiles
by the same test of how many lie above the quantile of both together (Mood 1950; no distribution assumed, ties allowed),
means by a pooled t whose skewness is taken out (Wilson & Hilferty 1931) and by Welch's, whichever is less sure. Simple
standard errors promise too much exactly where a card tests most: in small groups against large ones. The chance of a
thousandth came true up to 10 times as often for rare answers, 7 times for handling times and 7 times for medians of fast
and slow channels together; with these tests it comes true as often as it says, or more seldom.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from .intervals import QUANTILES, Z
from .metrics import METRICS

FARTHEST = 37.0  # beyond it the chance is smaller than the smallest number


def distance(both: pd.DataFrame, days: float | np.ndarray, spread: float) -> np.ndarray:
    """Return, for each pair of figures, how far chance alone would have to go: a signed standard normal value.

    ``both`` has metric, n, value, lo, hi, se and, where known, shape, each also with ``_before`` (``intervals.measure``);
    ``days`` is the length of the period over that of the one before, ``spread`` how much wider than Poisson days spread.
    Figures made of totals (rates, levels) are compared by their standard errors. No change is 0.
    """
    kinds, days = kinds_of(both), np.broadcast_to(days, len(both))
    change = (both["value"] - both["value_before"]).to_numpy(float)
    change = np.where(kinds == "count", change + both["value_before"].to_numpy(float) * (1 - days), change)
    with np.errstate(divide="ignore", invalid="ignore"):
        z = change / standard_error(both, days, spread)
    for kind in set(kinds) - {"count"}:
        rows = kinds == kind
        part = both[rows]
        if kind == "share":
            z[rows] = share_z(_hits(part, ""), part["n"], _hits(part, "_before"), part["n_before"])
        elif kind in ("mean", "net"):
            z[rows] = mean_z(*_moments(part, ""), *_moments(part, "_before"))
        elif kind in QUANTILES:
            z[rows] = _quantile_distance(part, QUANTILES[kind], z[rows])
    agree = np.isnan(z) | (np.sign(z) == np.sign(change))  # values may shift one way where their middle did not move
    return np.where(agree, z, 0.0)


def standard_error(both: pd.DataFrame, days: float | np.ndarray, spread: float) -> np.ndarray:
    """Return the standard error of each change; of shares and counts as if both periods were one."""
    kinds = kinds_of(both)
    alone = np.hypot(both["se"], both["se_before"]).to_numpy(float)
    n, before, value, value_before = (both[name].to_numpy(float) for name in ("n", "n_before", "value", "value_before"))
    scale = _scales(both)
    with np.errstate(divide="ignore", invalid="ignore"):
        share = (value * n + value_before * before) / (n + before) / scale
        pooled = scale * np.sqrt(np.clip(share * (1 - share) * (1 / n + 1 / before), 0, None))
    count = np.sqrt(spread * np.clip(value + value_before * np.square(days), 1, None))
    return np.select([kinds == "count", (kinds == "share") & (pooled > 0)], [count, pooled], alone)


def kinds_of(both: pd.DataFrame) -> np.ndarray:
    """Return the kind of each row's metric."""
    return np.array([METRICS[name].kind for name in both["metric"]], dtype=object)


def _scales(part: pd.DataFrame) -> np.ndarray:
    return np.array([METRICS[name].scale for name in part["metric"]], dtype=float)


def _hits(part: pd.DataFrame, side: str) -> np.ndarray:
    return np.round((part[f"value{side}"] * part[f"n{side}"]).to_numpy(float) / _scales(part))


def _shapes(part: pd.DataFrame, side: str) -> list[np.ndarray | None]:
    kept = part[f"shape{side}"] if f"shape{side}" in part else [None] * len(part)
    return [shape if isinstance(shape, np.ndarray) else None for shape in kept]


def _moments(part: pd.DataFrame, side: str) -> list[np.ndarray]:
    skewness = np.array([0.0 if shape is None else shape[0] for shape in _shapes(part, side)])
    return [*(part[f"{name}{side}"].to_numpy(float) for name in ("n", "value", "se")), skewness]


def _quantile_distance(part: pd.DataFrame, share: float, plain: np.ndarray) -> np.ndarray:
    """Count values above the common quantile; where values are not known compare the intervals, as ratios if they can be."""
    n, before = part["n"].to_numpy(float), part["n_before"].to_numpy(float)
    z = quantile_z(n, _shapes(part, ""), before, _shapes(part, "_before"), share)
    ends, ends_before = (
        part[[f"{name}{side}" for name in ("value", "lo", "hi")]].to_numpy(float) for side in ("", "_before")
    )
    ratio = log_ratio_z(n, ends, before, ends_before)
    return np.where(np.isnan(z), np.where(np.isnan(ratio), plain, ratio), z)


def share_z(hits: np.ndarray, n: np.ndarray, hits_before: np.ndarray, n_before: np.ndarray) -> np.ndarray:
    """Return the signed normal value of two shares that are one: positive where ``hits ÷ n`` is the larger.

    Arrays of whole numbers; missing (nan) where one of them is.

    >>> z = share_z(np.array([80.0]), np.array([100.0]), np.array([90.0]), np.array([100.0]))
    >>> [round(float(x), 3) for x in z]  # mid-p .0508
    [-1.953]
    """
    from scipy.stats import hypergeom

    hits, n, hits_before, n_before = (np.asarray(part, float) for part in (hits, n, hits_before, n_before))
    known = np.isfinite(hits + n + hits_before + n_before) & (n > 0) & (n_before > 0)
    result = np.full(hits.shape, np.nan)
    hits, n, hits_before, n_before = (np.round(part[known]) for part in (hits, n, hits_before, n_before))
    chance = hypergeom(n + n_before, hits + hits_before, n)
    half = chance.pmf(hits) / 2
    above, below = chance.sf(hits) + half, chance.cdf(hits) - half
    result[known] = np.where(above < below, 1, -1) * tail_z(np.minimum(above, below))
    return result


def mean_z(
    n: np.ndarray,
    mean: np.ndarray,
    se: np.ndarray,
    skewness: np.ndarray,
    n_before: np.ndarray,
    mean_before: np.ndarray,
    se_before: np.ndarray,
    skewness_before: np.ndarray,
) -> np.ndarray:
    """Return the signed normal value of two means that are one; nan where a group has fewer than two.

    Of three answers the least sure: the pooled t with the skewness of both taken out, one and a half times the plain
    pooled t (the skewness of thirty values is itself a guess), and Welch's t, which forgives unequal spreads.
    """
    gap, size = mean - mean_before, n + n_before
    variance, variance_before = se**2 * n, se_before**2 * n_before
    pooled = ((n - 1) * variance + (n_before - 1) * variance_before) / (size - 2)
    inverse = 1 / n + 1 / n_before
    with np.errstate(divide="ignore", invalid="ignore"):
        plain = _student(gap, np.sqrt(pooled * inverse), size - 2)
        third = (n * skewness * variance**1.5 + n_before * skewness_before * variance_before**1.5) / size
        lean = third / pooled**1.5 * (1 / n**2 - 1 / n_before**2) / inverse**1.5
        degrees = (se**2 + se_before**2) ** 2 / (se**4 / (n - 1) + se_before**4 / (n_before - 1))
        welch = _student(gap, np.hypot(se, se_before), degrees)
    straight = np.where(np.isfinite(lean), _symmetric(plain, lean), plain)
    size = np.minimum(np.minimum(np.abs(straight), 1.5 * np.abs(plain)), np.abs(welch))
    size = np.where(np.sign(straight) * np.sign(gap) < 0, 0.0, size)
    return np.where(gap == 0, 0.0, np.sign(gap) * size)


def _student(gap: np.ndarray, se: np.ndarray, degrees: np.ndarray) -> np.ndarray:
    """Turn Student's t into the normal value of the same chance."""
    from scipy.special import stdtr

    t = np.where(se > 0, gap / se, np.where(gap == 0, 0.0, np.sign(gap) * np.inf))
    degrees = np.where(np.isfinite(degrees) & (degrees > 0), degrees, 1e9)
    return np.where(np.isnan(se), np.nan, np.sign(t) * tail_z(stdtr(degrees, -np.abs(t))))


def _symmetric(z: np.ndarray, skewness: np.ndarray) -> np.ndarray:
    """Take a known skewness out of a standardised value, as if it were gamma (Wilson & Hilferty)."""
    small = np.abs(skewness) < 1e-6
    k = np.where(small, 1.0, skewness)
    return np.where(small, z, 6 / k * (np.cbrt(1 + k * z / 2) - 1) + k / 6)


def quantile_z(
    n: np.ndarray, shapes: Sequence[np.ndarray], n_before: np.ndarray, shapes_before: Sequence[np.ndarray], share: float
) -> np.ndarray:
    """Return the signed normal value of two quantiles that are one: positive where the values have grown.

    ``shapes`` come from ``intervals.measure(..., shapes=True)``: how many values lie below those kept, then the sorted
    values around the quantile. Counts are exact as long as the quantile of both together lies among the values kept.
    """
    above = np.array(
        [
            _above(a, m, b, k, share) if a is not None and b is not None else (np.nan, np.nan)
            for a, m, b, k in zip(shapes, n, shapes_before, n_before, strict=True)
        ]
    ).reshape(-1, 2)
    return share_z(above[:, 0], n, above[:, 1], n_before)


def _above(one: np.ndarray, n: float, other: np.ndarray, m: float, share: float) -> tuple[float, float]:
    """Count the values of two groups above the quantile of both together, or from it on, whichever splits better."""
    below = one[0] + other[0]
    kept = np.sort(np.concatenate([one[1:], other[1:]]))
    place = int(np.clip(np.ceil(share * (n + m)) - below, 1, len(kept)))
    splits = [
        tuple(
            len_ - group[0] - np.searchsorted(group[1:], kept[place - 1], side)
            for group, len_ in ((one, n), (other, m))
        )
        for side in ("right", "left")
    ]
    return min(splits, key=lambda counts: abs(sum(counts) - (1 - share) * (n + m)))


def log_ratio_z(n: np.ndarray, ends: np.ndarray, n_before: np.ndarray, ends_before: np.ndarray) -> np.ndarray:
    """Return the normal value of the ratio of two quantiles known by value, lo and hi only (rows of ``ends``).

    A spare way for figures without shapes: the width of an order statistics' interval rests on √n spacings, so Student's
    t with √n degrees of freedom judges it. Values of zero have no logarithm and are missing.
    """
    logs, logs_before = (np.log(np.where(part > 0, part, np.nan)) for part in (ends, ends_before))
    se, se_before = (np.abs(part[:, 2] - part[:, 1]) / (2 * Z) for part in (logs, logs_before))
    with np.errstate(divide="ignore", invalid="ignore"):
        degrees = (se**2 + se_before**2) ** 2 / (se**4 / np.sqrt(n) + se_before**4 / np.sqrt(n_before))
        return _student(logs[:, 0] - logs_before[:, 0], np.hypot(se, se_before), degrees)


def tail_z(chance: np.ndarray) -> np.ndarray:
    """Return the normal value that is exceeded with the given one-sided chance, at least 0."""
    from scipy.special import ndtri

    return np.clip(-ndtri(np.maximum(chance, 1e-300)), 0.0, FARTHEST)


def two_sided(z: np.ndarray) -> np.ndarray:
    """Return the chance of a standard normal value at least as far from zero."""
    from scipy.special import ndtr

    return 2 * ndtr(-np.abs(np.asarray(z, float)))


def false_discovery(p: pd.Series) -> pd.Series:
    """Return, for each p, the share of false findings among all that are called real down to it: its q.

    Judge together whatever a reader sees together: of twenty true «no difference» one alone would be beyond 5 % by chance.
    q is the least of p·m ÷ rank over this p and all larger ones, at most 1, with m the number of p that are known (Benjamini
    & Hochberg, JRSS B 57, 1995). It holds for tests that are independent or lean the same way.

    Args:
        p: chances; those not known, and those that were not to be judged, are missing and stay so.

    Returns:
        q as floats, with the index of ``p``.

    >>> false_discovery(pd.Series([0.01, np.nan, 0.04, 0.03])).tolist()  # 3 × .01 ÷ 1, 3 × .04 ÷ 3, the least of .045 and .04
    [0.03, nan, 0.04, 0.04]
    """
    from statsmodels.stats.multitest import multipletests

    q = pd.Series(np.nan, index=p.index)
    known = p.notna()
    if known.any():
        q[known] = multipletests(p[known].astype(float), method="fdr_bh")[1]
    return q
