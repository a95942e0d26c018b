"""Figures in a row as forecasts need them: every period stands there once, and with how many answers or days it is known.

A share, a mean or a count of a period is never known exactly: who happens to answer, or to call, makes it differ from
what it truly is. How much, follows from the number of answers (or days), so each period carries it. A period without
answers is not a value of 0 but a gap. Days are days of the report's clock, so that no hour is counted twice or never when
clocks change.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from ...data.periods import Period
from ...data.store import to_frame
from ..metrics import METRICS
from .rows import Grain, Kind, days_of, problems_of, start_of

SEASON = {
    "day": 7,
    "week": 52,
    "month": 12,
    "quarter": 4,
}  # periods after which it comes again: a week of days, else a year
KIND_OF = {"share": "share", "net": "score", "mean": "score"}
SMALLER, UNNAMED = "all others", "not recorded"  # values of a label that are told together, and contacts without one
BOUNDS = {"NPS points": (-100.0, 100.0), "score 1–5": (1.0, 5.0)}


@dataclass(frozen=True)
class Series:
    """One figure over time, on a grid without gaps.

    ``x``: good answers of a share, sum of a score, or a count; ``n``: answers, or the days that a count was made on; 0
    where nothing is known. ``variance``: of one answer of a score. ``spread``: how many times wider than independent
    answers or arrivals the figure is known to vary (customers who answer twice, days that differ). ``bounds``: ends of the
    scale of a score. ``unit`` of a score that has no such scale. Values are per cent, points, that unit or contacts.
    """

    name: str
    kind: Kind
    grain: Grain
    starts: pd.DatetimeIndex
    x: np.ndarray
    n: np.ndarray
    variance: float = np.nan
    spread: float = 1.0
    bounds: tuple[float, float] = (-np.inf, np.inf)
    unit: str = ""

    def __len__(self) -> int:
        return len(self.starts)

    @property
    def known(self) -> np.ndarray:
        """Which periods have answers (or days)."""
        return self.n > 0

    @property
    def value(self) -> np.ndarray:
        """The figure of each period in its unit: per cent, points or contacts; missing where nothing is known."""
        if self.kind == "count":
            return np.where(self.known, self.x, np.nan)
        with np.errstate(invalid="ignore", divide="ignore"):
            return np.where(self.known, self.x / self.n, np.nan) * (100.0 if self.kind == "share" else 1.0)

    def ahead(self, steps: int) -> tuple[pd.DatetimeIndex, np.ndarray]:
        """Return the next periods, and their days (a count) or the answers to reckon with: the median of the last six."""
        last = self.starts[-1]
        if self.grain == "day":
            starts = pd.date_range(last, periods=steps + 1, freq="D")[1:]
            return starts, np.ones(steps)
        periods = [Period.holding(last.date(), self.grain).shift(step) for step in range(1, steps + 1)]
        starts = pd.DatetimeIndex([pd.Timestamp(period.start) for period in periods])
        if self.kind == "count":
            return starts, np.array([float(period.days) for period in periods])
        return starts, np.full(steps, np.round(np.median(self.n[self.known][-6:])))


def series_of(
    frame: pd.DataFrame,
    name: str,
    kind: Kind,
    grain: Grain,
    *,
    spread: float = 1.0,
    bounds: tuple[float, float] = (-np.inf, np.inf),
) -> Series:
    """Make a series from rows, or say everything that is wrong with them at once.

    ``frame``: at (first day of the period), x, n (for a count optional: the days of the period), for a score also variance
    (of one answer). Periods without a row, and those with n = 0, are gaps. Raises ValueError, all in one, on dates that
    stand twice or are no first day, negative counts, x above n and the like (``voc.analysis.forecast.rows``).

    >>> rows = pd.DataFrame({"at": ["2026-01-01", "2026-03-01"], "x": [8, 9], "n": [10, 10]})
    >>> series_of(rows, "csat_pct", "share", "month").value.tolist()
    [80.0, nan, 90.0]
    """
    problems = problems_of(frame, kind, grain, bounds)
    if problems:
        raise ValueError(f"{name} cannot be forecast: " + "; ".join(problems))
    rows = frame.assign(at=pd.to_datetime(frame["at"])).sort_values("at").set_index("at")
    starts = _grid(rows.index, grain)
    days = np.array([days_of(start, grain) for start in starts])
    rows = rows.reindex(starts)
    x = rows["x"].to_numpy(float)
    n = rows["n"].to_numpy(float) if "n" in rows else np.where(np.isnan(x), 0.0, days)
    n = np.where(np.isnan(x) | np.isnan(n), 0.0, n)
    variance = np.nan
    if kind == "score":
        able = (n > 0) & rows["variance"].notna().to_numpy()
        if not able.any():
            raise ValueError(f"{name} cannot be forecast: in no period is it known how much single answers vary")
        variance = max(float(np.average(rows["variance"].to_numpy(float)[able], weights=n[able])), 1e-6)
    return Series(name, kind, grain, starts, np.where(n > 0, x, 0.0), n, variance, spread, bounds)


def _grid(index: pd.DatetimeIndex, grain: Grain) -> pd.DatetimeIndex:
    freq = {"day": "D", "week": "7D", "month": "MS", "quarter": "QS"}[grain]
    return pd.date_range(index[0], index[-1], freq=freq)


def measured(history: pd.DataFrame, metric: str, grain: Grain, *, name: str = "", spread: float = 1.0) -> Series:
    """Make a series of a metric from rows of ``compare.by_period`` (metric, period_start, n, value, se).

    Shares, net scores and means can be forecast. Raises ValueError for other kinds.
    """
    kind = METRICS[metric].kind
    if kind not in KIND_OF:
        raise ValueError(f"{metric} is a {kind}: shares, net scores and means are forecast")
    rows = history[history["metric"] == metric]
    n = rows["n"].to_numpy(float)
    if kind == "share":
        frame = pd.DataFrame(
            {"at": rows["period_start"], "n": n, "x": np.round(rows["value"].to_numpy(float) / 100 * n)}
        )
        return series_of(frame, name or metric, "share", grain, spread=spread)
    frame = pd.DataFrame(
        {"at": rows["period_start"], "n": n, "x": rows["value"] * n, "variance": rows["se"].to_numpy(float) ** 2 * n}
    )
    ends = BOUNDS.get(METRICS[metric].unit, (-100.0, 100.0) if kind == "net" else (-np.inf, np.inf))
    unit = "" if np.isfinite(ends).all() else METRICS[metric].unit
    return replace(series_of(frame, name or metric, "score", grain, spread=spread, bounds=ends), unit=unit)


def daily(
    table: ir.Table,
    span: tuple[pd.Timestamp, pd.Timestamp],
    by: Sequence[str] = (),
    lost: Sequence[date] = (),
) -> dict[str, Series]:
    """Count contacts by day of the report's clock, in total and by the values of each column of ``by``.

    ``span``: from when to when the data reach; its first and last day count as whole (as in ``coverage.covers``). A day
    inside it without contacts counts 0, but days of ``lost`` (known to be incomplete) are gaps. Names are ``contacts``
    and ``<column>: <value>``; missing values have no series.
    """
    days = pd.date_range(span[0].normalize(), span[1].normalize(), freq="D")
    kept = ~days.isin(pd.to_datetime(list(lost)))
    stamped = table.mutate(at=table.created_local.date())
    total = to_frame(stamped.group_by("at").agg(x=stamped.count()))
    found = {"contacts": _filled(total, "contacts", days, kept)}
    for column in by:
        named = stamped.filter(stamped[column].notnull())
        rows = to_frame(named.group_by(["at", column]).agg(x=named.count()))
        for value, part in sorted(rows.groupby(column), key=lambda one: str(one[0])):
            found[f"{column}: {value}"] = _filled(part, f"{column}: {value}", days, kept)
    return found


def _filled(rows: pd.DataFrame, name: str, days: pd.DatetimeIndex, kept: np.ndarray) -> Series:
    if rows["at"].isna().any():
        raise ValueError(
            f"{name} cannot be forecast: {int(rows.loc[rows['at'].isna(), 'x'].sum())} contacts have no day"
        )
    at = rows.assign(at=pd.to_datetime(rows["at"])).set_index("at")["x"].reindex(days, fill_value=0)
    return series_of(pd.DataFrame({"at": days, "x": at.to_numpy(float), "n": kept.astype(float)}), name, "count", "day")


def summed(days: Series, grain: Grain) -> Series:
    """Add the days of a count up to weeks or months; periods with a day missing at either end of the data are left out.

    Inside the data a period counts on the days that are known: ``n`` says how many.
    """
    starts = pd.DatetimeIndex([start_of(day, grain) for day in days.starts])
    rows = pd.DataFrame({"at": starts, "x": days.x, "n": days.n}).groupby("at", as_index=False).sum()
    whole = np.array([days_of(at, grain) for at in rows["at"]]) == starts.value_counts().sort_index().to_numpy()
    rows = rows[whole]
    if rows.empty:
        raise ValueError(f"{days.name} cannot be forecast: no {grain} is whole")
    return replace(series_of(rows, days.name, "count", grain), spread=day_spread(days))


def first_periods(series: Series, count: int) -> Series:
    """Return the first periods of a series."""
    return replace(series, starts=series.starts[:count], x=series.x[:count], n=series.n[:count])


def day_spread(days: Series, until: int | None = None) -> float:
    """Tell how many times wider than Poisson days spread around the same weekday a week before and after; at least 1.

    ``until``: how many days from the first on are looked at.
    """
    x = days.value[:until]
    if len(x) < 15:
        return 1.0
    now, middle = x[7:-7], (x[:-14] + x[14:]) / 2
    able = np.isfinite(now) & np.isfinite(middle) & (middle > 0)
    if able.sum() < 14:
        return 1.0
    off = (now[able] - middle[able]) ** 2 / (1.5 * middle[able])
    return float(max(1.0, np.minimum(off, 100).mean()))
