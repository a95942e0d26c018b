"""What a seed decides about the planted truths: whom they hit, when and how strongly."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

import numpy as np

from voc.data.sample.world import AGENTS, CARRIERS, PAYMENTS, PRODUCTS, REGIONS, TEAMS

MEASURES = (
    ("login", "Sign-in by a code sent to the phone", "account team"),
    ("how to return", "Return label printed on the delivery note", "logistics team"),
    ("cancel order", "Cancel button in the order page", "shop team"),
    ("wrong item", "Second scan at the packing table", "warehouse"),
    ("missing parts", "Weight check of packed boxes", "warehouse"),
    ("availability", "Expected date on the page of sold-out products", "shop team"),
    ("wrong invoice", "New invoice template", "finance"),
    ("loyalty points", "Points explained on the account page", "loyalty team"),
)


@dataclass(frozen=True)
class Measure:
    """A measure that the shop took: from ``day`` on the contacts of ``issue`` are multiplied by ``factor``."""

    verdict: str
    day: date
    issue: str
    label: str
    owner: str
    factor: float


@dataclass(frozen=True)
class Plan:
    """The planted truths of one sample. Counts are for 60,000 contacts and shrink with the sample."""

    sms_region: str
    sms_carrier: str
    sms_from: date
    sms_to: date
    sms_per_week: float
    sms_mention: float
    release_version: str
    release_on: date
    release_until: date
    release_method: str
    release_per_day: float
    manual_product: str
    manual_share: float
    letter_on: date
    letter_contacts: float
    tracking_factor: float
    tracking_days: int
    within: float
    slow_ratio: float
    unresolved_ratio: float
    eco_from: date
    eco_last_month: float
    fast_agent: str
    low_fcr_agent: str
    low_fcr_points: float
    gaming_team: str
    gaming_agents: tuple[str, ...]
    gaming_points: float
    hiding_team: str
    hiding_sent: float
    measures: tuple[Measure, ...]
    promise_product: str
    promise_from: date
    promise_per_month: float
    faq_share: float
    backlog_channel: str
    backlog_from: date
    backlog_to: date
    backlog_factor: float
    silent_answer: float


def team_of(agent: str) -> str:
    """Return the team of an agent: eight agents each, interleaved so that a team is of many tongues."""
    return TEAMS[AGENTS.index(agent) % len(TEAMS)]


def draw_plan(rng: np.random.Generator) -> Plan:
    """Draw the planted truths of one sample from its generator."""

    def one(values: tuple[str, ...]) -> str:
        return str(values[int(rng.integers(len(values)))])

    def between(low: float, high: float) -> float:
        return float(round(rng.uniform(low, high), 3))

    def after(day: date, days: int) -> date:
        return day + timedelta(int(rng.integers(days + 1)))

    sms_from = after(date(2026, 7, 20), 40)
    release_on = after(date(2026, 9, 8), 32)
    letter_on = after(date(2026, 9, 10), 36)
    manual_product = one(PRODUCTS)
    promise_product = one(tuple(p for p in PRODUCTS if p != manual_product))
    team_order = [TEAMS[i] for i in rng.permutation(len(TEAMS))]
    gaming_team, hiding_team, other_a, other_b = team_order[:4]
    gamers = [a for a in AGENTS if team_of(a) == gaming_team]
    chosen = sorted(int(i) for i in rng.permutation(len(gamers))[:4])
    backlog_from = after(date(2026, 3, 2), 150)
    order = [MEASURES[i] for i in rng.permutation(len(MEASURES))[:3]]
    verdicts = (("worked", between(0.45, 0.6)), ("nothing", 1.0), ("too small to be seen", between(0.95, 0.97)))
    measures = tuple(
        Measure(verdict, after(date(2026, 1, 12), 150), issue, label, owner, factor)
        for (verdict, factor), (issue, label, owner) in zip(verdicts, order, strict=True)
    )
    return Plan(
        sms_region=one(REGIONS[:5]),
        sms_carrier=one(CARRIERS),
        sms_from=sms_from,
        sms_to=sms_from + timedelta(7 * 7 - 1),
        sms_per_week=between(20, 30),
        sms_mention=between(0.5, 0.65),
        release_version="7.3",
        release_on=release_on,
        release_until=min(release_on + timedelta(int(rng.integers(16, 26))), date(2026, 10, 31)),
        release_method=one(PAYMENTS[:3]),
        release_per_day=between(4.5, 7.5),
        manual_product=manual_product,
        manual_share=0.40,
        letter_on=letter_on,
        letter_contacts=between(130, 230),
        tracking_factor=between(2.2, 3.2),
        tracking_days=int(rng.integers(14, 20)),
        within=between(0.10, 0.16),
        slow_ratio=between(1.6, 2.0),
        unresolved_ratio=between(1.8, 2.4),
        eco_from=date(2026, 7, 1),
        eco_last_month=between(60, 95),
        fast_agent=one(tuple(a for a in AGENTS if team_of(a) == other_a)),
        low_fcr_agent=one(tuple(a for a in AGENTS if team_of(a) == other_b)),
        low_fcr_points=between(0.16, 0.24),
        gaming_team=gaming_team,
        gaming_agents=tuple(gamers[i] for i in chosen),
        gaming_points=between(0.14, 0.22),
        hiding_team=hiding_team,
        hiding_sent=between(0.12, 0.3),
        measures=tuple(sorted(measures, key=lambda measure: (measure.day, measure.issue))),
        promise_product=promise_product,
        promise_from=after(date(2026, 2, 2), 60),
        promise_per_month=between(14, 24),
        faq_share=between(0.3, 0.42),
        backlog_channel=one(("email", "web form", "messenger")),
        backlog_from=backlog_from,
        backlog_to=backlog_from + timedelta(20),
        backlog_factor=between(3.5, 6.0),
        silent_answer=between(0.02, 0.06),
    )
