"""A group beside all others: the figure of the rest, from that of the group and the whole, and how far they lie apart."""

from __future__ import annotations

from collections.abc import Sequence

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd
from ibis import selectors as s

from ..data.store import to_frame
from .chance import mean_z, share_z
from .intervals import QUANTILES, measure
from .metrics import METRICS

COLUMNS = [
    "metric", "dimension", "label", "n", "value", "lo", "hi", "rest", "n_rest", "difference", "impact", "se", "z",
]  # fmt: skip
KINDS = ("share", "mean", "net", *QUANTILES)


def against_rest(inside: ir.Table, names: Sequence[str], dimensions: Sequence[str]) -> pd.DataFrame:
    """Set every group of some dimensions beside all other rows of a table.

    ``names`` are metrics whose kind is one of ``KINDS``; other ones, and dimensions that are not there, are left out.
    Returns metric, dimension, label, n, value, lo, hi and rest (value of all others), n_rest, difference, impact (of all,
    less rest), se of the difference and z (how far chance alone would have to go), values in the metric's unit. A group
    that is the whole has no row.
    """
    able = [name for name in names if name in inside.columns and METRICS[name].kind in KINDS]
    dimensions = [name for name in dimensions if name in inside.columns]
    whole = measure(inside, able, shapes=True)
    if whole.empty or not dimensions:
        return pd.DataFrame(columns=COLUMNS)
    groups = measure(_long(inside, dimensions, able), able, ["dimension", "label"], shapes=True)
    ties = _ties(inside, dimensions, whole)
    parts = []
    for _, all_ in whole.iterrows():
        part = groups[(groups["metric"] == all_["metric"]) & (groups["n"] < all_["n"])].reset_index(drop=True)
        kind = METRICS[all_["metric"]].kind
        beside = {"share": _shares, "mean": _means, "net": _means}.get(kind)
        found = beside(part, all_) if beside else _quantiles(inside, dimensions, part, all_)
        part = part.assign(n_rest=all_["n"] - part["n"], **found)
        part["difference"], part["impact"] = part["value"] - part["rest"], all_["value"] - part["rest"]
        part["z"] = part["z"].where(part["z"].isna() | (np.sign(part["z"]) == np.sign(part["difference"])), 0.0)
        wider = part["dimension"].map(ties[all_["metric"]]).to_numpy(float)
        part["z"], part["se"] = part["z"] / wider, part["se"] * wider
        parts.append(part[COLUMNS])
    return pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)


def _long(table: ir.Table, dimensions: Sequence[str], kept: Sequence[str]) -> ir.Table:
    """Give every row once per dimension that it has a value of: ``dimension``, ``label`` and the columns kept."""
    wide = table.select(*kept, **{f"_{name}": table[name].cast("string") for name in dimensions})
    long = wide.pivot_longer(s.startswith("_"), names_to="dimension", values_to="label")
    return long.filter(long.label.notnull()).mutate(dimension=long.dimension.substr(1))


def _ties(inside: ir.Table, dimensions: Sequence[str], whole: pd.DataFrame) -> dict[str, dict[str, float]]:
    """Tell, per metric and dimension, by how much customers who come more than once widen the chance of a group's figure.

    Contacts of one customer are alike (one channel, one mood) and often of one group, so they say less than as many
    contacts of different customers: the root of the variance with customers as units over that with contacts as units
    (Kish's design effect, Survey Sampling, 1965, 5.4), over all groups of a dimension; never below 1.
    """
    names = whole["metric"].tolist()
    if "customer_id" not in inside.columns:
        return {name: dict.fromkeys(dimensions, 1.0) for name in names}
    hits = {
        name: (inside[name] > value / METRICS[name].scale).cast("float64")
        for name, value in zip(names, whole["value"], strict=True)
        if METRICS[name].kind in QUANTILES
    }
    off = {name: hits.get(name, inside[name]) - hits.get(name, inside[name]).mean().over() for name in names}
    known = inside.mutate(**off).filter(inside.customer_id.notnull())
    rows = _long(known, dimensions, ["customer_id", *names])
    sums = {f"{name} sum": rows[name].sum() for name in names}
    sums |= {f"{name} squares": (rows[name] * rows[name]).sum() for name in names}
    by_customer = rows.group_by("dimension", "label", "customer_id").agg(**sums)
    ratios = {
        name: (by_customer[f"{name} sum"] * by_customer[f"{name} sum"]).sum() / by_customer[f"{name} squares"].sum()
        for name in names
    }
    found = to_frame(by_customer.group_by("dimension").agg(**ratios)).set_index("dimension")
    found = np.sqrt(found.astype(float).clip(lower=1.0)).round(
        3
    )  # threads add floats in any order: the last digits differ
    return {name: {one: float(found[name].get(one, 1.0)) for one in dimensions} for name in names}


def _shares(part: pd.DataFrame, all_: pd.Series) -> dict[str, np.ndarray]:
    scale, n, total = METRICS[all_["metric"]].scale, part["n"].to_numpy(float), float(all_["n"])
    hits, all_hits = np.round(part["value"].to_numpy(float) * n / scale), round(all_["value"] * total / scale)
    share = all_hits / total
    se = scale * np.sqrt(share * (1 - share) * (1 / n + 1 / (total - n)))
    rest = scale * (all_hits - hits) / (total - n)
    return {"rest": rest, "se": se, "z": share_z(hits, n, all_hits - hits, total - n)}


def _means(part: pd.DataFrame, all_: pd.Series) -> dict[str, np.ndarray]:
    n, total = part["n"].to_numpy(float), float(all_["n"])
    lost = (
        0 if METRICS[all_["metric"]].kind == "net" else 1
    )  # a net score's variance is divided by n, a mean's by n - 1
    mean, se = part["value"].to_numpy(float), part["se"].to_numpy(float)
    skewness = np.array([shape[0] for shape in part["shape"]])
    own = _powers(n, mean, se, skewness, lost)
    whole = _powers(total, all_["value"], all_["se"], all_["shape"][0], lost)
    rest, second, third = (
        (of_all * total - of_one * n) / (total - n) for of_all, of_one in zip(whole, own, strict=True)
    )
    variance = np.clip(second - rest**2, 0, None)
    rest_se = np.sqrt(variance / np.maximum(total - n - lost, 1))
    lean = (third - 3 * rest * second + 2 * rest**3) / np.where(variance > 1e-12 * second, variance, np.inf) ** 1.5
    z = mean_z(n, mean, se, skewness, total - n, rest, rest_se, lean)
    return {"rest": rest, "se": np.hypot(se, rest_se), "z": z}


def _powers(n: np.ndarray, mean: np.ndarray, se: np.ndarray, skewness: np.ndarray, lost: int) -> tuple[np.ndarray, ...]:
    """Return the mean and the means of squares and cubes that belong to a mean, its standard error and skewness."""
    variance = np.nan_to_num(np.square(se) * (n - lost))
    return mean, variance + mean**2, skewness * variance**1.5 + 3 * mean * variance + mean**3


def _quantiles(
    inside: ir.Table, dimensions: Sequence[str], part: pd.DataFrame, all_: pd.Series
) -> dict[str, np.ndarray]:
    """Find the quantile of all others exactly, and count how many of each group lie above the quantile of all."""
    name, n, total = all_["metric"], part["n"].to_numpy(float), float(all_["n"])
    scale, share = METRICS[name].scale, QUANTILES[METRICS[name].kind]
    known = inside.filter(inside[name].notnull())
    rows = known.mutate(x=known[name], rank=ibis.row_number().over(order_by=known[name]))
    middle = all_["value"] / scale
    ordered = rows.aggregate(
        all_above=rows.count(where=rows.x > middle),
        all_upward=rows.count(where=rows.x >= middle),
        x=rows.x.collect().sort(),
    )
    found = _places_of_others(_long(rows, dimensions, ["x", "rank"]), int(total), middle, share).cross_join(ordered)
    low, high = found.x[found.low], found.x[found.high]
    frame = to_frame(found.mutate(rest=low + (high - low) * found.part).drop("x"))
    frame = frame.set_index(["dimension", "label"]).loc[list(zip(part["dimension"], part["label"], strict=True))]
    split = min(("above", "upward"), key=lambda one: abs(frame[f"all_{one}"].max() - (1 - share) * total))
    above, all_above = frame[split].to_numpy(float), frame[f"all_{split}"].to_numpy(float)
    se = part["se"].to_numpy(float)
    return {
        "rest": frame["rest"].to_numpy(float) * scale,
        "se": np.hypot(se, all_["se"] * np.sqrt(total / (total - n))),
        "z": share_z(above, n, all_above - above, total - n),
    }


def _places_of_others(rows: ir.Table, total: int, middle: float, share: float) -> ir.Table:
    """Tell, per group, between which two places among all sorted values the quantile of all others lies, and how far.

    The others' value at place t stands, among all values, at t plus the group's values before it: those that have at most
    t others before them. Counted beside it: the group's values above the middle of all, and from it on.
    """
    group = [rows.dimension, rows.label]
    own = ibis.window(group_by=group, order_by=rows["rank"])
    rows = rows.mutate(
        before=rows["rank"] - ibis.row_number().over(own),
        place=(total - rows.count().over(group_by=group) - 1) * share,
    )
    low, high = (place.cast("int64") for place in (rows.place.floor(), rows.place.ceil()))
    return rows.group_by("dimension", "label").agg(
        low=low.max() + rows.count(where=rows.before <= low),
        high=high.max() + rows.count(where=rows.before <= high),
        part=(rows.place - low).max(),
        above=rows.count(where=rows.x > middle),
        upward=rows.count(where=rows.x >= middle),
    )
