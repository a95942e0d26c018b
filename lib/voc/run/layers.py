"""Params files on top of each other: what one extends lies beneath it, and paths belong to the file that names them."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path
from typing import Any

from ..data.problems import InputError, Problem
from .yamls import expand, load_yaml

PATHS = ("labels", "targets", "teams", "taxonomy", "labelled", "whys", "events", "pseudonym_key_file", "alerts_ledger")
IN_LISTS = {"sources": ("file", "source"), "send": ("path",)}
KEY_FILE = "../.keys/pseudonym.key"


def with_base(path: Path, seen: tuple[Path, ...] = ()) -> tuple[dict[str, Any], dict[tuple, int]]:
    """Read a params file with those that it extends beneath it.

    Returns the values and the lines of its own settings. Raises InputError for files that extend each other in a circle and
    for a base that is no file name.
    """
    if path in seen:
        raise InputError(str(path), [Problem("extends", "goes round in a circle", "Take one of them out.")])
    values, lines = load_yaml(path)
    base = values.pop("extends", None)
    if base is None:
        return values, lines
    if not isinstance(base, str):
        raise InputError(
            str(path), [Problem("extends", f"{base!r} is no file name", "Write the name of a params file.")]
        )
    beneath = (path.parent / base).resolve()
    below, _ = with_base(beneath, (*seen, path))
    if beneath.parent != path.parent:
        below = _moved(below, beneath.parent, path.parent)
    return _merged(below, values), lines


def _moved(values: dict[str, Any], old: Path, new: Path) -> dict[str, Any]:
    """Rewrite the paths of a params file in ``old`` as seen from ``new``: they belong to the file that names them."""

    def at(name: Any) -> Any:
        if not isinstance(name, str) or name.startswith("{sample}"):
            return name
        with contextlib.suppress(ValueError):  # a variable that is not set is told later
            name = expand(name)
        return name if Path(name).is_absolute() else os.path.relpath(old / name, new)

    moved = {name: at(value) if name in PATHS else value for name, value in values.items()}
    for setting, paths in IN_LISTS.items():
        if isinstance(values.get(setting), list):
            moved[setting] = [
                {name: at(value) if name in paths else value for name, value in entry.items()}
                if isinstance(entry, dict)
                else entry
                for entry in values[setting]
            ]
    if "pseudonym_key_file" not in values:
        moved["pseudonym_key_file"] = at(KEY_FILE)
    return moved


def _merged(below: dict[str, Any], above: dict[str, Any]) -> dict[str, Any]:
    both = dict(below)
    for name, value in above.items():
        old = both.get(name)
        both[name] = _merged(old, value) if isinstance(old, dict) and isinstance(value, dict) else value
    return both


def put(values: dict[str, Any], names: list[str], value: Any) -> None:
    """Set a value by its path of names; raise InputError where a name on the way holds a single value."""
    for name in names[:-1]:
        values = values.setdefault(name, {})
        if not isinstance(values, dict):
            what = f"{name} holds a single value, nothing is inside it"
            raise InputError("override", [Problem(".".join(names), what, f"Set {name} itself.")])
    values[names[-1]] = value
