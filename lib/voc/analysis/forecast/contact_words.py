"""Chances of single contacts in words: whether they tell anything, how far to trust them, and whom they are of."""

from __future__ import annotations

from typing import Any

from .contact import NOTHING, UNKNOWN, BadScores
from .moments import OPEN
from .rolling import WEEK

AT = {OPEN: "At the first response", "solved": "At the solution"}
SILENT = (
    "These are chances of a bad score among those who answer: what the silent think is not known, and a contact without an answer is not a"
    " satisfied one."
)


def sentences(found: BadScores) -> list[str]:
    """Say for each moment whether chances tell more than the base rate, how good they are, and what their list was worth."""
    told = [_told(row) for row in found.score.itertuples()]
    told += [_worth(row) for row in found.worth.itertuples()]
    if (found.score["verdict"] != UNKNOWN).any():
        told.append(SILENT)
    if found.reasons["fact"].eq("mood").any():
        told.append(
            "The mood of the first words is read by what other customers' scores taught, also later ones; never by the customer's own."
        )
    return told


def _told(row: Any) -> str:
    at = AT[row.moment]
    if row.verdict == UNKNOWN:
        return f"{at}, the chance of a bad score cannot be told: {row.why}."
    tested = f"tested on {row.n:,} answers ({row.bad:,} bad) of the last {row.weeks} weeks, each told before it came"
    if row.verdict == NOTHING:
        return (
            f"{at}, what is known of a contact tells nothing beyond the base rate of {row.base_rate:.0%}: {tested}, chances err"
            f" {_less(row.skill)} (interval {row.skill_lo:+.1%} to {row.skill_hi:+.1%}). Treat all contacts alike."
        )
    return (
        f"{at}, chances of a bad score tell more than the base rate of {row.base_rate:.0%}: {tested}, they err {_less(row.skill)} (interval"
        f" {row.skill_lo:.1%} to {row.skill_hi:.1%}) and set {row.auc:.0%} of pairs of a bad and another score in the right order"
        f" ({row.auc_lo:.0%} to {row.auc_hi:.0%}). {_beyond(row)} {_calibrated(row)}"
    )


def _beyond(row: Any) -> str:
    """Say how much of it is only what the contact is about."""
    alone = f"What a contact is about would alone err {_less(row.matter_skill)}"
    if row.beyond_lo > 0:
        return f"{alone}; what else is known takes another {row.beyond:.1%} off ({row.beyond_lo:.1%} to {row.beyond_hi:.1%})."
    return f"{alone}; what else is known adds nothing that can be told from chance."


def _less(skill: float) -> str:
    return f"{abs(skill):.1%} {'less' if skill >= 0 else 'more'} than it"


def _calibrated(row: Any) -> str:
    """Say whether 10 % means 10 %."""
    if not row.slope_lo <= 1 <= row.slope_hi:
        how = "overstated" if row.slope < 1 else "understated"
        return (
            f"Differences between contacts are {how} (slope {row.slope:.2f}, {row.slope_lo:.2f} to {row.slope_hi:.2f})."
        )
    if not row.intercept_lo <= 0 <= row.intercept_hi:
        return f"All in all they were too {'high' if row.intercept < 0 else 'low'} in those weeks; the order of contacts is not touched by that."
    return "They mean what they say: as many were bad as they said."


def _worth(row: Any) -> str:
    if not row.answered:
        return f"{AT[row.moment]}, nobody on the {row.listed_then:,} places of earlier lists answered: their worth is not known."
    told = (
        f"{AT[row.moment]}, lists like this would have held {row.listed_then:,} contacts in the weeks tested; of the {row.answered:,} answered"
        f" {row.bad_pct:.0f}% ({row.lo:.0f} to {row.hi:.0f}%) were bad, against {row.usual_pct:.0f}% of all."
    )
    if not row.lot > 0:
        return told
    return (
        f"{told} Whether reaching out helps is shown by lot: {row.contacts_by_lot:,.0f} contacts, half of them left alone,"
        f" {row.weeks_by_lot:,.0f} weeks of {WEEK:.0f} days."
    )
