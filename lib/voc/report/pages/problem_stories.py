"""What is told of each of the heaviest problems: what moved or is carried, what ends badly, what is mere number."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ...analysis.findings import owner_of
from ...data.periods import Period
from ..sentences import floor_words, phrase
from ..style import cut, field_words, interval, is_missing, number
from ..tables import Html, say

SURE_WORDS = {"sure": "surely", "likely": "likely"}
CLEARLY = 1.5  # times the share of all at which too few answers are called too few, not «no worse»


def sentences(
    problems: pd.DataFrame, carriers: pd.DataFrame, period: Period, owners: Mapping[str, Mapping[str, str]]
) -> Html | None:
    """Say why each problem weighs: what moved or is carried first, then what ends badly, then mere number.

    Each with its owner and the next step. None where nothing is weighed.
    """
    if not problems["rank"].notna().any():
        return None
    rows = problems.to_dict("records")
    of = {label: part.to_dict("records") for label, part in carriers[carriers["place"] > 0].groupby("label")}
    moved = [row for row in rows if row["certainty"] in SURE_WORDS or row["label"] in of]
    still = [row for row in rows if row not in moved]
    lines = [_story(row, of.get(row["label"], []), period, owners) for row in moved]
    bitter = [row for row in still if row["bitter"] in SURE_WORDS]
    unclear = [
        row
        for row in still
        if row["measured"] and row not in bitter and row["severity"] >= CLEARLY * row["severity_all"]
    ]
    lines += _bitter(bitter, owners) + _unclear(unclear, owners)
    seldom = set(carriers.loc[carriers["place"] == 0, "label"])
    lines += _plain([row for row in still if row not in bitter and row not in unclear], owners, seldom)
    if not any(_owner(row, owners) for row in rows):
        lines.append(say("Nobody is named for these problems: write owners into the teams file."))
    return sum(lines[1:], lines[0])


def _story(row: Mapping, carriers: list[Mapping], period: Period, owners: Mapping[str, Mapping[str, str]]) -> Html:
    """Tell a problem that grew or shrank, or that one value carries."""
    return say(
        "**{name}**: {size} {why} {where} {step}",
        name=capital(cut(row["label"])), size=_size(row), why=" ".join([*_moved(row, period), *_ends(row)]),
        where=" ".join(_where(one, period) for one in carriers), step=_for(row, owners, _step(row, carriers, period)),
    )  # fmt: skip


def _bitter(rows: list[Mapping], owners: Mapping[str, Mapping[str, str]]) -> list[Html]:
    """Tell the problems that weigh by how they end, in one paragraph with one step."""
    if not rows:
        return []
    more = sum(_excess(row) for row in rows)
    return [
        say(
            "**They weigh by how they end**. Expected unhappy, where {all} is usual: {rows}. That is about {more} unhappy ones "
            "more than if they ended like the others. Read their answers of 1 and 2: is it the matter "
            "itself, or the way it is answered?" if len(rows) > 1 else
            "**It weighs by how it ends**. Expected unhappy, where {all} is usual: {rows}. That is about {more} unhappy ones "
            "more than if it ended like the others. Read its answers of 1 and 2: is it the matter "
            "itself, or the way it is answered?",
            all=f"{rows[0]['severity_all']:.0f}%", rows=_listed(rows, owners), more=f"{more:.0f}",
        )
    ]  # fmt: skip


def _unclear(rows: list[Mapping], owners: Mapping[str, Mapping[str, str]]) -> list[Html]:
    """Tell the problems that may end worse than others, where too few answers say so."""
    if not rows:
        return []
    return [
        say(
            "**Too few answers to say why**. Expected unhappy, where {all} is usual: {rows}. More answers would tell whether "
            "the end is worse than that of others or the number alone weighs.",
            rows=_listed(rows, owners), all=f"{rows[0]['severity_all']:.0f}%",
        )
    ]  # fmt: skip


def _plain(rows: list[Mapping], owners: Mapping[str, Mapping[str, str]], seldom: set[str]) -> list[Html]:
    """Tell the problems that weigh by their number alone: no news, and said to be none."""
    if not rows:
        return []
    compared = not all(is_missing(row["change"]) for row in rows)
    grown = "no change beyond chance" if compared else "no earlier period to compare with"
    unknown = any(row["label"] in seldom for row in rows)
    part = "no part of which enough is known" if unknown else "no part that stands out"
    if not rows[0]["measured"]:
        template = "**By number and given weight**: {rows}, with {grown} and {part}."
        return [say(template, rows=_listed(rows, owners), grown=grown, part=part)]
    return [
        say(
            "**By number alone**. Expected unhappy: {rows}, with no unhappier end than others beyond chance, {grown} and "
            "{part}. That is no news; what would make the question needless helps more here than a better answer.",
            grown=grown, part=part, rows=_listed(rows, owners),
        )
    ]  # fmt: skip


def _listed(rows: list[Mapping], owners: Mapping[str, Mapping[str, str]]) -> str:
    """Write problems in a row: the share of their contacts, its interval, how sure that it is above others, the owner."""
    told = []
    for row in rows:
        if row["measured"]:
            sure = f"{SURE_WORDS[row['bitter']]} above it" if row["bitter"] in SURE_WORDS else ""
            head, facts = f"{row['severity']:.0f}% of {row['contacts']:,} contacts", [_interval(row), sure]
        else:
            head, facts = f"{row['contacts']:,} contacts", [f"weight {number(round(row['weight']), 'contacts')}"]
        facts = "; ".join(fact for fact in [*facts, _owner(row, owners)] if fact)
        told.append(f"{cut(row['label'])}, {head} ({facts})")
    return "; ".join(told)


def capital(text: str) -> str:
    """Begin a sentence with a label."""
    return text[:1].upper() + text[1:]


def span_of(row: Mapping) -> str:
    """Write the interval of a weight."""
    return interval(round(row["lo"]), round(row["hi"]), "contacts") if not is_missing(row["lo"]) else "–"


def _size(row: Mapping) -> str:
    if not row["measured"]:
        return f"{row['contacts']:,} contacts with a severity of {number(row['severity'], '')}: weight {number(round(row['weight']), 'contacts')} ({span_of(row)})."
    share = f"{row['severity']:.0f}% of them expected unhappy ({_interval(row)})"
    return f"{row['contacts']:,} contacts, {share}: about {row['weight']:.0f} ({span_of(row)})."


def _interval(row: Mapping) -> str:
    return f"{row['severity_lo']:.0f}–{row['severity_hi']:.0f}%"


def _excess(row: Mapping) -> float:
    return row["contacts"] * (row["severity"] - row["severity_all"]) / 100


def _moved(row: Mapping, period: Period) -> list[str]:
    if row["certainty"] not in SURE_WORDS:
        return []
    verb, before = "grew" if row["change"] > 0 else "shrank", number(row["before"], "contacts")
    floor = floor_words(row["floor"], "contacts")
    return [
        f"It {SURE_WORDS[row['certainty']]} {verb}: from {before} in {period.previous().words} (chance alone {floor})."
    ]


def _ends(row: Mapping) -> list[str]:
    if row["bitter"] not in SURE_WORDS:
        return []
    return [f"It {SURE_WORDS[row['bitter']]} ends worse than others ({row['severity_all']:.0f}% of all)."]


def _where(one: Mapping, period: Period) -> str:
    """Say which value carries the problem, against its usual part and its part a period before."""
    start = "Apart from these, " if one["place"] > 1 else ""
    share = f"{one['share']:.0f}% of them ({one['certainty']}, {one['lo']:.0f}–{one['hi']:.0f}%)"
    then = f"; in {period.previous().words} it was {one['share_before']:.0f}%" if one["newly"] != "cannot tell" else ""
    where, name = phrase(one["carried_dimension"], one["carried_label"]), field_words(one["carried_dimension"])
    return f"{start}{share} are {where}, against {one['elsewhere']:.0f}% of all other contacts whose {name} is known{then}."


def _step(row: Mapping, carriers: list[Mapping], period: Period) -> str:
    """Say what follows: the place to look first, or the contacts to read."""
    if not carriers:
        return (
            "Read ten of these contacts and name the cause before acting."
            if row["change"] > 0
            else "Check that nothing is lost: a closed form looks the same as fewer problems."
        )
    one = carriers[0]
    value = f"{field_words(one['carried_dimension'])} {cut(one['carried_label'])}"
    if one["newly"] in SURE_WORDS:
        return f"Ask what changed for {value} since {period.previous().words}, and read ten of these contacts first."
    if one["newly"] == "cannot tell":
        return f"Begin with {value}: read ten of these contacts."
    return f"Begin with {value}: its part was no smaller before beyond chance, so look for a lasting cause."


def _for(row: Mapping, owners: Mapping[str, Mapping[str, str]], step: str) -> str:
    owner = _owner(row, owners)
    return f"{owner}: {step[0].lower() + step[1:]}" if owner else step


def _owner(row: Mapping, owners: Mapping[str, Mapping[str, str]]) -> str:
    dimension, label = row["dimension"], row["label"]
    if dimension != "category" and label not in owners.get(dimension, {}) and row["category"]:
        dimension, label = "category", row["category"]
    return owner_of(owners, dimension, label)
