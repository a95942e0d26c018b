"""What earlier forecasts said and what came: the promise that a forecast makes is kept or broken here, in public."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from ...analysis.intervals import wilson
from ..style import day_label, interval, is_missing, number
from ..tables import Col, Html, say, table
from .drivers_read import joined, listed, noun
from .forecast_read import (
    OUTER,
    UNKNOWN,
    Forecast,
    at_most,
    ends,
    figure,
    grain_of,
    kind_of,
    label_of,
    period,
    unit_of,
)

INSIDE, ABOVE, BELOW = "as foretold", "more than foretold", "less than foretold"
SHARE = 0.95  # of figures that should lie within what was said they may show
KNOWN = 0.9  # part of a count's days that must be known for it to be judged
FEWEST = 20  # figures from which on it is judged whether they did


def held(found: Forecast) -> pd.DataFrame:
    """Set what was said beside what came: series, at, made, value, ends, seen, days, label, unit, verdict; the newest first.

    A count of which days are missing is judged by day, and its label says of how many days it is; where more than a tenth is
    missing it is not judged, since those may be the busy ones.
    """
    seen = found.course[["series", "at", "kind", "seen", "n"]].rename(columns={"n": "days"})
    rows = found.earlier.merge(seen, on=["series", "at"], how="left", validate="m:1")
    kinds = {name: kind_of(part) for name, part in found.course.groupby("series")}
    holed = (rows["kind"] == "count") & (rows["days"] > 0) & (rows["days"] < rows["n"])
    rows["label"] = [
        label_of(row["series"]) + (f" on {row['days']:.0f} of {row['n']:.0f} days" if part else "")
        for row, part in zip(rows.to_dict("records"), holed, strict=True)
    ]
    rows["unit"] = [unit_of(name, kinds.get(name, "")) for name in rows["series"]]
    share = (rows["days"] / rows["n"]).where(holed, 1.0)
    whole = (rows["seen"] / share).where(share >= KNOWN)
    rows["verdict"] = [verdict(row) for row in rows.assign(seen=whole).to_dict("records")]
    return rows.sort_values(["at", "made"], ascending=False, kind="stable", ignore_index=True)


def verdict(row: Mapping) -> str:
    """Say whether a figure lies within what the forecast said that it may show.

    >>> verdict({"seen": 4.0, "observed_lo95": 5.0, "observed_hi95": 9.0})
    'less than foretold'
    """
    if is_missing(row["seen"]):
        return UNKNOWN
    return BELOW if row["seen"] < row[OUTER[0]] else ABOVE if row["seen"] > row[OUTER[1]] else INSIDE


def lead(found: Forecast) -> Html:
    """Say how many of the figures that came lie within what had been said, and name those outside."""
    if found.why or found.earlier.empty:
        return say("**No earlier forecast is kept yet**: the next report sets this one beside what came.")
    rows = held(found)
    judged = rows[rows["verdict"] != UNKNOWN]
    if judged.empty:
        return say("Of what was foretold no figure has come yet.")
    last = judged[judged["at"] == judged["at"].max()]
    grain = grain_of(found.course, found.ahead)
    outside = last[last["verdict"] != INSIDE]
    named = [
        f"{row['label']} ({figure(row['seen'], row['unit'])}, {row['verdict']})" for row in outside.to_dict("records")
    ]
    rest = f" Outside: {listed(at_most(named))}." if named else ""
    return joined([
        _replayed(last),
        say(
            "**{inside} of {n} of {at} came as foretold**, that is within what the forecast said the figure may show in 95 of 100 cases.{rest}",
            inside=len(last) - len(outside), n=noun(len(last), "figure"), at=period(last["at"].iloc[0], grain), rest=rest,
        ),
        _kept(int((judged["verdict"] == INSIDE).sum()), len(judged), judged["at"].nunique(), grain),
    ])  # fmt: skip


def _replayed(rows: pd.DataFrame) -> Html | None:
    """Say which of them no report had kept: they were made afterwards, if only with what was known then."""
    again = rows[rows["replayed"].astype(bool)]
    if again.empty:
        return None
    days = listed([day_label(pd.Timestamp(day)) for day in sorted(again["made"].unique())])
    return say(
        "No report of the time kept {what}: {n} made now, with only what was known on {days}, and by the rule that would have been chosen then.",
        what="a forecast" if len(again) == len(rows) else "all forecasts", n="these were" if len(again) == len(rows) else f"{len(again):,} were", days=days,
    )  # fmt: skip


def _kept(inside: int, n: int, periods: int, grain: str) -> Html:
    """Judge the share that held, where there are enough; figures of one period share its luck, so the judgement is mild."""
    if n < FEWEST:
        return say("That is too few to tell whether intervals are right; from {n} figures on it is judged.", n=FEWEST)
    lo, hi = (100 * float(end) for end in wilson(np.array(float(inside)), np.array(float(n))))
    word = "too seldom" if hi < 100 * SHARE else "too often" if lo > 100 * SHARE else "as often as they should"
    return say(
        "Of {n} figures of {periods} so far intervals held {share} (95% {ends}): {word}.", n=f"{n:,}", periods=noun(periods, grain), share=number(100 * inside / n, "%"), ends=interval(lo, hi, "%"), word=word
    )  # fmt: skip


def held_table(found: Forecast) -> Html | None:
    """Show each figure of the last period beside what was foretold of it; None where nothing was."""
    if found.why or found.earlier.empty:
        return None
    grain = grain_of(found.course, found.ahead)
    shown = held(found)
    shown = shown[shown["at"] == shown["at"].max()]
    rows = pd.DataFrame([
        {"label": row["label"], "at": period(row["at"], grain), "made": day_label(pd.Timestamp(row["made"])), "said": figure(row["value"], row["unit"]),
         "may": ends(row, *OUTER, row["unit"]), "came": figure(row["seen"], row["unit"]), "verdict": row["verdict"]}
        for row in shown.to_dict("records")
    ])  # fmt: skip
    columns = [
        Col("label", "Series"), Col("at", "Period"), Col("made", "Said on"), Col("said", "Expected", "number"), Col("may", "May show, 95%", "number"),
        Col("came", "Came", "number"), Col("verdict", "So it came"),
    ]  # fmt: skip
    return table(rows, columns=columns, caption="What was foretold, and what came")
