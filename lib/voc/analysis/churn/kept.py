"""How many are still customers so many days later: Kaplan–Meier curves of customers with and without an experience.

S(t) = Π (1 − leavers ÷ at risk) over the days on which somebody left (Kaplan & Meier, JASA 53, 1958). Its error is
Greenwood's (1926), its interval that of log(−log S), which stays within 0 and 1 (Kalbfleisch & Prentice, The Statistical
Analysis of Failure Time Data, 2002, 1.4). Two curves differ by an interval made of both their intervals (Zou & Donner,
Statistics in Medicine 27, 2008). Nothing is held alike here: the curves show what was, the ratios compare like with like.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ..intervals import Z

DAYS = (90, 180, 365)
STEP = 7
SHOWN = {"slow": ("slow first response", "others"), "unsolved": ("not solved at the first contact", "solved")}
CURVES = ["experience", "group", "day", "kept_pct", "lo", "hi", "at_risk", "gone"]
KEPT = ["experience", "day", "with_pct", "without_pct", "difference", "lo", "hi", "n_with", "n_without"]


def kaplan_meier(stop: np.ndarray, gone: np.ndarray) -> pd.DataFrame:
    """Return the curve of customers who are followed from day 0: day, at_risk, gone, kept, lo, hi; a row per day of leaving.

    ``stop``: (n,) days followed; ``gone``: (n,) whether they left then. Who is followed no longer on a day on which others
    leave is at risk on it. The interval is missing where all are gone.

    >>> kaplan_meier(np.array([1.0, 2.0, 3.0]), np.array([True, False, True]))["kept"].round(3).tolist()
    [0.667, 0.0]
    """
    days, place = np.unique(stop, return_inverse=True)
    leavers = np.bincount(place, weights=gone.astype(float), minlength=len(days))
    ends = np.bincount(place, minlength=len(days))
    risk = len(stop) - np.concatenate([[0], np.cumsum(ends)[:-1]])
    there = leavers > 0
    days, leavers, risk = days[there], leavers[there], risk[there].astype(float)
    kept = np.cumprod(1 - leavers / risk)
    with np.errstate(divide="ignore", invalid="ignore"):
        greenwood = np.cumsum(leavers / (risk * (risk - leavers)))
        factor = np.exp(Z * np.sqrt(greenwood) / np.abs(np.log(kept)))
        lo, hi = kept**factor, kept ** (1 / factor)
    known = (kept > 0) & (kept < 1)
    lo, hi = np.where(known, lo, np.nan), np.where(known, hi, np.nan)
    named = {"day": days, "at_risk": risk, "gone": leavers, "kept": kept, "lo": lo, "hi": hi}
    return pd.DataFrame(named)


def read_at(curve: pd.DataFrame, stop: np.ndarray, days: Sequence[float]) -> pd.DataFrame:
    """Read a curve on given days: day, kept, lo, hi, at_risk (followed that long), gone (so far).

    Before the first leaving all are kept, and how many would be with more customers is bounded by the rule of three (95 %
    one-sided: Hanley & Lippman-Hand, JAMA 249, 1983).
    """
    days = np.asarray(days, float)
    place = np.searchsorted(curve["day"], days, "right")
    start = pd.DataFrame({"kept": [1.0], "lo": [0.05 ** (1 / max(len(stop), 1))], "hi": [1.0]})
    steps = pd.concat([start, curve[["kept", "lo", "hi"]]], ignore_index=True)
    found = steps.iloc[place].reset_index(drop=True)
    at_risk = len(stop) - np.searchsorted(np.sort(stop), days, "left")
    gone = np.concatenate([[0], np.cumsum(curve["gone"])])[place]
    return found.assign(day=days, at_risk=at_risk, gone=gone.astype(int))


def curves(rows: pd.DataFrame, fewest: int) -> pd.DataFrame:
    """Return the curves of ``SHOWN`` in steps of a week, each as far as ``fewest`` customers are followed."""
    parts = []
    for name, words in SHOWN.items():
        for value, word in zip((1, 0), words, strict=True):
            group = rows[rows[name] == value]
            stop = group["stop"].to_numpy(float)
            if len(stop) < fewest:
                continue
            longest = float(np.sort(stop)[-fewest])
            found = read_at(kaplan_meier(stop, group["gone"].to_numpy(bool)), stop, np.arange(0, longest, STEP))
            parts.append(_in_percent(found).assign(experience=name, group=word))
    return pd.concat(parts, ignore_index=True)[CURVES] if parts else pd.DataFrame(columns=CURVES)


def _in_percent(found: pd.DataFrame) -> pd.DataFrame:
    return found.assign(**{new: 100 * found[name] for new, name in (("kept_pct", "kept"), ("lo", "lo"), ("hi", "hi"))})


def kept(rows: pd.DataFrame, fewest: int, days: Sequence[int] = DAYS) -> pd.DataFrame:
    """Return how many in 100 stay with and without each experience, and by how many points that differs.

    Missing on days to which fewer than ``fewest`` of either side are followed.
    """
    found = []
    for name in SHOWN:
        sides = []
        for value in (1, 0):
            group = rows[rows[name] == value]
            stop = group["stop"].to_numpy(float)
            read = read_at(kaplan_meier(stop, group["gone"].to_numpy(bool)), stop, days)
            read.loc[read["at_risk"] < fewest, ["kept", "lo", "hi"]] = np.nan
            sides.append(read.assign(n=len(group)))
        found.append(_apart(*sides).assign(experience=name))
    return pd.concat(found, ignore_index=True)[KEPT]


def _apart(one: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    gap = one["kept"] - other["kept"]
    down = np.hypot(one["kept"] - one["lo"], other["hi"] - other["kept"])
    up = np.hypot(one["hi"] - one["kept"], other["kept"] - other["lo"])
    values = {
        "with_pct": one["kept"], "without_pct": other["kept"], "difference": gap, "lo": gap - down, "hi": gap + up
    }  # fmt: skip
    counts = {"day": one["day"].astype(int), "n_with": one["n"], "n_without": other["n"]}
    return pd.DataFrame({name: 100 * column for name, column in values.items()} | counts)
