"""Find bank accounts and payment cards in running text, by their structure and check digits."""

from __future__ import annotations

import re

from stdnum import iban, luhn

Span = tuple[int, int]

_GAP = "[ \u00a0\u2009\u202f.\u2010-\u2014_-]"
_CARD_RUN = re.compile(rf"\d(?:{_GAP}{{0,3}}\d){{12,60}}")
_CARD_WORD = re.compile(r"(?<!\[)card|visa|master|maestro|amex|карт|мир\b|卡|karte", re.IGNORECASE)
# Issuer prefixes and lengths: ISO/IEC 7812 ranges of Visa, Mastercard, Mir, American Express, Diners, JCB,
# Discover, UnionPay and Maestro.
_ISSUER = re.compile(
    r"4(?:\d{15}|\d{18})|5[1-5]\d{14}|2(?:22[1-9]|2[3-9]\d|[3-6]\d\d|7[01]\d|720)\d{12}|220[0-4]\d{12,15}|3[47]\d{13}"
    r"|3(?:0[0-5]|[68]\d)\d{11}|35\d{14}|6(?:011|4[4-9]\d|5\d\d|2\d\d)\d{12,15}|(?:50|5[6-8]|63|67)\d{14}(?:\d{2,3})?"
)
_IBAN = re.compile(r"(?<![A-Za-z0-9])[A-Za-z]{2}\d{2}(?:[ \u00a0-]?[A-Za-z0-9]){11,30}")
# Russian account of a person or firm: balance account 405–408 or 420–426, then the code of the currency.
_RU_RUN = re.compile(rf"(?<!\d)\d(?:{_GAP}?\d){{19}}(?!\d)")
_RU_ACCOUNT = re.compile(r"(?:40[5-8]|42[0-6])\d\d(?:810|643|840|978|156|392|398|756|826|933)\d{12}")


def find_accounts(text: str) -> list[Span]:
    """Find IBANs, by country length and check digits, and Russian accounts, by their structure.

    A Russian account has a check digit, too, but it needs the bank's code (BIK), which stands elsewhere or nowhere.

    Args:
        text: any text, digits as ASCII.

    Returns:
        Half-open spans in the order of the text.

    Source: ISO 13616 (python-stdnum); Bank of Russia regulation 809-P, chart of accounts.

    Example:
        >>> find_accounts("IBAN DE89 3704 0044 0532 0130 00 please")
        [(5, 32)]
    """
    spans = []
    position = 0
    while match := _IBAN.search(text, position):
        position = match.start() + 2  # what looks like the rest of this number may hold another
        for end in range(match.end(), match.start() + 14, -1):
            number = text[match.start() : end]
            if number[-1].isalnum() and iban.is_valid(number, check_country=False):
                spans.append((match.start(), end))
                position = end
                break
    ibans = list(spans)
    for match in _RU_RUN.finditer(text):
        if any(start < match.end() and match.start() < end for start, end in ibans):
            continue  # the digits of an IBAN may look like a Russian account
        if _RU_ACCOUNT.fullmatch(re.sub(r"\D", "", match[0])):
            spans.append(match.span())
    return sorted(spans)


def find_cards(text: str) -> list[Span]:
    """Find numbers of 13 to 19 digits, solid or in groups, that pass Luhn and start as an issuer's do.

    Behind a word for card any issuer will do. Every stretch of whole groups is tried, so that a date or a security
    code beside the number does not hide it.

    Args:
        text: any text, digits as ASCII.

    Returns:
        Half-open spans in the order of the text.

    Source: ISO/IEC 7812 (Luhn through python-stdnum; issuer ranges as published by the card schemes).

    Example:
        >>> find_cards("4111 1111 1111 1111 12/27")
        [(0, 19)]
    """
    spans = []
    for run in _CARD_RUN.finditer(text):
        groups = [(match.start(), match.end()) for match in re.finditer(r"\d+", run[0])]
        named = bool(_CARD_WORD.search(text, max(0, run.start() - 30), run.start()))
        first = 0
        while first < len(groups):
            last = _card_end(run[0], groups, first, named)
            if last is not None:
                spans.append((run.start() + groups[first][0], run.start() + groups[last][1]))
                first = last
            first += 1
    return spans


def _card_end(run: str, groups: list[Span], first: int, named: bool) -> int | None:
    """Return the last group of a card number that begins with group ``first``, if one does."""
    number, best = "", None
    for last in range(first, min(first + 8, len(groups))):
        number += run[groups[last][0] : groups[last][1]]
        if len(number) > 19:
            break
        if len(number) >= 13 and (named or _ISSUER.fullmatch(number)) and luhn.is_valid(number):
            best = last
    return best
