"""Which sources were there long enough to be compared: what a new file brings is no news of a matter."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from ...data.periods import Period
from .mentions import period_numbers

NEW_SOURCE = "most who say it are of a source that began in the time compared"


def lasting(contacts: pd.DataFrame, periods: Sequence[Period], window: int) -> np.ndarray:
    """Tell which contacts are of sources that were there before the ``window`` last periods, or else from the first on: (n,) bool.

    When a file begins, all that its customers speak of begins with it, and nothing of that is news of a matter.
    """
    if "source" not in contacts or contacts["source"].nunique() < 2:
        return np.ones(len(contacts), dtype=bool)
    number = pd.Series(period_numbers(contacts["created_local"], periods), index=contacts.index)
    inside = number >= 0
    begins = number[inside].groupby(contacts.loc[inside, "source"]).min()
    if begins.empty:
        return np.ones(len(contacts), dtype=bool)
    since = max(len(periods) - 1 - window, int(begins.min()))
    return contacts["source"].isin(begins.index[begins <= since]).to_numpy()


def mostly_new(said: pd.DataFrame, contacts: pd.DataFrame, kept: np.ndarray, topics: Sequence[str]) -> np.ndarray:
    """Tell which topics have most of their contacts in what is not kept: (topics,) bool."""
    lost = said["interaction_id"].isin(contacts["interaction_id"][~kept])
    return (lost.groupby(said["topic"]).mean().reindex(topics) > 0.5).to_numpy()
