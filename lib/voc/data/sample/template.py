"""A small grammar of phrases: ``(a|b|c)`` chooses, ``(a|)`` may leave out, ``<name>`` is filled in.

Phrases are parsed once and expanded many times; the choices come from one stream of random numbers, so that the same
seed gives the same words.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache

import numpy as np

Node = tuple
"""A parsed phrase: a tuple of words (``str``), slots (``("<", name)``) and choices (``("|", (node, …))``)."""


class Dice:
    """A stream of uniform numbers drawn in large blocks: one number at a time from numpy would be slow."""

    def __init__(self, rng: np.random.Generator, block: int = 1 << 16) -> None:
        self._rng, self._block, self._numbers = rng, block, iter(())

    def roll(self) -> float:
        """Return the next number in [0, 1)."""
        for number in self._numbers:
            return number
        self._numbers = iter(self._rng.random(self._block).tolist())
        return next(self._numbers)

    def below(self, limit: int) -> int:
        """Return the next whole number in [0, limit)."""
        return int(self.roll() * limit)

    def chance(self, share: float) -> bool:
        """Return true in that share of cases."""
        return self.roll() < share

    def pick(self, values: Sequence):
        """Return one of the values."""
        return values[int(self.roll() * len(values))]


@cache
def parse(phrase: str) -> Node:
    """Parse a phrase of the grammar; raises ``ValueError`` where brackets do not match."""
    node, end = _parse(phrase, 0, top=True)
    if end != len(phrase):
        raise ValueError(f"phrase {phrase!r}: bracket at {end} closes nothing")
    return node


def _parse(phrase: str, at: int, top: bool = False) -> tuple[Node, int]:
    """Parse from ``at`` up to the closing bracket, or the end at the top."""
    options: list[Node] = []
    parts: list = []
    text = ""
    while at < len(phrase):
        letter = phrase[at]
        if letter in "(<|)" and text and not (letter == "|" and top):
            parts.append(text)
            text = ""
        if letter == "(":
            node, at = _parse(phrase, at + 1)
            parts.append(node)
        elif letter == "<":
            end = phrase.index(">", at)
            parts.append(("<", phrase[at + 1 : end]))
            at = end
        elif letter == "|" and not top:
            options.append(tuple(parts))
            parts = []
        elif letter == ")":
            if top:
                return tuple(parts), at
            return ("|", (*options, tuple(parts))), at
        else:
            text += letter
        at += 1
    if not top:
        raise ValueError(f"phrase {phrase!r}: a bracket is not closed")
    if text:
        parts.append(text)
    return tuple(parts), at


def expand(dice: Dice, phrase: str, slots: Mapping[str, str]) -> str:
    """Expand a phrase: make its choices and fill in its slots. Raises ``KeyError`` for an unknown slot.

    >>> import numpy
    >>> expand(Dice(numpy.random.default_rng(1)), "my <what> (broke|has broken)", {"what": "lamp"})
    'my lamp has broken'
    """
    out: list[str] = []
    _expand(dice, parse(phrase), slots, out)
    return "".join(out)


def _expand(dice: Dice, node: Node, slots: Mapping[str, str], out: list[str]) -> None:
    """Append the words of a parsed phrase to ``out``."""
    for part in node:
        if type(part) is str:
            out.append(part)
        elif part[0] == "<":
            out.append(slots[part[1]])
        else:
            _expand(dice, part[1][dice.below(len(part[1]))], slots, out)
