"""The way back from a figure to the rows behind it: contacts, answers or customers."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from ..analysis.trace import ids_behind
from .texts import MENTIONS

if TYPE_CHECKING:
    from .month import Month

RESULTS = "results"
TOLD_IN = {  # where it stands who speaks of what, and whom an explanation is about
    "topic": MENTIONS, "theme": f"{RESULTS}_themes_inside_members", "node": f"{RESULTS}_whys_members",
    "driver": f"{RESULTS}_drivers_members", "alert": f"{RESULTS}_alerts_members",
}  # fmt: skip
LIVED_IN = f"{RESULTS}_churn_members"  # which customers lived through what: a trace that names it counts customers


def rows_behind(month: Month, trace: str) -> list[str]:
    """Return the ids that a trace names, sorted."""
    where = json.loads(trace)
    if "covariate" in where:
        rows = month.store.frame(LIVED_IN)
        return sorted(rows.loc[rows["covariate"] == where["covariate"], "customer_id"])
    told = {name: where.pop(name) for name in TOLD_IN if name in where}
    if not told:
        return ids_behind(month.grounds, trace, month.settings.metrics)
    ids = set(ids_behind(month.grounds, json.dumps(where), month.settings.metrics))
    for name, value in told.items():
        rows = month.store.frame(TOLD_IN[name])
        since = rows.get("since", True)  # a theme's contacts from its beginning on
        ids &= set(rows.loc[(rows[name] == value) & since, "interaction_id"])
    return sorted(ids)
