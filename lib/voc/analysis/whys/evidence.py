"""What stands behind an explanation: who is inside it, its interval, what it may be mistaken for, and what else names it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from .contrast import Contrast, effects
from .kinds import LABEL, THEME, TIME, TOGETHER
from .question import Question
from .rows import Rows
from .tries import since

DRAWS = 200  # of the bootstrap over customers
SAME = 0.7  # part of the cases of two explanations that they share, from which they name the same thing
LOOKED = 40  # strongest other explanations that are held against the one chosen
MERELY = 0.5  # part of an effect (log) that must stand within the values of another label, or it is mostly that one


def mask(rows: Rows, one: Mapping) -> np.ndarray:
    """Mark the rows that an explanation speaks of."""
    if one["kind"] in (LABEL, TOGETHER):
        return np.logical_and.reduce([rows.is_value(*pair) for pair in zip(one["names"], one["values"], strict=True)])
    if one["kind"] == TIME:
        return (rows.day >= one["begin"]) & (rows.day < one["end"])
    said = rows.said[int(one["said"])]
    found = np.logical_or.reduce([said.mask(int(at)) for at in one.get("columns", [one["column"]])])
    return found & said.where[int(one["column"])] if one["kind"] == THEME and said.where is not None else found


def known(rows: Rows, one: Mapping) -> np.ndarray:
    """Mark the rows of which it is known whether an explanation holds."""
    if one["kind"] in (LABEL, TOGETHER):
        return np.logical_and.reduce([rows.codes[name] >= 0 for name in one["names"]])
    if one["kind"] == TIME:
        return np.ones(len(rows), dtype=bool)
    return rows.said[int(one["said"])].words


def contrast_of(rows: Rows, asked: Question, one: Mapping) -> tuple[Contrast, np.ndarray]:
    """Return the contrast that an explanation is judged by, and the mask of the part that it is judged on."""
    if one["kind"] == THEME and asked.standing:
        said, at = rows.said[int(one["said"])], int(one["column"])
        return since(asked, said, at), said.where[at]
    return asked.contrast(one["against"]).within(known(rows, one)), mask(rows, one)


def sized_by(rows: Rows, asked: Question, one: Mapping) -> tuple[Contrast, np.ndarray]:
    """Return the contrast that tells how much an explanation carries: contacts, also where its evidence is a share."""
    return contrast_of(rows, asked, {**one, "against": "main"} if one["against"] == "rated" else one)


def interval(rows: Rows, asked: Question, one: Mapping, rng: np.random.Generator, whole: float) -> tuple[float, float]:
    """Return the 95 % interval of the excess that an explanation carries, as a part of ``whole``, by drawing customers."""
    contrast, part = sized_by(rows, asked, one)
    used = np.flatnonzero(contrast.group >= 0)
    who, teller = np.unique(rows.teller[used], return_inverse=True)
    place = contrast.group[used] + contrast.groups * part[used]
    from scipy.sparse import csr_array

    cells = 2 * contrast.groups
    by_teller = csr_array((np.ones(len(used)), (place, teller)), shape=(cells, len(who)))
    drawn = by_teller @ rng.poisson(1.0, size=(len(who), DRAWS)).astype(float)
    inside = drawn[contrast.groups :].T
    every = inside + drawn[: contrast.groups].T
    exact = asked.exact_days and one["kind"] == TIME
    if exact:
        inside[:, 1], every[:, 1] = one["end"] - one["begin"], asked.days[1] - asked.days[0]
    found = effects(inside, every, contrast, exact_base=exact).excess
    found = found[np.isfinite(found)] / whole
    return tuple(np.quantile(found, [0.025, 0.975])) if len(found) else (np.nan, np.nan)


def also(rows: Rows, asked: Question, one: Mapping, found: pd.DataFrame) -> list[dict]:
    """List other explanations that hold nearly the same cases: the same thing under another name, nearest first."""
    own, pairs = mask(rows, one) & asked.main.cases, _pairs(one)
    same = []
    for other in found[found["z"] > 0].head(LOOKED).to_dict("records"):
        if pairs <= _pairs(other):
            continue  # itself, or itself with something added
        theirs = mask(rows, other) & asked.main.cases
        both = (own & theirs).sum() / max((own | theirs).sum(), 1)
        if both >= SAME:
            same.append({**other, "alike": float(both)})
    return sorted(same, key=lambda other: -other["alike"])


def _pairs(one: Mapping) -> set[tuple[str, str]]:
    return set(zip(one["names"], one["values"], strict=True))


def merely(rows: Rows, asked: Question, one: Mapping, labels: Sequence[str]) -> tuple[str, float]:
    """Name the label within whose values an effect shrinks most, and the part of it that is left (Mantel–Haenszel).

    Where less than ``MERELY`` is left the explanation is mostly that label under another name, or a trend turns round when
    it is looked at group by group (Simpson's paradox). Returns an empty name where nothing takes half of it.
    """
    contrast, part = sized_by(rows, asked, one)
    worst, left = "", 1.0
    for name in labels:
        if name in one["names"]:
            continue
        inside = (contrast.group >= 0) & (contrast.group < 2) & (rows.codes[name] >= 0)
        size = len(rows.values[name])
        place = (rows.codes[name][inside].astype(np.int64) * 2 + part[inside]) * 2 + contrast.group[inside]
        d, c, b, a = np.bincount(place, minlength=4 * size).reshape(size, 4).T[[1, 0, 3, 2]].astype(float)
        n = a + b + c + d
        pooled = np.log((a.sum() + 0.5) * (d.sum() + 0.5) / ((b.sum() + 0.5) * (c.sum() + 0.5)))
        with np.errstate(divide="ignore", invalid="ignore"):
            over, under = np.nansum(a * d / n), np.nansum(b * c / n)
        if pooled <= 0 or over + under == 0 or (a.sum() + c.sum()) < 0.5 * contrast.cases.sum():
            continue
        part_left = np.log((over + 0.5) / (under + 0.5)) / pooled
        if part_left < left:
            worst, left = name, float(part_left)
    return (worst, left) if left < MERELY else ("", left)
