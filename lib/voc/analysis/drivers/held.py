"""What a model of the scores holds alike: what a contact is about, its kind, its context, what came before, the agent."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from . import alias, splines
from .contacts import CONTEXT
from .design import FREE, Design, Group
from .known import Driver
from .rows import Answers

EARLIER_KNOTS = 4  # of what is held alike
ALL = ("matter", "kind", "context", "before", "agent")  # all that can be held alike
FEWEST_OF_LABEL = 20  # answers of a label; rarer ones are one label together


def design_of(
    answers: Answers, driver: Driver, rows: np.ndarray, columns: np.ndarray, held: Sequence[str] = ALL,
    weight: np.ndarray | None = None, pull_of_agents: float = np.inf, labels: Sequence[str] = (),
) -> Design:  # fmt: skip
    """Lay out a model of the scores: the driver's own columns first, then what is held alike (arguments as of ``model``)."""
    blocks = [columns]
    if "before" in held:
        blocks += [earlier(answers, one, rows) for one in answers.drivers if one.step < driver.step]
    groups = _groups(answers, rows, held, labels)
    if "agent" in held and np.isfinite(pull_of_agents) and answers.agent.max() > 0:
        groups.append(Group("agent", *pooled(answers.agent[rows], 1), pull=pull_of_agents))
    y = answers.y[rows]
    own = None if weight is None else weight[rows] / weight[rows].mean()
    cluster = np.unique(answers.customer[rows], return_inverse=True)[1]
    x = np.hstack(blocks)
    x = x[:, alias.own(x) | (np.arange(x.shape[1]) < columns.shape[1])]
    return Design(np.searchsorted(np.unique(y), y), x, groups, cluster, own)


def _groups(answers: Answers, rows: np.ndarray, held: Sequence[str], labels: Sequence[str]) -> list[Group]:
    names = [answers.matter] if "matter" in held else []
    names += ["kind"] if "kind" in held else []
    names += [name for name in CONTEXT if "kind" not in held or name != "channel"] if "context" in held else []
    made = []
    for name in dict.fromkeys([*names, *labels]):
        if name in answers.labels:
            codes, size = pooled(answers.labels[name][0][rows])
            if size > 1:
                made.append(Group(name, codes, size, FREE))
    return made


def pooled(codes: np.ndarray, fewest: int = FEWEST_OF_LABEL) -> tuple[np.ndarray, int]:
    """Number labels anew, rare ones as one together; −1 stays unknown."""
    counts = np.bincount(codes[codes >= 0], minlength=1)
    common = counts >= fewest
    to = np.where(common, np.cumsum(common) - 1, common.sum())
    made = np.where(codes >= 0, to[codes], -1)
    return made, int(made.max(initial=-1)) + 1


def earlier(answers: Answers, driver: Driver, rows: np.ndarray) -> np.ndarray:
    """Return the columns by which a driver that came before is held alike: its curve, and whether it is unknown."""
    u = answers.frame[driver.name].to_numpy(float)[rows]
    known = ~np.isnan(u)
    if known.sum() < 30 or np.ptp(u[known]) == 0:
        return np.empty((len(rows), 0))
    middle = np.median(u[known]) if driver.is_time else 0.0
    knots = (
        np.unique(np.quantile(u[known], splines.PLACES[EARLIER_KNOTS])) if driver.is_time else np.unique(u[known])[:2]
    )
    columns = splines.basis(np.where(known, u, middle), knots)
    share = known.mean()
    return np.hstack([columns, ~known[:, None]]) if 0.02 < share < 0.98 else columns
