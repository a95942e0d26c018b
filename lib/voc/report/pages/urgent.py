"""What cannot wait, for readers: how many and whose, which words, a few voices, the way to each contact, and its limit."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
import pandas as pd

from ...analysis.themes.pressing import by_kind, by_owner, heard
from ...data.periods import Period
from ...text.urgency import KINDS, LEVELS
from ..folds import fold
from ..front_parts import part as front_part
from ..style import cut, number
from ..tables import Col, Html, esc, plain, say, table
from .voices import quote

HREF = "tables/urgent.csv"
WHEN = {"emergency": "At once", "urgent": "Today", "soon": "Soon"}
NAMES = {
    "safety": "Danger to people", "fraud": "Money or account taken", "legal": "Law or authority", "press": "Going public",
    "deadline": "Needed by a day", "escalation": "Asks for somebody above, or writes again", "churn": "Says that he or she leaves",
}  # fmt: skip
MOST_IDS = 4


def shown(rows: pd.DataFrame, contacts: int, texts: pd.DataFrame, rng: np.random.Generator, now: Period) -> Html:
    """Say what cannot wait, fold away the details, and draw a few of its voices (``texts`` from ``panel.texts_of``)."""
    return said(rows, contacts, now) + details(rows, heard(rows, texts, rng) if len(rows) else texts.iloc[:0])


def said(rows: pd.DataFrame, contacts: int, now: Period) -> Html:
    """Say how many contacts cannot wait and whose the pressing ones are, with their ids.

    ``rows`` from ``pressing.pressing``; ``contacts``: those of the period.
    """
    if rows.empty:
        return say("No contact of {period}, and none that is still open, holds words of danger, law, money taken or haste.", period=now.words)  # fmt: skip
    recent, soon = int(rows["recent"].sum()), int((rows["level"] == LEVELS[-1]).sum())
    older = len(rows) - recent
    text = say(
        "**{n}** of the {of} contacts of {period} hold words that should not wait ({share}){older}. {soon} of them all name a near day, "
        "say that they leave or ask for somebody above, and come next in turn.{first}",
        n=f"{recent:,}", of=f"{contacts:,}", period=now.words, share=number(100 * recent / max(contacts, 1), "%"), soon=f"{soon:,}",
        older=f"; {older:,} older {'one is' if older == 1 else 'ones are'} still open" if older else "",
        first=" The others, by who answers for them:" if soon < len(rows) else "",
    )  # fmt: skip
    items = [f"<li>{_for(owner, part)}</li>" for owner, part in _pressing(rows)]
    return text + _listed(items)


def _listed(items: list[str]) -> Html:
    html = f'<ul class="asks">{"".join(items)}</ul>' if items else ""
    return Html(html, plain(html))


def _pressing(rows: pd.DataFrame) -> Iterator[tuple[str, pd.DataFrame]]:
    """Yield owners and what waits for them above «soon», the most pressing first."""
    part = rows[rows["level"] != LEVELS[-1]]
    yield from part.groupby("owner", sort=False)


def _for(owner: str, rows: pd.DataFrame) -> str:
    """Tell one owner what waits: the kinds, how many are not solved, and ids, the unsolved first."""
    first = rows.sort_values("open", ascending=False, kind="stable")["interaction_id"].head(MOST_IDS)
    more = f" and {len(rows) - len(first):,} more" if len(rows) > len(first) else ""
    return f"<strong>{esc(owner or 'Nobody is named')}</strong>: {esc(_kinds(rows))}{_open(rows)}: {esc(', '.join(first))}{more}."


def _kinds(rows: pd.DataFrame) -> str:
    """Count the pressing kinds in words, the most pressing first."""
    counts = {
        kind: sum(kind in kinds.split("|") for kinds in rows["kinds"])
        for kind, known in KINDS.items()
        if known.level != LEVELS[-1]
    }
    told = [f"{n:,} of {NAMES[kind][:1].lower()}{NAMES[kind][1:]}" for kind, n in counts.items() if n]
    first = next(n for n in counts.values() if n)
    return ", ".join(told).replace(" of ", " tells of " if first == 1 else " tell of ", 1)


def _open(rows: pd.DataFrame) -> str:
    if rows["open"].isna().all():
        return ""
    still = int(rows["open"].fillna(False).sum())
    return f" ({still:,} not solved)" if still else " (all solved)"


def details(rows: pd.DataFrame, voices: pd.DataFrame) -> Html:
    """Fold away who has how much, which words were found and a few voices; say where every id stands and what this cannot tell."""
    if rows.empty:
        return say("That is no proof: a danger told in other words than those looked for is not found.")
    link = Html(f'<a href="{esc(HREF)}">the table urgent</a>', "the table urgent")
    limit = say(
        "Every contact stands in {link}, with its words and who answers for it. Words are found, not understood: some are not meant, "
        "and a danger told in other words is missed. How many of these are meant nobody has counted: a person has to read them.",
        link=link,
    )  # fmt: skip
    drawn = "".join(quote(voice, mood=_mark(voice)) for voice in voices.to_dict("records"))
    said_ = Html(f'<div class="voices three">{drawn}</div>' if drawn else "", plain(drawn))
    name = f"Whose they are, which words, and {len(voices)} voices" if drawn else "Whose they are, and which words"
    return fold(name, owners_table(rows), kinds_table(rows), said_) + limit


def _mark(voice: Mapping) -> str:
    state = {True: ", not solved", False: ""}.get(voice["open"] if not pd.isna(voice["open"]) else False, "")
    return f"{WHEN[voice['level']]}{state}: «{cut(voice['words'].replace('|', '», «'))}»"


def owners_table(rows: pd.DataFrame) -> Html:
    """Show how much waits for whom, by category."""
    counted = by_owner(rows)
    shown = counted.assign(
        owner=counted["owner"].replace("", "nobody is named"), category=counted["category"].replace("", "not sorted")
    )
    columns = [
        Col("owner", "Who answers"), Col("category", "Category"), *(Col(level, WHEN[level], "number", "contacts") for level in LEVELS),
        Col("open", "Not solved", "number", "contacts"),
    ]  # fmt: skip
    return table(shown, columns=columns, caption="Contacts whose words cannot wait, by who answers for them", wide=True)


def kinds_table(rows: pd.DataFrame) -> Html:
    """Show which kinds of words were found, with the most frequent wordings as they were written."""
    found = by_kind(rows)
    shown = found.assign(
        name=found["kind"].map(NAMES), when=found["level"].map(WHEN),
        said=["; ".join(f"«{cut(word, 28)}»" for word in words) for words in found["words"]],
    )  # fmt: skip
    columns = [
        Col("name", "Kind"), Col("when", "When"), Col("contacts", "Contacts", "number", "contacts"),
        Col("said", "Most frequent words"),
    ]  # fmt: skip
    return table(
        shown, columns=columns, caption="Kinds of words that cannot wait; a contact may hold several", wide=True
    )


def limits(rows: pd.DataFrame) -> pd.DataFrame:
    """List what this cannot say: what, why, settles."""
    told = [("How many urgent messages there are", "words are looked for, not meanings; what is told in other words is not found",
             "Have the first reader of a contact tick what is urgent for two weeks.")]  # fmt: skip
    if len(rows) and rows["open"].isna().all():
        told.append(
            (
                "Which urgent messages are still open",
                "the data have no time of solution",
                "Export when a contact was solved.",
            )
        )
    if len(rows) and (rows["owner"] == "").any():
        told.append(
            (
                "Who takes up some urgent messages",
                "the teams file names nobody for their category",
                "Name a default there.",
            )
        )
    return pd.DataFrame(told, columns=["what", "why", "settles"])


def front(rows: pd.DataFrame, page: str = "03_topics.html") -> Html | None:
    """Tell on the front page whose danger, law, press or money taken waits; None where nothing above «soon» does."""
    told = _pressing(rows) if len(rows) else ()
    items = [
        f"<li><strong>{esc(owner or 'Nobody is named')}</strong>: {esc(_kinds(part))}{_open(part)}.</li>"
        for owner, part in told
    ]
    if not items:
        return None
    limit = "Contacts of this period, or still open. Found by their words: some are not meant, and others are missed."
    body = f'{_listed(items).html}<p class="small">{limit} <a href="{page}#urgent">Their ids and voices</a></p>'
    return front_part("What cannot wait", body, name="cannot-wait", flow=True)
