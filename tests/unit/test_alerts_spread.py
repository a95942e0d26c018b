"""How restless series are, told together, and what whole numbers leave of a budget."""

from __future__ import annotations

import numpy as np
import pytest
from voc.analysis.alerts.attained import MOST, raised
from voc.analysis.alerts.looks import Judged
from voc.analysis.alerts.spread import evened

UNKNOWN = np.full((1, 7), np.nan)


def look(expected: float, variance: float, days: int = 7) -> Judged:
    wide = np.full((1, days), variance)
    return Judged(1, wide, np.full((1, days), expected), wide, np.full((1, days), 0.5))


def both(one: Judged, other: Judged) -> Judged:
    names = ("observed", "expected", "variance", "p")
    return Judged(1, *(np.concatenate([getattr(one, name), getattr(other, name)]) for name in names))


def test_differences_that_chance_explains_are_evened_out():
    assert evened(np.array([0.8, 1.2, 1.0, 1.0]), 50).tolist() == [1.0] * 4
    assert evened(np.array([1.5, 1.5]), 50) == pytest.approx([1.5, 1.5])


def test_a_restless_series_among_calm_ones_is_moved_by_one_standard_error_at_most():
    # the logarithm of a variance of 50 degrees of freedom has a standard error of √(2 ÷ 50) = .2
    found = evened(np.array([1.0] * 40 + [3.0]), 50)
    assert found[-1] == pytest.approx(3 * np.exp(-0.2))
    assert evened(np.array([3.0]), 50) == pytest.approx([3.0])


def test_what_is_not_known_spreads_as_chance_does():
    assert evened(np.array([np.nan, 0.0]), 5).tolist() == [1.0, 1.0]
    assert evened(np.array([]), 5).tolist() == []


def test_what_a_sparse_series_cannot_use_goes_to_the_others():
    # three answers, a fifth of them bad: the rarest outcome has .2³ = .008, half of it is its chance .004 > .0008: never an alarm
    sparse, dense = look(0.6, 0.6 * 0.8), look(1000.0, 1000.0)
    answers = np.concatenate([np.full((1, 7), 3.0), UNKNOWN])
    assert raised([both(sparse, dense)], [answers], 0.0002) == pytest.approx(0.0004, rel=1e-4)
    assert raised([dense], [UNKNOWN], 0.0002) == pytest.approx(0.0002, rel=1e-4)


def test_a_threshold_is_raised_only_so_far():
    sparse = look(0.6, 0.6 * 0.8)
    assert raised([sparse], [np.full((1, 7), 3.0)], 0.0005) == pytest.approx(MOST * 0.0005)


def test_where_nothing_is_judged_nothing_is_raised():
    nothing = Judged(1, UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN)
    assert raised([nothing], [UNKNOWN], 0.001) == 0.001
    assert raised([], [], 0.001) == 0.001
