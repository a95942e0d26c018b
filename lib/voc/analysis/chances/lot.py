"""How many it takes to see by lot whether a step helps: one half gets it, the other does not."""

from __future__ import annotations

import numpy as np

THIRD, POWER = 1 / 3, 0.8


def by_lot(share: float, less: float = THIRD) -> float:
    """Return how many each half needs to show, with a chance of 80 %, that a share falls by ``less`` of itself.

    Cohen's effect size of two shares (Statistical Power Analysis, 1988, ch. 6), two-sided at 5 %.

    >>> by_lot(0.1)
    1069.0
    """
    from statsmodels.stats.power import NormalIndPower
    from statsmodels.stats.proportion import proportion_effectsize

    effect = proportion_effectsize(share, share * (1 - less))
    return float(np.ceil(NormalIndPower().solve_power(effect_size=effect, alpha=0.05, power=POWER)))
