"""Where customers come: each channel's share of the contacts, its change, and its drift over the years.

Shares are parts of one whole: when one rises another must fall, however many contacts there are. So a channel's share says
how its use shifts, and its count (on the scorecard) how much work it brings.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from ...data.periods import Grain, Period
from ...data.store import to_frame
from ..chance import two_sided
from ..compare import by_period
from ..coverage import covers, missing_by_label
from ..intervals import Z, wilson
from ..rules import MetricRules
from ..season import trend_of, trends, weeks, with_certainty

SHARE = "share"
HISTORY = ["metric", "label", "period_start", "period", "n", "whole", "value", "lo", "hi", "se"]
CHANGES = [
    "metric", "label", "against", "n", "value", "lo", "hi", "n_before", "before", "change", "floor", "p", "why", "q", "certainty",
]  # fmt: skip


@dataclass(frozen=True)
class Mix:
    """Shares of the values of one dimension.

    ``history``: metric (share), label, period_start, period, n, whole (contacts of the period whose label is known), value,
    lo, hi, se (per cent). ``changes``: one row a label and comparison (``against`` previous or year), in points, judged
    together. ``slopes``: one row a label from ``voc.analysis.season.trends``, points a year. ``spread``: how many times
    wider than chance the shares move from one period to the next. ``unknown``: per cent of the period's contacts without a
    label. ``why``: why there are no shares, else empty.
    """

    by: str
    history: pd.DataFrame
    changes: pd.DataFrame
    slopes: pd.DataFrame
    spread: float = 1.0
    unknown: float = 0.0
    why: str = ""


def mix(
    table: ir.Table,
    period: Period,
    rules: MetricRules,
    by: str = "channel",
    *,
    days: pd.DataFrame | None = None,
    span: tuple[pd.Timestamp, pd.Timestamp] | None = None,
    periods: Sequence[Period] | None = None,
) -> Mix:
    """Measure the shares of a dimension's values, now, before and a year before, and their drift.

    ``table``: contacts with created_local, source, the column ``by`` and the measure ``contacts``; ``days`` are flagged days
    (``voc.data.completeness.flag_days``): a change smaller than what they lack is not judged. ``span`` is from when to when
    the data reach; ``periods`` those of the drift (as many as params ask and a year before unless given, the period last).
    """
    columns = list(trends(pd.DataFrame(columns=["metric", "label"]), period.grain, by=["label"]).columns)
    empty = pd.DataFrame(columns=HISTORY), pd.DataFrame(columns=CHANGES), pd.DataFrame(columns=columns)
    if by not in table.columns:
        return Mix(by, *empty, why=f"the data have no {by}")
    periods = list(periods or period.trend(rules.history))
    history = shares(table, periods, by, rules)
    if history[history["period_start"] == pd.Timestamp(period.start)].empty:
        what, few = by.replace("_", " "), rules.smallest_group
        why = f"no contact of {period.words} has a {what}, or no {what} has {few} contacts"
        return Mix(by, *empty, why=why)
    spread = _spread(history, period, rules)
    history = _widened(history, spread)
    parts = [
        _changes(history, period, then, rules, spread, _gone(table, by, days, period, then, span)).assign(
            against=against
        )
        for against, then in (("previous", period.previous()), ("year", period.year_before()))
    ]
    changes = with_certainty(pd.concat(parts, ignore_index=True), rules)[CHANGES]
    weekly = shares(table, weeks(table, period, span), by, rules)
    slopes = trends(weekly, "week", rules, by=["label"], units={SHARE: "%"}, span=span)
    return Mix(by, history, changes, slopes, spread, _unknown(table, period, by))


def shares(table: ir.Table, periods: Sequence[Period], by: str, rules: MetricRules) -> pd.DataFrame:
    """Return the share of each value of ``by`` in each period with Wilson's interval; values seen by a few are left out.

    Columns as ``Mix.history``; a value that a period lacks has the share 0. ``whole`` counts the values left out too.
    """
    labelled = table.filter(table[by].notnull()).mutate(label=table[by])
    counted = by_period(labelled, ["contacts"], periods, ["label"]) if periods else pd.DataFrame()
    if counted.empty:
        return pd.DataFrame(columns=HISTORY)
    wide = counted.pivot(index="period_start", columns="label", values="n").fillna(0.0).sort_index(axis=1)
    whole = wide.sum(axis=1)
    wide = wide.loc[:, wide.max() >= rules.smallest_group]
    rows = wide.rename_axis(columns="label").stack().rename("n").reset_index()
    rows["whole"] = rows["period_start"].map(whole).astype("int64")
    rows["n"] = rows["n"].astype("int64")
    rows["value"] = rows["n"] / rows["whole"] * 100
    rows["period"] = rows["period_start"].map({pd.Timestamp(one.start): one.label for one in periods})
    rows = _widened(rows.assign(metric=SHARE), 1.0)
    return rows.sort_values(["label", "period_start"], ignore_index=True)[HISTORY]


def drift(found: Mix, label: str, grain: Grain) -> pd.DataFrame:
    """Return one label's shares with the season taken out beside them: period_start, value, lo, hi, adjusted."""
    rows = found.history[found.history["label"] == label]
    flat = trend_of(rows, grain, "%").adjusted[["period_start", "adjusted"]]
    return rows.merge(flat, on="period_start")[["period_start", "value", "lo", "hi", "adjusted"]]


def _widened(history: pd.DataFrame, spread: float) -> pd.DataFrame:
    """Give shares the interval of as many contacts as count for themselves: ``spread`` resemble each other."""
    size = history["whole"].to_numpy(float) / spread
    lo, hi = wilson(history["value"].to_numpy(float) / 100 * size, size)
    return history.assign(lo=100 * lo, hi=100 * hi, se=100 * (hi - lo) / (2 * Z))


def _spread(history: pd.DataFrame, period: Period, rules: MetricRules, fewest: int = 8) -> float:
    """Tell how many times wider than chance shares moved between past periods, their steady drift left out."""
    past = history[history["period_start"] < pd.Timestamp(period.start)]
    found = []
    for _, part in past.groupby("label"):
        part = part.sort_values("period_start")
        share, size = part["value"] / 100, part["whole"]
        z = share.diff() / np.sqrt(share * (1 - share) * (1 / size + 1 / size.shift()))
        z = z[(part["n"] >= rules.min_n) & np.isfinite(z)]
        found += list(z - z.median()) if len(z) >= fewest else []
    return float(max(1.0, (1.4826 * np.median(np.abs(found))) ** 2)) if found else 1.0


def _changes(
    history: pd.DataFrame, now: Period, then: Period, rules: MetricRules, spread: float, gone: dict[str, float] | str
) -> pd.DataFrame:
    """Set the shares of two periods against each other (two proportions each, pooled)."""
    left, right = (history[history["period_start"] == pd.Timestamp(of.start)].set_index("label") for of in (now, then))
    both = left[["n", "value", "lo", "hi", "whole"]].join(right[["n", "value", "whole"]].add_suffix("_before"))
    pooled = (both["n"] + both["n_before"]) / (both["whole"] + both["whole_before"])
    se = np.sqrt(spread * pooled * (1 - pooled) * (1 / both["whole"] + 1 / both["whole_before"]))
    both = both.assign(metric=SHARE, before=both["value_before"], floor=100 * Z * se, why="")
    both["change"] = both["value"] - both["before"]
    both["p"] = two_sided(both["change"] / 100 / se.where(se > 0))
    few = both[["n", "n_before"]].max(axis=1) < rules.min_n
    both.loc[few, "why"] = f"fewer than {rules.min_n} to judge from"
    if isinstance(gone, dict):
        lost = pd.Series(gone, dtype=float).reindex(both.index).fillna(0.0)
        hidden = (100 * lost / both["whole"] > both["floor"]) & (lost > 0)
        both.loc[hidden, "why"] = [f"about {n:,.0f} contacts of incomplete days are missing" for n in lost[hidden]]
    both.loc[both["before"].isna(), "why"] = "nothing to compare with"
    if isinstance(gone, str) and gone:
        both["why"] = gone
        both[["before", "change", "floor", "p"]] = np.nan
    both["n_before"] = both["n_before"].fillna(0).astype("int64")
    return both.rename_axis("label").reset_index()


def _gone(
    table: ir.Table,
    by: str,
    days: pd.DataFrame | None,
    period: Period,
    then: Period,
    span: tuple[pd.Timestamp, pd.Timestamp] | None,
) -> dict[str, float] | str:
    """Say why two periods cannot be compared, or how many contacts of each label flagged days lack."""
    if span is not None and (reason := covers(*span, period) or covers(*span, then)):
        return reason
    return missing_by_label(table, by, days, [then, period]) if days is not None and len(days) else {}


def _unknown(table: ir.Table, period: Period, by: str) -> float:
    start, end = (pd.Timestamp(day).to_pydatetime() for day in (period.start, period.end))
    inside = table.filter((table.created_local >= start) & (table.created_local < end))
    share = to_frame(inside.aggregate(unknown=inside[by].isnull().cast("float64").mean()))["unknown"].iloc[0]
    return float(100 * share)
