"""Questions that may be answered already, and how much of all keywords alone sort: sentences and tables."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ...analysis.rules import MetricRules
from ..folds import fold
from ..style import NBSP, cut, interval, is_missing, number
from ..tables import Col, Html, say, table
from .content import owner_for


def answered_said(candidates: pd.DataFrame, contacts: int, rules: MetricRules) -> Html:
    """Say how many questions may be answered already, that this is a list of candidates, and what would settle it."""
    if candidates.empty:
        return say(
            "No issue's customers say more often than others that the answer may stand somewhere, and none is clearly easier."
        )
    words = candidates[candidates["signs"] != "easy"]
    settles = "Settle it by reading twenty of each beside the help pages, or have agents tick «answered with a link» for two weeks."
    if words.empty:
        return say("{n} issues are easier than the others, but no customer says that the answer stands anywhere. {settles}",
                   n=len(candidates), settles=settles)  # fmt: skip
    names = ", ".join(cut(name) for name in words["issue"])
    hours = words["hours"].sum(min_count=1)
    takes = "" if is_missing(hours) else (
        f" Those of them that say so or are easy took about {hours:,.0f} hours of handling in the last {rules.agent_days} days "
        f"({interval(words['hours_lo'].sum(), words['hours_hi'].sum(), 'contacts')}, as the shares are uncertain)."
    )  # fmt: skip
    return say(
        "**Candidates, not proof**: customers of {names} say more often than others that the answer may stand on the site already or "
        "that they did not find it there: {said} of {n} contacts about these issues, which are {share} of all contacts.{takes} {settles}",
        names=names, said=number(words["said"].sum(), "contacts"), n=number(words["n"].sum(), "contacts"),
        share=f"{100 * words['n'].sum() / max(contacts, 1):.0f}%", takes=takes, settles=settles,
    )  # fmt: skip


def answered(candidates: pd.DataFrame, owners: Mapping[str, Mapping[str, str]]) -> Html:
    """Fold away the candidates with both signs, hours and who could check."""
    records = candidates.to_dict("records")
    rows = candidates.assign(
        says=[_share(row, "said") for row in records],
        light=[_share(row, "easy") for row in records],
        time=["" if is_missing(row["hours"]) else f"{row['hours']:,.0f} ({interval(row['hours_lo'], row['hours_hi'], 'contacts')})" for row in records],
        grounds=candidates["signs"].map({"both": "words and ease", "words": "words", "easy": "ease alone"}),
        owner=[owner_for(row, owners) or "nobody named" for row in records],
    )  # fmt: skip
    columns = [
        Col("issue", "Issue"), Col("n", "Contacts", "number", "contacts"), Col("says", "Say so (others)", "number"),
        Col("light", "Easy (others)", "number"), Col("time", "Hours of these", "number"), Col("grounds", "Grounds"),
        Col("certainty", "How sure", "chip"), Col("owner", "Who checks"),
    ]  # fmt: skip
    if rows.empty:
        return Html("")
    shown = table(rows, columns=columns, caption="Questions that may be answered already: candidates", wide=True)
    return fold(
        f"The {len(rows)} candidates with both signs" if len(rows) > 1 else "The candidate with both signs", shown
    )


def _share(row: Mapping, name: str) -> str:
    if is_missing(row[f"{name}_share"]):
        return ""
    return f"{row[f'{name}_share']:.0f}% ({interval(row[f'{name}_lo'], row[f'{name}_hi'], '%')}; {row[f'{name}_others']:.0f}%)"


def coverage_said(covered: pd.DataFrame) -> Html:
    """Say how much of the contacts with words keywords sort, and how often they agree with the source."""
    row = covered.iloc[0]
    if not row["n"]:
        return say("No contact has a text, so keywords sort nothing.")
    agree = "" if is_missing(row["agree"]) else (
        f" Where the source names an issue too, both agree in {row['agree']:.1f}% (95% {interval(row['agree_lo'], row['agree_hi'], '%')}, "
        f"n{NBSP}{row['labelled']:,.0f})."
    )  # fmt: skip
    template = "Keywords alone sort **{share}** of the {n} contacts with words; {several} match several categories, {none} none.{agree}"
    return say(template, share=f"{row['sorted']:.0f}%", n=number(row["n"], "contacts"), several=f"{row['several']:.0f}%",
               none=f"{row['none']:.0f}%", agree=agree)  # fmt: skip


def coverage_table(covered: pd.DataFrame) -> Html:
    """Show what keywords sort, by language."""
    rows = covered.assign(agreement=[
        "" if is_missing(row["agree"]) else f"{row['agree']:.1f}% ({interval(row['agree_lo'], row['agree_hi'], '%')})"
        for row in covered.to_dict("records")
    ])  # fmt: skip
    columns = [
        Col("language", "Language"), Col("n", "Contacts with words", "number", "contacts"), Col("one issue", "One issue", "number", "%"),
        Col("one category", "One category", "number", "%"), Col("several", "Several", "number", "%"), Col("none", "None", "number", "%"),
        Col("agreement", "Same issue as the source (95% interval)", "number"),
    ]  # fmt: skip
    return table(rows, columns=columns, caption="What keywords alone sort", wide=True)
