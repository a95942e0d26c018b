"""Do the whys tell causes that are none: in the sample, and in worlds where nothing explains anything?"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd
from material import Material
from voc.analysis.compare import SURE
from voc.analysis.intervals import wilson
from voc.analysis.whys.ends import CAUSE, START
from voc.analysis.whys.rows import Rows
from voc.analysis.whys.said import Heard, wordings_of, words_of
from voc.analysis.whys.starts import PREVIOUS, Start, question, year_before
from voc.analysis.whys.stories import whys
from voc.analysis.whys.tree import Growing
from whys_told import Told

MOSTLY = 0.5  # of the excess told that must be contacts of one planted truth
NO_EVENT = (1, 3, 8, 13)  # planted truths that no event of the business brought
NULL_LABELS = ("browser", "packaging_colour")
PROBLEMS, WORLDS, WITH_TEXTS = 8, 20, 3


@dataclass(frozen=True)
class FalseCauses:
    """Causes told, and those of them that are none; the same of all that is told as sure."""

    causes: int
    false: list[str]
    sure: int
    false_sure: list[str]

    def __str__(self) -> str:
        return (
            f"false causes: {rate(len(self.false), self.causes)} of the branches that end at a cause; "
            f"{rate(len(self.false_sure), self.sure)} of all steps told as sure"
            + "".join(f"\n  not planted: {line}" for line in dict.fromkeys([*self.false, *self.false_sure]))
        )

    def __add__(self, other: FalseCauses) -> FalseCauses:
        return FalseCauses(
            self.causes + other.causes,
            self.false + other.false,
            self.sure + other.sure,
            self.false_sure + other.false_sure,
        )


def rate(hits: int, n: int) -> str:
    if not n:
        return "0 of 0"
    lo, hi = wilson(np.array(float(hits)), np.array(float(n)))
    return f"{hits} of {n} ({hits / n:.1%}; 95 % interval {float(lo):.1%}–{float(hi):.1%})"


def false_causes(months: Sequence[Told], plants: dict[int, dict], null_events: set[str]) -> FalseCauses:
    """Count what is told as a cause, or as sure, that no planted truth stands behind."""
    total = FalseCauses(0, [], 0, [])
    for told in months:
        causes = [step for step in told.steps if step["ends"] == CAUSE]
        sure = [step for step in told.steps if step["certainty"] == SURE]
        wrong = {step["node"]: why for step in told.steps if (why := fault(told, step, plants, null_events))}
        lines = {node: f"{told.month} {told.words(node)}: {why}" for node, why in wrong.items()}
        total += FalseCauses(
            len(causes), [lines[step["node"]] for step in causes if step["node"] in wrong],
            len(sure), [lines[step["node"]] for step in sure if step["node"] in wrong],
        )  # fmt: skip
    return total


def fault(told: Told, step: dict, plants: dict[int, dict], null_events: set[str]) -> str:
    """Say why a step is false, empty where it is not.

    False is a step by a label that was planted to mean nothing, a cause named after an event that was or that did not bring the
    planted truth inside, and a step whose excess is mostly contacts that no planted truth brought. More or less of what a
    planted measure changed is true as well.
    """
    nulls = [name for name in step["names"] if name in NULL_LABELS]
    if nulls:
        return f"{', '.join(nulls)} means nothing"
    if step["kind"] == "time" and step["ends"] == CAUSE and step["event"] in null_events:
        return f"{step['event']} brought nothing"
    number, ours = told.most(step["node"])
    if step["kind"] == "time" and step["ends"] == CAUSE and number in NO_EVENT:
        return f"{step['event']} did not bring plant {number}"
    if ours >= MOSTLY * step["excess"] or _measured(told, step, plants):
        return ""
    return f"{ours} of {step['excess']:.0f} too many are of plant {number}, {step['n']} contacts, z {step['z_found']:.1f}/{step['z_confirmed']:.1f}"


def _measured(told: Told, step: dict, plants: dict[int, dict]) -> bool:
    """Tell whether a span begins or ends where the measure that worked changed a problem."""
    worked = plants[11]["where"]["worked"]
    day = pd.Timestamp(worked["day"])
    spans = [one for one in told.path(step["node"]) if one["kind"] == "time"]
    return step["label"] == worked["issue"] and any(
        min(abs((one["begin"] - day).days), abs((one["end"] - day).days)) <= 14 for one in spans
    )


def null_events(material: Material) -> set[str]:
    """Labels of the events that were planted to bring nothing."""
    told = {null["on"] for null in material.story["nulls"] if null["kind"] == "event"}
    known = material.month.store.frame("events")
    return set(known.loc[known["starts_on"].astype(str).str[:10].isin(told), "label"])


@dataclass(frozen=True)
class NullWhys:
    """Worlds in which nothing explains anything: in how many anything was told, told as sure, told as a cause."""

    worlds: int
    questions: int
    anything: int
    sure: int
    cause: int
    texts: bool
    lines: list[str]

    def __str__(self) -> str:
        with_ = "with" if self.texts else "without"
        return (
            f"worlds in which nothing explains anything, {with_} texts, {self.questions} questions in all: a cause told in "
            f"{rate(self.cause, self.worlds)}, anything sure in {rate(self.sure, self.worlds)}, anything at all in "
            f"{rate(self.anything, self.worlds)}" + "".join(f"\n  {line}" for line in self.lines)
        )


def null_whys(material: Material, worlds: int = WORLDS, texts: bool = False) -> NullWhys:
    """Ask the same questions in worlds made of the sample's own contacts, see ``null_world``."""
    month = material.month
    causes, period, rules = month.causes, month.period, month.settings.metrics
    seen, lines, questions = [], [], 0
    for number in range(worlds):
        rows = null_world(replace(causes.rows, said=()), np.random.default_rng([material.story["seed"], number]))
        growing = replace(causes.growing, rows=rows, wordings=None, words=None)
        growing = _with_words(month, rows, growing) if texts else growing
        asked = [one for one in _questions(rows, period) if question(rows, one, period, causes.spread) is not None]
        found = whys(rows, asked, period, rules, growing, events=month.store.frame("events"), spread=causes.spread)
        steps = found.nodes[found.nodes["kind"] != START]
        questions += len(asked)
        seen.append((len(steps) > 0, (steps["certainty"] == SURE).any(), (steps["ends"] == CAUSE).any()))
        lines += [f"world {number}: {_step(step)}" for step in steps.to_dict("records")]
    anything, sure, cause = (int(sum(column)) for column in zip(*seen, strict=True))
    return NullWhys(worlds, questions, anything, sure, cause, texts, lines)


def _step(step: dict) -> str:
    named = ", ".join(f"{name}={value}" for name, value in zip(step["names"], step["values"], strict=True))
    span = f" {step['begin']:%Y-%m-%d}–{step['end']:%Y-%m-%d}" if step["kind"] == "time" else ""
    return (
        f"{step['label'] or 'all'}, {step['measure']} against {step['against']}: {named}{span}, {step['n']} contacts, "
        f"share {step['share']:.0f} %, q {step['q']:.2g}, z {step['z_found']:.1f} and {step['z_confirmed']:.1f}, "
        f"{step['certainty']}, {step['ends'] or 'goes on'}"
    )


def _with_words(month: object, rows: Rows, growing: Growing) -> Growing:
    heard = Heard(rows, month.texts.corpus)
    return replace(
        growing, wordings=wordings_of(rows, heard, None, month.settings.seed),
        words=lambda cases, base: words_of(heard, cases, base),
    )  # fmt: skip


def _questions(rows: Rows, period: object) -> list[Start]:
    """The most frequent problems of the year, why there is so much and why more than before, and waits and scores of all."""
    inside = year_before(rows, period) & (rows.problem != "")
    often = pd.Series(rows.problem[inside]).value_counts().index[:PROBLEMS]
    each = [
        start
        for label in often
        for start in (Start(label), Start(label, "unhappy"), Start(label, "contacts", PREVIOUS))
    ]
    return [*each, Start("", "slow", PREVIOUS), Start("", "unhappy", PREVIOUS)]


def null_world(rows: Rows, rng: np.random.Generator) -> Rows:
    """Deal every label's values among the customers, and move each customer's contacts by a lot of whole weeks.

    A customer keeps one value in all contacts, as customers do; which contacts have a value known at all stays as it is,
    because that belongs to what they are about. Then no value and no week says anything, whatever is asked.
    """
    tellers = int(rows.teller.max()) + 1
    weeks = int(rows.day.max() + 1) // 7
    day = (rows.day + 7 * rng.integers(0, weeks, tellers)[rows.teller]) % (7 * weeks)
    codes = {name: _dealt(code, rows.teller, tellers, rng) for name, code in rows.codes.items() if name != rows.matter}
    return replace(rows, codes=dict(rows.codes) | codes, day=day.astype(np.int32))


def _dealt(code: np.ndarray, teller: np.ndarray, tellers: int, rng: np.random.Generator) -> np.ndarray:
    known = code >= 0
    who, first = np.unique(teller[known], return_index=True)
    drawn = np.full(tellers, -1, dtype=np.int32)
    drawn[who] = rng.permutation(code[known][first])
    return np.where(known, drawn[teller], -1).astype(np.int32)
