"""The quantile of all others: what a median would be without a group, exactly, without sorting all others of each group."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from ibis import selectors

from ..data.store import to_frame

GROUP = ["dimension", "label"]
STEPS = 500  # to a factor of e: values are first counted in steps of a fifth of a per cent
FIELDS = ["known", *GROUP, "bin", "inside", "part"]


def long_form(table: ir.Table, dimensions: Sequence[str], kept: Sequence[str], *, known: bool = True) -> ir.Table:
    """Give every row once per dimension (if ``known``, that it has a value of): ``dimension``, ``label``, what is kept."""
    wide = table.select(*kept, **{f"_{name}": table[name].cast("string") for name in dimensions})
    long = wide.pivot_longer(selectors.startswith("_"), names_to="dimension", values_to="label")
    long = long.mutate(dimension=long.dimension.substr(1))
    return long.filter(long.label.notnull()) if known else long


def quantiles_of_others(table: ir.Table, name: str, dimensions: Sequence[str], share: float) -> pd.DataFrame:
    """Return, per group of some dimensions, the quantile of a column over all other rows.

    Index: dimension and label. Columns: ``known`` (of the others that have a value of the dimension) and ``every`` (of all
    others); nan where there are none. Values are counted in fine steps first; of the steps in which a quantile lies the
    values themselves are fetched, so that the result is exact and only a small part of the rows leaves the engine.
    """
    rows = table.filter(table[name].notnull()).mutate(x=table[name])
    rows = rows.mutate(bin=(rows.x.sign() * (rows.x.abs() + 1).ln() * STEPS).floor().cast("int64"))
    long = long_form(rows, dimensions, ["x", "bin"], known=False)
    counted = to_frame(long.group_by([*GROUP, "bin"]).agg(n=long.count()))
    wanted = pd.concat([_wanted(part, share) for _, part in counted.groupby("dimension")] or [_frame([])])
    if wanted.empty:
        return pd.DataFrame(columns=["known", "every"])
    bins = {dimension: sorted(set(part["bin"])) for dimension, part in wanted.groupby("dimension")}
    near = to_frame(
        long.filter(ibis.or_(*((long.dimension == one) & long.bin.isin(some) for one, some in bins.items())))
    )
    near = near.sort_values("x", ignore_index=True)
    values = {
        key: (part["label"].to_numpy(dtype=object), part["x"].to_numpy())
        for key, part in near.groupby(["dimension", "bin"])
    }
    wanted["x"] = [_value(*values[(row.dimension, row.bin)], row) for row in wanted.itertuples()]
    wanted["x"] *= wanted["part"]
    found = wanted.groupby([*GROUP, "known"])["x"].sum().unstack("known")
    return found.rename(columns={True: "known", False: "every"}).reindex(columns=["known", "every"])


def _wanted(counted: pd.DataFrame, share: float) -> pd.DataFrame:
    """Tell in which step, and at which place inside it, each order statistic lies that a quantile of others is made of.

    ``counted``: label (missing where unknown), bin, n of one dimension. Returns known, dimension, label, bin, inside (the
    place in the step, counted from 0 among the others) and part (how much of the value goes into the quantile).
    """
    bins, column = np.unique(counted["bin"], return_inverse=True)
    codes, labels = pd.factorize(counted["label"])
    table = np.zeros((len(labels) + 1, len(bins)), dtype=np.int64)
    np.add.at(table, (codes, column), counted["n"].to_numpy())  # code -1, the unknown, is the last row
    found = []
    for known, all_ in ((True, table[:-1].sum(0)), (False, table.sum(0))):
        for label, own in zip(labels, table, strict=False):
            before = np.cumsum(all_ - own)
            if before[-1] == 0:
                continue
            place = (before[-1] - 1) * share
            low = int(place)
            for at, part in ((low, 1 - (place - low)), (low + 1, place - low)):
                if part:
                    step = int(np.searchsorted(before, at, "right"))
                    inside = at - (before[step - 1] if step else 0)
                    found.append((known, counted["dimension"].iloc[0], label, int(bins[step]), int(inside), part))
    return _frame(found)


def _frame(rows: list[tuple]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=FIELDS)


def _value(labels: np.ndarray, x: np.ndarray, row: tuple) -> float:
    others = labels != row.label
    if row.known:
        others &= ~pd.isna(labels)
    return float(x[others][row.inside])
