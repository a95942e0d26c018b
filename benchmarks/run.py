"""Measure the workbook side by side with the obvious alternatives: ``make bench``.

Prints one line a measurement and writes results.json beside this file, after every part. Of each pair with plain pandas both
sides run in processes of their own, in turn, on the same tables; the best of the rounds counts, because noise only ever
adds. A pair whose sides disagree in any figure stops the run. ``ratio`` is how many times better ours is.

Parts: report (the monthly report against its aims), pairs and growth (plain pandas), topics (BERTopic's defaults, NMF, LDA),
classifier and sentiment (scikit-learn), reading (from raw text to a table of topics, growing), whys (real faults, planted
cubes beside wise-pizza, a cube of a million contacts), drivers (05_drivers on a million contacts, what its sample loses,
statsmodels' ordinal model), forecast (simulated series beside statsmodels' models), alerts (rises in contacts beside «+50 % on
last week» and three standard deviations). The texts of topics, classifier and sentiment are public sets that are not part
of this repository; where they are not there, that part says so.

    python benchmarks/run.py [--rows 5000000] [--seed 2026] [--rounds 3] [--only PART] [--pair card] [--setup]
                             [--data ../shared/data] [--sizes 10000 100000 1000000]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # before numpy: both sides of a pair work with one thread
from measured import RESULTS, Measurement, alone, keep, less, shown
from report import FOLDER, set_up, warm_report

HERE = Path(__file__).resolve().parent
PAIRS = {  # what it is called, how many times less than pandas it should need: seconds, memory
    "card": ("whole scorecard", None, 2.0),  # ours also judges every change; its aim in seconds is CARD_SECONDS
    "kpi": ("KPI roll-up", 1.0, 1.0),
    "repeats": ("repeat-contact window", 2.0, 1.0),
    "copies": ("near-duplicate search", 1.5, 1.0),
}
REPORT_SECONDS, FROM_NOTHING_SECONDS = 30.0, 240.0
TEXTS = ("topics", "classifier", "sentiment")
PARTS = (
    "report",
    "pairs",
    "growth",
    *TEXTS,
    "reading",
    "whys",
    "drivers",
    "forecast",
    "alerts",
)  # the report before the pairs leave much to be written
DATA = HERE.parents[1] / "shared" / "data"
MEASURED = {"time": "seconds", "processor time": "worked", "peak memory": "megabytes"}
GROWTH = (100_000, 500_000, 1_000_000, 5_000_000, 10_000_000)
CARD_SECONDS, CARD_MEGABYTES = 90.0, 4096.0  # at most, of the card on the largest of them


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
            found += shown([less(f"{name}: {what}", ours, other, unit, "pandas", aim)])
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
            found += shown([alone(name, ours, unit, most if rows == GROWTH[-1] else None)])
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
    return shown(found)


def texts(part: str, data: Path) -> list[Measurement]:
    """Measure what is said of texts on public sets: topics, classifier or sentiment."""
    if not data.is_dir():
        print(f"{part}: not measured, the public sets are not in {data} (see --data)", flush=True)
        return []
    return import_module(part).measure(data)


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--rows", type=int, default=5_000_000)
    asked.add_argument("--seed", type=int, default=2026)
    asked.add_argument("--rounds", type=int, default=3)
    asked.add_argument("--only", choices=PARTS)
    asked.add_argument("--pair", choices=list(PAIRS), help="of the pairs this one")
    asked.add_argument("--setup", action="store_true", help="also make an environment from the lock (downloads)")
    asked.add_argument("--data", type=Path, default=DATA, help="folder of the public sets")
    asked.add_argument("--sizes", type=int, nargs="+", default=None, help="how many texts are read")
    given = asked.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start", flush=True)
    steps: dict[str, Callable[[], list[Measurement]]] = {
        "report": lambda: report(given.rounds, given.setup),
        "pairs": lambda: pairs([given.pair] if given.pair else list(PAIRS), given.rows, given.seed, given.rounds),
        "growth": lambda: growth(given.seed, given.rounds),
        "reading": lambda: import_module("reading").measure(given.sizes),
        "whys": lambda: import_module("whys").measure(given.data / "rca-rs"),
        "drivers": lambda: import_module("drivers").measure(given.seed, given.rounds),
        "forecast": lambda: import_module("forecast").measure(),
        "alerts": lambda: import_module("alerts_sides").measure(),
    }
    steps |= {part: lambda part=part: texts(part, given.data) for part in TEXTS}
    if not (given.only or given.pair):
        RESULTS.unlink(missing_ok=True)
    for part in [given.only or "pairs"] if given.only or given.pair else PARTS:
        keep(steps[part]())
    return 0


if __name__ == "__main__":
    sys.exit(main())
