"""Label variants: the other wordings, spacings and slips under which a class appears in a raw column."""

from __future__ import annotations

import numpy as np
import pandas as pd

from voc.data.sample.labels import WORDINGS

_TYPED = {"channel": 0.05, "status": 0.04, "kind": 0.03, "flags": 0.05, "team": 0.06}
"""Share of rows with another wording, where it is not the usual share of ``_USUAL``."""
_USUAL, _SPACED, _SLIPS = 0.07, 0.05, 0.003


def _slip(rng: np.random.Generator, word: str) -> str:
    """Return a wording with one slip of the keyboard: a letter doubled, lost or swapped with the next."""
    while True:
        at, kind = int(rng.integers(1, len(word) - 2)), int(rng.integers(3))
        slipped = (
            word[:at] + word[at] + word[at:],
            word[:at] + word[at + 1 :],
            word[:at] + word[at + 1] + word[at] + word[at + 2 :],
        )[kind]
        if word[at].isalpha() and slipped != word:
            return slipped


def _respell(rng: np.random.Generator, word: str) -> str:
    """Return a wording in other case, spacing or punctuation."""
    ways = (word.upper(), word.lower(), f" {word}", f"{word}  ", word.replace(" ", "  "), word.replace(" ", "_"))
    return str(ways[int(rng.integers(len(ways)))])


def write_labels(
    rng: np.random.Generator, values: pd.Series, column: str, missing: float = 0.0
) -> tuple[np.ndarray, np.ndarray]:
    """Write classes as the raw column shows them; returns the wordings and how each was made.

    How: ``""`` (the tool's own), ``"variant"``, ``"typo"`` or ``"missing"``. Empty classes stay empty.
    """
    wordings = WORDINGS[column]
    classes = values.to_numpy(dtype=object)
    raw = np.array([wordings[c][0] if c in wordings else c for c in classes], dtype=object)
    how = np.full(len(raw), "", dtype=object)
    known = np.array([c in wordings for c in classes], dtype=bool)
    roll = rng.random(len(raw))
    other = _TYPED.get(column, _USUAL)
    for i in np.flatnonzero(known & (roll < other)):
        choices = wordings[classes[i]]
        raw[i] = choices[int(rng.integers(1, len(choices)))]
    for i in np.flatnonzero(known & (roll >= other - 0.02) & (roll < other + _SPACED)):
        raw[i] = _respell(rng, raw[i])
    slips = known & (roll >= other + _SPACED) & (roll < other + _SPACED + _SLIPS)
    slips &= np.array([len(str(word)) >= 6 and str(word)[:1] < "\u2e80" for word in raw])
    if column in ("flags", "status", "kind"):
        slips[:] = False
    for i in np.flatnonzero(slips):
        raw[i] = _slip(rng, raw[i])
    how[known & (roll < other + _SPACED)] = "variant"
    how[slips] = "typo"
    lost = known & (rng.random(len(raw)) < missing)
    raw[lost], how[lost] = np.array(["", "N/A", "-", ""], dtype=object)[rng.integers(0, 4, int(lost.sum()))], "missing"
    return raw, how
