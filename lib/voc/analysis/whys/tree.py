"""Ask why, and why again: a tree of explanations that grows until the data end.

At each step everything is tried (``tries``), and the explanation with the strongest evidence on one half of the customers is
taken if the false discovery rate over all tries allows it, if the other half of the customers confirms it, and if it carries
enough. Then the same is asked of what it leaves (a further branch), and of what it holds (the next why).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
import pandas as pd

from ..carried import one_gives_the_other
from ..compare import LIKELY, SURE
from ..rules import MetricRules
from .contrast import COUNT, effect_of
from .evidence import also, contrast_of, interval, mask, merely
from .kinds import TIME, TOGETHER, TOPIC, WORDING
from .precedence import SETTLED, told_before
from .question import Question
from .rows import Rows, Said
from .tries import tried

DEEPEST, MOST_BRANCHES = 5, 3
LEAST_SHARE = {"change": 0.15, "standing": 0.04, "deeper": 0.15}
"""Of what is asked about that an explanation must carry: of a change, of all contacts of a year, of what an explanation holds."""
LEAST_EXCESS = 15  # contacts that it must carry
LEAST_TIMES = 1.5  # as often as in the rest
ADDS = 3.0  # z of each label of a combination among the contacts of its other labels, or it adds nothing
CONFIRMED = 1.645  # z on the other half, one-sided 5 %
SURELY = 2.326  # the same at 1 %
PECULIAR = 5.0  # times as often as expected, from which a further wording is of the same matter
ATTEMPTS = 3  # explanations that are held against the other half before a step is given up

Wordings = Callable[[np.ndarray, np.ndarray, frozenset], Said | None]


@dataclass(frozen=True)
class Node:
    """One explanation in a tree: see ``table.NODE_COLUMNS`` for what its figures mean."""

    id: str
    parent: str
    depth: int
    one: dict
    rows: np.ndarray
    cases: np.ndarray
    share: float
    lo: float
    hi: float
    tries: int
    certainty: str
    also: tuple[dict, ...] = ()
    merely: tuple[str, float] = ("", 1.0)
    stop: str = ""
    rivals: pd.DataFrame = field(default_factory=pd.DataFrame)


@dataclass(frozen=True)
class Growing:
    """What a tree is grown with: rows, labels that may explain, rules, seed, and who lays out the wordings of some contacts."""

    rows: Rows
    labels: tuple[str, ...]
    rules: MetricRules
    seed: int = 0
    order: int = 2
    wordings: Wordings | None = None
    words: Callable[[np.ndarray, np.ndarray], dict[str, list[str]]] | None = None


def grow(growing: Growing, asked: Question, whole: float, root: str) -> tuple[list[Node], str, int]:
    """Grow the tree of one question.

    ``whole`` is what there is to explain (``contrast.total``). Returns the nodes, parents before children, why the root
    itself stopped (empty where it has branches), and how much was tried at the root.
    """
    nodes: list[Node] = []
    stop, tries = _branch(growing, asked, whole, root, 1, nodes)
    return nodes, stop, tries


def _branch(
    growing: Growing, asked: Question, whole: float, parent: str, depth: int, nodes: list[Node]
) -> tuple[str, int]:
    """Add the branches of one step and grow each; return why there are none, and how much was tried."""
    rows, rules = growing.rows, growing.rules
    if depth > DEEPEST:
        return "five whys deep", 0
    if asked.main.cases.sum() < rules.min_n:
        return f"fewer than {rules.min_n} contacts are left", 0
    rows, numbers = _with_wordings(growing, asked, depth)
    labels = _usable(rows, growing.labels, asked)
    left, first, why = asked, 0, "no explanation of what is left is beyond chance"
    for _ in range(MOST_BRANCHES):
        found = tried(rows, left, labels, growing.order, numbers)
        first = first or found.attrs["tried"]
        taken, why = _chosen(rows, found, left, whole, depth, rules)
        if taken is None:
            break
        if taken["kind"] == WORDING:
            taken = _widened(rows, left, taken, found, growing.rules)
        if taken["kind"] == WORDING and growing.words is not None:
            taken = taken | {"words": _named(growing, rows, left, taken)}
        sibling = 1 + sum(one.parent == parent for one in nodes)
        node = _node(growing, rows, left, taken, found, whole, parent, depth, sibling, labels)
        nodes.append(node)
        at = len(nodes) - 1
        if node.one["kind"] in SETTLED:
            stop = "customers say it themselves"
        else:
            deeper = _deeper(rows, asked, node)
            carried = max(float(taken["excess"]), 1.0) if not asked.standing else float(node.cases.sum())
            stop, _ = _branch(growing, deeper, carried, node.id, depth + 1, nodes)
        nodes[at] = replace(nodes[at], stop=stop)
        left = left.without(node.rows)
    return ("" if any(one.parent == parent for one in nodes) else why), first


def _with_wordings(growing: Growing, asked: Question, depth: int) -> tuple[Rows, list[int]]:
    """Lay out what is said by the contacts in question beside the themes and topics that are known already."""
    rows = growing.rows
    # a topic names a matter: of one problem it would name the problem again
    all_matters = not asked.about and depth == 1
    numbers = [
        at for at, said in enumerate(rows.said) if said.kind not in asked.taken and (said.kind != TOPIC or all_matters)
    ]
    if growing.wordings is None or (depth == 1 and asked.standing):
        return rows, numbers
    compared = asked.siblings if asked.standing else asked.compares(np.ones(len(rows), dtype=bool))[1]
    said = growing.wordings(compared.group == 0, compared.group > 0, asked.taken)
    if said is None:
        return rows, numbers
    return replace(rows, said=(*rows.said, said)), [*numbers, len(rows.said)]


def _named(growing: Growing, rows: Rows, asked: Question, one: dict) -> dict[str, list[str]]:
    """Name a wording by what its contacts say and the others in question do not."""
    part, contrast = mask(rows, one), asked.contrast(one["against"])
    return growing.words(part & (contrast.group == 0), ~part & (contrast.group >= 0))


def _widened(rows: Rows, asked: Question, taken: dict, found: pd.DataFrame, rules: MetricRules) -> dict:
    """Tell one matter once, in however many words it is said: join the other wordings that are as peculiar to these contacts."""
    peculiar = found[
        (found["kind"] == WORDING) & (found["against"] == taken["against"]) & (found["q"] <= rules.likely)
        & (found["z_confirmed"] >= CONFIRMED) & (found["cases"] >= PECULIAR * found["expected"])
    ]  # fmt: skip
    columns = [int(taken["column"]), *(int(at) for at in peculiar["column"] if at != taken["column"])]
    one = taken | {"columns": columns}
    contrast, part = contrast_of(rows, asked, one)
    judged, inside, _ = effect_of(part, contrast)
    sizes = {name: float(getattr(judged, name)[0]) for name in ("z", "excess", "expected", "here", "rest")}
    return one | sizes | {"cases": int(inside[0])}


def _usable(rows: Rows, labels: Sequence[str], asked: Question) -> list[str]:
    """Leave out labels that were used on the way here, and those that give one of them away."""
    kept = []
    for name in labels:
        if name not in rows.codes or name in asked.taken:
            continue
        inside = (asked.main.group >= 0) & (rows.codes[name] >= 0)
        if len(np.unique(rows.codes[name][inside])) < 2:
            continue
        kept.append(name)
    return kept


def gives_away(rows: Rows, name: str, other: str) -> bool:
    """Tell whether one label nearly names the other, as a city names its region."""
    both = (rows.codes[name] >= 0) & (rows.codes[other] >= 0)
    shape = len(rows.values[name]), len(rows.values[other])
    place = rows.codes[name][both].astype(np.int64) * shape[1] + rows.codes[other][both]
    return one_gives_the_other(np.bincount(place, minlength=shape[0] * shape[1]).reshape(shape).astype(float))


def _chosen(
    rows: Rows, found: pd.DataFrame, asked: Question, whole: float, depth: int, rules: MetricRules
) -> tuple[dict | None, str]:
    """Take the strongest explanation that is beyond chance, carries enough and is confirmed; or say why there is none."""
    beyond = found[found["q"] <= rules.likely]
    if beyond.empty:
        return None, "nothing that was tried explains it beyond chance"
    least = LEAST_SHARE["deeper" if depth > 1 else "standing" if asked.standing else "change"]
    large = beyond[(beyond["excess"] >= max(least * whole, LEAST_EXCESS)) & _clearly(beyond, asked)]
    if large.empty:
        return None, f"what is beyond chance carries less than {least:.0%} of it"
    best = _first_confirmed(rows, large, asked, rules)
    if best is None:
        return None, "the other half of the customers does not confirm it"
    before = large[told_before(rows, large, best, asked.main.cases)]
    best = _first_confirmed(rows, before, asked, rules) or best
    return best, ""


def _first_confirmed(rows: Rows, large: pd.DataFrame, asked: Question, rules: MetricRules) -> dict | None:
    """Take the strongest explanation that the other half of the customers confirms."""
    attempts = 0
    for one in large.to_dict("records"):
        if one["kind"] == TOGETHER and not _worth(rows, asked, one):
            continue
        if len(np.unique(rows.teller[mask(rows, one) & asked.main.cases])) < max(rules.smallest_group, 2):
            continue
        attempts += 1
        if one["z_confirmed"] >= CONFIRMED:
            return one
        if attempts == ATTEMPTS:
            break
    return None


def _clearly(found: pd.DataFrame, asked: Question) -> pd.Series:
    """Mark what differs by enough to act on: half as often again, for counts."""
    if asked.main.form != COUNT:
        return pd.Series(True, index=found.index)
    return found["cases"] >= LEAST_TIMES * found["expected"]


def _worth(rows: Rows, asked: Question, one: dict) -> bool:
    """Tell whether each label of a combination says something within the value of the others: else the shorter one is told."""
    contrast, part = contrast_of(rows, asked, one)
    for at in range(len(one["names"])):
        rest = [pair for place, pair in enumerate(zip(one["names"], one["values"], strict=True)) if place != at]
        inside = np.logical_and.reduce([rows.is_value(*pair) for pair in rest])
        judged, _, _ = effect_of(part, contrast.within(inside))
        if not judged.z[0] >= ADDS:
            return False
    return True


def _node(
    growing: Growing, rows: Rows, left: Question, one: dict, found: pd.DataFrame, whole: float, parent: str,
    depth: int, sibling: int, labels: Sequence[str],
) -> Node:  # fmt: skip
    """Gather the evidence of an explanation taken."""
    rng = np.random.default_rng(list(f"{growing.seed}/{parent}.{sibling}".encode()))
    lo, hi = interval(rows, left, one, rng, whole)
    part = mask(rows, one)
    sure = one["q"] <= growing.rules.sure and one["z_confirmed"] >= SURELY
    mistaken = merely(rows, left, one, labels)
    rivals = found.head(300).drop_duplicates(["kind", "names", "values"]).head(12)
    return Node(
        f"{parent}.{sibling}", parent, depth, one, part, part & left.main.cases, one["excess"] / whole, lo, hi,
        found.attrs["tried"], SURE if sure and not mistaken[0] else LIKELY, tuple(also(rows, left, one, found)[:3]), mistaken,
        rivals=rivals.assign(share=rivals["excess"] / whole),
    )  # fmt: skip


def _deeper(rows: Rows, asked: Question, node: Node) -> Question:
    """Ask why of what an explanation holds; what names it cannot explain it again."""
    inside = node.rows
    names = set(node.one["names"])
    used = {name for name in names if name in rows.codes}
    away = {name for name in rows.codes for other in used if name != other and gives_away(rows, other, name)}
    group = np.where(asked.main.cases & inside, 0, np.where(asked.problem, 1, -1)).astype(np.int8)
    siblings = replace(asked.main, form=COUNT, group=group, sign=1)
    return replace(
        asked, main=asked.main.within(inside), siblings=siblings,
        timed=asked.timed.within(inside) if asked.timed is not None else None,
        rated=asked.rated.within(inside) if asked.rated is not None else None,
        taken=asked.taken | frozenset(names) | frozenset(away) | ({TIME} if node.one["kind"] == TIME else frozenset()),
    )  # fmt: skip
