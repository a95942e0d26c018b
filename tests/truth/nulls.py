"""What means nothing: how often the card sees something in it."""

from __future__ import annotations

from dataclasses import dataclass

import ibis
import numpy as np
import pandas as pd
from material import Material
from voc.analysis.levels import levels
from voc.analysis.scorecard import scorecard
from voc.data.periods import Period

CERTAIN = ("sure", "likely")
REAL = "region"
RELABELLINGS = 20


@dataclass(frozen=True)
class Nulls:
    """Cells of null dimensions that were judged, those called sure or likely, and cells that move with the whole.

    ``cards`` are the tables whose cells were judged together: changes and levels of each month.
    """

    tested: int
    called: int
    moving: int
    cards: int
    cards_called: int
    likely: float
    where: tuple[str, ...] = ()

    def __str__(self) -> str:
        rate = self.called / self.tested if self.tested else 0.0
        lines = [
            f"Null dimensions: {self.called} of {self.tested:,} cells called sure or likely ({rate:.2%}), in "
            f"{self.cards_called} of {self.cards} tables judged as one; at the level of {self.likely:.0%} that params ask, "
            f"{self.likely * self.cards:.1f} tables of nothing may hold any. {self.moving} cells more moved with the whole "
            "and are not counted.",
            *(f"  false: {place}" for place in self.where),
            "Null events and agents: not looked for yet; the card tests neither.",
        ]
        return "\n".join(lines)


def null_cells(material: Material) -> Nulls:
    """Judge the null dimensions month by month, changes and levels.

    When the whole truly moves, so does every part of it: cells of a metric whose total is called changed are no test.
    """
    month = material.month
    rules, days = month.settings.metrics, month.result("days")
    names = [null["name"] for null in material.story["nulls"] if null["kind"] == "dimension"]
    tested = moving = cards = cards_called = 0
    where = []
    for period in Period.parse("2026-10").history(24):
        parts = [levels(month.measured, period, rules, names).assign(what="level")]
        if period.label > material.story["period"][0][:7]:
            cells, moved = changes(month.measured, period, rules, names, days)
            moving += moved
            parts.append(cells.assign(what="change"))
        for part in parts:  # levels and changes are judged each for itself
            judged = part[part["q"].notna()]
            called = judged[judged["certainty"].isin(CERTAIN)]
            tested, cards, cards_called = tested + len(judged), cards + 1, cards_called + bool(len(called))
            where += [
                f"{period.label} {row['what']} of {row['metric']}, {row['dimension']} {row['label']}"
                for row in called.to_dict("records")
            ]
    return Nulls(tested, len(where), moving, cards, cards_called, rules.likely, tuple(where))


def changes(
    table: ibis.Table, period: Period, rules: object, names: list[str], days: pd.DataFrame
) -> tuple[pd.DataFrame, int]:
    """Judged cells of some dimensions whose metric did not change as a whole, and how many others there are."""
    card = scorecard(table, period, rules, names, days)
    whole = card.changes[(card.changes["against"] == "previous") & card.changes["certainty"].isin(CERTAIN)]
    moved = card.slices["metric"].isin(whole["metric"])
    return card.slices[~moved], int(moved.sum())


def relabelled(material: Material, times: int = RELABELLINGS) -> str:
    """Give the values of a real dimension to contacts by lot, and count what the card then sees."""
    month = material.month
    rules, days, table = month.settings.metrics, month.result("days"), month.measured
    since = month.period.previous().start
    recent = month.store.settle(table.filter(table.created_local >= pd.Timestamp(since).to_pydatetime()))
    n = recent.count().to_pyarrow().as_py()
    real = recent[REAL].to_pyarrow().to_numpy(zero_copy_only=False)
    rng = np.random.default_rng(material.story["seed"])
    ids = recent.interaction_id.to_pyarrow().to_numpy(zero_copy_only=False)
    cells = called = cards = 0
    for _ in range(times):
        lots = pd.DataFrame({"interaction_id": ids, "lot": rng.permutation(real)})
        dealt = recent.join(month.store.load(lots), "interaction_id")
        judged, _ = changes(month.store.settle(dealt), month.period, rules, ["lot"], days)
        judged = judged[judged["q"].notna()]
        hits = judged["certainty"].isin(CERTAIN).sum()
        cells, called, cards = cells + len(judged), called + int(hits), cards + bool(hits)
    return (
        f"{REAL.capitalize()} dealt by lot {times} times to {n:,} contacts: {called} of {cells:,} cells called "
        f"({cards} of {times} cards; {rules.likely:.0%} of {times} is {rules.likely * times:.0f})"
    )
