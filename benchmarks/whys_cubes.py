"""Cubes with a planted segment, made from a seed, and the ways that look for it: ``whys_cubes.py SIDE FOLDER``.

Imports nothing of the workbook but what the side itself needs, because wise-pizza wants an environment of its own. The
folder holds cubes.parquet (one row a leaf: cube, dimensions, value and weight before and now); each side prints, as JSON,
the segments that it names for each cube, most important first, and the seconds for all of them.
"""

from __future__ import annotations

import json
import sys
import time
import warnings
from collections.abc import Callable
from itertools import product
from pathlib import Path

import numpy as np
import pandas as pd

DIMENSIONS = {"channel": 4, "category": 8, "region": 6, "product": 10, "language": 3}
CONTACTS, BASE = 30_000, 0.10  # a month, and the share of bad ones (rates) among those who answer
EFFECTS = {"rate": (0.1, 0.2), "count": (0.5, 1.0)}  # points on the rate; share on top of the count
FEWEST = 300  # contacts of a planted segment: fewer cannot show the smallest effect
MOST = 3  # segments asked of wise-pizza; ours names at most as many
Named = list[dict[str, str]]


def leaves() -> pd.DataFrame:
    """Return all combinations of the dimensions' values with how often each comes, unequal as in life."""
    values = [[f"{name} {at}" for at in range(count)] for name, count in DIMENSIONS.items()]
    shares = [1 / np.arange(1, count + 1) ** 0.8 for count in DIMENSIONS.values()]
    frame = pd.DataFrame(list(product(*values)), columns=list(DIMENSIONS))
    frame["often"] = [np.prod(parts) for parts in product(*shares)]
    frame["often"] /= frame["often"].sum()
    return frame


def made(count: int, seed: int) -> tuple[pd.DataFrame, list[dict]]:
    """Return cubes and what was planted: measures, depths and effects in turn; every seventh holds nothing."""
    draw, frame, cubes, planted = np.random.default_rng(seed), leaves(), [], []
    for cube in range(count):
        measure, depth = ("rate", "count")[cube % 2], cube // 2 % 3 + 1
        effect = 0.0 if cube % 7 == 6 else EFFECTS[measure][cube // 6 % 2]
        where, inside = _segment(draw, frame, depth)
        cubes.append(_cube(draw, frame, inside, measure, effect).assign(cube=cube))
        planted.append({"measure": measure, "depth": depth, "effect": effect, "where": where if effect else None})
    return pd.concat(cubes, ignore_index=True), planted


def _segment(draw: np.random.Generator, frame: pd.DataFrame, depth: int) -> tuple[dict[str, str], np.ndarray]:
    """Draw a segment of that many conditions that is large enough to be seen."""
    while True:
        names = sorted(draw.choice(list(DIMENSIONS), depth, replace=False))
        where = {str(name): str(draw.choice(sorted(set(frame[name])))) for name in names}
        inside = np.all([frame[name] == value for name, value in where.items()], axis=0)
        if frame.loc[inside, "often"].sum() * CONTACTS >= FEWEST:
            return where, inside


def _cube(
    draw: np.random.Generator, frame: pd.DataFrame, inside: np.ndarray, measure: str, effect: float
) -> pd.DataFrame:
    """Draw both months: sizes wander by a tenth a leaf, rates differ between leaves, and the segment got worse."""
    wander = draw.gamma(100, 0.01, (2, len(frame)))
    more = np.where(inside, 1 + effect, 1.0) if measure == "count" else 1.0
    contacts = draw.poisson(
        CONTACTS * frame["often"].to_numpy() * wander * np.stack([np.ones(len(frame)), more * np.ones(len(frame))])
    )
    if measure == "count":
        values, weights = contacts, np.ones_like(contacts)
    else:
        share = BASE * draw.gamma(16, 1 / 16, len(frame))
        now = np.clip(share + np.where(inside, effect, 0.0), 0, 0.95)
        values, weights = draw.binomial(contacts, np.stack([share, now])), contacts
    figures = {"value_before": values[0], "value_now": values[1], "weight_before": weights[0], "weight_now": weights[1]}
    return frame[list(DIMENSIONS)].assign(measure=measure, **figures)


def ours(cube: pd.DataFrame, measure: str) -> Named:
    from voc.analysis.localise.leaves import compared
    from voc.analysis.localise.named import localise

    sides = [
        cube[list(DIMENSIONS)].assign(value=cube[f"value_{side}"], weight=cube[f"weight_{side}"])
        for side in ("before", "now")
    ]
    found = compared(*sides, list(DIMENSIONS), "value", "weight" if measure == "rate" else None)
    return [segment.where for segment in localise(found, worse=1)]


def wise_pizza(cube: pd.DataFrame, measure: str) -> Named:
    from wise_pizza import explain_changes_in_average, explain_changes_in_totals

    sides = [
        cube[list(DIMENSIONS)].assign(
            value=cube[f"value_{side}"].astype(float), weight=cube[f"weight_{side}"].astype(float)
        )
        for side in ("before", "now")
    ]
    explain = explain_changes_in_average if measure == "rate" else explain_changes_in_totals
    sides = [side[side["weight"] > 0] for side in sides]
    found = explain(*sides, list(DIMENSIONS), "value", "weight", max_segments=MOST, max_depth=3)
    return [{str(k): str(v) for k, v in one["segment"].items() if k in DIMENSIONS} for one in found.segments]


SIDES: dict[str, Callable[[pd.DataFrame, str], Named]] = {"ours": ours, "wise-pizza": wise_pizza}


def main() -> None:
    warnings.simplefilter("ignore")
    side, folder = SIDES[sys.argv[1]], Path(sys.argv[2])
    cubes = [cube for _, cube in pd.read_parquet(folder / "cubes.parquet").groupby("cube")]
    side(cubes[0], cubes[0]["measure"].iloc[0])  # imports and compilation
    started, worked = time.perf_counter(), time.process_time()
    named = [side(cube.reset_index(drop=True), cube["measure"].iloc[0]) for cube in cubes]
    print(
        json.dumps({"named": named, "seconds": time.perf_counter() - started, "worked": time.process_time() - worked})
    )


if __name__ == "__main__":
    main()
