"""What a contact's history tells, by histories written and worked out by hand."""

import datetime as dt

import pandas as pd
import pytest
from voc.analysis.activity import DERIVED, derive
from voc.analysis.metrics import METRICS, with_measures
from voc.analysis.rules import MetricRules
from voc.analysis.variants import VARIANTS, for_other_definitions, variant_of
from voc.data.schema import ACTIVITY
from voc.data.store import to_frame

CREATED = pd.Timestamp("2026-10-01 09:00:00")
UNTIL = dt.datetime(2026, 10, 2, 9, 0)
KINDS = {"string": "str", "timestamp": "datetime64[us]", "float64": "float64", "boolean": "boolean"}


def contacts(store, ids=("t:1",), **columns):
    frame = pd.DataFrame({"interaction_id": list(ids), "source": [name.split(":")[0] for name in ids], **columns})
    return store.load(frame.assign(created_at=pd.Series([CREATED] * len(ids)).astype("datetime64[us]")))


def history(store, *rows):
    """Each row: minutes after creation, kind, and what else is known; ``of`` names another contact."""
    told = [
        {"interaction_id": "t:1", "at": CREATED + pd.Timedelta(minutes=at), "kind": kind, **more}
        for at, kind, more in rows
    ]
    told = [{**row, "interaction_id": row.pop("of", row["interaction_id"])} for row in told]
    frame = pd.DataFrame(told, columns=ACTIVITY.names())
    return store.load(frame.astype({column.name: KINDS[column.kind] for column in ACTIVITY.columns}))


def status(at, name, **more):
    return at, "status", {"status": name, "actor": "agent", **more}


def said(at, actor, public=True, **more):
    return at, "message", {"actor": actor, "public": public, **more}


def given(at, agent, **more):
    return at, "assigned", {"agent_id": agent, **more}


def score(at, points, **more):
    return at, "score", {"score": points, "actor": "customer", **more}


def one(store, *rows, until=UNTIL, **columns) -> pd.Series:
    return to_frame(derive(contacts(store, **columns), history(store, *rows), until)).iloc[0]


def after(row, column) -> float | None:
    """Minutes from creation to a stamp."""
    return None if pd.isna(row[column]) else (row[column] - CREATED).total_seconds() / 60


WAITS = ["requester_wait_minutes", "agent_wait_minutes", "agent_work_minutes"]


def test_waits_add_up_over_the_statuses(store):
    # new 10, open 20, pending 60, hold 30, open 5, then solved: requester 10 + 20 + 30 + 5, agent's wait 60, work 35
    steps = [status(0, "new"), status(10, "open"), status(30, "pending"), status(90, "hold"), status(120, "open")]
    row = one(store, *steps, status(125, "solved"), status(500, "closed"))
    assert row[WAITS].tolist() == [65, 60, 35]
    assert (after(row, "first_resolved_at"), after(row, "resolved_at"), row["reopened"]) == (125, 125, 0)


def test_a_status_that_still_holds_counts_until_the_end(store):
    row = one(store, status(0, "open"), status(60, "pending"))
    assert row[WAITS].tolist() == [60, 23 * 60, 60]
    assert pd.isna(row["resolved_at"])
    assert one(store, status(0, "open"), until=UNTIL - dt.timedelta(hours=20))["requester_wait_minutes"] == 240
    # what happens after the end is not looked at; an end with a time zone is the same moment
    early = dt.datetime(2026, 10, 1, 12, 0, tzinfo=dt.timezone(dt.timedelta(hours=2)))
    row = one(store, status(0, "open"), status(90, "solved"), until=early)
    assert (row["requester_wait_minutes"], pd.isna(row["first_resolved_at"])) == (60, True)


def test_a_contact_is_new_until_its_first_status(store):
    assert one(store, status(15, "pending"), status(20, "solved"))[WAITS].tolist() == [15, 5, 15]
    # a status from before the creation counts from the creation on
    assert one(store, status(-600, "hold"), status(20, "solved"))[WAITS].tolist() == [20, 0, 0]
    assert one(store, status(-600, "new"), status(-300, "pending"), status(20, "solved"))[WAITS].tolist() == [0, 20, 0]


def test_solved_twice_is_opened_again_once(store):
    row = one(store, status(0, "open"), status(10, "solved"), status(30, "open"), status(50, "solved"))
    assert (after(row, "first_resolved_at"), after(row, "resolved_at"), row["reopened"]) == (10, 50, 1)
    row = one(store, status(0, "open"), status(10, "solved"), status(30, "pending"))
    assert (after(row, "first_resolved_at"), after(row, "resolved_at"), row["reopened"]) == (10, None, 1)
    # closed without having been solved is solved then; the same status twice is once; one moment follows a contact's life
    row = one(store, status(0, "open"), status(40, "closed"))
    assert (after(row, "first_resolved_at"), after(row, "resolved_at"), row["reopened"]) == (40, 40, 0)
    row = one(store, status(5, "solved"), status(5, "open"), status(5, "solved"), status(9, "solved"))
    assert (after(row, "resolved_at"), row["reopened"], row["requester_wait_minutes"]) == (5, 0, 5)


def test_the_first_response_is_a_person_s_public_answer(store):
    # the opening message of an agent answers nobody; a bot, an internal note and the customer do not answer either
    row = one(
        store, said(0, "agent"), said(1, "bot"), said(2, "agent", public=False), said(3, "customer"), said(4, "agent", public=None),
        said(7, "agent"), said(9, "agent"), said(9, "agent"),
    )  # fmt: skip
    assert (after(row, "first_response_at"), row["agent_replies"]) == (7, 2)  # the message exported twice is one


def test_reassigned_counts_changes_after_the_first_agent(store):
    assert one(store, given(1, "a"))["reassigned"] == 0
    assert one(store, given(1, "a"), given(2, "a"), given(3, None), given(4, "a"))["reassigned"] == 0
    assert one(store, given(1, "a"), given(2, "b"), given(3, "a"))["reassigned"] == 2


@pytest.mark.parametrize(
    ("rows", "found"),
    [
        ([given(1, "a"), score(5, 1), given(9, "b")], True),
        ([given(1, "a"), score(5, 3), given(9, "b")], False),
        ([given(1, "a"), score(5, 3), given(7, "b"), score(9, 5)], True),
        ([given(1, "a"), given(2, "b"), score(5, 1), score(9, 5)], False),
        ([given(1, "a"), score(5, 2)], False),
        ([given(1, "a"), given(2, "b")], None),
    ],
)
def test_reassigned_after_a_score(store, rows, found):
    value = one(store, *rows)["reassigned_after_score"]
    assert (None if pd.isna(value) else bool(value)) == found


def test_what_histories_do_not_hold_is_not_known(store):
    table = contacts(store, ids=("t:1", "t:2", "t:3", "p:1"))
    acts = history(
        store, said(5, "agent"), status(1, "open", of="t:2"), status(1, "open", of="p:1"), status(1, "open", of="t:9")
    )
    found = to_frame(derive(table, acts, UNTIL).order_by("interaction_id")).set_index("interaction_id")
    assert found.index.tolist() == ["p:1", "t:1", "t:2", "t:3"]
    # t:2 has a history of a source with messages: no reply is none; t:3 has no history; the source p never has messages
    assert found["agent_replies"].fillna(-1).tolist() == [-1, 1, 0, -1]
    assert found["requester_wait_minutes"].isna().tolist() == [False, True, False, True]
    assert found["reassigned"].isna().all()


def test_a_public_message_of_nobody_knows_whom_leaves_replies_unknown(store):
    row = one(store, said(5, "agent"), said(6, None))
    assert (after(row, "first_response_at"), pd.isna(row["agent_replies"])) == (5, True)
    assert one(store, said(5, "agent"), said(6, None, public=False))["agent_replies"] == 1


def test_what_the_source_gave_is_not_changed(store):
    given_stamps = pd.Series([CREATED + pd.Timedelta(minutes=3), None]).astype("datetime64[us]")
    table = contacts(store, ids=("t:1", "t:2"), first_response_at=given_stamps, agent_replies=[9.0, None])
    acts = history(store, said(5, "agent"), said(8, "agent", of="t:2"), status(1, "solved"))
    made = derive(table, acts, UNTIL)
    assert made.columns[: len(table.columns)] == table.columns
    assert set(made.columns) == {*table.columns, *DERIVED}
    found = to_frame(made.order_by("interaction_id"))
    assert [after(row, "first_response_at") for _, row in found.iterrows()] == [3, 8]
    assert found["agent_replies"].tolist() == [9, 1]
    assert to_frame(derive(made, acts, UNTIL)).shape == found.shape  # once more changes nothing


def test_limits_nothing_at_all(store):
    table = contacts(store)
    assert to_frame(derive(table, history(store), UNTIL))[list(DERIVED)].isna().all(axis=None)
    bare = history(store, status(10, "solved")).select("interaction_id", "at", "kind", "status")
    row = to_frame(derive(table.drop("source"), bare, UNTIL)).iloc[0]
    assert (row["requester_wait_minutes"], after(row, "resolved_at")) == (10, 10)
    assert pd.isna(row["agent_replies"])
    assert to_frame(derive(table.filter(table.interaction_id == "none"), bare, UNTIL)).empty


OPENED = [said(0.05, "agent"), said(20, "customer"), said(50, "agent"), status(0, "open"), status(60, "solved")]
PLAIN = [said(0, "customer"), said(2, "bot"), said(10, "agent"), status(0, "open"), status(60, "solved")]
LATER = [said(1, "customer"), said(10, "agent"), status(5, "open"), status(60, "solved")]
SILENT = [said(0, "customer"), status(0, "open"), status(60, "solved")]
AGAIN = [said(0, "customer"), said(10, "agent"), status(0, "open"), status(60, "solved"), status(120, "open")]
TWICE = [said(0, "customer"), status(0, "open"), status(60, "solved"), status(90, "solved"), status(120, "pending")]


CLOSED = [status(0, "open"), status(60, "closed"), status(90, "solved")]
HISTORIES = {
    "opened": OPENED, "plain": PLAIN, "later": LATER, "silent": SILENT, "again": AGAIN, "twice": TWICE, "closed": CLOSED,
}  # fmt: skip


@pytest.fixture(scope="module")
def measured(store) -> dict[str, pd.DataFrame]:
    """The histories side by side, with every metric under each definition."""
    table = contacts(store, ids=[f"{name}:1" for name in HISTORIES])
    acts = history(
        store, *((at, kind, {**more, "of": f"{name}:1"}) for name, rows in HISTORIES.items() for at, kind, more in rows)
    )
    table = store.settle(for_other_definitions(derive(table, acts, UNTIL), acts, UNTIL))
    made = {"strict": to_frame(with_measures(table, MetricRules(), VARIANTS["dbt"]))}
    for definitions, variants in VARIANTS.items():
        made[definitions] = to_frame(
            table.mutate(**{n: one.measure(table, MetricRules()) for n, one in variants.items()})
        )
    return {name: frame.set_index("source") for name, frame in made.items()}


def under(measured, metric, rows) -> list[float | None]:
    values = [measured[definitions].loc[rows].get(metric) for definitions in ("strict", "zendesk", "dbt")]
    return [None if value is None or pd.isna(value) else round(float(value), 6) for value in values]


@pytest.mark.parametrize(
    ("metric", "rows", "strict", "zendesk", "dbt"),
    [
        # an agent opened it with a message 3 s after creation: ours takes it, Zendesk the second, dbt counts it as the answer
        ("frt_minutes", "opened", 0.05, 50, 0.05),
        ("frt_minutes", "plain", 10, 10, 2),  # dbt takes the bot's
        ("frt_minutes", "later", 10, 10, 9),  # dbt counts from the customer's message
        ("frt_minutes", "silent", None, None, None),
        ("one_touch_pct", "plain", 1, 1, 0),
        ("one_touch_pct", "silent", 0, 1, 0),  # nobody answered
        ("one_touch_pct", "opened", 0, 0, 0),
        ("one_touch_pct", "again", None, None, None),
        ("resolution_hours", "plain", 1, 1, 1),
        ("resolution_hours", "again", None, 1, 1),  # open again: not resolved, but the others keep the old time
        ("resolution_hours", "twice", None, 1, 1.5),  # solved once more without having been opened
        ("requester_wait_minutes", "plain", 60, 60, 60),
        ("requester_wait_minutes", "later", 60, 60, 55),
        ("requester_wait_minutes", "again", 60 + 1320, 60, 60 + 1320),
        ("agent_wait_minutes", "twice", 1320, 0, 1320),
    ],
)  # fmt: skip
def test_one_history_under_three_definitions(measured, metric, rows, strict, zendesk, dbt):
    assert under(measured, metric, rows) == [strict, zendesk, dbt]


@pytest.mark.parametrize(
    ("metric", "rows", "strict", "dbt"),
    [
        ("reopen_pct", "again", None, 0),  # opened again and not solved since
        ("reopen_pct", "twice", None, 1),  # a second row of solved
        ("first_resolution_hours", "closed", 1, 1.5),
        ("agent_work_minutes", "later", 60, 55),
    ],
)
def test_what_only_dbt_defines_differently(measured, metric, rows, strict, dbt):
    assert under(measured, metric, rows)[::2] == [strict, dbt]


def test_every_variant_is_of_a_metric_and_names_its_source_and_columns(store):
    acts = history(store, *PLAIN)
    columns = for_other_definitions(derive(contacts(store), acts, UNTIL), acts, UNTIL).columns
    for definitions, variants in VARIANTS.items():
        for name, variant in variants.items():
            assert name in METRICS
            assert "article 44088" in variant.words or "github.com/fivetran/dbt_zendesk" in variant.words
            assert variant_of(definitions, name, columns) is variant
            assert variant_of(definitions, name, ["created_at"]) is None
    assert variant_of("strict", "frt_minutes", columns) is None
    assert variant_of("zendesk", "csat_pct", columns) is None
