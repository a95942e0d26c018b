"""Questions that may be answered already: sentences and tables."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ...analysis.rules import MetricRules
from ..folds import fold
from ..style import cut, interval, is_missing, number
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
