"""Scales on which drivers are read: times as logarithms, some of them against what is usual for their channel."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .known import Driver

SHORTEST = {"minutes": 1 / 60, "hours": 1 / 60}  # a time of nought is told as one second (of hours: a minute)


def scaled(driver: Driver, x: pd.Series, channel: np.ndarray) -> pd.Series:
    """Return a driver on its scale: times as logarithms, those «times usual» against the middle of their channel."""
    if not driver.is_time:
        return x
    log = logged(driver, x)
    return log - log.groupby(channel).transform("median") if driver.scale == "times usual" else log


def logged(driver: Driver, x: pd.Series) -> pd.Series:
    """Return the logarithms of a time; none at all counts as the shortest that there is."""
    return np.log(x.clip(lower=SHORTEST[driver.unit]))
