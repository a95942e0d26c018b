"""The dirt in texts against what tidying did about it."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pandas as pd
from dirt import line, plain
from material import Line, Material, scores
from voc.data.privacy import mask_text
from voc.data.sample import wording_en, wording_ru, wording_zh
from voc.text.tidy import tidy_text

_PAGES = ("cp1252", "latin-1", "cp1251")


def text_lines(material: Material) -> list[Line]:
    both = material.both.assign(raw=material.raw_texts)
    both["made"] = both["text_repairs"].fillna("").str.split("|")
    both["stored"] = both["text"].fillna("")
    closed = set(only_closings(both).index)
    lines = []
    for flag, name, own in (
        ("mojibake", "letters read in a wrong encoding", right_encoding),
        ("html", "markup in a text", without_markup),
        ("quoted", "a quoted thread", without_tail),
        ("signature", "a signature", without_tail),
    ):
        made = both["made"].map(lambda names, flag=flag: flag in names)
        made &= ~(both.index.isin(closed) & ~both[flag])
        planted = both[both[flag]]
        others = [other for other in ("mojibake", "html") if other != flag]
        simple = planted[
            ~planted[others].any(axis=1)
        ]  # one fault alone, so that the right text can be told from outside
        expected = simple["raw"].map(own).map(cleaned)
        right = expected == simple["stored"]
        figure = {
            "precision": scores(int((made & both[flag]).sum()), int(made.sum()), 0)["precision"],
            "recall": scores(int(right.sum()), 0, len(simple))["recall"],
        }
        noticed = scores(int((made & both[flag]).sum()), 0, len(planted))["recall"]
        remark = f"noticed in {noticed:.3f}; recall counts texts that came out exactly right"
        lines.append(line(flag, name, figure, len(planted), remark=remark))
    return lines


def only_closings(both: pd.DataFrame) -> pd.DataFrame:
    """Texts that lost a bare closing formula and nothing else.

    The truth calls the block below it the signature; tidying takes «Kind regards» with it, alone too, because it tells
    nothing about the matter. That is neither found nor wrong.
    """
    unsigned = both[~both["signature"] & both["made"].map(lambda names: "signature" in names)]
    own = unsigned["raw"].map(own_words).map(lambda text: _CLOSING.sub("", text))
    return unsigned[own.map(plain_masked) == unsigned["stored"].map(plain)]


def cut_texts(material: Material) -> pd.DataFrame:
    """Texts of which something was cut as a thread or a signature although the truth has none there."""
    both = material.both.assign(raw=material.raw_texts)
    both["stored"] = both["text"].fillna("")
    both["made"] = both["text_repairs"].fillna("").str.split("|")
    quoted, signed = (both["made"].map(lambda names, word=word: word in names) for word in ("quoted", "signature"))
    wrong = (quoted & ~both["quoted"]) | (signed & ~both["signature"])
    wrong &= ~both.index.isin(only_closings(both).index)
    return both.loc[wrong, ["raw", "text", "text_repairs"]]


def own_words(text: str) -> str:
    """What a customer wrote, worked out from the raw text without the library's own cuts."""
    return without_markup(right_encoding(text))


def plain_masked(text: str) -> str:
    return plain(mask_text(text))


def cleaned(text: str) -> str:
    return mask_text(tidy_text(text))


def right_encoding(text: str) -> str:
    """Undo a wrong decoding the way it was made: each character back to its byte."""
    for page in _PAGES:
        try:
            good = b"".join(_byte(letter, page) for letter in text).decode("utf-8")
        except UnicodeError:
            continue
        return good
    return text


def _byte(letter: str, page: str) -> bytes:
    try:
        return letter.encode(page)
    except UnicodeEncodeError:
        return letter.encode("latin-1")


class _Plain(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.parts, self.hidden = [], False

    def handle_starttag(self, tag: str, attrs: list) -> None:
        self.hidden = tag == "script"
        self.parts += ["\n"] if tag in ("p", "br", "div") else []

    def handle_endtag(self, tag: str) -> None:
        self.hidden = False
        self.parts += ["\n"] if tag in ("p", "div") else []

    def handle_data(self, data: str) -> None:
        self.parts += [] if self.hidden else [data]


def without_markup(text: str) -> str:
    parser = _Plain()
    parser.feed(text)
    parser.close()
    return without_tail("".join(parser.parts))


def _pattern(template: str) -> str:
    """Turn a template of the sample, «On <date>, (a|b) wrote», into a regular expression."""
    pieces = re.split(r"(<\w+>|[()|])", template)
    inside = "".join(
        r"[^\n]+?" if re.fullmatch(r"<\w+>", piece) else {"(": "(?:", ")": ")", "|": "|"}.get(piece) or re.escape(piece)
        for piece in pieces
    )
    return inside.replace(r"\ ", r"[ \u00a0]?").replace(r"\n", "\n")


_TAILS = [
    re.compile(
        r"\s*\n\s*(?:"
        + "|".join(_pattern(t) for words in (wording_en, wording_ru, wording_zh) for t in kind(words))
        + r")\s*\Z"
    )
    for kind in (lambda words: words.QUOTE, lambda words: words.SIGNATURE)
]


def _uncut(template: str) -> str:
    return template.rstrip(",")


_CLOSING = re.compile(
    r"(?:"
    + "|".join(_pattern(t) for words in (wording_en, wording_ru, wording_zh) for t in map(_uncut, words.CLOSING))
    + r")[\s,.!]*\Z",
    re.IGNORECASE,
)


def without_tail(text: str) -> str:
    for tail in _TAILS:
        text = tail.sub("", text)
    return text
