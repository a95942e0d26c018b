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
from .contrast import COUNT, effects
from .evidence import also, interval, known, mask, merely
from .rows import Rows, Said
from .tries import LABEL, THEME, TIME, TOGETHER, TOPIC, WORDING, Question, tried

DEEPEST, MOST_BRANCHES = 5, 3
LEAST_SHARE = {"change": 0.15, "standing": 0.05, "deeper": 0.15}
"""Of what is asked about that an explanation must carry: of a change, of all contacts of a year, of what an explanation holds."""
LEAST_EXCESS = 15  # contacts that it must carry
LEAST_TIMES = 1.5  # as often as in the rest
NOTABLY = 1.1  # times as strong as the best of its labels alone, or a combination is not worth its length
CONFIRMED = 1.645  # z on the other half, one-sided 5 %
SURELY = 2.326  # the same at 1 %
BEFORE_WORDS = 0.8  # of the excess that a wording carries: a place or a time that carries as much is asked first
ATTEMPTS = 3  # explanations that are held against the other half before a step is given up
SETTLED = (THEME, WORDING, TOPIC)  # what customers say is the end of what numbers can tell

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
    stop, tries = _branch(growing, asked, whole, root, 1, nodes, np.ones(len(growing.rows), dtype=bool))
    return nodes, stop, tries


def _branch(
    growing: Growing, asked: Question, whole: float, parent: str, depth: int, nodes: list[Node], inside: np.ndarray
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
        same = next(
            (
                at
                for at, one in enumerate(nodes)
                if one.parent == parent and one.one["kind"] == taken["kind"] == WORDING
            ),
            None,
        )
        if same is not None:
            nodes[same] = _merged(growing, rows, asked, nodes[same], taken, whole)
            left = left.without(mask(rows, taken))
            continue
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
            stop, _ = _branch(growing, deeper, carried, node.id, depth + 1, nodes, inside & node.rows)
        nodes[at] = replace(nodes[at], stop=stop)
        left = left.without(node.rows)
    return ("" if any(one.parent == parent for one in nodes) else why), first


def _with_wordings(growing: Growing, asked: Question, depth: int) -> tuple[Rows, list[int]]:
    """Lay out what is said by the contacts in question beside the themes and topics that are known already."""
    rows = growing.rows
    numbers = [at for at, said in enumerate(rows.said) if said.kind not in asked.taken]
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


def _merged(growing: Growing, rows: Rows, asked: Question, node: Node, taken: dict, whole: float) -> Node:
    """Tell one matter once, in however many words it is said: join a further wording to the one that stands."""
    columns = [*node.one.get("columns", [node.one["column"]]), taken["column"]]
    one = node.one | {"columns": columns}
    contrast, part = asked.contrast(one["against"]).within(known(rows, one)), mask(rows, one)
    inside, every = (np.bincount(contrast.group[kept], minlength=contrast.groups)
                     for kept in ((contrast.group >= 0) & part, contrast.group >= 0))  # fmt: skip
    judged = effects(inside[None, :], every, contrast)
    one |= {name: float(getattr(judged, name)[0]) for name in ("z", "excess", "expected", "here", "rest")}
    one |= {"cases": int(inside[0])}
    if growing.words is not None:
        one |= {"words": _named(growing, rows, asked, one)}
    lo, hi = interval(rows, asked, one, np.random.default_rng([growing.seed, node.depth, len(columns)]), whole)
    return replace(node, one=one, rows=part, cases=part & asked.main.cases, share=one["excess"] / whole, lo=lo, hi=hi)


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
    best = _first_confirmed(rows, large, found, asked, rules)
    if best is None:
        return None, "the other half of the customers does not confirm it"
    if best["kind"] in SETTLED:
        places = large[~large["kind"].isin(SETTLED) & (large["excess"] >= BEFORE_WORDS * best["excess"])]
        best = _first_confirmed(rows, places, found, asked, rules) or best
    return best, ""


def _first_confirmed(
    rows: Rows, large: pd.DataFrame, found: pd.DataFrame, asked: Question, rules: MetricRules
) -> dict | None:
    """Take the strongest explanation that the other half of the customers confirms."""
    attempts = 0
    for one in large.to_dict("records"):
        if one["kind"] == TOGETHER and not _worth(one, found):
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
    times = found["here"] / found["rest"]
    return (times >= LEAST_TIMES) | (found["rest"] == 0) if asked.main.sign > 0 else times <= 1 / LEAST_TIMES


def _worth(one: dict, found: pd.DataFrame) -> bool:
    """Tell whether a combination says notably more than the strongest of its labels alone."""
    parts = found[found["kind"] == LABEL]
    pairs = set(zip(one["names"], one["values"], strict=True))
    alone = [z for names, values, z in zip(parts["names"], parts["values"], parts["z_found"], strict=True) if (names[0], values[0]) in pairs]  # fmt: skip
    return not alone or one["z_found"] >= NOTABLY * max(alone)


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
        taken=asked.taken | frozenset(names) | frozenset(away) | ({TIME} if node.one["kind"] == TIME else frozenset()),
    )  # fmt: skip
