"""Axes that read well: round ticks in the metric's own unit, and few dates that say enough."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

import numpy as np
import pandas as pd

from voc.report.style import MONTHS, NBSP, SECONDS, day_label, number

DURATION_STEPS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400, 172800)


def numeric(frame: pd.DataFrame, *columns: str) -> pd.DataFrame:
    """Return the rows numbered from 0 with these columns as numbers, missing where there are none."""
    rows = frame.reset_index(drop=True).copy()
    for column in columns:
        rows[column] = pd.to_numeric(rows[column], errors="coerce").astype(float) if column in rows else np.nan
    return rows


def span(
    columns: Iterable[Any], *, pad: float = 0.08, floor: float | None = None, ceiling: float | None = None
) -> tuple:
    """Return (low, high) around all finite values of ``columns``, padded by a share, inside ``floor`` and ``ceiling``.

    >>> span([[0.0, 10.0]], pad=0.1)
    (-1.0, 11.0)
    """
    values = np.concatenate([np.atleast_1d(np.asarray(column, dtype=float)).ravel() for column in columns])
    values = values[np.isfinite(values)]
    low, high = (float(values.min()), float(values.max())) if len(values) else (0.0, 1.0)
    room = (high - low) * pad or abs(high) * pad or 1.0
    low, high = low - room, high + room
    low = low if floor is None else max(floor, low)
    high = high if ceiling is None else min(ceiling, high)
    return low, max(high, low + 1e-9)


def bounds(unit: str) -> tuple[float | None, float | None]:
    """Return what a unit allows: shares lie in 0–100, scores in 1–5, counts and durations above 0.

    >>> bounds("%")
    (0.0, 100.0)
    """
    if unit == "%":
        return 0.0, 100.0
    if unit.startswith("score"):
        return 1.0, 5.0
    if unit == "points":  # of recommendation: all detract … all promote
        return -100.0, 100.0
    return (None, None) if unit == "pts" else (0.0, None)


def ticks(low: float, high: float, unit: str, count: int = 4) -> list[float]:
    """Return about ``count`` round values between ``low`` and ``high``; durations step in minutes, hours, days.

    >>> ticks(0, 100, "%")
    [0.0, 25.0, 50.0, 75.0, 100.0]
    """
    factor = SECONDS.get(unit, 1.0)
    raw = (high - low) * factor / max(count, 1)
    if unit in SECONDS and raw >= 1:
        step = next((s for s in DURATION_STEPS if s >= raw * 0.9), math.ceil(raw / 86400) * 86400)
    else:
        power = 10 ** math.floor(math.log10(raw)) if raw > 0 else 1
        steps = (1, 2, 2.5, 5, 10) if unit == "%" or power > 1 else (1, 2, 5, 10)
        step = next(s * power for s in steps if s * power >= raw * 0.9)
        if unit == "contacts":
            step = max(1, step)
    step /= factor
    first = math.ceil(low / step - 1e-9)
    return [round(k * step, 10) for k in range(first, math.floor(high / step + 1e-9) + 1)]


def tick_labels(values: Sequence[float], unit: str) -> list[str]:
    """Write ticks as short as their step allows.

    >>> tick_labels([70, 75, 80], "%")
    ['70%', '75%', '80%']
    """
    if unit in SECONDS:
        return [number(value, unit) if value else "0" for value in values]
    tail = "%" if unit == "%" else ""
    for decimals in range(4):
        if all(abs(value - round(value, decimals)) < 1e-9 for value in values):
            break
    return [f"{value:,.{decimals}f}{tail}".replace("-", "−") for value in values]


def log_ticks(low: float, high: float, unit: str) -> list[float]:
    """Return round values for a logarithmic axis; durations at 1 s, 10 s, 1 min, 10 min, 1 h, 6 h, 1 d, 7 d, 30 d.

    >>> log_ticks(1, 200, "minutes")
    [1.0, 10.0, 60.0]
    """
    factor = SECONDS.get(unit)
    days = 86400
    marks = (1, 10, 60, 600, 3600, 6 * 3600, days, 7 * days, 30 * days, 365 * days)
    if not factor:
        marks, factor = tuple(10.0**k for k in range(-3, 10)), 1.0
    return [float(mark / factor) for mark in marks if low <= mark / factor <= high]


def date_ticks(periods: Sequence[datetime], count: int = 4) -> tuple[list[int], list[str]]:
    """Choose at most ``count`` + 1 positions among ``periods``, the last always, with labels such as "Oct 2026".

    Months and longer are named by month; days and weeks by day. The year stands where it changes or first appears.

    >>> date_ticks(pd.date_range("2026-01-01", periods=3, freq="MS"), 2)[0]
    [0, 1, 2]
    """
    days = pd.DatetimeIndex(pd.to_datetime(list(periods)))
    if not len(days):
        return [], []
    stride = max(1, math.ceil((len(days) - 1) / max(count, 1)))
    at = sorted(set(range(len(days) - 1, -1, -stride)))
    gap = (days[-1] - days[0]).days / max(len(days) - 1, 1)
    labels, year = [], None
    for i in at:
        day = days[i]
        text = MONTHS[day.month - 1][:3] if gap > 27 or len(days) == 1 else day_label(day, year=False)
        labels.append(text if day.year == year else f"{text}\n{day.year}")
        year = day.year
    return at, [label.replace(" ", NBSP) for label in labels]
