"""One contact's writer: what a customer says, or an agent notes, about an issue in a language, a channel and a mood."""

from __future__ import annotations

from datetime import timedelta

from voc.data.sample import issues_en, issues_ru, issues_zh, wording_en, wording_ru, wording_zh, world
from voc.data.sample.template import Dice, expand

WORDS = {"en": wording_en, "ru": wording_ru, "zh": wording_zh}
ISSUES = {"en": issues_en.ISSUES, "ru": issues_ru.ISSUES, "zh": issues_zh.ISSUES}
_SECOND = [issue.name for issue in world.ISSUES if issue.category not in ("feedback",)]
_INSTEAD = ("eco packaging", "newsletter")
"""Themes that are the whole story of a contact."""


class Writer:
    """One contact's writer: fills phrases in one language with the facts of the contact."""

    def __init__(self, dice: Dice, row: dict, language: str) -> None:
        self.dice, self.row, self.language = dice, row, language
        self.words, self.slots = WORDS[language], fill_slots(dice, row, language)
        mood = row["csat"]
        self.mood = "bad" if mood <= 2 else "good" if mood >= 4 else "mid"
        self.sloppy = dice.chance(0.55 if row["channel"] in ("chat", "messenger") else 0.15)
        self.themed = self.long = False

    def say(self, phrases: tuple[str, ...]) -> str:
        """Return one of the phrases, filled in."""
        return expand(self.dice, self.dice.pick(phrases), self.slots).replace("  ", " ")

    def sentence(self, phrases: tuple[str, ...]) -> str:
        """Return a phrase as this writer writes a sentence: with or without capital and full stop."""
        text = " ".join(self.say(phrases).split()).replace(" ,", ",").replace(" ?", "?").replace(" .", ".")
        text = text.replace(" a item", " an item")
        if self.sloppy:
            return text.rstrip(".") if self.dice.chance(0.7) else text
        text = text[:1].upper() + text[1:]
        if text[-1:].isalnum() or text[-1:] in "»'\"":
            text += "。" if self.language == "zh" else "!" if self.mood == "bad" and self.dice.chance(0.25) else "."
        return text

    def story(self) -> list[str]:
        """Return the sentences that tell the issue, with the planted theme where there is one."""
        dice, theme = self.dice, self.row["theme"]
        _, stories = ISSUES[self.language][self.row["issue"]]
        first = dice.below(len(stories))
        told = [self.sentence(stories[first : first + 1])]
        if len(stories) > 1 and dice.chance(0.2):
            told.append(self.sentence(stories[:first] + stories[first + 1 :]))
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
        _, stories = ISSUES[self.language][self.dice.pick(_SECOND)]
        start, rest = self.say(self.words.ALSO), self.sentence(stories)
        small = rest[:1].isupper() and rest[:2] not in ("I ", "I'") and not rest.startswith(tuple(world.CARRIERS))
        return [start + (rest[:1].lower() + rest[1:] if small else rest)]

    def parts(self) -> list[str]:
        """Return the parts of the text in order, as the channel shapes them."""
        dice, words, channel = self.dice, self.words, self.row["channel"]
        if channel == "phone":
            return self.note()
        silence = {"chat": 0.05, "messenger": 0.07, "review": 0.06}.get(channel, 0.006)
        if dice.chance(silence) and not self.row["theme"]:
            return [self.say(words.EMPTY)]
        body = self.story() + self.feelings() + self.aside()
        if channel in ("email", "web form", "review") and dice.chance(0.08):
            self.long = True
            body = self.at_length(body)
        if channel == "review":
            verdict = words.BAD_REVIEW if self.mood == "bad" else words.GOOD_REVIEW
            head = [self.sentence(verdict)] if self.mood != "mid" and dice.chance(0.6) else []
            return head + body
        if dice.chance(0.35):
            body.append(self.sentence(words.REQUEST))
        if channel in ("chat", "messenger"):
            head = [self.say(words.HELLO)] if dice.chance(0.5) else []
            tail = [self.say(words.THANKS)] if dice.chance(0.25) else []
            return head + body + tail
        mail = channel == "email"
        if dice.chance(0.4 if mail else 0.25):
            body.insert(0, self.sentence(words.CONTEXT))
        head = [self.say(words.GREETING)] if dice.chance(0.75 if mail else 0.45) else []
        tail = [self.say(words.CLOSING)] if dice.chance(0.55 if mail else 0.3) else []
        return head + body + tail

    def some(self, phrases: tuple[str, ...], count: int) -> list[str]:
        """Return so many different phrases, in the order in which they stand after a turn."""
        start, step = self.dice.below(len(phrases)), 1 + self.dice.below(2)
        return list(dict.fromkeys(phrases[(start + step * i) % len(phrases)] for i in range(count)))

    def at_length(self, body: list[str]) -> list[str]:
        """Return the sentences of somebody who tells everything: what went before, what else, how it felt."""
        words, dice = self.words, self.dice
        moods = {"bad": words.ANGRY, "mid": words.NEUTRAL, "good": words.PLEASED}[self.mood]
        before = [self.sentence((phrase,)) for phrase in self.some(words.CONTEXT, 1 + dice.below(3))]
        after = [self.sentence((phrase,)) for phrase in self.some(words.NEUTRAL + moods, 2 + dice.below(4))]
        told = before + body + after + self.story() + self.feelings() + self.aside()
        return list(dict.fromkeys(told))

    def note(self) -> list[str]:
        """Return an agent's note of a call: often a few words, sometimes none."""
        dice, words = self.dice, self.words
        if dice.chance(0.26):
            return [dice.pick(words.NOTE_EMPTY)]
        subjects, stories = ISSUES[self.language][self.row["issue"]]
        told = stories if dice.chance(0.3) else subjects
        theme = self.row["theme"]
        if theme in _INSTEAD:
            told, self.themed = words.THEMES[theme], True
        self.slots["issue"] = self.say(told)
        text = (
            " ".join(self.say(words.NOTE).split()).replace("?.", "?").replace("?,", "?").replace(" a item", " an item")
        )
        if theme and theme not in _INSTEAD and theme != "faq":
            self.themed = True
            return [self.after_note(text) + self.say(words.THEMES[theme])]
        return [self.after_note(text) + self.say(words.NEUTRAL)] if dice.chance(0.1) else [text]

    def after_note(self, text: str) -> str:
        """Return a note with the sign that leads on to more."""
        return text.rstrip(".") + ("," if self.language == "zh" else self.dice.pick((". ", ", ", "; ")))

    def join(self, parts: list[str]) -> str:
        """Join the parts: lines of a chat, paragraphs of a mail, one run of text elsewhere."""
        dice, channel = self.dice, self.row["channel"]
        parts = [part for part in parts if part]
        if not parts:
            return ""
        gap = "" if self.language == "zh" else " "
        if self.sloppy and self.language == "zh":
            gap = dice.pick(("，", " ", "。"))
            if gap != " ":
                parts = [
                    part if part[-1] in "?？" else part.rstrip(",.!:，。！：") + gap for part in parts[:-1]
                ] + parts[-1:]
                gap = ""
        if self.long:
            return "".join(part + (gap if dice.chance(0.6) else "\n\n") for part in parts).strip()
        if channel in ("chat", "messenger"):
            text = parts[0]
            for part in parts[1:]:
                text += (gap if dice.chance(0.3) else "\n") + part
            return text
        if channel == "email" and len(parts) > 2 and dice.chance(0.7):
            return f"{parts[0]}\n\n{gap.join(parts[1:-1])}\n\n{parts[-1]}"
        return gap.join(parts)


def fill_slots(dice: Dice, row: dict, language: str) -> dict[str, str]:
    """Return the facts of a contact as words of a language."""
    words = WORDS[language]
    day = world.to_date(max(row["day"] - 3 - dice.below(18), 0))
    month = words.MONTHS[day.month - 1]
    shown = {
        "en": f"{day.day} {month}" if day.day % 2 else f"{month} {day.day}",
        "ru": f"{day.day} {month}",
        "zh": f"{month}{day.day}日",
    }
    euros = 9 + dice.below(390)
    amount = {
        "en": f"€{euros}.90" if euros % 3 else f"{euros} euros",
        "ru": f"{euros * 90} руб.",
        "zh": f"{euros * 7}元",
    }
    today = world.to_date(row["day"]) - timedelta(1)
    hour = f"{8 + dice.below(11)}:{10 + dice.below(49)}"
    month_now = words.MONTHS[today.month - 1]
    long = {
        "en": f"{today.day} {month_now} {today.year} at {hour}",
        "ru": f"{today.day} {month_now} {today.year} г., {hour}",
        "zh": f"{today.year}年{month_now}{today.day}日 {hour}",
    }
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
        slots |= {
            "a": "а" if woman else "",
            "as": "ась" if woman else "ся",
            "upset": "недовольна" if woman else "недоволен",
        }
        slots["city_in"] = dice.pick(words.CITIES)
    else:
        slots |= {"item": words.THING[row["product"]], "city": dice.pick(words.CITIES)}
    return slots
