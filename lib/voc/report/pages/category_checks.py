"""What speaks against the categories: labels that texts contradict, keywords that mislead, drift; and the list to label."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from ...analysis.rules import MetricRules
from ...analysis.themes.accuracy import ANSWERED, MIX, PROBABILITY, RIGHT, contradicted
from ...data.periods import Period
from ..style import NBSP, change, cut, interval, number
from ..tables import Html, safe_href, say

MOST_NAMED = 4
REAL = ("sure", "likely")
DRIFTS = {
    ANSWERED: "Texts that the model would answer", PROBABILITY: "Its mean probability", RIGHT: "Its answers that agree with the label",
}  # fmt: skip


def doubts(checked: pd.DataFrame, period_ids: Sequence[str], owner: str = "") -> Html:
    """Say how many labels their own text contradicts, in all and in the period, and what to do about them."""
    labelled = int((checked["origin"] == "source").sum())
    rows = contradicted(checked)
    if not labelled or rows.empty:
        return say("No label of the help desk is plainly contradicted by its text.") if labelled else Html("")
    here = int(rows["interaction_id"].isin(list(period_ids)).sum())
    first = rows.groupby(["category", "model_category"]).size().sort_values(ascending=False, kind="stable")
    pair, n = first.index[0], int(first.iloc[0])
    return say(
        "**{n}** of {of} labels ({share}) are contradicted by their own text: the model, which has not seen them, is over 95% "
        "sure of another category; {here} of them in this period. Most frequent: labelled {label}, reads like {said} ({most}). "
        "Next{who}: read those in the labelling list; one of the two is wrong, and a reader sees which.",
        certainty="likely", n=f"{len(rows):,}", of=f"{labelled:,}", share=f"{len(rows) / labelled:.1%}", here=f"{here:,}",
        label=cut(pair[0]), said=cut(pair[1]), most=f"{n:,}", who=f" for {owner}" if owner else "",
    )  # fmt: skip


def keywords(rows: pd.DataFrame, owner: str = "") -> Html:
    """Say which keywords are wrong too often to be believed (``Sorted.keywords``), and what to do about them."""
    wrong = rows[~rows["believed"].astype(bool)].sort_values(["right", "issue"])
    if wrong.empty:
        judged = int((rows["checked"] > 0).sum())
        return say("The keywords of {n} issues could be checked; none is surely too often wrong.", n=judged) if judged else Html("")  # fmt: skip
    named = [
        f"{cut(row['issue'])} ({row['right']:.0f}% right, 95% {interval(row['lo'], row['hi'], '%')}, n{NBSP}{row['checked']:,})"
        for row in wrong.head(MOST_NAMED).to_dict("records")
    ]
    more = f" and {len(wrong) - MOST_NAMED} more" if len(wrong) > MOST_NAMED else ""
    return say(
        "Keywords of {n} issues are wrong too often and are left to the model: {named}{more}. Next{who}: read ten contacts "
        "where they misled, and make them longer or take them out of the taxonomy.",
        certainty="sure", n=len(wrong), named="; ".join(named), more=more, who=f" for {owner}" if owner else "",
    )  # fmt: skip


def drifting(rows: pd.DataFrame, period: Period, rules: MetricRules) -> Html:
    """Say whether the period's texts move away from what the model knows (``accuracy.drift``)."""
    own = rows[rows["what"].isin(list(DRIFTS))]
    if own.empty:
        return say(
            "Whether texts move away from what the model knows cannot be told: there is no model, or no period before."
        )
    if (own["why"] != "").all():
        why = own["why"].iloc[0]
        return say(
            "Whether texts move away from what the model knows cannot be told: {why}.", certainty="cannot tell", why=why
        )
    told = own[own["certainty"].isin(REAL)]
    mixed = rows[(rows["what"] == MIX) & rows["certainty"].isin(REAL)]
    lines = [_moved(row, period) for row in told.to_dict("records")]
    if not lines:
        row = own[own["what"] == ANSWERED].iloc[0]
        lines = [say(
            "The model knows the texts of {period} as well as those of {before}: it would answer {now} against {then} "
            "(chance alone makes ±{floor}).", certainty="within noise", period=period.words, before=period.previous().words,
            now=number(row["value"], "%"), then=number(row["before"], "%"), floor=number(row["floor"], "pts"),
        )]  # fmt: skip
    if len(mixed):
        named = "; ".join(
            f"{cut(row['label'])} {change(row['change'], '%')} to {number(row['value'], '%')}"
            for row in mixed.head(MOST_NAMED).to_dict("records")
        )
        lines.append(say("What is written about did change, as the model reads it: {named}.", named=named))
    return sum(lines[1:], lines[0])


def _moved(row: Mapping, period: Period) -> Html:
    worse = row["change"] < 0
    step = "Next: label the list below; new matters and new words are in it." if worse else "Nothing needs to be done."
    return say(
        "{what} {verb} from {then} to {now} (n {n}; chance alone makes ±{floor}). {step}", certainty=row["certainty"],
        what=DRIFTS[row["what"]], verb="fell" if worse else "rose", then=number(row["before"], "%"),
        now=number(row["value"], "%"), n=f"{row['n']:,}", floor=number(row["floor"], "pts"), step=step,
    )  # fmt: skip


def labelling(rows: pd.DataFrame, href: str) -> Html:
    """Say what the labelling list holds and what becomes of it (``labelling.worklist``)."""
    if rows.empty:
        return say("Nothing has to be labelled this time.")
    counts = rows["why"].value_counts()
    named = ", ".join(f"{counts[why]:,} {why}" for why in dict.fromkeys(rows["why"]))
    link = Html(f'<a href="{safe_href(href)}">{len(rows):,} contacts to label</a>', f"{len(rows):,} contacts to label")
    return say(
        "{link}: {named}. They teach the model most: the most useful stand first, near-duplicates only once, and those drawn at "
        "random say how often the help desk's own labels are right. Fill in your_category or your_issue; the next run reads it.",
        link=link, named=named,
    )  # fmt: skip
