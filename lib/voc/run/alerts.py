"""The alerts of a month: what rises beyond chance up to its last day, entered into the ledger, with what is known beside it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import ibis.expr.types as ir
import pandas as pd

from ..analysis.alerts.entered import Entered, entered, typed
from ..analysis.alerts.incidents import GOING
from ..analysis.alerts.ledger import Precision, precision
from ..analysis.alerts.rules import AlertRules
from ..analysis.alerts.watch import Watched, watch
from ..data.completeness import incomplete
from ..report.pages.alerts import headline
from ..report.pages.alerts_read import named
from .alert_beside import Beside
from .alert_ledger import LedgerFile, ledger_of
from .alert_reads import Reads, reads_of_report

if TYPE_CHECKING:
    from .month import Month

NO_CONTACTS = "no contact lies before the end of the period"


@dataclass(frozen=True)
class Alerts:
    """What pages and messages tell of alerts (``voc.report.pages.alerts_read.Alerts``); topics stand in keys by their names."""

    why: str
    until: pd.Timestamp
    rules: AlertRules
    series: pd.DataFrame
    ledger: pd.DataFrame
    detectable: pd.DataFrame
    voices: pd.DataFrame
    precision: Precision


class MonthsAlerts:
    """The alerts of one month; each part is told when it is first asked for, and once.

    ``until`` is the last day looked at: by default the last complete one of the period, or of the data where they end before. ``reads`` is what
    is known of texts and whys: by default what the notebooks before left. ``file`` is the ledger on disk: by default that of the report.
    ``sparing`` looks for explanations only of what goes on and has none yet: the whys of a report know better than a first why.
    """

    def __init__(
        self, month: Month, until: pd.Timestamp | None = None, reads: Reads | None = None, file: LedgerFile | None = None,
        sparing: bool = False,
    ):  # fmt: skip
        self.month, self.rules, self._given, self._sparing = month, month.settings.alerts, reads, sparing
        self.file, self._until = file or ledger_of(month.loaded), until

    @cached_property
    def until(self) -> pd.Timestamp:
        """The last day looked at: that given, else the last of the period that is complete; not a day whose export lacks contacts."""
        if self._until is not None:
            return self._until
        last = min(pd.Timestamp(self.month.period.end) - pd.Timedelta(days=1), self.month.span[1].normalize())
        days = pd.date_range(self.month.span[0].normalize(), last)
        complete = days[~days.isin(self._incomplete)]
        return complete[-1] if len(complete) else last

    @cached_property
    def _incomplete(self) -> list[pd.Timestamp]:
        return incomplete(self.month.result("days"))

    @cached_property
    def reads(self) -> Reads:
        """What was read of texts, and told by whys, up to the day looked at."""
        return reads_of_report(self.month, self._known) if self._given is None else self._given

    @cached_property
    def _known(self) -> ir.Table:
        """The contacts up to the day looked at: a look at an earlier day must not know what came after it."""
        table, end = self.month.measured, self.until + pd.Timedelta(days=1)
        return table.filter(table.created_local < end.to_pydatetime())

    @cached_property
    def _table(self) -> ir.Table:
        """The contacts looked at; with topics those of the trends, for of others no topic is known."""
        if self.reads.mentions is None:
            return self._known
        return self._known.filter(
            self._known.created_local >= pd.Timestamp(self.month.history[0].start).to_pydatetime()
        )

    @cached_property
    def _beside(self) -> Beside:
        return Beside(self.month, self._table, self.watched, self.reads, self._incomplete)

    @cached_property
    def _now(self) -> Entered:
        return self.entered(self.file.now())

    @cached_property
    def watched(self) -> Watched:
        """The look at the newest days."""
        reads = self.reads
        return watch(
            self._table,
            self.rules,
            self.until,
            mentions=reads.mentions,
            readings=reads.readings,
            incomplete=self._incomplete,
        )

    @cached_property
    def found(self) -> Alerts:
        """The alerts as of the day looked at, with what analysts said of them so far."""
        return self.told(self._now)

    def entered(self, kept: pd.DataFrame | None) -> Entered:
        """Enter the look into a ledger, with likely explanation and owner of what it found."""
        now = entered(kept, self.watched.incidents, self.until, list(self.watched.series["key"]), self.rules.quiet)
        rows = now.shown.set_index("id")[["state", "cause"]].to_dict("index")
        wanted = {own: told for own, told in self.ids(now).items() if not self._sparing or _is_open(rows[told])}
        facts = {told: self._beside.facts(own) for own, told in wanted.items()}
        return Entered(*(_with_facts(ledger, facts, self.until) for ledger in (now.shown, now.kept)))

    def told(self, now: Entered) -> Alerts:
        """Tell a ledger: topics under their names, links and voices beside what the look found."""
        told, ids, watched = self.reads.told, self.ids(now), self.watched
        hrefs = {} if self._sparing else {one: self._beside.facts(own)["href"] for own, one in ids.items()}
        ledger = now.shown.assign(
            key=now.shown["key"].map(told), related=[[told(key) for key in keys] for keys in now.shown["related"]],
            href=[hrefs.get(one, "") for one in now.shown["id"]],
        )  # fmt: skip
        keys = watched.series["key"].map(told)
        series = watched.series.assign(key=keys, label=[key.partition("=")[2] for key in keys])
        voices = self._beside.voices
        why = NO_CONTACTS if pd.isna(watched.until) else ""
        return Alerts(
            why, self.until, self.rules, series, ledger, watched.detectable.assign(key=watched.detectable["key"].map(told)),
            voices.assign(id=voices["id"].map(ids)), precision(ledger),
        )  # fmt: skip

    def frames(self) -> dict[str, pd.DataFrame]:
        """Return the result tables: alerts, alerts_series, alerts_detectable, alerts_voices, alerts_members; keys stay as they are."""
        now, found = self._now, self.found
        ids = self.ids(now)
        members = self._beside.members
        return {
            "alerts": found.ledger.assign(
                alert=[headline(row) for row in found.ledger.to_dict("records")], key=now.shown["key"],
                related=["; ".join(keys) for keys in now.shown["related"]],
            ).drop(columns="sent"),
            "alerts_series": self.watched.series.assign(name=[named(key) for key in found.series["key"]]),
            "alerts_detectable": self.watched.detectable.assign(name=[named(key) for key in found.detectable["key"]]),
            "alerts_voices": found.voices,
            "alerts_members": members.assign(alert=members["id"].map(ids))[["alert", "interaction_id"]],
        }  # fmt: skip

    def remember(self) -> None:
        """Enter the look into the ledger on disk; run again it changes nothing."""
        with self.file.locked():
            self.file.write(self.entered(self.file.read()).kept, self.line)

    def line(self, row: dict) -> str:
        """Say in a sentence what an entry of the ledger is about."""
        return headline({**row, "key": self.reads.told(row["key"])})

    def ids(self, now: Entered) -> dict[str, str]:
        """Tell under which id the ledger has each incident of the look."""
        same = ["key", "what", "start", "last"]
        both = self.watched.incidents[["id", *same]].merge(now.shown[["id", *same]], on=same, suffixes=("", "_told"))
        return dict(zip(both["id"], both["id_told"], strict=True))


def _is_open(row: dict) -> bool:
    return row["state"] == GOING and not row["cause"]


def _with_facts(rows: pd.DataFrame, facts: dict[str, dict[str, str]], until: pd.Timestamp) -> pd.DataFrame:
    """Write likely explanation and owner beside what was found by the look of this day."""
    made = rows.to_dict("records")
    for row in made:
        if row["id"] in facts and row["looked"] == until:
            row |= {name: facts[row["id"]][name] for name in ("cause", "owner")}
    return typed(pd.DataFrame(made, columns=rows.columns))
