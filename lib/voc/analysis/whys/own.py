"""An analyst's own whys: carried from month to month as hers, and held against what the data say now.

A why names a problem and what she believes is behind it, in words; where she also says by which values it would be seen
(``seen_by``) or in which words (``says``), the data are asked the same question as of any other explanation.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Literal

import numpy as np
import pandas as pd
from pydantic import Field

from ...data.periods import Period
from ...data.sources import Strict
from ..compare import LIKELY, NOISE, SURE, UNKNOWN
from ..rules import MetricRules
from .contrast import effect_of
from .kinds import FEWEST
from .rows import Rows
from .starts import CONTACTS, MEASURES, OTHERS, Start, question

OWN_COLUMNS = [
    "id", "problem", "measure", "because", "by", "on", "verdict", "verdict_note", "owner", "seen_by", "says", "n", "whole",
    "share", "excess", "here", "rest", "z", "certainty", "agrees", "why",
]  # fmt: skip
MATERIAL = 0.05  # of a problem: a why that can carry no more than this is not right
SURELY, LIKELY_Z = 2.807, 1.96  # two-sided 0.5 % and 5 %: one question asked, not thousands


class OwnWhy(Strict):
    """One why of an analyst.

    ``id`` is hers and stays; ``problem`` a value of the column that names problems; ``because`` what she believes, in words.
    ``seen_by`` (column → value) or ``says`` (wordings, any of them) let the data answer.
    """

    id: str = Field(pattern=r"^[a-z0-9][a-z0-9_-]*$")
    problem: str
    because: str = Field(min_length=3)
    measure: Literal["contacts", "unhappy", "slow", "long", "back"] = CONTACTS
    seen_by: dict[str, str] = Field(default_factory=dict)
    says: list[str] = Field(default_factory=list)
    verdict: Literal["open", "confirmed", "rejected"] = "open"
    verdict_note: str = ""
    by: str = ""
    on: date | None = None
    owner: str = ""


class OwnWhys(Strict):
    """The file ``params/whys.yml``."""

    whys: list[OwnWhy] = Field(default_factory=list)


def held(
    rows: Rows,
    own: Sequence[OwnWhy],
    period: Period,
    rules: MetricRules,
    texts: pd.Series | None = None,
    spread: float = 1.0,
) -> pd.DataFrame:
    """Hold each why against the data of a year (contacts) or of the period: one row a why, in the order of the file.

    Args:
        rows, period, rules, spread: see ``starts``.
        texts: text by interaction_id, for wordings.

    Returns:
        ``OWN_COLUMNS``: n contacts that show it, share (%) of the problem's contacts that it carries, here and rest as for any
        explanation, z, certainty, agrees (yes, no, cannot tell) and, where the data cannot answer, why.
    """
    known = set(rows.problem)
    found = []
    for one in own:
        row = one.model_dump() | {"seen_by": _seen(one.seen_by), "says": "; ".join(one.says)}
        found.append(row | _answer(rows, one, period, rules, texts, spread, known))
    return pd.DataFrame(found, columns=OWN_COLUMNS)


def _answer(
    rows: Rows, one: OwnWhy, period: Period, rules: MetricRules, texts: pd.Series | None, spread: float, known: set[str]
) -> dict:
    blank = dict.fromkeys(("n", "whole", "share", "excess", "here", "rest", "z"), np.nan)
    cannot = {**blank, "certainty": UNKNOWN, "agrees": UNKNOWN}
    if one.problem not in known:
        return cannot | {"why": f"no contact is about {one.problem!r} in these data"}
    if not one.seen_by and not one.says:
        return cannot | {"why": "it says neither by which values nor in which words it would be seen"}
    missing = [name for name, value in one.seen_by.items() if name not in rows.codes or value not in rows.values[name]]
    if missing:
        return cannot | {"why": f"no contact has {', '.join(f'{name} {one.seen_by[name]!r}' for name in missing)}"}
    made = question(rows, Start(one.problem, one.measure, OTHERS), period, spread)
    if made is None:
        return cannot | {"why": f"the data have no {MEASURES[one.measure] or 'contacts'} to measure it by"}
    asked, whole = made
    part, sure = np.ones(len(rows), dtype=bool), np.ones(len(rows), dtype=bool)
    for name, value in one.seen_by.items():
        part &= rows.is_value(name, value)
        sure &= rows.codes[name] >= 0
    if one.says:
        said = rows.frame["interaction_id"].map(texts) if texts is not None else pd.Series(None, rows.frame.index)
        sure &= said.notna().to_numpy()
        lowered = said.fillna("").astype(str).str.lower()
        part &= np.logical_or.reduce([lowered.str.contains(word.lower(), regex=False).to_numpy() for word in one.says])
    judged, inside, every = effect_of(part, asked.main.within(sure))
    z, n = float(judged.z[0]), int(inside[0])
    if n < FEWEST or not np.isfinite(z):
        return cannot | {"n": n, "whole": whole, "why": f"only {n} contacts show it; {FEWEST} are needed"}
    certainty = SURE if abs(z) >= SURELY else LIKELY if abs(z) >= LIKELY_Z else NOISE
    excess = float(judged.excess[0])
    most = (excess + LIKELY_Z * abs(excess / z)) / whole if z else 0.0  # the upper end of what it can carry
    agrees = "yes" if z >= LIKELY_Z else "no" if every[0] >= rules.min_n and most < MATERIAL else UNKNOWN
    return {
        "n": n, "whole": whole, "share": 100 * excess / whole, "excess": excess,
        "here": float(judged.here[0]), "rest": float(judged.rest[0]), "z": z, "certainty": certainty, "agrees": agrees, "why": "",
    }  # fmt: skip


def _seen(values: Mapping[str, str]) -> str:
    return ", ".join(f"{name} {value}" for name, value in values.items())
