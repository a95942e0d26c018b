"""All questions of a month answered: a tree each, as tables that a page tells and a later month remembers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ...data.periods import Period
from ..rules import MetricRules
from .apart import mix_and_rate
from .contrast import COUNT, Contrast
from .ends import ASK, PLACES, START, cause_of, ends_of, known_since, owner_of_path, path_of, same_as
from .events import EVENT_COLUMNS, NO_EVENT, event_of, seasonal
from .kinds import TIME
from .question import Question
from .rows import HANDLED, Rows
from .said import Heard
from .starts import CONTACTS, OTHERS, Start, question, spans, within
from .tree import Growing, Node, grow
from .voices import COLUMNS as VOICE_COLUMNS
from .voices import voices

NODE_COLUMNS = [
    "story", "node", "parent", "depth", "kind", "names", "values", "label", "measure", "against", "reason", "sign",
    "where_name", "where_value", "n", "people", "whole", "excess", "expected", "mix", "rate", "share", "lo", "hi", "here", "rest", "judged",
    "tries", "q", "certainty", "z_found", "z_confirmed", "also", "merely", "merely_left", "begin", "end", "season",
    *EVENT_COLUMNS, "words", "stop", "leaf", "ends", "cause", "owner", "contacts_month", "hours_month", "money_month", "known_since",
    "same_as",
]  # fmt: skip
TRIED_COLUMNS = ["story", "node", "kind", "names", "values", "share", "z", "q", "certainty", "taken"]


@dataclass(frozen=True)
class Whys:
    """What a month's whys come to.

    ``nodes``: one row a step, parents before children, the question itself (kind ``start``) first: see docs. ``tried``: the
    strongest explanations at each step, with the one taken. ``voices`` and ``members`` (story, node, interaction_id).
    """

    nodes: pd.DataFrame
    tried: pd.DataFrame
    voices: pd.DataFrame
    members: pd.DataFrame


def whys(
    rows: Rows,
    asked: Sequence[Start],
    period: Period,
    rules: MetricRules,
    growing: Growing,
    *,
    heard: Heard | None = None,
    events: pd.DataFrame | None = None,
    owners: Mapping[str, Mapping[str, str]] | None = None,
    category_of: Mapping[str, str] | None = None,
    moods: Mapping[str, float] | None = None,
    known: pd.DataFrame | None = None,
    spread: float = 1.0,
) -> Whys:
    """Answer every question: grow its tree, name what began it, choose its voices, say how each branch ends.

    Args:
        rows, asked, period, rules, spread: see ``starts``.
        growing: what trees are grown with.
        heard: for voices; None where there are no texts.
        events: of the business, with starts_on.
        owners: who takes up what, by dimension and value; ``category_of`` gives a problem's category for it.
        moods: interaction_id → −1, 0, 1.
        known: causes told in earlier months: cause, period.
    """
    nodes, tried, quoted, members = [], [], [], []
    told: list[tuple[str, np.ndarray]] = []
    for number, start in enumerate(asked, 1):
        story = f"S{number}"
        made = question(rows, start, period, spread, rules.min_n)
        if made is None:
            continue
        first, whole = made
        if whole <= 0:
            continue
        labels = growing.labels if start.measure == CONTACTS else (*growing.labels, *_handled(rows))
        labels = labels if start.label else (*labels, rows.matter)
        grown, stop, tries = grow(replace(growing, labels=tuple(labels)), first, whole, story)
        root = _root(rows, story, start, first, whole, stop, tries, period, rules)
        root["owner"] = owner_of_path([], start, owners or {}, category_of or {}, rows.matter)
        nodes.append(root)
        paths = {story: np.ones(len(rows), dtype=bool)}
        for node in grown:
            paths[node.id] = paths[node.parent] & node.rows
            row = _row(rows, story, start, node, first, period, rules, events)
            row["mix"], row["rate"] = _apart(rows, start, node, first, paths[node.id], period)
            row["leaf"] = not any(other.parent == node.id for other in grown)
            row["ends"] = ends_of(row) if row["leaf"] else ""
            path = path_of(row, nodes)
            row["owner"] = owner_of_path(path, start, owners or {}, category_of or {}, rows.matter)
            row["cause"] = cause_of(path)
            row["same_as"] = same_as(node.cases, told) if row["leaf"] else ""
            row["known_since"] = known_since(row["cause"], known, period)
            nodes.append(row)
            if row["leaf"]:
                told.append((node.id, node.cases))
            members += [
                pd.DataFrame(
                    {"story": story, "node": node.id, "interaction_id": rows.frame["interaction_id"][node.cases]}
                )
            ]
            if heard is not None:
                base = first.problem & ~node.cases
                quoted += voices(rows, heard, story, node.id, node.cases, base, moods or {})
        tried += [_tried(story, node) for node in grown]
    return Whys(
        pd.DataFrame(nodes, columns=NODE_COLUMNS), _together(tried, TRIED_COLUMNS), pd.DataFrame(quoted, columns=VOICE_COLUMNS),
        _together(members, ["story", "node", "interaction_id"]),
    )  # fmt: skip


def _together(parts: list[pd.DataFrame], columns: list[str]) -> pd.DataFrame:
    return pd.concat(parts, ignore_index=True)[columns] if parts else pd.DataFrame(columns=columns)


def _handled(rows: Rows) -> list[str]:
    """Labels of how contacts are handled: they may explain a wait or a score, never why customers come."""
    return [name for name in HANDLED if name in rows.codes and name not in ("language", "source", "status")]


def _root(
    rows: Rows, story: str, start: Start, asked: Question, whole: float, stop: str, tries: int, period: Period,
    rules: MetricRules,
) -> dict:  # fmt: skip
    cases = asked.problem
    counts = np.bincount(asked.main.group[asked.main.group >= 0], minlength=asked.main.groups)
    return {
        **_of_start(story, start), "node": story, "parent": "", "depth": 0, "kind": START, "names": (), "values": (),
        "n": int(cases.sum()), "people": len(np.unique(rows.teller[cases])), "whole": whole, "excess": whole,
        "expected": float(cases.sum() - start.sign * whole), "share": 100.0, "judged": "main", "tries": tries,
        "here": float(counts[0]), "rest": float(counts[1]), "certainty": "", "also": [], "words": {}, "stop": stop,
        "leaf": bool(stop), "ends": ASK if stop else "", **NO_EVENT, **_weight(rows, cases, period, rules),
    }  # fmt: skip


def _of_start(story: str, start: Start) -> dict:
    where = start.where or ("", "")
    return {
        "story": story, "label": start.label, "measure": start.measure, "against": start.against, "reason": start.why,
        "sign": start.sign, "where_name": where[0], "where_value": where[1],
    }  # fmt: skip


def _row(
    rows: Rows, story: str, start: Start, node: Node, first: Question, period: Period, rules: MetricRules,
    events: pd.DataFrame | None,
) -> dict:  # fmt: skip
    one, timed = node.one, first.timed
    spanned = one["kind"] == TIME
    everything = Contrast(COUNT, np.where(rows.problem == start.label, 0, 1).astype(np.int8), first.main.spread)
    season = spanned and start.measure == CONTACTS and bool(start.label) and seasonal(rows, everything, one)
    return {
        **_of_start(story, start), "node": node.id, "parent": node.parent, "depth": node.depth, "kind": one["kind"],
        "names": tuple(one["names"]), "values": tuple(one["values"]), "n": int(node.cases.sum()),
        "people": len(np.unique(rows.teller[node.cases])), "whole": node.one["excess"] / node.share if node.share else np.nan,
        "share": 100 * node.share, "lo": 100 * node.lo, "hi": 100 * node.hi, "judged": one["against"], "tries": node.tries,
        **{name: float(one[name]) for name in ("excess", "expected", "here", "rest", "q", "z_found", "z_confirmed")},
        "certainty": node.certainty, "also": [_named(other) for other in node.also], "merely": node.merely[0],
        "merely_left": node.merely[1], "begin": rows.date_of(one["begin"]) if spanned else pd.NaT,
        "end": rows.date_of(one["end"] - 1) if spanned else pd.NaT, "season": season,
        **(event_of(rows, timed, one, events) if spanned and timed is not None else NO_EVENT),
        "words": one.get("words", {}), "stop": node.stop, **_weight(rows, node.cases, period, rules),
    }  # fmt: skip


def _apart(
    rows: Rows, start: Start, node: Node, first: Question, path: np.ndarray, period: Period
) -> tuple[float, float]:
    """Tell mix and rate apart for a place that carries a change; a question without a before has none."""
    if start.against == OTHERS or node.one["kind"] not in PLACES:
        return np.nan, np.nan
    now, then = spans(start, period)
    masks = within(rows, now), within(rows, then)
    return mix_and_rate(path, first.main, masks, now.days / then.days)


def _named(other: Mapping) -> dict:
    """Keep of another name for the same cases what a reader needs."""
    return {
        "kind": other["kind"], "names": list(other["names"]), "values": list(other["values"]), "alike": round(float(other["alike"]), 3),
    }  # fmt: skip


def _weight(rows: Rows, cases: np.ndarray, period: Period, rules: MetricRules) -> dict:
    """Tell what contacts cost a month: how many, hours of recorded handling, and money where an hour's cost is known."""
    first, end = ((pd.Timestamp(day) - rows.first).days for day in (period.start, period.end))
    now = cases & (rows.day >= first) & (rows.day < end)
    hours = float(np.nansum(rows.frame["handle_seconds"].to_numpy(float, na_value=np.nan)[now])) / 3600
    return {
        "contacts_month": int(now.sum()), "hours_month": hours,
        "money_month": hours * float(rules.cost_per_hour) if rules.cost_per_hour else np.nan,
    }  # fmt: skip


def _tried(story: str, node: Node) -> pd.DataFrame:
    rivals = node.rivals.assign(
        story=story, node=node.id, share=100 * node.rivals["share"],
        taken=[(kind, names, values) == (node.one["kind"], node.one["names"], node.one["values"]) for kind, names, values in
               zip(node.rivals["kind"], node.rivals["names"], node.rivals["values"], strict=True)],
    )  # fmt: skip
    rivals["certainty"] = np.where(rivals["taken"], node.certainty, "")
    return rivals[TRIED_COLUMNS]
