"""Metrics of outcome: how much came, whether it was solved, whether customers came back, and how they judged."""

from __future__ import annotations

import functools
import operator

import ibis
import ibis.expr.types as ir

from ...data.clock import DAY
from ..rules import MetricRules
from .metric import Metric, among
from .returns import began, ended, gap

WILSON = "share with Wilson interval"


def _fcr(table: ir.Table, rules: MetricRules) -> ir.Value:
    window = rules.repeat_days * DAY
    at = table.created_at.epoch_seconds()
    watched = at <= ended(table) - window  # younger contacts may still come back: never counted as successes
    counts = table.customer_id.notnull() & table[rules.same_issue].notnull() & table.resolved_at.notnull() & watched
    came_back = (gap(table, rules, forward=True) <= window).fill_null(False)
    return among(counts, ~came_back)


def _repeat(table: ir.Table, rules: MetricRules) -> ir.Value:
    window = rules.repeat_days * DAY
    at = table.created_at.epoch_seconds()
    watched = at >= began(table) + window  # the first days have no past to repeat
    counts = table.customer_id.notnull() & table[rules.same_issue].notnull() & watched
    return among(counts, gap(table, rules, forward=False) <= window)


def is_complaint(table: ir.Table, rules: MetricRules) -> ir.BooleanValue:
    """Tell which contacts are of the classes that params call complaints, whatever their case; null-free."""
    parts = [
        table[name].lower().isin([value.lower() for value in values]).fill_null(False)
        for name, values in rules.complaints.items()
        if name in table
    ]
    return functools.reduce(operator.or_, parts, ibis.literal(value=False))


def _complaint(table: ir.Table, rules: MetricRules) -> ir.Value:
    known = [table[name].notnull() for name in rules.complaints if name in table.columns]
    return among(functools.reduce(operator.or_, known, ibis.literal(value=False)), is_complaint(table, rules))


OUTCOMES = (
    Metric(
        "fcr_pct", "First contact resolution", "%", "share", "up", ("customer_id", "resolved_at"), _fcr,
        "Share of solved contacts after which the same customer did not come back about the same issue within the "
        "window (7 days unless params say otherwise); contacts too young to know are left out.",
        WILSON,
        "1, 3, 14, 30 days; zero further replies (Freshservice)",
        100.0, subject="Outcome",
    ),
    Metric(
        "repeat_pct", "Repeat contacts", "%", "share", "down", ("customer_id",), _repeat,
        "Share of contacts that had an earlier one of the same customer about the same issue within the window.",
        WILSON,
        "any issue",
        100.0, subject="Outcome",
    ),
    Metric(
        "one_touch_pct", "One touch", "%", "share", "up", ("resolved_at", "agent_replies"),
        lambda table, rules: among(table.resolved_at.notnull() & table.agent_replies.notnull(), table.agent_replies == 1),
        "Share of solved contacts that took exactly one public reply of an agent, where replies are counted.",
        WILSON,
        "fewer than two, which counts unanswered ones (Zendesk)",
        100.0, subject="Outcome",
    ),
    Metric(
        "reopen_pct", "Reopened", "%", "share", "down", ("resolved_at", "reopened"),
        lambda table, rules: among(table.resolved_at.notnull() & table.reopened.notnull(), table.reopened > 0),
        "Share of solved contacts that were opened again after being marked solved.",
        WILSON,
        scale=100.0, subject="Outcome",
    ),
    Metric(
        "complaint_pct", "Complaints", "%", "share", "down", ("complaints",), _complaint,
        "Share of contacts whose class params call a complaint (metrics.complaints).",
        WILSON,
        scale=100.0, subject="Outcome", lacking="params call no class a complaint (metrics.complaints)",
    ),
    Metric(
        "csat_pct", "CSAT", "%", "share", "up", ("csat",),
        lambda table, rules: among(table.csat.notnull(), table.csat >= 4),
        "Share of answers 4 and 5 on the scale of 1–5; read it beside the response rate.",
        WILSON,
        "Good ÷ (Good + Bad); 3 counted as good",
        100.0, subject="Judgement", counted="answers",
    ),
    Metric(
        "csat_mean", "CSAT score", "score 1–5", "mean", "up", ("csat",),
        lambda table, rules: table.csat,
        "Mean of the answers on the scale of 1–5.",
        "mean; interval from the standard error",
        subject="Judgement", counted="answers",
    ),
    Metric(
        "response_rate_pct", "Survey response", "%", "share", None, ("survey_sent", "csat"),
        lambda table, rules: among(table.survey_sent.fill_null(False) | table.csat.notnull(), table.csat.notnull()),
        "Share of satisfaction surveys sent that were answered.",
        WILSON,
        scale=100.0, subject="Judgement", counted="surveys sent",
    ),
    Metric(
        "ces_pct", "Customer effort", "%", "share", "up", ("ces",),
        lambda table, rules: among(table.ces.notnull(), table.ces >= 5),
        "Share of answers 5–7 to «the company made it easy» on the scale of 1–7 (CES 2.0).",
        WILSON,
        "mean of the answers",
        100.0, subject="Judgement", counted="answers",
    ),
)  # fmt: skip
