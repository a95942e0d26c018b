"""What each contact shows of a pattern, and the sums of that per issue, channel, team and agent, in one pass."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

import ibis
import ibis.expr.types as ir
import pandas as pd

from ...data.periods import Period
from ...data.store import to_frame
from ..rules import MetricRules

QUICK = 0.5  # part of the usual time (median of the issue and channel) under which a contact is closed quickly
SLOWEST = 0.9  # quantile of the issue and channel beyond which an answer is slow, a solution long
SPLIT_SECONDS = 7_200
ALIKE = 6  # equal replies that make a template
LOW = 2  # the highest score that is a low one
LOGS = 1e6  # logarithms are summed in whole millionths, so that the order of threads cannot change a digit


def window(table: ir.Table, period: Period, rules: MetricRules) -> ir.Table:
    """Keep the contacts of the last ``agent_days`` days before the period's end."""
    end = pd.Timestamp(period.end)
    start = end - timedelta(days=rules.agent_days)
    inside = (table.created_local >= start.to_pydatetime()) & (table.created_local < end.to_pydatetime())
    return table.filter(inside)


def with_strata(table: ir.Table) -> tuple[ir.Table, list[str]]:
    """Fill issue (else category) and channel, so that a contact without one is of a kind of its own."""
    issue = [name for name in ("issue", "category") if name in table.columns][:1]
    names = [*issue, *(["channel"] if "channel" in table.columns else [])]
    return table.mutate(**{name: table[name].fill_null("") for name in names}), names


def marked(table: ir.Table, rules: MetricRules, copied: ir.Table | None) -> tuple[ir.Table, list[str], list[str]]:
    """Give each contact its marks.

    ``table`` are the contacts of the window with measures; ``copied`` the ids (kept_id) of contacts that cleaning took a
    copy of. Returns the table, the names of its strata and of its marks: floats, null where a contact does not count.
    """
    table, strata = with_strata(table)
    table = _with_signs(table, strata)
    marks = _closing(table) | _surveys(table) | _doubles(table) | _replies(table)
    if copied is not None:
        hit = copied.select(_kept="kept_id").distinct().mutate(_copied=ibis.literal(1.0))
        table = table.left_join(hit, table.interaction_id == hit._kept)
        marks["copied"] = table._copied.fill_null(0.0)
    if "reassigned_after_score" in table.columns:
        flag = table.reassigned_after_score.cast("float64")
        marks["reassigned"] = _only(table.csat.notnull(), flag) if "csat" in table.columns else flag
    done = table.mutate(bad=table._bad, **{name: value.cast("float64") for name, value in marks.items()})
    return done, strata, list(marks)


def _only(counts: ir.BooleanValue, value: ir.Value) -> ir.Value:
    return counts.fill_null(False).ifelse(value.cast("float64"), ibis.null("float64"))


def _seconds(later: ir.Value, earlier: ir.Value) -> ir.Value:
    span = later.epoch_seconds() - earlier.epoch_seconds()
    return (span >= 0).ifelse(span.cast("float64"), ibis.null("float64"))


def _with_signs(table: ir.Table, strata: Sequence[str]) -> ir.Table:
    """Add ``_back`` (came back or reopened), ``_took`` (first response to first solution), and ``_bad``: any bad sign."""
    columns = table.columns
    back = table.fcr_pct < 0.5 if "fcr_pct" in columns else ibis.null("boolean")
    if "reopened" in columns and "fcr_pct" in columns:
        back = table.fcr_pct.notnull().ifelse(back | (table.reopened > 0).fill_null(False), ibis.null("boolean"))
    took = ibis.null("float64")
    if "resolved_at" in columns:
        first = table.first_resolved_at if "first_resolved_at" in columns else ibis.null("timestamp")
        start = table.first_response_at if "first_response_at" in columns else ibis.null("timestamp")
        took = _seconds(ibis.coalesce(first, table.resolved_at), ibis.coalesce(start, table.created_at))
    table = table.mutate(_back=back, _took=took)
    slow = [name for name in ("frt_minutes", "resolution_hours") if name in columns]
    usual = {f"_slow_{name}": table[name].quantile(SLOWEST) for name in slow} | {"_usual": table._took.median()}
    kinds = table.group_by(list(strata)).aggregate(**usual) if strata else table.aggregate(**usual)
    table = table.left_join(kinds, list(strata)) if strata else table.cross_join(kinds)
    table = table.select(*columns, "_back", "_took", *usual)
    bad = table._back.fill_null(False)
    for name in slow:
        bad = bad | (table[name] > table[f"_slow_{name}"]).fill_null(False)
    return table.mutate(_bad=bad)


def _closing(table: ir.Table) -> dict[str, ir.Value]:
    """Marks of closed contacts: closed quickly, came back, both; handling and returns where handling is known."""
    marks = {}
    back = table._back.cast("float64")
    timed = table._back.notnull() & table._took.notnull()
    quick = table._took < QUICK * table._usual
    marks["quick"], marks["back"] = _only(timed, quick), _only(timed, back)
    marks["quick_back"] = _only(timed, quick & table._back)
    if "handle_seconds" in table.columns:
        handled = table._back.notnull() & (table.handle_seconds > 0)
        marks["handle"] = _only(handled, handled.ifelse(table.handle_seconds, 1.0).ln())
        marks["handle_back"] = _only(handled, back)
    return marks


def _surveys(table: ir.Table) -> dict[str, ir.Value]:
    marks = {}
    if "survey_sent" in table.columns:
        marks["sent"] = _only(table._back.notnull(), table.survey_sent.fill_null(False))
    if "csat" in table.columns:
        marks["low"] = _only(table._back.notnull() & table.csat.notnull(), table.csat <= LOW)
    return marks


def _doubles(table: ir.Table) -> dict[str, ir.Value]:
    """Mark a contact whose customer had one just before with the same agent (the same team, where agents are unknown)."""
    if "customer_id" not in table.columns:
        return {}
    turn = ibis.window(group_by=table.customer_id, order_by=[table.created_at, table.interaction_id])
    gap = table.created_at.epoch_seconds() - table.created_at.lag().over(turn).epoch_seconds()
    who = next((table[name] for name in ("agent_id", "team") if name in table.columns), None)
    if who is None:
        return {}
    same = (gap <= SPLIT_SECONDS) & (who == who.lag().over(turn))
    return {"split": _only(table.customer_id.notnull() & who.notnull(), same.fill_null(False))}


def _replies(table: ir.Table) -> dict[str, ir.Value]:
    """Mark replies by what they say without digits and case; how many are alike is counted afterwards."""
    if "reply_text" not in table.columns:
        return {}
    said = table.reply_text.lower().re_replace(r"[0-9]+", "0").re_replace(r"\s+", " ").strip()
    counts = table._back.notnull() & (said != "").fill_null(False)
    alike = said.count().over(ibis.window(group_by=said))
    template = alike >= ALIKE
    return {
        "template": _only(counts, template),
        "template_back": _only(counts, template & table._back),
        "reply_back": _only(counts, table._back),
    }


def cells(table: ir.Table, by: Sequence[str], marks: Sequence[str]) -> pd.DataFrame:
    """Sum the marks per combination of the columns ``by``.

    Returns these columns, ``contacts`` and for each mark ``…_n`` (contacts that count), ``…_x`` (their sum) and ``…_xx``
    (sum of squares), in a fixed order.
    """
    sums: dict[str, ir.Value] = {"contacts": table.count()}
    for name in marks:
        scale = LOGS if name == "handle" else 1.0
        sums |= {f"{name}_n": table[name].count(), f"{name}_x": _whole(table[name], scale).sum()}
        if name == "handle":
            sums[f"{name}_xx"] = _whole(table[name] * table[name], scale).sum()
    frame = to_frame(table.group_by(list(by)).aggregate(**sums) if by else table.aggregate(**sums))
    for name in [name for name in frame.columns if name not in by]:
        frame[name] = frame[name].fillna(0).astype(float) / (LOGS if name in ("handle_x", "handle_xx") else 1.0)
    for name in marks:
        if name != "handle":
            frame[f"{name}_xx"] = frame[f"{name}_x"]
    return frame.sort_values(list(by), ignore_index=True) if by else frame


def _whole(value: ir.Value, scale: float) -> ir.IntegerValue:
    return (value * scale).round().cast("int64")
