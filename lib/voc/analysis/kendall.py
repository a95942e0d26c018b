"""Kendall's trend test within seasons: the score, how much wider it spreads when neighbours are alike, and Sen's slope."""

from __future__ import annotations

import numpy as np

from .intervals import Z


def kendall(
    value: np.ndarray, ordinal: np.ndarray, season: np.ndarray, year: int
) -> tuple[float, float, int, np.ndarray]:
    """Return Kendall's score, its variance (ties corrected), the number of pairs and all slopes a year, within seasons."""
    score, variance, pairs, slopes = 0.0, 0.0, 0, []
    for one in np.unique(season):
        at = np.flatnonzero((season == one) & np.isfinite(value))
        first, later = np.triu_indices(len(at), 1)
        steps = value[at[later]] - value[at[first]]
        score += np.sign(steps).sum()
        pairs += len(steps)
        n, ties = len(at), np.unique(value[at], return_counts=True)[1]
        variance += (n * (n - 1) * (2 * n + 5) - (ties * (ties - 1) * (2 * ties + 5)).sum()) / 18
        slopes.append(steps / (ordinal[at[later]] - ordinal[at[first]]) * year)
    return float(score), float(variance), pairs, np.concatenate(slopes)


def inflation(value: np.ndarray, ordinal: np.ndarray, lag: int) -> float:
    """Tell how many times wider the score spreads because neighbours resemble each other; never below 1.

    With seasons (``lag`` periods a year) the resemblance is that of year-on-year changes, else of what a straight line
    leaves. The estimate from few values is corrected for its bias (Kendall, Biometrika 41, 1954).
    """
    if lag:
        rest = value[lag:] - value[:-lag]
    else:
        _, _, _, slopes = kendall(value, ordinal, np.zeros(len(value), dtype=int), 1)
        rest = value - np.median(slopes) * (ordinal - ordinal[0])
    rest = rest - np.nanmedian(rest)
    n, spread = int(np.isfinite(rest).sum()), float(np.nansum(rest**2))
    if n < 5 or spread <= 0:
        return 1.0
    resembling = (n * float(np.nansum(rest[1:] * rest[:-1])) / spread + 1) / (n - 3)
    ahead = np.arange(1, n if not lag else min(n, lag))
    powers = min(max(resembling, 0.0), 0.95) ** ahead
    signs = 2 / np.pi * np.arcsin(powers) if lag and len(value) < 3 * lag else 6 / np.pi * np.arcsin(powers / 2)
    return float(1 + 2 * ((1 - ahead / (ahead[-1] + 1)) * signs).sum())


def sen(slopes: np.ndarray, variance: float) -> tuple[float, float, float]:
    """Return the median slope and its 95 % interval between order statistics (Gilbert, Statistical Methods, 1987, 16.4)."""
    ordered, half = np.sort(slopes), Z * np.sqrt(variance)
    low, high = (len(ordered) - half) / 2, (len(ordered) + half) / 2 + 1
    lo = ordered[int(np.floor(low)) - 1] if low >= 1 else np.nan
    hi = ordered[int(np.ceil(high)) - 1] if high <= len(ordered) else np.nan
    return float(np.median(ordered)), float(lo), float(hi)
