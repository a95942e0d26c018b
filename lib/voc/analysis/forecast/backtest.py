"""Forecasts held against what came: each method from every earlier moment, with what was known by then.

Scores: MASE, the mean miss as a multiple of the mean change from one period to the next (Hyndman & Koehler, International
Journal of Forecasting 22, 2006); pinball loss, which judges the whole distribution, by the same measure; and how often the
intervals held. Beside them stands the noise floor: what a forecast would miss that knows the truth, but not who answers.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from .fan import INTERVALS, LEVELS, Fan, Method, first_origin, targets, together
from .scale import floor
from .series import Series, first_periods

JUDGED = slice(1, 6)  # the quantiles whose pinball loss counts: 0.1, 0.25, 0.5, 0.75, 0.9
COMBINATION = "combination"
TRIED = 4  # origins known before the combination takes the better half only


@dataclass(frozen=True)
class Backtest:
    """``fans`` by method over all origins; ``losses``: origins × methods, pinball loss as a multiple of the usual change.

    ``origins`` are the numbers of periods known at each; ``value`` and ``size``: what came, and from how many answers or
    days; ``usual`` the mean change from one period to the next; ``floor`` the noise floor in the figure's unit.
    """

    series: Series
    fans: dict[str, Fan]
    losses: pd.DataFrame
    origins: np.ndarray
    value: np.ndarray
    size: np.ndarray
    usual: float
    floor: np.ndarray

    def quantiles(self, name: str) -> np.ndarray:
        """Return what a method foretold at each origin: origins × horizons × ``LEVELS``."""
        return self.fans[name].quantiles(self.series, self.size)[self.origins - 1]

    @property
    def came(self) -> np.ndarray:
        """What came, origins × horizons; missing where nothing was known of a period."""
        return self.value[self.origins - 1]


def backtest(series: Series, horizons: int, methods: Mapping[str, Method]) -> Backtest:
    """Run every method from every origin, and the combination of those that were better until then."""
    return _held(series, {name: method(series, horizons) for name, method in methods.items()}, horizons)


def before(test: Backtest) -> Backtest:
    """Return the test as it stood one period earlier, with nothing known that came since."""
    series = first_periods(test.series, len(test.series) - 1)
    fans = {
        name: Fan(fan.mean[:-1], fan.variance[:-1], fan.freedom[:-1])
        for name, fan in test.fans.items()
        if name != COMBINATION
    }
    return _held(series, fans, test.value.shape[1])


def _held(series: Series, fans: dict[str, Fan], horizons: int) -> Backtest:
    """Hold fans against what came, and add the combination of those that were better until then."""
    value, size = targets(series, horizons)
    value[series.known.cumsum() == 0] = np.nan  # while nothing is known nothing is told, so nothing can be missed
    usual = usual_change(series.value)
    losses = {name: _losses(series, fan, value, size) / usual for name, fan in fans.items()}
    if len(fans) > 1:
        nearest = np.array([loss[:, 0] for loss in losses.values()])
        fans[COMBINATION] = together(list(fans.values()), better_half(nearest))
        losses[COMBINATION] = _losses(series, fans[COMBINATION], value, size) / usual
    judged = np.arange(1, len(series) + 1) >= first_origin(series)
    origins = np.flatnonzero(judged & np.isfinite(value).any(axis=1)) + 1
    by_origin = {name: _mean(loss[origins - 1], axis=1) for name, loss in losses.items()}
    return Backtest(
        series, fans, pd.DataFrame(by_origin), origins, value, size, usual, _floor(series, value, size, origins)
    )


def usual_change(value: np.ndarray) -> float:
    """Return the mean change between periods in a row, both known; 1 where nothing ever changed.

    >>> usual_change(np.array([1.0, 3.0, np.nan, 4.0, 8.0]))
    3.0
    """
    changes = np.abs(np.diff(value))
    changes = changes[np.isfinite(changes)]
    return float(changes.mean()) if changes.sum() > 0 else 1.0


def pinball(came: np.ndarray, told: np.ndarray, levels: np.ndarray) -> np.ndarray:
    """Return the pinball loss of quantiles (last axis of ``told``): what is missed, weighted by the side (Koenker & Bassett 1978).

    >>> pinball(np.array([10.0]), np.array([[8.0, 12.0]]), np.array([0.1, 0.9])).round(2).tolist()
    [[0.2, 0.2]]
    """
    miss = came[..., None] - told
    return np.maximum(levels * miss, (levels - 1) * miss)


def better_half(losses: np.ndarray) -> np.ndarray:
    """Tell which methods belong to the better half at each origin, by their losses one step ahead that were known by then.

    ``losses``: methods × origins. The loss at an origin is known one origin later. All count until a few are known.
    """
    known = np.nan_to_num(losses)
    before = np.concatenate([np.zeros((len(losses), 1)), np.cumsum(known, axis=1)[:, :-1]], axis=1)
    seen = np.concatenate([[0], np.cumsum(np.isfinite(losses).all(axis=0))[:-1]])
    rank = before.argsort(axis=0, kind="stable").argsort(axis=0, kind="stable")
    return (rank < (len(losses) + 1) // 2) | (seen < TRIED)


def scores(test: Backtest) -> pd.DataFrame:
    """Return method, horizon, mase, pinball, cover50, cover80, cover95 (shares of 1), n_origins, floor (as mase), by method and horizon."""
    rows = []
    for name in test.fans:
        told, came = test.quantiles(name), test.came
        for step in range(came.shape[1]):
            able = np.isfinite(came[:, step])
            if not able.any():
                continue
            y, q = came[able, step], told[able, step]
            held = {
                f"cover{level}": float(((y >= q[:, lo]) & (y <= q[:, hi])).mean())
                for level, (lo, hi) in INTERVALS.items()
            }
            loss = pinball(y, q[:, JUDGED], LEVELS[JUDGED]).mean()
            rows.append(
                {"method": name, "horizon": step + 1, "mase": float(np.abs(y - q[:, 3]).mean() / test.usual)}
                | {"pinball": float(loss / test.usual), **held, "n_origins": int(able.sum())}
                | {"floor": float(test.floor[step] / test.usual)}
            )
    columns = ["method", "horizon", "mase", "pinball", "cover50", "cover80", "cover95", "n_origins", "floor"]
    return pd.DataFrame(rows, columns=columns)


def _losses(series: Series, fan: Fan, value: np.ndarray, size: np.ndarray) -> np.ndarray:
    told = fan.quantiles(series, size)[..., JUDGED]
    return pinball(value, told, LEVELS[JUDGED]).mean(axis=-1)


def _mean(values: np.ndarray, axis: int) -> np.ndarray:
    able = np.isfinite(values)
    return np.where(able, values, 0.0).sum(axis=axis) / np.maximum(able.sum(axis=axis), 1)


def _floor(series: Series, value: np.ndarray, size: np.ndarray, origins: np.ndarray) -> np.ndarray:
    """Return the noise floor of each horizon's targets; the truth is taken to be near the mean of the neighbouring periods."""
    truth = pd.Series(series.value).rolling(7, center=True, min_periods=1).mean().ffill().bfill().to_numpy()
    found = np.full(value.shape[1], np.nan)
    at_each = np.full(len(series), np.nan)
    at_each[series.known] = floor(series, truth[series.known], series.n[series.known])
    for step in range(value.shape[1]):
        at = origins + step
        at = at[at < len(series)]
        if np.isfinite(at_each[at]).any():
            found[step] = np.nanmean(at_each[at])
    return found
