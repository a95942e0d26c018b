"""``voc watch``: the newest contacts looked at without a report, entered into the ledger, and sent once for each incident.

The contacts are cleaned into a store of their own. In the report's store new contacts drop every result (``Month.keep``), so that
an hourly look there would take away what notebooks and a run that is under way read.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pandas as pd

from ..analysis.alerts.entered import Entered
from ..analysis.alerts.incidents import GOING
from ..data.completeness import last_whole_day, span
from ..data.periods import Period
from ..data.problems import InputError
from ..report.alert_messages import message
from ..report.pages.drivers_read import noun
from ..report.style import day_label
from .alert_ledger import ledger_of, locked, sent_to
from .alert_reads import reads_beside
from .alerts import Alerts, MonthsAlerts
from .in_full import write_in_full
from .month import Month
from .outlets import Outlet, opened
from .publish import FRONT, page_of
from .runner import run
from .send import NotSent, send
from .settings import Loaded, load_settings, reports_folder

CLEANING, PAGE = "01_cleaning", "06_forecast"
NO_ALERT, ALERT, ERROR = 0, 10, 1


@dataclass(frozen=True)
class Seen:
    """What a look told: sentences on new, going and ended alerts, what could not be sent, and what was watched up to when."""

    until: pd.Timestamp
    series: int
    new: Sequence[str]
    going: Sequence[str]
    ended: Sequence[str]
    failures: Sequence[str]

    @property
    def status(self) -> int:
        """The exit status: 1 where something was not sent, 10 where an alert goes on, else 0."""
        return ERROR if self.failures else ALERT if self.new or self.going else NO_ALERT

    def lines(self, quiet: bool = False) -> list[str]:
        """Return one line an incident; ``quiet``: of the new ones only."""
        lines = [f"new: {said}" for said in self.new]
        if quiet:
            return lines
        lines += [f"going on: {said}" for said in self.going] + [f"ended: {said}" for said in self.ended]
        return lines or [f"no alert up to {day_label(self.until)}: {self.series:,} series watched"]


def watch(params: str | Path, **overrides: Any) -> Seen:
    """Look at the newest contacts, enter what is found into the ledger and send what is new.

    ``overrides`` replace settings, as in ``run``. What an outlet does not take is tried again at the next look, as long as the
    incident goes on. Raises InputError for wrong settings, data or a wrong list of alerts, RunError where cleaning fails.
    """
    loaded = load_settings(params, **overrides)
    outlets = opened(loaded.settings.send, loaded.path)
    own = _of_its_own(loaded)
    with locked(own.work / ".lock"):
        month, until = _newest(own)
        try:
            return _looked(month, until, loaded, outlets)
        finally:
            month.close()


def whole_until(month: Month) -> pd.Timestamp:
    """Return the last whole day of the contacts: the one that params name as the last is whole."""
    latest = month.settings.cleaning.dates.latest
    last = span(month.interactions)[1].normalize()
    return last if latest and last >= pd.Timestamp(latest) else last_whole_day(month.interactions)


def _of_its_own(loaded: Loaded) -> Loaded:
    """Return the same settings with a work folder and a store only for looking, and without whom alerts are sent to."""
    changed = {"name": f"{loaded.settings.name}-watch", "store": None, "send": []}
    return loaded.model_copy(update={"settings": loaded.settings.model_copy(update=changed)})


def _newest(own: Loaded) -> tuple[Month, pd.Timestamp]:
    """Clean the contacts anew if anything changed; return the period of the last whole day, and that day."""
    run(write_in_full(own), period="latest", only=[CLEANING], resume=True, log=lambda _line: None)
    newest = Month(own, "latest")
    until = whole_until(newest)
    newest.close()
    return Month(own, Period.holding(until.date(), own.settings.grain).label), until


def _looked(month: Month, until: pd.Timestamp, loaded: Loaded, outlets: Sequence[Outlet]) -> Seen:
    contacts, file = month.interactions, ledger_of(loaded)
    known = contacts.filter(contacts.created_local < (until + pd.Timedelta(days=1)).to_pydatetime())
    reads = reads_beside(month, loaded.settings.store or loaded.work / "store", known)
    alerts = MonthsAlerts(month, until, reads, file, sparing=True)
    series = len(alerts.watched.series)
    with file.locked():
        before = file.read()
        now = alerts.entered(before)
        file.write(now.kept, alerts.line)
    failures = _sent(alerts, now, outlets, loaded) if outlets else []
    known_ids, open_ids = (set() if before is None else set(rows["id"]) for rows in (before, _going(before)))
    going, shown = _going(now.shown), now.shown.to_dict("records")
    new = [alerts.line(row) for row in going.to_dict("records") if row["id"] not in known_ids]
    still = [alerts.line(row) for row in going.to_dict("records") if row["id"] in known_ids]
    ended = [alerts.line(row) for row in shown if row["state"] != GOING and row["id"] in open_ids]
    return Seen(until, series, new, still, ended, failures)


def _going(ledger: pd.DataFrame | None) -> pd.DataFrame | None:
    return None if ledger is None else ledger[ledger["state"] == GOING]


def _sent(alerts: MonthsAlerts, now: Entered, outlets: Sequence[Outlet], loaded: Loaded) -> list[str]:
    """Send what goes on, nobody has judged and was not sent yet, the oldest first; note each in the ledger at once.

    The ledger is free meanwhile, for whoever does not answer takes seconds; and is asked no second time. Returns what could not be
    sent, and why.
    """
    found, failures = alerts.told(now), []
    mine, gone = set(alerts.ids(now).values()), {}
    rows = [row for row in _going(found.ledger)[::-1].to_dict("records") if row["id"] in mine and not row["verdict"]]
    for row in rows:
        for outlet in outlets:
            if outlet.title in sent_to(row["sent"]):
                continue
            if outlet.title in gone:
                gone[outlet.title] += 1
                continue
            try:
                send(message(row, found, loaded.settings.company, page_with(loaded, found, row["id"])), outlet)
            except NotSent as error:
                failures.append(f"{row['id']} to {error}")
                gone |= {outlet.title: 0} if error.gone else {}
                if not error.some:
                    continue
            try:
                alerts.file.note_sent(row["id"], outlet.title, alerts.line)
            except InputError as error:  # as of a wrong word that was saved meanwhile
                failures += [str(error)] if str(error) not in failures else []
    return failures + [f"{noun(n, 'more alert')} to {title}: left for the next look" for title, n in gone.items() if n]


def page_with(loaded: Loaded, found: Alerts, alert: str) -> str:
    """Return where the newest report tells of alerts: below ``address`` where readers have one, else its file; empty without one."""
    period = Period.holding(found.until.date(), loaded.settings.grain)
    for one in (period, period.previous()):
        place = loaded.settings.publish.format(name=loaded.settings.name, period=one.label)
        for name in (PAGE, FRONT):
            page = reports_folder() / place / page_of(name)
            if not page.is_file():
                continue
            anchor = f"alert-{alert}"
            there = f'id="{anchor}"' in page.read_text(encoding="utf-8")
            root = loaded.settings.address
            where = f"{root.rstrip('/')}/{quote(place)}/{page.name}" if root else page.as_uri()
            return f"{where}#{anchor}" if there else where
    return ""
