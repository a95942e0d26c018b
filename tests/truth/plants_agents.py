"""Planted truth 9, two agents who differ, and how many of the others are called who are equal in truth."""

from __future__ import annotations

import numpy as np
import pandas as pd
from material import Line, Material
from voc.analysis.people.agents import Agents, agents
from voc.analysis.people.expected import handled
from voc.analysis.people.practices import identify, practices
from voc.data.clean.persons import PREFIXES
from voc.data.pseudonyms import hasher
from voc.data.sample.plan import team_of
from voc.data.sample.world import AGENTS

CERTAIN = ("sure", "likely")
DEALS = 20
HALF = (0.4, 0.65)  # a pace within which «half the time» is named rightly


class People:
    """The agents of a sample by pseudonym, and what the analysis says of them; each once."""

    def __init__(self, material: Material):
        month = material.month
        one = hasher(month.pseudonym_key, PREFIXES["agent_id"])
        self.names = {one(name): name for name in AGENTS}
        self.rules = month.settings.metrics
        seen = handled(month.measured, month.period, self.rules)
        self.agents, self.practices = agents(seen, self.rules), practices(seen, self.rules)

    def rows(self) -> pd.DataFrame:
        """Every judged figure with the agent's true name."""
        return named(self.agents).assign(name=lambda rows: rows["agent_id"].map(self.names))

    def told(self) -> pd.DataFrame:
        """Every cell told to be faster with the agent's true name."""
        return identify(self.practices).assign(name=lambda rows: rows["agent_id"].map(self.names))


def named(found: Agents) -> pd.DataFrame:
    return found.rows.assign(agent_id=found.people)


def agent_lines(material: Material) -> dict[int, Line]:
    """Is the agent who takes half the time on billing found, and the one who solves fewer first contacts?"""
    plant, people = material.plants[9], People(material)
    told = people.told()
    fast = told[(told["name"] == plant["where"]["fast_on_billing"]) & (told["scope"] == "category")]
    fast = fast[(fast["label"] == "billing") & fast["ratio"].between(*HALF)]
    rows = people.rows()
    low = rows[(rows["name"] == plant["where"]["low_fcr"]) & (rows["metric"] == "fcr_pct")]
    is_low = bool(len(low)) and low["direction"].iloc[0] == "worse" and low["certainty"].iloc[0] in CERTAIN
    figure = {
        "billing_pace": float(fast["ratio"].iloc[0]) if len(fast) else 0.0,
        "billing_contacts": int(fast["n"].iloc[0]) if len(fast) else 0,
        "verdict": fast["verdict"].iloc[0] if len(fast) else "none",
        "fcr_points": float(low["difference"].iloc[0]) if len(low) else 0.0,
        "fcr_certainty": low["certainty"].iloc[0] if len(low) else "none",
    }
    sizes = plant["sizes"]
    planted = {"billing_pace": sizes["billing_pace_of_others"], "solved_first_points": -100 * sizes["points"]}
    remark = "both must be found; of those not solved two in three come back, so FCR falls by less than what was solved"
    return {9: Line("9", plant["name"], bool(len(fast)) and is_low, figure, planted, remark)}


def null_agents(material: Material) -> str:
    """Count the agents who are equal in truth and are called all the same, by any metric or as faster at anything.

    Left out are the agents of plants 9 and 10, and for CSAT the team that spares the unhappy the survey: its scores truly
    are better.
    """
    plant, gaming, people = material.plants[9]["where"], material.plants[10]["where"], People(material)
    differ = {plant["fast_on_billing"], plant["low_fcr"], *gaming["closers"]}
    rows = people.rows()
    rows = rows[~rows["name"].isin(differ) & (rows["why"] == "")]
    spared = (rows["metric"] == "csat_pct") & (rows["name"].map(team_of) == gaming["hiding_team"])
    rows = rows[~spared]
    called = rows[rows["certainty"].isin(CERTAIN)]
    faster = people.told()
    faster = faster[~faster["name"].isin(differ)]
    summary = people.agents.summary.set_index("metric")["inside"]
    inside = ", ".join(f"{name} {share:.0f}%" for name, share in summary.items())
    lines = [
        f"Agents equal in truth: {len(called)} of {len(rows)} figures of {rows['name'].nunique()} agents called sure or likely, "
        f"and {len(faster)} of {people.practices.tried} cells told to be faster; at the level of {people.rules.likely:.0%} that "
        f"params ask, one sample in {1 / people.rules.likely:.0f} may hold any.",
        f"What is seen between those inside the limits is the agent by: {inside}.",
        *(f"  false: {row.metric} {row.direction}, {row.difference:+.1f}" for row in called.itertuples()),
        *(f"  false: faster at {row.label}, {row.ratio:.2f} of the usual time" for row in faster.itertuples()),
    ]
    return "\n".join([*lines, dealt(material)])


def dealt(material: Material, times: int = DEALS) -> str:
    """Give the agents to contacts by lot, again and again, and count whom the analysis then calls."""
    month, rules = material.month, material.month.settings.metrics
    table = month.measured
    known = table.filter(table.agent_id.notnull()).select("interaction_id", "agent_id").order_by("interaction_id")
    people = known.to_pyarrow().to_pandas()
    rng = np.random.default_rng(material.story["seed"])
    figures = called = cells = faster = teams = 0
    for _ in range(times):
        lots = people.assign(agent_id=rng.permutation(people["agent_id"].to_numpy()))
        shuffled = (
            table.drop("agent_id").left_join(month.store.load(lots), "interaction_id").drop("interaction_id_right")
        )
        seen = handled(month.store.settle(shuffled), month.period, rules)
        found, fast = agents(seen, rules), practices(seen, rules)
        hits = int(found.rows["certainty"].isin(CERTAIN).sum())
        figures, cells = figures + int((found.rows["why"] == "").sum()), cells + fast.tried
        called, faster, teams = called + hits, faster + len(fast.rows), teams + bool(hits or len(fast.rows))
    return (
        f"Agents dealt by lot {times} times: {called} of {figures:,} figures and {faster} of {cells:,} cells called, in {teams} "
        f"deals ({rules.likely:.0%} of {times} is {rules.likely * times:.0f} for each of the two)"
    )
