"""Which set of dimension values carries the change of a figure: named as coarsely as possible, as finely as needed.

A figure (a count, a rate, a mean) is worse than its base. Every segment has a *rise*: its excess over what its own base
leads to expect, per unit of weight. The search starts at the segment of up to three conditions that chance explains
least. A condition stays only where its siblings were *spared*: neither all of them together, nor any single one that
moved beyond chance, rose a quarter as much; otherwise the dimension does not tell them apart, and the parent is the
answer (Occam). Then the same is asked inside: a value that rose while its siblings were spared is named. At the top,
where the parent would be «everything», up to three values that rose alike are named side by side; and what lies outside
the named segments is searched again for a further cause. Ideas: the ripple effect (Sun et al., HotSpot, IEEE Access 6,
2018; Li et al., Squeeze, ISSRE 2019), that a cause spreads over all that lies below it; scan statistics (Kulldorff,
Commun. Stat. 26, 1997); leave-out impact (Zhang et al., RobustSpot, 2021). The rule is our own.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from .expect import Expectation
from .leaves import COLUMNS, Leaves
from .search import Part, Rule, Search
from .segments import Segment, account


def localise(leaves: Leaves, *, worse: int | None = None, rule: Rule | None = None) -> list[Segment]:
    """Return the disjoint segments that carry the change, the one with the largest share first.

    ``worse`` is 1 where a higher figure is worse and −1 where a lower one is; without it the direction is that of the
    change. No segment means that the change is chance, or that everything took part in it. A later cause is sought, and
    counted, outside the earlier ones. The same leaves give the same answer, whatever their order.

    >>> from .leaves import compared
    >>> before = pd.DataFrame({"shop": ["A", "B"], "bad": [20, 20], "answers": [200, 200]})
    >>> now = pd.DataFrame({"shop": ["A", "B"], "bad": [100, 21], "answers": [200, 200]})
    >>> [segment.where for segment in localise(compared(before, now, ["shop"], "bad", "answers"))]
    [{'shop': 'A'}]
    """
    rule, frame = rule or Rule(), leaves.frame
    figures = frame[COLUMNS].to_numpy(float)
    if not figures[:, [0, 2]].any():
        return []
    model = Expectation.of(leaves, figures, worse, rule.spread)
    coded = {name: pd.factorize(frame[name], sort=True) for name in leaves.dimensions}
    codes = {name: (code, list(values)) for name, (code, values) in coded.items()}
    parts = Search(rule, model).causes(Part(figures, codes, np.ones(len(frame), dtype=bool)))
    return account(
        figures, [(part.where, part.inside, part.rest) for part in parts], counted=leaves.counted, sign=model.sign
    )
