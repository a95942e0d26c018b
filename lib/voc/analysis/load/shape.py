"""The shape of durations: where the middle, the usual and the long ones lie, and whether there are one or several humps.

Durations are looked at on a logarithmic scale, because they spread in proportion to their size. The mode is the peak of
their density there (a Gaussian kernel over a fine histogram; Silverman, Density Estimation, 1986, 2.9 and 3.4.2): the
length that most contacts are near to in proportion. The half-sample mode (Robertson & Cryer 1974) was the alternative; it
lands on whatever round minute a tool writes, and needs every value at hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from ...data.periods import Period
from ...data.store import to_frame
from ..intervals import Z, quantile
from ..metrics import METRICS
from ..rules import MetricRules
from ..scorecard import within

DURATIONS = ("frt_minutes", "aht_minutes", "resolution_hours", "queue_seconds")
UNITS = {"queue_seconds": ("Wait in the queue", "seconds")}  # durations that are no metric of their own
LEAST = {"seconds": 1.0, "minutes": 1 / 60, "hours": 1 / 3600}  # one second: a logarithm has no zero
BINS = 40  # to a power of ten
LEAST_WIDTH = 0.15  # powers of ten: minutes written without seconds make combs that are finer
DEEP, SURELY, LEAST_HUMP = 0.8, 3.0, 0.05  # how a valley must look to part two humps
SKEWED = 0.15  # of the distance between p10 and p90
EXPLAINS = 0.25  # of what is unknown about a contact's hump, to say that a field parts them
SYMMETRIC, TAIL, LEFT, HUMPS, ALIKE = "symmetric", "long tail", "long tail to the short side", "humps", "all alike"
COLUMNS = [
    "duration", "label", "unit", "n", "mean", "mean_lo", "mean_hi", "median", "median_lo", "median_hi", "mode", "sd", "p10",
    "p10_lo", "p10_hi", "p90", "p90_lo", "p90_hi", "skewness", "shape", "humps", "peaks", "valleys", "parted_by", "explained",
    "parts", "why",
]  # fmt: skip


def shapes(
    table: ir.Table,
    period: Period,
    rules: MetricRules,
    dimensions: Sequence[str] = (),
    durations: Sequence[str] = DURATIONS,
) -> pd.DataFrame:
    """Describe how each duration spreads over the contacts of a period.

    ``table``: contacts with created_local and the durations (a measure of ``voc.analysis.metrics`` or a column of its own
    unit); ``dimensions`` are the fields that may part two humps, never a person's. Returns one row a duration, all in its
    unit: duration, label, unit, n, mean, median, p10, p90 (each with _lo and _hi, 95 %), mode, sd, skewness (third moment),
    shape (symmetric, long tail, long tail to the short side, humps, all alike), humps (how many), peaks and valleys (where
    the humps are highest and what parts them, from short to long, joined by "; "), parted_by (the field that best tells the humps apart), explained (share of what is
    unknown without it), parts (its values by hump, as words), why (there is none, else empty).
    """
    rows = [_row(table, within(table, period), name, rules, dimensions) for name in durations]
    return pd.DataFrame(rows, columns=COLUMNS)


def log_bins(table: ir.Table, name: str, period: Period, per_ten: int = 8) -> pd.DataFrame:
    """Count a duration's values in equal steps of its logarithm: lo, hi (in its unit) and n, without gaps."""
    return _edges(_counts(_values(within(table, period), name), per_ten, LEAST[unit_of(name)[1]]), per_ten)


def unit_of(name: str) -> tuple[str, str]:
    """Return the label and the unit of a duration.

    >>> unit_of("queue_seconds")
    ('Wait in the queue', 'seconds')
    """
    return UNITS[name] if name in UNITS else (METRICS[name].label, METRICS[name].unit)


def _row(table: ir.Table, inside: ir.Table, name: str, rules: MetricRules, dimensions: Sequence[str]) -> dict:
    label, unit = unit_of(name)
    row = {
        "duration": name,
        "label": label,
        "unit": unit,
        "n": 0,
        "shape": "",
        "humps": 0,
        "peaks": "",
        "valleys": "",
        "parted_by": "",
        "explained": np.nan,
        "parts": "",
    }
    if name not in table.columns:
        return row | {"why": f"the data have no {' and no '.join(METRICS[name].needs) if name in METRICS else name}"}
    values = _values(inside, name)
    row |= _moments(values)
    if row["n"] < rules.min_n:
        return {**row, "why": f"only {row['n']} value{'s' if row['n'] != 1 else ''}, fewer than {rules.min_n}"}
    for share, what in ((0.1, "p10"), (0.5, "median"), (0.9, "p90")):
        found = quantile(values.select(frt_minutes=values.x), "frt_minutes", share).iloc[0]  # any duration: scale 1
        row |= {what: found["value"], f"{what}_lo": found["lo"], f"{what}_hi": found["hi"]}
    if row["p10"] == row["p90"]:
        return row | {"mode": row["median"], "shape": ALIKE, "humps": 1, "peaks": _joined([row["median"]]), "why": ""}
    counts = _counts(values, BINS, LEAST[unit])
    peaks, valleys = find_humps(counts)
    row |= {"mode": peaks[0], "humps": len(peaks), "peaks": _joined(sorted(peaks)), "valleys": _joined(valleys)}
    row |= {"shape": _shape(row), "why": ""}
    return row | (_parting(inside, name, valleys, dimensions, rules) if valleys else {})


def _values(inside: ir.Table, name: str) -> ir.Table:
    return inside.filter(inside[name].notnull()).select(x=inside[name].cast("float64"))


def _moments(values: ir.Table) -> dict[str, float]:
    """Return n, mean with its interval, standard deviation and skewness; sums are of whole parts, in any order the same."""
    n, middle = to_frame(values.aggregate(n=values.count(), m=values.x.median())).iloc[0]
    if not n:
        return {"n": 0}
    rest = values.x - float(middle)  # near zero, so that squares lose no digit
    first = values.aggregate(a=_whole(rest, 1e6).sum(), b=_whole(rest * rest, 1e3).sum())
    a, b = to_frame(first).iloc[0].astype(float) / n / [1e6, 1e3]
    variance = max(b - a * a, 0.0) * n / max(n - 1, 1)
    sd, mean = float(np.sqrt(variance)), float(middle + a)
    cubed = _whole(((values.x - mean) / sd).clip(-1e4, 1e4) ** 3, 1e3).sum() if sd > 0 else ibis.literal(0)
    skewness = float(to_frame(values.aggregate(c=cubed))["c"].iloc[0]) / 1e3 / n if sd > 0 else 0.0
    half = Z * sd / np.sqrt(n)
    return {"n": int(n), "mean": mean, "mean_lo": mean - half, "mean_hi": mean + half, "sd": sd, "skewness": skewness}


def _whole(x: ir.FloatingValue, parts: float) -> ir.IntegerValue:
    return (x * parts).round().cast("int64")


def _counts(values: ir.Table, per_ten: int, least: float) -> pd.Series:
    """Count the values by steps of their logarithm; index: the step's number, without gaps."""
    step = (ibis.greatest(values.x, least).log10() * per_ten + 1e-9).floor().cast("int64")
    counted = to_frame(values.group_by(step=step).agg(n=values.count())).set_index("step")["n"]
    if counted.empty:
        return counted
    return counted.reindex(range(int(counted.index.min()), int(counted.index.max()) + 1), fill_value=0)


def _edges(counts: pd.Series, per_ten: int) -> pd.DataFrame:
    lower = 10.0 ** (counts.index.to_numpy(float) / per_ten)
    return pd.DataFrame({"lo": lower, "hi": lower * 10 ** (1 / per_ten), "n": counts.to_numpy(int)})


def find_humps(counts: pd.Series) -> tuple[list[float], list[float]]:
    """Return the peaks of the density (highest first) and the valleys between those that are more than chance.

    A valley parts two humps when it lies under four fifths of the lower one, deeper than three standard errors of the counts
    in a window of the kernel's width, and leaves at least a twentieth of the values on either side.
    """
    n, at = counts.to_numpy(float), (counts.index.to_numpy(float) + 0.5) / BINS
    centre = np.average(at, weights=n)
    low, high = np.interp([0.25, 0.75], np.cumsum(n) / n.sum(), at)
    sd = np.sqrt(np.average((at - centre) ** 2, weights=n))
    width = max(0.9 * min(sd, (high - low) / 1.34 or sd) * n.sum() ** -0.2, LEAST_WIDTH) * BINS
    reach = int(np.ceil(4 * width))
    kernel = np.exp(-0.5 * (np.arange(-reach, reach + 1) / width) ** 2)
    dense = np.convolve(np.pad(n, reach), kernel / kernel.sum(), mode="same")
    where = np.arange(-reach, len(n) + reach) + counts.index[0] + 0.5
    peaks = [i for i in range(1, len(dense) - 1) if dense[i - 1] < dense[i] >= dense[i + 1]]
    window = 2 * np.sqrt(np.pi) * width  # a Gaussian kernel averages over that many bins
    kept = peaks[:1]
    for peak in peaks[1:]:  # of two that no valley parts, the higher one stays
        valley = kept[-1] + int(np.argmin(dense[kept[-1] : peak + 1]))
        lower, deep = min(dense[kept[-1]], dense[peak]), dense[valley]
        parted = deep < DEEP * lower and (lower - deep) * window > SURELY * np.sqrt((lower + deep) * window)
        kept = [*kept, peak] if parted else [*kept[:-1], max(kept[-1], peak, key=lambda i: dense[i])]
    kept, valleys = _large_enough(kept, dense)
    ordered = sorted(kept, key=lambda i: -dense[i])
    return [float(10 ** (where[i] / BINS)) for i in ordered], [float(10 ** (where[i] / BINS)) for i in valleys]


def _large_enough(peaks: list[int], dense: np.ndarray) -> tuple[list[int], list[int]]:
    """Drop humps of too few values, the smallest first, and return the peaks with the valleys between them."""
    while True:
        valleys = [a + int(np.argmin(dense[a : b + 1])) for a, b in pairwise(peaks)]
        parts = [part.sum() / dense.sum() for part in np.split(dense, valleys)]
        if len(peaks) == 1 or min(parts) >= LEAST_HUMP:
            return peaks, valleys
        del peaks[int(np.argmin(parts))]


def _joined(numbers: Sequence[float]) -> str:
    return "; ".join(f"{number:.6g}" for number in numbers)


def _shape(row: dict) -> str:
    """Name the shape: humps, else by how much farther p90 lies from the median than p10 (Kelley's skewness)."""
    if row["humps"] > 1:
        return HUMPS
    lopsided = (row["p90"] + row["p10"] - 2 * row["median"]) / (row["p90"] - row["p10"])
    return TAIL if lopsided > SKEWED else LEFT if lopsided < -SKEWED else SYMMETRIC


def _parting(
    inside: ir.Table, name: str, valleys: list[float], dimensions: Sequence[str], rules: MetricRules
) -> dict[str, object]:
    """Find the field that best tells which hump a contact belongs to.

    Measured by the share of the hump's entropy that the field takes away (Theil's U), less what so many values take away
    by chance (Miller & Madow's correction). Values of fewer contacts than a small group are not named.
    """
    known = inside.filter(inside[name].notnull())
    hump = sum(((known[name] > valley).cast("int64") for valley in valleys), ibis.literal(0))
    best: dict[str, object] = {"parted_by": "", "explained": 0.0}
    for dimension in dimensions:
        if dimension not in known.columns:
            continue
        counted = known.filter(known[dimension].notnull()).mutate(hump=hump).group_by(hump="hump", label=dimension)
        cells = to_frame(counted.agg(n=ibis._.count())).pivot(index="label", columns="hump", values="n").fillna(0.0)
        explained = _theil(cells.to_numpy(float))
        if explained > max(EXPLAINS, float(best["explained"])):
            big = cells[cells.sum(axis=1) >= max(rules.smallest_group, 1)].sort_index()
            best = {"parted_by": dimension, "explained": explained, "parts": _by_hump(big, len(valleys) + 1)}
    return best


def _theil(cells: np.ndarray) -> float:
    n = cells.sum()
    whole, rows = cells.sum(axis=0) / n, cells.sum(axis=1, keepdims=True)
    entropy = -float(np.sum(whole[whole > 0] * np.log(whole[whole > 0])))
    if not entropy > 0:
        return 0.0
    inner = np.divide(cells, rows, out=np.zeros_like(cells), where=rows > 0)
    left = -float(np.sum(cells[inner > 0] * np.log(inner[inner > 0]))) / n
    chance = (cells.shape[0] - 1) * (cells.shape[1] - 1) / (2 * n)
    return (entropy - left - chance) / entropy


def _by_hump(cells: pd.DataFrame, humps: int) -> str:
    """Write which values have most of their contacts in which hump: ``chat, phone | e-mail``, from short to long."""
    home = cells.idxmax(axis=1)
    order = cells.sum(axis=1).sort_values(ascending=False, kind="stable").index
    return " | ".join(", ".join(str(label) for label in order if home[label] == hump) for hump in range(humps))
