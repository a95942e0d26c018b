"""How a branch ends: what somebody can change or whom to ask, whose it is, and whether it was told before."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ...data.periods import Period
from ..compare import SURE
from ..findings import owner_of
from .kinds import LABEL, THEME, TIME, TOGETHER, WORDING
from .starts import Start

START = "start"
CAUSE, ASK = "cause", "ask"
"""Something that somebody can change, or the data end and somebody must be asked."""
PLACES = (LABEL, TOGETHER)
RARE_ENOUGH = (
    0.01  # of all days with an event as near, up to which an event alone is a cause: a month tells several spans
)
ALIKE = 0.6  # part of the contacts of two leaves that they share, from which they are one cause


def ends_of(row: Mapping) -> str:
    """Say how a branch ends: at something that somebody can change, or where the data end.

    What customers say in their own words, a version, a carrier, a page or a method of payment can be taken up as it is. A
    span of days, an hour, a customer group or a step before names no lever, nor does a wording that no word sets apart, and
    what is only likely is no cause yet: somebody has to be asked.
    """
    said = row["kind"] == THEME or (row["kind"] == WORDING and bool(row["words"]))
    levers = said or (
        row["kind"] in PLACES and not set(row["names"]) & {"hour", "weekday", "came_after", "after_order", "segment"}
    )
    if row["kind"] == TIME:
        levers = bool(row["event"]) and row["by_chance"] <= RARE_ENOUGH
    return CAUSE if levers and not row["merely"] and row["certainty"] == SURE else ASK


def path_of(row: Mapping, nodes: Sequence[Mapping]) -> list[Mapping]:
    """List the steps that lead to an explanation, itself first, the question left out."""
    above = {one["node"]: one for one in nodes}
    path = [row]
    while above.get(path[-1]["parent"], {}).get("kind", START) != START:
        path.append(above[path[-1]["parent"]])
    return path


def owner_of_path(
    path: Sequence[Mapping],
    start: Start,
    owners: Mapping[str, Mapping[str, str]],
    category_of: Mapping[str, str],
    matter: str,
) -> str:
    """Return who takes an explanation up: named for a value on the way to it, nearest first, else for the problem."""
    places = [pair for one in path for pair in zip(one["names"], one["values"], strict=True)]
    places += [start.where] if start.where else []
    problem = next((value for name, value in places if name == matter), start.label)
    for name, value in [*places, (matter, problem)]:
        named = owners.get(name, {})
        if value in named or (name != matter and "default" in named):
            return named.get(value) or named["default"]
    return owner_of(owners, "category", category_of.get(problem, problem))


def cause_of(path: Sequence[Mapping]) -> str:
    """Return a key of the path to an explanation, the same in every month: problem, measure and its values in order.

    Spans and wordings are named by their kind alone: their days and words shift from month to month.
    """
    steps = []
    for one in path:
        pairs = zip(one["names"], one["values"], strict=True)
        steps += [f"{name}={value}" for name, value in pairs] if one["kind"] in PLACES else [one["kind"]]
    return json.dumps([path[0]["label"], path[0]["measure"], *sorted(steps)], ensure_ascii=False)


def same_as(cases: np.ndarray, told: Sequence[tuple[str, np.ndarray]]) -> str:
    """Name the leaf told before that holds mostly the same contacts."""
    for node, other in told:
        if (cases & other).sum() >= ALIKE * max(min(cases.sum(), other.sum()), 1):
            return node
    return ""


def known_since(cause: str, known: pd.DataFrame | None, period: Period) -> str:
    """Return the earliest month that told a cause before."""
    if known is None or known.empty:
        return ""
    before = known.loc[(known["cause"] == cause) & (known["period"] < period.label), "period"]
    return str(before.min()) if len(before) else ""
