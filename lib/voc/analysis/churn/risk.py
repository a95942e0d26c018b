"""How likely each active customer is to leave within some days, how far that can be trusted, and what it rests on.

The forecast is learned from landmarks of the past and tested on the last one whose days are complete, in customers whose
leaving it could not know. Only if it tells there who leaves is it used: then all landmarks are learned from for today.
"""

from __future__ import annotations

from dataclasses import dataclass, field, fields

import numpy as np
import pandas as pd

from ...data.clock import DAY
from ..chances.leaks import COLUMNS as LEAKS
from ..chances.leaks import leaks
from ..chances.scores import BINS, Calibration, auc_interval, bins_of, brier, calibration, skill
from . import care as lists
from .classes import classes
from .landmarks import FEWEST, Fitted, Landmark, Plan, fitted, landmark, planned, told_until
from .segments import SEGMENTS, segments
from .state import OWN, Known, known, state
from .words import words_of

TELLS, NOTHING = "tells more than the base rate", "tells nothing beyond the base rate"
HORIZON, MOST_LISTED = 90, 100
LEAST_IN_BIN = 100
SCORE = [
    "horizon_days", "landmark", "n", "gone", "base_rate", "brier", "brier_base", "skill", "skill_lo", "skill_hi", "auc", "auc_lo",
    "auc_hi", "slope", "slope_lo", "slope_hi", "intercept", "intercept_lo", "intercept_hi", "landmarks", "left_before", "look_back",
    "recalibrated", "verdict",
]  # fmt: skip
REASONS = ["reason", "known", "n", "n_before", "left_pct", "times"]


def _empty(columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame(columns=columns)


@dataclass(frozen=True)
class Risk:
    """Who may leave, and how well that is known.

    Attributes:
        why: what the data lack, or why nothing can be told of chances; empty where something can.
        score: one row, the test: horizon_days, landmark (date at which it was tested), n (customers active then), gone (of
            them, within the horizon), base_rate (share that left, as known before the test), brier and brier_base, skill (1 −
            brier ÷ brier_base), auc, slope and intercept of calibration, each with lo and hi (95 %); landmarks (learned
            from) and left_before (leavers in them), look_back (days), recalibrated, verdict (``TELLS`` or ``NOTHING``).
        bins: bin, n, predicted, observed, lo, hi: chances (0–1) beside what happened, at the test.
        reasons: what today's forecast looks at: reason (words), known (False: what these customers have in common is that it
            is not known), n (active customers), n_before (in the landmarks learned from),
            left_pct (of those), times (odds against the commonest class, all else alike).
        care: the list for care teams (``care.CARE``), and ``worth``: what such a list was worth (``care.WORTH``).
        segments: groups of customers by behaviour (``segments.SEGMENTS``).
        leaks: covariates of the customer list, those refused first (``leaks.COLUMNS``).
    """

    why: str = ""
    score: pd.DataFrame = field(default_factory=lambda: _empty(SCORE))
    bins: pd.DataFrame = field(default_factory=lambda: _empty(BINS))
    reasons: pd.DataFrame = field(default_factory=lambda: _empty(REASONS))
    care: pd.DataFrame = field(default_factory=lambda: _empty(lists.CARE))
    worth: pd.DataFrame = field(default_factory=lambda: _empty(lists.WORTH))
    segments: pd.DataFrame = field(default_factory=lambda: _empty(SEGMENTS))
    leaks: pd.DataFrame = field(default_factory=lambda: _empty(LEAKS))

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return the frames by name."""
        return {part.name: getattr(self, part.name) for part in fields(self) if part.name != "why"}

    @property
    def tells(self) -> bool:
        """Whether the forecast was shown to tell more than the base rate."""
        return bool(len(self.score)) and self.score["verdict"].iloc[0] == TELLS


def risk(
    customers: pd.DataFrame | None,
    contacts: pd.DataFrame,
    end: pd.Timestamp,
    rng: np.random.Generator,
    *,
    days: int = HORIZON,
    most: int = MOST_LISTED,
    zone: str = "UTC",
    smallest: int = 1,
) -> Risk:
    """Forecast who of the customers active at ``end`` (UTC) leaves within ``days``, if that can be forecast at all.

    ``customers``: customer_id, churned_at (missing: has not left), signup_at and any labels; ``contacts``: as customers lived
    them (``experience``), for the same ids. ``most``: how many customers the list for care teams may hold; ``zone``: the time zone of its days;
    ``smallest``: customers below which a group is not shown.
    """
    if customers is None or not {"customer_id", "churned_at"} <= set(customers.columns):
        return Risk("the data have no list of customers that says who left when (customer_id, churned_at)")
    customers = customers.drop_duplicates("customer_id").sort_values("customer_id", ignore_index=True)
    of = known(customers, contacts, pd.Timestamp(end).timestamp() / DAY, zone)
    told = customers[[name for name in customers.columns if name not in OWN]]
    judged = leaks(told, customers["churned_at"].notna(), pd.Timestamp(end))
    refused = set(judged.loc[judged["refused"], "covariate"])
    levels = {name: sorted(of.customers[name].dropna().unique()) for name in of.labels if name not in refused}
    until = told_until(of)
    groups = segments(of, until - days, days, smallest)
    plan = planned(of.first, until, days)
    if plan is None or not len(of.contacts):
        span = f"{max(until - of.first, 0):,.0f} days of contacts are too few to learn from {days} days and test on {days} more"
        return Risk(
            span if len(of.contacts) else "no contact belongs to a listed customer", segments=groups, leaks=judged
        )
    marks = [landmark(of, moment, days, plan.back, levels) for moment in (*plan.train, plan.test)]
    why = _too_few(marks, days)
    if why:
        return Risk(why, segments=groups, leaks=judged)
    return _told(of, plan, marks, levels, rng, (days, most), Risk(segments=groups, leaks=judged))


def _too_few(marks: list[Landmark], days: int) -> str:
    *train, test = (int(mark.gone.sum()) for mark in marks)
    if max(max(train), test) == 0:
        return "nobody on the list of customers left in the days that could be learned from"
    for n, place in ((sum(train), "to learn from"), (test, "to test on")):
        if n < FEWEST:
            return f"only {n:,} customers left within {days} days of a moment {place}; {FEWEST} are needed"
    return ""


def _told(
    of: Known,
    plan: Plan,
    marks: list[Landmark],
    levels: dict,
    rng: np.random.Generator,
    asked: tuple[int, int],
    so_far: Risk,
) -> Risk:
    days, most = asked
    test = marks[-1]
    then = fitted(marks[:-1], days, levels, rng)
    chance = then.points.chance(test.codes)
    score = _score(chance, test, then, plan, days, rng)
    bins = bins_of(chance, test.gone, LEAST_IN_BIN)
    now = fitted(marks, days, levels, rng)
    today = state(of, of.end, plan.back)
    codes = classes(today, levels)
    rows = score.to_dict("records")[0]
    made = {"score": score, "bins": bins, "reasons": _reasons(now, marks, codes, levels)}
    if rows["verdict"] == TELLS:
        was = state(of, plan.test, plan.back)
        listed = lists.care(of, today, codes, now, levels, most)
        earlier = lists.care(of, was, test.codes, then, levels, most)
        left = pd.Series(test.gone, index=of.customers["customer_id"].to_numpy()[test.rows])
        made |= {
            "care": listed,
            "worth": lists.worth(listed, left[earlier["customer_id"]], now.base, float(test.gone.mean())),
        }
    return Risk("", **made, segments=so_far.segments, leaks=so_far.leaks)


def _score(
    chance: np.ndarray, test: Landmark, then: Fitted, plan: Plan, days: int, rng: np.random.Generator
) -> pd.DataFrame:
    """Hold chances against what happened; they tell something if leavers had higher ones and they err less than the base rate."""
    gained = skill(chance, then.base, test.gone, rng)
    area = auc_interval(chance, test.gone)
    off: Calibration = calibration(chance, test.gone)
    tells = area[1] > 0.5 and gained[0] > 0
    row = {
        "horizon_days": days,
        "landmark": pd.Timestamp(plan.test * DAY, unit="s").round("D"),
        "n": len(test.gone),
        "gone": int(test.gone.sum()),
        "base_rate": then.base,
        "brier": brier(chance, test.gone),
        "brier_base": brier(then.base, test.gone),
        **dict(zip(("skill", "skill_lo", "skill_hi"), gained, strict=True)),
        **dict(zip(("auc", "auc_lo", "auc_hi"), area, strict=True)),
        **vars(off),
        "landmarks": len(plan.train),
        "left_before": then.left,
        "look_back": round(plan.back),
        "recalibrated": then.recalibrated is not None,
        "verdict": TELLS if tells else NOTHING,
    }
    return pd.DataFrame([row], columns=SCORE)


def _reasons(now: Fitted, marks: list[Landmark], codes: dict[str, np.ndarray], levels: dict) -> pd.DataFrame:
    """List what customers of each class have in common, how many they are, how often they left, and the odds learned."""
    rows = []
    gone = np.concatenate([mark.gone for mark in marks])
    for term, points in now.points.terms.items():
        code = np.concatenate([mark.codes[term] for mark in marks])
        n = np.bincount(code, minlength=len(points))
        k = np.bincount(code, weights=gone, minlength=len(points))
        active = np.bincount(codes[term], minlength=len(points))
        usual = int(n.argmax())
        rows += [
            (
                words_of(term, i, levels),
                i > 0,
                active[i],
                n[i],
                100 * k[i] / n[i],
                float(np.exp(points[i] - points[usual])),
            )
            for i in range(len(points))
            if n[i] and i != usual
        ]
    return pd.DataFrame(rows, columns=REASONS).sort_values("times", ascending=False, kind="stable", ignore_index=True)
