"""Contacts as customers lived them: slow, unsolved, opened again, a bad score, silence; each as it stood days later.

Whether a contact went wrong is known only some days after it (somebody came back, a score arrived). So each flag is that of
one moment, ``known_at``, and nothing that came later is in it: no customer is sorted by what happened after the time at
risk began. That is the landmark of Anderson, Cain & Gelber (Journal of Clinical Oncology 1, 1983).
"""

from __future__ import annotations

from datetime import datetime

import ibis
import ibis.expr.types as ir
import numpy as np
import pandas as pd

from ...data.clock import DAY
from ...data.store import to_frame
from ..nonresponse import with_signs
from ..rules import MetricRules
from ..surveyed import with_survey_dates

KINDS = ("channel", "category", "issue")
FLAGS = (
    "slow", "unsolved", "opened_again", "repeat", "bad_score", "unanswered", "trouble", "silent_after_trouble",
)  # fmt: skip
COLUMNS = ["customer_id", "at", "known_at", *FLAGS, "score", "handle_minutes", *KINDS]
_STAMPS = ("created_at", "first_response_at", "first_resolved_at", "resolved_at", "asked_at", "answered_at")
_AS_MEASURED = {"slow": "slow", "came_back": "came_back", "repeat_pct": "repeat", "aht_minutes": "handle_minutes"}
_FIELDS = ("interaction_id", "customer_id", "source", *KINDS, "reopened", "survey_sent", "csat")
_SIGNED = ("frt_minutes", "fcr_pct", "repeat_pct", "aht_minutes")


def experience(
    measured: ir.Table, rules: MetricRules, surveys: ir.Table | None = None, until: datetime | None = None
) -> pd.DataFrame:
    """Return one row per contact of a known customer: what the customer had lived through ``repeat_days`` days later.

    ``measured``: contacts with measures; ``surveys`` dates questions and answers (without them an answer counts as given
    at once); ``until``: the UTC moment at which the data are looked at, by default that of the last contact. Returns,
    ordered by customer and time: customer_id; at and known_at (days since 1970 UTC; ``rules.repeat_days`` lie between);
    the flags, each 1, 0 or missing where the data cannot say or do not reach as far: slow (first response in the slowest
    quarter of its channel), unsolved (not solved by known_at, or back about the same issue before it), opened_again
    (between two solutions before it), repeat (is itself a return), bad_score (1 or 2; of those who answered), unanswered
    (of those asked), trouble (slow, unsolved or opened_again, of what is known), silent_after_trouble (trouble, asked,
    no answer; of those asked); score (1–5, as given by known_at), handle_minutes; channel, category, issue. Columns that
    the data lack are there and empty.

    >>> table = {"interaction_id": ["a"], "customer_id": ["c"], "created_at": pd.to_datetime(["2026-01-01"])}
    >>> experience(ibis.memtable(pd.DataFrame(table)), MetricRules())[["at", "known_at", "slow"]].values.tolist()
    [[20454.0, 20461.0, nan]]
    """
    if "customer_id" not in measured.columns:
        return pd.DataFrame(columns=COLUMNS)
    rows = to_frame(_narrow(measured, rules, surveys, until))
    for name in (*_STAMPS, *_AS_MEASURED.values(), "reopened", "csat", "survey_sent"):
        rows[name] = rows[name].astype(float) if name in rows else np.nan
    end = rows["created_at"].max() if until is None else pd.Timestamp(until).timestamp() / DAY
    known_at = rows["created_at"] + rules.repeat_days
    made = rows.assign(at=rows["created_at"], known_at=known_at)
    seen = known_at.clip(upper=end)  # the moment at which a contact is judged
    ripe = (known_at <= end).to_numpy()
    made["unsolved"] = np.where(ripe, _unsolved(rows, seen), np.nan)
    made["opened_again"] = np.where(ripe, _opened_again(rows, seen), np.nan)
    made["score"] = rows["csat"].where(~(rows["answered_at"] > seen))
    made["bad_score"] = (made["score"] <= 2).astype(float).where(made["score"].notna())
    made["unanswered"] = np.where(ripe, _unanswered(rows, made["score"], seen), np.nan)
    parts = made[["slow", "unsolved", "opened_again"]].to_numpy()
    some, all_known = (parts == 1).any(axis=1), ripe & ~np.isnan(parts).all(axis=1)
    made["trouble"] = np.select([some, all_known], [1.0, 0.0], np.nan)
    made["silent_after_trouble"] = made["trouble"].clip(upper=made["unanswered"]).where(made["unanswered"].notna())
    for name in KINDS:
        made[name] = (made[name] if name in made else pd.Series(np.nan, made.index, dtype="str")).astype("category")
    return made[COLUMNS]


def _narrow(measured: ir.Table, rules: MetricRules, surveys: ir.Table | None, until: datetime | None) -> ir.Table:
    """Take what is needed and no text: stamps in days, signs and measures as the scorecard has them."""
    kept = [name for name in (*_FIELDS, *_SIGNED, *_STAMPS) if name in measured.columns]
    rows = measured.select(*kept)
    if until is not None:
        rows = rows.filter(rows.created_at <= ibis.literal(until))
    rows = with_signs(rows, rules)
    rows = with_survey_dates(rows.filter(rows.customer_id.notnull()), surveys)
    days = {name: rows[name].epoch_seconds() / float(DAY) for name in _STAMPS if name in rows.columns}
    same = {new: rows[name].cast("float64") for name, new in _AS_MEASURED.items() if name in rows.columns}
    plain = [name for name in _FIELDS if name in rows.columns]
    return rows.order_by("customer_id", "created_at", "interaction_id").select(*plain, **days, **same)


def _unsolved(rows: pd.DataFrame, seen: pd.Series) -> np.ndarray:
    """Not solved by then, or back about the same issue; unknown where the source records no solutions."""
    solved_at = rows["first_resolved_at"].fillna(rows["resolved_at"])
    recorded = solved_at.notna()
    if "source" in rows:
        recorded = recorded.groupby(rows["source"], dropna=False).transform("any")
    back = rows["came_back"] if rows["came_back"].notna().any() else pd.Series(0.0, rows.index)
    late = ~(solved_at <= seen)
    return np.select([~recorded, late], [np.nan, 1.0], back)


def _opened_again(rows: pd.DataFrame, seen: pd.Series) -> np.ndarray:
    """Opened again by then; unknown where only a later solution is dated, so that the opening may have come after."""
    often, last = rows["reopened"], rows["resolved_at"]
    if not last.notna().any():
        return np.where(often.isna(), np.nan, often > 0)
    solved_before = rows["first_resolved_at"].fillna(last) <= seen
    return np.select([often.isna(), often == 0, last <= seen, ~solved_before], [np.nan, 0.0, 1.0, 0.0], np.nan)


def _unanswered(rows: pd.DataFrame, score: pd.Series, seen: pd.Series) -> np.ndarray:
    """Asked by then without an answer by then; of those asked, and unknown where only answers are recorded."""
    asked = ((rows["survey_sent"] == 1) & ~(rows["asked_at"] > seen)) | score.notna()
    if not (asked & rows["csat"].isna()).any():
        return np.full(len(rows), np.nan)
    return np.where(asked, score.isna(), np.nan)
