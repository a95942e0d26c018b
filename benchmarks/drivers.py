"""Measure 05_drivers: what it costs on a million contacts, what its sample loses, and what the obvious model would cost.

The notebook reads at most 60,000 answers, drawn by lot, whole customers at a time; what that loses is measured against a
fit on all answers. The obvious model is one ordinal regression with a column for each issue and each agent (statsmodels'
OrderedModel); it is too slow for all answers, so it is measured on few, and told for all as if it grew with their number.
Every side runs in a process of its own, with one thread for algebra; of the notebook the best round counts.

    python benchmarks/drivers.py [--only notebook|sampling|naive] [--rows 1000000] [--rounds 2]
"""

from __future__ import annotations

import argparse
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("OMP_NUM_THREADS", "1")
from measured import Measurement, alone, keep, less, shown

HERE = Path(__file__).resolve().parent
FOLDER = HERE.parent / "reports" / ".work" / "bench"
ROWS, SEED = 1_000_000, 2026
SECONDS, MEGABYTES = 60.0, 3072.0
FEW = (2000,)  # answers drawn for the obvious model, of which those that know the handling time are fitted
NAIVE = "OrderedModel"
PARTS = ("measured contacts", "what drives satisfaction", "who leaves after what", "who may leave")


def shop(rows: int, seed: int) -> Path:
    """Return the params of a shop of that size; its tables are made once, and again when their making changes."""
    names = ("drivers_shop.py", "drivers.yml", "tables.py", "shop.py", "drawn.py")
    code = b"".join((HERE / name).read_bytes() for name in names)
    folder = FOLDER / f"drivers_{rows}_{seed}_{hashlib.sha256(code).hexdigest()[:8]}"
    params = folder / "params.yml"
    if not params.exists():
        for old in FOLDER.glob(f"drivers_{rows}_{seed}_*"):
            shutil.rmtree(old)
        subprocess.run([sys.executable, HERE / "drivers_shop.py", folder, str(rows), str(seed)], check=True)
        params.write_text(f"extends: {HERE / 'drivers.yml'}\nstore: {folder}\n", encoding="utf-8")
    return params


def side(name: str, params: Path, count: int | None = None) -> dict:
    """Run a side in a process of its own and return the JSON that it prints last."""
    command = [sys.executable, HERE / "drivers_sides.py", name, params, *([] if count is None else [str(count)])]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{name} did not run:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def notebook(params: Path, rounds: int) -> Iterator[Measurement]:
    """Measure the whole notebook, then its parts alone."""
    runs = [side("notebook", params) for _ in range(rounds)]
    best = {key: min(run[key] for run in runs) for key in runs[0]}
    parts = side("parts", params)
    name = f"drivers of {parts['contacts'] / 1e6:g} million contacts"
    yield alone(f"{name}: time of the notebook", best["seconds"], "s", most=SECONDS)
    yield alone(f"{name}: processor time of the notebook", best["worked"], "s")
    yield alone(f"{name}: peak memory of the notebook", best["megabytes"], "MB", most=MEGABYTES)
    for part in PARTS:
        yield alone(f"{name}: {part}", parts[part], "s")


def sampling(params: Path) -> Iterator[Measurement]:
    """Compare what drives satisfaction from the answers that the notebook takes with the same from all."""
    found = side("sampling", params)
    few, every = (found["answers"][size] for size in ("sample", "all"))
    name = f"drivers from {few:,} of {every:,} answers"
    yield alone(f"{name}: effects of {found['drivers']} drivers, largest difference ({found['driver']})", found["apart"], "standard errors")  # fmt: skip
    yield alone(f"{name}: largest difference", found["points"], "points of CSAT")
    yield alone(f"{name}: intervals wider, at the median", found["wider"], "times")
    yield alone(f"{name}: intervals wider, at most", found["widest"], "times")
    yield alone(f"{name}: drivers read otherwise", found["readings"], f"of {found['drivers']}")
    yield less(f"{name}: processor time of all effects, plain and held alike", found["worked"]["sample"], found["worked"]["all"], "s", "all answers")  # fmt: skip


def naive(params: Path) -> Iterator[Measurement]:
    """Compare the model of handling time with the obvious one on few answers, and with what that would need for all."""
    whole = side("ours", params, 0)
    for count in FEW:
        ours, other = (side(way, params, count) for way in ("ours", "naive"))
        name = f"ordinal model of handling time, {other['n']:,} answers, {other['columns']} columns"
        yield less(f"{name}: time", ours["seconds"], other["seconds"], "s", NAIVE)
        yield less(f"{name}: processor time", ours["worked"], other["worked"], "s", NAIVE)
    name = f"ordinal model of handling time, all {whole['n']:,} answers"
    yield alone(f"{name}: processor time", whole["worked"], "s")
    grown = other["worked"] * whole["n"] / other["n"]
    yield less(f"{name}: processor time, the other's told from {other['n']:,} in proportion", whole["worked"], grown, "s", NAIVE)  # fmt: skip


def measure(seed: int = SEED, rounds: int = 2, only: str | None = None, *, rows: int = ROWS) -> list[Measurement]:
    """Measure and print all lines."""
    params = shop(rows, seed)
    parts: dict[str, Callable[[], Iterator[Measurement]]] = {
        "notebook": partial(notebook, params, rounds), "sampling": partial(sampling, params), "naive": partial(naive, params)
    }  # fmt: skip
    return [one for part, lines in parts.items() if only in (None, part) for one in shown(lines())]


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--only", choices=["notebook", "sampling", "naive"])
    asked.add_argument("--rows", type=int, default=ROWS)
    asked.add_argument("--seed", type=int, default=SEED)
    asked.add_argument("--rounds", type=int, default=2)
    given = asked.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start", flush=True)
    keep(measure(given.seed, given.rounds, given.only, rows=given.rows))
    return 0


if __name__ == "__main__":
    sys.exit(main())
