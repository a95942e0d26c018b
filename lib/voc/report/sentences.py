"""Figures as sentences: one wording for a change wherever it is told, always with its size and its chance."""

from __future__ import annotations

import re
from collections.abc import Mapping

import pandas as pd

from ..analysis.metrics import METRICS
from ..data.periods import Period
from .style import NBSP, change, cut, interval, is_missing, number, relative

PHRASES = {
    "category": "about {0}",
    "issue": "about {0}",
    "product": "about the product {0}",
    "region": "from {0}",
    "channel": "by {0}",
    "payment_method": "with payment by {0}",
    "carrier": "with carrier {0}",
    "team": "handled by {0}",
    "language": "in {0}",
    "shift": "in the shift {0}",
}
FINDING = ["headline", "detail", "follows", "href"]


def phrase(dimension: str, label: str) -> str:
    """Say a slice in words: ``about delivery``, ``from North``; dimensions without a phrase are named.

    >>> phrase("category", "delivery"), phrase("app_version", "7.2")
    ('about delivery', 'with app version 7.2')
    """
    return PHRASES.get(dimension, f"with {dimension.replace('_', ' ')} {{0}}").format(cut(label)) if dimension else ""


def floor_words(floor: float, unit: str) -> str:
    """Say what chance alone makes, in the unit of a difference."""
    return "±" + number(floor, "pts" if unit == "%" else unit)


def headline(row: Mapping, days: tuple[int, int] = (1, 1)) -> str:
    """Say in one sentence what happened, with its size; ``days`` are the lengths of the period and of the one before.

    >>> headline({"metric": "csat_pct", "dimension": "", "label": "", "value": 72.0, "before": 78.0, "change": -6.0})
    'CSAT fell from 78.0% to 72.0%.'
    """
    metric, rose = METRICS[row["metric"]], row["change"] > 0
    where = phrase(row["dimension"], row["label"])
    now = number(row["value"], metric.unit)
    if metric.kind == "count":
        subject = f"Contacts {where}".strip()
        if row["before"] == 0:
            return f"{subject} began: {now} after none the period before."
        verb, before = "rose" if rose else "fell", number(row["before"], metric.unit)
        if (row["value"] - row["before"]) * row["change"] < 0:  # more contacts in more days, and fewer on each of them
            return f"{subject} {verb} per day: {now} in {days[0]} days after {before} in {days[1]}."
        return f"{subject} {verb} to {now} from {before}."
    waiting = metric.unit in ("minutes", "hours") and metric.better == "down"
    verb = ("slowed" if rose else "quickened") if waiting else ("rose" if rose else "fell")
    return f"{metric.label}{' ' + where if where else ''} {verb} from {number(row['before'], metric.unit)} to {now}."


def detail(row: Mapping, days: tuple[int, int]) -> str:
    """Say how large and how sure: the change, its noise floor, the interval, n, a year before, and where most of it lies.

    ``days`` are the lengths of the period and of the one before, which matter to counts.
    """
    metric = METRICS[row["metric"]]
    if metric.kind == "count":
        per_day = " per day" if days[0] != days[1] else ""
        allowed = " after allowing for the different number of days" if per_day else ""
        share = f"{relative(row['value'] / days[0], row['before'] / days[1])}{per_day}, " if row["before"] else ""
        size = f"A change of {share}{change(row['change'], metric.unit)}{allowed}"
    else:
        size = f"A change of {change(row['change'], metric.unit)}, 95% {interval(row['lo'], row['hi'], metric.unit)}, n{NBSP}{row['n']:,}"
    text = f"{size}; chance alone makes {floor_words(row['floor'], metric.unit)}."
    if not is_missing(row.get("year")):
        text += f" A year before: {number(row['year'], metric.unit)}."
    if not is_missing(row.get("carried_share")):
        where = phrase(row["carried_dimension"], row["carried_label"])
        share = row["carried_share"]
        text += f" {'All' if share > 0.995 else f'{share:.0%}'} of the rise is {where}."
    return text


def is_back(row: Mapping) -> bool:
    """Tell whether contacts that fell are at the level of two periods ago, so that the period between was the exception."""
    earlier = row.get("earlier")
    return (
        not is_missing(earlier)
        and abs(row["value"] - earlier) <= row["floor"]
        and row["before"] - earlier > row["floor"]
    )


def next_step(row: Mapping) -> str:
    """Say what follows from a finding; never blame, never an action that the data do not support."""
    if row["direction"] == "better":
        return "Ask what was done differently, and keep it."
    if row["metric"] == "contacts" and row["change"] > 0:
        return "Read ten of these contacts and name the cause before acting."
    if row["metric"] == "contacts" and is_back(row):
        return f"It is back where it was two periods ago ({row['earlier']:,.0f} in as many days): what made the rise before is over."
    if row["metric"] == "contacts":
        return "Check that nothing is lost: a closed form or queue looks the same as fewer problems."
    if row["metric"] == "aht_minutes":
        return "Read it beside repeat contacts and CSAT: shorter is cheaper, not better."
    if row["metric"] == "csat_pct":
        return "Read the answers of 1 and 2 behind it, and check who was surveyed, before looking for fault in people."
    return "Look at load and staffing of these days first, then at the contacts themselves."


def tell(found: pd.DataFrame, period: Period, notebook: str) -> pd.DataFrame:
    """Add the words of each finding: headline, detail, follows, href (its evidence), and the notebook it comes from."""
    days = (period.days, period.previous().days)
    rows = found.to_dict("records")
    return found.assign(
        headline=[headline(row, days) for row in rows],
        detail=[detail(row, days) for row in rows],
        follows=[next_step(row) for row in rows],
        href=[f"{notebook}.html#{row['metric'].replace('_', '-')}" for row in rows],
        notebook=notebook,
    )


def tell_levels(found: pd.DataFrame, period: Period, notebook: str) -> pd.DataFrame:
    """Add the words of findings about groups within one period: where a share is lost or won, against all others."""
    rows = found.to_dict("records")
    return found.assign(
        headline=[_level_headline(row) for row in rows],
        detail=[_level_detail(row) for row in rows],
        follows=[_level_step(row) for row in rows],
        href=[f"{notebook}.html#{row['metric'].replace('_', '-')}" for row in rows],
        notebook=notebook,
    )


def _level_headline(row: Mapping) -> str:
    metric = METRICS[row["metric"]]
    here, rest = number(row["value"], metric.unit), number(row["rest"], metric.unit)
    return f"{metric.label} {phrase(row['dimension'], row['label'])} is {here}, against {rest} for all others."


def _level_detail(row: Mapping) -> str:
    without = "higher" if row["impact"] < 0 else "lower"
    return (
        f"A difference of {change(row['change'], '%')}, 95% {interval(row['lo'], row['hi'], '%')}, n{NBSP}{row['n']:,}; chance alone makes "
        f"{floor_words(row['floor'], '%')}. Without this group the whole would be {number(abs(row['impact']), 'pts')} {without}."
    )


def _level_step(row: Mapping) -> str:
    if row["direction"] == "better":
        return "Find out whether the question is easier or the service better before copying it."
    return "Read the answers of 1 and 2 of this group: is it the question that is hard, or the answer that is poor?"


def period_sentence(row: Mapping, period: Period, against: Period) -> str:
    """Say a metric's figure and its change against another period, and whether that is more than chance."""
    metric = METRICS[row["metric"]]
    now = number(row["value"], metric.unit)
    of = metric.counted if row["n"] != 1 else re.sub(r"s\b", "", metric.counted, count=1)
    size = f"n{NBSP}{row['n']:,} {of}"
    if not is_missing(row["lo"]) and not is_missing(row["hi"]):
        alike = row["lo"] == row["hi"] and metric.kind in ("mean", "median", "p90")
        size = f"{size}, all alike" if alike else f"95% {interval(row['lo'], row['hi'], metric.unit)}, {size}"
    start = f"{metric.label} in {period.words}: {now} ({size})."
    if row["why"]:
        return f"{start} Against {against.words} nothing can be said: {row['why']}."
    noise = floor_words(row["floor"], metric.unit)
    words = {
        "sure": "surely more than chance",
        "likely": "likely more than chance",
        "within noise": "within what chance alone makes",
        "cannot tell": "beyond its own chance, but among so many comparisons one such is expected",
    }
    before = number(row["before"], metric.unit)
    if metric.kind == "count" and period.days != against.days:
        same = number(round(row["value"] - row["change"]), metric.unit)
        before += f" in {against.days} days, as many as {same} in {period.days}"
    return f"{start} Against {against.words} ({before}) that is {change(row['change'], metric.unit)}: {words[row['certainty']]} ({noise})."
