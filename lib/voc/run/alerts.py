"""The alerts of a month: what rises beyond chance up to its last day, entered into the ledger, with what is known beside it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import ibis.expr.types as ir
import pandas as pd

from ..analysis.alerts.entered import Entered, entered, typed
from ..analysis.alerts.ledger import Precision, precision
from ..analysis.alerts.rules import AlertRules
from ..analysis.alerts.watch import Watched, watch
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

    ``until`` is the last day looked at: by default the last of the period, or of the data where they end before. ``reads`` is what
    is known of texts and whys: by default what the notebooks before left.
    """

    def __init__(self, month: Month, until: pd.Timestamp | None = None, reads: Reads | None = None):
        self.month, self.rules, self._given = month, month.settings.alerts, reads
        end = pd.Timestamp(month.period.end) - pd.Timedelta(days=1)
        self.until = min(end, month.span[1].normalize()) if until is None else until

    @cached_property
    def file(self) -> LedgerFile:
        """The ledger on disk."""
        return ledger_of(self.month.loaded)

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
        return Beside(self.month, self._table, self.watched, self.reads)

    @cached_property
    def _now(self) -> Entered:
        return self.entered(self.file.read())

    @cached_property
    def watched(self) -> Watched:
        """The look at the newest days."""
        days = self.month.result("days")
        incomplete = sorted(set(pd.to_datetime(days.loc[days["flag"], "day"])))
        reads = self.reads
        return watch(
            self._table, self.rules, self.until, mentions=reads.mentions, readings=reads.readings, incomplete=incomplete
        )

    @cached_property
    def found(self) -> Alerts:
        """The alerts as of the day looked at, with what analysts said of them so far."""
        return self.told(self._now)

    def entered(self, kept: pd.DataFrame | None) -> Entered:
        """Enter the look into a ledger, with likely explanation and owner of what it found."""
        now = entered(kept, self.watched.incidents, self.until, list(self.watched.series["key"]), self.rules.quiet)
        facts = {told: self._beside.facts[own] for own, told in self._ids(now).items()}
        return Entered(*(_with_facts(rows, facts, self.until) for rows in (now.shown, now.kept)))

    def told(self, now: Entered) -> Alerts:
        """Tell a ledger: topics under their names, links and voices beside what the look found."""
        told, ids, watched = self.reads.told, self._ids(now), self.watched
        hrefs = {ids[own]: facts["href"] for own, facts in self._beside.facts.items() if own in ids}
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
        ids = self._ids(now)
        members = self._beside.members
        return {
            "alerts": found.ledger.assign(
                alert=[headline(row) for row in found.ledger.to_dict("records")], key=now.shown["key"],
                related=["; ".join(keys) for keys in now.shown["related"]],
            ).drop(columns="sent"),
            "alerts_series": self.watched.series.assign(name=[named(key) for key in found.series["key"]]),
            "alerts_detectable": self.watched.detectable.assign(name=[named(key) for key in found.detectable["key"]]),
            "alerts_voices": found.voices,
            "alerts_members": members.assign(id=members["id"].map(ids)),
        }  # fmt: skip

    def remember(self) -> None:
        """Enter the look into the ledger on disk; run again it changes nothing."""
        with self.file.locked():
            self.file.write(self.entered(self.file.read()).kept, self.line)

    def line(self, row: dict) -> str:
        """Say in a sentence what an entry of the ledger is about."""
        return headline({**row, "key": self.reads.told(row["key"])})

    def _ids(self, now: Entered) -> dict[str, str]:
        """Return under which id the ledger has each incident of the look."""
        same = ["key", "what", "start", "last"]
        both = self.watched.incidents[["id", *same]].merge(now.shown[["id", *same]], on=same, suffixes=("", "_told"))
        return dict(zip(both["id"], both["id_told"], strict=True))


def _with_facts(rows: pd.DataFrame, facts: dict[str, dict[str, str]], until: pd.Timestamp) -> pd.DataFrame:
    """Write likely explanation and owner beside what was found by the look of this day."""
    made = rows.to_dict("records")
    for row in made:
        if row["id"] in facts and row["looked"] == until:
            row |= {name: facts[row["id"]][name] for name in ("cause", "owner")}
    return typed(pd.DataFrame(made, columns=rows.columns))
