"""Stamps in UTC as a clock on the wall shows them, in the engine."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

import ibis
import ibis.expr.types as ir

DAY = 86_400  # seconds
FIRST_YEAR, LAST_YEAR = 2000, 2050


@lru_cache
def changes(zone: str) -> list[tuple[datetime, int]]:
    """List when a zone's offset changes (UTC) and the offset from then on (seconds); the first entry is the earliest.

    >>> changes("UTC")
    [(datetime.datetime(2000, 1, 1, 0, 0), 0)]
    """
    there, at, end = ZoneInfo(zone), datetime(FIRST_YEAR, 1, 1, tzinfo=UTC), datetime(LAST_YEAR, 1, 1, tzinfo=UTC)
    found = [(at.replace(tzinfo=None), _offset(at, there))]
    while at < end:
        ahead = at + timedelta(days=7)
        if _offset(ahead, there) != found[-1][1]:
            moment = _first_after(at, ahead, there, found[-1][1])
            found.append((moment.replace(tzinfo=None), _offset(moment, there)))
        at = ahead
    return found


def _offset(at: datetime, zone: ZoneInfo) -> int:
    return round(at.astimezone(zone).utcoffset().total_seconds())


def _first_after(low: datetime, high: datetime, zone: ZoneInfo, old: int) -> datetime:
    """Halve the span until it holds only the minute of the change."""
    while high - low > timedelta(minutes=1):
        middle = low + timedelta(minutes=(high - low) // timedelta(minutes=2))
        low, high = (low, middle) if _offset(middle, zone) != old else (middle, high)
    return high


def on_clock(stamp: ir.TimestampValue, zone: str) -> ir.TimestampValue:
    """Write a UTC stamp on a zone's clock, daylight saving time included; the same on every engine."""
    (_, first), *rest = changes(zone)
    cases = [(stamp >= ibis.timestamp(str(moment)), offset) for moment, offset in reversed(rest)]
    offset = ibis.cases(*cases, else_=first) if cases else ibis.literal(first)
    return (stamp.epoch_seconds() + offset).as_timestamp("s").cast("timestamp")
