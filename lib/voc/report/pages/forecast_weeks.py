"""The page of what is ahead, week by week: for whoever plans shifts and does not wait for the end of a month."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ..canvas import Picture
from ..folds import fold
from ..style import day_label
from ..tables import Col, Html, say, table
from .drivers_read import joined, nothing
from .forecast import MOST_DRAWN, pictures
from .forecast_read import OUTER, Forecast, ends, figure, kind_of, label_of, unit_of
from .forecast_scores import scores_table

LEADING = ("contacts", "csat_pct")


def weeks(found: Forecast | None) -> list[Html | Picture]:
    """Show contacts and satisfaction of the next weeks, their fans folded; words where none were asked for."""
    if found is None:
        return [
            say("What stands above is all: the report is by week itself, or weeks were not asked for (ahead.weeks).")
        ]
    if found.why or found.ahead.empty:
        return [nothing(found.why, "What the next weeks bring")]
    led = [name for name in LEADING if name in set(found.ahead["series"])]
    first = led or [str(found.ahead["series"].iloc[0])]
    return [joined([_next(found, name) for name in first]), _behind(found)]


def _next(found: Forecast, name: str) -> Html:
    past, comes = (frame[frame["series"] == name] for frame in (found.course, found.ahead))
    unit = unit_of(name, kind_of(past))
    rows = pd.DataFrame([_row(row, unit) for row in comes.to_dict("records")])
    columns = [
        Col("at", "Week from"), Col("value", "Expected", "number"), Col("range", "80% interval", "number"), Col("may", "The figure may show, 95%", "number"),
    ]  # fmt: skip
    return table(rows, columns=columns, caption=f"{label_of(name)}, the next {len(comes)} weeks")


def _row(row: Mapping, unit: str) -> dict:
    return {
        "at": day_label(pd.Timestamp(row["at"])), "value": figure(row["value"], unit), "range": ends(row, "lo80", "hi80", unit), "may": ends(row, *OUTER, unit),
    }  # fmt: skip


def _behind(found: Forecast) -> Html:
    """Fold away the fans of the first series and how good such forecasts were."""
    rest = len(found.ahead["series"].unique()) - MOST_DRAWN
    more = say("{n} more series by week stand in the table of forecasts.", n=f"{rest:,}") if rest > 0 else None
    parts = [*pictures(found), scores_table(found), more]
    return fold("By week: fans, and how good such forecasts were", *[part for part in parts if part is not None])
