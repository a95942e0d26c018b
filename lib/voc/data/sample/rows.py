"""Contacts become rows of three tools: their ids, what was entered twice, and which days an export lost."""

from __future__ import annotations

import numpy as np
import pandas as pd

from voc.data.sample.template import Dice
from voc.data.sample.world import DAYS, EXPORT_AT, to_date

SOURCE_OF = {
    "phone": "calls",
    "chat": "chats",
    "messenger": "chats",
    "email": "tickets",
    "web form": "tickets",
    "review": "tickets",
}
EXACT, NEAR, CROSS = 0.008, 0.010, 0.015
"""Shares of all rows: the same row twice, a form sent twice, a chat that also became a ticket."""


def stamp(frame: pd.DataFrame) -> pd.DataFrame:
    """Turn waits into moments (UTC, seconds): first response, first and last solution; not after the export."""
    out = frame.copy()
    moment = out["moment"].to_numpy().astype("datetime64[s]")
    response = moment + out["wait"].to_numpy().astype("timedelta64[s]")
    solved = moment + out["solve_after"].to_numpy().astype("timedelta64[s]")
    again = solved + (out["reopen_hours"].to_numpy() * 3600).astype("timedelta64[s]")
    last = np.where(out["reopened"] > 0, again, solved)
    nothing = np.datetime64("NaT", "s")
    out["response_at"] = np.where((response < EXPORT_AT) & ~out["abandoned"] & ~out["unanswered"], response, nothing)
    done = ~out["never_solved"] & (solved < EXPORT_AT)
    out["first_solved_at"] = np.where(done, solved, nothing)
    out["solved_at"] = np.where(done & (last < EXPORT_AT), last, nothing)
    fresh = np.isnat(out["response_at"].to_numpy())
    waiting = np.where(out["wrap"] % 3 == 0, "hold", np.where(out["wrap"] % 2 == 0, "pending", "open"))
    shut = np.where(out["day"] < DAYS - 28, "closed", "solved")
    unsolved = np.isnat(out["solved_at"].to_numpy())
    out["status"] = np.where(unsolved, np.where(fresh, "new", waiting), shut)
    out["replies"] = np.where(fresh, 0, out["replies"])
    return out


def give_ids(frame: pd.DataFrame) -> pd.DataFrame:
    """Add ``source``, the tool's own ``raw_id`` and ``interaction_id``, numbered in order of time."""
    out = frame.sort_values(["moment", "customer"], kind="stable").reset_index(drop=True)
    out["source"] = out["channel"].map(SOURCE_OF)
    number = out.groupby("source").cumcount().to_numpy()
    shapes = {
        "tickets": lambda n: str(100_001 + n),
        "calls": lambda n: f"CL-{n + 1:06d}",
        "chats": lambda n: f"ch{(n * 2_654_435_761 + 97) % (1 << 32):08x}",
    }
    out["raw_id"] = [shapes[source](n) for source, n in zip(out["source"], number, strict=True)]
    out["interaction_id"] = out["source"] + ":" + out["raw_id"]
    return out


def enter_twice(rng: np.random.Generator, dice: Dice, frame: pd.DataFrame) -> pd.DataFrame:
    """Add near and cross duplicates (before ids are given): ``twin`` is the row of the original, ``-1`` for none."""
    out = frame.reset_index(drop=True).assign(twin=-1, duplicate_kind="")
    words = out["text"].str.len().to_numpy()
    late = (np.datetime64(EXPORT_AT) - out["moment"].to_numpy()) < np.timedelta64(7200, "s")
    forms = np.flatnonzero((out["channel"].isin(["web form", "email"])).to_numpy() & (words > 12) & ~late)
    chats = np.flatnonzero((out["source_kind"] == "chats").to_numpy() & (words > 25) & ~late)
    near = np.sort(rng.choice(forms, min(int(NEAR * len(out)), len(forms)), replace=False))
    cross = np.sort(rng.choice(chats, min(int(CROSS * len(out)), len(chats)), replace=False))
    twice = out.iloc[near].copy()
    twice["twin"], twice["duplicate_kind"] = near, "near"
    twice["text"] = [nearly_same(dice, text) for text in twice["text"]]
    pause = rng.integers(40, 540, len(twice))
    ticket = out.iloc[cross].copy()
    ticket["twin"], ticket["duplicate_kind"] = cross, "cross"
    ticket["channel"] = np.where(rng.random(len(ticket)) < 0.7, "email", "web form")
    ticket["text"] = [nearly_same(dice, text.replace("\n", " ")) for text in ticket["text"]]
    later = rng.integers(120, 2400, len(ticket))
    ticket["solve_after"] = np.maximum(ticket["solve_after"], ticket["wait"] + 600)
    extra = pd.concat([twice, ticket])
    shift = np.concatenate([pause, later]).astype("timedelta64[s]")
    extra["moment"] = extra["moment"].to_numpy() + shift
    work = extra["solve_after"] - extra["wait"]
    extra["wait"] = np.round(extra["wait"] * rng.uniform(0.8, 1.4, len(extra))) + 5
    extra["solve_after"] = extra["wait"] + np.round(work * 0.9) + 60
    for column in ("survey_sent", "answered", "survey_hidden", "silent"):
        extra[column] = False
    return pd.concat([out, stamp(extra)], ignore_index=True)


def nearly_same(dice: Dice, text: str) -> str:
    """Return a text as it comes when sent a second time: unchanged, or with a small change."""
    roll = dice.roll()
    if roll < 0.35 or len(text) < 12:
        return text
    if roll < 0.55:
        return text.rstrip(".!。！ ") + ("。" if text[0] > "\u2e80" else ".")
    if roll < 0.75:
        at = dice.below(len(text) - 4) + 2
        return text[:at] + text[at + 1 :] if text[at].isalpha() else text + " "
    if roll < 0.9:
        return text.replace("  ", " ").replace(" ,", ",").strip() + ("!" if text[-1] != "!" else "")
    return text + dice.pick(("?", " ??", "\n", " ...", " :)"))


def repeat_rows(rng: np.random.Generator, frame: pd.DataFrame) -> pd.DataFrame:
    """Add exact duplicates: the same id a second time, a few rows further down the same file."""
    single = np.flatnonzero((frame["duplicate_kind"] == "").to_numpy())
    rows = np.sort(rng.choice(single, int(EXACT * len(frame)), replace=False))
    again = frame.iloc[rows].copy()
    again["duplicate_kind"], again["duplicate_of"] = "exact", again["interaction_id"]
    place = np.concatenate([np.arange(len(frame)), rows + rng.integers(1, 400, len(rows)) + 0.5])
    both = pd.concat([frame, again], ignore_index=True).iloc[np.argsort(place, kind="stable")]
    return both.reset_index(drop=True)


def lose_days(rng: np.random.Generator, frame: pd.DataFrame) -> tuple[pd.DataFrame, list[dict]]:
    """Drop nearly all rows of a source on two days, as an export that broke; returns also what was lost.

    A later row that was the duplicate of a lost one is then an ordinary row.
    """
    lost = np.zeros(len(frame), dtype=bool)
    gaps = []
    for source, first, last in (("calls", 380, 560), ("chats", 702, 726)):
        day = int(rng.integers(first, last))
        while to_date(day).weekday() >= 5:
            day += 1
        hit = (
            (frame["day"] == day).to_numpy() & (frame["source"] == source).to_numpy() & (rng.random(len(frame)) < 0.94)
        )
        lost |= hit
        gaps.append({"source": source, "day": to_date(day).isoformat(), "rows_lost": int(hit.sum())})
    return frame[~lost].reset_index(drop=True), gaps
