"""Cut what a mail carries besides the customer's own words: quoted threads and signatures."""

from __future__ import annotations

import re

_VERBS = r"wrote|writes|schrieb\w*|пиш[еу]т|писал\w*|написал\w*(?:\(а\))?|a écrit|escribió|ha scritto|写道|写到|寫道"
_ATTRIBUTION_END = re.compile(r"[:：]\s*$")
_SAID = re.compile(rf"(?:{_VERBS})(?:\(а\))?\W{{0,40}}$", re.IGNORECASE)
_DATED_SENDER = re.compile(r"\d.{0,200}(?:<[^<>\s]{1,200}>|\[email\]|@)\W{0,6}$")
_ATTRIBUTION_START = re.compile(r"^(?:on|am|le|el|il|在|于|\d{1,4}[./-]|пн|вт|ср|чт|пт|сб|вс)\b|^[在于]", re.IGNORECASE)
_SEPARATOR = re.compile(
    r"^\W{0,4}[-_=*]{2,40}\s*(?:original[ -](?:message|nachricht)|forwarded message|ursprüngliche nachricht|"
    r"weitergeleitete nachricht|message d'origine|пересылаемое сообщение|пересланное сообщение|исходное сообщение|"
    r"начало пересланного сообщения|原始邮件|原始郵件|转发邮件|转发的邮件|邮件原件|原邮件)[^\n]{0,80}$"
    r"|^(?:begin forwarded message|пересланное сообщение|начало пересылаемого сообщения|-+\s*原始邮件\s*-+)\s*[:：]?$",
    re.IGNORECASE,
)
_FROM = re.compile(r"^\W{0,3}(?:from|от|отправитель|von|发件人|寄件人|de)\s*[:：]\W{0,3}\s*\S", re.IGNORECASE)
_HEADER = re.compile(r"^\W{0,3}(?:sent|subject|отправлено|тема|gesendet|betreff|发送时间|主题)\s*[:：]", re.IGNORECASE)
_OTHER_HEADER = re.compile(
    r"^\W{0,3}(?:date|to|cc|дата|кому|копия|datum|an|日期|时间|收件人|抄送)\s*[:：]", re.IGNORECASE
)
_QUOTED = re.compile(r"^\s*[>＞]")
_COMPARISON = re.compile(r"^\s*[>＞]\s*[\d=]")

_CLOSING = re.compile(
    r"^(?:(?:с\s+(?:наилучшими|искренним)?\s*(?:уважением|пожеланиями)|всего (?:доброго|наилучшего))"
    r"|(?:with )?(?:best|kind|warm|many|kindest|warmest)?\s*regards|(?:yours\s+)?(?:sincerely|faithfully|truly)(?:\s+yours)?"
    r"|best wishes|cheers|mit (?:freundlichen|besten|vielen) grüßen|(?:viele|beste|liebe|freundliche) grüße|mfg"
    r"|此致|敬礼|此致\s*敬礼|祝好|顺祝商祺|顺颂商祺|谨启|敬上)(?=\W|$)",
    re.IGNORECASE,
)
_CHINESE_CLOSING = re.compile(r"(?:此致\s*敬礼|顺祝商祺|顺颂商祺)")
_DEVICE = re.compile(
    r"^\W{0,3}(?:sent (?:from|via|with) |get outlook for |отправлено (?:с|из|через) |(?:von )?(?:meinem|mein) .{1,30} gesendet"
    r"|gesendet (?:von|mit) |envoyé (?:de|depuis) |enviado desde |发自我的|發自我的|来自我的|从我的.{1,12}发送|发送自)"
    r"[^\n?？]{0,60}$|^发自[^\n?？，。]{1,20}$|^来自[^\n?？，。]{0,12}(?:邮箱|客户端|手机|outlook|foxmail)[^\n?？，。]{0,8}$",
    re.IGNORECASE,
)
_NAME = r"(?-i:[A-ZА-ЯЁ]|[\u4e00-\u9fff])(?:[^\W\d]|[.'-]){0,30}"
# A name alone in a line: two words with capitals, or a Chinese surname (the hundred commonest, nine people of ten) and
# what follows one.
_SURNAMES = (
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金石廖贾"
    "夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤"
)
_LATIN_NAME = r"(?:[A-ZА-ЯЁ][^\W\d_]{0,20}\.?|[A-ZА-ЯЁ]\.)"
_NAME_LINE = re.compile(
    rf"^(?:{_LATIN_NAME}(?:[ -]{_LATIN_NAME}){{1,3}}|[{_SURNAMES}](?:[\u4e00-\u9fff]{{1,2}}|先生|女士|小姐))$"
)
_AFTER_CLOSING = re.compile(rf"^[\s,，.!。！;-]*(?:{_NAME}(?:[ ,.]{{1,3}}{_NAME}){{0,3}})?[\s.!,]*$")
_INLINE_CLOSING = re.compile(
    r"[.!?…。！？)]\s*(?=(?:с уважением|best regards|kind regards|mit freundlichen grüßen|此致\s?敬礼|此致|祝好)(?:\W|$))",
    re.IGNORECASE,
)
# A full stop behind one capital is an initial («Иван К.»), not the end of a sentence.
_SENTENCE = re.compile(
    r"[?？!！]|(?<![\s.](?-i:[A-ZА-ЯЁ]))[.。]\s*$|\w[.。]\s+(?-i:[a-zа-яё])|\bP\.?\s?S\b|З\.?Ы", re.IGNORECASE
)
# Names and titles do not begin with a small Latin letter; "tell me what to do" and "total 12.50" do.
_SPOKEN = re.compile(r"(?!www|http|(?:tel|phone|mob|fax)\b)[a-z][^@]*?(?:\d|\s\S+\s\S)")
_LONGEST_TAIL, _LONGEST_LINE = 6, 60


def drop_quoted(text: str) -> str:
    """Drop the quoted thread of a mail, so that yesterday's words are not counted again.

    Cut are: lines that begin with ``>`` (also between a customer's answers) with the line that announces them; and all
    that follows an unmarked announcement ("On … wrote:", "… пишет:", "在 … 写道："), a separator ("-----Original
    Message-----", "Пересланное сообщение") or a header ("From: … Sent: …", "发件人：…"). An announcement without
    ``>`` lines needs a digit, for its date: "Ваш сотрудник написал:" alone cuts nothing. One line like "> 500 руб" is a
    comparison and stays.

    Args:
        text: lines separated by ``\\n``.

    Returns:
        The customer's own lines; the whole text when everything would be cut.

    Example:
        >>> drop_quoted("Still waiting.\\n\\nOn Mon, 5 Oct 2026, Shop wrote:\\n> Dear customer").strip()
        'Still waiting.'
    """
    if "\n" not in text or not any(mark in text for mark in ">＞:：-_"):
        return text
    lines = text.split("\n")
    kept: list[str] = []
    number = 0
    quoted = _quoted_lines(lines)
    while number < len(lines):
        if quoted[number]:
            number += 1
            continue
        span = _announcement(lines, number, quoted)
        if span < 0:
            break
        if span == 0:
            kept.append(lines[number])
        number += max(span, 1)
    if len(kept) == len(lines) or not any(line.strip() for line in kept):
        return text
    return "\n".join(kept)


def _quoted_lines(lines: list[str]) -> list[bool]:
    """Mark the lines that begin with ``>``; a lone one in front of a figure is a comparison."""
    marked = [bool(_QUOTED.match(line)) for line in lines]
    if sum(marked) == 1:
        return [mark and not _COMPARISON.match(line) for mark, line in zip(marked, lines, strict=True)]
    return marked


def _announcement(lines: list[str], number: int, quoted: list[bool]) -> int:
    """Say what begins at a line: 0 nothing, n > 0 an announcement of n lines before quoted ones, -1 the old thread."""
    line = lines[number].strip()[:400]
    if not line:
        return 0
    if _SEPARATOR.match(line):
        return -1
    following = [later.strip()[:200] for later in lines[number + 1 : number + 5]]
    if _FROM.match(line) and _is_header(line, following):
        return -1
    for span in (1, 2):  # the announcement may be wrapped
        whole = " ".join([line, *following[: span - 1]])
        if not _ATTRIBUTION_END.search(whole) or (span == 2 and not _ATTRIBUTION_START.match(line)):
            continue
        said = _SAID.search(whole) or _DATED_SENDER.search(whole)
        after = number + span
        while after < len(lines) and not lines[after].strip():
            after += 1
        if said and after < len(lines) and quoted[after]:
            return span
        if said and re.search(r"\d", whole):
            return -1
    return 0


def _is_header(first: str, following: list[str]) -> bool:
    """Tell a mail's header from a journey ("From: Berlin", "To: Paris"): it has a subject, or an address."""
    if any(_HEADER.match(line) for line in following):
        return True
    return bool(re.search(r"@|\[email\]", first)) and any(_OTHER_HEADER.match(line) for line in following)


def drop_signature(text: str) -> str:
    """Drop the signature at the end of a mail: delimiter, closing formula with name, or name and "Sent from my …".

    Only the end of a text is touched: at most six short lines that hold no sentence, and never the whole text. A
    closing in the last line behind a full stop goes too ("… Верните деньги. С уважением, Иван").

    Args:
        text: lines separated by ``\\n``.

    Returns:
        The text before the signature.

    Example:
        >>> drop_signature("Где заказ?\\n\\nС уважением,\\nИван Петров\\n\\nОтправлено с iPhone")
        'Где заказ?'
    """
    lines = text.rstrip().split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    while (start := _signature_start(lines)) is not None and start > first:
        device = bool(_DEVICE.match(lines[start].strip()))
        del lines[start:]
        if device and start - 1 > first and not lines[-2].strip() and _NAME_LINE.match(lines[-1].strip()):
            lines.pop()  # a name right above "Sent from …", in a paragraph of its own with it
        while not lines[-1].strip():
            lines.pop()
    shorter = "\n".join(lines)
    last = lines[-1]
    for closing in _INLINE_CLOSING.finditer(last, max(0, len(last) - 80)):
        if _is_closing(last[closing.end() :].strip()):
            return shorter[: len(shorter) - len(last) + closing.end()].rstrip()
    return shorter if len(shorter) < len(text.rstrip()) else text


def _signature_start(lines: list[str]) -> int | None:
    """Return the line where a signature begins, looking back over a few short lines from the end."""
    seen = 0
    for number in range(len(lines) - 1, -1, -1):
        line = lines[number].strip()
        if not line:
            continue
        if (_DEVICE.match(line) and seen <= 1) or line in ("--", "—", "-- ") or _is_closing(line):
            return number
        seen += 1
        if seen > _LONGEST_TAIL or len(line) > _LONGEST_LINE or _SENTENCE.search(line) or _SPOKEN.match(line):
            return None
    return None


def _is_closing(line: str) -> bool:
    """Tell whether a line is a closing formula, alone or with a name."""
    match = _CLOSING.match(line) if len(line) <= _LONGEST_LINE else None
    return bool(match and (_AFTER_CLOSING.match(line[match.end() :]) or _CHINESE_CLOSING.match(line)))
