"""Customers from the first contact that the data hold, each followed from the day on which it is known how it went.

The clock starts ``repeat_days`` after the contact, when its flags can be known (landmark: Anderson, Cain & Gelber, Journal
of Clinical Oncology 1, 1983). Whoever left before is no part of it: those days were lived through by everybody who could
be sorted at all (immortal time: Suissa, American Journal of Epidemiology 167, 2008), and they are counted instead.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from .stamps import days_of, left_of

QUIET = 90
"""Days without a contact after which a customer whose beginning is unknown counts as one without a past."""
TENURE = {0: "under 30 days", 30: "30 days to a year", 365: "1 to 2 years", 730: "2 years and more"}
LEFT_OUT = ("unlisted", "unknown past", "gone before", "left before the landmark", "too young")
MOST_LEVELS, RARE, UNKNOWN = 30, "(others)", "(unknown)"
HELD = ("channel", "matter", "segment", "tenure")


@dataclass(frozen=True)
class Cohort:
    """Customers with a first contact and what became of them.

    Attributes:
        rows: one row per customer: customer_id, the flags of ``experience``, at, known_at, left (days; missing: has not
            left), stop (days since known_at at which they left or the data end), gone, past (``known``: the contacts
            before are in the data, ``before``: the customer is older than the data), and what is held alike (``HELD``).
        out: how many customers were left out, by why (``LEFT_OUT``).
        immortal: customers who left between the contact and the landmark, with the same columns.
        first, end: days at which the data begin and end.
    """

    rows: pd.DataFrame
    out: dict[str, int]
    immortal: pd.DataFrame
    first: float
    end: float
    matter: str = field(default="issue")

    def __len__(self) -> int:
        return len(self.rows)

    @property
    def gone(self) -> int:
        """How many left."""
        return int(self.rows["gone"].sum())


def people(customers: pd.DataFrame) -> pd.DataFrame:
    """Return the customer list with began and left in days since 1970, one row a customer.

    >>> people(pd.DataFrame({"customer_id": ["c"], "churned_at": pd.to_datetime(["1970-01-03"])}))["left"].tolist()
    [3.0]
    """
    listed = customers.drop_duplicates("customer_id")
    nothing = pd.Series(pd.NaT, listed.index)
    began, left = days_of(listed.get("signup_at", nothing)), left_of(listed.get("churned_at", nothing))
    found = {"customer_id": listed["customer_id"], "began": began, "left": left}
    return pd.DataFrame(found | {"segment": listed.get("segment", np.nan)})


def cohort(lived: pd.DataFrame, listed: pd.DataFrame, first: float, end: float) -> Cohort:
    """Follow each listed customer from the first contact seen.

    ``lived``: contacts from ``experience``, in order of customer and time; ``listed``: from ``people``; ``first``,
    ``end``: days between which the data lie. Who leaves after ``end`` is not known to leave.
    """
    entry = lived.drop_duplicates("customer_id").merge(listed, "left", on="customer_id", indicator="on")
    left = entry["left"].where(entry["left"] < end)
    old = ~(entry["began"] >= first)
    seen = entry["at"] - first
    gone_before = left < entry["at"]
    tests = (
        (entry["on"] == "left_only"),
        entry["began"].isna() & (seen < QUIET),
        gone_before,
        left <= entry["known_at"],
        entry["known_at"] >= end,
    )
    why = np.select(tests, LEFT_OUT, "")
    entry = entry.assign(left=left, gone=left.notna(), past=np.where(old & (seen < QUIET), "before", "known"))
    entry["stop"] = left.fillna(end) - entry["known_at"]
    matter = "issue" if entry["issue"].notna().any() else "category"
    entry["tenure"] = _tenure(entry["at"] - entry["began"])
    entry["matter"] = entry[matter].astype("category")
    entry["segment"] = entry["segment"].astype("category")
    entry = entry.drop(columns=["on", "began", "issue", "category"])
    counts = {name: int((why == name).sum()) for name in LEFT_OUT}
    immortal = entry[why == "left before the landmark"].reset_index(drop=True)
    return Cohort(entry[why == ""].reset_index(drop=True), counts, immortal, first, end, matter)


def _tenure(days: pd.Series) -> pd.Series:
    edges = [-np.inf, *list(TENURE)[1:], np.inf]
    return pd.cut(days, edges, right=False, labels=list(TENURE.values()))


def levels(column: pd.Series, gone: np.ndarray, fewest: int) -> tuple[np.ndarray, list[str]]:
    """Write a label as codes of few levels, of which each has ``fewest`` leavers and as many rows of others.

    The most frequent such labels (``MOST_LEVELS``) keep their name, the unknown are a label too; the rest is one level
    together or, where even that has too few leavers, counts with the most frequent one. Returns codes and names.
    """
    made = column if isinstance(column.dtype, pd.CategoricalDtype) else column.astype("category")
    names = [str(name) for name in made.cat.categories] + [UNKNOWN]
    codes = made.cat.codes.to_numpy("int64") % len(names)  # unknown, -1, is the last
    n, left = (np.bincount(codes, weights, len(names)) for weights in (None, gone.astype(float)))
    enough = (left >= fewest) & (n - left >= fewest)
    kept = [level for level in np.argsort(-n, kind="stable") if enough[level]][:MOST_LEVELS]
    others = ~np.isin(np.arange(len(names)), kept)
    apart = left[others].sum() >= fewest and (n - left)[others].sum() >= fewest
    new = np.full(len(names), len(kept) if apart or not kept else 0)
    new[kept] = np.arange(len(kept))
    return new[codes], [names[level] for level in kept] + ([RARE] if apart or not kept else [])
