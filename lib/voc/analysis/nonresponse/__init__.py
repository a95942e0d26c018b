"""What satisfaction scores do not hear: who was asked, who answered, and what if the others were like, or unlike, them.

Three layers, from the most to the least assumed: as answered; weighted, so that the answers stand for everybody's
kinds of contact and signs of trouble; and the bounds that hold whatever the unheard think (Manski, American Economic
Review 80(2), 1990). What everybody shows without being asked is set beside it: signs of trouble, and who left soon
after. Shares are compared within kinds of contact; contacts of one customer are alike and count for fewer. All
comparisons are judged together (Benjamini & Hochberg 1995).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from ...data.periods import Period
from ...data.store import to_frame
from ..grounds import with_customers
from ..rules import MetricRules
from ..scorecard import within
from ..trace import write_trace
from .groups import ANSWERED, SILENT, UNASKED, UNHEARD, design_effects, group_rates, group_signs, judged_together, moods
from .leavers import leavers
from .signs import LEFT_DAYS, SIGNS, SUMS, cells_of, known_signs, lacking, with_heard, with_signs
from .whatif import TIPPING, WHATIF, interviews, precision, what_if

__all__ = [
    "ANSWERED", "DIMENSIONS", "LEAVERS", "LEFT_DAYS", "SIGNS", "SILENT", "UNASKED", "UNHEARD", "Hearing", "cells_of", "hearing",
    "interviews", "precision", "tidy", "what_if", "with_heard", "with_signs",
]  # fmt: skip

DIMENSIONS = ("channel", "language", "category", "product", "team", "segment")
_COMPARED = ["n", "value", "lo", "hi", "others", "difference", "floor", "q", "certainty"]
COLUMNS = {
    "rates": ["measure", "dimension", "label", *_COMPARED],
    "whatif": WHATIF,
    "tipping": TIPPING,
    "silent": ["sign", "group", *_COMPARED],
    "moods": ["sign", "group", "n", "value", "lo", "hi"],
    "leavers": ["measure", "n_others", *_COMPARED],
    "missing": ["what", "why", "settles"],
}


LEAVERS = "Whether those who left had been heard"


def _none(part: str) -> pd.DataFrame:
    return pd.DataFrame(columns=COLUMNS[part])


@dataclass(frozen=True)
class Hearing:
    """Who was heard in a period, and what follows for satisfaction; shares in per cent, differences in points.

    ``counts``: contacts, asked (missing where it is not recorded), answered, happy (answers 4 and 5), unhappy (1 and
    2). ``rates``: the share ``asked`` (of contacts) and ``answered`` (of those asked) per dimension and label, against
    all others of the dimension. ``whatif``, ``tipping``: see ``whatif.what_if``. ``silent``: the share with each sign
    of trouble per group, against those who answered, within kinds of contact. ``moods``: CSAT of answers with and
    without each sign. ``leavers``: see ``leavers.leavers``. ``missing``: what, why, settles.
    """

    counts: dict[str, float]
    rates: pd.DataFrame = field(default_factory=partial(_none, "rates"))
    whatif: pd.DataFrame = field(default_factory=partial(_none, "whatif"))
    tipping: pd.DataFrame = field(default_factory=partial(_none, "tipping"))
    silent: pd.DataFrame = field(default_factory=partial(_none, "silent"))
    moods: pd.DataFrame = field(default_factory=partial(_none, "moods"))
    leavers: pd.DataFrame = field(default_factory=partial(_none, "leavers"))
    missing: pd.DataFrame = field(default_factory=partial(_none, "missing"))


def hearing(
    measured: ir.Table,
    period: Period,
    rules: MetricRules,
    customers: ir.Table | None = None,
    dimensions: Sequence[str] = DIMENSIONS,
    goal: float | None = None,
) -> Hearing:
    """Tell who was heard in a period and what the others may hide.

    ``measured``: contacts with measures; ``customers``: the customer list (``churned_at`` for leavers; dimensions such
    as ``segment`` are taken from it where the contacts lack them); ``goal``: the CSAT to reach, per cent. Leavers are
    looked for over ``rules.agent_days`` up to the period's end, because they are few. What the data cannot give stands
    in ``missing``; nothing is raised for it.
    """
    if "csat" not in measured.columns:
        why = ("How satisfied customers are", "the data have no csat", "Ask customers after a contact, and export it.")
        return Hearing({}, missing=_missing([why]))
    end = _end(measured)
    inside = with_heard(within(with_customers(measured, customers), period))
    table = with_signs(inside, rules, customers, end)
    cells = cells_of(table)
    counts = {name: float(cells[name].sum()) for name in SUMS}
    recorded = counts["asked"] > counts["answered"]
    notes = _notes(counts, period, recorded=recorded)
    if not counts["contacts"]:
        return Hearing(counts, missing=_missing(notes))
    spread = design_effects(table, [*known_signs(cells), "is_asked", "is_answered"])
    gone, why = leavers(with_heard(measured), period, rules, customers, end)
    judged = judged_together(
        {
            "rates": group_rates(inside, dimensions, rules, spread) if recorded else [],
            "silent": group_signs(cells, spread, recorded=recorded),
            "leavers": gone,
        },
        COLUMNS,
        rules,
    )
    whatif, tipping = what_if(cells, goal, recorded=recorded)
    if counts["answered"] < counts["contacts"]:
        notes += _absent_signs(cells, lacking(measured.columns, customers))
    notes += (
        [(LEAVERS, why, "A longer time to look at." if why.startswith("fewer") else SIGNS["left"].settles)]
        if why
        else []
    )
    counts["asked"] = counts["asked"] if recorded else np.nan
    return Hearing(counts, whatif=whatif, tipping=tipping, moods=moods(cells), missing=_missing(notes), **judged)


def _end(table: ir.Table) -> datetime | None:
    last = to_frame(table.aggregate(last=table.created_at.max()))["last"].iloc[0]
    return None if pd.isna(last) else pd.Timestamp(last).to_pydatetime()


def _notes(counts: dict[str, float], period: Period, *, recorded: bool) -> list[tuple[str, str, str]]:
    what, ask = "How satisfied those are who were not heard", "Export all surveys sent, the unanswered ones too."
    if not counts["contacts"]:
        return [(what, f"there are no contacts in {period.words}", "Choose a period that the data cover.")]
    if not counts["asked"]:
        return [(what, f"nobody was asked in {period.words}", "Ask a random part of all contacts, solved or not.")]
    if counts["answered"] == counts["contacts"]:
        return [(what, "every contact of these data has an answer, so those without one are not in them", ask)]
    if not recorded:
        return [(what, "the data have no surveys without an answer, so nobody can tell who was asked", ask)]
    if not counts["answered"]:
        return [(what, f"nobody answered in {period.words}", "Ask a random part of them by telephone.")]
    return []


def _absent_signs(cells: pd.DataFrame, absent: Sequence[str]) -> list[tuple[str, str, str]]:
    """Say which signs of trouble the period's contacts cannot show; leaving takes time and has its own answer."""
    known, rows = known_signs(cells), []
    for name, sign in SIGNS.items():
        if name not in known and name != "left":
            why = sign.lacks if name in absent else "it is known of no contact"
            rows.append((f"Whether contacts {sign.plural}", why, sign.settles))
    return rows


def _missing(rows: Sequence[tuple[str, str, str]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS["missing"])


def tidy(heard: Hearing, period: Period) -> pd.DataFrame:
    """Return all figures of a hearing as one table, one row a figure, to be saved as ``csat_hearing``.

    Columns: part, measure, dimension, label, unit (%, pts), n, effective, value, lo, hi, others, difference, floor, q,
    certainty, trace (the contacts behind rates of asking and answering and behind the answers).
    """
    asked = {"asked": "contacts", "answered": "response_rate_pct"}
    parts = [
        heard.rates.assign(part="rates", trace=[
            write_trace(period, asked[row["measure"]], **{row["dimension"]: row["label"]}) for row in heard.rates.to_dict("records")
        ]),
        heard.whatif.rename(columns={"whole": "dimension", "scenario": "label"}).assign(part="what if", measure="csat"),
        heard.tipping.rename(columns={"whole": "dimension", "points": "value", "goal": "others"}).assign(
            part="tipping", measure="csat", label="points to the goal", unit="pts"
        ),
        heard.silent.rename(columns={"sign": "measure", "group": "label"}).assign(part="silent", dimension="group"),
        heard.moods.rename(columns={"sign": "dimension", "group": "label"}).assign(part="moods", measure="csat"),
        heard.leavers.assign(part="leavers", dimension="", label="left soon after"),
    ]  # fmt: skip
    columns = ["part", "measure", "dimension", "label", "unit", "n", "effective", *_COMPARED[1:], "trace"]
    words = {"unit": "%", "certainty": "", "trace": ""}
    filled = [
        part.assign(**{name: word for name, word in words.items() if name not in part}) for part in parts if len(part)
    ]
    if not filled:
        return pd.DataFrame(columns=columns)
    numbers = dict.fromkeys([name for name in columns[5:-1] if name != "certainty"], "float64")
    rows = pd.concat([part.reindex(columns=columns).astype(numbers) for part in filled], ignore_index=True)
    answered = (rows["part"] == "what if") & (rows["label"] == "answered")
    return rows.assign(trace=rows["trace"].mask(answered, write_trace(period, "csat_pct")))
