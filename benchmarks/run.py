"""Measure the workbook side by side with plain pandas, and the report against its aims: ``make bench``.

Prints one line a measurement and writes results.json beside this file. Of each pair both sides run in processes of
their own, in turn, on the same table; the best of the rounds counts, because noise only ever adds. A pair whose sides
disagree in any figure stops the run. ``ratio`` is the other ÷ ours: above 1 ours needs less.

    python benchmarks/run.py [--rows 5000000] [--seed 2026] [--rounds 3] [--only pairs|report] [--setup]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
from dataclasses import asdict, dataclass
from pathlib import Path

from report import FOLDER, set_up, warm_report

HERE = Path(__file__).resolve().parent
PAIRS = {  # what it is called, how many times less than pandas it should need: seconds, memory
    "kpi": ("KPI roll-up", 1.0, 1.0),
    "repeats": ("repeat-contact window", 2.0, 1.0),
    "copies": ("near-duplicate search", 1.5, 1.0),
}
REPORT_SECONDS, FROM_NOTHING_SECONDS = 30.0, 240.0


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


def pair(name: str, ours: float, other: float, unit: str, aim: float) -> Measurement:
    ratio = other / ours
    return Measurement(name, round(ours, 3), round(other, 3), unit, round(ratio, 2), f"ratio ≥ {aim:g}", ratio >= aim)


def alone(name: str, ours: float, unit: str, most: float | None = None) -> Measurement:
    aim = f"≤ {most:g} {unit}" if most is not None else None
    return Measurement(name, round(ours, 3), None, unit, None, aim, None if most is None else ours <= most)


def child(*arguments: str | Path) -> dict[str, float]:
    """Run a script of this folder in a process of its own and return the JSON it prints."""
    quiet = os.environ | {"OMP_NUM_THREADS": "1", "OPENBLAS_NUM_THREADS": "1"}
    done = subprocess.run([sys.executable, *arguments], cwd=HERE, env=quiet, stdout=subprocess.PIPE, check=True)
    return json.loads(done.stdout or "{}")


def pairs(rows: int, seed: int, rounds: int) -> list[Measurement]:
    """Measure every pair on a table made once for this number of rows and seed."""
    table = FOLDER / f"contacts_{rows}_{seed}.parquet"
    if not table.exists():
        child("tables.py", table, str(rows), str(seed))
    found = []
    for key, (words, faster, smaller) in PAIRS.items():
        outs = {side: FOLDER / f"{key}_{side}.parquet" for side in ("ours", "pandas")}
        runs = [{side: child("pairs.py", key, side, table, out) for side, out in outs.items()} for _ in range(rounds)]
        child("pairs.py", key, "same", *outs.values())
        name = f"{words}, {rows / 1e6:g} million rows"
        best = {
            (side, what): min(one[side][what] for one in runs) for side in outs for what in ("seconds", "megabytes")
        }
        found.append(pair(f"{name}: time", best["ours", "seconds"], best["pandas", "seconds"], "s", faster))
        found.append(
            pair(f"{name}: peak memory", best["ours", "megabytes"], best["pandas", "megabytes"], "MB", smaller)
        )
        print(*[one.line() for one in found[-2:]], sep="\n", flush=True)
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
    asked.add_argument("--only", choices=["pairs", "report"])
    asked.add_argument("--setup", action="store_true", help="also make an environment from the lock (downloads)")
    given = asked.parse_args()
    found: list[Measurement] = []
    if given.only != "pairs":  # first: after the pairs the machine is busy writing for a while
        found += report(given.rounds, given.setup)
    if given.only != "report":
        found += pairs(given.rows, given.seed, given.rounds)
    (HERE / "results.json").write_text(json.dumps([asdict(one) for one in found], indent=1, ensure_ascii=False) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
