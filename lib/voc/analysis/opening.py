"""Opening hours as params give them: weekdays, holidays, time zone, the days they hold, and the contacts they hold for."""

from __future__ import annotations

import datetime as dt
import functools
import itertools
import re
from collections.abc import Iterable
from typing import Annotated, Any

from pydantic import AfterValidator, BeforeValidator, Field, model_validator

from ..data.clock import DAY
from ..data.sources import Strict, TimeZone

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
EARLIEST, LATEST = dt.date(1970, 1, 1), dt.date(2099, 12, 31)  # a stamp outside is a fault of the data
Span = tuple[int, int]


def read_spans(texts: Iterable[str]) -> tuple[Span, ...]:
    """Read opening hours of one day as seconds from midnight, in order; raise ValueError naming the wrong one.

    >>> read_spans(["08:00-12:00", "13:00-18:00"])
    ((28800, 43200), (46800, 64800))
    """
    spans = sorted(_span(text) for text in texts)
    for (_, end), (start, _) in itertools.pairwise(spans):
        if start < end:
            raise ValueError(f"two spans of {', '.join(texts)} overlap; each minute belongs to one of them")
    return tuple(spans)


def _span(text: str) -> Span:
    found = re.fullmatch(r"(\d{1,2}):(\d{2})\s*[-–]\s*(\d{1,2}):(\d{2})", text.strip())
    if not found:
        raise ValueError(f"{text!r} is no span of opening hours; write 08:00-12:00")
    hours, minutes, to_hours, to_minutes = map(int, found.groups())
    start, end = hours * 3600 + minutes * 60, to_hours * 3600 + to_minutes * 60
    if max(minutes, to_minutes) > 59 or end > DAY:
        raise ValueError(f"{text!r} is no span of one day; the day ends at 24:00")
    if end <= start:
        cure = "hours past midnight are two spans: 22:00-24:00, and 00:00-06:00 on the next day"
        raise ValueError(f"{text!r} ends before it starts; {cure}")
    return start, end


def read_weekdays(text: str) -> list[int]:
    """Read ``mon``, ``mon-fri`` or ``sat-mon`` as numbers of weekdays, Monday 0; raise ValueError for any other word."""
    ends = [part.strip() for part in re.split(r"[-–]", text)]
    unknown = [part for part in ends if part not in WEEKDAYS]
    if unknown or len(ends) > 2:
        raise ValueError(f"{(unknown or [text])[0]!r} is no weekday; write {', '.join(WEEKDAYS)} or a range: mon-fri")
    first, last = WEEKDAYS.index(ends[0]), WEEKDAYS.index(ends[-1])
    return [(first + step) % 7 for step in range((last - first) % 7 + 1)]


class Holiday(Strict):
    """A day, or the days from ``date`` to ``to``, with other hours than usual: closed unless ``hours`` are said."""

    date: dt.date
    to: dt.date | None = None
    name: str = ""
    hours: list[str] = Field(default_factory=list)

    @model_validator(mode="after")
    def _makes_sense(self) -> Holiday:
        if self.to and self.to < self.date:
            raise ValueError(f"the holiday ends on {self.to}, before it begins on {self.date}")
        read_spans(self.hours)
        return self


def _bare_date(value: Any) -> Any:
    return {"date": value} if isinstance(value, dt.date) else value


class Schedule(Strict):
    """Opening hours on the clock of a time zone, and the contacts they hold for.

    ``for`` is a mapping column → values, or the name of a column that holds the schedule's name; without it the schedule
    is the default. ``from`` and ``to`` (both included) bound its days. Hours that changed are several entries of one
    name, each with the day it holds ``from``; a time across the change is counted by each day's own hours.
    """

    name: str = Field(min_length=1)
    timezone: TimeZone
    for_: str | dict[str, list[str]] | None = Field(default=None, alias="for")
    hours: dict[str, list[str]] = Field(min_length=1)
    holidays: list[Annotated[Holiday, BeforeValidator(_bare_date)]] = Field(default_factory=list)
    from_: dt.date | None = Field(default=None, alias="from")
    to: dt.date | None = None

    @model_validator(mode="after")
    def _makes_sense(self) -> Schedule:
        if self.from_ and self.to and self.to < self.from_:
            raise ValueError(f"{self.name} ends on {self.to}, before it begins on {self.from_}")
        if not any(self.week):
            raise ValueError(f"{self.name} is never open; write its hours, such as mon-fri: ['09:00-17:00']")
        _ = self.days_off
        return self

    @functools.cached_property
    def week(self) -> tuple[tuple[Span, ...], ...]:
        """Opening spans of Monday to Sunday, seconds from midnight; raise ValueError for hours that make no sense."""
        days: dict[int, tuple[Span, ...]] = {}
        for words, texts in self.hours.items():
            for day in read_weekdays(words):
                if day in days:
                    raise ValueError(f"{self.name}: {WEEKDAYS[day]} has hours twice; keep one line for it")
                days[day] = read_spans(texts)
        return tuple(days.get(day, ()) for day in range(7))

    @functools.cached_property
    def days_off(self) -> dict[dt.date, tuple[Span, ...]]:
        """Opening spans of the holidays; raise ValueError for a day that stands twice."""
        off: dict[dt.date, tuple[Span, ...]] = {}
        for holiday in self.holidays:
            for step in range(((holiday.to or holiday.date) - holiday.date).days + 1):
                day = holiday.date + dt.timedelta(days=step)
                if day in off:
                    raise ValueError(f"{self.name}: {day} is a holiday twice; keep one")
                off[day] = read_spans(holiday.hours)
        return off

    def open_on(self, day: dt.date) -> tuple[Span, ...]:
        """Return the opening spans of a day, seconds from midnight on the schedule's clock."""
        return self.days_off.get(day, self.week[day.weekday()])


def versions_of(schedules: Iterable[Schedule]) -> dict[str, list[tuple[dt.date, dt.date, Schedule]]]:
    """Group schedules by name: the first and last day of each version, in order; a version ends where the next begins."""
    named: dict[str, list[Schedule]] = {}
    for schedule in schedules:
        named.setdefault(schedule.name, []).append(schedule)
    grouped = {}
    for name, versions in named.items():
        versions.sort(key=lambda one: one.from_ or EARLIEST)
        starts = [one.from_ or EARLIEST for one in versions]
        until = [start - dt.timedelta(days=1) for start in starts[1:]] + [LATEST]
        grouped[name] = [(start, one.to or end, one) for start, end, one in zip(starts, until, versions, strict=True)]
    return grouped


def _fit_together(schedules: list[Schedule]) -> list[Schedule]:
    wrong = []
    grouped = versions_of(schedules)
    for name, versions in grouped.items():
        if any(one.for_ != versions[0][2].for_ for _, _, one in versions):
            wrong.append(f"the entries of {name} hold for different contacts; give them one `for`, or two names")
        for (begin, end, _), (start, _, _) in itertools.pairwise(versions):
            if start <= end or end < begin:
                wrong.append(f"two entries of {name} hold on {start}; give each the first day it holds, `from`")
            elif start > end + dt.timedelta(days=1):
                wrong.append(f"no entry of {name} holds from {end + dt.timedelta(days=1)} until {start}; close the gap")
    defaults = [name for name, versions in grouped.items() if versions[0][2].for_ is None]
    if defaults and [*grouped][-1] != defaults[0]:
        cure = "move it to the end, and give hours that changed one name"
        wrong.append(f"{defaults[0]} has no `for`, it takes every contact before the next ones are asked; {cure}")
    if wrong:
        raise ValueError("; ".join(wrong))
    return schedules


Schedules = Annotated[list[Schedule], AfterValidator(_fit_together)]


def not_used(schedules: Iterable[Schedule], columns: Iterable[str]) -> list[str]:
    """Say which schedules no contact can fit, because the contacts do not have the column that chooses them."""
    have, found = set(columns), []
    for name, versions in versions_of(schedules).items():
        chosen = versions[0][2].for_
        missing = [one for one in ([chosen] if isinstance(chosen, str) else chosen or []) if one not in have]
        if missing:
            found.append(f"The schedule {name} is used for no contact: the data have no column {', '.join(missing)}.")
    return found
