"""Metrics whose rows are not contacts: recommendations, customers who leave, orders, and days."""

from __future__ import annotations

from .metric import Metric, among

CONTACTS = Metric(
    "contacts", "Contacts", "contacts", "count", None, ("interaction_id",),
    lambda table, rules: table.interaction_id.notnull().cast("float64"),
    "Contacts of customers that began in the period, copies removed.",
    "count; interval and noise floor from the spread of the daily counts (over-dispersed Poisson)",
    "rows of an export, copies included",
    counted="contacts",
)  # fmt: skip

BEYOND = (
    Metric(
        "contacts_per_1000_orders", "Contacts per 1,000 orders", "per 1,000 orders", "rate", "down", ("orders",), None,
        "Contacts for every thousand orders placed in the same period: what is left when the shop's growth is taken out.",
        "count ÷ orders; interval from the spread of the daily counts",
        "per 1,000 active customers",
        of="days", lacking="the data have no orders per day (volumes)", counted="contacts",
    ),
    Metric(
        "complaints_per_1000_orders", "Complaints per 1,000 orders", "per 1,000 orders", "rate", "down",
        ("orders", "complaints"), None,
        "Contacts whose class params call a complaint, for every thousand orders placed in the same period.",
        "count ÷ orders; interval from the spread of the daily counts",
        "per 1,000 active customers",
        of="days", subject="Outcome", lacking="orders per day (volumes) or a class of complaints (metrics.complaints) is missing",
        counted="complaints",
    ),
    Metric(
        "backlog", "Backlog", "contacts", "level", "down", ("resolved_at",), None,
        "Contacts open at the end of the period's last day and at most thirty days old, of the sources that record "
        "solutions; older ones stand apart as stale.",
        "level; interval and noise floor from the spread of the weekly net flow (in − solved)",
        "snapshots of the tool's own status",
        of="days", subject="Volume", lacking="it takes thirty days of data before a period's end, and the end itself",
        counted="contacts open",
    ),
    Metric(
        "occupancy_pct", "Occupancy", "%", "rate", None, ("handle_seconds", "staffed_seconds"), None,
        "Handling time ÷ time signed in (handling and waiting for the next contact).",
        "ratio of totals; interval from its spread over days (linearised ratio)",
        "÷ scheduled time, breaks included",
        100.0, of="days", subject="Handling", lacking="the data have no time signed in (staffing)", counted="days",
    ),
    Metric(
        "nps", "NPS", "points", "net", "up", ("nps",),
        lambda table, rules: (table.score >= 9).cast("float64") - (table.score <= 6).cast("float64"),
        "Share of answers 9–10 minus share of answers 0–6 to «would you recommend us», in points.",
        "net share; variance (p + d − (p − d)²) ÷ n (Rocks, The American Statistician 70, 2016)",
        "a scale of 1–10, which is recognised and said",
        100.0, of="answers", subject="Judgement", lacking="the data have no answers on recommendation (nps)", counted="answers",
    ),
    Metric(
        "churn_pct", "Customers lost", "%", "share", "down", ("churned_at",),
        lambda table, rules: among(table.active, table.gone),
        "Share of the customers active at the start of the period who were gone at its end; a period that the data do not "
        "cover to its end counts nobody.",
        "share with Wilson interval",
        "exit reason «service» only; ÷ average customers",
        100.0, of="customers", subject="Customers", lacking="the data name no customer who left",
        counted="customers",
    ),
    Metric(
        "retention_pct", "Customers kept", "%", "share", "up", ("churned_at",),
        lambda table, rules: among(table.active, ~table.gone),
        "1 − customers lost over the same period.",
        "share with Wilson interval",
        scale=100.0, of="customers", subject="Customers",
        lacking="the data name no customer who left", counted="customers",
    ),
)  # fmt: skip
