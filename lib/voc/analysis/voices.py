"""Customers' own words, drawn at random within strata so that nobody chose them to please.

A voice is drawn by lot among the contacts of a stratum that have enough words. Where all drawn voices with a score judge
alike, one that judges the other way is drawn beside them: a satisfied customer beside unhappy ones, and the reverse.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from ..data.periods import Period
from ..data.store import to_frame
from .scorecard import within

COLUMNS = ["stratum", "text", "language", "channel", "score", "category", "dissent", "interaction_id"]
FEWEST_LETTERS, LONGEST = 20, 320


def draw(
    table: ir.Table,
    period: Period,
    strata: Sequence[tuple[str, dict[str, str]]],
    rng: np.random.Generator,
    each: int = 2,
) -> pd.DataFrame:
    """Draw voices of a period.

    ``strata`` are (heading, {column: value}) pairs. Returns stratum, text (cut at 320 characters), language, channel,
    score, category, dissent, interaction_id; no contact is drawn twice.
    """
    if "text" not in table.columns:
        return pd.DataFrame(columns=COLUMNS)
    inside = within(table, period)
    inside = inside.filter(inside.text.length() >= FEWEST_LETTERS)
    rows: list[pd.DataFrame] = []
    taken: set[str] = set()
    for heading, where in strata:
        part = inside
        for name, value in where.items():
            part = part.filter(part[name] == value)
        pool = _pool(part)
        pool = pool[~pool["interaction_id"].isin(taken)]
        drawn = pool.iloc[np.sort(rng.permutation(len(pool))[:each])]
        rest = pool.drop(drawn.index)
        said = drawn["score"].dropna()
        happy, unhappy = rest[rest["score"].ge(4)], rest[rest["score"].le(2)]
        other = (
            happy if len(said) and said.le(2).all() else unhappy if len(said) and said.ge(4).all() else rest.iloc[:0]
        )
        dissent = other.iloc[rng.permutation(len(other))[:1]]
        chosen = pd.concat([drawn.assign(dissent=False), dissent.assign(dissent=True)]).assign(stratum=heading)
        taken |= set(chosen["interaction_id"])
        rows.append(chosen)
    found = pd.concat(rows, ignore_index=True) if rows else pd.DataFrame(columns=COLUMNS)
    found["text"] = found["text"].map(_cut)
    return found.reindex(columns=COLUMNS)


def _pool(table: ir.Table) -> pd.DataFrame:
    columns = [
        "interaction_id",
        "text",
        *[name for name in ("language", "channel", "category") if name in table.columns],
    ]
    score = {"score": table.csat} if "csat" in table.columns else {}
    frame = to_frame(table.select(*columns, **score).order_by("interaction_id"))
    return frame if score else frame.assign(score=np.nan)


def _cut(text: str) -> str:
    """Shorten a text at a word's end.

    >>> _cut("a " * 200)[-3:]
    'a …'
    """
    flat = " ".join(text.split())
    if len(flat) <= LONGEST:
        return flat
    head = flat[:LONGEST]
    return (head.rsplit(" ", 1)[0] if " " in head[-40:] else head) + " …"
