"""What the data cover: which periods are whole, and which comparisons missing days forbid."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..data.periods import Period


def covers(first: pd.Timestamp, last: pd.Timestamp, period: Period) -> str:
    """Say why a period is not whole in data from ``first`` to ``last``; empty when it is."""
    start, end = pd.Timestamp(period.start), pd.Timestamp(period.end) - pd.Timedelta(days=1)
    if last.normalize() < start or first.normalize() > end:
        return f"there are no data for {period.words}"
    if first.normalize() > start:
        return f"the data begin on {first.day} {first:%B %Y}, inside {period.words}"
    if last.normalize() < end:
        return f"the data end on {last.day} {last:%B %Y}, before {period.words} is over"
    return ""


def missing_rows(days: pd.DataFrame, period: Period) -> float:
    """Estimate the contacts that flagged days of a period lack (see ``voc.data.completeness.flag_days``)."""
    inside = days[(days["day"] >= pd.Timestamp(period.start)) & (days["day"] < pd.Timestamp(period.end)) & days["flag"]]
    return float((inside["expected"] - inside["rows"]).sum())


def withhold(changes: pd.DataFrame, then: Period, reason: str, lost: float) -> pd.DataFrame:
    """Take back comparisons that the data do not allow.

    ``reason`` (from ``covers``) forbids them all; ``lost`` contacts on flagged days forbid counts whose noise floor is
    smaller than what is missing.
    """
    held = changes.copy()
    if reason:
        held.loc[:, ["before", "change", "floor", "p"]] = np.nan
        held["why"] = reason
        return held
    counts = (held["metric"] == "contacts") & (held["floor"] < lost)
    held.loc[counts, "why"] = f"about {lost:,.0f} contacts of incomplete days are missing in these periods"
    return held
