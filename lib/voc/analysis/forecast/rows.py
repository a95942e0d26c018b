"""What is wrong with rows that are to become a series: all of it is said at once, and nothing is forecast from it."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from ...data.periods import Period

Kind = Literal["share", "score", "count"]
Grain = Literal["day", "week", "month", "quarter"]
NEEDED = {"share": ("x", "n"), "score": ("x", "n", "variance"), "count": ("x",)}
TOLD = 5  # dates named of each kind of problem


def start_of(day: pd.Timestamp, grain: Grain) -> pd.Timestamp:
    """Return the first day of the period that holds a day."""
    return day.normalize() if grain == "day" else pd.Timestamp(Period.holding(day.date(), grain).start)


def days_of(start: pd.Timestamp, grain: Grain) -> float:
    """Return how many days a period has."""
    return 1.0 if grain == "day" else float(Period.holding(start.date(), grain).days)


def problems_of(frame: pd.DataFrame, kind: Kind, grain: Grain, bounds: tuple[float, float]) -> list[str]:
    """Return everything that is wrong with rows of at, x, n and variance, in words; nothing if they can be a series."""
    lacking = [column for column in ("at", *NEEDED[kind]) if column not in frame]
    if lacking:
        return [f"columns are missing: {', '.join(lacking)}"]
    if frame.empty:
        return ["there is no row"]
    at = pd.to_datetime(frame["at"], errors="coerce")
    if at.dt.tz is not None:
        return ["dates carry a time zone, in which a day may have 23 or 25 hours: give days of the report's clock"]
    numbers = frame[[name for name in ("x", "n", "variance") if name in frame]].apply(pd.to_numeric, errors="coerce")
    return _dates(frame["at"], at, grain) + _numbers(frame, numbers) + _sizes(numbers, at, kind, grain, bounds)


def _dates(given: pd.Series, at: pd.Series, grain: Grain) -> list[str]:
    found = []
    unread = at.isna() & given.notna()
    if unread.any():
        found.append(f"no dates: {', '.join(given[unread].astype(str).head(TOLD))}")
    if given.isna().any():
        found.append(f"{int(given.isna().sum())} rows have no date")
    twice = sorted({f"{day:%Y-%m-%d}" for day in at[at.duplicated() & at.notna()]})
    if twice:
        found.append(f"dates stand twice: {', '.join(twice[:TOLD])}; give one row a period")
    off = [f"{day:%Y-%m-%d}" for day in at.dropna() if day != start_of(day, grain)]
    return found + ([f"no first day of a {grain}: {', '.join(off[:TOLD])}"] if off else [])


def _numbers(frame: pd.DataFrame, numbers: pd.DataFrame) -> list[str]:
    found = []
    for name in numbers:
        unread = numbers[name].isna() & frame[name].notna()
        if unread.any():
            found.append(f"{name} is no number: {', '.join(frame.loc[unread, name].astype(str).head(TOLD))}")
        if np.isinf(numbers[name].to_numpy(float)).any():
            found.append(f"{name} is infinite: {int(np.isinf(numbers[name].to_numpy(float)).sum())} rows")
    return found


def _sizes(numbers: pd.DataFrame, at: pd.Series, kind: Kind, grain: Grain, bounds: tuple[float, float]) -> list[str]:
    x, n = numbers["x"], numbers["n"] if "n" in numbers else pd.Series(np.nan, numbers.index)
    tests = {f"negative numbers of {'days' if kind == 'count' else 'answers'}": n < 0}
    if kind != "score":
        tests["negative counts"] = x < 0
    if kind == "share":
        tests["more good answers than answers"] = x > n
    if kind == "count":
        most = np.array([days_of(day, grain) if pd.notna(day) else np.inf for day in at])
        tests[f"more days than the {grain} has"] = n > most
    if kind == "score":
        mean = x / n.where(n > 0)
        tests["negative variances"] = numbers["variance"] < 0
        tests[f"means outside the scale from {bounds[0]:g} to {bounds[1]:g}"] = (mean < bounds[0] - 1e-9) | (
            mean > bounds[1] + 1e-9
        )
    return [f"{what}: {int(wrong.sum())} rows" for what, wrong in tests.items() if wrong.any()]
