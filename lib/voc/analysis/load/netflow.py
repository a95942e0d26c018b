"""How much a backlog moves by chance: from the weeks of its own past.

Days depend on each other (a full Monday is emptied on Tuesday), so the chance is taken from weeks that do not overlap.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...data.periods import Period

STALE_DAYS = 30  # open for longer than this is stale
LEAST_WEEKS = 8  # of a past, under which only a queue's own chance is known


def by_week(daily: pd.DataFrame, end: pd.Timestamp | None = None) -> pd.DataFrame:
    """Sum up whole calendar weeks after the first thirty days, before ``end``: counts, change of the backlog, open."""
    kept = daily.iloc[STALE_DAYS:]
    kept = kept[kept.index < end] if end is not None else kept
    kept = kept.assign(change=daily["open"].diff().reindex(kept.index))
    week = kept.index - pd.to_timedelta(kept.index.day_of_week, unit="D")
    sums = kept.groupby(week)[["came", "solved", "given_up", "change"]].sum()
    sums["open"] = kept.groupby(week)["open"].last()
    return sums[kept.groupby(week).size() == 7].rename_axis("week")


def weekly_sd(change: pd.Series, level: pd.Series) -> float:
    """Spread of a week's change: robust, and no less than a queue's own chance, whose level is Poisson.

    (Eick, Massey & Whitt, Operations Research 41, 1993: with enough hands the number in service is Poisson.)
    """
    least = np.sqrt(2 * max(float(level.median()), 0.5)) if len(level) else 1.0
    if len(change) < LEAST_WEEKS:
        return float(least)
    rest = change - change.median()
    robust = max(1.4826 * float(rest.abs().median()), least)
    return max(robust, float(np.sqrt((rest.clip(-3 * robust, 3 * robust) ** 2).mean())))


def chance_of_level(daily: pd.DataFrame, period: Period, days: int) -> float:
    """Standard error of a level, so that two of them make the chance in the change over ``days``.

    Weeks before the period, non-overlapping; what one week overdraws the next often gives back, so their resemblance
    counts: Var(m weeks) = m γ₀ + 2 (m − 1) γ₁, never less than a single week's. Months end on any day of the week, and a
    Sunday's backlog is not a Friday's: what days of the week differ by is added.
    """
    past = daily[daily.index < pd.Timestamp(period.start)].tail(728)
    weekly = by_week(daily, pd.Timestamp(period.start)).tail(104)
    sd, m = weekly_sd(weekly["change"], weekly["open"]), max(days / 7, 1.0)
    if len(weekly) < LEAST_WEEKS:
        return float(sd / np.sqrt(2))
    calm = (weekly["change"] - weekly["change"].median()).clip(-3 * sd, 3 * sd).to_numpy()
    beside = float(np.mean(calm[1:] * calm[:-1]))
    within = past["open"].groupby(past.index.day_of_week).median().var() if days % 7 else 0.0
    return float(np.sqrt(max(m * sd**2 + 2 * (m - 1) * beside, sd**2) / 2 + within))
