"""Personal data as people write them, and what only looks like them: made up, with right check digits or wrong ones."""

from __future__ import annotations

import numpy as np
import pandas as pd

from voc.data.sample.template import Dice

MUST_MASK = ("email", "phone", "card", "account")
NEAR_MISSES = ("order no", "article", "amount", "date")
_COUNTRIES = {"en": ("GB", "US", "DE"), "ru": ("RU",), "zh": ("CN",)}


def _digits(dice: Dice, count: int) -> str:
    """Return so many random digits."""
    return "".join(str(dice.below(10)) for _ in range(count))


def luhn_digit(number: str) -> str:
    """Return the check digit that makes ``number`` valid (ISO/IEC 7812, Luhn).

    >>> luhn_digit("7992739871")
    '3'
    """
    total = 0
    for place, digit in enumerate(reversed(number)):
        value = int(digit) * (2 if place % 2 == 0 else 1)
        total += value - 9 if value > 9 else value
    return str(-total % 10)


def iban(country: str, account: str) -> str:
    """Return the IBAN of an account in a country, with its two check digits (ISO 13616, modulo 97)."""
    moved = account + country + "00"
    number = int("".join(str(int(letter, 36)) for letter in moved))
    return f"{country}{98 - number % 97:02d}{account}"


def phone(dice: Dice, language: str, plain: bool = False) -> str:
    """Return a phone number in one of the ways people of that language write theirs; ``plain``: +digits only."""
    country = dice.pick(_COUNTRIES[language])
    if country == "GB":
        code, rest, end = "44", "7400", _digits(dice, 6)
        ways = (f"+44 7400 {end}", f"07400 {end}", f"+447400{end}", f"0044 7400 {end[:3]} {end[3:]}")
    elif country == "US":
        code, rest = "1", dice.pick(("212", "617", "312"))
        end = "555" + _digits(dice, 4)
        ways = (f"+1 {rest}-{end[:3]}-{end[3:]}", f"({rest}) {end[:3]}-{end[3:]}", f"+1 ({rest}) {end[:3]} {end[3:]}")
    elif country == "DE":
        code, rest = "49", dice.pick(("151", "160", "171"))
        end = str(2 + dice.below(7)) + _digits(dice, 7 if rest == "151" else 6)
        ways = (f"+49 {rest} {end}", f"0{rest} {end}", f"+49 ({rest}) {end[:3]} {end[3:]}", f"0049{rest}{end}")
    elif country == "RU":
        code, rest = "7", dice.pick(("912", "903", "921", "985"))
        end = _digits(dice, 7)
        spoken = f"{end[:3]}-{end[3:5]}-{end[5:]}"
        ways = (
            f"+7 {rest} {spoken}",
            f"8 ({rest}) {spoken}",
            f"8{rest}{end}",
            f"+7({rest}){end}",
            f"8-{rest}-{spoken}",
        )
    else:
        code, rest = "86", dice.pick(("138", "139", "186"))
        end = _digits(dice, 8)
        ways = (
            f"{rest}{end}",
            f"{rest} {end[:4]} {end[4:]}",
            f"+86 {rest} {end[:4]} {end[4:]}",
            f"{rest}-{end[:4]}-{end[4:]}",
        )
    return f"+{code}{rest}{end}" if plain else dice.pick(ways)


def value_of(dice: Dice, kind: str, language: str, email: str) -> str:
    """Return a value of a kind (``MUST_MASK`` or ``NEAR_MISSES``) as a customer of that language would write it."""
    if kind == "email":
        return dice.pick((email, email, email.upper(), email.replace("@", " @ ") if dice.chance(0.2) else email))
    if kind == "phone":
        return phone(dice, language)
    if kind == "card":
        body = dice.pick(("4", "51", "52", "4", "2202")) + _digits(dice, 14)
        body = body[:15]
        number = body + luhn_digit(body)
        groups = [number[i : i + 4] for i in range(0, 16, 4)]
        return dice.pick((" ", "-", "", " - ")).join(groups)
    if kind == "account":
        country = dice.pick(("DE", "GB", "FR"))
        account = {
            "DE": _digits(dice, 18),
            "GB": dice.pick(("NWBK", "BARC", "MIDL")) + _digits(dice, 14),
            "FR": _digits(dice, 23),
        }[country]
        number = iban(country, account)
        groups = " ".join(number[i : i + 4] for i in range(0, len(number), 4))
        return dice.pick((groups, number, groups.lower() if dice.chance(0.2) else groups))
    if kind == "order no":
        long = "3" + _digits(dice, 14)
        wrong = str((int(luhn_digit(long)) + 1 + dice.below(8)) % 10)
        return dice.pick((f"ORD-2026-{_digits(dice, 6)}", str(10_000_000 + dice.below(89_999_999)), long + wrong))
    if kind == "article":
        body = "40" + _digits(dice, 10)
        wrong = str((int(luhn_digit(body)) + 1 + dice.below(8)) % 10)
        return dice.pick(
            (body + wrong, f"{_digits(dice, 3)}.{_digits(dice, 3)}.{_digits(dice, 2)}", f"SN{_digits(dice, 9)}")
        )
    if kind == "amount":
        big, small = 1 + dice.below(9), _digits(dice, 3)
        return dice.pick((f"{big} {small},00", f"{big},{small}.50", f"{big}{small} EUR", f"{big}.{small},90"))
    day, month = 1 + dice.below(28), 1 + dice.below(12)
    return dice.pick((f"{day:02d}.{month:02d}.2026", f"2026-{month:02d}-{day:02d}", f"{month:02d}/{day:02d}/2026"))


def phone_numbers(dice: Dice, frame: pd.DataFrame) -> np.ndarray:
    """Return the number shown for each call, and for some chats; one customer keeps one number."""
    known: dict[str, str] = {}
    out = []
    for customer, language, channel in zip(frame["customer"], frame["language"], frame["channel"], strict=True):
        if channel == "phone" or (channel == "messenger" and int(customer[1:]) % 3 == 0):
            if customer not in known:
                known[customer] = phone(dice, language, plain=True)
            out.append(known[customer])
        else:
            out.append("")
    return np.array(out, dtype=object)
