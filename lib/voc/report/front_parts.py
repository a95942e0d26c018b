"""The index page from the middle: categories, voices, actions, verdicts, limits, foot."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from voc.report.style import MISSING, cut, day_label, interval, is_missing, number, reason
from voc.report.tables import Col, Html, chip, esc, plain, safe_href, slug, table

QUOTES = {"ru": "«»", "uk": "«»", "fr": "«»", "zh": "“”", "ja": "「」", "de": "„“"}
LANGUAGES = {
    "en": "English", "ru": "Russian", "zh": "Chinese", "de": "German", "fr": "French", "es": "Spanish", "it": "Italian",
    "pt": "Portuguese", "uk": "Ukrainian", "pl": "Polish", "tr": "Turkish", "ja": "Japanese", "ar": "Arabic",
}  # fmt: skip


def records(frame: pd.DataFrame | None) -> list[dict[str, Any]]:
    """Return the rows of a frame as dictionaries without the missing cells; no frame gives no rows.

    >>> records(pd.DataFrame({"a": [1.0, None]}))
    [{'a': 1.0}, {}]
    """
    rows = [] if frame is None else frame.to_dict("records")
    return [{name: value for name, value in row.items() if not is_missing(value)} for row in rows]


def part(heading: str, body: str, *, name: str = "", flow: bool = False) -> Html:
    """Return a section of the index; on paper it begins a new page unless it may ``flow`` after the one before.

    >>> part("Why", "<p>…</p>").html
    '<section class="part"><h2 id="why">Why</h2><p>…</p></section>'
    """
    look = "part flow" if flow else "part"
    html = f'<section class="{look}"><h2 id="{name or slug(heading)}">{esc(heading)}</h2>{body}</section>'
    return Html(html, plain(html))


def joined(pieces: Sequence[str]) -> str:
    """Join small facts by middle dots that never begin a line.

    >>> joined(["a", "b"]).replace(chr(160), "_")
    'a_· b'
    """
    return "\u00a0· ".join(piece for piece in pieces if piece)


def categories(
    frame: pd.DataFrame, *, heading: str = "What customers came for", period: str = "this period", min_n: int = 30, note: str = "",
    by: str = "category",
) -> Html:  # fmt: skip
    """Return one table with bars: why customers came, how that changed, how satisfied they left, what it cost.

    ``frame``: ``category``, ``contacts``, ``share`` (0–100); optional ``change`` (pts of share), ``certainty``,
    ``csat`` (0–100), ``lo``, ``hi`` (its interval), ``n`` (answers), ``hours`` (handling), ``voices`` (how many are
    quoted) and ``href``. Columns that the frame lacks are left out; a rate of fewer than ``min_n`` answers is grey. ``note`` is a
    sentence below the table; ``by`` names what the rows are.

    >>> categories(pd.DataFrame({"category": ["Delivery"], "contacts": [900], "share": [20.0]})).html.count("<tr>")
    2
    """
    rows = frame.copy()
    if "voices" in rows:
        rows["voices"] = [f"{n:.0f}\u00a0quoted" if not is_missing(n) and n else "" for n in rows["voices"]]
    if "csat" in rows:
        rows["csat"] = [_rate(row, min_n) for row in frame.to_dict("records")]
    wanted = [
        Col("category", by.capitalize()),
        Col("contacts", "Contacts", "number", "contacts"),
        Col("share", "Share", "number", "%"),
        Col("change", "Change", "change", "%"),
        Col("csat", "CSAT with 95% interval", "number", "%"),
        Col("n", "Answers", "number", "contacts"),
        Col("hours", "Handling", "number", "h"),
        Col("voices", "Voices", "link"),
    ]
    columns = [column for column in wanted if column.name in rows]
    caption = f"Contacts by {by}, {period}"
    empty = f"No contact of {period} has a category."
    made = table(rows, columns=columns, caption=caption, bars=["share"], empty=empty)
    below = f'<p class="small">{esc(note)}</p>' if note else ""
    return part(heading, made.html + below, name="categories")


def voices(frame: pd.DataFrame | None, *, heading: str = "In their words", how: str = "") -> Html:
    """Return the quotes, grouped by stratum in the order given; drawing and masking them is done elsewhere.

    ``frame``: ``text`` (masked); optional ``language`` (ISO code), ``channel``, ``score`` (1–5), ``category``,
    ``stratum`` (group heading), ``dissent`` (True for the voice that says otherwise), ``disagrees`` (True where text
    and score do not fit). ``how`` says how they were drawn.

    >>> "«Где заказ?»" in voices(pd.DataFrame({"text": ["Где заказ?"], "language": ["ru"]})).html
    True
    """
    rows = records(frame)
    if not rows:
        return part(heading, "<p>No contact of this period has a text that may be shown.</p>", name="voices")
    groups: dict[str, list[str]] = {}
    for row in rows:
        groups.setdefault(str(row.get("stratum", "")), []).append(_quote(row))
    body = f'<p class="small">{esc(how)}</p>' if how else ""
    for stratum, quotes in groups.items():
        body += (f"<h3>{esc(stratum)}</h3>" if stratum else "") + f'<div class="voices">{"".join(quotes)}</div>'
    return part(heading, body, name="voices")


def _rate(row: dict[str, Any], min_n: int) -> Html:
    """Set a rate with its interval, grey when it rests on too few answers."""
    if is_missing(row.get("csat")):
        return Html(MISSING, MISSING)
    few = not is_missing(row.get("n")) and row["n"] < min_n
    range_ = "" if is_missing(row.get("lo")) else f" ({interval(row['lo'], row['hi'], '%', bare=True)})"
    words = f'{number(row["csat"], "%", bare=True)}<span class="small">{range_}{" too few" if few else ""}</span>'
    return Html(f'<span class="small">{words}</span>' if few else words)


def _quote(row: dict[str, Any]) -> str:
    code = str(row.get("language", ""))[:2].lower()
    code = code if code.isalpha() else ""
    opening, closing = QUOTES.get(code, "“”")
    score = f"score {number(row['score'], 'contacts')} of 5" if "score" in row else "no score"
    facts = [LANGUAGES.get(code, code), str(row.get("channel", "")), score, cut(row.get("category"))]
    labels = [
        label
        for name, label in (("dissent", "a dissenting voice"), ("disagrees", "text and score disagree"))
        if row.get(name)
    ]
    marks = "".join(f'<p class="mark">{label}</p>' for label in labels)
    lang = f' lang="{code}"' if code else ""
    return (
        f'<figure class="voice">{marks}<blockquote{lang} dir="auto"><p>{opening}{esc(row.get("text"))}{closing}</p>'
        f"</blockquote><figcaption>{joined([esc(fact) for fact in facts])}</figcaption></figure>"
    )


def actions(frame: pd.DataFrame | None, *, heading: str = "What to do") -> Html:
    """Return the steps to take.

    ``frame``, all in words: ``cause`` (the finding), ``step``, ``owner``, ``date``, ``expected`` (effect), ``smallest`` (effect that
    could be seen).

    >>> actions(None).text
    'What to do No step is proposed: no cause was found that these data could confirm.'
    """
    heads = {"cause": "Finding", "step": "Step", "owner": "Owner", "date": "Date", "expected": "Expected effect",
             "smallest": "Smallest effect that could be seen"}  # fmt: skip
    return _ledger(
        frame, heads, heading, "No step is proposed: no cause was found that these data could confirm.", "actions"
    )


def verdicts(frame: pd.DataFrame | None, *, heading: str = "What became of it") -> Html:
    """Return what became of earlier measures.

    ``frame``, all in words: ``measure``, ``owner``, ``since``, ``verdict``, ``effect``, ``certainty`` and ``age`` (of
    what is overdue).

    >>> verdicts(None).text
    'What became of it No earlier measure is on record, so none can be judged.'
    """
    heads = {"measure": "Measure", "owner": "Owner", "since": "Since", "verdict": "Verdict", "effect": "Effect",
             "certainty": "How sure", "age": "Overdue"}  # fmt: skip
    return _ledger(frame, heads, heading, "No earlier measure is on record, so none can be judged.", "verdicts")


def _ledger(frame: pd.DataFrame | None, heads: Mapping[str, str], heading: str, empty: str, name: str) -> Html:
    if frame is None or not len(frame):
        return part(heading, f"<p>{esc(empty)}</p>", name=name, flow=True)
    items = ""
    for row in records(frame):
        title, *rest = [key for key in heads if key in row]
        facts = "".join(
            f"<div><dt>{head}</dt><dd>{chip(row[key]).html if key == 'certainty' else esc(row[key])}</dd></div>"
            for key, head in heads.items()
            if key in rest
        )
        items += f"<li><h3>{esc(row[title])}</h3><dl>{facts}</dl></li>"
    return part(heading, f'<ol class="ledger">{items}</ol>', name=name)


def cannot_say(frames: pd.DataFrame | Sequence[pd.DataFrame], *, heading: str = "What these data cannot say") -> Html:
    """Return the limits. ``frames``: one or more frames of ``what``, ``why`` and ``settles`` (what would settle it).

    >>> cannot_say([]).text
    'What these data cannot say No limit was noted, which is itself a reason for doubt.'
    """
    parts = [frames] if isinstance(frames, pd.DataFrame) else list(frames)
    rows = [row for frame in parts for row in records(frame)]
    if not rows:
        return part(heading, "<p>No limit was noted, which is itself a reason for doubt.</p>", name="limits", flow=True)
    items = ""
    for row in rows:
        settles = f"<dd><em>Would settle it:</em> {esc(row['settles'])}</dd>" if row.get("settles") else ""
        items += f"<div><dt>{esc(row.get('what'))}</dt><dd>{esc(_sentence(row.get('why')))}</dd>{settles}</div>"
    return part(heading, f'<dl class="limits">{items}</dl>', name="limits")


def _sentence(why: Any) -> str:
    """Write a reason as a sentence: a capital first, a full stop last."""
    text = reason(why).strip()
    return text[:1].upper() + text[1:] + ("" if not text or text[-1] in ".!?…" else ".")


def tables_list(tables: Sequence[tuple[str, int, Mapping[str, str]]], manifest_href: str = "") -> str:
    """Return the list of tables as files: (name, rows, {"CSV": href, …}), with the manifest last."""
    items = []
    for name, rows, hrefs in tables:
        links = ", ".join(
            f'<a href="{safe_href(href)}">{esc(kind)}<span class="away"> of {esc(name)}</span></a>'
            for kind, href in hrefs.items()
        )
        items.append(
            f"<li><strong>{esc(name)}</strong> ({number(rows, 'contacts')} row{'' if rows == 1 else 's'}): {links}</li>"
        )
    if manifest_href:
        items.append(
            f'<li><a href="{safe_href(manifest_href)}">Manifest</a>: what this report was made from and with</li>'
        )
    return f'<ul class="files">{"".join(items)}</ul>'


def foot(
    glossary: Mapping[str, str],
    tables: Sequence[tuple[str, int, Mapping[str, str]]] = (),
    manifest_href: str = "",
    method: Sequence[str] = (),
    *,
    made_on: Any = None,
) -> Html:
    """Return the foot of the page: method, glossary (term → one sentence), tables as files, manifest.

    ``made_on`` is a date given by the caller, so that the same input gives the same bytes.

    >>> "CSAT" in foot({"CSAT": "Share of answers 4 and 5."}).html
    True
    """
    body = "".join(f"<p>{esc(sentence)}</p>" for sentence in method)
    terms = "".join(f"<div><dt>{esc(term)}</dt><dd>{esc(words)}</dd></div>" for term, words in glossary.items())
    sections = [("Method", body), ("Glossary", f'<dl class="glossary">{terms}</dl>' if terms else "")]
    sections.append(("Tables", tables_list(tables, manifest_href) if tables or manifest_href else ""))
    html = "".join(f'<h3 id="{slug(name)}">{name}</h3>{text}' for name, text in sections if text)
    html += f'<p class="small">Made {esc(day_label(pd.Timestamp(made_on)))}.</p>' if made_on is not None else ""
    return part("How this was made", html, name="foot")
