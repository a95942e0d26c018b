"""Alerts on counts beside the two rules in common use, at equal false alarms: «+50 % on last week» and three standard deviations.

    python benchmarks/alerts_sides.py [--series 150]

Calm series are drawn and the same with a rise of four weeks; every rule has the threshold at which it cries wolf equally often on
the calm ones. Printed are which part of the rises each calls while they last, how late, and which part of its alarms (in months
with one rise in five) is right. Rules look at whole weeks, as they are used; ours also at each day, and once at whole weeks
only, so that the gain of looking daily shows.
"""

from __future__ import annotations

import argparse
import os
from itertools import product

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
import numpy as np
import pandas as pd
from measured import Measurement, keep, more, shown, told
from voc.analysis.alerts.budget import MONTH, begun
from voc.analysis.alerts.counts import judge_counts
from voc.analysis.alerts.looks import WEEKS

DAYS, FIRST, RISE = 560, 420, 28
WEEKDAY = np.array([1.3, 1.2, 1.1, 1.0, 1.0, 0.8, 0.6])
DISPERSION = 1.5
QUIET = 7
FALSE = 0.05  # alarms a series and month
BEFORE = 8  # weeks that the mean and spread of the second rule come from
RARE = 0.2  # rises a series and month, for the part of alarms that is right
SERIES, PER_WEEK, TIMES, SEASONS = 150, (10, 50, 200), (1.5, 2.0), (0.0, 0.3)
OURS, OURS_WEEKLY, HALF_MORE, THREE_SIGMA = "ours, daily", "ours, weekly", "+50 % on last week", "3 σ over 8 weeks"
USUAL = {HALF_MORE: 1.5, THREE_SIGMA: 3.0}  # the thresholds in common use


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


def called(score: np.ndarray, start: np.ndarray, threshold: float) -> tuple[float, float, float]:
    """Return which part of the rises is called while it lasts, or up to the Sunday after, the median days until then, and false alarms.

    False are those of the days before the rise: alarms that begin, a month and series.
    """
    delays, false, calm = [], 0, 0
    for row, day in zip(score, start - FIRST, strict=True):
        alarms = np.flatnonzero(row > threshold)
        inside = alarms[(alarms >= day) & (alarms < day + RISE + 6)]
        delays.append(inside[0] - day if len(inside) else np.nan)
        false += begun(alarms[alarms < day], QUIET)
        calm += day
    found = np.isfinite(delays)
    late = float(np.nanmedian(delays)) if found.any() else np.nan
    return float(found.mean()), late, false / (calm / MONTH)


def compared(per_week: int, season: float, series: int) -> pd.DataFrame:
    """Compare all rules: times, rule, false_usual (a month at the usual threshold), found, days, right (part of its alarms)."""
    calm, _ = drawn(np.random.default_rng([per_week, 1]), per_week, 1.0, series, season)
    quiet = scores(calm)
    limits = {rule: threshold_at(score, FALSE) for rule, score in quiet.items()}
    often = {rule: false_rate(quiet[rule], usual) for rule, usual in USUAL.items()}
    rows = []
    for times in TIMES:
        counts, start = drawn(np.random.default_rng([per_week, 2]), per_week, times, series, season)
        for rule, score in scores(counts).items():
            found, days, false = called(score, start, limits[rule])
            right = RARE * found / (RARE * found + false) if found else 0.0
            rows.append((times, rule, often.get(rule, np.nan), found, days, right))
    return pd.DataFrame(rows, columns=["times", "rule", "false_usual", "found", "days", "right"])


def measure(series: int = SERIES) -> list[Measurement]:
    """Measure ours, looking daily, beside each rule in common use, and all settings together."""
    found, parts = [], []
    for season, per_week in product(SEASONS, PER_WEEK):
        rows = compared(per_week, season, series)
        parts.append(rows)
        where = f"{per_week} contacts a week" + (f", season ± {np.expm1(season):.0%}" if season else "")
        for times, one in rows.groupby("times"):
            found += shown(_lines(f"alerts: rise ×{times:g} of {where}", one.set_index("rule")))
        for rule, usual in rows.dropna(subset="false_usual").groupby("rule")["false_usual"].first().items():
            name = f"alerts: false alarms of {where}, a series and month at the usual threshold"
            found += shown([told(name, FALSE, usual, rule)])
    mean = pd.concat(parts).groupby("rule")[["found", "right"]].mean()
    for rule in (OURS_WEEKLY, *USUAL):
        name, above = "alerts: rises found, mean of all settings", rule in USUAL
        found += shown([more(name, mean.loc[OURS, "found"], mean.loc[rule, "found"], rule, above=above)])
    return found


def _lines(name: str, rows: pd.DataFrame) -> list[Measurement]:
    lines = []
    for rule in USUAL:
        ours, other = rows.loc[OURS], rows.loc[rule]
        lines.append(more(f"{name}: found", ours["found"], other["found"], rule))
        lines.append(more(f"{name}: alarms that are right", ours["right"], other["right"], rule))
        lines.append(told(f"{name}: days until it is found", ours["days"], other["days"], rule, "days"))
    return lines


if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--series", type=int, default=SERIES)
    keep(measure(asked.parse_args().series))
