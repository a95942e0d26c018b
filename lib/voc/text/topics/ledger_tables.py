"""The ledger as plain tables: one state a period, and each centre once, so that a run of a period can begin where it did."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import replace

import pandas as pd

from .ledger import COLUMNS, NEVER, SPLIT, Ledger
from .model import Topics
from .tree import merge_tree

TABLES = ("topic_ledger", "topic_centres", "topic_space")
CENTRES = [
    "id",
    "since",
    "centroid",
    "floor",
    "size",
    "stability",
    "alone",
    "tied",
    "words",
    "examples",
    "names",
    "label",
]


def to_tables(ledger: Ledger, period: str, kept: Mapping[str, pd.DataFrame] | None = None) -> dict[str, pd.DataFrame]:
    """Return the tables ``topic_ledger``, ``topic_centres`` and ``topic_space`` with this period's state in them.

    ``kept`` are the tables as they stand. States of later periods stay where this one comes out as it was, else they rest
    on what is no longer so and go.
    """
    topics = ledger.topics
    state = ledger.rows.assign(period=period)[COLUMNS]
    centres = pd.DataFrame(
        {
            "id": ledger.ids, "since": ledger.rows["since"], "centroid": [row.tolist() for row in topics.centroids],
            "floor": topics.floors.astype(float), "size": topics.sizes, "stability": topics.stability.astype(float),
            "alone": topics.alone.astype(float), "tied": topics.tied.astype(float),
            "words": [_json(one) for one in topics.words], "examples": [_json(one) for one in topics.examples],
            "names": [_json(one) for one in topics.names], "label": list(topics.labels),
        }
    )[CENTRES]  # fmt: skip
    space = pd.DataFrame({"encoder": [topics.encoder], "axes": [_json(topics.axes.tolist())], "dims": [topics.centroids.shape[1]],
                          "greyed": [topics.greyed], "notes": [_json(topics.notes)], "agreement": [topics.agreement],
                          "outlier_share": [topics.outlier_share], "leak": [_json(topics.leak)], "since": [period]})  # fmt: skip
    if kept and len(kept["topic_ledger"]):
        old = kept["topic_ledger"]
        same = old[old["period"] == period].reset_index(drop=True).equals(state.reset_index(drop=True))
        others = old[old["period"] != period] if same else old[old["period"] < period]
        # a centre never changes: those of earlier periods stay as they were written
        since = kept["topic_centres"]["since"]
        rest = kept["topic_centres"][(since < period) | ((since > period) & same)]
        centres = pd.concat([centres[centres["since"] == period], rest], ignore_index=True)
        state = pd.concat([others, state], ignore_index=True)
        earlier = kept["topic_space"][kept["topic_space"]["since"] < period]
        space = earlier if len(earlier) else space
    order = state.sort_values(["period", "id"], ignore_index=True, kind="stable")
    return {"topic_ledger": order, "topic_centres": centres.sort_values("id", ignore_index=True), "topic_space": space}


def from_tables(tables: Mapping[str, pd.DataFrame], before: str, after: bool = False) -> Ledger | None:
    """Return the state of the last period before one (or of it, with ``after``), or None where there is none."""
    import numpy as np

    known = tables["topic_ledger"]
    known = known[known["period"] <= before] if after else known[known["period"] < before]
    if known.empty:
        return None
    rows = known[known["period"] == known["period"].max()].sort_values("id", ignore_index=True)
    own = tables["topic_centres"].set_index("id").loc[rows["id"]]
    space = tables["topic_space"].iloc[0]
    floors = np.where(rows["state"] == SPLIT, NEVER, own["floor"]).astype(np.float32)
    centroids = np.array([list(row) for row in own["centroid"]], np.float32).reshape(len(own), int(space["dims"]))
    read = {
        name: tuple({key: tuple(said) for key, said in json.loads(one).items()} for one in own[name])
        for name in ("words", "examples")
    }
    topics = replace(
        Topics.none(str(space["encoder"]), int(space["dims"]), *json.loads(space["notes"])),
        centroids=centroids, floors=floors, sizes=own["size"].to_numpy(np.int64), stability=own["stability"].to_numpy(np.float32),
        alone=own["alone"].to_numpy(np.float32), tied=own["tied"].to_numpy(np.float32),
        labels=tuple(own["label"]), names=tuple(json.loads(one) for one in own["names"]), merge_tree=merge_tree(centroids),
        axes=np.array(json.loads(space["axes"]), np.float32).reshape(-1, int(space["dims"])), greyed=float(space["greyed"]),
        agreement=float(space["agreement"]), outlier_share=float(space["outlier_share"]), leak=json.loads(space["leak"]), **read,
    )  # fmt: skip
    return Ledger(topics, rows[COLUMNS[1:]])


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
