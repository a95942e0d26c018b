"""Calls that queue for agents: how many wait, how long, and how many agents a promise takes (Erlang C).

Erlang's model (Solution of some Problems in the Theory of Probabilities, 1917): calls come at random, are handled in random
times, wait in one queue and never hang up. Some do hang up, so it asks for a little more than is needed (Garnett, Mandelbaum
& Reiman, Manufacturing & Service Operations Management 4, 2002). Load is in erlangs: hours of handling that come in an hour.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

HALVINGS = 60


@dataclass(frozen=True)
class Promise:
    """What a queue is to keep: ``share`` answered within ``seconds``, and agents busy at most ``busiest`` of their time."""

    share: float = 0.8
    seconds: float = 20.0
    busiest: float = 0.85

    def __post_init__(self):
        wrong = []
        if not 0 < self.share < 1:
            wrong.append(f"share is {self.share}: a promise lies between 0 and 1; no number of agents keeps 1")
        if not self.seconds >= 0:
            wrong.append(f"seconds is {self.seconds}: it is 0 or more")
        if not 0 < self.busiest <= 1:
            wrong.append(f"busiest is {self.busiest}: a part of agents' time, above 0 and at most 1")
        if wrong:
            raise ValueError("; ".join(wrong))


def blocked(load: ArrayLike, agents: ArrayLike) -> np.ndarray:
    """Return the chance that all agents are busy where nobody waits (Erlang B), by its recursion, which never overflows.

    >>> blocked(1.0, [0, 1, 2]).tolist()
    [1.0, 0.5, 0.2]
    """
    load, agents = np.broadcast_arrays(np.asarray(load, float), np.asarray(agents, int))
    found = np.ones(load.shape)
    for number in range(1, int(agents.max(initial=0)) + 1):
        found = np.where(number <= agents, load * found / (number + load * found), found)
    return found


def waiting(load: ArrayLike, agents: ArrayLike) -> np.ndarray:
    """Return the chance that a call waits (Erlang C); 1 where there is as much work as there are agents, or more.

    >>> waiting(1.0, [1, 2]).round(6).tolist()
    [1.0, 0.333333]
    """
    load, agents = np.broadcast_arrays(np.asarray(load, float), np.asarray(agents, int))
    return _waiting(blocked(load, agents), load, agents)


def _waiting(blocks: np.ndarray, load: np.ndarray, agents: np.ndarray | int) -> np.ndarray:
    enough = load < agents
    free = np.where(enough, agents - load * (1 - blocks), 1.0)
    return np.where(enough, agents * blocks / free, 1.0)


def in_time(load: ArrayLike, handle_seconds: ArrayLike, agents: ArrayLike, seconds: float) -> np.ndarray:
    """Return the share of calls answered within so many seconds (service level).

    >>> in_time(10.0, 180.0, 14, 20.0).round(3).tolist()
    0.888
    """
    load, handle, agents = np.broadcast_arrays(
        np.asarray(load, float), np.asarray(handle_seconds, float), np.asarray(agents, int)
    )
    return _in_time(waiting(load, agents), load, handle, agents, seconds)


def _in_time(
    waits: np.ndarray, load: np.ndarray, handle: np.ndarray, agents: np.ndarray | int, seconds: float
) -> np.ndarray:
    return np.where(load < agents, 1 - waits * np.exp(-np.maximum(agents - load, 0) * seconds / handle), 0.0)


def wait_seconds(load: ArrayLike, handle_seconds: ArrayLike, agents: ArrayLike) -> np.ndarray:
    """Return the mean wait of all calls (average speed of answer); infinite where the queue only grows.

    >>> wait_seconds(10.0, 180.0, 14).round(1).tolist()
    7.8
    """
    load, agents = np.broadcast_arrays(np.asarray(load, float), np.asarray(agents, int))
    spare = np.where(load < agents, agents - load, 1.0)
    return np.where(load < agents, waiting(load, agents) * np.asarray(handle_seconds, float) / spare, np.inf)


def busy(load: ArrayLike, agents: ArrayLike) -> np.ndarray:
    """Return the share of their time that agents handle (occupancy); nan without agents.

    >>> busy(10.0, [14, 5]).round(3).tolist()
    [0.714, 1.0]
    """
    load, agents = np.broadcast_arrays(np.asarray(load, float), np.asarray(agents, float))
    return np.minimum(np.divide(load, agents, out=np.full(load.shape, np.nan), where=agents > 0), 1.0)


def agents_for(load: ArrayLike, handle_seconds: ArrayLike, promise: Promise) -> np.ndarray:
    """Return the fewest agents that keep a promise; 0 without load, nan where load or handling time is not known.

    One pass up the numbers of agents serves all loads: Erlang B of one agent more follows from the last.

    >>> agents_for([0.0, 10.0, 10.0], 180.0, Promise(0.8, 20, 1.0)).tolist()
    [0.0, 14.0, 14.0]
    """
    load, handle = np.broadcast_arrays(np.asarray(load, float), np.asarray(handle_seconds, float))
    shape, load, handle = load.shape, load.ravel(), handle.ravel()
    if (load < 0).any() or np.isinf(load).any() or (handle <= 0).any():
        raise ValueError("loads are 0 or more and finite, handling times above 0")
    found = np.where(np.isnan(load) | np.isnan(handle), np.nan, 0.0)
    left = np.flatnonzero(load > 0) if len(load) else np.array([], int)
    left = left[~np.isnan(found[left])]
    blocks, number = np.ones(len(left)), 0
    while len(left):
        number += 1
        own, took = load[left], handle[left]
        blocks = own * blocks / (number + own * blocks)
        kept = _in_time(_waiting(blocks, own, number), own, took, number, promise.seconds) >= promise.share
        kept &= own <= promise.busiest * number
        found[left[kept]] = number
        left, blocks = left[~kept], blocks[~kept]
    return found.reshape(shape)


def most_load(agents: ArrayLike, handle_seconds: float, promise: Promise) -> np.ndarray:
    """Return the most load with which so many agents keep a promise, between whole numbers of agents by a straight line.

    >>> most = float(most_load(14, 180.0, Promise(0.8, 20, 1.0)))
    >>> agents_for([most - 1e-6, most + 1e-6], 180.0, Promise(0.8, 20, 1.0)).tolist()
    [14.0, 15.0]
    """
    agents = np.maximum(np.asarray(agents, float), 0.0)
    whole = np.floor(agents)
    low, high = (_most_load(number, handle_seconds, promise) for number in (whole, whole + 1))
    return low + (agents - whole) * (high - low)


def _most_load(whole: np.ndarray, handle_seconds: float, promise: Promise) -> np.ndarray:
    low, high = np.zeros(whole.shape), promise.busiest * whole
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        kept = in_time(middle, handle_seconds, whole.astype(int), promise.seconds) >= promise.share
        low, high = np.where(kept, middle, low), np.where(kept, high, middle)
    return low
