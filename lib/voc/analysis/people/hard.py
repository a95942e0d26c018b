"""Which issues are hard: solved least often at the first contact, or longest to handle, on the same channels."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd

from ..chance import two_sided
from ..intervals import Z
from ..rules import MetricRules
from .between import normal_score
from .effects import figures, in_units, interval_of, judge_effects
from .expected import LOGGED, Handled, standardise

HARD = [
    "issue", "category", "metric", "n", "value", "expected", "difference", "lo", "hi", "q", "certainty", "direction", "trace",
]  # fmt: skip


def hard_issues(found: Handled, rules: MetricRules) -> pd.DataFrame:
    """Set each issue's first contact resolution and handling time beside those of all other issues on the same channels.

    Issues handled by fewer than ``rules.smallest_group`` agents are left out where agents are known: they would point at
    persons. Returns issue, category, metric (fcr_pct, aht_minutes), n, value, expected, difference (points; per cent for
    handling time), lo, hi (95 %), q, certainty, direction, trace; hardest first within each metric.
    """
    cells = found.cells[found.cells["metric"].isin(["fcr_pct", LOGGED]) & (found.cells["issue"] != "")]
    people = cells[cells["agent_id"] != ""].groupby("issue")["agent_id"].nunique()
    if len(people):
        cells = cells[cells["issue"].map(people).fillna(0) >= rules.smallest_group]
    rows = standardise(cells, "issue", (("channel",),), rules.min_n)
    rows = rows[(rows["se"] > 0) & (rows["n"] > 0)].reset_index(drop=True)
    if rows.empty:
        return pd.DataFrame(columns=HARD)
    z = normal_score(rows["effect"] / rows["se"], rows["skew"])
    few = np.where(rows["n"] < rules.min_n, f"fewer than {rules.min_n} to judge from", "")
    rows = judge_effects(rows.assign(change=rows["effect"], floor=Z * rows["se"], p=two_sided(z), why=few), rules)
    lo, hi = interval_of(rows, Z)
    hardness = rows["effect"].where(rows["metric"] == LOGGED, -rows["effect"])
    known = cells[cells["category"] != ""].groupby(["issue", "category"])["n"].sum().reset_index()
    category = known.sort_values(["n", "category"]).drop_duplicates("issue", keep="last").set_index("issue")["category"]
    rows = rows.assign(
        difference=in_units(rows["metric"], rows["effect"]),
        lo=in_units(rows["metric"], lo),
        hi=in_units(rows["metric"], hi),
        value=figures(rows["metric"], rows["observed"]),
        expected=figures(rows["metric"], rows["expected"]),
        category=rows["issue"].map(category).fillna(""),
        trace=[_trace(found, row.metric, row.issue) for row in rows.itertuples()],
        hardness=hardness,
    )
    order = ["metric", "hardness", "issue"]
    return rows.sort_values(order, ascending=[False, False, True], ignore_index=True)[HARD]


def _trace(found: Handled, metric: str, issue: str) -> str:
    bounds = {"from": f"{found.since:%Y-%m-%d}", "to": f"{found.until:%Y-%m-%d}", "counts": metric}
    return json.dumps(bounds | {"issue": issue}, ensure_ascii=False, sort_keys=True)
