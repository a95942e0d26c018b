"""The ledger of alerts on disk: what is remembered, and a list in which analysts write what each alert came to.

``alerts.json`` is the memory. ``alerts.csv`` beside it is for a spreadsheet; only id, verdict and remark are read back from it,
because a spreadsheet that saves a list writes dates, decimals and separators as its country does, and may leave rows out that
came meanwhile. Both are replaced in one step, under a lock.
"""

from __future__ import annotations

import csv
import io
import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pandas as pd

from ..analysis.alerts.entered import DAYS, KEPT, ordered, typed
from ..analysis.alerts.ledger import VERDICTS, with_verdicts
from ..data.problems import InputError, Problem, shorten
from ..data.spreadsheet import cell, original
from .settings import Loaded

WAIT = 120.0  # seconds for another to finish
SHOWN = ["id", "verdict", "remark", "alert", "state", "certainty", "start", "seen", "last", "observed", "expected", "excess", "lo", "hi",
         "cause", "owner", "sent", "looked", "updates", "key", "related"]  # fmt: skip
NEEDED = ("id", "verdict", "remark")
SEPARATORS = ",;\t"
SENT = "; "  # parts the names of those whom an alert was sent to


def ledger_of(loaded: Loaded) -> LedgerFile:
    """Return the ledger of a report: where ``alerts_ledger`` says, else among what is kept."""
    named = loaded.settings.alerts_ledger
    return LedgerFile((loaded.path.parent / named).resolve() if named else loaded.kept / "alerts.csv")


class LedgerFile:
    """A ledger as two files, of which ``path`` names the list for analysts."""

    def __init__(self, path: Path):
        self.path, self.memory = path, path.with_suffix(".json")

    @contextmanager
    def locked(self, wait: float = WAIT) -> Iterator[None]:
        """Keep others from the ledger for the length of a ``with`` block; raise InputError if one has it for too long."""
        with locked(self.path.with_name(f".{self.path.name}.lock"), wait):
            yield

    def read(self) -> pd.DataFrame | None:
        """Return ``KEPT`` with what analysts wrote; None where nothing is kept yet.

        Raises InputError for a list or a memory that cannot be read, and for verdicts that are none: all at once, with their rows.
        """
        kept, said = self._remembered(), self._said()
        if kept is None and said is not None and len(said):
            cure = f"Put {self.memory.name} back beside it, or move this list away to begin a new one."
            raise InputError(str(self.path), [Problem("memory", f"{self.memory} is not there", cure)])
        problems = _wrong(said, set(kept["id"])) if kept is not None and said is not None else []
        if problems:
            raise InputError(str(self.path), problems)
        return kept if kept is None else _with_said(kept, said)

    def now(self) -> pd.DataFrame | None:
        """Return what ``read`` does, under the lock: nobody replaces one of the two files between the reading of both."""
        if not (self.path.is_file() or self.memory.is_file()):
            return None
        with self.locked():
            return self.read()

    def verdicts(self) -> list[list[str]]:
        """Return what analysts said: id, verdict, remark of each alert that anything was said of, by id."""
        kept = self.now()
        said = [] if kept is None else kept[["id", "verdict", "remark"]].values.tolist()
        return sorted(one for one in said if any(one[1:]))

    def write(self, kept: pd.DataFrame, told: Callable[[Mapping], str]) -> None:
        """Replace both files; one whose content stays is left as it is. ``told`` says in a sentence what an alert is about.

        What analysts saved since ``kept`` was read is taken in. Where that is wrong the memory is replaced and the list is left as
        they saved it: raises InputError, as ``read`` does.
        """
        self.path.parent.mkdir(parents=True, exist_ok=True)
        said, before = self._said(), self._remembered()
        known = set(kept["id"]) | (set() if before is None else set(before["id"]))
        problems = [] if said is None else _wrong(said, known)
        rows = ordered(kept if problems else _with_said(kept, said))
        lines = ",\n".join(json.dumps(_plain(row), ensure_ascii=False) for row in rows[KEPT].to_dict("records"))
        _replace(self.memory, f"[\n{lines}\n]\n" if lines else "[]\n")
        if problems:
            raise InputError(str(self.path), problems)
        text = io.StringIO()
        writer = csv.writer(text, lineterminator="\r\n")
        writer.writerow(SHOWN)
        for row in rows.to_dict("records"):
            plain = _plain(row) | {"alert": told(row), "related": "; ".join(row["related"])}
            writer.writerow([_cell(plain[name]) for name in SHOWN])
        _replace(self.path, "\ufeff" + text.getvalue())

    def note_sent(self, alert: str, to: str, told: Callable[[Mapping], str]) -> None:
        """Note under the lock that an alert was sent to somebody; what others entered meanwhile stays."""
        with self.locked():
            kept = typed(self._remembered())
            sent = kept["sent"].map(lambda names: SENT.join(dict.fromkeys([*sent_to(names), to])))
            self.write(kept.assign(sent=kept["sent"].mask(kept["id"] == alert, sent)), told)

    def _remembered(self) -> pd.DataFrame | None:
        if not self.memory.is_file():
            return None
        try:
            return typed(pd.DataFrame(json.loads(self.memory.read_text(encoding="utf-8")), columns=KEPT))
        except (ValueError, TypeError, AttributeError) as error:
            cure = "Bring an older copy back, or move it and the list away to begin anew."
            raise InputError(str(self.memory), [Problem("file", f"is no ledger of alerts ({error})", cure)]) from error

    def _said(self) -> pd.DataFrame | None:
        """Read id, verdict and remark of each row of the list, with the number of the row."""
        if not self.path.is_file():
            return None
        try:
            text = self.path.read_text(encoding="utf-8-sig")
        except UnicodeDecodeError as error:
            cure = "Save it as CSV UTF-8."
            raise InputError(str(self.path), [Problem("file", "is not in UTF-8", cure)]) from error
        head = text.partition("\n")[0]
        separator = max(SEPARATORS, key=head.count)
        rows = list(csv.reader(io.StringIO(text, newline=""), delimiter=separator))
        names = [name.strip().lower() for name in rows[0]] if rows else []
        missing = [name for name in NEEDED if name not in names]
        if missing:
            cure = f"Bring its head back: {', '.join(NEEDED)} and the others."
            raise InputError(str(self.path), [Problem("row 1", f"has no column {', '.join(missing)}", cure)])
        at = {name: names.index(name) for name in NEEDED}
        read = [
            {"row": number}
            | {name: original(row[place].strip()) if place < len(row) else "" for name, place in at.items()}
            for number, row in enumerate(rows[1:], 2)
            if any(value.strip() for value in row)
        ]
        said = pd.DataFrame(read, columns=["row", *NEEDED])
        return said.assign(verdict=said["verdict"].astype(str).str.lower())


def sent_to(names: str) -> list[str]:
    """Return whom an alert was sent to, by what the ledger has noted.

    >>> sent_to("slack; file"), sent_to("")
    (['slack', 'file'], [])
    """
    return [name for name in names.split(SENT) if name]


def _with_said(kept: pd.DataFrame, said: pd.DataFrame | None) -> pd.DataFrame:
    """Take in what a list says of the alerts; of one that it does not name what was kept stays."""
    said = None if said is None else said[said["id"].isin(kept["id"])]
    if said is None or said.empty:
        return kept
    judged = said[said["verdict"] != ""]
    cleared = kept["id"].isin(said.loc[said["verdict"] == "", "id"])
    remarks = kept["id"].map(said.set_index("id")["remark"])
    kept = kept.assign(verdict=kept["verdict"].mask(cleared, ""), remark=remarks.where(remarks.notna(), kept["remark"]))
    return typed(with_verdicts(kept, judged[list(NEEDED)]) if len(judged) else kept)


def _wrong(said: pd.DataFrame, known: set[str]) -> list[Problem]:
    """List what is wrong with the rows of a list."""
    problems = []
    first: dict[str, int] = {}
    for row in said.to_dict("records"):
        where = f"row {row['row']}"
        if row["id"] not in known:
            problems.append(
                Problem(
                    f"{where}, column id",
                    f"no alert is called {shorten(row['id'])}",
                    "Copy the id again, or delete the row.",
                )
            )
        elif row["id"] in first:
            problems.append(
                Problem(
                    f"{where}, column id", f"{row['id']} stands in row {first[row['id']]} already", "Keep one of them."
                )
            )
        if row["verdict"] and row["verdict"] not in VERDICTS:
            what = f"{shorten(row['verdict'])} is no verdict"
            problems.append(
                Problem(f"{where}, column verdict", what, f"Write {', '.join(VERDICTS)}, or leave it empty.")
            )
        first.setdefault(row["id"], row["row"])
    return problems


def _plain(row: Mapping) -> dict:
    """Return the values of a row as JSON has them: days as words, missing numbers as null."""
    plain = {}
    for name, value in row.items():
        if name in DAYS:
            value = f"{value:%Y-%m-%d}"
        elif isinstance(value, float) and value != value:
            value = None
        plain[name] = value.item() if hasattr(value, "item") else value
    return plain


def _cell(value: object) -> object:
    """Return a value as a spreadsheet may hold it; sizes with a decimal are enough there."""
    if isinstance(value, float):
        return round(value, 1)
    return cell(value)[0] if isinstance(value, str) else "" if value is None else value


def _replace(path: Path, text: str) -> None:
    """Put a file in its place in one step, unless it says the same already."""
    made = text.encode("utf-8")
    if path.is_file() and path.read_bytes() == made:
        return
    beside = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        with beside.open("wb") as file:
            file.write(made)
            file.flush()
            os.fsync(file.fileno())
        beside.replace(path)
    except OSError as error:
        cure = "Make room, or let whoever runs this write there; the old one is untouched."
        raise InputError(str(path), [Problem("file", f"cannot be written: {error.strerror}", cure)]) from error
    finally:
        beside.unlink(missing_ok=True)


@contextmanager
def locked(path: Path, wait: float = WAIT) -> Iterator[None]:
    """Hold a lock for the length of a ``with`` block; one whose holder died is free. Raises InputError after ``wait`` seconds."""
    from filelock import FileLock, Timeout

    path.parent.mkdir(parents=True, exist_ok=True)
    lock = FileLock(path)
    try:
        lock.acquire(timeout=wait)
    except Timeout as error:
        what = f"another run has held it for {wait:.0f} seconds"
        raise InputError(str(path), [Problem("lock", what, "Wait for it, or end it.")]) from error
    try:
        yield
    finally:
        lock.release()
