"""Texts of contacts: composed from phrases by language, channel, issue, mood and what was planted."""

from __future__ import annotations

from datetime import timedelta

import numpy as np
import pandas as pd

from voc.data.sample import issues_en, issues_ru, issues_zh, wording_en, wording_ru, wording_zh, world
from voc.data.sample.dirt_text import colloquial, formula, markup, slips, wrong_encoding
from voc.data.sample.personal import MUST_MASK, NEAR_MISSES, phone_numbers, value_of
from voc.data.sample.plan import Plan
from voc.data.sample.template import Dice, expand

_WORDS = {"en": wording_en, "ru": wording_ru, "zh": wording_zh}
_ISSUES = {"en": issues_en.ISSUES, "ru": issues_ru.ISSUES, "zh": issues_zh.ISSUES}
_WIDE = {",": "，", "?": "？", "!": "！", ":": "："}
_SECOND = [issue.name for issue in world.ISSUES if issue.category not in ("feedback",)]
_INSTEAD = ("eco packaging", "newsletter")
"""Themes that are the whole story of a contact."""
FLAGS = ("html", "formula", "quoted", "signature", "mojibake")

__all__ = ["comments", "compose_all", "phone_numbers"]


class Writer:
    """One contact's writer: fills phrases in one language with the facts of the contact."""

    def __init__(self, dice: Dice, row: dict, language: str) -> None:
        self.dice, self.row, self.language = dice, row, language
        self.words, self.slots = _WORDS[language], _slots(dice, row, language)
        mood = row["csat"]
        self.mood = "bad" if mood <= 2 else "good" if mood >= 4 else "mid"
        self.sloppy = dice.chance(0.55 if row["channel"] in ("chat", "messenger") else 0.15)
        self.themed = False

    def say(self, phrases: tuple[str, ...]) -> str:
        """Return one of the phrases, filled in."""
        return expand(self.dice, self.dice.pick(phrases), self.slots)

    def sentence(self, phrases: tuple[str, ...]) -> str:
        """Return a phrase as this writer writes a sentence: with or without capital and full stop."""
        text = " ".join(self.say(phrases).split()).replace(" ,", ",").replace(" ?", "?").replace(" .", ".")
        if self.sloppy:
            return text.rstrip(".") if self.dice.chance(0.7) else text
        text = text[:1].upper() + text[1:]
        if text[-1:].isalnum() or text[-1:] in "»'\"":
            text += "。" if self.language == "zh" else "!" if self.mood == "bad" and self.dice.chance(0.25) else "."
        return text

    def story(self) -> list[str]:
        """Return the sentences that tell the issue, with the planted theme where there is one."""
        dice, theme = self.dice, self.row["theme"]
        _, stories = _ISSUES[self.language][self.row["issue"]]
        told = [self.sentence(stories)]
        if len(stories) > 1 and dice.chance(0.22):
            other = self.sentence(stories)
            told += [other] if other[:12] != told[0][:12] else []
        if theme:
            phrase = self.sentence(self.words.THEMES[theme])
            self.themed = True
            if theme in _INSTEAD:
                told = [phrase, self.sentence(self.words.THEMES[theme])] if dice.chance(0.3) else [phrase]
            elif theme in ("faq", "release", "promise") and dice.chance(0.6):
                told.insert(0, phrase)
            else:
                told.append(phrase)
        return list(dict.fromkeys(told))

    def feelings(self) -> list[str]:
        """Return sentences of the writer's mood; often none."""
        dice, words = self.dice, self.words
        if self.mood == "bad":
            some = [self.sentence(words.ANGRY)] if dice.chance(0.5) else []
            return some + ([self.sentence(words.IRONY)] if dice.chance(0.15) else [])
        if self.mood == "good" and dice.chance(0.2):
            return [self.sentence(words.PLEASED)]
        return [self.sentence(words.NEUTRAL)] if dice.chance(0.3) else []

    def aside(self) -> list[str]:
        """Return a second issue in the same text; in one text of twelve."""
        if not self.dice.chance(0.08):
            return []
        _, stories = _ISSUES[self.language][self.dice.pick(_SECOND)]
        start = self.say(self.words.ALSO)
        return [start + self.sentence(stories)]

    def parts(self) -> list[str]:
        """Return the parts of the text in order, as the channel shapes them."""
        dice, words, channel = self.dice, self.words, self.row["channel"]
        if channel == "phone":
            return self.note()
        silence = {"chat": 0.05, "messenger": 0.07, "review": 0.06}.get(channel, 0.006)
        if dice.chance(silence) and not self.row["theme"]:
            return [self.say(words.EMPTY)]
        body = self.story() + self.feelings() + self.aside()
        if channel == "review":
            verdict = words.BAD_REVIEW if self.mood == "bad" else words.GOOD_REVIEW
            head = [self.sentence(verdict)] if self.mood != "mid" and dice.chance(0.6) else []
            return head + body
        if dice.chance(0.35):
            body.append(self.sentence(words.REQUEST))
        if channel in ("chat", "messenger"):
            head = [self.say(words.HELLO)] if dice.chance(0.5) else []
            tail = [self.say(words.EMPTY)] if dice.chance(0.25) else []
            return head + body + tail
        mail = channel == "email"
        if dice.chance(0.4 if mail else 0.25):
            body.insert(0, self.sentence(words.CONTEXT))
        head = [self.say(words.GREETING)] if dice.chance(0.75 if mail else 0.45) else []
        tail = [self.say(words.CLOSING)] if dice.chance(0.55 if mail else 0.3) else []
        return head + body + tail

    def note(self) -> list[str]:
        """Return an agent's note of a call: often a few words, sometimes none."""
        dice, words = self.dice, self.words
        if dice.chance(0.26):
            return [dice.pick(words.NOTE_EMPTY)]
        subjects, stories = _ISSUES[self.language][self.row["issue"]]
        told = stories if dice.chance(0.3) else subjects
        theme = self.row["theme"]
        if theme in _INSTEAD:
            told, self.themed = words.THEMES[theme], True
        self.slots["issue"] = self.say(told)
        text = " ".join(self.say(words.NOTE).split()).replace("  ", " ")
        if theme and theme not in _INSTEAD and theme != "faq":
            self.themed = True
            return [text, self.say(words.THEMES[theme])]
        return [text] + ([self.say(words.NEUTRAL)] if dice.chance(0.1) else [])

    def join(self, parts: list[str]) -> str:
        """Join the parts: lines of a chat, paragraphs of a mail, one run of text elsewhere."""
        dice, channel = self.dice, self.row["channel"]
        parts = [part for part in parts if part]
        if not parts:
            return ""
        gap = "" if self.language == "zh" else " "
        if self.sloppy and self.language == "zh":
            gap = dice.pick(("，", " ", "。"))
        if channel in ("chat", "messenger"):
            text = parts[0]
            for part in parts[1:]:
                text += (gap if dice.chance(0.3) else "\n") + part
            return text
        if channel == "email" and len(parts) > 2 and dice.chance(0.7):
            return f"{parts[0]}\n\n{gap.join(parts[1:-1])}\n\n{parts[-1]}"
        return gap.join(parts)


def _slots(dice: Dice, row: dict, language: str) -> dict[str, str]:
    """Return the facts of a contact as words of a language."""
    words = _WORDS[language]
    day = world.to_date(max(row["day"] - 3 - dice.below(18), 0))
    month = words.MONTHS[day.month - 1]
    shown = {"en": f"{day.day} {month}" if day.day % 2 else f"{month} {day.day}", "ru": f"{day.day} {month}", "zh": f"{month}{day.day}日"}
    euros = 9 + dice.below(390)
    amount = {"en": f"€{euros}.90" if euros % 3 else f"{euros} euros", "ru": f"{euros * 90} руб.", "zh": f"{euros * 7}元"}
    today = world.to_date(row["day"]) - timedelta(1)
    hour = f"{8 + dice.below(11)}:{10 + dice.below(49)}"
    month_now = words.MONTHS[today.month - 1]
    long = {"en": f"{today.day} {month_now} {today.year} at {hour}", "ru": f"{today.day} {month_now} {today.year} г., {hour}", "zh": f"{today.year}年{month_now}{today.day}日 {hour}"}
    order = str(int(row["order"])) if row["order"] else str(10_000_000 + dice.below(89_999_999))
    slots = {
        "product": row["product"] or dice.pick(words.ANYTHING),
        "carrier": row["carrier"] or dice.pick(words.CARRIER),
        "date": shown[language],
        "longdate": long[language],
        "days": str(5 + dice.below(16)),
        "n": str(2 + dice.below(6)),
        "amount": amount[language],
        "order": f"№ {order}" if language == "ru" and dice.chance(0.3) else f"#{order}" if dice.chance(0.2) else order,
        "version": row["app"] or "7.2",
        "pay": words.PAY[row["payment"]],
        "name": dice.pick(words.NAMES),
        "issue": "",
    }
    if language == "ru":
        woman = int(row["customer"][1:]) % 2
        slots |= words.THING_FORMS[row["product"]]
        slots |= {"a": "а" if woman else "", "as": "ась" if woman else "ся", "upset": "недовольна" if woman else "недоволен"}
        slots["city_in"] = dice.pick(words.CITIES)
    else:
        slots |= {"item": words.THING[row["product"]], "city": dice.pick(words.CITIES)}
    return slots


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
        parts = [slips(dice, part, language) for part in parts]
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
        subject = writer.sentence(_ISSUES[language][row["issue"]][0]).rstrip(".。")
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
    columns = ["language", "channel", "issue", "theme", "csat", "day", "product", "carrier", "payment", "app", "order", "customer", "email"]
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
        words = _WORDS[language]
        row = dict.fromkeys(("product", "carrier", "payment", "app"), "") | {"day": 400, "order": 0, "customer": "C0"}
        good = score >= high[kind]
        phrases = (words.PLEASED if good else words.ANGRY) if dice.chance(0.5) else (words.GOOD_REVIEW if good else words.BAD_REVIEW)
        out.append(expand(dice, dice.pick(phrases), _slots(dice, row, language)))
    return np.array(out, dtype=object)
