"""A group beside all others: the figure of the rest, from that of the group and the whole, and how far they lie apart.

The rest of a group are the other contacts whose field is filled: a browser is known of chats only, and chats set against
e-mails would be told as a matter of browsers.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from ibis import selectors

from ..data.store import to_frame
from .chance import mean_z, share_z
from .intervals import QUANTILES, measure
from .metrics import METRICS

COLUMNS = [
    "metric", "dimension", "label", "n", "value", "lo", "hi", "rest", "n_rest", "difference", "impact", "se", "z",
]  # fmt: skip
KINDS = ("share", "mean", "net", *QUANTILES)
GROUP = ["dimension", "label"]


def against_rest(inside: ir.Table, names: Sequence[str], dimensions: Sequence[str]) -> pd.DataFrame:
    """Set every group of some dimensions beside all other rows that have a value of the dimension.

    ``names`` are metrics whose kind is one of ``KINDS``; other ones, and dimensions that are not there, are left out.
    Returns metric, dimension, label, n, value, lo, hi and rest (value of the others), n_rest, difference, impact (figure
    of all rows, less that of all rows without the group), se of the difference and z (how far chance alone would have to
    go), values in the metric's unit. A group without others has no row.
    """
    able = [name for name in names if name in inside.columns and METRICS[name].kind in KINDS]
    dimensions = [name for name in dimensions if name in inside.columns]
    if not able or not dimensions:
        return pd.DataFrame(columns=COLUMNS)
    long = _long(inside, dimensions, able)
    groups, known = (measure(long, able, by, shapes=True) for by in (GROUP, GROUP[:1]))
    whole = measure(inside, able, shapes=True).set_index("metric")
    parts = []
    for name in [name for name in able if name in whole.index]:
        part = groups[groups["metric"] == name].merge(
            known[known["metric"] == name].drop(columns="metric"), on="dimension", suffixes=("", "_all")
        )
        part = part[part["n"] < part["n_all"]].reset_index(drop=True)
        part["n_rest"] = part["n_all"] - part["n"]
        beside = {"share": _shares, "mean": _means, "net": _means}.get(METRICS[name].kind, _quantiles)
        part = part.assign(**beside(inside, part, whole.loc[name], name))
        part["difference"] = part["value"] - part["rest"]
        wider = _ties(inside, dimensions, name, whole.loc[name, "value"])
        agree = part["z"].isna() | (np.sign(part["z"]) == np.sign(part["difference"]))
        wider = part["dimension"].map(wider).to_numpy(float)
        parts.append(part.assign(z=part["z"].where(agree, 0.0) / wider, se=part["se"] * wider)[COLUMNS])
    return pd.concat([part for part in parts if len(part)] or [pd.DataFrame(columns=COLUMNS)], ignore_index=True)


def _long(table: ir.Table, dimensions: Sequence[str], kept: Sequence[str], *, known: bool = True) -> ir.Table:
    """Give every row once per dimension (if ``known``, that it has a value of): ``dimension``, ``label``, what is kept."""
    wide = table.select(*kept, **{f"_{name}": table[name].cast("string") for name in dimensions})
    long = wide.pivot_longer(selectors.startswith("_"), names_to="dimension", values_to="label")
    long = long.mutate(dimension=long.dimension.substr(1))
    return long.filter(long.label.notnull()) if known else long


def _shares(inside: ir.Table, part: pd.DataFrame, whole: pd.Series, name: str) -> dict[str, np.ndarray]:
    scale, n, total = METRICS[name].scale, part["n"].to_numpy(float), part["n_all"].to_numpy(float)
    hits, all_hits = (
        np.round(part[of].to_numpy(float) * size / scale) for of, size in (("value", n), ("value_all", total))
    )
    share = all_hits / total
    return {
        "rest": scale * (all_hits - hits) / (total - n),
        "impact": _impact(part, whole),
        "se": scale * np.sqrt(share * (1 - share) * (1 / n + 1 / (total - n))),
        "z": share_z(hits, n, all_hits - hits, total - n),
    }


def _impact(part: pd.DataFrame, whole: pd.Series) -> np.ndarray:
    """Return the mean or share of all rows, less that of all rows without the group; nan where none is left."""
    n, left = part["n"].to_numpy(float), whole["n"] - part["n"].to_numpy(float)
    return whole["value"] - (whole["value"] * whole["n"] - part["value"].to_numpy(float) * n) / left


def _means(inside: ir.Table, part: pd.DataFrame, whole: pd.Series, name: str) -> dict[str, np.ndarray]:
    lost = 0 if METRICS[name].kind == "net" else 1  # its variance is divided by n, that of a mean by n - 1
    own, all_ = (
        {of: part[f"{of}{side}"].to_numpy(float) for of in ("n", "value", "se")}
        | {"skewness": np.array([shape[0] for shape in part[f"shape{side}"]])}
        for side in ("", "_all")
    )
    left = all_["n"] - own["n"]
    sides = zip(_powers(**all_, lost=lost), _powers(**own, lost=lost), strict=True)
    rest, second, third = ((of_all * all_["n"] - of_one * own["n"]) / left for of_all, of_one in sides)
    variance = np.clip(second - rest**2, 0, None)
    se = np.sqrt(variance / np.maximum(left - lost, 1))
    lean = (third - 3 * rest * second + 2 * rest**3) / np.where(variance > 1e-12 * second, variance, np.inf) ** 1.5
    z = mean_z(own["n"], own["value"], own["se"], own["skewness"], left, rest, se, lean)
    return {"rest": rest, "impact": _impact(part, whole), "se": np.hypot(own["se"], se), "z": z}


def _powers(
    n: np.ndarray, value: np.ndarray, se: np.ndarray, skewness: np.ndarray, lost: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return the mean and the means of squares and cubes that belong to a mean, its standard error and skewness."""
    variance = np.nan_to_num(np.square(se) * (n - lost))
    return value, variance + value**2, skewness * variance**1.5 + 3 * value * variance + value**3


def _quantiles(inside: ir.Table, part: pd.DataFrame, whole: pd.Series, name: str) -> dict[str, np.ndarray]:
    """Find the quantile of all others exactly, and count how many of each group lie above the quantile of them and it."""
    scale, share = METRICS[name].scale, QUANTILES[METRICS[name].kind]
    rows = inside.filter(inside[name].notnull()).mutate(x=inside[name])
    middles = part.groupby("dimension")["value_all"].first() / scale
    every = list(zip(part["dimension"], part["label"], strict=True))
    others, all_others = (
        to_frame(_others(_long(rows, list(middles.index), ["x"], known=known), middles, share))
        .set_index(GROUP)
        .loc[every]
        for known in (True, False)
    )
    n, total = part["n"].to_numpy(float), part["n_all"].to_numpy(float)
    splits = {of: (others[f"all_{of}"] - (1 - share) * total).abs() for of in ("above", "upward")}
    better = (
        splits["above"] <= splits["upward"]
    ).to_numpy()  # of values that stand at the middle, whichever splits better
    above, all_above = (
        np.where(better, others[f"{of}above"], others[f"{of}upward"]).astype(float) for of in ("", "all_")
    )
    se, all_se = part["se"].to_numpy(float), part["se_all"].to_numpy(float)
    return {
        "rest": others["rest"].to_numpy(float) * scale,
        "impact": whole["value"] - all_others["rest"].to_numpy(float) * scale,
        "se": np.hypot(se, all_se * np.sqrt(total / (total - n))),
        "z": share_z(above, n, all_above - above, total - n),
    }


def _others(rows: ir.Table, middles: pd.Series, share: float) -> ir.Table:
    """Return, per group, the quantile of all others of its dimension (rest), and how many values lie above its middle.

    The others' value at place t stands, among all values, at t plus the group's values before it: those that have at most
    t others before them. Columns: dimension, label, rest, above and upward (of the group: above the middle, from it on),
    all_above and all_upward (of all of the dimension).
    """
    middle = ibis.cases(*((rows.dimension == name, float(value)) for name, value in middles.items()))
    rows = rows.mutate(above=rows.x > middle, upward=rows.x >= middle)
    rows = rows.mutate(rank=ibis.row_number().over(group_by=rows.dimension, order_by=rows.x))
    group = [rows.dimension, rows.label]
    rows = rows.mutate(
        before=rows["rank"] - ibis.row_number().over(group_by=group, order_by=rows["rank"]),
        place=(rows.count().over(group_by=rows.dimension) - rows.count().over(group_by=group) - 1) * share,
    )
    low, high = (place.cast("int64") for place in (rows.place.floor(), rows.place.ceil()))
    sides = {"above": rows.count(where=rows.above), "upward": rows.count(where=rows.upward)}
    placed = rows.group_by(GROUP).agg(
        low=low.max() + rows.count(where=rows.before <= low),
        high=high.max() + rows.count(where=rows.before <= high),
        part=(rows.place - low).max(),
        **sides,
    )
    ordered = rows.group_by("dimension").agg(
        x=rows.x.collect().sort(), **{f"all_{name}": made for name, made in sides.items()}
    )
    found = placed.filter(placed.label.notnull()).join(ordered, "dimension")
    low, high = found.x[found.low], found.x[found.high]
    return found.mutate(rest=low + (high - low) * found.part).drop("x", "low", "high", "part")


def _ties(inside: ir.Table, dimensions: Sequence[str], name: str, middle: float) -> dict[str, float]:
    """Tell, per dimension, by how much customers who come more than once widen the chance of a group's figure.

    Contacts of one customer are alike (one channel, one mood) and often of one group, so they say less than as many
    contacts of different customers: the root of the variance with customers as units over that with contacts as units
    (Kish's design effect, Survey Sampling, 1965, 5.4), over all groups of a dimension; never below 1.
    """
    if "customer_id" not in inside.columns:
        return dict.fromkeys(dimensions, 1.0)
    metric = METRICS[name]
    x = inside[name] if metric.kind not in QUANTILES else (inside[name] > middle / metric.scale).cast("float64")
    rows = inside.mutate(x=x).filter(x.notnull(), inside.customer_id.notnull())
    rows = _long(rows, dimensions, ["customer_id", "x"])
    off = rows.x - rows.x.mean().over(group_by=rows.dimension)
    rows = rows.mutate(off=off, square=off * off)
    customers = rows.group_by([*GROUP, "customer_id"]).agg(off=rows.off.sum(), square=rows.square.sum())
    ratio = (customers.off * customers.off).sum() / customers.square.sum()
    found = to_frame(customers.group_by("dimension").agg(ratio=ratio)).set_index("dimension")["ratio"]
    # threads add floats in any order, so the last digits differ from run to run
    wider = np.sqrt(found.astype(float).fillna(1.0).clip(lower=1.0)).round(3).to_dict()
    return {one: float(wider.get(one, 1.0)) for one in dimensions}
