"""CSAT under three kinds of assumption: as answered, weighted, and whatever the unheard think."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd

from ..intervals import Z, wilson
from .signs import kind_of, known_signs
from .weighting import pooled, weigh

LESS = (10, 20)  # points by which the unheard are supposed to be less happy than those like them
WHATIF = ["whole", "scenario", "n", "effective", "value", "lo", "hi", "weighted_by"]
TIPPING = ["whole", "goal", "unheard", "points", "lo", "hi"]


def what_if(
    cells: pd.DataFrame, goal: float | None = None, *, recorded: bool = True
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return CSAT per whole and scenario, and what would tip it over the goal.

    ``cells`` come from ``signs.cells_of``; ``recorded``: whether it is known who was asked. Wholes: ``asked`` and
    ``all`` contacts. Scenarios: ``answered``; ``kind``: the others like those who answered in the same kind of
    contact; ``signs``: and in the same issue with the same signs of trouble; ``less 10``, ``less 20``: that many
    points less happy than these; ``worst``, ``best``: whatever they think. First frame: whole, scenario, n (answers),
    effective (equal answers that they are worth), value, lo, hi (%), weighted_by. Second: whole, goal, unheard (%),
    points, lo, hi: by how many points the unheard must be less happy than those like them for CSAT to stand at the
    goal; below zero, happier.
    """
    rows, tips = [], []
    for whole, column in (("asked", "asked"), ("all", "contacts"))[0 if recorded else 1 :]:
        size, answers, happy = (float(cells[name].sum()) for name in (column, "answered", "happy"))
        if not size:
            continue
        heard = answers / size
        if answers:
            rows.append((whole, "answered", answers, answers, *_share(happy / answers, answers), ""))
            by_kind, by_signs = _weighted(cells, column)
            rows += [(whole, "kind", answers, *by_kind), (whole, "signs", answers, *by_signs)]
            effective, value, lo, hi, _ = by_signs
            for less in LESS if heard < 1 else ():
                lower = [max(x - less * (1 - heard), happy / size * 100) for x in (value, lo, hi)]
                rows.append((whole, f"less {less}", answers, effective, *lower, ""))
            if goal is not None and heard < 1:
                points = [(x - goal) / (1 - heard) for x in (value, lo, hi)]
                tips.append((whole, float(goal), (1 - heard) * 100, *points))
        for scenario, hits in (("worst", happy), ("best", happy + size - answers)):
            rows.append((whole, scenario, answers, size, *_share(hits / size, size), ""))
    frame = pd.DataFrame(rows, columns=WHATIF)
    return frame.astype({"n": "int64"}), pd.DataFrame(tips, columns=TIPPING)


def _share(share: float, n: float) -> tuple[float, float, float]:
    """Return a share and its interval from n equal answers, per cent."""
    lo, hi = wilson(np.array(share * n), np.array(n))
    return share * 100, float(lo) * 100, float(hi) * 100


def _weighted(cells: pd.DataFrame, column: str) -> list[tuple]:
    """Weigh the answers by kind of contact, then by issue and signs of trouble too: effective, value, lo, hi, weighted_by."""
    margins = {"kind": kind_of(cells)}
    fine = dict(margins)
    if "issue" in cells.columns:
        fine["issue"] = pooled(cells, cells["issue"])
    for sign in known_signs(cells):
        fine[sign] = pooled(cells, cells[sign].map({1.0: "yes", 0.0: "no"}).fillna("unknown"))
    found = []
    for chosen in (margins, fine):
        weighted = weigh(cells, chosen, column)
        share = float(weighted.weights @ cells["happy"]) / float(weighted.weights @ cells["answered"])
        found.append((weighted.effective, *_share(share, weighted.effective), ", ".join(weighted.margins)))
    return found


def interviews(points: float, among: int, share: float = 0.5) -> int:
    """Return how many of ``among`` people to ask, drawn at random, to know a share within ± ``points``, 19 times in 20.

    Cochran, Sampling Techniques, 1977, 4.4, with the correction for a finite population; ``share`` one half is the
    worst case.

    >>> interviews(5, 10**9), interviews(5, 1402)
    (385, 302)
    """
    infinite = (Z / points) ** 2 * share * (1 - share) * 1e4
    return min(among, math.ceil(round(infinite / (1 + (infinite - 1) / among), 6))) if among > 0 else 0


def precision(asked: int, among: int, share: float = 0.5) -> float:
    """Return the ± points within which ``asked`` answers of ``among`` people tell a share, 19 times in 20.

    >>> round(precision(140, 1402), 1)
    7.9
    """
    rest = (among - asked) / max(among - 1, 1)
    return Z * 100 * math.sqrt(share * (1 - share) / asked * rest) if asked > 0 else math.inf
