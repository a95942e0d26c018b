"""What each detector looks for, why the same may be innocent, what would settle it and who should look.

A detector finds a pattern that gaming leaves behind, never an intention: every one of them has an everyday explanation,
and that explanation stands beside it wherever it is told.
"""

from __future__ import annotations

from collections.abc import Container
from dataclasses import dataclass

from ..metrics import METRICS, missing_for
from ..rules import MetricRules

TEAMS = "Head of service"
AGENTS = "Team lead, privately"
LACKING = {
    "reassigned_after_score": "history of assignments",
    "reply_text": "texts of agents' replies",
}


@dataclass(frozen=True)
class Detector:
    """One pattern.

    ``needs`` are columns, ``metrics`` measures that the contacts must carry; ``units`` the groups that are compared.
    ``side`` is the direction that would fit gaming: +1 more, −1 less than the others.
    """

    name: str
    looks: str
    innocent: str
    settles: str
    needs: tuple[str, ...] = ()
    metrics: tuple[str, ...] = ()
    units: tuple[str, ...] = ("team", "agent_id")
    side: int = 1


CLOSING = (
    "Some questions can rightly be closed at once, and customers also return because of what happened to the order, not "
    "to the contact; a tool may close contacts by itself."
)
SENDING = (
    "A survey is often held back by a rule (open complaint, no consent, no address) or by a tool that is set differently "
    "for one team."
)
LOG = "The survey tool's log and rules for this team; then four weeks in which every closed contact is surveyed."

DETECTORS = {
    detector.name: detector
    for detector in (
        Detector(
            "quick close",
            "Contacts closed in less than half the usual time for their issue and channel, whose customer then came back "
            "or had them reopened",
            CLOSING,
            "Read twenty of these contacts, drawn at random, beside twenty slow ones, and see who closed them: a person "
            "or a rule.",
            ("resolved_at",),
            ("fcr_pct",),
        ),
        Detector(
            "reassigned after a bad score",
            "Answered contacts that were given to somebody else after the score came in",
            "Handing an unhappy customer to somebody senior is good service; shifts and sickness move contacts, too.",
            "For each of these contacts: when the score came, when it was handed over, and who asked for that.",
            ("reassigned_after_score",),
            units=("team",),
        ),
        Detector(
            "surveys after bad signs",
            "Fewer surveys after contacts that look bad (customer came back, reopened, slow answer, long solution) than "
            "after the team's other contacts",
            SENDING,
            LOG,
            ("survey_sent",),
            ("fcr_pct",),
            side=-1,
        ),
        Detector(
            "surveys in total",
            "Fewer surveys per closed contact",
            SENDING,
            LOG,
            ("survey_sent",),
            ("fcr_pct",),
            ("team",),
            side=-1,
        ),
        Detector(
            "low answers",
            "Fewer scores of 1 and 2 among the answers than contacts of this kind, with these signs, bring elsewhere",
            "The team may simply serve well.",
            "Ask a random sample of the team's customers by another way, such as a call from outside the team.",
            ("csat",),
            ("fcr_pct",),
            ("team",),
            side=-1,
        ),
        Detector(
            "splits",
            "A second contact of the same customer within two hours, handled by the same agent and kept as one of its own",
            "Customers write again by themselves, or ask two things that rightly are two contacts; routing may bring them "
            "to the agent who knows them.",
            "Who opened the second contact: the customer or the agent.",
            ("customer_id",),
        ),
        Detector(
            "copies",
            "Contacts of which cleaning removed a copy",
            "Forms sent twice and chats that also became tickets are made by customers and tools, not by agents.",
            "Who opened the copy, and whether both were counted in the team's figures.",
            units=("team",),
        ),
        Detector(
            "templates",
            "Replies equal to at least five others (digits and case aside) whose customer then came back",
            "A good template is quick and right, and like questions deserve like answers; a campaign brings many alike.",
            "For one question, answer by lot with the template or in own words, and compare the returns.",
            ("reply_text",),
            ("fcr_pct",),
        ),
        Detector(
            "short handling, many returns",
            "Handling shorter than the others' for the same issues and channels, and more customers who come back",
            "New colleagues get short questions; a product fault brings customers back whoever answers.",
            "Listen to ten of these contacts with the agents themselves, and ask what keeps them from finishing.",
            ("handle_seconds",),
            ("aht_minutes", "fcr_pct"),
        ),
        Detector(
            "handling falls while returns rise",
            "Over the months shown: handling time going down and customers coming back more, for like contacts",
            "Better tools shorten handling, and a fault of the product brings more returns: two changes with two causes.",
            "Whether a goal for handling time began with it; what the customers who return say.",
            ("handle_seconds",),
            ("aht_minutes", "fcr_pct"),
            ("", "team"),
        ),
    )
}


def unable(detector: Detector, columns: Container[str], rules: MetricRules, *, copies_known: bool) -> str:
    """Say why a pattern cannot be looked for in data with these columns; empty when it can."""
    lacking = [name for name in detector.needs if name not in columns]
    for name in detector.metrics:
        if name not in columns:
            missing = missing_for(METRICS[name], columns, rules)
            lacking += [one for one in missing if one not in lacking]
            if not missing and not lacking:
                return f"too few contacts have what {METRICS[name].label.lower()} needs"
    if lacking:
        said = [f"no {LACKING[name]} ({name})" if name in LACKING else f"no {name}" for name in lacking]
        return f"the data have {' and '.join(said)}"
    if detector.name == "copies" and not copies_known:
        return "there is no list of the copies that cleaning removed"
    if "" not in detector.units and not any(unit in columns for unit in detector.units):
        return f"the data have no {' and no '.join(detector.units)}"
    return ""
