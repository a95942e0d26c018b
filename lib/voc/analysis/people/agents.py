"""Differences between agents beyond chance and beyond what they handle: funnel limits, shrinkage, reliability; no ranks.

Each agent's figure is compared with what the others reach on the same issues and channels. People differ a little in any
team: the limits are widened by that spread, estimated without the most extreme fifths, so that only the truly exceptional
lie outside. Sources: Spiegelhalter, Statist. Med. 24, 2005 (funnel plots) and Qual. Saf. Health Care 14, 2005 (additive
over-dispersion, winsorised); Paule & Mandel 1982 and Viechtbauer, Statist. Med. 26, 2007 (variance between people and its
Q-profile interval); Benjamini & Hochberg 1995 over all agents and metrics together.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from ..chance import two_sided
from ..compare import LIKELY, SURE
from ..intervals import Z
from ..rules import MetricRules
from .between import between, normal_score, usual_spread
from .effects import figures, in_units, interval_of, judge_effects
from .expected import AGENT_METRICS, LABELS, LOGGED, SURVEYED, Handled, standardise

Z998 = 3.090232306167813
ASKED_LESS, ASKED_Z = -0.03, -2.58  # share surveyed so far under the usual, beyond chance: CSAT of another kind
NOT_ASKED = "fewer of these customers were surveyed than usual"
FEWEST_PEOPLE = 3  # no spread can be estimated from fewer, whatever params allow
ROWS = [
    "metric", "n", "observed", "expected", "difference", "lo", "hi", "floor", "shrunk", "p", "q", "certainty", "direction", "why",
]  # fmt: skip
SUMMARY = [
    "metric", "label", "agents", "judged", "n_typical", "usual", "raw_lo", "raw_hi", "shrunk_lo", "shrunk_hi", "spread",
    "reliability", "reliability_lo", "reliability_hi", "inside", "inside_lo", "inside_hi", "better", "worse",
]  # fmt: skip
LIMITS = ["metric", "n", "lo95", "hi95", "lo998", "hi998"]


@dataclass(frozen=True)
class Agents:
    """What can be said of the differences between agents; nothing in it names one but ``people``, which is for the lab.

    ``rows``: one per metric and agent, in order of n: metric, n, observed, expected, difference (points; per cent for
    handling time), lo, hi (95 %), floor (half-width of the over-dispersed 95 % limit), shrunk, p, q, certainty, direction,
    why. ``summary``: one per metric: label, agents, judged (agents with ``min_n``), n_typical, usual (figure of the middle
    agent), raw_lo/hi and shrunk_lo/hi (ends of the differences as seen and as believed), spread (standard deviation
    between agents), reliability with lo and hi, inside (the same without those beyond the limits), better, worse (how many
    beyond, for handling time shorter and longer). ``limits``: the funnel per metric over n. ``missing``: metric, label,
    why. ``why`` says why nothing is shown, else it is empty. ``surveyed`` says whether CSAT compares like with like (see
    ``_surveyed``), None where it is not known who was asked.
    """

    rows: pd.DataFrame
    summary: pd.DataFrame
    limits: pd.DataFrame
    missing: pd.DataFrame
    why: str
    days: str
    people: pd.Series = field(repr=False)
    surveyed: dict[str, float] | None = None

    @property
    def hasty(self) -> int:
        """Count agents whose contacts are shorter than usual and whose customers come back more often."""
        called = self.rows.assign(
            agent=self.people.reindex(self.rows.index), call=self.rows["metric"] + self.rows["direction"]
        )
        calls = called.groupby("agent")["call"].agg(set)
        return int(sum(f"{LOGGED}shorter" in of and {"fcr_pctworse", "return_pctworse"} & of != set() for of in calls))


def agents(found: Handled, rules: MetricRules) -> Agents:
    """Compare agents on every metric that the data carry; fewer than ``rules.smallest_group`` agents show nothing.

    Raises nothing for missing columns: they end in ``missing`` or ``why``.
    """
    least = max(rules.smallest_group, FEWEST_PEOPLE)
    frame = standardise(found.of_agents(), "agent_id", fewest=rules.min_n)
    counted = frame.groupby("metric").size()
    frame = frame[frame["se"] > 0]
    surveyed, unlike = _surveyed(frame[frame["metric"] == SURVEYED], least)
    parts, missing = [], found.missing.to_dict("records")
    for name in AGENT_METRICS:
        part = frame[frame["metric"] == name]
        unfit = part["agent_id"].isin(unlike if name == "csat_pct" else ())
        if (~unfit).sum() >= least:
            parts.append(_against_usual(part, unfit, rules.min_n, least))
        elif name not in set(found.missing["metric"]):
            few = f"fewer than {least} agents have it: any figure would point at a person"
            why = NOT_ASKED if unfit.any() else few if counted.get(name, 0) < least else "all contacts are alike"
            missing.append({"metric": name, "label": LABELS[name], "why": why})
    left_out = pd.DataFrame(missing, columns=["metric", "label", "why"])
    if not parts:
        return _nothing(found, left_out, least)
    rows = _judged(pd.concat(parts, ignore_index=True), rules)
    summary = pd.DataFrame([_summary(name, part) for name, part in rows.groupby("metric", sort=False)], columns=SUMMARY)
    limits = pd.concat([_limits(name, part) for name, part in rows.groupby("metric", sort=False)], ignore_index=True)
    return Agents(_shown(rows), summary, limits, left_out, "", found.days, rows["agent_id"], surveyed)


def _nothing(found: Handled, missing: pd.DataFrame, least: int) -> Agents:
    count = found.of_agents()["agent_id"].nunique()
    why = (
        "the data do not say which agent handled a contact"
        if not count
        else f"{count} {'agent is' if count == 1 else 'agents are'} fewer than {least}: any figure would point at a person"
        if count < least
        else "no metric is carried by enough agents"
    )
    empty = [pd.DataFrame(columns=columns) for columns in (ROWS, SUMMARY, LIMITS)]
    return Agents(*empty, missing, why, found.days, pd.Series(dtype=object))


def _against_usual(part: pd.DataFrame, unfit: pd.Series, min_n: int, least: int) -> pd.DataFrame:
    """Centre one metric on its usual agent and add the variances: usual spread, spread of all, both on the raw scale."""
    part = part.assign(unfit=unfit).sort_values(["n", "agent_id"], ignore_index=True)
    n = part["n"].to_numpy(float)
    part["c"] = 1 + ((n**2).sum() - n**2) / (n.sum() - n) ** 2  # the others' own spread is in what is expected of one
    enough = (part["n"] >= min_n) & ~part["unfit"]
    part["sound"] = enough if enough.sum() >= least else ~part["unfit"]
    sound = part[part["sound"]]
    middle, tau2 = usual_spread(*(sound[name].to_numpy(float) for name in ("effect", "se", "c")))
    part["tau2"], part["middle"] = tau2, middle
    part["between"] = between(*(sound[name].to_numpy(float) for name in ("effect", "se", "c")))[0]
    part["expected"], part["effect"] = part["expected"] + middle, part["effect"] - middle
    part["total"] = np.sqrt(part["se"] ** 2 + part["c"] * tau2)
    part["z"] = normal_score(part["effect"] / part["total"], part["skew"] * (part["se"] / part["total"]) ** 3)
    few = np.where(part["n"] < min_n, f"fewer than {min_n} to judge from", "")
    part["why"] = np.where(part["unfit"], NOT_ASKED, few)
    return part


def _judged(rows: pd.DataFrame, rules: MetricRules) -> pd.DataFrame:
    """Judge all agents on all metrics together."""
    rows = rows.assign(change=rows["effect"], floor=Z * rows["total"], p=two_sided(rows["z"]))
    judged = judge_effects(rows, rules)
    believed = judged["between"] / (judged["between"] * judged["c"] + judged["se"] ** 2)
    return judged.assign(shrunk=believed * judged["effect"])


def _shown(rows: pd.DataFrame) -> pd.DataFrame:
    """Bring figures into the units of readers and leave out who it is."""
    lo, hi = interval_of(rows, Z)
    units = {"difference": rows["effect"], "lo": lo, "hi": hi, "shrunk": rows["shrunk"], "floor": rows["floor"]}
    made = {name: in_units(rows["metric"], values) for name, values in units.items()}
    levels = {name: figures(rows["metric"], rows[name]) for name in ("observed", "expected")}
    return rows.assign(**made, **levels)[ROWS]


def _surveyed(asked: pd.DataFrame, least: int) -> tuple[dict[str, float] | None, set[str]]:
    """Tell whether agents' customers are asked alike, and name those whose customers are asked clearly less.

    A team that spares the unhappy the question has a fine score: it is not judged on CSAT. Returns spread and spread_lo
    (standard deviation of the share surveyed between agents, points, and its lower 95 % end), agents (asked less), observed
    and expected (%, of those); None where it is not known who was asked.
    """
    if len(asked) < least:
        return None, set()
    effect, se = asked["effect"].to_numpy(float), asked["se"].to_numpy(float)
    below = effect - usual_spread(effect, se)[0]
    less = asked[(below < ASKED_LESS) & (below / se < ASKED_Z)]
    spread, low, _ = between(effect, se)
    known = {"spread": 100 * spread**0.5, "spread_lo": 100 * low**0.5, "agents": float(len(less))}
    for name in ("observed", "expected") if len(less) else ():
        known[name] = 100 * float(np.average(less[name], weights=less["n"]))
    return known, set(less["agent_id"])


def _summary(name: str, part: pd.DataFrame) -> dict:
    """Sum up one metric: how much of what is seen between agents is the agents."""
    sound = part[part["sound"]]
    called = sound["certainty"].isin([SURE, LIKELY])
    share = _reliability(sound)
    inside = _reliability(sound[~called]) if called.any() and (~called).sum() >= FEWEST_PEOPLE else share
    metric = pd.Series([name] * 5)
    ends = [sound["effect"].min(), sound["effect"].max(), sound["shrunk"].min(), sound["shrunk"].max()]
    units = in_units(metric, pd.Series([*ends, np.sqrt(part["between"].iloc[0])]))
    usual = np.average(part["observed"] - part["effect"], weights=part["n"])
    return {
        "metric": name,
        "label": LABELS[name],
        "agents": len(part),
        "judged": int((part["why"] == "").sum()),
        "n_typical": int(sound["n"].median()),
        "usual": figures(metric[:1], pd.Series([usual])).iloc[0],
        **dict(zip(("raw_lo", "raw_hi", "shrunk_lo", "shrunk_hi", "spread"), units, strict=True)),
        **dict(zip(("reliability", "reliability_lo", "reliability_hi"), share, strict=True)),
        **dict(zip(("inside", "inside_lo", "inside_hi"), inside, strict=True)),
        "better": int((called & sound["direction"].isin(["better", "shorter"])).sum()),
        "worse": int((called & sound["direction"].isin(["worse", "longer"])).sum()),
    }


def _reliability(part: pd.DataFrame) -> list[float]:
    """Share of the differences that is the agent, at the typical n: variance between ÷ (between + chance), lo, hi."""
    chance = float((part["se"] ** 2).median())
    return [
        100 * tau2 / (tau2 + chance)
        for tau2 in between(*(part[name].to_numpy(float) for name in ("effect", "se", "c")))
    ]


def _limits(name: str, part: pd.DataFrame, points: int = 48) -> pd.DataFrame:
    """Draw the limits of one metric over n, for an agent of the usual mix."""
    n = np.geomspace(max(part["n"].min() * 0.9, 1), part["n"].max() * 1.1, points)
    chance, c, tau2 = (part["n"] * part["se"] ** 2).median(), part["c"].median(), part["tau2"].iloc[0]
    total = np.sqrt(chance / n + c * tau2)
    made = {"lo95": -Z * total, "hi95": Z * total, "lo998": -Z998 * total, "hi998": Z998 * total}
    metric = pd.Series([name] * points)
    return pd.DataFrame({"metric": metric, "n": n, **{key: in_units(metric, pd.Series(x)) for key, x in made.items()}})


def identify(found: Agents, metric: str | None = None) -> pd.DataFrame:
    """Name the pseudonyms of the agents beyond the limits; for the analyst's own screen, never to be saved or published.

    Returns metric, agent_id, n, observed, expected, difference, lo, hi, certainty, direction.
    """
    rows = found.rows.assign(agent_id=found.people.reindex(found.rows.index))
    rows = rows[rows["certainty"].isin([SURE, LIKELY]) & ((rows["metric"] == metric) | (metric is None))]
    return rows[["metric", "agent_id", *ROWS[1:7], "certainty", "direction"]].reset_index(drop=True)
