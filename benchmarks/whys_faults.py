"""Four ways to name the causes of a real fault, and how often each is exactly right.

A folder of faults has one CSV a fault (a period column, dimensions, a value and a count) and ``anomaly.yaml`` with the
moment and the true causes. All ways see the same leaves: the periods before against the moment. A cause is found only
when it is named exactly; F1 counts causes over all faults.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import yaml
from voc.analysis.localise.leaves import Leaves, compared, since
from voc.analysis.localise.named import localise
from voc.analysis.localise.search import Rule

PERIOD, VALUE, COUNT = "min", "value", "cnt"
Cause = frozenset[tuple[str, str]]
KEPT = 0.9  # of the impact of a segment that a part of it keeps
EXPLAINS, EACH, DIMENSIONS = 0.67, 0.1, 1  # Adtributor's T_EP and T_EEP; its best dimension


@dataclass(frozen=True)
class Fault:
    name: str
    leaves: Leaves
    plain: Leaves
    causes: frozenset[Cause]
    seconds: float


def read(folder: Path) -> list[Fault]:
    """Read all faults; ``leaves`` are ours (calmer half of the base), ``plain`` have all of it."""
    listed = yaml.safe_load((folder / "anomaly.yaml").read_text(encoding="utf-8"))
    return [_fault(folder, entry) for entry in listed]


def _fault(folder: Path, entry: dict) -> Fault:
    rows = pd.read_csv(folder / f"{entry['data']}.csv", dtype=str, keep_default_na=False)
    rows = rows.astype({PERIOD: int, VALUE: float, COUNT: float})
    dimensions = [name for name in rows.columns if name not in (PERIOD, VALUE, COUNT)]
    moment, started = entry["timestamp"], time.perf_counter()
    leaves = since(rows, dimensions, VALUE, COUNT, period=PERIOD, now=moment)
    seconds = time.perf_counter() - started
    before, now = rows[rows[PERIOD] < moment], rows[rows[PERIOD] == moment]
    plain = compared(before, now, dimensions, VALUE, COUNT)
    listed = entry["cause"] if isinstance(entry["cause"], list) else [entry["cause"]]
    causes = frozenset(frozenset((name, str(value)) for name, value in one.items()) for one in listed)
    return Fault(str(entry["data"]), leaves, plain, causes, seconds)


def ours(leaves: Leaves, rule: Rule | None = None) -> set[Cause]:
    return {frozenset(segment.where.items()) for segment in localise(leaves, rule=rule)}


def leave_out(leaves: Leaves, kept: float = KEPT) -> set[Cause]:
    """Narrow the value with the largest leave-out impact as long as a part keeps so much of it."""
    return {frozenset(_deepest(leaves, kept).items())}


def _deepest(leaves: Leaves, kept: float) -> dict[str, str]:
    figures = leaves.frame[["value_before", "weight_before", "value_now", "weight_now"]].to_numpy(float)
    inside, where, impact = np.ones(len(figures), dtype=bool), {}, None
    while True:
        found = [
            (_impact(figures, inside & narrowed), name, value, narrowed)
            for name in leaves.dimensions
            if name not in where
            for value in sorted(set(leaves.frame.loc[inside, name]))
            for narrowed in [(leaves.frame[name] == value).to_numpy()]
        ]
        best = max(found, key=lambda one: one[0], default=None)
        if best is None or (impact is not None and best[0] < kept * impact):
            return where
        impact, where = best[0], {**where, best[1]: best[2]}
        inside = inside & best[3]


def _impact(figures: np.ndarray, inside: np.ndarray) -> float:
    def change(rows: np.ndarray) -> float:
        before, weight_before, now, weight_now = rows.sum(axis=0)
        return now / max(weight_now, 1e-9) - before / max(weight_before, 1e-9)

    return change(figures) - change(figures[~inside])


def adtributor(leaves: Leaves) -> set[Cause]:
    """Name the values of the most surprising dimension that explain two thirds (Bhagwan et al., NSDI 2014)."""
    return {frozenset({one}) for one in _explains(leaves.frame, leaves.dimensions)}


def adtributor_again(leaves: Leaves) -> set[Cause]:
    """Do the same inside each value named, while a single value explains two thirds of it."""
    found: set[Cause] = set()
    for name, value in _explains(leaves.frame, leaves.dimensions):
        found.add(_narrowed(leaves.frame, leaves.dimensions, {name: value}))
    return found


def _narrowed(frame: pd.DataFrame, dimensions: tuple[str, ...], where: dict[str, str]) -> Cause:
    inside = frame[np.all([frame[name] == value for name, value in where.items()], axis=0)]
    inner = _explains(inside, tuple(name for name in dimensions if name not in where))
    return frozenset(where.items()) if len(inner) != 1 else _narrowed(frame, dimensions, where | dict(inner))


def _explains(frame: pd.DataFrame, dimensions: tuple[str, ...]) -> list[tuple[str, str]]:
    """Return (dimension, value) of the dimension with the largest surprise that explains enough; a derived measure."""
    candidates = []
    for name in dimensions:
        sums = frame.groupby(name)[["value_before", "weight_before", "value_now", "weight_now"]].sum()
        forecast_weight = sums["weight_before"] * sums["weight_now"].sum() / max(sums["weight_before"].sum(), 1e-9)
        forecast = sums["value_before"] * sums["weight_now"].sum() / max(sums["weight_before"].sum(), 1e-9)
        power = _power(sums["value_now"], forecast, sums["weight_now"], forecast_weight)
        surprise = _surprise(forecast, sums["value_now"]) + _surprise(forecast_weight, sums["weight_now"])
        chosen, explained = [], 0.0
        for value in surprise.sort_values(ascending=False, kind="stable").index:
            if power[value] > EACH:
                chosen.append(value)
                explained += power[value]
            if explained > EXPLAINS:
                candidates.append((surprise[chosen].sum(), name, chosen))
                break
    best = sorted(candidates, key=lambda one: -one[0])[:DIMENSIONS]
    return [(name, value) for _, name, values in best for value in values]


def _power(now: pd.Series, forecast: pd.Series, weight: pd.Series, forecast_weight: pd.Series) -> pd.Series:
    whole, whole_weight = forecast.sum(), forecast_weight.sum()
    change = (now - forecast) * whole_weight - (weight - forecast_weight) * whole
    power = change / np.maximum(whole_weight * (whole_weight + weight - forecast_weight), 1e-9)
    return power / power.sum() if power.sum() else power * 0.0


def _surprise(forecast: pd.Series, now: pd.Series) -> pd.Series:
    p, q = (side / max(side.sum(), 1e-9) for side in (forecast, now))
    with np.errstate(divide="ignore", invalid="ignore"):
        parts = [np.where(one > 0, one * np.log(2 * one / (p + q)), 0.0) for one in (p, q)]
    return pd.Series(sum(parts) / 2, index=forecast.index)


def tally(faults: list[Fault], way: Callable[[Leaves], set[Cause]], *, plain: bool = False) -> np.ndarray:
    """Return per fault: causes found exactly, named wrongly, missed."""
    named = [way(fault.plain if plain else fault.leaves) for fault in faults]
    return np.array(
        [(len(a & b.causes), len(a - b.causes), len(b.causes - a)) for a, b in zip(named, faults, strict=True)]
    )


def f1(counts: np.ndarray) -> float:
    found, wrong, missed = counts.sum(axis=0)
    return 2 * found / max(2 * found + wrong + missed, 1)


def interval(counts: np.ndarray, seed: int, draws: int = 2000) -> tuple[float, float]:
    """Return the 95 % percentile interval of F1 over faults drawn again."""
    picks = np.random.default_rng(seed).integers(0, len(counts), (draws, len(counts)))
    lo, hi = np.percentile(_scores(counts, picks), [2.5, 97.5])
    return float(lo), float(hi)


def difference(ours: np.ndarray, theirs: np.ndarray, seed: int, draws: int = 2000) -> tuple[float, float]:
    """Return the 95 % percentile interval of how much better ours is over the same faults drawn again."""
    picks = np.random.default_rng(seed).integers(0, len(ours), (draws, len(ours)))
    one, other = (_scores(counts, picks) for counts in (ours, theirs))
    lo, hi = np.percentile(one - other, [2.5, 97.5])
    return float(lo), float(hi)


def _scores(counts: np.ndarray, picks: np.ndarray) -> np.ndarray:
    found, wrong, missed = counts[picks].sum(axis=1).T
    return 2 * found / np.maximum(2 * found + wrong + missed, 1)
