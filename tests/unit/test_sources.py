"""What a source description may say, and what it is told when it says something else."""

import pytest
from pydantic import ValidationError
from voc.data.sources import Source


def source(table="interactions", **more) -> Source:
    least = {
        "interactions": {"created_at": "at"},
        "surveys": {"kind": "type", "sent_at": "sent"},
        "activity": {"interaction_id": "ticket", "at": "at", "kind": "what"},
        "staffing": {"day": "day"},
        "shifts": {"day": "day"},
        "customers": {"customer_id": "customer"},
        "volumes": {"day": "day"},
    }
    return Source(**({"table": table, "format": "csv", "columns": least[table]} | more))


def refused(**said) -> str:
    with pytest.raises(ValidationError) as error:
        source(**said)
    return str(error.value)


@pytest.mark.parametrize("table", ["interactions", "surveys", "activity", "staffing", "shifts", "customers", "volumes"])
def test_the_least_that_describes_a_table(table):
    assert source(table).table == table


def test_activity_is_about_a_contact_that_a_column_names():
    spec = source("activity", refers_to="tickets", persons={"supervisor": "boss"}, constants={"actor": "agent"})
    assert spec.columns["interaction_id"] == "ticket"
    said = refused(table="activity", columns={"at": "at", "kind": "what"})
    assert "interaction_id: every row of activity needs it; say which column of the file it is" in said


def test_the_day_of_staffing_is_needed():
    assert "day: every row of staffing needs it" in refused(table="staffing", columns={"staffed_seconds": "hours"})


@pytest.mark.parametrize("table", ["activity", "staffing", "shifts", "volumes"])
def test_rows_without_an_id_of_their_own_take_none(table):
    assert f"rows of {table} have no id of their own; take it out" in refused(table=table, id="no")


def test_the_own_id_of_a_contact_is_no_column():
    said = refused(columns={"created_at": "at", "interaction_id": "no"})
    assert "interaction_id: no column of the table interactions that a file may fill" in said


def test_customers_and_events_need_an_id_or_a_column_of_it():
    assert source("customers", columns={"segment": "s"}, id="customer").id == "customer"
    assert "customer_id: every row of customers needs it" in refused(table="customers", columns={"segment": "s"})


def test_refers_to_needs_the_column_that_refers():
    assert "no column holds the contact's id" in refused(table="surveys", refers_to="tickets")


def test_durations_in_seconds_and_in_minutes():
    spec = source(
        columns={
            "created_at": "at",
            "talk_seconds": "talk",
            "requester_wait_minutes": "wait",
            "agent_work_minutes": "w",
        },
        units={"talk_seconds": "minutes", "requester_wait_minutes": "seconds", "agent_work_minutes": "minutes"},
    )
    assert spec.scale("talk_seconds") == 60
    assert spec.scale("requester_wait_minutes") == pytest.approx(1 / 60)
    assert spec.scale("agent_work_minutes") == 1


@pytest.mark.parametrize(
    "said",
    [
        {"columns": {"created_at": "at", "csat": "s"}, "units": {"csat": "minutes"}},
        {"units": {"talk_seconds": "minutes"}},
        {"columns": {"created_at": "at", "reopened": "n"}, "units": {"reopened": "hours"}},
    ],
)
def test_a_unit_of_what_is_no_duration(said):
    assert "is no duration that this file fills" in refused(**said)


# scores


STARS = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five"}


def test_scores_told_as_counts():
    assert source(counts={"csat": STARS}).count_columns() == ["one", "two", "three", "four", "five"]


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"counts": {"csat": STARS | {6: "six"}}}, "6 is no score of csat, which goes from 1 to 5"),
        ({"counts": {"csat": STARS}, "constants": {"csat": 5}}, "counts: csat stands under columns or constants, too"),
        ({"counts": {"talk_seconds": {1: "one"}}}, "talk_seconds is no score that this file fills; scores are csat"),
        ({"counts": {"stars": STARS}}, "stars: no column of the table interactions"),
        ({"counts": {"csat": STARS}, "format": "jsonl"}, "counts are read from csv and xlsx files only"),
        ({"answers": {"csat": {"Good": 5}}}, "csat is no score that this file fills"),
        (
            {"columns": {"created_at": "at", "csat": "s"}, "answers": {"csat": {"Good": 7}}},
            "7 is no score of csat, which goes from 1 to 5",
        ),
    ],
)
def test_scores_that_cannot_be(said, told):
    assert told in refused(**said)
