"""What is known of a contact, in classes: learned on earlier contacts, given to later ones, and said in words.

Times are set against the own channel's: an e-mail's hour is a call's minute. Their classes are fifths of earlier contacts.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..drivers.known import BY_NAME

FIFTHS = 5
FEWEST_IN_LEVEL = 20  # answers of a label; rarer ones count as not known
PLACES = ("shortest", "second shortest", "middle", "second longest", "longest")
WORDS = {
    "mood": ("first words not negative", "first words negative"),
    "again": ("first contact about it", "came before about the same"),
    "reopened": ("not opened again", "opened again after being solved"),
}
TIMES = {"first_response": "first response", "handling": "handling time", "resolution": "time to the solution"}


@dataclass(frozen=True)
class Classes:
    """Classes of facts: ``levels`` label → values, ``edges`` time → channel → four inner edges, ``flags``."""

    levels: Mapping[str, tuple[str, ...]]
    edges: Mapping[str, Mapping[str, np.ndarray]]
    flags: tuple[str, ...]

    @property
    def sizes(self) -> dict[str, int]:
        """How many classes each fact has, that of what is not known (0) included."""
        by_level = {name: len(values) + 1 for name, values in self.levels.items()}
        return {**by_level, **dict.fromkeys(self.edges, FIFTHS + 1), **dict.fromkeys(self.flags, 3)}

    def of(self, rows: pd.DataFrame) -> dict[str, np.ndarray]:
        """Give each contact its class of each fact; 0 is what is not known, or too rare."""
        made = {name: _level(rows[name], values) for name, values in self.levels.items()}
        for name, by_channel in self.edges.items():
            made[name] = _fifth(rows[name].to_numpy(float), _channel(rows), by_channel)
        for name in self.flags:
            value = rows[name].to_numpy(float)
            made[name] = np.where(np.isnan(value), 0, (value > 0) + 1).astype(np.int16)
        return made

    def speaks(self, name: str, code: int) -> bool:
        """Whether a class can be a reason: what is not known is none, nor what did not happen, nor a time that is not long."""
        return code >= (FIFTHS - 1 if name in self.edges else 2 if name in self.flags else 1)

    def words(self, name: str, code: int) -> str:
        """Say what contacts of a class have in common.

        >>> Classes({"issue": ("late parcel",)}, {}, ()).words("issue", 1)
        'issue: late parcel'
        """
        if name in self.levels:
            return f"{name.replace('_', ' ')}: {self.levels[name][code - 1] if code else 'not known, or rare'}"
        if name in self.edges:
            return f"{TIMES[name]}: {PLACES[code - 1] + ' fifth of its channel' if code else 'not known'}"
        return WORDS[name][code - 1] if code else f"not known: {WORDS[name][1]}"


def classes_of(rows: pd.DataFrame, labels: Sequence[str], facts: Sequence[str]) -> Classes:
    """Learn classes from earlier contacts: labels with enough of them, fifths of times by channel."""
    levels = {}
    for name in labels:
        counts = rows[name].value_counts()
        levels[name] = tuple(sorted(counts.index[counts >= FEWEST_IN_LEVEL]))
    channel = _channel(rows)
    edges = {}
    for name in (one for one in facts if BY_NAME[one].is_time):
        value = rows[name].to_numpy(float)
        edges[name] = {one: _edges(value[channel == one]) for one in np.unique(channel)}
    flags = tuple(one for one in facts if BY_NAME[one].yes_no)
    return Classes({name: values for name, values in levels.items() if len(values) > 1}, edges, flags)


def _channel(rows: pd.DataFrame) -> np.ndarray:
    if "channel" not in rows:
        return np.full(len(rows), "")
    names = np.append(rows["channel"].cat.categories.to_numpy(str), "")
    return names[rows["channel"].cat.codes.to_numpy()]


def _edges(values: np.ndarray) -> np.ndarray:
    known = values[~np.isnan(values)]
    return np.quantile(known, np.arange(1, FIFTHS) / FIFTHS) if len(known) >= FEWEST_IN_LEVEL else np.empty(0)


def _fifth(values: np.ndarray, channel: np.ndarray, by_channel: Mapping[str, np.ndarray]) -> np.ndarray:
    made = np.zeros(len(values), np.int16)
    for one, edges in by_channel.items():
        own = (channel == one) & ~np.isnan(values)
        if len(edges):
            made[own] = np.searchsorted(edges, values[own], side="left") + 1
    return made


def _level(column: pd.Series, values: Sequence[str]) -> np.ndarray:
    """Number a label's values; ``column`` holds categories."""
    numbers = pd.Index(values, dtype=object).get_indexer(pd.Index(column.cat.categories, dtype=object)) + 1
    return np.append(numbers, 0).astype(np.int16)[column.cat.codes.to_numpy()]
