"""Which forecast is used: the simplest that is not clearly worse than the best, with intervals that held.

Among many methods one is best by luck. So the simplest is taken whose loss lies within one standard error of the best
one's, origin by origin (Diebold & Mariano, Journal of Business & Economic Statistics 13, 1995, with the correction for
small samples of Harvey, Leybourne & Newbold 1997). Intervals that held too seldom or too often are widened or narrowed by
what the backtest shows (conformal prediction: Vovk, Gammerman & Shafer 2005).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from .backtest import COMBINATION, Backtest
from .fan import INTERVALS
from .simple import NAMES

ORDER = (*NAMES, "level", "level with season", "days", COMBINATION)  # from simple to complex
LITTLE = 0.05  # of the best loss: what the simple method may cost at most, however little is known of the difference
OFF = 2.0  # standard errors by which coverage may miss before intervals are changed
BOUND = (0.5, 3.0)  # factors that intervals are changed by at most


@dataclass(frozen=True)
class Choice:
    """``name`` of the method used, ``best`` by backtest, by how much that is better (``gain``, share of the loss) and its
    standard error; ``widen``: factors of the 50, 80 and 95 % intervals, 1 where they held."""

    name: str
    best: str
    gain: float
    error: float
    widen: tuple[float, float, float]

    @property
    def why(self) -> str:
        """Say why this method, in words."""
        if self.name == self.best:
            return "the smallest loss, and no simpler method within one standard error of it"
        return f"the simplest within one standard error of the best ({self.best}, loss {self.gain:.0%} smaller)"


def choose(test: Backtest) -> Choice:
    """Choose the method of a series by its backtest."""
    losses = test.losses
    best = str(losses.mean().idxmin())
    for name in sorted(losses.columns, key=ORDER.index):
        more = (losses[name] - losses[best]).to_numpy()
        error = standard_error(more, test.came.shape[1])
        if name == best or more.mean() <= min(error, LITTLE * losses[best].mean()):
            mean = losses[name].mean()
            gain = float(more.mean() / mean) if mean > 0 else 0.0
            return Choice(name, best, gain, error, widened(test, name))
    raise AssertionError("the best method is within an error of itself")


def standard_error(difference: Sequence[float] | np.ndarray, horizons: int) -> float:
    """Return the standard error of a mean difference of losses whose neighbours overlap by the horizons.

    >>> round(standard_error([1.0, -1.0, 1.0, -1.0], 1), 4)
    0.5774
    """
    d = np.asarray(difference, float)
    count, lags = len(d), min(horizons, len(d)) - 1
    if count < 2:
        return np.inf
    d = d - d.mean()
    own = float(d @ d) / count
    shared = sum(float(d[lag:] @ d[:-lag]) / count for lag in range(1, lags + 1))
    variance = own + 2 * shared if own + 2 * shared > 0 else own
    small = (count + 1 - 2 * (lags + 1) + (lags + 1) * lags / count) / count
    return float(np.sqrt(variance / count / small)) if small > 0 else np.inf


def widened(test: Backtest, name: str) -> tuple[float, float, float]:
    """Return by how much the 50, 80 and 95 % intervals of a method are to be widened so that they hold as often as they say."""
    told, came = test.quantiles(name), test.came
    able = np.isfinite(came)
    y, q = came[able], told[able]
    factors = []
    for level, (lo, hi) in INTERVALS.items():
        share, held = level / 100, ((y >= q[:, lo]) & (y <= q[:, hi])).mean()
        off = abs(held - share) > OFF * np.sqrt(share * (1 - share) / len(came))
        factors.append(conformal(y, q[:, 3], q[:, lo], q[:, hi], share) if off else 1.0)
    outer = np.maximum.accumulate(np.array(factors) * [1.0, 1.9, 2.9]) / [
        1.0,
        1.9,
        2.9,
    ]  # an 80 % interval holds the 50 % one
    return tuple(float(np.clip(one, *BOUND)) for one in outer)


def conformal(came: np.ndarray, middle: np.ndarray, lo: np.ndarray, hi: np.ndarray, share: float) -> float:
    """Return the factor by which intervals must grow around the middle to hold ``share`` of what came.

    Where there are too few to say (⌈(n + 1) · share⌉ above n) it is the largest needed so far, and never narrows.
    """
    half = np.where(came >= middle, hi - middle, middle - lo)
    needed = np.abs(came - middle)[half > 0] / half[half > 0]
    rank = int(np.ceil((len(needed) + 1) * share))
    if not len(needed):
        return 1.0
    return float(np.sort(needed)[rank - 1]) if rank <= len(needed) else float(max(1.0, needed.max()))
