"""Topics over months: an id that is given stays, whatever is found later.

Refitting in place renumbers nearly everything (with 5 % other texts 6 % of topics kept their id). So the first month fits
all history, and from then on centres and floors are frozen: each month is assigned, what falls out of all topics may append
new ids (``novelty``), and a check refit only *proposes* merging and splitting. An analyst confirms in params. The state
belongs to a period: a run of a period starts from the state of the period before, so that the same input gives the same
ledger however often it runs.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import pandas as pd
from pydantic import Field

from ...data.sources import Strict
from .common import LEAST
from .model import NONE, Topics
from .novelty import NoveltyRules, candidates
from .tree import merge_tree

if TYPE_CHECKING:
    import numpy as np

    from ..corpus import Corpus

NEW, SAME, GONE, BACK, MERGED, SPLIT, ASIDE = "new", "same", "gone", "back", "merged", "split", "set aside"
RETIRED = (MERGED, SPLIT)
COLUMNS = ["period", "id", "label", "state", "born", "since", "last_seen", "voices", "parents", "into"]
QUIET = 3  # periods without a voice after which a topic may be gone
EXPECTED = 5.0  # voices that its past would have brought in them, or silence says nothing
BORN = 3  # voices of a period from which a topic was there
TIGHTER = 1.15  # times the floor of a topic that is split, which the floors of its pieces must reach
NEVER = 2.0  # a floor that no cosine reaches: a retired topic gets no sentence any more


class LedgerRules(Strict):
    """What an analyst decides about topics, by id; each line holds from the run after it was written."""

    names: dict[str, str] = Field(
        default_factory=dict, description="id → the name that readers see; one set aside is told again"
    )
    merge: list[list[str]] = Field(default_factory=list, description="ids that are one theme; the first keeps its id")
    split: list[str] = Field(
        default_factory=list, description="ids to be found anew in finer topics, which get ids of their own"
    )
    aside: list[str] = Field(
        default_factory=list, description="ids that are no theme, such as a signature: counted as none"
    )
    novelty: NoveltyRules = NoveltyRules()


@dataclass(frozen=True)
class Ledger:
    """All topics that ever were, in the order of their ids, and how they stand.

    Attributes:
        topics: centres, floors, words …; row n has the id ``T`` n + 1. Retired topics have a floor that nothing reaches.
        rows: one row a topic: id, label, state, born (period with the first voices), since (period whose run appended it),
            last_seen, voices (of the last period), parents (ids, joined by spaces), into (the id it was merged into).
    """

    topics: Topics
    rows: pd.DataFrame

    @property
    def ids(self) -> list[str]:
        """Return all ids in the order of ``topics``."""
        return self.rows["id"].tolist()

    @property
    def labels(self) -> dict[str, str]:
        """Return id → label."""
        return dict(zip(self.rows["id"], self.rows["label"], strict=True))

    def assign(self, vectors: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return each sentence's row of ``ids`` (n,), −1 for none, and its similarity; merged topics lead to the one that stays."""
        import numpy as np

        found, near = self.topics.assign(vectors)
        place = {one: at for at, one in enumerate(self.ids)}
        lead = np.array([*(self._lead(at, place) for at in range(len(self.ids))), NONE], dtype=np.int64)
        return lead[found], near

    def _lead(self, at: int, place: Mapping[str, int]) -> int:
        row, steps = self.rows.iloc[at], 0
        while row["into"] and steps < len(self.rows):
            at, steps = place[row["into"]], steps + 1
            row = self.rows.iloc[at]
        return NONE if row["state"] == ASIDE else at


def identity(number: int) -> str:
    """Return the id of a topic's row.

    >>> identity(16)
    'T017'
    """
    return f"T{number + 1:03d}"


def begin(topics: Topics, corpus: Corpus, period: np.ndarray, teller: np.ndarray, labels: Sequence[str]) -> Ledger:
    """Open a ledger with a fit on all history; heaps without common words are set aside until an analyst names them.

    Args:
        topics: the fit.
        corpus: contacts up to the period under report.
        period: (contacts,) number of each contact's period; teller: (contacts,) number of who speaks.
        labels: name of each period, oldest first; the last is under report.
    """
    import numpy as np

    fresh = pd.DataFrame({"id": [identity(at) for at in range(len(topics))], "label": list(topics.labels)})
    fresh = fresh.assign(
        state=np.where(topics.common < LEAST, ASIDE, SAME),
        since=labels[-1],
        parents="",
        into="",
        born="",
        last_seen="",
        voices=0,
    )
    ledger = Ledger(topics, fresh[COLUMNS[1:]])
    return _seen(ledger, corpus, period, teller, labels)


def step(
    before: Ledger,
    corpus: Corpus,
    period: np.ndarray,
    teller: np.ndarray,
    labels: Sequence[str],
    rules: LedgerRules,
    seed: int,
) -> Ledger:
    """Carry a ledger into the next period: analyst's decisions, assignment with frozen centres, what is new, what is gone.

    Arguments as ``begin``. Raises ValueError naming ids in ``rules`` that are not in the ledger.
    """
    ledger = decided(before, rules, labels[-1])
    last = len(labels) - 1
    for parent in [one for one in rules.split if _state(before, one) not in RETIRED]:
        ledger = _append(ledger, _pieces(before, parent, corpus, period, teller, last, rules, seed), labels[-1], parent)
    ledger = _append(ledger, candidates(ledger.topics, corpus, period, teller, last, rules.novelty, seed), labels[-1])
    return _seen(ledger, corpus, period, teller, labels)


def decided(ledger: Ledger, rules: LedgerRules, period: str) -> Ledger:
    """Apply what an analyst decided: names, merges, splits, set aside; raise ValueError for ids that are not there."""
    import numpy as np

    asked = {*rules.names, *rules.split, *rules.aside, *(one for group in rules.merge for one in group)}
    unknown = sorted(asked - set(ledger.ids))
    if unknown:
        raise ValueError(
            f"topics: {', '.join(unknown)}: no such id in the ledger of {period}; there are {_span(ledger.ids)}"
        )
    rows, floors = ledger.rows.copy(), ledger.topics.floors.copy()
    rows["label"] = [rules.names.get(one, label) for one, label in zip(rows["id"], rows["label"], strict=True)]
    rows.loc[rows["id"].isin(rules.names) & (rows["state"] == ASIDE), "state"] = (
        SAME  # who names it knows a matter in it
    )
    for stays, *others in rules.merge:
        mine = rows["id"].isin([one for one in others if one != stays])
        rows.loc[mine, ["state", "into"]] = [MERGED, stays]
    rows.loc[rows["id"].isin(rules.split), "state"] = SPLIT
    rows.loc[rows["id"].isin(rules.aside), "state"] = ASIDE
    floors[np.flatnonzero(rows["state"] == SPLIT)] = NEVER
    return Ledger(replace(ledger.topics, floors=floors), rows)


def _span(ids: Sequence[str]) -> str:
    return f"{ids[0]} to {ids[-1]}" if ids else "none yet"


def _state(ledger: Ledger, one: str) -> str:
    return str(ledger.rows.loc[ledger.rows["id"] == one, "state"].iloc[0])


def _pieces(
    before: Ledger,
    parent: str,
    corpus: Corpus,
    period: np.ndarray,
    teller: np.ndarray,
    last: int,
    rules: LedgerRules,
    seed: int,
) -> Topics:
    """Find finer topics in the sentences of one topic: all others are held fast, the parent is let go."""
    import numpy as np

    at = before.ids.index(parent)
    floors = np.full(len(before.ids), NEVER, dtype=np.float32)
    mine = before.topics.assign(corpus.vectors)[0] == at
    own = replace(
        corpus, segments=corpus.segments.assign(empty=corpus.segments["empty"] | ~mine[corpus.segments["vector"]])
    )
    loose = rules.novelty.model_copy(update={"months": last + 1, "grown": 1.0, "sure": 1.0})
    tight = TIGHTER * float(before.topics.floors[at])
    return candidates(replace(before.topics, floors=floors), own, period, teller, last, loose, seed, tight)


def _append(ledger: Ledger, found: Topics, period: str, parent: str = "") -> Ledger:
    """Append topics with new ids; nothing that is there changes."""
    import numpy as np

    if not len(found):
        return ledger
    old, first = ledger.topics, len(ledger.topics)
    joined = {
        name: np.concatenate([getattr(old, name), getattr(found, name)])
        for name in ("centroids", "floors", "sizes", "stability", "alone", "tied")
    }
    told = {name: (*getattr(old, name), *getattr(found, name)) for name in ("words", "examples", "labels", "names")}
    rows = pd.DataFrame({"id": [identity(first + at) for at in range(len(found))], "label": list(found.labels)})
    rows = rows.assign(state=NEW, since=period, parents=parent, into="", born="", last_seen="", voices=0)
    topics = replace(old, **joined, **told, merge_tree=merge_tree(joined["centroids"]))
    return Ledger(topics, pd.concat([ledger.rows, rows[COLUMNS[1:]]], ignore_index=True))


def _seen(ledger: Ledger, corpus: Corpus, period: np.ndarray, teller: np.ndarray, labels: Sequence[str]) -> Ledger:
    """Note when each topic was there: born, last seen, voices of the last period, gone or back."""
    import numpy as np

    counts, whole = voices(ledger, corpus, period, teller, len(labels))
    names, rows, last = np.array(labels, object), ledger.rows.copy(), len(labels) - 1
    quiet = max(last + 1 - QUIET, 0)
    for at, row in enumerate(rows.to_dict("records")):
        there = np.flatnonzero(counts[at] >= BORN)
        seen = np.flatnonzero(counts[at])
        past = counts[at, max(0, quiet - 12) : quiet].sum() / max(whole[max(0, quiet - 12) : quiet].sum(), 1)
        silent = not counts[at, quiet:].any() and past * whole[quiet:].sum() >= EXPECTED
        state = row["state"]
        if state not in (*RETIRED, ASIDE) and not (state == NEW and row["since"] == labels[-1]):
            state = (
                GONE
                if silent
                else BACK
                if row["state"] == GONE and counts[at, last]
                else GONE
                if row["state"] == GONE
                else SAME
            )
        born = row["born"] or (str(names[there[0]]) if len(there) else str(names[seen[0]]) if len(seen) else "")
        rows.loc[at, ["state", "born", "voices"]] = [state, born, int(counts[at, last])]
        if len(seen):
            rows.loc[at, "last_seen"] = str(names[seen[-1]])
    return Ledger(ledger.topics, rows.astype({"voices": "int64"}))


def voices(
    ledger: Ledger, corpus: Corpus, period: np.ndarray, teller: np.ndarray, periods: int
) -> tuple[np.ndarray, np.ndarray]:
    """Count the different customers of each topic in each period: (topics, periods), and (periods,) of anything."""
    import numpy as np

    said = corpus.segments[~corpus.segments["empty"]]
    contact, topic = said["contact"].to_numpy(), ledger.assign(corpus.vectors)[0][said["vector"].to_numpy()]
    inside = period[contact] >= 0
    parts = (period[contact][inside], teller[contact][inside], topic[inside])
    when, who, what = (part.astype(np.int64) for part in parts)
    many = int(who.max(initial=0)) + 1
    whole = np.bincount(np.unique(when * many + who) // many, minlength=periods)
    known = what >= 0
    place = np.unique((what[known] * periods + when[known]) * many + who[known]) // many
    return np.bincount(place, minlength=len(ledger.ids) * periods).reshape(len(ledger.ids), periods), whole
