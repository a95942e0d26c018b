"""Signs of trouble that every contact shows, whether its customer was asked or not.

They are no mood (that is ``themes.mood_checks.unheard``): a customer may come back content, and leave content. They are what can
be known of those who say nothing; how much they mean is read from the answers that come with and without them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

import ibis
import ibis.expr.types as ir
import pandas as pd

from ...data.clock import DAY
from ...data.store import to_frame
from ..metrics.metric import among
from ..rules import MetricRules
from .weighting import kinds

LEFT_DAYS = 60  # a customer gone within so many days of a contact left soon after it
KIND = ("channel", "category", "language")  # what makes contacts of one kind
SUMS = ["contacts", "asked", "answered", "happy", "unhappy"]
SLOWEST = 0.75  # quantile of its channel beyond which a first response is slow


@dataclass(frozen=True)
class Sign:
    """A sign of trouble: its words (of one contact, of contacts), what it needs, why it cannot be had, what would bring it."""

    words: str
    plural: str
    needs: tuple[str, ...]
    lacks: str
    settles: str


SIGNS = {
    "came_back": Sign(
        "came back about the same issue", "came back about the same issue", ("fcr_pct",),
        "that needs the customer, the issue and the time of solution of each contact", "Export all three.",
    ),
    "opened_again": Sign(
        "opened again after being solved", "were opened again after being solved", ("reopened",),
        "the data do not count it", "Export how often a contact was opened again.",
    ),
    "slow": Sign(
        "answered slowest: last quarter of its channel", "were answered slowest", ("frt_minutes",),
        "the data have no first response", "Export it.",
    ),
    "unsolved": Sign(
        "not solved by the end of the data", "were not solved by the end of the data", ("resolved_at",),
        "the data have no time of solution", "Export it.",
    ),
    "left": Sign(
        f"customer left within {LEFT_DAYS} days", "were followed by the customer's leaving", ("customer_id", "churned_at"),
        "no customer list says who left", "Add a customer list with the same customer numbers that says who left, and when.",
    ),
}  # fmt: skip


def lacking(columns: Sequence[str], customers: ir.Table | None) -> list[str]:
    """List the signs that cannot be had from contacts with these columns and this customer list."""
    there = {*columns, *(() if customers is None else {"churned_at"} & set(customers.columns))}
    return [name for name, sign in SIGNS.items() if not set(sign.needs) <= there]


def with_signs(
    table: ir.Table, rules: MetricRules, customers: ir.Table | None = None, end: datetime | None = None
) -> ir.Table:
    """Add a column per sign of trouble that the data allow: 1, 0, or null where it cannot be known (yet).

    ``table``: measured contacts; ``customers``: the customer list, with ``churned_at``; ``end``: when the data end, UTC
    (whether a customer left cannot be known of contacts less than ``LEFT_DAYS`` days before).

    >>> import pandas as pd
    >>> table = ibis.memtable(pd.DataFrame({"resolved_at": [pd.Timestamp("2026-10-01"), pd.NaT]}))
    >>> with_signs(table, MetricRules()).unsolved.execute().tolist()
    [0.0, 1.0]
    """
    absent = lacking(table.columns, customers)
    table = table.drop(*(name for name in SIGNS if name in table.columns))  # a field of the data by one of our names
    if "left" not in absent:
        table = with_leaving(table, customers, end)
    made = {}
    if "came_back" not in absent:
        made["came_back"] = 1.0 - table.fcr_pct
    if "opened_again" not in absent:
        made["opened_again"] = among(table.reopened.notnull(), table.reopened > 0)
    if "slow" not in absent:
        by = [table.channel] if "channel" in table.columns else []
        made["slow"] = among(
            table.frt_minutes.notnull(), table.frt_minutes > table.frt_minutes.quantile(SLOWEST).over(group_by=by)
        )
    if "unsolved" not in absent:
        made["unsolved"] = table.resolved_at.isnull().cast("float64")
    return table.mutate(**made)


def with_leaving(table: ir.Table, customers: ir.Table, end: datetime | None = None) -> ir.Table:
    """Add ``left``: 1 where the contact's customer left within ``LEFT_DAYS`` days, 0 where not, null where unknown.

    Unknown are contacts of customers who are not on the list or were gone before, and those too young to judge. A
    leaving day without an hour is midnight of that day, so a customer who wrote on it counts as leaving after.
    """
    known = customers.select("customer_id", _left_at=customers.churned_at, _listed=ibis.literal(value=True))
    joined = table.left_join(known, "customer_id").select(*table.columns, "_left_at", "_listed")
    at = joined.created_at.epoch_seconds()
    last = at.max().as_scalar() if end is None else ibis.timestamp(end).epoch_seconds()
    days = (joined._left_at.epoch_seconds() - at) / DAY
    judged = joined._listed.fill_null(False) & (at <= last - LEFT_DAYS * DAY) & ~(days <= -1).fill_null(False)
    return joined.mutate(left=among(judged, days.between(-1, LEFT_DAYS))).drop("_left_at", "_listed")


def with_heard(table: ir.Table) -> ir.Table:
    """Add is_asked, is_answered, is_happy (answers 4 and 5) and is_unhappy (1 and 2): 1 or 0 per contact."""
    answered = table.csat.notnull()
    sent = table.survey_sent.fill_null(False) if "survey_sent" in table.columns else ibis.literal(value=False)
    flags = {"asked": sent | answered, "answered": answered, "happy": table.csat >= 4, "unhappy": table.csat <= 2}
    return table.mutate(**{f"is_{name}": flag.fill_null(False).cast("int64") for name, flag in flags.items()})


def sums(table: ir.Table) -> dict[str, ir.Value]:
    """Return the counts of contacts ``with_heard``: contacts, asked, answered, happy, unhappy."""
    return {"contacts": table.count()} | {name: table[f"is_{name}"].sum().fill_null(0) for name in SUMS[1:]}


def cells_of(table: ir.Table) -> pd.DataFrame:
    """Count contacts (``with_heard``, ``with_signs``) per combination of all that is known of everybody.

    Returns the factors there are (channel, category, language, issue; "(unknown)" where empty), the signs there are
    (1, 0 or missing), and contacts, asked, answered, happy, unhappy: as many rows as there are combinations.
    """
    factors = [name for name in (*KIND, "issue") if name in table.columns]
    by = [*factors, *(name for name in SIGNS if name in table.columns)]
    known = table.mutate(**{name: table[name].cast("string").fill_null("(unknown)") for name in factors})
    cells = to_frame(known.group_by(by).agg(**sums(known)) if by else known.agg(**sums(known)))
    cells[SUMS] = cells[SUMS].astype("int64")
    cells[by[len(factors) :]] = cells[by[len(factors) :]].astype(float)
    return cells.sort_values(by, ignore_index=True) if by else cells


def known_signs(cells: pd.DataFrame) -> list[str]:
    """List the signs that some contact is known to have or not to have."""
    return [name for name in SIGNS if name in cells.columns and cells[name].notna().any()]


def kind_of(cells: pd.DataFrame) -> pd.Series:
    """Name each cell's kind of contact: channel, category and language, thin ones pooled."""
    return kinds(cells, [name for name in KIND if name in cells.columns])
