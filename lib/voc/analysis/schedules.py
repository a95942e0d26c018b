"""Business time: the minutes of a span that lie inside the opening hours of the schedule in force for a contact.

A schedule becomes a small table with one row per UTC day: the seconds open before that day, and the day's open spans. The
time open up to any stamp is then a sum of clamped differences, and a duration the difference of two of them. That takes
equi-joins on the day only, so it runs on every engine, and it is exact: whole seconds, clock changes included.
"""

from __future__ import annotations

import datetime as dt
import functools
import operator
from collections.abc import Iterable
from zoneinfo import ZoneInfo

import ibis
import ibis.expr.types as ir
import pyarrow as pa

from ..data.clock import DAY
from .opening import EARLIEST, LATEST, Schedule, Schedules, Span, not_used, versions_of

__all__ = ["BUSINESS", "Schedule", "Schedules", "business_minutes", "not_used", "open_days", "with_business"]

BUSINESS = {"frt_business_minutes": "first_response_at", "resolution_business_minutes": "resolved_at"}


def open_days(schedules: Iterable[Schedule], first: dt.date, last: dt.date) -> pa.Table:
    """Lay schedules out by UTC day, for the days from ``first`` to ``last``.

    Returns one row per schedule name and day, all int64: ``schedule`` (number of the name, in order), ``day`` (since
    1970-01-01), ``before`` (seconds open before the day), ``known_from`` and ``known_to`` (seconds of the day inside the
    schedule's own days), and ``start_i``, ``length_i`` of each open span in seconds. A span is open while the clock of
    the time zone shows a time inside it, so a skipped hour opens nothing and a repeated one opens twice.
    """
    rows = []
    for number, versions in enumerate(versions_of(schedules).values()):
        before = 0
        begin = max(first, versions[0][0] - dt.timedelta(days=1))
        end = min(last, versions[-1][1] + dt.timedelta(days=1))
        for step in range((end - begin).days + 1):
            day = (begin + dt.timedelta(days=step)).toordinal() - EARLIEST.toordinal()
            spans = _merged(_open_in(day, versions, whole=False))
            known = _merged(_open_in(day, versions, whole=True))
            if known:
                rows.append((number, day, before, known[0][0], known[-1][1], spans))
                before += sum(stop - start for start, stop in spans)
    most = max((len(row[-1]) for row in rows), default=0)
    columns: dict[str, list[int]] = {
        name: [row[at] for row in rows]
        for at, name in enumerate(("schedule", "day", "before", "known_from", "known_to"))
    }
    for at in range(most):
        span = [row[-1][at] if at < len(row[-1]) else (0, 0) for row in rows]
        columns[f"start_{at}"] = [start for start, _ in span]
        columns[f"length_{at}"] = [stop - start for start, stop in span]
    return pa.table({name: pa.array(values, pa.int64()) for name, values in columns.items()})


def _open_in(day: int, versions: list[tuple[dt.date, dt.date, Schedule]], *, whole: bool) -> list[Span]:
    """List the open spans of a UTC day, in its own seconds; with ``whole`` the spans that belong to the schedule at all."""
    found = []
    for begins, ends, schedule in versions:
        for start, stop, offset in _offsets(day, ZoneInfo(schedule.timezone)):
            for number in range((start + offset) // DAY, (stop - 1 + offset) // DAY + 1):
                local = EARLIEST + dt.timedelta(days=day + number)
                if begins <= local <= ends:
                    for opens, closes in ((0, DAY),) if whole else schedule.open_on(local):
                        moved = number * DAY - offset
                        found.append((max(start, opens + moved), min(stop, closes + moved)))
    return [(start, stop) for start, stop in found if start < stop]


def _offsets(day: int, zone: ZoneInfo) -> list[tuple[int, int, int]]:
    """List the parts of a UTC day with one offset from UTC: two on a day when the clocks change, else one."""

    def offset(second: int) -> int:
        return int(dt.datetime.fromtimestamp(day * DAY + second, zone).utcoffset().total_seconds())

    early, late = offset(0), offset(DAY)
    if early == late:
        return [(0, DAY, early)]
    low, high = 0, DAY
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if offset(middle) == early else (low, middle)
    return [(0, high, early), (high, DAY, late)]


def _merged(spans: list[Span]) -> list[Span]:
    merged: list[Span] = []
    for start, stop in sorted(spans):
        if merged and start <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(stop, merged[-1][1]))
        else:
            merged.append((start, stop))
    return merged


def with_business(table: ir.Table, schedules: list[Schedule]) -> ir.Table:
    """Add ``frt_business_minutes`` and ``resolution_business_minutes`` (float) where contacts have the stamps.

    The schedule is the one in force for a contact when it was created. Without schedules the table comes back unchanged.
    """
    pairs = {name: later for name, later in BUSINESS.items() if later in table.columns}
    return _measured(table, pairs, "created_at", schedules) if schedules and pairs else table


def business_minutes(
    table: ir.Table, later: str, earlier: str, schedules: list[Schedule], name: str = "business_minutes"
) -> ir.Table:
    """Add the business minutes between two UTC stamps as a float column ``name``.

    Null where a stamp is missing, where the span is negative (a fault of the data), where no schedule fits, and where the
    span leaves the days that its schedule is known for. Asks the engine once for the first and last stamp: settle an
    expression that is expensive before.
    """
    return _measured(table, {name: later}, earlier, schedules)


def _measured(table: ir.Table, pairs: dict[str, str], earlier: str, schedules: list[Schedule]) -> ir.Table:
    stamps = list(dict.fromkeys([earlier, *pairs.values()]))
    days = open_days(schedules, *_reach(table, stamps))
    spans = len([name for name in days.column_names if name.startswith("start_")])
    laid, kept = ibis.memtable(days), table.columns
    table = table.mutate(_schedule=_schedule_of(table, earlier, schedules))
    for at, stamp in enumerate(stamps):
        seconds = table[stamp].epoch_seconds()
        table = table.mutate(**{f"_on{at}": seconds // DAY})
        view = laid.select(**{f"_{name}{at}": laid[name] for name in laid.columns})
        same = [table._schedule == view[f"_schedule{at}"], table[f"_on{at}"] == view[f"_day{at}"]]
        table = table.left_join(view, same)
        second = table[stamp].epoch_seconds() - table[f"_on{at}"] * DAY
        known = second.between(table[f"_known_from{at}"], table[f"_known_to{at}"])
        parts = [(second - table[f"_start_{span}{at}"]).clip(0, table[f"_length_{span}{at}"]) for span in range(spans)]
        total = functools.reduce(operator.add, parts, table[f"_before{at}"])
        table = table.mutate(**{f"_open{at}": known.ifelse(total, ibis.null("int64"))})
    made = {}
    for name, later in pairs.items():
        spent = table[f"_open{stamps.index(later)}"] - table["_open0"]
        forward = table[later].epoch_seconds() >= table[earlier].epoch_seconds()
        made[name] = forward.ifelse(spent / 60.0, ibis.null("float64"))
    return table.mutate(**made).select(*kept, *made)


def _reach(table: ir.Table, stamps: list[str]) -> tuple[dt.date, dt.date]:
    """Ask for the first and last day of the stamps, inside the days that stamps may have."""
    ends = {f"{end}{at}": getattr(table[stamp], end)() for at, stamp in enumerate(stamps) for end in ("min", "max")}
    found = table.aggregate(**{name: stamp.epoch_seconds() // DAY for name, stamp in ends.items()}).to_pyarrow()
    days = [value for (value,) in (column.to_pylist() for column in found.columns) if value is not None]
    bounds = [min(max(day, 0), (LATEST - EARLIEST).days) for day in days] or [0, -1]
    return EARLIEST + dt.timedelta(days=min(bounds)), EARLIEST + dt.timedelta(days=max(bounds))


def _schedule_of(table: ir.Table, at: str, schedules: list[Schedule]) -> ir.Value:
    """Number the schedule that a contact fits: the first one whose ``for`` and days hold for it; null where none does."""
    cases = []
    for number, (name, versions) in enumerate(versions_of(schedules).items()):
        begins, ends, one = versions[0][0], versions[-1][1], versions[0][2]
        chosen = {one.for_: [name]} if isinstance(one.for_, str) else one.for_ or {}
        if not set(chosen) <= set(table.columns):
            continue
        fits = [table[column].cast("string").isin(values) for column, values in chosen.items()]
        seconds, zone = table[at].epoch_seconds(), ZoneInfo(one.timezone)
        if begins > EARLIEST:
            fits.append(seconds >= _midnight(begins, zone))
        if ends < LATEST:
            fits.append(seconds < _midnight(ends + dt.timedelta(days=1), ZoneInfo(versions[-1][2].timezone)))
        cases.append((functools.reduce(operator.and_, fits, ibis.literal(value=True)).fill_null(False), number))
    return ibis.cases(*cases, else_=ibis.null("int64")) if cases else ibis.null("int64")


def _midnight(day: dt.date, zone: ZoneInfo) -> int:
    return int(dt.datetime.combine(day, dt.time(), zone).timestamp())
