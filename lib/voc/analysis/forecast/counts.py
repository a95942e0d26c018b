"""Contacts of days, weeks and months ahead as sums of modelled days (``voc.analysis.forecast.days``)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...data.periods import Period
from .days import Days, model
from .fan import MANY, Fan, Method
from .occasions import Calendar
from .series import Series
from .shares import level

FEWEST_DAYS = 56  # under which days are not modelled
REFITS = 24  # times at most that a backtest makes the regression anew


def days_method(days: Series, calendar: Calendar) -> Method:
    """Return the method that forecasts days, weeks or months of a count as sums of modelled days."""

    def forecast(series: Series, horizons: int) -> Fan:
        fan = level(series, horizons)
        mean, variance = fan.mean.copy(), fan.variance.copy()
        every = max(1, int(np.ceil(len(series) / REFITS)))
        found: Days | None = None
        for origin in range(1, len(series) + 1):
            until = (_end(series, origin) - days.starts[0]).days
            if until < FEWEST_DAYS:
                continue
            found = model(days, calendar, until, found, again=origin % every == 0 or origin == len(series))
            mean[origin - 1], variance[origin - 1] = _on_scale(series, found, origin, horizons)
        return Fan(mean, variance, np.full(mean.shape, MANY))

    return forecast


def _end(series: Series, origin: int) -> pd.Timestamp:
    return span_of(series, origin - 1)[-1] + pd.Timedelta(days=1)


def span_of(series: Series, at: int) -> pd.DatetimeIndex:
    """Return the days of a period of a series, or of one after its end."""
    if series.grain == "day":
        return pd.DatetimeIndex([series.starts[0] + pd.Timedelta(days=at)])
    first = Period.holding(series.starts[0].date(), series.grain).shift(at)
    return pd.date_range(first.start, periods=first.days, freq="D")


def _on_scale(series: Series, found: Days, origin: int, horizons: int) -> tuple[np.ndarray, np.ndarray]:
    """Return the expected place of each period on the scale and the variance of the true figure around it."""
    spans = [span_of(series, origin + step) for step in range(horizons)]
    made = found.columns(spans[0].append(spans[1:]))
    count = np.array([len(days) for days in spans])
    ends = np.cumsum(count)
    totals = [
        found.total(made, slice(end - size, end), (days[0] - found.last).days)
        for days, size, end in zip(spans, count, ends, strict=True)
    ]
    total, wide = np.array(totals).T
    z = 2 * np.sqrt(np.maximum(total + 0.375 - series.spread / 4, 0.05) / count)
    return z, (2 * total / (count * z)) ** 2 * wide
