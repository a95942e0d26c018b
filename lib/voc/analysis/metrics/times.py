"""Metrics of time: how long customers wait, how long work takes, and whether agreed times are kept."""

from __future__ import annotations

import ibis
import ibis.expr.types as ir

from ..rules import MetricRules
from .metric import Measure, Metric, among, minutes
from .returns import ended

MIDDLE = "median; interval from order statistics, the percentile bootstrap's closed form"
NINE = "90th percentile; interval from order statistics, the percentile bootstrap's closed form"
NO_HOURS = "params give no opening hours (metrics.schedules)"


def _first_response(table: ir.Table, rules: MetricRules) -> ir.Value:
    return minutes(table.first_response_at, table.created_at)


def _resolution(table: ir.Table, rules: MetricRules) -> ir.Value:
    return minutes(table.resolved_at, table.created_at) / 60.0


def _as_given(name: str) -> Measure:
    return lambda table, rules: table[name].cast("float64")


def _in_time(table: ir.Table, rules: MetricRules) -> ir.Value:
    answered = ~table.abandoned.fill_null(False)
    return among(table.queue_seconds.notnull(), answered & (table.queue_seconds <= rules.service_level_seconds))


def _within_agreed(name: str, stamp: str, unit_minutes: float) -> Measure:
    """Share within the time agreed for the contact's priority; open ones count once their time is up."""

    def measure(table: ir.Table, rules: MetricRules) -> ir.Value:
        agreed = rules.sla.get(name, {})
        rest = agreed.get("default")
        limit = ibis.literal(float(rest)) if rest is not None else ibis.null("float64")
        if "priority" in table.columns:
            cases = [(table.priority == label, float(most)) for label, most in agreed.items() if label != "default"]
            limit = ibis.cases(*cases, else_=limit) if cases else limit
        limit = limit * unit_minutes
        took = minutes(table[stamp], table.created_at)
        waited = (ended(table) - table.created_at.epoch_seconds()) / 60.0
        due = took.notnull() | (table[stamp].isnull() & (waited > limit))
        return among(limit.notnull() & due, took <= limit)

    return measure


TIMES = (
    Metric(
        "frt_minutes", "First response", "minutes", "median", "down", ("first_response_at",), _first_response,
        "Minutes from the customer's message to the first public reply of a human agent; the middle value (median).",
        MIDDLE,
        "a bot's reply counts; agent-opened ticket → second reply (Zendesk); first inbound message (Plain)",
        subject="Waiting",
    ),
    Metric(
        "frt_p90_minutes", "First response, nine of ten", "minutes", "p90", "down", ("first_response_at",), _first_response,
        "Minutes within which nine of ten contacts had their first public reply of a human agent.",
        NINE,
        subject="Waiting",
    ),
    Metric(
        "frt_business_minutes", "First response in opening hours", "minutes", "median", "down",
        ("first_response_at", "frt_business_minutes"), _as_given("frt_business_minutes"),
        "First response counted in the minutes that the schedule in force for the contact is open (params, "
        "metrics.schedules: hours, holidays, time zone); the middle value.",
        MIDDLE,
        "dbt_zendesk sums all schedules that ever applied",
        subject="Waiting", lacking=NO_HOURS,
    ),
    Metric(
        "service_level_pct", "Service level", "%", "share", "up", ("queue_seconds", "abandoned"), _in_time,
        "Share of calls offered that were answered within the agreed seconds (20 unless params say otherwise); calls "
        "given up count as not answered.",
        "share with Wilson interval",
        "÷ queued; short abandons left out",
        100.0, subject="Waiting", counted="calls offered",
    ),
    Metric(
        "abandoned_pct", "Abandoned", "%", "share", "down", ("abandoned",),
        lambda table, rules: among(table.abandoned.notnull(), table.abandoned),
        "Share of contacts offered that the customer gave up before an agent answered, where the tool records it.",
        "share with Wilson interval",
        "short abandons (under 10 s) left out",
        100.0, subject="Waiting", counted="contacts offered",
    ),
    Metric(
        "sla_reply_pct", "Replies in the agreed time", "%", "share", "up", ("first_response_at", "sla.frt_minutes"),
        _within_agreed("frt_minutes", "first_response_at", 1.0),
        "Share of contacts whose first human reply came within the time agreed for their priority (params, metrics.sla); "
        "unanswered ones count as late once their time is up.",
        "share with Wilson interval",
        "business minutes; only tickets under a policy (Zendesk)",
        100.0, subject="Waiting", lacking="params agree on no time (metrics.sla)",
    ),
    Metric(
        "resolution_hours", "Resolution", "hours", "median", "down", ("resolved_at",), _resolution,
        "Hours from the customer's message to the last time it was marked solved; the middle value (median).",
        MIDDLE,
        "first time solved; closed instead of solved",
        subject="Handling",
    ),
    Metric(
        "resolution_p90_hours", "Resolution, nine of ten", "hours", "p90", "down", ("resolved_at",), _resolution,
        "Hours within which nine of ten solved contacts were solved for the last time.",
        NINE,
        subject="Handling",
    ),
    Metric(
        "first_resolution_hours", "First resolution", "hours", "median", "down", ("first_resolved_at",),
        lambda table, rules: minutes(table.first_resolved_at, table.created_at) / 60.0,
        "Hours from the customer's message to the first time it was marked solved; the middle value.",
        MIDDLE,
        "last time solved: see resolution_hours",
        subject="Handling",
    ),
    Metric(
        "resolution_business_hours", "Resolution in opening hours", "hours", "median", "down",
        ("resolved_at", "resolution_business_minutes"),
        lambda table, rules: table.resolution_business_minutes / 60.0,
        "Resolution counted in the hours that the schedule in force for the contact is open; the middle value.",
        MIDDLE,
        "dbt_zendesk sums all schedules that ever applied",
        subject="Handling", lacking=NO_HOURS,
    ),
    Metric(
        "sla_solved_pct", "Solved in the agreed time", "%", "share", "up", ("resolved_at", "sla.resolution_hours"),
        _within_agreed("resolution_hours", "resolved_at", 60.0),
        "Share of contacts solved for the last time within the time agreed for their priority; open ones count as late "
        "once their time is up.",
        "share with Wilson interval",
        "business hours; only tickets under a policy (Zendesk)",
        100.0, subject="Handling", lacking="params agree on no time (metrics.sla)",
    ),
    Metric(
        "requester_wait_minutes", "Customer's wait", "minutes", "median", "down", ("requester_wait_minutes",),
        _as_given("requester_wait_minutes"),
        "Minutes that a contact stood in new, open or hold: the customer waited for the company; the middle value.",
        MIDDLE,
        "dbt_zendesk's solve time adds pending",
        subject="Handling", lacking="the data have no history of the contacts' status (activity)",
    ),
    Metric(
        "agent_wait_minutes", "Agent's wait", "minutes", "median", None, ("agent_wait_minutes",),
        _as_given("agent_wait_minutes"),
        "Minutes that a contact stood in pending: the agent waited for the customer; the middle value.",
        MIDDLE,
        subject="Handling", lacking="the data have no history of the contacts' status (activity)",
    ),
    Metric(
        "agent_work_minutes", "With the agents", "minutes", "median", None, ("agent_work_minutes",),
        _as_given("agent_work_minutes"),
        "Minutes that a contact stood in new or open: with the agents; the middle value.",
        MIDDLE,
        subject="Handling", lacking="the data have no history of the contacts' status (activity)",
    ),
    Metric(
        "aht_minutes", "Handling time", "minutes", "mean", None, ("handle_seconds",),
        lambda table, rules: table.handle_seconds / 60.0,
        "Minutes an agent spends on a contact: talk + hold + wrap for calls, active + wrap for chats; the mean.",
        "mean; interval from the standard error",
        "talk only; consult time excluded",
        subject="Handling",
    ),
)  # fmt: skip
