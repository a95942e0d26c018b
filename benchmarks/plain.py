"""Figures per group as an analyst writes them in pandas: n, value, 95 % interval, standard error; one pass a grouping."""

from __future__ import annotations

import numpy as np
import pandas as pd
from voc.analysis.intervals import Z, wilson

FIGURES = ["n", "value", "lo", "hi", "se"]
Groups = pd.api.typing.DataFrameGroupBy


def month_of(stamps: pd.Series) -> np.ndarray:
    """First moment of each stamp's month."""
    return stamps.to_numpy().astype("datetime64[M]").astype("datetime64[us]")


def tall(wide: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Put figures of several metrics below each other; what nothing was counted for has no row."""
    found = pd.concat(wide, names=["metric"])
    return found[found["n"] > 0].reset_index()


def counts(groups: Groups) -> pd.DataFrame:
    n = groups.size().astype(float)
    se = np.sqrt(n)
    return pd.DataFrame({"n": n, "value": n, "lo": (n - Z * se).clip(lower=0), "hi": n + Z * se, "se": se})


def shares(groups: Groups, names: list[str], scale: float = 100.0) -> dict[str, pd.DataFrame]:
    """Shares of 0/1 columns with Wilson's interval, in per cent."""
    found = groups[names].agg(["count", "mean"])
    return {name: _share(found[name]["count"], found[name]["mean"], scale) for name in names}


def _share(n: pd.Series, value: pd.Series, scale: float) -> pd.DataFrame:
    lo, hi = wilson(value * n, n)
    return pd.DataFrame(
        {"n": n} | {k: v * scale for k, v in zip(FIGURES[1:], (value, lo, hi, (hi - lo) / (2 * Z)), strict=True)}
    )


def means(groups: Groups, names: list[str]) -> dict[str, pd.DataFrame]:
    """Means with Student's interval, their skewness taken out (Hall 1992)."""
    found = groups[names].agg(["count", "mean", "std", "skew"])
    return {name: _mean(found[name]) for name in names}


def _mean(found: pd.DataFrame) -> pd.DataFrame:
    from scipy.special import stdtrit

    n, value, se = found["count"], found["mean"], found["std"] / np.sqrt(found["count"])
    skew = (found["skew"] * (n - 2) / np.sqrt(n * (n - 1).clip(lower=1))).fillna(0.0)
    q, a = stdtrit((n - 1).clip(lower=1), 0.975), skew / (6 * np.sqrt(n))
    lo, hi = (
        value - np.where(np.abs(a) < 1e-6, end, (np.cbrt(1 + 6 * a * (end - a)) - 1) / (2 * a)) * se for end in (q, -q)
    )
    return pd.DataFrame({"n": n, "value": value, "lo": lo, "hi": hi, "se": se})


def quantiles(groups: Groups, name: str, wanted: dict[str, float]) -> dict[str, pd.DataFrame]:
    """Quantiles of one column and the order statistics around them, each group sorted once."""
    rows = {key: _around(part.to_numpy(), list(wanted.values())) for key, part in groups[name]}
    keys = (
        pd.Index(list(rows), name=groups.keys)
        if isinstance(groups.keys, str)
        else pd.MultiIndex.from_tuples(rows, names=groups.keys)
    )
    return {
        label: pd.DataFrame([row[at] for row in rows.values()], index=keys, columns=FIGURES)
        for at, label in enumerate(wanted)
    }


def _around(values: np.ndarray, wanted: list[float]) -> list[tuple[float, ...]]:
    known = np.sort(values[~np.isnan(values)])
    n = len(known)
    found = []
    for share in wanted:
        half = Z * np.sqrt(n * share * (1 - share))
        first, last = int(np.floor(n * share - half)) - 1, int(np.ceil(n * share + half))
        lo, hi = known[first] if first >= 0 else np.nan, known[last] if last < n else np.nan
        found.append((n, np.quantile(known, share) if n else np.nan, lo, hi, (hi - lo) / (2 * Z)))
    return found


def net_scores(groups: Groups, name: str) -> pd.DataFrame:
    """Net promoter scores with their adjusted Wald interval (Rocks 2016)."""
    found = groups[name].agg(n="count", up=lambda x: (x >= 9).sum(), down=lambda x: (x <= 6).sum()).astype(float)
    n, up, down = found["n"], found["up"], found["down"]
    value, middle = (up - down) / n, (up - down) / (n + 3)
    half = Z * np.sqrt(((up + down + 1.5) / (n + 3) - middle**2) / (n + 3))
    parts = (
        value,
        (middle - half).clip(lower=-1),
        (middle + half).clip(upper=1),
        np.sqrt(((up + down) / n - value**2) / n),
    )
    return pd.DataFrame({"n": n} | {k: part * 100 for k, part in zip(FIGURES[1:], parts, strict=True)})
