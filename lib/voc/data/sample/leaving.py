"""Which customers leave, and when: a proportional hazard after the first contact."""

from __future__ import annotations

import numpy as np
import pandas as pd

from voc.data.sample.plan import Plan
from voc.data.sample.world import DAYS

BASE = 0.0072 / 30.4
"""Hazard of leaving per day of a customer whose first contact was quick and solved, after the early days."""
EARLY_DAYS, EARLY = 60, 4.0
"""In the first days after the first contact the hazard is so many times the later one, for everybody."""
SILENT_DAYS = 60
"""A customer who leaves within so many days of an unhappy contact left because of it, as far as we plant it."""


def draw_leaving(rng: np.random.Generator, plan: Plan, customers: pd.DataFrame, frame: pd.DataFrame) -> np.ndarray:
    """Draw the day on which each customer leaves (days from the first day of the period; infinite: stays).

    The hazard after the first contact is the base hazard times ``slow_ratio`` if its response was slow, times
    ``unresolved_ratio`` if it did not solve the issue; the shape over time is common, so a proportional-hazards model
    recovers the two ratios.
    """
    start = np.maximum(customers["signup_day"].to_numpy(), 0).astype(float)
    firsts = frame.drop_duplicates("person")
    ratio = np.ones(len(customers))
    person = firsts["person"].to_numpy()
    ratio[person] = np.where(firsts["slow"], plan.slow_ratio, 1.0) * np.where(
        firsts["solved_first"], 1.0, plan.unresolved_ratio
    )
    met = np.zeros(len(customers), dtype=bool)
    met[person] = True
    start[person] = firsts["day"].to_numpy() + 0.99
    exposure = rng.exponential(1.0, len(customers)) / (BASE * ratio)
    early = np.where(met, EARLY, 1.0)
    after = np.where(exposure < EARLY_DAYS * early, exposure / early, exposure - EARLY_DAYS * (early - 1))
    day = np.ceil(start + after)
    return np.where(day < DAYS, day, np.inf)


def without_the_gone(frame: pd.DataFrame, leaves: np.ndarray) -> pd.DataFrame:
    """Drop contacts that would come after their customer left; keep ``origin`` and ``returns`` right."""
    kept = frame[frame["day"].to_numpy() <= leaves[frame["person"]]]
    place = pd.Series(np.arange(len(kept)), index=kept.index)
    out = kept.copy()
    out["origin"] = kept["origin"].map(place).fillna(-1).astype(int)
    out = out.reset_index(drop=True)
    out["returns"] = out.index.isin(out["origin"])
    return out


def mark_silent(frame: pd.DataFrame, leaves: np.ndarray) -> np.ndarray:
    """Mark the last contacts, unhappy ones, of customers who left within ``SILENT_DAYS`` days."""
    last = ~frame["person"].duplicated(keep="last")
    gap = leaves[frame["person"]] - frame["day"].to_numpy()
    return (last & (frame["csat"] <= 2) & (gap <= SILENT_DAYS)).to_numpy()
