"""How contacts are served: agents, times, outcomes, returning customers and satisfaction."""

from __future__ import annotations

import numpy as np
import pandas as pd

from voc.data.sample import world
from voc.data.sample.contacts import fill_fields
from voc.data.sample.plan import Plan, team_of
from voc.data.sample.world import ISSUES, day_index

_HOURS = {
    "phone": (0,) * 8 + (5, 9, 12, 11, 9, 8, 8, 8, 9, 9, 7, 5) + (0,) * 4,
    "other": (1, 1, 0.5, 0.5, 0.5, 1, 2, 4, 7, 9, 10, 9, 8, 8, 8, 8, 8, 9, 10, 11, 11, 9, 6, 3),
}
_FIRST_RESPONSE = {
    "phone": (60, 0.95),
    "chat": (105, 0.95),
    "messenger": (620, 1.0),
    "email": (5.2 * 3600, 0.95),
    "web form": (6.6 * 3600, 0.95),
    "review": (19 * 3600, 0.8),
}
"""Median seconds to the first response and spread of its logarithm."""
_SOLVING = {"chat": 0.5, "messenger": 3.0, "email": 9.0, "web form": 10.0, "review": 12.0, "phone": 0.05}
"""Median hours from the first response to the solution of an easy contact."""
_HANDLE = {"phone": 300, "chat": 420, "messenger": 330}
"""Median handling seconds of a contact of middling difficulty."""

_HARD = np.array([issue.hard for issue in ISSUES])


def hardness(frame: pd.DataFrame) -> np.ndarray:
    """Return the difficulty of each contact's issue, 0 to 1."""
    return _HARD[[world.ISSUE_INDEX[issue] for issue in frame["issue"]]]


def draw_moments(rng: np.random.Generator, frame: pd.DataFrame) -> np.ndarray:
    """Draw the moment of each contact on its day: opening hours for calls, evenings for writing; UTC seconds."""
    hour = np.zeros(len(frame))
    phone = (frame["channel"] == "phone").to_numpy()
    for mask, name in ((phone, "phone"), (~phone, "other")):
        weight = np.array(_HOURS[name], dtype=float)
        hour[mask] = rng.choice(24, int(mask.sum()), p=weight / weight.sum())
    local = pd.to_datetime(np.datetime64(world.FIRST_DAY, "s") + frame["day"].to_numpy() * np.timedelta64(86400, "s"))
    local = local + pd.to_timedelta((hour * 3600).astype(int) + rng.integers(0, 3600, len(frame)), unit="s")
    moment = local.tz_localize("Europe/Berlin", ambiguous=True, nonexistent="shift_forward").tz_convert("UTC")
    utc = moment.tz_localize(None).as_unit("s").to_numpy()
    return np.where(utc < np.datetime64(world.FIRST_DAY, "s"), utc + np.timedelta64(3600, "s"), utc)


def serve(rng: np.random.Generator, plan: Plan, frame: pd.DataFrame) -> pd.DataFrame:
    """Give each contact its agent and decide whether the first contact solves it (``solved_first``)."""
    out = frame.copy()
    load = rng.gamma(9.0, 1.0, len(world.AGENTS))
    agent = rng.choice(len(world.AGENTS), len(out), p=load / load.sum())
    out["agent"] = np.array(world.AGENTS, dtype=object)[agent]
    out["team"] = np.array([team_of(name) for name in world.AGENTS], dtype=object)[agent]
    hard = hardness(out)
    fails = 0.075 + 0.16 * hard
    fails = fails + plan.low_fcr_points * (out["agent"] == plan.low_fcr_agent)
    fails = fails + plan.gaming_points * out["agent"].isin(plan.gaming_agents)
    out["abandoned"] = (out["channel"] == "phone").to_numpy() & (rng.random(len(out)) < 0.055)
    fails = np.where(out["abandoned"], 0.75, fails)
    fails = np.where(out["issue"].isin(["praise", "general feedback"]), 0.03, fails)
    out["solved_first"] = rng.random(len(out)) > fails
    return out


def returning(rng: np.random.Generator, plan: Plan, served: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    """Draw the contacts of customers who come back about the same issue within days.

    Two in three of those whose contact did not solve the issue return, and one in forty of the others.
    """
    back = rng.random(len(served)) < np.where(served["solved_first"], 0.022, 0.66)
    again = served[back].copy()
    wait = np.clip(rng.lognormal(np.log(1.9 * 86400), 0.75, len(again)), 2400, 6.6 * 86400).astype("int64")
    moment = again["moment"].to_numpy() + wait.astype("timedelta64[s]")
    again["origin"] = again.index
    again["hard_negative"] = False
    again["moment"] = moment
    again["day"] = (moment.astype("datetime64[D]") - np.datetime64(world.FIRST_DAY)).astype(int)
    again = again[again["day"] < world.DAYS].copy()
    same = rng.random(len(again)) < 0.6
    sunday = pd.DatetimeIndex(again["moment"]).day_of_week == 6
    hour = pd.DatetimeIndex(again["moment"]).hour
    closed = sunday | (hour < 7) | (hour > 17)
    other = rng.choice(np.array(world.CHANNELS[1:5], dtype=object), len(again), p=(0.45, 0.25, 0.1, 0.2))
    keep = same & ~((again["channel"] == "phone").to_numpy() & closed) & (again["channel"] != "review").to_numpy()
    again["channel"] = np.where(keep, again["channel"], other)
    again["attempt"] = again["attempt"] + 1
    again["theme"] = np.where(again["theme"] == "faq", "", again["theme"])
    return serve(rng, plan, again)


def all_contacts(rng: np.random.Generator, plan: Plan, first: pd.DataFrame, customers: pd.DataFrame) -> pd.DataFrame:
    """Return first and returning contacts in order of time; ``origin`` is the row of the contact before, or -1."""
    first, mates = _with_second_thoughts(rng, first)
    first = fill_fields(rng, plan, first, customers)
    first["moment"] = draw_moments(rng, first)
    moment = first["moment"].to_numpy().copy()
    pause = rng.integers(240, 3 * 3600, len(first)).astype("timedelta64[s]")
    first["moment"] = np.where(mates >= 0, moment[mates] + pause, moment)
    first = first[first["moment"] < world.EXPORT_AT].reset_index(drop=True)
    first["attempt"], first["origin"] = 1, -1
    rounds = [serve(rng, plan, first)]
    start = len(first)
    for _ in range(3):
        more = returning(rng, plan, rounds[-1], customers)
        more.index = pd.RangeIndex(start, start + len(more))
        start += len(more)
        rounds.append(more)
    everything = pd.concat(rounds)
    everything["returns"] = everything.index.isin(everything["origin"])
    ordered = everything.sort_values(["moment", "customer"], kind="stable")
    place = pd.Series(np.arange(len(ordered)), index=ordered.index)
    ordered["origin"] = ordered["origin"].map(place).fillna(-1).astype(int)
    return ordered.reset_index(drop=True)


def respond(rng: np.random.Generator, plan: Plan, frame: pd.DataFrame) -> pd.DataFrame:
    """Add the seconds to the first response (``wait``), whether they are slow, and the overrun of one channel."""
    out, channel = frame.copy(), frame["channel"]
    middle = channel.map({name: median for name, (median, _) in _FIRST_RESPONSE.items()}).to_numpy(dtype=float)
    spread = channel.map({name: width for name, (_, width) in _FIRST_RESPONSE.items()}).to_numpy(dtype=float)
    wait = middle * np.exp(spread * rng.normal(size=len(frame)))
    over = (channel == plan.backlog_channel) & out["day"].between(
        day_index(plan.backlog_from), day_index(plan.backlog_to)
    )
    out["wait"] = np.maximum(np.round(np.where(over, wait * plan.backlog_factor, wait)), 3)
    out["backlog"] = over
    out["slow"] = out["wait"] > channel.map(world.SLOW_SECONDS)
    return out


def _with_second_thoughts(rng: np.random.Generator, first: pd.DataFrame) -> tuple[pd.DataFrame, np.ndarray]:
    """Add customers who write again within hours about something else: alike to a duplicate, but none.

    Returns the contacts and, for each, the row of the contact just before it (-1: none).
    """
    rows = np.sort(rng.choice(len(first), int(0.008 * len(first)), replace=False))
    second = first.iloc[rows].copy()
    weight = np.array([issue.weight for issue in ISSUES])
    second["issue"] = rng.choice(np.array(world.ISSUE_NAMES, dtype=object), len(rows), p=weight / weight.sum())
    second["plant"], second["theme"] = 0, ""
    for column in second.columns[second.columns.str.startswith("fixed_")]:
        second[column] = ""
    first = first.assign(hard_negative=False)
    mates = np.concatenate([np.full(len(first), -1), rows])
    return pd.concat([first, second.assign(hard_negative=True)], ignore_index=True), mates


def time_contacts(rng: np.random.Generator, plan: Plan, frame: pd.DataFrame) -> pd.DataFrame:
    """Add the parts of handling, seconds to the solution, replies, reopenings and what stays unsolved."""
    out, count = frame.copy(), len(frame)
    channel, hard, over = out["channel"], hardness(out), out["backlog"]
    z = rng.normal(size=count)
    out["z"] = z
    middling = channel.map(_HANDLE).to_numpy(dtype=float)
    gaming = out["agent"].isin(plan.gaming_agents)
    fast = (out["agent"] == plan.fast_agent) & (out["issue"].map(world.CATEGORY_OF) == "billing")
    pace = np.where(gaming, 0.62, 1.0) * np.where(fast, 0.5, 1.0)
    handle = middling * np.exp(1.7 * (hard - 0.45) + 0.45 * z) * pace
    out["wrap"] = np.round(handle * rng.uniform(0.08, 0.2, count))
    out["hold"] = np.where(channel == "phone", np.round(handle * np.clip(rng.normal(0.08, 0.06, count), 0, 0.3)), 0)
    out["talk"] = np.round(handle - out["wrap"] - out["hold"])
    hours = channel.map(_SOLVING).to_numpy(dtype=float) * np.exp(1.3 * hard + 0.9 * rng.normal(size=count))
    hours = hours * np.where(gaming, 0.35, 1.0) * np.where(over, 2.2, 1.0)
    at_once = (channel == "phone").to_numpy() & (rng.random(count) < 0.8)
    hours = np.where(at_once, handle / 3600, hours)
    out["solve_after"] = np.maximum(np.round(out["wait"] + hours * 3600 + 30), out["wait"] + 20)
    failed = ~out["solved_first"]
    never = failed & ~out["returns"] & (rng.random(count) < 0.45)
    out["reopened"] = np.where(failed & ~never, (rng.random(count) < 0.45).astype(int), 0)
    out["reopened"] += (rng.random(count) < 0.01).astype(int)
    out["reopen_hours"] = rng.gamma(2.0, 16.0, count)
    out["never_solved"] = never | out["abandoned"]
    replies = 1 + rng.poisson(0.25 + 0.9 * hard + 0.8 * failed)
    out["replies"] = np.where(out["theme"] == "faq", 1, replies)
    out["unanswered"] = (channel == "review").to_numpy() & (rng.random(count) < 0.4)
    return out


def satisfy(rng: np.random.Generator, plan: Plan, frame: pd.DataFrame) -> pd.DataFrame:
    """Add each customer's true satisfaction with the contact: ``feeling`` (continuous) and ``csat`` (1–5).

    Difficulty lowers it, care (longer handling than usual for the issue) raises it slightly.
    """
    out = frame.copy()
    noise = np.sqrt(1 - plan.within**2) * rng.normal(size=len(out)) + plan.within * out["z"]
    feeling = noise + 1.5 - 1.75 * hardness(out) - 0.30 * out["slow"] - 0.75 * ~out["solved_first"]
    feeling = feeling - 0.20 * out["backlog"] - 0.25 * (out["attempt"] > 1) - 0.5 * (out["theme"] == "promise")
    feeling = feeling + 0.9 * (out["issue"] == "praise") - 0.6 * out["abandoned"]
    out["feeling"] = feeling
    out["csat"] = 1 + np.searchsorted([-1.0, -0.55, 0.0, 0.85], feeling)
    return out
