"""Cut a text into its sentences, in English, Russian and Chinese alike."""

from __future__ import annotations

import re
from itertools import islice

MOST = 40
"""Sentences of one text that are read: a text of 20,000 letters would otherwise weigh as much as a hundred others."""
LONGEST = 400
"""Letters of one sentence; longer ones are cut at a comma, a space or, failing both, anywhere."""

# «e.g.», «12.5», «т.е.» and «www.shop.com» hold points that end nothing: an end is followed by a space, a Chinese one by
# anything. Several marks in a row («?!..») are one end.
_END = re.compile(
    r"(?<=[.!?…])(?<!\b[a-zа-яё]\.)\s+|(?<=[。！？；…])(?![。！？；…])|\s*[\r\n\u2028\u2029]+\s*", re.IGNORECASE
)
_PIECE = re.compile(rf".{{1,{LONGEST}}}(?=[\s,，、]|$)|.{{1,{LONGEST}}}", re.DOTALL)


def split(text: str) -> list[str]:
    """Return the sentences of a text in order, at most ``MOST``, each at most ``LONGEST`` letters.

    Example:
        >>> split("Где заказ? Жду 5 дней.\\n还没收到。太慢了！ No. 7 is broken, e.g. the lid.")
        ['Где заказ?', 'Жду 5 дней.', '还没收到。', '太慢了！', 'No.', '7 is broken, e.g. the lid.']
    """
    found = (piece.strip() for part in _END.split(text) if part for piece in _short(part))
    return list(islice((piece for piece in found if piece), MOST))


def _short(part: str) -> list[str]:
    return [part] if len(part) <= LONGEST else [piece.lstrip(" ,，、") for piece in _PIECE.findall(part)]
