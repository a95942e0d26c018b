"""Forecasts of a month: its series by the report's grain and by week, what is known of the days to come, what was said before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import ibis
import ibis.expr.types as ir
import pandas as pd

from ..analysis.compare import by_period
from ..analysis.coverage import covers
from ..analysis.forecast.ahead import AHEAD, COURSE, SCORES, Forecast, forecasts
from ..analysis.forecast.effects import EFFECTS, WHATIF
from ..analysis.forecast.free_days import free_days
from ..analysis.forecast.occasions import Calendar
from ..analysis.forecast.repeats import repeated
from ..analysis.forecast.series import SMALLER, UNNAMED, Series, daily, measured
from ..data.completeness import incomplete
from ..data.periods import Grain, Period
from .kept import read_kept, write_kept

if TYPE_CHECKING:
    from .month import Month

CONTACTS = "contacts"
MOST = {"week": 156, "month": 72, "quarter": 40}  # periods that are looked back
MONTH = 30.4  # days
HOLIDAYS_AHEAD = 400  # days after the period of which public holidays are looked up
KEPT = "forecasts"
EARLIER = ["grain", "series", "made", *AHEAD[1:]]


@dataclass(frozen=True)
class Foretold(Forecast):
    """A forecast with what was said before it.

    ``why``: why nothing can be forecast, else empty. ``earlier``: grain, series, made (the last day that a forecast knew) and the
    columns of ``ahead``, of periods known by now; ``replayed``: made now, with only what was known then.
    """

    why: str = ""
    earlier: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=[*EARLIER, "replayed"]))


class MonthsForecasts:
    """Everything that the forecasts of one month are made of; read when it is first asked for, and once."""

    def __init__(self, month: Month):
        self.month, self.rules = month, month.settings.ahead

    def told(self, grain: Grain, steps: int) -> Foretold:
        """Forecast all series of a grain, and set beside them what was said before.

        Where no earlier run kept what was said a period ago, it is what would have been said, and is marked so.
        """
        last = self._last(grain)
        if last is None:
            return Foretold(**_nothing(), why=f"the data hold no whole {grain}")
        found = self._made(grain, last, steps)
        kept = self._kept(grain, last)
        earlier = last.previous()
        if len(found.before) and not (kept["made"] == _made_on(earlier)).any():
            again = _as_kept(found.before, grain, earlier).assign(replayed=True)
            kept = pd.concat([kept, again], ignore_index=True) if len(kept) else again
        known = kept[pd.to_datetime(kept["at"]) < pd.Timestamp(last.end)].sort_values("made", kind="stable")
        known = known.drop_duplicates(
            ["series", "at"], keep="last"
        )  # a period counts once, by what was said of it last
        return Foretold(
            **{name: getattr(found, name) for name in _nothing()},
            why="" if len(found.course) else "there is neither a contact nor an answer in any whole period",
            earlier=_in_turn(known, found),
        )

    def keep(self, found: Mapping[Grain, Foretold]) -> None:
        """Keep what is said now for the reports to come; a second run of a period replaces what it kept before.

        Not where the next period is over in the data: what is said of it now, or said anew, is no forecast.
        """
        parts = [self._all_kept]
        for grain, told in found.items():
            last = self._last(grain)
            if last is not None and len(told.ahead) and covers(*self.month.span, last.shift(1)):
                own = (parts[0]["grain"] == grain) & (parts[0]["made"] == _made_on(last))
                parts[0] = parts[0][~own]
                parts.append(_as_kept(told.ahead, grain, last))
        rows = pd.concat([part for part in parts if len(part)] or parts[:1], ignore_index=True)
        write_kept(self._path, rows.sort_values(["grain", "made", "series", "at"], ignore_index=True))

    @property
    def _path(self) -> Path:
        return self.month.loaded.kept / f"{KEPT}.csv"

    @property
    def _all_kept(self) -> pd.DataFrame:
        return read_kept(self._path, EARLIER, dates=("made", "at"), words=("grain", "series", "method"))

    def _kept(self, grain: Grain, last: Period) -> pd.DataFrame:
        rows = self._all_kept
        return rows[(rows["grain"] == grain) & (rows["made"] < _made_on(last))].assign(replayed=False)

    def _last(self, grain: Grain) -> Period | None:
        """Return the last whole period of a grain up to the end of the period under report; None where there is none."""
        month = self.month
        end = min(pd.Timestamp(month.period.end) - pd.Timedelta(days=1), month.span[1])
        last = Period.last_whole(end.date(), grain)
        return last if not covers(*month.span, last) else None

    def _made(self, grain: Grain, last: Period, steps: int) -> Forecast:
        """Forecast with what is known at the end of a period."""
        contacts, totals = self._contacts(last)
        shares = self._measured(grain, last)
        series = [*shares[:1], contacts[0], *shares[1:], *contacts[1:]]  # what readers ask for first
        return forecasts(series, grain, steps, calendar=self.calendar, totals=totals)

    def _measured(self, grain: Grain, last: Period) -> list[Series]:
        """Return the shares and scores that the data carry, by period."""
        month = self.month
        periods = [one for one in last.trend(MOST[grain]) if not covers(*month.span, one)]
        found = []
        for table in month.grounds.measured():
            names = [name for name in self.rules.metrics if name in table.columns and name not in month.withheld]
            if not names or not periods:
                continue
            history = by_period(table, names, periods)
            for name in names:
                rows = history[(history["metric"] == name) & (history["n"] > 0)]
                if len(rows):
                    found.append(measured(rows, name, grain, spread=repeated(table, name, grain)))
        return sorted(found, key=lambda one: self.rules.metrics.index(one.name))

    def _contacts(self, last: Period) -> tuple[list[Series], dict[str, list[list[str]]]]:
        """Return contacts by day, in total and by label, and which of them add up to the total."""
        month, table = self.month, self.month.measured
        by = [name for name in self.rules.by if name in table.columns]
        table = table.filter(table.created_local < pd.Timestamp(last.end))
        table = table.mutate(**{name: table[name].cast("string") for name in by})  # flags are labels as well
        table = table.mutate(**{name: self._parts(table, name) for name in by})
        lost = [day.date() for day in incomplete(month.result("days"))]
        until = min(pd.Timestamp(last.end) - pd.Timedelta(days=1), month.span[1])
        found = daily(table, (month.span[0], until), by, lost)
        ways = [[one for one in found if one.startswith(f"{name}: ")] for name in by]
        alone = {parts[0] for parts in ways if len(parts) == 1}  # a single channel is the total once more
        kept = [one for name, one in found.items() if name not in alone]
        parted = [parts for parts in ways if len(parts) > 1]
        return kept, {CONTACTS: parted} if parted else {}

    def _parts(self, table: ir.Table, name: str) -> ir.StringValue:
        """Return a label whose smaller values stand together and whose missing ones are named, so that all add up."""
        known = table.filter(table[name].notnull()).group_by(name).agg(n=lambda own: own.count())
        months = (self.month.span[1] - self.month.span[0]).days / MONTH
        known = known.filter(known.n >= self.rules.least * max(months, 1.0))
        largest = known.order_by([ibis.desc("n"), name]).limit(self.rules.most).to_pyarrow()[name].to_pylist()
        column = table[name]
        return ibis.cases((column.isnull(), UNNAMED), (column.isin(largest), column), else_=SMALLER)

    @property
    def calendar(self) -> Calendar:
        """Public holidays and events, past and planned."""
        month = self.month
        first = month.span[0].date()
        end = (pd.Timestamp(month.period.end) + pd.Timedelta(days=HOLIDAYS_AHEAD)).date()
        free = free_days(self.rules.countries, first, end)
        return Calendar(free, month.store.frame("events")) if month.store.has("events") else Calendar(free)


def _in_turn(earlier: pd.DataFrame, found: Forecast) -> pd.DataFrame:
    """Order what was said before as the series of the forecast stand; those that are no more come last."""
    order = {name: place for place, name in enumerate(dict.fromkeys(found.ahead["series"]))}
    place = earlier["series"].map(order).fillna(len(order))
    return (
        earlier.assign(place=place)
        .sort_values(["at", "made", "place", "series"], ignore_index=True)
        .drop(columns="place")
    )


def _made_on(last: Period) -> pd.Timestamp:
    return pd.Timestamp(last.end) - pd.Timedelta(days=1)


def _as_kept(ahead: pd.DataFrame, grain: Grain, last: Period) -> pd.DataFrame:
    return ahead.assign(grain=grain, made=_made_on(last))[EARLIER]


def _nothing() -> dict[str, pd.DataFrame]:
    columns = {
        "course": COURSE,
        "ahead": AHEAD,
        "before": AHEAD,
        "scores": SCORES,
        "words": ["series", "words"],
        "effects": EFFECTS,
        "whatif": WHATIF,
    }
    return {name: pd.DataFrame(columns=names) for name, names in columns.items()}
