"""Small exports written by hand, run through all notebooks, and what was published of them."""

import csv
import html
import os
import re
import subprocess
import sys
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

import pandas as pd

VOC = Path(sys.executable).parent / "voc"
STAMP = "%Y-%m-%d %H:%M"


@dataclass(frozen=True)
class Report:
    """A published report: the text of its pages, as a reader sees it, and its result tables."""

    folder: Path

    def text(self, name: str) -> str:
        """Return the visible text of a page, charts and what is folded away included."""
        page = (self.folder / f"{name}.html").read_text(encoding="utf-8")
        page = re.sub(r"<(style|script|title|head)\b.*?</\1>", " ", page, flags=re.DOTALL)
        return re.sub(r"\s+", " ", html.unescape(re.sub(r"<[^>]+>", " ", page)))

    def table(self, name: str) -> pd.DataFrame:
        return pd.read_parquet(self.folder / "tables" / f"{name}.parquet")

    def now(self, against: str = "previous") -> pd.DataFrame:
        changes = self.table("kpi_changes")
        return changes[changes["against"] == against].set_index("metric")


def stamp(at: datetime) -> str:
    """Write a time; exactly midnight would stand for an hour that nobody knows."""
    return f"{at + timedelta(minutes=1) if (at.hour, at.minute) == (0, 0) else at:{STAMP}}"


def write(folder: Path, name: str, rows: list[dict], table: str, columns: dict[str, str], more: str = "") -> None:
    """Write an export and the description of its source."""
    with (folder / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        made = csv.DictWriter(file, fieldnames=list(rows[0]))
        made.writeheader()
        made.writerows(rows)
    said = "".join(f"  {ours}: {theirs}\n" for ours, theirs in columns.items() if theirs in rows[0])
    head = f'table: {table}\nformat: csv\ntime_formats: ["{STAMP}", "%Y-%m-%d"]\n{more}columns:\n'
    (folder / f"{name}.yml").write_text(head + said, encoding="utf-8")


def published(folder: Path, name: str, period: str, settings: str = "") -> Report:
    """Run a project of all exports in a folder and return what was published."""
    sources = "".join(
        f"  - {{name: {path.stem}, file: {path.name}, source: {path.stem}.yml}}\n"
        for path in sorted([*folder.glob("*.csv"), *folder.glob("*.jsonl")])
    )
    params = (
        f"name: {name}\ncompany: A shop\npseudonym_key: not-a-secret-but-long-enough\n{settings}sources:\n{sources}"
    )
    (folder / "params.yaml").write_text(params, encoding="utf-8")
    done = subprocess.run(
        [VOC, "run", folder / "params.yaml", "--period", period],
        env={**os.environ, "VOC_REPORTS": str(folder / "reports")}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr[-3000:]
    return Report(folder / "reports" / name / period)
