"""The honest picture beside the plain one: a driver's effect with all contacts together, and where only like meets like.

A pooled effect mixes what a driver does with what kind of contact it comes with: hard problems take long and leave people
unhappy whoever handles them (Simpson, JRSS B 13, 1951; Yule 1903). Both effects come from the same model of the scores,
straight on the driver's scale, once with nothing held alike and once with what came before the driver held alike.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from .known import Driver
from .model import Model, Points, model
from .ranks import spearman, spearman_within
from .rows import Answers

REVERSED, EXPLAINED, WEAKER, STRONGER, ALIKE, HIDDEN, NEITHER, UNKNOWN = (
    "reversed", "explained by the kind of contact", "weaker", "stronger", "alike", "hidden", "nothing either way", "cannot tell",
)  # fmt: skip
COLUMNS = [
    "driver", "label", "n", "kinds", "step", "pooled", "pooled_lo", "pooled_hi", "within", "within_lo", "within_hi",
    "rho_pooled", "rho_pooled_lo", "rho_pooled_hi", "rho_within", "rho_within_lo", "rho_within_hi", "reading",
]  # fmt: skip
STEPS = {"yes/no": "yes against no", "score": "one point more", "count": "one more"}


def within(answers: Answers, pull_of_agents: float) -> pd.DataFrame:
    """Set each driver's pooled effect beside the one held alike, in points of CSAT for one step of the driver."""
    return pd.DataFrame([_row(answers, driver, pull_of_agents) for driver in answers.drivers], columns=COLUMNS)


def step_of(driver: Driver) -> str:
    """Say what one step of a driver is."""
    return STEPS.get(driver.scale, "per doubling")


def for_a_step(made: Model) -> Points:
    """Return the points of CSAT for one step: a doubling, no to yes, one more."""
    u = made.u
    if made.driver.yes_no:
        return made.points(np.zeros(len(u)), np.ones(len(u)))
    return made.points(u, u + (np.log(2) if made.driver.is_time else 1.0))


def _row(answers: Answers, driver: Driver, pull: float) -> dict:
    known = answers.known(driver)
    x, y = answers.frame[driver.name].to_numpy(float)[known], answers.y[known]
    customer, kind, pure = answers.customer[known], answers.kind[known], answers.of_one_kind[known]
    inside = spearman_within(x[pure], y[pure], customer[pure], kind[pure])
    ranks = {"rho_pooled": spearman(x, y, customer), "rho_within": inside}
    row = {"driver": driver.name, "label": driver.label, "n": int(known.sum()), "step": step_of(driver)}
    row["kinds"] = len(np.unique(kind[pure]))
    for name, one in ranks.items():
        row |= {name: one.rho, f"{name}_lo": one.lo, f"{name}_hi": one.hi}
    fits = {
        "pooled": model(answers, driver, held=(), straight=True),
        "within": model(answers, driver, straight=True, pull_of_agents=pull),
    }
    told = {name: for_a_step(made) if made else None for name, made in fits.items()}
    for name, one in told.items():
        row |= {name: one.value, f"{name}_lo": one.lo, f"{name}_hi": one.hi} if one else {name: np.nan}
    row["reading"] = reading(told["pooled"], told["within"])
    return row


def reading(pooled: Points | None, held: Points | None) -> str:
    """Say what holding the kind of contact alike did to an effect.

    >>> reading(Points(-6.0, 0.5), Points(4.0, 0.5)), reading(Points(-6.0, 0.5), Points(-0.3, 0.5))
    ('reversed', 'explained by the kind of contact')
    >>> reading(Points(-2.0, 0.5), Points(-6.0, 0.5)), reading(Points(-6.0, 0.5), Points(-5.5, 0.5))
    ('stronger', 'alike')
    """
    if pooled is None or held is None:
        return UNKNOWN
    before, after = not pooled.lo <= 0 <= pooled.hi, not held.lo <= 0 <= held.hi
    apart = not held.lo <= pooled.value <= held.hi
    if before and after and pooled.value * held.value < 0:
        return REVERSED
    if before and after:
        return ALIKE if not apart else WEAKER if abs(held.value) < abs(pooled.value) else STRONGER
    if before:
        return EXPLAINED if apart else UNKNOWN
    return HIDDEN if after else NEITHER
