"""A month opened for work: settings, store, periods and a seeded generator, as every notebook needs them."""

from __future__ import annotations

import atexit
import json
from functools import cached_property
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from ..analysis.fitness import fitness, unfit_metrics
from ..analysis.metrics import METRICS, with_measures
from ..data.completeness import span
from ..data.periods import Period
from ..data.problems import InputError, Problem
from ..data.pseudonyms import read_key
from ..data.schema import INTERACTIONS
from ..data.store import Store, to_frame
from .settings import Loaded, load_settings

RESULTS = "results"


class Month:
    """The period under report and all it needs; close it at the end of a notebook.

    ``store`` holds the cleaned tables and everything notebooks saved; ``period``, ``previous`` and ``year_before`` are
    known once the interactions are in the store.
    """

    def __init__(self, loaded: Loaded, period: str):
        self.loaded, self.settings, self._asked = loaded, loaded.settings, period
        self.store = Store(self.settings.store or loaded.work / "store")
        atexit.register(self.close)

    def table(self, name: str = "interactions") -> ir.Table:
        """Return a table of the store."""
        return self.store.read(name)

    @cached_property
    def interactions(self) -> ir.Table:
        """The cleaned contacts; an error that says what to run when they are not there."""
        if not self.store.has("interactions"):
            cure = f"Run notebooks/01_cleaning.ipynb, or: voc run {self.loaded.path.name} --only 01_cleaning"
            raise InputError("store", [Problem("table interactions", "is missing", cure)])
        return self.store.read("interactions")

    @cached_property
    def measured(self) -> ir.Table:
        """The cleaned contacts with one column per metric that the data carry (``voc.analysis.metrics``)."""
        names = [name for name in METRICS if name not in self.withheld]
        return self.store.settle(with_measures(self.interactions, self.settings.metrics, names))

    @cached_property
    def withheld(self) -> dict[str, str]:
        """Metrics not shown because too few contacts have what they need, with the reason."""
        return unfit_metrics(fitness(self.interactions))

    @cached_property
    def pseudonym_key(self) -> str:
        """The secret that ids are hashed with: from params, or from a key file that is made on first use."""
        return self.settings.pseudonym_key or read_key(
            (self.loaded.path.parent / self.settings.pseudonym_key_file).resolve()
        )

    @cached_property
    def events(self) -> pd.DataFrame | None:
        """Events of the business in this period and the one before, or None: starts_on, label and more."""
        if not self.store.has("events"):
            return None
        known = self.store.frame("events")
        starts = pd.to_datetime(known["starts_on"])
        near = (starts >= pd.Timestamp(self.previous.start)) & (starts < pd.Timestamp(self.period.end))
        return known[near] if near.any() else None

    @property
    def metric_owners(self) -> dict[str, str]:
        """Who answers for each metric, from the targets file."""
        return {name: target.owner for name, target in self.loaded.targets.items() if target.owner}

    @property
    def person_columns(self) -> list[str]:
        """Further columns that name persons, from the source descriptions."""
        return list(dict.fromkeys(name for spec in self.loaded.specs.values() for name in spec.persons))

    @property
    def label_columns(self) -> list[str]:
        """Columns whose wordings are unified: the canonical labels and every further dimension."""
        own = [name for name in INTERACTIONS.names("label") if name not in ("source", "language", "tags")]
        return [*own, *dict.fromkeys(name for spec in self.loaded.specs.values() for name in spec.dimensions)]

    @cached_property
    def span(self) -> tuple[pd.Timestamp, pd.Timestamp]:
        """First and last contact on the report's clock."""
        return span(self.interactions)

    @cached_property
    def period(self) -> Period:
        """The period under report; ``latest`` is the last whole one in the data."""
        if self._asked != "latest":
            return Period.parse(self._asked)
        until = self.settings.cleaning.dates.latest or self.span[1].date()
        return Period.last_whole(until, self.settings.grain)

    @property
    def previous(self) -> Period:
        """The period before."""
        return self.period.previous()

    @property
    def year_before(self) -> Period:
        """The same period a year before."""
        return self.period.year_before()

    @property
    def history(self) -> list[Period]:
        """The periods of the trends, oldest first."""
        return self.period.history(self.settings.metrics.history)

    def rng(self, purpose: str) -> np.random.Generator:
        """Return a random generator that depends on the seed, the period and a purpose only."""
        words = f"{self.settings.seed}/{self.period.label}/{purpose}"
        return np.random.default_rng(list(words.encode()))

    def save(self, **tables: pd.DataFrame | ir.Table) -> None:
        """Leave result tables for later notebooks and for export."""
        for name, table in tables.items():
            self.store.write(f"{RESULTS}_{name}", table)

    def result(self, name: str) -> pd.DataFrame:
        """Return a result table that an earlier notebook saved."""
        return self.store.frame(f"{RESULTS}_{name}")

    def results(self) -> list[str]:
        """List the result tables there are."""
        return [name.removeprefix(f"{RESULTS}_") for name in self.store.tables() if name.startswith(f"{RESULTS}_")]

    def trace(self, **where: Any) -> str:
        """Write the way back from a result row to its contacts: column = value pairs as JSON."""
        return json.dumps(where, ensure_ascii=False, sort_keys=True, default=str)

    def contacts_of(self, trace: str) -> list[str]:
        """Follow a trace back to the ids of the interactions behind a figure."""
        return contacts_of(self.measured, trace)

    def close(self) -> None:
        """Close the store; safe to call twice."""
        atexit.unregister(self.close)
        self.store.close()


def contacts_of(table: ir.Table, trace: str) -> list[str]:
    """Return the ids of the contacts that a result row's ``trace`` describes.

    A trace is a JSON object of column = value; ``from`` and ``to`` bound ``created_local`` (``to`` is excluded) and
    ``counts`` names the measure that must be known.
    """
    where = json.loads(trace)
    first, end, counts = where.pop("from", None), where.pop("to", None), where.pop("counts", None)
    for name, value in where.items():
        table = table.filter(table[name] == value) if value is not None else table.filter(table[name].isnull())
    if first:
        table = table.filter(table.created_local >= pd.Timestamp(first).to_pydatetime())
    if end:
        table = table.filter(table.created_local < pd.Timestamp(end).to_pydatetime())
    if counts:
        table = table.filter(table[counts].notnull())
    return to_frame(table.select("interaction_id").order_by("interaction_id"))["interaction_id"].tolist()


def open_month(params: str | Path = "params/sample.yml", period: str | None = None, **overrides: Any) -> Month:
    """Open the period that a params file describes.

    ``period`` (``latest``, ``2026-10``, ``2026-W44``, ``2026-Q3``) and ``overrides`` replace settings of the file.
    Raises InputError when the file, or anything it names, is not right.
    """
    loaded = load_settings(params, **overrides)
    return Month(loaded, period or loaded.settings.period)
