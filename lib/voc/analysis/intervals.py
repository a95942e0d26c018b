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
    """Put the measures of each group together.

    ``table`` carries measure columns (``metrics.with_measures``); metrics without a column are left out. Returns one row
    per metric and group: metric, the ``by`` columns, n, value, lo, hi, se, in the metric's unit. A group without any
    counted contact has no row; a median of fewer than six has no interval.
    """
    parts = [_one(table, METRICS[name], list(by)) for name in names if name in table.columns]
    if not parts:
        return pd.DataFrame(columns=["metric", *by, *COLUMNS[1:]])
    return pd.concat(parts, ignore_index=True)[["metric", *by, *COLUMNS[1:]]]


def _one(table: ir.Table, metric: Metric, by: list[str]) -> pd.DataFrame:
    counted = table.filter(table[metric.name].notnull()).select(*by, x=table[metric.name])
    frame = _quantile(counted, by) if metric.kind == "median" else _moments(counted, by)
    frame = frame[frame["n"] > 0].copy()
    if by:
        frame = frame.sort_values(by, ignore_index=True)
    if metric.kind == "count":
        frame["value"] = frame["n"].astype(float)
        frame["se"] = np.sqrt(frame["value"])
    elif metric.kind == "share":
        frame = _wilson_columns(frame)
    elif metric.kind == "mean":
        frame["se"] = frame["sd"] / np.sqrt(frame["n"])
    if metric.kind in ("count", "mean"):
        frame["lo"], frame["hi"] = frame["value"] - Z * frame["se"], frame["value"] + Z * frame["se"]
        if metric.kind == "count":
            frame["lo"] = frame["lo"].clip(lower=0)
    for column in ("value", "lo", "hi", "se"):
        frame[column] = frame[column].astype(float) * metric.scale
    frame["metric"] = metric.name
    return frame


def _moments(table: ir.Table, by: list[str]) -> pd.DataFrame:
    aggregates = {"n": table.count(), "value": table.x.mean(), "sd": table.x.std(how="sample")}
    return to_frame(table.group_by(by).aggregate(**aggregates) if by else table.aggregate(**aggregates))


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


def _quantile(table: ir.Table, by: list[str], share: float = 0.5) -> pd.DataFrame:
    """Median with the order statistics that bracket it 19 times in 20, ranked by the engine."""
    keys = {"group_by": [table[name] for name in by]} if by else {}
    ranked = table.mutate(rank=ibis.row_number().over(order_by=table.x, **keys) + 1, size=table.count().over(**keys))
    half = Z * (ranked["size"] * share * (1 - share)).sqrt()
    lower = (ranked["size"] * share - half).floor().cast("int64")
    upper = (ranked["size"] * share + half).ceil().cast("int64") + 1
    aggregates = {
        "n": ranked.count(),
        "value": ranked.x.median() if share == 0.5 else ranked.x.quantile(share),
        "lo": ranked.x.max(where=(ranked["rank"] == lower)),
        "hi": ranked.x.max(where=(ranked["rank"] == upper)),
    }
    frame = to_frame(ranked.group_by(by).aggregate(**aggregates) if by else ranked.aggregate(**aggregates))
    for column in ("value", "lo", "hi"):
        frame[column] = frame[column].astype(float)
    return frame.assign(se=(frame["hi"] - frame["lo"]) / (2 * Z))


def quantile(table: ir.Table, name: str, share: float, by: Sequence[str] = ()) -> pd.DataFrame:
    """Return a quantile of a metric's measures per group with its interval: the ``by`` columns, n, value, lo, hi, se."""
    scale = METRICS[name].scale
    frame = _quantile(table.filter(table[name].notnull()).select(*by, x=table[name]), list(by), share)
    frame[["value", "lo", "hi", "se"]] *= scale
    return frame.sort_values(list(by), ignore_index=True) if by else frame


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
