"""Everything that may explain an excess at one step, tried on one half of the customers and read off on the other.

Tried are all values of all labels, their combinations, spans of days, and what was said. Which explanation stands is
decided on the first half of the customers alone; the second half is not looked at until then.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from itertools import combinations

import numpy as np
import pandas as pd

from ..carried import false_discovery
from .contrast import COUNT, Contrast, effects
from .rows import Rows, Said

LABEL, TOGETHER, TIME, THEME, TOPIC, WORDING = "label", "combination", "time", "theme", "topic", "wording"
FEWEST = 10  # cases inside a part below which it explains nothing
SHORTEST, LONGEST = 3, 0.7  # days of a span, and part of all days that it may cover
KNOWN = 0.25  # part of the cases of which a label must be known to be tried
COMPARABLE = 0.5  # base rows with a known label per case with one, below which only like problems can be compared
TRIED = ["kind", "names", "values", "said", "column", "begin", "end", "cases", "z", "z_found", "z_confirmed", "excess",
         "expected", "here", "rest", "against"]  # fmt: skip


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
        return {"main": self.main, "siblings": self.siblings, "timed": self.timed}

    def compares(self, known: np.ndarray) -> tuple[str, Contrast]:
        """Choose the contrast for what is said, or for a label known of some rows, and name it.

        Only contacts about a problem can say what is said about it: why there is so much is asked among them. Where there
        was hardly anything before, cases are set against the same problem elsewhere as well.
        """
        by_group = np.bincount(self.main.group[known & (self.main.group >= 0)], minlength=self.main.groups)
        fit = by_group[1] >= COMPARABLE * by_group[0] and by_group[-1] >= COMPARABLE * by_group[0]
        if self.siblings is not None and not fit:
            return "siblings", self.siblings
        return "main", self.main

    def contrast(self, against: str) -> Contrast:
        """Return the contrast that an explanation was judged by."""
        return self._contrasts()[against]


def tried(rows: Rows, asked: Question, labels: Sequence[str], order: int, said: Iterable[int] = ()) -> pd.DataFrame:
    """Try everything: one row an explanation that holds ``FEWEST`` cases, see ``TRIED``, the strongest first.

    ``labels`` may explain, up to ``order`` of them together; ``said`` are numbers of ``rows.said``. ``z`` is of all rows,
    ``z_found`` of the half that is searched, ``z_confirmed`` of the other. ``attrs["tried"]`` counts all that was looked at,
    every span of days among them.
    """
    parts = [_labels(rows, asked, combo) for size in range(1, order + 1) for combo in combinations(labels, size)]
    if TIME not in asked.taken:
        parts.append(_spans(rows, asked))
    parts += [_said(rows, asked, number) for number in said]
    found = pd.concat([part for part, _ in parts if len(part)] or [pd.DataFrame(columns=TRIED)], ignore_index=True)
    found = found.sort_values(["z_found", "z"], ascending=False, kind="stable", ignore_index=True)
    chance = _chance(found["z_found"]) * found.get("spans", pd.Series(1.0, found.index)).fillna(1.0)
    rest = int(sum(count for _, count in parts)) - len(found)
    padded = pd.concat([chance.clip(upper=1.0), pd.Series(np.ones(min(rest, 200_000)))], ignore_index=True)
    found["q"] = false_discovery(padded.astype(float)).to_numpy()[: len(found)]
    found.attrs["tried"] = rest + len(found)
    return found


def _chance(z: pd.Series) -> pd.Series:
    from scipy.special import ndtr

    return pd.Series(ndtr(-z.to_numpy(float)), index=z.index)


def _frame(
    kind: str, counts: np.ndarray, whole: np.ndarray, contrast: Contrast, against: str, **columns
) -> pd.DataFrame:
    """Judge parts counted by half: ``counts`` (parts, halves, groups), ``whole`` the same of all known rows."""
    judged = effects(counts.sum(axis=1), whole.sum(axis=-2), contrast)
    halves = [effects(counts[:, half], whole[..., half, :], contrast).z for half in (0, 1)]
    frame = pd.DataFrame(
        {
            "kind": kind, "cases": counts[:, :, 0].sum(axis=1), "z": judged.z, "z_found": halves[0], "z_confirmed": halves[1],
            "excess": judged.excess, "expected": judged.expected, "here": judged.here, "rest": judged.rest,
            "against": against, **columns,
        }
    )  # fmt: skip
    return frame[(frame["cases"] >= FEWEST) & (frame["excess"] > 0) & np.isfinite(frame["z_found"])]


def _cells(code: np.ndarray, cells: int, rows: Rows, contrast: Contrast, known: np.ndarray) -> np.ndarray:
    """Count (cells, halves, groups) in one pass."""
    groups = contrast.groups
    place = (code[known] * 2 + rows.half[known]) * groups + contrast.group[known]
    return np.bincount(place, minlength=cells * 2 * groups).reshape(cells, 2, groups)


def _labels(rows: Rows, asked: Question, names: tuple[str, ...]) -> tuple[pd.DataFrame, int]:
    code, sizes = rows.codes[names[0]].astype(np.int64), [len(rows.values[name]) for name in names]
    unknown = code < 0
    for name, size in zip(names[1:], sizes[1:], strict=True):
        code = code * size + rows.codes[name]
        unknown |= rows.codes[name] < 0
    against, contrast = asked.compares(~unknown)
    known = (contrast.group >= 0) & ~unknown
    cases = (contrast.group[known] == 0).sum()
    if cases < max(FEWEST, KNOWN * contrast.cases.sum()):
        return pd.DataFrame(columns=TRIED), 0
    counts = _cells(code, int(np.prod(sizes)), rows, contrast, known)
    kept = np.flatnonzero(counts[:, :, 0].sum(axis=1) >= FEWEST)
    values = [tuple(_value(rows, names, sizes, at)) for at in kept]
    kind = LABEL if len(names) == 1 else TOGETHER
    frame = _frame(kind, counts[kept], counts.sum(axis=0), contrast, against, names=[names] * len(kept), values=values)
    return frame, len(kept)


def _value(rows: Rows, names: tuple[str, ...], sizes: list[int], at: int) -> list[str]:
    found = []
    for name, size in zip(reversed(names), reversed(sizes), strict=True):
        found.append(str(rows.values[name][at % size]))
        at //= size
    return found[::-1]


def _spans(rows: Rows, asked: Question) -> tuple[pd.DataFrame, int]:
    """Try every span of days; the strongest stands for all, at the price of all."""
    contrast = asked.timed
    if contrast is None:
        return pd.DataFrame(columns=TRIED), 0
    first, end = asked.days
    length = end - first
    inside = (contrast.group >= 0) & (rows.day >= first) & (rows.day < end)
    if contrast.cases[inside].sum() < FEWEST or length < 2 * SHORTEST:
        return pd.DataFrame(columns=TRIED), 0
    counts = _cells((rows.day - first).astype(np.int64), length, rows, contrast, inside).astype(float)
    if asked.exact_days:
        counts[:, :, 1] = 1.0
    sums = np.concatenate([np.zeros((1, 2, contrast.groups)), np.cumsum(counts, axis=0)])
    i, j = np.triu_indices(length + 1, k=SHORTEST)
    kept = j - i <= max(SHORTEST, int(LONGEST * length))
    # days at either end of a wave with no case in them only widen it: a span begins and ends with a case
    daily = counts[:, :, 0].sum(axis=1)
    i, j = i[kept], j[kept]
    full = (daily[i] > 0) & (daily[j - 1] > 0)
    i, j = i[full], j[full]
    if not len(i):
        return pd.DataFrame(columns=TRIED), 0
    parts, whole = sums[j] - sums[i], sums[-1]
    found = effects(parts[:, 0], whole[0], contrast, exact_base=asked.exact_days).z
    # the two halves are searched for a span together only in length: it is chosen on the first alone
    best = np.nanargmax(found) if np.isfinite(found).any() else -1
    if best < 0:
        return pd.DataFrame(columns=TRIED), len(i)
    frame = _frame(TIME, parts[[best]], whole, contrast, "timed", names=[(TIME,)], values=[("",)],
                   begin=first + int(i[best]), end=first + int(j[best]), spans=float(len(i)))  # fmt: skip
    return frame, len(i)


def _said(rows: Rows, asked: Question, number: int) -> tuple[pd.DataFrame, int]:
    said = rows.said[number]
    if said.kind == THEME and asked.standing:
        return _themes(rows, asked, said, number)
    against, contrast = ("siblings", asked.siblings) if asked.standing else asked.compares(said.words)
    if contrast is None:
        return pd.DataFrame(columns=TRIED), 0
    known = (contrast.group >= 0) & said.words
    return _things(rows, asked, said, number, contrast, known, against)


def _things(
    rows: Rows, asked: Question, said: Said, number: int, contrast: Contrast, known: np.ndarray, against: str
) -> tuple[pd.DataFrame, int]:
    inside = np.flatnonzero(known)
    if not len(inside) or not said.says.shape[1]:
        return pd.DataFrame(columns=TRIED), 0
    place = rows.half[inside].astype(np.int64) * contrast.groups + contrast.group[inside]
    counts = said.counts(inside, place, 2 * contrast.groups).reshape(-1, 2, contrast.groups)
    whole = np.bincount(place, minlength=2 * contrast.groups).reshape(2, contrast.groups)
    enough = np.flatnonzero((counts[:, :, 0].sum(axis=1) >= FEWEST) & said.of(asked.about))
    frame = _frame(
        said.kind, counts[enough], whole, contrast, against, names=[(said.kind,)] * len(enough),
        values=[(said.labels[at],) for at in enough], said=number, column=enough,
    )  # fmt: skip
    return frame, len(enough)


def _themes(rows: Rows, asked: Question, said: Said, number: int) -> tuple[pd.DataFrame, int]:
    """Judge themes by what they add: contacts of the problem that say it, where and since it is said, against before.

    How often it is said elsewhere and before is what would be said anyhow.
    """
    problem, frames = asked.main, []
    cases = problem.cases & said.words
    for at in np.flatnonzero(said.of(asked.about)) if said.where is not None and cases.any() else ():
        says = said.mask(at)
        group = np.where(cases & says, 0, np.where(cases, 1, -1)).astype(np.int8)
        contrast = Contrast(COUNT, group, problem.spread)
        counts = _cells(said.where[at].astype(np.int64), 2, rows, contrast, group >= 0)
        frames.append(
            _frame(
                THEME, counts[[1]], counts.sum(axis=0), contrast, "main", names=[(THEME,)], values=[(said.labels[at],)],
                said=number, column=at,
            )
        )  # fmt: skip
    kept = [one for one in frames if len(one)]
    return (pd.concat(kept, ignore_index=True) if kept else pd.DataFrame(columns=TRIED)), len(frames)
