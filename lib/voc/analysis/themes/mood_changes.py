"""Moods that moved and moods that differ: periods and groups set against each other, all judged together.

What is called a change or a difference is beyond chance after all comparisons together (Benjamini & Hochberg 1995); where
a group's past was more restless than chance explains, its noise floor is as much wider (Laney 2002).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ...data.periods import Period
from ..chance import false_discovery, share_z, two_sided
from ..compare import LIKELY, NOISE, SURE, UNKNOWN, noise_floor
from ..intervals import Z
from ..rules import MetricRules
from .moods import FIGURES, MEASURES, by_period, counts_of, figures, spreads

FEWEST_PAST = 8  # changes of the past from which its restlessness is told


def course(frame: pd.DataFrame, periods: Sequence[Period], rules: MetricRules) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the moods of each period (``moods.by_period``) and the last one set against the one before (``compare``)."""
    history = by_period(frame, periods)
    return history, compare(history, periods[-1], periods[-2], rules, spreads(frame))


def compare(
    history: pd.DataFrame, now: Period, then: Period, rules: MetricRules, wider: Mapping[str, float],
    by: Sequence[str] = (),
) -> pd.DataFrame:  # fmt: skip
    """Set one period against another, group by group.

    Args:
        history: from ``by_period`` with the same ``by``.
        now, then: periods of it.
        rules: ``min_n``, ``sure``, ``likely``.
        wider: from ``spreads``.
        by: the columns that make a group.

    Returns:
        The ``by`` columns, measure, n, value, lo, hi, n_before, before, change, floor (what chance makes 19 times in 20;
        wider where the group's past was more restless than chance), p, q, certainty, direction (better, worse or empty).
    """
    keys = [*by, "measure"]
    sides = [
        history[history["period_start"] == pd.Timestamp(one.start)].set_index(keys)[FIGURES] for one in (now, then)
    ]
    both = sides[0].join(sides[1].add_suffix("_before"), how="inner").reset_index()
    restless = _restlessness(history[history["period_start"] < pd.Timestamp(now.start)], keys)
    factor = np.array([restless.get(key, 1.0) for key in map(tuple, both[keys].astype(object).to_numpy())])
    z, se = _distance(both, wider)
    both["change"] = both["value"] - both["value_before"]
    both["p"], both["floor"] = two_sided(z / factor), noise_floor(both["change"], z / factor, Z * se * factor)
    both = judge(both, both[["n", "n_before"]].min(axis=1) >= rules.min_n, rules)
    return both.rename(columns={"value_before": "before"})[
        [*keys, *FIGURES, "n_before", "before", "change", "floor", "p", "q", "certainty", "direction"]
    ]


def _distance(both: pd.DataFrame, wider: Mapping[str, float]) -> tuple[np.ndarray, np.ndarray]:
    """Return z and the standard error (points) of the differences value − value_before."""
    effect = both["measure"].map(wider).to_numpy(float)
    n, before = (both[name].to_numpy(float) for name in ("n", "n_before"))
    hits, hits_before = (
        np.round(both[value].to_numpy(float) / 100 * size) for value, size in (("value", n), ("value_before", before))
    )
    is_net = (both["measure"] == "net").to_numpy()
    shown = np.where(is_net, 0, hits), n, np.where(is_net, 0, hits_before), before
    common = (hits + hits_before) / (n + before)
    se = 100 * np.sqrt(np.clip(common * (1 - common), 1e-12, None) * (1 / n + 1 / before) * effect)
    widths = ((both["hi"] - both["lo"]) / (2 * Z), (both["hi_before"] - both["lo_before"]) / (2 * Z))
    se = np.where(is_net, np.hypot(*widths), se)
    plain = (both["value"] - both["value_before"]).to_numpy(float) / np.where(se > 0, se, np.inf)
    return np.where(is_net, plain, share_z(*shown) / np.sqrt(effect)), se


def _restlessness(past: pd.DataFrame, keys: list[str]) -> dict[tuple, float]:
    """Tell, per group and measure, how much larger its past changes were than chance explains; 1 where history is short."""
    found = {}
    for key, part in past.sort_values("period_start").groupby(keys, observed=True):
        if len(part) > FEWEST_PAST:
            se = ((part["hi"] - part["lo"]) / (2 * Z)).to_numpy()
            z = np.diff(part["value"].to_numpy()) / np.hypot(se[1:], se[:-1])
            found[key] = float(max(1.0, 1.4826 * np.median(np.abs(z[np.isfinite(z)])))) if np.isfinite(z).any() else 1.0
    return found


def judge(rows: pd.DataFrame, able: pd.Series, rules: MetricRules) -> pd.DataFrame:
    """Add q, certainty and direction to rows with measure, change, floor and p; those not able cannot be told."""
    rows, able = rows.copy(), able & rows["p"].notna()
    rows["q"] = false_discovery(rows["p"].where(able))
    within = rows["change"].abs() <= rows["floor"]
    sure, likely = rows["q"] <= rules.sure, rows["q"] <= rules.likely
    rows["certainty"] = np.select([~able, within, sure, likely], [UNKNOWN, NOISE, SURE, LIKELY], UNKNOWN)
    good = (rows["change"] > 0) != (rows["measure"] == "negative")
    real = rows["certainty"].isin([SURE, LIKELY])
    rows["direction"] = np.where(real, np.where(good, "better", "worse"), "")
    return rows


def levels(frame: pd.DataFrame, dimensions: Sequence[str], rules: MetricRules) -> pd.DataFrame:
    """Set each group of some dimensions beside all other contacts that have a value of the dimension.

    Returns dimension, label, measure, n, value, lo, hi, n_rest, rest, change (points against the rest), floor, p, q,
    certainty, direction. Groups of fewer than ``rules.smallest_group`` contacts, and dimensions not there, are left out.
    """
    wider, parts = spreads(frame), []
    for dimension in [name for name in dimensions if name in frame.columns]:
        counted = counts_of(frame[frame[dimension].notna()], [dimension]).rename(columns={dimension: "label"})
        all_ = counted[["n", "negative", "positive"]].sum()
        counted = counted[(counted["n"] >= rules.smallest_group) & (counted["n"] < all_["n"])].reset_index(drop=True)
        rest = (all_ - counted[["n", "negative", "positive"]]).assign(label=counted["label"])
        for measure in MEASURES:
            own, other = (figures(side, ["label"], measure, wider) for side in (counted, rest))
            both = own.join(other[FIGURES].add_suffix("_before")).assign(dimension=dimension)
            parts.append(both)
    if not parts or not sum(map(len, parts)):
        names = ["n_rest", "rest", "change", "floor", "p", "q", "certainty", "direction"]
        return pd.DataFrame(columns=["dimension", "label", "measure", *FIGURES, *names])
    both = pd.concat(parts, ignore_index=True)
    z, se = _distance(both, wider)
    both["change"] = both["value"] - both["value_before"]
    both["p"], both["floor"] = two_sided(z), noise_floor(both["change"], z, Z * se)
    both = judge(both, both[["n", "n_before"]].min(axis=1) >= rules.min_n, rules)
    both = both.rename(columns={"n_before": "n_rest", "value_before": "rest"})
    names = ["dimension", "label", "measure", *FIGURES, "n_rest", "rest", "change", "floor", "p", "q", "certainty"]
    return both[[*names, "direction"]]


def divided(found: pd.DataFrame) -> pd.DataFrame:
    """List the groups that an average flattens: more negative and more positive contacts than elsewhere, net like elsewhere.

    ``found`` comes from ``levels``. Returns dimension, label, n, negative, positive, net, negative_rest, positive_rest,
    net_rest (per cent, points), certainty (the less sure of both sides).
    """
    names = ["dimension", "label", "n", "negative", "positive", "net", "negative_rest", "positive_rest", "net_rest"]
    rows = []
    for (dimension, label), part in found.groupby(["dimension", "label"], sort=True):
        of = part.set_index("measure")
        both = of.loc[["negative", "positive"]]
        if (
            both["certainty"].isin([SURE, LIKELY]).all()
            and (both["change"] > 0).all()
            and of.loc["net", "certainty"] == NOISE
        ):
            value, rest = of["value"], of["rest"].add_suffix("_rest")
            worst = LIKELY if (both["certainty"] == LIKELY).any() else SURE
            rows.append(
                {"dimension": dimension, "label": label, "n": of["n"].iloc[0], **value, **rest, "certainty": worst}
            )
    return pd.DataFrame(rows, columns=[*names, "certainty"])
