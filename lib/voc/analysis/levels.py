"""Which groups differ from the rest within one period: where time and satisfaction are lost, without any earlier period.

A first month has nothing to be compared with, yet its groups can be compared with each other. The impact of a group on a
figure is the figure of all minus the figure without the group: a small group far off and a large group slightly off can
weigh the same. Groups may differ because of what they are asked, not how they are served: an association, no cause.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from ..data.periods import Period
from .chance import two_sided
from .compare import LIKELY, SURE, judge, noise_floor
from .findings import COLUMNS as FINDING_COLUMNS
from .findings import SAME_STORY, owner_of
from .intervals import Z
from .rest import against_rest
from .rules import MetricRules
from .scorecard import within
from .trace import write_trace

COLUMNS = [
    "metric", "dimension", "label", "n", "value", "lo", "hi", "rest", "difference", "floor", "impact", "q", "certainty",
    "direction",
]  # fmt: skip


def levels(
    table: ir.Table, period: Period, rules: MetricRules, dimensions: Sequence[str], names: Sequence[str] = ("csat_pct",)
) -> pd.DataFrame:
    """Compare each group of each dimension with all other contacts of the period.

    Returns metric, dimension, label, n, value, lo, hi, rest (value of all others), difference, floor (the difference that
    chance makes 19 times in 20), impact (on the whole), all in the metric's unit, q (false discovery rate over all groups
    and metrics together), certainty and direction (as ``compare.judge``); in the order of ``names``, largest impact first.
    Shares, means, net scores, medians and 90th percentiles are compared; groups under ``min_n`` are "cannot tell".
    """
    found = judged_together(against_rest(within(table, period), names, dimensions), rules)
    order = pd.DataFrame({"metric": found["metric"].map(list(names).index), "impact": -found["impact"].abs()})
    return found.loc[order.sort_values(["metric", "impact"], kind="stable").index, COLUMNS].reset_index(drop=True)


def judged_together(found: pd.DataFrame, rules: MetricRules) -> pd.DataFrame:
    """Add floor, q, certainty and direction (see ``levels``) to rows of ``against_rest`` that a reader sees together."""
    few = found[["n", "n_rest"]].min(axis=1) < rules.min_n
    why = np.where(few, f"fewer than {rules.min_n} to judge from", "")
    floor = noise_floor(found["difference"], found["z"], Z * found["se"])
    return judge(found.assign(why=why, floor=floor, change=found["difference"], p=two_sided(found["z"])), rules)


def first_levels(
    table: ir.Table,
    found: pd.DataFrame,
    period: Period,
    owners: Mapping[str, Mapping[str, str]],
    most: int = 5,
    name: str = "csat_pct",
) -> pd.DataFrame:
    """Turn the groups that weigh most on one metric into findings, for a period that nothing can be compared with.

    A group that no longer differs without the groups already told is the same story, or its mirror, and is left out.
    Returns the columns of ``voc.analysis.findings`` with ``rest`` and ``impact`` beside them.
    """
    found = found[found["metric"] == name]
    minor = found["n"] <= found.groupby(["metric", "dimension"])["n"].transform("sum") / 2
    real = found[found["certainty"].isin([SURE, LIKELY]) & minor]  # of a majority the others are the group that differs
    inside = within(table, period)
    told: list[pd.Series] = []
    for _, row in real.head(40).iterrows():
        if not told or _differs_without(inside, row, told):
            told.append(row)
        if len(told) == most:
            break
    rows = [_finding(row, period, owner_of(owners, row["dimension"], row["label"])) for row in told]
    return pd.DataFrame(rows, columns=[*FINDING_COLUMNS, "rest", "impact"])


def _differs_without(inside: ir.Table, row: pd.Series, told: Sequence[pd.Series]) -> bool:
    """Tell whether a group still differs from all others when the groups already told are left out of both."""
    for one in told:
        inside = inside.filter((inside[one["dimension"]] != one["label"]) | inside[one["dimension"]].isnull())
    again = against_rest(inside, [row["metric"]], [row["dimension"]])
    again = again[again["label"] == row["label"]]
    z = 0.0 if again.empty else again["z"].iloc[0]
    return bool(abs(z) >= SAME_STORY and np.sign(z) == np.sign(row["difference"]))


def _finding(row: pd.Series, period: Period, owner: str) -> dict:
    kept = (
        "metric",
        "dimension",
        "label",
        "n",
        "value",
        "lo",
        "hi",
        "floor",
        "certainty",
        "direction",
        "rest",
        "impact",
    )
    return {name: row[name] for name in kept} | {
        "before": np.nan,
        "change": row["difference"],
        "owner": owner,
        "weight": round(float(abs(row["impact"])), 3),
        "trace": write_trace(period, row["metric"], **{row["dimension"]: row["label"]}),
    }
