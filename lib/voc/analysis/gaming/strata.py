"""One group against all others, like with like: differences within strata (issue × channel), put together.

The difference is Mantel and Haenszel's: each stratum weighs n₁n₀ ÷ (n₁ + n₀), so that sparse strata neither bias nor break
it. Chance is judged from what shuffling inside the strata would do (Mantel & Haenszel 1959; Mantel 1963 for means); the
interval of a difference of shares uses Sato's variance (Biometrics 45, 1989), which holds for many sparse strata.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd

from ..intervals import Z

RARE = 25.0  # expected hits under which hits are counted exactly (Poisson) as well
FEWEST = 8  # agents from which the spread between agents can be told


def against_rest(cells: pd.DataFrame, unit: str, mark: str, strata: Sequence[str], *, side: int) -> pd.DataFrame:
    """Set each group's mean of a mark against all others', stratum by stratum.

    ``cells`` hold ``…_n``, ``…_x``, ``…_xx`` of the mark per ``unit`` and strata (``marks.cells``). Returns one row per
    group, index the group: n (contacts that can be compared), hits, expected (hits if the group were like the others and
    itself together), value (mean of the group), rest (what the others have, given this group's mix), difference, se (of
    the difference, for its interval), z (over the chance of shuffling) and rare (chance of so many hits, one-sided, where
    few are expected; else missing).
    """
    parts = _parts(cells, unit, mark, strata)
    n, x, n_all = parts["n"], parts["x"], parts["n_all"]
    n0, x0 = n_all - n, parts["x_all"] - x
    weight = n * n0 / n_all
    spread = (parts["xx_all"] - parts["x_all"] ** 2 / n_all).clip(lower=0) / (n_all - 1)
    sums = pd.DataFrame(
        {
            "n": n, "hits": x, "expected": n * parts["x_all"] / n_all,
            "top": (x * n0 - x0 * n) / n_all, "weight": weight, "null": weight * spread,
            "p": (n**2 * x0 - n0**2 * x + n * n0 * (n0 - n) / 2) / n_all**2,
            "q": (x * (n0 - x0) + x0 * (n - x)) / (2 * n_all),
        }
    ).groupby(parts[unit]).sum()  # fmt: skip
    shares = bool((cells[f"{mark}_x"] == cells[f"{mark}_xx"]).all())
    found = sums[["n", "hits", "expected"]].copy()
    found["value"] = sums["hits"] / sums["n"]
    found["difference"] = sums["top"] / sums["weight"]
    found["rest"] = found["value"] - found["difference"]
    sato = (found["difference"] * sums["p"] + sums["q"]).clip(lower=0) if shares else sums["null"]
    found["se"] = np.sqrt(sato) / sums["weight"]
    found["z"] = sums["top"] / np.sqrt(sums["null"].where(sums["null"] > 0))
    found["rare"] = _rare(found, side).where(shares & (found["expected"] < RARE))
    return found


def _parts(cells: pd.DataFrame, unit: str, mark: str, strata: Sequence[str]) -> pd.DataFrame:
    """Sum a mark per group and stratum, with the stratum's totals; strata of one group only say nothing and go."""
    names = {f"{mark}_n": "n", f"{mark}_x": "x", f"{mark}_xx": "xx"}
    known = cells[cells[unit].notna() & (cells[f"{mark}_n"] > 0)].rename(columns=names)
    parts = known.groupby([*strata, unit], sort=True)[["n", "x", "xx"]].sum().reset_index()
    keys = [parts[name] for name in strata] or [pd.Series(0, index=parts.index)]
    totals = parts.groupby(keys)[["n", "x", "xx"]].transform("sum")
    parts = parts.assign(n_all=totals["n"], x_all=totals["x"], xx_all=totals["xx"])
    return parts[parts["n_all"] > parts["n"]]


def _rare(found: pd.DataFrame, side: int) -> pd.Series:
    """Chance of at least (side −1: at most) as many hits as there are, when about ``expected`` come by chance (Poisson)."""
    from scipy.stats import poisson

    hits, expected = found["hits"], found["expected"]
    chance = poisson.sf(hits - 1, expected) if side > 0 else poisson.cdf(hits, expected)
    return pd.Series(chance, index=found.index)


def gap_against_rest(cells: pd.DataFrame, unit: str, mark: str, strata: Sequence[str], split: str) -> pd.DataFrame:
    """Set each group's own gap (a share where ``split`` is true minus where it is not) against the others' gap.

    A difference in differences: what makes a group differ in general is taken out, because each is compared with itself.
    Returns one row per group, index the group: n (contacts where ``split`` is true), value (the gap), rest (the gap of all
    others, each within itself), difference, se and z.
    """
    names = {f"{mark}_n": "n", f"{mark}_x": "x"}
    known = cells[cells[unit].notna()].rename(columns=names)
    sums = known.groupby([unit, *strata, split], sort=True)[["n", "x"]].sum().unstack(split, fill_value=0.0)
    sums = sums.reindex(columns=pd.MultiIndex.from_product([["n", "x"], [False, True]]), fill_value=0.0)
    n1, x1, n0, x0 = (sums[key] for key in (("n", True), ("x", True), ("n", False), ("x", False)))
    both = (n1 > 0) & (n0 > 0)
    n1, x1, n0, x0 = n1[both], x1[both], n0[both], x0[both]
    n_all = n1 + n0
    own = pd.DataFrame(
        {
            "n": n1, "top": (x1 * n0 - x0 * n1) / n_all, "weight": n1 * n0 / n_all,
            "p": (n1**2 * x0 - n0**2 * x1 + n1 * n0 * (n0 - n1) / 2) / n_all**2,
            "q": (x1 * (n0 - x0) + x0 * (n1 - x1)) / (2 * n_all),
        }
    ).groupby(level=unit).sum()  # fmt: skip
    value, variance = _gap(own)
    rest, rest_variance = _gap(own.sum() - own)
    found = pd.DataFrame({"n": own["n"], "value": value, "rest": rest, "difference": value - rest})
    found["se"] = np.sqrt(variance + rest_variance)
    found["z"] = found["difference"] / found["se"].where(found["se"] > 0)
    return found


def _gap(sums: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    weight = sums["weight"].where(sums["weight"] > 1e-9)
    gap = sums["top"] / weight
    return gap, (gap * sums["p"] + sums["q"]).clip(lower=0) / weight**2


def spread_of(z: pd.Series, homes: Mapping[str, str] | None = None) -> float:
    """Tell how many times wider agents differ than chance alone makes them (at least 1; 1 where they are few).

    ``z`` has the agents as index. With ``homes`` (agent → team) agents are compared inside their teams: teams differ by
    their agents' luck even where no team does anything, but a team's own doing must not excuse it. From the median
    distance to the median, so that a handful who stand out neither widen what they are judged by nor shift what the
    others are (over-dispersion of funnel plots: Spiegelhalter, Statistics in Medicine 24, 2005).
    """
    known = z.dropna()
    if len(known) < FEWEST:
        return 1.0
    teams = known.index.map(homes).fillna("") if homes else pd.Index([""] * len(known))
    apart = (known - known.groupby(teams).transform("median")).abs()
    free = len(known) / max(len(known) - teams.nunique() + 1, 1)  # each further median takes one agent's freedom
    return float(max(1.0, 1.4826 * apart.median() * free**0.5))


def chance(found: pd.DataFrame, side: int, spread: float) -> pd.Series:
    """Return the one-sided chance of a difference at least this far to the side that would fit the pattern."""
    from scipy.stats import norm

    p = pd.Series(norm.sf(side * found["z"].to_numpy(float) / spread), index=found.index).where(found["z"].notna())
    rare = found["rare"] if "rare" in found else pd.Series(np.nan, index=found.index)
    return p.where(rare.isna(), np.fmax(p, rare)).where(p.notna())


def with_interval(found: pd.DataFrame, spread: float) -> pd.DataFrame:
    """Add lo and hi: the 95 % interval of the difference, as wide as agents really differ."""
    half = Z * found["se"] * spread
    return found.assign(lo=found["difference"] - half, hi=found["difference"] + half)
