"""What lies ahead of a month: satisfaction and load, the people that it takes, single contacts, and what has begun to rise."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from ..analysis.churn.leaving import end_of
from ..analysis.forecast.contact import BadScores, bad_scores
from ..analysis.forecast.staffing import Plan, Staffing, staffing
from ..analysis.load.hours import LOOK_BACK
from ..data.periods import Grain
from .alerts import Alerts, MonthsAlerts
from .foretold import CONTACTS, Foretold, MonthsForecasts
from .texts import READINGS

if TYPE_CHECKING:
    from .month import Month

HALF_OF_80 = 1.2815515594  # standard errors between the middle and the end of an 80 % interval


class MonthsAhead:
    """What lies ahead of one month; each part is told when it is first asked for, and once."""

    def __init__(self, month: Month):
        self.month, self.rules = month, month.settings.ahead
        self._forecasts, self._alerts = MonthsForecasts(month), MonthsAlerts(month)

    @cached_property
    def forecast(self) -> Foretold:
        """Every series by the grain of the report."""
        return self._forecasts.told(self.month.settings.grain, self.rules.periods)

    @cached_property
    def weekly(self) -> Foretold | None:
        """The same by week; None where the report itself is by week, or where weeks are not asked for."""
        if self.month.settings.grain == "week" or not self.rules.weeks:
            return None
        return self._forecasts.told("week", self.rules.weeks)

    @cached_property
    def staffing(self) -> Staffing:
        """People needed by hour of the week, at the load that is expected, and held against the plan."""
        month, own = self.month, self.rules.staffing
        plan = Plan(own.promise(month.settings.metrics.service_level_seconds), own.shrinkage, own.at_once, self._times)
        staffed, shifts = month.find("staffing"), month.find("shifts")
        return staffing(month.measured, self._until, month.settings.metrics, plan, staffed, shifts=shifts)

    @property
    def _until(self) -> pd.Timestamp:
        """The first day of which nothing is known."""
        return min(pd.Timestamp(self.month.period.end), self.month.span[1].normalize() + pd.Timedelta(days=1))

    @property
    def _times(self) -> dict[str, tuple[float, float]]:
        """By channel, how many times the load of the weeks measured is expected next, and the error of its logarithm.

        A channel without a forecast of its own goes with all contacts.
        """
        if "channel" not in self.month.measured.columns:
            return {}
        found = self.weekly or self.forecast
        named = self.month.measured.filter(self.month.measured.channel.notnull()).select("channel").distinct()
        whole = self._more(found, CONTACTS)
        made = {
            name: self._more(found, f"channel: {name}") or whole
            for name in sorted(named.to_pyarrow()["channel"].to_pylist())
        }
        return {name: times for name, times in made.items() if times}

    def _more(self, found: Foretold, name: str) -> tuple[float, float] | None:
        """Return by how many times a series is expected to exceed the weeks measured a day, and the error of the logarithm."""
        rows, past = (frame[frame["series"] == name] for frame in (found.ahead, found.course))
        since = self._until - pd.Timedelta(weeks=LOOK_BACK)
        own = past[pd.to_datetime(past["at"]) >= since]
        own = own if len(own) else past.tail(1)
        days = 7.0 if found is self.weekly else rows["n"]
        a_day = rows[["value", "lo80", "hi80"]].astype(float).div(days, axis=0).mean()
        measured = own["seen"].sum() / own["n"].sum() if own["n"].sum() > 0 else np.nan
        if not (measured > 0 and a_day["lo80"] > 0):
            return None
        return float(a_day["value"] / measured), float(np.log(a_day["hi80"] / a_day["lo80"]) / (2 * HALF_OF_80))

    @cached_property
    def contacts(self) -> BadScores:
        """How likely single contacts end in a bad score, and whether that tells more than the base rate."""
        month = self.month
        end = end_of(month.span, month.period, month.settings.timezone)
        read = month.store.frame(READINGS) if month.store.has(READINGS) else None
        return bad_scores(
            month.measured, end, month.rng("bad scores"), matter=month.causes.matter, labels=month.causes.labels, read=read,
            surveys=month.find("surveys"),
        )  # fmt: skip

    @property
    def alerts(self) -> Alerts:
        """What rises beyond chance up to the last day of the period, with what analysts said of it."""
        return self._alerts.found

    def save(self) -> None:
        """Keep all frames as result tables (forecast_…, staffing_…, contacts_…, alerts…) and what is said for later reports."""
        told: dict[Grain, Foretold] = {self.month.settings.grain: self.forecast}
        if self.weekly is not None:
            told["week"] = self.weekly
        made = {}
        for name in ("course", "ahead", "scores", "words", "effects", "whatif", "earlier"):
            parts = [_frame(found, name).assign(grain=grain) for grain, found in told.items()]
            filled = [part for part in parts if len(part)] or parts[:1]
            table = pd.concat(filled, ignore_index=True)
            made[f"forecast_{name}"] = table[["grain", *(column for column in table if column != "grain")]]
        made |= {f"staffing_{name}": getattr(self.staffing, name) for name in ("hours", "days", "channels")}
        made |= {f"contacts_{name}": frame for name, frame in self.contacts.frames().items()}
        self.month.save(**made, **self._alerts.frames())
        self._forecasts.keep(told)
        self._alerts.remember()


def _frame(found: Foretold, name: str) -> pd.DataFrame:
    """Return a frame of a forecast; where nothing can be forecast its words say why, under no series."""
    if name == "words" and found.why:
        return pd.DataFrame({"series": [""], "words": [found.why]})
    return getattr(found, name)
