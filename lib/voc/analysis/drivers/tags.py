"""Labels as factors: how far the usual high and the usual low value of a label lie apart in CSAT, all other labels alike.

Nobody can move a customer's region; such a difference says whom a problem concerns. Many values differ by chance alone, so
the spread between values is estimated with its chance taken out (τ² by Paule & Mandel, as between agents), and told as the
distance between the quartiles of the values: 2 × 0.6745 τ.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from scipy.stats import chi2

from ..intervals import Z
from ..people.between import between
from .contacts import CONTEXT
from .design import FREE, Design, Group
from .held import FEWEST_OF_LABEL, pooled
from .model import happy_chance
from .ordinal import Fit, fit
from .rows import Answers

QUARTILES, ALL = 2 * 0.6744897501960817, 100.0  # quartiles of a normal spread in its deviations; points that there are
COLUMNS = ["factor", "n", "values", "effect", "lo", "hi", "p"]
WORDS = {"part_of_day": "Hour of the day", "weekday": "Day of the week", "language": "Language", "month": "Month"}


def tags(answers: Answers, labels: Sequence[str] = ()) -> pd.DataFrame:
    """Return for each label the distance between its usual high and low value in points of CSAT, with 95 % interval and p.

    All labels are in one model, the contact's kind among them; values with few answers are one value together.
    """
    names = [name for name in dict.fromkeys([answers.matter, *CONTEXT, *labels]) if name in answers.labels]
    groups = [Group(name, *pooled(answers.labels[name][0]), FREE) for name in names]
    groups = [one for one in groups if one.size > 1]
    if not groups:
        return pd.DataFrame(columns=COLUMNS)
    made = fit(Design(answers.y, np.empty((len(answers), 0)), groups, answers.customer))
    if not made.converged:
        return pd.DataFrame(columns=COLUMNS)
    p = happy_chance(answers, np.arange(len(answers)), made)
    slope = p * (1 - p)
    starts = np.cumsum([0, *(one.size for one in groups)])
    rows = [_row(one, made, start, slope) for one, start in zip(groups, starts, strict=False)]
    told = pd.DataFrame(rows, columns=COLUMNS)
    return told[told["values"] > 1].reset_index(drop=True)


def _row(group: Group, made: Fit, start: int, slope: np.ndarray) -> tuple:
    at = slice(made.cuts + start, made.cuts + start + group.size)
    n = np.bincount(group.codes[group.codes >= 0], minlength=group.size)
    enough = n >= FEWEST_OF_LABEL
    effect, cov = made.params[at][enough], made.cov[at, at][np.ix_(enough, enough)]
    k, known = int(enough.sum()), int(n.sum())
    points = 100 * float(slope[group.codes >= 0].mean())
    if k < 2:
        return group.name, known, k, np.nan, np.nan, np.nan, np.nan
    contrast = np.eye(k) - np.full((k, k), 1 / k)
    apart, spread = contrast @ effect, contrast @ cov @ contrast.T
    p = float(chi2.sf(apart @ np.linalg.pinv(spread, rcond=1e-9) @ apart, k - 1))
    if k == 2:
        size, se = abs(effect[0] - effect[1]), float(np.sqrt(cov[0, 0] + cov[1, 1] - 2 * cov[0, 1]))
        sizes = (size, max(size - Z * se, 0), size + Z * se)
    else:
        sizes = (QUARTILES * np.sqrt(tau2) for tau2 in between(apart, np.sqrt(np.diag(spread)), 1.0))
    return group.name, known, k, *(min(points * float(one), ALL) for one in sizes), p


def label_of(name: str) -> str:
    """Return a label's name in words.

    >>> label_of("payment_method"), label_of("part_of_day")
    ('Payment method', 'Hour of the day')
    """
    return WORDS.get(name) or name.replace("_", " ").capitalize()
