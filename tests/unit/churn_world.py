"""Invented shops for tests of the forecast: customers who leave at a constant rate, whatever happens, or after slow contacts."""

from __future__ import annotations

import numpy as np
import pandas as pd
from voc.analysis.churn.experience import COLUMNS
from voc.data.clock import DAY

END = 20_000.0  # days since 1970
SPAN = 730


def world(
    seed: int, customers: int = 5000, times: float = 1.0, rate: float = 0.0004
) -> tuple[pd.DataFrame, pd.DataFrame, pd.Timestamp]:
    """Draw customers, contacts (as customers lived them) and the end.

    Customers come about three times in two years and leave at ``rate`` a day; after a slow contact at ``times`` that rate
    for a year. With ``times`` 1 leaving is pure chance.
    """
    rng = np.random.default_rng(seed)
    began = END - rng.uniform(0, 2.5 * SPAN, customers)
    who = np.repeat(np.arange(customers), rng.poisson(rng.gamma(1.0, 3.0, customers)))
    begin = np.maximum(began[who], END - SPAN)
    rows = pd.DataFrame(
        {"who": who, "at": begin + rng.random(len(who)) * (END - begin), "slow": rng.random(len(who)) < 0.3}
    )
    left = began + rng.exponential(1 / rate, customers)
    slow = rows[rows["slow"]].sort_values("at")
    if times > 1:
        for person, at in slow[["who", "at"]].itertuples(index=False):
            after = at + rng.exponential(1 / (rate * (times - 1)))
            left[person] = min(left[person], after) if after < at + 365 and left[person] > at else left[person]
    rows = rows[rows["at"].to_numpy() < left[rows["who"]]].sort_values(["who", "at"], ignore_index=True)
    return _listed(began, left, rng), _lived(rows, rng), pd.Timestamp(0) + pd.Timedelta(days=END)


def _listed(began: np.ndarray, left: np.ndarray, rng: np.random.Generator) -> pd.DataFrame:
    ids = [f"c-{i:06}" for i in range(len(began))]
    stamps = {
        name: pd.to_datetime(np.minimum(values, END) * DAY, unit="s").floor("s")
        for name, values in (("signup_at", began), ("churned_at", left))
    }
    frame = pd.DataFrame(
        {"customer_id": ids, "source": "shop", "segment": rng.choice(["new", "old"], len(began)), **stamps}
    )
    frame["churned_at"] = frame["churned_at"].where(left < END)
    return frame


def _lived(rows: pd.DataFrame, rng: np.random.Generator) -> pd.DataFrame:
    n, slow = len(rows), rows["slow"].to_numpy(float)
    asked = rng.random(n) < 0.8
    answered = asked & (rng.random(n) < 0.35)
    score = np.where(answered, np.where(slow == 1, rng.integers(1, 6, n), rng.integers(3, 6, n)), np.nan)
    made = {
        "customer_id": [f"c-{i:06}" for i in rows["who"]],
        "at": rows["at"].to_numpy(),
        "known_at": rows["at"].to_numpy() + 7,
        "slow": slow,
        **dict.fromkeys(("unsolved", "opened_again", "repeat"), 0.0),
        "bad_score": np.where(answered, score <= 2, np.nan),
        "unanswered": np.where(asked, ~answered, np.nan),
        "trouble": slow,
        "silent_after_trouble": np.where(asked, slow * ~answered, np.nan),
        "score": score,
        "handle_minutes": 5.0,
        **{name: pd.Categorical(rng.choice(["a", "b"], n)) for name in ("channel", "category", "issue")},
    }
    return pd.DataFrame(made)[COLUMNS]
