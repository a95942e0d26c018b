"""A month opened for work: settings, store, periods and a seeded generator, as every notebook needs them."""

from __future__ import annotations

import atexit
import json
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from ..analysis.fitness import unfit_metrics
from ..analysis.grounds import Grounds, answers, clientele, with_customers
from ..analysis.metrics import METRICS, with_measures
from ..analysis.metrics.returns import with_returns, without_notes
from ..analysis.schedules import with_business
from ..analysis.trace import ids_behind
from ..data.completeness import span
from ..data.periods import Period
from ..data.problems import InputError, Problem
from ..data.pseudonyms import read_key
from ..data.schema import INTERACTIONS, TABLES
from ..data.store import Store
from .causes import Causes
from .plan import stage_behind, stage_of
from .ready import make_sample_if_missing, say
from .settings import Loaded, load_settings
from .texts import MENTIONS, READINGS, Texts

if TYPE_CHECKING:
    from .ahead import MonthsAhead
    from .drivers import MonthsDrivers

RESULTS = "results"
TOLD_IN = {  # where it stands who speaks of what, and whom an explanation is about
    "topic": MENTIONS, "theme": f"{RESULTS}_themes_inside_members", "node": f"{RESULTS}_whys_members",
    "driver": f"{RESULTS}_drivers_members",
}  # fmt: skip
LIVED_IN = f"{RESULTS}_churn_members"  # which customers lived through what: a trace that names it counts customers
MADE_FIRST = ("interactions", "audit", "days", "fields", "fitness", "label_map", "repairs", "removed", "set_aside")


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

    def find(self, name: str) -> ir.Table | None:
        """Return a table of the store, or None where no source fills it."""
        return self.store.read(name) if self.store.has(name) else None

    @cached_property
    def interactions(self) -> ir.Table:
        """The cleaned contacts; 01_cleaning is run first where they are not there yet."""
        if not self.store.has("interactions"):
            self._run_before("interactions")
        return self.store.read("interactions")

    @cached_property
    def measured(self) -> ir.Table:
        """The cleaned contacts with one column per metric that the data carry (``voc.analysis.metrics``)."""
        names = [name for name in METRICS if name not in self.withheld]
        measured = without_notes(with_measures(self.enriched, self.settings.metrics, names))
        return self.store.settle(measured, rows=_rows(self.interactions))

    @cached_property
    def enriched(self) -> ir.Table:
        """The contacts with what else is known of them: who came back, their customer's segment, their business minutes."""
        rules = self.settings.metrics
        contacts = with_returns(self.interactions, rules, self.store.settle)
        contacts = with_customers(contacts, self.find("customers"))
        return with_business(contacts, rules.schedules) if rules.schedules else contacts

    @cached_property
    def grounds(self) -> Grounds:
        """All tables that the scorecard stands on: measured contacts, answers, customers, orders, staffing."""
        rules, zone, customers = self.settings.metrics, self.settings.timezone, self.find("customers")
        asked = answers(self.measured, self.find("surveys"), customers, rules, zone)
        return Grounds(
            self.measured,
            self.store.settle(asked) if asked is not None else None,
            clientele(customers, self.history, self.span, rules, zone, self.store.load, self.store.settle),
            self.find("volumes"),
            self.find("staffing"),
        )

    @cached_property
    def texts(self) -> Texts:
        """What customers wrote in the periods of the trends, and what it is read with."""
        return Texts(self)

    @cached_property
    def causes(self) -> Causes:
        """What the whys of the period are asked with."""
        return Causes(self)

    @cached_property
    def drivers(self) -> MonthsDrivers:
        """What drives satisfaction and leaving."""
        from .drivers import MonthsDrivers  # models are loaded where they are asked for

        return MonthsDrivers(self)

    @cached_property
    def ahead(self) -> MonthsAhead:
        """What lies ahead: forecasts, people, single contacts, alerts."""
        from .ahead import MonthsAhead

        return MonthsAhead(self)

    @cached_property
    def withheld(self) -> dict[str, str]:
        """Metrics not shown because too few contacts have what they need, with the reason."""
        return unfit_metrics(self.result("fitness"))

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
        contacts = [spec for spec in self.loaded.specs.values() if spec.table == "interactions"]
        return list(dict.fromkeys([*own, *(name for spec in contacts for name in spec.dimensions)]))

    @cached_property
    def span(self) -> tuple[pd.Timestamp, pd.Timestamp]:
        """From when to when the data reach on the report's clock: first and last contact, or the days that params name."""
        first, last = span(self.interactions)
        dates = self.settings.cleaning.dates
        first = min(first, pd.Timestamp(dates.earliest)) if dates.earliest else first
        return first, max(last, pd.Timestamp(dates.latest)) if dates.latest else last

    @cached_property
    def period(self) -> Period:
        """The period under report; ``latest`` is the last whole one in the data."""
        first, last = self.span
        period = (
            Period.last_whole(last.date(), self.settings.grain)
            if self._asked == "latest"
            else Period.parse(self._asked)
        )
        if pd.Timestamp(period.end) <= first or pd.Timestamp(period.start) > last:
            what = f"has no contacts: the data reach from {first:%d %B %Y} to {last:%d %B %Y}"
            inside = Period.holding(last.date(), period.grain).label
            cure = f"Ask for one inside, such as --period {inside} (it may be partial)."
            raise InputError(str(self.loaded.path), [Problem(f"period {period.label}", what, cure)])
        return period

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
        return self.period.trend(self.settings.metrics.history)

    def rng(self, purpose: str) -> np.random.Generator:
        """Return a random generator that depends on the seed, the period and a purpose only."""
        words = f"{self.settings.seed}/{self.period.label}/{purpose}"
        return np.random.default_rng(list(words.encode()))

    def keep(self, **tables: ir.Table) -> None:
        """Put cleaned tables into the store, ordered by their key, without the working columns of cleaning.

        New contacts make every earlier result a figure of other data: those are dropped.
        """
        if "interactions" in tables:
            for name in self.store.tables():
                read = name in (READINGS, MENTIONS)
                if name.startswith(f"{RESULTS}_") or read or (name in TABLES and name not in tables):
                    self.store.drop(name)
        for name, table in tables.items():
            kept = [column for column in table.columns if not column.startswith("_")]
            order = dict.fromkeys([*TABLES[name].key, *kept] if not TABLES[name].unique else TABLES[name].key)
            self.store.write(name, table.select(*kept).order_by(list(order)))

    def save(self, **tables: pd.DataFrame | ir.Table) -> None:
        """Leave result tables for later notebooks and for export, and note which period they are of."""
        if not set(tables) <= set(MADE_FIRST):
            self.store.write("made_for", pd.DataFrame({"period": [self.period.label]}))
        for name, table in tables.items():
            self.store.write(f"{RESULTS}_{name}", table)

    def result(self, name: str) -> pd.DataFrame:
        """Return a result table that an earlier notebook saved; the notebooks before are run where it is not there yet."""
        if not self.store.has(f"{RESULTS}_{name}") or (
            name not in MADE_FIRST and self._made_for() != self.period.label
        ):
            self._run_before(name)
        return self.store.frame(f"{RESULTS}_{name}")

    def _made_for(self) -> str:
        """Return the period that the results in the store are of."""
        return str(self.store.frame("made_for")["period"].iloc[0]) if self.store.has("made_for") else ""

    def _run_before(self, name: str) -> None:
        """Run the notebooks that a table comes from, so that any notebook opens alone."""
        from .runner import run

        behind = stage_behind(name, MADE_FIRST)
        before = [step for step in self.settings.notebooks if stage_of(step) < behind]
        say(f"{name} is not in the store yet: running {', '.join(before)}")
        run(self.loaded.path, period=self._asked, only=before, resume=True)

    def results(self) -> list[str]:
        """List the result tables there are."""
        return [name.removeprefix(f"{RESULTS}_") for name in self.store.tables() if name.startswith(f"{RESULTS}_")]

    def contacts_of(self, trace: str) -> list[str]:
        """Follow a trace back to the ids of the rows behind a figure: contacts, answers or customers."""
        where = json.loads(trace)
        if "covariate" in where:
            rows = self.store.frame(LIVED_IN)
            return sorted(rows.loc[rows["covariate"] == where["covariate"], "customer_id"])
        told = {name: where.pop(name) for name in TOLD_IN if name in where}
        if not told:
            return ids_behind(self.grounds, trace, self.settings.metrics)
        ids = set(ids_behind(self.grounds, json.dumps(where), self.settings.metrics))
        for name, value in told.items():
            rows = self.store.frame(TOLD_IN[name])
            since = rows.get("since", True)  # a theme's contacts from its beginning on
            ids &= set(rows.loc[(rows[name] == value) & since, "interaction_id"])
        return sorted(ids)

    def contacts_now(self, trace: str) -> set[str]:
        """Follow a trace back to its rows, those of the period under report only."""
        where = json.loads(trace)
        bounds = {"from": str(self.period.start), "to": str(self.period.end)}
        return set(self.contacts_of(trace)) & set(self.contacts_of(json.dumps(bounds | {"counts": where["counts"]})))

    def close(self) -> None:
        """Close the store; safe to call twice."""
        atexit.unregister(self.close)
        self.store.close()


def _rows(table: ir.Table) -> int:
    return table.count().to_pyarrow().as_py()


def open_month(params: str | Path = "params/sample.yml", period: str | None = None, **overrides: Any) -> Month:
    """Open the period that a params file describes.

    ``period`` (``latest``, ``2026-10``, ``2026-W44``, ``2026-Q3``) and ``overrides`` replace settings of the file.
    Raises InputError when the file, or anything it names, is not right.
    """
    loaded = load_settings(params, **overrides)
    make_sample_if_missing(loaded)
    return Month(loaded, period or loaded.settings.period)
