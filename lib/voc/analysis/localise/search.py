"""The search for what rose while its siblings were spared: seed, widen, narrow, and once more outside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import combinations

import numpy as np

from .expect import WEIGHT_NOW, Expectation

DENSE = 8  # cells of a table of combinations for each leaf, up to which it is laid out in full


@dataclass(frozen=True)
class Rule:
    """What counts as spared, as chance, and how deep to look.

    ``spared``: rise of the others ÷ rise of the named value, at most. A quarter: below it four fifths or more of the
    excess lie in the named value whenever the two are of equal size. ``chance``: how often a test may err, divided by the
    number of tests beside it (Bonferroni): over all segments looked at for what stands out, over siblings for what took
    part. ``depth``: conditions of an answer, at most; nobody acts on four. ``further``: excess of a cause outside those
    named already ÷ that of the largest, at least; less is a detail. ``roots``: causes named side by side, at most; more
    of them are «everything». ``spread``: variance of one unit's value where the figure is a mean; None for events.
    """

    spared: float = 0.25
    chance: float = 0.05
    depth: int = 3
    further: float = 0.5
    roots: int = 3
    spread: float | None = None


@dataclass
class Part:
    """A part of the cube: figures of all leaves, codes and names of the values, which leaves are inside, conditions."""

    figures: np.ndarray
    codes: dict[str, tuple[np.ndarray, list[str]]]
    inside: np.ndarray
    where: dict[str, str] = field(default_factory=dict)
    rest: float = 0.0

    def values(self, name: str) -> np.ndarray:
        """Return the figures of each value of a dimension, in the order of the values."""
        return self.sums(self.codes[name][0][self.inside], len(self.codes[name][1]))

    def crossed(self, dimensions: tuple[str, ...]) -> tuple[np.ndarray, np.ndarray]:
        """Return the figures of the combinations of values of some dimensions, and their places in the full table."""
        place = np.ravel_multi_index([self.codes[name][0][self.inside] for name in dimensions], self.shape(dimensions))
        size = int(np.prod(self.shape(dimensions), dtype=object))
        if size <= DENSE * len(place):
            return self.sums(place, size), np.arange(size)
        places, place = np.unique(place, return_inverse=True)
        return self.sums(place, len(places)), places

    def sums(self, place: np.ndarray, size: int) -> np.ndarray:
        """Add the figures of the leaves inside up by place."""
        return np.stack([np.bincount(place, column, size) for column in self.figures[self.inside].T], axis=1)

    def shape(self, dimensions: tuple[str, ...]) -> list[int]:
        """Return how many values each dimension has."""
        return [len(self.codes[name][1]) for name in dimensions]

    def named(self, dimensions: tuple[str, ...], place: int) -> dict[str, str]:
        """Return the values that meet at a place of the full table."""
        at = np.unravel_index(place, self.shape(dimensions))
        return {name: self.codes[name][1][value] for name, value in zip(dimensions, at, strict=True)}

    def narrowed(self, where: dict[str, str], rest: float = 0.0) -> Part:
        """Return the part inside which further dimensions have these values."""
        inside = self.inside.copy()
        for name, value in where.items():
            inside &= self.codes[name][0] == self.codes[name][1].index(value)
        return Part(self.figures, self.codes, inside, {**self.where, **where}, rest)

    def without(self, parts: Iterable[Part]) -> Part:
        """Return what lies outside other parts."""
        return Part(self.figures, self.codes, self.inside & ~np.any([part.inside for part in parts], axis=0))


@dataclass(frozen=True)
class Verdict:
    """What one dimension says of one of its values: which values took part in its rise, and how the others fared.

    ``rest`` is the others' rise over the named ones'; None where they were not spared or chance hides that they were.
    ``siblings`` is the rise of all values but the one asked about, over its own; −1 where there are none.
    """

    affected: np.ndarray
    rest: float | None
    siblings: float


@dataclass(frozen=True)
class Search:
    """The search under one rule and one chance model."""

    rule: Rule
    model: Expectation

    def causes(self, whole: Part) -> list[Part]:
        """Return the parts named, and then what is named of all that lies outside them, while it is no detail."""
        found: list[Part] = []
        while named := self.parts(whole):
            least = self.rule.further * max(map(self.excess, found), default=0.0)
            further = [part for part in named if self.excess(part) >= least]
            if not further or len(found) + len(further) > self.rule.roots:
                break
            found += further
            whole = whole.without(further)
        return found

    def excess(self, part: Part) -> float:
        """Return by how much a part is worse than its own base leads to expect."""
        return float(self.model.excess(part.figures[part.inside].sum(axis=0, keepdims=True))[0])

    def parts(self, whole: Part) -> list[Part]:
        """Start where the excess is most surprising, widen to what was affected, narrow to what was not spared."""
        start = self.widened(whole, self.seed(whole))
        return [part for part in self.narrowed(start) if part.where]

    def seed(self, whole: Part) -> dict[str, str]:
        """Return the segment of up to ``depth`` conditions that chance explains least; none where it explains all."""
        best, where, chance, looked_at = 0.0, {}, 1.0, 0
        for dimensions in _sets(list(whole.codes), self.rule.depth):
            figures, places = whole.crossed(dimensions)
            if not len(figures):
                continue
            surprise = self.model.surprise(figures)
            looked_at += int((figures[:, WEIGHT_NOW] > 0).sum())
            at = int(np.argmax(surprise))
            if surprise[at] > best * (1 + 1e-9):
                best, where = float(surprise[at]), whole.named(dimensions, int(places[at]))
                chance = float(self.model.chance(figures[at : at + 1])[0])
        return where if chance <= self.rule.chance / max(looked_at, 1) else {}

    def widened(self, whole: Part, where: dict[str, str]) -> Part:
        """Drop conditions whose siblings took part in the rise, the one with the most affected siblings first."""
        while where:
            verdicts = {name: self.asked(whole, where, name) for name in where}
            failed = {
                name: one.siblings for name, one in verdicts.items() if one.rest is None or one.affected.sum() > 1
            }
            if not failed:
                return whole.narrowed(where, max(one.rest or 0.0 for one in verdicts.values()))
            dropped = max(failed, key=lambda name: (failed[name], name))
            where = {name: value for name, value in where.items() if name != dropped}
        return whole

    def asked(self, whole: Part, where: dict[str, str], name: str) -> Verdict:
        """Return what a dimension says of its condition, all other conditions kept."""
        others = {other: value for other, value in where.items() if other != name}
        figures = whole.narrowed(others).values(name)
        return self.judged(figures, whole.codes[name][1].index(where[name]), top=not others)

    def narrowed(self, part: Part) -> list[Part]:
        """Divide a part as long as a dimension tells what rose from what was spared."""
        choice = self.choice(part) if len(part.where) < self.rule.depth else None
        if choice is None:
            return [part]
        name, values, rest = choice
        inner = (part.narrowed({name: value}, max(rest, part.rest)) for value in values)
        return [found for narrower in inner for found in self.narrowed(narrower)]

    def choice(self, part: Part) -> tuple[str, list[str], float] | None:
        """Return the dimension that tells best what rose, its values, and how the others fared.

        Best is: few values, then the largest contribution (excess beyond the part's own rise).
        """
        seen = {name: part.values(name) for name in part.codes if name not in part.where}
        looked_at = max(sum(int((figures[:, WEIGHT_NOW] > 0).sum()) for figures in seen.values()), 1)
        found, top = [], not part.where
        for name, figures in seen.items():
            excess, weight = self.model.excess(figures), figures[:, WEIGHT_NOW] + 1.0
            contribution = excess - weight * excess.sum() / weight.sum()
            first = int(np.argmax(contribution))
            if (
                min(excess[first], contribution[first]) <= 0
                or self.chance_of(figures, first) > self.rule.chance / looked_at
            ):
                continue
            verdict = self.judged(figures, first, top=top)
            if verdict.rest is not None and verdict.affected.sum() <= (self.rule.roots if top else 1):
                values = [part.codes[name][1][at] for at in np.flatnonzero(verdict.affected)]
                found.append((len(values), -float(contribution[verdict.affected].sum()), name, values, verdict.rest))
        return min(found)[2:] if found else None

    def chance_of(self, figures: np.ndarray, at: int) -> float:
        """Return how often chance alone makes one row as bad as it is."""
        return float(self.model.chance(figures[at : at + 1])[0])

    def judged(self, figures: np.ndarray, first: int, *, top: bool) -> Verdict:
        """Return which values of one dimension took part in the rise of one of them, and how the others fared."""
        excess, weight = self.model.excess(figures), figures[:, WEIGHT_NOW] + 1.0
        rise, siblings = excess[first] / weight[first], max(int((figures[:, WEIGHT_NOW] > 0).sum()) - 1, 1)
        if rise <= 0:
            return Verdict(np.arange(len(figures)) == first, None, np.inf)
        affected = excess / weight >= self.rule.spared * rise
        affected &= self.model.chance(figures) <= self.rule.chance / siblings
        if top:  # a cause of its own, not a detail beside one
            affected &= excess >= self.rule.spared * excess[first]
        affected[first] = True
        risen = excess[affected].sum() / weight[affected].sum()
        rest = self.spared(figures[~affected].sum(axis=0, keepdims=True), excess[~affected].sum(), risen)
        others = np.arange(len(figures)) != first
        beside = excess[others].sum() / weight[others].sum() / rise if figures[others, WEIGHT_NOW].any() else -1.0
        return Verdict(affected, rest, float(beside))

    def spared(self, figures: np.ndarray, excess: float, rise: float) -> float | None:
        """Return the others' rise over that of the named; None where not spared, or chance hides that they were."""
        weight = figures[0, WEIGHT_NOW]
        if weight <= 0:
            return None
        share = max(excess / weight, 0.0) / rise
        unlike = self.model.chance_if_risen(figures, rise)[0] <= self.rule.chance
        return float(share) if share <= self.rule.spared and unlike else None


def _sets(names: list[str], depth: int) -> Iterator[tuple[str, ...]]:
    return (chosen for size in range(1, depth + 1) for chosen in combinations(names, size))
