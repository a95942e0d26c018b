"""Trends with the season taken out: does a figure rise or fall over the years, by how much, and how sure is that?

A December is set against Decembers only: the seasonal Kendall test counts, season by season, whether later years are
higher or lower (Hirsch, Slack & Smith, Water Resources Research 18, 1982), and the slope is the median of all changes
between the same season of two years (Sen 1968). Months in a row resemble each other, which makes the plain test call too
much. Hirsch & Slack's remedy (1984) needs about ten years of data; here the variance is widened by the lag-one correlation
of the year-on-year changes instead, as Hamed & Rao (Journal of Hydrology 204, 1998) and Yue & Wang (2004) widen it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from ..data.periods import Grain, Period
from ..data.store import to_frame
from .chance import false_discovery, two_sided
from .compare import LIKELY, NOISE, SURE, UNKNOWN, lengths
from .coverage import covers
from .kendall import inflation, kendall, sen
from .metrics import METRICS
from .rules import MetricRules

PER_YEAR: dict[str, int] = {"week": 52, "month": 12, "quarter": 4}
FEWEST = 8  # periods under which no trend is judged
ENOUGH_SEASONS = 0.75  # of the seasons must have two years or more
PLAIN = "trend over all periods (Mann–Kendall); the season cannot be taken out with less than two years"
SEASONAL = "each {season} set against the same {season} of other years (seasonal Kendall)"
_SEASONS = {"week": "week", "month": "month", "quarter": "quarter"}


@dataclass(frozen=True)
class Trend:
    """The trend of one figure.

    ``slope`` (with ``lo`` and ``hi``, 95 %) is the change a year in the figure's unit, counts per day; ``relative`` the same
    in per cent, of counts and durations; ``tau`` how one-sided the changes are (−1 to 1); ``p`` the chance of so one-sided
    a series without a trend; ``how`` the method in words; ``why`` why there is no trend to tell, else empty.
    ``adjusted``: period_start, value, adjusted (the value with its season taken out; missing where that cannot be done).
    """

    n: int
    years: float
    slope: float = np.nan
    lo: float = np.nan
    hi: float = np.nan
    relative: float = np.nan
    tau: float = np.nan
    p: float = np.nan
    how: str = ""
    why: str = ""
    adjusted: pd.DataFrame = field(default_factory=pd.DataFrame, repr=False)

    @property
    def words(self) -> str:
        """Say where it goes, judged by itself: rises, falls, no trend beyond chance, or why there is none."""
        if self.why or not self.p <= 0.05:
            return self.why or "no trend beyond chance"
        return "rises" if self.slope > 0 or (self.slope == 0 and self.tau > 0) else "falls"


def trend_of(
    history: pd.DataFrame,
    grain: Grain,
    unit: str | None = None,
    span: tuple[pd.Timestamp, pd.Timestamp] | None = None,
) -> Trend:
    """Return the trend of one figure over its periods, the season taken out where there are two years of them.

    ``history``: rows of ``voc.analysis.compare.by_period`` for one metric (and one label): period_start, value; optional
    metric, n. ``unit`` is the metric's own unless given; it decides the scale (logarithm for durations and counts, logit
    for per cent). Contacts are taken per day of their period. ``span`` is from when to when the data reach: periods that
    are not whole are left out. Raises ValueError when a period stands twice.

    >>> months = pd.date_range("2024-11-01", periods=24, freq="MS")
    >>> rows = pd.DataFrame({"metric": "csat_mean", "period_start": months, "value": np.arange(24) / 12})
    >>> round(trend_of(rows, "month").slope, 6)
    1.0
    """
    rows, ordinal = _gridded(history, grain, span)
    name = str(history["metric"].iloc[0]) if len(history) and "metric" in history else ""
    known = METRICS.get(name)
    unit = (known.unit if known else "") if unit is None else unit
    days = lengths(rows["period_start"], grain) if known and known.kind == "count" and len(rows) else 1.0
    value = (rows["value"] / days).to_numpy(float)
    n, year = int(np.isfinite(value).sum()), PER_YEAR[grain]
    base = {
        "n": n,
        "years": round(len(rows) / year, 2),
        "adjusted": rows[["period_start", "value"]].assign(adjusted=np.nan),
    }
    if n < FEWEST:
        return Trend(**base, why=f"fewer than {FEWEST} periods are known")
    seasonal = _two_years(value, ordinal, year)
    season = ordinal % year if seasonal else np.zeros(len(value), dtype=int)
    score, variance, pairs, slopes = kendall(value, ordinal, season, year)
    widened = variance * inflation(value, ordinal, year if seasonal else 0)
    z = np.sign(score) * max(abs(score) - 1, 0) / np.sqrt(widened) if widened > 0 else 0.0
    slope, lo, hi = sen(slopes, widened)
    if seasonal:
        base["adjusted"]["adjusted"] = _without_season(value, rows.get("n"), unit, year) * days
    return Trend(
        **base,
        slope=slope,
        lo=lo,
        hi=hi,
        relative=_relative(value, ordinal, season, year, unit),
        tau=score / pairs if pairs else 0.0,
        p=float(two_sided(pd.Series([z]))[0]),
        how=SEASONAL.format(season=_SEASONS[grain]) if seasonal else PLAIN,
    )


def trends(
    history: pd.DataFrame,
    grain: Grain,
    rules: MetricRules | None = None,
    *,
    by: Sequence[str] = (),
    units: Mapping[str, str] | None = None,
    span: tuple[pd.Timestamp, pd.Timestamp] | None = None,
) -> pd.DataFrame:
    """Judge the trends of many figures together.

    ``history``: metric, the ``by`` columns, period_start, value, optional n; ``units`` of metrics that
    ``voc.analysis.metrics`` does not know. Returns one row a figure: metric, the ``by`` columns, n (periods), years, slope,
    lo, hi, relative, tau, p, how, why, q, certainty, direction (better, worse, up, down or empty).
    """
    rows = []
    for keys, part in history.groupby(["metric", *by], sort=True, dropna=False):
        found = trend_of(part, grain, (units or {}).get(str(keys[0])), span)
        kept = ("n", "years", "slope", "lo", "hi", "relative", "tau", "p", "how", "why")
        rows.append(dict(zip(["metric", *by], keys, strict=True)) | {name: getattr(found, name) for name in kept})
    columns = ["metric", *by, "n", "years", "slope", "lo", "hi", "relative", "tau", "p", "how", "why"]
    judged = with_certainty(pd.DataFrame(rows, columns=columns), rules or MetricRules())
    return judged.assign(direction=[_direction(row) for row in judged.to_dict("records")])


def weeks(table: ir.Table, period: Period, span: tuple[pd.Timestamp, pd.Timestamp] | None = None) -> list[Period]:
    """List all weeks from the first contact to the end of a period, whole ones only, oldest first.

    Trends are judged by the week whatever the report's grain: two years hold 52 pairs of weeks but twelve of months, too
    few to tell a trend from months that resemble their neighbours.
    """
    if span is None:
        row = to_frame(table.aggregate(first=table.created_local.min(), last=table.created_local.max())).iloc[0]
        span = pd.Timestamp(row["first"]), pd.Timestamp(row["last"])
    if pd.isna(span[0]):
        return []
    end = min(span[1].date(), period.end - timedelta(days=1))
    last, found = Period.last_whole(end, "week"), []
    while pd.Timestamp(last.start) >= span[0].normalize():
        found.append(last)
        last = last.previous()
    return found[::-1]


def with_certainty(rows: pd.DataFrame, rules: MetricRules) -> pd.DataFrame:
    """Add q (false discovery rate over all rows with a ``p`` and no ``why``; Benjamini & Hochberg 1995) and certainty."""
    able = (rows["why"] == "") & rows["p"].notna()
    judged = rows.assign(q=false_discovery(rows["p"].where(able)))
    within = judged["p"] > 0.05
    tests = [~able, judged["q"] <= rules.sure, judged["q"] <= rules.likely, within]
    judged["certainty"] = np.select(tests, [UNKNOWN, SURE, LIKELY, NOISE], UNKNOWN)
    return judged


def _direction(row: Mapping) -> str:
    if row["certainty"] not in (SURE, LIKELY):
        return ""
    better = METRICS[row["metric"]].better if row["metric"] in METRICS else None
    up = row["slope"] > 0 or (row["slope"] == 0 and row["tau"] > 0)
    if better is None:
        return "up" if up else "down"
    return "better" if up == (better == "up") else "worse"


def _gridded(
    history: pd.DataFrame, grain: Grain, span: tuple[pd.Timestamp, pd.Timestamp] | None
) -> tuple[pd.DataFrame, np.ndarray]:
    """Put the periods on a grid without gaps, missing ones empty; return it with each period's running number."""
    rows = history.assign(period_start=pd.to_datetime(history["period_start"])).sort_values("period_start")
    if rows["period_start"].duplicated().any():
        raise ValueError("a period stands twice in the history: give one metric and one label at a time")
    if rows.empty:
        return pd.DataFrame({"period_start": pd.to_datetime([]), "value": [], "n": []}), np.array([], dtype=int)
    first, last = (Period.holding(rows["period_start"].iloc[at].date(), grain) for at in (0, -1))
    periods = [first]
    while periods[-1].start < last.start:
        periods.append(periods[-1].shift(1))
    starts = pd.DatetimeIndex([pd.Timestamp(period.start) for period in periods])
    kept = rows.set_index("period_start").reindex(starts).rename_axis("period_start").reset_index()
    kept["value"] = kept["value"].astype(float)
    if span is not None:
        partial = [bool(covers(*span, period)) for period in periods]
        kept.loc[partial, "value"] = np.nan
    return kept, np.arange(len(kept))


def _two_years(value: np.ndarray, ordinal: np.ndarray, year: int) -> bool:
    seasons = pd.Series(ordinal[np.isfinite(value)] % year).value_counts()
    return len(value) >= 2 * year - 1 and int((seasons >= 2).sum()) >= ENOUGH_SEASONS * year


def _relative(value: np.ndarray, ordinal: np.ndarray, season: np.ndarray, year: int, unit: str) -> float:
    if _scale(unit) != "log" or not (value[np.isfinite(value)] > 0).all():
        return np.nan
    return float(100 * np.expm1(np.median(kendall(np.log(value), ordinal, season, year)[3])))


def _scale(unit: str) -> str:
    if unit == "%":
        return "logit"
    return "log" if unit in ("contacts", "seconds", "minutes", "hours") else "identity"


def _without_season(value: np.ndarray, n: pd.Series | None, unit: str, year: int) -> np.ndarray:
    """Take a fixed season out with STL (Cleveland et al. 1990), robust, on the scale that fits the unit; gaps stay gaps."""
    from statsmodels.tsa.seasonal import STL

    scale, known = _scale(unit), np.isfinite(value)
    if scale == "logit":
        size = 1000.0 if n is None else n.fillna(1000.0).clip(lower=1).to_numpy(float)
        share = (value / 100 * size + 0.5) / (size + 1)
        bent = np.log(share / (1 - share))
    elif scale == "log":
        least = value[known & (value > 0)].min() / 2 if (value[known] > 0).any() else 1.0
        bent = np.log(np.where(known, np.maximum(value, least), np.nan))
    else:
        bent = value
    whole = pd.Series(bent).interpolate(limit_direction="both").to_numpy()
    cycles = int(np.ceil(len(whole) / year))
    fixed = STL(whole, period=year, seasonal=10 * cycles + 7 - (10 * cycles) % 2, seasonal_deg=0, robust=True).fit()
    flat = np.where(known, whole - fixed.seasonal, np.nan)
    if scale == "logit":
        return 100 / (1 + np.exp(-flat))
    return np.exp(flat) if scale == "log" else flat
