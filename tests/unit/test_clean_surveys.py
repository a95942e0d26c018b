import ibis
import pandas as pd
import pytest
from voc.data.audit import Audit
from voc.data.clean.surveys import (
    empty_impossible_scores,
    join_scores,
    nps_scales,
    other_scales,
    point_at_kept,
    scale_limits,
    tidy_surveys,
)
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


def test_answers_about_contacts_that_are_not_here_are_said(store):
    about = surveys(store, ("s1", "csat", "t:1", SENT, LATER, 2), ("s2", "csat", "t:99", SENT, LATER, 5))
    audit = Audit(store)
    audit.apply(contacts(store, ("t:1", None, None)), join_scores, about)
    assert audit.lines[0]["why"].endswith("; 1 ask about contacts that are not here")
    assert audit.lines[0]["cells_changed"] == 1


def test_surveys_that_name_no_contact_change_none(store):
    given = surveys(store, ("s1", "nps", None, SENT, LATER, 9)).drop("interaction_id")
    assert to_frame(tidy_surveys(given, removed(store)))["survey_id"].tolist() == ["s1"]
    done = joined(store, contacts(store, ("t:1", None, None)), given)
    assert done["csat"].isna().all()


def test_rows_about_a_copy_are_pointed_at_the_contact_that_stayed(store):
    rows = pd.DataFrame({"interaction_id": ["t:2", "t:2", "t:1", "t:9"], "at": range(4)})
    done = to_frame(point_at_kept(store.load(rows), removed(store, ("t:2", "t:1"), ("t:1", "t:1"), ("t:9", None))))
    assert done.sort_values("at")["interaction_id"].tolist() == ["t:1", "t:1", "t:1", "t:9"]
    assert done.columns.tolist() == ["interaction_id", "at"]


# scales


def answers(store, *scores, kind="nps", source="forms"):
    rows = [(f"{source}{at}", kind, None, SENT, LATER, score) for at, score in enumerate(scores)]
    return surveys(store, *rows).mutate(source=ibis.literal(source))


def told(scales) -> list[tuple]:
    return list(scales.itertuples(index=False, name=None))


def test_a_scale_of_1_to_10_is_recognised(store):
    found = nps_scales(answers(store, *[1] * 5, *[7] * 30, *[10] * 25))
    assert told(found) == [("forms", 60, 0, 5, 25, "1–10")]
    said = scale_limits(found).iloc[0]
    assert "none of the 60 answers of forms is 0 while 5 are 1 and 25 are 10: it was asked from 1 to 10" in said["why"]
    assert said["settles"].startswith("Ask from 0 to 10")


@pytest.mark.parametrize(
    ("scores", "scale"),
    [
        ([0, *[1] * 9, *[10] * 50], "0–10"),  # one 0 is enough
        ([*[1] * 4, *[8] * 40, *[10] * 40], "cannot tell"),  # 2⁻⁴ = 6 %: four 1s and no 0 happen by chance
        ([*[1] * 20, *[5] * 40], "cannot tell"),  # no 10 either: perhaps a scale of 1–5
        ([9, 10], "cannot tell"),
    ],
)
def test_other_scales_of_recommendation(store, scores, scale):
    found = nps_scales(answers(store, *scores))
    assert found["scale"].tolist() == [scale]
    assert scale_limits(found).empty


def test_each_source_is_looked_at_by_itself_in_contacts_and_surveys(store):
    ours = pd.DataFrame({"source": ["desk"] * 40, "nps": [1.0] * 10 + [10.0] * 30})
    found = nps_scales(store.load(ours), answers(store, 0, 10, 10), None)
    assert told(found[["source", "n", "scale"]]) == [("desk", 40, "1–10"), ("forms", 3, "0–10")]


def test_without_recommendation_there_is_no_scale(store):
    contacts_only = store.load(pd.DataFrame({"source": ["desk"], "csat": [5.0]}))
    assert nps_scales(contacts_only, None).empty
    assert nps_scales(answers(store, 5, kind="csat")).empty
    assert scale_limits(nps_scales(None)).empty


def test_satisfaction_asked_on_another_scale_is_found(store):
    """0–10 read as 1–5 would empty the 6s to 10s, that is, keep the unhappy."""
    found = other_scales(answers(store, 0, 3, 5, 7, 8, 8, 9, 10, 10, 10, kind="csat"))
    assert told(found[["source", "kind", "column", "n", "outside", "lowest", "highest", "row"]]) == [
        ("forms", "csat", "score", 10, 8, 0.0, 10.0, 2)
    ]


def test_slips_of_the_keyboard_are_no_other_scale(store):
    assert other_scales(answers(store, 9, *[5] * 9, kind="csat")).empty  # one alone says nothing
    assert other_scales(answers(store, *[0] * 5, *[5] * 46, kind="csat")).empty  # under a tenth
    assert other_scales(answers(store, *range(11), kind="nps")).empty
    assert other_scales(answers(store)).empty


def test_contacts_own_scores_have_scales_too(store):
    frame = pd.DataFrame({"source": "desk", "csat": [10.0] * 6, "nps": [10.0] * 6, "_row": range(2, 8)})
    assert told(other_scales(store.load(frame))[["kind", "column", "outside"]]) == [("csat", "csat", 6)]


def test_what_was_never_asked_is_no_field_of_the_contacts(store):
    """An empty column would read as a question that nobody answered."""
    alone = contacts(store, ("t:1", None, None)).drop("csat", "survey_sent")
    done = joined(store, alone, surveys(store, ("s1", "ces", "t:1", SENT, LATER, 6)))
    assert done.columns.tolist() == ["ces", "cells"]
    done = joined(store, alone, surveys(store, ("s1", "csat", "t:1", SENT, None, None)))
    assert done.columns.tolist() == ["csat", "survey_sent", "cells"]  # asked and not answered: a response rate of 0
    assert done["survey_sent"].tolist() == [True]
