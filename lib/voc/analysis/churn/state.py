"""What is known of each active customer at one moment, from before that moment only.

Everything looks back over one span of days, the same at every moment, so that customers of last year and of today are
described alike although the data reach back farther today. Days are counted since 1970 UTC.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pandas as pd

from .stamps import days_of, left_of

FIFTHS = 5  # parts that a number of the customer list is cut into
MOST_LABELS = 12  # values of a label, beyond which it is not used: each would be learned from too few customers
RECENT, QUARTER = 30, 90  # days
OWN = ("customer_id", "source", "signup_at", "churned_at")
LAST = ("slow", "unsolved", "opened_again", "bad_score", "unanswered", "silent_after_trouble")
FIRST = ("slow", "unsolved")


@dataclass(frozen=True)
class Known:
    """Customers and their contacts, numbered once so that any moment is described in a fraction of a second.

    ``customers``: customer_id, began and left (days; missing: not known, has not left), and the further columns of the
    customer list. ``contacts``: of these customers in order of customer and time, with ``who`` (row of ``customers``).
    ``first`` and ``end``: when the data begin and end (days). ``zone``: the time zone in which days are told.
    """

    customers: pd.DataFrame
    contacts: pd.DataFrame
    first: float
    end: float
    zone: str = "UTC"

    @property
    def labels(self) -> list[str]:
        """List the columns of the customer list that are labels with few values."""
        names = [name for name in self.customers.columns if name not in ("customer_id", "began", "left")]
        texts = [name for name in names if not pd.api.types.is_datetime64_any_dtype(self.customers[name])]
        return [name for name in texts if 2 <= self.customers[name].nunique() <= MOST_LABELS]


def known(customers: pd.DataFrame, contacts: pd.DataFrame, end: float, zone: str = "UTC") -> Known:
    """Prepare the customer list (``customer_id``, ``churned_at``, …) and its contacts (``experience``) up to ``end``.

    What lies after ``end`` is not known there: later contacts are left out, later leavers have not left.
    """
    people = customers.drop_duplicates("customer_id").sort_values("customer_id", ignore_index=True)
    nothing = pd.Series(pd.NaT, people.index)
    days = {"began": days_of(people.get("signup_at", nothing)), "left": left_of(people.get("churned_at", nothing))}
    people = people.drop(columns=[name for name in OWN[1:] if name in people]).assign(**days)
    people = people.assign(
        **{name: _as_label(people[name]) for name in people.columns if name not in ("customer_id", *days)}
    )
    people["left"] = people["left"].where(people["left"] < end)
    who = pd.Index(people["customer_id"]).get_indexer(contacts["customer_id"])
    kept = contacts.assign(who=who)[(who >= 0) & (contacts["at"] < end).to_numpy()]
    kept = kept.sort_values(["who", "at"], kind="stable", ignore_index=True)
    return Known(people, kept, float(kept["at"].min()) if len(kept) else end, end, zone)


def _as_label(column: pd.Series) -> pd.Series:
    """Return numbers as labels, many of them in fifths; other columns as they are."""
    if not pd.api.types.is_numeric_dtype(column):
        return column
    numbers = column.astype(float)
    if numbers.nunique() <= MOST_LABELS:
        return numbers.map("{:g}".format, na_action="ignore").astype(object)
    ends = np.unique(numbers.quantile(np.linspace(0, 1, FIFTHS + 1)))
    names = [f"{low:g} to {high:g}" for low, high in pairwise(ends)]
    return pd.cut(numbers, ends, labels=names, include_lowest=True).astype(object)


def state(of: Known, at: float, back: float) -> pd.DataFrame:
    """Describe each customer active at the moment ``at`` by the ``back`` days before it.

    Returns, indexed by the row of ``of.customers``: tenure (days since the beginning), since and since_first (days since
    the last and the first contact), contacts_30, contacts_90, contacts (in the span), trouble_90, trouble, trouble_share
    (of contacts whose course is known), asked, answered, ignored (asked and not answered); slow, unsolved, opened_again,
    bad_score, unanswered, silent_after_trouble of the last contact (missing until known) as last_…; first_slow and
    first_unsolved; pending (1: the course of the last contact is not known yet), last_score (of the span), last (row of
    ``of.contacts``, −1 for none) and the labels. A flag counts only where it was known by then.
    """
    people, rows = of.customers, of.contacts
    active = ~(people["began"] >= at) & ~(people["left"] < at)
    stamps, who = rows["at"].to_numpy(), rows["who"].to_numpy()
    seen = np.flatnonzero((stamps < at) & (stamps >= at - back))
    told = seen[rows["known_at"].to_numpy()[seen] <= at]
    tell = _Counter(who, len(people))
    last, first = tell.last(seen), tell.last(np.flatnonzero(stamps < at)[::-1])
    made = {
        "tenure": at - people["began"].to_numpy(),
        "since": np.where(last >= 0, at - stamps[last], np.nan) if len(rows) else np.nan,
        "since_first": np.where(first >= 0, at - stamps[first], np.nan) if len(rows) else np.nan,
        f"contacts_{RECENT}": tell.count(seen[stamps[seen] >= at - RECENT]),
        f"contacts_{QUARTER}": tell.count(seen[stamps[seen] >= at - QUARTER]),
        "contacts": tell.count(seen),
        **_troubles(rows, told, at, tell),
        **_flags(rows, last, first, at),
        **_answers(rows, told, tell),
        "last": last,
    }
    frame = pd.DataFrame(made, index=people.index).assign(**{name: people[name] for name in of.labels})
    return frame[active.to_numpy()]


def gone_within(of: Known, described: pd.DataFrame, at: float, days: float) -> np.ndarray:
    """Tell who of the customers described at ``at`` left within so many days."""
    return of.customers["left"].to_numpy()[described.index] < at + days


@dataclass(frozen=True)
class _Counter:
    """Counting per customer without sorting: ``who`` says whose each contact is."""

    who: np.ndarray
    n: int

    def count(self, rows: np.ndarray, weights: np.ndarray | None = None) -> np.ndarray:
        return np.bincount(self.who[rows], weights=weights, minlength=self.n).astype(float)

    def last(self, rows: np.ndarray) -> np.ndarray:
        """Return the last of ``rows`` of each customer, −1 for none: of repeated places the last assignment stays."""
        found = np.full(self.n, -1)
        found[self.who[rows]] = rows
        return found


def _troubles(rows: pd.DataFrame, told: np.ndarray, at: float, tell: _Counter) -> dict[str, np.ndarray]:
    trouble = rows["trouble"].to_numpy(float)
    judged = told[np.isfinite(trouble[told])]
    bad = judged[trouble[judged] == 1]
    n, k = tell.count(judged), tell.count(bad)
    share = np.divide(k, n, out=np.full(len(n), np.nan), where=n > 0)
    return {
        f"trouble_{QUARTER}": tell.count(bad[rows["at"].to_numpy()[bad] >= at - QUARTER]),
        "trouble": k,
        "trouble_share": share,
    }


def _flags(rows: pd.DataFrame, last: np.ndarray, first: np.ndarray, at: float) -> dict[str, np.ndarray]:
    if not len(rows):
        names = [*(f"last_{name}" for name in LAST), *(f"first_{name}" for name in FIRST), "pending"]
        return {name: np.full(len(last), np.nan) for name in names}
    early = rows["known_at"].to_numpy() <= at

    def of(place: np.ndarray, name: str) -> np.ndarray:
        return np.where((place >= 0) & early[place], rows[name].to_numpy(float)[place], np.nan)

    made = {f"last_{name}": of(last, name) for name in LAST} | {f"first_{name}": of(first, name) for name in FIRST}
    return made | {"pending": np.where(last >= 0, ~early[last], np.nan).astype(float)}


def _answers(rows: pd.DataFrame, told: np.ndarray, tell: _Counter) -> dict[str, np.ndarray]:
    """Count who was asked and answered; the last score of the span, not of the last contact only."""
    score, ignored = rows["score"].to_numpy(float), rows["unanswered"].to_numpy(float) == 1
    given = told[np.isfinite(score[told])]
    at = tell.last(given)
    return {
        "asked": tell.count(given) + tell.count(told[ignored[told]]),
        "answered": tell.count(given),
        "ignored": tell.count(told[ignored[told]]),
        "last_score": np.where(at >= 0, score[at], np.nan) if len(rows) else np.full(len(at), np.nan),
    }
