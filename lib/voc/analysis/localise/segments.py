"""What each named segment did to the overall figure: share of the excess, leave-out impact, own effect, mix and rate."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np


@dataclass(frozen=True)
class Segment:
    """A set of dimension values and what it carries; figures in the unit of the measure.

    ``share`` of the excess (what is worse than expected, all leaves together; nan where there is none in all);
    ``impact``: by how much the overall change shrinks when the segment is left out of both sides; ``before``, ``now`` and
    ``effect`` = now − before: its own figure; ``rate`` and ``mix``: the parts of the overall change that come from its
    figure and from its weight among all (Kitagawa, JASA 50, 1955; over the segments and the rest they add up to the
    change); ``weight_before`` and ``weight_now``; ``rest``: how much the values beside it rose, relative to it.
    For a count ``before`` is what was expected and there is no mix.
    """

    where: dict[str, str]
    share: float
    impact: float
    before: float
    now: float
    effect: float
    rate: float
    mix: float
    weight_before: float
    weight_now: float
    rest: float


def account(
    figures: np.ndarray, parts: list[tuple[dict[str, str], np.ndarray, float]], *, counted: bool, sign: int
) -> list[Segment]:
    """Return the account of each part, the largest share first.

    ``figures`` has the columns value_before, weight_before, value_now, weight_now; a part is its conditions, which rows
    lie inside, and how much its siblings rose relative to it.
    """
    made = [_segment(figures, *part, counted=counted, sign=sign) for part in parts]
    return sorted(made, key=lambda one: (-_or_nought(one.share), -sign * one.effect, sorted(one.where.items())))


def _or_nought(share: float) -> float:
    return 0.0 if np.isnan(share) else share


def _segment(
    figures: np.ndarray, where: dict[str, str], inside: np.ndarray, rest: float, *, counted: bool, sign: int
) -> Segment:
    own, whole = figures[inside].sum(axis=0), figures.sum(axis=0)
    total = _excess(whole, counted, _ratio(whole[0], whole[1]))
    excess = _excess(own, counted, _ratio(own[0], own[1], _ratio(whole[0], whole[1])))
    share = excess / total if sign * total > 0 else np.nan
    if counted:
        own_figures = {"before": own[3], "now": own[2], "effect": own[2] - own[3]}
        parts = {"impact": own[2] - own[3], "rate": own[2] - own[3], "mix": 0.0}
    else:
        own_figures, parts = _own(own, whole), _kitagawa(own, whole)
    figures_of = {name: float(value) for name, value in {**own_figures, **parts}.items()}
    return Segment(dict(where), float(share), **figures_of, weight_before=own[1], weight_now=own[3], rest=rest)


def _ratio(value: float, weight: float, otherwise: float = 0.0) -> float:
    return value / weight if weight > 0 else otherwise


def _excess(figures: np.ndarray, counted: bool, base: float) -> float:
    return figures[2] - figures[3] * (1.0 if counted else base)


def _own(own: np.ndarray, whole: np.ndarray) -> dict[str, float]:
    """Return the segment's own figure; a side on which it was not seen counts as the whole of that side."""
    before = _ratio(own[0], own[1], _ratio(whole[0], whole[1]))
    now = _ratio(own[2], own[3], _ratio(whole[2], whole[3]))
    return {"before": before, "now": now, "effect": now - before}


def _kitagawa(own: np.ndarray, whole: np.ndarray) -> dict[str, float]:
    """Return leave-out impact, and the rate and mix parts of the overall change.

    The mix part is measured from the overall figure: more of a segment that is worse than the whole makes the whole worse.
    """
    figure, left = _own(own, whole), whole - own
    overall_before, overall_now = _ratio(whole[0], whole[1]), _ratio(whole[2], whole[3])
    change = overall_now - overall_before
    without = _ratio(left[2], left[3], overall_now) - _ratio(left[0], left[1], overall_before)
    size_before, size_now = _ratio(own[1], whole[1]), _ratio(own[3], whole[3])
    middle = (figure["before"] + figure["now"] - overall_before - overall_now) / 2
    rate = (size_before + size_now) / 2 * figure["effect"]
    return {"impact": change - without, "rate": rate, "mix": (size_now - size_before) * middle}
