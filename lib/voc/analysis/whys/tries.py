"""Everything that may explain an excess at one step, tried on one half of the customers and read off on the other.

Tried are all values of all labels, their combinations, spans of days, and what was said. Which explanation stands is
decided on one half of the customers alone and read off on the other, each half in turn.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

import numpy as np
import pandas as pd

from ..carried import false_discovery
from .contrast import COUNT, SHARE, Contrast, effects
from .rows import Rows, Said

LABEL, TOGETHER, TIME, THEME, TOPIC, WORDING = "label", "combination", "time", "theme", "topic", "wording"
FEWEST = 10  # cases inside a part below which it explains nothing
SHORTEST, LONGEST = 3, 0.7  # days of a span, and part of all days that it may cover
KNOWN = 0.25  # part of the cases of which a label must be known to be tried
COMPARABLE = 0.5  # base rows with a known label per case with one, below which only like problems can be compared
TRIED = ["kind", "names", "values", "said", "column", "begin", "end", "spans", "searched", "family", "cases", "z", "z_0", "z_1",
         "excess", "expected", "here", "rest", "against"]  # fmt: skip


@dataclass(frozen=True)
class Question:
    """What is asked of some rows: the contrast, and the two that stand in for it where it cannot be asked.

    ``main`` sets the cases against their base. ``problem`` are all cases that the
    first why was asked of, ``siblings`` sets those in question against the rest of them, for what only contacts about the
    problem can say. ``timed`` sets them against the other contacts of the same days.
    """

    main: Contrast
    problem: np.ndarray
    siblings: Contrast | None = None
    timed: Contrast | None = None
    rated: Contrast | None = None
    days: tuple[int, int] = (0, 0)
    exact_days: bool = False
    standing: bool = False
    about: str = ""
    taken: frozenset[str] = field(default_factory=frozenset)

    def without(self, rows: np.ndarray) -> Question:
        """Ask the same of all other rows."""
        left = {name: one.within(~rows) if one is not None else None for name, one in self._contrasts().items()}
        return replace(self, **left)

    def _contrasts(self) -> dict[str, Contrast | None]:
        return {"main": self.main, "siblings": self.siblings, "timed": self.timed, "rated": self.rated}

    def compares(self, known: np.ndarray) -> tuple[str, Contrast]:
        """Choose the contrast for what is said, or for a label known of some rows, and name it.

        Only contacts about a problem can say what is said about it: why there is so much is asked among them. Where there
        was hardly anything before, cases are set against the same problem elsewhere as well; of a share, against the
        others of the same place and days: slow letters set against slow chats would show how letters are written.
        """
        by_group = np.bincount(self.main.group[known & (self.main.group >= 0)], minlength=self.main.groups)
        fit = by_group[1] >= COMPARABLE * by_group[0] and by_group[-1] >= COMPARABLE * by_group[0]
        if self.siblings is not None and not fit:
            beside = "timed" if self.main.form == SHARE and self.timed is not None else "siblings"
            return beside, self.contrast(beside)
        return "main", self.main

    def contrast(self, against: str) -> Contrast:
        """Return the contrast that an explanation was judged by."""
        return self._contrasts()[against]


def _family(kind: str) -> str:
    """Name the family of explanations that are judged together."""
    return {TOGETHER: "combinations", WORDING: "wordings"}.get(kind, "single")


class _Tally:
    """Parts counted by half, gathered over everything that is tried, so that they are judged in one go."""

    def __init__(self):
        self.parts: dict[tuple, list] = {}
        self.family: dict[str, int] = {}
        self.looked = 0

    def add(
        self, kind: str, counts: np.ndarray, whole: np.ndarray, contrast: Contrast, against: str, name: Callable[[int], tuple],
        at: np.ndarray, *, exact: bool = False, looked: int | None = None, **columns,
    ) -> None:  # fmt: skip
        """Add parts: ``counts`` (parts, halves, groups) beside ``whole`` (halves, groups) of all known rows.

        ``name`` tells the names and values of the part numbered ``at``; ``looked`` how many were looked at for them.
        """
        self.looked += len(counts) if looked is None else looked
        if not len(counts):
            return
        self.family[_family(kind)] = self.family.get(_family(kind), 0) + len(counts)
        key = (contrast.form, contrast.spread, contrast.sign, against == "rated", exact)
        self.parts.setdefault(key, []).append((kind, counts, whole, contrast, against, name, at, columns))

    def judged(self) -> pd.DataFrame:
        """Judge everything: a frame of ``TRIED`` with one row a part that holds enough cases and carries anything."""
        frames = [self._judged(parts, key[-1]) for key, parts in self.parts.items()]
        return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=TRIED)

    def _judged(self, parts: list, exact: bool) -> pd.DataFrame:
        counts = np.concatenate([part[1] for part in parts]).astype(float)
        block = np.repeat(np.arange(len(parts)), [len(part[1]) for part in parts])
        whole = np.stack([part[2] for part in parts]).astype(float)[block]
        place = np.concatenate([part[6] for part in parts])
        contrast = parts[0][3]
        judged = effects(counts.sum(axis=1), whole.sum(axis=1), contrast, exact_base=exact)
        if parts[0][4] == "rated":  # evidence is the share, size the contacts: those now against those before
            sized = effects(
                counts.sum(axis=1)[:, [0, 2]], whole.sum(axis=1)[:, [0, 2]], Contrast(COUNT, contrast.group)
            )
            judged = replace(sized, z=judged.z)
        halves = [effects(counts[:, half], whole[:, half], contrast, exact_base=exact).z for half in (0, 1)]
        cases = counts[:, :, 0].sum(axis=1)
        with np.errstate(invalid="ignore"):
            kept = np.flatnonzero((cases >= FEWEST) & (judged.excess > 0))
        told = [parts[block[at]][5](int(place[at])) for at in kept]
        own = [parts[block[at]] for at in kept]
        return pd.DataFrame(
            {
                "kind": [part[0] for part in own], "names": [names for names, _ in told], "values": [values for _, values in told],
                **{name: [part[7].get(name, np.nan) for part in own] for name in ("said", "begin", "end", "spans", "searched")},
                "family": [_family(part[0]) for part in own], "column": place[kept], "cases": cases[kept], "z": judged.z[kept],
                "z_0": halves[0][kept], "z_1": halves[1][kept], "excess": judged.excess[kept], "expected": judged.expected[kept],
                "here": judged.here[kept], "rest": judged.rest[kept], "against": [part[4] for part in own],
            },
            columns=TRIED,
        )  # fmt: skip


def tried(rows: Rows, asked: Question, labels: Sequence[str], order: int, said: Iterable[int] = ()) -> pd.DataFrame:
    """Try everything: one row an explanation that holds ``FEWEST`` cases, see ``TRIED``, the strongest first.

    ``labels`` may explain, up to ``order`` of them together; ``said`` are numbers of ``rows.said``. ``z`` is of all rows,
    ``z_found`` of the half that is searched, ``z_confirmed`` of the other; ``p`` and ``q`` see ``_cross``.
    ``attrs["tried"]`` counts all that was looked at, every span of days among them.
    """
    tally = _Tally()
    for size in range(1, order + 1):
        for names in combinations(labels, size):
            _labels(tally, rows, asked, names)
    if TIME not in asked.taken:
        _spans(tally, rows, asked)
    for number in said:
        _said(tally, rows, asked, number)
    found = tally.judged()
    _cross(found, tally.family)
    found = found.sort_values(["q", "p", "z"], ascending=[True, True, False], kind="stable", ignore_index=True)
    found.attrs["tried"] = tally.looked
    return found


def _cross(found: pd.DataFrame, family: Mapping[str, int]) -> None:
    """Search one half and read off on the other, and the other way round; each way at half the level.

    Adds ``p`` (chance in the half that was searched, the price of all spans paid), ``q`` (false discovery rate over everything
    tried of its kind, times the kinds and the two ways), ``z_found`` and ``z_confirmed``. Single labels, combinations and
    wordings are families of their own: hundreds of combinations must not drown ten labels.
    """
    one, other = (found[f"z_{half}"].to_numpy(float) for half in (0, 1))
    price = found["spans"].fillna(1.0).to_numpy(float)
    ways = []
    for half, z in ((0, one), (1, other)):
        open_ = np.isfinite(z) & (found["searched"].isna() | (found["searched"] == half)).to_numpy()
        p = np.where(open_, np.minimum(_chance(z) * price, 1.0), 1.0)
        ways.append((p, _over_families(p, found["family"].to_numpy(object), family)))
    second = (ways[1][1] < ways[0][1]) | ((ways[1][1] == ways[0][1]) & (ways[1][0] < ways[0][0]))
    found["p"] = np.where(second, ways[1][0], ways[0][0])
    found["q"] = np.minimum(2 * np.where(second, ways[1][1], ways[0][1]), 1.0)
    found["z_found"], found["z_confirmed"] = np.where(second, other, one), np.where(second, one, other)


def _over_families(p: np.ndarray, of: np.ndarray, family: Mapping[str, int]) -> np.ndarray:
    """Return false discovery rates within each family, times the number of families; what was not kept had a chance of 1."""
    q = np.ones(len(p))
    for name, size in family.items():
        own = np.flatnonzero(of == name)
        padded = pd.Series(np.concatenate([p[own], np.ones(max(size - len(own), 0))]))
        q[own] = false_discovery(padded).to_numpy()[: len(own)] * len(family)
    return np.minimum(q, 1.0)


def _chance(z: np.ndarray) -> np.ndarray:
    from scipy.special import ndtr

    return ndtr(-z)


def _cells(code: np.ndarray, cells: int, rows: Rows, contrast: Contrast, known: np.ndarray) -> np.ndarray:
    """Count (cells, halves, groups) in one pass."""
    groups = contrast.groups
    place = (code[known] * 2 + rows.half[known]) * groups + contrast.group[known]
    return np.bincount(place, minlength=cells * 2 * groups).reshape(cells, 2, groups)


def _labels(tally: _Tally, rows: Rows, asked: Question, names: tuple[str, ...]) -> None:
    """Try every value of a label, or every combination of values of several."""
    code, sizes = rows.codes[names[0]].astype(np.int64), [len(rows.values[name]) for name in names]
    unknown = code < 0
    for name, size in zip(names[1:], sizes[1:], strict=True):
        code = code * size + rows.codes[name]
        unknown = unknown | (rows.codes[name] < 0)
    kind = LABEL if len(names) == 1 else TOGETHER

    def name(at: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        return names, tuple(
            str(rows.values[one][code]) for one, code in zip(names, np.unravel_index(at, sizes), strict=True)
        )

    against, contrast = ("rated", asked.rated) if asked.rated is not None else asked.compares(~unknown)
    known = (contrast.group >= 0) & ~unknown
    if (contrast.group[known] == 0).sum() < max(FEWEST, KNOWN * contrast.cases.sum()):
        return
    counts = _cells(code, int(np.prod(sizes)), rows, contrast, known)
    by_group, whole = counts.sum(axis=1), counts.sum(axis=0)
    enough = by_group[:, 0] >= FEWEST
    if against == "rated":
        # a value that is new, such as a version released in the month, has no share before: is its share now that of others?
        new = by_group[:, 2:].sum(axis=1) < COMPARABLE * by_group[:, :2].sum(axis=1)
        kept = np.flatnonzero(enough & new)
        tally.add(kind, counts[kept][:, :, :2], whole[:, :2], asked.timed, "timed", name, kept)
        enough &= ~new
    kept = np.flatnonzero(enough)
    tally.add(kind, counts[kept], whole, contrast, against, name, kept)


def _spans(tally: _Tally, rows: Rows, asked: Question) -> None:
    """Try every span of days; the strongest on each half stands for all, at the price of all."""
    contrast = asked.timed
    if contrast is None:
        return
    first, end = asked.days
    length = end - first
    inside = (contrast.group >= 0) & (rows.day >= first) & (rows.day < end)
    if contrast.cases[inside].sum() < FEWEST or length < 2 * SHORTEST:
        return
    counts = _cells((rows.day - first).astype(np.int64), length, rows, contrast, inside).astype(float)
    if asked.exact_days:
        counts[:, :, 1] = 1.0
    sums = np.concatenate([np.zeros((1, 2, contrast.groups)), np.cumsum(counts, axis=0)])
    i, j = np.triu_indices(length + 1, k=SHORTEST)
    # days without a case at either end of a wave only widen it: a span begins and ends with a case
    daily = counts[:, :, 0].sum(axis=1)
    kept = (j - i <= max(SHORTEST, int(LONGEST * length))) & (daily[i] > 0) & (daily[j - 1] > 0)
    i, j = i[kept], j[kept]
    if not len(i):
        return
    parts, whole = sums[j] - sums[i], sums[-1]
    tally.looked += len(i)
    for half in (0, 1):
        z = effects(parts[:, half], whole[half], contrast, exact_base=asked.exact_days).z
        if not np.isfinite(z).any():
            continue
        best = int(np.nanargmax(z))
        tally.add(
            TIME, parts[[best]], whole, contrast, "timed", lambda _: ((TIME,), ("",)), np.array([best]), exact=asked.exact_days,
            looked=0, begin=first + int(i[best]), end=first + int(j[best]), spans=float(len(i)), searched=half,
        )  # fmt: skip


def _said(tally: _Tally, rows: Rows, asked: Question, number: int) -> None:
    """Try everything said of one kind."""
    said = rows.said[number]

    def name(at: int) -> tuple[tuple[str, ...], tuple[str, ...]]:
        return (said.kind,), (said.labels[at],)

    if said.kind == THEME and asked.standing:
        for at in np.flatnonzero(said.of(asked.about)):
            contrast = since(asked, said, at)
            counts = _cells(said.where[at].astype(np.int64), 2, rows, contrast, contrast.group >= 0)
            tally.add(THEME, counts[[1]], counts.sum(axis=0), contrast, "main", name, np.array([at]), said=number)
        return
    against, contrast = ("siblings", asked.siblings) if asked.standing else asked.compares(said.words)
    if contrast is None:
        return
    inside = np.flatnonzero((contrast.group >= 0) & said.words)
    if not len(inside) or not said.says.shape[1]:
        return
    place = rows.half[inside].astype(np.int64) * contrast.groups + contrast.group[inside]
    counts = said.counts(inside, place, 2 * contrast.groups).reshape(-1, 2, contrast.groups)
    whole = np.bincount(place, minlength=2 * contrast.groups).reshape(2, contrast.groups)
    enough = np.flatnonzero((counts[:, :, 0].sum(axis=1) >= FEWEST) & said.of(asked.about))
    if len(enough):
        tally.add(said.kind, counts[enough], whole, contrast, against, name, enough, said=number)


def since(asked: Question, said: Said, at: int) -> Contrast:
    """Set the contacts of a problem that say a theme against those that do not: where and since it counts, what does it add?

    How often it is said elsewhere and before is what would be said anyhow.
    """
    cases = asked.main.cases & said.words
    group = np.where(cases & said.mask(at), 0, np.where(cases, 1, -1)).astype(np.int8)
    return Contrast(COUNT, group, asked.main.spread)
