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

from ..data.store import to_frame
from .chance import mean_z, share_z
from .intervals import QUANTILES, measure
from .metrics import METRICS
from .others import GROUP, long_form, quantiles_of_others

COLUMNS = [
    "metric", "dimension", "label", "n", "value", "lo", "hi", "rest", "n_rest", "difference", "impact", "se", "z",
]  # fmt: skip
KINDS = ("share", "mean", "net", *QUANTILES)


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
    long = long_form(inside, dimensions, able)
    groups, known = (measure(long, able, by, shapes=True) for by in (GROUP, GROUP[:1]))
    whole = measure(inside, able, shapes=True).set_index("metric")
    parts, ties = [], _ties(inside, dimensions, whole["value"])
    for name in [name for name in able if name in whole.index]:
        part = groups[groups["metric"] == name].merge(
            known[known["metric"] == name].drop(columns="metric"), on="dimension", suffixes=("", "_all")
        )
        part = part[part["n"] < part["n_all"]].reset_index(drop=True)
        if part.empty:
            continue
        part["n_rest"] = part["n_all"] - part["n"]
        beside = {"share": _shares, "mean": _means, "net": _means}.get(METRICS[name].kind, _quantiles)
        part = part.assign(**beside(inside, part, whole.loc[name], name))
        part["difference"] = part["value"] - part["rest"]
        agree = part["z"].isna() | (np.sign(part["z"]) == np.sign(part["difference"]))
        wider = part["dimension"].map(ties[name]).to_numpy(float)
        parts.append(part.assign(z=part["z"].where(agree, 0.0) / wider, se=part["se"] * wider)[COLUMNS])
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=COLUMNS)


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
    """Count how many of each group lie above the quantile of it and the others together."""
    scale, share = METRICS[name].scale, QUANTILES[METRICS[name].kind]
    middles = (part.groupby("dimension")["value_all"].first() / scale).to_dict()
    others = quantiles_of_others(inside, name, list(middles), share)
    rows = long_form(inside.filter(inside[name].notnull()), list(middles), [name])
    middle = ibis.cases(*((rows.dimension == one, float(value)) for one, value in middles.items()))
    sides = {"above": rows.count(where=rows[name] > middle), "upward": rows.count(where=rows[name] >= middle)}
    counted = to_frame(rows.group_by(GROUP).agg(**sides)).set_index(GROUP)
    all_ = counted.groupby("dimension").sum().reindex(part["dimension"])
    every = list(zip(part["dimension"], part["label"], strict=True))
    n, total = part["n"].to_numpy(float), part["n_all"].to_numpy(float)
    off = {of: np.abs(all_[of].to_numpy(float) - (1 - share) * total) for of in sides}
    better = off["above"] <= off["upward"]  # of values that stand at the middle, whichever side splits better
    above, all_above = (
        np.where(better, of["above"], of["upward"]).astype(float) for of in (counted.reindex(every), all_)
    )
    se, all_se = part["se"].to_numpy(float), part["se_all"].to_numpy(float)
    return {
        "rest": others["known"].reindex(every).to_numpy(float) * scale,
        "impact": whole["value"] - others["every"].reindex(every).to_numpy(float) * scale,
        "se": np.hypot(se, all_se * np.sqrt(total / (total - n))),
        "z": share_z(above, n, all_above - above, total - n),
    }


def _ties(inside: ir.Table, dimensions: Sequence[str], whole: pd.Series) -> dict[str, dict[str, float]]:
    """Tell, per metric and dimension, by how much customers who come more than once widen the chance of a group's figure.

    Contacts of one customer are alike (one channel, one mood) and often of one group, so they say less than as many
    contacts of different customers: the root of the variance with customers as units over that with contacts as units
    (Kish's design effect, Survey Sampling, 1965, 5.4), over all groups of a dimension; never below 1. ``whole`` are the
    metrics' values: of a quantile it is the share above it that varies.
    """
    if "customer_id" not in inside.columns:
        return {name: dict.fromkeys(dimensions, 1.0) for name in whole.index}
    measures = {
        name: (inside[name] > value / METRICS[name].scale).cast("float64")
        if METRICS[name].kind in QUANTILES
        else inside[name]
        for name, value in whole.items()
    }
    known = inside.mutate(**measures).filter(inside.customer_id.notnull())
    rows = long_form(known, dimensions, ["customer_id", *measures])
    rows = rows.mutate(**{name: rows[name] - rows[name].mean().over(group_by=rows.dimension) for name in measures})
    sums = {name: rows[name].sum() for name in measures}
    squares = {f"{name} squares": (rows[name] * rows[name]).sum() for name in measures}
    customers = rows.group_by([*GROUP, "customer_id"]).agg(**sums, **squares)
    ratios = {name: (customers[name] * customers[name]).sum() / customers[f"{name} squares"].sum() for name in measures}
    found = to_frame(customers.group_by("dimension").agg(**ratios)).set_index("dimension")
    # threads add floats in any order, so the last digits differ from run to run
    wider = np.sqrt(found.astype(float).fillna(1.0).clip(lower=1.0)).round(3)
    return {name: wider[name].reindex(dimensions, fill_value=1.0).to_dict() for name in measures}
