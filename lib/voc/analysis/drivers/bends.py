"""Where a time begins to matter: adjusted CSAT along it, and its steepness per unit where the curve bends."""

from __future__ import annotations

import numpy as np
import pandas as pd

from .model import Model, model
from .rows import Answers

POINTS, OUTER = 25, (0.05, 0.95)  # of the curve, and between which quantiles it is drawn
CURVE, BENDS = ["driver", "x", "csat", "lo", "hi"], ["driver", "x", "slope", "lo", "hi", "straight_p"]


def curves(answers: Answers, pull_of_agents: float) -> dict[str, Model]:
    """Fit each time's curve with what came before it held alike: driver → model; those that cannot be fitted are left out."""
    made = {
        driver.name: model(answers, driver, pull_of_agents=pull_of_agents)
        for driver in answers.drivers
        if driver.is_time
    }
    return {name: one for name, one in made.items() if one is not None}


def curve(made: Model) -> pd.DataFrame:
    """Return CSAT (per cent) if all contacts had taken x: driver, x (unit of the driver, or times the usual), csat, lo, hi."""
    u = np.unique(np.linspace(*np.quantile(made.u, OUTER), POINTS))
    rows = [(made.driver.name, float(np.exp(at)), one.value, one.lo, one.hi) for at, one in ((v, made.level(v)) for v in u)]  # fmt: skip
    return pd.DataFrame(rows, columns=CURVE)


def bends(made: Model) -> pd.DataFrame:
    """Return points of CSAT for one unit more (a minute, an hour, once the usual) at each place where the curve may bend.

    A straight curve on the logarithm still flattens: its steepness per minute falls as the minutes grow, so it is told at the
    quartiles. ``straight_p`` is the chance of so much bend where there is none.
    """
    at = made.knots if made.width > 1 else np.unique(np.quantile(made.u, (0.25, 0.5, 0.75)))
    bent, rows = made.bend_p(), []
    for u in at:
        one, x = made.slope(u), float(np.exp(u))
        rows.append((made.driver.name, x, one.value / x, one.lo / x, one.hi / x, bent))
    return pd.DataFrame(rows, columns=BENDS)


def told(models: dict[str, Model]) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the curves and the bends of all times together."""
    parts = [(curve(made), bends(made)) for made in models.values()]
    if not parts:
        return pd.DataFrame(columns=CURVE), pd.DataFrame(columns=BENDS)
    first, second = zip(*parts, strict=True)
    return pd.concat(first, ignore_index=True), pd.concat(second, ignore_index=True)
