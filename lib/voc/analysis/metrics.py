"""Every metric once: what it is, which rows count, its value per contact, and how values become one figure.

A metric is a column of per-contact measures (null where the contact does not count) and a way to put them together:
``count``, ``share`` (of 0/1), ``mean`` or ``median``. So the rows behind any figure are those whose measure is not null,
a new metric is one entry here, and numerator and denominator can never come from different filters.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Literal

import ibis
import ibis.expr.types as ir

from .rules import MetricRules

DAY = 86_400


@dataclass(frozen=True)
class Metric:
    """One metric.

    ``measure`` gives a contact's value from the interactions table and the rules; ``scale`` turns the figure into its
    unit (shares are shown in per cent). ``needs`` names the columns without which it cannot be had; ``better`` says which
    direction is good.
    """

    name: str
    label: str
    unit: str
    kind: Literal["count", "share", "mean", "median"]
    better: Literal["up", "down"] | None
    needs: tuple[str, ...]
    measure: Callable[[ir.Table, MetricRules], ir.Value]
    definition: str
    source: str
    variants: str = ""
    scale: float = 1.0


def _minutes(later: ir.Value, earlier: ir.Value) -> ir.Value:
    """Minutes between two stamps; a negative span is a fault of the data and counts as missing."""
    seconds = later.epoch_seconds() - earlier.epoch_seconds()
    return (seconds >= 0).ifelse(seconds / 60.0, ibis.null("float64"))


def _solved(table: ir.Table) -> ir.BooleanValue:
    return table.resolved_at.notnull()


def _next_gap(table: ir.Table, rules: MetricRules, *, forward: bool) -> ir.Value:
    """Seconds to the same customer's next (or from the last) contact on the same issue."""
    window = ibis.window(
        group_by=[table.customer_id, table[rules.same_issue]], order_by=[table.created_at, table.interaction_id]
    )
    at = table.created_at.epoch_seconds()
    return (at.lead() - at if forward else at - at.lag()).over(window)


def _fcr(table: ir.Table, rules: MetricRules) -> ir.Value:
    window = rules.repeat_days * DAY
    at = table.created_at.epoch_seconds()
    watched = at <= at.max().as_scalar() - window  # younger contacts may still come back: never counted as successes
    counts = table.customer_id.notnull() & table[rules.same_issue].notnull() & _solved(table) & watched
    came_back = (_next_gap(table, rules, forward=True) <= window).fill_null(False)
    return counts.ifelse((~came_back).cast("float64"), ibis.null("float64"))


def _repeat(table: ir.Table, rules: MetricRules) -> ir.Value:
    window = rules.repeat_days * DAY
    at = table.created_at.epoch_seconds()
    watched = at >= at.min().as_scalar() + window  # the first days have no past to repeat
    counts = table.customer_id.notnull() & table[rules.same_issue].notnull() & watched
    again = (_next_gap(table, rules, forward=False) <= window).fill_null(False)
    return counts.ifelse(again.cast("float64"), ibis.null("float64"))


METRICS: dict[str, Metric] = {
    metric.name: metric
    for metric in (
        Metric(
            "contacts", "Contacts", "contacts", "count", None, ("interaction_id",),
            lambda table, rules: ibis.literal(1.0),
            "Contacts of customers that began in the period, copies removed.",
            "count; interval and noise floor from the spread of the daily counts (over-dispersed Poisson)",
            "rows of an export, copies included",
        ),
        Metric(
            "frt_minutes", "First response", "minutes", "median", "down", ("first_response_at",),
            lambda table, rules: _minutes(table.first_response_at, table.created_at),
            "Minutes from the customer's message to the first public reply of a human agent; the middle value (median).",
            "median; interval from order statistics (David & Nagaraja, Order Statistics, 2003, 7.1)",
            "a bot's reply counts; agent-opened ticket → second reply (Zendesk); first inbound message (Plain)",
        ),
        Metric(
            "aht_minutes", "Handling time", "minutes", "mean", None, ("handle_seconds",),
            lambda table, rules: table.handle_seconds / 60.0,
            "Minutes an agent spends on a contact: talk + hold + wrap for calls, active + wrap for chats; the mean.",
            "mean; interval from the standard error",
            "talk only; consult time excluded",
        ),
        Metric(
            "resolution_hours", "Resolution", "hours", "median", "down", ("resolved_at",),
            lambda table, rules: _minutes(table.resolved_at, table.created_at) / 60.0,
            "Hours from the customer's message to the last time it was marked solved; the middle value (median).",
            "median; interval from order statistics",
            "first time solved; closed instead of solved",
        ),
        Metric(
            "fcr_pct", "First contact resolution", "%", "share", "up", ("customer_id", "resolved_at"),
            _fcr,
            "Share of solved contacts after which the same customer did not come back about the same issue within the "
            "window (7 days unless params say otherwise); contacts too young to know are left out.",
            "share with Wilson interval",
            "1, 3, 14, 30 days; zero further replies (Freshservice)",
            100.0,
        ),
        Metric(
            "repeat_pct", "Repeat contacts", "%", "share", "down", ("customer_id",),
            _repeat,
            "Share of contacts that had an earlier one of the same customer about the same issue within the window.",
            "share with Wilson interval",
            "any issue",
            100.0,
        ),
        Metric(
            "csat_pct", "CSAT", "%", "share", "up", ("csat",),
            lambda table, rules: table.csat.isnull().ifelse(ibis.null("float64"), (table.csat >= 4).cast("float64")),
            "Share of answers 4 and 5 on the scale of 1–5; read it beside the response rate.",
            "share with Wilson interval",
            "Good ÷ (Good + Bad); 3 counted as good",
            100.0,
        ),
        Metric(
            "csat_mean", "CSAT score", "score 1–5", "mean", "up", ("csat",),
            lambda table, rules: table.csat,
            "Mean of the answers on the scale of 1–5.",
            "mean; interval from the standard error",
        ),
        Metric(
            "response_rate_pct", "Survey response", "%", "share", None, ("survey_sent", "csat"),
            lambda table, rules: (
                table.survey_sent.fill_null(False) | table.csat.notnull()
            ).ifelse(table.csat.notnull().cast("float64"), ibis.null("float64")),
            "Share of satisfaction surveys sent that were answered.",
            "share with Wilson interval",
            "",
            100.0,
        ),
    )
}  # fmt: skip


def missing_for(metric: Metric, columns: Iterable[str], rules: MetricRules) -> list[str]:
    """List the columns that a metric needs and the data do not have."""
    needs = [*metric.needs, *([rules.same_issue] if metric.name in ("fcr_pct", "repeat_pct") else [])]
    return [name for name in needs if name not in set(columns)]


def with_measures(table: ir.Table, rules: MetricRules, names: Iterable[str] = tuple(METRICS)) -> ir.Table:
    """Add one column per metric that the data allow: the contact's measure, null where it does not count."""
    able = [name for name in names if not missing_for(METRICS[name], table.columns, rules)]
    return table.mutate(**{name: METRICS[name].measure(table, rules) for name in able})
