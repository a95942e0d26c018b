"""Which topics each contact speaks of, who says so, and how many that are: what every figure about topics counts.

A contact counts once under each topic that one of its speaking sentences has. Whether a theme is real is judged by
*tellers*, not by contacts: a customer who writes ten times, or one text sent from ten accounts, is one teller of a period.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

if TYPE_CHECKING:
    from scipy.sparse import csr_array

    from ...data.periods import Period
    from ...text.corpus import Corpus

NONE, EMPTY = "none", "empty"
"""Contacts whose speaking sentences are near to no topic, and contacts of empty talk only: lines of their own."""
COLUMNS = ["interaction_id", "topic", "sentences", "main"]
LONG_COPY = 60  # letters from which equal texts of unknown or different customers are copies, not chance


def mentions(
    corpus: Corpus, assigned: np.ndarray, ids: Sequence[str] | None = None, kept: np.ndarray | None = None
) -> pd.DataFrame:
    """List under which topics each contact counts.

    Args:
        corpus: contacts with words and their sentences.
        assigned: (distinct sentences,) int topic of each row of ``corpus.vectors``, −1 for none (``Topics.assign``).
        ids: name of each topic, such as the ledger's; numbers as text where left out.
        kept: (distinct sentences,) bool, those that may speak: where products are compared, the ones that name none
            (``naming.nameless``).

    Returns:
        interaction_id, topic, sentences, main (the topic of most of a contact's sentences, of equal ones the one told
        first); ordered by contact. A contact without any topic has one row ``none``, one of empty talk only ``empty``.
    """
    names = [str(number) for number in range(int(assigned.max(initial=-1)) + 1)] if ids is None else list(ids)
    speaks = ~corpus.segments["empty"].to_numpy()
    speaks = speaks if kept is None else speaks & kept[corpus.segments["vector"].to_numpy()]
    said = corpus.segments.loc[speaks, ["contact", "vector"]]
    topic = assigned[said["vector"].to_numpy()] if len(said) else np.zeros(0, dtype=int)
    rows = pd.DataFrame({"contact": said["contact"].to_numpy(), "topic": topic, "at": np.arange(len(said))})
    rows = rows[rows["topic"] >= 0]
    counted = rows.groupby(["contact", "topic"], as_index=False).agg(sentences=("at", "size"), first=("at", "min"))
    counted = counted.sort_values(["contact", "sentences", "first"], ascending=[True, False, True], ignore_index=True)
    counted["main"] = ~counted.duplicated("contact")
    counted["topic"] = np.array([*names, NONE], dtype=object)[counted["topic"].to_numpy()]
    left = np.setdiff1d(np.arange(len(corpus.contacts)), counted["contact"].to_numpy())
    speaks = corpus.speaking[left]
    spoken = corpus.segments.groupby("contact").size().reindex(left, fill_value=0).to_numpy()
    rest = pd.DataFrame({"contact": left, "topic": np.where(speaks, NONE, EMPTY), "sentences": spoken, "main": True})
    both = pd.concat([counted.drop(columns="first"), rest], ignore_index=True).sort_values("contact", kind="stable")
    both["interaction_id"] = corpus.contacts["interaction_id"].to_numpy()[both["contact"].to_numpy()]
    both = both.astype({"topic": "str", "main": bool, "sentences": "int64"})
    return both[COLUMNS].reset_index(drop=True)


def tellers(contacts: pd.DataFrame) -> np.ndarray:
    """Return (contacts,) int64: the same number for contacts that count as one voice.

    One customer is one voice. Where the customer is unknown, or one text of ``LONG_COPY`` letters or more came from
    several, the text is: copies are pasted, not thought.

    >>> frame = pd.DataFrame({"interaction_id": ["1", "2", "3"], "customer_id": ["a", "a", None], "text": ["x", "y", "x"]})
    >>> tellers(frame).tolist()
    [0, 0, 1]
    """
    own = "contact " + contacts["interaction_id"].astype(str)
    customer = contacts["customer_id"] if "customer_id" in contacts else pd.Series(None, contacts.index, dtype=object)
    who = own.where(customer.isna(), "customer " + customer.astype("str").fillna(""))
    if "text" in contacts:
        text = contacts["text"].fillna("").astype(str)
        plain = text.str.lower().str.replace(r"\W+|\d+", " ", regex=True).str.strip()
        long = plain.str.len() >= LONG_COPY
        first = who.where(long).groupby(plain).transform("first")
        who = first.where(long, who)
    return pd.factorize(who)[0].astype(np.int64)


def period_numbers(stamps: pd.Series, periods: Sequence[Period]) -> np.ndarray:
    """Return (contacts,) int64: which of consecutive periods holds each stamp, −1 outside of all."""
    edges = pd.DatetimeIndex([periods[0].start, *(period.end for period in periods)]).to_numpy("datetime64[us]")
    at = np.searchsorted(edges, pd.to_datetime(stamps).to_numpy("datetime64[us]"), side="right") - 1
    return np.where((at < len(periods)) & pd.notna(stamps).to_numpy(), at, -1)


def matrix(said: pd.DataFrame, contacts: pd.DataFrame, topics: Sequence[str]) -> csr_array:
    """Return a sparse (contacts, topics) matrix of 0 and 1: who mentions what; rows as ``contacts``."""
    from scipy.sparse import csr_array

    row = pd.Index(contacts["interaction_id"]).get_indexer(said["interaction_id"])
    column = pd.Index(list(topics)).get_indexer(said["topic"])
    kept = (row >= 0) & (column >= 0)
    ones = np.ones(kept.sum(), dtype=np.int64)
    return csr_array((ones, (row[kept], column[kept])), shape=(len(contacts), len(topics)))


def tellers_by_period(
    said: csr_array, teller: np.ndarray, period: np.ndarray, periods: int
) -> tuple[np.ndarray, np.ndarray]:
    """Count the tellers of each topic and of anything in each period.

    Args:
        said: (contacts, topics) from ``matrix``.
        teller: (contacts,) from ``tellers``.
        period: (contacts,) number of the period, −1 outside.
        periods: how many periods there are.

    Returns:
        (topics, periods) and (periods,) int64: a teller counts once a topic and period.
    """
    from scipy.sparse import csr_array

    inside = np.flatnonzero(period >= 0)
    place = teller[inside].astype(np.int64) * periods + period[inside]
    distinct, at = np.unique(place, return_inverse=True)
    ones = np.ones(len(inside), dtype=np.int64)
    together = csr_array((ones, (at, inside)), shape=(len(distinct), said.shape[0])) @ said
    together.data[:] = 1
    when = distinct % periods
    by_period = csr_array(
        (np.ones(len(distinct), np.int64), (when, np.arange(len(distinct)))), (periods, len(distinct))
    )
    return (by_period @ together).toarray().T, np.bincount(when, minlength=periods)


def one_by_group(said: csr_array, teller: np.ndarray, group: np.ndarray, groups: int) -> tuple[np.ndarray, np.ndarray]:
    """Count the tellers of each topic by group, each with one of their contacts there, drawn by a fixed lot.

    «Ever said» would grow with how often customers come: the largest group would seem to speak more of everything. The
    first contact would favour the channel whose ids come first. Arguments and results as ``tellers_by_period``.
    """
    from scipy.sparse import csr_array

    inside = np.flatnonzero(group >= 0)
    inside = inside[np.random.default_rng(len(inside)).permutation(len(inside))]
    _, drawn = np.unique(teller[inside].astype(np.int64) * groups + group[inside], return_index=True)
    rows = np.sort(inside[drawn])
    ones = np.ones(len(rows), dtype=np.int64)
    counts = csr_array((ones, (group[rows], np.arange(len(rows)))), shape=(groups, len(rows))) @ said[rows]
    return counts.toarray().T, np.bincount(group[rows], minlength=groups)
