"""How much of an excess a part carries: one scale for explanations of every kind.

A question sets *cases* against a *base*. «Why so many late deliveries» sets them against all other contacts; «why more than
last month» against the same contacts a month before; «why are scores bad» unhappy answers against happy ones, and where a
share has changed, against both as they were before. A part S carries what it has beyond what it would have if it behaved
like the rest of the same group (leave-out impact): cases in S − base in S × cases in the rest ÷ base in the rest. So a
product, a week, a wording and an event compete on one scale, the share of all cases that they carry.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

COUNT, SHARE = "count", "share"
GROUPS = {COUNT: 2, SHARE: 4}  # count: cases, base; share: bad and good now, bad and good before
HALF = 0.5  # of a case, added to each cell of an odds ratio (Haldane)


@dataclass(frozen=True)
class Contrast:
    """Which row belongs to which group of a question.

    ``group`` is (rows,) int8: the number of the group, −1 outside of all. ``spread`` is how many times wider than Poisson
    counts spread, ``sign`` −1 where the question is why there is *less*.
    """

    form: str
    group: np.ndarray
    spread: float = 1.0
    sign: int = 1

    @property
    def groups(self) -> int:
        """How many groups there are."""
        return GROUPS[self.form]

    def within(self, rows: np.ndarray) -> Contrast:
        """Return the same question asked of some rows only (a mask)."""
        return Contrast(self.form, np.where(rows, self.group, -1), self.spread, self.sign)

    @property
    def cases(self) -> np.ndarray:
        """Mark the rows that the question is about."""
        return self.group == 0


@dataclass(frozen=True)
class Effects:
    """What parts carry, one entry a part: z (signed, positive where it carries), excess (cases), here and rest.

    ``here`` and ``rest`` are cases ÷ base for counts (against before: how many times as many; against others: the odds),
    the share of bad ones (or how much it moved) for shares.
    """

    z: np.ndarray
    excess: np.ndarray
    expected: np.ndarray
    here: np.ndarray
    rest: np.ndarray


def effects(part: np.ndarray, whole: np.ndarray, contrast: Contrast, *, exact_base: bool = False) -> Effects:
    """Judge parts of a whole.

    Args:
        part: (parts, groups) rows of each group inside each part.
        whole: (parts, groups) or (groups,) rows of each group of which it is known whether they are inside.
        contrast: form, spread and sign of the question.
        exact_base: the base is a length of time, known without error, not a count.
    """
    part, whole = np.asarray(part, float), np.broadcast_to(np.asarray(whole, float), np.shape(part))
    rest = whole - part
    if contrast.form == COUNT:
        return _counted(part, rest, contrast, exact_base)
    return _shared(part, rest, contrast)


def effect_of(part: np.ndarray, contrast: Contrast) -> tuple[Effects, np.ndarray, np.ndarray]:
    """Judge one part, a mask over rows: its effects (one entry), its rows per group, and all rows per group."""
    inside, every = (
        np.bincount(contrast.group[kept], minlength=contrast.groups)
        for kept in ((contrast.group >= 0) & part, contrast.group >= 0)
    )
    return effects(inside[None, :], every, contrast), inside, every


def _counted(part: np.ndarray, rest: np.ndarray, contrast: Contrast, exact_base: bool) -> Effects:
    a, b, c, d = part[:, 0], part[:, 1], rest[:, 0], rest[:, 1]
    with np.errstate(divide="ignore", invalid="ignore"):
        here, there = a / b, c / d
        expected = b * there
        excess = contrast.sign * (a - expected)
        cases, base = a + c, b + d
        if exact_base:
            p = b / base
            deviance = 2 * (_xlogy(a, a / (cases * p)) + _xlogy(c, c / (cases * (1 - p))))
        else:
            n, inside, outside = cases + base, a + b, c + d
            deviance = 2 * (
                _xlogy(a, a * n / (cases * inside)) + _xlogy(b, b * n / (base * inside))
                + _xlogy(c, c * n / (cases * outside)) + _xlogy(d, d * n / (base * outside))
            )  # fmt: skip
        z = np.sign(excess) * np.sqrt(np.clip(deviance, 0, None) / contrast.spread)
    able = (cases > 0) & (base > 0) & (d > 0)
    return Effects(*(np.where(able, one, np.nan) for one in (z, excess, expected, here, there)))


def _shared(part: np.ndarray, rest: np.ndarray, contrast: Contrast) -> Effects:
    """Judge how much more a share moved inside than outside: the difference of two differences."""
    with np.errstate(divide="ignore", invalid="ignore"):
        moved, odds, variance = [], [], []
        for side in (part, rest):
            bad, good, bad_before, good_before = side.T
            moved.append(bad / (bad + good) - bad_before / (bad_before + good_before))
            odds.append(np.log((bad + HALF) / (good + HALF)) - np.log((bad_before + HALF) / (good_before + HALF)))
            variance.append((1 / (side + HALF)).sum(axis=1))
        answers = part[:, 0] + part[:, 1]
        excess = contrast.sign * answers * (moved[0] - moved[1])
        z = contrast.sign * (odds[0] - odds[1]) / np.sqrt(contrast.spread * (variance[0] + variance[1]))
    able = (answers > 0) & (part[:, 2:].sum(axis=1) > 0) & (rest[:, :2].sum(axis=1) > 0) & (rest[:, 2:].sum(axis=1) > 0)
    z = np.where(np.sign(z) == np.sign(excess), z, 0.0)  # on the two scales it moved opposite ways: no evidence
    expected = part[:, 0] - contrast.sign * excess
    return Effects(*(np.where(able, one, np.nan) for one in (z, excess, expected, moved[0], moved[1])))


def _xlogy(x: np.ndarray, y: np.ndarray) -> np.ndarray:
    from scipy.special import xlogy

    return np.where(x > 0, xlogy(x, np.where(x > 0, y, 1.0)), 0.0)


def total(contrast: Contrast, scale: float = 0.0) -> float:
    """Return what there is to explain: all cases (``scale`` 0), or those beyond ``scale`` × the base; for shares, the answers too many.

    ``scale`` is the length of now over that of before.
    """
    counts = np.bincount(contrast.group[contrast.group >= 0], minlength=contrast.groups).astype(float)
    if contrast.form == COUNT:
        return float(contrast.sign * (counts[0] - scale * counts[1])) if scale else float(counts[0])
    now, before = counts[0] + counts[1], counts[2] + counts[3]
    return float(contrast.sign * now * (counts[0] / now - counts[2] / before)) if now and before else 0.0
