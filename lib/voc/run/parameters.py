"""The parameters cell of a notebook, read as Python and held against what a run wants to pass.

Papermill only warns of a misspelt name and then builds the report on defaults. Here the tagged cell is parsed (never run),
unknown names and wrong types are refused, and all of them are told at once.
"""

from __future__ import annotations

import ast
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ..data.problems import InputError, Problem, did_you_mean, shorten

TAG = "parameters"


def read_parameters(path: Path) -> dict[str, Any]:
    """Return the names and defaults of a notebook's one parameters cell.

    Raises InputError when there is no such cell, more than one, or anything in it but ``name = literal``.
    """
    # Plain JSON: nbformat takes a second to import, and every kernel that opens a month passes here.
    notebook = json.loads(path.read_text(encoding="utf-8"))
    cells = [cell for cell in notebook["cells"] if TAG in cell["metadata"].get("tags", [])]
    if len(cells) != 1:
        cure = f"Tag exactly one code cell with {TAG!r}."
        raise InputError(str(path), [Problem("notebook", f"has {len(cells)} parameters cells", cure)])
    defaults, problems = {}, []
    try:
        lines = ast.parse("".join(cells[0]["source"])).body
    except SyntaxError as error:
        where = f"parameters cell, line {error.lineno}"
        raise InputError(str(path), [Problem(where, f"is no Python: {error.msg}", "Correct it.")]) from error
    for line in lines:
        target = line.targets[0] if isinstance(line, ast.Assign) and len(line.targets) == 1 else None
        if not isinstance(target, ast.Name):
            problems.append(Problem(f"parameters cell, line {line.lineno}", "is no `name = literal`", "Move it below."))
            continue
        try:
            defaults[target.id] = ast.literal_eval(line.value)
        except ValueError:
            what = f"{target.id} is computed, not a literal: it would stay stale when a run changes a parameter"
            problems.append(Problem(f"parameters cell, line {line.lineno}", what, "Compute it in the next cell."))
    if problems:
        raise InputError(str(path), problems)
    return defaults


def check_parameters(path: Path, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return ``given`` if the notebook takes every name of it with that type; list all problems else."""
    defaults = read_parameters(path)
    problems = []
    for name, value in given.items():
        if name not in defaults:
            problems.append(Problem(f"parameter {name!r}", "is not one of this notebook", did_you_mean(name, defaults)))
        elif not _fits(value, defaults[name]):
            wanted = type(defaults[name]).__name__
            problems.append(
                Problem(
                    f"parameter {name!r}",
                    f"{shorten(value)} is {type(value).__name__}, not {wanted}",
                    f"Write a {wanted}.",
                )
            )
    if problems:
        raise InputError(str(path), problems)
    return dict(given)


def _fits(value: Any, default: Any) -> bool:
    if default is None or value is None:
        return True
    if isinstance(default, bool) or isinstance(value, bool):
        return isinstance(default, bool) and isinstance(value, bool)
    if isinstance(default, float):
        return isinstance(value, int | float)
    return isinstance(value, type(default))
