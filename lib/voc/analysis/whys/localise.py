"""Which set of dimension values carries the change of a figure: named as coarsely as possible, as finely as needed.

A figure (a count, a rate, a mean) is worse than its base. Every value of every dimension has a *rise*: its excess over
what its own base leads to expect, per unit of weight. A value is named when it rose beyond chance and the others were
*spared*: neither all of them together, nor any single one that moved beyond chance, rose a quarter as much. Inside the
named value the same is asked again. Where several values of a dimension rose alike, the dimension does not tell them
apart, and their parent is the answer (Occam); only at the top, where the parent would be «everything», are they named
side by side. Ideas: the ripple effect (Sun et al., HotSpot, IEEE Access 6, 2018; Li et al., Squeeze, ISSRE 2019), that a
cause spreads over all that lies below it; leave-out impact (Zhang et al., RobustSpot, 2021). The rule is our own.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from .leaves import COLUMNS, Leaves
from .segments import Segment, account
from .tails import at_least, at_most

MOST_ROOTS = 3  # causes named side by side; more of them are «everything»
FURTHER = 0.5  # a cause outside those named already carries at least half as much as the largest
SPARED, CHANCE, DEPTH = 0.25, 0.05, 3


@dataclass(frozen=True)
class Rule:
    """What counts as spared, as chance, and how deep to look.

    ``spared``: rise of the others ÷ rise of the named value, at most. A quarter: below it four fifths or more of the
    excess lie in the named value whenever the two are of equal size. ``chance``: how often a test may err; the named
    value is judged with it over all values looked at beside it (Bonferroni), a sibling by itself, because one that is
    wrongly counted as affected only leaves the answer coarser. ``depth``: conditions of an answer, at most; nobody acts
    on four. ``spread``: variance of one unit's value where the figure is a mean; None for events, which are Poisson.
    """

    spared: float = SPARED
    chance: float = CHANCE
    depth: int = DEPTH
    spread: float | None = None


@dataclass(frozen=True)
class Choice:
    """One step of the search: the values of a dimension that stand out among their siblings."""

    dimension: str
    values: tuple[str, ...]
    contribution: float
    rest: float


@dataclass
class Part:
    """A part of the cube under study: figures of all leaves, which of them are inside, and its conditions."""

    figures: np.ndarray
    codes: dict[str, tuple[np.ndarray, Sequence[str]]]
    inside: np.ndarray
    where: dict[str, str] = field(default_factory=dict)
    rest: float = 1.0

    def values(self, dimension: str) -> tuple[np.ndarray, Sequence[str]]:
        """Return the figures of each value of a dimension inside this part, and the values."""
        code, names = self.codes[dimension]
        code = code[self.inside]
        columns = self.figures[self.inside].T
        return np.stack([np.bincount(code, column, len(names)) for column in columns], axis=1), names

    def narrowed(self, dimension: str, value: str, rest: float) -> Part:
        """Return the part inside which a dimension has that value."""
        code, names = self.codes[dimension]
        inside = self.inside & (code == list(names).index(value))
        return Part(self.figures, self.codes, inside, {**self.where, dimension: value}, rest)


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
    if not len(frame) or not figures[:, [0, 2]].any():
        return []
    sign = worse or _direction(figures, leaves.counted)
    codes = {name: pd.factorize(frame[name], sort=True) for name in leaves.dimensions}
    search = _Search(rule, sign, leaves.wobble, _overall(figures))
    parts = search.causes(Part(figures, codes, np.ones(len(frame), dtype=bool)))
    return account(figures, [(part.where, part.inside, part.rest) for part in parts], counted=leaves.counted, sign=sign)


def _overall(figures: np.ndarray) -> float:
    """Return the figure of the whole base; of an empty one that of now."""
    before, weight, now, weight_now = figures.sum(axis=0)
    return before / weight if weight and before else now / max(weight_now, 1.0)


def _direction(figures: np.ndarray, counted: bool) -> int:
    before, weight, now, weight_now = figures.sum(axis=0)
    change = now - weight_now if counted else now / max(weight_now, 1e-12) - before / max(weight, 1e-12)
    return -1 if change < 0 else 1


@dataclass(frozen=True)
class _Search:
    rule: Rule
    sign: int
    wobble: float
    overall: float

    def causes(self, whole: Part) -> list[Part]:
        """Return the parts named, and then what is named of all that lies outside them, while it is no detail."""
        found: list[Part] = []
        while part_of := [part for part in self.parts(whole) if part.where]:
            largest = max(map(self.excess, found), default=0.0)
            further = [part for part in part_of if self.excess(part) >= FURTHER * largest]
            if not further or len(found) + len(further) > MOST_ROOTS:
                break
            found += further
            whole = Part(whole.figures, whole.codes, whole.inside & ~np.any([part.inside for part in further], axis=0))
        return found

    def excess(self, part: Part) -> float:
        """Return by how much a part is worse than its own base leads to expect."""
        figures = part.figures[part.inside].sum(axis=0, keepdims=True)
        return float(self.sign * (figures[0, 2] - self.expected(figures)[0][0]))

    def parts(self, part: Part) -> list[Part]:
        """Divide a part as long as a dimension tells what rose from what was spared."""
        choice = self.choose(part) if len(part.where) < self.rule.depth else None
        if choice is None:
            return [part]
        inner = (part.narrowed(choice.dimension, value, choice.rest) for value in choice.values)
        return [found for narrower in inner for found in self.parts(narrower)]

    def choose(self, part: Part) -> Choice | None:
        """Return the dimension that tells best what rose: few values, then the largest contribution."""
        seen = {name: part.values(name) for name in part.codes if name not in part.where}
        looked_at = sum(int((figures[:, 3] > 0).sum()) for figures, _ in seen.values())
        found = [self.judge(name, *seen[name], looked_at, top=not part.where) for name in seen]
        return min(filter(None, found), key=lambda one: (len(one.values), -one.contribution), default=None)

    def judge(
        self, dimension: str, figures: np.ndarray, names: Sequence[str], looked_at: int, *, top: bool
    ) -> Choice | None:
        """Return which values of one dimension rose while the others were spared, or None."""
        expected, variance = self.expected(figures)
        weight, excess = figures[:, 3] + 1.0, self.sign * (figures[:, 2] - expected)
        contribution = excess - weight * excess.sum() / weight.sum()
        first = int(np.argmax(contribution))
        chance = self.worse_tail(figures[:, 2], expected, variance)
        if excess[first] <= 0 or contribution[first] <= 0 or chance[first] > self.rule.chance / max(looked_at, 1):
            return None
        affected = (excess / weight >= self.rule.spared * excess[first] / weight[first]) & (chance <= self.rule.chance)
        if top:  # a root of its own, not a detail beside one
            affected &= excess >= self.rule.spared * excess[first]
        affected[first] = True
        if affected.sum() > (MOST_ROOTS if top else 1):
            return None
        rise = excess[affected].sum() / weight[affected].sum()
        rest = self.rest(figures[~affected].sum(axis=0), excess[~affected].sum(), rise)
        if rest is None:
            return None
        values = sorted((names[at] for at in np.flatnonzero(affected)), key=str)
        return Choice(dimension, tuple(values), float(contribution[affected].sum()), rest)

    def rest(self, figures: np.ndarray, excess: float, rise: float) -> float | None:
        """Return the others' rise over the named one's; None where they were not spared, or chance hides that they were."""
        weight = figures[3]
        if weight <= 0:
            return None
        share = max(excess / weight, 0.0) / rise
        expected, variance = self.expected(figures[None])
        moved = np.maximum(expected + self.sign * rise * weight, 0.0)
        chance = self.better_tail(figures[2:3], moved, variance + np.abs(moved - expected))
        return float(share) if share <= self.rule.spared and chance[0] <= self.rule.chance else None

    def expected(self, figures: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        """Return what each base leads to expect now, and its variance.

        One event's worth of the overall figure is added to each base: a value hardly seen before is expected to behave
        like the whole. The variance is that of the events now and of those in the base, and wobble.
        """
        before, weight_before, _, weight = figures.T
        one = 1.0 if self.rule.spread is not None else 1.0 / max(self.overall, 1e-9)
        base = (before + one * self.overall) / (weight_before + one)
        expected = weight * base
        single = self.rule.spread * weight if self.rule.spread is not None else np.maximum(expected, 0.5)
        return expected, single * (1 + weight / (weight_before + one)) + (self.wobble * expected) ** 2

    def worse_tail(self, seen: np.ndarray, expected: np.ndarray, variance: np.ndarray) -> np.ndarray:
        """Return how often chance alone makes a figure as bad as that."""
        tail = at_least if self.sign > 0 else at_most
        return tail(seen, expected, variance, events=self.rule.spread is None)

    def better_tail(self, seen: np.ndarray, expected: np.ndarray, variance: np.ndarray) -> np.ndarray:
        """Return how often chance alone makes a figure as good as that."""
        tail = at_most if self.sign > 0 else at_least
        return tail(seen, expected, variance, events=self.rule.spread is None)
