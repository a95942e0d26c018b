"""Measure where a change lies: real faults, planted segments, and a cube of a million contacts.

Prints one line a measurement with its aim. The real faults lie in a folder of CSVs with ``anomaly.yaml`` (whys_faults.py);
the default of ``spared`` was chosen on every other fault, and F1 of both halves stands beside. The other half is no clean
test either: its misses were looked at when the search was designed. wise-pizza wants an environment of its own: with
``--wise-pizza`` it is made with venv and pip in the folder of the benchmarks.

    python benchmarks/whys.py [--folder ../shared/data/rca-rs] [--only faults|cubes|scale] [--cubes 126] [--wise-pizza]
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import time
import venv
from collections.abc import Callable, Iterator
from dataclasses import fields, replace
from functools import partial
from pathlib import Path

import numpy as np
import pandas as pd
import whys_cubes
import whys_faults as known
import whys_scale
from measured import Measurement, alone, keep, less, more, shown, told
from voc.analysis.localise.search import Rule

ROOT = Path(__file__).resolve().parents[1]
FOLDER = ROOT / "reports" / ".work" / "bench"
WISE, PIZZA = "wise-pizza==0.2.9", "wise-pizza"
F1, RECALL, FALSE, SECONDS, MEGABYTES = 0.8, 0.8, 0.05, 20.0, 2048.0
ROWS, SEED = 1_000_000, 2026


def faults(folder: Path) -> Iterator[Measurement]:
    """Compare F1 of the exact causes with other rules, say what a fault costs, and how much each default matters."""
    found = known.read(folder)
    started = time.perf_counter()
    counts = known.tally(found, known.ours)
    seconds = (time.perf_counter() - started + sum(fault.seconds for fault in found)) / len(found)
    name = f"causes of {len(found)} real faults"
    yield alone(f"{name}: F1", known.f1(counts), least=F1, chance=_half(counts))
    yield alone(
        f"{name}: F1, the half that the defaults were chosen on", known.f1(counts[::2]), chance=_half(counts[::2])
    )
    yield alone(f"{name}: F1, the other half", known.f1(counts[1::2]), chance=_half(counts[1::2]))
    plain = known.tally(found, known.ours, plain=True)
    yield alone(f"{name}: F1, all of the base instead of its calmer half", known.f1(plain), chance=_half(plain))
    yield alone(f"{name}: time a fault", seconds, "s")
    others = {
        "leave-out, narrowed while 90 % is kept": known.leave_out, "leave-out, 85 %": partial(known.leave_out, kept=0.85),
        "leave-out, 95 %": partial(known.leave_out, kept=0.95),
        "Adtributor": known.adtributor, "Adtributor again inside": known.adtributor_again,
    }  # fmt: skip
    for other, way in others.items():
        theirs = known.tally(found, way)
        lo, hi = known.difference(counts, theirs, SEED)
        yield more(f"{name}: F1", known.f1(counts), known.f1(theirs), other, above=True)
        yield alone(f"{name}: F1 above {other}", (lo + hi) / 2, chance=(hi - lo) / 2)
    for default, factor, rule in _changed(Rule()):
        yield alone(f"{name}: F1, {default} {factor}", known.f1(known.tally(found, partial(known.ours, rule=rule))))


def _half(counts: np.ndarray) -> float:
    """Return half of the 95 % interval of an F1, by drawing faults."""
    lo, hi = known.interval(counts, SEED)
    return (hi - lo) / 2


def _changed(rule: Rule) -> Iterator[tuple[str, str, Rule]]:
    """Return the rule with each default halved and doubled; whole numbers are rounded."""
    for one in fields(rule):
        value = getattr(rule, one.name)
        for word, factor in (("halved", 0.5), ("doubled", 2.0)):
            if value is not None:
                made = type(value)(round(value * factor) if isinstance(value, int) else value * factor)
                yield one.name, f"{word} to {made:g}", replace(rule, **{one.name: made})


def cubes(count: int, *, other: bool) -> Iterator[Measurement]:
    """Compare how often a planted segment is named, first or at all, and how often anything is where nothing is."""
    folder = FOLDER / "whys"
    folder.mkdir(parents=True, exist_ok=True)
    made, planted = whys_cubes.made(count, SEED)
    made.to_parquet(folder / "cubes.parquet")
    runs = {"ours": _child(Path(sys.executable), "whys_cubes.py", "ours", folder)}
    if other:
        runs[PIZZA] = _child(environment(), "whys_cubes.py", "wise-pizza", folder)
    frames = {side: _recall(run["named"], planted) for side, run in runs.items()}
    ours, name = frames["ours"], f"{count} planted cubes"
    there = ours["effect"] > 0
    yield alone(f"{name}: planted segment named", ours.loc[there, "named"].mean(), least=RECALL)
    yield alone(
        f"{name}: anything named where nothing was planted", (ours.loc[~there, "answers"] > 0).mean(), most=FALSE
    )
    yield alone(f"{name}: segments named beside the planted", ours.loc[there, "beside"].mean(), "a cube")
    for keys, group in ours[there].groupby(["measure", "depth", "effect"]):
        words = "{}, {} conditions, effect {:g}".format(*keys)
        yield alone(f"{name}: planted segment named, {words} ({len(group)} cubes)", group["named"].mean())
    if other:
        theirs, name = frames[PIZZA], f"{count} planted cubes"
        for words, column in (("first", "first"), ("at all", "named")):
            both = (frame.loc[there, column].mean() for frame in (ours, theirs))
            yield more(f"{name}: named {words}", *both, PIZZA, above=True)
        empty = (frame.loc[~there, "answers"].gt(0).mean() for frame in (ours, theirs))
        yield told(f"{name}: anything named where nothing was planted", *empty, PIZZA)
        beside = (frame.loc[there, "beside"].mean() for frame in (ours, theirs))
        yield told(f"{name}: segments named beside the planted", *beside, PIZZA, "a cube")
        for words, key in (("time a cube", "seconds"), ("processor time a cube", "worked")):
            yield less(f"{name}: {words}", *(run[key] / count for run in runs.values()), "s", PIZZA)


def _recall(named: list[list[dict]], planted: list[dict]) -> pd.DataFrame:
    rows = [
        {**one, "named": one["where"] in found, "first": one["where"] == (found[0] if found else 0), "answers": len(found),
         "beside": sum(segment != one["where"] for segment in found)}
        for one, found in zip(planted, named, strict=True)
    ]  # fmt: skip
    return pd.DataFrame(rows)


def environment() -> Path:
    """Return the Python of wise-pizza's own environment; made when first asked for."""
    folder = FOLDER / WISE.replace("==", "-")
    python = folder / "bin" / "python"
    if not (folder / "ready").exists():
        venv.create(folder, clear=True, with_pip=True)
        subprocess.run([python, "-m", "pip", "install", "-q", WISE, "pyarrow"], check=True)
        (folder / "ready").touch()
    return python


def scale(rows: int, rounds: int = 2) -> Iterator[Measurement]:
    """Compare the cube of all combinations of three of ten dimensions with pandas doing the same."""
    path = whys_scale.table(FOLDER / "whys_scale" / f"contacts_{rows}.parquet", rows, SEED)
    run = {
        side: [_child(Path(sys.executable), "whys_scale.py", side, path) for _ in range(rounds)]
        for side in whys_scale.SIDES
    }
    best = {side: {key: min(one[key] for one in ones) for key in ones[0]} for side, ones in run.items()}
    if any(best["ours"][key] != best["pandas"][key] for key in ("rows", "sum")):
        raise AssertionError(f"the two cubes differ: {best}")
    name = f"cube of {rows / 1e6:g} million contacts by 3 of {len(whys_scale.VALUES)} dimensions"
    yield alone(f"{name}: time", best["ours"]["seconds"], "s", most=SECONDS)
    yield alone(f"{name}: peak memory", best["ours"]["megabytes"], "MB", most=MEGABYTES)
    words = {"time": ("seconds", "s"), "processor time": ("worked", "s"), "peak memory": ("megabytes", "MB")}
    for what, (key, unit) in words.items():
        yield less(f"{name}: {what}", best["ours"][key], best["pandas"][key], unit, "pandas")


def _child(python: Path, script: str, *arguments: str | Path) -> dict:
    """Run a script of this folder in a process of its own and return the JSON that it prints last."""
    command = [python, Path(__file__).with_name(script), *arguments]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        raise RuntimeError(f"{script} {arguments[0]} did not run:\n{done.stderr[-2000:]}")
    return json.loads(done.stdout.strip().splitlines()[-1])


def measure(
    folder: Path, only: str | None = None, *, count: int = 126, rows: int = ROWS, other: bool = True
) -> list[Measurement]:
    """Measure and print all lines; without the folder of faults those are left out, and it says so."""
    parts: dict[str, Callable[[], Iterator[Measurement]]] = {
        "faults": partial(faults, folder), "cubes": partial(cubes, count, other=other), "scale": partial(scale, rows)
    }  # fmt: skip
    if not folder.is_dir():
        print(f"faults: not measured, they are not in {folder} (see --folder)", flush=True)
        del parts["faults"]
    return [one for part, lines in parts.items() if only in (None, part) for one in shown(lines())]


def main() -> int:
    asked = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    asked.add_argument("--folder", type=Path, default=ROOT.parent / "shared" / "data" / "rca-rs")
    asked.add_argument("--only", choices=["faults", "cubes", "scale"])
    asked.add_argument("--cubes", type=int, default=126)
    asked.add_argument("--rows", type=int, default=ROWS)
    asked.add_argument("--wise-pizza", action="store_true", help="beside wise-pizza, in an environment made for it")
    given = asked.parse_args()
    print(f"{os.cpu_count()} cores, load {os.getloadavg()[0]:.1f} at the start", flush=True)
    keep(measure(given.folder, given.only, count=given.cubes, rows=given.rows, other=given.wise_pizza))
    return 0


if __name__ == "__main__":
    sys.exit(main())
