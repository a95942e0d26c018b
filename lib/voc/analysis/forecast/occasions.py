"""What days are known for beforehand: weekday, time of year, holidays, and events of the business with what follows them.

An event counts while it lasts (lag 0), and then by the days since it ended, in steps that widen. What kind of event it is
decides what it does: newsletters are learned from newsletters. Events of kinds that are planned are known before they
come; others (a carrier's failure) are known from their first day only, so a forecast from before that day must not know
them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date

import numpy as np
import pandas as pd

LAGS = ((0, 0), (1, 1), (2, 3), (4, 7), (8, 14))  # days after an event's last day, from and to
PLANNED = ("release", "newsletter", "holiday", "campaign")
WAVES = 3  # sines and cosines of the year
YEAR_FROM = 548  # days of data from which a year's season can be told from a trend
# how far coefficients (logarithms of a factor) are believed to lie from 0 beforehand
USUAL = {"weekday": 1.5, "holiday": 1.0, "year": 0.5, "trend": 0.5, "event": 0.5}


@dataclass(frozen=True)
class Calendar:
    """``holidays``: days of the report's countries; ``events``: starts_on, ends_on, kind, label (as the table ``events``)."""

    holidays: Sequence[date] = ()
    events: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=["starts_on", "ends_on", "kind", "label"]))

    @property
    def dated(self) -> pd.DataFrame:
        """The events with begin and end as days, kind and label as words; without an end an event lasts one day."""
        rows = self.events.reset_index(drop=True)
        begin = pd.to_datetime(rows["starts_on"])
        end = pd.to_datetime(rows["ends_on"]).fillna(begin) if "ends_on" in rows else begin
        kind = rows["kind"].fillna("other").astype(str) if "kind" in rows else pd.Series("other", index=rows.index)
        label = rows["label"].fillna("").astype(str) if "label" in rows else pd.Series("", index=rows.index)
        wrong = rows[(end < begin) | begin.isna()]
        if len(wrong):
            raise ValueError(f"events end before they start, or have no first day: {', '.join(label[wrong.index].head(5))}")
        return pd.DataFrame({"begin": begin, "end": end, "kind": kind, "label": label})

    def before(self, day: pd.Timestamp) -> Calendar:
        """Return what is known the day before ``day``: planned events, and others that have begun."""
        rows = self.dated
        known = rows[rows["kind"].isin(PLANNED) | (rows["begin"] < day)]
        return Calendar(self.holidays, known.rename(columns={"begin": "starts_on", "end": "ends_on"}))


@dataclass(frozen=True)
class Design:
    """Columns of days: ``names`` (group, what), ``x`` (days × columns) and ``usual`` (0: free)."""

    names: list[tuple[str, str]]
    x: np.ndarray
    usual: np.ndarray


def design(days: pd.DatetimeIndex, calendar: Calendar, last: pd.Timestamp, kinds: Sequence[str], *, year: bool, damp: float = 0.98) -> Design:
    """Describe days by what they are known for.

    ``last``: the last day that is known; after it the trend goes on ever more slowly (``damp`` a day). ``kinds``: kinds of
    event that have columns; ``year``: whether there are columns for the time of year.
    """
    names, columns = [("level", "")], [np.ones(len(days))]
    for weekday in range(1, 7):
        names.append(("weekday", str(weekday)))
        columns.append((days.day_of_week == weekday).astype(float))
    names.append(("trend", ""))
    ahead = np.asarray((days - last).days, float)
    slowed = damp * (1 - damp ** np.maximum(ahead, 0)) / (1 - damp)
    columns.append(np.where(ahead > 0, slowed, ahead) / 365)
    if len(calendar.holidays):
        names.append(("holiday", ""))
        columns.append(days.isin(pd.to_datetime(list(calendar.holidays))).astype(float))
    if year:
        turn = 2 * np.pi * days.day_of_year.to_numpy() / 365.25
        for wave in range(1, WAVES + 1):
            names += [("year", f"sin {wave}"), ("year", f"cos {wave}")]
            columns += [np.sin(wave * turn), np.cos(wave * turn)]
    rows = calendar.dated
    for kind in kinds:
        own = rows[rows["kind"] == kind]
        for lag, column in enumerate(lagged(days, own)):
            names.append(("event", f"{kind}/{lag}"))
            columns.append(column)
    return Design(names, np.column_stack(columns), np.array([USUAL.get(group, 0.0) for group, _ in names]))


def lagged(days: pd.DatetimeIndex, events: pd.DataFrame) -> list[np.ndarray]:
    """Count, for each step of ``LAGS``, how many of the events each day lies so far behind.

    >>> rows = pd.DataFrame({"begin": pd.to_datetime(["2026-03-02"]), "end": pd.to_datetime(["2026-03-03"])})
    >>> [one.tolist() for one in lagged(pd.date_range("2026-03-01", periods=5), rows)[:3]]
    [[0.0, 1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 0.0, 1.0]]
    """
    found = [np.zeros(len(days)) for _ in LAGS]
    for begin, end in events[["begin", "end"]].itertuples(index=False):
        since = np.asarray((days - end).days)
        lasting = np.asarray((days >= begin) & (days <= end))
        for at, (low, high) in enumerate(LAGS):
            found[at] += lasting if at == 0 else (since >= low) & (since <= high)
    return found


def words_of(lag: int) -> str:
    """Name a step of ``LAGS``: while it lasts, 1 day after, 2–3 days after."""
    low, high = LAGS[lag]
    if not high:
        return "while it lasts"
    return f"{low}{'' if low == high else f'–{high}'} day{'s' if high > 1 else ''} after"
