"""Scores as tools write them: one column per answer, or words and other scales, brought to the score of our scale."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from .unreadable import Unreadable


def one_answer(
    counts: Mapping[float, pd.Series], names: Mapping[float, str], rows: pd.Series, bad: Unreadable
) -> pd.Series:
    """Read a score told as counts per answer: a 1 in the column of the answer given, else 0 or nothing.

    ``counts`` and ``names`` hold, per score, the numbers and the name of its column in the file; ``rows`` the rows of the
    file. A row without any answer has no score. A row that counts several answers is refused: it sums up several surveys,
    and their mean would pass for one. Returns the scores.
    """
    frame = pd.DataFrame(dict(counts))
    odd = frame.notna() & ((frame < 0) | (frame % 1 != 0))
    for score in frame.columns:
        what = "is no number of answers"
        bad.check(odd[score], frame[score], rows, names[score], what, "Write 1 for the answer given, else 0.")
    total = frame.sum(axis=1).mask(odd.any(axis=1))
    several = total > 1
    said = frame[several].apply(_told, axis=1) if several.any() else pd.Series(dtype="str")
    what = "are several answers in one row, and a row is one survey"
    cure = "Export one row per survey; a sum of surveys cannot be brought to its contacts."
    bad.check(several, said.reindex(frame.index), rows, ", ".join(names.values()), what, cure)
    answered = (frame == 1).mul(list(frame.columns), axis=1).sum(axis=1)
    return answered.where(total == 1).astype("float64")


def _told(counts: pd.Series) -> str:
    """Write the counts of a row: ``2 × 4, 1 × 5``."""
    return ", ".join(f"{n:g} × {score:g}" for score, n in counts.items() if n > 0)


def listed_answers(
    values: pd.Series,
    answers: Mapping[str | int | float, float | None],
    name: str,
    column: str,
    rows: pd.Series,
    bad: Unreadable,
) -> pd.Series:
    """Bring the words or numbers of another scale to the scores that the source description lists for them.

    ``values`` are strings without blanks around them; case does not matter; null in ``answers`` is no answer. A value that
    is not listed is refused, because the nearest score would be a guess. Returns the scores.
    """
    known = {str(word).strip().casefold(): score for word, score in answers.items()}
    words = values.str.casefold()
    strange = values.notna() & ~words.isin(list(known))
    bad.check(strange, values, rows, column, "is no answer that is listed", f"Add it under answers, {name}.")
    return words.map({word: score for word, score in known.items() if score is not None}).astype("float64")
