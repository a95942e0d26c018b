"""Stamps of the customer list as days: when a customer began, and until when he was one."""

from __future__ import annotations

import pandas as pd

from ...data.clock import DAY

SOME = 10


def days_of(stamps: pd.Series) -> pd.Series:
    """Return stamps as days since 1970.

    >>> days_of(pd.Series(pd.to_datetime(["1970-01-03 12:00"]))).tolist()
    [2.5]
    """
    return (pd.to_datetime(stamps) - pd.Timestamp(0)).dt.total_seconds() / DAY


def left_of(stamps: pd.Series) -> pd.Series:
    """Return when customers left in days since 1970: a day without an hour is over at its end, so that who wrote on it left after.

    >>> left_of(pd.Series(pd.to_datetime(["1970-01-03"]))).tolist()
    [3.0]
    """
    days = days_of(stamps)
    return days + _hourless(days)


def _hourless(days: pd.Series) -> pd.Series:
    """Mark days without an hour: midnights, or one and the same hour (two with daylight saving) in ten stamps or more."""
    hours = (days % 1).round(6)
    same = hours.nunique() <= 2 and hours.notna().sum() >= SOME
    return ((hours == 0) | same).where(hours.notna(), other=False).astype(float)
