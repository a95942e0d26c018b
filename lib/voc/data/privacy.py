"""Take personal data out of customers' texts and replace their ids by pseudonyms.

Masked are e-mail addresses, telephone numbers, payment cards and bank accounts; links lose whatever may identify.
Names, postal addresses, social handles and identity documents are **not** masked here.
"""

from __future__ import annotations

import re
from collections import Counter
from functools import cache

import ibis
import ibis.expr.datatypes as dt
import ibis.expr.types as ir
import pyarrow as pa

from voc.data.accounts import Span, find_accounts, find_cards
from voc.data.distinct import map_distinct
from voc.data.phones import REGIONS, find_phones
from voc.data.pseudonyms import KeyFileError, pseudonym, read_key

__all__ = [
    "KINDS",
    "REGIONS",
    "KeyFileError",
    "mask_array",
    "mask_counts",
    "mask_text",
    "masked",
    "masking",
    "pseudonym",
    "read_key",
]

KINDS = ("email", "phone", "card", "account", "link")

# Each of these costs microseconds and lets most texts pass without any further look.
_SEVEN_DIGITS = re.compile(r"\d(?:\D{0,4}\d){6}")
_LINK = re.compile(r"(?:https?://|\bwww\.)[^\s<>\"'`«»“”\u3000-\u9fff\uff00-\uffef]+", re.IGNORECASE)
_LINK_PARTS = re.compile(r"(?P<scheme>https?://)?(?:[^/?#]*@)?(?P<host>[^/?#]*)(?P<path>[^?#]*)", re.IGNORECASE)
_PLAIN_SEGMENT = re.compile(r"(?!.*\d{5})(?!(?=.*\d)[^-_.]{16,})(?!.*[@%=&;])[^/\s]{0,40}")

# Local parts by alphabet, narrow first, so that a word written without a space before the address is kept
# ("почтаivan@mail.ru"). A look-behind lets every run of letters be tried once only, which keeps the search linear.
_LATIN = r"A-Za-z0-9._%+'&\u00c0-\u024f\u0300-\u036f-"
_LOCAL_PARTS = (_LATIN, r"\u0400-\u04ff0-9._%+'-", r"\w.%+'-")
_DOMAIN = r" ?[@＠] ?(?:(?:[A-Za-z0-9-]+\.)+[A-Za-z]{2,24}(?![A-Za-z\u00c0-\u024f])|[\w-]+(?:\.[\w-]+)+)"
_EMAILS = tuple(re.compile(rf"(?<![{part}])[{part}]+{_DOMAIN}") for part in _LOCAL_PARTS)


def mask_text(text: str, regions: tuple[str, ...] = REGIONS) -> str:
    """Replace personal data in a text by the markers ``[email] [phone] [card] [account]``.

    Reports quote customers, and tables leave the company by mail: what identifies a person must be gone before
    anything else reads the text. Where a number may be read both ways, cards win over order numbers (about 3 in 100
    sixteen-digit order numbers pass for one by chance and are masked too), order numbers win over telephone numbers
    (see ``voc.data.phones``). Links keep the host and the leading plain words of the path; user names, queries,
    fragments and path segments that look like tokens or numbers become ``…``.

    Args:
        text: a customer's text, whole or in part.
        regions: countries whose national telephone formats are looked for (ISO 3166 codes).

    Returns:
        The text with markers; unchanged when it has no ``@``, no link and fewer than seven digits close together.

    Source: Luhn and issuer ranges ISO/IEC 7812, IBAN ISO 13616 (python-stdnum), numbers libphonenumber.

    Example:
        >>> mask_text("Заказ № 20481933, мой тел. 8 (916) 123-45-67, ivan@mail.ru")
        'Заказ № 20481933, мой тел. [phone], [email]'
    """
    return _mask(text, regions)[0]


def mask_array(values: pa.Array | pa.ChunkedArray, regions: tuple[str, ...] = REGIONS) -> pa.Array:
    """Mask a column of texts, each distinct text once; nulls stay null.

    Example:
        >>> mask_array(pa.array(["a@b.de", None])).to_pylist()
        ['[email]', None]
    """
    return map_distinct(values, lambda text: _mask(text, regions)[0])


def mask_counts(values: pa.Array | pa.ChunkedArray, regions: tuple[str, ...] = REGIONS) -> dict[str, int]:
    """Count what masking would replace in a column, by kind, so that the audit can say it.

    Returns:
        One number for each of ``KINDS``, in that order; repeated texts count every time.

    Example:
        >>> mask_counts(pa.array(["a@b.de", "a@b.de", None]))["email"]
        2
    """
    totals = Counter(dict.fromkeys(KINDS, 0))
    for row in values.value_counts().to_pylist():
        if row["values"] is not None:
            for kind in _mask(row["values"], regions)[1]:
                totals[kind] += row["counts"]
    return dict(totals)


def masked(column: ir.StringValue, regions: tuple[str, ...] = REGIONS) -> ir.StringValue:
    """Mask a text column inside the engine.

    Example:
        ``table.mutate(text=masked(table.text))``
    """
    return _masked_udf(tuple(regions))(column)


def masking(column: ir.StringValue, regions: tuple[str, ...] = REGIONS) -> ir.StructValue:
    """Mask a text column inside the engine and keep what was masked, in one pass.

    Returns:
        A struct of ``text`` (string) and ``kinds`` (array of strings, one entry for each thing replaced).

    Example:
        ``table.mutate(m=masking(table.text))``, then ``m.text`` and ``m.kinds.unnest()`` for the counts.
    """
    return _masking_udf(tuple(regions))(column)


_MASKING = {"text": "string", "kinds": "array<string>"}


@cache
def _masked_udf(regions: tuple[str, ...]):
    """Build the vectorised function of ``masked`` for some regions."""

    def voc_masked(texts):
        return mask_array(texts, regions)

    return ibis.udf.scalar.pyarrow(voc_masked, signature=((dt.string,), dt.string))


@cache
def _masking_udf(regions: tuple[str, ...]):
    """Build the vectorised function of ``masking`` for some regions."""
    kind = dt.Struct(_MASKING)

    def voc_masking(texts):
        return map_distinct(
            texts, lambda text: dict(zip(_MASKING, _mask(text, regions), strict=True)), kind.to_pyarrow()
        )

    return ibis.udf.scalar.pyarrow(voc_masking, signature=((dt.string,), kind))


def _mask(text: str, regions: tuple[str, ...]) -> tuple[str, list[str]]:
    """Return the masked text and the kinds of what was replaced."""
    kinds: list[str] = []
    if "://" in text or "www." in text.lower():
        text = _LINK.sub(lambda match: _shorten(match[0], kinds), text)
    if "@" in text or "＠" in text:
        for pattern in _EMAILS:
            text, count = pattern.subn("[email]", text)
            kinds += ["email"] * count
    if _SEVEN_DIGITS.search(text):
        for kind, finder in (("account", find_accounts), ("card", find_cards)):
            text = _cover(text, finder(_ascii_digits(text)), kind, kinds)
        text = _cover(text, find_phones(_ascii_digits(text), regions), "phone", kinds)
    return text, kinds


def _cover(text: str, spans: list[Span], kind: str, kinds: list[str]) -> str:
    """Put the marker of a kind in place of spans that do not overlap, and note the kind for each."""
    if not spans:
        return text
    kinds += [kind] * len(spans)
    starts, ends = [0] + [end for _, end in spans], [start for start, _ in spans] + [len(text)]
    return f"[{kind}]".join(text[a:b] for a, b in zip(starts, ends, strict=True))


def _ascii_digits(text: str) -> str:
    """Write full-width and other digits and the full-width plus as ASCII, character by character."""
    if text.isascii():
        return text
    return re.sub(r"\d", lambda match: str(int(match[0])), text).translate(str.maketrans("＋（）－", "+()-"))


def _shorten(link: str, kinds: list[str]) -> str:
    """Cut a link down to its host and the plain beginning of its path."""
    body = link.rstrip(".,;:!?)]}>…")
    tail = link[len(body) :]
    parts = _LINK_PARTS.match(body)
    kept = (parts["scheme"] or "") + parts["host"]
    for number, segment in enumerate(parts["path"].split("/")):
        if number and not _PLAIN_SEGMENT.fullmatch(segment):
            break
        kept += "/" * (number > 0) + segment
    if kept == body:
        return link
    kinds.append("link")
    return kept.rstrip("/") + "/…" + tail.lstrip("…")
