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
from functools import cached_property

import numpy as np
import pandas as pd

LAGS = ((0, 0), (1, 1), (2, 3), (4, 7), (8, 14))  # days after an event's last day, from and to
PLANNED = ("release", "newsletter", "holiday", "campaign")
SLOW = ("level", "trend", "year")
WAVES = 3  # sines and cosines of the year
# how far coefficients (logarithms of a factor) are believed to lie from 0 beforehand
USUAL = {"weekday": 1.5, "holiday": 1.0, "year": 0.15, "trend": 0.5, "event": 0.5}


@dataclass(frozen=True)
class Calendar:
    """``holidays``: days of the report's countries; ``events``: starts_on, ends_on, kind, label (as the table ``events``)."""

    holidays: Sequence[date] = ()
    events: pd.DataFrame = field(
        default_factory=lambda: pd.DataFrame(columns=["starts_on", "ends_on", "kind", "label"])
    )

    @cached_property
    def dated(self) -> pd.DataFrame:
        """The events with begin and end as days, kind and label as words; without an end an event lasts one day."""
        rows = self.events.reset_index(drop=True)
        begin = pd.to_datetime(rows["starts_on"])
        end = pd.to_datetime(rows["ends_on"]).fillna(begin) if "ends_on" in rows else begin
        kind = rows["kind"].fillna("other").astype(str) if "kind" in rows else pd.Series("other", index=rows.index)
        label = rows["label"].fillna("").astype(str) if "label" in rows else pd.Series("", index=rows.index)
        wrong = rows[(end < begin) | begin.isna()]
        if len(wrong):
            raise ValueError(
                f"events end before they start, or have no first day: {', '.join(label[wrong.index].head(5))}"
            )
        return pd.DataFrame({"begin": begin, "end": end, "kind": kind, "label": label})

    @cached_property
    def free(self) -> np.ndarray:
        """The holidays as numbers of days."""
        return numbered(pd.DatetimeIndex(pd.to_datetime(list(self.holidays))))

    @cached_property
    def spans(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Begin and end of the events as numbers of days, and their kinds."""
        rows = self.dated
        return (
            numbered(pd.DatetimeIndex(rows["begin"])),
            numbered(pd.DatetimeIndex(rows["end"])),
            rows["kind"].to_numpy(str),
        )

    def known(self, kind: str, last: int) -> np.ndarray:
        """Return begin and end of the events of a kind that are known on the day ``last``: planned, or begun by then."""
        begin, end, kinds = self.spans
        able = (kinds == kind) & ((begin <= last) | (kind in PLANNED))
        return np.column_stack([begin[able], end[able]])


def numbered(days: pd.DatetimeIndex) -> np.ndarray:
    """Number days from 1970-01-01 on."""
    return days.to_numpy().astype("datetime64[D]").astype("int64")


@dataclass(frozen=True)
class Design:
    """Columns of days: ``names`` (group, what), ``x`` (days × columns) and ``usual`` (0: free)."""

    names: list[tuple[str, str]]
    x: np.ndarray
    usual: np.ndarray

    @property
    def slow(self) -> np.ndarray:
        """Which columns change slowly, so that a wandering level can be mistaken for them."""
        return np.array([group in SLOW for group, _ in self.names])

    @property
    def fast(self) -> np.ndarray:
        """The other columns: weekday, holidays, events."""
        return self.x[:, ~self.slow]


def design(
    days: pd.DatetimeIndex, calendar: Calendar, last: pd.Timestamp, kinds: Sequence[str], *, damp: float = 0.98
) -> Design:
    """Describe days by what they are known for.

    ``last``: the last day that is known; after it the trend goes on ever more slowly (``damp`` a day). ``kinds``: kinds of
    event that have columns.
    """
    at, now = numbered(days), int(numbered(pd.DatetimeIndex([last]))[0])
    names, columns = [("level", "")], [np.ones(len(days))]
    for weekday in range(1, 7):  # day 0 was a Thursday
        names.append(("weekday", str(weekday)))
        columns.append(((at + 3) % 7 == weekday).astype(float))
    names.append(("trend", ""))
    ahead = (at - now).astype(float)
    slowed = damp * (1 - damp ** np.maximum(ahead, 0)) / (1 - damp)
    columns.append(np.where(ahead > 0, slowed, ahead) / 365)
    if len(calendar.free):
        names.append(("holiday", ""))
        columns.append(np.isin(at, calendar.free).astype(float))
    turn = 2 * np.pi * at / 365.25
    for wave in range(1, WAVES + 1):
        names += [("year", f"sin {wave}"), ("year", f"cos {wave}")]
        columns += [np.sin(wave * turn), np.cos(wave * turn)]
    for kind in kinds:
        for lag, column in enumerate(lagged(at, calendar.known(kind, now))):
            names.append(("event", f"{kind}/{lag}"))
            columns.append(column)
    return Design(names, np.column_stack(columns), np.array([USUAL.get(group, 0.0) for group, _ in names]))


def lagged(days: np.ndarray, events: np.ndarray) -> np.ndarray:
    """Count, for each step of ``LAGS`` (first axis), how many events each day lies so far behind.

    ``days`` are numbers of days, ``events`` rows of first and last day.

    >>> lagged(np.arange(1, 6), np.array([[2, 3]]))[:3].tolist()
    [[0.0, 1.0, 1.0, 0.0, 0.0], [0.0, 0.0, 0.0, 1.0, 0.0], [0.0, 0.0, 0.0, 0.0, 1.0]]
    """
    since = days[:, None] - events[None, :, 1]
    found = np.zeros((len(LAGS), len(days)))
    found[0] = ((days[:, None] >= events[None, :, 0]) & (since <= 0)).sum(axis=1)
    for at, (low, high) in enumerate(LAGS[1:], start=1):
        found[at] = ((since >= low) & (since <= high)).sum(axis=1)
    return found


def words_of(lag: int) -> str:
    """Name a step of ``LAGS``: while it lasts, 1 day after, 2–3 days after."""
    low, high = LAGS[lag]
    if not high:
        return "while it lasts"
    return f"{low}{'' if low == high else f'–{high}'} day{'s' if high > 1 else ''} after"
