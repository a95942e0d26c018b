"""Texts as a spreadsheet may hold them: what would run as a formula is prefixed, what no cell can hold is replaced."""

from __future__ import annotations

import re
from typing import Any

RISKY = ("=", "+", "-", "@", "\t", "\r")
CELL_MOST = 32_767  # characters in an XLSX cell
NOT_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")


def neutral(value: Any) -> Any:
    """Prefix a text that a spreadsheet could run as a formula; everything else stays as it is.

    >>> neutral("=1+1"), neutral(-3.5)
    ("'=1+1", -3.5)
    """
    return f"'{value}" if isinstance(value, str) and value.startswith(RISKY) else value


def original(text: str) -> str:
    """Take the prefix of ``neutral`` off again.

    >>> original("'=1+1"), original("'quoted'")
    ('=1+1', "'quoted'")
    """
    return text[1:] if text.startswith("'") and text[1:].startswith(RISKY) else text


def cell(text: str) -> tuple[str, bool]:
    """Return a text as an XLSX cell takes it, and whether its end had to be cut.

    >>> cell("@x\\x07"), cell("a" * 40_000)[1]
    (("'@x�", False), True)
    """
    safe = neutral(NOT_XML.sub("\ufffd", text))
    return (safe, False) if len(safe) <= CELL_MOST else (safe[: CELL_MOST - 1] + "…", True)
