"""What a metric is under the definitions of other tools, for those that differ from ours: Zendesk and dbt_zendesk.

A definition that only the history of a contact can tell needs columns that ``for_other_definitions`` adds. Where a tool
agrees with us (CSAT: 4 and 5 of 5 are «good» in Zendesk too) or defines nothing (FCR) there is no entry.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import ibis
import ibis.expr.types as ir

from .activity import DONE, WAITS, beside, fill, history_of, statuses_of
from .rules import MetricRules

TIMES = "Zendesk help, «About native Support time duration metrics» (article 4408834848154)"
EXPLORE = "Zendesk help, «Metrics and attributes for Zendesk Support» (article 4408827693594)"
DBT = "github.com/fivetran/dbt_zendesk, models/"
COMPANY = ("agent", "bot")  # dbt_zendesk tells by the role of an account: a bot that has an agent's account is an agent
OPENING_SECONDS = 5  # a message this soon after creation opened the contact


@dataclass(frozen=True)
class Variant:
    """A metric under another definition: the value per contact, in words with its source, and the columns it needs."""

    measure: Callable[[ir.Table, MetricRules], ir.Value]
    words: str
    needs: tuple[str, ...]


def _minutes(later: ir.Value, earlier: ir.Value) -> ir.Value:
    from .metrics.metric import minutes  # not above: the metrics ask this module for their variants

    return minutes(later, earlier)


def _among(counts: ir.BooleanValue, hit: ir.BooleanValue) -> ir.Value:
    from .metrics.metric import among

    return among(counts, hit)


def _frt_zendesk(table: ir.Table, rules: MetricRules) -> ir.Value:
    reply = table.opened_by_agent.fill_null(False).ifelse(table.second_reply_at, table.first_response_at)
    return _minutes(reply, table.created_at)


def _frt_dbt(table: ir.Table, rules: MetricRules) -> ir.Value:
    company_first = table.customer_spoke_at.isnull() | (table.company_spoke_at < table.customer_spoke_at)
    return company_first.ifelse(
        _minutes(table.company_spoke_at, table.created_at), _minutes(table.answer_at, table.customer_spoke_at)
    )


def _one_touch_zendesk(table: ir.Table, rules: MetricRules) -> ir.Value:
    return _among(table.resolved_at.notnull() & table.agent_replies.notnull(), table.agent_replies < 2)


def _one_touch_dbt(table: ir.Table, rules: MetricRules) -> ir.Value:
    return _among(table.resolved_at.notnull() & table.agent_replies.notnull(), table.company_messages == 1)


def _reopen_dbt(table: ir.Table, rules: MetricRules) -> ir.Value:
    return _among(table.last_solved_row_at.notnull(), table.solved_rows > 1)


def _hours_to(stamp: str) -> Callable[[ir.Table, MetricRules], ir.Value]:
    return lambda table, rules: _minutes(table[stamp], table.created_at) / 60.0


def _as_found(column: str) -> Callable[[ir.Table, MetricRules], ir.Value]:
    return lambda table, rules: table[column]


_FRT_ZENDESK = Variant(
    _frt_zendesk,
    "Creation to the first public reply of a human agent; to the second public one where an agent opened the ticket with "
    f"a public message ({TIMES}).",
    ("opened_by_agent", "second_reply_at", "first_response_at"),
)
_FRT_DBT = Variant(
    _frt_dbt,
    "First public message of the customer to the next one of the company, a bot with an agent's account included; where "
    f"the company wrote first, creation to that message ({DBT}reply_times/int_zendesk__ticket_reply_times.sql).",
    ("customer_spoke_at", "company_spoke_at", "answer_at"),
)
_RESOLUTION_ZENDESK = Variant(
    _hours_to("last_done_at"),
    "Creation to the most recent time it was set to solved, or to closed without having been solved; the value stays when "
    f"the ticket is opened again ({TIMES}).",
    ("last_done_at",),
)
_RESOLUTION_DBT = Variant(
    _hours_to("last_solved_row_at"),
    "Creation to the last recorded status «solved» («closed» where there is none), also when it was solved already or is "
    f"open again ({DBT}resolution_times/int_zendesk__ticket_resolution_times_calendar.sql).",
    ("last_solved_row_at",),
)
VARIANTS: dict[str, dict[str, Variant]] = {
    "zendesk": {
        "frt_minutes": _FRT_ZENDESK,
        "frt_p90_minutes": _FRT_ZENDESK,
        "resolution_hours": _RESOLUTION_ZENDESK,
        "resolution_p90_hours": _RESOLUTION_ZENDESK,
        "one_touch_pct": Variant(
            _one_touch_zendesk,
            f"Solved tickets with fewer than two public agent replies ÷ solved: unanswered ones count ({EXPLORE}, formula of "
            "«One-touch tickets»; a newer article, 4408820618266, speaks of exactly one).",
            ("resolved_at", "agent_replies"),
        ),
        "requester_wait_minutes": Variant(
            _as_found("requester_wait_ended_minutes"),
            f"New, open and on hold; a status counts once it has ended, one that still holds is left out ({TIMES}).",
            ("requester_wait_ended_minutes",),
        ),
        "agent_wait_minutes": Variant(
            _as_found("agent_wait_ended_minutes"),
            f"Pending; a status counts once it has ended, one that still holds is left out ({TIMES}).",
            ("agent_wait_ended_minutes",),
        ),
    },
    "dbt": {
        "frt_minutes": _FRT_DBT,
        "frt_p90_minutes": _FRT_DBT,
        "resolution_hours": _RESOLUTION_DBT,
        "resolution_p90_hours": _RESOLUTION_DBT,
        "first_resolution_hours": Variant(
            _hours_to("first_solved_row_at"),
            "Creation to the first recorded status «solved»; «closed» counts only where there is no «solved» at all "
            f"({DBT}resolution_times/int_zendesk__ticket_resolution_times_calendar.sql).",
            ("first_solved_row_at",),
        ),
        "one_touch_pct": Variant(
            _one_touch_dbt,
            "Solved tickets with exactly one public message of the company ÷ solved; a message that opened the ticket "
            f"counts as one ({DBT}intermediate/int_zendesk__comment_metrics.sql).",
            ("resolved_at", "agent_replies", "company_messages"),
        ),
        "reopen_pct": Variant(
            _reopen_dbt,
            "Tickets with more than one recorded status «solved» ÷ tickets with one: a repeated row counts as a reopening, a "
            f"ticket opened again and not solved since does not ({DBT}resolution_times/"
            "int_zendesk__ticket_resolution_times_calendar.sql).",
            ("last_solved_row_at", "solved_rows"),
        ),
        **{
            name: Variant(
                _as_found(name.replace("_minutes", "_recorded_minutes")),
                f"{', '.join(statuses)}, from the first recorded status on (also from before creation), not from creation "
                f"({DBT}agent_work_time/int_zendesk__ticket_work_time_calendar.sql; its solve time adds all four).",
                (name.replace("_minutes", "_recorded_minutes"),),
            )
            for name, statuses in WAITS.items()
        },
    },
}


def variant_of(definitions: str, metric: str, columns: Iterable[str]) -> Variant | None:
    """Return the variant that the data allow, or None: then the tool agrees, defines nothing, or columns are missing."""
    found = VARIANTS.get(definitions, {}).get(metric)
    return found if found and set(found.needs) <= set(columns) else None


def for_other_definitions(interactions: ir.Table, activity: ir.Table, until: dt.datetime) -> ir.Table:
    """Add what Zendesk's and dbt_zendesk's definitions ask of the history of contacts, up to ``until`` (UTC).

    Messages, null for a contact without any: ``opened_by_agent`` (the first one is public, of a human agent, and came with
    the contact), ``second_reply_at`` (second public one of human agents), ``customer_spoke_at``, ``company_spoke_at``
    (first public one of the customer; of an agent or bot), ``answer_at`` (first public one of agent or bot after the
    customer's), ``company_messages`` (public ones of agents and bots). Statuses, null for a contact without any:
    ``last_done_at`` (last change into solved or closed); ``first_solved_row_at``, ``last_solved_row_at`` (rows «solved»,
    else «closed») and ``solved_rows``; ``requester_wait_ended_minutes``, ``agent_wait_ended_minutes``; the waits as
    ``…_recorded_minutes``, and ``solve_minutes`` (new, open, hold and pending).
    """
    acts = history_of(interactions, activity, until)
    told = beside(interactions, [*_messages(acts), _statuses(acts, until)])
    mine = [name for name in told.columns if name not in interactions.columns and not name.startswith("_")]
    return fill(told, interactions.columns, {name: told[name] for name in mine})


def _messages(acts: ir.Table) -> list[ir.Table]:
    rows = acts.filter(acts.kind == "message")
    shown = rows.public.fill_null(False)
    rows = rows.mutate(
        _human=shown & (rows.actor == "agent").fill_null(False),
        _company=shown & rows.actor.isin(COMPANY).fill_null(False),
        _customer=shown & (rows.actor == "customer").fill_null(False),
    )
    first = rows.group_by("interaction_id").aggregate(
        customer_spoke_at=rows["at"].min(where=rows._customer),
        company_spoke_at=rows["at"].min(where=rows._company),
        company_messages=rows._company.sum().cast("float64"),
        _human_at=rows["at"].min(where=rows._human),
        _other_at=rows["at"].min(where=~rows._human),
        _with=rows.created_at.min().epoch_seconds() + OPENING_SECONDS,
    )
    came_first = first._other_at.isnull() | (first._human_at < first._other_at)
    opened = came_first & (first._human_at.epoch_seconds() <= first._with)
    first = first.mutate(opened_by_agent=opened.fill_null(False))
    rows = rows.inner_join(
        first.select(_contact=first.interaction_id, _said=first.customer_spoke_at, _told=first._human_at),
        rows.interaction_id == first.interaction_id,
    )
    then = rows.group_by("interaction_id").aggregate(
        answer_at=rows["at"].min(where=rows._company & (rows["at"] > rows._said)),
        second_reply_at=rows["at"].min(where=rows._human & (rows["at"] > rows._told)),
    )
    return [first, then]


def _statuses(acts: ir.Table, until: dt.datetime) -> ir.Table:
    rows = statuses_of(acts, until)
    created = rows.created_at.epoch_seconds()
    spent = (rows.ends - ibis.greatest(rows.since, created)).clip(lower=0)
    ended = rows.last.ifelse(0, spent)
    unsaid = rows.before.isnull().ifelse((rows.since - created).clip(lower=0), 0)
    waits = {
        f"{name.replace('_minutes', '_recorded_minutes')}": (of, rows.ends - rows.since) for name, of in WAITS.items()
    }
    waits["solve_minutes"] = (("new", "open", "hold", "pending"), rows.ends - rows.since)
    waits["agent_wait_ended_minutes"] = (("pending",), ended)
    sums = {name: rows.status.isin(of).ifelse(seconds, 0).sum() / 60.0 for name, (of, seconds) in waits.items()}
    solved, closed = rows.status == "solved", rows.status == "closed"
    return rows.group_by("interaction_id").aggregate(
        **sums,
        requester_wait_ended_minutes=(rows.status.isin(WAITS["requester_wait_minutes"]).ifelse(ended, 0) + unsaid).sum()
        / 60.0,
        last_done_at=rows["at"].max(where=rows.status.isin(DONE) & ~rows.before.isin(DONE).fill_null(False)),
        first_solved_row_at=ibis.coalesce(rows["at"].min(where=solved), rows["at"].min(where=closed)),
        last_solved_row_at=ibis.coalesce(rows["at"].max(where=solved), rows["at"].max(where=closed)),
        solved_rows=solved.sum().cast("float64"),
    )
