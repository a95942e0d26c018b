"""Customers who left soon after a contact: had they said anything before?"""

from __future__ import annotations

from datetime import datetime, timedelta

import ibis
import ibis.expr.types as ir
import pandas as pd

from ...data.clock import DAY
from ...data.periods import Period
from ...data.store import to_frame
from ..rules import MetricRules
from .groups import against
from .signs import KIND, LEFT_DAYS, kind_of, sums, with_leaving

MEASURES = {
    "asked": ("asked", "contacts"),
    "answered": ("answered", "asked"),
    "unhappy": ("unhappy", "asked"),
    "happy": ("happy", "asked"),
    "csat": ("happy", "answered"),
}


def leavers(
    table: ir.Table, period: Period, rules: MetricRules, customers: ir.Table | None, end: datetime
) -> tuple[list[dict], str]:
    """Set the last contacts of customers who left within ``LEFT_DAYS`` days beside comparable ones of those who stayed.

    ``table``: contacts ``with_heard``. Comparable are contacts of the same kind after which the customer was not heard
    of for as many days either, over ``rules.agent_days`` up to the period's end. Returns one row per measure (asked:
    of contacts; answered, unhappy (1 and 2), happy (4 and 5): of those asked; csat: of answers) with the columns of
    ``groups.against`` and n_others, and why there are none. Where it is not recorded who was asked, there is no row
    ``asked`` and the next three are shares of contacts.
    """
    if customers is None or "churned_at" not in customers.columns:
        return [], "no customer list says who left, and when"
    if "customer_id" not in table.columns:
        return [], "the contacts do not say which customer they are of"
    cells = _last_contacts(table, period, rules, customers, end)
    if cells.empty:
        return [], (
            f"no contact of a customer on the customer list has {LEFT_DAYS} days of data after it; check that both write the "
            "customer's number alike"
        )
    gone = cells["left"] == 1
    if not gone.any() or cells.loc[gone, "contacts"].sum() < rules.smallest_group:
        return [], f"fewer than {rules.smallest_group} customers left within {LEFT_DAYS} days of a contact"
    if not cells["answered"].sum():
        return [], "nobody answered"
    if cells["asked"].sum() == cells["answered"].sum():
        cells["asked"] = cells["contacts"]  # who was asked is not recorded
    kind, rows = kind_of(cells), []
    for measure, (x, n) in MEASURES.items():
        if measure == "asked" and cells["asked"].equals(cells["contacts"]):
            continue
        left, stayed = (cells[part].groupby(kind[part])[[x, n]].sum() for part in (gone, ~gone))
        both = left.join(stayed.rename(columns=lambda name: f"{name} of others"), how="left").fillna(0)
        strata = list(zip(both[x], both[n], both[f"{x} of others"], both[f"{n} of others"], strict=True))
        if left[n].sum():
            found = against(left[x].sum(), left[n].sum(), strata, 1.0)  # one contact a leaver
            rows.append({"measure": measure, "n_others": int(stayed[n].sum()), **found})
    return rows, ""


def _last_contacts(
    table: ir.Table, period: Period, rules: MetricRules, customers: ir.Table, end: datetime
) -> pd.DataFrame:
    """Count the contacts after which nothing came for ``LEFT_DAYS`` days, by kind and by whether the customer left."""
    until = datetime.combine(period.end, datetime.min.time())
    recent = table.filter(table.created_local >= until - timedelta(days=rules.agent_days))
    at = recent.created_at.epoch_seconds()
    follow = ibis.window(group_by=recent.customer_id, order_by=[recent.created_at, recent.interaction_id])
    quiet = recent.mutate(_gap=at.lead().over(follow) - at)
    quiet = quiet.filter((quiet.created_local < until) & ~(quiet._gap <= LEFT_DAYS * DAY).fill_null(False))
    known = with_leaving(quiet, customers, end)
    known = known.filter(known.left.notnull())
    factors = [name for name in KIND if name in known.columns]
    known = known.mutate(**{name: known[name].cast("string").fill_null("(unknown)") for name in factors})
    cells = to_frame(known.group_by([*factors, "left"]).agg(**sums(known)))
    return cells.sort_values([*factors, "left"], ignore_index=True)
