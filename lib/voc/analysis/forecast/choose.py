"""Which forecast is used: the simplest that is not clearly worse than the best, with intervals that held.

Among many methods one is best by luck. So the simplest is taken whose loss lies within two standard errors of the best
one's, origin by origin (Diebold & Mariano, Journal of Business & Economic Statistics 13, 1995, with the correction for
small samples of Harvey, Leybourne & Newbold 1997). Which one is right remains open between all that the backtest cannot
tell apart, so the intervals hold what each of them says (Draper, Journal of the Royal Statistical Society B 57, 1995).
Intervals that still held too seldom or too often are widened or narrowed by what the backtest shows (conformal prediction:
Vovk, Gammerman & Shafer 2005).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from .backtest import COMBINATION, Backtest
from .fan import INTERVALS, Fan, around
from .simple import NAMES

# from simple to complex; a wandering level holds the mean and the last value as its limits, and is no less plain than they
ORDER = (
    "mean of all", "running mean", "level", "naive", "seasonal naive", "drift", "level with trend", "level with season",
    "days", COMBINATION,
)  # fmt: skip
ERRORS = (
    2.0  # standard errors of the best: the best of nine is partly so by luck, and one error lets luck win too often
)
LITTLE = 0.12  # of the best loss: what a simpler method may cost at most, however little is known of the difference
ALIKE = 0.25  # of the best loss: what a method may cost at most whose word still counts for the intervals
OFF = 2.0  # standard errors by which coverage may miss before intervals are changed
NARROW_FROM = 20  # origins from which intervals may be narrowed, too
BOUND = (0.5, 3.0)  # factors that intervals are changed by at most


@dataclass(frozen=True)
class Choice:
    """``name`` of the method used, and the ``best`` by backtest, by how much that is better (``gain``, share of the loss).

    ``alike``: the methods that the backtest cannot tell from the best one, whose words the intervals hold.
    ``plain``: the best of the simple ones (``voc.analysis.forecast.simple``), by how much the one used is better
    (``ahead``, share of the loss) and the standard error of that. ``widen``: factors of the 50, 80 and 95 % intervals, 1
    where they held.
    """

    name: str
    best: str
    gain: float
    plain: str
    ahead: float
    error: float
    widen: tuple[float, float, float]
    alike: tuple[str, ...] = ()

    @property
    def why(self) -> str:
        """Say why this method, in words."""
        if self.name == self.best:
            return "the smallest loss, and no simpler method is within two standard errors of it"
        return f"the simplest within two standard errors of the best ({self.best}, loss {self.gain:.0%} smaller)"


def choose(test: Backtest) -> Choice:
    """Choose the method of a series by its backtest."""
    losses = test.losses
    mean, horizons = losses.mean(), test.came.shape[1]
    best, plain = str(mean.idxmin()), str(mean[[name for name in NAMES if name in mean]].idxmin())
    order = sorted(losses, key=ORDER.index)
    name = next(one for one in order if one == best or _near(losses, one, best, horizons, LITTLE))
    alike = tuple(one for one in order if one in (name, best) or _near(losses, one, best, horizons, ALIKE))
    better = (losses[plain] - losses[name]).to_numpy()
    base = max(float(mean[plain]), 1e-12)
    gain = 1 - mean[best] / mean[name] if mean[name] > 0 else 0.0
    error = standard_error(better, horizons) / base
    widen = widened(test, around(test.fans[name], [test.fans[one] for one in alike]))
    return Choice(name, best, float(gain), plain, float(better.mean() / base), error, widen, alike)


def with_doubt(test: Backtest, choice: Choice) -> Backtest:
    """Return the backtest with the chosen method's widths as they are used: holding what the methods alike say."""
    fan = around(test.fans[choice.name], [test.fans[one] for one in choice.alike])
    return replace(test, fans=test.fans | {choice.name: fan})


def _near(losses: pd.DataFrame, name: str, best: str, horizons: int, most: float) -> bool:
    """Tell whether a method's loss lies within two standard errors of the best one's, and is not larger by ``most`` of it."""
    more = (losses[name] - losses[best]).to_numpy()
    return bool(more.mean() <= min(ERRORS * standard_error(more, horizons), most * losses[best].mean()))


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


def widened(test: Backtest, fan: Fan) -> tuple[float, float, float]:
    """Return by how much the 50, 80 and 95 % intervals of a fan are to be widened so that they hold as often as they say."""
    told, came = fan.quantiles(test.series, test.size)[test.origins - 1], test.came
    able = np.isfinite(came)
    y, q = came[able], told[able]
    factors = []
    for level, (lo, hi) in INTERVALS.items():
        share, held = level / 100, ((y >= q[:, lo]) & (y <= q[:, hi])).mean()
        off = abs(held - share) > OFF * np.sqrt(share * (1 - share) / len(came))
        factor = conformal(y, q[:, 3], q[:, lo], q[:, hi], share) if off else 1.0
        factors.append(factor if len(came) >= NARROW_FROM else max(1.0, factor))
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
