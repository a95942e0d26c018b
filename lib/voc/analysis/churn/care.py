"""Whom to care for first: customers likely to leave with whom something went wrong that service can still put right.

Those who are merely new are not listed: nothing went wrong, and a call does not make them older. What the list was worth is
told by the list that the same rule would have made at the test. Whether a call helps nobody knows until it is tried by lot:
it may also remind a customer that he meant to leave (Ascarza, Journal of Marketing Research 55, 2018).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ...data.clock import DAY
from ..chances.lot import by_lot
from ..intervals import wilson
from .landmarks import Fitted
from .state import Known
from .words import FLAGS, words_of

CARE = [
    "customer_id", "risk_pct", "base_pct", "times", "reasons", "step", "last_contact", "issue", "channel", "contacts",
]  # fmt: skip
WORTH = [
    "listed",
    "leave",
    "base_pct",
    "listed_then",
    "left_then",
    "left_pct",
    "lo",
    "hi",
    "usual_then_pct",
    "lot",
    "lots",
]
STEPS = {
    "last_unsolved": "Call, ask whether it is settled by now, and finish it.",
    "last_bad_score": "Let a team lead call: ask what went wrong and say what will be done.",
    "last_opened_again": "Ask whether the second solution holds.",
    "last_silent_after_trouble": "Ask in person how it went: no survey was answered after trouble.",
    "last_slow": "Say sorry for the wait and ask whether anything is still open.",
}
"""What service can put right, the most pressing first, and the step it suggests."""
SERVICE = (
    *STEPS,
    "last_score",
    "last_unanswered",
    "trouble",
    "trouble_90",
    "trouble_share",
    "ignored",
    "first_slow",
    "first_unsolved",
)
ALIKE = {
    **dict.fromkeys(("trouble", "trouble_90", "trouble_share"), "trouble"),
    **dict.fromkeys(("contacts", "contacts_30", "contacts_90"), "contacts"),
    **dict.fromkeys(("since", "since_first", "pending"), "since"),
    **dict.fromkeys(("ignored", "last_unanswered", "last_silent_after_trouble"), "silence"),
}
MOST_REASONS, LEAST_PART = 3, 0.05  # reasons named; parts of a logit below which none is one


def care(
    of: Known,
    state: pd.DataFrame,
    codes: Mapping[str, np.ndarray],
    learned: Fitted,
    levels: Mapping[str, Sequence[str]],
    most: int,
) -> pd.DataFrame:
    """List at most ``most`` of the customers described by ``state`` (``codes``: the same by classes), the likeliest to leave first.

    Listed is whose last contact went wrong (``STEPS``), whom his experience with service makes likelier to leave than the
    usual customer, and who is likelier to leave than the base rate. Returns customer_id, risk_pct, base_pct, times (risk ÷
    base), reasons (words, the weightiest first), step, last_contact (date), issue and channel of the last contact, contacts
    (in the time looked back over).
    """
    chance = learned.points.chance(codes)
    parts = learned.points.parts(codes)
    away = parts - parts.mean()
    by_service = away[[name for name in SERVICE if name in away]].sum(axis=1).to_numpy()
    wrong = np.column_stack([(state[name] == 1).to_numpy() for name in STEPS])
    able = np.flatnonzero(wrong.any(axis=1) & (by_service > 0) & (chance > learned.base))
    able = able[np.lexsort((state.index.to_numpy()[able], -chance[able]))][:most]
    if not len(able):
        return pd.DataFrame(columns=CARE)
    last = of.contacts.iloc[state["last"].to_numpy()[able]]
    steps = list(STEPS.values())
    made = {
        "customer_id": of.customers["customer_id"].to_numpy()[state.index.to_numpy()[able]],
        "risk_pct": 100 * chance[able],
        "base_pct": 100 * learned.base,
        "times": chance[able] / learned.base,
        "reasons": [_reasons(away.iloc[i], {name: code[i] for name, code in codes.items()}, levels) for i in able],
        "step": [steps[int(first)] for first in wrong[able].argmax(axis=1)],
        "last_contact": _days(last["at"].to_numpy(), of.zone),
        "issue": last["issue"].astype(object).fillna(last["category"].astype(object)).to_numpy(),
        "channel": last["channel"].astype(object).to_numpy(),
        "contacts": state["contacts"].to_numpy()[able].astype(int),
    }
    return pd.DataFrame(made, columns=CARE)


def _days(at: np.ndarray, zone: str) -> pd.DatetimeIndex:
    """Return the day of moments (days since 1970 UTC) in a time zone."""
    stamps = pd.to_datetime(at * DAY, unit="s", utc=True).round("s")
    return stamps.tz_convert(zone).tz_localize(None).normalize()


def _reasons(away: pd.Series, codes: Mapping[str, int], levels: Mapping[str, Sequence[str]]) -> str:
    """Name what is known to set a customer apart from the usual one: what service did first, the weightiest first.

    Of features that say nearly the same (``ALIKE``) the weightiest speaks for all.
    """
    heavy = [
        name
        for name in away.sort_values(ascending=False, kind="stable").index
        if _speaks(name, int(codes[name])) and away[name] >= LEAST_PART
    ]
    firsts = {ALIKE.get(name, name): name for name in reversed(heavy)}
    kept = sorted((name for name in heavy if name in firsts.values()), key=lambda name: name not in SERVICE)
    return "; ".join(words_of(name, int(codes[name]), levels) for name in kept[:MOST_REASONS])


def _speaks(name: str, code: int) -> bool:
    """Whether a class can be a reason: what is not known is none, nor is what did not happen."""
    return code > 0 and not (name in FLAGS and code == 1)


def worth(listed: pd.DataFrame, left: pd.Series, base: float, base_then: float) -> pd.DataFrame:
    """Tell what the list is worth: ``left`` says who of the list that the same rule made at the test left, ``base`` and
    ``base_then`` the shares of all customers who leave, now and at the test.

    Returns one row: listed (now), leave (of them, by the forecast), base_pct, listed_then, left_then, left_pct with lo and hi
    (Wilson 95 %), usual_then_pct, lot (customers for each half, called and not called, that show with a chance of 80 % that calls keep a third
    of those who would leave), lots (lists of this length that it takes).
    """
    n, k = len(left), int(left.sum())
    lo, hi = wilson(np.array(float(k)), np.array(float(n))) if n else (np.nan, np.nan)
    risk = float(listed["risk_pct"].mean()) / 100 if len(listed) else np.nan
    lot = by_lot(risk) if risk > 0 else np.nan
    row = {
        "listed": len(listed),
        "leave": float(listed["risk_pct"].sum()) / 100,
        "base_pct": 100 * base,
        "listed_then": n,
        "left_then": k,
        "left_pct": 100 * k / n if n else np.nan,
        "lo": 100 * float(lo),
        "hi": 100 * float(hi),
        "usual_then_pct": 100 * base_then,
        "lot": lot,
        "lots": np.ceil(2 * lot / len(listed)) if len(listed) else np.nan,
    }
    return pd.DataFrame([row], columns=WORTH)
