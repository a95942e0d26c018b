"""The plain picture before any model: how scores are distributed, and how each driver goes with them as it stands."""

from __future__ import annotations

import numpy as np
import pandas as pd

from ..chance import false_discovery
from ..compare import LIKELY, NOISE, SURE, UNKNOWN
from ..intervals import wilson
from ..rules import MetricRules
from .known import BY_NAME, Driver
from .ranks import spearman
from .rows import Answers

BINS, FEWEST_IN_BIN = 10, 30
SCORES = ["score", "n", "share", "lo", "hi"]
PLAIN = [
    "driver", "label", "unit", "scale", "n", "people", "rho", "lo", "hi", "p", "q", "certainty", "missing_pct", "why",
]  # fmt: skip
BINNED = ["driver", "bin", "low", "high", "middle", "n", "csat", "lo", "hi"]


def crowding(y: np.ndarray, customer: np.ndarray) -> float:
    """Tell how many times wider a share of answers spreads because one customer's answers are alike; at least 1.

    From the customers' totals about the share (Cochran, Sampling Techniques, 1977, 9A.3) over the binomial variance.

    >>> crowding(np.array([1, 1, 0, 0]), np.array([0, 0, 1, 1]))
    2.0
    """
    share = y.mean()
    chance = len(y) * share * (1 - share)
    own = np.bincount(customer, y - share)
    return max(1.0, float(own @ own / chance)) if chance > 0 else 1.0


def shares(hits: np.ndarray, n: np.ndarray, spread: float) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Return shares in per cent with Wilson's interval, as wide as the answers of one customer are alike."""
    lo, hi = wilson(hits / spread, n / spread)
    return 100 * hits / n, 100 * lo, 100 * hi


def scores(answers: Answers) -> pd.DataFrame:
    """Count the scores: score, n, share, lo, hi (per cent)."""
    given = answers.frame["csat"].to_numpy()
    values, counts = np.unique(given, return_counts=True)
    spread = [crowding((given == value).astype(float), answers.customer) for value in values]
    rows = [
        shares(np.array([n]), np.array([len(given)]), one) for n, one in zip(counts.astype(float), spread, strict=True)
    ]
    share, lo, hi = (np.concatenate(part) for part in zip(*rows, strict=True))
    return pd.DataFrame({"score": values.astype(int), "n": counts, "share": share, "lo": lo, "hi": hi})[SCORES]


def plain(answers: Answers, rules: MetricRules) -> pd.DataFrame:
    """Correlate each driver with the scores as they stand, all judged together; drivers that cannot be judged say why."""
    rows = []
    for driver in answers.drivers:
        known = answers.known(driver)
        x = answers.frame[driver.name].to_numpy(float)[known]
        found = spearman(x, answers.y[known], answers.customer[known])
        people = len(np.unique(answers.customer[known]))
        told = {"n": found.n, "people": people, "rho": found.rho, "lo": found.lo, "hi": found.hi, "p": found.p}
        rows.append(_named(driver) | told | {"missing_pct": 100 * float(1 - known.mean()), "why": ""})
    for name, why in answers.missing[["driver", "why"]].itertuples(index=False):
        rows.append(_named(BY_NAME[name]) | {"n": 0, "people": 0, "why": why})
    frame = pd.DataFrame(rows).reindex(columns=[name for name in PLAIN if name not in ("q", "certainty")])
    return judged(frame, rules)[PLAIN]


def _named(driver: Driver) -> dict:
    return {"driver": driver.name, "label": driver.label, "unit": driver.unit, "scale": driver.scale}


def judged(frame: pd.DataFrame, rules: MetricRules) -> pd.DataFrame:
    """Add q (false discovery rate of ``p`` over all rows together) and certainty.

    What its own 5 % would call but so many comparisons do not is «cannot tell», like what has no p.

    >>> judged(pd.DataFrame({"p": [0.001, 0.04, 0.6, np.nan]}), MetricRules())["certainty"].tolist()
    ['sure', 'cannot tell', 'within noise', 'cannot tell']
    """
    chance = frame["p"].astype(float)
    q = false_discovery(chance)
    tests = [q.isna(), q <= rules.sure, q <= rules.likely, chance > rules.likely]
    return frame.assign(q=q, certainty=np.select(tests, [UNKNOWN, SURE, LIKELY, NOISE], UNKNOWN))


def bins(answers: Answers) -> pd.DataFrame:
    """Return CSAT (per cent of 4 and 5) over each driver: about ten bins of as many answers for times, else one a value."""
    happy = answers.frame["happy"].to_numpy(float)
    spread = crowding(happy, answers.customer)
    rows = []
    for driver in answers.drivers:
        known = answers.known(driver)
        column = f"raw_{driver.name}" if driver.scale in ("minutes", "hours") else driver.name
        x, own = answers.frame[column].to_numpy(float)[known], happy[known]
        x = np.exp(x) if driver.scale == "times usual" else x
        code = _binned(x, least=FEWEST_IN_BIN) if driver.is_time else np.unique(x, return_inverse=True)[1]
        for place in range(int(code.max()) + 1):
            inside = code == place
            n = float(inside.sum())
            share, lo, hi = (float(v[0]) for v in shares(np.array([own[inside].sum()]), np.array([n]), spread))
            at = x[inside]
            rows.append((driver.name, place, at.min(), at.max(), float(np.median(at)), int(n), share, lo, hi))
    return pd.DataFrame(rows, columns=BINNED)


def _binned(x: np.ndarray, least: int) -> np.ndarray:
    """Number bins of about as many values each; equal values stay together."""
    count = int(np.clip(len(x) // least, 1, BINS))
    edges = np.unique(np.quantile(x, np.arange(1, count) / count))
    return np.unique(np.searchsorted(edges, x, "left"), return_inverse=True)[1]
