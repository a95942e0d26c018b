"""The canonical tables: one place for the names, types, units and meaning of every column.

Importers fill these tables, cleaning repairs them, metrics read them. ``docs/data_dictionary.md`` is printed from here
(``voc describe tables``), so that the words and the checks cannot drift apart.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

Kind = Literal["string", "timestamp", "int64", "float64", "boolean", "date"]


@dataclass(frozen=True)
class Column:
    """One column of a canonical table: its type, its meaning and what values are allowed.

    ``lowest`` and ``highest`` bound numbers (inclusive); ``allowed`` lists the labels of a closed vocabulary; ``role``
    says how cleaning treats it: ``id``, ``time``, ``label`` (unified), ``text`` (masked), ``number`` or ``flag``.
    """

    name: str
    kind: Kind
    doc: str
    role: Literal["id", "time", "label", "text", "number", "flag"]
    unit: str = ""
    required: bool = False
    lowest: float | None = None
    highest: float | None = None
    allowed: tuple[str, ...] = ()


@dataclass(frozen=True)
class Table:
    """A canonical table: a name, what one row is, its columns, and the columns that order it and (if unique) identify a row."""

    name: str
    row: str
    key: tuple[str, ...]
    columns: tuple[Column, ...] = field(default_factory=tuple)
    unique: bool = True

    def __getitem__(self, name: str) -> Column:
        """Return the column called ``name``."""
        return {column.name: column for column in self.columns}[name]

    def __contains__(self, name: str) -> bool:
        """Tell whether the table declares a column of that name."""
        return any(column.name == name for column in self.columns)

    def names(self, *roles: str) -> list[str]:
        """List the column names, or those of the given roles, in the order of declaration."""
        return [column.name for column in self.columns if not roles or column.role in roles]


CHANNELS = ("phone", "chat", "email", "web form", "messenger", "review", "social", "survey", "other")
STATUSES = ("new", "open", "pending", "hold", "solved", "closed")
PRIORITIES = ("low", "normal", "high", "urgent")

INTERACTIONS = Table(
    "interactions",
    "one contact of a customer with the company: a call, a chat, an e-mail, a review …",
    ("interaction_id",),
    (
        Column("interaction_id", "string", "source and the source's own id, joined by a colon", "id", required=True),
        Column("source", "string", "name of the source file's entry in params", "label", required=True),
        Column("channel", "string", "how the customer came", "label", allowed=CHANNELS),
        Column("customer_id", "string", "pseudonym of the customer: a keyed hash, the same in every source", "id"),
        Column("agent_id", "string", "pseudonym of the agent who handled it last", "id"),
        Column("team", "string", "the agent's team", "label"),
        Column("created_at", "timestamp", "when the customer made contact, UTC", "time", required=True),
        Column("created_local", "timestamp", "created_at on the report's clock (timezone in params)", "time"),
        Column("ordered_at", "timestamp", "when the order in question was placed, UTC", "time"),
        Column("first_response_at", "timestamp", "first public reply of a human agent, UTC", "time"),
        Column("first_resolved_at", "timestamp", "when it was first marked solved, UTC", "time"),
        Column("resolved_at", "timestamp", "when it was last marked solved, UTC", "time"),
        Column("status", "string", "state at the time of the export", "label", allowed=STATUSES),
        Column("priority", "string", "priority as the tool gives it", "label", allowed=PRIORITIES),
        Column("language", "string", "ISO 639-1 code of the customer's text; empty when there is too little", "label"),
        Column("subject", "string", "subject line, masked", "text"),
        Column("text", "string", "what the customer wrote or the agent noted, cleaned and masked", "text"),
        Column("category", "string", "root category as the source gives it, wordings unified", "label"),
        Column("issue", "string", "the concrete issue inside the category, wordings unified", "label"),
        Column("tags", "string", "tags of the source, joined by |", "label"),
        Column("product", "string", "product the contact is about", "label"),
        Column("region", "string", "region of the customer or the delivery", "label"),
        Column("payment_method", "string", "how the order was paid", "label"),
        Column("order_id", "string", "pseudonym of the order", "id"),
        Column("queue_seconds", "float64", "wait before a call was answered or given up", "number", "s", lowest=0),
        Column("talk_seconds", "float64", "talking, or active time in a chat", "number", "s", lowest=0),
        Column("hold_seconds", "float64", "customer on hold", "number", "s", lowest=0),
        Column("wrap_seconds", "float64", "after-contact work", "number", "s", lowest=0),
        Column("handle_seconds", "float64", "talk + hold + wrap", "number", "s", lowest=0),
        Column(
            "requester_wait_minutes",
            "float64",
            "time in new, open and hold: the customer waited",
            "number",
            "min",
            lowest=0,
        ),
        Column(
            "agent_wait_minutes",
            "float64",
            "time in pending: the agent waited for the customer",
            "number",
            "min",
            lowest=0,
        ),
        Column("agent_work_minutes", "float64", "time in new and open: with the agents", "number", "min", lowest=0),
        Column("reassigned", "float64", "times another agent took over", "number", "times", lowest=0),
        Column(
            "reassigned_after_score", "boolean", "another agent took over, or asked again, after a score of 1–2", "flag"
        ),
        Column("agent_replies", "float64", "public replies by human agents", "number", "replies", lowest=0),
        Column("reopened", "float64", "times it was opened again after being solved", "number", "times", lowest=0),
        Column("abandoned", "boolean", "the customer gave up before an agent answered", "flag"),
        Column("survey_sent", "boolean", "a satisfaction survey was sent", "flag"),
        Column("csat", "float64", "satisfaction with this contact", "number", "1–5", lowest=1, highest=5),
        Column(
            "nps",
            "float64",
            "likelihood to recommend, asked after this contact",
            "number",
            "0–10",
            lowest=0,
            highest=10,
        ),
        Column("ces", "float64", "the company made it easy", "number", "1–7", lowest=1, highest=7),
    ),
)

ACTIVITY = Table(
    "activity",
    "one thing that happened to a contact: a new status, a public or internal message, a new agent, a score",
    ("interaction_id", "at"),
    (
        Column("interaction_id", "string", "the contact it happened to", "id", required=True),
        Column("at", "timestamp", "when, UTC", "time", required=True),
        Column(
            "kind",
            "string",
            "what happened",
            "label",
            required=True,
            allowed=("status", "message", "assigned", "score"),
        ),
        Column("status", "string", "the new status", "label", allowed=STATUSES),
        Column("agent_id", "string", "pseudonym of the agent: the new one, or who wrote", "id"),
        Column("actor", "string", "who did it", "label", allowed=("customer", "agent", "bot", "system")),
        Column("public", "boolean", "a message that the customer saw", "flag"),
        Column("score", "float64", "satisfaction given", "number", "1–5", lowest=1, highest=5),
    ),
    unique=False,
)

STAFFING = Table(
    "staffing",
    "the time that agents were signed in on one day, by whatever is known: agent, team",
    ("day",),
    (
        Column("day", "date", "calendar day", "time", required=True),
        Column("agent_id", "string", "pseudonym of the agent", "id"),
        Column("team", "string", "the agents' team", "label"),
        Column(
            "staffed_seconds",
            "float64",
            "signed in to handle contacts: handling and waiting for the next",
            "number",
            "s",
            lowest=0,
        ),
    ),
    unique=False,
)

SHIFTS = Table(
    "shifts",
    "the people planned for one hour of one day, by whatever is known: channel, team",
    ("day",),
    (
        Column("day", "date", "calendar day", "time", required=True),
        Column("hour", "float64", "hour of that day on the report's clock", "number", "h", lowest=0, highest=23),
        Column("channel", "string", "what they are to answer", "label", allowed=CHANNELS),
        Column("team", "string", "the agents' team", "label"),
        Column("people", "float64", "planned to be there; half an hour is 0.5", "number", "people", lowest=0),
    ),
    unique=False,
)

CUSTOMERS = Table(
    "customers",
    "one customer",
    ("customer_id",),
    (
        Column("customer_id", "string", "pseudonym of the customer", "id", required=True),
        Column("segment", "string", "customer segment", "label"),
        Column("signup_at", "timestamp", "first order or contract, UTC", "time"),
        Column("churned_at", "timestamp", "when the customer left; empty while active, UTC", "time"),
    ),
)

SURVEYS = Table(
    "surveys",
    "one survey sent, answered or not",
    ("survey_id",),
    (
        Column("survey_id", "string", "source and the source's own id, joined by a colon", "id", required=True),
        Column("kind", "string", "what it asks", "label", required=True, allowed=("csat", "nps", "ces")),
        Column("interaction_id", "string", "the contact it asks about; empty for relationship surveys", "id"),
        Column("customer_id", "string", "pseudonym of the customer", "id"),
        Column("sent_at", "timestamp", "when it was sent, UTC", "time", required=True),
        Column("answered_at", "timestamp", "when it was answered; empty when it was not, UTC", "time"),
        Column("score", "float64", "the answer on the scale of its kind", "number", "points", lowest=0, highest=10),
        Column("comment", "string", "free text of the answer, cleaned and masked", "text"),
    ),
)

VOLUMES = Table(
    "volumes",
    "the business on one day: orders or active customers, by whatever dimensions are known",
    ("day",),
    (
        Column("day", "date", "calendar day", "time", required=True),
        Column("orders", "float64", "orders placed on that day", "number", "orders", lowest=0),
        Column("active_customers", "float64", "customers active on that day", "number", "customers", lowest=0),
    ),
    unique=False,
)

EVENTS = Table(
    "events",
    "something that happened to the business and may explain a change",
    ("event_id",),
    (
        Column("event_id", "string", "short name", "id", required=True),
        Column("kind", "string", "release, newsletter, holiday, carrier, campaign, other", "label"),
        Column("starts_on", "date", "first day", "time", required=True),
        Column("ends_on", "date", "last day; empty for a single day", "time"),
        Column("label", "string", "what readers see", "text"),
    ),
)

TABLES = {
    table.name: table for table in (INTERACTIONS, CUSTOMERS, SURVEYS, ACTIVITY, VOLUMES, STAFFING, SHIFTS, EVENTS)
}
