"""Bring customers' texts, as they come out of tools, to plain text, and say what had to be repaired."""

from __future__ import annotations

import re
import unicodedata
from functools import cache
from typing import NamedTuple

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
import pyarrow as pa

from voc.data.distinct import map_distinct
from voc.text.mail import drop_quoted, drop_signature
from voc.text.markup import repair_mojibake, strip_html
from voc.text.scripts import HALF_SIGN

__all__ = [
    "REPAIRS",
    "Tidied",
    "drop_control",
    "drop_quoted",
    "drop_signature",
    "normalise_space",
    "repair_mojibake",
    "replace_surrogates",
    "strip_html",
    "tidied",
    "tidy",
    "tidy_array",
    "tidy_text",
]

REPAIRS = ("mojibake", "html", "quoted", "signature", "control")
TIDIED = dt.Struct({"text": "string", "repaired": "array<string>"})

_LINE_END = re.compile(r"\r\n?|[\v\f\x1c-\x1e\x85\u2028\u2029]")
_INVISIBLE = re.compile(
    r"[\x00-\x08\x0e-\x1b\x1f\x7f-\x84\x86-\x9f\u00ad\u061c\u180e\u200b\u200e\u200f\u202a-\u202e\u2060-\u2064"
    r"\u2066-\u206f\ufeff\ufff9-\ufffb\U000e0000-\U000e007f]"
    r"|(?<![\u0600-\u0fff\u1780-\u18af\u200d\ufe0f\u2190-\u2bff\U0001f000-\U0001faff])[\u200c\u200d]"
)
_SPACES = re.compile(r"[^\S\n]+")
_ODD_SPACE = re.compile(r"[^\S \n]|  |^ | $|(?<=\n) | (?=\n)|\n\n\n|^\n|\n$")
_MANY_LINES = re.compile(r"\n{3,}")
_ROUNDS = 6


class Tidied(NamedTuple):
    """A tidied text and the repairs it needed, out of ``REPAIRS`` and in that order."""

    text: str
    repaired: tuple[str, ...]


def tidy_text(text: str) -> str:
    """Turn a customer's text into plain text: decoded, without HTML, quoted thread, signature or invisible characters.

    All later steps (masks, language, near-duplicates, topics) compare wordings; the same words must be the same text.
    Tidying a tidied text changes nothing, and no text makes it fail.

    Args:
        text: any string.

    Returns:
        Plain text in NFC; paragraphs separated by one empty line, other white space single.

    Example:
        >>> tidy_text("<p>Wo bleibt  mein Paket?</p>\\r\\n-- \\r\\nAnna")
        'Wo bleibt mein Paket?'
    """
    return tidy(text).text


def tidy(text: str) -> Tidied:
    """Tidy a text and name the repairs that changed it; white space alone is not a repair.

    A repair may lay open another (HTML escaped twice, a signature before a quoted thread), so the steps run again
    until nothing changes. A text that is still changing after six rounds is hostile: it is flattened to words.

    Example:
        >>> tidy("caf&eacute;")
        Tidied(text='café', repaired=('html',))
    """
    made: set[str] = set()
    for _ in range(_ROUNDS):
        once = _tidy_once(text, made)
        if once == text:
            break
        text = once
    else:
        text = _flatten(text)
    return Tidied(text, tuple(repair for repair in REPAIRS if repair in made))


def tidy_array(values: pa.Array | pa.ChunkedArray) -> pa.StructArray:
    """Tidy a column of texts, each distinct text once.

    Returns:
        A struct array with the fields ``text`` (string) and ``repaired`` (list of strings, see ``REPAIRS``); null where
        the text is null.

    Example:
        >>> tidy_array(pa.array(["a&amp;b", None])).to_pylist()
        [{'text': 'a&b', 'repaired': ['html']}, None]
    """
    return map_distinct(values, lambda text: tidy(text)._asdict(), TIDIED.to_pyarrow())


def tidied(column: ir.StringValue) -> ir.StructValue:
    """Tidy a text column inside the engine.

    Returns:
        A struct of ``text`` and ``repaired``; count repairs with ``t.repaired.contains("html").sum()``.

    Example:
        ``table.mutate(tidied=voc.text.tidy.tidied(table.text))``
    """
    return _tidied_udf()(column)


@cache
def _tidied_udf():
    """Build the vectorised function once."""
    return ibis.udf.scalar.pyarrow(tidy_array, name="voc_tidied", signature=((dt.string,), TIDIED))


def replace_surrogates(text: str) -> str:
    """Join halves of characters that broken JSON left apart; replace those without a partner by U+FFFD.

    Such strings cannot be written to any file or table.

    Example:
        >>> replace_surrogates("ok \\ud83d\\ude00 \\ud83d") == "ok 😀 \\ufffd"
        True
    """
    if text.isascii() or not HALF_SIGN.search(text):
        return text
    return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")


def drop_control(text: str) -> str:
    """Drop control characters, zero-width and direction marks, byte order marks and soft hyphens.

    They are invisible, split words and let hostile texts show other words than they hold. Joiners stay where they
    belong: in emoji and in Arabic and Indic scripts.

    Example:
        >>> drop_control("re\\u00adturn\\u200b\\ufeff")
        'return'
    """
    return text if text.isascii() and text.isprintable() else _INVISIBLE.sub("", text)


def normalise_space(text: str) -> str:
    """Bring white space and composition to one form: NFC, ``\\n`` line ends, single spaces, at most one empty line.

    More than eight combining marks in a row ("zalgo") are cut to eight: ordering them costs the square of their number.

    Example:
        >>> normalise_space(" a\\t\\u00a0b \\r\\n\\r\\n\\r\\n c ")
        'a b\\n\\nc'
    """
    if not text.isascii():
        text = unicodedata.normalize("NFC", _stacked_marks().sub(r"\1", text))
    if "\r" in text or not text.isprintable():
        text = _LINE_END.sub("\n", text)
    if not _ODD_SPACE.search(text):
        return text
    lines = (line.strip() for line in _SPACES.sub(" ", text).split("\n"))
    return _MANY_LINES.sub("\n\n", "\n".join(lines)).strip()


def _tidy_once(text: str, made: set[str]) -> str:
    """Run every step once, and note the repairs that changed something beyond white space."""
    text = _step("control", replace_surrogates, text, made)
    text = _step("mojibake", repair_mojibake, text, made)
    text = _step("html", strip_html, text, made)
    text = normalise_space(_step("control", drop_control, text, made))
    text = _step("quoted", drop_quoted, text, made)
    return normalise_space(_step("signature", drop_signature, text, made))


def _step(name: str, repair, text: str, made: set[str]) -> str:
    """Apply one repair and note its name if it changed the text."""
    better = repair(text)
    if better != text:
        made.add(name)
    return better


@cache
def _stacked_marks() -> re.Pattern[str]:
    """Return the pattern of too many combining marks in a row, made from Python's Unicode tables at first use."""
    marks = [code for code in range(0x300, 0x1E950) if unicodedata.combining(chr(code))]
    ranges: list[list[int]] = []
    for code in marks:
        if ranges and ranges[-1][1] == code - 1:
            ranges[-1][1] = code
        else:
            ranges.append([code, code])
    group = "".join(f"{chr(a)}-{chr(b)}" for a, b in ranges)
    return re.compile(f"([{group}]{{8}})[{group}]+")


def _flatten(text: str) -> str:
    """Reduce a hostile text to one line of words, on which no repair has anything left to do."""
    words = " ".join(re.findall(r"[\w.,!?'%-]+", HALF_SIGN.sub("", text)))
    return normalise_space(repair_mojibake(drop_control(words)))
