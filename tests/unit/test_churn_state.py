"""What is known of a customer at one moment, worked out by hand: nothing that came later, nothing not yet known."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from voc.analysis.chances import points
from voc.analysis.chances.points import Points, learn
from voc.analysis.churn.classes import classes, sizes_of
from voc.analysis.churn.experience import COLUMNS, FLAGS
from voc.analysis.churn.landmarks import Landmark, fitted, planned, told_until
from voc.analysis.churn.segments import GROUPS, apart, group_of, segments
from voc.analysis.churn.state import Known, gone_within, known, state
from voc.analysis.churn.words import words_of

DAY0 = pd.Timestamp("1970-01-01")


def _day(days: list) -> pd.Series:
    return pd.Series([pd.NaT if d is None else DAY0 + pd.Timedelta(days=d) for d in days], dtype="datetime64[us]")


def people() -> pd.DataFrame:
    """a is active throughout; b leaves on day 95; c begins on day 99; d left on day 50; e is on no contact."""
    frame = pd.DataFrame({"customer_id": list("abcde"), "plan": ["x", "x", "y", "y", None], "n": 1})
    return frame.assign(signup_at=_day([0, 10, 99, 0, 40]), churned_at=_day([None, 95, None, 50, None]))


def contacts() -> pd.DataFrame:
    """a: day 5 slow and scored 2, day 60 well and asked in vain, day 86 unsolved (known on day 93). b: day 80, scored 5. d: day 40."""
    rows = pd.DataFrame({"customer_id": ["a", "a", "a", "b", "d"], "at": [5.0, 60, 86, 80, 40]})
    rows["known_at"] = rows["at"] + 7
    flags = {
        "slow": [1, 0, 0, 0, 1],
        "unsolved": [0, 0, 1, 0, 0],
        "opened_again": [0, 0, 0, 0, 0],
        "trouble": [1, 0, 1, 0, 1],
        "unanswered": [0, 1, np.nan, 0, np.nan],
        "bad_score": [1, np.nan, np.nan, 0, np.nan],
        "silent_after_trouble": [0, 0, np.nan, 0, np.nan],
        "repeat": [0, 0, 0, 0, 0],
        "score": [2, np.nan, np.nan, 5, np.nan],
    }
    rows = rows.assign(**{name: np.array(values, float) for name, values in flags.items()}, handle_minutes=5.0)
    for name in ("channel", "category", "issue"):
        rows[name] = pd.Categorical(["chat", "chat", "phone", "phone", "chat"])
    assert set(FLAGS) <= set(rows.columns)
    return rows[COLUMNS]


def test_active_customers_at_day_90():
    of = known(people(), contacts(), 100.0)
    told = state(of, 90, 60).set_axis(["a", "b", "e"])  # c has not begun, d has left
    expected = {
        "tenure": [90, 80, 50],
        "since": [4, 10, np.nan],
        "since_first": [85, 10, np.nan],  # as far back as the data reach
        "contacts_30": [2, 1, 0],  # days 60 and 86: the moment thirty days ago is in
        "contacts_90": [2, 1, 0],  # day 5 lies before the sixty days looked back over
        "contacts": [2, 1, 0],
        "trouble_90": [0, 0, 0],  # that of day 86 is not known on day 90
        "trouble": [0, 0, 0],
        "trouble_share": [0, 0, np.nan],
        "asked": [1, 1, 0],
        "answered": [0, 1, 0],
        "ignored": [1, 0, 0],
        "last_slow": [np.nan, 0, np.nan],
        "last_unsolved": [np.nan, 0, np.nan],
        "first_slow": [1, 0, np.nan],
        "pending": [1, 0, np.nan],
        "last_score": [np.nan, 5, np.nan],
    }
    pd.testing.assert_frame_equal(
        told[list(expected)].astype(float), pd.DataFrame(expected, index=list("abe")).astype(float)
    )
    assert told["plan"].tolist()[:2] == ["x", "x"]
    assert gone_within(of, state(of, 90, 60), 90, 90).tolist() == [False, True, False]


def test_three_days_later_the_trouble_is_known():
    told = state(known(people(), contacts(), 100.0), 93, 60).iloc[0]
    assert (told["trouble"], told["last_unsolved"], told["pending"]) == (1, 1, 0)
    assert told["trouble_share"] == 0.5


def test_nothing_that_comes_later_changes_what_is_known():
    early = known(people(), contacts(), 100.0)
    rows = contacts()
    late = known(people(), rows[rows["at"] < 70], 70.0)
    columns = [name for name in state(late, 70, 60).columns if name != "last"]
    pd.testing.assert_frame_equal(state(early, 70, 60)[columns], state(late, 70, 60)[columns])


def test_who_left_after_the_end_has_not_left_and_a_list_may_be_older():
    of = known(people(), contacts(), 90.0)
    assert of.customers["left"].notna().sum() == 1
    assert told_until(of) == 90
    left = pd.DataFrame({"left": [*np.arange(0, 100.0), np.nan]})
    assert told_until(Known(left, pd.DataFrame(), 0.0, 108.0)) == 108  # nine are missing: may be chance
    assert told_until(Known(left, pd.DataFrame(), 0.0, 120.0)) == 99


def test_numbers_and_flags_of_the_list_become_labels():
    frame = people().assign(paid=[0.0, 10, 20, 30, np.nan], vip=[True, False, True, False, False])
    of = known(frame, contacts(), 100.0)
    assert of.customers["paid"].tolist()[:4] == ["0", "10", "20", "30"]
    assert of.labels == ["plan", "paid", "vip"]  # not n, which is 1 for everybody
    many = pd.DataFrame({"customer_id": [f"{i:03}" for i in range(101)], "paid": np.arange(101.0)})
    cut = known(many, contacts(), 100.0).customers["paid"]
    assert cut.value_counts(sort=False).to_dict() == {
        "0 to 20": 21,
        "20 to 40": 20,
        "40 to 60": 20,
        "60 to 80": 20,
        "80 to 100": 20,
    }


def test_no_contacts_and_no_customers():
    none = known(people(), contacts().iloc[:0], 100.0)
    assert state(none, 90, 60)["contacts"].tolist() == [0, 0, 0]
    assert len(state(known(people().iloc[:0], contacts(), 100.0), 90, 60)) == 0


def test_landmarks_to_learn_from_end_before_the_test_begins():
    plan = planned(0, 730, 90)
    assert plan.train[-1] + 90 == plan.test
    assert plan.test + 90 == 730
    assert min(plan.train) >= plan.back
    assert planned(0, 299, 90) is None
    short = planned(0, 300, 90)
    assert (short.back, short.train) == (30, (30, 60, 90, 120))


def test_groups_by_rule():
    rows = pd.DataFrame(
        {
            "tenure": [90, 91, np.nan, 400, 400, 400, 400.0],
            "contacts": [3, 0, 1, 1, 2, 2, 9],
            "trouble": [2, 0, 0, 1, 0, 1, 2],
        }
    )
    assert group_of(rows).tolist() == list(range(len(GROUPS)))


def test_who_writes_on_the_day_he_leaves_left_after():
    # b left on day 95 without an hour: still a customer at noon, gone when the day is over
    of = known(people(), contacts(), 100.0)
    assert [1 in state(of, at, 60).index for at in (95.5, 96.5)] == [True, False]


def test_segments_of_the_hand_made_customers():
    told = segments(known(people(), contacts(), 100.0), 93.0, 5.0).set_index("group")
    assert told["n"].to_dict() == {
        "new": 2,
        "several, trouble": 1,
    }  # b and e; a has had three contacts, two with trouble
    a, new = told.loc["several, trouble"], told.loc["new"]
    assert (a["asked"], a["answered_pct"], a["csat_n"], a["csat_pct"]) == (2, 50, 1, 0)
    assert (new["left"], new["left_pct"], new["csat_pct"]) == (1, 50, 100)
    assert a["channel"] == "chat"
    assert a["contacts_year"] == pytest.approx(3 * 365 / 88)  # looked back over since the first contact, day 5
    assert new["contacts_year"] == pytest.approx(365 / (83 + 53))
    assert segments(known(people(), contacts(), 100.0), 4.0, 5.0).empty
    few = segments(known(people(), contacts(), 100.0), 93.0, 5.0, smallest=2)
    assert few[["group", "n"]].to_numpy().tolist() == [["new", 2]]  # a alone would be told by the group
    assert few["share_pct"].iloc[0] == pytest.approx(200 / 3)


def test_groups_that_leave_differently_often_by_hand():
    """20 and 40 of 100 left, 30 expected in each: χ² = 100 ÷ 30 · 2 + 100 ÷ 70 · 2 = 9.52, one degree: .00203."""
    assert apart(pd.DataFrame({"n": [100, 100], "left": [20, 40]})) == pytest.approx(0.00203, abs=1e-5)
    assert apart(pd.DataFrame({"n": [100, 100], "left": [30, 30]})) == 1
    assert np.isnan(apart(pd.DataFrame({"n": [100, 100], "left": [2, 4]})))
    assert np.isnan(apart(pd.DataFrame({"n": [100], "left": [20]})))


def test_classes_and_their_words():
    frame = pd.DataFrame(
        {"since": [np.nan, 7, 7.5, 500], "last_slow": [np.nan, 0, 1, 1], "plan": ["a", "b", None, "new"]}
    )
    codes = classes(frame, {"plan": ["a", "b"]})
    assert {name: code.tolist() for name, code in codes.items()} == {
        "since": [0, 1, 2, 6],
        "last_slow": [0, 1, 2, 2],
        "plan": [1, 2, 0, 0],
    }
    assert words_of("since", 6, {}) == "last contact more than 180 days ago"
    assert words_of("contacts_30", 1, {}) == "no contacts in the last 30 days"
    assert words_of("contacts", 4, {}) == "3 to 4 contacts in the time looked back over"
    assert words_of("plan", 0, {"plan": ["a"]}) == "plan: not known"


def test_points_are_the_odds_of_two_by_two_and_finite_where_everybody_left():
    """Of 900 well served 90 left, of 100 slowly served 50: odds 1/9 and 1, so log 9 apart."""
    frame = pd.DataFrame({"last_slow": np.repeat([0.0, 1.0], [900, 100]), "contacts": 1.0})
    gone = np.concatenate([np.arange(900) < 90, np.arange(100) < 50])
    codes = classes(frame, {})
    rng = np.random.default_rng(0)
    free = learn(codes, gone, sizes_of(codes, {}), rng, prior=100.0)
    assert free.terms["last_slow"].tolist() == pytest.approx([0, 0, np.log(9)], abs=1e-3)
    assert not free.terms["contacts"].any()  # the same for everybody
    assert free.chance(codes)[[0, 950]] == pytest.approx([0.1, 0.5], abs=1e-4)
    drawn = learn(codes, gone, sizes_of(codes, {}), rng)
    assert 0 < drawn.terms["last_slow"][2] < np.log(9)
    parted = learn(codes, frame["last_slow"] == 1, sizes_of(codes, {}), rng)
    assert np.isfinite(parted.terms["last_slow"]).all()
    twice = Points(-2.0, {"last_slow": np.array([0.0, 0.0, 1.0])}).stretched(0.5, 2.0)
    assert twice.chance(codes)[[0, 950]] == pytest.approx(1 / (1 + np.exp([3.5, 1.5])))


def _mark(at: float, left: tuple[int, int]) -> Landmark:
    """Thousand well served and thousand slowly served customers, of whom so many left."""
    codes = {"last_slow": np.repeat([1, 2], 1000).astype(np.int16)}
    gone = np.concatenate([np.arange(1000) < left[0], np.arange(1000) < left[1]])
    return Landmark(at, np.arange(2000), codes, gone)


def test_chances_are_set_right_on_the_last_landmark_only_where_they_were_wrong():
    rng = np.random.default_rng(0)
    steady = fitted([_mark(0, (200, 230)), _mark(90, (205, 228))], 90, {}, rng)
    assert steady.recalibrated is None
    assert (steady.base, steady.left) == (863 / 4000, 863)
    risen = fitted([_mark(0, (100, 300)), _mark(90, (250, 500))], 90, {}, rng)
    assert risen.recalibrated is not None
    assert risen.points.chance({"last_slow": np.array([1, 2])}) == pytest.approx([0.25, 0.5], abs=1e-3)
    near = fitted([_mark(0, (100, 300)), _mark(89, (250, 500))], 90, {}, rng)
    assert near.recalibrated is None  # the first one's days reach into the last: nothing to be held against


def test_of_very_many_stayers_a_part_stands_for_all(monkeypatch):
    mark = _mark(0, (100, 300))
    sizes = sizes_of(mark.codes, {})
    whole = learn(mark.codes, mark.gone, sizes, np.random.default_rng(0), prior=10.0)
    monkeypatch.setattr(points, "MOST_OTHERS", 800)
    some = learn(mark.codes, mark.gone, sizes, np.random.default_rng(0), prior=10.0)
    both = {"last_slow": np.array([1, 2])}
    assert whole.chance(both) == pytest.approx([0.1, 0.3], abs=1e-3)
    assert some.chance(both) == pytest.approx([0.1, 0.3], abs=0.02)
    assert some.chance(both)[0] != whole.chance(both)[0]
