"""Two ways to the same figures: ours (in the engine) and the plain pandas an analyst would write.

Each side runs in a process of its own: ``python pairs.py NAME SIDE TABLE OUT`` reads the table (and, for the card, those
beside it), works the figures out, writes them to OUT and prints seconds, processor seconds and peak memory as JSON. Imports are not counted,
reading is.
"""

from __future__ import annotations

import importlib
import json
import resource
import sys
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import plain
from card import KEYS as CARD_KEYS
from card import card_ours, card_pandas
from voc.analysis.compare import by_period
from voc.analysis.metrics import with_measures
from voc.analysis.rules import MetricRules
from voc.data.clean.duplicates import find_copies, likeness
from voc.data.periods import Period
from voc.data.rules import Duplicates
from voc.data.store import Store

KPIS = ("contacts", "frt_minutes", "resolution_hours", "aht_minutes", "csat_mean", "csat_pct", "response_rate_pct")
REPEATS = ("repeat_pct", "fcr_pct")
RULES, COPIES = MetricRules(), Duplicates()
LAZY = ("ibis.backends.duckdb", "statsmodels.stats.multitest")
PERIODS = Period.parse("2026-10").history(24)
KEYS = ["period_start", "channel"]


def kpi_ours(path: Path) -> pd.DataFrame:
    return _figures(path, KPIS)


def repeats_ours(path: Path) -> pd.DataFrame:
    return _figures(path, REPEATS)


def _figures(path: Path, names: tuple[str, ...]) -> pd.DataFrame:
    store = Store(path.parent)
    found = by_period(with_measures(store.read(path.stem), RULES, names), names, PERIODS, ["channel"])
    store.close()
    return found.drop(columns="period")


def kpi_pandas(path: Path) -> pd.DataFrame:
    stamps = ["created_at", "created_local", "first_response_at", "resolved_at"]
    data = pd.read_parquet(path, columns=[*stamps, "channel", "handle_seconds", "csat", "survey_sent"])
    data["period_start"] = plain.month_of(data["created_local"])
    for name, later, seconds in (("frt_minutes", "first_response_at", 60), ("resolution_hours", "resolved_at", 3600)):
        data[name] = (data[later] - data["created_at"]).dt.total_seconds() / seconds
        data[name] = data[name].where(data[name] >= 0)
    data["aht_minutes"], data["csat_mean"] = data["handle_seconds"] / 60, data["csat"]
    data["csat_pct"] = (data["csat"] >= 4).astype(float).where(data["csat"].notna())
    asked = data["survey_sent"] | data["csat"].notna()
    data["response_rate_pct"] = data["csat"].notna().astype(float).where(asked)
    groups = data.groupby(KEYS)
    found = {"contacts": plain.counts(groups)} | plain.means(groups, ["aht_minutes", "csat_mean"])
    found |= plain.shares(groups, ["csat_pct", "response_rate_pct"])
    for name in ("frt_minutes", "resolution_hours"):
        found |= plain.quantiles(groups, name, {name: 0.5})
    return plain.tall(found)


def repeats_pandas(path: Path) -> pd.DataFrame:
    columns = ["interaction_id", "customer_id", "category", "channel", "created_at", "created_local", "resolved_at"]
    data = pd.read_parquet(path, columns=columns)
    data = data.sort_values(["customer_id", "category", "created_at", "interaction_id"])
    at, window = data["created_at"], pd.Timedelta(days=RULES.repeat_days)
    same = data.groupby(["customer_id", "category"])["created_at"]
    again, came_back = at - same.shift() <= window, same.shift(-1) - at <= window
    data["repeat_pct"] = again.astype(float).where(at >= at.min() + window)
    data["fcr_pct"] = (~came_back).astype(float).where((at <= at.max() - window) & data["resolved_at"].notna())
    data["period_start"] = plain.month_of(data["created_local"])
    return plain.tall(plain.shares(data.groupby(KEYS), list(REPEATS)))


def copies_ours(path: Path) -> pd.DataFrame:
    store = Store(path.parent)
    found = find_copies(store.read(path.stem), COPIES)
    store.close()
    return found[["interaction_id", "earlier_id", "minutes"]].sort_values("interaction_id", ignore_index=True)


def copies_pandas(path: Path) -> pd.DataFrame:
    data = pd.read_parquet(path, columns=["interaction_id", "customer_id", "created_at", "text"])
    data = data.dropna(subset=["customer_id", "text"]).sort_values(["customer_id", "created_at", "interaction_id"])
    groups, parts = data.groupby("customer_id"), []
    for back in (1, 2, 3):
        earlier = groups[["interaction_id", "created_at", "text"]].shift(back)
        minutes = (data["created_at"] - earlier["created_at"]).dt.total_seconds() / 60
        near = minutes <= COPIES.minutes
        before = {"earlier_id": earlier["interaction_id"][near], "earlier_text": earlier["text"][near]}
        parts.append(data.loc[near, ["interaction_id", "text"]].assign(minutes=minutes[near], **before))
    pairs = pd.concat(parts, ignore_index=True)
    alike = likeness(pairs["text"], pairs["earlier_text"])
    short = np.minimum(pairs["text"].str.len(), pairs["earlier_text"].str.len()) < 12
    same = (alike >= COPIES.likeness) & (~short | ((alike == 1) & (pairs["minutes"] <= 5)))
    found = pairs[same].sort_values(["interaction_id", "minutes"]).drop_duplicates("interaction_id")
    return found[["interaction_id", "earlier_id", "minutes"]].reset_index(drop=True)


SIDES: dict[str, dict[str, Callable[[Path], pd.DataFrame]]] = {
    "card": {"ours": card_ours, "pandas": card_pandas},
    "kpi": {"ours": kpi_ours, "pandas": kpi_pandas},
    "repeats": {"ours": repeats_ours, "pandas": repeats_pandas},
    "copies": {"ours": copies_ours, "pandas": copies_pandas},
}


def require_same(name: str, ours: pd.DataFrame, other: pd.DataFrame) -> int:
    """Raise AssertionError unless both sides gave the same rows and figures; return how many rows.

    The ends of intervals may differ in the fifth digit: a mean's rest on its skewness, whose powers ours adds up in whole
    thousandths, so that threads cannot change the last digits.
    """
    keys = {"copies": ["interaction_id"], "card": CARD_KEYS}.get(name, ["metric", *KEYS])
    both = [side.sort_values(keys, ignore_index=True) for side in (ours, other)]
    ends = [column for column in ours.columns if column in ("lo", "hi", "se")]
    for columns, near in (([column for column in ours.columns if column not in ends], 1e-9), (ends, 1e-4)):
        sides = (side[columns] for side in both)
        pd.testing.assert_frame_equal(*sides, check_dtype=False, rtol=near, atol=1e-6)
    assert len(ours), f"{name}: no rows to compare"
    return len(ours)


def peak_megabytes() -> float:
    """Peak resident memory of this process."""
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 2**20 if sys.platform == "darwin" else peak / 2**10


def main(name: str, side: str, table: Path, out: Path) -> None:
    if side == "same":
        print(json.dumps({"rows": require_same(name, pd.read_parquet(table), pd.read_parquet(out))}))
        return
    for lazy in ("rapidfuzz.process", "scipy.stats", *(LAZY if side == "ours" else [])):
        importlib.import_module(lazy)
    start, worked = time.perf_counter(), time.process_time()
    figures = SIDES[name][side](table)
    seconds, worked = time.perf_counter() - start, time.process_time() - worked
    peak = peak_megabytes()
    figures.to_parquet(out)
    print(json.dumps({"seconds": seconds, "worked": worked, "megabytes": peak}))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], Path(sys.argv[3]), Path(sys.argv[4]))
