"""What means nothing: how often the card sees something in it."""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import ibis
import numpy as np
import pandas as pd
from material import Material
from voc.analysis.grounds import Grounds
from voc.analysis.intervals import wilson
from voc.analysis.levels import levels
from voc.analysis.metrics import METRICS
from voc.analysis.scorecard import SLICED, scorecard
from voc.data.periods import Period
from voc.data.store import to_frame

CERTAIN = ("sure", "likely")
WORLDS = 100
WEEK = np.timedelta64(7, "D")


@dataclass(frozen=True)
class Nulls:
    """Cells of null dimensions that were judged, those called sure or likely, and cells that move with the whole.

    ``cards`` are the tables whose cells were judged together: changes and levels of each month. ``false_share`` is the
    mean share of null cells among all cells called, over all cards: what a false discovery rate promises to bound.
    """

    tested: int
    called: int
    moving: int
    cards: int
    cards_called: int
    likely: float
    false_share: float = 0.0
    where: tuple[str, ...] = ()

    def __str__(self) -> str:
        rate = self.called / self.tested if self.tested else 0.0
        lines = [
            f"Null dimensions: {self.called} of {self.tested:,} cells called sure or likely ({rate:.2%}), in "
            f"{self.cards_called} of {self.cards} tables judged as one. Of the cells called in a table (none counts as 0) "
            f"{self.false_share:.1%} are null on average; params ask for at most {self.likely:.0%}. {self.moving} cells more "
            "moved with the whole and are not counted.",
            *(f"  false: {place}" for place in self.where),
            "Null events: not looked for yet; the card does not test them.",
        ]
        return "\n".join(lines)


def null_cells(material: Material) -> Nulls:
    """Judge the null dimensions month by month, changes and levels.

    When the whole truly moves, so does every part of it: cells of a metric whose total is called changed are no test, and
    what is called of the totals counts as true.
    """
    month = material.month
    rules, days = month.settings.metrics, month.result("days")
    names = [null["name"] for null in material.story["nulls"] if null["kind"] == "dimension"]
    tested = moving = cards = cards_called = 0
    where, false_shares = [], []
    for period in Period.parse("2026-10").history(24):
        parts = [(levels(month.measured, period, rules, names, SLICED).assign(what="level"), 0)]
        if period.label > material.story["period"][0][:7]:
            cells, moved, others = changes(month.measured, period, rules, names, days)
            moving += moved
            parts.append((cells.assign(what="change"), others))
        for part, others in parts:  # levels and changes are judged each for itself
            judged = part[part["q"].notna()]
            called = judged[judged["certainty"].isin(CERTAIN)]
            tested, cards, cards_called = tested + len(judged), cards + 1, cards_called + bool(len(called))
            false_shares.append(len(called) / max(len(called) + others, 1))
            where += [
                f"{period.label} {row['what']} of {row['metric']}, {row['dimension']} {row['label']}"
                for row in called.to_dict("records")
            ]
    share = float(np.mean(false_shares))
    return Nulls(tested, len(where), moving, cards, cards_called, rules.likely, share, tuple(where))


def changes(
    table: ibis.Table, period: Period, rules: object, names: list[str], days: pd.DataFrame
) -> tuple[pd.DataFrame, int, int]:
    """Judged cells of some dimensions whose metric did not change as a whole; how many others there are, and were called."""
    card = scorecard(table, period, rules, names, days)
    certain = card.changes[card.changes["certainty"].isin(CERTAIN)]
    moved = card.slices["metric"].isin(certain.loc[certain["against"] == "previous", "metric"])
    others = len(certain) + int((moved & card.slices["certainty"].isin(CERTAIN)).sum())
    return card.slices[~moved], int(moved.sum()), others


@dataclass(frozen=True)
class Worlds:
    """What the card called in worlds in which nothing changed and no group differs.

    ``cells`` and ``called`` count comparisons between periods (totals and slices), ``groups`` and ``groups_called``
    comparisons of groups with the rest; ``cards`` and ``tables`` the worlds in which any of them was called.
    """

    worlds: int
    cells: int
    called: int
    cards: int
    groups: int
    groups_called: int
    tables: int
    likely: float

    def __str__(self) -> str:
        return (
            f"{self.worlds} worlds without any change or difference, each judged by the whole card: "
            f"{self.called} of {self.cells:,} changes coloured ({self.called / self.cells:.3%}), any at all on "
            f"{self._share(self.cards)} cards; {self.groups_called} of {self.groups:,} groups coloured against the rest "
            f"({self.groups_called / self.groups:.3%}), any at all in {self._share(self.tables)} tables. "
            f"Params ask for at most {self.likely:.0%} of cards."
        )

    def _share(self, count: int) -> str:
        lo, hi = wilson(np.array(float(count)), np.array(float(self.worlds)))
        return f"{count} of {self.worlds} ({count / self.worlds:.0%}; 95 % interval {float(lo):.1%}–{float(hi):.1%})"


def null_worlds(material: Material, worlds: int = WORLDS, processes: int = 2) -> Worlds:
    """Judge the card of worlds that are made of the sample's own contacts, but in which nothing happens.

    Every customer's whole history is moved by a lot of whole weeks, round the end to the beginning: the hour, the weekday,
    what customers ask and how often they come back stay as they are, but no week differs from another. So are answers;
    customers' months and days' orders are dealt among each other; a backlog cannot be dealt and is left out. For groups against the rest the dimensions of each
    customer's contacts are those of another customer, drawn by lot.
    """
    jobs = [(material.params, list(range(first, worlds, processes))) for first in range(processes)]
    if processes == 1:
        found = [_judge_worlds(*jobs[0])]
    else:
        with ProcessPoolExecutor(processes, mp_context=get_context("spawn")) as pool:
            found = list(pool.map(_judge_worlds, *zip(*jobs, strict=True)))
    figures = pd.concat(found)
    sums = {name: int(figures[name].sum()) for name in ("cells", "called", "groups", "groups_called")}
    any_ = {"cards": int((figures["called"] > 0).sum()), "tables": int((figures["groups_called"] > 0).sum())}
    return Worlds(len(figures), **sums, **any_, likely=material.month.settings.metrics.likely)


def _judge_worlds(params: Path, numbers: Sequence[int]) -> pd.DataFrame:
    """Make worlds of the given numbers and count what is called in each; runs in a process of its own."""
    material = Material(params)
    month = material.month
    dimensions = [name for name in month.settings.dimensions if name in month.measured.columns]
    whole = _frames(month.grounds, dimensions)
    days, rules, period = month.result("days").iloc[:0], month.settings.metrics, month.period
    first = month.history[0].start
    span = pd.Timestamp(first), pd.Timestamp(period.end) - pd.Timedelta(seconds=1)
    rows = []
    for number in numbers:
        rng = np.random.default_rng([material.story["seed"], number])
        frames = _turned(whole, rng, *span)
        grounds = Grounds(**{name: month.store.load(frame) for name, frame in frames.items()})
        card = scorecard(grounds, period, rules, dimensions, days, span)
        cells = pd.concat([card.changes, card.slices], ignore_index=True)
        now = frames["contacts"][frames["contacts"]["created_local"] >= pd.Timestamp(period.start)]
        dealt = month.store.load(_dealt(now, dimensions, rng))
        groups = levels(dealt, period, rules, dimensions, SLICED)
        cells, groups = (part[part["q"].notna()] for part in (cells, groups))
        called, groups_called = (int(part["certainty"].isin(CERTAIN).sum()) for part in (cells, groups))
        rows.append((number, len(cells), called, len(groups), groups_called))
    month.close()
    return pd.DataFrame(rows, columns=["world", "cells", "called", "groups", "groups_called"])


def _frames(grounds: Grounds, dimensions: Sequence[str]) -> dict[str, pd.DataFrame]:
    """The tables of a card in a fixed order of rows, so that a lot falls on the same contact each time; texts left out."""
    tables = {"contacts": grounds.contacts.select(*_kept(grounds.contacts, dimensions)), "answers": grounds.answers}
    tables |= {"clientele": grounds.clientele, "volumes": grounds.volumes}
    keys = {"contacts": "interaction_id", "answers": "answer_id"}
    return {
        name: to_frame(table.order_by(keys.get(name, table.columns[:2]))).reset_index(drop=True)
        for name, table in tables.items()
        if table is not None
    }


def _kept(contacts: ibis.Table, dimensions: Sequence[str]) -> list[str]:
    keys = ["interaction_id", "customer_id", "source", "created_local"]
    return [name for name in dict.fromkeys([*keys, *dimensions, *METRICS]) if name in contacts.columns]


def _turned(
    whole: dict[str, pd.DataFrame], rng: np.random.Generator, first: pd.Timestamp, last: pd.Timestamp
) -> dict[str, pd.DataFrame]:
    """Deal the weeks of a world: the tables of a card without any change."""
    weeks = int(np.ceil((last - first) / WEEK))
    made = {}
    for name, frame in whole.items():
        if name == "volumes":
            made[name] = frame.assign(day=frame["day"].map(_same_weekday(frame["day"], rng)))
            continue
        if name == "clientele":
            made[name] = frame.assign(created_local=rng.permutation(frame["created_local"].to_numpy()))
            continue
        lots = _customers(frame)
        moved = frame["created_local"] - first + rng.integers(0, weeks, lots.max() + 1)[lots] * WEEK
        made[name] = frame.assign(created_local=(first + moved % (weeks * WEEK)).astype("datetime64[us]"))
    return made


def _customers(frame: pd.DataFrame) -> np.ndarray:
    """Number the customers; whoever is unknown is one of his own."""
    key = next(name for name in ("interaction_id", "answer_id") if name in frame)
    who = frame["customer_id"].fillna(frame[key]) if "customer_id" in frame else frame[key]
    return pd.factorize(who)[0]


def _same_weekday(days: pd.Series, rng: np.random.Generator) -> dict:
    """Give each day another of the same weekday, by lot."""
    known = pd.Series(days.unique()).sort_values()
    weekday = pd.to_datetime(known).dt.dayofweek
    return {
        day: other
        for _, same in known.groupby(weekday)
        for day, other in zip(same, rng.permutation(same.to_numpy(dtype=object)), strict=True)
    }


def _dealt(contacts: pd.DataFrame, dimensions: Sequence[str], rng: np.random.Generator) -> pd.DataFrame:
    """Give every customer's contacts the dimensions of another customer's contacts, in their order."""
    lots = _customers(contacts)
    order, size = np.argsort(lots, kind="stable"), np.bincount(lots)
    start = np.cumsum(size) - size
    place = np.empty(len(lots), dtype=int)
    place[order] = np.arange(len(lots)) - start[lots[order]]
    other = rng.permutation(len(size))[lots]
    drawn = np.lexsort((rng.random(len(lots)), lots))  # in any order, for who comes first asks other things
    source = drawn[start[other] + place % size[other]]
    return contacts.assign(**{name: contacts[name].to_numpy()[source] for name in dimensions})
