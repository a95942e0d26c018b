"""Does a driver matter everywhere alike? Its effect in each kind of contact against all others, where action would differ.

«Speed matters for where-is-my-order but not for set-up» is a claim about a difference of two effects, and many such pairs are
tried: each difference has its own interval, and all are judged together by the false discovery rate. One model a driver and
dimension: the driver straight, with a slope of its own in every value, all that came before held alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pandas as pd

from ..chance import two_sided
from ..intervals import Z
from ..rules import MetricRules
from .design import Group
from .held import design_of
from .known import Driver
from .model import happy_chance
from .ordinal import fit
from .plain import judged
from .rows import Answers

FEWEST_HERE, FEWEST_SIDE = 100, 15  # answers of a value; answers on either side of the score and of a yes/no driver
ASKED = ("first_response", "handling", "resolution", "unsolved")  # drivers on which action would differ by kind
COLUMNS = [
    "driver", "dimension", "label", "n", "effect", "lo", "hi", "rest", "difference", "diff_lo", "diff_hi", "q", "certainty",
]  # fmt: skip


def where(answers: Answers, rules: MetricRules, pull: float, dimensions: Sequence[str]) -> pd.DataFrame:
    """Return each driver's effect in each value of each dimension beside that of all others (``COLUMNS``).

    Effects are points of CSAT for a doubling of a time, for yes against no. Values with few answers are not asked.
    """
    rows = []
    for driver in answers.drivers:
        if driver.name in ASKED:
            for name in dimensions:
                if name in answers.labels:
                    rows += _rows(answers, driver, name, pull)
    columns = [name for name in COLUMNS if name not in ("q", "certainty")]
    frame = pd.DataFrame(rows, columns=[*columns, "p"])
    return judged(frame, rules)[COLUMNS]


def _rows(answers: Answers, driver: Driver, name: str, pull: float) -> list[dict]:
    rows = np.flatnonzero(answers.known(driver))
    codes, values = answers.labels[name]
    codes = codes[rows]
    u = answers.frame[driver.name].to_numpy(float)[rows]
    happy = answers.frame["happy"].to_numpy()[rows]
    asked = [at for at in range(len(values)) if _enough(codes == at, u, happy, driver)]
    if len(asked) < 2:
        return []
    place = np.full(len(values), len(asked))
    place[asked] = np.arange(len(asked))
    own = np.where(codes >= 0, place[codes], len(asked))  # the last: all values with few answers
    width = len(asked) + int((own == len(asked)).any())
    slopes = np.zeros((len(rows), width))
    slopes[np.arange(len(rows)), own] = u
    design = design_of(answers, driver, rows, slopes, pull_of_agents=pull, labels=[name])
    # each answer lies on one slope: as values of a label, not as columns of noughts, they cost little
    made = fit(
        replace(design, x=design.x[:, width:], groups=[Group("slope", own, width, 0.0, values=u), *design.groups])
    )
    if not made.converged:
        return []
    p = happy_chance(answers, rows, made)
    at = slice(made.cuts + made.columns, made.cuts + made.columns + width)
    beta, cov = made.params[at], made.cov[at, at]
    weight = np.bincount(own, p * (1 - p), width)
    step = 1.0 if driver.yes_no else np.log(2)
    told = []
    for k, code in enumerate(asked):
        inside = own == k
        others = np.where(np.arange(width) == k, 0.0, weight)
        contrast = np.eye(width)[k] - others / others.sum()
        scale = 100 * step * float((p * (1 - p))[inside].mean())
        scale *= _curved(p[inside], u[inside], beta[k], yes_no=driver.yes_no)
        size, se = beta[k], np.sqrt(cov[k, k])
        gap, gap_se = float(contrast @ beta), float(np.sqrt(contrast @ cov @ contrast))
        told.append({
            "driver": driver.name, "dimension": name, "label": str(values[code]), "n": int(inside.sum()),
            "effect": scale * size, "lo": scale * (size - Z * se), "hi": scale * (size + Z * se), "rest": scale * (size - gap),
            "difference": scale * gap, "diff_lo": scale * (gap - Z * gap_se), "diff_hi": scale * (gap + Z * gap_se),
            "p": float(two_sided(np.array([gap / gap_se]))[0]),
        })  # fmt: skip
    return told


def _enough(inside: np.ndarray, u: np.ndarray, happy: np.ndarray, driver: Driver) -> bool:
    if inside.sum() < FEWEST_HERE or min(happy[inside].sum(), (~happy[inside]).sum()) < FEWEST_SIDE:
        return False
    return min((u[inside] > 0).sum(), (u[inside] == 0).sum()) >= FEWEST_SIDE if driver.yes_no else np.ptp(u[inside]) > 0


def _curved(p: np.ndarray, u: np.ndarray, beta: float, *, yes_no: bool) -> float:
    """Return by how much a yes instead of a no moves the share more than its tangent says; 1 for small steps."""
    if not yes_no or abs(beta) < 1e-6:
        return 1.0
    eta = np.log(p / (1 - p))
    yes, no = 1 / (1 + np.exp(-eta - beta * (1 - u))), 1 / (1 + np.exp(-eta + beta * u))
    return float((yes - no).mean() / (beta * (p * (1 - p)).mean()))
