"""The front page's look ahead: what to expect of the headline figures, what the last forecast was worth, and where people are missing."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pandas as pd

from ...analysis.forecast.staffing import Plan
from ...analysis.forecast.staffing import Staffing as Needs
from ...analysis.metrics import METRICS
from ..front_parts import part
from ..tables import Col, Html, safe_href, say, table
from .drivers_read import joined, nothing
from .forecast import next_of, rows_of
from .forecast_past import lead as held
from .forecast_read import Forecast, ends, figure, grain_of, period
from .front import Results
from .staffing import Staffing, against

COLUMNS = [
    Col("label", "Figure"), Col("outlook", "Outlook"), Col("value", "Expected", "number"), Col("range", "80% interval", "number"),
]  # fmt: skip


FRAMES = ("course", "ahead", "scores", "words", "effects", "whatif", "earlier")


@dataclass(frozen=True)
class Left:
    """A forecast as 06_forecast left it: the frames of ``forecast_read.Forecast``, of one grain."""

    why: str
    course: pd.DataFrame
    ahead: pd.DataFrame
    scores: pd.DataFrame
    words: pd.DataFrame
    effects: pd.DataFrame
    whatif: pd.DataFrame
    earlier: pd.DataFrame


def shown(month: Results, grain: str, href: str, names: Sequence[str] = tuple(METRICS)) -> Html:
    """Return the part "Ahead" from the tables that 06_forecast left; empty where it is no part of the report."""
    if "forecast_ahead" not in month.results():
        return Html("")
    tables = {name: month.result(f"forecast_{name}") for name in FRAMES}
    own = {name: table[table["grain"] == grain].drop(columns="grain") for name, table in tables.items()}
    silent = own["words"].loc[own["words"]["series"] == "", "words"]
    people = Needs(*(month.result(f"staffing_{name}") for name in ("hours", "days", "channels")), Plan())
    return ahead(Left(silent.iloc[0] if len(silent) else "", **own), people, href, names)


def ahead(found: Forecast, people: Staffing | None, href: str, names: Sequence[str] = tuple(METRICS)) -> Html:
    """Return the part "Ahead" of the front page.

    ``names``: series that it tells, those of labels stand on the page behind (``href``). ``people``: left out where nobody
    asked for staffing.
    """
    lines = [
        _expected(found, names),
        held(found) if not found.why else None,
        *(against(people) if people is not None else []),
    ]
    told = joined(lines)
    link = f'<p class="small"><a href="{safe_href(href)}">How this was made, and how good such forecasts were</a></p>'
    return part("Ahead", told.html + link, name="ahead") if told.text else Html("")


def _expected(found: Forecast, names: Sequence[str]) -> Html:
    if found.why or found.ahead.empty:
        return nothing(found.why, "What comes next")
    rows = rows_of(found)
    own, grain = rows[rows["series"].isin(names)], grain_of(found.course, found.ahead)
    if own.empty:
        return say("None of the headline figures can be forecast.")
    shown = pd.DataFrame([
        {"label": row["label"], "outlook": row["outlook"], "value": figure(row["value"], row["unit"]), "range": ends(row, "lo80", "hi80", row["unit"])}
        for row in own.to_dict("records")
    ])  # fmt: skip
    return table(shown, columns=COLUMNS, caption=f"What we expect of {period(next_of(own), grain)}", wide=False)
