"""Alerts on counts beside the two rules in common use, at equal false alarms: «+50 % on last week» and three standard deviations.

``python benchmarks/alerts_sides.py`` draws calm series and the same with a rise of four weeks, gives every rule the threshold at
which it cries wolf equally often on the calm ones, and prints which part of the rises each calls while they last, and how late.
Rules look at whole weeks, as they are used; ours also at each day, and once at whole weeks only, so that the gain of looking daily shows.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable

import numpy as np
import pandas as pd
from voc.analysis.alerts.budget import MONTH, begun
from voc.analysis.alerts.counts import judge_counts
from voc.analysis.alerts.looks import WEEKS

DAYS, FIRST, RISE = 560, 420, 28
WEEKDAY = np.array([1.3, 1.2, 1.1, 1.0, 1.0, 0.8, 0.6])
DISPERSION = 1.5
QUIET = 7
FALSE = 0.05  # alarms a series and month
BEFORE = 8  # weeks that the mean and spread of the second rule come from
OURS, OURS_WEEKLY, HALF_MORE, THREE_SIGMA = "ours, daily", "ours, weekly", "+50 % on last week", "3 σ over 8 weeks"


def drawn(
    rng: np.random.Generator, per_week: float, times: float, series: int, season: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """Draw daily counts (series, ``DAYS``) with a rise from a day of each on; return them and these days."""
    start = rng.integers(FIRST + 7, DAYS - RISE, series)
    days = np.arange(DAYS)
    level = per_week / 7 * WEEKDAY[days % 7] * np.exp(season * np.sin(2 * np.pi * days / 365.25))
    inside = (days >= start[:, None]) & (days < start[:, None] + RISE)
    mean = level * np.where(inside, times, 1.0)
    return rng.negative_binomial(mean / (DISPERSION - 1), 1 / DISPERSION).astype(float), start


def scores(counts: np.ndarray) -> dict[str, np.ndarray]:
    """Return how alarming each rule finds each day from ``FIRST`` on (series, days); minus infinity where it does not look."""
    weeks = counts.reshape(len(counts), -1, 7).sum(axis=2)
    looks = judge_counts(counts, FIRST, DAYS)
    by_week = judge_counts(weeks, FIRST // 7, DAYS // 7, (1,), WEEKS)[0]
    past = np.stack([weeks[:, at : at + weeks.shape[1] - BEFORE] for at in range(BEFORE)])
    mean, spread = past.mean(axis=0), past.std(axis=0, ddof=1)
    after = slice(FIRST // 7, None)
    sigma = np.concatenate(
        [np.zeros((len(weeks), BEFORE)), (weeks[:, BEFORE:] - mean) / np.maximum(spread, 0.5)], axis=1
    )
    ratio = np.concatenate([np.ones((len(weeks), 1)), weeks[:, 1:] / np.maximum(weeks[:, :-1], 0.5)], axis=1)
    return {
        OURS: -np.log(np.min([look.p for look in looks], axis=0)),
        OURS_WEEKLY: _on_sundays(-np.log(by_week.p)),
        HALF_MORE: _on_sundays(ratio[:, after]),
        THREE_SIGMA: _on_sundays(sigma[:, after]),
    }


def _on_sundays(weekly: np.ndarray) -> np.ndarray:
    found = np.full((len(weekly), weekly.shape[1] * 7), -np.inf)
    found[:, 6::7] = weekly
    return found


def false_rate(score: np.ndarray, threshold: float) -> float:
    """Return the alarms that begin a month and series."""
    return sum(begun(np.flatnonzero(row > threshold), QUIET) for row in score) / (score.size / MONTH)


def threshold_at(score: np.ndarray, rate: float) -> float:
    """Return the lowest threshold whose false alarms are no more than ``rate``."""
    tried = np.unique(score[np.isfinite(score)])
    low, high = 0, len(tried) - 1
    while low < high:
        middle = (low + high) // 2
        low, high = (low, middle) if false_rate(score, tried[middle]) <= rate else (middle + 1, high)
    return float(tried[low])


def called(score: np.ndarray, start: np.ndarray, threshold: float) -> tuple[float, float]:
    """Return which part of the rises is called while it lasts, or up to the Sunday after, and the median days until then."""
    delays = []
    for row, day in zip(score, start - FIRST, strict=True):
        alarms = np.flatnonzero(row > threshold)
        inside = alarms[(alarms >= day) & (alarms < day + RISE + 6)]
        delays.append(inside[0] - day if len(inside) else np.nan)
    found = np.isfinite(delays)
    return float(found.mean()), float(np.nanmedian(delays)) if found.any() else np.nan


def compared(series: int = 150, season: float = 0.0, say: Callable[[str], None] = print) -> pd.DataFrame:
    """Compare all rules: per_week, times, rule, false_usual (at the usual threshold), found, days."""
    rows = []
    for per_week in (10, 50, 200):
        calm, _ = drawn(np.random.default_rng([per_week, 1]), per_week, 1.0, series, season)
        quiet = scores(calm)
        limits = {rule: threshold_at(score, FALSE) for rule, score in quiet.items()}
        usual = {HALF_MORE: 1.5, THREE_SIGMA: 3.0}
        for times in (1.5, 2.0):
            counts, start = drawn(np.random.default_rng([per_week, 2]), per_week, times, series, season)
            for rule, score in scores(counts).items():
                found, days = called(score, start, limits[rule])
                false = false_rate(quiet[rule], usual[rule]) if rule in usual else np.nan
                rows.append(
                    {
                        "per_week": per_week,
                        "times": times,
                        "rule": rule,
                        "false_usual": false,
                        "found": found,
                        "days": days,
                    }
                )
                say(
                    f"{per_week:>4} a week × {times}: {rule:<20} finds {found:.0%}, after {days:.0f} days"
                    + (f"; at its usual threshold {false:.2f} false alarms a month" if rule in usual else "")
                )
    return pd.DataFrame(rows)


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--series", type=int, default=150)
    asked = parser.parse_args()
    print(f"Equal false alarms: {FALSE} a series and month; rises of {RISE} days; {asked.series} series each.")
    for season in (0.0, 0.3):
        print(f"\nSeason ± {np.expm1(season):.0%}")
        compared(asked.series, season)


if __name__ == "__main__":
    main()
