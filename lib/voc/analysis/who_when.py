"""Who tells and when: one number for the contacts of one customer, and the part of the day and the weekday in words."""

from __future__ import annotations

import numpy as np
import pandas as pd

HOURS, PARTS_OF_DAY = 4, ("night", "early", "morning", "noon", "afternoon", "evening")
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


def tellers(frame: pd.DataFrame) -> np.ndarray:
    """Return (n,) int64 numbers from 0, the same for contacts of one customer; a contact without a customer is its own.

    ``frame``: interaction_id and, where known, customer_id.

    >>> tellers(pd.DataFrame({"interaction_id": ["a", "b", "c"], "customer_id": ["x", None, "x"]})).tolist()
    [1, 0, 1]
    """
    own = "contact " + frame["interaction_id"].astype(str)
    if "customer_id" not in frame:
        return pd.factorize(own, sort=True)[0].astype(np.int64)
    who = own.where(frame["customer_id"].isna(), "customer " + frame["customer_id"].astype("str").fillna(""))
    return pd.factorize(who, sort=True)[0].astype(np.int64)


def part_of_day(stamps: pd.Series) -> pd.Series:
    """Name the four hours of the day that each local stamp lies in.

    >>> part_of_day(pd.Series(pd.to_datetime(["2026-10-01 09:30", "2026-10-01 23:00"]))).tolist()
    ['morning', 'evening']
    """
    return pd.Series(np.asarray(PARTS_OF_DAY, object)[(stamps.dt.hour // HOURS).to_numpy()], stamps.index)


def weekday(stamps: pd.Series) -> pd.Series:
    """Name the weekday of each local stamp.

    >>> weekday(pd.Series(pd.to_datetime(["2026-10-01"]))).tolist()
    ['Thursday']
    """
    return pd.Series(np.asarray(WEEKDAYS, object)[stamps.dt.day_of_week.to_numpy()], stamps.index)
