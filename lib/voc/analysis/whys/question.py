"""What is asked of some contacts: cases against their base, and what stands in for it where that cannot be asked."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

import numpy as np

from .contrast import SHARE, Contrast
from .kinds import COMPARABLE


@dataclass(frozen=True)
class Question:
    """What is asked of some rows: the contrast, and the two that stand in for it where it cannot be asked.

    ``main`` sets the cases against their base. ``problem`` are all cases that the
    first why was asked of, ``siblings`` sets those in question against the rest of them, for what only contacts about the
    problem can say. ``timed`` sets them against the other contacts of the same days.
    """

    main: Contrast
    problem: np.ndarray
    siblings: Contrast | None = None
    timed: Contrast | None = None
    rated: Contrast | None = None
    days: tuple[int, int] = (0, 0)
    exact_days: bool = False
    standing: bool = False
    about: str = ""
    taken: frozenset[str] = field(default_factory=frozenset)

    def without(self, rows: np.ndarray) -> Question:
        """Ask the same of all other rows."""
        left = {name: one.within(~rows) if one is not None else None for name, one in self._contrasts().items()}
        return replace(self, **left)

    def _contrasts(self) -> dict[str, Contrast | None]:
        return {"main": self.main, "siblings": self.siblings, "timed": self.timed, "rated": self.rated}

    def compares(self, known: np.ndarray) -> tuple[str, Contrast]:
        """Choose the contrast for what is said, or for a label known of some rows, and name it.

        Only contacts about a problem can say what is said about it: why there is so much is asked among them. Where there
        was hardly anything before, cases are set against the same problem elsewhere as well; of a share, against the
        others of the same place and days: slow letters set against slow chats would show how letters are written.
        """
        by_group = np.bincount(self.main.group[known & (self.main.group >= 0)], minlength=self.main.groups)
        fit = by_group[1] >= COMPARABLE * by_group[0] and by_group[-1] >= COMPARABLE * by_group[0]
        if self.siblings is not None and not fit:
            beside = "timed" if self.main.form == SHARE and self.timed is not None else "siblings"
            return beside, self.contrast(beside)
        return "main", self.main

    def contrast(self, against: str) -> Contrast:
        """Return the contrast that an explanation was judged by."""
        return self._contrasts()[against]
