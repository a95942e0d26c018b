"""Single contacts on a page: whether a bad score can be foreseen at all, whom to reach out to, and what such a list was worth."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Protocol

import pandas as pd

from ..canvas import Picture
from ..charts.calibration import calibration as draw
from ..style import cut, day_label, interval, is_missing, number, reason
from ..tables import Col, Html, say, table
from .drivers_read import count, error_saved, joined, listed, nothing, noun, stacked

WHAT = "Whether a contact will end in a bad score"
SAYS = {"open": "at the first response", "solved": "when it is solved"}
UNKNOWN = "cannot be told"
LITTLE = 0.05  # skill below which chances save little of the error
WEIGHTY = 1.1  # odds beyond which a reason is named
SHOWN = 10  # rows of the list on the page; the file holds all
LIST = [
    Col("contact", "Contact, came"), Col("chance_pct", "Chance of a 1 or 2", "number", "%"), Col("times", "Times usual", "number"),
    Col("why", "Suggested step, and what speaks for it"),
]  # fmt: skip


class BadScores(Protocol):
    """Chances of bad scores, and how well they are known, as ``voc.analysis.forecast.contact`` lays them out."""

    score: pd.DataFrame
    bins: pd.DataFrame
    reasons: pd.DataFrame
    list: pd.DataFrame
    worth: pd.DataFrame
    why: pd.DataFrame

    def tells(self, moment: str) -> bool:
        """Whether chances told at a moment were shown to tell more than the base rate."""


def lead(found: BadScores) -> Html:
    """Say of each moment whether chances tell more than the base rate, and how that was tested."""
    if found.score.empty:
        return nothing("", WHAT)
    return joined([line for row in found.score.to_dict("records") for line in _moment(row, found)] + [_mood(found)])


def _moment(row: Mapping, found: BadScores) -> list[Html | None]:
    when = SAYS.get(row["moment"], row["moment"])
    if row["verdict"] == UNKNOWN:
        return [
            say(
                "**{when}**: whether a bad score can be foreseen cannot be told, because {why}.",
                when=when.capitalize(),
                why=reason(row["why"]),
            )
        ]
    return [
        _verdict(row, when, tells=found.tells(row["moment"])),
        _held_against(row),
        _beyond(row),
        _calibrated(row),
        _reasons(found, row["moment"]),
    ]


def _verdict(row: Mapping, when: str, *, tells: bool) -> Html:
    usual = number(100 * row["base_rate"], "%")
    if not tells:
        return say(
            "**{when}: what is known then tells nothing beyond the base rate.** Each contact has the usual chance of a 1 or 2, {usual}, and no list is made: "
            "that is a result, and it saves calls to the wrong people.",
            when=when.capitalize(), usual=usual,
        )  # fmt: skip
    return say(
        "**{when}: what is known then tells more than the base rate{size}.** Of a pair of answers, one bad and one not, the bad one had the higher chance in "
        "{area} of 100 (95% {ends}; 50 is a coin).",
        when=when.capitalize(), size=", but little" if row["skill"] < LITTLE else "", area=f"{100 * row['auc']:.0f}",
        ends=f"{100 * row['auc_lo']:.0f}–{100 * row['auc_hi']:.0f}",
    )  # fmt: skip


def _held_against(row: Mapping) -> Html:
    return say(
        "Tested on {weeks}, each with what was known when it began: {n} answers, {bad} of them bad. The squared error (Brier score) was {brier}, that of the same "
        "{usual} for everybody {base}: {skill} {way} (what was saved, 95%: {ends}). {part} of these contacts were answered; of the silent nothing is known.",
        weeks=noun(int(row["weeks"]), "later week"), n=count(row["n"]), bad=count(row["bad"]), brier=f"{row['brier']:.4f}", base=f"{row['brier_base']:.4f}",
        usual=number(100 * row["base_rate"], "%"), skill=f"{abs(100 * row['skill']):.1f}%", way="less" if row["skill"] >= 0 else "more",
        ends=f"{error_saved(row['skill_lo'], 1)} to {error_saved(row['skill_hi'], 1)}", part=number(row["answered_pct"], "%"),
    )  # fmt: skip


def _beyond(row: Mapping) -> Html | None:
    """Say how much of it is only what the contact is about; nothing where that was not told apart."""
    if is_missing(row.get("beyond")) or is_missing(row.get("matter_skill")):
        return None
    alone = error_saved(row["matter_skill"], 1)
    if row["beyond_lo"] <= 0:
        return say(
            "What a contact is about saves {alone} of the error alone; what else is known adds nothing that can be told from chance.",
            alone=alone,
        )
    return say(
        "What a contact is about saves {alone} of the error alone; what else is known takes another {more} off (95% {ends}), beyond chance.",
        alone=alone, more=error_saved(row["beyond"], 1), ends=f"{error_saved(row['beyond_lo'], 1)} to {error_saved(row['beyond_hi'], 1)}",
    )  # fmt: skip


def _calibrated(row: Mapping) -> Html | None:
    """Say whether 10% meant 10%, and which way chances were off where they were; nothing where that cannot be told."""
    if is_missing(row["slope"]):
        return None
    off = []
    if not row["intercept_lo"] <= 0 <= row["intercept_hi"]:
        off.append(
            f"too {'high' if row['intercept'] < 0 else 'low'} as a whole, which leaves the order of contacts as it is"
        )
    if not row["slope_lo"] <= 1 <= row["slope_hi"]:
        off.append(
            f"too {'bold' if row['slope'] < 1 else 'timid'} at both ends, so that differences between contacts are {'over' if row['slope'] < 1 else 'under'}stated"
        )
    judged = "as large as what happened, within noise" if not off else listed(off)
    again = " What the earlier part taught was stretched as the latest quarter said." if row["recalibrated"] else ""
    return say("Chances were {judged} (slope {slope}, 95% {lo}–{hi}; one is right).{again}", judged=judged, slope=f"{row['slope']:.2f}", lo=f"{row['slope_lo']:.2f}",
               hi=f"{row['slope_hi']:.2f}", again=again)  # fmt: skip


def _reasons(found: BadScores, moment: str) -> Html | None:
    """Name what goes with the highest odds of a bad score at a moment."""
    rows = found.reasons[
        (found.reasons["moment"] == moment) & found.reasons["known"].astype(bool) & (found.reasons["times"] >= WEIGHTY)
    ]
    if rows.empty or not found.tells(moment):
        return None
    told = [
        f"{cut(row['reason'])} ({number(row['bad_pct'], '%')} bad of {count(row['n'])})"
        for row in rows.head(5).to_dict("records")
    ]
    return say("What speaks most for a bad score, in the past: {told}. A sign, not a cause.", told="; ".join(told))


def _mood(found: BadScores) -> Html | None:
    """Say whose scores taught how moods are read, where a mood was looked at: it is the one fact that knows later ones."""
    if not found.reasons["fact"].eq("mood").any():
        return None
    return say(
        "The mood of the first words is read by what other customers' scores taught, also later ones; never by the customer's own."
    )


def pictures(found: BadScores) -> list[Picture]:
    """Draw, for each moment, chances beside what happened in the weeks tested."""
    return [_picture(moment, bins, found) for moment, bins in found.bins.groupby("moment", sort=False)]


def _picture(moment: object, bins: pd.DataFrame, found: BadScores) -> Picture:
    row = found.score[found.score["moment"] == moment].iloc[0]
    shown = bins.assign(**{name: 100 * bins[name] for name in ("predicted", "observed", "lo", "hi")})
    inside = int(shown["predicted"].between(shown["lo"], shown["hi"]).sum())
    ends = [
        f"{number(part['predicted'], '%')} were said and {number(part['observed'], '%')} were bad"
        for _, part in shown.iloc[[0, -1]].iterrows()
    ]
    when = SAYS.get(str(moment), str(moment))
    return draw(
        shown, title=f"Chances {when}: in {inside} of {noun(len(shown), 'group')} as many bad scores as was said, within noise",
        of="answers", subtitle=f"Answers of 1 or 2, %, by the chance said beforehand; n\u00a0{count(row['n'])}", usual=100 * float(row["base_rate"]),
        alt=f"Of the group with the lowest chance {ends[0]}; of that with the highest {ends[1]}.",
    )  # fmt: skip


def reach_out(found: BadScores) -> Html | None:
    """Show whom to reach out to before the score comes, and what such lists were worth; None where no moment tells anything."""
    if not any(found.tells(moment) for moment in found.score["moment"]):
        return None
    worth = [_worth(row) for row in found.worth.to_dict("records")]
    if found.list.empty:
        return joined(
            [
                say(
                    "No contact of the last days is both likely to end badly and in a state that service can mend: no list is made."
                ),
                *worth,
            ]
        )
    most = (
        f"the first {SHOWN} of {len(found.list):,}; the file holds all"
        if len(found.list) > SHOWN
        else f"{len(found.list):,} in all"
    )
    rows = found.list.head(SHOWN)
    rows = rows.assign(
        contact=[stacked(str(row["interaction_id"]), _came(row)) for row in rows.to_dict("records")],
        why=[stacked(row["step"], row["reasons"]) for row in rows.to_dict("records")],
    )
    return joined([table(rows, columns=LIST, caption=f"Whom to reach out to first, {most}"), *worth])


def _came(row: Mapping) -> str:
    about = [cut(row[name]) for name in ("issue", "channel") if not is_missing(row.get(name))]
    return ", ".join(
        [day_label(pd.Timestamp(row["came"])), *about, *(["waiting for an answer"] if row["waiting"] else [])]
    )


def _worth(row: Mapping) -> Html:
    when = SAYS.get(row["moment"], row["moment"])
    if not row["answered"]:
        return say(
            "What a list {when} is worth is not known: of the {n} that the same rule would have named, none answered.",
            when=when,
            n=count(row["listed_then"]),
        )
    usual = number(row["usual_pct"], "%")
    beyond = (
        f"beyond chance more than the usual {usual}"
        if row["lo"] > row["usual_pct"]
        else f"not beyond chance more than the usual {usual}"
    )
    told = say(
        "Of the {n} that the same rule would have named {when} in the weeks tested, {answered} answered, {bad} badly (95% {ends}), {beyond}.",
        n=count(row["listed_then"]), when=when, answered=count(row["answered"]), bad=number(row["bad_pct"], "%"),
        ends=interval(row["lo"], row["hi"], "%"), beyond=beyond,
    )  # fmt: skip
    return told if is_missing(row["lot"]) else told + _lot(row)


def _lot(row: Mapping) -> Html:
    return say(
        "Whether reaching out helps is not known. **Draw a lot**: write to one half, leave the other. To see that a third fewer end badly takes {lot} answers in "
        "each half, {contacts} contacts, {weeks} of such lists.",
        lot=count(row["lot"]), contacts=count(row["contacts_by_lot"]), weeks=noun(int(row["weeks_by_lot"]), "week"),
    )  # fmt: skip


def left_out(found: BadScores) -> Html | None:
    """Say which facts are not looked at, and why; None where all are."""
    rows = found.why.drop_duplicates(["label", "why"])
    if rows.empty:
        return None
    told = [f"{cut(row['label'])}: {reason(row['why'])}" for row in rows.to_dict("records")]
    return say("Not looked at: {told}.", told="; ".join(told))
