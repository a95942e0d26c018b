"""Times: unknown ones emptied, exchanged days and months put right, impossible orders not believed."""

from __future__ import annotations

import functools
import operator

import ibis
import ibis.expr.types as ir

from ..audit import Outcome
from ..clock import DAY
from ..rules import Dates

_LATER = ("first_response_at", "first_resolved_at", "resolved_at")
_MINUTES = 1_440


def empty_midnights(table: ir.Table) -> Outcome:
    """Empty later stamps of exactly 00:00 where a source has more of them than chance: the hour was not recorded.

    A tool that knows only the day writes midnight; taken as a time it makes negative or huge response times. Of stamps
    to the minute one in 1,440 is 00:00 by right: a column of a source with no more than that, give or take three
    standard errors, keeps them. A column that knows no other time knows days only: no duration can be had from it.
    """
    names = _present(table, _LATER)
    midnight = {name: table[f"_midnight_{name}"].fill_null(False) for name in names}
    knows = {f"_knows_{name}": _more_than_chance(table, table[name].notnull(), midnight[name]) for name in names}
    table = table.mutate(**knows)  # a step of its own: inside a filter the window would see the filtered rows only
    rules = {name: table[f"_midnight_{name}"].fill_null(False) & table[f"_knows_{name}"] for name in names}
    repairs = [_changes(table, rule, name, ibis.null("timestamp")) for name, rule in rules.items()]
    fixes = {name: rule.ifelse(ibis.null("timestamp"), table[name]) for name, rule in rules.items()}
    why = "stamped exactly 00:00 more often than chance: the time is unknown, the stamp is emptied"
    return Outcome(table.mutate(**fixes).drop(*knows), why, repairs=_all(repairs, table))


def restore_swapped_dates(table: ir.Table, dates: Dates) -> Outcome:
    """Put day and month right where exactly one exchange makes the row's times possible.

    A row is doubted when a later stamp precedes the contact, when the first response comes more than
    ``response_gap_days`` after it, or when the contact lies more than ``neighbour_days`` from its neighbours in a file
    that is otherwise in order of time. For each stamp the other reading is tried; if only one of them removes every
    doubt it is taken, else the row is left to the next steps.
    """
    stamps = _present(table, ("created_at", *_LATER))
    table = _with_neighbours(table, dates)
    now = {name: table[name] for name in stamps}
    doubt = _doubts(table, now, dates)
    works = {}
    for name in stamps:
        other = table[f"_swap_{name}"]
        works[name] = other.notnull() & (other != table[name]) & (_doubts(table, now | {name: other}, dates) == 0)
    count = sum((works[name].cast("int64") for name in stamps), ibis.literal(0))
    fix = {name: (doubt > 0) & works[name] & (count == 1) for name in stamps}
    if "ordered_at" in table.columns and "_swap_ordered_at" in table.columns:
        ordered, other = table.ordered_at, table["_swap_ordered_at"]
        late = _seconds(ordered) > _seconds(table.created_at) + DAY
        fix["ordered_at"] = late & (_seconds(other) <= _seconds(table.created_at) + DAY).fill_null(False)
    fix = {name: rule.fill_null(False) for name, rule in fix.items()}
    repairs = [_changes(table, rule, name, table[f"_swap_{name}"]) for name, rule in fix.items()]
    changes = {name: rule.ifelse(table[f"_swap_{name}"], table[name]) for name, rule in fix.items()}
    if "created_local" in table.columns:  # the report's clock moves by as much as the contact does
        moved = (_seconds(table["_swap_created_at"]) - _seconds(table.created_at)).fill_null(0).cast("int64")
        local = table.created_local + moved.as_interval("s")
        changes["created_local"] = fix["created_at"].ifelse(local, table.created_local)
    done = table.mutate(**changes).drop("_neighbour", "_in_order")
    why = "day and month exchanged: the one other reading that makes the row's times possible is taken"
    return Outcome(done, why, repairs=_all(repairs, table))


def empty_impossible_times(table: ir.Table) -> Outcome:
    """Empty stamps that cannot be: a response or solution before the contact, an order long after it."""
    fixes, repairs = {}, []
    for name in _present(table, _LATER):
        fixes[name] = (_seconds(table[name]) < _seconds(table.created_at)).fill_null(False)
    if "ordered_at" in table.columns:
        fixes["ordered_at"] = (_seconds(table.ordered_at) > _seconds(table.created_at) + DAY).fill_null(False)
    repairs = [_changes(table, rule, name, ibis.null("timestamp")) for name, rule in fixes.items()]
    changes = {name: rule.ifelse(ibis.null("timestamp"), table[name]) for name, rule in fixes.items()}
    why = "a response, solution or order on the wrong side of the contact: which stamp is wrong is unknown, the later is emptied"
    return Outcome(table.mutate(**changes), why, repairs=_all(repairs, table))


def drop_outside_dates(table: ir.Table, dates: Dates) -> Outcome:
    """Set aside contacts dated before the first or after the last day that params allow."""
    outside = ibis.literal(False)
    if dates.earliest:
        outside = outside | (table.created_local < ibis.timestamp(f"{dates.earliest} 00:00:00"))
    if dates.latest:
        outside = outside | (table.created_local >= ibis.timestamp(f"{dates.latest} 00:00:00") + ibis.interval(days=1))
    gone = table.filter(outside).select(
        "interaction_id",
        row=table["_row"],
        reason=ibis.literal("dated outside the data's span"),
        kept_id=ibis.null("string"),
    )
    span = f"{dates.earliest or 'the beginning'} to {dates.latest or 'the end'}"
    return Outcome(table.filter(~outside), f"contacts dated outside {span} cannot be placed", removed=gone)


def _more_than_chance(table: ir.Table, stamped: ir.BooleanValue, midnight: ir.BooleanValue) -> ir.BooleanValue:
    """Tell for each row whether its source has more midnights than one minute of the day may have."""
    n, found = (flag.cast("int64").sum().over(group_by=table.source) for flag in (stamped, midnight))
    by_right = n / _MINUTES
    return (n > 0) & (found > by_right + 3 * by_right.sqrt())


def _with_neighbours(table: ir.Table, dates: Dates) -> ir.Table:
    """Add the middle time of the rows around each, and whether the file is in order of time at all."""
    near = ibis.window(group_by=table.source, order_by=table["_row"], preceding=7, following=7)
    table = table.mutate(_neighbour=_seconds(table.created_at).median().over(near))
    close = (_seconds(table.created_at) - table._neighbour).abs() <= dates.neighbour_days * DAY
    return table.mutate(_in_order=close.cast("float64").mean().over(group_by=table.source) >= 0.9)


def _doubts(table: ir.Table, times: dict[str, ir.Value], dates: Dates) -> ir.IntegerValue:
    created = _seconds(times["created_at"])
    later = {name: _seconds(value) for name, value in times.items() if name != "created_at"}
    doubts = [value < created for value in later.values()]
    if "first_response_at" in later:
        doubts.append(later["first_response_at"] - created > dates.response_gap_days * DAY)
    if {"first_resolved_at", "resolved_at"} <= later.keys():
        doubts.append(later["first_resolved_at"] > later["resolved_at"])
    doubts.append(table._in_order & ((created - table._neighbour).abs() > dates.neighbour_days * DAY))
    return functools.reduce(operator.add, [doubt.fill_null(False).cast("int64") for doubt in doubts])


def _seconds(value: ir.TimestampValue) -> ir.IntegerValue:
    return value.epoch_seconds()


def _present(table: ir.Table, names: tuple[str, ...]) -> list[str]:
    return [name for name in names if name in table.columns and f"_swap_{name}" in table.columns]


def _changes(table: ir.Table, where: ir.BooleanValue, name: str, now: ir.Value) -> ir.Table:
    return table.filter(where & table[name].notnull()).select(
        "interaction_id", column=ibis.literal(name), was=table[name].cast("string"), now=now.cast("string")
    )


def _all(changes: list[ir.Table], table: ir.Table) -> ir.Table:
    if not changes:
        text = {name: ibis.null("string") for name in ("column", "was", "now")}
        return table.filter(ibis.literal(False)).select("interaction_id", **text)
    return ibis.union(*changes) if len(changes) > 1 else changes[0]
