"""Topics by product, channel and language, and by what they cost: satisfaction, handling time, contacts that come back.

Every cell is set against all other contacts: of a value against those of other values, of a topic against those without it.
Only what exceeds its noise after the false discovery rate over the whole table is controlled has a direction. Contacts with
a topic are asked other things than contacts without: these are associations, not effects.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..chance import false_discovery, mean_z, share_z, two_sided
from ..compare import LIKELY, NOISE, SURE, UNKNOWN
from ..intervals import wilson
from ..metrics import METRICS
from ..rules import MetricRules
from .mentions import EMPTY, NONE, matrix, one_by_group, tellers

if TYPE_CHECKING:
    from scipy.sparse import csr_array

VALUE_COLUMNS = [
    "topic", "dimension", "label", "n", "of", "share", "lo", "hi", "rest", "ratio", "z", "q", "certainty", "direction",
]  # fmt: skip
MEASURE_COLUMNS = [
    "topic", "metric", "n", "value", "lo", "hi", "n_rest", "rest", "difference", "z", "q", "certainty", "direction",
]  # fmt: skip
MEASURES = ("csat_pct", "aht_minutes", "fcr_pct", "repeat_pct")
LEAST = 5  # voices with a topic, here or expected here, from which a cell is compared


def by_value(said: pd.DataFrame, contacts: pd.DataFrame, dimensions: Sequence[str], rules: MetricRules) -> pd.DataFrame:
    """Set the share of each topic within each value of some dimensions against all other values.

    Args:
        said: rows of ``mentions``; contacts: those with words of the span looked at, with the columns of ``dimensions``.
        dimensions: columns; ones that are not there, and values with fewer than ``rules.min_n`` voices, are left out.
        rules: levels of certainty.

    Returns:
        One row a topic, dimension and value: topic, dimension, label, n (voices with the topic), of (voices of the value),
        share, lo, hi (%), rest (share of all other values, %), ratio, z, q, certainty, direction (more, fewer or empty).
    """
    topics = sorted(set(said["topic"]) - {NONE, EMPTY})
    own, who = matrix(said, contacts, topics), tellers(contacts)
    rows = []
    for name in [name for name in dimensions if name in contacts and topics]:
        codes, values = pd.factorize(contacts[name], sort=True)
        if len(values) < 2:
            continue
        hits, n = one_by_group(own, who, codes, len(values))
        large = np.flatnonzero(n >= rules.min_n)
        if not len(large):
            continue
        topic, value = (at.ravel() for at in np.meshgrid(np.arange(len(topics)), large, indexing="ij"))
        rows.append(
            pd.DataFrame(
                {
                    "topic": np.array(topics, object)[topic], "dimension": name, "label": np.array(values, object)[value].astype(str),
                    "n": hits[topic, value], "of": n[value], "others": hits.sum(axis=1)[topic] - hits[topic, value],
                    "of_others": n.sum() - n[value],
                }
            )
        )  # fmt: skip
    if not rows:
        return pd.DataFrame(columns=VALUE_COLUMNS)
    frame = pd.concat(rows, ignore_index=True)
    n, of, others, rest = (frame[name].to_numpy(float) for name in ("n", "of", "others", "of_others"))
    able = (np.maximum(n, others * of / np.maximum(rest, 1)) >= LEAST) & (rest > 0)
    z = np.full(len(frame), np.nan)
    z[able] = share_z(n[able], of[able], others[able], rest[able])
    lo, hi = wilson(n, np.maximum(of, 1))
    share, beside = 100 * n / np.maximum(of, 1), 100 * others / np.maximum(rest, 1)
    frame = frame.assign(
        share=share, lo=100 * lo, hi=100 * hi, rest=beside, ratio=share / np.where(beside > 0, beside, np.nan)
    )
    judged = [_judged(part, rules, ("more", "fewer")) for _, part in frame.assign(z=z).groupby("dimension", sort=False)]
    return pd.concat(judged)[VALUE_COLUMNS]  # each dimension is a table of its own


def by_measure(
    said: pd.DataFrame, contacts: pd.DataFrame, rules: MetricRules, names: Sequence[str] = MEASURES
) -> pd.DataFrame:
    """Set what contacts with each topic cost and bring against contacts without it.

    Args:
        said: rows of ``mentions``; contacts: those with words of the span looked at, with a column per measure
            (``metrics.with_measures``), missing where a contact does not count.
        rules: fewest contacts that are judged, levels of certainty.
        names: metrics that are shares or means; ones without a column are left out.

    Returns:
        One row a topic and metric, values in the metric's unit: topic, metric, n, value, lo, hi, n_rest, rest, difference,
        z, q, certainty, direction (better, worse, or empty within noise). Customers who come again widen the chance.
    """
    topics = sorted(set(said["topic"]) - {NONE, EMPTY})
    own, who = matrix(said, contacts, topics), tellers(contacts)
    parts = []
    for name in [name for name in names if name in contacts and topics and METRICS[name].kind in ("share", "mean")]:
        x = pd.to_numeric(contacts[name], errors="coerce").to_numpy(float)
        known = np.isfinite(x)
        if known.sum() >= 2:
            parts.append(_measure(own[known], x[known], who[known], name).assign(topic=topics))
    if not parts:
        return pd.DataFrame(columns=MEASURE_COLUMNS)
    frame = pd.concat(parts, ignore_index=True)
    few = frame[["n", "n_rest"]].min(axis=1) < rules.min_n
    frame["z"] = frame["z"].astype(float).mask(few.astype(bool))
    better = np.array([METRICS[name].better for name in frame["metric"]], dtype=object)
    judged = _judged(frame, rules, ("better", "worse"))
    upward = np.where(better == "down", -1, 1) * np.sign(judged["z"].fillna(0)) > 0
    told = judged["certainty"].isin([SURE, LIKELY]).to_numpy() & (better != None)  # noqa: E711  (elementwise)
    return judged.assign(direction=np.select([told & upward, told], ["better", "worse"], ""))[MEASURE_COLUMNS]


def _measure(own: csr_array, x: np.ndarray, who: np.ndarray, name: str) -> pd.DataFrame:
    """Return n, value, its interval, those of the rest and z for every topic, from sums of powers."""
    metric = METRICS[name]
    n = own.sum(axis=0).astype(float)
    rest = len(x) - n
    powers = [own.T @ x**k for k in (1, 2, 3)]
    left = [(x**k).sum() - power for k, power in zip((1, 2, 3), powers, strict=True)]
    tie = _ties(own, x - x.mean(), who)
    with np.errstate(divide="ignore", invalid="ignore"):
        value, beside = powers[0] / n, left[0] / rest
        if metric.kind == "share":
            z = share_z(powers[0], n, left[0], rest)
            lo, hi = wilson(powers[0], np.maximum(n, 1))
        else:
            here, there = _moments(n, *powers), _moments(rest, *left)
            z = mean_z(n, *here, rest, *there)
            lo, hi = value - 1.96 * here[1], value + 1.96 * here[1]
    scaled = {"value": value, "lo": np.maximum(lo, 0), "hi": hi, "rest": beside, "difference": value - beside}
    rows = {key: part * metric.scale for key, part in scaled.items()}
    return pd.DataFrame({"metric": name, "n": n.astype(int), "n_rest": rest.astype(int), **rows, "z": z / tie})


def _moments(n: np.ndarray, total: np.ndarray, squares: np.ndarray, cubes: np.ndarray) -> tuple[np.ndarray, ...]:
    """Return mean, standard error and skewness from sums of powers."""
    mean = total / n
    variance = np.clip(squares / n - mean**2, 1e-12, None)
    third = cubes / n - 3 * mean * squares / n + 2 * mean**3
    return mean, np.sqrt(variance / np.maximum(n - 1, 1)), third / variance**1.5


def _ties(own: csr_array, rest: np.ndarray, who: np.ndarray) -> float:
    """Tell by how much customers who come again widen chance: Kish's design effect over all topics, as a root, at least 1."""
    from scipy.sparse import csr_array

    place = np.unique(who, return_inverse=True)[1]
    weighed = csr_array((rest, (place, np.arange(len(rest)))), shape=(place.max(initial=0) + 1, len(rest)))
    together = weighed @ own
    alone = float(rest**2 @ own.sum(axis=1))
    return float(np.sqrt(max(1.0, together.power(2).sum() / alone))) if alone > 0 else 1.0


def _judged(frame: pd.DataFrame, rules: MetricRules, words: tuple[str, str]) -> pd.DataFrame:
    z = frame["z"].astype(float)
    p = pd.Series(two_sided(z.to_numpy()), index=frame.index)
    q = false_discovery(p)
    certainty = np.select([q.isna(), q <= rules.sure, q <= rules.likely], [UNKNOWN, SURE, LIKELY], NOISE)
    told = np.isin(certainty, [SURE, LIKELY])
    direction = np.select([told & (z > 0), told], words, "")
    return frame.assign(q=q, certainty=certainty, direction=direction)
