"""What CSAT does not hear, for readers: who was heard, what if the others were unlike them, and whom to ask."""

from __future__ import annotations

import pandas as pd

from ...analysis.nonresponse import (
    LEAVERS,
    LEFT_DAYS,
    SIGNS,
    SILENT,
    UNASKED,
    UNHEARD,
    Hearing,
    interviews,
    precision,
)
from ...analysis.rules import MetricRules
from ...data.periods import Period
from ..style import change, interval, is_missing, number, reason
from ..tables import Html, say
from .nonresponse_tables import CERTAIN, by_group, count, figure, of_whole, picture, silent_table

__all__ = ["by_group", "cannot", "left", "limits", "picture", "said", "silent_table", "to_do"]

PART, MARGIN = 0.1, 5.0  # a tenth of the silent; points within which their CSAT should be known
MARGINS = {
    "kind": "kind of contact (channel, category, language)",
    "issue": "issue",
    "came_back": "coming back",
    "opened_again": "being opened again",
    "slow": "a slow first response",
    "unsolved": "being solved",
    "left": "leaving",
}
FEWEST = 30  # answers from which a CSAT with or without a sign is named


def said(heard: Hearing, period: Period) -> Html:
    """Say who was heard, what CSAT becomes when the answers stand for all, what cannot be excluded, and what would tip it."""
    if not heard.counts.get("answered"):
        return cannot(heard)
    lines = [_who(heard, period)]
    if heard.counts["answered"] < heard.counts["contacts"]:
        lines += [_weighted(heard), _unknown(heard), _tipping(heard), _lean(heard)]
    return _joined([*lines, cannot(heard, but=LEAVERS) if len(heard.missing) else None])


def _joined(lines: list[Html | None]) -> Html:
    kept = [line for line in lines if line is not None]
    return sum(kept[1:], kept[0])


def cannot(heard: Hearing, but: str = "") -> Html | None:
    """Say what the data do not tell of those who were not heard, and what would settle it; ``but`` is told elsewhere."""
    if heard.missing.empty:
        return say("Nothing is missing to judge who was heard.")
    rows = heard.missing[heard.missing["what"] != but].to_dict("records")
    if not rows:
        return None
    return _joined(
        [say("{what} cannot be told: {why}. {settles}", **row | {"why": reason(row["why"])}) for row in rows]
    )


def _who(heard: Hearing, period: Period) -> Html:
    counts = heard.counts
    text = "CSAT in {period}, {csat}, rests on {answered}: **{share} of {contacts} contacts were heard.**"
    if counts["answered"] == counts["contacts"]:
        text = "CSAT in {period}, {csat}, rests on {answered}, one to every contact in the data."
    if not is_missing(counts["asked"]):
        text += " {asked} were asked, {of_all} of all; {rate} of those answered."
    return say(
        text,
        period=period.words,
        csat=figure(of_whole(heard, "all").loc["answered"]),
        answered="one answer" if counts["answered"] == 1 else f"{count(counts['answered'])} answers",
        contacts=count(counts["contacts"]),
        share=number(counts["answered"] / counts["contacts"] * 100, "%"),
        asked=count(counts["asked"]),
        of_all=number(counts["asked"] / counts["contacts"] * 100, "%"),
        rate=number(counts["answered"] / counts["asked"] * 100, "%"),
    )


def _weighted(heard: Hearing) -> Html:
    every = of_whole(heard, "all")
    kind, signs = every.loc["kind"], every.loc["signs"]
    margins = [MARGINS[name] for name in signs["weighted_by"].split(", ") if name]
    if not margins:
        return say("Too few answered, or too little is known of the contacts, to let the answers stand for the others.")
    return say(
        "**If the others were like those who answered** in the same kind of contact, CSAT of all contacts would be {kind}; like "
        "those who share everything that is known of all – {margins} – {signs}, as sure as {effective} equal answers. That they "
        "are alike is assumed, not seen.",
        kind=figure(kind),
        signs=figure(signs),
        margins=", ".join(margins),
        effective=count(round(signs["effective"])),
    )


def _unknown(heard: Hearing) -> Html:
    every, asked = of_whole(heard, "all"), of_whole(heard, "asked")
    text = "**Whatever the others think,** CSAT of all contacts lies between {worst} and {best}"
    text += ", of those asked between {low} and {high}. That is all that the answers prove." if len(asked) else "."
    ends = {"worst": every.loc["worst", "value"], "best": every.loc["best", "value"]}
    if len(asked):
        ends |= {"low": asked.loc["worst", "value"], "high": asked.loc["best", "value"]}
    return say(text, **{name: number(value, "%") for name, value in ends.items()})


def _tipping(heard: Hearing) -> Html:
    every, tips = of_whole(heard, "all"), heard.tipping[heard.tipping["whole"] == "all"]
    text, values = "", {f"less_{less}": number(every.loc[f"less {less}", "value"], "%") for less in (10, 20)}
    for tip in tips.to_dict("records"):
        text = _tip(tip)
        ends = (-tip["hi"], -tip["lo"]) if tip["hi"] < 0 else (tip["lo"], tip["hi"])
        values |= {
            "goal": f"{tip['goal']:g}%",
            "size": number(abs(tip["points"]), "pts"),
            "ends": interval(*ends, "pts"),
        }
    text += (
        "Were they 10 points less happy than those like them, CSAT of all would be {less_10}; at 20 points {less_20}."
    )
    more, known = _yardstick(heard)
    return say(text + more, **values, **known)


def _tip(tip: dict) -> str:
    """Say what the others would have to be like for the goal to be missed or reached."""
    if tip["lo"] > 0:
        return (
            "The goal of {goal} is missed if those not heard are {size} (95% {ends}) less happy than those like them. "
        )
    if tip["hi"] < 0:
        return "The goal of {goal} is reached only if those not heard are {size} (95% {ends}) happier than those like them. "
    side = "less happy" if tip["points"] >= 0 else "happier"
    return (
        "Whether all contacts reach the goal of {goal} is too close to call even if the others are like those who answered: "
        f"it turns on their being {{size}} {side} (95% {{ends}} less happy, below zero happier). "
    )


def _yardstick(heard: Hearing) -> tuple[str, dict[str, str]]:
    """Say how much less happy answers with a sign of trouble are, so that a reader can judge what ten points mean."""
    wide = heard.moods[heard.moods["n"] >= FEWEST].pivot(index="sign", columns="group", values="value")
    wide = wide.reindex(columns=["with", "without"]).dropna().sort_index()
    if wide.empty:
        return "", {}
    sign = str((wide["with"] - wide["without"]).idxmin())
    ends = {"with_it": number(wide.loc[sign, "with"], "%"), "without": number(wide.loc[sign, "without"], "%")}
    words = " For scale: CSAT of answers after contacts that {sign} is {with_it}, of the others {without}."
    return words, ends | {"sign": SIGNS[sign].plural}


def _lean(heard: Hearing) -> Html | None:
    """Say whether those who were asked and kept silent show more trouble than those who answered."""
    group = UNHEARD if is_missing(heard.counts["asked"]) else SILENT
    rows = heard.silent[(heard.silent["group"] == group) & (heard.silent["certainty"] != "")]
    if rows.empty:
        return None
    who = "Those who were asked and kept silent" if group == SILENT else "Those who did not answer"
    real = rows[rows["certainty"].isin(CERTAIN)].to_dict("records")
    if (rows["certainty"] == "cannot tell").all():
        return say("{who}: too few to tell whether they show more trouble than those who answered.", who=who)
    if not real:
        words = "{who} show neither more nor less trouble, beyond chance, than those who answered in the same kinds of contact. A "
        return say(words + "mood that shows in nothing but words would not be seen here.", who=who)
    words = [f"{change(row['difference'], '%')} of their contacts {SIGNS[row['sign']].plural}" for row in real]
    certainty = "sure" if all(row["certainty"] == "sure" for row in real) else "likely"
    text = "{who} differ from those who answered in the same kinds of contact: {words}."
    return say(text, certainty, who=who, words="; ".join(words))


def left(heard: Hearing, period: Period, rules: MetricRules) -> Html | None:
    """Say whether customers who left soon after a contact had answered, and what they had said; None without contacts."""
    rows = heard.leavers.set_index("measure")
    if not heard.counts.get("contacts"):
        return None
    if "answered" not in rows.index:
        return say(
            "Whether customers who left had been heard cannot be told: {why}. {settles}",
            why=_of_leavers(heard, "why") or "no contact without an answer is in the data",
            settles=_of_leavers(heard, "settles"),
        )
    answered, bad = rows.loc["answered"], rows.loc["unhappy"]
    surveys = "surveys had gone to" if "asked" in rows.index else "contacts were the last of"
    start = say(
        "In the {days} days up to the end of {period}, {n} {surveys} customers who left within {left} days. {rate} were answered; "
        "after comparable contacts of customers who stayed, {others}.",
        answered["certainty"],
        days=rules.agent_days,
        period=period.words,
        n=count(answered["n"]),
        surveys=surveys,
        left=LEFT_DAYS,
        rate=figure(answered),
        others=number(answered["others"], "%"),
    )
    hits = round(bad["value"] * bad["n"] / 100)
    scores = say(
        "**{got} gave a score of 1 or 2** ({rate}); of as many comparable customers who stayed about {expected} would have ({others}).",
        bad["certainty"],
        got=count(hits) if hits else "None",
        expected=count(round(bad["others"] * bad["n"] / 100)),
        rate=figure(bad).replace(" (", ", ").removesuffix(")"),
        others=number(bad["others"], "%"),
    )
    return _joined([start, scores, *_reading(rows)])


def _reading(rows: pd.DataFrame) -> list[Html]:
    """Say what it means when leavers' bad scores are missing."""
    bad, lines = rows.loc["unhappy"], []
    if bad["certainty"] not in CERTAIN or bad["difference"] > 0:
        return lines
    if "csat" in rows.index:
        csat, text = rows.loc["csat"], "CSAT of the leavers' answers is {csat}, of comparable answers {others}."
        lines.append(say(text, csat["certainty"], csat=figure(csat), others=number(csat["others"], "%")))
    text = "Either those who leave are more content than those who stay, or the unhappy leave without a word. Only asking them "
    return [*lines, say(text + "settles it.")]


def _of_leavers(heard: Hearing, column: str) -> str:
    rows = heard.missing[heard.missing["what"] == LEAVERS]
    return reason(rows[column].iloc[0]) if len(rows) else ""


def to_do(heard: Hearing, owner: str = "Head of service") -> Html | None:
    """Say what would settle it: a random tenth of the silent by telephone, and how surely that would tell.

    A tenth of a few tells nothing: then thirty are asked, or all. None where there is nobody to ask.
    """
    counts = heard.counts
    if not counts.get("contacts"):
        return None
    recorded = not is_missing(counts["asked"])
    among = int((counts["asked"] if recorded else counts["contacts"]) - counts["answered"])
    if not among:
        return say(
            "**{owner}:** have all surveys sent exported, the unanswered ones too; until then nobody knows whom to ask.",
            owner=owner,
        )
    tenth, need = min(max(FEWEST, round(among * PART)), among), interviews(MARGIN, among)
    who = "the silent" if recorded else "those without an answer"
    text = "**{owner}:** draw {part} of {who} at random{of} and ask them the survey's own question by telephone, before the next "
    text += "report. {tenth} answers tell the CSAT of {who} within ±{points}; for ±{margin} ask {need}. Draw about three times as "
    text += "many, because not everybody picks up, and count who did not."
    if among <= 3 * FEWEST:
        text = "**{owner}:** ask all of {who} ({among}) the survey's own question by telephone, before the next report, and count "
        text += "who does not pick up: a sample of so few would tell too little."
    first = say(
        text,
        owner=owner, who=who, tenth=count(tenth), among=count(among), points=number(precision(tenth, among), "pts"),
        margin=number(MARGIN, "pts"), need=count(need),
        part="a tenth" if tenth > FEWEST else count(tenth),
        of=f" ({count(tenth)} of {count(among)})" if tenth > FEWEST else f" (there are {count(among)})",
    )  # fmt: skip
    never = heard.silent[
        (heard.silent["group"] == UNASKED)
        & (heard.silent["sign"] == "unsolved")
        & heard.silent["certainty"].isin(CERTAIN)
    ]
    if never.empty:
        return first
    return first + say(
        "**{owner}:** send the survey after some of the contacts that stay unsolved, too: {share} of those not asked were not "
        "solved, and no answer speaks for them.",
        owner=owner, share=number(never["value"].iloc[0], "%"),
    )  # fmt: skip


def limits(heard: Hearing) -> pd.DataFrame:
    """Return what stays open about those not heard, for the page of limits: what, why, settles.

    Nothing where no satisfaction was asked at all: that stands among what the data are not fit for.
    """
    rows = heard.missing.to_dict("records") if heard.counts else []
    if heard.counts.get("answered") and heard.counts["answered"] < heard.counts["contacts"]:
        every = of_whole(heard, "all")
        share = heard.counts["answered"] / heard.counts["contacts"]
        why = (
            f"{share:.0%} of the contacts have an answer; whatever the others think, CSAT of all lies between "
            f"{every.loc['worst', 'value']:.0f}% and {every.loc['best', 'value']:.0f}%, and weighting cannot see a mood that shows in "
            "nothing else"
        )
        what, settles = (
            "How satisfied those are who were not heard",
            "Ask a random tenth of those who did not answer by telephone.",
        )
        settles = " ".join([settles, *(row["settles"] for row in rows if row["what"] == what)])
        first = {"what": what, "why": why, "settles": settles}
        rows = [first, *(row for row in rows if row["what"] != what)]
    return pd.DataFrame(rows, columns=["what", "why", "settles"])
