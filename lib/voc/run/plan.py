"""What a run consists of: its notebooks in order, what each is given, and a key that says when it need not run again."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass
from importlib.metadata import version
from pathlib import Path
from typing import Any

from ..data.problems import InputError, Problem, did_you_mean
from .parameters import check_parameters, read_parameters
from .settings import ROOT, Loaded

NOTEBOOKS = ROOT / "notebooks"
UNSEEN = {"send", "address", "alerts_ledger"}  # settings that no figure depends on
ALERTS = "06"  # beginning of the name of the notebook that tells them
PACKAGES = ("pandas", "numpy", "ibis-framework", "duckdb", "pyarrow", "matplotlib", "scipy", "statsmodels", "nbconvert")


@dataclass(frozen=True)
class Step:
    """One notebook of a run: its stage (equal stages may run side by side) and the parameters it is given."""

    name: str
    path: Path
    stage: int
    parameters: dict[str, Any]


def stage_of(name: str) -> int:
    """Order of a notebook: cleaning, measures and topics side by side, what builds on them, the look ahead, actions, the front page.

    Alerts name what the whys told as their cause, so the look ahead comes after those.
    """
    return {"01": 0, "02": 1, "03": 1, "06": 3, "07": 4, "08": 5}.get(name[:2], 2)


def stage_behind(table: str, first: Collection[str]) -> int:
    """Stage below which all notebooks must have run for a result table to be there; ``first`` are those of cleaning."""
    if table in first:
        return 1
    if re.search(r"^(forecast|staffing|contacts|alerts)(_|$)|_06_", table):
        return 4
    return 3 if re.search(r"whys|^(drivers|churn)_|_0[45]_", table) else 2


def plan(loaded: Loaded, period: str) -> list[Step]:
    """List the notebooks of a run; raise InputError for unknown notebooks and for parameters they do not take."""
    settings, problems, steps = loaded.settings, [], []
    known = sorted(path.stem for path in NOTEBOOKS.glob("*.ipynb"))
    for name in [*settings.notebooks, *settings.notebook_parameters]:
        if name not in known:
            problems.append(Problem(f"notebook {name!r}", "does not exist", did_you_mean(name, known)))
    if problems:
        raise InputError(str(loaded.path), problems)
    for name in sorted(settings.notebooks, key=lambda name: (stage_of(name), name)):
        path = NOTEBOOKS / f"{name}.ipynb"
        given = {"params_file": str(loaded.path), "period": period, **settings.notebook_parameters.get(name, {})}
        try:
            checked = check_parameters(path, given)
        except InputError as error:
            problems += [Problem(f"{name}, {item.where}", item.what, item.cure) for item in error.problems]
            continue
        steps.append(Step(name, path, stage_of(name), checked))
    if problems:
        raise InputError(str(loaded.path), problems)
    return steps


def digest(*parts: Any) -> str:
    """Hash any JSON-like values and files (paths are read) to 16 hex characters."""
    made = hashlib.sha256()
    for part in parts:
        if isinstance(part, Path):
            with part.open("rb") as file:
                made.update(hashlib.file_digest(file, "sha256").digest())
        else:
            made.update(json.dumps(part, sort_keys=True, default=str).encode())
        made.update(b"\0")
    return made.hexdigest()[:16]


def code_key(folders: Iterable[str] = ("data", "text", "analysis", "report", "run")) -> str:
    """Hash the library's own files in the named rooms."""
    files = [
        path
        for folder in folders
        for path in sorted((ROOT / "lib" / "voc" / folder).rglob("*"))
        if path.is_file() and path.suffix != ".pyc"
    ]
    return digest(*[str(path.relative_to(ROOT)) for path in files], *files)


def data_hashes(loaded: Loaded) -> dict[str, str]:
    """Hash each source file; raise InputError listing all that are missing."""
    paths = {entry.name: loaded.file_of(entry) for entry in loaded.settings.sources}
    missing = [
        Problem(f"source {name}", f"{path} does not exist", "Correct its file.")
        for name, path in paths.items()
        if not path.is_file()
    ]
    if missing:
        raise InputError(str(loaded.path), missing)
    return {name: digest(path) for name, path in paths.items()}


def versions() -> dict[str, str]:
    """Versions of what the figures depend on."""
    import platform

    return {"python": platform.python_version(), **{name: version(name) for name in PACKAGES}}


def base_key(loaded: Loaded, data: dict[str, str]) -> str:
    """Hash everything that a run's results depend on besides its notebooks."""
    referred = [
        loaded.specs,
        loaded.vocabulary,
        loaded.flags,
        loaded.targets,
        loaded.owners,
        loaded.whys,
        loaded.events,
    ]
    dumped = json.loads(json.dumps(referred, default=lambda model: model.model_dump(mode="json"), sort_keys=True))
    words = asdict(loaded.taxonomy) if loaded.taxonomy else None
    return digest(
        loaded.settings.model_dump(mode="json", exclude=UNSEEN),
        dumped,
        words,
        *loaded.labelled,
        data,
        code_key(),
        versions(),
    )


def step_key(step: Step, base: str, before: str, said: Any = None) -> str:
    """Hash what one notebook depends on: itself, its parameters, the base, the stages before it, and what was said of its alerts."""
    parameters = {name: value for name, value in step.parameters.items() if name != "params_file"}
    told = [said] if step.name.startswith(ALERTS) else []
    return digest(step.path, read_parameters(step.path), parameters, base, before, *told)
