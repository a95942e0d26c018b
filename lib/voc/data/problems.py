"""What is wrong with an input, told all at once: where, what, and the cure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches


@dataclass(frozen=True)
class Problem:
    """One fault of an input: where it stands, what is wrong there, what to change."""

    where: str
    what: str
    cure: str

    def __str__(self) -> str:
        return f"{self.where}: {self.what}. {self.cure}"


class InputError(ValueError):
    """An input cannot be used; carries every problem found, not only the first.

    >>> raise InputError("params/x.yml", [Problem("seed", "'abc' is not a whole number", "Write a number.")])
    Traceback (most recent call last):
    voc.data.problems.InputError: params/x.yml: 1 problem
      1. seed: 'abc' is not a whole number. Write a number.
    """

    def __init__(self, what: str, problems: Iterable[Problem]):
        self.what = what
        self.problems = list(problems)
        count = len(self.problems)
        lines = [f"{what}: {count} problem{'' if count == 1 else 's'}"]
        lines += [f"  {number}. {problem}" for number, problem in enumerate(self.problems, 1)]
        super().__init__("\n".join(lines))


def did_you_mean(word: str, known: Iterable[str]) -> str:
    """Suggest the nearest known names, or list them all when none is near."""
    known = [str(name) for name in known]
    near = get_close_matches(str(word), known, n=2, cutoff=0.6)
    if near:
        return f"Did you mean {' or '.join(near)}?"
    return f"Known names: {', '.join(known)}."


def shorten(value: object, length: int = 60) -> str:
    """Quote a value from a file for a message, cut to ``length`` characters."""
    text = repr(str(value))
    return text if len(text) <= length else text[: length - 1] + "…"
