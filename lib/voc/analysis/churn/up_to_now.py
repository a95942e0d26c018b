"""The same customers by what they have lived through up to each day: repeated contacts, not only the first.

Each customer's time is cut where it becomes known how a contact went, and ``LATELY`` days after that; between two cuts
nothing changes. A stretch is described by what was known when it began, never by what came in it (counting processes:
Andersen & Gill, Annals of Statistics 10, 1982).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from .cohort import Cohort
from .ratios import Experience

LATELY = 30
"""Days for which a contact counts as fresh and a return as a late one."""
HELD_NOW = ("fresh", "contacts", "channel", "matter", "segment", "tenure")
_NUMBER = {1: "1", 2: "2", 3: "3 or 4", 5: "5 or more"}
UP_TO_NOW = (
    Experience("slow", "last contact: slow first response"),
    Experience("unsolved", "last contact: not solved", ("slow",)),
    Experience(
        "bad_score", "last contact: a score of 1 or 2, of those who answered", ("slow", "unsolved"), chosen=True
    ),
    Experience("silent_after_trouble", "last contact: no answer after trouble, of those asked", ("slow", "unsolved")),
    Experience("several_troubles", "two contacts or more with trouble so far"),
    Experience("back_lately", f"came back about the same issue in the last {LATELY} days"),
)


def stretches(lived: pd.DataFrame, of: Cohort) -> pd.DataFrame:
    """Return the cohort's time at risk by what was known of its customers so far.

    ``lived``: contacts from ``experience``, in order of customer and time. One row per stretch: who (row of the cohort),
    start, stop (days since it was known how the first contact went), gone, the columns of ``UP_TO_NOW`` and ``HELD_NOW``.
    """
    contacts = _so_far(lived, of)
    who, known_at = contacts["who"].to_numpy(), contacts["known_at"].to_numpy(float)
    place = np.arange(len(contacts))
    owner, at = np.tile(who, 2), np.concatenate([known_at, known_at + LATELY])
    order = np.lexsort((np.repeat([0, 1], len(contacts)), at, owner))
    owner, at = owner[order], at[order]
    last = np.maximum.accumulate(np.concatenate([place, np.full(len(place), -1)])[order])
    rows = of.rows
    entry, total = rows["known_at"].to_numpy(float)[owner], rows["stop"].to_numpy(float)[owner]
    start = at - entry
    following = np.append(owner[1:] == owner[:-1], False)
    stop = np.minimum(np.where(following, np.append(start[1:], np.inf), np.inf), total)
    there = stop - start > 1e-6
    found = contacts.iloc[last[there]].reset_index(drop=True)
    found = found.assign(start=start[there], stop=stop[there])
    found["gone"] = rows["gone"].to_numpy()[owner[there]] & (stop == total)[there]
    since = at[there] - found["known_at"]
    found["fresh"] = (since < LATELY - 1e-6).astype(int)
    found["back_lately"] = np.where(found["returns_known"], at[there] - found["returned"] < LATELY - 1e-6, np.nan)
    return found.drop(columns=["known_at", "returned", "returns_known"])


def _so_far(lived: pd.DataFrame, of: Cohort) -> pd.DataFrame:
    """Keep the contacts of which it is known how they went while their customer is followed, with what came before."""
    rows = of.rows
    who = pd.Index(rows["customer_id"]).get_indexer(lived["customer_id"])
    followed = (rows["known_at"] + rows["stop"]).to_numpy(float)[who]
    kept = lived.assign(who=who)[(who >= 0) & (lived["known_at"] < followed).to_numpy()]
    by = kept["who"]
    troubles = kept["trouble"].fillna(0).groupby(by).cumsum()
    number = kept.groupby("who").cumcount() + 1
    names = list(_NUMBER.values())
    made = pd.DataFrame(
        {
            "who": by,
            "known_at": kept["known_at"],
            **{name: kept[name] for name in ("slow", "unsolved", "bad_score")},
            "silent_after_trouble": kept["unanswered"].where(kept["trouble"] == 1),
            "several_troubles": (troubles >= 2).astype(float),
            "contacts": pd.cut(number, [*_NUMBER, np.inf], right=False, labels=names),
            "returned": kept["known_at"].where(kept["repeat"] == 1).groupby(by).ffill().fillna(-np.inf),
            "returns_known": kept["repeat"].notna().any(),
            "channel": kept["channel"],
            "matter": kept[of.matter],
        }
    )
    own = rows[["segment", "tenure"]].iloc[by.to_numpy()].set_axis(made.index)
    return made.join(own).reset_index(drop=True)
