"""Leaves of a cube: for each combination of dimension values what was counted in the base, and what is counted now.

A base of several periods says more than one of the same length: how much a figure wobbles from period to period anyway,
and in which periods a fault had already begun. Expectation comes from the calmer half of the base; wobble from all of it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ...data.problems import InputError, Problem, did_you_mean

UNKNOWN = "(unknown)"
COLUMNS = ["value_before", "weight_before", "value_now", "weight_now"]
FEWEST = 4  # periods of a base from which a calmer half and a wobble can be told
EVENTS = 5.0  # expected in a period from which a value's own wobble can be told from chance


@dataclass(frozen=True)
class Leaves:
    """The leaf table of one comparison: ``frame`` has the dimensions and ``COLUMNS``.

    ``counted`` says that the measure is a count: the weights are then what the base leads to expect. ``wobble`` is the
    relative spread from period to period that chance does not explain.
    """

    frame: pd.DataFrame
    dimensions: tuple[str, ...]
    counted: bool
    wobble: float = 0.0


def compared(
    before: pd.DataFrame,
    now: pd.DataFrame,
    dimensions: Sequence[str],
    value: str,
    weight: str | None = None,
    *,
    exposure: float = 1.0,
    wobble: float = 0.0,
) -> Leaves:
    """Put a base and the present side by side, leaf by leaf.

    ``before`` and ``now`` have the dimensions and the columns ``value`` (what is added up: bad scores, minutes, contacts)
    and ``weight`` (what it is divided by: answers, contacts; None for a count), any number of rows a leaf. ``exposure`` is
    the length of now over that of the base and matters for counts only. A leaf seen on one side only is nought on the
    other; an unknown dimension value is a value of its own; an unknown figure adds nothing. Raises InputError where a
    column is missing or a weight is negative.

    >>> before = pd.DataFrame({"shop": ["A", "B"], "bad": [2, 2], "answers": [20, 20]})
    >>> now = pd.DataFrame({"shop": ["A", "B"], "bad": [10, 2], "answers": [20, 20]})
    >>> compared(before, now, ["shop"], "bad", "answers").frame["value_now"].tolist()
    [10.0, 2.0]
    """
    sides = {"before": _summed(before, dimensions, value, weight), "now": _summed(now, dimensions, value, weight)}
    frame = sides["before"].join(sides["now"], how="outer", suffixes=("_before", "_now")).fillna(0.0)
    if weight is None:
        frame["weight_before"] = frame["value_before"]
        frame["weight_now"] = frame["value_before"] * exposure
    frame = frame.sort_index().reset_index()
    return Leaves(frame[[*dimensions, *COLUMNS]], tuple(dimensions), weight is None, wobble)


def since(
    rows: pd.DataFrame,
    dimensions: Sequence[str],
    value: str,
    weight: str | None = None,
    *,
    period: str,
    now: object,
    worse: int = 1,
) -> Leaves:
    """Compare the period ``now`` with the calmer half of the periods before it.

    Half of the base may already hold the fault and still not hide it: the periods kept are those whose overall figure was
    no worse than their median (``worse`` is 1 where more is worse, −1 where less is). With fewer than four periods all are
    kept. Wobble is estimated from all of them. Other parameters as in ``compared``.
    """
    base, present = rows[rows[period] < now], rows[rows[period] == now]
    wobble = _wobble(base, dimensions, value, weight, period)
    kept = _calmer(base, value, weight, period, worse)
    exposure = 1 / max(len(kept), 1)
    base = base[base[period].isin(kept)]
    return compared(base, present, dimensions, value, weight, exposure=exposure, wobble=wobble)


def _summed(rows: pd.DataFrame, dimensions: Sequence[str], value: str, weight: str | None) -> pd.DataFrame:
    names = {"value": value, **({"weight": weight} if weight else {})}
    missing = [name for name in (*dimensions, *names.values()) if name not in rows.columns]
    if missing:
        cures = [Problem(f"column {name!r}", "is missing", did_you_mean(name, rows.columns)) for name in missing]
        raise InputError("the table to be compared", cures)
    figures = pd.DataFrame({name: pd.to_numeric(rows[column]).fillna(0.0) for name, column in names.items()})
    if weight and (figures["weight"] < 0).any():
        fault = Problem(f"column {weight!r}", "has negative weights", "Give counts of what the value is divided by.")
        raise InputError("the table to be compared", [fault])
    keys = [rows[name].astype("string").fillna(UNKNOWN).astype(object).rename(name) for name in dimensions]
    return figures.astype(float).groupby(keys, sort=True).sum()


def _overall(base: pd.DataFrame, value: str, weight: str | None, period: str) -> pd.Series:
    totals = base.groupby(period)[[value, *([weight] if weight else [])]].sum()
    return totals[value] / totals[weight] if weight else totals[value]


def _calmer(base: pd.DataFrame, value: str, weight: str | None, period: str, worse: int) -> pd.Index:
    overall = _overall(base, value, weight, period)
    if len(overall) < FEWEST:
        return overall.index
    return overall.index[worse * overall <= worse * overall.median()]


def _wobble(base: pd.DataFrame, dimensions: Sequence[str], value: str, weight: str | None, period: str) -> float:
    """Return the typical relative spread between periods of a dimension value, beyond that of a Poisson count.

    Of each value with enough events the variance over periods less the expected count, relative to its square; the
    median over all values, because the few that a fault took hold of in the base are not typical.
    """
    if base[period].nunique() < FEWEST:
        return 0.0
    found: list[float] = []
    for name in dimensions:
        sums = base.groupby([base[name].astype("string").fillna(UNKNOWN), period])
        seen = sums[value].sum().unstack(fill_value=0.0).to_numpy(float)
        shares = sums[weight].sum().unstack(fill_value=0.0).to_numpy(float) if weight else np.ones_like(seen)
        totals = np.maximum(shares.sum(axis=1, keepdims=True), 1e-12)
        expected = seen.sum(axis=1, keepdims=True) * shares / totals
        beyond = ((seen - expected) ** 2).sum(axis=1) / (seen.shape[1] - 1) - expected.mean(axis=1)
        often = expected.mean(axis=1) >= EVENTS
        found += (beyond[often] / expected.mean(axis=1)[often] ** 2).tolist()
    return float(np.sqrt(max(np.median(found), 0.0))) if found else 0.0
