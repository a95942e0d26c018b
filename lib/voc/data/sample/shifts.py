"""The plan of shifts: how many people were to be there in each hour, made from the usual load, and where that plan is wrong.

Everything random comes from a stream of its own, so that the other files of a seed do not depend on this one. The planner
here counts queues by Erlang C, as the analysis does, but in a few lines of his own: what is planted is not scored by itself.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd

from voc.data.sample import world

WEEKDAYS = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
NAMES = {"phone": "Phone", "chat": "Chat", "messenger": "Messenger", "email": "Email"}
"""What the planning tool calls its queues."""
BLOCK, BLOCKS = 91, 4
"""The plan is made anew for every 13 weeks; the tool keeps a year of it."""
SHARE, SECONDS, BUSIEST = 0.8, 120.0, 0.85
"""So many are to be answered within so many seconds, and nobody is to be busy for more of the time than that."""
AT_ONCE = {"phone": 1, "chat": 2}
"""The queues, and how many contacts one person handles side by side in them."""
FIRST_WRITTEN, DESK = 10, (range(9, 17), 2.0)
"""From when on messages are answered; when and by how many e-mails are, whose work the tool does not measure."""
OPEN_DAYS, OPEN_HOURS = 6, range(8, 20)
"""The phone is open from Monday to Saturday; the chat has somebody round the clock."""
COVER, STEPS = 6, 12
"""In how many weeks one of the meeting's people stays on the line once; steps of an hour in which written work is planned."""
SPARE = 0.06
"""How often one more than needed is there, for training."""


@dataclass(frozen=True)
class Wrong:
    """Where the plan is wrong.

    ``short_day``, ``short_hours``: the phone team meets, and only every sixth week does one of them stay on the line.
    ``idle_day``, ``idle_hours``: so many ``extra`` people sit in the chat beyond need.
    """

    short_day: int
    short_hours: tuple[int, ...]
    idle_day: int
    idle_hours: tuple[int, ...]
    extra: int = 2


def draw_wrong(rng: np.random.Generator) -> Wrong:
    """Draw where the plan is wrong: a meeting on a weekday's late morning, too many people on a morning of the weekend."""
    day, start, weekend, early = (int(rng.integers(low, high)) for low, high in ((0, 5), (9, 11), (5, 7), (8, 10)))
    return Wrong(day, (start, start + 1), weekend, tuple(range(early, early + 4)))


def in_time(load: float, handle: float, people: int) -> float:
    """Return the share of a queue answered in time, by Erlang C; ``load`` in hours of work an hour, ``handle`` in seconds.

    >>> round(in_time(1.0, 180.0, 2), 3), in_time(1.0, 180.0, 1)
    (0.829, 0.0)
    """
    if people <= load:
        return 0.0
    terms = np.cumprod([1.0, *(load / k for k in range(1, people + 1))])
    last = terms[-1] * people / (people - load)
    return float(1 - last / (terms[:-1].sum() + last) * np.exp(-(people - load) * SECONDS / handle))


def queue_people(load: float, handle: float, at_once: int = 1) -> int:
    """Return how many people a queue takes: enough that it is answered in time and nobody is too busy.

    >>> queue_people(1.0, 180.0), queue_people(1.0, 180.0, 2)
    (2, 1)
    """
    places = 1
    while load > BUSIEST * places or in_time(load, handle, places) < SHARE:
        places += 1
    return -(-places // at_once)


def usual_load(contacts: pd.DataFrame) -> dict[str, np.ndarray]:
    """Return the hours of work that usually come, by channel; shape ``(BLOCKS, 7, 24)``.

    ``contacts``: day, channel, moment (UTC), handle (seconds). As planners do it, the level is that of the block, the shape of
    the week and of the day those of the whole year.
    """
    moment = pd.DatetimeIndex(contacts["moment"], tz="UTC").tz_convert("Europe/Berlin")
    rows = contacts.assign(
        block=(contacts["day"].to_numpy() - first_day()) // BLOCK, weekday=moment.day_of_week, hour=moment.hour
    )
    found = {}
    for name, own in rows[rows["block"] >= 0].groupby("channel"):
        level = np.bincount(own["block"], minlength=BLOCKS) / BLOCK
        week = np.bincount(own["weekday"], minlength=7) / len(own) * 7
        day = np.bincount(own["hour"], minlength=24) / len(own)
        found[str(name)] = level[:, None, None] * week[:, None] * day * own["handle"].mean() / 3600
    return found


def first_day() -> int:
    """Return the number of the first day that the tool still has."""
    return world.DAYS - BLOCK * BLOCKS


def planned_week(load: Mapping[str, np.ndarray], handle: Mapping[str, float], wrong: Wrong) -> dict[str, np.ndarray]:
    """Return the people planned by channel; shape ``(BLOCKS, 7, 24)``. Where the phone team meets, nobody is."""
    plan = {}
    for name, at_once in AT_ONCE.items():
        plan[name] = np.vectorize(queue_people, otypes=[float])(load[name], handle[name], at_once)
    shut = np.ones((7, 24), dtype=bool)
    shut[:OPEN_DAYS, list(OPEN_HOURS)] = False
    plan["phone"][:, shut] = 0.0
    plan["phone"][:, wrong.short_day, wrong.short_hours] = 0.0
    plan["chat"][:, wrong.idle_day, wrong.idle_hours] += wrong.extra
    hours = np.round(load["messenger"].sum(axis=2) / BUSIEST * STEPS) / STEPS
    plan["messenger"] = np.clip(hours[..., None] - (np.arange(24) - FIRST_WRITTEN), 0, 1)
    plan["messenger"][..., :FIRST_WRITTEN] = 0.0
    plan["email"] = np.zeros_like(plan["messenger"])
    plan["email"][:, :5, list(DESK[0])] = DESK[1]
    return plan


def shift_table(contacts: pd.DataFrame, seed: int) -> tuple[pd.DataFrame, Wrong]:
    """Return the planning tool's export (Date, Hour, Queue, Planned) and where it is wrong.

    ``contacts``: day, channel, moment (UTC), handle (seconds; missing where the tool measures none).
    """
    rng = np.random.default_rng([seed, 7_241])
    wrong, load = draw_wrong(rng), usual_load(contacts)
    handle = contacts.groupby("channel")["handle"].mean().to_dict()
    dates = np.arange(first_day(), world.DAYS)
    weekday = np.array([world.to_date(day).weekday() for day in dates])
    parts = []
    for name, week in planned_week(load, handle, wrong).items():
        people = week[(dates - dates[0]) // BLOCK, weekday]
        if name in AT_ONCE:
            people = people + ((people > 0) & (rng.random(people.shape) < SPARE))
        if name == "phone":
            stays = (weekday == wrong.short_day) & ((dates // 7) % COVER == 0)
            people[np.ix_(stays, wrong.short_hours)] = 1.0
        day, hour = np.nonzero(people)
        parts.append(pd.DataFrame({"day": dates[day], "hour": hour, "channel": name, "people": people[day, hour]}))
    return _export(pd.concat(parts).sort_values(["day", "hour", "channel"], kind="stable")), wrong


def _export(rows: pd.DataFrame) -> pd.DataFrame:
    names = {day: world.to_date(day).strftime("%d.%m.%Y") for day in rows["day"].unique()}
    people = rows["people"].map("{:.2f}".format).str.replace(".", ",", regex=False)
    return pd.DataFrame(
        {
            "Date": rows["day"].map(names),
            "Hour": rows["hour"].map("{:02d}".format),
            "Queue": rows["channel"].map(NAMES),
            "Planned": people,
        }
    )


def write_shifts(path: Path, contacts: pd.DataFrame, seed: int) -> dict:
    """Write the plan of shifts (UTF-8, semicolons, decimal commas) and return in words where it is wrong."""
    table, wrong = shift_table(contacts, seed)
    table.to_csv(path, sep=";", index=False, encoding="utf-8", lineterminator="\n")
    return {
        "name": "a plan of shifts with two mistakes",
        "what": "The phone team meets when calls come; on a morning of the weekend too many people wait for chats.",
        "expected": "In these hours people are missing on the phone and idle in the chat; all others fit.",
        "missing": {"channel": "phone", "weekday": WEEKDAYS[wrong.short_day], "hours": list(wrong.short_hours)},
        "idle": {"channel": "chat", "weekday": WEEKDAYS[wrong.idle_day], "hours": list(wrong.idle_hours)},
        "extra": wrong.extra,
        "first_day": world.to_date(first_day()).isoformat(),
    }
