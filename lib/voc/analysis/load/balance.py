"""Is the work kept up with: what came in against what was handled, and the weeks in which the backlog grew."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...data.periods import Period
from ..chance import two_sided
from ..intervals import Z
from ..rules import MetricRules
from ..season import with_certainty
from .netflow import STALE_DAYS, by_week, chance_of_level, weekly_sd
from .workload import COUNTS, EVERY, Flow

WEEKS = ["channel", "week", "came", "solved", "given_up", "change", "floor", "open", "p", "why", "q", "certainty"]


def balance(found: Flow, period: Period, rules: MetricRules) -> pd.DataFrame:
    """Set what came in a period against what was handled, for the whole and each channel.

    Returns channel, came, solved, given_up, went_stale, late, open (backlog at the end), opened (at the start), change,
    floor (the change that chance makes 19 times in 20), kept_up (per cent of what came that left the backlog) with
    kept_lo and kept_hi, p, why, q, certainty; the whole first, then by contacts. ``why`` says why nothing can be judged.
    """
    columns = ["channel", *COUNTS[:6], "opened", "change", "floor", "kept_up", "kept_lo", "kept_hi", "p", "why", "q", "certainty"]  # fmt: skip
    rows = []
    for name in [EVERY, *found.channels] if len(found.days) else []:
        daily = found.days[found.days["channel"] == name].set_index("day")
        inside = daily[(daily.index >= pd.Timestamp(period.start)) & (daily.index < pd.Timestamp(period.end))]
        before = daily["open"].get(pd.Timestamp(period.start) - pd.Timedelta(days=1), np.nan)
        if inside.empty or not inside["came"].sum():
            continue
        row = {"channel": name, **inside[COUNTS[:5]].sum(), "open": inside["open"].iloc[-1], "opened": before}
        sd = np.sqrt(2) * chance_of_level(daily, period, period.days)
        came, change = row["came"], row["open"] - before
        row |= {"change": change, "floor": Z * sd, "p": two_sided(pd.Series([change / sd]))[0]}
        row |= {"kept_up": 100 * (1 - change / came), "kept_lo": 100 * (1 - (change + Z * sd) / came)}
        row["kept_hi"] = 100 * (1 - (change - Z * sd) / came)
        row["why"] = _unfit(daily, period, len(inside)) or ("" if came >= rules.min_n else f"fewer than {rules.min_n}")
        rows.append(row)
    return with_certainty(pd.DataFrame(rows, columns=columns[:-2]), rules)[columns]


def growing_weeks(found: Flow, rules: MetricRules, most: int = 104) -> pd.DataFrame:
    """Judge the change of the backlog in each of the last weeks and each channel, all together.

    Returns channel, week (its first day), came, solved, given_up, change, floor, open (at its end), p, why, q, certainty.
    """
    parts = []
    for name in found.channels:
        weekly = by_week(found.days[found.days["channel"] == name].set_index("day")).tail(most)
        sd = weekly_sd(weekly["change"], weekly["open"])
        p = two_sided(weekly["change"] / sd) if len(weekly) else []
        few = f"fewer than {rules.min_n} contacts in the week"
        why = np.where(weekly["came"] < rules.min_n, few, "")
        parts.append(weekly.assign(channel=name, floor=Z * sd, p=p, why=why).reset_index())
    rows = pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=WEEKS[:-2])
    return with_certainty(rows, rules)[WEEKS]


def _unfit(daily: pd.DataFrame, period: Period, days: int) -> str:
    """Say why a period's balance cannot be judged; empty when it can."""
    if days < period.days:
        return "the data do not cover the period"
    if pd.Timestamp(period.start) < daily.index[0] + pd.Timedelta(days=STALE_DAYS):
        return "the data begin too short a time before it"
    return ""
