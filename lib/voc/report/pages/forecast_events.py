"""Events: what kinds of them did to the number of contacts, and what those that lie ahead would add."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ..style import cut, day_label, interval, is_missing, number
from ..tables import Col, Html, say, table
from .drivers_read import count, joined, nothing, noun
from .forecast_read import Forecast, at_most, grain_of, label_of, method_of

WHAT = "What events ahead would add"
FEW = 3  # events of a kind under which little was learned
TOTAL = "contacts"
SEASONAL = ("seasonal naive", "level with season")


def _own(frame: pd.DataFrame) -> pd.DataFrame:
    """Keep the rows of all contacts; of the only series where that is not there."""
    total = frame[frame["series"] == TOTAL]
    return total if len(total) or frame.empty else frame[frame["series"] == frame["series"].iloc[0]]


def ahead(found: Forecast) -> Html:
    """Say of each planned event what it would add, with how many earlier ones that is learned from."""
    rows = _own(found.whatif)
    if found.why:
        return nothing(found.why, WHAT)
    if rows.empty and not (found.course["series"] == TOTAL).any():
        return nothing("no whole period of contacts is known", WHAT)
    if rows.empty:
        return say(
            "No event that is planned lies ahead: enter newsletters, releases and campaigns in the file of events, and the next report says what they would add."
        )
    lines = [_event(row) for row in rows.sort_values("on", kind="stable").to_dict("records")]
    return joined([*lines, _others(found, rows), _known(found, rows)])


def _event(row: Mapping) -> Html:
    named = f"{cut(row['event'])} ({cut(row['kind'])}, {day_label(pd.Timestamp(row['on']))})"
    if not row["n_events"]:
        return say(
            "**{named}**: no event of this kind has happened before, so nothing can be said of it and the forecast adds nothing.",
            named=named,
        )
    if is_missing(row["more"]):
        return say("**{named}**: too few days are known to tell what it would add.", named=named)
    beyond = row["lo"] > 0 or row["hi"] < 0
    few = (
        f" That is learned from {noun(int(row['n_events']), 'event')} only."
        if row["n_events"] < FEW
        else f" Learned from {noun(int(row['n_events']), 'earlier one')}."
    )
    return say(
        "**{named}**: {size} contacts (95% {ends}), {judged}: {with_} with it and {without} without, until the end of the forecast.{few}",
        named=named, size=_signed(row["more"]), ends=f"{_signed(row['lo'])} to {_signed(row['hi'])}",
        judged="beyond chance" if beyond else "which may as well be nothing", with_=count(round(row["with"])), without=count(round(row["without"])), few=few,
    )  # fmt: skip


def _known(found: Forecast, shown: pd.DataFrame) -> Html | None:
    """Say whether the forecast of these contacts holds the events already; nothing where none was seen before."""
    methods = found.ahead.loc[found.ahead["series"] == shown["series"].iloc[0], "method"]
    if methods.empty or not (shown["n_events"] > 0).any():
        return None
    method, grain = str(methods.iloc[0]), grain_of(found.course, found.ahead)
    if method == "days":
        return say("The forecast above knows these events: they are in it.")
    if method == "combination":
        return say(
            "The forecast above is the mean of several, of which one knows these events: they are in it in part."
        )
    if method in SEASONAL:
        return say(
            "**The forecast above does not know these events** ({method}), but whatever fell into the same {grain} of other years is in it: add "
            "only what is new this year.",
            method=method_of(method, grain), grain=grain,
        )  # fmt: skip
    return say(
        "**The forecast above does not know these events** ({method}): what they would add comes on top of it.",
        method=method_of(method, grain),
    )


def _signed(value: float) -> str:
    size = round(value)
    return f"{size:+,}".replace("-", "−") if size else "±0"


def _others(found: Forecast, shown: pd.DataFrame) -> Html | None:
    """Name the labels in whose contacts a planned event shows beyond chance."""
    rest = found.whatif[~found.whatif["series"].isin(shown["series"])]
    rest = rest[(rest["lo"] > 0) & (rest["n_events"] > 0)].sort_values("more", ascending=False, kind="stable")
    if rest.empty:
        return None
    named = [
        f"{label_of(row['series'])} ({cut(row['event'])}, {_signed(row['more'])})" for row in rest.to_dict("records")
    ]
    return say("Most of it would be: {named}.", named=", ".join(at_most(named)))


def learned(found: Forecast) -> Html | None:
    """Show what kinds of event did to the number of contacts, by the days since; None where none was seen."""
    rows = _own(found.effects)
    if found.why or rows.empty:
        return None
    lags = list(dict.fromkeys(rows["lag"]))
    shown = pd.DataFrame([_kind(kind, part, lags) for kind, part in rows.groupby("kind", sort=False)])
    columns = [
        Col("kind", "Kind of event"),
        Col("n", "Seen", "number", "contacts"),
        *(Col(lag, lag.capitalize(), "number") for lag in lags),
    ]
    caption = "By how many per cent contacts differed from other days, with 95% intervals"
    return joined([table(shown, columns=columns, caption=caption), say(
        "Whatever else happened on the same days is in these figures too: an association, learned from so many events as stand beside it."
    )])  # fmt: skip


def _kind(kind: object, part: pd.DataFrame, lags: list[str]) -> dict:
    of = part.set_index("lag")
    row = {"kind": str(kind), "n": part["n_events"].iloc[0]}
    return row | {lag: _effect(of.loc[lag]) if lag in of.index else number(None, "%") for lag in lags}


def _effect(row: Mapping) -> str:
    if is_missing(row["effect"]):
        return number(None, "%")
    return f"{_signed(row['effect'])}%" + f" ({interval(row['lo'], row['hi'], 'contacts', bare=True)})"
