"""On which day was a planted truth called first, knowing nothing of later days, and how soon could anybody have called it?

Beside each delay stands the soonest day: that on which somebody would have crossed the same threshold who knows how many
contacts are usual, with no more spread than chance. Once for the series that are watched, the best of those told together,
and once for exactly the contacts that are planted (issue, region, carrier …), which nobody knows to watch beforehand.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from material import Material
from voc.analysis.alerts.looks import chance, running
from voc.analysis.alerts.series import CONTACTS, TOPIC
from voc.analysis.alerts.sharing import members

USUAL = 56  # days before the beginning that say, beside those since, how many contacts are usual
WHERE = ("issue", "region", "carrier", "payment_method", "app_version")
SPANS = (1, 7)
WHOLE = {"key": "contacts", "kind": CONTACTS, "dimension": "", "label": ""}


@dataclass(frozen=True)
class Soonest:
    """Days after the beginning on which a threshold is crossed first (missing: never), and as what."""

    days: float
    series: str

    def __str__(self) -> str:
        return "never" if np.isnan(self.days) else f"{self.days:.0f} ({self.series})"


def first_called(
    on: Callable[[pd.Timestamp], pd.Series | None], begin: pd.Timestamp, end: pd.Timestamp, guess: pd.Timestamp
) -> tuple | None:
    """Return the first day, from ``begin`` to ``end``, whose look calls it, and what it says; ``guess`` is tried first.

    >>> on = lambda day: pd.Series({"day": day}) if day >= pd.Timestamp("2026-03-05") else None
    >>> first_called(on, pd.Timestamp("2026-03-01"), pd.Timestamp("2026-03-31"), pd.Timestamp("2026-03-09"))[0].day
    5
    """
    day, found = guess, on(guess)
    if found is not None:
        while day > begin and (earlier := on(day - pd.Timedelta(days=1))) is not None:
            day, found = day - pd.Timedelta(days=1), earlier
        return day, found
    while day < end:
        day += pd.Timedelta(days=1)
        found = on(day)
        if found is not None:
            return day, found
    return None


@dataclass(frozen=True)
class Oracle:
    """Who knows what is usual: every contact of some weeks with what is true of it."""

    material: Material
    begin: pd.Timestamp
    end: pd.Timestamp
    threshold: float

    @property
    def days(self) -> pd.DatetimeIndex:
        """The days that tell what is usual, and those since the beginning."""
        first = max(self.begin - pd.Timedelta(days=USUAL), self.material.month.span[0].normalize())
        return pd.date_range(first, min(self.end, self.material.month.span[1].normalize()))

    def exact(self, plant: dict) -> Soonest:
        """Watch exactly the contacts of a plant's place."""
        everything = self._members([WHOLE])["contacts"]
        true = self.material.true.reindex(everything["interaction_id"])
        here = np.ones(len(everything), bool)
        for name in WHERE:
            if name in plant["where"]:
                here &= (true[name].astype("string") == str(plant["where"][name])).fillna(False).to_numpy(bool)
        return Soonest(self._crossed(everything[here], plant["id"]), "exactly there")

    def best(self, series: pd.DataFrame, number: int) -> Soonest:
        """Watch each of several series (key, kind, dimension, label) of contacts, and return the first that crosses."""
        counts = series[series["kind"] == CONTACTS]
        inside = self._members(counts.to_dict("records"))
        found = [Soonest(self._crossed(inside[key], number), key) for key in counts["key"]]
        return min(found, key=lambda one: np.inf if np.isnan(one.days) else one.days, default=Soonest(np.nan, ""))

    def planted(self, series: dict, number: int, days: int = 7) -> int:
        """Count the planted contacts of a series in the first days."""
        rows = self._members([series])[series["key"]]
        rows = rows[rows["day"].between(self.begin, self.begin + pd.Timedelta(days=days - 1))]
        return int((self.material.true["plant"].reindex(rows["interaction_id"]) == number).sum())

    def _members(self, series: list[dict]) -> dict[str, pd.DataFrame]:
        month = self.material.month
        mentions = month.find("mentions") if any(one["dimension"] == TOPIC for one in series) else None
        return members(
            month.measured, pd.DataFrame(series, columns=list(WHOLE)), self.days[0], self.days[-1], mentions, None
        )

    def _crossed(self, rows: pd.DataFrame, number: int) -> float:
        """Return how many days after the beginning the contacts of ``rows`` cross the threshold."""
        planted = (self.material.true["plant"].reindex(rows["interaction_id"]) == number).to_numpy()
        seen = _by_day(rows["day"], self.days)
        usual = usual_of(_by_day(rows.loc[~planted, "day"], self.days))
        since = len(self.days) - int((self.begin - self.days[0]).days)
        lowest = np.ones(since)
        for span in SPANS:
            observed, expected = (running(part[None, :], span, since)[0] for part in (seen, usual))
            lowest = np.minimum(lowest, chance(observed, expected, expected))
        at = np.flatnonzero(lowest <= self.threshold)
        return float(at[0]) if len(at) else np.nan


def usual_of(counts: np.ndarray) -> np.ndarray:
    """Return for each day the mean of its weekday, so many contacts as there are.

    >>> usual_of(np.array([1.0, 0, 0, 0, 0, 0, 2.0, 3.0, 0, 0, 0, 0, 0, 4.0])).tolist()
    [2.0, 0.0, 0.0, 0.0, 0.0, 0.0, 3.0, 2.0, 0.0, 0.0, 0.0, 0.0, 0.0, 3.0]
    """
    place = np.arange(len(counts)) % 7
    return np.array([counts[place == day].mean() for day in place])


def _by_day(days: pd.Series, calendar: pd.DatetimeIndex) -> np.ndarray:
    return days.value_counts().reindex(calendar, fill_value=0).to_numpy(float)
