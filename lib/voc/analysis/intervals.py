"""From measures to figures: value, n, interval and standard error, for any grouping, inside the engine.

Shares get Wilson's interval (Wilson 1927; Brown, Cai & DasGupta 2001). Medians and other quantiles get the interval
between two order statistics: the closed form of the percentile bootstrap (Efron 1979; Maritz & Jarrett 1978), taken one
or two places wider so that it covers 95 % whatever the distribution (David & Nagaraja, Order Statistics, 2003, 7.1).
Means get Student's interval with their skewness removed (Hall, JRSS B 54, 1992), because durations are skewed; a net
score Rocks' adjusted Wald interval (The American Statistician 70, 2016); counts a Poisson interval.
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
QUANTILES = {"median": 0.5, "p90": 0.9}  # kinds of metric that are a quantile, and which
SCALES = {"score 1–5": (1.0, 5.0)}
KINDS = ("count", "share", "mean", "net", *QUANTILES)
NEAR = 20.0  # standard deviations of its place within which the values around a quantile are kept


def measure(table: ir.Table, names: Sequence[str], by: Sequence[str] = (), *, shapes: bool = False) -> pd.DataFrame:
    """Put the measures of each group together, all metrics in one pass over the table.

    ``table`` carries measure columns (``metrics.with_measures``); metrics without a column are left out. Returns one row
    per metric and group: metric, the ``by`` columns, n, value, lo, hi, se, in the metric's unit. A group without any
    counted row has no row; a median of fewer than eight, and a 90th percentile of fewer than about fifty, has no interval.

    ``shapes`` adds the column ``shape``, which ``compare`` judges by: an array with the skewness of a mean, or, of a
    quantile, how many values lie below the ones kept and then the sorted values around it; None for other kinds.
    """
    metrics = [METRICS[name] for name in names if name in table.columns and METRICS[name].kind in KINDS]
    by, columns = list(by), [*COLUMNS[1:], *(["shape"] if shapes else [])]
    if not metrics:
        return pd.DataFrame(columns=["metric", *by, *columns])
    sums = {f"{metric.name} {name}": made for metric in metrics for name, made in _sums(table, metric).items()}
    gathered = table.group_by(by).aggregate(**sums) if by else table.aggregate(**sums)
    kept = {
        f"{metric.name} {part}": made
        for metric in metrics
        if metric.kind in QUANTILES
        for part, made in _around(
            gathered[f"{metric.name} sorted"],
            gathered[f"{metric.name} n"],
            QUANTILES[metric.kind],
            NEAR if shapes else Z,
        ).items()
    }
    wide = to_frame(gathered.mutate(**kept).drop(*(name for name in sums if name.endswith(" sorted"))))
    wide = wide.sort_values(by, ignore_index=True) if by else wide
    parts = [_figures(wide, metric, by, columns) for metric in metrics]
    return pd.concat(parts, ignore_index=True)


def _sums(table: ir.Table, metric: Metric) -> dict[str, ir.Value]:
    x = table[metric.name]
    if metric.kind == "share":
        return {"n": x.count(), "value": x.mean()}
    if metric.kind == "net":
        return {"n": x.count(), "up": x.count(where=x > 0), "down": x.count(where=x < 0)}
    if metric.kind == "mean":
        powers = {"total": (x, 1e6), "squares": (x * x, 1e3), "cubes": (x * x * x, 1e3)}
        return {"n": x.count(), **{name: _exact_sum(power, parts) for name, (power, parts) in powers.items()}}
    return {"n": x.count(), **({"sorted": x.collect().sort()} if metric.kind in QUANTILES else {})}


def _exact_sum(x: ir.FloatingValue, parts: float) -> ir.FloatingValue:
    """Add numbers in whole parts: a sum of integers does not depend on the order in which threads add them."""
    return (x * parts).cast("decimal(38, 0)").sum().cast("float64") / parts


def _around(ordered: ir.ArrayValue, n: ir.IntegerValue, share: float, deviations: float = Z) -> dict[str, ir.Value]:
    """Keep the sorted values within so many standard deviations of a quantile's place, and how many lie below them."""
    half = deviations * (n * share * (1 - share)).sqrt() + 2
    first = ibis.greatest((n * share - half).floor().cast("int64"), 0)
    return {"below": first, "near": ordered[first : (n * share + half).ceil().cast("int64") + 1]}


def _figures(wide: pd.DataFrame, metric: Metric, by: list[str], columns: list[str]) -> pd.DataFrame:
    wide = wide[wide[f"{metric.name} n"] > 0]
    own = {
        name.removeprefix(f"{metric.name} "): wide[name] for name in wide.columns if name.startswith(f"{metric.name} ")
    }
    n = own["n"].to_numpy(float)
    if metric.kind == "count":
        found = {"value": n, "se": np.sqrt(n), "lo": np.maximum(n - Z * np.sqrt(n), 0), "hi": n + Z * np.sqrt(n)}
    elif metric.kind == "share":
        value = own["value"].to_numpy(float)
        lo, hi = wilson(value * n, n)
        found = {"value": value, "lo": lo, "hi": hi, "se": (hi - lo) / (2 * Z)}
    elif metric.kind == "mean":
        found = _mean(n, *(own[name].to_numpy(float) for name in ("total", "squares", "cubes")))
        low, high = SCALES.get(
            metric.unit, (0.0, np.inf)
        )  # a mean of few values reaches no farther than the values can
        found |= {"lo": np.maximum(found["lo"], low), "hi": np.minimum(found["hi"], high)}
    elif metric.kind == "net":
        found = _net(n, own["up"].to_numpy(float), own["down"].to_numpy(float))
    else:
        found = _quantile(own["n"], own["below"], own["near"], QUANTILES[metric.kind])
    scaled = {name: found[name] * metric.scale for name in ("value", "lo", "hi", "se")}
    shape = pd.Series(_shapes(own, found, metric.scale), index=wide.index, dtype=object)
    frame = wide[by].assign(metric=metric.name, n=own["n"], **scaled, shape=shape)
    return frame[["metric", *by, *columns]]


def _mean(n: np.ndarray, total: np.ndarray, squares: np.ndarray, cubes: np.ndarray) -> dict[str, np.ndarray]:
    """Return value, se, skewness and Hall's interval of a mean from sums of powers."""
    from scipy.special import stdtrit

    value, second = total / n, squares / n
    variance = np.clip(second - value**2, 0, None)
    spreads = variance > 1e-12 * second
    third = cubes / n - 3 * value * second + 2 * value**3
    skewness = np.where(spreads, third, 0.0) / np.where(spreads, variance, 1.0) ** 1.5
    se = np.sqrt(np.where(n > 1, variance, np.nan) / np.maximum(n - 1, 1))
    q, a = stdtrit(np.maximum(n - 1, 1), 0.975), skewness / (6 * np.sqrt(n))
    ends = {"lo": value - _unskewed(q, a) * se, "hi": value - _unskewed(-q, a) * se}
    return {"value": value, "se": se, "skewness": skewness, **ends}


def _unskewed(q: np.ndarray, a: np.ndarray) -> np.ndarray:
    """Return which studentized mean becomes ``q`` when its skewness (6 a) is removed: the inverse of Hall's cubic."""
    b = np.where(np.abs(a) < 1e-6, 1.0, a)
    return np.where(np.abs(a) < 1e-6, q, (np.cbrt(1 + 6 * b * (q - b)) - 1) / (2 * b))


def _net(n: np.ndarray, up: np.ndarray, down: np.ndarray) -> dict[str, np.ndarray]:
    """Return value, se, skewness of a net share and its adjusted Wald interval: three answers of chance are added."""
    value, moved = (up - down) / n, (up + down) / n
    variance = np.clip(moved - value**2, 0, None)
    third = value - 3 * value * moved + 2 * value**3
    skewness = np.where(variance > 1e-12, third, 0.0) / np.where(variance > 1e-12, variance, 1.0) ** 1.5
    middle = (up - down) / (n + 3)
    half = Z * np.sqrt(((up + down + 1.5) / (n + 3) - middle**2) / (n + 3))
    ends = {"lo": np.maximum(middle - half, -1), "hi": np.minimum(middle + half, 1)}
    return {"value": value, "se": np.sqrt(variance / n), "skewness": skewness, **ends}


def _quantile(n: pd.Series, below: pd.Series, near: pd.Series, share: float) -> dict[str, np.ndarray]:
    """Return a quantile of each group and the two order statistics that bracket it 19 times in 20."""
    found = [order_statistics(*group, share) for group in zip(n, below, near, strict=True)]
    value, lo, hi = np.array(found, dtype=float).reshape(-1, 3).T
    return {"value": value, "lo": lo, "hi": hi, "se": (hi - lo) / (2 * Z)}


def order_statistics(n: int, below: int, near: np.ndarray, share: float) -> tuple[float, float, float]:
    """Return a quantile and the values that bracket it 19 times in 20, nan where there are too few for a bracket.

    ``near`` are sorted values, ``below`` how many of all ``n`` lie before them. Places are np ± 1.96 √(np(1 − p)), rounded
    outwards: at least 95 % by the binomial distribution for every n up to 20,000 (tests), whatever the values.

    >>> order_statistics(9, 0, np.arange(1.0, 10.0), 0.5)
    (5.0, 1.0, 9.0)
    """
    half = Z * (n * share * (1 - share)) ** 0.5
    lower, upper = int(np.floor(n * share - half)) - 1, int(np.ceil(n * share + half))  # places count from 0
    place = (n - 1) * share
    first = int(place)
    low, high = near[first - below], near[min(first + 1, n - 1) - below]
    lo = float(near[lower - below]) if lower >= 0 else np.nan
    hi = float(near[upper - below]) if upper < n else np.nan
    return float(low + (high - low) * (place - first)), lo, hi


def _shapes(own: dict[str, pd.Series], found: dict[str, np.ndarray], scale: float) -> list[np.ndarray | None]:
    if "skewness" in found:
        return [np.array([skewness]) for skewness in found["skewness"]]
    if "near" in own:
        return [np.append(below, near * scale) for below, near in zip(own["below"], own["near"], strict=True)]
    return [None] * len(own["n"])


def wilson(hits: np.ndarray, n: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return Wilson's 95 % interval of hits ÷ n.

    >>> [round(float(x), 4) for x in wilson(np.array(8.0), np.array(10.0))]
    [0.4902, 0.9433]
    """
    share, z2 = hits / n, Z * Z
    centre = (share + z2 / (2 * n)) / (1 + z2 / n)
    half = Z / (1 + z2 / n) * np.sqrt(share * (1 - share) / n + z2 / (4 * n * n))
    return np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)


def quantile(table: ir.Table, name: str, share: float, by: Sequence[str] = ()) -> pd.DataFrame:
    """Return a quantile of a metric's measures per group with its interval: the ``by`` columns, n, value, lo, hi, se."""
    by, counted = list(by), table.filter(table[name].notnull())
    sums = {"n": counted.count(), "ordered": counted[name].collect().sort()}
    gathered = counted.group_by(by).aggregate(**sums) if by else counted.aggregate(**sums)
    frame = to_frame(gathered.select(*by, "n", **_around(gathered.ordered, gathered.n, share)))
    frame = frame[frame["n"] > 0]
    frame = frame.sort_values(by, ignore_index=True) if by else frame
    found = _quantile(frame["n"], frame["below"], frame["near"], share)
    return frame[[*by, "n"]].assign(**{part: values * METRICS[name].scale for part, values in found.items()})


def daily_spread(table: ir.Table, history_days: int = 182) -> float:
    """Tell how many times wider than Poisson the counts of contacts spread, weekday pattern and level removed.

    1 means purely random arrivals. Two parts, both of the last ``history_days``: how days spread (differences to the mean
    of the same weekday one week before and after; the variance of such a difference is 1.5 × that of a day), and how much
    customers who come back tie the days to each other (``returns``).
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
    return float(max(1.0, (1.4826 * np.median(np.abs(scaled))) ** 2) + returns(table, history_days))


def returns(table: ir.Table, history_days: int = 182, within: int = 14) -> float:
    """Return by how much customers who come back widen the variance of a count of contacts, as a multiple of the count.

    Twice the pairs of contacts of one customer on different days ``within`` so many days, less the pairs in as many days
    after that, which are made by customers who simply have more to ask; per contact, never below 0. The variance of a
    count over a long time ÷ its mean is 1 + 2 × the excess pairs per contact (Cox & Isham, Point Processes, 1980, 2.5).
    Without customers' ids it is 0.
    """
    if "customer_id" not in table.columns:
        return 0.0
    known = table.mutate(day=table.created_local.epoch_seconds() // 86_400)
    last = known.day.max().as_scalar()
    known = known.filter(known.day > last - history_days - 2 * within, known.customer_id.notnull())
    after = ibis.window(group_by=known.customer_id, order_by=known.day, range=(1, within))
    later = ibis.window(group_by=known.customer_id, order_by=known.day, range=(within + 1, 2 * within))
    pairs = known.select("day", excess=known.day.count().over(after) - known.day.count().over(later))
    pairs = pairs.filter(pairs.day <= last - 2 * within)
    found = to_frame(pairs.aggregate(excess=pairs.excess.sum(), n=pairs.count())).iloc[0]
    return float(max(0.0, 2 * found["excess"] / found["n"])) if found["n"] else 0.0
