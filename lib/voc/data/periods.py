"""Weeks, months and quarters: the spans that reports speak of."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import pandas as pd

Grain = Literal["week", "month", "quarter"]
_FREQUENCY = {"week": "W-SUN", "month": "M", "quarter": "Q-DEC"}
_PER_YEAR = {"week": 52, "month": 12, "quarter": 4}
_FORMS = {"week": r"\d{4}-W\d{2}", "month": r"\d{4}-\d{2}", "quarter": r"\d{4}-Q[1-4]"}


@dataclass(frozen=True, order=True)
class Period:
    """A calendar week (Monday to Sunday), month or quarter; ``end`` is the first day after it.

    >>> Period.parse("2026-10").previous().label
    '2026-09'
    """

    start: date
    grain: Grain = "month"

    @classmethod
    def parse(cls, label: str) -> Period:
        """Read ``2026-10``, ``2026-W44`` or ``2026-Q3``; raise ValueError for anything else."""
        grain = next((grain for grain, form in _FORMS.items() if re.fullmatch(form, label)), None)
        if grain is None:
            raise ValueError(f"{label!r} is no period; write 2026-10, 2026-W44, 2026-Q3 or latest")
        try:
            if grain == "week":
                return cls(date.fromisocalendar(int(label[:4]), int(label[6:]), 1), "week")
            if grain == "quarter":
                return cls(date(int(label[:4]), int(label[6:]) * 3 - 2, 1), "quarter")
            return cls(date(int(label[:4]), int(label[5:]), 1), "month")
        except ValueError as error:
            raise ValueError(f"{label!r} is no period: {error}") from error

    @classmethod
    def holding(cls, day: date, grain: Grain = "month") -> Period:
        """Return the period of that grain which holds ``day``."""
        return cls(pd.Period(pd.Timestamp(day), freq=_FREQUENCY[grain]).start_time.date(), grain)

    @classmethod
    def last_whole(cls, until: date, grain: Grain = "month") -> Period:
        """Return the last period that is over by the end of the day ``until``."""
        current = cls.holding(until, grain)
        return current if current.end <= until + timedelta(days=1) else current.previous()

    @property
    def end(self) -> date:
        """First day after the period."""
        return self.shift(1).start

    @property
    def days(self) -> int:
        """Length in days."""
        return (self.end - self.start).days

    @property
    def label(self) -> str:
        """Short name, also the folder's: 2026-10, 2026-W44, 2026-Q3."""
        if self.grain == "week":
            year, week, _ = self.start.isocalendar()
            return f"{year}-W{week:02d}"
        if self.grain == "quarter":
            return f"{self.start.year}-Q{(self.start.month + 2) // 3}"
        return f"{self.start:%Y-%m}"

    @property
    def words(self) -> str:
        """Name for readers: October 2026, the week of 26 October 2026, the third quarter of 2026."""
        if self.grain == "week":
            return f"the week of {self.start.day} {self.start:%B %Y}"
        if self.grain == "quarter":
            return f"Q{(self.start.month + 2) // 3} {self.start.year}"
        return f"{self.start:%B %Y}"

    def shift(self, steps: int) -> Period:
        """Return the period ``steps`` later (earlier when negative)."""
        moved = pd.Period(pd.Timestamp(self.start), freq=_FREQUENCY[self.grain]) + steps
        return Period(moved.start_time.date(), self.grain)

    def previous(self) -> Period:
        """Return the period before."""
        return self.shift(-1)

    def year_before(self) -> Period:
        """Return the same period a year before (52 weeks for weeks)."""
        return self.shift(-_PER_YEAR[self.grain])

    def history(self, steps: int = 24) -> list[Period]:
        """List the ``steps`` periods that end with this one, oldest first."""
        return [self.shift(step) for step in range(1 - steps, 1)]

    def trend(self, steps: int = 24) -> list[Period]:
        """List the periods of a trend: ``steps``, or as many as reach back to the same period a year before."""
        return self.history(max(steps, _PER_YEAR[self.grain] + 1))
