"""Tables and sentences of the scorecard page; the cards of the front page are cut from the same rows."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from ...analysis.metrics import METRICS, Metric
from ...analysis.rules import Target
from ...analysis.scorecard import Scorecard
from ...data.periods import Period
from .. import charts
from ..canvas import Picture
from ..sentences import floor_words, period_sentence
from ..style import change, field_words, interval, is_missing, number, reason
from ..tables import Col, Html, chip, moved, say, table
from . import card_charts
from .card_charts import history_rows

MADE = {"median": " (median)", "mean": " (mean)", "level": " (at the end)"}
YEAR_WORDS = {
    "sure": "surely more than chance",
    "likely": "likely more than chance",
    "within noise": "within noise",
    "cannot tell": "no larger than so many comparisons bring now and then",
}


def show(*things: Picture | Html | None) -> None:
    """Display what there is; a chart that the data do not carry is None and leaves no trace."""
    from IPython.display import display

    for thing in things:
        if thing is not None:
            display(thing)


@dataclass(frozen=True)
class CardPage:
    """A card laid out for a page: what every section of it needs, so that a section is one call."""

    card: Scorecard
    period: Period
    targets: Mapping[str, Target]
    missing: pd.DataFrame
    events: pd.DataFrame | None = None

    def section(self, *names: str, by: Sequence[str] = ()) -> None:
        """Say each metric's figure against the period before and the year before; draw the first over time and by dimensions.

        Metrics that the data do not give are said in the overview's list of what is missing, but for the first.
        """
        known = [name for name in names[1:] if name not in set(self.missing["metric"])]
        show(*(sentence(self.card, name, self.period, self.missing) for name in (names[0], *known)))
        parts = [card_charts.slices(self.card, names[0], dimension, self.period) for dimension in by]
        loud = [part for part in parts if not getattr(part, "fold", "")]
        show(
            card_charts.trend(self.card, names[0], self.period, self.targets, self.events),
            *loud,
            *(part for part in parts if part not in loud),
        )


def overview(card: Scorecard, period: Period, targets: Mapping[str, Target]) -> Html:
    """Show every metric with n, interval, change against the period before and a year before, and how sure it is."""
    previous = card.changes[card.changes["against"] == "previous"].set_index("metric")
    year = card.changes[card.changes["against"] == "year"].set_index("metric")
    rows = []
    for name, metric in METRICS.items():
        if name not in previous.index or is_missing(previous.loc[name, "value"]):
            continue
        row, then, better = previous.loc[name], year.loc[name], better_of(name, targets)
        rows.append(
            {
                "subject": metric.subject,
                "label": metric.label + MADE.get(metric.kind, ""),
                "value": number(row["value"], metric.unit),
                "interval": interval(row["lo"], row["hi"], metric.unit),
                "n": row["n"],
                "change": _judged(row, metric, better),
                "floor": "" if is_missing(row["floor"]) else floor_words(row["floor"], metric.unit),
                "year": _judged(then, metric, better),
            }
        )
    columns = [
        Col("label", "Measure"), Col("value", "Now", "number"), Col("interval", "95% interval", "number"),
        Col("n", "n", "number", "contacts"), Col("change", f"Against {period.previous().label}"), Col("floor", "Chance alone", "number"),
        Col("year", f"Against {period.year_before().label}"),
    ]  # fmt: skip
    caption = f"The scorecard of {period.words}"
    return table(pd.DataFrame(rows), columns=columns, caption=caption, wide=True, group="subject")


def better_of(name: str, targets: Mapping[str, Target]) -> str | None:
    """Return which direction of a metric is good: its own, else what its target says, else neither."""
    asked = targets[name].better if name in targets else None
    return METRICS[name].better or {"higher": "up", "lower": "down"}.get(asked or "")


def _judged(row: pd.Series, metric: Metric, better: str | None) -> Html:
    """Write a change with its judgement, and how sure it is where it is more than chance."""
    text = moved(row["change"], metric.unit, better, row["certainty"])
    if row["certainty"] not in ("sure", "likely"):
        return text
    sure = chip(row["certainty"])
    return Html(f"{text.html} {sure.html}", f"{text.text} {sure.text}")


def sentence(card: Scorecard, name: str, period: Period, missing: pd.DataFrame) -> Html:
    """Say a metric's figure against the period before and the year before, each with its chance."""
    rows = card.changes[card.changes["metric"] == name].set_index("against")
    if rows.empty or is_missing(rows.loc["previous", "value"]):
        why = missing.set_index("metric")["why"].get(name, "no contact of this period has what it needs")
        return say("{label} cannot be told: {why}.", label=METRICS[name].label, why=reason(why))
    first = rows.loc["previous"].to_dict() | {"metric": name}
    text = say("{words}", words=period_sentence(first, period, period.previous()), certainty=first["certainty"])
    year = rows.loc["year"]
    if year["why"]:
        return text if year["why"] == first["why"] else text + say("A year before: {why}.", why=year["why"])
    metric = METRICS[name]
    if year["value"] == year["before"]:
        template = "A year before, in {then}, it was the same: {before}."
        return text + say(template, then=period.year_before().words, before=number(year["before"], metric.unit))
    return text + say(
        "A year before, in {then}, it was {before}; the difference is {verdict} (chance alone: {floor}).",
        then=period.year_before().words,
        before=number(year["before"], metric.unit),
        verdict=YEAR_WORDS[year["certainty"]],
        floor=floor_words(year["floor"], metric.unit),
    )


def cards(card: Scorecard, names: list[str], missing: pd.DataFrame, targets: dict[str, Target]) -> pd.DataFrame:
    """Cut the cards of the front page: one row per metric that params ask for, with its trend line."""
    why = missing.set_index("metric")["why"].to_dict()
    rows = []
    for name in names:
        metric = METRICS[name]
        known = card.changes[card.changes["metric"] == name].set_index("against")
        label = metric.label + {"median": ", median", "mean": ", mean"}.get(metric.kind, "")
        row = {"label": label, "unit": metric.unit, "href": f"02_scorecard.html#{name.replace('_', '-')}"}
        if known.empty or is_missing(known.loc["previous", "value"]):
            rows.append(row | {"why_missing": reason(why.get(name, "no contact of this period has what it needs"))})
            continue
        now, year = known.loc["previous"], known.loc["year"]
        row |= {column: now[column] for column in ("value", "n", "lo", "hi", "change", "floor", "certainty")}
        row |= {
            "change_year": None if year["why"] else year["change"],
            "certainty_year": year["certainty"],
            "floor_year": year["floor"],
        }
        row |= {
            "better": better_of(name, targets),
            "n_label": "" if metric.counted == "contacts counted" else _counted(metric.counted, now["n"]),
            "target": targets.get(name, Target()).goal,
        }
        row["verdict"] = against_target(now, row["target"], better_of(name, targets))
        row["note"] = f"No comparison: {now['why']}." if now["why"] else ""
        history = history_rows(card, name)
        if len(history) >= 3 and (now["value"] or metric.kind != "count"):  # no contact: the line would end before
            alt = f"{metric.label}, {len(history)} periods up to {number(now['value'], metric.unit)}"
            row["sparkline"] = charts.sparkline(history, unit=metric.unit, alt=alt, target=row["target"])
        if metric.kind == "count":
            row |= {"n": None, "how": ", day for day" if _for_days(now) else ""}
        rows.append(row)
    return pd.DataFrame(rows)


def _counted(words: str, n: float) -> str:
    """Put what is counted into the singular for one: ``answers``, ``answer``."""
    return re.sub(r"s\b", "", words, count=1) if n == 1 else words


def _for_days(now: pd.Series) -> bool:
    """Tell whether a change allows for periods of different length."""
    return not is_missing(now["change"]) and round(now["value"] - now["before"]) != round(now["change"])


def against_target(now: pd.Series, goal: float | None, better: str | None) -> str:
    """Say whether a goal is reached, or that the interval holds both answers."""
    if goal is None or better is None or is_missing(now["lo"]):
        return ""
    if now["lo"] < goal < now["hi"]:
        return "too close to call"
    return "reached" if (now["value"] >= goal) == (better == "up") else "not reached"


def levels_table(groups: pd.DataFrame, most: int = 12) -> Html:
    """Show the groups that weigh most on satisfaction, against all other contacts of the period that have the field."""
    whole = groups.groupby(["metric", "dimension"])["n"].transform("sum")
    minor = groups["n"] <= whole / 2  # a majority differs from the rest because the rest differs from it
    known = groups[minor & groups["certainty"].isin(["sure", "likely"])].head(most)
    rows = [
        {
            "group": f"{field_words(row['dimension'])}: {row['label']}",
            "value": row["value"], "lo": row["lo"], "hi": row["hi"], "n": row["n"], "rest": row["rest"],
            "impact": change(row["impact"], "%"), "certainty": row["certainty"],
        }
        for row in known.to_dict("records")
    ]  # fmt: skip
    columns = [Col("group", "Group"), Col("value", "CSAT", "number", "%"), Col("lo", "95% interval", "interval", "%"), Col("n", "Answers", "number", "contacts"),
               Col("rest", "All others", "number", "%"), Col("impact", "Weight on the whole"), Col("certainty", "How sure", "chip")]  # fmt: skip
    empty = "No group's satisfaction stands out from the others'."
    if groups["q"].isna().all():
        empty = "No group can be set against the others: there are too few answers, or all are the same."
    return table(
        pd.DataFrame(rows), columns=columns, caption="Groups whose satisfaction differs from the rest", empty=empty
    )


def incomparable(card: Scorecard) -> str:
    """Say why nothing can be compared with the period before; empty when something can."""
    now = card.changes[card.changes["against"] == "previous"]
    return str(now["why"].mode().iloc[0]) if len(now) and (now["why"] != "").all() else ""


def conclusions(told: pd.DataFrame, card: Scorecard | None = None) -> Html:
    """Say the findings in a manager's words, or that nothing went beyond chance, or that nothing can be compared."""
    if told.empty and card is not None and (why := incomparable(card)):
        return say("Nothing can be said of changes: {why}. The figures above stand for themselves.", why=why)
    if told.empty:
        return say("No change on this page stands out from what chance makes among so many comparisons.")
    lines = [
        say(
            "{headline} {detail} {follows}",
            certainty=row["certainty"],
            **{key: row[key] for key in ("headline", "detail", "follows")},
        )
        for row in told.to_dict("records")
    ]
    return sum(lines[1:], lines[0])
