"""Parts that add up: forecasts of categories, of channels and of the total, made to agree.

Each forecast is moved in proportion to how unsure it is, so that the parts add up to the total, in each of the ways in which
it is parted (minimum trace with variances alone: Wickramasuriya, Athanasopoulos & Hyndman, Journal of the American
Statistical Association 114, 2019). The total becomes the mean of what all say of it, weighted by how sure they are.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

WEIGHED, MOVED = "variance", "moved"  # columns: variance of a forecast as it was made, and by how much it was moved

Parted = tuple[np.ndarray, np.ndarray]
"""Forecasts of the parts of a total, and their variances."""


def reconciled(total: float, variance: float, ways: Sequence[Parted]) -> tuple[float, list[np.ndarray]]:
    """Return the total and, for each way of parting it, the parts that add up to it; none below 0.

    All are moved as little as their variances let them; a part that would fall below 0 is set to 0, and the others are moved
    again. Raises ValueError for negative variances, or where nothing can be moved.

    >>> reconciled(100.0, 10.0, [(np.array([30.0, 50.0]), np.array([5.0, 5.0]))])
    (90.0, [array([35., 55.])])
    """
    ways = [(np.asarray(parts, float), np.asarray(variances, float)) for parts, variances in ways]
    if variance < 0 or any((variances < 0).any() for _, variances in ways):
        raise ValueError("variances of forecasts are negative")
    free = [np.ones(len(parts), bool) for parts, _ in ways]
    while True:
        sums = [(total, variance)]
        sums += [(parts[own].sum(), variances[own].sum()) for (parts, variances), own in zip(ways, free, strict=True)]
        whole = _mean(np.array(sums))
        found = [_moved(whole, *way, own) for way, own in zip(ways, free, strict=True)]
        below = [own & (parts < 0) for own, parts in zip(free, found, strict=True)]
        if not any(one.any() for one in below):
            return whole, found
        free = [own & ~one for own, one in zip(free, below, strict=True)]


def _mean(sums: np.ndarray) -> float:
    """Return the mean of what each says of the total, weighted by how sure it is; who is certain decides."""
    certain = sums[sums[:, 1] == 0, 0]
    if len(certain):
        if np.ptp(certain) > 1e-9 * max(1.0, abs(certain[0])):
            raise ValueError("forecasts do not add up and none is unsure: nothing can be moved")
        return float(certain[0])
    return float(np.average(sums[:, 0], weights=1 / sums[:, 1]))


def _moved(whole: float, parts: np.ndarray, variances: np.ndarray, free: np.ndarray) -> np.ndarray:
    gap, spread = whole - parts[free].sum(), variances[free].sum()
    return np.where(free, parts + (variances * gap / spread if spread > 0 else 0.0), 0.0)


def agreed(ahead: pd.DataFrame, totals: Mapping[str, Sequence[Sequence[str]]], ends: Sequence[str]) -> pd.DataFrame:
    """Move totals and their parts so that they add up in every period, and say by how much in ``MOVED``.

    ``ahead``: forecasts by series and at, with ``WEIGHED``; ``ends``: their middle ("value") and the ends of their intervals,
    which move with it. Raises ValueError where a total and its parts do not end in the same period.
    """
    made = ahead.astype(dict.fromkeys(ends, float))
    for total, ways in totals.items():
        names = [total, *(name for parts in ways for name in parts)]
        for at, rows in made[made["series"].isin(names)].groupby("at"):
            if not set(names) <= set(rows["series"]):
                raise ValueError(
                    f"{total} and its parts are not all forecast for {at:%Y-%m-%d}: they must end in the same period"
                )
            new = _summed(rows.set_index("series"), total, ways)
            by = rows["series"].map(dict(zip(names, new, strict=True))) - rows["value"]
            made.loc[rows.index, ends] = rows[ends].add(by, axis=0).clip(lower=0)
    return made.assign(**{MOVED: made["value"] - ahead["value"].astype(float)})


def _summed(rows: pd.DataFrame, total: str, ways: Sequence[Sequence[str]]) -> list[float]:
    """Return the total and all parts of one period, in turn, as they add up."""
    value, variance = rows["value"].astype(float), rows[WEIGHED].astype(float)
    parts = [(value[list(way)].to_numpy(), variance[list(way)].to_numpy()) for way in ways]
    whole, split = reconciled(float(value[total]), float(variance[total]), parts)
    return [whole, *np.concatenate(split)]
