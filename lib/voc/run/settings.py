"""Settings of a report: ``params/*.yml`` as typed models, with every default written once, here.

A params file may build on another with ``extends:``; paths are relative to the file that names them; ``${NAME:-default}``
is taken from the environment. All problems of all files are told in one error. Reports go below reports/, or below the
folder that the environment variable VOC_REPORTS names.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Any

from pydantic import AfterValidator, Field, field_validator

from ..analysis.alerts.rules import AlertRules
from ..analysis.forecast.rules import AheadRules
from ..analysis.forecast.series import KIND_OF
from ..analysis.metrics import METRICS
from ..analysis.rules import MetricRules, Target
from ..analysis.whys.own import OwnWhy
from ..data.periods import Grain, Period
from ..data.problems import InputError, Problem, did_you_mean
from ..data.rules import Cleaning
from ..data.schema import CUSTOMERS, INTERACTIONS
from ..data.sources import Source, Strict, TimeZone
from ..text.rules import TextRules
from .beside import (
    Event,
    labelled_files,
    read_events,
    read_labels,
    read_owners,
    read_source,
    read_targets,
    read_taxonomy,
    read_whys,
)
from .layers import KEY_FILE, put, with_base
from .outlets import Outlet, twice
from .yamls import expand, typed

ROOT = Path(__file__).resolve().parents[3]


def reports_folder() -> Path:
    """Return the folder that reports are published below: VOC_REPORTS, or reports/ of the project."""
    return Path(os.environ.get("VOC_REPORTS") or ROOT / "reports").resolve()


def vectors_folder() -> Path:
    """Return the folder that sentence vectors are kept in: VOC_VECTORS, or a working folder below the reports."""
    return Path(os.environ.get("VOC_VECTORS") or reports_folder() / ".work" / "vectors").resolve()


def _known_period(text: str) -> str:
    if text != "latest":
        Period.parse(text)
    return text


class SourceEntry(Strict):
    """One file of the company: a short name (the prefix of ids), where it lies, and which source describes it."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_]*$")
    file: str
    source: str


class Sample(Strict):
    """The embedded sample: the seed it is made from and about how many contacts it has."""

    seed: int = Field(default=2026, ge=0)
    contacts: int = Field(default=60_000, ge=1_000)


class Settings(Strict):
    """Everything a report depends on besides the data."""

    name: str = Field(pattern=r"^[a-z][a-z0-9_-]*$")
    title: str = "Voice of the customer"
    company: str
    period: Annotated[str, AfterValidator(_known_period)] = "latest"
    grain: Grain = "month"
    timezone: TimeZone = "UTC"
    languages: list[str] = Field(default_factory=lambda: ["en"], min_length=1)
    seed: int = Field(default=0, ge=0)
    publish: str = "{name}/{period}"
    store: str | None = None
    pseudonym_key: str | None = None
    pseudonym_key_file: str = KEY_FILE
    sample: Sample | None = None
    sources: list[SourceEntry] = Field(min_length=1)
    labels: str | None = None
    targets: str | None = None
    teams: str | None = None
    taxonomy: str | None = None
    labelled: str | None = None
    whys: str | None = None
    events: str | None = None
    cleaning: Cleaning = Cleaning()
    metrics: MetricRules = MetricRules()
    text: TextRules = TextRules()
    ahead: AheadRules = AheadRules()
    alerts: AlertRules = AlertRules()
    alerts_ledger: str | None = None
    send: list[Outlet] = Field(default_factory=list)
    address: str | None = Field(default=None, pattern=r"^https?://[^\s<>\"]+$")
    cards: list[str] = Field(
        default_factory=lambda: ["contacts", "frt_minutes", "aht_minutes", "fcr_pct", "csat_pct", "repeat_pct"],
        min_length=1,
        max_length=6,
    )
    dimensions: list[str] = Field(default_factory=lambda: ["channel", "category", "product", "region", "team"])
    notebooks: list[str] = Field(
        default_factory=lambda: [
            "01_cleaning",
            "02_scorecard",
            "02_service",
            "03_topics",
            "04_five_whys",
            "05_drivers",
            "06_forecast",
            "08_report",
        ]
    )
    notebook_parameters: dict[str, dict[str, str | int | float | bool | list | None]] = Field(default_factory=dict)

    @field_validator("publish")
    @classmethod
    def _publishes_below_reports(cls, value: str) -> str:
        try:
            parts = value.format(name="name", period="period").split("/")
        except (KeyError, IndexError, ValueError, AttributeError):
            parts = [""]
        if "{period}" not in value or any(not part or part.startswith((".", "~")) for part in parts):
            raise ValueError(
                "must be a folder below reports/ that contains {period}, and may contain {name}, such as shop/{period}"
            )
        return value


class Loaded(Strict):
    """A params file with all that it refers to, read and checked."""

    settings: Settings
    path: Path
    specs: dict[str, Source]
    vocabulary: dict[str, dict[str, list[str]]]
    flags: dict[str, bool]
    targets: dict[str, Target]
    owners: dict[str, dict[str, str]]
    taxonomy: Any = None
    labelled: list[Path] = Field(default_factory=list)
    whys: list[OwnWhy] = Field(default_factory=list)
    events: list[Event] = Field(default_factory=list)

    def file_of(self, entry: SourceEntry) -> Path:
        """Return the path of an entry's file."""
        text = expand(entry.file.replace("{sample}", str(self.sample_folder / "raw")))
        return (self.path.parent / text).resolve()

    @property
    def work(self) -> Path:
        """Folder for what is made on the way to a report; safe to delete."""
        return reports_folder() / ".work" / self.settings.name

    @property
    def kept(self) -> Path:
        """Folder for what one report leaves to later ones, never safe to delete; each invented shop has its own."""
        folder = reports_folder() / "kept" / self.settings.name
        return folder / self.sample_folder.name if self.settings.sample else folder

    @property
    def sample_folder(self) -> Path:
        """Folder of the embedded sample that this file asks for."""
        sample = self.settings.sample or Sample(seed=0)
        size = "" if sample.contacts == Sample().contacts else f"-{sample.contacts}"
        return reports_folder() / ".work" / f"sample-{sample.seed}{size}"


def load_settings(path: str | Path, **overrides: Any) -> Loaded:
    """Read a params file and everything it names.

    ``overrides`` replace top-level settings (a dot in a name goes deeper: ``sample.seed``). Raises InputError listing
    every unknown name, wrong type and missing file, each with its line and cure.
    """
    path = Path(path)
    path = (path if path.is_absolute() else ROOT / path).resolve()
    values, lines = with_base(path)
    for name, value in overrides.items():
        put(values, name.split("."), value)
    settings = typed(Settings, values, path, lines)
    problems: list[Problem] = []
    specs = {}
    for entry in settings.sources:
        specs[entry.source] = _collected(problems, lambda name=entry.source: read_source(path, name))
    labels = _collected(problems, lambda: read_labels(path, settings.labels)) or ({}, {})
    targets = _collected(problems, lambda: read_targets(path, settings.targets)) or {}
    owners = _collected(problems, lambda: read_owners(path, settings.teams)) or {}
    taxonomy = _collected(problems, lambda: read_taxonomy(path, settings.taxonomy))
    labelled = _collected(problems, lambda: labelled_files(path, settings.labelled)) or []
    own = _collected(problems, lambda: read_whys(path, settings.whys)) or []
    events = _collected(problems, lambda: read_events(path, settings.events)) or []
    problems += _unknown_names(settings, [spec for spec in specs.values() if spec], targets)
    for entry in settings.sources:
        try:
            expand(entry.file)
        except ValueError as error:
            cure = "Set it, or write a default: ${NAME:-folder}."
            problems.append(Problem(f"sources, {entry.name}, file", str(error), cure))
    names = [entry.name for entry in settings.sources]
    problems += [
        Problem("sources", f"the name {name!r} stands twice", "Rename one.")
        for name in sorted(set(names))
        if names.count(name) > 1
    ]
    if problems:
        raise InputError(str(path), problems)
    return Loaded(
        settings=settings, path=path, specs=specs, vocabulary=labels[0], flags=labels[1], targets=targets, owners=owners,
        taxonomy=taxonomy, labelled=labelled, whys=own, events=events,
    )  # fmt: skip


def _unknown_names(settings: Settings, specs: list[Source], targets: dict[str, Target]) -> list[Problem]:
    """Find names of metrics and columns that nothing in the report has: a misspelt one would be left out in silence."""
    further = {name for spec in specs for name in spec.dimensions}
    columns = [*INTERACTIONS.names("label", "flag", "id", "number", "time", "text"), *sorted(further)]
    known = {
        "cards": (settings.cards, list(METRICS)),
        "targets": (targets, list(METRICS)),
        "dimensions": (
            settings.dimensions,
            [*INTERACTIONS.names("label", "flag"), *CUSTOMERS.names("label"), *sorted(further)],
        ),
        "ahead.metrics": (settings.ahead.metrics, [name for name, one in METRICS.items() if one.kind in KIND_OF]),
        "ahead.by": (settings.ahead.by, [*INTERACTIONS.names("label", "flag"), *sorted(further)]),
        "metrics.complaints": (settings.metrics.complaints, columns),
        "metrics.severity": (settings.metrics.severity, columns),
        "cleaning.missing": (settings.cleaning.missing, columns),
        **{
            f"alerts.{name}": (getattr(settings.alerts, name), columns)
            for name in ("dimensions", "scores_by", "slow_by")
        },
    }
    problems = twice(settings.send) + [
        Problem(where, f"{name!r} is unknown", did_you_mean(name, names))
        for where, (said, names) in known.items()
        for name in said
        if name not in names
    ]
    for name, decision in settings.cleaning.missing.items():
        if decision in ("median", "mean") and name in columns and name not in INTERACTIONS.names("number"):
            problems.append(
                Problem("cleaning.missing", f"{name!r} is no number, it has no {decision}", "Write leave or exclude.")
            )
    return problems


def _collected(problems: list[Problem], read: Any) -> Any:
    try:
        return read()
    except InputError as error:
        problems += [
            Problem(f"{error.what}, {problem.where}", problem.what, problem.cure) for problem in error.problems
        ]
        return None
