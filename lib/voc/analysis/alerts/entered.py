"""A look entered into the ledger that is kept: what is shown as of its day, and what is kept for the looks after it.

Looks come in any order: an hourly one today, then a report of an older month. A look changes nothing that a later one said, and
closes nothing that it does not watch.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import pandas as pd

from .incidents import GOING, OVER
from .ledger import COLUMNS, followed, fresh

BESIDE = ["cause", "owner", "sent"]
KEPT = [*COLUMNS, *BESIDE]
"""``cause`` and ``owner`` are words; ``sent`` names whom an alert was sent to."""
DAYS = ["start", "seen", "last", "looked"]


@dataclass(frozen=True)
class Entered:
    """``shown``: the ledger as of the day of the look; ``kept``: the ledger for the looks after it. Both ``KEPT``, newest first."""

    shown: pd.DataFrame
    kept: pd.DataFrame


def entered(
    kept: pd.DataFrame | None, found: pd.DataFrame, looked: pd.Timestamp | str, watched: Collection[str], quiet: int
) -> Entered:
    """Enter what a look found.

    Args:
        kept: ``KEPT`` of the looks before, whatever their days; None at the first.
        found: ``incidents.INCIDENT`` of this look.
        looked: day of the look.
        watched: keys of the series looked at.
        quiet: days without an alarm after which an alert of what is not watched any more counts as over.

    What was first seen after the day is not shown. Of what was looked at after it, only id, first day, verdict and remark are
    shown beside the figures of this look, without a count of updates, and the later figures are kept.
    """
    looked = pd.Timestamp(looked).normalize()
    rows = typed(kept)
    later, past = rows[rows["seen"] > looked], rows[rows["seen"] <= looked]
    ahead = set(past.loc[past["looked"] > looked, "id"])
    then = _turned_back(past, ahead, looked)
    now = _not_closed_unseen(typed(followed(then, found, looked)), then, looked, watched, quiet)
    now["updates"] = now["updates"].mask(now["id"].isin(ahead), 0)
    shown = _with_beside(now, rows)
    new = fresh(then, shown)
    unknown = fresh(later, typed(followed(later, new[COLUMNS], looked)))[
        "id"
    ]  # a later look may know it by another day
    own = shown[~shown["id"].isin(ahead) & (shown["id"].isin(rows["id"]) | shown["id"].isin(unknown))]
    return Entered(shown, ordered(pd.concat([own, past[past["id"].isin(ahead)], later], ignore_index=True)))


def typed(ledger: pd.DataFrame | None) -> pd.DataFrame:
    """Return a ledger with days as days and texts as texts, whatever it was read from; without rows where there is none."""
    rows = pd.DataFrame(columns=KEPT) if ledger is None else ledger.reindex(columns=KEPT)
    days = {name: pd.to_datetime(rows[name]).astype("datetime64[us]") for name in DAYS}
    texts = {
        name: rows[name].astype(object).where(rows[name].notna(), "").astype(object)
        for name in (*BESIDE, "verdict", "remark")
    }
    return rows.assign(**days, **texts, updates=rows["updates"].astype("int64")).reset_index(drop=True)


def ordered(ledger: pd.DataFrame) -> pd.DataFrame:
    """Put the newest first; of one day the largest, then by id."""
    return typed(ledger.sort_values(["seen", "excess", "id"], ascending=[False, False, True], kind="stable"))


def of_series(key: str) -> str:
    """Return what a series is one of: its kind and dimension.

    >>> of_series("contacts/topic=T019"), of_series("contacts")
    ('contacts/topic', 'contacts')
    """
    return key.partition("=")[0]


def _turned_back(past: pd.DataFrame, ahead: set[str], looked: pd.Timestamp) -> pd.DataFrame:
    """Take from what was looked at later what the day of the look could not know; unless found, it counts as over."""
    is_ahead = past["id"].isin(ahead)
    return past.assign(
        last=past["last"].mask(is_ahead & (past["last"] > looked), looked),
        looked=past["looked"].mask(is_ahead, looked),
        state=past["state"].mask(is_ahead, GOING),
    )


def _not_closed_unseen(
    now: pd.DataFrame, then: pd.DataFrame, looked: pd.Timestamp, watched: Collection[str], quiet: int
) -> pd.DataFrame:
    """Leave entries of what this look does not watch as they were, until they have been quiet for long."""
    kinds, old = {of_series(key) for key in watched}, {row["id"]: row for row in then.to_dict("records")}
    long_ago = looked - pd.Timedelta(days=quiet)
    rows = now.to_dict("records")
    for row in rows:
        if row["id"] in old and of_series(row["key"]) not in kinds:
            was = old[row["id"]]
            row |= {"looked": was["looked"], "state": OVER if row["last"] < long_ago else was["state"]}
    return typed(pd.DataFrame(rows, columns=now.columns))


def _with_beside(now: pd.DataFrame, rows: pd.DataFrame) -> pd.DataFrame:
    known = rows.set_index("id")[BESIDE].to_dict("index")
    nothing = dict.fromkeys(BESIDE, "")
    return ordered(now.assign(**{name: [known.get(one, nothing)[name] for one in now["id"]] for name in BESIDE}))
