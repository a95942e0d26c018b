"""What the history of a contact tells: waits, first reply, solutions, reopening, reassignment.

The history (table ``activity``) has a row for each new status, message, assignment and score. Everything is worked out in
the engine; whole seconds are summed, so that the digits do not depend on the order in which threads add.
"""

from __future__ import annotations

import datetime as dt
import functools

import ibis
import ibis.expr.types as ir

from ..data.schema import ACTIVITY, INTERACTIONS, STATUSES

WAITS = {
    "requester_wait_minutes": ("new", "open", "hold"),
    "agent_wait_minutes": ("pending",),
    "agent_work_minutes": ("new", "open"),
}
DONE = ("solved", "closed")
BAD_SCORE = 2  # of 5: the customer is unhappy
DERIVED = (
    "first_response_at", "first_resolved_at", "resolved_at", *WAITS, "agent_replies", "reopened", "reassigned",
    "reassigned_after_score",
)  # fmt: skip


def derive(interactions: ir.Table, activity: ir.Table, until: dt.datetime) -> ir.Table:
    """Fill what contacts lack from their history, up to the moment ``until`` (UTC); what a source gave is never changed.

    Adds the columns of ``DERIVED`` where they are missing, and fills their gaps where they are not:

    - ``first_response_at``: first public message of a human agent after creation (what an agent writes to open a contact
      answers nobody); ``agent_replies``: how many moments had one, not known where a public message names no author.
    - ``first_resolved_at``, ``resolved_at``: first and last change into solved (into closed, where solved was left out);
      no ``resolved_at`` for a contact that is open again at the end. ``reopened``: changes out of solved or closed.
    - the waits of ``WAITS`` in minutes: a contact is new from its creation until its first status; a status that still
      holds counts until ``until``. The same status twice is one.
    - ``reassigned``: changes of agent after the first; ``reassigned_after_score``: whether there was one after a score of
      1 or 2, or between two scores.

    A contact without any history, or of a source whose histories never hold messages (assignments, scores), has null: not
    known is not none. Histories of contacts that ``interactions`` does not have are left out.
    """
    acts = history_of(interactions, activity, until)
    told = beside(interactions, [_kept(acts), _statuses(acts, until), _replies(acts), _assignments(acts)])
    sources = acts.group_by("source").aggregate(
        _messages_kept=(acts.kind == "message").any(), _agents_kept=(acts.kind == "assigned").any()
    )
    source = told.source if "source" in interactions.columns else ibis.literal("")
    told = told.left_join(sources.rename(_of_source="source"), source == sources.rename(_of_source="source")._of_source)
    heard = ~told._unsigned & told._messages_kept  # null without a history
    seen = told._unsigned.notnull() & told._agents_kept
    scored = seen & told._scored.fill_null(False)
    made = {
        "first_response_at": told._reply_at,
        "first_resolved_at": told._first_done_at,
        "resolved_at": told._done_at_end.ifelse(told._last_done_at, ibis.null("timestamp")),
        **{name: told[f"_{name}"] / 60.0 for name in WAITS},
        "agent_replies": heard.ifelse(told._replies.fill_null(0).cast("float64"), ibis.null("float64")),
        "reopened": told._reopened.cast("float64"),
        "reassigned": seen.ifelse(told._changes.fill_null(0).cast("float64"), ibis.null("float64")),
        "reassigned_after_score": scored.ifelse(told._after_score.fill_null(False), ibis.null("boolean")),
    }
    return fill(told, interactions.columns, made)


def history_of(interactions: ir.Table, activity: ir.Table, until: dt.datetime) -> ir.Table:
    """Return the known contacts' history up to ``until``, all columns there, with ``created_at`` and ``source``."""
    lacking = [column for column in ACTIVITY.columns if column.name not in activity.columns]
    activity = activity.mutate(**{column.name: ibis.null(column.kind) for column in lacking})
    contacts = interactions.select(
        _contact=interactions.interaction_id,
        created_at=interactions.created_at,
        source=interactions.source if "source" in interactions.columns else ibis.literal(""),
    )
    kept = activity.filter(activity["at"].epoch_seconds() <= seconds_of(until)).select(*ACTIVITY.names())
    return kept.inner_join(contacts, kept.interaction_id == contacts._contact).drop("_contact")


def seconds_of(moment: dt.datetime) -> int:
    """Write a moment as seconds since 1970; one without a time zone is UTC."""
    return int((moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)).timestamp())


def statuses_of(acts: ir.Table, until: dt.datetime) -> ir.Table:
    """Return the recorded statuses: ``status``, ``before`` (null at first), ``since`` and ``ends`` in seconds, ``last``.

    Statuses of one moment follow the life of a contact (new … closed).
    """
    rows = acts.filter((acts.kind == "status") & acts.status.isin(STATUSES))
    rank = ibis.cases(*((rows.status == name, at) for at, name in enumerate(STATUSES)), else_=len(STATUSES))
    window = ibis.window(group_by=rows.interaction_id, order_by=[rows["at"], rank])
    since = rows["at"].epoch_seconds()
    ends = since.lead().over(window)
    rows = rows.mutate(before=rows.status.lag().over(window), since=since, ends=ends)
    return rows.mutate(ends=rows.ends.fill_null(seconds_of(until)), last=rows.ends.isnull())


def _statuses(acts: ir.Table, until: dt.datetime) -> ir.Table:
    rows = statuses_of(acts, until)
    created = rows.created_at.epoch_seconds()
    spent = (rows.ends - ibis.greatest(rows.since, created)).clip(lower=0)
    unsaid = rows.before.isnull().ifelse((rows.since - created).clip(lower=0), 0)  # new until a status is recorded
    done, was_done = rows.status.isin(DONE), rows.before.isin(DONE).fill_null(False)
    waits = {
        f"_{name}": (rows.status.isin(statuses).ifelse(spent, 0) + (unsaid if "new" in statuses else 0)).sum()
        for name, statuses in WAITS.items()
    }
    return rows.group_by("interaction_id").aggregate(
        **waits,
        _first_done_at=rows["at"].min(where=done & ~was_done),
        _last_done_at=rows["at"].max(where=done & ~was_done),
        _done_at_end=(rows.last & done).any(),
        _reopened=(~done & was_done).sum(),
    )


def _kept(acts: ir.Table) -> ir.Table:
    unsigned = (acts.kind == "message") & acts.public.fill_null(False) & acts.actor.isnull()
    scored = (acts.kind == "score") & acts.score.notnull()
    return acts.group_by("interaction_id").aggregate(_unsigned=unsigned.any(), _scored=scored.any())


def _replies(acts: ir.Table) -> ir.Table:
    moments = acts.filter(is_reply(acts)).select("interaction_id", "at").distinct()  # exported twice is written once
    return moments.group_by("interaction_id").aggregate(_reply_at=moments["at"].min(), _replies=moments.count())


def is_reply(acts: ir.Table) -> ir.BooleanValue:
    """Tell the public messages of human agents after creation."""
    shown = (acts.kind == "message") & acts.public.fill_null(False) & (acts.actor == "agent")
    return (shown & (acts["at"] > acts.created_at)).fill_null(False)


def _assignments(acts: ir.Table) -> ir.Table:
    rows = acts.filter((acts.kind == "assigned") & acts.agent_id.notnull())
    window = ibis.window(group_by=rows.interaction_id, order_by=[rows["at"], rows.agent_id])
    rows = rows.mutate(_before=rows.agent_id.lag().over(window))
    rows = rows.filter(rows._before != rows.agent_id)
    given = acts.filter((acts.kind == "score") & acts.score.notnull())
    scores = given.group_by(_contact=given.interaction_id).aggregate(
        _first=given["at"].min(), _last=given["at"].max(), _bad=given["at"].min(where=given.score <= BAD_SCORE)
    )
    rows = rows.left_join(scores, rows.interaction_id == scores._contact)
    between = (rows["at"] > rows._first) & (rows["at"] < rows._last)
    after = (rows["at"] > rows._bad).fill_null(False) | between.fill_null(False)
    return rows.group_by("interaction_id").aggregate(_changes=rows.count(), _after_score=after.any())


def beside(interactions: ir.Table, parts: list[ir.Table]) -> ir.Table:
    """Set tables with one row per contact beside the contacts; a contact that a part does not know has null."""

    def join(table: ir.Table, numbered: tuple[int, ir.Table]) -> ir.Table:
        number, part = numbered
        part = part.rename({f"_contact{number}": "interaction_id"})
        return table.left_join(part, table.interaction_id == part[f"_contact{number}"])

    return functools.reduce(join, enumerate(parts), interactions)


def fill(told: ir.Table, columns: tuple[str, ...], made: dict[str, ir.Value]) -> ir.Table:
    """Keep ``columns`` of a table, with the values ``made`` where they are empty; what is new comes behind them."""
    filled = {
        name: ibis.coalesce(told[name], value.cast(told[name].type())) if name in columns else value
        for name, value in made.items()
    }
    behind = [name for name in INTERACTIONS.names() if name in made and name not in columns]
    behind += [name for name in made if name not in columns and name not in behind]
    return told.mutate(**filled).select(*columns, *behind)
