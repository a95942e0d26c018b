"""Words and tables as HTML: every value is escaped when it enters, so that what comes out is safe to publish.

:class:`Html` is the only carrier of markup that the page template trusts. Build it with :func:`say`, :func:`table`,
:func:`chip` or the fragments of ``voc.report.front``; never from a string that holds data.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from html import escape, unescape
from typing import Any, Literal

import pandas as pd

from voc.report.style import (
    CERTAINTIES,
    MISSING,
    NEUTRAL,
    SECONDS,
    change,
    cut,
    day_label,
    interval,
    is_missing,
    judged,
    number,
    reason,
)  # fmt: skip

JUDGED = ("better", "worse", *NEUTRAL)
TRUSTED = "voc/escaped"  # the mark by which the page knows markup that was escaped when it was made
MARKS = {"sure": "●", "likely": "◐", "within noise": "○", "cannot tell": "?"}
Kind = Literal["text", "number", "change", "interval", "chip", "date", "link"]


@dataclass(frozen=True)
class Html:
    """Markup whose values are escaped, and the same in plain text."""

    html: str
    text: str = ""

    def __add__(self, other: Html) -> Html:
        """Join two fragments, one below the other."""
        return Html(self.html + "\n" + other.html, "\n".join(part for part in (self.text, other.text) if part))

    def _repr_html_(self) -> str:
        return self.html

    def _repr_mimebundle_(self, include: Any = None, exclude: Any = None) -> tuple[dict, dict]:
        return {"text/html": self.html, "text/plain": self.text or plain(self.html)}, {"text/html": {TRUSTED: True}}


@dataclass(frozen=True)
class Col:
    """One column of a table: which column of the frame, its head, unit and kind.

    ``kind`` is ``text``, ``number`` (``name`` in ``unit``), ``interval`` (columns ``lo`` and ``hi``), ``change``
    (``name`` in ``unit``; ``certainty`` names the column that says how sure it is), ``chip`` (a certainty), ``date`` or
    ``link`` (``href`` names the column with the target). ``better`` is ``up``, ``down``, the name of a column holding
    that, or empty for neither.
    """

    name: str
    head: str = ""
    kind: Kind = "text"
    unit: str = ""
    better: str = ""
    certainty: str = "certainty"
    lo: str = "lo"
    hi: str = "hi"
    href: str = "href"


def esc(value: Any) -> str:
    """Escape any value for HTML text and attributes; missing becomes empty, control characters go.

    >>> esc('<b a="1">')
    '&lt;b a=&quot;1&quot;&gt;'
    """
    if isinstance(value, Html):
        return value.html
    text = "" if is_missing(value) else str(value)
    return escape(
        "".join(c for c in text if c in "\n\t" or (ord(c) >= 32 and not 0xD800 <= ord(c) <= 0xDFFF)), quote=True
    )


def plain(html: str) -> str:
    """Return the words of a fragment without its markup.

    >>> plain("<p>a &amp; <b>b</b></p>")
    'a & b'
    """
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


def safe_href(target: Any) -> str:
    """Return an escaped link target; anything but a relative path, an anchor, https or mailto becomes ``#``.

    >>> safe_href("javascript:alert(1)"), safe_href("02_scorecard.html#frt")
    ('#', '02_scorecard.html#frt')
    """
    text = "" if is_missing(target) else str(target).strip()
    relative = re.fullmatch(r"[\w.\-~/%]*(#[\w.\-~%]*)?", text) and not text.startswith("//")
    return esc(text) if text and (relative or re.match(r"(https://|mailto:)", text)) else "#"


def slug(text: str) -> str:
    """Return the id that a heading gets: its words in lower case, joined by hyphens, in any script.

    >>> slug("First response, by channel")
    'first-response-by-channel'
    """
    return "-".join(re.findall(r"\w+", text.lower())) or "section"


def chip(certainty: Any) -> Html:
    """Return a small label that says how sure something is: a word, a sign and a border of its own, not a colour alone.

    >>> chip("sure").text
    'sure'
    """
    word = str(certainty) if certainty in CERTAINTIES else "cannot tell"
    name = word.replace(" ", "-")
    return Html(f'<span class="chip {name}"><span aria-hidden="true">{MARKS[word]}</span> {word}</span>', word)


def moved(value: Any, unit: str, better: Any, certainty: Any = None, *, bare: bool = False) -> Html:
    """Return a change with its sign, an arrow and the word that judges it; grey and "within noise" where it is that.

    >>> moved(-3.0, "%", "up", "sure").text.replace(chr(160), " ")
    '↓ −3.0 pts worse'
    """
    word = judged(value, better, certainty, unit)
    if is_missing(value):
        return Html(f'<span class="moved quiet">{MISSING}</span>', MISSING)
    arrow = "" if word not in JUDGED else "↑" if value > 0 else "↓"
    look = word if arrow else "quiet"
    size = change(value, unit, bare=bare)
    sign = f'<span aria-hidden="true">{arrow}</span>\u00a0' if arrow else ""
    html = f'<span class="moved {look}">{sign}{size} <span class="word">{word}</span></span>'
    return Html(html, f"{arrow} {size} {word}".strip())


def say(template: str, /, certainty: str | None = None, **values: Any) -> Html:
    """Return a paragraph whose ``{names}`` are filled with escaped values; ``**words**`` of the template become strong.

    >>> say("**{n}** contacts from {who}.", n="4,512", who="<b>").html
    '<p class="say"><strong>4,512</strong> contacts from &lt;b&gt;.</p>'
    """
    frame = re.sub(r"\*\*(.+?)\*\*", r"<strong>\1</strong>", escape(template, quote=False))
    html = frame.format(**{name: esc(value) for name, value in values.items()})
    tail = f" {chip(certainty).html}" if certainty else ""
    return Html(f'<p class="say">{html}{tail}</p>', plain(html) + (f" [{certainty}]" if certainty else ""))


def table(
    frame: pd.DataFrame, *, columns: Sequence[Col], caption: str, bars: Sequence[str] = (), wide: bool | None = None,
    empty: str = "", group: str = "",
) -> Html:  # fmt: skip
    """Return an accessible table: caption, units in the head, figures right-aligned, the first column as row heads.

    ``group`` names a column whose values head the rows that share them. ``bars`` names number columns drawn with a bar from zero to the column's largest value. A ``wide`` table (more than
    three columns unless said) scrolls in its own frame on a phone. An empty frame gives the sentence ``empty``. Labels (the row
    heads) are cut at sixty letters; a column ``why`` names fields in words.

    >>> table(pd.DataFrame({"a": ["x"]}), columns=[Col("a", "A")], caption="One row").text.splitlines()[0]
    'One row'
    """
    if not len(frame):
        return say("{empty}", empty=empty) if empty else say("{caption}: Nothing to show.", caption=caption)
    heads = "".join(_head(column) for column in columns)
    tops = {name: float(pd.to_numeric(frame[name], errors="coerce").abs().max() or 0) for name in bars}
    body, last = [], None
    for row in frame.to_dict("records"):
        if group and row[group] != last:
            last = row[group]
            body.append(f'<tr class="group"><th scope="colgroup" colspan="{len(columns)}">{esc(last)}</th></tr>')
        cells = [_cell(row, column, tops.get(column.name), first=i == 0) for i, column in enumerate(columns)]
        body.append(f"<tr>{''.join(cells)}</tr>")
    html = (
        f"<table><caption>{esc(caption)}</caption><thead><tr>{heads}</tr></thead><tbody>{''.join(body)}</tbody></table>"
    )
    if len(columns) > 3 if wide is None else wide:
        html = f'<div class="scroll" role="region" tabindex="0" aria-label="{esc(caption)}">{html}</div>'
    return Html(html, f"{caption}\n{_text(frame, columns)}")


def _is_right(column: Col) -> bool:
    return column.kind in ("number", "change", "interval")


def _head(column: Col) -> str:
    unit = "" if column.unit in SECONDS or column.unit == "contacts" else column.unit
    if column.kind == "change" and unit == "%":
        unit = "pts"
    words = f"{esc(column.head or column.name)}{f'<span class=unit>, {esc(unit)}</span>' if unit else ''}"
    return f'<th scope="col"{" class=right" if _is_right(column) else ""}>{words}</th>'


def _cell(row: dict, column: Col, top: float | None, *, first: bool) -> str:
    content = _content(row, column, label=first)
    if top is not None:
        value = row.get(column.name)
        share = 0 if is_missing(value) or not top else min(abs(float(value)) / top, 1) * 100
        bar = f'<span class="bar" style="width:{share:.1f}%"></span>'
        return f'<td class="right barred"><span class="figure">{content}</span><span class="track">{bar}</span></td>'
    name = "right" if _is_right(column) else ""
    look = f' class="{name}"' if name else ""
    return f'<th scope="row"{look}>{content}</th>' if first else f"<td{look}>{content}</td>"


def _content(row: dict, column: Col, *, label: bool = False) -> str:
    value = row.get(column.name)
    if isinstance(value, str) and label:
        value = cut(value)
    if isinstance(value, str) and column.name == "why":
        value = reason(value)
    if column.kind == "interval":
        return esc(interval(row.get(column.lo), row.get(column.hi), column.unit, bare=True))
    if column.kind == "change":
        better = row.get(column.better, column.better)
        return moved(value, column.unit, better, row.get(column.certainty), bare=True).html
    if column.kind == "number":
        return esc(number(value, column.unit, bare=True) if not isinstance(value, (str, Html)) else value)
    if column.kind == "chip":
        return "" if is_missing(value) else chip(value).html
    if column.kind == "link":
        target = row.get(column.href)
        return esc(value) if is_missing(target) else f'<a href="{safe_href(target)}">{esc(value)}</a>'
    if column.kind == "date" or isinstance(value, date):
        return MISSING if is_missing(value) else esc(day_label(pd.Timestamp(value)))
    return MISSING if is_missing(value) else esc(value)


def _text(frame: pd.DataFrame, columns: Sequence[Col]) -> str:
    rows = [
        [plain(_content(row, column, label=i == 0)) for i, column in enumerate(columns)]
        for row in frame.to_dict("records")
    ]
    return pd.DataFrame(rows, columns=[column.head or column.name for column in columns]).to_string(index=False)
