"""The page of the drivers, first part: what was scored, and the plain picture before anything is held alike."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ..canvas import Picture
from ..charts.grid import distribution
from ..folds import fold
from ..style import cut, is_missing, number, reason
from ..tables import Col, Html, say, table
from .drivers_read import (
    CERTAIN,
    UNKNOWN,
    Found,
    certain,
    count,
    joined,
    more_of,
    movable,
    nothing,
    noun,
    points,
    share,
)

GOOD = (4, 5)
MOST_NAMED = 3


def scored(found: Found, of: str = "") -> Html:
    """Say how many scores there are, which part of them counts as satisfied, and what lies at the ends; ``of`` names the span."""
    if found.why or found.scores.empty:
        return nothing(found.why, "What drives satisfaction")
    n = float(found.scores["n"].sum())
    part = {name: _part(found.scores, scores, n) for name, scores in (("good", GOOD), ("top", (5,)), ("bad", (1, 2)))}
    return say(
        "**{n} answers**{of}: {good} are a 4 or 5, which is what CSAT counts; {top} are a 5, {bad} a 1 or 2. The scores are read in "
        "all their five steps; results are told in points of CSAT, because that is what everybody knows.",
        n=count(n), of=f" of {of}" if of else "", **part,
    )  # fmt: skip


def _part(scores: pd.DataFrame, which: tuple[int, ...], n: float) -> str:
    return number(100 * scores.loc[scores["score"].isin(which), "n"].sum() / n, "%") if n else number(None, "%")


def scores_picture(found: Found, of: str = "") -> Picture | None:
    """Draw how many gave which score; None without answers."""
    rows = found.scores
    if found.why or rows.empty or not rows["n"].sum():
        return None
    top = rows.loc[rows["n"].idxmax()]
    told = "; ".join(f"score {row['score']:.0f}: {number(row['share'], '%')}" for row in rows.to_dict("records"))
    return distribution(
        rows.assign(score=rows["score"].astype(int)),
        title=f"The most frequent score is {top['score']:.0f}, given by {number(top['share'], '%')}",
        subtitle=f"Share of answers by score, %; n\u00a0{count(rows['n'].sum())}{f', {of}' if of else ''}",
        alt=f"Share of answers: {told}.",
        note="Blue: the scores that CSAT counts as satisfied.",
    )


def plain(found: Found) -> Html:
    """Say which drivers go with the scores at all, and show every one that was looked at, also those without a pattern."""
    rows = found.plain
    if found.why or rows.empty:
        return nothing(found.why, "What goes with satisfaction")
    judged = rows[rows["rho"].notna()]
    return joined([_lead(found, judged), _table(judged), _missing(rows[rows["rho"].isna()])])


def _lead(found: Found, judged: pd.DataFrame) -> Html:
    real = certain(judged).sort_values("rho", key=lambda rho: -rho.abs(), kind="stable")
    if real.empty:
        return say("{n} looked at: none goes with the scores beyond chance.", n=noun(len(judged), "driver"))
    first = real.iloc[0]
    return say(
        "{n} looked at; **{real} with the scores beyond chance**. The closest is «{label}» ({rho}, 95% {ends}): the scores are {way} {where}.",
        n=noun(len(judged), "driver"), real=f"{len(real)} {'goes' if len(real) == 1 else 'go'}", label=cut(first["label"]), rho=signed(first["rho"]),
        ends=ends(first), way="higher" if first["rho"] > 0 else "lower", where=where_more(more_of(found, first["driver"])),
    )  # fmt: skip


def where_more(more: str) -> str:
    """Say where a driver is more.

    >>> where_more("longer"), where_more("")
    ('where it is longer', 'where it is so')
    """
    return {"longer": "where it is longer", "more": "where it is more"}.get(more, "where it is so")


def signed(rho: float) -> str:
    """Write a rank correlation with its sign.

    >>> signed(-0.213), signed(0.0)
    ('−0.21', '0.00')
    """
    text = f"{rho:+.2f}".replace("-", "−")
    return text[1:] if text in ("+0.00", "−0.00") else text


def ends(row: Mapping, lo: str = "lo", hi: str = "hi") -> str:
    """Write the interval of a rank correlation."""
    return "" if is_missing(row[lo]) else f"{signed(row[lo])} to {signed(row[hi])}"


def _table(judged: pd.DataFrame) -> Html:
    order = judged.assign(real=judged["certainty"].isin(CERTAIN), size=judged["rho"].abs())
    order = order.sort_values(["real", "size"], ascending=False, kind="stable")
    rows = [
        {
            "label": row["label"], "scale": row["scale"], "rho": signed(row["rho"]), "range": ends(row), "n": row["n"], "people": row["people"],
            "certainty": row["certainty"], "missing": row["missing_pct"],
        }
        for row in order.to_dict("records")
    ]  # fmt: skip
    columns = [
        Col("label", "Driver"), Col("scale", "Measured as"), Col("rho", "Rank correlation with the score", "number"), Col("range", "95% interval", "number"),
        Col("certainty", "How sure", "chip"), Col("n", "Answers", "number", "contacts"), Col("people", "Customers", "number", "contacts"),
        Col("missing", "Not known", "number", "%"),
    ]  # fmt: skip
    caption = "Each driver alone against the score, all contacts together: nothing is held alike yet"
    return table(
        pd.DataFrame(rows), columns=columns, caption=caption, empty="No driver could be set against the scores."
    )


def _missing(rows: pd.DataFrame) -> Html | None:
    if rows.empty:
        return None
    lines = [
        say("**{label}**: {why}.", label=cut(row["label"]), why=reason(row["why"]) or UNKNOWN)
        for row in rows.to_dict("records")
    ]
    return fold(f"{noun(len(rows), 'driver')} that these data cannot tell of", *lines)


def agents(found: Found) -> Html:
    """Say which part of the differences lies between agents, with its interval; nobody is named or ranked."""
    rows = found.agents
    if found.why or rows.empty:
        return nothing(found.why, "Which part of the differences lies between agents")
    lines = [_between(row) for row in rows.to_dict("records")]
    link = 'What is worth copying from an unnamed agent stands under <a href="02_service.html#practices">practices</a>, and whether anybody differs '
    link += 'beyond chance under <a href="02_service.html#agents">people</a>.'
    plain_words = "What is worth copying from an unnamed agent stands under practices, and whether anybody differs beyond chance under people."
    return joined([*lines, Html(f'<p class="say">{link}</p>', plain_words)])


def _between(row: Mapping) -> Html:
    if is_missing(row["share"]):
        return say("**{label}**: {why}.", label=cut(row["label"]), why=row["words"] or UNKNOWN)
    return say(
        "**{label}**: of all that differs between contacts, {part} lies between agents ({agents}, n\u00a0{n}); the rest lies elsewhere. {words}",
        label=cut(row["label"]), part=share(row, "share"), agents=noun(int(row["agents"]), "agent"), n=count(row["n"]),
        words=sentence(row["words"]),
    )  # fmt: skip


def sentence(words: object) -> str:
    """Write words as a sentence of its own; empty stays empty.

    >>> sentence("hardly more than chance")
    'Hardly more than chance.'
    """
    text = "" if is_missing(words) else str(words).strip()
    return text and text[:1].upper() + text[1:] + ("" if text[-1] in ".!?" else ".")


def summary(found: Found) -> Html:
    """Say in one breath what goes with satisfaction once the kind of contact is held alike, for the head of the page."""
    if found.why or found.factors.empty:
        return nothing(found.why, "What drives satisfaction")
    rows = movable(found.factors)
    if rows.empty:
        return say(
            "**These data record nothing of a contact that somebody could change**: no wait, no handling time, no outcome."
        )
    real = certain(rows).sort_values("effect", key=lambda size: -size.abs(), kind="stable")
    open_ = rows[rows["certainty"] == UNKNOWN]
    if real.empty:
        text = "**Of {n} that somebody could change, none moves CSAT beyond chance** when the kind of contact is held alike; of {open} these data cannot tell."
        return say(text, n=noun(len(rows), "factor"), open=len(open_))
    top = [f"{cut(row['label'])} ({row['change']}): {points(row)}" for row in real.head(MOST_NAMED).to_dict("records")]
    return say(
        "**{real} of {n} that somebody could change {verb} with CSAT beyond chance** when the kind of contact is held alike, the largest: {top}. Within noise: "
        "{quiet}; cannot tell: {open}. All of it is association: what would prove it stands beside each.",
        real=len(real), n=noun(len(rows), "factor"), verb="goes" if len(real) == 1 else "go", top="; ".join(top), quiet=len(rows) - len(real) - len(open_), open=len(open_),
    )  # fmt: skip
