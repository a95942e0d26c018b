"""Charts of the scorecard page: a metric over time, by the values of a dimension, how durations and answers spread."""

from __future__ import annotations

from dataclasses import replace
from typing import Literal

import ibis.expr.types as ir
import pandas as pd

from ...analysis.intervals import quantile
from ...analysis.metrics import METRICS
from ...analysis.rules import Target
from ...analysis.scorecard import Scorecard, score_distribution, week_grid, within
from ...analysis.season import trend_of
from ...data.periods import Period
from ...data.store import to_frame
from .. import charts
from ..canvas import Picture
from ..sentences import headline
from ..style import cut, number
from ..tables import Html, say

MOST_ROWS = 12
MIN_N = 30  # fewer answers are neither ranked nor named in a title
FEWEST = 5  # answers below which their spread is no picture
HOURS = 168  # of a week


def trend(
    card: Scorecard, name: str, period: Period, targets: dict[str, Target], events: pd.DataFrame | None = None
) -> Picture | Html | None:
    """Draw a metric over the periods of its history with the band within which chance moves it."""
    metric, rows = METRICS[name], history_rows(card, name)
    if rows.empty:
        return None
    if len(rows) < 3:
        return say("{label}: fewer than three periods are known, so no trend is drawn.", label=metric.label)
    known = card.changes[(card.changes["metric"] == name) & (card.changes["against"] == "previous")]
    if known.empty or pd.isna(known["value"].iloc[0]):
        return None  # the sentence says why there is no figure; a line that ends before the period would pass for one
    if rows["period"].iloc[-1] != period.label:
        return None
    change = known.iloc[0]
    if change["certainty"] in ("sure", "likely"):
        title = headline(change.to_dict() | {"dimension": "", "label": ""}).rstrip(".")
    else:
        title = f"{metric.label} in {period.words}: {number(change['value'], metric.unit)}, {_quiet(change['why'])}"
    goal = targets.get(name, Target()).goal
    season = trend_of(rows, period.grain)
    return charts.trend(
        rows.merge(season.adjusted[["period_start", "adjusted"]], on="period_start", how="left").rename(
            columns={"adjusted": "season"}
        ),
        title=title,
        subtitle=f"{metric.label}, {unit_words(name)}, per {period.grain}; n {change['n']:,} in the last",
        unit=metric.unit,
        alt=f"{metric.label} over {len(rows)} periods; last {number(change['value'], metric.unit)}.",
        target=goal,
        better=metric.better,
        events=events,
        season_label="season taken out",
    )


def _quiet(why: str) -> str:
    """Say for a title why no change is told: there is none, or it cannot be judged."""
    if why.startswith(("fewer than", "too few")):
        return "too few to compare"
    return "nothing to compare with" if why else "no change that stands out"


def history_rows(card: Scorecard, name: str) -> pd.DataFrame:
    """Return one metric's history in order of time, with its noise band."""
    return card.history[card.history["metric"] == name].sort_values("period_start", ignore_index=True)


def unit_words(name: str) -> str:
    """Say how a metric's figure is made, for subtitles: ``median minutes``, ``% of answers``."""
    metric = METRICS[name]
    words = {
        "count": "number",
        "share": f"% of {metric.counted.removesuffix(' counted')}",
        "p90": f"90th percentile, {metric.unit}",
        "level": "number at the end",
    }
    if metric.unit in metric.label:
        return "number"
    return words.get(metric.kind) or (
        f"{metric.kind} {metric.unit}" if metric.kind in ("mean", "median") else metric.unit
    )


def slices(card: Scorecard, name: str, dimension: str, period: Period) -> Picture | Html | None:
    """Draw a metric by the values of a dimension, before and now; only what exceeds chance is coloured."""
    rows = card.slices[(card.slices["metric"] == name) & (card.slices["dimension"] == dimension)]
    rows = rows[rows["value"].notna()].sort_values(["n", "label"], ascending=[False, True])
    metric, words = METRICS[name], dimension.replace("_", " ")
    if rows.empty or (metric.kind == "count" and not (rows[["value", "before"]] > 0).any(axis=None)):
        return None
    shown = rows.head(MOST_ROWS)
    left_out = f"; {len(rows) - len(shown)} smaller ones left out" if len(rows) > len(shown) else ""
    if shown["change"].isna().all():
        bars = shown[["label", "value", "lo", "hi", "n"]]
        return charts.interval_bars(
            bars,
            title=_level_title(bars, name, words, rows["value"].sum()),
            subtitle=f"{metric.label}, {unit_words(name)}, {period.words}; with 95% intervals{left_out}",
            unit=metric.unit,
            alt=f"{metric.label} by {words}, {len(bars)} values.",
        )
    beyond = shown[shown["certainty"].isin(["sure", "likely"])]
    if beyond.empty:
        title = f"{metric.label} by {words}: {_quiet('' if (shown['why'] == '').any() else shown['why'].iloc[0])}"
    else:
        top = beyond.loc[(beyond["change"] / beyond["floor"]).abs().idxmax()].to_dict()
        title = headline(top).rstrip(".")
    drawn = shown.rename(columns={"before": "previous"})[["label", "value", "previous", "change", "floor", "certainty"]]
    picture = charts.change_dots(
        drawn,
        title=title,
        subtitle=f"{metric.label}, {unit_words(name)}, by {words}: {period.previous().label} → {period.label}{left_out}",
        unit=metric.unit,
        alt=f"{metric.label} by {words} in two periods; {len(beyond)} of {len(shown)} changed beyond chance.",
        better=metric.better,
        order=list(drawn["label"]),
    )
    return replace(picture, fold=words) if beyond.empty else picture


def _level_title(bars: pd.DataFrame, name: str, words: str, whole: float) -> str:
    """Say between which values a metric lies that cannot be compared with another period; of too few, nothing."""
    metric = METRICS[name]
    if metric.kind == "count":
        top = bars.loc[bars["value"].idxmax()]
        return f"{cut(top['label'])}: {top['value'] / whole:.0%} of the contacts whose {words} is known"
    sound = bars[bars["n"] >= MIN_N]
    if sound.empty:
        return f"{metric.label} by {words}: too few of each to tell them apart"
    top, low = sound.loc[sound["value"].idxmax()], sound.loc[sound["value"].idxmin()]
    ends = [number(row["value"], metric.unit) for row in (low, top)]
    if ends[0] == ends[1]:
        return f"{metric.label} by {words}: {ends[0]}" + (
            f" ({cut(top['label'])})" if len(sound) == 1 else " everywhere"
        )
    return f"{metric.label} by {words}: {ends[0]} ({cut(low['label'])}) to {ends[1]} ({cut(top['label'])})"


def satisfaction(
    measured: ir.Table, period: Period, previous: Period | Literal["before"] | None = "before"
) -> Picture | Html | None:
    """Draw how the answers spread over the scale of 1–5.

    ``previous`` is the period drawn as an outline: the one before unless said, None for no outline; one with too few
    answers is not drawn.
    """
    if "csat" not in measured.columns:
        return None
    then = period.previous() if previous == "before" else previous
    then = then if then is not None and _answers(measured, then) >= MIN_N else None
    shares = score_distribution(measured, period, then)
    if shares.empty:
        return say("No satisfaction score was given in {period}.", period=period.words)
    n = int(shares["n"].sum())
    if n < FEWEST:
        gave = "one customer" if n == 1 else f"{n} customers"
        return say("Only {gave} gave a score in {period}: no picture of a spread.", gave=gave, period=period.words)
    ends = shares.set_index("score")["share"]
    best = f"{ends[5]:.0f}% gave the best score, {ends[1]:.0f}% the worst"
    return charts.distribution(
        shares,
        title=best if n >= MIN_N else f"{n} answers are too few to tell their spread from chance",
        subtitle=f"Share of answers by score, {period.words}, n {n:,}"
        + ("; outline: the period before" if "previous" in shares else ""),
        alt="Share of satisfaction answers by score: "
        + ", ".join(f"{score}: {share:.1f}%" for score, share in ends.items()),
    )


def _answers(measured: ir.Table, period: Period) -> int:
    return int(within(measured, period).csat.count().to_pyarrow().as_py())


def spread(measured: ir.Table, name: str, period: Period) -> Picture | Html | None:
    """Draw how a duration spreads, with its median and the time within which nine of ten contacts lie."""
    metric = METRICS[name]
    if name not in measured.columns:
        return None
    inside = within(measured, period)
    values = to_frame(inside.filter(inside[name].notnull()).select(x=inside[name]).order_by("x"))["x"]
    if len(values) < 30:
        return say("{label}: only {n} values, too few to draw their spread.", label=metric.label, n=len(values))
    marks = {
        words: float(quantile(inside, name, share)["value"].iloc[0]) for words, share in (("median", 0.5), ("p90", 0.9))
    }
    shown = values.clip(lower=0.5 if metric.unit == "minutes" else 0.01)  # a logarithmic axis has no zero
    return charts.histogram(
        shown,
        title=f"Half within {number(marks['median'], metric.unit)}, nine of ten within {number(marks['p90'], metric.unit)}",
        subtitle=f"{metric.label}, share of contacts, {period.words}, n {len(values):,}",
        unit=metric.unit,
        alt=f"Distribution of {metric.label.lower()}: median {number(marks['median'], metric.unit)}, 90th percentile {number(marks['p90'], metric.unit)}.",
        marks=marks,
    )


def week(measured: ir.Table, period: Period) -> Picture | Html:
    """Draw contacts per hour and weekday."""
    from scipy.stats import poisson

    grid = week_grid(measured, period)
    if grid.empty:
        if not within(measured, period).count().to_pyarrow().as_py():
            return say("There is no contact in {period}, so there is no picture of the week.", period=period.words)
        return say("The data record the day of a contact but not its hour, so there is no picture of the week.")
    counts = pd.date_range(period.start, periods=period.days).day_of_week.value_counts()
    few, many = counts.min(), counts.max()
    cells = grid.mul(counts.reindex(range(7), fill_value=0).to_numpy(), axis=0).stack().round()
    n = int(cells.sum())
    if n < HOURS:
        came = "one contact" if n == 1 else f"{n} contacts"
        return say("There is no picture of the week: {came} for {hours} hours.", came=came, hours=HOURS)
    day, hour = grid.stack().idxmax()
    most = grid.loc[day, hour]
    busiest = f"Busiest: {day} around {hour}:00 (about {most:.{0 if most >= 2 else 1}f} contacts an hour)"
    chance = HOURS * poisson.sf(cells[day, hour] - 1, n / HOURS) > 0.05  # that the fullest of equal hours is so full
    days = "one day" if many == 1 else f"{many} days" if few == many else f"{few}–{many} days"
    return charts.heatmap(
        grid,
        title="No hour of the week is fuller than chance makes the fullest" if chance else busiest,
        subtitle=f"Contacts per hour and weekday, {period.words}; each cell is {'' if many == 1 else 'the mean of '}{days}",
        unit="contacts",
        alt=f"Contacts by hour and weekday; the peak is {day} at {hour}:00.",
    )
