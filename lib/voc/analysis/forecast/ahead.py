"""The forecasts of a report: every series tested, its method chosen, parts and totals made to agree, and all of it as tables."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
import pandas as pd

from ..intervals import Z
from .backtest import Backtest, backtest, before, scores
from .choose import Choice, choose, with_doubt
from .counts import FEWEST_DAYS, days_method
from .days import model
from .effects import EFFECTS, WHATIF, effects_of, unlearned, whatif_of
from .fan import INTERVALS, LEVELS, Fan, Method
from .hierarchy import MOVED, WEIGHED, agreed
from .occasions import Calendar
from .scale import noise, plausible
from .series import SEASON, Grain, Series, day_spread, summed
from .shares import ENOUGH, course, level, level_with_season, level_with_trend
from .simple import SIMPLE
from .told import ignored, short, told

FEWEST = 12  # known periods under which no model is made
COURSE = ["series", "kind", "at", "value", "lo", "hi", "n", "seen"]
BANDS = [f"{end}{band}" for band in INTERVALS for end in ("lo", "hi")]
OBSERVED = ["observed_lo95", "observed_hi95"]
AHEAD = ["series", "at", "method", "value", *BANDS, *OBSERVED, "n"]
MADE = [*AHEAD, WEIGHED]  # as one series is forecast, before totals and parts agree
SCORES = [
    "series", "method", "horizon", "mase", "pinball", "cover50", "cover80", "cover95", "n_origins", "chosen", "floor", "why",
]  # fmt: skip


@dataclass(frozen=True)
class Forecast:
    """What is expected, and what that rests on.

    ``course``: series, kind, at, value, lo, hi (the true figure as all periods tell it, 95 %), n (answers, or days of a
    count), seen (the figure itself). ``ahead``: series, at, method, value and intervals of the true figure (lo50 … hi95),
    observed_lo95, observed_hi95 (what the figure may show), n reckoned with, and moved (by how much it was moved so that totals and
    parts agree). ``before``: the same as it would have been told one period earlier, by what was known then. ``scores``: of every method and horizon;
    floor is the smallest possible mase; chosen, and why. ``words``: series, words. ``effects``: what kinds of event did.
    ``whatif``: what planned events would add.
    """

    course: pd.DataFrame
    ahead: pd.DataFrame
    before: pd.DataFrame
    scores: pd.DataFrame
    words: pd.DataFrame
    effects: pd.DataFrame
    whatif: pd.DataFrame


def forecasts(
    series: Sequence[Series],
    grain: Grain,
    horizons: int = 3,
    *,
    calendar: Calendar | None = None,
    totals: Mapping[str, Sequence[Sequence[str]]] | None = None,
) -> Forecast:
    """Forecast every series from its last period on.

    Args:
        series: figures by ``grain``, and counts by day, which are added up to it.
        grain: day, week, month or quarter.
        horizons: how many periods ahead.
        calendar: holidays and events, for counts by day.
        totals: series that others add up to, in one way or in several (by category, by channel).

    Raises:
        ValueError: names that stand twice, series of another grain, and totals of series that are not there, all at once.
    """
    problems = _problems(series, grain, horizons, totals or {})
    if problems:
        raise ValueError("nothing can be forecast: " + "; ".join(problems))
    parts = [_part(one, grain, horizons, calendar or Calendar()) for one in series]
    tables = {
        name: _stacked([getattr(part, name) for part in parts], columns)
        for name, columns in (
            ("course", COURSE), ("ahead", MADE), ("before", MADE), ("scores", SCORES), ("words", ["series", "words"]),
            ("effects", EFFECTS), ("whatif", WHATIF),
        )
    }  # fmt: skip
    for name, columns in (("ahead", [*AHEAD, MOVED]), ("before", AHEAD)):
        tables[name] = agreed(tables[name], totals or {}, ["value", *BANDS, *OBSERVED])[columns]
    return Forecast(**tables)


def _problems(
    series: Sequence[Series], grain: Grain, horizons: int, totals: Mapping[str, Sequence[Sequence[str]]]
) -> list[str]:
    names = [one.name for one in series]
    found = [f"{name} stands twice" for name in dict.fromkeys(names) if names.count(name) > 1]
    found += [f"{one.name} is by {one.grain}, not by {grain}" for one in series if one.grain not in (grain, "day")]
    found += [
        f"{one.name} is by day, and no count"
        for one in series
        if grain != "day" and one.grain == "day" and one.kind != "count"
    ]
    asked = [name for total, ways in totals.items() for name in (total, *(one for parts in ways for one in parts))]
    counts = [one.name for one in series if one.kind == "count"]
    found += [
        f"{name} is in a total, but is no count that is given" for name in dict.fromkeys(asked) if name not in counts
    ]
    return found + ([f"{horizons} periods ahead: give 1 or more"] if horizons < 1 else [])


def _stacked(frames: Sequence[pd.DataFrame], columns: Sequence[str]) -> pd.DataFrame:
    filled = [frame for frame in frames if len(frame)]
    return pd.concat(filled, ignore_index=True)[columns] if filled else pd.DataFrame(columns=columns)


def _part(given: Series, grain: Grain, horizons: int, calendar: Calendar) -> Forecast:
    """Forecast one series."""
    days = given if given.grain == "day" and given.kind == "count" else None
    try:
        series = given if days is None else _by(days, grain)
    except ValueError as error:  # the data hold no whole period: said, and the other series go on
        return _nothing(given.name, f"{error}.")
    known = int(series.known.sum())
    if not known:
        return _nothing(given.name, short(series, FEWEST))
    drawn = course(series).assign(series=series.name, kind=series.kind)
    effects, whatif = _events(days, calendar, series, horizons)
    if known < FEWEST:
        fan = _wide(series, SIMPLE["mean of all"](series, horizons))
        rows = _ahead(series, "mean of all", fan, horizons, (1.0, 1.0, 1.0))
        few = _nothing(series.name, short(series, FEWEST))
        return replace(few, course=drawn, ahead=rows, effects=effects, whatif=whatif)
    test = backtest(series, horizons, methods_for(series, days, calendar))
    choice, then = choose(test), _before(test, horizons)
    test = with_doubt(test, choice)
    scored = scores(test)
    rows = _ahead(series, choice.name, test.fans[choice.name], horizons, choice.widen)
    said = told(test, choice, scored)
    if len(whatif) and choice.name != "days":
        said += ignored(choice.name, len(whatif))
    words = pd.DataFrame({"series": [series.name], "words": [said]})
    return Forecast(drawn, rows, then, _scored(test, choice, scored), words, effects, whatif)


def _before(test: Backtest, horizons: int) -> pd.DataFrame:
    """Return what would have been told one period earlier; nothing where no model could be made then."""
    then = before(test)
    if then.series.known.sum() < FEWEST:
        return pd.DataFrame(columns=MADE)
    choice = choose(then)
    then = with_doubt(then, choice)
    return _ahead(then.series, choice.name, then.fans[choice.name], horizons, choice.widen)


def _by(days: Series, grain: Grain) -> Series:
    return replace(days, spread=day_spread(days)) if grain == "day" else summed(days, grain)


def _wide(series: Series, fan: Fan) -> Fan:
    """Widen a fan as if the true figure moved as much as chance moves what is seen: so few periods cannot show that it does not.

    Many answers make chance small, and still figures move. So what they plausibly move by counts as one period of what was seen.
    """
    usual = float(np.median(noise(series, series.n[series.known])))
    moves = plausible(series, fan.mean) ** 2 / series.known.sum()
    return Fan(fan.mean, fan.variance + np.maximum(usual, moves), fan.freedom)


def methods_for(series: Series, days: Series | None = None, calendar: Calendar | None = None) -> dict[str, Method]:
    """Return the methods that a series is long enough for."""
    found = dict(SIMPLE)
    if len(series) <= SEASON[series.grain]:
        del found["seasonal naive"]
    found |= {"level": level, "level with trend": level_with_trend}
    if len(series) > SEASON[series.grain] and series.known.sum() >= max(ENOUGH, SEASON[series.grain]):
        found["level with season"] = level_with_season
    if days is not None:
        found["days"] = days_method(days, calendar or Calendar())
    return found


def _nothing(name: str, words: str) -> Forecast:
    frames = {key: pd.DataFrame(columns=columns) for key, columns in
              (("course", COURSE), ("ahead", MADE), ("before", MADE), ("scores", SCORES), ("effects", EFFECTS), ("whatif", WHATIF))}  # fmt: skip
    return Forecast(words=pd.DataFrame({"series": [name], "words": [words]}), **frames)


def _ahead(series: Series, method: str, fan: Fan, horizons: int, widen: Sequence[float]) -> pd.DataFrame:
    """Return the live forecast: the last origin's fan, of the true figure and of what will be seen."""
    starts, n = series.ahead(horizons)
    last = Fan(fan.mean[-1:], fan.variance[-1:], fan.freedom[-1:])
    true = last.quantiles(series, n[None, :], widen, seen=False)[0]
    seen = last.quantiles(series, n[None, :], widen)[0]
    alone = last.quantiles(series, n[None, :])[0]  # not widened: that tells of the ends, not of the middle
    bands = {
        f"{end}{band}": true[:, at]
        for band, ends in INTERVALS.items()
        for end, at in zip(("lo", "hi"), ends, strict=True)
    }
    return pd.DataFrame(
        {"series": series.name, "at": starts, "method": method, "value": true[:, len(LEVELS) // 2], **bands}
        | {"observed_lo95": seen[:, 0], "observed_hi95": seen[:, -1], "n": n}
        | {WEIGHED: ((alone[:, -1] - alone[:, 0]) / (2 * Z)) ** 2}
    )


def _scored(test: Backtest, choice: Choice, scored: pd.DataFrame) -> pd.DataFrame:
    chosen = scored["method"] == choice.name
    return scored.assign(series=test.series.name, chosen=chosen, why=np.where(chosen, choice.why, ""))


def _events(
    days: Series | None, calendar: Calendar, series: Series, horizons: int
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return what kinds of event did and what those ahead would add; it stands on days, however few periods they make."""
    nothing = pd.DataFrame(columns=EFFECTS), pd.DataFrame(columns=WHATIF)
    if days is None:
        return nothing
    starts, lengths = series.ahead(horizons)
    end = starts[-1] + pd.Timedelta(days=int(lengths[-1]))
    if days.known.sum() < FEWEST_DAYS:
        return nothing[0], unlearned(days, calendar, end)
    found = model(days, calendar)
    return effects_of(found, series.name), whatif_of(found, series.name, end)
