"""How much of what happens to a customer is the agent at all: the share of the variance between agents, by kind of contact.

It says whether coaching persons could matter; it names nobody. Of scores and yes/no outcomes the share is that on the scale
of the model (τ² ÷ (τ² + π²/3): Snijders & Bosker, Multilevel Analysis, 2012, 17.2), of handling times that of their
logarithms. τ² is Paule & Mandel's from each agent's own estimate with its interval (``people.between``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..people.between import between
from .design import FREE, Design, Group
from .held import pooled
from .known import BY_NAME, Driver
from .ordinal import Fit, fit
from .rows import Answers

FEWEST_EACH, FEWEST_AGENTS = 30, 5  # answers of an agent, agents with as many
LOGISTIC = np.pi**2 / 3
COLUMNS = ["measure", "label", "share", "lo", "hi", "agents", "n", "words"]
SMALL, LARGE = 3.0, 10.0  # per cent of the variance


@dataclass(frozen=True)
class Staff:
    """Shares of variance (``COLUMNS``), and what agents' effects on scores are drawn by in other models (1/τ²)."""

    shares: pd.DataFrame
    pull: float
    why: str


def staff(answers: Answers, smallest_group: int) -> Staff:
    """Estimate the share of the variance that lies between agents, of scores, handling times and first contacts unsolved."""
    counts = np.bincount(answers.agent[answers.agent >= 0], minlength=1)
    agents, least = int((counts >= FEWEST_EACH).sum()), max(smallest_group, FEWEST_AGENTS)
    if agents < least:
        some = "1 agent with {} answers or more is" if agents == 1 else f"{agents} agents with {{}} answers or more are"
        why = f"{some.format(FEWEST_EACH)} too few: {least} are needed"
        return Staff(pd.DataFrame(columns=COLUMNS), np.inf, why if counts.any() else "the data do not say who answered")
    rows, pull = [], np.inf
    named = {one.name: one for one in answers.drivers}
    for name, label, share in (
        ("csat", "Scores", _of_scores),
        ("unsolved", BY_NAME["unsolved"].label, _of_yes_no),
        ("handling", BY_NAME["handling"].label, _of_times),
    ):
        made = share(answers, named.get(name))
        if made is None:
            continue
        tau2, rest, people, n = made
        part = [100 * t / (t + rest) for t in tau2]
        rows.append((name, label, *part, people, n, _words(*part)))
        if name == "csat" and tau2[0] > 0:
            pull = 1 / tau2[0]
    return Staff(pd.DataFrame(rows, columns=COLUMNS), pull, "")


Variance = tuple[tuple[float, float, float], float, int, int]


def _of_scores(answers: Answers, _: Driver | None) -> Variance | None:
    return _on_logits(answers, np.arange(len(answers)), answers.y)


def _of_yes_no(answers: Answers, driver: Driver | None) -> Variance | None:
    if driver is None:
        return None
    rows = np.flatnonzero(answers.known(driver))
    return _on_logits(answers, rows, answers.frame[driver.name].to_numpy(float)[rows].astype(int))


def _on_logits(answers: Answers, rows: np.ndarray, y: np.ndarray) -> Variance | None:
    codes, size = pooled(answers.kind[rows])
    design = Design(
        np.searchsorted(np.unique(y), y), np.empty((len(rows), 0)), [Group("kind", codes, size, FREE)],
        np.unique(answers.customer[rows], return_inverse=True)[1],
    )  # fmt: skip
    made = fit(design)
    if not made.converged:
        return None
    agent = answers.agent[rows]
    found = _between(agent, lambda: _from_scores(made, agent, codes))
    return (found[0], LOGISTIC, *found[1:]) if found else None


def _from_scores(made: Fit, agent: np.ndarray, kind: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Return each agent's effect and its standard error by one step from nought, what kinds explain taken out of it."""
    size, kinds = int(agent.max()) + 1, int(kind.max()) + 1
    known = agent >= 0
    score = np.bincount(agent[known], made.by_eta[known], size)
    table = np.zeros((size, kinds))
    np.add.at(table, (agent[known], kind[known]), made.curve[known])
    whole = np.bincount(kind, made.curve, kinds)
    own = table.sum(axis=1) - (table**2 / whole).sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        return score / own, 1 / np.sqrt(own)


def _of_times(answers: Answers, driver: Driver | None) -> Variance | None:
    if driver is None:
        return None
    rows = np.flatnonzero(answers.known(driver))
    u, kind, agent = answers.frame[driver.name].to_numpy(float)[rows], answers.kind[rows], answers.agent[rows]
    count = np.bincount(kind)
    rest = u - (np.bincount(kind, u) / np.maximum(count, 1))[kind]
    known = agent >= 0
    size = int(agent.max()) + 1
    n = np.bincount(agent[known], minlength=size)
    with np.errstate(divide="ignore", invalid="ignore"):
        mean = np.bincount(agent[known], rest[known], size) / n
    inside = float(((rest[known] - mean[agent[known]]) ** 2).sum() / max(known.sum() - (n > 0).sum(), 1))
    found = _between(agent, lambda: (mean, np.sqrt(inside / np.maximum(n, 1))))
    return (found[0], inside, *found[1:]) if found else None


def _between(
    agent: np.ndarray, effects: Callable[[], tuple[np.ndarray, np.ndarray]]
) -> tuple[tuple[float, float, float], int, int] | None:
    """Return the variance between agents of enough answers with its interval, how many they are, and their answers."""
    counts = np.bincount(agent[agent >= 0], minlength=1)
    enough = counts >= FEWEST_EACH
    if enough.sum() < FEWEST_AGENTS:
        return None
    effect, se = effects()
    k = int(enough.sum())
    return between(effect[enough], se[enough], k / (k - 1)), k, int(counts[enough].sum())


def _words(share: float, lo: float, hi: float) -> str:
    if hi < SMALL:
        return "nearly nothing is the agent"
    if lo <= 0:
        return "no more than chance may be the agent" if share < SMALL else "cannot tell whether the agent matters"
    return "much is the agent" if lo > LARGE else "a part is the agent, most is not"
