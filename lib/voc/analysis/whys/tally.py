"""Parts judged in one go: what each carries, how strong its evidence is on either half, and at which false discovery rate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace

import numpy as np
import pandas as pd

from ..chance import false_discovery
from .contrast import COUNT, Contrast, effects
from .kinds import FEWEST, TOGETHER, WORDING

TRIED = ["kind", "names", "values", "said", "column", "begin", "end", "spans", "searched", "family", "cases", "z", "z_0", "z_1",
         "excess", "expected", "here", "rest", "against"]  # fmt: skip


def family_of(kind: str) -> str:
    """Name the family of explanations that are judged together."""
    return {TOGETHER: "combinations", WORDING: "wordings"}.get(kind, "single")


class Tally:
    """Parts counted by half, gathered over everything that is tried, so that they are judged in one go."""

    def __init__(self):
        self.parts: dict[tuple, list] = {}
        self.family: dict[str, int] = {}
        self.looked = 0

    def add(
        self, kind: str, counts: np.ndarray, whole: np.ndarray, contrast: Contrast, against: str, name: Callable[[int], tuple],
        at: np.ndarray, *, exact: bool = False, looked: int | None = None, **columns,
    ) -> None:  # fmt: skip
        """Add parts: ``counts`` (parts, halves, groups) beside ``whole`` (halves, groups) of all known rows.

        ``name`` tells the names and values of the part numbered ``at``; ``looked`` how many were looked at for them.
        """
        self.looked += len(counts) if looked is None else looked
        if not len(counts):
            return
        self.family[family_of(kind)] = self.family.get(family_of(kind), 0) + len(counts)
        key = (contrast.form, contrast.spread, contrast.sign, against == "rated", exact)
        self.parts.setdefault(key, []).append((kind, counts, whole, contrast, against, name, at, columns))

    def judged(self) -> pd.DataFrame:
        """Judge everything: a frame of ``TRIED`` with one row a part that holds enough cases and carries anything."""
        frames = [self._judged(parts, key[-1]) for key, parts in self.parts.items()]
        return pd.concat(frames, ignore_index=True) if frames else pd.DataFrame(columns=TRIED)

    def _judged(self, parts: list, exact: bool) -> pd.DataFrame:
        counts = np.concatenate([part[1] for part in parts]).astype(float)
        block = np.repeat(np.arange(len(parts)), [len(part[1]) for part in parts])
        whole = np.stack([part[2] for part in parts]).astype(float)[block]
        place = np.concatenate([part[6] for part in parts])
        contrast = parts[0][3]
        judged = effects(counts.sum(axis=1), whole.sum(axis=1), contrast, exact_base=exact)
        if parts[0][4] == "rated":  # evidence is the share, size the contacts: those now against those before
            sized = effects(
                counts.sum(axis=1)[:, [0, 2]], whole.sum(axis=1)[:, [0, 2]], Contrast(COUNT, contrast.group)
            )
            judged = replace(sized, z=judged.z)
        halves = [effects(counts[:, half], whole[:, half], contrast, exact_base=exact).z for half in (0, 1)]
        cases = counts[:, :, 0].sum(axis=1)
        with np.errstate(invalid="ignore"):
            kept = np.flatnonzero((cases >= FEWEST) & (judged.excess > 0))
        told = [parts[block[at]][5](int(place[at])) for at in kept]
        own = [parts[block[at]] for at in kept]
        return pd.DataFrame(
            {
                "kind": [part[0] for part in own], "names": [names for names, _ in told], "values": [values for _, values in told],
                **{name: [part[7].get(name, np.nan) for part in own] for name in ("said", "begin", "end", "spans", "searched")},
                "family": [family_of(part[0]) for part in own], "column": place[kept], "cases": cases[kept], "z": judged.z[kept],
                "z_0": halves[0][kept], "z_1": halves[1][kept], "excess": judged.excess[kept], "expected": judged.expected[kept],
                "here": judged.here[kept], "rest": judged.rest[kept], "against": [part[4] for part in own],
            },
            columns=TRIED,
        )  # fmt: skip


def cross(found: pd.DataFrame, family: Mapping[str, int]) -> None:
    """Search one half and read off on the other, and the other way round; each way at half the level.

    Adds ``p`` (chance in the half that was searched, the price of all spans paid), ``q`` (false discovery rate over everything
    tried of its kind, times the kinds and the two ways), ``z_found`` and ``z_confirmed``. Single labels, combinations and
    wordings are families of their own: hundreds of combinations must not drown ten labels.
    """
    one, other = (found[f"z_{half}"].to_numpy(float) for half in (0, 1))
    price = found["spans"].fillna(1.0).to_numpy(float)
    ways = []
    for half, z in ((0, one), (1, other)):
        open_ = np.isfinite(z) & (found["searched"].isna() | (found["searched"] == half)).to_numpy()
        p = np.where(open_, np.minimum(_chance(z) * price, 1.0), 1.0)
        ways.append((p, _over_families(p, found["family"].to_numpy(object), family)))
    second = (ways[1][1] < ways[0][1]) | ((ways[1][1] == ways[0][1]) & (ways[1][0] < ways[0][0]))
    found["p"] = np.where(second, ways[1][0], ways[0][0])
    found["q"] = np.minimum(2 * np.where(second, ways[1][1], ways[0][1]), 1.0)
    found["z_found"], found["z_confirmed"] = np.where(second, other, one), np.where(second, one, other)


def _over_families(p: np.ndarray, of: np.ndarray, family: Mapping[str, int]) -> np.ndarray:
    """Return false discovery rates within each family, times the number of families; what was not kept had a chance of 1."""
    q = np.ones(len(p))
    for name, size in family.items():
        own = np.flatnonzero(of == name)
        padded = pd.Series(np.concatenate([p[own], np.ones(max(size - len(own), 0))]))
        q[own] = false_discovery(padded).to_numpy()[: len(own)] * len(family)
    return np.minimum(q, 1.0)


def _chance(z: np.ndarray) -> np.ndarray:
    from scipy.special import ndtr

    return ndtr(-z)
