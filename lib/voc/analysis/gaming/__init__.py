"""Patterns that agents or teams leave who work for the figure instead of the customer, and their innocent explanations.

What is found is a pattern, never an intention. Teams are named where at least ``smallest_group`` people work in them;
agents, and smaller teams, are only counted ("1 of 38 agents"), and no pseudonym leaves this package but through
``suspects``.
"""

from __future__ import annotations

from collections.abc import Sequence

import ibis.expr.types as ir
import numpy as np
import pandas as pd

from ...data.periods import Period
from ..compare import LIKELY, NOISE, SURE, UNKNOWN
from ..rules import MetricRules
from .detectors import AGENTS, DETECTORS, TEAMS, Detector
from .judged import FIGURES, judged

__all__ = ["COLUMNS", "DETECTORS", "Detector", "detect", "suspects"]

COLUMNS = [
    "detector", "group", "label", "n", "value", "rest", "difference", "lo", "hi", "other_value", "other_rest",
    "p", "q", "certainty", "innocent", "settles", "owner", "why", "adjusted_for",
]  # fmt: skip
FOUND = (SURE, LIKELY)


def detect(
    measured: ir.Table,
    period: Period,
    rules: MetricRules,
    removed: pd.DataFrame | ir.Table | None = None,
    history_periods: Sequence[Period] | None = None,
) -> pd.DataFrame:
    """Look for every pattern in the last ``rules.agent_days`` days before the period's end.

    ``measured`` are contacts with measures (``metrics.with_measures``), ``removed`` the rows that cleaning took out
    (interaction_id, kept_id), ``history_periods`` those of the trends (by default as many as ``rules.history``). Every
    group is compared with all others of its kind, like with like (issue × channel), and all patterns × groups are judged
    together.

    Returns one row per pattern and group: detector, group ("" for all together, "team/…", "agents", "small teams"), label
    (for readers), n (contacts; of agents: how many were judged), value and rest (per cent; the others', given this
    group's mix), difference with lo and hi (points), other_value and other_rest (the second figure where a pattern has
    two: contacts closed quickly or with a template, %; handling time against the others', %; its trend, % a year), p
    (one-sided), q, certainty, innocent, settles, owner, why (why it cannot be told; else empty) and adjusted_for (what like contacts are). Agents are counted,
    without figures where fewer than ``smallest_group`` stand out.
    """
    periods = history_periods if history_periods is not None else period.trend(rules.history)
    tests, staff = judged(measured, period, rules, removed, periods)
    people = staff.groupby("team").size()
    rows: list[dict] = []
    for name in DETECTORS:
        part = tests[tests["detector"] == name]
        rows += [_plain(row, "", "all contacts") for row in part[part["dimension"] == ""].to_dict("records")]
        teams = part[part["dimension"] == "team"]
        named = teams["unit"].map(people).fillna(0) >= rules.smallest_group
        rows += [_plain(row, f"team/{row['unit']}", row["unit"]) for row in teams[named].to_dict("records")]
        rows += _counted(name, teams[~named], "small teams", rules, {})
        agents = part[part["dimension"] == "agent_id"]
        rows += _counted(name, agents, "agents", rules, staff.set_index("agent_id")["team"].to_dict())
    found = pd.DataFrame(rows).reindex(columns=[*COLUMNS])
    for column in ("innocent", "settles"):
        found[column] = [getattr(DETECTORS[name], column) for name in found["detector"]]
    found["adjusted_for"] = tests["adjusted_for"].iloc[0]
    found["owner"] = np.where(found["group"] == "agents", AGENTS, TEAMS)
    return found


def _plain(row: dict, group: str, label: str) -> dict:
    kept = ("detector", *FIGURES, "p", "q", "certainty", "why")
    return {"group": group, "label": label} | {name: row[name] for name in kept}


def _counted(detector: str, tests: pd.DataFrame, group: str, rules: MetricRules, teams: dict[str, str]) -> list[dict]:
    """Say how many of those who may not be named stand out, and as sure as the least sure of them."""
    if tests.empty:
        return []
    able = tests[tests["why"] == ""]
    what = "agents" if group == "agents" else "unnamed teams"
    row = {"detector": detector, "group": group, "n": len(able), "certainty": UNKNOWN, "why": ""}
    if len(able) < rules.smallest_group:
        some = "agents" if group == "agents" else "small teams"
        why = f"fewer than {rules.smallest_group} {some} have {rules.min_n} contacts or more: nobody is picked out"
        return [row | {"label": what, "why": tests["why"].iloc[0] if able.empty else why}]
    out = able[able["certainty"].isin(FOUND)]
    row |= {
        "label": f"{len(out)} of {len(able)} {what}",
        "certainty": NOISE,
        "q": able["q"].min(),
        "p": able["p"].min(),
    }
    if out.empty:
        return [row]
    homes = {teams[unit] for unit in out["unit"] if teams.get(unit)}
    if len(out) > 1 and homes:
        row["label"] += ", all in one team" if len(homes) == 1 else f", in {len(homes)} teams"
    row |= {"certainty": SURE if (out["certainty"] == SURE).all() else LIKELY, "q": out["q"].max(), "p": out["p"].max()}
    if len(out) >= rules.smallest_group:
        row |= {name: np.average(out[name], weights=out["n"]) for name in FIGURES[1:] if out[name].notna().all()}
    return [row]


def suspects(
    measured: ir.Table,
    period: Period,
    rules: MetricRules,
    removed: pd.DataFrame | ir.Table | None = None,
    history_periods: Sequence[Period] | None = None,
) -> pd.DataFrame:
    """Return the pseudonyms behind the counts of ``detect``, for one private look by the person who may.

    One row per pattern and agent that stands out: detector, agent_id, team, n, value, rest, difference, lo, hi, q,
    certainty. Whoever stands out by chance is in it, too. Never save it, print it on a page or hand it on.
    """
    periods = history_periods if history_periods is not None else period.trend(rules.history)
    tests, staff = judged(measured, period, rules, removed, periods)
    out = tests[(tests["dimension"] == "agent_id") & tests["certainty"].isin(FOUND)].rename(
        columns={"unit": "agent_id"}
    )
    out = out.merge(staff[["agent_id", "team"]], on="agent_id", how="left", validate="many_to_one")
    order = ["detector", "team", "agent_id"]
    kept = [*order[:1], "agent_id", "team", *FIGURES[:6], "q", "certainty"]
    return out.sort_values(order, ignore_index=True)[kept]
