"""From judged changes to sentences: what happened, how large, how sure, who takes it up and what comes next.

A finding is told only when its change exceeds the noise floor after the false discovery rate of the whole card is
controlled, and only once: a slice whose change vanishes without the contacts of a finding already told is the same story
under another name and is left out.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from ..data.periods import Period
from ..data.store import to_frame
from .compare import LIKELY, SURE, by_period, compare
from .metrics import METRICS
from .rules import MetricRules
from .scorecard import Scorecard, within

COLUMNS = [
    "notebook", "metric", "dimension", "label", "headline", "detail", "certainty", "direction", "follows", "owner", "href",
    "weight", "trace",
]  # fmt: skip
PHRASES = {
    "category": "about {0}",
    "issue": "about {0}",
    "product": "about the product {0}",
    "region": "from {0}",
    "channel": "by {0}",
    "payment_method": "with payment by {0}",
    "carrier": "with carrier {0}",
    "team": "handled by team {0}",
}
VERBS = {"frt_minutes": ("slowed", "quickened"), "resolution_hours": ("slowed", "quickened")}
SAME_STORY = 2.58  # |z| under which a slice without the contacts already told has no change of its own
MOST = 12


def find(
    table: ir.Table,
    card: Scorecard,
    period: Period,
    rules: MetricRules,
    owners: Mapping[str, Mapping[str, str]],
    metric_owners: Mapping[str, str],
    *,
    notebook: str = "02_scorecard",
) -> pd.DataFrame:
    """Return the findings of a card, most important first, in the common columns of every notebook's findings."""
    rows = []
    told: list[pd.Series] = []
    changes = card.changes[(card.changes["against"] == "previous") & card.changes["certainty"].isin([SURE, LIKELY])]
    years = card.changes[card.changes["against"] == "year"].set_index("metric")
    for _, change in changes.iterrows():
        if change["metric"] in ("csat_mean", "response_rate_pct"):  # said by csat_pct and by the limits
            continue
        year = years["before"].get(change["metric"])
        rows.append(_finding(change, "", "", period, year, metric_owners.get(change["metric"]) or _owner(owners, "", ""), notebook))
    slices = card.slices[card.slices["certainty"].isin([SURE, LIKELY])]
    slices = slices.assign(z=(slices["change"] / slices["floor"]).abs()).sort_values("z", ascending=False, kind="stable")
    for _, change in slices.head(60).iterrows():
        if len(told) >= MOST:
            break
        same = [one for one in told if one["metric"] == change["metric"]]
        if same and not _stands_alone(table, change, same, period, rules, card):
            continue
        told.append(change)
        owner = _owner(owners, change["dimension"], change["label"])
        row = _finding(change, change["dimension"], change["label"], period, None, owner, notebook)
        if change["metric"] == "contacts" and change["change"] > 0:
            row["detail"] += _where(table, change, period, [name for name in PHRASES if name in table.columns])
        rows.append(row)
    found = pd.DataFrame(rows, columns=COLUMNS)
    return found.sort_values("weight", ascending=False, ignore_index=True, kind="stable")


def _finding(
    change: pd.Series, dimension: str, label: str, period: Period, year: float | None, owner: str, notebook: str
) -> dict:
    metric = METRICS[change["metric"]]
    where = PHRASES.get(dimension, dimension + " {0}").format(label) if dimension else ""
    figure = _number(change["value"], metric.unit)
    before = _number(change["before"], metric.unit)
    rose = change["change"] > 0
    if metric.kind == "count":
        share = abs(change["change"]) / max(change["before"] * 1.0, 1.0)
        verb = "rose" if rose else "fell"
        headline = f"Contacts {where} {verb} by {share:.0%} to {figure}" if where else f"Contacts {verb} by {share:.0%} to {figure}"
        size = f"{before} before (months compared per day); chance alone makes ±{change['floor']:,.0f}"
    else:
        up, down = VERBS.get(metric.name, ("rose", "fell"))
        headline = f"{metric.label}{' ' + where if where else ''} {up if rose else down} from {before} to {figure}"
        size = (
            f"95% {_number(change['lo'], metric.unit)} to {_number(change['hi'], metric.unit)}, n {change['n']:,}; "
            f"chance alone makes ±{_number(change['floor'], 'pts' if metric.unit == '%' else metric.unit)}"
        )
    if year is not None and not np.isnan(year):
        size += f"; {_number(year, metric.unit)} a year before"
    bounds = {"from": str(period.start), "to": str(period.end), "counts": metric.name}
    trace = bounds | ({dimension: label} if dimension else {})
    weight = min(abs(change["change"] / change["floor"]), 20.0) * (1.0 if dimension else 1.5)
    return {
        "notebook": notebook,
        "metric": metric.name,
        "dimension": dimension,
        "label": label,
        "headline": headline + ".",
        "detail": size + ".",
        "certainty": change["certainty"],
        "direction": change["direction"] if change["direction"] in ("better", "worse") else "neutral",
        "follows": _next_step(metric.name, change, dimension),
        "owner": owner,
        "href": f"{notebook}.html#{dimension or metric.name}".replace("_", "_"),
        "weight": round(float(weight), 3),
        "trace": json.dumps(trace, ensure_ascii=False, sort_keys=True),
    }


def _next_step(name: str, change: pd.Series, dimension: str) -> str:
    if change["direction"] == "better":
        return "Ask what was done differently, and keep it."
    if name == "contacts" and change["change"] > 0:
        return "Read ten of these contacts and name the cause before acting; more contacts alone are not a fault."
    if name == "contacts":
        return "Check that nothing is lost: a source, a form or a queue that closed looks the same as fewer problems."
    if name == "csat_pct":
        return "Read the scores of 1 and 2 behind it, and check who was surveyed, before looking for fault in people."
    return "Look at load and staffing of these days first, then at the contacts themselves."


def _owner(owners: Mapping[str, Mapping[str, str]], dimension: str, label: str) -> str:
    fallback = owners.get("default", {}).get("default", "")
    return owners.get(dimension, {}).get(label) or fallback or "no owner named in params"


def _stands_alone(
    table: ir.Table, change: pd.Series, told: Sequence[pd.Series], period: Period, rules: MetricRules, card: Scorecard
) -> bool:
    """Tell whether a slice still moves beyond chance when the contacts of findings already told are left out."""
    rest = table.filter(table[change["dimension"]] == change["label"])
    for one in told:
        rest = rest.filter((rest[one["dimension"]] != one["label"]) | rest[one["dimension"]].isnull())
    then = period.previous()
    history = by_period(rest, [change["metric"]], [then, period])
    again = compare(history, period, then, rules, factors=card.factors if change["metric"] != "contacts" else {}, spread=card.spread)
    if again.empty or np.isnan(again["p"].iloc[0]):
        return False
    z = again["change"].iloc[0] / (again["floor"].iloc[0] / 1.96)
    return bool(abs(z) >= SAME_STORY and np.sign(z) == np.sign(change["change"]))


def _where(table: ir.Table, change: pd.Series, period: Period, dimensions: Sequence[str]) -> str:
    """Say which value of another dimension carries most of a rise, when one carries clearly more than its usual part."""
    inside = table.filter(table[change["dimension"]] == change["label"])
    best: tuple[float, str] | None = None
    scale = period.days / period.previous().days
    for name in dimensions:
        if name in (change["dimension"], "category" if change["dimension"] == "issue" else ""):
            continue
        counts = [
            to_frame(within(inside, of).filter(inside[name].notnull()).group_by(name).agg(n=inside.count())).set_index(name)["n"]
            for of in (period, period.previous())
        ]
        now, then = counts[0].align(counts[1] * scale, fill_value=0)
        if now.empty or change["change"] <= 0:
            continue
        carried = (now - then) / change["change"]
        top = carried.idxmax()
        usual = then[top] / max(then.sum(), 1)
        if carried[top] >= 0.6 and usual <= carried[top] / 2 and (best is None or carried[top] > best[0]):
            best = (float(carried[top]), PHRASES.get(name, name + " {0}").format(top))
    return f" {min(best[0], 1):.0%} of the rise came {best[1]}." if best else ""


def _number(value: float, unit: str) -> str:
    if unit == "contacts":
        return f"{value:,.0f}"
    if unit == "%":
        return f"{value:.1f} %"
    if unit == "pts":
        return f"{value:.1f} points"
    if unit == "minutes" and value >= 120:
        return f"{value / 60:.1f} h"
    if unit == "minutes":
        return f"{value:.1f} min" if value < 10 else f"{value:.0f} min"
    if unit == "hours":
        return f"{value:.1f} h"
    return f"{value:.2f}"
