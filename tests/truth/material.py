"""What a run left and what was planted, side by side."""

from __future__ import annotations

import json
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import pandas as pd
from voc.run.month import Month, open_month
from voc.run.settings import load_settings

NEAR_SECONDS = 60  # the help desk's older format has no seconds


@dataclass(frozen=True)
class Line:
    """One planted thing: found is None where nothing has looked for it yet."""

    id: str
    name: str
    found: bool | None
    figure: dict
    planted: dict
    remark: str = ""

    @property
    def word(self) -> str:
        return {True: "found", False: "not found", None: "not looked for yet"}[self.found]

    def __str__(self) -> str:
        said = "; ".join(
            part for part in (_pairs(self.figure), f"planted: {_pairs(self.planted)}", self.remark) if part
        )
        return f"{self.word:<18} {self.id:<23} {self.name}: {said}"

    def record(self) -> dict:
        return {
            "id": self.id,
            "name": self.name,
            "found": None if self.found is None else bool(self.found),
            "figure": self.figure,
            "planted": self.planted,
        }


def _pairs(values: dict) -> str:
    return ", ".join(f"{name} {_short(value)}" for name, value in values.items())


def _short(value: object) -> str:
    return f"{value:.3f}".rstrip("0").rstrip(".") if isinstance(value, float) else str(value)


@dataclass(frozen=True)
class Material:
    """The truth of one sample and the store of one run over it."""

    params: Path

    @cached_property
    def month(self) -> Month:
        return open_month(self.params)

    @cached_property
    def folder(self) -> Path:
        return load_settings(self.params).sample_folder

    @cached_property
    def story(self) -> dict:
        return json.loads((self.folder / "truth" / "truth.json").read_text(encoding="utf-8"))

    @cached_property
    def plants(self) -> dict[int, dict]:
        return {plant["id"]: plant for plant in self.story["plants"]}

    def truth(self, name: str) -> pd.DataFrame:
        return pd.read_parquet(self.folder / "truth" / f"{name}.parquet")

    @cached_property
    def rows(self) -> pd.DataFrame:
        """One row per raw row, exact duplicates included."""
        return self.truth("interactions")

    @cached_property
    def true(self) -> pd.DataFrame:
        """One row per id."""
        return self.rows.drop_duplicates("interaction_id").set_index("interaction_id")

    @cached_property
    def kept(self) -> pd.DataFrame:
        """The store's contacts."""
        return self.month.store.frame("interactions").set_index("interaction_id")

    @cached_property
    def both(self) -> pd.DataFrame:
        """Stored contacts with what is true of them, columns of the store with the suffix ``_kept``."""
        return self.true.join(self.kept, how="inner", suffixes=("", "_kept"))

    def result(self, name: str) -> pd.DataFrame:
        return self.month.result(name)

    @cached_property
    def raw_texts(self) -> pd.Series:
        """The texts of contacts as they stand in the raw files, by id."""
        raw = self.folder / "raw"
        tickets = pd.read_csv(raw / "tickets.csv", encoding="utf-8-sig", dtype=str, keep_default_na=False)
        calls = pd.read_excel(raw / "calls.xlsx", header=2, dtype=str, engine="calamine").fillna("")
        with (raw / "chats.jsonl").open(encoding="utf-8") as file:
            chats = [
                "\n".join(message["text"] for message in json.loads(line)["messages"] if message["from"] == "visitor")
                for line in file
            ]
        texts = {"tickets": tickets["Description"].to_numpy(), "calls": calls["Note"].to_numpy(), "chats": chats}
        parts = []
        for source, values in texts.items():
            ids = self.rows[self.rows["source"] == source].sort_values("row_number")["interaction_id"]
            parts.append(pd.Series(values, index=ids.to_numpy(), dtype=object))
        joined = pd.concat(parts)
        return joined[~joined.index.duplicated()]


def scores(hits: int, made: int, planted: int) -> dict[str, float]:
    """Precision and recall; without anything made or planted the share is 1."""
    return {
        "precision": round(hits / made, 4) if made else 1.0,
        "recall": round(hits / planted, 4) if planted else 1.0,
    }


def enough(figure: dict, precision: float = 0.95, recall: float = 0.9) -> bool:
    return figure["precision"] >= precision and figure["recall"] >= recall
