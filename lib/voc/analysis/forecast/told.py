"""What a forecast is worth, in sentences made from its backtest."""

from __future__ import annotations

import pandas as pd

from .backtest import COMBINATION, Backtest
from .choose import Choice
from .fan import INTERVALS
from .series import Series
from .simple import NAMES

UNIT = {"share": "points", "score": "points", "count": "contacts"}
FINE = 10.0  # length of a scale up to which two digits are told
AT_FLOOR = 1.1  # times the noise floor up to which a miss counts as chance alone


def named(method: str, grain: str) -> str:
    """Name a method for readers.

    >>> named("naive", "month")
    'the last month'
    """
    return {
        "mean of all": f"the mean of all {grain}s",
        "running mean": f"the mean of the latest {grain}s",
        "naive": f"the last {grain}",
        "seasonal naive": "the same weekday a week before" if grain == "day" else f"the same {grain} a year before",
        "drift": f"the line through the first and the last {grain}",
        "level": "a level that wanders",
        "level with trend": "a level that wanders, with a trend",
        "level with season": "a level that wanders, with a season",
        "days": "single days with weekday, season, holidays and events",
        COMBINATION: "the mean of several forecasts",
    }[method]


def told(test: Backtest, choice: Choice, scored: pd.DataFrame) -> str:
    """Say which forecast is used and why, by how much it misses, how much of that is chance, and whether its intervals held."""
    series, grain = test.series, test.series.grain
    row = scored[(scored["method"] == choice.name) & (scored["horizon"] == 1)].iloc[0]
    name, unit = named(choice.name, grain), series.unit or UNIT[series.kind]
    tries = f"{len(test.origins)} earlier {grain}s"
    if choice.name in NAMES:
        what = f"Nothing foretold it clearly better than {name} ({tries} tried), so that is the forecast"
    else:
        what = f"Of the forecasts tried on {tries}, {name} is used; {_against(choice, grain)}"
    miss, floor = row["mase"] * test.usual, row["floor"] * test.usual
    digits = 1 if series.bounds[1] - series.bounds[0] > FINE else 2
    missed = f"it missed the next {grain} by {miss:.{digits}f} {unit} on average"
    chance = (
        f"and chance alone makes {floor:.{digits}f} in the long run: no forecast can be expected to do much better"
        if miss <= AT_FLOOR * floor
        else f"of which chance alone would make {floor:.{digits}f}"
    )
    return f"{what}; {missed}, {chance}.{_held(choice, scored)}"


def _against(choice: Choice, grain: str) -> str:
    """Say how a method did against the best of the simple ones."""
    plain = named(choice.plain, grain)
    if choice.ahead <= 0:
        return f"{plain} did as well within what so few can tell"
    sure = "more than one standard error" if choice.ahead > choice.error else "within one standard error, so not surely"
    return f"it was {choice.ahead:.0%} better than {plain} ({sure})"


def _held(choice: Choice, scored: pd.DataFrame) -> str:
    own = scored[scored["method"] == choice.name]
    found = ""
    for level, factor in zip(INTERVALS, choice.widen, strict=True):
        if factor != 1.0:
            held = (own[f"cover{level}"] * own["n_origins"]).sum() / own["n_origins"].sum()
            how = "wider" if factor > 1 else "narrower"
            found += f" Its {level} % intervals held {held:.0%} of what came; they are made {how} by the factor {factor:.2f}."
    return found


def short(series: Series, fewest: int) -> str:
    """Say that too few periods are known for a model."""
    known = int(series.known.sum())
    if not known:
        return f"No {series.grain} has answers: nothing can be said of what comes."
    are = "one " + series.grain + " is" if known == 1 else f"{known} {series.grain}s are"
    return (
        f"Only {are} known, fewer than {fewest}: no model is made of so few. What comes is taken to be like the mean of "
        "them, within wide intervals; what moves it cannot be told yet."
    )


def ignored(method: str, count: int) -> str:
    """Say that events ahead are not in a forecast."""
    events = "one event that is" if count == 1 else f"{count} events that are"
    return (
        f" The calendar holds {events} planned; this forecast ({method}) does not know them: see what each would add."
    )
