"""Executed notebooks and result tables → a report folder, built beside the old one and put in its place in one step."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..report.exports import export_tables
from ..report.page import export_page
from ..text.taxonomy.labelling import write_worklist
from .manifest import write_manifest
from .month import Month
from .plan import Step

TITLES = {
    "01_cleaning": "The data and their repair",
    "02_scorecard": "The scorecard",
    "02_service": "How the service works",
    "03_topics": "What customers talk about",
    "04_five_whys": "Five whys",
    "05_drivers": "What drives satisfaction and churn",
    "06_forecast": "What comes next, and alerts",
    "08_report": "Report",
}
FRONT = "08_report"
LIST = "labelling"


def page_of(name: str) -> str:
    """Name of a notebook's page: the front page is index.html, the others are called like their notebook."""
    return "index.html" if name == FRONT else f"{name}.html"


@contextmanager
def replacing(target: Path) -> Iterator[Path]:
    """Give a folder to build in and, when the block ends well, put it in ``target``'s place.

    A reader of ``target`` sees the old folder or the new one. When the block raises, the old one stays and what was
    built is removed.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    beside = target.with_name(f".{target.name}.building")
    aside = target.with_name(f".{target.name}.old")
    if not target.exists() and aside.exists():
        aside.rename(target)  # an earlier run was stopped between its two renames
    shutil.rmtree(beside, ignore_errors=True)
    shutil.rmtree(aside, ignore_errors=True)
    beside.mkdir()
    try:
        yield beside
        if target.exists():
            target.rename(aside)
        beside.rename(target)
    except BaseException:
        shutil.rmtree(beside, ignore_errors=True)
        if not target.exists() and aside.exists():
            aside.rename(target)
        raise
    shutil.rmtree(aside, ignore_errors=True)


def publish(month: Month, steps: list[Step], executed: dict[str, Path], target: Path, manifest: dict) -> None:
    """Write pages, tables and manifest of a finished run to ``target``."""
    names = [step.name for step in steps]
    names = [FRONT, *[name for name in names if name != FRONT]] if FRONT in names else names
    title = f"{month.settings.title}, {month.period.words}"
    with replacing(target) as folder:
        for name in names:
            nav = [(TITLES.get(other, other), page_of(other), other == name) for other in names]
            label = title if name == FRONT else f"{TITLES.get(name, name)} – {title}"
            export_page(executed[name], out=folder / page_of(name), title=label, nav=nav)
        if FRONT not in names:
            shutil.copy(folder / page_of(names[-1]), folder / "index.html")
        export_tables({name: month.result(name) for name in month.results()}, folder / "tables")
        if LIST in month.results() and month.loaded.taxonomy is not None:
            write_worklist(month.result(LIST), month.loaded.taxonomy, folder / "tables", LIST)  # with drop-down lists
        write_manifest(folder, manifest)
