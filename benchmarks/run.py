"""Measure the workbook side by side with plain pandas, its growth, and the report against its aims: ``make bench``.

Prints one line a measurement and writes results.json beside this file. Of each pair both sides run in processes of
their own, in turn, on the same tables; the best of the rounds counts, because noise only ever adds. A pair whose sides
disagree in any figure stops the run. ``ratio`` is the other ÷ ours: above 1 ours needs less.

    python benchmarks/run.py [--rows 5000000] [--seed 2026] [--rounds 3] [--only pairs|growth|report] [--pair card] [--setup]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from report import FOLDER, set_up, warm_report

HERE = Path(__file__).resolve().parent
PAIRS = {  # what it is called, how many times less than pandas it should need: seconds, memory
    "card": ("whole scorecard", None, 2.0),  # ours also judges every change; its aim in seconds is CARD_SECONDS
    "kpi": ("KPI roll-up", 1.0, 1.0),
    "repeats": ("repeat-contact window", 2.0, 1.0),
    "copies": ("near-duplicate search", 1.5, 1.0),
}
REPORT_SECONDS, FROM_NOTHING_SECONDS = 30.0, 240.0
MEASURED = {"time": "seconds", "processor time": "worked", "peak memory": "megabytes"}
GROWTH = (100_000, 500_000, 1_000_000, 5_000_000, 10_000_000)
CARD_SECONDS, CARD_MEGABYTES = 90.0, 4096.0  # at most, of the card on the largest of them


@dataclass(frozen=True)
class Measurement:
    """One line: ``aim`` is told in words, ``met`` is None where there is none."""

    name: str
    ours: float
    other: float | None
    unit: str
    ratio: float | None
    aim: str | None
    met: bool | None

    def line(self) -> str:
        verdict = {True: "met", False: "NOT MET", None: "no aim"}[self.met]
        parts = [f"{self.name}: ours {self.ours:,.2f} {self.unit}"]
        parts += [f"pandas {self.other:,.2f} {self.unit}, ratio {self.ratio:.2f}"] if self.other is not None else []
        return ", ".join([*parts, *([f"aim {self.aim}"] if self.aim else []), verdict])


def pair(name: str, ours: float, other: float, unit: str, aim: float | None) -> Measurement:
    ratio, told = other / ours, f"ratio ≥ {aim:g}" if aim is not None else None
    met = ratio >= aim if aim is not None else None
    return Measurement(name, round(ours, 3), round(other, 3), unit, round(ratio, 2), told, met)


def alone(name: str, ours: float, unit: str, most: float | None = None) -> Measurement:
    aim = f"≤ {most:g} {unit}" if most is not None else None
    return Measurement(name, round(ours, 3), None, unit, None, aim, None if most is None else ours <= most)


def child(*arguments: str | Path) -> dict[str, float]:
    """Run a script of this folder in a process of its own and return the JSON it prints."""
    quiet = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, *arguments], cwd=HERE, env=quiet, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout or "{}")


def table_of(rows: int, seed: int) -> Path:
    """Return the contacts of a shop of that size; its tables are made once, and again when their making changes."""
    code = b"".join((HERE / name).read_bytes() for name in ("tables.py", "shop.py", "drawn.py"))
    folder = FOLDER / f"shop_{rows}_{seed}_{hashlib.sha256(code).hexdigest()[:8]}"
    if not (folder / "results_fitness.parquet").exists():
        for old in FOLDER.glob(f"shop_{rows}_{seed}_*"):
            shutil.rmtree(old)
        child("tables.py", folder, str(rows), str(seed))
    return folder / "interactions.parquet"


def pairs(names: list[str], rows: int, seed: int, rounds: int) -> list[Measurement]:
    """Measure pairs on the tables of a shop of so many contacts."""
    table, found = table_of(rows, seed), []
    for key in names:
        words, faster, smaller = PAIRS[key]
        outs = {side: FOLDER / f"{key}_{side}.parquet" for side in ("ours", "pandas")}
        runs = [{side: child("pairs.py", key, side, table, out) for side, out in outs.items()} for _ in range(rounds)]
        child("pairs.py", key, "same", *outs.values())
        name = f"{words}, {rows / 1e6:g} million rows"
        for what, unit, aim in (("time", "s", faster), ("processor time", "s", None), ("peak memory", "MB", smaller)):
            ours, other = (min(run[side][MEASURED[what]] for run in runs) for side in outs)
            found.append(pair(f"{name}: {what}", ours, other, unit, aim))
            print(found[-1].line(), flush=True)
    return found


def growth(seed: int, rounds: int) -> list[Measurement]:
    """Measure our card alone on shops of growing size."""
    found, out = [], FOLDER / "card_ours.parquet"
    for rows in GROWTH:
        table = table_of(rows, seed)
        runs = [child("pairs.py", "card", "ours", table, out) for _ in range(rounds)]
        for what, unit, most in (
            ("time", "s", CARD_SECONDS),
            ("processor time", "s", None),
            ("peak memory", "MB", CARD_MEGABYTES),
        ):
            ours = min(run[MEASURED[what]] for run in runs)
            name = f"growth of the scorecard, {rows / 1e6:g} million rows: {what}"
            found.append(alone(name, ours, unit, most if rows == GROWTH[-1] else None))
            print(found[-1].line(), flush=True)
    return found


def report(rounds: int, with_setup: bool) -> list[Measurement]:
    """Measure the warm report, the shares of its parts, and, when asked, the set-up before it."""
    seconds, parts = min((warm_report() for _ in range(rounds)), key=lambda run: run[0])
    found = [alone("warm report on the sample", seconds, "s", REPORT_SECONDS)]
    for notebook, split in parts.items():
        for part, spent in split.items():
            found.append(alone(f"warm report, {notebook}: {part}", spent / seconds * 100, "% of its time"))
    if with_setup:
        made = set_up()
        found += [alone("set-up from the lock", made, "s")]
        found += [alone("set-up and report", made + seconds, "s", FROM_NOTHING_SECONDS)]
    print(*[one.line() for one in found], sep="\n", flush=True)
    return found


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--rows", type=int, default=5_000_000)
    asked.add_argument("--seed", type=int, default=2026)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--only", choices=["pairs", "growth", "report"])
    asked.add_argument("--pair", choices=list(PAIRS), help="of the pairs this one")
    asked.add_argument("--setup", action="store_true", help="also make an environment from the lock (downloads)")
    given = asked.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start", flush=True)
    found: list[Measurement] = []
    if given.only in (None, "report"):  # first: after the pairs the machine is busy writing for a while
        found += report(given.rounds, given.setup)
    if given.only in (None, "pairs"):
        found += pairs([given.pair] if given.pair else list(PAIRS), given.rows, given.seed, given.rounds)
    if given.only in (None, "growth"):
        found += growth(given.seed, given.rounds)
    keep(found, whole=not (given.only or given.pair))
    return 0


def keep(found: list[Measurement], *, whole: bool) -> None:
    """Write what was measured to results.json; after a run of a part, beside what was measured before."""
    path, rows = HERE / "results.json", [asdict(one) for one in found]
    if not whole and path.exists():
        names = {row["name"] for row in rows}
        rows = [row for row in json.loads(path.read_text()) if row["name"] not in names] + rows
    path.write_text(json.dumps(rows, indent=1, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    sys.exit(main())
