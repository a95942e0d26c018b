"""Planted truth 10: a few agents who close fast and whose customers return, and a team that spares the unhappy the survey."""

from __future__ import annotations

import pandas as pd
from material import Line, Material
from voc.analysis.gaming import detect, suspects

CERTAIN = ("sure", "likely")
CLOSING = ("quick close", "short handling, many returns")
SURVEYS = ("surveys after bad signs", "surveys in total", "low answers")


def gaming_lines(material: Material) -> dict[int, Line]:
    """Found when both halves are: the closers' team named and most closers among the unnamed agents, and the hiding team
    named by the difference after bad signs."""
    month, plant = material.month, material.plants[10]
    asked = (month.measured, month.period, month.settings.metrics, month.result("removed"), month.history)
    found, agents = detect(*asked), suspects(*asked)
    where = plant["where"]
    named = found[found["certainty"].isin(CERTAIN) & found["group"].str.startswith("team/")]
    closing = named["detector"].isin(CLOSING) & (named["label"] == where["closers_team"])
    hiding = named["detector"].isin(SURVEYS) & (named["label"] == where["hiding_team"])
    closers = pseudonyms(material, where["closers"])
    picked = set(agents.loc[agents["detector"].isin(CLOSING), "agent_id"])
    right = agents["agent_id"].isin(closers) & agents["detector"].isin(CLOSING)
    right |= (agents["team"] == where["hiding_team"]) & agents["detector"].isin(SURVEYS)
    figure = {
        "closers_found": len(picked & closers),
        "closing_detectors_of_2": int(closing.sum()),
        "survey_angles_of_3": int(hiding.sum()),
        "false_teams": int((~closing & ~hiding).sum()),
        "false_agents": int((~right).sum()),
        "groups_judged": int((found["why"] == "").sum()),
    }
    both = bool(
        closing.any() and len(picked & closers) * 2 > len(closers) and SURVEYS[0] in set(named["detector"][hiding])
    )
    planted = {"closers": len(closers), "closers_team": where["closers_team"], "hiding_team": where["hiding_team"]}
    remark = "false: groups called sure or likely that nothing was planted in"
    return {10: Line("10", plant["name"], both, figure, planted, remark)}


def pseudonyms(material: Material, names: list[str]) -> set[str]:
    """The pseudonyms that the store gives to agents of the truth."""
    rows = material.both[material.both["agent"].isin(names)].dropna(subset=["agent_id"])
    most: pd.Series = rows.groupby("agent")["agent_id"].agg(lambda ids: ids.mode().iloc[0])
    return set(most)
