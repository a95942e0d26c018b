import pandas as pd
import pytest
from voc.data.audit import Audit
from voc.data.clean.surveys import empty_impossible_scores, join_scores, tidy_surveys
from voc.data.store import to_frame

COLUMNS = ["survey_id", "kind", "interaction_id", "sent_at", "answered_at", "score"]


def surveys(store, *rows):
    frame = pd.DataFrame(rows, columns=COLUMNS)
    for name in ("sent_at", "answered_at"):
        frame[name] = pd.to_datetime(frame[name], format="ISO8601").astype("datetime64[us]")
    frame["_row"] = range(2, len(frame) + 2)
    return store.load(frame.astype({"survey_id": "str", "kind": "str", "interaction_id": "str", "score": "float64"}))


def removed(store, *pairs):
    frame = pd.DataFrame(pairs, columns=["interaction_id", "kept_id"]).astype("str")
    return store.load(frame)


def contacts(store, *rows):
    frame = pd.DataFrame(rows, columns=["interaction_id", "csat", "survey_sent"])
    return store.load(frame.astype({"interaction_id": "str", "csat": "float64", "survey_sent": "boolean"}))


def joined(store, table, about) -> pd.DataFrame:
    audit = Audit(store)
    done = to_frame(audit.apply(table, join_scores, about)).sort_values("interaction_id").set_index("interaction_id")
    return done.assign(cells=int(audit.trail()["cells_changed"][0]))


SENT, LATER = "2026-10-02 10:00", "2026-10-03 10:00"


def test_the_survey_of_a_copy_is_pointed_at_the_contact_that_stayed(store):
    given = surveys(
        store,
        ("s1", "csat", "t:2", SENT, LATER, 2),
        ("s2", "csat", "t:7", SENT, None, None),
        ("s3", "nps", None, SENT, LATER, 9),
    )
    done = to_frame(tidy_surveys(given, removed(store, ("t:2", "t:1"), ("t:5", "t:5"), ("t:6", None)))).set_index(
        "survey_id"
    )
    assert done["interaction_id"].dropna().to_dict() == {"s1": "t:1", "s2": "t:7"}
    assert len(done) == 3


def test_one_row_a_survey_the_answered_before_the_last_sent(store):
    given = surveys(
        store,
        ("s1", "csat", "t:1", SENT, None, None),
        ("s1", "csat", "t:1", SENT, LATER, 4),
        ("s2", "csat", "t:2", SENT, None, None),
        ("s2", "csat", "t:2", LATER, None, None),
    )
    done = to_frame(tidy_surveys(given, removed(store))).set_index("survey_id")
    assert done.loc["s1", "score"] == 4
    assert done.loc["s2", "sent_at"] == pd.Timestamp(LATER)
    assert "_place" not in done


def test_scores_outside_the_scale_of_their_kind_are_emptied(store):
    rows = [("csat", 0), ("csat", 5), ("csat", 6), ("nps", 0), ("nps", 11), ("ces", 7), ("ces", 8), ("csat", None)]
    given = surveys(store, *[(f"s{at}", kind, None, SENT, LATER, score) for at, (kind, score) in enumerate(rows)])
    done = to_frame(empty_impossible_scores(given)).sort_values("_row")["score"]
    assert [None if pd.isna(score) else score for score in done] == [None, 5, None, 0, None, 7, None, None]


def test_scores_come_to_the_contact_they_ask_about(store):
    about = surveys(
        store,
        ("s1", "csat", "t:1", SENT, LATER, 2),
        ("s2", "csat", "t:2", SENT, None, None),
        ("s3", "nps", "t:3", SENT, LATER, 9),
        ("s4", "csat", "t:99", SENT, LATER, 5),
    )
    done = joined(
        store,
        contacts(store, ("t:1", None, None), ("t:2", None, False), ("t:3", 4.0, None), ("t:4", None, True)),
        about,
    )
    assert done["csat"].dropna().to_dict() == {"t:1": 2, "t:3": 4}
    assert done["nps"].dropna().to_dict() == {"t:3": 9}
    assert done["survey_sent"].to_dict() == {"t:1": True, "t:2": True, "t:3": False, "t:4": True}
    assert done["cells"].tolist() == [3] * 4  # three of the four contacts are asked about


def test_only_satisfaction_surveys_count_as_sent(store):
    """The response rate divides CSAT answers by CSAT surveys: one about recommendation must not lower it."""
    done = joined(store, contacts(store, ("t:1", None, None)), surveys(store, ("s1", "nps", "t:1", SENT, None, None)))
    assert done["survey_sent"].tolist() == [False]


def test_the_contacts_own_score_wins(store):
    done = joined(store, contacts(store, ("t:1", 5.0, True)), surveys(store, ("s1", "csat", "t:1", SENT, LATER, 1)))
    assert done["csat"].tolist() == [5]


@pytest.mark.parametrize("rows", [[], [("t:1", None, None)], [(f"t:{n}", 3.0, True) for n in range(3)]])
def test_without_surveys_nothing_changes(store, rows):
    done = joined(store, contacts(store, *rows), surveys(store))
    assert done["csat"].fillna(-1).tolist() == [-1 if row[1] is None else row[1] for row in rows]
    assert done["survey_sent"].tolist() == [bool(row[2]) for row in rows]
