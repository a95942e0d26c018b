"""Tell telephone numbers in running text from order numbers, amounts, dates and other digits.

Two errors are possible and neither is small: a number left readable is a leak, an order number masked is a fact lost.
The library ``phonenumbers`` knows which numbers exist; what it cannot know is the context. The rules, in order:

1. dates, times, IP addresses and amounts are taken out of sight;
2. a run of digits glued to Latin letters (``SF1234567890``, ``A-1048392``) is a code;
3. behind ``+`` it is a number, if it has 8 to 15 digits;
4. behind a word for telephone ("call me at", "тел.", "电话") it is a number, if it has 7 to 15 digits;
5. behind a word for order, parcel, article … (or ``#``, ``№``) it is not;
6. otherwise it must be valid in one of the regions *and* be written as a number is: with its trunk prefix, as a
   mobile number, or in groups.
"""

from __future__ import annotations

import re

import phonenumbers
from phonenumbers import Leniency, PhoneNumberMatcher, PhoneNumberType

REGIONS = ("DE", "RU", "CN", "GB", "US")

_SPACE = "\u0020\u00a0\u2009\u202f"
_CANDIDATE = re.compile(rf"(?:\+|\(\+?)?\d(?:[{_SPACE}().\-\u2010-\u2014/]{{0,4}}\d){{6,40}}")

_CURRENCY = r"(?:[₽$€£¥元%]|руб|р\.|коп|eur\b|usd\b|gbp\b|rub\b|cny\b|rmb\b|块|人民币|шт\b|kg\b|кг\b|km\b|км\b)"
_NOT_PHONES = re.compile(
    rf"""
      (?<![\d.])(?:19|20)\d\d[-./](?:0?[1-9]|1[0-2])[-./](?:0?[1-9]|[12]\d|3[01])(?!\d)                 # 2026-10-03
    | (?<![\d./+(-])(?:0?[1-9]|[12]\d|3[01])(?P<s>[-./])(?:0?[1-9]|1[0-2])(?P=s)(?:19|20)\d\d(?!\d)     # 03.10.2026
    | (?<![\d./+(-])(?:0?[1-9]|1[0-2])/(?:0?[1-9]|[12]\d|3[01])/(?:19|20)\d\d(?!\d)                     # 10/23/2026
    | (?<![\d./+(-])(?:0?[1-9]|[12]\d|3[01])(?P<t>[./])(?:0?[1-9]|1[0-2])(?P=t)\d\d(?![\d./-])          # 03/10/26
    | (?<!\d)\d{{1,2}}:\d\d(?::\d\d)?(?!\d)                                                             # 12:34:56
    | (?<![\d.])(?:(?:25[0-5]|2[0-4]\d|1?\d?\d)\.){{3}}(?:25[0-5]|2[0-4]\d|1?\d?\d)(?![\d.])            # 192.168.1.20
    | (?<![\d.,+-])\d{{1,3}}(?:[{_SPACE}'’.]\d{{3}})*,\d{{1,2}}(?![.,]?\d)                              # 12 990,00
    | (?<![\d.,+-])\d{{1,3}}(?:,\d{{3}})*\.\d{{1,2}}(?![.,]?\d)                                         # 1,299.00
    | (?<![\d.,+-])\d+\.\d{{1,2}}(?![.,]?\d)                                                            # 129900.50
    | (?<![\d.,+-])\d{{1,3}}(?:[{_SPACE}'’.,]\d{{3}}){{0,5}}[{_SPACE}]?{_CURRENCY}                      # 1 299 000 ₽
    | (?<![\d.,+-])\d{{1,12}}[{_SPACE}]?{_CURRENCY}                                                     # 1299000 руб
    | {_CURRENCY}[{_SPACE}]?\d{{1,3}}(?:[{_SPACE}'’.,]\d{{3}})*(?!\d)                                   # $1,299,000
    """,
    re.VERBOSE | re.IGNORECASE,
)

_PHONE_WORD = (
    r"(?:(?<![a-z[])(?:phones?|telephone|tel|mobile|cell|call(?:ed|ing)?|ring|dial|whats\s?app|viber|signal|text|sms|fax|"
    r"contact|reach|telefon\w{0,6}|handy\w{0,8}|mobil\w{0,6}|rufnummer|anruf\w{0,4}|rückruf|erreich\w{0,4})"
    r"|(?<![а-яё])(?:тел|телеф\w{1,9}|моб|мобил\w{1,9}|сот|сотов\w{1,4}|(?:по|пере|до|со)?зв[ао]н\w{0,8}|набер\w{0,4}|"
    r"в[ао]тс[ао]п\w{0,2}|вайбер\w{0,2}|смс|связ[аеьи]\w{0,8}|факс)"
    r"|电话|手机|致电|拨打|来电|回电|打给|联系|座机|微信|手机号)"
)
_CODE_WORD = (
    r"(?:[#＃№]|(?<![a-z])(?:orders?|purchase|invoices?|tickets?|cases?|requests?|track(?:ing)?|parcels?|shipments?|"
    r"articles?|items?|sku|product|serial|ref|references?|contract|policy|receipt|transactions?|bill|version|ids?|isbn|"
    r"ean|upc|bar ?codes?|imei|awb|customer|client|booking|voucher|coupon|bestell\w{0,8}|auftrag\w{0,8}|rechnung\w{0,8}|"
    r"sendung\w{0,10}|kunden\w{0,8}|artikel\w{0,8}|vertrag\w{0,8}|paket\w{0,8})"
    r"|(?<![а-яё])(?:заказ\w{0,4}|заявк\w{0,3}|заявл\w{0,5}|обращени\w{0,3}|тикет\w{0,3}|трек\w{0,8}|накладн\w{0,3}|"
    r"посылк\w{0,3}|отправлени\w{0,3}|артикул\w{0,3}|товар\w{0,3}|чек\w{0,3}|сч[её]т\w{0,3}|договор\w{0,3}|код\w{0,3}|"
    r"инн|огрн|верси\w{0,3}|серийн\w{0,4}|квитанци\w{0,3}|плат[её]ж\w{0,3}|транзакци\w{0,3}|клиент\w{0,3}|купон\w{0,3}|"
    r"промокод\w{0,3}|штрих\w{0,8}|бронир\w{0,8}|id)"
    r"|订单|单号|运单|快递|物流|编号|货号|工单|发票|流水|版本|合同|条码|序列|包裹|商品|客户|会员)"
)
_FILLER = (
    r"(?:(?:number|no|nr|num|id|code|is|was|me|us|at|on|to|by|my|back|under|unter|ist|номер\w{0,3}|по|на|мой|моему|"
    r"мне|под|от|с|это|был|была|号码?|是|为|我|：)[^\w\n]{0,3}){0,4}"
)
_AFTER_PHONE_WORD = re.compile(rf"{_PHONE_WORD}[^\w\n]{{0,4}}{_FILLER}$", re.IGNORECASE)
# «… request. My number is 8 985 …»: behind a possessive another number is meant than the code named before.
_CODE_FILLER = re.sub(r"me\|us\||my\||мой\|моему\||мне\||我的\|", "", _FILLER)
_AFTER_CODE_WORD = re.compile(rf"{_CODE_WORD}[^\w\n?!]{{0,4}}{_CODE_FILLER}$", re.IGNORECASE)
_AFTER_CODE = re.compile(r"(?:[A-Za-z_]|[A-Za-z_][A-Za-z0-9_]{0,15}[-/_.])$")
_BEFORE_CODE = re.compile(r"[-_/]?[A-Za-z_]")
_LIST_GLUE = re.compile(r"[ ,;/&+、，и]{1,3}|,? ?(?:and|und|or|или|和|及|或) ?")

# How a number without a valid code is still recognised: 555-123-4567, 8 900 000-00-00, (495) 000 00 00.
_PHONE_GROUPS = {(3, 3, 4), (1, 3, 3, 4), (3, 3, 2, 2), (1, 3, 3, 2, 2)}


# No customer writes so many numbers; what follows them is masked unjudged, so that no text can stop the run.
_MOST_NUMBERS = 200


def find_phones(text: str, regions: tuple[str, ...] = REGIONS) -> list[tuple[int, int]]:
    """Find the telephone numbers of a text.

    Why: see the head of the module. Validity comes from Google's libphonenumber metadata (package ``phonenumbers``).

    Args:
        text: any text, digits as ASCII (``voc.data.privacy`` normalises other digits).
        regions: ISO 3166 codes of the countries whose national formats are looked for.

    Returns:
        Half-open spans ``(start, end)`` in the order of the text; empty when there is none.

    Example:
        >>> find_phones("заказ 89161234567, тел. 8 (916) 123-45-67")
        [(24, 41)]
    """
    seen = _NOT_PHONES.sub(lambda match: "\0" * len(match[0]), text)
    found: list[tuple[int, int]] = []
    code_ended = phone_ended = -1
    for count, candidate in enumerate(_CANDIDATE.finditer(seen)):
        start, end = candidate.span()
        if count >= _MOST_NUMBERS:
            found.append((start, end))
            continue
        before = seen[max(0, start - 48) : start]
        after_code = bool(_AFTER_CODE_WORD.search(before))
        after_phone = not after_code and bool(_AFTER_PHONE_WORD.search(before))
        if not after_code and not after_phone:  # a list goes on: "orders 20481933, 20481934"
            after_code = _goes_on(seen, code_ended, start)
            after_phone = _goes_on(seen, phone_ended, start)
        spans = _judge(seen, start, end, before, after_phone, after_code, regions)
        code_ended = end if after_code and not spans else -1
        phone_ended = end if after_phone and spans else -1
        found.extend(spans)
    return found


def _goes_on(seen: str, ended: int, start: int) -> bool:
    """Tell whether only a comma or an "and" lies between the last number and this one."""
    return ended >= 0 and start - ended <= 8 and bool(_LIST_GLUE.fullmatch(seen[ended:start]))


def _judge(seen, start, end, before, after_phone, after_code, regions) -> list[tuple[int, int]]:
    """Return the parts of one run of digits that are telephone numbers."""
    run = seen[start:end]
    digits = sum(map(str.isdecimal, run))
    if run.lstrip("(").startswith("+") and 8 <= digits <= 15:
        return [(start, end)]
    glued = _AFTER_CODE.search(before) or _BEFORE_CODE.match(seen, end)
    if not after_phone and (glued or (after_code and "+" not in run)):
        return []
    spans = _valid_numbers(run, regions, trusted=after_phone)
    if not spans and ((after_phone and digits <= 15) or _is_shaped(run, digits)):
        spans = [(0, len(run))]
    return [(start + a, start + b) for a, b in spans]


def _valid_numbers(run: str, regions: tuple[str, ...], trusted: bool) -> list[tuple[int, int]]:
    """Find the valid numbers of the region that explains most of the run."""
    best: list[tuple[int, int]] = []
    for region in regions:
        if run.isdecimal() and not _is_valid(run, region):
            continue  # ten times cheaper than the matcher, which has the last word
        spans = [
            (match.start, match.end)
            for match in PhoneNumberMatcher(run, region, leniency=Leniency.VALID)
            if trusted or _is_written_out(match.raw_string, match.number)
        ]
        if sum(b - a for a, b in spans) > sum(b - a for a, b in best):
            best = spans
            if spans == [(0, len(run))]:
                break
    return best


def _is_valid(run: str, region: str) -> bool:
    """Tell whether digits without any separator are a valid number of a region."""
    try:
        return phonenumbers.is_valid_number(phonenumbers.parse(run, region))
    except phonenumbers.NumberParseException:
        return False


def _is_written_out(raw: str, number: phonenumbers.PhoneNumber) -> bool:
    """Tell whether a valid number looks like one: grouped, with its prefix, or a mobile number.

    Half of all ten-digit runs are "valid" in North America, where numbers carry no prefix: there groups are needed. A
    country code without ``+`` is believed of mobile numbers only: bar codes begin like that, too.
    """
    if not raw.isdecimal():
        return True
    if number.country_code == 1:
        return False
    if phonenumbers.number_type(number) == PhoneNumberType.MOBILE:
        return len(raw) <= (16 if raw.startswith("00") else 14)
    has_prefix = len(raw) > len(str(number.national_number)) and not raw.startswith(str(number.country_code))
    return has_prefix and len(raw) <= 13


def _is_shaped(run: str, digits: int) -> bool:
    """Tell whether a run has the groups of a telephone number though its area code is not in use."""
    groups = tuple(len(group) for group in re.findall(r"\d+", run))
    if groups in _PHONE_GROUPS:
        return len(groups) in (3, 4) or run[0] in "78"
    return len(groups) > 1 and run[0] == "0" and run[1] != "0" and digits in (10, 11)
