"""What is aimed at, what cannot be measured, and what other tools would show: the frame around the scorecard's figures."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from ...analysis.metrics import METRICS, Metric
from ...analysis.rules import Target
from ...analysis.scorecard import Scorecard
from ..style import interval, is_missing, number, reason
from ..tables import Col, Html, say, table
from .card import against_target, better_of

OTHERS = {"strict": "ours", "zendesk": "Zendesk", "dbt": "dbt_zendesk"}


def lacking(missing: pd.DataFrame) -> Html:
    """List what cannot be measured, the measures that fail for one reason in one row."""
    rows = missing.groupby("why", sort=False)["label"].agg("; ".join).reset_index()
    rows["why"] = rows["why"].map(reason)
    columns = [Col("label", "Measure"), Col("why", "Why it is missing")]
    empty = "Every measure of the scorecard can be had from these data."
    return table(rows, columns=columns, caption="What cannot be measured from these data", empty=empty)


def goals(card: Scorecard, targets: Mapping[str, Target]) -> Html:
    """Show each metric's goal beside its figure: reached or not, who answers for it, and where on the customer's way."""
    now = card.changes[card.changes["against"] == "previous"].set_index("metric")
    known = [name for name in METRICS if name in now.index and not is_missing(now.loc[name, "value"])]
    named = {name: targets[name] for name in known if name in targets and targets[name].goal is not None}
    rows = []
    for name, target in named.items():
        metric = METRICS[name]
        verdict = against_target(now.loc[name], target.goal, better_of(name, targets))
        rows.append(
            {
                "label": metric.label,
                "value": number(now.loc[name, "value"], metric.unit),
                "interval": interval(now.loc[name, "lo"], now.loc[name, "hi"], metric.unit),
                "goal": ("≤ " if better_of(name, targets) == "down" else "≥ ") + number(target.goal, metric.unit),
                "verdict": verdict or "no direction is called good",
                "benchmark": _benchmark(target, metric),
                "owner": target.owner or "nobody named",
                "kind": target.kind or "not said",
                "step": target.step or "not said",
            }
        )
    columns = [
        Col("label", "Measure"), Col("value", "Now", "number"), Col("interval", "95% interval", "number"), Col("goal", "Goal", "number"),
        Col("verdict", "Reached?"), Col("owner", "Who answers"), Col("kind", "Leads or lags"), Col("step", "Customer's step"),
        *([Col("benchmark", "Others")] if any(row["benchmark"] for row in rows) else []),
    ]  # fmt: skip
    shown = table(pd.DataFrame(rows), columns=columns, caption="Goals, and how far they are reached", wide=True,
                  empty="No goal is written down for any measure: params may name a targets file.")  # fmt: skip
    return shown + _balance(named, [METRICS[name].label for name in known if name not in named])


def _benchmark(target: Target, metric: Metric) -> str:
    if target.benchmark is None:
        return ""
    return f"{number(target.benchmark, metric.unit)} ({target.benchmark_source or 'source not named'})"


def _balance(named: Mapping[str, Target], without: list[str]) -> Html:
    """Say how many goals lead and how many lag, and which measures have none."""
    kinds = [target.kind for target in named.values()]
    leads, lags = kinds.count("leading"), kinds.count("lagging")
    text = say(
        "{leads} of the goals lead (they can be acted on this week), {lags} lag (they tell later whether it helped).{lone}",
        leads=leads,
        lags=lags,
        lone=" A scorecard of one kind only is blind on one eye: add a goal of the other." if leads * lags == 0 else "",
    )
    rest = say("Without a goal: {names}.", names="; ".join(without))
    if not named:
        return rest
    return text + rest if without else text


def definitions(found: pd.DataFrame) -> Html:
    """Show what the same contacts give under other definitions, and why."""
    rows = [
        {
            "subject": METRICS[row["metric"]].label,
            "definition": OTHERS.get(row["definition"], row["definition"]),
            "value": number(row["value"], METRICS[row["metric"]].unit),
            "interval": interval(row["lo"], row["hi"], METRICS[row["metric"]].unit),
            "n": row["n"],
            "words": row["words"],
        }
        for name in METRICS
        for row in found[found["metric"] == name].to_dict("records")
    ]
    columns = [Col("definition", "Definition"), Col("value", "Figure", "number"), Col("interval", "95% interval", "number"),
               Col("n", "n", "number", "contacts"), Col("words", "What it counts")]  # fmt: skip
    return table(pd.DataFrame(rows), columns=columns, caption="The same contacts, several definitions", wide=True, group="subject",
                 empty="No figure of these data differs between the definitions.")  # fmt: skip
