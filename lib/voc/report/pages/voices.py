"""Customers' own words on a page: three for each line of the map, and the panel that no average makes."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pandas as pd

from ...analysis.themes.lines import LINE, SEVERAL
from ...data.periods import Period
from ..folds import fold
from ..front_parts import LANGUAGES, QUOTES, joined
from ..style import cut, day_label, is_missing, number
from ..tables import Html, esc, plain, say, slug
from .topics import WORDS
from .topics_cells import anchor

NOTED = ("phone",)  # channels whose words a colleague wrote down
DRAWN = (
    "Drawn by lot, not picked: the same report draws the same voices. E-mail addresses, telephone, card and account "
    "numbers are masked; « / » is a line break, «…» a cut."
)


def heard(voices: pd.DataFrame, said: pd.DataFrame) -> Html:
    """Show the three voices of each line of the map (``panel.three``), folded by root; names in the map lead here."""
    of = {key: part.to_dict("records") for key, part in voices.groupby(LINE)}
    rows = said[~said["rest"] & said["kind"].isin(list(WORDS)) & (said["contacts"] > 0)].to_dict("records")
    lines = [row for row in rows if tuple(row[name] for name in LINE) in of]
    silent = [row for row in rows if tuple(row[name] for name in LINE) not in of]
    if not lines:
        none = say("No text of this period may be quoted: none says enough, or each line has too few of them.")
        return none + _unquoted(silent)
    intro = say(
        "{drawn} Of each line one voice in each of its commonest languages. On paper they stay folded; all are in the exported "
        "tables.",
        drawn=DRAWN,
    )
    roots = sorted(dict.fromkeys(row["root"] for row in lines), key=lambda root: (root in ("", SEVERAL), root == ""))
    parts = []
    for root in roots:
        told = [row for row in lines if row["root"] == root]
        counts = {kind: sum(row["kind"] == kind for row in told) for kind in WORDS}
        names = ", ".join(f"{n} {WORDS[kind] if n > 1 else kind}" for kind, n in counts.items() if n)
        body = [_block(row, of[tuple(row[name] for name in LINE)]) for row in told]
        body.append(_unquoted([row for row in silent if row["root"] == root]))
        inner = Html("".join(part.html for part in body), "\n".join(part.text for part in body))
        named = f"{(cut(root) or 'all topics').capitalize()}: {names}"
        parts.append(fold(named, inner, paper=False, anchor=f"heard-{slug(str(root))}"))
    rest = _unquoted([row for row in silent if row["root"] not in roots])
    html = f'<div class="heard">{"".join(part.html for part in parts)}</div>'
    return intro + Html(html, "\n".join(part.text for part in parts)) + rest


def _unquoted(rows: list[Mapping]) -> Html:
    """Name the lines of which too few say enough to be quoted, where the map's links to them lead."""
    names = "; ".join(f'<span id="{anchor(row)}">{esc(cut(row["label"]))}</span>' for row in rows)
    html = f'<p class="small">Too few to be quoted: {names}.</p>' if names else ""
    return Html(html, plain(html))


def _block(row: Mapping, voices: list[Mapping]) -> Html:
    quotes = "".join(quote(voice) for voice in voices)
    html = f'<h3 id="{anchor(row)}">{esc(cut(row["label"]))}</h3><div class="voices three">{quotes}</div>'
    return Html(html, plain(html))


def quote(voice: Mapping, marks: Iterable[str] = (), mood: str = "") -> str:
    """Return one voice as markup: its words, language, channel, day, and score or why there is none."""
    code = "" if is_missing(voice.get("language")) else str(voice["language"])[:2].lower()
    code = code if code.isascii() and code.isalpha() else ""
    opening, closing = QUOTES.get(code, "“”")
    channel = "" if is_missing(voice.get("channel")) else str(voice["channel"])
    noted = f"{cut(channel)}, as noted by a colleague" if channel in NOTED else cut(channel)
    day = "" if is_missing(voice.get("date")) else day_label(pd.Timestamp(voice["date"]))
    facts = joined([esc(fact) for fact in (LANGUAGES.get(code, code), noted, day, scored(voice))])
    lang = f' lang="{code}"' if code else ""
    above = f'<p class="mood">{esc(mood)}</p>' if mood else ""
    above += "".join(f'<p class="mark">{esc(mark)}</p>' for mark in marks)
    return (
        f'<figure class="voice">{above}<blockquote{lang} dir="auto"><p>{opening}{esc(voice["text"])}{closing}</p>'
        f"</blockquote><figcaption>{facts}</figcaption></figure>"
    )


def scored(voice: Mapping) -> str:
    """Say a voice's score, or why it has none.

    >>> scored({"score": 4.0}), scored({"score": None, "asked": True}), scored({"score": None, "asked": False})
    ('score 4 of 5', 'asked, no answer', 'not asked')
    """
    if not is_missing(voice.get("score")):
        return f"score {number(voice['score'], 'contacts')} of 5"
    asked = voice.get("asked")
    return "no score" if is_missing(asked) else "asked, no answer" if asked else "not asked"


def panel_shown(drawn: pd.DataFrame, now: Period) -> Html:
    """Show the panel (``panel.panel``): for each line, folded, one voice of each mood, the dissenting one marked."""
    if drawn.empty:
        return say("No voice can be drawn by mood: no text of {period} was read for its mood.", period=now.words)
    parts = []
    for key, rows in drawn.groupby(LINE, sort=False):
        voices = rows.to_dict("records")
        mix = ", ".join(f"{row['share']:.0f}% {row['mood']}" for row in voices)
        quotes = "".join(quote(row, _marks(row), row["mood"]) for row in voices)
        shown = Html(f'<div class="voices three">{quotes}</div>', plain(quotes))
        parts.append(fold(f"{cut(key[2])}: {mix}; {rows['of'].iloc[0]:,} texts", shown))
    intro = say("The panel shows which voices there are, and the per cents how many.")
    return intro + Html(
        f'<div class="heard">{"".join(part.html for part in parts)}</div>', "\n".join(part.text for part in parts)
    )


def _marks(row: Mapping) -> list[str]:
    told = {"dissent": "a dissenting voice", "disagrees": "text and score disagree"}
    return [words for name, words in told.items() if row[name]]


def silence(texts: pd.DataFrame, contacts: int, now: Period) -> Html:
    """Say what texts cannot tell: the calls nobody wrote down, tone and pauses, and those who never write."""
    share = f"{len(texts) / contacts:.0%} of the {contacts:,} contacts" if contacts else "none of the contacts"
    noted = texts["channel"].isin(NOTED).mean() if len(texts) else 0.0
    calls = f" {noted:.0%} of these are notes of calls: a colleague's words, in a colleague's mood." if noted else ""
    return say(
        "**The truth is also in what is not said**. {share} of {period} have words of their own that can be quoted.{calls} A text has no tone, no "
        "pause and no sigh; irony reads like praise. And the customer who gave up before writing is in no table here: only "
        "contacts per order, returns and leaving customers can hint at them.",
        share=share, period=now.words, calls=calls,
    )  # fmt: skip
