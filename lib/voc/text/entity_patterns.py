"""How amounts, versions, pages, order numbers, dates and introductions of persons are written in three languages."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from decimal import Decimal, InvalidOperation

Span = tuple[str, int, int]  # canonical value, start, end

_NUMBER = r"\d{1,3}(?:[ \u00a0\u202f'’.,]\d{3})+(?:[.,]\d{1,2})?|\d+(?:[.,]\d{1,3})?"
_SIGNS = {
    "€": "EUR", "$": "USD", "£": "GBP", "₽": "RUB", "¥": "CNY", "￥": "CNY", "₴": "UAH", "₸": "KZT", "₹": "INR",
}  # fmt: skip
_WORDS = {
    "EUR": r"eur|euros?|евро|欧元",
    "USD": r"usd|us\$|dollars?|bucks|доллар(?:ов|а|ы)?|美元|美金",
    "GBP": r"gbp|pounds?|quid|фунт(?:ов|а|ы)?|英镑",
    "RUB": r"rub|rur|roubles?|rubles?|руб(?:\.|л(?:ей|я|ь|и))?|р\.|卢布",
    "CNY": r"cny|rmb|yuan|юан(?:ей|я|ь)|元|块钱|块|人民币",
    "UAH": r"uah|грн\.?|гривен|гривны",
    "KZT": r"kzt|тенге",
    "INR": r"inr|rs\.?|rupees?|рупий",
}
_TIMES = {"k": 1_000, "тыс": 1_000, "тысяч": 1_000, "тысячи": 1_000, "千": 1_000, "万": 10_000, "млн": 1_000_000}
_CODE = {"EUR": "eur", "USD": "usd", "GBP": "gbp", "RUB": "rub", "CNY": "cny|rmb"}
_MANY = r"(?:\s?(?P<times>k(?![a-zа-яё])|тыс(?:яч[аи]?)?\.?|千|万|млн))?"
_AFTER = "|".join(f"(?P<{code}>{words})" for code, words in _WORDS.items())
_AMOUNT_AFTER = re.compile(
    rf"(?<![\d.,\w])(?P<number>{_NUMBER}){_MANY}[ \u00a0\u202f]?(?:(?P<sign>[{''.join(_SIGNS)}])|(?:{_AFTER})(?![^\W\d_\u4e00-\u9fff]))",
    re.IGNORECASE,
)
_AMOUNT_BEFORE = re.compile(
    rf"(?:(?P<sign>[{''.join(_SIGNS)}])|\b(?:{'|'.join(f'(?P<{code}>{words})' for code, words in _CODE.items())}))"
    rf"[ \u00a0\u202f]?(?P<number>{_NUMBER})(?![\d]){_MANY}",
    re.IGNORECASE,
)
_AMOUNT_TIGHT = re.compile(rf"(?P<sign>[{''.join(_SIGNS)}])(?P<number>{_NUMBER})(?![\d]){_MANY}", re.IGNORECASE)
_HAN_DIGITS = {digit: value for value, digit in enumerate("零一二三四五六七八九")} | {"两": 2, "〇": 0}
_HAN_UNITS = {"十": 10, "百": 100, "千": 1_000, "万": 10_000}
_HAN_NUMBER = "[零〇一二两三四五六七八九十百千万]"
_AMOUNT_HAN = re.compile(rf"(?P<number>{_HAN_NUMBER}{{2,9}}|[二两三四五六七八九])(?:元|块钱|块(?!儿|头|屏|布|地|的))")

_SYSTEMS = {"ios": "iOS", "ipados": "iPadOS", "android": "Android", "андроид": "Android", "айос": "iOS", "安卓": "Android",
            "windows": "Windows", "macos": "macOS", "harmonyos": "HarmonyOS", "鸿蒙": "HarmonyOS"}  # fmt: skip
_V = r"\d{1,3}(?:\.\d{1,5}){0,3}"
_SYSTEM = re.compile(
    rf"(?<![^\W_])(?P<system>{'|'.join(_SYSTEMS)})\s?(?:версии\s|version\s)?(?P<version>{_V})(?![\d.]*\d)", re.I
)
_VERSION = re.compile(
    r"(?:(?<![^\W_])(?:app|application|version|ver\.?|v\.?|release|build|firmware|приложени[еия]|верси[яиюей]+|релиз\w{0,2}|прошивк\w)"
    r"(?:\s?(?:version|ver\.?|v\.?|верси[яиюей]+|no\.?|№))?|版本号?|应用|软件|固件)[:：\s]{0,2}(?P<version>\d{1,3}(?:\.\d{1,5}){1,3})(?![\d.]*\d)",
    re.I,
)
_VERSION_AFTER = re.compile(r"(?<![\d.])(?P<version>\d{1,3}(?:\.\d{1,5}){1,3})\s?(?:版本|版|version\b|верси)", re.I)

_ORDINALS = {
    "first": 1, "second": 2, "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9, "tenth": 10,
    "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7, "eight": 8, "nine": 9, "ten": 10,
    "перв": 1, "втор": 2, "трет": 3, "четверт": 4, "четвёрт": 4, "пят": 5, "шест": 6, "седьм": 7, "восьм": 8, "девят": 9, "десят": 10,
}  # fmt: skip
_WORD_BEFORE = "first|second|third|fourth|fifth|sixth|seventh|eighth|ninth|tenth"
_CARDINAL = "one|two|three|four|five|six|seven|eight|nine|ten"
_RU_ORDINAL = "(?:перв|втор|трет|четв[её]рт|пят|шест|седьм|восьм|девят|десят)(?:ой|ей|ую|ая|ья|ью|ьей)"
_PAGES = (
    re.compile(r"(?<![^\W_])(?:pages?|pg\.?|p\.)\s?(?:no\.?\s?|number\s|#\s?)?(?P<page>\d{1,3})(?!\d|[.,]\d|\s?%|\s?of\s\d*\s?stars)(?:\s?[-–]\s?(?P<to>\d{1,3})(?!\d))?", re.I),
    re.compile(rf"(?<![^\W_])page\s(?P<page>{_CARDINAL})(?![^\W_])", re.I),
    re.compile(rf"(?<![^\W_])(?P<page>\d{{1,3}}(?:st|nd|rd|th)|{_WORD_BEFORE})\spage(?![^\W_])", re.I),
    re.compile(r"(?<![^\W_])(?:страниц\w{0,3}|стр\.?|с\.)\s?(?:№\s?|номер\s)?(?P<page>\d{1,3})(?!\d|[.,]\d)(?:\s?[-–]\s?(?P<to>\d{1,3})(?!\d))?", re.I),
    re.compile(rf"(?<![\w.,])(?P<page>\d{{1,3}}(?:-?(?:ой|ей|й|ю|я|ую|ая|ью))?|{_RU_ORDINAL})\s(?:страниц\w{{1,3}}|стр\.?)(?!\w)", re.I),
    re.compile(rf"第\s?(?P<page>\d{{1,3}}|{_HAN_NUMBER}{{1,5}})\s?页(?!面)"),
    re.compile(r"(?<![\d.])(?P<page>\d{1,3})\s?页(?!面|纸)(?=[^\d])"),
)  # fmt: skip

_ORDER = re.compile(
    r"(?<![^\W_])(?:(?:order|parcel|ticket|case|tracking)\s?(?:no\.?|number|num\.?|id|№|#)?|(?:заказ\w{0,3}|посылк\w|накладн\w{2})\s?(?:№|номер\w{0,2}|#)?"
    r"|(?:№|#|no\.))[:\s]{0,2}(?P<id>(?=[\w-]*\d{3})[A-Za-z0-9][A-Za-z0-9-]{3,24})(?![\w])|(?:订单编?号?|单号|运单号?)[:：是为\s]{0,2}(?P<han>(?=[\w-]*\d{3})[A-Za-z0-9][A-Za-z0-9-]{3,24})",
    re.I | re.A,
)
_MONTHS_EN = "jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?"
_MONTHS_RU = "январ|феврал|март|апрел|ма[яй]|июн|июл|август|сентябр|октябр|ноябр|декабр"
_DATE = re.compile(
    r"(?<![\d.,/-])(?:\d{4}-\d{2}-\d{2}|\d{1,2}[./]\d{1,2}[./](?:\d{4}|\d{2})|\d{1,2}/\d{1,2})(?![\d/]|[.,-]\d)"
    rf"|(?<![\w.])\d{{1,2}}(?:st|nd|rd|th)?\s(?:of\s)?(?:{_MONTHS_EN})\b|\b(?:{_MONTHS_EN})\.?\s\d{{1,2}}(?:st|nd|rd|th)?(?!\d)"
    rf"|(?<![\w.])\d{{1,2}}(?:-?го)?\s(?:{_MONTHS_RU})\w{{0,3}}|(?:\d{{4}}年)?\d{{1,2}}月\d{{1,2}}[日号]",
    re.I,
)
_PERSON = r"[A-ZА-ЯЁ][a-zа-яё’'-]{1,20}(?:\s[A-ZА-ЯЁ][a-zа-яё’'-]{1,20}){0,2}"
_NAME = re.compile(
    rf"(?i:\bmy name is|\bmy name's|\bmr\.?|\bmrs\.?|\bменя зовут|\bмо[её] имя|\bфио:?)\s+(?P<name>{_PERSON})"
    rf"|(?i:\bс уважением,?|\bregards,?|\bsincerely,?)\s+(?P<signed>{_PERSON})[.\s]*\Z"  # else a new sentence begins
    r"|(?:我叫|我的名字是|姓名[:：]?|联系人[:：]?)\s?(?P<han>[\u4e00-\u9fff]{2,3})(?![\u4e00-\u9fff])|我姓(?P<surname>[\u4e00-\u9fff])"
)


def amounts(text: str) -> Iterator[Span]:
    """Yield sums of money: «49.99 EUR»; the sign or word may stand before or after the number.

    $ is taken as US dollars and ¥ as yuan. «k», «тыс.», «万» multiply.

    Example:
        >>> [value for value, *_ in amounts("€49.99, 1 299,00 руб., 199元, 1.299,50 €, 两百块")]
        ['49.99 EUR', '1299 RUB', '199 CNY', '1299.5 EUR', '200 CNY']
    """
    told: list[Span] = []
    for pattern in (_AMOUNT_TIGHT, _AMOUNT_AFTER, _AMOUNT_BEFORE, _AMOUNT_HAN):
        for found in pattern.finditer(text):
            if all(found.end() <= start or end <= found.start() for _, start, end in told):
                value = _amount(found.groupdict())
                told += [(value, *found.span())] if value else []
    yield from sorted(told, key=lambda one: one[1:])


def _amount(parts: dict[str, str | None]) -> str:
    if parts["number"][0] in _HAN_DIGITS or parts["number"][0] in _HAN_UNITS:
        return f"{han_number(parts['number'])} CNY"
    code = _SIGNS.get(parts["sign"]) or next((code for code in _WORDS if parts.get(code)), "")
    value = _number(parts["number"], parts["times"] or "")
    return f"{value} {code}" if value is not None and code else ""


def _number(text: str, times: str) -> str | None:
    """Read a number whose thousands and decimal marks are those of any language, as a plain decimal.

    The last mark is the decimal one where marks of two kinds stand, or where it does not part three digits; a single
    mark before exactly three digits parts thousands, but after a lone 0.
    """
    digits = re.sub(r"[ \u00a0\u202f'’]", "", text)
    marks = [place for place, letter in enumerate(digits) if letter in ".,"]
    if marks:
        last = marks[-1]
        kinds = {digits[place] for place in marks}
        whole = len(digits) - last - 1 == 3 and len(kinds) == 1 and digits[:last] != "0"
        head, tail = (digits, "") if whole else (digits[:last], digits[last + 1 :])
        digits = re.sub(r"[.,]", "", head) + (f".{tail}" if tail else "")
    try:
        value = Decimal(digits) * _TIMES.get(times.lower().rstrip("."), 1)
    except InvalidOperation:
        return None
    return f"{value.normalize():f}" if value else "0"


def han_number(text: str) -> int:
    """Read a number in Chinese characters, such as 三百五 or 两千零一.

    Example:
        >>> han_number("三"), han_number("十二"), han_number("三百五"), han_number("两千零一"), han_number("一万二")
        (3, 12, 350, 2001, 12000)
    """
    total, digit, unit = 0, 0, 1
    for place, letter in enumerate(text):
        if letter in _HAN_UNITS:
            unit = _HAN_UNITS[letter]
            total = (
                (total + digit) * unit
                if unit == 10_000
                else total + (digit or (1 if unit == 10 or not total else 0)) * unit
            )
            digit = 0
        else:
            digit = _HAN_DIGITS[letter]
            unit = 1 if letter in "零〇" else unit
        if place == len(text) - 1 and digit:
            total += digit * (unit // 10 if unit >= 100 else 1)
    return total


def versions(text: str) -> Iterator[Span]:
    """Yield versions: «7.2» of an app, «iOS 17.1» of a system.

    Example:
        >>> [value for value, *_ in versions("app 7.2 on iOS 17.1, версия 6.4.1, 7.3版")]
        ['iOS 17.1', '7.2', '6.4.1', '7.3']
    """
    taken: list[tuple[int, int]] = []
    for found in _SYSTEM.finditer(text):
        taken.append(found.span())
        yield f"{_SYSTEMS[found['system'].lower()]} {found['version']}", *found.span()
    for pattern in (_VERSION, _VERSION_AFTER):
        for found in pattern.finditer(text):
            if all(found.end() <= a or b <= found.start() for a, b in taken):
                taken.append(found.span())
                yield found["version"], *found.span()


def pages(text: str) -> Iterator[Span]:
    """Yield page numbers, both ends of a range, once each.

    Example:
        >>> [value for value, *_ in pages("page 3, на третьей странице, стр. 5, 第十二页, the 4th page")]
        ['3', '4', '5', '3', '12']
    """
    taken: list[tuple[int, int]] = []
    for pattern in _PAGES:
        for found in pattern.finditer(text):
            if any(found.start() < b and a < found.end() for a, b in taken):
                continue
            taken.append(found.span())
            for part in dict.fromkeys((found["page"], found.groupdict().get("to"))):
                if part and (page := _page(part)):
                    yield str(page), *found.span()


def _page(text: str) -> int:
    low = text.lower()
    if digits := re.match(r"\d+", low):
        return int(digits[0])
    if low[0] in _HAN_DIGITS or low[0] in _HAN_UNITS:
        return han_number(low)
    return next((value for word, value in _ORDINALS.items() if low.startswith(word)), 0)


def orders(text: str) -> Iterator[Span]:
    """Yield where order, parcel and case numbers stand; the number itself is not told.

    Example:
        >>> list(orders("заказ № 20481933, #70415"))
        [('order number', 0, 16), ('order number', 18, 24)]
    """
    for found in _ORDER.finditer(text):
        yield "order number", *found.span()


def dates(text: str) -> Iterator[Span]:
    """Yield where calendar days stand; which day is not told, because 03/04 is March or April.

    Example:
        >>> [text_span for text_span in dates("ordered 3 September, 12.03.2026, 9月3日")]
        [('date', 8, 19), ('date', 21, 31), ('date', 33, 37)]
    """
    for found in _DATE.finditer(text):
        yield "date", *found.span()


def names(text: str) -> Iterator[Span]:
    """Yield where persons introduce themselves or sign; the name is never told, only masked.

    Example:
        >>> list(names("Hello, my name is Anna Smith."))
        [('[name]', 18, 28)]
    """
    for found in _NAME.finditer(text):
        yield "[name]", *found.span(found.lastgroup)


def mask_names(text: str) -> str:
    """Replace the names with which persons introduce themselves or sign by ``[name]``; others are not recognised.

    Example:
        >>> mask_names("Меня зовут Анна Ли, где заказ?")
        'Меня зовут [name], где заказ?'
    """
    for _, start, end in reversed(list(names(text))):
        text = f"{text[:start]}[name]{text[end:]}"
    return text


KINDS: dict[str, tuple[Callable[[str], Iterator[Span]], re.Pattern]] = {
    # kind: who finds it, and a cheap sign without which a text holds none
    "amount": (amounts, re.compile(r"\d|[一二两三四五六七八九十百千万](?:元|块)")),
    "version": (versions, re.compile(r"\d")),
    "page": (pages, re.compile(r"page|pg|\bp\.|стр|\bс\.|页", re.I)),
    "order": (orders, re.compile(r"\d{3}")),
    "date": (dates, re.compile(r"\d")),
    "name": (names, re.compile(r"name|\bmrs?\b|зовут|имя|фио|уважением|regards|sincerely|我叫|我姓|名|联系人", re.I)),
}
