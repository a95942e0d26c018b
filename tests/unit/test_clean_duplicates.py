import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from voc.data.audit import Audit
from voc.data.clean.duplicates import drop_near_duplicates, likeness
from voc.data.rules import Duplicates
from voc.data.store import to_frame

LATE = "Where is my parcel? It should have been here on Monday."
RULES = Duplicates()  # 60 minutes, 85 % alike


def table(store, *rows, **more):
    """Make contacts from (id, customer, hh:mm, text); the id's letter before the colon is the source."""
    frame = pd.DataFrame(rows, columns=["interaction_id", "customer_id", "created_at", "text"])
    frame["created_at"] = pd.to_datetime("2026-10-01 " + frame["created_at"].astype("str")).astype("datetime64[us]")
    frame["source"] = [name.partition(":")[0] for name in frame["interaction_id"]]
    frame["_row"] = range(2, len(frame) + 2)
    kinds = dict.fromkeys(["interaction_id", "customer_id", "text", "source"], "str")
    return store.load(frame.astype(kinds).assign(**more))


def applied(store, given_table, rules=RULES):
    audit = Audit(store)
    done = to_frame(audit.apply(given_table, drop_near_duplicates, rules, store))
    gone = audit.removed().to_pandas().sort_values("interaction_id")
    return done.sort_values("interaction_id", ignore_index=True), gone[
        ["interaction_id", "reason", "kept_id"]
    ].to_numpy().tolist()


def test_a_form_sent_twice_is_one_contact(store):
    done, gone = applied(store, table(store, ("t:1", "C1", "09:00", LATE), ("t:2", "C1", "09:04", LATE)))
    assert done["interaction_id"].tolist() == ["t:1"]
    assert gone == [["t:2", "sent again minutes later", "t:1"]]


def test_a_chat_that_became_a_ticket_is_one_contact(store):
    other = "Hello, " + LATE.upper() + " Regards"
    done, gone = applied(store, table(store, ("chat:1", "C1", "09:00", LATE), ("t:9", "C1", "09:30", other)))
    assert done["interaction_id"].tolist() == ["chat:1"]
    assert gone == [["t:9", "copy in another source", "chat:1"]]


@pytest.mark.parametrize(
    "second",
    [
        ("t:2", "C2", "09:04", LATE),  # the same words of another customer
        ("t:2", None, "09:04", LATE),  # of somebody unknown
        ("t:2", "C1", "10:01", LATE),  # an hour and a minute later
        ("t:2", "C1", "09:04", "Please cancel my order, I found it cheaper in another shop."),
        ("t:2", "C1", "09:04", None),
        ("t:2", "C1", "09:04", "👍👍"),
    ],
    ids=["another customer", "unknown customer", "too late", "another text", "no text", "no words"],
)
def test_what_is_no_copy_stays(store, second):
    done, gone = applied(store, table(store, ("t:1", "C1", "09:00", LATE), second))
    assert len(done) == 2
    assert gone == []


def test_the_window_includes_its_edge(store):
    _, gone = applied(store, table(store, ("t:1", "C1", "09:00", LATE), ("t:2", "C1", "10:00", LATE)))
    assert len(gone) == 1


def test_a_chain_of_three_copies_leaves_the_first(store):
    rows = [("t:1", "C1", "09:00", LATE), ("t:2", "C1", "09:50", LATE), ("t:3", "C1", "10:40", LATE)]
    done, gone = applied(store, table(store, *rows))
    assert done["interaction_id"].tolist() == ["t:1"]
    assert [row[2] for row in gone] == ["t:1", "t:1"]  # t:3 is near t:2 only, and both lead to the first


def test_another_contact_in_between_hides_no_copy(store):
    other = "Please cancel my order, I found it cheaper in another shop."
    rows = [("t:1", "C1", "09:00", LATE), ("t:2", "C1", "09:10", other), ("t:3", "C1", "09:20", LATE)]
    done, gone = applied(store, table(store, *rows))
    assert done["interaction_id"].tolist() == ["t:1", "t:2"]
    assert gone == [["t:3", "sent again minutes later", "t:1"]]


@pytest.mark.parametrize(
    ("first", "second", "at", "copies"),
    [
        ("спасибо", "Спасибо!", "09:05", 1),
        ("спасибо", "спасибо", "09:06", 0),  # short texts must come within five minutes
        ("退款", "退货", "09:01", 0),
        ("ok then", "ok thanks", "09:01", 0),
    ],
)
def test_short_texts_must_be_equal_and_close(store, first, second, at, copies):
    _, gone = applied(store, table(store, ("t:1", "C1", "09:00", first), ("t:2", "C1", at, second)))
    assert len(gone) == copies


def test_what_only_the_copy_knew_is_kept(store):
    given_table = table(
        store,
        ("t:1", "C1", "09:00", LATE),
        ("t:2", "C1", "09:04", LATE),
        csat=[None, 2.0],
        product=pd.Series(["Kettle", "Lamp"], dtype="str"),
        survey_sent=pd.Series([None, True], dtype="boolean"),
        resolved_at=pd.to_datetime([None, "2026-10-02 10:00"]).astype("datetime64[us]"),
    )
    done, _ = applied(store, given_table)
    row = done.iloc[0]
    assert (row["csat"], row["product"], bool(row["survey_sent"])) == (2.0, "Kettle", True)
    assert row["resolved_at"] == pd.Timestamp("2026-10-02 10:00")
    assert (row["source"], row["_row"], row["created_at"].hour) == ("t", 2, 9)
    assert list(done.columns) == list(given_table.columns)


def test_a_stricter_rule_finds_fewer(store):
    rows = [("t:1", "C1", "09:00", LATE), ("t:2", "C1", "09:30", LATE.replace("Monday", "Sunday"))]
    assert len(applied(store, table(store, *rows))[1]) == 1
    assert applied(store, table(store, *rows), Duplicates(minutes=20))[1] == []
    assert applied(store, table(store, *rows), Duplicates(likeness=1.0))[1] == []


@pytest.mark.parametrize(
    "rows",
    [[], [("t:1", "C1", "09:00", LATE)], [(f"t:{n}", None, "09:00", None) for n in range(3)]],
    ids=["empty", "one", "all missing"],
)
def test_limits_change_nothing(store, rows):
    done, gone = applied(store, table(store, *rows))
    assert (len(done), gone) == (len(rows), [])


def test_all_equal_rows_leave_one(store):
    done, gone = applied(store, table(store, *[(f"t:{n}", "C1", "09:00", LATE) for n in range(5)]))
    assert done["interaction_id"].tolist() == ["t:0"]
    assert {row[2] for row in gone} == {"t:0"}


def test_data_without_texts_are_said_to_be_so(store):
    outcome = drop_near_duplicates(table(store, ("t:1", "C1", "09:00", LATE)).drop("text"), RULES, store)
    assert "not possible" in outcome.why


@given(st.text(max_size=60), st.text(max_size=60))
def test_likeness_is_a_share_and_symmetric(one, other):
    there, back = (likeness(pd.Series([a]), pd.Series([b]))[0] for a, b in ((one, other), (other, one)))
    assert 0 <= there <= 1
    assert there == pytest.approx(back)


@given(st.text(st.characters(categories=["L"]), min_size=1, max_size=40))
def test_a_text_is_like_itself(text):
    assert likeness(pd.Series([text]), pd.Series([text]))[0] == 1
