"""Key factors: what a realistic change of each would move in overall CSAT, how firmly that stands, and what would prove it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from ..chance import false_discovery, two_sided
from ..compare import LIKELY, NOISE, SURE
from ..rules import MetricRules, Target
from .advice import ADVICE, AGAINST, NOTHING, WAIT, answers_needed
from .answering import Heard, bounds
from .contacts import CONTEXT
from .held import earlier
from .known import Driver
from .model import Model, Points, model
from .plain import judged
from .policy import Policy, medians, per_contact, policy_of
from .rows import Answers
from .tags import label_of, tags

COLUMNS = [
    "factor", "label", "kind", "n", "low", "high", "unit", "change", "effect", "lo", "hi", "p", "q", "certainty",
    "per_contact", "pc_lo", "pc_hi", "weighted", "weighted_lo", "weighted_hi", "worst", "best", "first_half", "second_half",
    "stable", "shared", "shared_with", "adjusted_for", "standing", "experiment", "answers_needed", "weeks_needed", "owner",
    "next_step",
]  # fmt: skip
KINDS = {1: "time", 2: "time", 3: "service", 4: "outcome"}
ASSOCIATION, WEEKS = "association", 13  # standing of what nobody moved; weeks whose answers say how many come


@dataclass(frozen=True)
class Terms:
    """What factors are judged with: rules, goals and owners by metric, how agents are drawn, who was heard."""

    rules: MetricRules
    goals: Mapping[str, Target]
    pull: float
    heard: Heard | None = None


def factors(answers: Answers, models: Mapping[str, Model], terms: Terms, labels: Sequence[str] = ()) -> pd.DataFrame:
    """Rank what may move CSAT: ``COLUMNS``, effects in points of CSAT over all contacts; labels follow, nobody can move them.

    ``models`` are the curves of times (``bends.curves``); yes/no drivers are fitted here. The mood of the first words is no
    factor: it is what customers bring.
    """
    rows = []
    for driver in answers.drivers:
        if driver.step == 0 and driver.name == "mood":
            continue
        made = models.get(driver.name) or model(answers, driver, pull_of_agents=terms.pull)
        rows.append(_row(answers, driver, made, terms))
    for one in tags(answers, labels).to_dict("records"):
        rows.append(one | {"label": label_of(one["factor"]), "kind": "label", "unit": "", "standing": ASSOCIATION} | {
            "change": f"a usual high against a usual low of {one['values']} values", "adjusted_for": "all other labels",
        })  # fmt: skip
    made = _steady(pd.DataFrame(rows), terms.rules)
    frame = judged(made.reindex(columns=[c for c in COLUMNS if c not in ("q", "certainty")]), terms.rules)
    words = ["stable", "shared_with", "adjusted_for", "experiment", "owner", "next_step", "change", "unit"]
    frame[words] = frame[words].astype(object).fillna("")
    frame["next_step"] = [_step(row) for row in frame.to_dict("records")]
    against = frame["next_step"] == AGAINST
    frame.loc[against, "experiment"], frame.loc[against, ["answers_needed", "weeks_needed"]] = "", np.nan
    return frame[COLUMNS]


def _step(row: Mapping) -> str:
    """Return the next step: what the driver asks for where it is beyond chance and for the better, else why there is none."""
    if row["kind"] == "label":
        return ""
    if row["certainty"] in (SURE, LIKELY):
        return row["next_step"] if row["effect"] > 0 else AGAINST
    return NOTHING if row["certainty"] == NOISE else WAIT


def _row(answers: Answers, driver: Driver, made: Model | None, terms: Terms) -> dict:
    advice, target = ADVICE[driver.name], terms.goals.get(driver.metric)
    csat = terms.goals.get("csat_pct")
    owner = next((one.owner for one in (target, csat) if one is not None and one.owner), "")
    row = {
        "factor": driver.name, "label": driver.label, "kind": KINDS.get(driver.step, "outcome"), "unit": driver.unit,
        "standing": ASSOCIATION, "experiment": advice.experiment, "next_step": advice.step, "owner": owner,
        "n": int(answers.known(driver).sum()), "adjusted_for": _alike(answers, driver, terms.pull),
    }  # fmt: skip
    if made is None:
        return row
    policy = policy_of(made, terms.goals)
    effect, one = policy.effect(made), per_contact(made)
    row |= {"low": policy.now, "high": policy.then, "change": policy.change}
    row |= _points("effect", effect, "lo", "hi") | {"p": float(two_sided(np.array([effect.value / effect.se]))[0])}
    row |= _points("per_contact", one, "pc_lo", "pc_hi")
    row |= _halves(answers, driver, policy, made, terms.pull) | _unheard(answers, driver, policy, terms)
    row |= _shared(answers, driver, made.rows)
    return row | _trial(answers, made, effect)


def _points(name: str, one: Points, lo: str, hi: str) -> dict:
    return {name: one.value, lo: one.lo, hi: one.hi}


def _alike(answers: Answers, driver: Driver, pull: float) -> str:
    """Say what was held alike."""
    before = [f"«{one.label}»" for one in answers.drivers if one.step < driver.step]
    named = [answers.matter, *(name.replace("_", " ") for name in answers.labels if name in CONTEXT), *before]
    return ", ".join([*named, "agent"] if np.isfinite(pull) else named)


def _again(answers: Answers, driver: Driver, terms: Terms, **more: np.ndarray) -> Points | None:
    """Fit once more, of some answers or weighted, and return what the same change of the driver moves."""
    made = model(answers, driver, pull_of_agents=terms.pull, **more)
    return policy_of(made, terms.goals).effect(made) if made else None


def _halves(answers: Answers, driver: Driver, policy: Policy, made: Model, pull: float) -> dict:
    """Return the effect in the first and the second half of the span, and whether they agree."""
    at = answers.frame["at"].to_numpy()
    middle = np.sort(at[made.rows])[len(made.rows) // 2]
    found = []
    for mask in (at < middle, at >= middle):
        own = model(answers, driver, pull_of_agents=pull, only=mask)
        inside = mask[made.rows]
        if own is None:
            return {"stable": "cannot tell: a half has too few answers"}
        part = own.points(policy.before[inside], policy.after[inside])
        found.append(Points(policy.reach * part.value, policy.reach * part.se))
    first, second = found
    z = (second.value - first.value) / np.hypot(first.se, second.se)
    row = {"first_half": first.value, "second_half": second.value, "stable": _moved(first, second)}
    return row | {"halves_p": float(two_sided(np.array([z]))[0])}


def _steady(rows: pd.DataFrame, rules: MetricRules) -> pd.DataFrame:
    """Call the halves of the span alike where their difference is no more than chance makes among all factors."""
    if "halves_p" not in rows:
        return rows
    calm = false_discovery(rows["halves_p"].astype(float)) > rules.likely
    return rows.assign(stable=rows["stable"].mask(calm, "alike in both halves"))


def _moved(first: Points, second: Points) -> str:
    if first.value * second.value < 0:
        return "turned round between the halves"
    return "stronger in the second half" if abs(second.value) > abs(first.value) else "weaker in the second half"


def _unheard(answers: Answers, driver: Driver, policy: Policy, terms: Terms) -> dict:
    """Return the effect with answers weighted to all contacts, and between which ends whatever the silent think leaves it.

    The ends are of the same change as the effect: a share that is halved brings half of what none at all would.
    """
    heard = terms.heard
    if heard is None or heard.weight is None:
        return {}
    row, one = {}, _again(answers, driver, terms, weight=heard.weight)
    if one is not None:
        row |= _points("weighted", one, "weighted_lo", "weighted_hi")
    contacts = heard.contacts
    u = contacts[driver.name].to_numpy(float)
    known = ~np.isnan(u)
    usual = np.zeros(len(u))
    if not driver.yes_no:
        usual[known] = medians(u[known], contacts["kind"].to_numpy()[known])
    treated = u > 0 if driver.yes_no else (u < usual if driver.aim >= 0 else u > usual)
    worst, best = bounds(contacts, treated & known, known)
    return row | {"worst": policy.reach * worst, "best": policy.reach * best}


def _shared(answers: Answers, driver: Driver, rows: np.ndarray) -> dict:
    """Return which part of a driver's differences the other drivers share (R²), and the one most alike."""
    u = answers.frame[driver.name].to_numpy(float)[rows]
    others = {one: earlier(answers, one, rows) for one in answers.drivers if one.name != driver.name}
    columns = [np.ones((len(rows), 1)), *others.values()]
    x = np.hstack(columns)
    rest = u - x @ np.linalg.lstsq(x, u, rcond=None)[0]
    alike = {
        one.label: abs(np.corrcoef(u, c[:, 0])[0, 1]) for one, c in others.items() if c.shape[1] and np.ptp(c[:, 0])
    }
    return {"shared": float(1 - rest.var() / u.var()), "shared_with": max(alike, key=alike.get) if alike else ""}


def _trial(answers: Answers, made: Model, effect: Points) -> dict:
    """Return how many answers a group, and how many weeks, a trial by lot needs to see what the change does.

    All answers of both groups count: which contact would have gone wrong is not known when lots are drawn, and to compare only
    those that did would compare what is left on either side.
    """
    happy, share = answers.frame["happy"].to_numpy(float)[made.rows], made.share
    each = answers_needed(float(happy @ share), effect.value)
    at = answers.frame["at"].to_numpy()[made.rows]
    recent = at >= (answers.until - pd.Timedelta(weeks=WEEKS)).to_datetime64()
    a_week = float(recent.sum()) / WEEKS / answers.drawn
    return {"answers_needed": each, "weeks_needed": 2 * each / a_week if a_week > 0 else np.nan}
