"""Does a covariate know the outcome? One that was written after the fact makes every forecast look brilliant.

What was known beforehand makes leaving likelier or less likely; it hardly ever decides it. So a covariate is refused
where some of its values decide: all but every customer with them left (or stayed), and they hold a large part of all who
left (or stayed). Which values decide is found on one half of the rows and counted on the other, both ways round: of a
thousand rare values some are pure by chance, but not twice. Numbers are cut at quantiles first; that a value is there at
all is a covariate too, because a reason for leaving is only written where somebody left (Kaufman, Rosset & Perlich,
Leakage in Data Mining, KDD 2011).
"""

from __future__ import annotations

import re
from itertools import pairwise

import numpy as np
import pandas as pd

from ..intervals import wilson
from .scores import auc_of

PURE, SURELY = 0.95, 0.9  # share of leavers from which nearly all left, and its lower bound
TIMES = 50.0  # odds that a value must multiply or divide to decide: what is known beforehand seldom reaches ten
HOLD_LEFT, HOLD_STAYED = 1 / 3, 1 / 2  # part of all who left (stayed) that deciding values hold
SEPARATES = 0.97  # area under the curve of one covariate alone
FEWEST = 10  # who left, and who stayed, to judge from
MOST_VALUES = 30  # of a number, beyond which it is cut at quantiles
NAMED = re.compile(r"churn|attrition|отток|流失", re.I)
COLUMNS = ["covariate", "n", "why", "level", "rate", "auc", "refused"]
MISSING = "(none)"


def leaks(frame: pd.DataFrame, left: pd.Series, at: pd.Timestamp | None = None) -> pd.DataFrame:
    """Judge each column of ``frame`` as a covariate of ``left`` (1 or True: the customer left), one row a customer.

    ``at`` is the moment that the columns are said to be of: stamps later than it were written afterwards. Returns covariate,
    n (rows with a value), why (what was found; of those refused, the reason), level (the values that decide), rate (share of
    their customers who left), auc (of this covariate alone, 0.5: tells nothing) and refused, those refused first.

    >>> left = pd.Series([1] * 40 + [0] * 160)
    >>> told = leaks(pd.DataFrame({"reason": ["price"] * 40 + [None] * 160, "plan": ["a", "b"] * 100}), left)
    >>> told[["covariate", "refused"]].values.tolist()
    [['reason', True], ['plan', False]]
    """
    gone = np.asarray(left).astype(bool)
    rows = [{"covariate": str(name), **_judged(frame[name], gone, at)} for name in frame.columns]
    return pd.DataFrame(rows, columns=COLUMNS).sort_values("refused", ascending=False, kind="stable", ignore_index=True)


def _judged(column: pd.Series, gone: np.ndarray, at: pd.Timestamp | None) -> dict:
    known = column.notna().to_numpy()
    plain = {"n": int(known.sum()), "why": "", "level": "", "rate": np.nan, "auc": np.nan, "refused": False}
    found = plain | _by_values(column, gone, known, at)
    if not found["refused"] and NAMED.search(str(column.name)):
        why = "its name says that it is about leaving, and nothing shows that it was written before"
        return found | {"why": why, "refused": True}
    return found


def _by_values(column: pd.Series, gone: np.ndarray, known: np.ndarray, at: pd.Timestamp | None) -> dict:
    if pd.api.types.is_datetime64_any_dtype(column) and at is not None and (late := int((column > at).sum())):
        return {"why": f"{late:,} of its stamps are later than the moment it is asked at", "refused": True}
    if min(gone.sum(), (~gone).sum()) < FEWEST:
        return {"refused": False, "why": f"fewer than {FEWEST} customers left or stayed: cannot be judged"}
    if not known.any() or (known.all() and column.nunique() == 1):
        return {"refused": False, "why": "the same for everybody: tells nothing"}
    if there := _decides(np.where(known, 0, 1), ["filled in", "empty"], gone):
        return there
    codes, names, numbers = _levels(column)
    area = _area(codes, numbers, gone)
    decided = _decides(codes, names, gone)
    if decided:
        return {"auc": area} | decided
    if area > SEPARATES:
        why = f"alone it tells {area:.0%} of pairs of a leaver and a stayer apart: it knows the outcome"
        return {"auc": area, "why": why, "refused": True}
    own = numbers is None and len(names) > len(codes) / 2
    why = "nearly every customer has another value: cannot be judged" if own else ""
    return {"auc": area, "why": why, "refused": False}


def _levels(column: pd.Series) -> tuple[np.ndarray, list[str], np.ndarray | None]:
    """Number the values of a column; return codes, the values' names, and the numbers themselves where they are numbers."""
    if pd.api.types.is_datetime64_any_dtype(column):
        column = (column - column.min()).dt.total_seconds() / 86_400
    if pd.api.types.is_numeric_dtype(column) and not pd.api.types.is_bool_dtype(column):
        return _levels_of_numbers(column.to_numpy(float, na_value=np.nan))
    codes, names = pd.factorize(column.astype(object).where(column.notna(), MISSING))
    return codes, [str(name) for name in names], None


def _levels_of_numbers(numbers: np.ndarray) -> tuple[np.ndarray, list[str], np.ndarray]:
    """Number the values in rising order, many of them cut at quantiles; the missing come last."""
    known = np.isfinite(numbers)
    codes, values = pd.factorize(np.where(known, numbers, np.nan), sort=True)
    names = [f"{value:g}" for value in values]
    if len(values) > MOST_VALUES:
        ends = np.unique(np.quantile(numbers[known], np.linspace(0, 1, MOST_VALUES + 1)))
        codes = np.where(known, np.searchsorted(ends[1:-1], numbers, side="left"), -1)
        names = [f"{low:g} to {high:g}" for low, high in pairwise(ends)]
    return np.where(known, codes, len(names)), [*names, MISSING], numbers


def _halves(gone: np.ndarray) -> np.ndarray:
    """Deal the rows into two halves by lot, those who left and those who stayed each."""
    order = np.random.default_rng(0).permutation(len(gone))
    half = np.empty(len(gone), dtype=int)
    for side in (gone, ~gone):
        rows = order[side[order]]
        half[rows] = np.arange(len(rows)) % 2
    return half


def _decides(codes: np.ndarray, names: list[str], gone: np.ndarray) -> dict | None:
    """Tell which values decide who left, and why they are refused; None where they do not."""
    odds = gone.mean() / (1 - gone.mean())
    n, k = np.zeros((2, len(names))), np.zeros((2, len(names)))
    half = _halves(gone)
    for side in (0, 1):
        n[side] = np.bincount(codes[half == side], minlength=len(names))
        k[side] = np.bincount(codes[half == side], weights=gone[half == side], minlength=len(names))
    with_odds = (k + 0.5) / (n - k + 0.5)
    high = (with_odds >= TIMES * odds) & ((k + 0.5) / (n + 1) >= PURE)
    low = with_odds <= odds / TIMES
    others = ((high, n[::-1], k[::-1]), (low, n[::-1], k[::-1]))
    (n_high, k_high), (n_low, k_low) = (
        (float(there[found].sum()), float(left[found].sum())) for found, there, left in others
    )
    if n_high and wilson(np.array(k_high), np.array(n_high))[0] >= SURELY and k_high >= HOLD_LEFT * gone.sum():
        return _told(high.any(axis=0), names, n, k, k_high / gone.sum(), "left")
    if n_low:
        most = float(wilson(np.array(k_low), np.array(n_low))[1])
        if most * TIMES <= odds * (1 - most) and n_low - k_low >= HOLD_STAYED * (~gone).sum():
            return _told(low.any(axis=0), names, n, k, (n_low - k_low) / (~gone).sum(), "stayed")
    return None


def _told(found: np.ndarray, names: list[str], n: np.ndarray, k: np.ndarray, part: float, what: str) -> dict:
    total, left = n[:, found].sum(), k[:, found].sum()
    rows = left if what == "left" else total - left
    level = ", ".join(name for name, chosen in zip(names, found, strict=True) if chosen)
    every = "all" if rows == total else f"{rows:,.0f}"
    why = f"of {total:,.0f} customers with these values {every} {what}, {part:.0%} of all who {what}: it knows the outcome"
    return {"level": level, "rate": float(left / total), "why": why, "refused": True}


def _area(codes: np.ndarray, numbers: np.ndarray | None, gone: np.ndarray) -> float:
    """Return how well the covariate alone tells leavers from stayers; labels by the rates of the other half of the rows."""
    if numbers is not None:
        known = np.isfinite(numbers)
        if min(gone[known].sum(), (~gone[known]).sum()) < FEWEST:
            return np.nan
        area = auc_of(numbers[known], gone[known])
        return max(area, 1 - area)
    half, areas = _halves(gone), []
    for side in (0, 1):
        mine, other = half == side, half != side
        n = np.bincount(codes[other], minlength=codes.max() + 1)
        k = np.bincount(codes[other], weights=gone[other], minlength=codes.max() + 1)
        areas.append(auc_of(((k + gone.mean()) / (n + 1))[codes[mine]], gone[mine]))
    return float(np.mean(areas))
