"""Topics by product, channel and language.

Every cell, the share of a topic within a value, is set against the contacts of all other values. Only what exceeds its noise
after the false discovery rate over the whole table is controlled has a direction.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ..chance import false_discovery, share_z, two_sided
from ..compare import LIKELY, NOISE, SURE, UNKNOWN
from ..intervals import wilson
from ..rules import MetricRules
from .mentions import EMPTY, NONE, matrix, one_by_group, tellers

VALUE_COLUMNS = [
    "topic", "dimension", "label", "n", "of", "share", "lo", "hi", "rest", "ratio", "z", "q", "certainty", "direction",
]  # fmt: skip
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
    judged = [_judged(part, rules) for _, part in frame.assign(z=z).groupby("dimension", sort=False)]
    return pd.concat(judged)[VALUE_COLUMNS]  # each dimension is a table of its own


def _judged(frame: pd.DataFrame, rules: MetricRules) -> pd.DataFrame:
    z = frame["z"].astype(float)
    p = pd.Series(two_sided(z.to_numpy()), index=frame.index)
    q = false_discovery(p)
    certainty = np.select([q.isna(), q <= rules.sure, q <= rules.likely], [UNKNOWN, SURE, LIKELY], NOISE)
    told = np.isin(certainty, [SURE, LIKELY])
    direction = np.select([told & (z > 0), told], ["more", "fewer"], "")
    return frame.assign(q=q, certainty=certainty, direction=direction)
