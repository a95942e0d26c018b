"""Differences from what is expected: their interval, their judgement, and the units in which readers see them."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..compare import judge
from ..rules import MetricRules
from .expected import LOGGED


def interval_of(rows: pd.DataFrame, z: float) -> tuple[pd.Series, pd.Series]:
    """Return the interval of the effect of each row of ``standardise``, ``z`` standard errors to either side.

    Shares: Wilson's interval of the observed share, joined with the standard error of what is expected (MOVER: Newcombe,
    Statist. Med. 17, 1998, method 10; Zou & Donner 2008). Log handling times: the standard error.
    """
    p, n = rows["observed"], rows["n"]
    centre = (p + z * z / (2 * n)) / (1 + z * z / n)
    half = z / (1 + z * z / n) * np.sqrt((p * (1 - p)).clip(lower=0) / n + z * z / (4 * n * n))
    other = z * rows["se_expected"]
    lo = rows["effect"] - np.hypot(p - (centre - half).clip(lower=0), other)
    hi = rows["effect"] + np.hypot((centre + half).clip(upper=1) - p, other)
    logged = rows["metric"] == LOGGED
    return lo.where(~logged, rows["effect"] - z * rows["se"]), hi.where(~logged, rows["effect"] + z * rows["se"])


def in_units(metric: pd.Series, values: pd.Series) -> pd.Series:
    """Turn effects into what readers see: points for shares, per cent longer or shorter for handling time."""
    return (values * 100).where(metric != LOGGED, np.expm1(values.where(metric == LOGGED, 0.0)) * 100)


def figures(metric: pd.Series, values: pd.Series) -> pd.Series:
    """Turn figures into what readers see: per cent for shares, (geometric mean) minutes for handling time."""
    return (values * 100).where(metric != LOGGED, np.exp(values.where(metric == LOGGED, 0.0)))


def judge_effects(rows: pd.DataFrame, rules: MetricRules) -> pd.DataFrame:
    """Judge rows of metric, change, floor, p, why; handling time is longer or shorter, never better or worse."""
    named = rows.assign(metric=rows["metric"].replace({"return_pct": "repeat_pct"}))
    judged = judge(named, rules).assign(metric=rows["metric"])
    return judged.assign(direction=judged["direction"].replace({"more": "longer", "fewer": "shorter"}))


def two_digits(n: pd.Series) -> pd.Series:
    """Round counts to two digits: colleagues know exact counts, and by them a person.

    >>> two_digits(pd.Series([7, 37, 629, 1236])).tolist()
    [7, 37, 630, 1200]
    """
    n = n.astype(float).clip(lower=0)
    size = 10.0 ** np.floor(np.log10(n.clip(lower=10)) - 1)
    return ((n / size).round() * size).astype("int64")
