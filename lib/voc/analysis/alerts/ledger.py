"""What became of past alerts: each incident once, what the analyst said of it, and how often alerts were right so far.

Everything here is a function from tables to tables; where they are kept is not its matter.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..intervals import wilson
from .incidents import GOING, NEAR, OVER

TRUE, FALSE, KNOWN = "true", "false", "known"
VERDICTS = (TRUE, FALSE, KNOWN)
"""An analyst's verdict: it was so and news; it was not so; it was so and known without the alert."""
COLUMNS = [
    "id", "key", "what", "start", "seen", "last", "observed", "expected", "excess", "lo", "hi", "certainty", "state", "related",
    "looked", "updates", "verdict", "remark",
]  # fmt: skip


@dataclass(frozen=True)
class Precision:
    """How often judged alerts were right: ``right`` (true or known) and ``news`` (true) of ``judged``, shares with 95 %."""

    judged: int
    right: int
    news: int
    open: int
    value: float
    lo: float
    hi: float


def followed(ledger: pd.DataFrame | None, found: pd.DataFrame, looked: pd.Timestamp | str) -> pd.DataFrame:
    """Enter what a look found: new incidents are added, known ones updated under their id, those not seen any more closed.

    Args:
        ledger: ``COLUMNS`` of the looks before, or None at the first.
        found: ``incidents.INCIDENT`` of this look.
        looked: day of the look.

    An incident is known if its id is, or if its days overlap with those of an entry and the series in front is the same, or is told
    with it: figures of past days may have been corrected since, and an incident may grow under another name. Its id, the day it was first seen, verdict and remark stay. Returns ``COLUMNS``, newest first.
    """
    looked = pd.Timestamp(looked).normalize()
    entries = [] if ledger is None else ledger[COLUMNS].to_dict("records")
    taken: set[int] = set()
    new = []
    for one in found.to_dict("records"):
        at = _known_as(one, entries, taken)
        if at is None:
            new.append({**one, "looked": looked, "updates": 0, "verdict": "", "remark": ""})
            continue
        taken.add(at)
        old = entries[at]
        changed = any(old[name] != one[name] for name in ("last", "observed", "state"))
        kept = {name: old[name] for name in ("id", "seen", "verdict", "remark")}
        entries[at] = {**one, **kept, "looked": looked, "updates": int(old["updates"]) + int(changed)}
    for at, old in enumerate(entries):
        if at not in taken and old["state"] == GOING:
            entries[at] = {**old, "state": OVER, "looked": looked}
    rows = pd.DataFrame([*entries, *new], columns=COLUMNS)
    return rows.sort_values(["seen", "excess"], ascending=False, ignore_index=True, kind="stable")


def fresh(before: pd.DataFrame | None, after: pd.DataFrame) -> pd.DataFrame:
    """Return the entries that the look before did not have: what is to be sent, once for each incident."""
    known = set() if before is None else set(before["id"])
    return after[~after["id"].isin(known)].reset_index(drop=True)


def with_verdicts(ledger: pd.DataFrame, verdicts: pd.DataFrame) -> pd.DataFrame:
    """Write beside each alert what the analyst said.

    Args:
        ledger: ``COLUMNS``.
        verdicts: id, verdict (true, false, known), remark; the last of several for one id counts.

    Raises ValueError, all in one, for a verdict that is none of the three and for an id that no alert has.
    """
    said = verdicts.assign(
        id=verdicts["id"].astype(str).str.strip(), verdict=verdicts["verdict"].astype(str).str.strip().str.lower()
    )
    wrong = [
        *(
            f"{row.id}: {row.verdict!r} is none of {', '.join(VERDICTS)}"
            for row in said[~said["verdict"].isin(VERDICTS)].itertuples()
        ),
        *(f"{name}: no alert has this id" for name in said["id"] if name not in set(ledger["id"])),
    ]
    if wrong:
        raise ValueError("verdicts on alerts: " + "; ".join(wrong))
    last = said.drop_duplicates("id", keep="last").set_index("id")
    verdict, remark = (ledger["id"].map(last[name]) for name in ("verdict", "remark"))
    return ledger.assign(verdict=verdict.fillna(ledger["verdict"]), remark=remark.fillna(ledger["remark"]))


def precision(ledger: pd.DataFrame) -> Precision:
    """Count how often alerts were right among those that were judged (Wilson's 95 %; missing while none was).

    >>> entries = pd.DataFrame({"verdict": ["true", "true", "known", "false", ""]})
    >>> found = precision(entries)
    >>> found.right, found.news, found.judged, found.open, round(found.lo, 3)
    (3, 2, 4, 1, 0.301)
    """
    counts = ledger["verdict"].value_counts()
    news, known, wrong = (int(counts.get(name, 0)) for name in (TRUE, KNOWN, FALSE))
    judged = news + known + wrong
    if not judged:
        return Precision(0, 0, 0, len(ledger), np.nan, np.nan, np.nan)
    lo, hi = wilson(np.array(float(news + known)), np.array(float(judged)))
    return Precision(
        judged, news + known, news, len(ledger) - judged, (news + known) / judged, float(lo), float(hi)
    )  # fmt: skip


def _known_as(one: dict, entries: list[dict], taken: set[int]) -> int | None:
    """Return the entry that an incident continues."""
    for at, old in enumerate(entries):
        if at not in taken and old["id"] == one["id"]:
            return at
    near = pd.Timedelta(days=NEAR)
    for same in (_same_front, _one_in_front):
        for at, old in enumerate(entries):
            overlap = one["start"] <= old["last"] + near and old["start"] <= one["last"] + near
            if at not in taken and overlap and same(one, old):
                return at
    return None


def _same_front(one: dict, old: dict) -> bool:
    return one["key"] == old["key"]


def _one_in_front(one: dict, old: dict) -> bool:
    """Tell whether the series in front of one incident is told with the other."""
    return one["key"] in old["related"] or old["key"] in one["related"]
