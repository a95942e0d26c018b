"""The pages' words on agents: what of their differences is the agent, what is worth copying, which issues are hard.

No name, no pseudonym, no rank: marks in a funnel are unnamed and their n is rounded, so that it gives nobody away.
"""

from __future__ import annotations

import pandas as pd

from ...analysis.people.agents import NOT_ASKED, Agents
from ...analysis.people.effects import two_digits
from ...analysis.people.expected import LOGGED
from ..canvas import Picture
from ..charts.funnel import funnel as draw_funnel
from ..style import interval, number, reason
from ..tables import Html, say

OWNER = "Team leads"
COUNTED = {"csat_pct": "answers", "fcr_pct": "solved contacts", "return_pct": "contacts", LOGGED: "timed contacts"}
MEASURED = {
    "csat_pct": "Share of answers 4 and 5",
    "fcr_pct": "Share of solved contacts without a return of the customer",
    "return_pct": "Share of contacts after which the customer came back about the same",
    LOGGED: "Handling time (geometric mean)",
}
BEYOND = {
    ("csat_pct", "better"): "more satisfied customers",
    ("csat_pct", "worse"): "fewer satisfied customers",
    ("fcr_pct", "better"): "more solved at the first contact",
    ("fcr_pct", "worse"): "fewer solved at the first contact",
    ("return_pct", "better"): "fewer customers who come back",
    ("return_pct", "worse"): "more customers who come back",
    (LOGGED, "longer"): "longer handling",
    (LOGGED, "shorter"): "shorter handling",
}


def opening(found: Agents) -> Html:
    """Say who is compared with whom, or why nobody is."""
    if found.why:
        return say("Nothing is shown of agents: {why}.", why=found.why)
    agents = int(found.summary["agents"].max())
    return say(
        "**{n} agents**, {days}. Each is set beside what the others reach on the same issues and channels, so that hard "
        "questions are no blame; the limits are widened by how much people usually differ.",
        n=agents,
        days=found.days,
    )


def sentence(found: Agents, name: str) -> Html:
    """Say how much of what is seen between agents is the agent, and what can be believed of the differences."""
    rows = found.summary[found.summary["metric"] == name]
    if rows.empty:
        return _absent(found, name)
    row = rows.iloc[0]
    if not row["judged"]:
        return say(
            "{label}: nothing is said of agents, none of them has enough to be judged by (typically {n} {counted} an agent).",
            **_base(row, name),
        )
    if row["reliability"] < 0.5:
        most = f"{row['reliability_hi']:.0f}%"
        return say(
            "{label}: with these n (typically {n} {counted} an agent) no difference between people can be told from chance{most}.",
            **_base(row, name),
            most=f"; at most {most} of what is seen could be the agent" if most != "0%" else "",
        )
    text = say(
        "{label}: with these n (typically {n} {counted} an agent), **{share} of what you see is the agent** (95% interval "
        "{lo}–{hi}), the rest is chance. Seen: {raw} around the usual {usual}; to be believed, chance taken out: {shrunk}.",
        **_base(row, name),
        share=f"{row['reliability']:.0f}%",
        lo=f"{row['reliability_lo']:.0f}",
        hi=f"{row['reliability_hi']:.0f}%",
        raw=_span(row["raw_lo"], row["raw_hi"], name),
        shrunk=_span(row["shrunk_lo"], row["shrunk_hi"], name),
        usual=number(row["usual"], "minutes" if name == LOGGED else "%"),
    )
    beyond = int(row["better"] + row["worse"])
    if not beyond:
        return text + say("Nobody lies beyond the limits.")
    among = (
        "of the others no difference can be told from chance"
        if row["inside"] < 0.5
        else f"of what is seen between the others {row['inside']:.0f}% is the agent"
    )
    return text + say(
        "Beyond the limits: {who}. Without them, {among} (95% interval {lo}–{hi}).",
        who=_beyond(found, name),
        among=among,
        lo=f"{row['inside_lo']:.0f}",
        hi=f"{row['inside_hi']:.0f}%",
    )


def _base(row: pd.Series, name: str) -> dict[str, str]:
    counted = COUNTED[name].removesuffix("s") if row["n_typical"] == 1 else COUNTED[name]
    return {"label": row["label"], "n": f"{row['n_typical']:,}", "counted": counted}


def _absent(found: Agents, name: str) -> Html:
    why = found.missing[found.missing["metric"] == name]
    if why.empty:
        return opening(found)
    return say("{label}: nothing is said of agents, {why}.", label=why["label"].iloc[0], why=reason(why["why"].iloc[0]))


def _span(lo: float, hi: float, name: str) -> str:
    if name == LOGGED:
        return " to ".join(percent(value) for value in (lo, hi))
    return interval(lo, hi, "%", signed=True)


def percent(value: float) -> str:
    """Write a relative difference with its sign: ``+12%``."""
    return f"{value:+.0f}%".replace("-", "−") if abs(value) >= 0.5 else "±0%"


def _beyond(found: Agents, name: str) -> str:
    """Count those beyond the limits and say how: ``5 of 40 agents, with fewer solved at the first contact``."""
    rows = found.rows[found.rows["metric"] == name]
    called = rows[rows["direction"] != ""]["direction"].value_counts().sort_index()
    judged = int((rows["why"] == "").sum())
    parts = [f"{count} of {judged} agents, with {BEYOND[name, direction]}" for direction, count in called.items()]
    return "; ".join(parts)


def funnel(found: Agents, name: str) -> Picture | None:
    """Draw one metric's funnel: unnamed marks, limits that allow for chance and for the usual spread of people.

    None where nobody can be judged, or all are alike: the sentence says so.
    """
    rows = found.rows[found.rows["metric"] == name]
    if rows.empty:
        return None
    whole = found.summary.set_index("metric").loc[name]
    if not whole["judged"] or whole["raw_lo"] == whole["raw_hi"]:
        return None
    label = whole["label"]
    called = int((rows["direction"] != "").sum())
    unlike = int((rows["why"] == NOT_ASKED).sum())
    calm = f"{label}: no agent stands out from chance" + (f", {unlike} are not judged" if unlike else "")
    title = f"Beyond chance: {_beyond(found, name)}" if called else calm
    of = "% longer or shorter than" if name == LOGGED else "points above or below"
    return draw_funnel(
        rows.assign(n=two_digits(rows["n"])),
        found.limits[found.limits["metric"] == name],
        title=title,
        subtitle=f"{MEASURED[name]}: {of} the usual agent with the same issues and channels, {found.days}. Grey band: 95% of "
        "usual agents; dashed: 99.8%",
        unit="%" if name == LOGGED else "pts",
        alt=f"{label} of {len(rows)} unnamed agents against what is expected of them, over their number of {COUNTED[name]}: "
        + (f"{called} beyond the limits of chance." if called else "none beyond the limits of chance."),
        n_label=f"{COUNTED[name]} per agent, rounded",
    )


def surveyed(found: Agents) -> Html | None:
    """Say where satisfaction between agents does not compare like with like, because customers are not asked alike."""
    known = found.surveyed
    if known is None:
        return say(
            "Whether agents' customers are surveyed alike is not known: CSAT between agents may mirror who is asked."
        )
    if known["agents"]:
        return say(
            "Mind who was asked: {who} not judged on CSAT, because {seen} of their contacts were surveyed, where {usual} is "
            "usual for such contacts. A team that spares the unhappy the question has a fine score; let surveys go out by "
            "themselves.",
            who="one agent is" if known["agents"] == 1 else f"{known['agents']:.0f} agents are",
            seen=number(known["observed"], "%"),
            usual=number(known["expected"], "%"),
        )
    if not known["spread_lo"] > 0:
        return None
    return say(
        "Mind who was asked: the share of contacts surveyed differs between agents by {spread} (standard deviation, chance "
        "taken out). Part of the differences in CSAT can come from that.",
        spread=number(known["spread"], "pts"),
    )


def to_do(found: Agents) -> Html:
    """Say what team leads do next; nothing where nothing is beyond chance."""
    lines = []
    for row in found.summary.to_dict("records"):
        if row["metric"] in ("fcr_pct", "csat_pct") and row["worse"]:
            lines.append(
                say(
                    "{owner}: for {who} with {what}, read ten contacts each before talking: what came to them, what they could "
                    "see, what they were told to do. The analyst can say who it is, to help and not to judge.",
                    owner=OWNER, who="the one" if row["worse"] == 1 else f"the {row['worse']}", what=BEYOND[row["metric"], "worse"],
                )
            )  # fmt: skip
    if found.hasty:
        lines.append(
            say(
                "{owner}: {who} shorter than usual while more of their customers come back. Look at the goal that they are "
                "measured by first: a goal for short contacts makes short contacts.",
                owner=OWNER, who=f"{found.hasty} of the agents {'is' if found.hasty == 1 else 'are'}",
            )
        )  # fmt: skip
    if not lines and not found.summary["judged"].any():
        return say("Nothing to do about people: nobody could be judged.")
    if not lines:
        return say("Nothing to do about people: no difference between them asks for it.")
    return sum(lines[1:], lines[0])


def limits(found: Agents) -> Html | None:
    """Say what these figures cannot tell; None where nothing is shown of agents."""
    if found.why:
        return None
    return say(
        "What the mix does not see: language, hour and shift, what a customer went through before, and who took a contact "
        "over from whom (it counts for the agent who handled it last). A difference is an association, not yet a cause."
    ) + say(
        "Returning customers are counted at the agent whose contact came before the return, not at the one who received it; "
        "handling time is known only where the tool records it."
    )
