"""Which groups differ from the rest within one period: where satisfaction is lost, without any earlier period.

A first month has nothing to be compared with, yet its groups can be compared with each other. The impact of a group on a
share is the share of all minus the share without the group (points): a small group far off and a large group slightly off
can weigh the same. Groups may differ because of what they are asked, not how they are served: an association, no cause.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from ..data.periods import Period
from .compare import LIKELY, NOISE, SURE, UNKNOWN
from .findings import COLUMNS as FINDING_COLUMNS
from .findings import SAME_STORY, owner_of
from .intervals import Z, measure
from .metrics import METRICS
from .rules import MetricRules
from .scorecard import within
from .trace import write_trace

COLUMNS = [
    "metric",
    "dimension",
    "label",
    "n",
    "value",
    "lo",
    "hi",
    "rest",
    "difference",
    "floor",
    "impact",
    "q",
    "certainty",
]


def levels(
    table: ir.Table, period: Period, rules: MetricRules, dimensions: Sequence[str], names: Sequence[str] = ("csat_pct",)
) -> pd.DataFrame:
    """Compare each group of each dimension with all other contacts of the period.

    Returns metric, dimension, label, n, value, lo, hi, rest (value of all others), difference (points), floor (the
    difference that chance makes 19 times in 20), impact (points of the whole), q (false discovery rate over all groups
    together), certainty; largest impact first. Only shares are compared; groups under ``min_n`` are "cannot tell".
    """
    from scipy.stats import norm
    from statsmodels.stats.multitest import multipletests

    inside = within(table, period)
    shares = [name for name in names if name in table.columns and METRICS[name].kind == "share"]
    parts = [
        _against_rest(inside, dimension, shares) for dimension in dimensions if dimension in table.columns and shares
    ]
    found = pd.concat([part for part in parts if len(part)], ignore_index=True) if any(map(len, parts)) else None
    if found is None:
        return pd.DataFrame(columns=COLUMNS)
    able = (found[["n", "n_rest"]].min(axis=1) >= rules.min_n) & (found["floor"] > 0)
    found["q"] = np.nan
    if able.any():
        z = (found.loc[able, "difference"] / (found.loc[able, "floor"] / Z)).abs()
        found.loc[able, "q"] = multipletests(2 * norm.sf(z), method="fdr_bh")[1]
    found["certainty"] = np.select(
        [~able, found["q"] <= rules.sure, found["q"] <= rules.likely], [UNKNOWN, SURE, LIKELY], NOISE
    )
    order = found["impact"].abs().sort_values(ascending=False, kind="stable").index
    return found.loc[order, COLUMNS].reset_index(drop=True)


def _against_rest(inside: ir.Table, dimension: str, names: Sequence[str]) -> pd.DataFrame:
    groups = measure(inside.filter(inside[dimension].notnull()).mutate(label=inside[dimension]), names, ["label"])
    whole = measure(inside, names).set_index("metric")
    n_all, all_ = groups["metric"].map(whole["n"]), groups["metric"].map(whole["value"])
    n_rest = n_all - groups["n"]
    rest = (all_ * n_all - groups["value"] * groups["n"]) / n_rest.where(n_rest > 0)
    pooled = all_ / 100
    se = 100 * np.sqrt(pooled * (1 - pooled) * (1 / groups["n"] + 1 / n_rest.where(n_rest > 0)))
    return groups.assign(
        dimension=dimension,
        rest=rest,
        n_rest=n_rest,
        difference=groups["value"] - rest,
        floor=Z * se,
        impact=all_ - rest,
    )


def first_levels(
    table: ir.Table, found: pd.DataFrame, period: Period, owners: Mapping[str, Mapping[str, str]], most: int = 5
) -> pd.DataFrame:
    """Turn the groups that weigh most into findings, for a period that nothing can be compared with.

    A group that no longer differs without the groups already told is the same story, or its mirror, and is left out. Returns the columns
    of ``voc.analysis.findings`` with ``rest`` and ``impact`` beside them.
    """
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
    again = _against_rest(inside, row["dimension"], [row["metric"]])
    again = again[again["label"] == row["label"]]
    if again.empty or not again["floor"].iloc[0] > 0:
        return False
    z = again["difference"].iloc[0] / (again["floor"].iloc[0] / Z)
    return bool(abs(z) >= SAME_STORY and np.sign(z) == np.sign(row["difference"]))


def _finding(row: pd.Series, period: Period, owner: str) -> dict:
    better = METRICS[row["metric"]].better
    kept = ("metric", "dimension", "label", "n", "value", "lo", "hi", "floor", "certainty", "rest", "impact")
    return {name: row[name] for name in kept} | {
        "before": np.nan,
        "change": row["difference"],
        "direction": "better" if (row["difference"] > 0) == (better == "up") else "worse",
        "owner": owner,
        "weight": round(float(abs(row["impact"])), 3),
        "trace": write_trace(period, row["metric"], **{row["dimension"]: row["label"]}),
    }
