"""From load to people: how many it takes at each hour of the week, where they are missing, and where they idle.

Calls and chats wait in a queue while somebody holds the line: Erlang C tells how many people a promise takes (``erlang``).
What is written can wait for an hour in which there is time: there the work itself is what counts, hours of handling ÷ the
part of their time that people can handle, and the plan is judged by the day. An hour or day is called only where its load,
measured with chance and spread, lies beyond what the planned people can carry, and all hours are judged together.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from ..compare import LIKELY, SURE, UNKNOWN
from ..intervals import Z
from ..load.hours import LOOK_BACK
from ..rules import MetricRules
from ..season import with_certainty
from .loads import CHANNELS, loads
from .planned import EVERY, Planned, planned_of
from .work import ROUNDING, Plan, carried, kept, people

QUEUES = ("phone", "chat")
MISSING, IDLE, FITS = "missing", "idle", "fits"
HOURS = [
    "channel", "weekday", "hour", "dates", "quiet", "contacts", "lo", "hi", "workload_hours", "needed", "needed_lo", "needed_hi", "on_roster",
    "planned", "gap", "in_time_pct", "p", "why", "q", "certainty", "verdict",
]  # fmt: skip
DAYS = [
    "channel", "weekday", "dates", "workload_hours", "needed_hours", "planned_hours", "gap", "carries", "p", "why", "q", "certainty",
    "verdict",
]  # fmt: skip
WAITS = "what is written can wait for a quieter hour: it is judged by the day"
WIDEST, STEPS = 64.0, 40  # times the load that a plan is tried with; halvings of that


@dataclass(frozen=True)
class Staffing:
    """People needed, and held against the plan.

    Attributes:
        hours: channel, weekday, hour, dates, quiet (hardly anybody comes: it takes nobody), contacts (a date), lo, hi (95 %, of
            that mean), workload_hours (of handling, in that hour), needed (people; of written work in parts), needed_lo, needed_hi, on_roster (needed ÷ (1 − shrinkage)),
            planned (people signed in; missing where no plan says), gap (planned − needed), in_time_pct (what the planned
            would keep by Erlang C; queues only), p, why, q, certainty, verdict (``missing``, ``idle``, ``fits``, or empty where
            nothing is planned or it cannot be told).
        days: the same by weekday, of written work and where staffing is known by the day only: channel, weekday, dates, workload_hours, needed_hours,
            planned_hours, gap, carries (times the usual load that the plan carries), p, why, q, certainty, verdict.
        channels: ``loads.CHANNELS`` and kind (``queue`` or ``written``).
        why: why nothing can be told; no_plan: why needs are not held against a plan; plan_of: which plan it is.
    """

    hours: pd.DataFrame
    days: pd.DataFrame
    channels: pd.DataFrame
    plan: Plan
    why: str = ""
    no_plan: str = ""
    plan_of: str = ""


def staffing(
    table: ir.Table,
    until: pd.Timestamp,
    rules: MetricRules,
    plan: Plan | None = None,
    staffed: ir.Table | None = None,
    weeks: int = LOOK_BACK,
    shifts: ir.Table | None = None,
) -> Staffing:
    """Tell how many people each hour of the week takes, and where the staffing falls short of that or goes beyond.

    ``table``: contacts with source, channel, created_local, handle_seconds; ``shifts``: the table of planned shifts;
    ``staffed``: the table staffing, looked at where no shifts are known, by the day, or with the further columns hour (0–23)
    and channel by the hour. ``weeks`` up to ``until`` are measured.
    """
    plan = plan or Plan()
    hours, channels, why = loads(table, until, weeks)
    channels = channels.assign(kind=np.where(channels["channel"].isin(QUEUES), "queue", "written"))
    if why:
        return Staffing(pd.DataFrame(columns=HOURS), pd.DataFrame(columns=DAYS), channels, plan, why)
    about = channels.set_index("channel")
    start = pd.Timestamp(until).normalize() - pd.Timedelta(weeks=weeks)
    known: Planned = planned_of(staffed, start, pd.Timestamp(until).normalize(), shifts)
    parts = [_hours(part, about.loc[name], plan) for name, part in hours.groupby("channel", sort=True)]
    made = known.beside(pd.concat(parts, ignore_index=True))
    judged = [_judged(part, about.loc[name], plan) for name, part in made.groupby("channel", sort=True)]
    told = with_certainty(pd.concat(judged, ignore_index=True), rules)
    told["verdict"] = _verdict(told, told["planned"].notna())
    days = _days(told, about, plan, known, rules)
    return Staffing(told[HOURS], days, channels[[*CHANNELS, "kind"]], plan, "", known.why, known.of)


def _chance_of(part: pd.DataFrame, about: pd.Series, plan: Plan) -> np.ndarray:
    """Return the standard error of the logarithm of each hour's load: count, handling time and forecast together."""
    handle = (np.log(about["handle_hi"]) - np.log(max(about["handle_lo"], 1e-9))) / (2 * Z)
    return np.sqrt(about["spread"] / part["total"].clip(lower=1) + handle**2 + _ahead(about, plan)[1] ** 2).to_numpy()


def _ahead(about: pd.Series, plan: Plan) -> tuple[float, float]:
    return plan.ahead.get(about.name, (1.0, 0.0))


def _hours(part: pd.DataFrame, about: pd.Series, plan: Plan) -> pd.DataFrame:
    """Add what a channel's hours take."""
    times = _ahead(about, plan)[0]
    out = part.assign(**{name: part[name] * times for name in ("contacts", "lo", "hi")})
    work = (out["contacts"] * about["handle_minutes"] / 60).to_numpy()
    se = _chance_of(out, about, plan)
    low, high = work * np.exp(-Z * se), work * np.exp(Z * se)
    none = out["total"].to_numpy() == 0
    low, high = np.where(none, 0.0, low), np.where(none, out["hi"] * about["handle_hi"] / 60, high)
    quiet = part["quiet"].to_numpy()
    needed = [people(np.where(quiet, 0.0, load), about, plan) for load in (work, low, high)]
    named = dict(zip(("needed", "needed_lo", "needed_hi"), needed, strict=True))
    return out.assign(workload_hours=work, **named, on_roster=needed[0] / (1 - plan.shrinkage), se=se)


def _judged(part: pd.DataFrame, about: pd.Series, plan: Plan) -> pd.DataFrame:
    """Test each planned hour of a queue: can the plan carry the load, and could one whole person less?

    A plan of 1.1 is one person, and on some dates two: a tenth of a person on all of them would leave the others alone.
    """
    out = part.assign(gap=part["planned"] - part["needed"], p=np.nan, in_time_pct=np.nan, why=about["why"])
    there = (out["planned"].notna() & out["needed"].notna()).to_numpy()
    out.loc[~there & (out["why"] == ""), "why"] = "nothing is planned that could be held against it"
    if about["kind"] == "written":
        out.loc[there, "why"] = WAITS
        return out
    if not there.any():
        return out
    own = out[there]
    fewer = np.floor(own["planned"] - 1 + ROUNDING)
    limit = carried(np.where(own["gap"] > 0, fewer, own["planned"]), about, plan)
    out.loc[there, "p"] = np.where(own["gap"] == 0, 1.0, _beyond(own, limit, about, _ahead(about, plan)[0]))
    out.loc[there, "in_time_pct"] = 100 * kept(own, about, plan)
    return out


def _beyond(own: pd.DataFrame, limit: np.ndarray, about: pd.Series, times: float) -> np.ndarray:
    """Return the two-sided chance of a load so far from a limit (on the side that the gap says), were it just at it.

    Square roots of counts have a constant variance (Anscombe, Biometrika 35, 1948), also of none at all.
    """
    from scipy.stats import norm

    worth = own["total"] / about["spread"]
    at_limit = worth.clip(lower=1e-9) * limit / own["workload_hours"].where(own["total"] > 0, np.nan)
    none = own["dates"] * limit / (times * about["handle_minutes"] / 60) / about["spread"]
    at_limit = at_limit.fillna(none)
    rest = own["se"] ** 2 - about["spread"] / own["total"].clip(lower=1)  # handling time and forecast
    away = 2 * (np.sqrt(worth) - np.sqrt(at_limit)) / np.sqrt(1 + rest.clip(lower=0) * at_limit)
    return norm.sf(np.where(own["gap"] < 0, away, -away)).clip(max=0.5) * 2


def _verdict(rows: pd.DataFrame, there: pd.Series) -> np.ndarray:
    real = rows["certainty"].isin([SURE, LIKELY])
    tests = [
        real & (rows["gap"] < 0),
        real & (rows["gap"] > 0),
        there & rows["p"].notna() & (rows["certainty"] != UNKNOWN),
    ]
    return np.select(tests, [MISSING, IDLE, FITS], "")


def _days(told: pd.DataFrame, about: pd.DataFrame, plan: Plan, known: Planned, rules: MetricRules) -> pd.DataFrame:
    """Hold each weekday's people-hours against those there: of written work, and of all where hours are not known."""
    rows = []
    for row in known.days.itertuples():
        if len(known.hours) and row.channel in QUEUES:
            continue
        whole = told[told["weekday"] == row.weekday]
        part = (whole if row.channel == EVERY else whole[whole["channel"] == row.channel]).dropna(subset=["needed"])
        if len(part):
            rows.append(_day(part, row, about, plan))
    made = pd.DataFrame(rows, columns=DAYS[:-3]) if rows else pd.DataFrame(columns=DAYS[:-3]).astype({"p": float})
    judged = with_certainty(made, rules)
    return judged.assign(verdict=_verdict(judged, judged["planned_hours"].notna()))[DAYS]


def _day(part: pd.DataFrame, row: Any, about: pd.DataFrame, plan: Plan) -> dict:
    from scipy.stats import norm

    busy = part.assign(load=part["workload_hours"].where(~part["quiet"], 0.0))
    channels = [(about.loc[name], own["load"].to_numpy()) for name, own in busy.groupby("channel")]

    def hours(times: float) -> float:
        return float(sum(people(times * load, one, plan).sum() for one, load in channels))

    low, high = 1 / WIDEST, WIDEST
    for _ in range(STEPS):
        middle = np.sqrt(low * high)
        low, high = (middle, high) if hours(middle) <= row.planned_hours else (low, middle)
    work = part.groupby("channel")["workload_hours"].sum()
    spread = about.loc[work.index, "day_spread"] / part.groupby("channel")["total"].sum().clip(lower=1)
    ahead = np.array([plan.ahead.get(name, (1.0, 0.0))[1] for name in work.index])
    se = float(np.sqrt(((work / work.sum()) ** 2 * (spread + ahead**2)).sum()))
    needed = hours(1.0)
    return {
        "channel": row.channel, "weekday": row.weekday, "dates": int(row.dates), "workload_hours": float(work.sum()),
        "needed_hours": needed, "planned_hours": row.planned_hours, "gap": row.planned_hours - needed, "carries": low,
        "p": float(2 * norm.sf(abs(np.log(low)) / np.hypot(se, row.se))), "why": "",
    }  # fmt: skip
