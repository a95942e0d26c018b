"""Settings written out in full, so that what a command replaced reaches the notebooks."""

from __future__ import annotations

from pathlib import Path

import yaml

from .layers import PATHS
from .settings import Loaded


def write_in_full(loaded: Loaded) -> Path:
    """Write settings that were partly replaced as a params file of their own, and return its path.

    Notebooks are given the name of a params file and nothing else, so what replaces a setting must stand in one. Files
    are named in full, because the new file lies in the work folder.
    """
    here = loaded.path.parent
    values = loaded.settings.model_dump(by_alias=True, exclude_none=True, exclude_defaults=True)
    values["sources"] = [
        {"name": entry.name, "file": str(loaded.file_of(entry)), "source": str((here / entry.source).resolve())}
        for entry in loaded.settings.sources
    ]
    for name in PATHS:
        if name in values:
            values[name] = str((here / values[name]).resolve())
    if loaded.settings.pseudonym_key is None:
        values["pseudonym_key_file"] = str((here / loaded.settings.pseudonym_key_file).resolve())
    path = loaded.work / "params.yml"
    path.parent.mkdir(parents=True, exist_ok=True)
    beside = path.with_suffix(".tmp")
    beside.write_text(yaml.safe_dump(values, allow_unicode=True, sort_keys=False), encoding="utf-8")
    beside.replace(path)
    return path
