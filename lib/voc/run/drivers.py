"""What the drivers of a month are told from: answers of a year, customers who left, what was read and what ran over."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import pandas as pd

from ..analysis.churn.experience import experience
from ..analysis.churn.leaving import Churn, churn, end_of
from ..analysis.churn.risk import Risk, risk
from ..analysis.drivers.found import Asked, Drivers, drivers
from ..data.store import to_frame
from .texts import READINGS

if TYPE_CHECKING:
    from .month import Month

OVERRUNS = "load_overruns"


class MonthsDrivers:
    """Satisfaction and leaving of one month; each is told when it is first asked for, and once."""

    def __init__(self, month: Month):
        self.month = month

    @cached_property
    def found(self) -> Drivers:
        """What drives satisfaction, from the answers of ``metrics.agent_days`` up to the end of the period."""
        month, rules = self.month, self.month.settings.metrics
        until = pd.Timestamp(month.period.end)
        since = max(until - pd.Timedelta(days=rules.agent_days), month.span[0].normalize())
        asked = Asked(
            month.measured, since, until, min(since, pd.Timestamp(month.history[0].start)), month.causes.matter, month.causes.labels,
            self._read, month.withheld, self._overruns, month.settings.seed,
        )  # fmt: skip
        return drivers(asked, rules, month.loaded.targets)

    @property
    def _read(self) -> pd.DataFrame | None:
        """What was read of texts, where a notebook before this one read them."""
        month = self.month
        if "03_topics" in month.settings.notebooks:
            month.result("topics")  # asked for, so that 03_topics has run where it is a part of the month
        return month.store.frame(READINGS) if month.store.has(READINGS) else None

    @property
    def _overruns(self) -> pd.DataFrame | None:
        """Weeks in which a channel was overrun, where 02_service judged them."""
        return self.month.result(OVERRUNS) if "02_service" in self.month.settings.notebooks else None

    @cached_property
    def churn(self) -> Churn:
        """When customers leave after a contact."""
        month = self.month
        return churn(
            month.measured.columns, self._lived, month.find("customers"), month.find("surveys"), month.span, month.period,
            month.settings.metrics, month.settings.timezone,
        )  # fmt: skip

    @cached_property
    def risk(self) -> Risk:
        """Who may leave, and how well that is known."""
        month, customers = self.month, self.month.find("customers")
        listed = to_frame(customers) if customers is not None else None
        smallest = month.settings.metrics.smallest_group
        return risk(
            listed, self._lived, self._end, month.rng("leaving"), zone=month.settings.timezone, smallest=smallest
        )

    @cached_property
    def _lived(self) -> pd.DataFrame:
        """Contacts as customers lived them, as far as is known at the end."""
        month = self.month
        return experience(month.measured, month.settings.metrics, month.find("surveys"), self._end.to_pydatetime())

    @property
    def _end(self) -> pd.Timestamp:
        """The moment at which customers are looked at."""
        return end_of(self.month.span, self.month.period, self.month.settings.timezone)

    def save(self) -> None:
        """Keep all frames as result tables: drivers_…, churn_… ."""
        made = {f"drivers_{name}": frame for name, frame in self.found.frames().items()}
        made |= {f"churn_{name}": frame for part in (self.churn, self.risk) for name, frame in part.frames().items()}
        self.month.save(**made)
