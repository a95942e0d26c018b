"""Everything that may explain an excess at one step, tried on one half of the customers and read off on the other.

Tried are all values of all labels, their combinations, spans of days, and what was said. Which explanation stands is
decided on one half of the customers alone and read off on the other, each half in turn.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import combinations

import numpy as np
import pandas as pd

from .contrast import COUNT, Contrast, effects
from .kinds import COMPARABLE, FEWEST, LABEL, THEME, TIME, TOGETHER
from .question import Question
from .rows import Rows, Said
from .tally import Tally, cross

SHORTEST, LONGEST = 3, 0.7  # days of a span, and part of all days that it may cover
KNOWN = 0.25  # part of the cases of which a label must be known to be tried


def tried(rows: Rows, asked: Question, labels: Sequence[str], order: int, said: Iterable[int] = ()) -> pd.DataFrame:
    """Try everything: one row an explanation that holds ``FEWEST`` cases, see ``TRIED``, the strongest first.

    ``labels`` may explain, up to ``order`` of them together; ``said`` are numbers of ``rows.said``. ``z`` is of all rows,
    ``z_found`` of the half that is searched, ``z_confirmed`` of the other; ``p`` and ``q`` see ``tally.cross``.
    ``attrs["tried"]`` counts all that was looked at, every span of days among them.
    """
    tally = Tally()
    for size in range(1, order + 1):
        for names in combinations(labels, size):
            _labels(tally, rows, asked, names)
    if TIME not in asked.taken:
        _spans(tally, rows, asked)
    for number in said:
        _said(tally, rows, asked, number)
    found = tally.judged()
    cross(found, tally.family)
    found = found.sort_values(["q", "p", "z"], ascending=[True, True, False], kind="stable", ignore_index=True)
    found.attrs["tried"] = tally.looked
    return found


def _cells(code: np.ndarray, cells: int, rows: Rows, contrast: Contrast, known: np.ndarray) -> np.ndarray:
    """Count (cells, halves, groups) in one pass."""
    groups = contrast.groups
    place = (code[known] * 2 + rows.half[known]) * groups + contrast.group[known]
    return np.bincount(place, minlength=cells * 2 * groups).reshape(cells, 2, groups)


def _labels(tally: Tally, rows: Rows, asked: Question, names: tuple[str, ...]) -> None:
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


def _spans(tally: Tally, rows: Rows, asked: Question) -> None:
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


def _said(tally: Tally, rows: Rows, asked: Question, number: int) -> None:
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
