"""The whys of a month as the truth needs them: every step with its path, its contacts and what was planted among them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
from material import Material
from plants import Cards
from voc.analysis.problems import top_problems
from voc.analysis.whys.ends import START
from voc.analysis.whys.starts import Start, question, starts
from voc.analysis.whys.stories import Whys
from voc.run.causes import Causes
from voc.run.month import Month, open_month

SAYS = {1: "no sms", 2: "release", 3: "page 3", 4: "newsletter", 8: "eco packaging", 12: "promise"}
WAVES = (1, 2, 3, 4, 5, 8, 12)  # planted truths that bring contacts of their own
Pair = tuple[str, str]


@dataclass(frozen=True)
class Told:
    """What was told of one month.

    ``true`` is one row a contact of what is true of it, ``days`` the first day and the one after the last that each story's
    question is asked of.
    """

    month: str
    nodes: pd.DataFrame
    members: dict[str, pd.Index]
    true: pd.DataFrame
    days: dict[str, tuple[pd.Timestamp, pd.Timestamp]]

    def path(self, node: str) -> list[dict]:
        """The steps from the question to a node, both included."""
        steps = [self.rows[node]]
        while steps[0]["parent"]:
            steps.insert(0, self.rows[steps[0]["parent"]])
        return steps

    @cached_property
    def rows(self) -> dict[str, dict]:
        return {row["node"]: row for row in self.nodes.to_dict("records")}

    @cached_property
    def steps(self) -> list[dict]:
        """Everything told but the questions themselves."""
        return [row for row in self.rows.values() if row["kind"] != START]

    def pairs(self, node: str) -> set[Pair]:
        """All that a path names: the question's problem and place, and the values of its steps."""
        steps = self.path(node)
        first = steps[0]
        named = {pair for step in steps for pair in zip(step["names"], step["values"], strict=True)}
        return named | {("issue", first["label"]), (first["where_name"], first["where_value"])}

    def planted(self, number: int, ids: Iterable[str] | None = None) -> pd.Index:
        """Contacts that a planted truth brought, among ``ids``."""
        own = self.true["backlog"] if number == 13 else self.true["plant"] == number
        found = self.true.index[own.to_numpy(bool)]
        return found if ids is None else found.intersection(pd.Index(ids))

    def says(self, number: int) -> pd.Index:
        """Contacts whose texts tell of a planted truth."""
        return self.true.index[(self.true["theme"] == SAYS[number]).to_numpy(bool)]

    def most(self, node: str) -> tuple[int, int]:
        """The planted truth that most of a node's contacts belong to, and how many."""
        counts = {number: len(self.planted(number, self.members[node])) for number in (*WAVES, 13)}
        number = max(counts, key=counts.get)
        return (number, counts[number]) if counts[number] else (0, 0)

    def words(self, node: str) -> str:
        """A path in words."""
        return " → ".join(_words(step) for step in self.path(node))


def _words(step: dict) -> str:
    if step["kind"] == START:
        place = f" {step['where_name']}={step['where_value']}" if step["where_name"] else ""
        return f"{step['label'] or 'all'}{place}: {step['measure']} against {step['against']}"
    if step["kind"] == "time":
        event = f" ({step['event']}, by chance {step['by_chance']:.2f})" if step["event"] else ""
        return f"{step['begin']:%Y-%m-%d}–{step['end']:%Y-%m-%d}{' season' if step['season'] else ''}{event}"
    if step["words"]:
        return "«" + ", ".join(next(iter(step["words"].values()))[:3]) + "»"
    return ", ".join(f"{name}={value}" for name, value in zip(step["names"], step["values"], strict=True))


class EarlierCauses(Causes):
    """The questions of a month that was not reported on: its findings are made here, themes of later months are left out."""

    def __init__(self, month: Month, cards: Cards):
        super().__init__(month)
        self.cards = cards

    def _themes(self, rows: object) -> None:
        return None

    def questions(self, named: Sequence[str] = ()) -> list[Start]:
        month, label, rules = self.month, self.month.period.label, self.month.settings.metrics
        problems = top_problems(month.measured, self.cards.of(label), month.period, rules)
        findings = self.cards.findings(label)
        return starts(
            self.rows, month.period, rules, problems=problems, findings=findings, named=named, spread=self.spread
        )


def month_told(material: Material, cards: Cards, label: str = "", named: Sequence[str] = ()) -> Told:
    """Ask the whys of a month, the one under report where no ``label`` is given, and ``named`` questions beside."""
    now = material.month
    if label in ("", now.period.label):
        return answered(material, now.causes, now.causes.questions(named))
    month = open_month(material.params, label)
    try:
        causes = EarlierCauses(month, cards)
        return answered(material, causes, causes.questions(named))
    finally:
        month.close()


def answered(material: Material, causes: Causes, asked: Sequence[Start]) -> Told:
    """Answer questions and set what is told beside what is true."""
    rows, period = causes.rows, causes.month.period
    found: Whys = causes.answer(asked)
    ids = rows.frame["interaction_id"]
    days = {}
    for number, start in enumerate(asked, 1):
        made = question(rows, start, period, causes.spread)
        if made is not None:
            days[f"S{number}"] = tuple(rows.date_of(day) for day in made[0].days)
    members = {node: pd.Index(part) for node, part in found.members.groupby("node")["interaction_id"]}
    return Told(period.label, found.nodes, members, material.true.reindex(ids), days)


def within(told: Told, step: dict, first: str, last: str, most: int = 7) -> bool:
    """Tell whether a span lies where a wave was planted, each end within ``most`` days.

    Of a wave that begins before the days asked about or ends after them only what lies inside them can be told.
    """
    begin, end = told.days[step["story"]]
    ends = [
        (step["begin"], max(pd.Timestamp(first), begin)),
        (step["end"], min(pd.Timestamp(last), end - pd.Timedelta(days=1))),
    ]
    return all(abs((seen - planted).days) <= most for seen, planted in ends)


def since(told: Told, number: int, node: str) -> bool:
    """Tell whether what is told begins when a theme did.

    No earlier than a week before the first contact that says it, no later than a week after the tenth: of fewer than ten
    nothing can be told.
    """
    spans = [step["begin"] for step in told.path(node) if step["kind"] == "time"]
    stamps = told.true["true_created_at"].astype("datetime64[s]")
    seen = spans[-1] if spans else stamps[told.members[node]].quantile(0.02)
    begun = np.sort(stamps[told.says(number)].to_numpy())
    week = np.timedelta64(7, "D")
    return len(begun) >= 10 and bool(begun[0] - week <= np.datetime64(seen) <= begun[9] + week)
