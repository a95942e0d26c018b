"""Whom to write or call before the score comes: contacts likely to end badly with which something can still be done.

What is listed has gone wrong in a way that service can put right; that an issue is unpopular is no reason to call. What the
list was worth is told by the lists that the same rule would have made in the weeks tested. Whether reaching out helps is not
known until it is tried by lot.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from ...data.clock import DAY
from ..chances.lot import by_lot
from ..intervals import wilson
from .facts import FIFTHS, Classes
from .rolling import WEEK, Learned

LIST = [
    "interaction_id", "customer_id", "moment", "waiting", "chance_pct", "base_pct", "times", "reasons", "step", "came", "channel", "issue",
]  # fmt: skip
WORTH = [
    "moment", "listed_then", "answered", "bad", "bad_pct", "lo", "hi", "usual_pct", "answer_pct", "lot", "contacts_by_lot", "weeks_by_lot",
]  # fmt: skip
HIGH, MOST = 1.5, 50  # times the base rate from which on a chance is high; contacts listed a week at most
MOST_REASONS, LEAST_PART = 3, 0.05
STEPS = {
    "waiting": "Answer now, and say sorry for the wait.",
    "reopened": "Ask whether the second solution holds.",
    "again": "Let one person finish it: the customer came before about the same.",
    "mood": "Let a team lead read it and answer in person.",
    "resolution": "Say sorry for the time it took and ask whether the solution holds.",
    "first_response": "Say sorry for the wait and ask whether anything is still open.",
}
"""What service can put right, the most pressing first, and the step that it suggests."""


def wrong_in(rows: pd.DataFrame, classes: Classes) -> pd.DataFrame:
    """Mark what went wrong in each contact (columns of ``STEPS``): it is so, or its time is in the longest fifth."""
    codes = classes.of(rows)
    made = {}
    for name in STEPS:
        if name in classes.flags:
            made[name] = codes[name] == 2
        elif name in classes.edges:
            made[name] = codes[name] == FIFTHS
    late = made.get("first_response", np.zeros(len(rows), bool))
    made["waiting"] = rows["waiting"].to_numpy(bool) & late
    return pd.DataFrame(made, columns=[name for name in STEPS if name in made], index=rows.index)


def harm_in(rows: pd.DataFrame, known: Learned) -> np.ndarray:
    """Mark what went wrong (contacts × ``STEPS``) where that makes a bad score likelier by what was learned."""
    wrong, parts = wrong_in(rows, known.classes), known.points.parts(known.classes.of(rows))
    harm = np.zeros((len(rows), len(STEPS)), bool)
    for place, name in enumerate(STEPS):
        fact = "first_response" if name == "waiting" else name
        if name in wrong and fact in parts:
            harm[:, place] = wrong[name].to_numpy() & (parts[fact] >= LEAST_PART).to_numpy()
    return harm


def listed(rows: pd.DataFrame, known: Learned, most: int = MOST) -> pd.DataFrame:
    """Choose of a week's contacts those to reach out to: likely to end badly, and something went wrong; likeliest first.

    Returns the chosen rows with ``chance`` and ``step``.
    """
    chance, harm = known.chance(rows), harm_in(rows, known)
    able = np.flatnonzero(harm.any(axis=1) & (chance >= HIGH * known.base))
    order = able[np.lexsort((rows["interaction_id"].to_numpy().astype(str)[able], -chance[able]))][:most]
    steps = np.array(list(STEPS.values()), object)
    return rows.iloc[order].assign(chance=chance[order], step=steps[harm[order].argmax(axis=1)])


def reach_out(rows: pd.DataFrame, known: Learned, moment: str, matter: str, most: int = MOST) -> pd.DataFrame:
    """List the contacts to reach out to, with reasons and step, from contacts of the last days without an answer."""
    chosen = listed(rows, known, most)
    if chosen.empty:
        return pd.DataFrame(columns=LIST)
    codes = known.classes.of(chosen)
    parts = known.points.parts(codes)
    classes = [{name: int(code[i]) for name, code in codes.items()} for i in range(len(chosen))]
    made = {
        "interaction_id": chosen["interaction_id"].to_numpy(),
        "customer_id": _plain(chosen, "customer_id"),
        "moment": moment,
        "waiting": chosen["waiting"].to_numpy(bool),
        "chance_pct": 100 * chosen["chance"].to_numpy(),
        "base_pct": 100 * known.base,
        "times": chosen["chance"].to_numpy() / known.base,
        "reasons": [_reasons(parts.iloc[i], classes[i], known.classes) for i in range(len(chosen))],
        "step": chosen["step"].to_numpy(),
        "came": pd.to_datetime(chosen["created"].to_numpy() * DAY, unit="s").floor("min"),
        "channel": _plain(chosen, "channel"),
        "issue": _plain(chosen, matter),
    }
    return pd.DataFrame(made, columns=LIST)


def _plain(rows: pd.DataFrame, name: str) -> np.ndarray:
    return rows[name].astype(object).to_numpy() if name in rows else np.full(len(rows), None, object)


def _reasons(parts: pd.Series, codes: dict[str, int], classes: Classes) -> str:
    """Name what makes a bad score likelier: what service did first, then what the contact is about; the weightiest first."""
    heavy = [
        name
        for name in parts.sort_values(ascending=False, kind="stable").index
        if parts[name] >= LEAST_PART and classes.speaks(name, codes[name])
    ]
    ordered = sorted(heavy, key=lambda name: name not in STEPS)[:MOST_REASONS]
    return "; ".join(classes.words(name, codes[name]) for name in ordered)


def worth(weeks: pd.DataFrame, made: dict[float, Learned], moment: str, most: int = MOST) -> pd.DataFrame:
    """Tell what lists like this were worth in the weeks tested (``rolling.backtest``).

    Returns one row, or none where nothing would have been listed: moment, listed_then, answered (of them), bad, bad_pct (of the answered) with lo, hi (Wilson 95 %),
    usual_pct (of all answers of those weeks), answer_pct (of those listed), lot (answers for each half, reached out to and
    not, that show with a chance of 80 % that a third fewer end badly), contacts_by_lot (contacts for both halves, at that
    answer rate), weeks_by_lot (weeks of such lists).
    """
    parts = [listed(week, made[origin], most) for origin, week in weeks.groupby("origin")]
    chosen = pd.concat(parts, ignore_index=True)
    if chosen.empty:
        return pd.DataFrame(columns=WORTH)
    answered, bad = int(chosen["bad"].notna().sum()), int(chosen["bad"].sum())
    lo, hi = wilson(np.array(float(bad)), np.array(float(answered))) if answered else (np.nan, np.nan)
    lot = by_lot(bad / answered) if bad else np.nan
    heard = answered / len(chosen)
    needed = np.ceil(2 * lot / heard) if heard else np.nan
    row = {
        "moment": moment, "listed_then": len(chosen), "answered": answered, "bad": bad,
        "bad_pct": 100 * bad / answered if answered else np.nan, "lo": 100 * float(lo), "hi": 100 * float(hi),
        "usual_pct": 100 * float(weeks["bad"].mean()), "answer_pct": 100 * heard, "lot": lot, "contacts_by_lot": needed,
        "weeks_by_lot": np.ceil(needed * len(parts) / len(chosen)),
    }  # fmt: skip
    return pd.DataFrame([row], columns=WORTH)


def of_last_days(rows: pd.DataFrame, now: float, taken: set[str]) -> pd.DataFrame:
    """Keep the contacts of the last seven days without an answer, but for those ``taken`` at a later moment."""
    late = rows[rows["unheard"] & (rows["at"] >= now - WEEK) & (rows["created"] >= now - 2 * WEEK)]
    return late[~late["interaction_id"].isin(taken)]
