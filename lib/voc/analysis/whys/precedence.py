"""Which of two explanations of the same contacts is told first: a place or days before words, and whose days are right."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from .evidence import mask
from .kinds import THEME, TIME, TOPIC, WORDING
from .rows import Rows

SETTLED = (THEME, WORDING, TOPIC)  # what customers say is the end of what numbers can tell
NEARLY = 0.8  # of what the strongest explanation carries, from which another is told before it
AROUND = 7  # days beside those on which something said may begin
MOSTLY = 0.5  # of the contacts that say something, from which a span of days is full of it


def told_before(rows: Rows, large: pd.DataFrame, best: Mapping, cases: np.ndarray) -> pd.Series:
    """Mark the explanations that are told before the strongest one.

    Before something said, places and days are asked. But what is said knows its own days, and a span that begins on others
    would misdate it, as the steepest days of a slow rise do: such a span is not told before it, and where the span is the
    strongest, what fills it is told instead.

    Args:
        rows: contacts.
        large: explanations, as ``tries.tried`` gives them; ``best`` is the strongest that is confirmed.
        cases: mask of the contacts in question.
    """
    nearly = large["excess"] >= NEARLY * best["excess"]
    if best["kind"] in SETTLED:
        return (
            nearly & ~large["kind"].isin(SETTLED) & ((large["kind"] != TIME) | _begins_with(rows, best, large["begin"]))
        )
    inside = mask(rows, best) & cases if best["kind"] == TIME else np.zeros(len(rows), dtype=bool)
    return nearly & pd.Series(
        [_fills(rows, one, best, inside) for one in large.to_dict("records")], large.index, dtype=bool
    )


def _begins_with(rows: Rows, said: Mapping, begin: pd.Series) -> pd.Series:
    """Mark the days on which something said may have begun, give or take a week; what always was fits any."""
    begins = rows.said[int(said["said"])].begins
    own = begins[int(said["column"])] if begins is not None else None
    return begin.between(own[0] - AROUND, own[1] + AROUND) if own else pd.Series(True, begin.index)


def _fills(rows: Rows, one: Mapping, span: Mapping, inside: np.ndarray) -> bool:
    """Tell whether a theme that began on other days than a span makes up the contacts inside of it."""
    if one["kind"] != THEME or not inside.any() or _begins_with(rows, one, pd.Series([span["begin"]])).all():
        return False
    return bool(mask(rows, one)[inside].sum() >= MOSTLY * one["cases"])
