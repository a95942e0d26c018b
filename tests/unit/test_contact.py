"""Chances of bad scores: moments and classes by hand, worlds of noise and of harm, and that nothing peeks ahead."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from contact_world import END, seconds, world
from voc.analysis.chances.scores import auc_interval, skill
from voc.analysis.forecast.contact import NOTHING, TELLS, UNKNOWN, bad_scores
from voc.analysis.forecast.facts import classes_of
from voc.analysis.forecast.moments import moments
from voc.analysis.forecast.rolling import _shares, backtest, known_by, learned
from voc.report.pages.contact_risk import lead

NOW = END.timestamp() / 86_400


def told(store, frame, surveys, seed=0, **more):
    table = store.settle(store.load(frame))
    asked = None if surveys is None else store.settle(store.load(surveys))
    return bad_scores(table, END, np.random.default_rng(seed), surveys=asked, **more)


def laid(store, frame, surveys, days=400, **more):
    asked = None if surveys is None else store.settle(store.load(surveys))
    return moments(store.settle(store.load(frame)), END, days, surveys=asked, **more)


def few():
    """Seven contacts on 20 October: hours at which each was answered, solved first and last, and scored (missing: not)."""
    rows = [
        ("a", 9, 10, 10, 11, 2, 0),  # bad, after all
        ("b", 9, 10, 10, 9.5, 1, 0),  # scored between response and solution
        ("c", 9, 10, 10, 8.5, 1, 0),  # scored before the response
        ("d", 9, 10, 14, 12, 2, 1),  # scored between two solutions
        ("e", 9, 10, 14, 15, 5, 1),  # opened again, scored after
        ("f", np.nan, np.nan, np.nan, np.nan, np.nan, 0),  # still waiting
        ("g", 9, 10, 10, 24 * 30, 1, 0),  # scored after the end
    ]
    names = [
        "interaction_id",
        "first_response_at",
        "first_resolved_at",
        "resolved_at",
        "answered_at",
        "csat",
        "reopened",
    ]
    frame = pd.DataFrame(rows, columns=names)
    day = pd.Timestamp("2026-10-20")
    stamps = names[1:5]
    frame[stamps] = frame[stamps].apply(lambda hours: day + pd.to_timedelta(hours, unit="h"))
    frame = frame.assign(created_at=day + pd.Timedelta(hours=8), created_local=day + pd.Timedelta(hours=8), channel="chat", source="s", customer_id="c")  # fmt: skip
    frame["frt_minutes"] = (frame["first_response_at"] - frame["created_at"]).dt.total_seconds() / 60
    asked = frame[["interaction_id", "answered_at"]].assign(kind="csat", sent_at=day)
    return seconds(frame.drop(columns="answered_at")), seconds(asked)


def test_who_stands_where_at_the_first_response(store):
    """c was scored before; f still waits: 12 days less 8 hours, 16,800 minutes; the score of g is not known yet."""
    made = laid(store, *few())["open"]
    rows = made.rows.set_index("interaction_id")
    assert sorted(rows.index) == ["a", "b", "d", "e", "f", "g"]
    assert rows["bad"].fillna(-1).to_dict() == {"a": 1, "b": 1, "d": 1, "e": 0, "f": -1, "g": -1}
    assert rows["waiting"].to_dict() == {"a": False, "b": False, "d": False, "e": False, "f": True, "g": False}
    assert rows.loc["f", "at"] == NOW
    assert rows["unheard"].sum() == 2
    assert made.before == 1


def test_who_stands_where_at_the_solution(store):
    """b and c were scored before. d was scored between two solutions: it stands with the first, as not opened again."""
    made = laid(store, *few())["solved"]
    rows = made.rows.set_index("interaction_id")
    assert sorted(rows.index) == ["a", "d", "e", "g"]
    hour = (rows["at"] - rows["created"]) * 24
    assert hour.round(6).to_dict() == {"a": 2, "d": 2, "e": 6, "g": 2}
    assert made.before == 2


def many(store, **more):
    frame, surveys = world(1, 3000, **more)
    return laid(store, frame, surveys)["solved"], frame, surveys


def test_fifths_are_those_of_the_own_channel():
    rows = pd.DataFrame({
        "channel": pd.Categorical(["chat"] * 100 + ["email"] * 100 + ["fax"]), "first_response": [*range(1, 101), *range(1001, 1101), 5.0],
        "again": [0.0, 1.0, np.nan] * 67,
    })  # fmt: skip
    made = classes_of(rows, ["channel"], ["again", "first_response"])
    codes = made.of(rows)
    assert np.bincount(codes["first_response"]).tolist() == [1, 40, 40, 40, 40, 40]  # fax is too rare for fifths
    assert codes["again"][:3].tolist() == [1, 2, 0]
    assert made.levels == {"channel": ("chat", "email")}
    assert codes["channel"][-1] == 0
    assert made.words("first_response", 5) == "first response: longest fifth of its channel"
    assert [made.words("again", code) for code in (0, 2)] == ["not known: came before about the same", "came before about the same"]  # fmt: skip
    assert made.words("channel", 0) == "channel: not known, or rare"
    assert [made.speaks("first_response", code) for code in (0, 3, 4)] == [False, False, True]


def test_rows_of_one_customer_are_one_piece_of_evidence():
    """Every row three times over tells no more than once; taken for independent rows it would seem to."""
    rng = np.random.default_rng(4)
    chance = rng.uniform(0.05, 0.5, 400)
    bad = rng.random(400) < chance
    thrice, who = np.tile(chance, 3), np.tile(np.arange(400), 3)
    once = auc_interval(chance, bad)
    assert auc_interval(thrice, np.tile(bad, 3), who) == pytest.approx(once, rel=0.01)
    naive = auc_interval(thrice, np.tile(bad, 3))
    assert naive[2] - naive[1] < 0.65 * (once[2] - once[1])
    base = float(bad.mean())
    value, lo, hi = skill(thrice, base, np.tile(bad, 3), np.random.default_rng(1), who=who)
    single = skill(chance, base, bad, np.random.default_rng(1))
    assert value == pytest.approx(single[0])
    assert hi - lo == pytest.approx(single[2] - single[1], rel=0.15)


def test_noise_tells_nothing(store):
    """Twenty worlds in which no fact matters, though customers differ; ten of them get worse all the time."""
    verdicts = []
    for seed in range(20):
        frame, surveys = world(seed, 2500, drift=1.0 * (seed % 2))
        score = told(store, frame, surveys, seed).score
        assert set(score["verdict"]) <= {TELLS, NOTHING}
        verdicts.append(TELLS in set(score["verdict"]))
    assert sum(verdicts) <= 1


def test_harm_is_found_and_told_right(store):
    frame, surveys = world(2, 8000, harm=1.5)
    found = told(store, frame, surveys)
    score = found.score.set_index("moment")
    assert score["verdict"].tolist() == [TELLS, TELLS]
    assert score.loc["solved", "skill"] > score.loc["open", "skill"] > 0.03  # being opened again is known only then
    assert (score["slope_lo"] < 1.1).all()
    assert (score["slope_hi"] > 0.9).all()
    bins = found.bins[found.bins["moment"] == "solved"]
    inside = (bins["lo"] <= bins["predicted"]) & (bins["predicted"] <= bins["hi"])
    assert inside.mean() >= 0.7
    first = found.reasons[found.reasons["moment"] == "solved"].head(3)
    assert set(first["reason"]) == {
        "issue: lost",
        "first response: longest fifth of its channel",
        "opened again after being solved",
    }
    assert first["times"].between(np.exp(1.5) / 2, np.exp(1.5) * 1.5).all()


def test_what_the_issue_alone_would_say_is_told_apart(store):
    """Where only the issue matters, chances tell, but nothing beyond it; where waits matter too, they tell more."""
    found = told(store, *world(2, 8000, by_issue=1.5))
    score = found.score.set_index("moment")
    assert (score["verdict"] == TELLS).all()
    assert (score["matter_skill"] > 0.03).all()
    assert (score["beyond_lo"] <= 0).all()
    assert "what else is known adds nothing that can be told from chance" in lead(found).text
    more = told(store, *world(2, 8000, harm=1.5)).score.set_index("moment")
    assert (more["beyond_lo"] > 0).all()


def test_the_share_of_an_issue_by_hand():
    """Two of class 1, one bad, and two of class 2: with 20 answers at 25 % drawn in, 6 and 5 of 22; twice that at twice the level."""
    code, bad = np.array([1, 1, 2, 2]), np.array([True, False, False, False])
    assert _shares(code, bad, 0.25, 3) == pytest.approx([0.25, 6 / 22, 5 / 22])
    assert _shares(code, bad, 0.5, 3) == pytest.approx([0.5, 12 / 22, 10 / 22])


def test_the_list_holds_what_went_wrong_and_was_worth_it(store):
    frame, surveys = world(2, 8000, harm=1.5)
    found = told(store, frame, surveys, most=10)
    by_id = frame.set_index("interaction_id")
    listed = by_id.loc[found.list["interaction_id"]]
    assert len(listed) == 10
    slow = listed["frt_minutes"].isna() | (listed["frt_minutes"] > 40)
    assert (slow | (listed["reopened"] == 1)).all()
    assert listed["csat"].isna().all()
    assert (found.list["chance_pct"] >= 1.5 * found.list["base_pct"]).all()
    assert found.list["chance_pct"].is_monotonic_decreasing
    reopened = found.list["reasons"].str.contains("opened again")
    assert (found.list.loc[reopened, "step"] == "Ask whether the second solution holds.").all()
    assert (found.worth["lo"] > found.worth["usual_pct"]).all()


def test_the_future_changes_nothing(store):
    """Contacts and scores after the end, and scores of contacts before it that come later, are as if they were not."""
    frame, surveys = world(3, 4000, harm=1.0)
    late_frame, late_surveys = world(9, 1000, harm=3.0)
    days = pd.Timedelta(days=300)
    for part, names in (
        (late_frame, ["created_at", "created_local", "first_response_at", "first_resolved_at", "resolved_at"]),
        (late_surveys, ["sent_at", "answered_at"]),
    ):
        part[names] += days
        part["interaction_id"] = "later" + part["interaction_id"]
    silent = frame.index[frame["csat"].isna()][-300:]
    frame2, surveys2 = frame.copy(), surveys.copy()
    frame2.loc[silent, "csat"] = 1.0
    surveys2.loc[surveys2["interaction_id"].isin(frame.loc[silent, "interaction_id"]), "answered_at"] = (
        END + pd.Timedelta(days=2)
    )
    known = surveys2["interaction_id"].isin(frame.loc[silent, "interaction_id"])
    frame2.loc[
        frame2["interaction_id"].isin(
            set(frame.loc[silent, "interaction_id"]) - set(surveys2.loc[known, "interaction_id"])
        ),
        "csat",
    ] = np.nan
    now, then = (
        told(store, frame, surveys),
        told(store, pd.concat([frame2, late_frame]), pd.concat([surveys2, late_surveys])),
    )
    for name, part in now.frames().items():
        pd.testing.assert_frame_equal(part, then.frames()[name], obj=name)


def test_a_week_is_told_from_what_was_known_when_it_began(store):
    """Turning round every score that came after an origin leaves the chances told there as they were."""
    moment, _, _ = many(store, harm=1.5)
    origin = NOW - 28
    rows = moment.rows.assign(bad=moment.rows["bad"].where(moment.rows["scored_at"] < origin, 1 - moment.rows["bad"]))
    turned = type(moment)(moment.name, rows, moment.labels, moment.facts, moment.missing)
    (one, _), (other, _) = (backtest(part, NOW, np.random.default_rng(0)) for part in (moment, turned))
    upto = one["origin"] <= origin
    assert upto.any()
    assert not upto.all()
    np.testing.assert_array_equal(one.loc[upto, "chance"], other.loc[upto, "chance"])
    assert not np.array_equal(one.loc[~upto, "chance"], other.loc[~upto, "chance"])


def test_the_base_rate_is_that_of_the_latest_quarter(store):
    moment, _, _ = many(store, drift=2.0)
    rows = known_by(moment, NOW)
    made = learned(moment, NOW, np.random.default_rng(0))
    assert made.base == rows["bad"].iloc[int(len(rows) * 0.75) :].mean()
    assert made.base > rows["bad"].mean()


def test_what_cannot_be_told_is_said(store):
    late = told(store, *world(5, 900)).score
    assert (
        late["why"]
        .str.fullmatch(r"only \d+ of \d+ answers of the weeks tested are bad: 30 of either kind are needed")
        .all()
    )
    frame, surveys = world(5, 200)
    few_bad = told(store, frame, surveys).score
    assert (few_bad["verdict"] == UNKNOWN).all()
    assert few_bad["why"].str.contains("too few to learn from").all()
    short = frame.assign(csat=np.where(np.arange(len(frame)) % 2, 1.0, 5.0))[
        frame["created_at"] >= END - pd.Timedelta(days=20)
    ]
    many_bad = pd.concat([short.assign(interaction_id=short["interaction_id"] + f"-{i}") for i in range(20)])
    assert (
        told(store, many_bad.drop(columns="reopened"), None)
        .score["why"]
        .str.contains("days of answers are too few: 14 to learn")
        .all()
    )
    before = surveys.assign(answered_at=END - pd.Timedelta(days=1000))
    assert (
        told(store, frame, before)
        .score["why"]
        .str.fullmatch(r"all \d+ answers came before the (first response|solution)")
        .all()
    )
    none = told(store, frame.drop(columns="csat"), None).score
    assert none["why"].tolist() == ["no satisfaction score belongs to a contact"] * 2
    assert lead(told(store, frame.drop(columns="csat"), None)).text.startswith(
        "At the first response : whether a bad score can be foreseen cannot be told, because no satisfaction score belongs"
    )


def test_without_dates_of_answers_nothing_that_may_follow_them_is_used(store):
    frame, _ = world(2, 4000, harm=1.5)
    found = told(store, frame, None)
    missing = found.why[found.why["moment"] == "solved"].set_index("fact")["why"]
    assert missing["reopened"] == "answers are not dated: it may have been opened again because of the score"
    assert "reopened" not in set(found.reasons["fact"])
    assert not set(found.list["interaction_id"]) & set(frame.loc[frame["csat"].notna(), "interaction_id"])


def test_texts_that_stand_only_beside_scores_have_no_mood(store):
    """A mood that is the score in words would foretell everything; it is not looked at."""
    frame, surveys = world(2, 3000)
    frame["text"] = np.where(frame["csat"].notna(), "words", None)
    mood = np.where(frame["csat"].notna(), np.where(frame["csat"] <= 2, -1, 1), np.nan)
    read = pd.DataFrame({"interaction_id": frame["interaction_id"], "mood": mood})
    found = told(store, frame, surveys, read=read)
    assert found.score["verdict"].tolist() == [NOTHING, NOTHING]
    assert (
        found.why.loc[found.why["fact"] == "mood", "why"]
        .str.startswith("texts stand only where a score was given")
        .all()
    )
    open_texts = told(store, frame.assign(text="words"), surveys, read=read)
    assert open_texts.score["verdict"].tolist() == [TELLS, TELLS]


def test_a_label_that_knows_the_score_is_refused(store):
    """A reason for complaint is only written where the score was bad; the region is not touched."""
    frame, surveys = world(2, 3000)
    frame["complaint"] = np.where(frame["csat"] <= 2, "rude", None)
    frame["region"] = np.where(np.arange(len(frame)) % 2, "north", "south")
    found = told(store, frame, surveys, labels=["complaint", "region"])
    assert found.score["verdict"].tolist() == [NOTHING, NOTHING]
    refused = found.why[found.why["why"] == "its values decide the score: it was written after it"]
    assert refused["fact"].tolist() == ["complaint", "complaint"]
    assert "region" in set(found.reasons["fact"])


@pytest.mark.parametrize(
    "lacking", ["customer_id", "channel", "issue", "reopened", "first_response_at", "resolved_at", "abandoned"]
)
def test_data_that_lack_a_column_are_told_without_it(store, lacking):
    frame, surveys = world(2, 2500, harm=1.5)
    score = told(store, frame.drop(columns=lacking), surveys).score.set_index("moment")
    assert score.loc["open", "verdict"] in (TELLS, NOTHING)
    assert (score.loc["solved", "verdict"] == UNKNOWN) == (lacking == "resolved_at")


def test_a_review_is_its_own_score(store):
    """Nothing is left to foretell where the contact is the score."""
    frame, _ = world(2, 2500)
    why = told(store, frame.assign(channel="review"), None).score["why"]
    assert why.tolist() == [
        f"all {frame['csat'].notna().sum():,} answers came before the {event}"
        for event in ("first response", "solution")
    ]


def test_no_contacts_at_all(store):
    frame, surveys = world(2, 50)
    assert told(store, frame.iloc[:0], surveys).score["verdict"].tolist() == [UNKNOWN, UNKNOWN]


def test_sentences_of_both_verdicts(store):
    frame, surveys = world(0, 2500)
    line = lead(told(store, frame, surveys)).text
    assert line.startswith("At the first response: what is known then tells nothing beyond the base rate.")
    frame, surveys = world(2, 8000, harm=1.5)
    line = lead(told(store, frame, surveys)).text
    assert line.startswith("At the first response: what is known then tells more than the base rate")
    assert "Chances were as large as what happened, within noise" in line and "of the silent nothing is known" in line
