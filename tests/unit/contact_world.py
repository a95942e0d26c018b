"""Invented contacts and answers for tests of single chances: pure noise, or waits and issues that make scores bad."""

from __future__ import annotations

import numpy as np
import pandas as pd

END = pd.Timestamp("2026-11-01")
WEEKS = 40


def world(
    seed: int, n: int = 5000, harm: float = 0.0, base: float = -2.0, drift: float = 0.0, by_issue: float = 0.0
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Draw measured contacts and the surveys that date their answers.

    Customers come about three times and differ in how they judge, which nobody knows. ``harm``: by how much a logit of a bad
    score rises with the issue «lost», with a wait in the longest fifth and with being opened again; ``by_issue``: with the
    issue only. ``drift``: by how much it rises over all the weeks, whatever the contact.
    """
    rng = np.random.default_rng(seed)
    created = np.sort(rng.uniform(0, WEEKS * 7, n))
    who = rng.integers(0, n // 3, n)
    wait, hours = rng.exponential(30, n), rng.exponential(5, n) + 1
    lost, reopened = rng.random(n) < 0.25, rng.random(n) < 0.1
    logit = base + rng.normal(0, 0.5, n // 3)[who] + drift * created / (WEEKS * 7)
    logit = logit + by_issue * lost + harm * (1.0 * lost + (wait > 30 * np.log(5)) + reopened)
    bad, answers = rng.random(n) < 1 / (1 + np.exp(-logit)), rng.random(n) < 0.6
    at = END - pd.Timedelta(days=WEEKS * 7) + pd.to_timedelta(created, unit="D")
    first, solved = at + pd.to_timedelta(wait, unit="m"), at + pd.to_timedelta(hours + wait / 60, unit="h")
    given = solved + pd.to_timedelta(rng.exponential(24, n), unit="h")
    scored = answers & (given < END)
    frame = pd.DataFrame({
        "interaction_id": [f"d:{i:05}" for i in range(n)], "customer_id": [f"c-{i}" for i in who], "source": "desk",
        "channel": rng.choice(["chat", "email"], n), "issue": np.where(lost, "lost", rng.choice(["late", "other"], n)),
        "created_at": at, "created_local": at, "first_response_at": first, "first_resolved_at": solved, "resolved_at": solved,
        "frt_minutes": wait, "resolution_hours": hours + wait / 60, "reopened": reopened.astype(float),
        "reopen_pct": reopened.astype(float), "csat": np.where(scored, np.where(bad, rng.integers(1, 3, n), rng.integers(3, 6, n)), np.nan),
        "abandoned": False,
    })  # fmt: skip
    for name in ("first_response_at", "first_resolved_at", "resolved_at"):
        frame[name] = frame[name].where(frame[name] < END)
    surveys = pd.DataFrame({
        "interaction_id": frame["interaction_id"], "kind": "csat", "sent_at": solved, "answered_at": pd.Series(given).where(scored),
    })[lambda rows: rows["sent_at"] < END]  # fmt: skip
    return seconds(frame), seconds(surveys)


def seconds(frame: pd.DataFrame) -> pd.DataFrame:
    """Write stamps as the engine does."""
    stamps = [name for name in frame if pd.api.types.is_datetime64_any_dtype(frame[name])]
    return frame.astype(dict.fromkeys(stamps, "datetime64[us]"))
