"""Erlang's formulas: by hand, by two other ways to them, against a chain of births and deaths, and against printed tables."""

from math import exp, factorial

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import poisson
from voc.analysis.forecast.erlang import (
    Promise,
    agents_for,
    blocked,
    busy,
    in_time,
    most_load,
    wait_seconds,
    waiting,
)

PLAIN = Promise(0.8, 20, 1.0)


def textbook(load: float, agents: int) -> float:
    """The chance of waiting as the formula is printed: with factorials."""
    last = load**agents / factorial(agents) * agents / (agents - load)
    return last / (sum(load**k / factorial(k) for k in range(agents)) + last)


def chain(load: float, agents: int, most: int = 4000) -> tuple[float, float]:
    """Births at ``load``, deaths at min(k, agents): the share of time with all busy, and the mean length of the queue."""
    logs = np.r_[0.0, np.cumsum(np.log(load / np.minimum(np.arange(1, most + 1), agents)))]
    share = np.exp(logs - logs.max())
    share /= share.sum()
    return float(share[agents:].sum()), float((share * np.maximum(np.arange(most + 1) - agents, 0)).sum())


@pytest.mark.parametrize(("load", "agents"), [(0.5, 1), (1.0, 2), (10.0, 14), (10.0, 11), (80.0, 90), (100.0, 101)])
def test_waiting_by_formula_by_poisson_and_by_a_chain(load, agents):
    found = float(waiting(load, agents))
    assert found == pytest.approx(textbook(load, agents), rel=1e-9)
    blocks = poisson.pmf(agents, load) / poisson.cdf(agents, load)
    assert float(blocked(load, agents)) == pytest.approx(blocks, rel=1e-9)
    share, queue = chain(load, agents)
    assert found == pytest.approx(share, rel=1e-6)
    seconds = queue / load * 180  # Little's law: length of the queue ÷ calls per handling time
    assert float(wait_seconds(load, 180.0, agents)) == pytest.approx(seconds, rel=1e-4)


@pytest.mark.parametrize(("agents", "load"), [(10, 4.461), (20, 12.03), (50, 37.90), (100, 84.06)])
def test_printed_tables_of_erlang_b(agents, load):
    """Traffic at which one call in a hundred is lost, as printed in tables of telephone engineers (four digits)."""
    assert float(blocked(load, agents)) == pytest.approx(0.01, rel=2e-3)


def test_the_example_of_call_centre_handbooks():
    """200 calls an hour of 180 seconds: 10 erlangs; 14 agents: 17.4 % wait, 88.8 % within 20 s, 7.8 s on average, 71.4 % busy."""
    assert float(waiting(10.0, 14)) == pytest.approx(0.1741, abs=5e-5)
    assert float(in_time(10.0, 180.0, 14, 20)) == pytest.approx(0.8883, abs=5e-4)
    assert float(wait_seconds(10.0, 180.0, 14)) == pytest.approx(7.8, abs=0.05)
    assert float(busy(10.0, 14)) == pytest.approx(0.714, abs=5e-4)
    assert float(agents_for(10.0, 180.0, PLAIN)) == 14
    assert float(in_time(10.0, 180.0, 13, 20)) < 0.8


def test_two_agents_by_hand():
    """One erlang, two agents: B = (1/2) ÷ (1 + 1 + 1/2) = 1/5, C = 1/3; within one handling time 1 − e^−1 ÷ 3."""
    assert float(blocked(1.0, 2)) == pytest.approx(1 / 5)
    assert float(waiting(1.0, 2)) == pytest.approx(1 / 3)
    assert float(in_time(1.0, 60.0, 2, 60.0)) == pytest.approx(1 - exp(-1) / 3)
    assert float(wait_seconds(1.0, 60.0, 2)) == pytest.approx(20)


def test_large_loads_do_not_overflow():
    """2,000 erlangs and as many agents and 50 more: by the logarithms of the same chain."""
    assert float(waiting(2000.0, 2050)) == pytest.approx(chain(2000.0, 2050, 12_000)[0], rel=1e-6)
    needed = float(agents_for(20_000.0, 300.0, PLAIN))
    assert 20_000 < needed < 20_200
    assert (
        float(in_time(20_000.0, 300.0, int(needed), 20)) >= 0.8 > float(in_time(20_000.0, 300.0, int(needed) - 1, 20))
    )


def test_too_much_work_never_ends():
    assert waiting([2.0, 3.0], 2).tolist() == [1.0, 1.0]
    assert in_time(2.0, 60.0, 2, 1e6).tolist() == 0.0
    assert np.isinf(wait_seconds(3.0, 60.0, 2))
    assert busy([1.0, 3.0], [0, 2]).tolist() == pytest.approx([np.nan, 1.0], nan_ok=True)


def test_nothing_and_not_known():
    assert agents_for([0.0, np.nan, 1.0], [60.0, 60.0, np.nan], PLAIN).tolist() == pytest.approx(
        [0, np.nan, np.nan], nan_ok=True
    )
    assert agents_for([], 60.0, PLAIN).tolist() == []
    with pytest.raises(ValueError, match="loads are 0 or more"):
        agents_for([-1.0], 60.0, PLAIN)


def test_people_are_not_busier_than_promised():
    """20 erlangs at 10 minutes: 20 seconds ask for 23 or 24; busy at most half of the time asks for 40."""
    assert float(agents_for(20.0, 600.0, Promise(0.8, 20, 0.5))) == 40


@given(st.floats(0.05, 60), st.floats(20, 2000), st.floats(0.5, 0.98), st.floats(0, 300))
def test_the_fewest_keep_the_promise_and_one_less_does_not(load, handle, share, seconds):
    promise = Promise(share, seconds, 1.0)
    needed = int(agents_for(load, handle, promise))
    assert float(in_time(load, handle, needed, seconds)) >= share
    assert needed == 1 or float(in_time(load, handle, needed - 1, seconds)) < share


@given(st.integers(1, 60), st.floats(20, 2000))
def test_the_most_load_is_the_inverse_of_the_fewest_agents(agents, handle):
    most = float(most_load(agents, handle, PLAIN))
    assert float(agents_for(max(most - 1e-6, 0), handle, PLAIN)) <= agents
    assert float(agents_for(most + 1e-6, handle, PLAIN)) == agents + 1


def test_half_an_agent_lies_half_way():
    low, half, high = (float(most_load(n, 300.0, PLAIN)) for n in (4, 4.5, 5))
    assert half == pytest.approx((low + high) / 2)


@pytest.mark.parametrize("wrong", [{"share": 1.0}, {"seconds": -1.0}, {"busiest": 0.0}])
def test_what_nobody_can_promise_is_refused(wrong):
    with pytest.raises(ValueError, match=next(iter(wrong))):
        Promise(**wrong)
