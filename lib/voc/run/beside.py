"""The files beside a params file that it names: source descriptions, labels, targets, owners, taxonomy, events."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import Field, model_validator

from ..analysis.rules import Target
from ..analysis.whys.own import OwnWhy, OwnWhys
from ..data.clean.labels import check_vocabulary
from ..data.problems import InputError, Problem
from ..data.sources import Source, Strict
from ..text.taxonomy.check import read as read_checked
from ..text.taxonomy.model import Taxonomy
from .yamls import load_yaml, typed


def read_source(params: Path, name: str) -> Source:
    """Read the description of a source; raise InputError listing every problem with its line."""
    path = params.parent / name
    return typed(Source, *_values_and_rest(path))


def _values_and_rest(path: Path) -> tuple[dict[str, Any], Path, dict[tuple, int]]:
    values, lines = load_yaml(path)
    return values, path, lines


class _Labels(Strict):
    columns: dict[str, dict[str, list[str]]] = Field(default_factory=dict)
    flags: dict[Literal["yes", "no"], list[str]] = Field(default_factory=dict)


def read_labels(params: Path, name: str | None) -> tuple[dict[str, dict[str, list[str]]], dict[str, bool]]:
    """Read the wordings of each class per label column, and of yes and no."""
    if name is None:
        return {}, {}
    values, lines = load_yaml(params.parent / name)
    flags = values.pop("flags", {})
    labels = typed(_Labels, {"columns": values, "flags": flags}, params.parent / name, lines)
    check_vocabulary(labels.columns)
    return labels.columns, {word.casefold(): key == "yes" for key, words in labels.flags.items() for word in words}


class _Targets(Strict):
    targets: dict[str, Target]


def read_targets(params: Path, name: str | None) -> dict[str, Target]:
    """Read the goal of each metric."""
    if name is None:
        return {}
    values, lines = load_yaml(params.parent / name)
    return typed(_Targets, {"targets": values}, params.parent / name, lines).targets


def read_whys(params: Path, name: str | None) -> list[OwnWhy]:
    """Read an analyst's own whys; raise InputError where two share an id."""
    if name is None:
        return []
    values, lines = load_yaml(params.parent / name)
    found = typed(OwnWhys, values, params.parent / name, lines).whys
    _each_once(params.parent / name, "whys", [one.id for one in found])
    return found


class Event(Strict):
    """Something planned, or past, that moves contacts: as a row of the table ``events``."""

    event_id: str = Field(pattern=r"^[^\s]+$")
    kind: str
    starts_on: date
    ends_on: date | None = None
    label: str = ""

    @model_validator(mode="after")
    def _ends_after_it_starts(self) -> Event:
        if self.ends_on is not None and self.ends_on < self.starts_on:
            raise ValueError(f"{self.event_id} ends on {self.ends_on}, before it starts on {self.starts_on}")
        return self


class _Events(Strict):
    events: list[Event]


def read_events(params: Path, name: str | None) -> list[Event]:
    """Read events that no source brings, such as those planned; raise InputError where two share an id."""
    if name is None:
        return []
    values, lines = load_yaml(params.parent / name)
    found = typed(_Events, values, params.parent / name, lines).events
    _each_once(params.parent / name, "events", [one.event_id for one in found])
    return found


def _each_once(path: Path, where: str, ids: list[str]) -> None:
    twice = sorted({one for one in ids if ids.count(one) > 1})
    if twice:
        raise InputError(str(path), [Problem(where, f"the id {one!r} stands twice", "Rename one.") for one in twice])


class _Owners(Strict):
    owners: dict[str, dict[str, str]]


def read_owners(params: Path, name: str | None) -> dict[str, dict[str, str]]:
    """Read who takes up a finding, per dimension and value."""
    if name is None:
        return {}
    values, lines = load_yaml(params.parent / name)
    return typed(_Owners, {"owners": values}, params.parent / name, lines).owners


def read_taxonomy(params: Path, name: str | None) -> Taxonomy | None:
    """Read the categories that the company wrote down; raise InputError listing every problem of the file."""
    return None if name is None else read_checked((params.parent / name).resolve())


def labelled_files(params: Path, name: str | None) -> list[Path]:
    """List the labelling lists that staff filled in: a file, or all XLSX and CSV files of a folder, by name."""
    if name is None:
        return []
    path = (params.parent / name).resolve()
    if path.is_dir():
        return sorted(one for one in path.iterdir() if one.suffix in (".xlsx", ".csv") and one.name[0] not in ".~")
    if not path.exists():
        cure = "Name a filled-in list or a folder of them, or leave «labelled» out until there is one."
        raise InputError(str(params), [Problem("labelled", f"{path} does not exist", cure)])
    return [path]
