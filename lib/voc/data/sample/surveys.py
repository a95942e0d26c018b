"""Who is asked, who answers and what: satisfaction after a contact, recommendation and effort by quarter."""

from __future__ import annotations

import numpy as np
import pandas as pd

from voc.data.sample.plan import Plan
from voc.data.sample.service import hardness
from voc.data.sample.world import DAYS, EXPORT_AT

_BY_CHANNEL = {"phone": -0.25, "chat": 0.45, "email": -0.1, "web form": -0.1, "messenger": 0.3, "review": -1.2}
_BY_LANGUAGE = {"en": 0.1, "ru": 0.15, "zh": -0.45}


def send_surveys(rng: np.random.Generator, plan: Plan, frame: pd.DataFrame) -> pd.DataFrame:
    """Decide which contacts get a satisfaction survey and which are answered: ``survey_sent``, ``answered``.

    Answering depends on mood (strong feelings answer more, bad ones less than good), channel and language. One team
    spares its unhappy customers the question; those who leave silently hardly answer.
    """
    out = frame.copy()
    usual = np.where(out["channel"] == "review", 0.3, 0.86)
    hidden = (out["team"] == plan.hiding_team) & (out["csat"] <= 2)
    chance = np.where(hidden, plan.hiding_sent, usual)
    solved = ~out["never_solved"] & (out["solved_at"] < EXPORT_AT)
    out["survey_sent"] = (rng.random(len(out)) < chance) & solved
    out["survey_hidden"] = hidden & solved & ~out["survey_sent"]
    lean = -1.15 + 0.28 * (out["csat"] - 3).abs() - 0.35 * (out["csat"] <= 2)
    lean = lean + out["channel"].map(_BY_CHANNEL) + out["language"].map(_BY_LANGUAGE)
    answer = np.where(out["silent"], plan.silent_answer, 1 / (1 + np.exp(-lean)))
    out["sent_at"] = out["solved_at"] + rng.integers(300, 5400, len(out)).astype("timedelta64[s]")
    late = np.clip(rng.lognormal(np.log(4 * 3600), 1.3, len(out)), 60, 20 * 86400)
    out["answered_at"] = out["sent_at"] + late.astype("timedelta64[s]")
    out["survey_sent"] &= out["sent_at"] < EXPORT_AT
    out["answered"] = out["survey_sent"] & (rng.random(len(out)) < answer) & (out["answered_at"] < EXPORT_AT)
    return out


def quarterly(
    rng: np.random.Generator, frame: pd.DataFrame, customers: pd.DataFrame, leaves: np.ndarray, kind: str, count: int
) -> pd.DataFrame:
    """Draw the quarterly surveys: ``row`` (contact, -1 for none), ``person``, ``sent_at``, ``answered_at``, ``score``.

    ``nps`` asks ``count`` active customers a quarter about the company; ``ces`` asks after solved contacts.
    """
    parts = []
    feeling = pd.Series(frame["feeling"].to_numpy()).groupby(frame["person"].to_numpy()).mean()
    mean = feeling.reindex(np.arange(len(customers))).fillna(0.55).to_numpy()
    for first in range(0, DAYS - 60, 91):
        span = min(first + 91, DAYS) - first
        if kind == "nps":
            active = np.flatnonzero((customers["signup_day"].to_numpy() < first) & (leaves > first + span))
            person = rng.choice(active, min(count, len(active)), replace=False)
            row = np.full(len(person), -1)
            day = first + rng.integers(0, span, len(person))
            sent = np.datetime64("2024-11-01T09:00:00", "s") + day.astype("timedelta64[D]").astype("timedelta64[s]")
            raw = 7.6 + 1.3 * (mean[person] - 0.5) + 2.1 * rng.normal(size=len(person))
            score = np.clip(np.round(raw), 0, 10)
        else:
            open_to = frame["day"].between(first, first + span - 1) & frame["survey_sent"] & ~frame["answered"]
            row = rng.choice(np.flatnonzero(open_to), min(count, int(open_to.sum())), replace=False)
            person = frame["person"].to_numpy()[row]
            sent = frame["solved_at"].to_numpy()[row] + np.timedelta64(86400, "s")
            part = frame.iloc[row]
            effort = 5.6 + 0.75 * (part["feeling"] - 0.5) - 0.7 * hardness(part) - 0.5 * (part["attempt"] - 1)
            score = np.clip(np.round(effort.to_numpy() + 0.9 * rng.normal(size=len(row))), 1, 7)
        answered = rng.random(len(row)) < (0.16 + 0.12 * (np.abs(mean[person] - 0.4) > 0.7))
        when = sent + rng.integers(120, 6 * 86400, len(row)).astype("timedelta64[s]")
        answered &= when < EXPORT_AT
        parts.append(
            pd.DataFrame({"kind": kind, "row": row, "person": person, "sent_at": sent, "answered_at": when})
            .assign(score=score, answered=answered)
            .loc[lambda d: d["sent_at"] < EXPORT_AT]
        )
    return pd.concat(parts, ignore_index=True)
