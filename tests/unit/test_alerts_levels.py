"""Changes of level: the best partition against all partitions, and the price against drawn months."""

from itertools import combinations

import numpy as np
import pytest
from voc.analysis.alerts.levels import _null_gains, changes_at, last_change, partition, penalty


def cost(values: np.ndarray, variances: np.ndarray, starts: tuple[int, ...], price: float) -> float:
    total = price * (len(starts) - 1)
    for begin, end in zip(starts, [*starts[1:], len(values)], strict=True):
        part, weight = values[begin:end], 1 / variances[begin:end]
        known = np.isfinite(part)
        if not known.any():
            return np.inf
        mean = (part[known] * weight[known]).sum() / weight[known].sum()
        total += (weight[known] * (part[known] - mean) ** 2).sum()
    return total


def tried(values: np.ndarray, variances: np.ndarray, price: float, least: int) -> float:
    """The least cost of all partitions, one by one."""
    places = range(least, len(values) - least + 1)
    every = [(0, *cuts) for k in range(len(values) // least) for cuts in combinations(places, k)]
    able = [
        starts
        for starts in every
        if all(b - a >= least for a, b in zip(starts, [*starts[1:], len(values)], strict=True))
    ]
    return min(cost(values, variances, starts, price) for starts in able)


@pytest.mark.parametrize("seed", range(12))
def test_the_partition_is_the_best_of_all(seed):
    rng = np.random.default_rng(seed)
    values = rng.normal(size=11) + 3 * (np.arange(11) >= rng.integers(2, 9)) - 2 * (np.arange(11) >= 8)
    variances = rng.uniform(0.5, 2, 11)
    if seed % 3 == 0:
        values[rng.integers(0, 11)] = np.nan
    least, price = 1 + seed % 3, 4.0
    found = tuple(partition(values, variances, price, least))
    assert cost(values, variances, found, price) == pytest.approx(tried(values, variances, price, least))


def test_a_last_change_with_its_interval():
    # levels 0 (four values) and 3 (four values), variance 4: error √(4/4 + 4/4) = 1.4142; gain 3² × (4·4/8) ÷ 4 = 4.5
    values = np.array([0.0, 0, 0, 0, 3, 3, 3, 3])
    found = last_change(values, np.full(8, 4.0), 2.0)
    assert (found.start, found.before, found.after, found.size) == (4, 0.0, 3.0, 3.0)
    assert found.hi - found.size == pytest.approx(1.959964 * np.sqrt(2))
    assert found.gain == pytest.approx(4.5)
    assert found.earliest < 4 < found.latest  # so small a change may as well have begun a little before or after
    assert last_change(values, np.full(8, 4.0), 5.0) is None


def test_looks_on_the_way_see_what_was_known_then():
    values = np.concatenate([np.zeros(20), np.full(6, 4.0), np.zeros(6)])
    seen = changes_at(values, np.ones(32), 9.0, [20, 21, 22, 26, 32])
    assert [None if one is None else (one.start, one.size > 0) for one in seen] == [
        None,
        None,
        (20, True),
        (20, True),
        (26, False),
    ]


def test_what_holds_nothing_has_no_change():
    assert partition(np.zeros(0), np.ones(1), 5.0) == []
    assert partition(np.array([1.0]), np.ones(1), 5.0) == [0]
    assert last_change(np.full(10, np.nan), np.ones(10), 5.0) is None
    assert last_change(np.full(10, 3.0), np.ones(10), 5.0) is None


@pytest.mark.parametrize("a_month", [0.1, 0.03, 0.01])
def test_a_price_gives_its_false_alarms_on_other_noise(a_month):
    earlier, now = _null_gains(4, 104, 13, seed=77)
    price = penalty(a_month)
    called = ((now > price) & (earlier <= price)).mean()
    assert called == pytest.approx(a_month, abs=3 * np.sqrt(a_month / 4000) + 0.1 * a_month)


def test_a_price_needs_a_rate_between_nought_and_one():
    with pytest.raises(ValueError, match="between 0 and 1"):
        penalty(0.0)
