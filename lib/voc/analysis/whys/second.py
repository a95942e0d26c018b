"""A second look by another rule: in which values does a figure's change from the months before lie (``localise``).

The trees ask about problems, and take the strongest explanation first. This asks of the whole figure which values rose while
their siblings were spared, and names them as coarsely as possible. Where both agree the place is surer; where they do not, read
both.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ...data.periods import Period
from ..localise.leaves import since
from ..localise.named import localise
from .rows import MADE, Rows
from .starts import BACK, CONTACTS, LONG, MEASURES, SLOW, UNHAPPY, marked, within

SECOND_COLUMNS = [
    "measure", "names", "values", "share", "before", "now", "effect", "rate", "mix", "n_before", "n", "whole_before", "whole_now",
]  # fmt: skip
BASE = 6  # periods before that a figure is set against
ABOUT = 10  # labels that are crossed at most, those with the fewest values first
NEW = 0.1  # contacts a period before per contact now, below which a value is new
LOOKED_AT = (CONTACTS, UNHAPPY, SLOW, LONG, BACK)


def second_look(rows: Rows, period: Period, labels: Sequence[str], fewest: int) -> pd.DataFrame:
    """Name the segments in which figures of a period lie beyond what the periods before lead to expect.

    Args:
        rows: contacts of the period and of at least one before.
        period: under report.
        labels: columns that may name a segment.
        fewest: contacts or answers of each period below which a measure is not looked at.

    Returns:
        ``SECOND_COLUMNS``, a row a segment, measures in their order and within them the largest share first: names and values
        (tuples), share (% of the excess), before and now (contacts expected and seen, or the share of bad ones in %), effect,
        rate and mix (what its own figure and its weight brought to the whole), n_before and n, whole_before and whole_now.
        ``attrs["looked"]`` is how many measures could be looked at.
    """
    periods = [one for one in period.trend(BASE + 1) if within(rows, one).sum() >= fewest]
    if len(periods) < 2 or periods[-1].start != period.start:
        return pd.DataFrame(columns=SECOND_COLUMNS)
    number = np.full(len(rows), -1)
    for at, one in enumerate(periods):
        number[within(rows, one)] = at
    known = [name for name in labels if name in rows.codes and name not in MADE]
    known = [name for name in known if not _comes_and_goes(rows.codes[name], number, len(periods) - 1, fewest)]
    crossed = sorted(known, key=lambda name: (len(rows.values[name]), name))[:ABOUT]
    parts = [_of(rows, measure, number, crossed, len(periods) - 1, fewest) for measure in LOOKED_AT]
    able = [part for part in parts if part is not None]
    found = pd.concat(able, ignore_index=True) if able else pd.DataFrame(columns=SECOND_COLUMNS)
    found.attrs["looked"] = len(able)
    return found


def _comes_and_goes(code: np.ndarray, number: np.ndarray, now: int, fewest: int) -> bool:
    """Tell whether a label has values that hardly were there before: a version names its months, not what went wrong."""
    values = int(code.max(initial=-1)) + 1
    seen, before = (
        np.bincount(code[kept & (code >= 0)], minlength=values)
        for kept in (number == now, (number >= 0) & (number < now))
    )
    return bool(((seen >= fewest) & (before / now < NEW * seen)).any())


def _of(
    rows: Rows, measure: str, number: np.ndarray, labels: Sequence[str], now: int, fewest: int
) -> pd.DataFrame | None:
    """Look at one measure; None where it is not in the data or too thin, empty where nothing stands out."""
    inside, weight = number >= 0, None
    bad = np.ones(len(rows), dtype=bool)
    if measure != CONTACTS:
        if MEASURES[measure] not in rows.frame:
            return None
        bad, known = marked(rows, measure, inside & (number < now))
        inside, weight = inside & known, "n"
    if not len(labels) or min((number[inside] == at).sum() for at in range(now + 1)) < fewest:
        return None
    frame = pd.DataFrame(
        {name: np.append(rows.values[name], None)[rows.codes[name][inside]] for name in labels}
        | {"bad": bad[inside].astype(float), "n": 1.0, "period": number[inside]}
    )
    leaves = since(frame, list(labels), "bad", weight, period="period", now=now)
    scale = 1.0 if weight is None else 100.0
    whole = leaves.frame[["value_before", "weight_before", "value_now", "weight_now"]].sum()
    figures = (
        (whole["weight_now"], whole["value_now"]) if weight is None
        else (100 * whole["value_before"] / whole["weight_before"], 100 * whole["value_now"] / whole["weight_now"])
    )  # fmt: skip
    rows_found = [
        {
            "measure": measure, "names": tuple(one.where), "values": tuple(one.where.values()), "share": 100 * one.share,
            **{name: scale * getattr(one, name) for name in ("before", "now", "effect", "rate", "mix")},
            "n_before": one.weight_before, "n": one.weight_now if weight else one.now, "whole_before": figures[0], "whole_now": figures[1],
        }
        for one in localise(leaves, worse=1)
    ]  # fmt: skip
    return pd.DataFrame(rows_found, columns=SECOND_COLUMNS)
