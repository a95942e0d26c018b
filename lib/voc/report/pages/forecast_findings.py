"""What the look ahead leaves for the front page: alerts that go on, and what cannot be said of what is ahead.

A forecast is no finding: nothing has happened yet, so there is nothing to bring back to where it was. It has a part of the
front page of its own (``front_ahead``).
"""

from __future__ import annotations

import json
import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from ...analysis.findings import COLUMNS as FINDING_COLUMNS
from ...data.periods import Period
from ..style import cut, reason
from ..tables import Html
from .alerts import headline, ordered, size
from .alerts import lead as alerts_lead
from .alerts_read import CONTACTS, GOING, NAMES, Alerts, about, parted, subjects, text_of, whole
from .card import conclusions as told
from .contact_risk import SAYS as MOMENTS
from .contact_risk import UNKNOWN as NO_CHANCE
from .contact_risk import BadScores
from .drivers_read import joined, listed
from .forecast import lead, rows_of
from .forecast_read import UNKNOWN, Forecast, in_turn, label_of
from .staffing import Staffing, against

MOST = 3
LONGEST = 160  # letters of an explanation
STRONGEST = 20.0
WORDS = ["headline", "detail", "follows", "href", "notebook"]


def findings(found: Alerts, now: Period, notebook: str) -> pd.DataFrame:
    """Turn the newest alerts that go on into findings with their words, but for those that an analyst called false.

    Returns the columns of ``voc.analysis.findings`` with headline, detail, follows, href and notebook; ``value`` is what came,
    ``before`` what was expected, both as counts.
    """
    made = []
    if not found.why and len(found.ledger):
        rows = ordered(found)
        rows = rows[
            (rows["state"] == GOING)
            & (pd.to_datetime(rows["last"]) >= pd.Timestamp(now.start))
            & (rows["verdict"] != "false")
        ]
        made = [_row(row, notebook) for row in rows.head(MOST).to_dict("records")]
    rows = pd.DataFrame(made, columns=[*FINDING_COLUMNS, *WORDS])
    return rows.sort_values("weight", ascending=False, ignore_index=True, kind="stable")


def _row(row: Mapping, notebook: str) -> dict:
    """Fill the columns of a finding. Shares are told as counts, under a name of their own beside the contacts of the label."""
    kind, dimension, label = parted(row["key"])
    cause, half = text_of(row, "cause"), (row["hi"] - row["lo"]) / 2
    words = f"{dimension} ({NAMES.get(kind, kind)})".strip() if kind != CONTACTS else dimension
    return {
        "metric": "contacts", "dimension": words, "label": label, "n": row["observed"], "value": row["observed"], "lo": row["lo"], "hi": row["hi"],
        "before": row["expected"], "change": row["excess"], "floor": half, "year": np.nan, "earlier": np.nan, "certainty": row["certainty"],
        "direction": "" if kind == CONTACTS else "worse", "carried_share": np.nan, "carried_dimension": "", "carried_label": "",
        "owner": text_of(row, "owner"), "weight": round(min(abs(row["excess"]) / half, STRONGEST) if half > 0 else STRONGEST, 3),
        "trace": _trace(row), "headline": headline(row), "detail": f"An alert that goes on: {size(row)}.",
        "follows": f"Likely explanation: {_shortened(cause)}." if cause else "Read ten of these contacts and name the cause before acting.",
        "href": f"{notebook}.html#alert-{row['id']}", "notebook": notebook,
    }  # fmt: skip


def _shortened(cause: str) -> str:
    """Keep the first clauses of an explanation; a quotation is never cut open.

    >>> _shortened("with app 7.3; customers say «a, b»; " + "x" * 200)
    'with app 7.3; customers say «a, b»'
    """
    clauses = cause.split("; ")
    kept = clauses[:1]
    for clause in clauses[1:]:
        if len("; ".join([*kept, clause])) > LONGEST:
            break
        kept.append(clause)
    return cut("; ".join(kept), 300)


def _trace(row: Mapping) -> str:
    """Write the way back to the contacts that an alert counts: the days of the alert bound them, its table names them."""
    end = pd.Timestamp(row["last"]) + pd.Timedelta(days=1)
    where = {
        "alert": row["id"],
        "counts": "contacts",
        "from": str(pd.Timestamp(row["start"]).date()),
        "to": str(end.date()),
    }
    return json.dumps(where, ensure_ascii=False, sort_keys=True)


def conclusions(news: pd.DataFrame, found: Forecast, alerts: Alerts, people: Staffing) -> Html:
    """Say in a manager's words what goes on, what is expected, and where people are missing."""
    return joined([told(news) if len(news) else alerts_lead(alerts), lead(found), *against(people)])


def limits(found: Forecast, alerts: Alerts, people: Staffing, contacts: BadScores) -> pd.DataFrame:
    """List what these data cannot say of what is ahead: what, why, settles."""
    rows = [*_ahead_limits(found), *_alert_limits(alerts), *_people_limits(people)]
    for row in contacts.score[contacts.score["verdict"] == NO_CHANCE].to_dict("records"):
        what = f"Whether a contact will end in a bad score, {MOMENTS.get(row['moment'], row['moment'])}"
        rows.append((what, reason(row["why"]), "More answers that belong to a contact and carry a date."))
    return pd.DataFrame(rows, columns=["what", "why", "settles"])


def _ahead_limits(found: Forecast) -> list[tuple[str, str, str]]:
    if found.why:
        return [("What comes next", reason(found.why), "Export more periods, and the next report forecasts them.")]
    rows = rows_of(found) if len(found.ahead) else pd.DataFrame({"outlook": [], "label": []})
    made = []
    open_ = rows[rows["outlook"] == UNKNOWN]
    if len(open_):
        made.append((
            f"Whether {in_turn(list(open_['label']), 4)} will rise or fall", "the interval reaches farther than these figures usually move",
            "More answers or contacts a period make it narrower; waiting shows it.",
        ))  # fmt: skip
    silent = [label_of(name) for name in found.words["series"] if name not in set(found.ahead["series"])]
    if silent:
        made.append(
            (
                f"What comes next of {in_turn(silent, 4)}",
                "no period of it is known",
                "Export it, and the next report forecasts it.",
            )
        )
    new = sorted({cut(kind) for kind in found.whatif.loc[found.whatif["n_events"] == 0, "kind"]})
    if new:
        made.append(
            (
                f"What the planned {listed(new)} will do to contacts",
                "no event of this kind happened before",
                "The next report tells what it did.",
            )
        )
    return made


def _alert_limits(found: Alerts) -> list[tuple[str, str, str]]:
    if found.why:
        return [("Whether anything rises beyond chance", reason(found.why), "Export the day of each contact.")]
    whole_ = found.detectable[(found.detectable["key"] == CONTACTS) & found.detectable["rise"].notna()].sort_values(
        "span"
    )
    made = []
    if len(whole_):
        row = whole_.iloc[-1]
        span = "a day" if row["span"] == 1 else f"{int(row['span'])} days"
        made.append((
            f"Whether contacts rose by less than {whole(math.ceil(row['rise']))} in {span}", f"about {about(row['expected'])} are usual, and chance moves them",
            "A larger budget of false alarms would see smaller rises, and cry wolf more often.",
        ))  # fmt: skip
    blind = list(found.series.loc[~found.series["judged"].astype(bool), "key"])
    if blind:
        made.append(
            (
                f"Whether {subjects(blind, 4)} rise beyond chance",
                "too little of the past is known",
                "Some more weeks of data.",
            )
        )
    return made


def _people_limits(found: Staffing) -> list[tuple[str, str, str]]:
    if found.why:
        return [
            (
                "How many people the load takes",
                reason(found.why),
                "Export channel, time and handling time of each contact.",
            )
        ]
    if found.no_plan or (len(found.hours) and found.hours["planned"].isna().all()):
        why = reason(found.no_plan) or "no plan tells who is signed in at which hour"
        return [
            (
                "Whether people are missing at an hour of the week",
                why,
                "Export the plan of shifts, or who is signed in, by channel and hour.",
            )
        ]
    return []
