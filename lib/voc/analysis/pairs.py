"""Metrics that mislead alone: for each pair, what both did, and which reading of the two that allows.

A shorter handling time is no success while more customers come back; a better CSAT is none while fewer answer. A metric
counts as moved only where its change is sure or likely after all comparisons of the card are judged together
(``compare.judge``), so a pair never reads more out of the figures than the card does. The words for each reading are
written in ``voc.report.pages.pairs``.
"""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from .compare import LIKELY, NOISE, SURE, UNKNOWN

MOVED = (SURE, LIKELY)
PARTS = ("value", "before", "change", "floor", "certainty", "n", "why")
COLUMNS = [
    "pair", "metric", "beside", "against", "dimension", "label", "reading", "contradiction", "certainty",
    *(f"{part}_{side}" for side in ("first", "second") for part in PARTS),
]  # fmt: skip


@dataclass(frozen=True)
class Pair:
    """Two metrics, the one that tempts first; ``clashes`` are the readings in which the second takes the first back."""

    first: str
    second: str
    clashes: tuple[str, ...]

    @property
    def name(self) -> str:
        """Name the pair: its two metrics."""
        return f"{self.first} {self.second}"


PAIRS = (
    Pair("aht_minutes", "repeat_pct", ("down up",)),
    Pair("frt_minutes", "resolution_hours", ("down up",)),
    Pair("csat_pct", "response_rate_pct", ("up down",)),
    Pair("one_touch_pct", "reopen_pct", ("up up",)),
    Pair("resolution_hours", "backlog", ("down up", "up down")),
)


def read_together(changes: pd.DataFrame, slices: pd.DataFrame) -> pd.DataFrame:
    """Read every pair of metrics together: in the whole, and in the parts where both moved.

    ``changes`` and ``slices`` are those of a scorecard (judged). One row a pair and comparison (``against``: previous or
    year), and one a part with dimension and label (empty for the whole): pair, metric and beside (its two metrics), reading
    (what each did: ``up``, ``down``, ``still``, ``unknown`` or ``absent``), contradiction (the second takes back what the
    first promises), certainty (of the less sure of the two where both moved, else of the one that did), and value, before,
    change, floor, certainty, n and why of both (``_first``, ``_second``). A pair of which neither metric is known has no row.
    """
    rows = []
    whole = {key: part.set_index("metric") for key, part in changes.groupby("against", sort=True)}
    for pair in PAIRS:
        for against, part in whole.items():
            sides = [part.loc[name].to_dict() if name in part.index else None for name in (pair.first, pair.second)]
            if any(side is not None and pd.notna(side["value"]) for side in sides):
                rows.append(_row(pair, sides, against))
        rows += _parts(pair, slices)
    return pd.DataFrame(rows, columns=COLUMNS)


def _parts(pair: Pair, slices: pd.DataFrame) -> list[dict]:
    """Read the parts in which both metrics moved beyond chance."""
    moved = slices[slices["certainty"].isin(MOVED) & slices["metric"].isin((pair.first, pair.second))]
    found = []
    for (dimension, label), part in moved.groupby(["dimension", "label"], sort=True):
        known = part.set_index("metric")
        if len(known) == 2:
            sides = [known.loc[name].to_dict() for name in (pair.first, pair.second)]
            found.append(_row(pair, sides, "previous", dimension, label))
    return found


def _row(pair: Pair, sides: list[dict | None], against: str, dimension: str = "", label: str = "") -> dict:
    states = [_state(side) for side in sides]
    reading = " ".join(states)
    row = {
        "pair": pair.name, "metric": pair.first, "beside": pair.second, "against": against, "dimension": dimension,
        "label": label, "reading": reading, "contradiction": reading in pair.clashes, "certainty": _certainty(sides, states),
    }  # fmt: skip
    for name, side in zip(("first", "second"), sides, strict=True):
        row |= {f"{part}_{name}": (side or {}).get(part) for part in PARTS}
    return row


def _state(side: dict | None) -> str:
    """Say what a metric did: moved, stayed within its noise, or cannot be judged."""
    if side is None or pd.isna(side["value"]):
        return "absent"
    if side["certainty"] in MOVED:
        return "up" if side["change"] > 0 else "down"
    return "still" if side["certainty"] == NOISE else "unknown"


def _certainty(sides: list[dict | None], states: list[str]) -> str:
    moved = [side["certainty"] for side, state in zip(sides, states, strict=True) if state in ("up", "down")]
    if moved:
        return LIKELY if LIKELY in moved else SURE
    return NOISE if states == ["still", "still"] else UNKNOWN
