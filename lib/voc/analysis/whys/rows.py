"""The contacts that whys are asked of: labels as codes, who tells, when, in which half, and what was said.

A question is put to the same rows many times, restricted and split in ever other ways. So everything that a row can be
asked about is laid out once as integers: a label costs four bytes a contact, and a count over any combination of labels is
one pass over integers.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from ...data.store import to_frame
from ..who_when import part_of_day, tellers, weekday

if TYPE_CHECKING:
    from scipy.sparse import csc_array

SINCE_ORDER = ((1, "day of the order"), (4, "1–3 days"), (8, "4–7 days"), (15, "8–14 days"), (31, "15–30 days"))
LATER = "over 30 days"
JOURNEY_DAYS = 30  # days back in which a customer's contact before counts as a step of the same journey
FIRST_CONTACT = "no contact before"
HANDLED = ("team", "channel", "priority", "status", "source", "language")
"""What says how a contact came and who took it: it may explain a wait or a score, never why customers come."""
MADE = ("hour", "weekday", "after_order", "came_after")
"""Labels made here, beside those of the data."""


@dataclass(frozen=True)
class Said:
    """Things said, as columns of a sparse matrix.

    Attributes:
        kind: theme, topic or wording.
        labels: name of each thing.
        says: (rows, things) sparse of 0 and 1.
        words: (rows,) bool, contacts that say anything at all.
        about: problem inside which each thing was found, empty for all.
        where: of themes, (rows,) bool each: the days and places that the theme counts in.
        begins: of themes, the first and the last day that each may begin on; None for one that always was.
    """

    kind: str
    labels: tuple[str, ...]
    says: csc_array
    words: np.ndarray
    about: tuple[str, ...]
    where: tuple[np.ndarray, ...] | None = None
    begins: tuple[tuple[int, int] | None, ...] | None = None

    def mask(self, at: int) -> np.ndarray:
        """Mark the rows that say a thing."""
        found = np.zeros(self.says.shape[0], dtype=bool)
        found[self.says.indices[self.says.indptr[at] : self.says.indptr[at + 1]]] = True
        return found

    def of(self, about: str) -> np.ndarray:
        """Mark the things that may be said of a problem: those found inside it or everywhere; of no problem, all."""
        return np.array([not about or one in ("", about) for one in self.about], dtype=bool)

    def counts(self, inside: np.ndarray, place: np.ndarray, places: int) -> np.ndarray:
        """Count (things, places): rows ``inside`` that say each thing, by the place that each row belongs to."""
        from scipy.sparse import csr_array

        dealt = csr_array((np.ones(len(inside), np.int32), (place, inside)), shape=(places, self.says.shape[0]))
        return (dealt @ self.says).toarray().T


@dataclass(frozen=True)
class Rows:
    """Contacts of a window, laid out for counting.

    Attributes:
        frame: interaction_id, the problem's column, csat, handle_seconds and whatever measures were asked for.
        codes: label column → (rows,) int32, −1 where unknown; values: label column → its values.
        teller: (rows,) int64, the same number for contacts of one customer.
        half: (rows,) bool, the half of the tellers that explanations are confirmed on.
        day: (rows,) int32, days since ``first``.
        said: what was said, by kind.
    """

    frame: pd.DataFrame
    matter: str
    codes: Mapping[str, np.ndarray]
    values: Mapping[str, np.ndarray]
    teller: np.ndarray
    half: np.ndarray
    day: np.ndarray
    first: pd.Timestamp
    said: tuple[Said, ...] = ()

    def __len__(self) -> int:
        return len(self.frame)

    @cached_property
    def problem(self) -> np.ndarray:
        """(rows,) the problem of each contact as text, empty where unknown."""
        return self.frame[self.matter].astype(object).fillna("").astype(str).to_numpy(object)

    def is_value(self, name: str, value: str) -> np.ndarray:
        """Mark the rows that have a value of a label."""
        at = np.flatnonzero(self.values[name] == value)
        return self.codes[name] == (at[0] if len(at) else -2)

    def date_of(self, day: int) -> pd.Timestamp:
        """Return the date of a day's number."""
        return self.first + pd.Timedelta(days=int(day))


def rows_of(
    table: ir.Table,
    first: pd.Timestamp,
    end: pd.Timestamp,
    matter: str,
    labels: Sequence[str],
    *,
    measures: Sequence[str] = (),
    sorted_as: pd.DataFrame | None = None,
    named: Mapping[str, pd.Series] | None = None,
    seed: int = 0,
) -> Rows:
    """Lay out the contacts from ``first`` until ``end``.

    Args:
        table: measured contacts.
        first, end: span on the report's clock, ``end`` excluded.
        matter: column that names problems.
        labels: columns that may explain; those that are not there, or hold one value only, are left out.
        measures: further columns to keep (``csat``, ``frt_minutes`` …).
        sorted_as: interaction_id and ``matter``: what texts were sorted to, taken where the source has no label.
        named: label → values by interaction_id that texts name, taken where the column is empty (a page, a version).
        seed: of the lot that deals customers into halves.
    """
    kept = ["interaction_id", "created_local", "customer_id", "ordered_at", matter, "csat", "handle_seconds", *measures]
    columns = [name for name in dict.fromkeys([*kept, *labels]) if name in table.columns]
    inside = table.filter((table.created_local >= first.to_pydatetime()) & (table.created_local < end.to_pydatetime()))
    frame = to_frame(inside.select(*columns).order_by("interaction_id"))
    for name in (matter, "csat", "handle_seconds", "customer_id"):
        if name not in frame:
            frame[name] = np.nan if name in ("csat", "handle_seconds") else None
    if sorted_as is not None and matter in sorted_as:
        read = frame["interaction_id"].map(sorted_as.set_index("interaction_id")[matter])
        frame[matter] = frame[matter].astype(object).where(frame[matter].notna(), read.replace("", None))
    for name, values in (named or {}).items():
        known = frame[name].astype(object) if name in frame else pd.Series(None, frame.index, dtype=object)
        frame[name] = known.where(known.notna(), frame["interaction_id"].map(values))
    stamps = pd.to_datetime(frame["created_local"])
    teller = tellers(frame)
    made = _made(frame, stamps, matter)
    codes, values = {}, {}
    for name in dict.fromkeys([*labels, *made]):
        column = made.get(name, frame.get(name))
        if column is None:
            continue
        code, found = pd.factorize(column.astype(object).where(column.notna(), None), sort=True)
        if len(found) > 1:
            codes[name], values[name] = code.astype(np.int32), np.asarray(found, dtype=object).astype(str)
    lot = np.random.default_rng(seed).random(int(teller.max(initial=-1)) + 1) < 0.5
    day = ((stamps - first).dt.total_seconds() // 86_400).to_numpy(np.int32)
    return Rows(frame, matter, codes, values, teller, lot[teller], day, first)


def _made(frame: pd.DataFrame, stamps: pd.Series, matter: str) -> dict[str, pd.Series]:
    """Make the labels of time and journey: hour, weekday, days since the order, and what the customer came for before."""
    made = {"hour": part_of_day(stamps), "weekday": weekday(stamps)}
    if "ordered_at" in frame and frame["ordered_at"].notna().any():
        days = (stamps - pd.to_datetime(frame["ordered_at"])).dt.total_seconds() / 86_400
        edges = [-np.inf, *(edge for edge, _ in SINCE_ORDER), np.inf]
        made["after_order"] = pd.cut(days, edges, right=False, labels=[*(word for _, word in SINCE_ORDER), LATER])
        made["after_order"] = made["after_order"].astype(object)
    if frame["customer_id"].notna().any():
        made["came_after"] = _came_after(frame, stamps, matter)
    return made


def _came_after(frame: pd.DataFrame, stamps: pd.Series, matter: str) -> pd.Series:
    """Name the problem of the same customer's contact before, of another problem, within ``JOURNEY_DAYS``.

    A contact about the same problem before is the same problem unsolved, not a step that leads to it: such contacts have
    no value.
    """
    known = pd.DataFrame({"customer": frame["customer_id"], "at": stamps, "matter": frame[matter].astype(object)})
    known = known[known["customer"].notna()].sort_values(["customer", "at"], kind="stable")
    before = known.groupby("customer", sort=False).shift(1)
    near = (known["at"] - before["at"]) <= pd.Timedelta(days=JOURNEY_DAYS)
    step = before["matter"].where(near, FIRST_CONTACT)
    return step.where(step != known["matter"]).reindex(frame.index)
