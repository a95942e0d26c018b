"""The page of what is ahead, first part: what is expected of each series, how sure that is, and its fan."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ..canvas import Picture
from ..charts.fan import fan
from ..folds import fold
from ..style import cut
from ..tables import Col, Html, say, table
from .drivers_read import count, joined, nothing
from .forecast_read import (
    AS_NOW,
    LESS,
    MORE,
    NEAR,
    NEAR_TIMES,
    OUTER,
    UNKNOWN,
    Forecast,
    away,
    ends,
    figure,
    grain_of,
    holes,
    in_turn,
    kind_of,
    label_of,
    last_seen,
    outlook,
    parts,
    period,
    unit_of,
    usual_change,
)
from .topics import capital

WHAT = "What comes next"
SHOWN = {"week": 52, "month": 24, "quarter": 16}  # past periods in a picture
MOST_DRAWN = 4
LEAST_MOVED = 0.5  # contacts from which on it is told that forecasts were moved
LONGEST = {"week": 7, "month": 31, "quarter": 92}  # days
SAYS = {MORE: "more than now", LESS: "less than now", AS_NOW: "as now", UNKNOWN: UNKNOWN}
RULE = (
    "More or less: what stood behind the last figure lies outside the 80% interval. As now: the whole interval lies near it, that is within "
    f"{NEAR['%']} points of a share, {NEAR['points']:.0f} of an NPS, {NEAR['score 1–5']} of a score from 1 to 5, {NEAR_TIMES:.0%} of a count or a time. "
    "Else it cannot be told. Counts are compared by day."
)


def rows_of(found: Forecast) -> pd.DataFrame:
    """Return what is expected of each series in the next period: series, label, unit, outlook, the last figure and the row ahead."""
    made = []
    for name, past, comes in parts(found):
        row, last = comes.iloc[0].to_dict(), last_seen(past)
        unit = unit_of(name, kind_of(past))
        made.append(row | {"label": label_of(name), "unit": unit, "outlook": outlook(past, row), "last": last})
    rows, grain = pd.DataFrame(made), grain_of(found.course, found.ahead)
    late = rows["at"] != next_of(rows)
    rows.loc[late, "label"] = [f"{row['label']} ({period(row['at'], grain)})" for row in rows[late].to_dict("records")]
    return rows


def next_of(rows: pd.DataFrame) -> pd.Timestamp:
    """Return the period that most series are foretold for first; a series whose data end earlier has one of its own."""
    return pd.Timestamp(rows["at"].mode().iloc[-1])


def lead(found: Forecast) -> Html:
    """Say in one breath what will change next and what will not, and of what nothing can be told."""
    if found.why or found.ahead.empty:
        return nothing(found.why, WHAT)
    rows, grain = rows_of(found), grain_of(found.course, found.ahead)
    of = {word: rows[rows["outlook"] == word] for word in SAYS}
    told = [_moves(of[word], word) for word in (MORE, LESS) if len(of[word])]
    calm = f"as now: {in_turn(list(of[AS_NOW]['label']))}" if len(of[AS_NOW]) else "as now: none"
    open_ = f"cannot tell: {in_turn(list(of[UNKNOWN]['label']))}" if len(of[UNKNOWN]) else "cannot tell: none"
    moves = "; ".join(told) or "nothing is expected to move"
    return say(
        "**{at}**, of {n}: {moves}; {calm}; {open}.",
        at=capital(period(next_of(rows), grain)), n=f"{len(rows):,} series", moves=moves, calm=calm, open=open_,
    )  # fmt: skip


def _moves(rows: pd.DataFrame, word: str) -> str:
    named = [
        f"{row['label']} ({figure(row['value'], row['unit'])}, 80% {ends(row, 'lo80', 'hi80', row['unit'])})"
        for row in rows.to_dict("records")
    ]
    return f"{SAYS[word]}: {in_turn(named, 4)}"


def expected(found: Forecast) -> Html:
    """Show what is expected of each series next, how sure, and what the figure itself may show."""
    if found.why or found.ahead.empty:
        return nothing(found.why, "What to expect")
    rows, grain = rows_of(found), grain_of(found.course, found.ahead)
    shown = pd.DataFrame([_expected(row, grain) for row in rows.to_dict("records")])
    columns = [
        Col("label", "Series"), Col("outlook", "Outlook"), Col("value", "Expected", "number"), Col("range", "80% interval", "number"),
        Col("may", "The figure may show, 95%", "number"), Col("last", "Last figure", "number"), Col("n", "Reckoned with"),
    ]  # fmt: skip
    caption = f"What we expect of {period(next_of(rows), grain)}, and how sure"
    return joined([table(shown, columns=columns, caption=caption), say(RULE), _moved(rows)])


def _moved(rows: pd.DataFrame) -> Html | None:
    """Say by how much forecasts were moved so that parts add up, at most; None where none was, or by less than half a contact."""
    far = rows["moved"].abs()
    if not far.max() >= LEAST_MOVED:
        return None
    most = rows.loc[far.idxmax()]
    return say(
        "Contacts and their parts are forecast one by one and then moved so that they add up, the farthest from {own} to {value} ({label}). "
        "That alone makes no outlook: more and less are said only where the forecast says so without it.",
        own=figure(most["value"] - most["moved"], most["unit"]), value=figure(most["value"], most["unit"]), label=most["label"],
    )  # fmt: skip


def _expected(row: Mapping, grain: str) -> dict:
    unit, last = row["unit"], row["last"]
    before = _before(last, row["at"], unit, grain)
    of = "days" if unit == "contacts" else "answers"
    return {
        "label": row["label"], "outlook": row["outlook"], "value": figure(row["value"], unit), "range": ends(row, "lo80", "hi80", unit),
        "may": ends(row, *OUTER, unit), "last": before, "n": f"{count(row['n'])} {of}",
    }  # fmt: skip


def _before(last: Mapping | None, ahead: pd.Timestamp, unit: str, grain: str) -> str:
    """Write the last figure, its period where that is not the one just before, and its days where some are missing."""
    if last is None:
        return "none"
    late = (pd.Timestamp(ahead) - last["at"]).days > LONGEST[grain]
    notes = [period(last["at"], grain)] * late + holes(last, grain)
    return figure(last["seen"], unit) + (f" ({', '.join(notes)})" if notes else "")


def pictures(found: Forecast, most: int = MOST_DRAWN) -> list[Picture]:
    """Draw the fans of the first series."""
    if found.why:
        return []
    return [_fan(found, *part) for part in parts(found)[:most]]


def further(found: Forecast, most: int = MOST_DRAWN) -> Html | None:
    """Fold the fans of all other series away; None where there are none, and words where nothing can be drawn at all."""
    if found.why or found.ahead.empty:
        return nothing(found.why, "Where the figures will lie")
    rest = parts(found)[most:]
    return fold(f"{len(rest):,} further series", *(_fan(found, *part) for part in rest)) if rest else None


def _fan(found: Forecast, name: str, past: pd.DataFrame, comes: pd.DataFrame) -> Picture:
    grain, unit, label = grain_of(found.course, found.ahead), unit_of(name, kind_of(past)), label_of(name)
    told = found.earlier[found.earlier["series"] == name].rename(columns=dict(zip(OUTER, ("lo", "hi"), strict=True)))
    shown = past.sort_values("at").tail(SHOWN[grain])
    told = told[told["at"] >= shown["at"].min()]
    next_, far = comes.iloc[0], comes.iloc[-1]
    word = outlook(past, next_.to_dict())
    title = f"{label}: {_finding(word, next_, unit)} in {period(next_['at'], grain)}"
    return fan(
        shown, comes, title=title, subtitle=_subtitle(found, name, past, comes, grain, unit), unit=unit, said=told,
        alt=f"{title}; the last known figure was {_last(past, unit, grain)}. For {period(far['at'], grain)} the middle is {figure(far['value'], unit)}, "
        f"80% {ends(far, 'lo80', 'hi80', unit)}.{_told(told, unit, grain)}",
    )  # fmt: skip


def _finding(word: str, row: Mapping, unit: str) -> str:
    if word == UNKNOWN:
        return f"anything from {figure(row['lo80'], unit)} to {figure(row['hi80'], unit)} is possible"
    return f"{SAYS[word]}, about {figure(row['value'], unit)}"


def _subtitle(found: Forecast, name: str, past: pd.DataFrame, comes: pd.DataFrame, grain: str, unit: str) -> str:
    of = unit if unit in ("%", "points") else unit if unit == "contacts" else "score"
    n = "" if unit == "contacts" else f"; n about {count(comes['n'].iloc[0])} a {grain}"
    own = found.scores[
        (found.scores["series"] == name) & found.scores["chosen"].astype(bool) & (found.scores["horizon"] == 1)
    ]
    floor = own["floor"].iloc[0] * usual_change(past) if len(own) else float("nan")
    chance = f"; chance alone makes a mean miss of {away(floor, unit)}" if floor == floor else ""
    return f"By {grain}, {of}{n}{chance}. Number at the right: middle and 80% of {period(comes['at'].iloc[-1], grain)}"


def _last(past: pd.DataFrame, unit: str, grain: str) -> str:
    last = last_seen(past)
    if last is None:
        return "none"
    return " on ".join([f"{figure(last['seen'], unit)} in {period(last['at'], grain)}", *holes(last, grain)])


def _told(told: pd.DataFrame, unit: str, grain: str) -> str:
    if told.empty:
        return ""
    row = told.sort_values("at").iloc[-1]
    return f" An earlier forecast had said {figure(row['value'], unit)} for {period(row['at'], grain)}."


def silent(found: Forecast) -> Html | None:
    """Name the series of which nothing can be said ahead, and why; None where all can be."""
    missing = found.words[~found.words["series"].isin(found.ahead["series"])]
    if found.why or missing.empty:
        return None
    return joined([say("**{label}**: {words}", label=cut(label_of(row["series"])), words=row["words"]) for row in missing.to_dict("records")])  # fmt: skip
