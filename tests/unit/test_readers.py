import json
from datetime import datetime

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from voc.data.problems import InputError
from voc.data.readers import read
from voc.data.sources import Source

HEAD = {"table": "interactions", "format": "csv", "id": "id", "time_formats": ["%Y-%m-%d %H:%M"]}


def source(**more) -> Source:
    return Source(**(HEAD | {"columns": {"created_at": "at"}} | more))


def given_rows(folder, *rows, header="id,at", name="contacts.csv"):
    path = folder / name
    path.write_text("\n".join([header, *rows]) + "\n", encoding="utf-8")
    return path


def rows(spec, path, **more) -> pd.DataFrame:
    return read(spec, path, name="desk", **more).rows


def refused(spec, path, **more) -> str:
    with pytest.raises(InputError) as error:
        read(spec, path, name="desk", **more)
    return str(error.value)


def stamps(values) -> list[str | None]:
    return [None if pd.isna(value) else f"{value:%Y-%m-%d %H:%M}" for value in values]


def test_names_ids_constants_and_dimensions(tmp_path):
    path = given_rows(tmp_path, "7,2026-10-01 09:30, Kettle ,", header="id,at,thing,carrier")
    spec = source(
        columns={"created_at": "at", "product": "thing"},
        constants={"channel": "phone"},
        dimensions={"carrier": "carrier"},
    )
    row = rows(spec, path).iloc[0]
    assert row[["interaction_id", "source", "channel", "product", "_row"]].tolist() == [
        "desk:7",
        "desk",
        "phone",
        "Kettle",
        2,
    ]
    assert pd.isna(row["carrier"])


def test_a_missing_column_is_named_with_the_nearest(tmp_path):
    path = given_rows(tmp_path, "1,2026-10-01 09:30", header="id,created at")
    said = refused(source(columns={"created_at": "created_at", "text": "words"}), path)
    assert "2 problems" in said
    assert "column 'created_at': is not in the file. Did you mean created at?" in said
    assert "column 'words': is not in the file. Known names: id, created at." in said


def test_a_date_that_cannot_be_names_file_column_row_and_value(tmp_path):
    path = given_rows(tmp_path, "1,28/02/2026 10:00", "2,31/02/2026 10:00")
    said = refused(source(time_formats=["%d/%m/%Y %H:%M"]), path)
    for part in (str(path), "column 'at', row 3", "'31/02/2026 10:00' is no time of a known form", "time_formats"):
        assert part in said


def test_all_unreadable_values_are_counted_and_five_a_column_shown(tmp_path):
    lines = [f"{at},soon,many" for at in range(8)]
    spec = source(columns={"created_at": "at", "csat": "score"})
    said = refused(spec, given_rows(tmp_path, *lines, header="id,at,score"))
    assert "16 unreadable values" in said
    assert said.count("'soon' is no time") == 5
    assert said.count("'many' is no number") == 5


def test_set_aside_lists_what_it_takes_out_and_keeps_the_rest(tmp_path):
    path = given_rows(
        tmp_path,
        "1,2026-10-01 09:30,5",
        "2,2026-02-31 09:30,4",
        "3,2026-10-03 09:30,five",
        header="id,at,score",
    )
    found = read(source(columns={"created_at": "at", "csat": "score"}), path, name="desk", unreadable="set aside")
    assert found.rows["interaction_id"].tolist() == ["desk:1", "desk:3"]  # without a time there is no contact
    assert found.rows["csat"].isna().tolist() == [False, True]  # without a score there is
    assert found.set_aside[["file", "column", "row", "value"]].to_numpy().tolist() == [
        ["contacts.csv", "at", 3, "2026-02-31 09:30"],
        ["contacts.csv", "score", 4, "five"],
    ]


def test_a_contact_without_a_time_never_leaves_in_silence(tmp_path):
    path = given_rows(tmp_path, "1,2026-10-01 09:30", "2,")
    said = refused(source(), path)
    assert "column 'at', row 3" in said
    assert "is empty" in said
    found = read(source(), path, name="desk", unreadable="set aside")
    assert found.rows["interaction_id"].tolist() == ["desk:1"]
    assert found.set_aside[["column", "row", "why"]].to_numpy().tolist() == [
        ["at", 3, "is empty, and no row can do without it"]
    ]


def test_a_row_without_an_id_is_refused(tmp_path):
    said = refused(source(), given_rows(tmp_path, ",2026-10-01 09:30"))
    assert "column 'id', row 2" in said
    assert "is no id" in said


# times


def test_local_times_become_utc_and_the_reports_clock(tmp_path):
    # Berlin is UTC+1 in winter and UTC+2 in summer; New York UTC−4 in summer
    path = given_rows(tmp_path, "1,2026-01-15 12:00", "2,2026-07-15 12:00")
    found = rows(source(timezone="Europe/Berlin"), path, clock="America/New_York")
    assert stamps(found["created_at"]) == ["2026-01-15 11:00", "2026-07-15 10:00"]
    assert stamps(found["created_local"]) == ["2026-01-15 06:00", "2026-07-15 06:00"]


def test_the_hours_of_a_change_of_clocks(tmp_path):
    # Berlin 2026: 29 March 02:00 → 03:00 (02:30 never was); 25 October 03:00 → 02:00 (02:30 was twice)
    path = given_rows(tmp_path, "1,2026-03-29 02:30", "2,2026-10-25 02:30", "3,2026-10-25 03:30")
    found = rows(source(timezone="Europe/Berlin"), path)
    assert stamps(found["created_at"]) == ["2026-03-29 01:00", "2026-10-25 00:30", "2026-10-25 02:30"]


@pytest.mark.parametrize(
    ("form", "value", "utc"),
    [
        ("%Y-%m-%dT%H:%M:%S%z", "2026-10-01T09:30:00+08:00", "2026-10-01 01:30"),
        ("%Y-%m-%dT%H:%M:%S%z", "2026-10-01T09:30:00Z", "2026-10-01 09:30"),
        ("%Y-%m-%dT%H:%M:%SZ", "2026-10-01T09:30:00Z", "2026-10-01 09:30"),
        ("iso8601", "2026-10-01T09:30:00.250+02:00", "2026-10-01 07:30"),
        ("iso8601", "2026-10-01 09:30", "2026-10-01 07:30"),  # no offset: the file's zone
        ("%m/%d/%Y %I:%M %p", "10/01/2026 12:05 AM", "2026-09-30 22:05"),
        ("epoch_s", "1790847000", "2026-10-01 09:30"),
        ("epoch_ms", "1790847000000", "2026-10-01 09:30"),
        ("excel_days", "46296.395833333", "2026-10-01 07:30"),
    ],
)
def test_every_form_of_time(tmp_path, form, value, utc):
    path = given_rows(tmp_path, f"1,{value}")
    found = rows(source(time_formats=[form], timezone="Europe/Berlin"), path)
    assert stamps(found["created_at"].dt.round("min")) == [utc]


def test_two_forms_in_one_file_each_read_by_its_own(tmp_path):
    path = given_rows(tmp_path, "1,2026-10-01 09:30", "2,01.10.2026 09:30")
    found = rows(source(time_formats=["%Y-%m-%d %H:%M", "%d.%m.%Y %H:%M"]), path)
    assert stamps(found["created_at"]) == ["2026-10-01 09:30"] * 2


BOTH = ["%d/%m/%Y %H:%M", "%m/%d/%Y %H:%M"]


def test_a_value_that_two_forms_read_differently_is_never_guessed(tmp_path):
    path = given_rows(tmp_path, "1,13/04/2026 09:30", "2,03/04/2026 09:30", "3,05/05/2026 09:30")
    said = refused(source(time_formats=BOTH), path)
    assert "1 unreadable value" in said
    assert "row 3: '03/04/2026 09:30' can be read in two ways" in said
    found = read(source(time_formats=BOTH), path, name="desk", unreadable="set aside")
    assert stamps(found.rows["created_at"]) == ["2026-04-13 09:30", "2026-05-05 09:30"]
    assert found.set_aside["row"].tolist() == [3]


def test_a_time_column_without_a_form_is_refused(tmp_path):
    assert "Set time_formats" in refused(source(time_formats=[]), given_rows(tmp_path, "1,2026-10-01"))


def test_midnights_and_exchanged_days_are_noted_for_cleaning(tmp_path):
    path = given_rows(tmp_path, "1,03/04/2026 09:30", "2,13/04/2026 00:00")
    found = rows(source(time_formats=["%d/%m/%Y %H:%M"]), path)
    assert stamps(found["_swap_created_at"]) == ["2026-03-04 09:30", None]  # a 13th month cannot be
    assert found["_midnight_created_at"].tolist() == [False, True]


@given(st.datetimes(min_value=datetime(2000, 1, 1), max_value=datetime(2035, 1, 1)))
def test_any_minute_written_is_the_minute_read(tmp_path_factory, when):
    path = given_rows(tmp_path_factory.mktemp("times"), f"1,{when:%Y-%m-%d %H:%M}")
    assert stamps(rows(source(), path)["created_at"]) == [f"{when:%Y-%m-%d %H:%M}"]


# numbers and flags


def numbers(folder, *values, **more) -> list[float]:
    path = given_rows(
        folder, *[f'{at},2026-10-01 09:30,"{value}"' for at, value in enumerate(values)], header="id,at,s"
    )
    return rows(source(columns={"created_at": "at", "talk_seconds": "s"}, **more), path)["talk_seconds"].tolist()


def test_numbers_with_a_decimal_comma(tmp_path):
    assert numbers(tmp_path, "1.234,5", "12,25", "1 000", decimal=",") == [1234.5, 12.25, 1000.0]


def test_numbers_with_a_point_and_blanks(tmp_path):
    assert numbers(tmp_path, "-3", "1 234.5", "1e3", "2\u00a0000") == [-3.0, 1234.5, 1000.0, 2000.0]


@pytest.mark.parametrize("value", ["twelve", "1,234", "12s", "inf", "-Infinity"])
def test_what_is_no_number_is_refused(tmp_path, value):
    with pytest.raises(InputError, match="is no number"):
        numbers(tmp_path, value)


def test_missing_words_are_missing_not_wrong(tmp_path):
    assert pd.isna(numbers(tmp_path, "N/A", " ", "7", missing=["N/A"])).tolist() == [True, True, False]


def test_words_for_yes_and_no(tmp_path):
    words = ["yes", "No", "TRUE", "0", "да", ""]
    path = given_rows(
        tmp_path, *[f"{at},2026-10-01 09:30,{word}" for at, word in enumerate(words)], header="id,at,sent"
    )
    spec = source(columns={"created_at": "at", "survey_sent": "sent"})
    assert "row 6: 'да' means neither yes nor no. Add the word to flags" in refused(spec, path)
    found = rows(spec, path, flags={"да": True})["survey_sent"]
    assert found.tolist()[:5] == [True, False, True, False, True]
    assert pd.isna(found[5])


def test_durations_come_to_the_unit_of_their_column(tmp_path):
    path = given_rows(tmp_path, "1,2026-10-01 09:30,2.5,90", header="id,at,talk,wait")
    columns = {"created_at": "at", "talk_seconds": "talk", "requester_wait_minutes": "wait"}
    units = {"talk_seconds": "minutes", "requester_wait_minutes": "seconds"}
    row = rows(source(columns=columns, units=units), path).iloc[0]
    assert row["talk_seconds"] == 150.0
    assert row["requester_wait_minutes"] == 1.5
    row = rows(source(columns=columns), path).iloc[0]  # without a word on units they are ours
    assert row[["talk_seconds", "requester_wait_minutes"]].tolist() == [2.5, 90.0]


def test_a_duration_in_minutes_beside_a_text_that_is_none(tmp_path):
    path = given_rows(tmp_path, "1,2026-10-01 09:30,half an hour", header="id,at,talk")
    said = refused(
        source(columns={"created_at": "at", "talk_seconds": "talk"}, units={"talk_seconds": "minutes"}), path
    )
    assert "column 'talk', row 2: 'half an hour' is no number" in said


# scores

STARS = {1: "one", 2: "two", 3: "three", 4: "four", 5: "five"}
STAR_HEAD = "id,at,one,two,three,four,five"


def stars(folder, *given, **more):
    lines = [f"{at},2026-10-01 09:30,{counts}" for at, counts in enumerate(given)]
    spec = source(counts={"csat": STARS}, missing=["-"])
    return spec, given_rows(folder, *lines, header=STAR_HEAD), more


def test_a_score_told_as_counts_per_answer(tmp_path):
    spec, path, _ = stars(tmp_path, "1,0,0,0,0", "0,0,0,1,0", ",,,,1", "0,0,0,0,0", ",-,,,", "0,0,1.0,0,0")
    found = rows(spec, path)["csat"]
    assert [None if pd.isna(score) else score for score in found] == [1, 4, 5, None, None, 3]


def test_a_row_that_counts_several_answers_is_refused(tmp_path):
    spec, path, _ = stars(tmp_path, "0,0,0,0,1", "0,0,0,2,1", "1,0,0,0,1")
    said = refused(spec, path)
    assert "2 unreadable values" in said
    assert "column 'one, two, three, four, five', row 3: '2 × 4, 1 × 5' are several answers in one row" in said
    assert "row 4: '1 × 1, 1 × 5'" in said
    assert "Export one row per survey" in said
    found = read(spec, path, name="desk", unreadable="set aside")
    assert found.rows["csat"].isna().tolist() == [False, True, True]
    assert found.set_aside["row"].tolist() == [3, 4]


@pytest.mark.parametrize("count", ["-1", "0.5"])
def test_a_count_that_is_none_leaves_no_score(tmp_path, count):
    spec, path, _ = stars(tmp_path, f"{count},0,0,0,1")
    assert "column 'one', row 2" in refused(spec, path)
    assert "is no number of answers. Write 1 for the answer given, else 0." in refused(spec, path)
    found = read(spec, path, name="desk", unreadable="set aside").rows["csat"]
    assert found.isna().tolist() == [True]


def test_a_word_among_counts_is_no_number(tmp_path):
    spec, path, _ = stars(tmp_path, "x,0,0,0,1")
    assert "column 'one', row 2: 'x' is no number" in refused(spec, path)


def test_a_column_of_counts_that_is_missing_is_named(tmp_path):
    path = given_rows(tmp_path, "1,2026-10-01 09:30,0,0,0,0", header="id,at,one,two,three,fours")
    said = refused(source(counts={"csat": STARS}), path)
    assert "2 problems" in said
    assert "column 'four': is not in the file. Did you mean fours?" in said


def test_words_of_another_scale_become_the_scores_listed(tmp_path):
    given = ["Good", " bad ", "OFFERED", "", "10"]
    path = given_rows(tmp_path, *[f"{at},2026-10-01 09:30,{word}" for at, word in enumerate(given)], header="id,at,s")
    answers = {"csat": {"Good": 5, "Bad": 1, "Offered": None, 10: 5}}
    found = rows(source(columns={"created_at": "at", "csat": "s"}, answers=answers), path)["csat"]
    assert [None if pd.isna(score) else score for score in found] == [5, 1, None, None, 5]


def test_an_answer_that_is_not_listed_is_never_guessed(tmp_path):
    path = given_rows(tmp_path, "1,2026-10-01 09:30,Good", "2,2026-10-01 09:30,Fair", header="id,at,s")
    said = refused(source(columns={"created_at": "at", "csat": "s"}, answers={"csat": {"Good": 5, "Bad": 1}}), path)
    assert "column 's', row 3: 'Fair' is no answer that is listed. Add it under answers, csat." in said
    plain = refused(source(columns={"created_at": "at", "csat": "s"}), path)  # words without a list are no numbers
    assert "'Good' is no number. Correct it, list it under missing, or say under answers which score it is." in plain


# ids


def test_a_customer_is_the_same_in_every_source(tmp_path):
    """Only contacts and surveys have ids of their source: with a prefix, no contact would find its customer."""
    path = given_rows(tmp_path, "C7,loyal", header="customer,segment")
    spec = Source(table="customers", format="csv", id="customer", columns={"segment": "segment"})
    assert rows(spec, path)["customer_id"].tolist() == ["C7"]


ACTIVITY = {"interaction_id": "ticket", "at": "at", "kind": "what"}


def test_activity_refers_to_the_contacts_of_a_source(tmp_path):
    path = given_rows(tmp_path, "17,2026-10-01 09:30,status", header="ticket,at,what")
    spec = source(table="activity", id=None, columns=ACTIVITY, refers_to="tickets")
    row = rows(spec, path).iloc[0]
    assert row[["interaction_id", "kind", "source", "_row"]].tolist() == ["tickets:17", "status", "desk", 2]
    assert stamps([row["at"]]) == ["2026-10-01 09:30"]
    assert not [name for name in row.index if name.startswith(("_swap", "_midnight"))]


def test_activity_without_a_contact_is_refused_with_its_row(tmp_path):
    path = given_rows(tmp_path, "17,2026-10-01 09:30,status", ",2026-10-01 09:31,status", header="ticket,at,what")
    said = refused(source(table="activity", id=None, columns=ACTIVITY), path)
    assert "column 'ticket', row 3" in said
    assert "is empty, and no row can do without it" in said


# conversations

MESSAGES = {
    "list": "messages",
    "at": "ts",
    "from": "from",
    "text": "text",
    "customer": ["visitor"],
    "agent": ["agent"],
    "bot": ["bot"],
}


def chats(folder, *records, **more):
    path = folder / "chats.jsonl"
    path.write_text("\n".join(json.dumps(record) for record in records), encoding="utf-8")
    return source(format="jsonl", messages=MESSAGES, time_formats=["%Y-%m-%dT%H:%M:%S%z"], **more), path


def chat(*messages, id="7"):
    said = [{"from": who, "ts": f"2026-10-01T{at}:00+00:00", "text": text} for who, at, text in messages]
    return {"id": id, "at": "2026-10-01T09:00:00+00:00", "messages": said}


def test_the_bot_answers_first_and_does_not_count(tmp_path):
    talk = chat(
        ("bot", "09:00", "Hello!"), ("visitor", "09:01", "Where is it?"), ("agent", "09:07", "I look"),
        ("visitor", "09:08", "Thanks"), ("agent", "09:09", "On its way"),
    )  # fmt: skip
    found = rows(*chats(tmp_path, talk)).iloc[0]
    assert found["text"] == "Where is it?\nThanks"
    assert f"{found['first_response_at']:%H:%M}" == "09:07"
    assert found["agent_replies"] == 2


def test_a_chat_that_only_the_bot_answered_has_no_response(tmp_path):
    found = rows(*chats(tmp_path, chat(("visitor", "09:01", "Hi"), ("bot", "09:01", "Hello!")))).iloc[0]
    assert pd.isna(found["first_response_at"])
    assert found["agent_replies"] == 0


def test_an_unknown_sender_is_refused(tmp_path):
    said = refused(*chats(tmp_path, chat(("visitor", "09:01", "Hi"), ("supervisor", "09:05", "Hello"))))
    assert "messages.from" in said
    assert "'supervisor' is an unknown sender. Name it under messages" in said


@pytest.mark.parametrize("messages", ["hello", ["hello"], {"text": "hello"}])
def test_messages_of_another_shape_are_refused(tmp_path, messages):
    record = {"id": "7", "at": "2026-10-01T09:00:00+00:00", "messages": messages}
    said = refused(*chats(tmp_path, record))
    assert "row 1" in said
    assert "no list of messages" in said


def test_fields_that_no_record_has_are_missing_unless_needed(tmp_path):
    spec, path = chats(tmp_path, chat(("visitor", "09:01", "Hi")), columns={"created_at": "at", "product": "product"})
    assert rows(spec, path)["product"].isna().all()
    spec, path = chats(tmp_path, chat(("visitor", "09:01", "Hi")), columns={"created_at": "began"})
    assert "column 'began': is not in the file" in refused(spec, path)
