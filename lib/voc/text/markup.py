"""Undo what machines did to a text: wrong decoding and HTML."""

from __future__ import annotations

import html
import re

import ftfy
from ftfy import TextFixerConfig

# Two characters that UTF-8 makes of one when it is read as cp1252, latin-1 or cp1251. Good Russian, Chinese and
# accented texts hardly ever contain them, so that ftfy, which is slow, sees almost only broken texts.
_TRAIL = r"[\u0080-\u00bf€‚ƒ„…†‡ˆ‰Š‹ŒŽ‘’“”•–—˜™š›œžŸ]"
_SUSPICIOUS = re.compile(rf"[Â-ß]{_TRAIL}|[à-ï]{_TRAIL}{{2}}|ð{_TRAIL}{{2}}|вЂ")

# UTF-8 read as cp1251 needs its own rule: lead and trail bytes both become Cyrillic, and ftfy sees only part of it.
# A stretch is broken when two characters or more fit together and one of them is used by no Russian or Ukrainian.
_TRAIL_1251 = "".join(bytes([byte]).decode("cp1251", "ignore") or chr(byte) for byte in range(0x80, 0xC0))
_GOOD_TRAIL = "ёЁ«»“”…–—\u00a0№’‘„•§°·іІїЇєЄґҐ"
_UNIT = f"(?:[В-Я][{_TRAIL_1251}]|[а-п][{_TRAIL_1251}]{{2}}|[р-ф][{_TRAIL_1251}]{{3}})"
_TELLTALE = f"[{''.join(letter for letter in _TRAIL_1251 if letter not in _GOOD_TRAIL)}]"
_BROKEN_1251 = re.compile(
    rf"(?:{_UNIT}){{2,}}(?<={_TELLTALE})|(?:{_UNIT})*[В-Я]{_TELLTALE}(?:{_UNIT})+"
    rf"|(?<=[A-Za-z])Г[{_TRAIL_1251}]|Г[{_TRAIL_1251}](?=[A-Za-z])|ВЈ(?=\d)|(?<=\d)ВЈ|рџ[{_TRAIL_1251}]{{2}}"
    rf"|в(?:Ђ[{_TRAIL_1251}]|‚¬|„–)"
)
_TWO_UNITS = re.compile(f"(?:{_UNIT}){{2,}}")
_UNITS_1251 = re.compile(rf"(?:[РС][{_TRAIL_1251}]|(?!В[ІЁ]|[В-Я]\u00a0){_UNIT})+")
_ENCODING_ONLY = TextFixerConfig(
    unescape_html=False,
    remove_terminal_escapes=False,
    fix_latin_ligatures=False,
    fix_character_width=False,
    uncurl_quotes=False,
    fix_line_breaks=False,
    fix_surrogates=False,
    remove_control_chars=False,
    normalization=None,
    explain=False,
)

_BLOCKS = (
    "address article aside blockquote body br center dd div dl dt fieldset footer form h1 h2 h3 h4 h5 h6 header hr html "
    "li main nav ol p pre section table tbody tfoot thead tr ul"
)
_INLINE = (
    "a abbr acronym b base basefont bdi bdo big button caption cite code col colgroup del dfn em font i iframe img "
    "input ins kbd label link map area mark meta noscript object option param q s samp select small span strike strong "
    "sub sup svg path td textarea th time title tt u var video wbr"
)
_BLOCK_NAMES, _HIDDEN_NAMES = frozenset(_BLOCKS.split()), frozenset(("script", "style", "head"))
_NAMES = "|".join(sorted([*_BLOCKS.split(), *_INLINE.split(), *_HIDDEN_NAMES], key=len, reverse=True))
# Attributes need an equals sign, so that "a <b and c> d" is left alone. Every part ends at the next "<" or ">":
# a hostile text costs no more than its length.
_TAG = re.compile(
    rf"""
      <!--
    | <(?P<close>/?)(?P<name>{_NAMES}|[ovwm]:[a-z]{{1,20}})
      (?: \s*/? | [\s/]+(?=[^<>]*=)(?:[^<>"']|"[^"<]*"|'[^'<]*')*+ | [\s/]+(?=[^<>]*=)[^<>]* )(?:>|$)
    | <(?:!doctype|!\[|\?xml)[^<>]*>
    """,
    re.VERBOSE | re.IGNORECASE,
)
_ENTITY = re.compile(r"&(?:#\d{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});")


# What a decoded stretch may hold: the alphabets of our readers, signs, emoji. Anything else means that the text was
# good Serbian or Belarusian after all.
_PLAUSIBLE = re.compile(
    "[\u00a0-\u00ff\u0400-\u045f\u2010-\u2044\u20a0-\u20bf\u2100-\u27bf\u3000-\u30ff\u3400-\u9fff"
    "\ufe0f\uff00-\uffef\U0001f000-\U0001faff]+"
)


def repair_mojibake(text: str) -> str:
    """Repair UTF-8 that was read as cp1252, latin-1 or cp1251 ("ÐŸÑ€Ð¸Ð²ÐµÑ‚", "РџСЂРёРІРµС‚").

    Exports pass through spreadsheets and old tools; without the repair a text has no language, no topic and no masks.
    Only the decoding is undone: quotes, ligatures and widths stay. Good text next to broken text stays as well. A
    lone broken letter ("Рё") and legacy encodings read as one another (cp1251 or GBK as latin-1) are not repaired:
    they cannot be told from rare good text.

    Args:
        text: any text.

    Returns:
        The text with broken stretches decoded.

    Source: ftfy (``ftfy.fix_encoding``).

    Example:
        >>> repair_mojibake("ÐŸÑ€Ð¸Ð²ÐµÑ‚, â€œcafÃ©â€\\x9d")
        'Привет, “café”'
    """
    if text.isascii():
        return text
    cyrillic = bool(_BROKEN_1251.search(text))
    if not (cyrillic or _SUSPICIOUS.search(text)):
        return text
    return "\n".join(_repair_line(line, cyrillic) for line in text.split("\n"))


def _repair_line(line: str, cyrillic: bool) -> str:
    """Repair one line, so that good lines beside broken ones are never looked at.

    ``cyrillic`` says that another line of the text was surely read as cp1251: then two characters that fit are enough.
    """
    if cyrillic and (_BROKEN_1251.search(line) or _TWO_UNITS.search(line)):
        line = _UNITS_1251.sub(_from_cp1251, line)
    return ftfy.fix_encoding(line, _ENCODING_ONLY) if _SUSPICIOUS.search(line) else line


def _from_cp1251(match: re.Match[str]) -> str:
    """Decode a stretch that was read as cp1251; leave it when no likely text comes out."""
    raw = b"".join(letter.encode("cp1251") if ord(letter) > 0xFF else _byte(letter) for letter in match[0])
    good = raw.decode("utf-8", "replace")
    return good if _PLAUSIBLE.fullmatch(good) else match[0]


def _byte(letter: str) -> bytes:
    """Return the byte of a Latin-1 character in cp1251, or its own where cp1251 has none."""
    try:
        return letter.encode("cp1251")
    except UnicodeEncodeError:
        return bytes([ord(letter)])


def strip_html(text: str) -> str:
    """Turn HTML into plain text: tags out, blocks to lines, entities to characters.

    Bodies of ``script``, ``style`` and ``head`` and comments go with their tags. Only names that HTML knows count as
    tags, and attributes need an equals sign: "<3", "a < b and c > d", "цена < 500" and "<ivan@mail.ru>" stay. A tag
    that the export cut off at the end of the text goes too.

    Args:
        text: any text.

    Returns:
        The plain text; unchanged when it has no tag and no entity. White space is left for ``tidy_text`` to order.

    Example:
        >>> strip_html("<p>1 &lt; 2</p><p>I <b>am</b> fine <3</p>").split()
        ['1', '<', '2', 'I', 'am', 'fine', '<3']
    """
    if "<" in text:
        text = _without_tags(text)
    if "&" in text:
        text = _ENTITY.sub(lambda match: html.unescape(match[0]), text)
    return text


def _without_tags(text: str) -> str:
    """Drop tags, comments and hidden bodies in one pass from left to right."""
    kept: list[str] = []
    position = 0
    ends: dict[str, int] = {}
    for tag in _TAG.finditer(text):
        if tag.start() < position:
            continue
        kept.append(text[position : tag.start()])
        position = tag.end()
        name = (tag["name"] or "").lower()
        if tag[0] == "<!--":
            position = _end_of(text, "-->", position, ends)
        elif name in _HIDDEN_NAMES and not tag["close"] and not tag[0].endswith("/>"):
            position = _end_of(text, f"</{name}", position, ends)
        elif name in _BLOCK_NAMES:
            kept.append("\n")
        elif name in ("td", "th"):
            kept.append(" ")
    kept.append(text[position:])
    return "".join(kept)


def _end_of(text: str, mark: str, position: int, ends: dict[str, int]) -> int:
    """Return where a hidden stretch ends: behind its mark, or right here when the mark never comes.

    What was found is remembered, so that a thousand openings without an end do not cost a thousand searches.
    """
    if ends.get(mark, position) < 0:
        return position
    if mark == "-->":
        at = text.find(mark, position)
        ends[mark] = at
        return at + len(mark) if at >= 0 else position
    close = re.compile(rf"{mark}\b[^<>]*>", re.IGNORECASE).search(text, position)
    ends[mark] = close.start() if close else -1
    return close.end() if close else position
