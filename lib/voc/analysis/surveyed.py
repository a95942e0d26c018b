"""When satisfaction was asked and answered: what was said before a moment, and what after it, rests on it."""

from __future__ import annotations

import ibis.expr.types as ir


def with_survey_dates(rows: ir.Table, surveys: ir.Table | None) -> ir.Table:
    """Add when each contact's satisfaction was asked and answered, where surveys are a table of their own."""
    if surveys is None or not {"interaction_id", "sent_at"} <= set(surveys.columns):
        return rows
    asked = surveys.filter((surveys.kind == "csat") & surveys.interaction_id.notnull())
    dates = {"asked_at": asked.sent_at.min()}
    if "answered_at" in asked.columns:
        dates["answered_at"] = asked.answered_at.min()
    dated = asked.group_by("interaction_id").agg(**dates)
    return rows.left_join(dated, "interaction_id").select(*rows.columns, *dates)
