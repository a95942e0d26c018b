"""Texts of contacts: composed by a writer for each, with slips, personal data and the dirt of real exports."""

from __future__ import annotations

import numpy as np
import pandas as pd

from voc.data.sample import world
from voc.data.sample.dirt_text import colloquial, formula, markup, slips, wrong_encoding
from voc.data.sample.personal import MUST_MASK, NEAR_MISSES, phone_numbers, value_of
from voc.data.sample.plan import Plan
from voc.data.sample.template import Dice, expand
from voc.data.sample.writer import ISSUES, WORDS, Writer, fill_slots

_WIDE = {",": "，", "?": "？", "!": "！", ":": "："}
FLAGS = ("html", "formula", "quoted", "signature", "mojibake")

__all__ = ["comments", "compose_all", "phone_numbers"]


def _wide(text: str) -> str:
    """Use Chinese punctuation after Chinese letters."""
    out = list(text)
    for at in range(1, len(out)):
        if out[at] in _WIDE and out[at - 1] >= "\u3000":
            out[at] = _WIDE[out[at]]
    return "".join(out)


def _personal(dice: Dice, writer: Writer, parts: list[str]) -> list[tuple[str, str, bool]]:
    """Put personal data, or what looks like them, into some texts; returns kind, value and whether to mask."""
    found = []
    long_enough = sum(len(part) for part in parts) > 14
    for kinds, share in ((MUST_MASK, 0.055), (NEAR_MISSES, 0.05)):
        while long_enough and dice.chance(share):
            kind = dice.pick(kinds)
            value = value_of(dice, kind, writer.language, writer.row["email"])
            writer.slots["value"] = value
            parts.insert(1 + dice.below(len(parts)), writer.sentence(writer.words.PERSONAL[kind]))
            found.append((kind, value, kinds is MUST_MASK))
    return found


def _compose(dice: Dice, row: dict) -> tuple[dict, list[tuple[str, str, bool]]]:
    """Compose one contact's text; returns the text with its flags, and the personal data in it."""
    language = row["language"]
    if dice.chance(0.03):
        language = dice.pick(world.LANGUAGES)
    writer = Writer(dice, row, language)
    parts = writer.parts()
    if dice.chance(0.14):
        parts = [slips(dice, part, language) if dice.chance(0.6) else part for part in parts]
    if dice.chance(0.10):
        parts = [colloquial(dice, part, language) for part in parts]
    channel = row["channel"]
    if channel in ("chat", "messenger", "review") and dice.chance(0.12):
        parts[-1] += dice.pick(("", " ")) + dice.pick(writer.words.EMOJI[writer.mood])
    found = _personal(dice, writer, parts)
    text = writer.join(parts)
    if writer.mood == "bad" and language != "zh" and not found and dice.chance(0.03):
        text = text.upper()
    if language == "zh" and dice.chance(0.85):
        text = _wide(text)
    told = _language_of(text, language)
    flags = dict.fromkeys(FLAGS, False)
    if channel == "email" or (channel == "web form" and dice.chance(0.25)):
        if text and dice.chance(0.25):
            flags["signature"] = True
            text += "\n\n" + writer.say(writer.words.SIGNATURE)
        if text and dice.chance(0.12 if channel == "email" else 0.0):
            flags["quoted"] = True
            text += "\n\n" + writer.say(writer.words.QUOTE)
    if channel in ("email", "web form", "review") and text and dice.chance(0.03):
        flags["html"], text = True, markup(dice, text)
    if told and dice.chance(0.009):
        broken = wrong_encoding(dice, text)
        flags["mojibake"], text = (True, broken) if broken else (False, text)
    if told and len(text) > 5 and dice.chance(0.004):
        flags["formula"], text = True, formula(dice, text)
    subject = ""
    if channel in ("email", "web form", "review") and dice.chance(0.9):
        subject = writer.sentence(ISSUES[language][row["issue"]][0]).rstrip(".。")
        subject = dice.pick(("Re: ", "Fwd: ", "RE: ")) + subject if flags["quoted"] else subject
    theme = row["theme"] if writer.themed else ""
    return {"text": text, "subject": subject, "text_language": told, "theme": theme, **flags}, found


def _language_of(text: str, language: str) -> str | None:
    """Return the language of a text, ``None`` for one without words of that language (a sign, «ok» in a Russian chat)."""
    inside = {"en": ("a", "z"), "ru": ("а", "ё"), "zh": ("\u4e00", "\u9fff")}[language]
    return language if any(inside[0] <= letter <= inside[1] for letter in text.lower()) else None


def compose_all(dice: Dice, plan: Plan, frame: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Compose the texts of all contacts; returns the contacts with texts and flags, and a table of personal data.

    New columns: ``text``, ``subject``, ``text_language`` and the flags; ``theme`` stays only where the text shows it.
    The table: ``row`` (of the frame), ``kind``, ``value`` as written, ``must_mask``.
    """
    columns = [
        "language",
        "channel",
        "issue",
        "theme",
        "csat",
        "day",
        "product",
        "carrier",
        "payment",
        "app",
        "order",
        "customer",
        "email",
    ]
    made, found = [], []
    for number, values in enumerate(zip(*(frame[column] for column in columns), strict=True)):
        text, personal = _compose(dice, dict(zip(columns, values, strict=True)))
        made.append(text)
        found += [(number, *item) for item in personal]
    texts = pd.DataFrame(made, index=frame.index)
    masks = pd.DataFrame(found, columns=["row", "kind", "value", "must_mask"])
    return pd.concat([frame.drop(columns="theme"), texts], axis=1), masks


def comments(dice: Dice, asked: pd.DataFrame) -> np.ndarray:
    """Return the comments of answered surveys, empty for most."""
    high = {"csat": 4, "nps": 9, "ces": 6}
    out = []
    for answered, kind, score, language in zip(
        asked["answered"], asked["kind"], asked["score"], asked["language"], strict=True
    ):
        if not answered or not dice.chance(0.3):
            out.append("")
            continue
        words = WORDS[language]
        row = dict.fromkeys(("product", "carrier", "payment", "app"), "") | {"day": 400, "order": 0, "customer": "C0"}
        good = score >= high[kind]
        phrases = (
            (words.PLEASED if good else words.ANGRY)
            if dice.chance(0.5)
            else (words.GOOD_REVIEW if good else words.BAD_REVIEW)
        )
        out.append(expand(dice, dice.pick(phrases), fill_slots(dice, row, language)))
    return np.array(out, dtype=object)
