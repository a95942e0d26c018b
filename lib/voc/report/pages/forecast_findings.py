"""What the look ahead leaves for the front page: alerts that go on, what is expected to move, people missing, and what cannot be said."""

from __future__ import annotations

import json
import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from ...analysis.compare import LIKELY, SURE
from ...analysis.findings import COLUMNS as FINDING_COLUMNS
from ...analysis.findings import STANDING
from ...analysis.metrics import METRICS
from ...analysis.trace import write_trace
from ...data.periods import Period
from ..style import cut, reason
from ..tables import Html
from .alerts import headline as alert_headline
from .alerts import ordered, size
from .alerts_read import CONTACTS, GOING, SLOW, UNHAPPY, Alerts, about, parted, subject, text_of, whole
from .card import conclusions as told
from .contact_risk import SAYS as MOMENTS
from .contact_risk import UNKNOWN as NO_CHANCE
from .contact_risk import BadScores
from .drivers_read import joined, listed
from .forecast import lead, rows_of
from .forecast_read import LESS, MORE, UNKNOWN, Forecast, at_most, ends, figure, grain_of, in_turn, label_of, period
from .staffing import MISSING, Staffing

MOST_ALERTS, MOST_AHEAD = 3, 2
AHEAD = "ahead"  # the dimension of a finding that lies ahead
LATER = 0.5  # what may come weighs less than what is
STRONGEST = 20.0
WORDS = ["headline", "detail", "follows", "href", "notebook"]
METRIC = {CONTACTS: "contacts", UNHAPPY: "csat_pct", SLOW: "frt_minutes"}


def findings(
    found: Forecast, alerts: Alerts, people: Staffing, now: Period, notebook: str, owners: Mapping[str, str] | None = None
) -> pd.DataFrame:  # fmt: skip
    """Turn alerts that go on, series expected to move, and hours short of people into findings with their words.

    Returns the columns of ``voc.analysis.findings`` with headline, detail, follows, href and notebook. ``owners``: who answers
    for a metric. What lies ahead has the dimension ``ahead``: ``value`` is what is expected, ``before`` the last true figure.
    """
    owners = owners or {}
    made = [
        *_of_alerts(alerts, now, notebook),
        *_of_forecast(found, now, notebook, owners),
        *_of_people(people, now, notebook, owners),
    ]
    rows = pd.DataFrame(made, columns=[*FINDING_COLUMNS, *WORDS])
    return rows.sort_values("weight", ascending=False, ignore_index=True, kind="stable")


def _row(now: Period, notebook: str, href: str, **known: object) -> dict:
    """Fill the columns of a finding; what is not named is missing or empty."""
    empty = dict.fromkeys(
        ["n", "value", "lo", "hi", "before", "change", "floor", "year", "earlier", "carried_share"], np.nan
    )
    words = dict.fromkeys(
        ["dimension", "label", "direction", "carried_dimension", "carried_label", "owner", "trace", "follows"], ""
    )
    return {**empty, **words, "notebook": notebook, "href": f"{notebook}.html#{href}", **known}


def _of_alerts(found: Alerts, now: Period, notebook: str) -> list[dict]:
    if found.why or found.ledger.empty:
        return []
    rows = ordered(found)
    rows = rows[
        (rows["state"] == GOING)
        & (pd.to_datetime(rows["last"]) >= pd.Timestamp(now.start))
        & (rows["verdict"] != "false")
    ]
    return [_alert(row, now, notebook) for row in rows.head(MOST_ALERTS).to_dict("records")]


def _alert(row: Mapping, now: Period, notebook: str) -> dict:
    kind, dimension, label = parted(row["key"])
    metric, cause = METRIC.get(kind, "contacts"), text_of(row, "cause")
    traced = {dimension: label} if dimension and dimension != "topic" else {}
    return _row(
        now, notebook, f"alert-{row['id']}", metric=metric, dimension=dimension or ("" if kind == CONTACTS else f"alert on {kind}"), label=label, n=row["observed"], change=row["excess"],
        lo=row["lo"], hi=row["hi"], floor=(row["hi"] - row["lo"]) / 2, certainty=row["certainty"], direction="" if kind == CONTACTS else "worse",
        owner=text_of(row, "owner"), weight=_weight(row["excess"], row["lo"], row["hi"]),
        trace="" if dimension == "topic" else _span(row, metric, traced), headline=alert_headline(row), detail=f"An alert that goes on: {size(row)}.",
        follows=f"Likely explanation: {cut(cause, 120)}." if cause else "Read ten of these contacts and name the cause before acting.",
    )  # fmt: skip


def _span(row: Mapping, metric: str, traced: Mapping[str, str]) -> str:
    """Write the way back to the contacts of an alert's days."""
    bounds = {
        "from": str(pd.Timestamp(row["start"]).date()),
        "to": str((pd.Timestamp(row["last"]) + pd.Timedelta(days=1)).date()),
    }
    return json.dumps(bounds | {"counts": metric} | dict(traced), ensure_ascii=False, sort_keys=True)


def _weight(change: float, lo: float, hi: float) -> float:
    """Weigh a change by how many times it exceeds half of its interval."""
    half = (hi - lo) / 2
    return round(min(abs(change) / half, STRONGEST), 3) if half > 0 else STRONGEST


def _of_forecast(found: Forecast, now: Period, notebook: str, owners: Mapping[str, str]) -> list[dict]:
    if found.why or found.ahead.empty:
        return []
    rows = rows_of(found)
    made = [
        _moves(row, found, now, notebook, owners) for row in rows[rows["outlook"].isin([MORE, LESS])].to_dict("records")
    ]
    return sorted(made, key=lambda one: -one["weight"])[:MOST_AHEAD]


def _moves(row: Mapping, found: Forecast, now: Period, notebook: str, owners: Mapping[str, str]) -> dict:
    own = found.course[found.course["series"] == row["series"]].dropna(subset=["value"]).sort_values("at").iloc[-1]
    times = row["n"] / own["n"] if own["kind"] == "count" and own["n"] > 0 else 1.0
    before, unit, grain = own["value"] * times, row["unit"], grain_of(found.course)
    dimension, with_label, label = str(row["series"]).partition(": ")
    metric = row["series"] if row["series"] in METRICS else "contacts"
    beyond = not row["lo95"] <= before <= row["hi95"]
    return _row(
        now, notebook, "ahead", metric=metric, dimension=AHEAD, label=str(row["series"]), n=row["n"], value=row["value"], lo=row["lo80"], hi=row["hi80"], before=before,
        change=row["value"] - before, floor=(row["hi80"] - row["lo80"]) / 2, certainty=SURE if beyond else LIKELY, direction=_direction(metric, row["value"] - before),
        owner=owners.get(metric, ""), weight=round(LATER * _weight(row["value"] - before, row["lo80"], row["hi80"]), 3),
        trace=write_trace(now, metric, **({dimension: label} if with_label else {})),
        headline=f"{row['label']}: {row['outlook']} to come in {period(row['at'], grain)}, about {figure(row['value'], unit)}.",
        detail=f"80% {ends(row, 'lo80', 'hi80', unit)}; at the last level it would be {figure(before, unit)}.",
        follows="Plan people for it." if metric == "contacts" else "Look again when the figure has come.",
    )  # fmt: skip


def _direction(metric: str, change: float) -> str:
    better = METRICS[metric].better
    return "" if better not in ("up", "down") else "better" if (change > 0) == (better == "up") else "worse"


def _of_people(found: Staffing, now: Period, notebook: str, owners: Mapping[str, str]) -> list[dict]:
    """Tell hours short of people as one fact that stands, where at least one is sure."""
    if found.why or found.hours.empty:
        return []
    judged = found.hours[found.hours["planned"].notna() & found.hours["p"].notna()]
    short = judged[(judged["verdict"] == MISSING) & (judged["certainty"] == SURE)]
    if short.empty:
        return []
    worst = short.loc[short["gap"].idxmin()]
    return [_row(
        now, notebook, "people", metric="contacts", dimension=STANDING, label="staffing", n=len(judged), change=float(short["gap"].sum()), certainty=SURE,
        owner=owners.get("service_level_pct", "") or owners.get("contacts", ""), weight=round(0.25 * min(len(short), STRONGEST), 3), trace=write_trace(now, "contacts"),
        headline=f"People are missing in {len(short):,} of {len(judged):,} hours of the week, beyond chance.",
        detail=f"The widest gap: {cut(worst['channel'])} on {worst['weekday']} at {int(worst['hour'])}:00 takes {about(worst['needed'])} and has {about(worst['planned'])}.",
        follows="Move people from hours in which fewer would do." if (judged["verdict"] == "idle").any() else "Move a shift into these hours and compare waits.",
    )]  # fmt: skip


def conclusions(news: pd.DataFrame, found: Forecast) -> Html:
    """Say the findings in a manager's words, and below what is expected of all series."""
    return joined([*([told(news)] if len(news) else []), lead(found)])


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
    blind = [subject(key) for key in found.series.loc[~found.series["judged"].astype(bool), "key"]]
    if blind:
        made.append(
            (
                f"Whether {listed(at_most(blind, 4))} rise beyond chance",
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
            ("Whether people are missing at an hour of the week", why, "Export who is signed in by channel and hour.")
        ]
    return []
