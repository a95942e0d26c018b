"""How likely a single contact ends in a bad score (1 or 2), from what is known of it at the moment, and whether that tells.

Chances are learned on earlier weeks and scored on later ones against the base rate known by then. Where they gain nothing the
result says so, and no list is made of them. They are chances of a bad score among those who answer: most do not, and the
silent may think otherwise.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, fields

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from ...data.clock import DAY
from ..chances.scores import BINS, auc_interval, bins_of, brier, calibration, skill
from . import reach_out as lists
from .moments import OPEN, SOLVED, Moment, moments
from .rolling import FEWEST, LEAST_BACK, LOOK_BACK, MOST_WEEKS, WEEK, Learned, backtest, known_by, learned

TELLS, NOTHING, UNKNOWN = "tells more than the base rate", "tells nothing beyond the base rate", "cannot be told"
LEAST_IN_BIN = 50
SCORE = [
    "moment", "weeks", "n", "bad", "base_rate", "brier", "brier_base", "skill", "skill_lo", "skill_hi", "matter_skill", "beyond", "beyond_lo", "beyond_hi", "auc", "auc_lo", "auc_hi", "slope",
    "slope_lo", "slope_hi", "intercept", "intercept_lo", "intercept_hi", "learned_from", "bad_before", "answered_pct", "answered_before",
    "recalibrated", "verdict", "why",
]  # fmt: skip
REASONS = ["moment", "fact", "reason", "known", "n", "bad_pct", "times"]
WHY = ["moment", "fact", "label", "why"]


def _empty(columns: list[str]) -> pd.DataFrame:
    return pd.DataFrame(columns=columns)


@dataclass(frozen=True)
class BadScores:
    """Chances of bad scores, and how well they are known.

    Attributes:
        score: a row per moment (``open``, ``solved``): weeks tested, n (answers in them), bad, base_rate (share bad in the
            latest quarter known before), brier and brier_base, skill (1 − brier ÷ brier_base) with lo, hi (95 %, by customer),
            matter_skill (of the share of its issue alone), beyond (1 − brier ÷ that of the issue alone) and auc with lo, hi,
            slope and intercept of calibration with lo, hi; learned_from (answers), bad_before, answered_pct (of the contacts of
            those weeks), answered_before (answers that came before the moment, left out), recalibrated, verdict (``TELLS``,
            ``NOTHING`` or ``UNKNOWN``), why (what is lacking).
        bins: moment, and ``scores.BINS``: chances (0–1) beside what happened in the weeks tested.
        reasons: moment, fact, reason (words), known, n (answers learned from), bad_pct (of them), times (odds against the
            commonest class of the fact, all else alike).
        list: contacts of the last days to reach out to (``reach_out.LIST``); worth: what such lists were worth
            (``reach_out.WORTH``), of moments that tell, each by itself: a contact that is listed at both stands in both.
        why: moment, fact, label, why: what is not looked at, and why.
    """

    score: pd.DataFrame = field(default_factory=lambda: _empty(SCORE))
    bins: pd.DataFrame = field(default_factory=lambda: _empty(["moment", *BINS]))
    reasons: pd.DataFrame = field(default_factory=lambda: _empty(REASONS))
    list: pd.DataFrame = field(default_factory=lambda: _empty(lists.LIST))
    worth: pd.DataFrame = field(default_factory=lambda: _empty(lists.WORTH))
    why: pd.DataFrame = field(default_factory=lambda: _empty(WHY))

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return the frames by name."""
        return {part.name: getattr(self, part.name) for part in fields(self)}

    def tells(self, moment: str) -> bool:
        """Whether chances told at a moment were shown to tell more than the base rate."""
        return bool((self.score["moment"].eq(moment) & self.score["verdict"].eq(TELLS)).any())


def bad_scores(
    table: ir.Table, end: pd.Timestamp, rng: np.random.Generator, *, matter: str = "issue", labels: Sequence[str] = (),
    read: pd.DataFrame | None = None, surveys: ir.Table | None = None, most: int = lists.MOST,
) -> BadScores:  # fmt: skip
    """Tell the chance of a bad score of contacts open or just solved at ``end`` (UTC), and how good such chances were.

    Arguments as of ``moments.moments``; ``most``: how many contacts the list may hold.
    """
    days = LOOK_BACK + MOST_WEEKS * WEEK
    there = moments(table, end, days, matter=matter, labels=labels, read=read, surveys=surveys)
    now = pd.Timestamp(end).timestamp() / DAY
    parts: dict[str, list[pd.DataFrame]] = {name: [] for name in BadScores().frames()}
    taken: set[str] = set()
    for moment in (there[SOLVED], there[OPEN]):
        told = _told(moment, now, rng, matter, most, taken)
        for name, frame in told.items():
            parts[name].append(frame)
        taken |= set(moment.rows["interaction_id"]) if _verdict(told["score"]) == TELLS else set()
    made = {name: _together(frames, getattr(BadScores(), name)) for name, frames in parts.items()}
    made["list"] = made["list"].sort_values(["chance_pct", "interaction_id"], ascending=[False, True], ignore_index=True).head(most)  # fmt: skip
    return BadScores(**made)


def _together(frames: Sequence[pd.DataFrame], empty: pd.DataFrame) -> pd.DataFrame:
    """Set the frames of both moments under each other, the first response before the solution."""
    there = [frame for frame in reversed(frames) if len(frame)]
    return pd.concat(there, ignore_index=True)[list(empty.columns)] if there else empty


def _verdict(score: pd.DataFrame) -> str:
    return str(score["verdict"].iloc[0])


def _told(
    moment: Moment, now: float, rng: np.random.Generator, matter: str, most: int, taken: set[str]
) -> dict[str, pd.DataFrame]:
    weeks, made = backtest(moment, now, rng)
    answered = weeks[weeks["bad"].notna()]
    told = {"why": moment.missing.assign(moment=moment.name), "score": _score(moment, weeks, made, now, rng)}
    if _verdict(told["score"]) == UNKNOWN:
        return told
    bins = bins_of(answered["chance"].to_numpy(float), answered["bad"].to_numpy(float), LEAST_IN_BIN)
    today = learned(moment, now, rng)
    told["why"] = pd.concat([told["why"], _refused(moment, today)], ignore_index=True)
    told |= {"bins": bins.assign(moment=moment.name), "reasons": _reasons(moment, today, now)}
    if _verdict(told["score"]) == TELLS:
        last = lists.of_last_days(moment.rows, now, taken)
        told["list"] = lists.reach_out(last, today, moment.name, matter, most)
        told["worth"] = lists.worth(weeks, made, moment.name, most)
    return told


def _refused(moment: Moment, today: Learned) -> pd.DataFrame:
    why = "its values decide the score: it was written after it"
    return pd.DataFrame([(moment.name, one, one.replace("_", " "), why) for one in today.refused], columns=WHY)


def _score(
    moment: Moment, weeks: pd.DataFrame, made: dict[float, Learned], now: float, rng: np.random.Generator
) -> pd.DataFrame:
    """Hold chances against what happened; they tell something only if both intervals lie beyond chance."""
    answered = weeks[weeks["bad"].notna()]
    bad, chance = answered["bad"].to_numpy(float), answered["chance"].to_numpy(float)
    row = {
        "moment": moment.name,
        "weeks": len(made),
        "n": len(answered),
        "bad": int(bad.sum()),
        "answered_before": moment.before,
    }
    why = _lacking(moment, made, bad, now)
    if why:
        return pd.DataFrame([row | {"recalibrated": False, "verdict": UNKNOWN, "why": why}], columns=SCORE)
    who, base, last = answered["who"].to_numpy(), answered["base"].to_numpy(float), made[max(made)]
    gained = skill(chance, base, bad, rng, who=who)
    alone = answered["by_matter"].to_numpy(float)
    beyond = skill(chance, alone, bad, rng, who=who)
    area = auc_interval(chance, bad, who)
    row |= {
        "base_rate": float(base.mean()), "brier": brier(chance, bad), "brier_base": brier(base, bad),
        **dict(zip(("skill", "skill_lo", "skill_hi"), gained, strict=True)),
        "matter_skill": 1 - brier(alone, bad) / brier(base, bad),
        **dict(zip(("beyond", "beyond_lo", "beyond_hi"), beyond, strict=True)),
        **dict(zip(("auc", "auc_lo", "auc_hi"), area, strict=True)), **vars(calibration(chance, bad)),
        "learned_from": last.n, "bad_before": last.bad, "answered_pct": 100 * len(answered) / len(weeks),
        "recalibrated": last.recalibrated, "verdict": TELLS if gained[1] > 0 and area[1] > 0.5 else NOTHING, "why": "",
    }  # fmt: skip
    return pd.DataFrame([row], columns=SCORE)


def _lacking(moment: Moment, made: dict[float, Learned], bad: np.ndarray, now: float) -> str:
    """Say what is lacking to tell chances; empty where nothing is."""
    event = "first response" if moment.name == OPEN else "solution"
    known = known_by(moment, now)
    if known.empty and moment.before:
        return f"all {moment.before:,} answers came before the {event}"
    if moment.rows.empty:
        return f"no contact has a {event} that the data date"
    if known.empty:
        return "no satisfaction score belongs to a contact"
    n, k, days = len(known), int(known["bad"].sum()), now - float(known["at"].min())
    if min(k, n - k) < 2 * FEWEST:
        return f"{k:,} bad of {n:,} answers are too few to learn from and to test on later weeks"
    if not made:
        return f"{days:,.0f} days of answers are too few: {LEAST_BACK:.0f} to learn from, and whole weeks after them to test on"
    if min(bad.sum(), len(bad) - bad.sum()) < FEWEST:
        return f"only {int(bad.sum()):,} of {len(bad):,} answers of the weeks tested are bad: {FEWEST} of either kind are needed"
    return ""


def _reasons(moment: Moment, today: Learned, now: float) -> pd.DataFrame:
    """List what contacts of each class have in common, how often they ended badly, and the odds learned."""
    rows = known_by(moment, now)
    bad, made = rows["bad"].to_numpy(float), []
    for name, code in today.classes.of(rows).items():
        points = today.points.terms[name]
        n, k = np.bincount(code, minlength=len(points)), np.bincount(code, weights=bad, minlength=len(points))
        usual = int(n.argmax())
        for i in (i for i in range(len(points)) if n[i] and i != usual):
            times = float(np.exp(points[i] - points[usual]))
            made.append((moment.name, name, today.classes.words(name, i), i > 0, int(n[i]), 100 * k[i] / n[i], times))
    return pd.DataFrame(made, columns=REASONS).sort_values("times", ascending=False, kind="stable", ignore_index=True)
