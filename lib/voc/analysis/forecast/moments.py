"""Contacts as they stood at a moment: what was known of each then, and how the customer judged afterwards.

Two moments: the first response (``open``) and the solution (``solved``). What comes later is in neither, and an answer given
before the moment leaves nothing to foretell. A contact that was opened again stands with its last solution, or with the
first where the answer came between: chances hold for a contact that stays solved, and are told anew where it does not.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from ...data.clock import DAY
from ...data.store import to_frame
from ..drivers.contacts import CONTEXT, narrow, told_with_the_score, with_hours, with_read
from ..drivers.known import BY_NAME
from ..surveyed import with_survey_dates
from ..who_when import tellers

OPEN, SOLVED = "open", "solved"
BAD = 2  # of 5: the highest score that is bad
LAG = 7.0  # days after the moment, by which an answer without a date counts as known
BETWEEN = 0.01  # of the answers before the last solution: from there on handling time holds too much later work
FEWEST = 60  # contacts that must know a fact
FACTS = {OPEN: ("mood", "again", "first_response"), SOLVED: ("mood", "again", "first_response", "handling", "resolution", "reopened")}  # fmt: skip
NEVER = {
    "replies": "replies are counted up to the export, also those written after the score",
    "transfers": "changes of agent are counted up to the export, also those after the score",
    "unsolved": "whether a customer comes back is known days later",
    "effort": "it is answered together with the score",
}
LATE = {
    "team": "who answers is left out: these are chances of contacts, not of people's work",
    "priority": "it may be changed until the contact is closed",
    "status": "it is that of the export",
    "tags": "they may be set after the score",
}
SCORES = ("review", "survey")  # channels whose contacts are scores themselves, where nothing dates another
_STAMPS = ("created_at", "first_response_at", "first_resolved_at", "resolved_at", "answered_at")
_MORE = ("reopened", "abandoned", "handle_seconds")


@dataclass(frozen=True)
class Moment:
    """Contacts that reached a moment.

    Attributes:
        name: ``open`` or ``solved``.
        rows: interaction_id, who (number of the customer), created, at (the moment), scored_at (when the answer is known), all in
            days since 1970 UTC; bad (1, 0; missing: no answer known), unheard (no answer so far, nor one without a date),
            waiting (no response yet: ``at`` is now), one column a label (categories) and a fact; in order of ``at``.
        labels: columns that are labels; facts: drivers that are known then (``drivers.known``).
        missing: fact, label, why, of what is not used.
        before: contacts answered before the moment, left out; matter: the label that names what a contact is about.
    """

    name: str
    rows: pd.DataFrame
    labels: tuple[str, ...]
    facts: tuple[str, ...]
    missing: pd.DataFrame
    before: int = 0
    matter: str = "issue"


def moments(
    table: ir.Table, end: pd.Timestamp, days: float, *, matter: str = "issue", labels: Sequence[str] = (),
    read: pd.DataFrame | None = None, surveys: ir.Table | None = None,
) -> dict[str, Moment]:  # fmt: skip
    """Lay out the contacts of ``days`` up to ``end`` (UTC, excluded) as they stood at either moment.

    ``table``: measured contacts; ``matter``: the column that names what a contact is about; ``labels``: further label columns;
    ``read``: interaction_id, ``matter`` and mood as read from texts; ``surveys`` dates the answers. Nothing later than ``end``
    is used, whatever the data hold.
    """
    end = pd.Timestamp(end)
    kept = [name for name in dict.fromkeys([matter, *labels]) if name not in LATE]
    wide = pd.Timedelta(days=1)
    dated = with_survey_dates(table, surveys) if "interaction_id" in table.columns else table
    inside = narrow(dated, end - pd.Timedelta(days=days) - wide, end + wide, [*kept, *_STAMPS, *_MORE])
    frame = with_read(to_frame(inside.order_by("interaction_id")), read, matter)
    for name in _STAMPS:
        if name in frame:
            frame[name] = (pd.to_datetime(frame[name]) - pd.Timestamp(0)).dt.total_seconds() / DAY
    now = end.timestamp() / DAY
    frame = with_hours(frame[(frame["created_at"] < now) & (frame["created_at"] >= now - days)].reset_index(drop=True))
    frame["who"] = tellers(frame)
    barred = {name: why for name, why in told_with_the_score(table, read).items() if name in BY_NAME}
    named = [name for name in dict.fromkeys([*kept, *CONTEXT]) if name in frame and name != "month"]
    return {
        name: replace(_moment(name, frame, now, named, labels, dict(barred)), matter=matter) for name in (OPEN, SOLVED)
    }


def _moment(
    name: str, frame: pd.DataFrame, now: float, named: list[str], labels: Sequence[str], barred: dict[str, str]
) -> Moment:
    known = frame.rename(columns={f"d_{one}": one for one in BY_NAME if one != "reopened"}).assign(waiting=False)
    often = _column(known, "reopened")
    known["reopened"] = often.gt(0).astype(float).where(often.notna())
    known, reached = _at_response(known, now) if name == OPEN else _at_solution(known, barred)
    scored = _column(known, "answered_at")
    score = _column(known, "csat").notna()
    undated = scored.isna() & score
    known["scored_at"] = scored.where(~undated, known["at"] + LAG)
    if name == SOLVED and undated.any():
        barred["reopened"] = "answers are not dated: it may have been opened again because of the score"
    own = undated & _column(known, "channel").isin(SCORES)
    early = score & (known["scored_at"] <= known["at"]) | own
    there = known["at"].notna() & (known["at"] <= now) & ~early
    rows = known[there].copy()
    rows["bad"] = (rows["csat"] <= BAD).astype(float).where(rows["csat"].notna() & (rows["scored_at"] < now)) if "csat" in rows else np.nan  # fmt: skip
    facts, missing = _facts(name, rows, frame, barred, labels)
    rows["unheard"] = (rows["bad"].isna() & ~undated).astype(bool)
    rows["waiting"] = rows["waiting"].astype(bool)
    for label in named:
        texts = rows[label].astype(object)
        rows[label] = texts.where(texts.isna(), texts.astype(str)).astype("category")
    rows = rows.sort_values(["at", "interaction_id"], ignore_index=True)
    wanted = [
        "interaction_id",
        "customer_id",
        "who",
        "created_at",
        "at",
        "scored_at",
        "bad",
        "unheard",
        "waiting",
        *named,
        *facts,
    ]
    rows = rows[[column for column in dict.fromkeys(wanted) if column in rows]].rename(
        columns={"created_at": "created"}
    )
    return Moment(name, rows, tuple(named), facts, missing, int((early & reached).sum()))


def _column(frame: pd.DataFrame, name: str) -> pd.Series:
    """Return a column, empty where the data have none of that name."""
    return frame[name] if name in frame else pd.Series(np.nan, frame.index)


def _at_response(known: pd.DataFrame, now: float) -> tuple[pd.DataFrame, pd.Series]:
    """The moment of the first response; contacts still without one stand as of now, with their wait so far."""
    if "first_response_at" not in known:
        return known.assign(at=known["created_at"]), known["created_at"].notna()
    at = known["first_response_at"]
    gone = known.get("abandoned", pd.Series(False, known.index)).fillna(False).astype(bool)
    ended = _column(known, "resolved_at") < now
    waiting = ~(at < now) & ~gone & ~ended
    so_far = (now - known["created_at"]) * 24 * 60
    response = _column(known, "first_response").where(~waiting, so_far)
    return known.assign(at=at.where(~waiting, now), waiting=waiting, first_response=response), at.notna()


def _at_solution(known: pd.DataFrame, barred: dict[str, str]) -> tuple[pd.DataFrame, pd.Series]:
    """The moment of the last solution, or of the first where the answer came between the two."""
    if "resolved_at" not in known:
        seconds = _column(known, "handle_seconds")
        return known.assign(at=known["created_at"] + seconds / DAY), seconds.notna()
    last, first = known["resolved_at"], _column(known, "first_resolved_at")
    scored = _column(known, "answered_at")
    between = (first < last) & (scored > first) & (scored <= last)
    if between.sum() > BETWEEN * max(scored.notna().sum(), 1):
        barred["handling"] = "of contacts opened again after an answer it holds later work"
    at = last.where(~between, first)
    reopened = known["reopened"].where(~between, 0.0)
    hours = (at - known["created_at"]) * 24
    return known.assign(at=at, reopened=reopened, resolution=hours.where(hours >= 0)), at.notna()


def _facts(
    name: str, rows: pd.DataFrame, frame: pd.DataFrame, barred: dict[str, str], labels: Sequence[str]
) -> tuple[tuple[str, ...], pd.DataFrame]:
    """Choose the facts that enough contacts know, and say why others are not used."""
    facts, missing = [], [(one, BY_NAME[one].label, why) for one, why in NEVER.items() if f"d_{one}" in frame]
    for one in FACTS[name]:
        known = int(rows[one].notna().sum()) if one in rows else 0
        why = barred.get(one, "") or (BY_NAME[one].lacks if not known else "")
        why = why or (f"only {known:,} contacts know it" if known < FEWEST else "")
        if why:
            missing.append((one, BY_NAME[one].label, why))
        else:
            facts.append(one)
    missing += [(one, one.replace("_", " "), LATE[one]) for one in dict.fromkeys(labels) if one in LATE]
    return tuple(facts), pd.DataFrame(missing, columns=["fact", "label", "why"])
