"""Chances told week by week, as they would have been: learned from the answers known by then, given to the week after.

Rolling origins (Tashman, International Journal of Forecasting 16, 2000): at the beginning of each of the last weeks all is
learned anew from what was known then, also what is usual for a channel and whether chances have to be recalibrated.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ..chances.leaks import leaks
from ..chances.points import Points, learn
from ..chances.scores import calibration, recalibrated
from .facts import Classes, classes_of
from .moments import Moment

WEEK, LOOK_BACK, MOST_WEEKS, LEAST_BACK = 7.0, 365.0, 13, 14.0  # days; weeks tested; days; days to learn from
FEWEST = 30  # bad scores to learn from, and to judge from
PRIOR = 0.3  # standard deviation of points: at .5 the sample gains as much, but smaller data overstate differences
DRAWN = 20  # answers by which the share of a matter is drawn to that of all
LATEST = 0.25  # part of what is learned from, the latest, on which chances are held before they are used


@dataclass(frozen=True)
class Learned:
    """What was learned at a moment: classes, points, base rate, answers and bad ones learned from, recalibrated or not.

    ``refused``: labels whose values decide the score, so that they must have been written after it.

    The base rate is the share that was bad in the latest quarter, where that holds enough: to follow the level is no merit of
    chances that tell contacts apart.
    """

    classes: Classes
    points: Points
    base: float
    n: int
    bad: int
    recalibrated: bool
    refused: tuple[str, ...] = ()
    matters: np.ndarray | None = None

    def chance(self, rows: pd.DataFrame) -> np.ndarray:
        """Return each contact's chance of a bad score, if it is answered."""
        return np.broadcast_to(self.points.chance(self.classes.of(rows)), len(rows)).astype(float)

    def by_matter(self, rows: pd.DataFrame, matter: str) -> np.ndarray:
        """Return what the matter alone would say: the share that was bad of earlier contacts about the same."""
        if self.matters is None:
            return np.full(len(rows), self.base)
        return self.matters[self.classes.of(rows)[matter]]


def known_by(moment: Moment, at: float) -> pd.DataFrame:
    """Keep the contacts whose answer was known at a moment (days), of the year before it."""
    rows = moment.rows
    there = rows["bad"].notna() & (rows["scored_at"] < at) & (rows["at"] < at) & (rows["at"] >= at - LOOK_BACK)
    return rows[there & ~rows["waiting"]]


def learned(moment: Moment, at: float, rng: np.random.Generator) -> Learned | None:
    """Learn from what was known at a moment (days); None where that is too little.

    What the earlier part teaches is held against the latest quarter: where chances are plainly off there, all chances are
    stretched as that quarter says (as ``churn.landmarks.fitted`` does).
    """
    rows = known_by(moment, at)
    bad = rows["bad"].to_numpy() == 1
    if bad.sum() < FEWEST or (~bad).sum() < FEWEST or at - rows["at"].min() < LEAST_BACK:
        return None
    judged = leaks(rows[list(moment.labels)], bad)
    refused = tuple(judged.loc[judged["refused"], "covariate"])
    classes = classes_of(rows, [name for name in moment.labels if name not in refused], moment.facts)
    codes, sizes = classes.of(rows), classes.sizes
    cut, n, k = int(len(rows) * (1 - LATEST)), len(rows), int(bad.sum())
    enough = min(bad[:cut].sum(), bad[cut:].sum()) >= FEWEST
    base = float(bad[cut:].mean() if enough else bad.mean())
    made = Learned(classes, Points(float(np.log(base / (1 - base))), {}), base, n, k, False, refused)
    if not codes:
        return made
    made = replace(made, matters=_shares(codes.get(moment.matter), bad, base, sizes.get(moment.matter, 0)))
    if enough:
        earlier = learn({name: code[:cut] for name, code in codes.items()}, bad[:cut], sizes, rng, PRIOR)
        chance = earlier.chance({name: code[cut:] for name, code in codes.items()})
        if calibration(chance, bad[cut:]).wrong:
            return replace(made, points=earlier.stretched(*recalibrated(chance, bad[cut:])), recalibrated=True)
    return replace(made, points=learn(codes, bad, sizes, rng, PRIOR))


def _shares(code: np.ndarray | None, bad: np.ndarray, base: float, size: int) -> np.ndarray | None:
    """Return the share that was bad in each class, drawn to that of all as by ``DRAWN`` more answers; at the latest level."""
    if code is None:
        return None
    n, k = np.bincount(code, minlength=size), np.bincount(code, weights=bad, minlength=size)
    return np.minimum((k + DRAWN * bad.mean()) / (n + DRAWN) * base / bad.mean(), 1.0)


def backtest(moment: Moment, end: float, rng: np.random.Generator) -> tuple[pd.DataFrame, dict[float, Learned]]:
    """Tell the chances of each of the last weeks by what was known when it began.

    Returns the contacts of those weeks (all columns of ``moment.rows``, ``origin``, ``chance``, ``base``: the base rate known
    by then, ``by_matter``: what the matter alone would say), with an answer or without, and what was learned at each origin.
    """
    rows = moment.rows[~moment.rows["waiting"]]
    parts, made = [], {}
    first = float(rows["at"].min()) if len(rows) else end
    weeks = min(MOST_WEEKS, int((end - first - LEAST_BACK) // WEEK))
    for back in range(max(weeks, 0), 0, -1):
        origin = end - back * WEEK
        known = learned(moment, origin, rng)
        if known is None:
            continue
        week = rows[(rows["at"] >= origin) & (rows["at"] < origin + WEEK)]
        parts.append(
            week.assign(
                origin=origin,
                chance=known.chance(week),
                base=known.base,
                by_matter=known.by_matter(week, moment.matter),
            )
        )
        made[origin] = known
    columns = [*rows.columns, "origin", "chance", "base", "by_matter"]
    return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns), made
