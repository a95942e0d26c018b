"""The problems that weigh most, as a sentence each, a chart and a table: what is new in them, who takes them up, how."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd

from ...analysis.rules import MetricRules
from ...data.periods import Period
from ..canvas import Picture
from ..charts.parts import interval_bars
from ..charts.weigh import weigh
from ..style import NBSP, cut, field_words, is_missing, number
from ..tables import Col, Html, say, table
from .problem_stories import capital, sentences, span_of

__all__ = ["chart", "lead", "limits", "overview", "sentences", "weighed"]

PLURAL = {"issue": "issues", "category": "categories"}
COUNTS = ("no", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten")
MOST_NAMED = 4


def lead(problems: pd.DataFrame, period: Period, rules: MetricRules) -> Html:
    """Say what the heaviest problems make up together, how sure their places are, and what is new among them."""
    if problems.empty:
        return say("No contact of {period} has a problem named, so nothing can be weighed.", period=period.words)
    if not weighed(problems):
        return say("{why} What is common is listed below; it is not yet what hurts.", why=_unweighed(problems, rules))
    many, share, heavy = _many(problems), problems["share"].sum(), problems["weight_share"].sum()
    of = "of those expected to end unhappy (1 or 2 of 5)" if _measured(problems) else "of the weight"
    template = "The {many} that weigh most in {period} hold **{share}** of the contacts and **{heavy}** {of}. {hours}"
    if _all_there(problems):
        template = "The contacts of {period} whose {word} is known are of {many}, and all are weighed. {hours}"
    text = say(
        template, many=many, period=period.words, share=f"{share:.0f}%", heavy=f"{heavy:.0f}%", of=of,
        word=_word(problems), hours=_hours(problems, rules),
    )  # fmt: skip
    return text + say("{places} {news}", places=_places(problems), news=_news(problems, period))


def chart(problems: pd.DataFrame, period: Period) -> Picture | None:
    """Draw what the problems weigh: contacts and the part expected to end unhappy, or weights from params; else None."""
    if not weighed(problems):
        return None
    of = "of the unhappy ones" if _measured(problems) else "of the weight"
    sharp = problems[problems["bitter"].isin(["sure", "likely"])]
    if len(sharp):
        row = sharp.loc[(sharp["weight_share"] - sharp["share"]).idxmax()]
        title = f"{capital(cut(row['label']))}: {row['share']:.0f}% of contacts, {row['weight_share']:.0f}% {of}"
    elif _all_there(problems):
        row = problems.iloc[0]
        title = f"{capital(cut(row['label']))} surely weighs most: {row['share']:.0f}% of contacts, {row['weight_share']:.0f}% {of}"
        title = title if row["rank_hi"] == 1 else f"None of the {_many(problems)} surely weighs most"
    else:
        title = f"{capital(_many(problems))} hold {problems['share'].sum():.0f}% of contacts, {problems['weight_share'].sum():.0f}% {of}"
    rows = problems.assign(place=[_place(row) for row in problems.to_dict("records")])
    told = [f"{cut(row['label'])} {row['weight']:.0f} of {row['contacts']:,}" for row in rows.to_dict("records")]
    if not _measured(problems):
        rows = rows.rename(columns={"weight": "value"})[["label", "value", "lo", "hi"]].assign(n=problems["contacts"])
        subtitle = f"Contacts times the weight that params give, {period.words}; n contacts"
        return interval_bars(
            rows,
            title=title,
            subtitle=subtitle,
            unit="contacts",
            alt=f"Problems by weight, of contacts: {'; '.join(told)}",
        )
    subtitle = f"Contacts, and how many of them are expected to end unhappy (1 or 2 of 5), {period.words}; before the name its place; n {int(problems['answers'].sum()):,} answers"
    alt = f"Problems by expected unhappy contacts, of all: {'; '.join(told)}."
    return weigh(rows, title=title, subtitle=subtitle, alt=alt, part="expected unhappy")


def overview(problems: pd.DataFrame, period: Period, rules: MetricRules) -> Html:
    """Show the heaviest problems with everything that is known of them."""
    measured, able = _measured(problems), weighed(problems)
    rows = pd.DataFrame([_cells(row, rules) for row in problems.to_dict("records")])
    columns = [Col("label", capital(_word(problems))), Col("place", "Place"), Col("contacts", "Contacts", "number", "contacts"),
               Col("change", f"Against {period.previous().label}", "change", "contacts"),
               Col("severity", "Expected unhappy (95% interval)" if measured else "Severity", "number"),
               Col("weight", "Their number" if measured else "Weight", "number"), Col("hours", "Hours recorded (of contacts)", "number"),
               Col("money", f"Their cost, {rules.currency}".rstrip(", "), "number"), Col("csat", "CSAT", "number")]  # fmt: skip
    known = [column for column in columns if len(rows) and (rows[column.name].astype(str).str.len() > 0).any()]
    caption = f"{'Problems that weigh most' if able else 'Most frequent problems'}, {period.words}"
    return table(rows, columns=known or columns, caption=caption, empty="No problem is named in these contacts.")


def _cells(row: Mapping, rules: MetricRules) -> dict[str, Any]:
    """Write a row's cells: a figure with what makes it sure in one cell, empty where it is not known."""
    severity = (
        f"{row['severity']:.0f}% ({row['severity_lo']:.0f}–{row['severity_hi']:.0f}%)"
        if row["measured"]
        else number(row["severity"], "")
    )
    weight = f"{number(round(row['weight']), 'contacts')} ({span_of(row)})" if not is_missing(row["rank"]) else ""
    hours = f"{row['hours']:,.1f} ({row['hours_known']:.0f}%)" if not is_missing(row["hours"]) else ""
    money = number(round(row["money"]), "contacts") if not is_missing(row["money"]) else ""
    return {
        "label": row["label"], "place": _place(row), "contacts": row["contacts"], "change": row["change"],
        "certainty": row["certainty"], "severity": severity if weight else "", "weight": weight, "hours": hours, "money": money,
        "csat": _csat(row, rules),
    }  # fmt: skip


def limits(problems: pd.DataFrame, carriers: pd.DataFrame, rules: MetricRules) -> pd.DataFrame:
    """List what these figures cannot say: what, why, settles (what would settle it)."""
    rows, word = [], _word(problems)
    if problems.empty:
        rows.append(
            (
                "Which problem weighs most",
                "no contact has a problem named",
                "Have an issue chosen when a contact is closed.",
            )
        )
    elif not weighed(problems):
        asked = problems[["answers", "answers_before"]].sum().sum()
        settles = (
            f"{'More answers' if asked else 'Ask for satisfaction after contacts'}, or give weights (metrics.severity)."
        )
        rows.append((f"Which {word} weighs most", _unweighed(problems, rules), settles))
    elif _measured(problems) and (answers := int(problems["answers"].sum())) < (
        contacts := int(problems["contacts"].sum())
    ):
        why = (
            f"{answers:,} of the {contacts:,} contacts about these have an answer; the others are taken to be like them"
        )
        rows.append(
            (
                f"Which {word} weighs most among those who did not answer",
                why,
                "Ask a random sample of them by telephone.",
            )
        )
    if len(problems) and (n := int(problems["unlabelled"].iloc[0])):
        rows.append(
            (
                f"What {n:,} contacts are about",
                f"they have no {word}",
                f"Have the {word} chosen when a contact is closed.",
            )
        )
    if weighed(problems) and (n := int(problems["unranked"].iloc[0])):
        rows.append(
            (
                f"Where {n} more {PLURAL.get(word, 'values')} stand",
                _too_few(problems, rules),
                "A longer period, or more answers.",
            )
        )
    for row in carriers[carriers["place"] == 0].to_dict("records"):
        name, why = field_words(row["carried_dimension"]), f"it is known for {row['known']:.0f}% of these contacts"
        rows.append((f"Which {name} carries «{cut(row['label'])}»", why, f"Have the {name} noted with each contact."))
    return pd.DataFrame(rows, columns=["what", "why", "settles"])


def weighed(problems: pd.DataFrame) -> bool:
    """Tell whether the problems have places, not only counts."""
    return bool(problems["rank"].notna().any())


def _all_there(problems: pd.DataFrame) -> bool:
    """Tell whether the heaviest problems are all that there are, so that their part of the whole says nothing."""
    return len(problems) > 1 and problems["ranked"].iloc[0] <= len(problems) and not problems["unranked"].iloc[0]


def _word(problems: pd.DataFrame) -> str:
    return field_words(problems["dimension"].iloc[0]) if len(problems) else "problem"


def _measured(problems: pd.DataFrame) -> bool:
    return bool(problems["measured"].astype(bool).any())


def _unweighed(problems: pd.DataFrame, rules: MetricRules) -> str:
    answers = int(problems[["answers", "answers_before"]].sum().sum())
    if problems["severity"].isna().all() and 0 < answers < rules.min_n:
        return f"Nothing can be weighed: {_too_few(problems, rules)}."
    if problems["severity"].isna().all() and answers:
        return f"Not one of the {answers:,} answers about these, the year before included, is a 1 or a 2, so none weighs by how it ends."
    if problems["severity"].isna().all():
        return "The data have no satisfaction answers and params give no severity, so nothing can be weighed."
    return f"Nothing can be weighed: {_too_few(problems, rules)}."


def _too_few(problems: pd.DataFrame, rules: MetricRules) -> str:
    what = "answers, those of the year before included" if _measured(problems) else "contacts"
    return f"each has fewer than {rules.min_n} {what}"


def _many(problems: pd.DataFrame) -> str:
    n, word = len(problems), problems["dimension"].iloc[0]
    name = PLURAL.get(word, f"values of {field_words(word)}") if n > 1 else field_words(word)
    return f"{_count(n)} {name}"


def _count(n: int) -> str:
    return COUNTS[n] if n < len(COUNTS) else str(n)


def _place(row: Mapping) -> str:
    if is_missing(row["rank"]):
        return ""
    first, last = int(row["rank_lo"]), int(row["rank_hi"])
    return str(first) if first == last else f"{first}–{last}"


def _csat(row: Mapping, rules: MetricRules) -> str:
    if is_missing(row["csat"]):
        return ""
    if row["answers"] < rules.min_n:
        return f"too few ({row['answers']:.0f})"
    return f"{row['csat']:.0f}% ({row['csat_lo']:.0f}–{row['csat_hi']:.0f}%)"


def _hours(problems: pd.DataFrame, rules: MetricRules) -> str:
    if not problems["hours"].notna().any():
        return ""
    money = problems["money"].sum()
    cost = f" ({number(round(money), 'contacts')}{NBSP}{rules.currency}".rstrip() + ")" if money else ""
    known = (problems["hours_known"] * problems["contacts"]).sum() / problems["contacts"].sum()
    start = f"Their recorded handling took {problems['hours'].sum():,.0f} hours{cost}"
    return f"{start}." if known > 99.5 else f"{start}; {known:.0f}% of them have a record, the rest comes on top."


def _places(problems: pd.DataFrame) -> str:
    """Say which problems surely belong here, and which left out could stand in place of the others."""
    many, left = len(problems), int(problems["unranked"].iloc[0])
    belong = problems["rank_hi"] <= many
    text = "A place such as 1–4 means that chance alone could put the problem anywhere from first to fourth."
    if left:
        want = "answers" if _measured(problems) else "contacts"
        text += f" Not weighed, for want of {want}: {left} more with {problems['unranked_share'].iloc[0]:.0f}% of the contacts."
    if belong.all() or problems["ranked"].iloc[0] <= many:
        return text
    out = list(dict.fromkeys(name for names in problems["tied"] for name in names.split("; ") if name))
    more = f" and {len(out) - MOST_NAMED} more" if len(out) > MOST_NAMED else ""
    others = ", ".join(cut(name) for name in out[:MOST_NAMED]) + more
    sure = ", ".join(cut(label) for label in problems.loc[belong, "label"])
    if not sure:
        return f"{text} None surely weighs more than {others}."
    return f"{text} Surely among the first {_count(many)}: {sure}; the others cannot be told from {others}."


def _news(problems: pd.DataFrame, period: Period) -> str:
    """Say which problems were not among the heaviest a period before, and whether chance can do that."""
    if problems["rank_before"].isna().all():
        return ""
    then, many = period.previous().words, len(problems)
    new = problems[~(problems["rank_before"] <= many)]
    if new.empty:
        return f"All of them were among the first {_count(many)} in {then} too."
    names = []
    for row in new.to_dict("records"):
        was = "too few to tell" if is_missing(row["rank_before"]) else f"place {row['rank_before']:.0f}"
        chance = row["rank_hi"] > many and row["certainty"] not in ("sure", "likely")
        names.append(f"{cut(row['label'])} ({was} then{', which chance alone can do' if chance else ''})")
    return f"Not among the first {_count(many)} in {then}: {', '.join(names)}."
