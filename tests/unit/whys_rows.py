"""Small worlds of contacts for tests of the whys: what is planted is known exactly."""

import numpy as np
import pandas as pd
from voc.analysis.rules import MetricRules
from voc.analysis.whys.rows import Rows

RULES = MetricRules()


def rows_from(frame: pd.DataFrame, labels: list[str], first: str = "2025-11-01", seed: int = 0) -> Rows:
    """Lay out a frame of problem, day and labels; each row is a customer of its own unless ``customer`` says otherwise."""
    codes, values = {}, {}
    for name in labels:
        code, found = pd.factorize(frame[name].astype(object), sort=True)
        codes[name], values[name] = code.astype(np.int32), np.asarray(found, dtype=object).astype(str)
    teller = frame["customer"].to_numpy(np.int64) if "customer" in frame else np.arange(len(frame), dtype=np.int64)
    half = (np.random.default_rng(seed).random(teller.max() + 1) < 0.5)[teller]
    kept = pd.DataFrame(
        {
            "interaction_id": [f"c{at:05}" for at in range(len(frame))], "issue": frame["problem"].to_numpy(object),
            "csat": frame["csat"].to_numpy(float) if "csat" in frame else np.nan, "handle_seconds": 600.0,
        }
    )  # fmt: skip
    return Rows(kept, "issue", codes, values, teller, half, frame["day"].to_numpy(np.int32), pd.Timestamp(first))


def world(n: int = 6_000, seed: int = 1, **labels: int) -> pd.DataFrame:
    """Draw contacts of a year about ten problems, with labels of so many values that mean nothing."""
    rng = np.random.default_rng(seed)
    frame = pd.DataFrame(
        {
            "problem": rng.choice(["late", "refund", "login", *(f"problem {at}" for at in range(7))], n),
            "day": rng.integers(0, 365, n),
        }
    )
    for name, size in labels.items():
        frame[name] = rng.choice([f"{name} {at}" for at in range(size)], n)
    return frame


def with_more(
    frame: pd.DataFrame, n: int, seed: int = 2, days: tuple[int, int] = (0, 365), **fixed: str
) -> pd.DataFrame:
    """Add contacts with some values fixed and the others drawn as the rest has them."""
    rng = np.random.default_rng(seed)
    more = frame.sample(n, random_state=seed, replace=True).assign(day=rng.integers(*days, n), **fixed)
    return pd.concat([frame, more], ignore_index=True)
