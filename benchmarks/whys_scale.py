"""Two ways to a cube of up to three of ten dimensions, each in a process of its own: ``whys_scale.py SIDE TABLE``.

Prints rows, the sum of all figures (both sides must agree), seconds, processor seconds and peak memory as JSON. Imports
are not counted, reading is.
"""

from __future__ import annotations

import json
import resource
import sys
import time
import warnings
from collections.abc import Callable
from itertools import combinations
from pathlib import Path

import numpy as np
import pandas as pd

VALUES = {"channel": 4, "status": 5, "priority": 3, "language": 12, "region": 20, "product": 30, "category": 10,
          "team": 8, "version": 50, "carrier": 6}  # fmt: skip
MEASURES, ORDER, LEAST = ["answers", "bad"], 3, 30


def table(path: Path, rows: int, seed: int) -> Path:
    """Write contacts with ten dimensions of unequal values, an answer of two in five and a bad one of five answers."""
    if not path.exists():
        draw = np.random.default_rng(seed)
        places = {name: (draw.random(rows) ** 2 * count).astype(int) for name, count in VALUES.items()}
        frame = pd.DataFrame(
            {name: np.array([f"{name} {at}" for at in range(VALUES[name])])[place] for name, place in places.items()}
        )
        frame["answers"] = (draw.random(rows) < 0.4).astype(int)
        frame["bad"] = frame["answers"] * (draw.random(rows) < 0.2)
        path.parent.mkdir(parents=True, exist_ok=True)
        frame.to_parquet(path)
    return path


def ours(path: Path) -> pd.DataFrame:
    from voc.analysis.localise.cube import cube
    from voc.data.store import Store

    store = Store(path.parent, threads=2)
    found = cube(store.read(path.stem), list(VALUES), MEASURES, order=ORDER, least=LEAST)
    store.close()
    return found


def pandas(path: Path) -> pd.DataFrame:
    frame, parts = pd.read_parquet(path), []
    for size in range(1, ORDER + 1):
        for names in combinations(VALUES, size):
            groups = frame.groupby(list(names))
            found = groups[MEASURES].sum().assign(n=groups.size())
            parts.append(found[found["n"] >= LEAST].reset_index())
    whole = pd.DataFrame([{"n": len(frame), **frame[MEASURES].sum()}])
    return pd.concat([whole, *parts], ignore_index=True)


SIDES: dict[str, Callable[[Path], pd.DataFrame]] = {"ours": ours, "pandas": pandas}


def peak() -> float:
    """Return the peak memory of this program in MB; the process's own count also holds what its parent had."""
    status = Path("/proc/self/status")
    if not status.exists():
        return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    (line,) = [line for line in status.read_text().splitlines() if line.startswith("VmHWM")]
    return int(line.split()[1]) / 1024


def main() -> None:
    warnings.simplefilter("ignore")
    side, path = SIDES[sys.argv[1]], Path(sys.argv[2])
    import ibis.backends.duckdb  # noqa: F401 – imports are not counted

    started, worked = time.perf_counter(), time.process_time()
    found = side(path)
    print(json.dumps({
        "rows": len(found), "sum": float(found[["n", *MEASURES]].to_numpy(float).sum()),
        "seconds": time.perf_counter() - started, "worked": time.process_time() - worked,
        "megabytes": peak(),
    }))  # fmt: skip


if __name__ == "__main__":
    main()
