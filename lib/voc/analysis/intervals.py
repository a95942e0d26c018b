"""From measures to figures: value, n, interval and standard error, for any grouping, inside the engine.

Shares get Wilson's interval (Wilson 1927; Brown, Cai & DasGupta 2001), medians the interval between order statistics
(no distribution assumed), means their standard error, counts a Poisson interval widened by the spread of daily counts.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from ..data.store import to_frame
from .metrics import METRICS, Metric

Z = 1.959963984540054  # standard normal quantile of 95 %
COLUMNS = ["metric", "n", "value", "lo", "hi", "se"]


def measure(table: ir.Table, names: Sequence[str], by: Sequence[str] = ()) -> pd.DataFrame:
    """Put the measures of each group together, all metrics in one pass over the table.

    ``table`` carries measure columns (``metrics.with_measures``); metrics without a column are left out. Returns one row
    per metric and group: metric, the ``by`` columns, n, value, lo, hi, se, in the metric's unit. A group without any
    counted contact has no row; a median of fewer than eight has no interval.
    """
    metrics, by = [METRICS[name] for name in names if name in table.columns], list(by)
    if not metrics:
        return pd.DataFrame(columns=["metric", *by, *COLUMNS[1:]])
    sums = {f"{metric.name} {name}": made for metric in metrics for name, made in _sums(table, metric).items()}
    gathered = table.group_by(by).aggregate(**sums) if by else table.aggregate(**sums)
    middles = {metric.name: f"{metric.name} sorted" for metric in metrics if metric.kind == "median"}
    found = {
        f"{metric} {name}": made
        for metric, ordered in middles.items()
        for name, made in _order_statistics(gathered[ordered], gathered[f"{metric} n"], 0.5).items()
    }
    wide = to_frame(gathered.mutate(**found).drop(*middles.values()))
    wide = wide.sort_values(by, ignore_index=True) if by else wide
    parts = [_figures(wide, metric, by) for metric in metrics]
    return pd.concat(parts, ignore_index=True)[["metric", *by, *COLUMNS[1:]]]


def _sums(table: ir.Table, metric: Metric) -> dict[str, ir.Value]:
    x = table[metric.name]
    more = {
        "count": {},
        "share": {"value": x.mean()},
        "mean": {"total": _whole(x, 1e6).sum(), "squares": _whole(x * x, 1e3).sum()},
        "median": {"sorted": x.collect().sort()},
    }
    return {"n": x.count(), **more[metric.kind]}


def _whole(x: ir.FloatingValue, parts: float) -> ir.IntegerValue:
    """Write numbers in whole parts: sums of integers do not depend on the order in which threads add them."""
    return (x * parts).round().cast("int64")


def _figures(wide: pd.DataFrame, metric: Metric, by: list[str]) -> pd.DataFrame:
    own = {name: name.removeprefix(f"{metric.name} ") for name in wide.columns if name.startswith(f"{metric.name} ")}
    frame = wide[[*by, *own]].rename(columns=own)
    frame = frame[frame["n"] > 0].reset_index(drop=True)
    if metric.kind == "count":
        frame["value"] = frame["n"].astype(float)
        frame["se"] = np.sqrt(frame["value"])
    elif metric.kind == "share":
        frame = _wilson_columns(frame)
    elif metric.kind == "mean":
        total, squares, n = frame["total"] / 1e6, frame["squares"] / 1e3, frame["n"]
        frame["value"] = total / n
        variance = (squares - total * frame["value"]).clip(lower=0) / (n - 1).where(n > 1)
        frame["se"] = np.sqrt(variance / n)
    else:
        frame["se"] = (frame["hi"] - frame["lo"]) / (2 * Z)
    if metric.kind in ("count", "mean"):
        frame["lo"], frame["hi"] = frame["value"] - Z * frame["se"], frame["value"] + Z * frame["se"]
        if metric.kind == "count":
            frame["lo"] = frame["lo"].clip(lower=0)
    for column in ("value", "lo", "hi", "se"):
        frame[column] = frame[column].astype(float) * metric.scale
    frame["metric"] = metric.name
    return frame


def _wilson_columns(frame: pd.DataFrame) -> pd.DataFrame:
    lo, hi = wilson(frame["value"].to_numpy(float) * frame["n"], frame["n"].to_numpy(float))
    return frame.assign(lo=lo, hi=hi, se=(hi - lo) / (2 * Z))


def wilson(hits: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return Wilson's 95 % interval of hits ÷ n.

    >>> [round(float(x), 4) for x in wilson(np.array(8.0), np.array(10.0))]
    [0.4902, 0.9433]
    """
    share, z2 = hits / n, Z * Z
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z / (1 + z2 / n) * np.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)


def _order_statistics(ordered: ir.ArrayValue, n: ir.IntegerValue, share: float) -> dict[str, ir.Value]:
    """Pick a quantile and the two values that bracket it 19 times in 20 out of each group's sorted values."""
    place = (n - 1) * share
    below = place.floor().cast("int64")
    above = place.ceil().cast("int64")
    half = Z * (n * share * (1 - share)).sqrt()
    lower = (n * share - half).floor().cast("int64") - 1  # places count from 0
    upper = (n * share + half).ceil().cast("int64")
    return {
        "value": ordered[below] + (ordered[above] - ordered[below]) * (place - below),
        "lo": (lower >= 0).ifelse(ordered[lower], ibis.null("float64")),
        "hi": (upper < n).ifelse(ordered[upper], ibis.null("float64")),
    }


def quantile(table: ir.Table, name: str, share: float, by: Sequence[str] = ()) -> pd.DataFrame:
    """Return a quantile of a metric's measures per group with its interval: the ``by`` columns, n, value, lo, hi, se."""
    by, counted = list(by), table.filter(table[name].notnull())
    sums = {"n": counted.count(), "ordered": counted[name].collect().sort()}
    gathered = counted.group_by(by).aggregate(**sums) if by else counted.aggregate(**sums)
    frame = to_frame(gathered.select(*by, "n", **_order_statistics(gathered.ordered, gathered.n, share)))
    frame[["value", "lo", "hi"]] = frame[["value", "lo", "hi"]].astype(float) * METRICS[name].scale
    frame["se"] = (frame["hi"] - frame["lo"]) / (2 * Z)
    return frame.sort_values(by, ignore_index=True) if by else frame


def daily_spread(table: ir.Table, history_days: int = 182) -> float:
    """Tell how many times wider than Poisson the daily counts of contacts spread, weekday pattern and level removed.

    1 means purely random arrivals. Estimated over the last ``history_days`` from differences to the mean of the same
    weekday one week before and after (variance of such a difference is 1.5 × that of a day).
    """
    counted = table.group_by(day=table.created_local.date()).agg(rows=table.count())
    days = to_frame(counted).sort_values("day")
    series = (
        days.set_index(pd.to_datetime(days["day"]))["rows"].asfreq("D", fill_value=0).astype(float).iloc[-history_days:]
    )
    around = (series.shift(7) + series.shift(-7)) / 2
    pairs = pd.DataFrame({"x": series, "m": around}).dropna()
    pairs = pairs[pairs["m"] > 0]
    if len(pairs) < 14:
        return 1.0
    scaled = (pairs["x"] - pairs["m"]) / np.sqrt(1.5 * pairs["m"])
    return float(max(1.0, (1.4826 * np.median(np.abs(scaled))) ** 2))
