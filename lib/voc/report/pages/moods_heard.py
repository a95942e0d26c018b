"""What scores do not hear, for readers: moods of those not heard, and texts that disagree with their scores."""

from __future__ import annotations

import pandas as pd

from ...analysis.compare import LIKELY, SURE
from ...analysis.nonresponse import ANSWERED, SILENT, UNASKED, UNHEARD
from ...analysis.themes.mood_checks import BAD_TEXT
from ...analysis.themes.panel import shorten
from ..folds import fold
from ..style import change, interval, number
from ..tables import Col, Html, plain, say, table
from .voices import quote

REAL = (SURE, LIKELY)
GROUPS = {ANSWERED: "Answered", SILENT: "Asked, silent", UNASKED: "Not asked", UNHEARD: "No answer"}
CHECKS = {
    BAD_TEXT: "A contact's text is written before the service, its score after: most of these may be complaints that were "
    "solved. What to check: read ten; where the problem was not solved, the survey's scale or its link may mislead.",
    "": "What to check: read them. Praise above a low score is irony, politeness, or the wrong button; praise of a person "
    "and a low score for the company also stand together.",
}


def unheard_said(rows: pd.DataFrame, owner: str = "Head of service") -> Html:
    """Say whether those who were not heard write in another mood than those who answered; ``rows`` from ``unheard``."""
    bad = rows[(rows["mood"] == "negative") & (rows["group"] != ANSWERED)]
    if bad.empty:
        return say(
            "Whether those who were not heard write in another mood cannot be told: there is nobody to compare with."
        )
    lines = []
    for row in bad.to_dict("records"):
        text = (
            "**{group}: {value} of their texts read negative** (95% {ends}, n {n}). Those who answered wrote so in {others} of contacts of "
            "the same kind, a difference of {difference}; chance alone makes ±{floor}."
        )
        lines.append(
            say(
                text,
                row["certainty"],
                group=GROUPS[row["group"]],
                value=number(row["value"], "%"),
                ends=interval(row["lo"], row["hi"], "%"),
                n=number(row["n"], "contacts"),
                others=number(row["others"], "%"),
                difference=change(row["difference"], "%"),
                floor=number(row["floor"], "pts"),
            )
        )
    worse = bad[bad["certainty"].isin(REAL) & (bad["difference"] > 0)]
    if len(worse):
        lines.append(
            say(
                "**{owner}:** CSAT hears the better moods more often. Draw thirty of these contacts at random, read them, and ask their "
                "writers the survey's own question by telephone before the next report.",
                owner=owner,
            )
        )
    return sum(lines[1:], lines[0])


def unheard_table(rows: pd.DataFrame) -> Html:
    """Fold away the moods of those who answered, kept silent and were not asked."""
    shown = rows.assign(
        group=rows["group"].map(GROUPS), mood=rows["mood"].str.capitalize(), better=rows["mood"].map({"negative": "down", "positive": "up"}),
        certainty=rows["certainty"].replace("", None),
    )  # fmt: skip
    columns = [
        Col("group", "Group"), Col("mood", "Mood"), Col("n", "Texts", "number", "contacts"), Col("value", "Share", "number", "%"),
        Col("ends", "95% interval", "interval", "%"), Col("others", "Answered, same kinds", "number", "%"),
        Col("difference", "Difference", "change", "%", better="better"), Col("certainty", "How sure", "chip"),
    ]  # fmt: skip
    if rows.empty:
        return say("Nobody answered a survey, or no score is in the data: there is nothing to compare with.")
    caption = "Moods of the texts of those who answered and of those who were not heard"
    return fold(
        "Moods of those who answered, kept silent and were not asked",
        table(shown, columns=columns, caption=caption, wide=True),
    )


def disagreement_said(rows: pd.DataFrame) -> Html:
    """Say how often text and score disagree, what the reading's errors would make of it, and what to check."""
    lines = []
    for row in rows.to_dict("records"):
        scores = "4 or 5" if row["kind"] == BAD_TEXT else "1 or 2"
        mood = "negative" if row["kind"] == BAD_TEXT else "positive"
        if not row["n"]:
            lines.append(say("No text has a score of {scores}: nothing to compare.", scores=scores))
            continue
        text = (
            "**{share} of the customers who scored {scores} wrote a clearly {mood} text** ({hits} of {n}, 95% {ends}). A reading as "
            "faulty as ours is on labelled sentences would by itself show {errors} ({errors_ends})"
        )
        text += (
            ": more than its errors explain. " if row["certainty"] in REAL else ": its errors alone may explain this."
        )
        lines.append(
            say(
                text + (CHECKS[row["kind"] if row["kind"] == BAD_TEXT else ""] if row["certainty"] in REAL else ""),
                row["certainty"],
                share=number(row["value"], "%"),
                scores=scores,
                mood=mood,
                hits=number(row["hits"], "contacts"),
                n=number(row["n"], "contacts"),
                ends=interval(row["lo"], row["hi"], "%"),
                errors=number(row["errors"], "%"),
                errors_ends=interval(row["errors_lo"], row["errors_hi"], "%"),
            )
        )
    return sum(lines[1:], lines[0])


def disagreeing_voices(drawn: pd.DataFrame) -> Html:
    """Fold away texts that disagree with their scores, drawn by lot; ``drawn`` comes from ``mood_checks.drawn``."""
    if drawn.empty:
        return say("No text disagrees clearly with its score.")
    rows = drawn.rename(columns={"csat": "score"}).to_dict("records")
    quotes = "".join(quote(row | {"text": shorten(str(row["text"]))}, mood=str(row["kind"])) for row in rows)
    shown = Html(f'<div class="voices three">{quotes}</div>', plain(quotes))
    return fold(f"{len(rows)} texts that disagree with their score, drawn by lot", shown)
