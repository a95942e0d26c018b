"""What to do: steps from findings that got worse or grew, and from facts that stand, with an owner and a date."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ...analysis.findings import STANDING
from ...analysis.metrics import METRICS
from ...data.periods import Period
from ..style import day_label, interval, number

SEEN = 2.8 / 1.96  # a floor is 1.96 standard errors; an effect is seen in four of five cases (80% power) at 1.96 + 0.84


def steps(findings: pd.DataFrame, period: Period, stands: pd.DataFrame | None = None) -> pd.DataFrame:
    """Turn findings that got worse or grew into steps with an owner, a date and the smallest effect that could be seen.

    Facts that stand (``stands``) follow as steps to try: what they would bring is an association, not a promise.
    """
    todo = [] if findings.empty else findings[_asks_for_a_step(findings)].to_dict("records")
    todo += [] if stands is None or stands.empty else stands.to_dict("records")
    check = day_label(pd.Timestamp(period.shift(2).start) - pd.Timedelta(days=1))
    rows = [
        {
            "cause": row["headline"],
            "step": row["follows"],
            "owner": row["owner"] or "nobody named: write one into the teams file",
            "date": check,
            "expected": _hoped(row) if row["dimension"] == STANDING else _aim(row),
            "smallest": _smallest(row),
        }
        for row in todo
    ]
    return pd.DataFrame(rows)


def _asks_for_a_step(findings: pd.DataFrame) -> pd.Series:
    grew = (findings["metric"] == "contacts") & (findings["change"] > 0)
    return ((findings["direction"] == "worse") | grew) & (findings["dimension"] != STANDING)


def _smallest(row: Mapping) -> str:
    unit = METRICS[row["metric"]].unit
    size = number(row["floor"] * SEEN, "pts" if unit == "%" else unit)
    return f"{size}, with as many contacts as it was told from" if row["dimension"] == STANDING else size


def _hoped(row: Mapping) -> str:
    """Say what trying a standing fact would bring if it is more than an association: so many points, with their interval."""
    ends = f"{number(abs(row['change']), 'pts')} (95% {interval(*_ends(row), 'pts', bare=True)})"
    if row["metric"] == "churn_pct":
        return f"up to {ends} of these customers kept, if it is a cause"
    return f"{ends} {'more' if row['change'] > 0 else 'less'} CSAT, if it is a cause"


def _ends(row: Mapping) -> tuple[float, float]:
    """Return the ends of the interval as sizes in the direction of the change."""
    ends = (row["lo"], row["hi"]) if row["change"] > 0 else (-row["hi"], -row["lo"])
    return float(ends[0]), float(ends[1])


def _aim(row: Mapping) -> str:
    """Say what a step should bring a figure to: back to the period before, or towards the level of all others."""
    unit = METRICS[row["metric"]].unit
    if pd.isna(row["before"]) and pd.notna(row.get("rest")):
        return f"towards {number(row['rest'], unit)}, the level of all others"
    return f"back to {number(row['before'], unit)}"
