"""From work to people and back, by what is promised: how many a load takes, what load so many carry, how many wait in vain."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from .erlang import Promise, agents_for, in_time, most_load

ROUNDING = 1e-9  # people


@dataclass(frozen=True)
class Plan:
    """What is promised and presumed.

    Attributes:
        promise: what queues are to keep; its ``busiest`` holds for written work too.
        shrinkage: part of paid time that is not spent with customers (breaks, training, illness).
        at_once: channel → contacts that one person handles side by side (chats), 1 where not named.
        ahead: channel → (times the measured load, standard error of its logarithm), as a forecast of volumes expects.
    """

    promise: Promise = field(default_factory=Promise)
    shrinkage: float = 0.3
    at_once: Mapping[str, float] = field(default_factory=dict)
    ahead: Mapping[str, tuple[float, float]] = field(default_factory=dict)

    def __post_init__(self):
        if not 0 <= self.shrinkage < 1:
            raise ValueError(f"shrinkage is {self.shrinkage}: a part of paid time, 0 or more and below 1")
        if wrong := [f"{name}: {times}" for name, times in self.at_once.items() if not times >= 1]:
            raise ValueError(f"at_once is 1 or more for each channel, found {', '.join(wrong)}")
        if wrong := [name for name, (times, se) in self.ahead.items() if not (0 < times < np.inf and se >= 0)]:
            raise ValueError(f"ahead is a factor above 0 and its standard error, 0 or more: look at {', '.join(wrong)}")


def people(load: np.ndarray, about: pd.Series, plan: Plan) -> np.ndarray:
    """Return the people whom a load (hours of handling in an hour) takes on a channel; nan where its work is not known."""
    at_once, load = plan.at_once.get(about.name, 1.0), np.asarray(load, float)
    if not about["handle_minutes"] > 0:
        return np.full(load.shape, np.nan)
    if about["kind"] == "written":
        return load / (plan.promise.busiest * at_once)
    return np.ceil(agents_for(load, about["handle_minutes"] * 60, plan.promise) / at_once)


def carried(planned: np.ndarray, about: pd.Series, plan: Plan) -> np.ndarray:
    """Return the load that so many people carry in a queue: the inverse of ``people``, between whole people a line."""
    at_once, planned = plan.at_once.get(about.name, 1.0), np.maximum(np.asarray(planned, float), 0.0)
    return most_load(planned * at_once, about["handle_minutes"] * 60, plan.promise)


def kept(own: pd.DataFrame, about: pd.Series, plan: Plan) -> np.ndarray:
    """Return the share answered in time; a plan of 1.2 people is one on four dates of five, and two on the fifth."""
    whole = np.floor(own["planned"] + ROUNDING)
    parts = [
        in_time(own["workload_hours"], about["handle_minutes"] * 60, np.floor(there * plan.at_once.get(about.name, 1.0)), plan.promise.seconds)
        for there in (whole, whole + 1)
    ]  # fmt: skip
    more = (own["planned"] - whole).clip(lower=0).to_numpy()
    return (1 - more) * parts[0] + more * parts[1]
