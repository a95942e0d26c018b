"""The manifest beside a report: what it was made from, so that it can be made again and last month's compared."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from .settings import Loaded


def build_manifest(
    loaded: Loaded, *, period: str, key: str, data: dict[str, str], versions: dict[str, str], seconds: dict[str, float],
    trail: list[dict[str, Any]], before: dict[str, Any] | None,
) -> dict[str, Any]:  # fmt: skip
    """Put the manifest together.

    ``trail`` is the audit of cleaning; ``before`` the manifest of the report before, against which ``differs`` is told.
    The secret key, and whom alerts are sent to, are never in it.
    """
    settings = loaded.settings.model_dump(mode="json", exclude={"pseudonym_key", "store", "send"})
    made = {
        "report": loaded.settings.name,
        "period": period,
        "key": key,
        "seed": loaded.settings.seed,
        "settings": settings,
        "data": data,
        "versions": versions,
        "rows": trail,
        "seconds": {name: round(value, 1) for name, value in seconds.items()},
    }
    made["differs"] = differences(before, made) if before else None
    return made


def differences(before: dict[str, Any], now: dict[str, Any]) -> dict[str, Any]:
    """List what changed between two manifests: settings and versions as old → new, rows per step as counts."""
    changed: dict[str, Any] = {"from": before.get("period")}
    for part in ("settings", "versions"):
        old, new = _flat(before.get(part, {})), _flat(now.get(part, {}))
        changed[part] = {
            name: [old.get(name), new.get(name)]
            for name in sorted(old.keys() | new.keys())
            if old.get(name) != new.get(name)
        }
    rows = [{line["step"]: line["rows_out"] for line in made.get("rows", [])} for made in (before, now)]
    changed["rows"] = {
        step: [rows[0].get(step), rows[1].get(step)]
        for step in {**rows[0], **rows[1]}
        if rows[0].get(step) != rows[1].get(step)
    }
    return changed


def _flat(values: Any, at: str = "") -> dict[str, Any]:
    if not isinstance(values, dict):
        return {at: values}
    return {
        name: value for key, inner in values.items() for name, value in _flat(inner, f"{at}.{key}".strip(".")).items()
    }


def read_manifest(folder: Path) -> dict[str, Any] | None:
    """Return the manifest of a published report, or None where there is none that can be read."""
    path = folder / "manifest.json"
    if not path.is_file():
        return None
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except json.JSONDecodeError:
        return None


def write_manifest(folder: Path, manifest: dict[str, Any]) -> None:
    """Write the manifest as readable JSON."""
    text = json.dumps(manifest, ensure_ascii=False, indent=1, sort_keys=False)
    (folder / "manifest.json").write_text(text + "\n", encoding="utf-8", newline="\n")
