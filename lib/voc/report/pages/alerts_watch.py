"""What is watched and what an alarm is worth: what would have been seen, how many false ones are bought, and how often they were right."""

from __future__ import annotations

import math
from collections.abc import Mapping

import numpy as np
import pandas as pd

from ..folds import fold
from ..style import field_words, is_missing, number
from ..tables import Col, Html, say, table
from .alerts_read import (
    CONTACTS,
    NAMES,
    NEGATIVE,
    SLOW,
    UNHAPPY,
    Alerts,
    about,
    named,
    parted,
    subject,
    subjects,
    whole,
)
from .drivers_read import joined, listed, nothing, noun

WHAT = "What would have been seen"
DAYS = 365.25 / 12  # in a month
SHOWN = 12  # rows of the table that stand open


def seen(found: Alerts) -> Html:
    """Say which rise of all contacts, and of the smallest series, the last look would have seen in eight of ten cases."""
    if found.why or found.detectable.empty:
        return nothing(found.why, WHAT)
    known = found.detectable.dropna(subset=["rise"])
    if known.empty:
        return say(
            "**What would have been seen cannot be told yet**: no series has a past that is long enough to expect anything from."
        )
    whole_ = known[known["key"] == CONTACTS]
    first = whole_ if len(whole_) else known[known["key"] == known.loc[known["expected"].idxmax(), "key"]]
    told = [_rise(row, found.until) for row in first.sort_values("span").to_dict("records")]
    return joined([
        say("**No alert does not mean no change.** Of {what}, {told} would have been seen in eight of ten cases; a smaller one would more likely have passed.",
            what=subject(first["key"].iloc[0]), told=" or ".join(told)),
        _blind(found),
    ])  # fmt: skip


def _within(span: int, until: pd.Timestamp) -> str:
    """Say on which days something is usual; but for whole weeks it depends on the weekday of the last one.

    >>> [_within(span, pd.Timestamp("2026-10-31")) for span in (1, 3, 7)]
    ['on a Saturday', 'in 3 days up to a Saturday', 'in 7 days']
    """
    weekday = pd.Timestamp(until).day_name()
    if span == 1:
        return f"on a {weekday}"
    return f"in {span} days" + (f" up to a {weekday}" if span % 7 else "")


def _rise(row: Mapping, until: pd.Timestamp) -> str:
    span = _within(int(row["span"]), until)
    percent = "" if is_missing(row["rise_pct"]) else f" ({row['rise_pct']:.0f}% more)"
    return f"a rise from about {about(row['expected'])} to {_reached(row)} {span}{percent}"


def _reached(row: Mapping) -> str:
    """Write the count that a rise leads to, whole ones upwards."""
    return whole(math.ceil(row["expected"] + row["rise"]))


def _blind(found: Alerts) -> Html | None:
    """Name what is watched but could not be judged on the last day; None where all could."""
    blind = found.series[~found.series["judged"].astype(bool)]
    if blind.empty:
        return None
    return say(
        "{n} could not be judged, because too little of {whose} past is known: {names}.",
        n=f"{len(blind):,} series", whose="its" if len(blind) == 1 else "their", names=subjects(list(blind["key"])),
    )  # fmt: skip


def detectable(found: Alerts) -> Html | None:
    """Show the smallest rise of each series that would have been seen, the largest series first; None where nothing is watched."""
    if found.why or found.detectable.empty:
        return None
    order = found.detectable.groupby("key")["expected"].max().sort_values(ascending=False, kind="stable").index
    spans = sorted(found.detectable["span"].unique())
    of = {key: part.set_index("span") for key, part in found.detectable.groupby("key")}
    rows = pd.DataFrame([{"label": named(key)} | _cells(of[key], spans) for key in order])
    columns = [Col("label", "Series")]
    for span in spans:
        days = _within(int(span), found.until)
        columns += [
            Col(f"usual{span}", f"Usual {days}", "number"),
            Col(f"rise{span}", f"Seen from, {days}", "number"),
        ]
    caption = "The smallest figure that would have been seen in eight of ten cases"
    top = table(rows.head(SHOWN), columns=columns, caption=caption)
    rest = rows.iloc[SHOWN:]
    return (
        top
        if rest.empty
        else top
        + fold(f"{len(rest):,} smaller series", table(rest, columns=columns, caption=f"{caption}: smaller series"))
    )


def _cells(part: pd.DataFrame, spans: list[int]) -> dict:
    made = {}
    for span in spans:
        row = part.loc[span] if span in part.index else {"expected": np.nan, "rise": np.nan, "rise_pct": np.nan}
        known = not is_missing(row["rise"])
        percent = f" (+{row['rise_pct']:.0f}%)" if known and not is_missing(row["rise_pct"]) else ""
        made[f"usual{span}"] = number(row["expected"], "contacts")
        made[f"rise{span}"] = f"{_reached(row)}{percent}" if known else "cannot tell"
    return made


def budget(found: Alerts) -> Html:
    """Say how many false alarms are bought on purpose, and what that means for one series."""
    if found.why or found.series.empty:
        return nothing(found.why, "How often an alarm is false")
    n = {kind: int(sum(parted(key)[0] == kind for key in found.series["key"])) for kind in NAMES}
    watched = listed([f"{NAMES[kind]} ({count:,})" for kind, count in n.items() if count])
    every = len(found.series) / found.rules.budget
    return joined([
        say(
            "{n} watched: {watched}. **If nothing happened at all, about {budget} a month would still come**: that is the budget, shared out over all of them. At "
            "any one series a false one comes about once in {every}. Fewer false alarms would mean later and fewer true ones.",
            n=f"{len(found.series):,} series {'is' if len(found.series) == 1 else 'are'}", watched=watched, budget=_alarms(found.rules.budget), every=_months(every),
        ),
        _unwatched(found),
    ])  # fmt: skip


def _unwatched(found: Alerts) -> Html | None:
    """Name what the settings would have watched by the values of a label and what has no such series; None where all have."""
    rules, has = found.rules, set(zip(found.series["kind"], found.series["dimension"], strict=True))
    asked = [("contacts", (CONTACTS,), rules.dimensions), ("answers and moods", (UNHAPPY, NEGATIVE), rules.scores_by),
             (NAMES[SLOW], (SLOW,), rules.slow_by)]  # fmt: skip
    missing = [
        f"{what} by {field_words(name)}"
        for what, kinds, names in asked
        for name in names
        if not any((kind, name) in has for kind in kinds)
    ]
    if not missing:
        return None
    return say("Not watched, though the settings name it: {missing}. Nothing of the kind is known, or no single value has {least} a day.",
               missing=listed(missing), least=f"{rules.least:g}")  # fmt: skip


def _alarms(budget_: float) -> str:
    return f"{budget_:g} alert{'' if budget_ == 1 else 's'}"


def _months(months: float) -> str:
    """Write a number of months; days under one, years from two years on.

    >>> [_months(months) for months in (0.03, 0.5, 1.0, 9.0, 60.0)]
    ['a day', '15 days', 'a month', '9 months', '5 years']
    """
    unit, size = ("day", months * DAYS) if months < 1 else ("month", months) if months < 24 else ("year", months / 12)
    n = max(round(size), 1)
    return f"a {unit}" if n == 1 else f"{n:,} {unit}s"


def precision(found: Alerts) -> Html:
    """Say how often alerts were right so far, with the interval, and how many wait for a word."""
    if found.why:
        return nothing(found.why, "How often alerts were right")
    row = found.precision
    waiting = f"{noun(row.open, 'alert')} {'waits' if row.open == 1 else 'wait'} for an analyst's word."
    if not row.judged:
        return say(
            "**No alert has been judged yet**, so how often they are right is not known. {waiting}", waiting=waiting
        )
    return say(
        "**Right so far: {right} of {judged} that an analyst judged**, {share} (95% {lo}–{hi}); {news} of them told something new. {waiting}",
        right=row.right, judged=noun(row.judged, "alert"), share=number(100 * row.value, "%"), lo=number(100 * row.lo, "%", bare=True),
        hi=number(100 * row.hi, "%"), news=row.news, waiting=waiting if row.open else "None waits for a word.",
    )  # fmt: skip
