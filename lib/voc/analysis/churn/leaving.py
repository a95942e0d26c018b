"""Time to leaving after contact: who stays, what raises the rate of leaving, and what might mislead in that."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import datetime, time
from zoneinfo import ZoneInfo

import ibis.expr.types as ir
import pandas as pd

from ...data.periods import Period
from ...data.store import to_frame
from ..rules import MetricRules
from .checks import CHECKS, checks
from .cohort import HELD, Cohort, cohort, people
from .guards import GUARDS, guards
from .kept import CURVES, KEPT, curves, kept
from .ratios import FEWEST, RATIOS, Experience, judged, ratio
from .silent import SILENT, silent
from .up_to_now import HELD_NOW, UP_TO_NOW, stretches

AT_FIRST = (
    Experience("slow", "slow first response"),
    Experience("unsolved", "not solved at the first contact (FCR missed)", ("slow",)),
    Experience("opened_again", "opened again", ("slow",)),
    Experience("bad_score", "a score of 1 or 2, of those who answered", ("slow", "unsolved"), chosen=True),
    Experience("silent_after_trouble", "no answer after trouble, of those asked after trouble", ("slow", "unsolved")),
)
MEMBERS = ["covariate", "customer_id"]


@dataclass(frozen=True)
class Churn:
    """What is told about leaving; all frames are empty where ``why`` says why nothing can be told.

    Attributes:
        curves: experience, group, day, kept_pct, lo, hi, at_risk, gone (so far); days count from when it is known how the
            first contact went.
        kept: experience, day, with_pct, without_pct, difference, lo, hi (points), n_with, n_without.
        ratios: look (``first contact`` or ``up to now``), covariate, label, n and gone (customers and leavers with it),
            ratio, lo, hi, p, q, certainty, per100 with its interval (extra leavers of 100 such customers within 180
            days), early, late, p_alike, proportional, why.
        guards: guard, what, figure, words. silent: see ``voc.analysis.churn.silent``. checks: item, value, words.
        members: covariate, customer_id: who lived through what at the first contact.
    """

    curves: pd.DataFrame
    kept: pd.DataFrame
    ratios: pd.DataFrame
    guards: pd.DataFrame
    silent: pd.DataFrame
    checks: pd.DataFrame
    members: pd.DataFrame
    why: str = ""

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return the frames by name."""
        return {part.name: getattr(self, part.name) for part in fields(self) if part.name != "why"}


def nothing(why: str) -> Churn:
    """Return empty frames and why they are."""
    columns = (CURVES, KEPT, RATIOS, GUARDS, SILENT, CHECKS, MEMBERS)
    return Churn(*(pd.DataFrame(columns=names) for names in columns), why)


def churn(
    columns: Sequence[str],
    lived: pd.DataFrame,
    customers: ir.Table | None,
    surveys: ir.Table | None,
    span: tuple[pd.Timestamp, pd.Timestamp],
    period: Period,
    rules: MetricRules,
    zone: str,
) -> Churn:
    """Tell who leaves after what, as far as the contacts and the customer list allow.

    ``columns``: those of the contacts; ``lived``: contacts from ``experience``, as of ``end_of`` the same span and period;
    ``customers``: the customer list with ``churned_at`` (and ``signup_at``); ``surveys``: dates of questions and answers;
    ``span``: first and last contact on the clock of ``zone``. What happened after the ``period`` ended is not known yet.
    """
    why = lacking(columns, customers)
    if why:
        return nothing(why)
    if lived.empty:
        return nothing("no contact names its customer")
    listed, of = followed(lived, customers, end_of(span, period, zone))
    why = too_little(of, rules)
    if why:
        return nothing(why)
    spells = at_first(of)
    rows = [{"look": "first contact", **ratio(spells, each, HELD, rules, extra=True)} for each in AT_FIRST]
    states = stretches(lived, of)
    rows += [{"look": "up to now", **ratio(states, each, HELD_NOW, rules, extra=False)} for each in UP_TO_NOW]
    ratios = judged(rows, rules)
    return Churn(
        curves(of.rows, rules.min_n), kept(of.rows, rules.min_n), ratios, guards(of, spells, ratios, AT_FIRST, rules),
        silent(lived, listed, surveys, of.first, of.end, rules), checks(of, spells, rows, rules), _members(spells),
    )  # fmt: skip


def _members(spells: pd.DataFrame) -> pd.DataFrame:
    """List who lived through what at the first contact, so that a figure leads back to its customers."""
    parts = [
        spells.loc[spells[each.name] == 1, ["customer_id"]].assign(covariate=each.name)[MEMBERS] for each in AT_FIRST
    ]
    return pd.concat(parts, ignore_index=True)


def followed(lived: pd.DataFrame, customers: ir.Table, until: pd.Timestamp) -> tuple[pd.DataFrame, Cohort]:
    """Return the customer list and the cohort of contacts as lived, as they are known at ``until`` (UTC)."""
    end = (until - pd.Timestamp(0)) / pd.Timedelta(days=1)
    names = ("customer_id", "segment", "signup_at", "churned_at")
    listed = people(to_frame(customers.select(*(name for name in names if name in customers.columns))))
    first = float(lived["at"].min()) if len(lived) else end
    return listed, cohort(lived, listed, first, end)


def lacking(columns: Sequence[str], customers: ir.Table | None) -> str:
    """Say what the data lack for any of this; empty where nothing is lacking."""
    if customers is None or "churned_at" not in customers.columns:
        return "no customer list says who left, and when"
    if "customer_id" not in columns:
        return "the contacts do not say which customer they are of"
    return ""


def end_of(span: tuple[pd.Timestamp, pd.Timestamp], period: Period, zone: str) -> pd.Timestamp:
    """Return the UTC moment up to which anything is known: the end of the period or the last contact, if that is earlier.

    >>> span = (pd.Timestamp("2026-01-01"), pd.Timestamp("2026-10-31 22:00"))
    >>> end_of(span, Period.parse("2026-09"), "Europe/Berlin")
    Timestamp('2026-09-30 22:00:00')
    """
    closing = min(pd.Timestamp(datetime.combine(period.end, time())), pd.Timestamp(span[1]))
    return (
        closing.tz_localize(ZoneInfo(zone), ambiguous=True, nonexistent="shift_forward")
        .tz_convert("UTC")
        .tz_localize(None)
    )


def too_little(of: Cohort, rules: MetricRules) -> str:
    """Say why nothing can be told of a cohort; empty where something can."""
    if not len(of) and not sum(of.out.values()):
        return "no contact names its customer"
    if of.out["unlisted"] and not len(of):
        return (
            "none of the customers who wrote is on the customer list; check that both write the customer's number alike"
        )
    if len(of) < rules.min_n:
        return f"fewer than {rules.min_n} customers can be followed for longer than {rules.repeat_days} days after a first contact"
    if not of.gone:
        return "of the customers who can be followed nobody has left"
    if of.gone < FEWEST:
        return f"only {of.gone} of the customers who can be followed left, fewer than {FEWEST}"
    if of.gone == len(of):
        return "all customers who can be followed left; those who stayed are not in the list"
    return ""


def at_first(of: Cohort) -> pd.DataFrame:
    """Return the cohort's time at risk by what the first contact was like: one row a customer, from day 0 to ``stop``.

    Silence after trouble is set against answers after trouble, so it is missing where there was none.
    """
    rows = of.rows.assign(start=0.0)
    rows["silent_after_trouble"] = rows["unanswered"].where(rows["trouble"] == 1)
    return rows
