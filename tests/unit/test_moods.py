"""Moods as figures and sentences: shares by hand, changes, groups, accuracy, disagreement, the unheard, and the page."""

import xml.etree.ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from voc.analysis.nonresponse import ANSWERED, SILENT, UNASKED, UNHEARD
from voc.analysis.rules import MetricRules
from voc.analysis.themes.mood_changes import compare, divided, levels
from voc.analysis.themes.mood_checks import (
    ALL,
    BAD_TEXT,
    GOOD_TEXT,
    accuracy,
    disagreeing,
    disagreement,
    drawn,
    false_alarms,
    groups,
    unheard,
)
from voc.analysis.themes.moods import by_period, mood_frame, shares, spread, spreads
from voc.data.periods import Period
from voc.report.pages import moods as page
from voc.report.pages import moods_heard as heard
from voc.text.sentiment import Sentiments

OCTOBER, SEPTEMBER = Period.parse("2026-10"), Period.parse("2026-09")
RULES = MetricRules()
HOSTILE = "<script>alert(1)</script>{x}**"


def told(moods, **columns):
    """Contacts with moods, as ``mood_frame`` gives them; clear where a mood is told."""
    moods = np.asarray(moods)
    probable = np.select(
        [moods[:, None] == side for side in (-1, 0, 1)], [np.eye(3)[at] * 0.85 + 0.05 for at in range(3)]
    )
    frame = pd.DataFrame(
        {
            "interaction_id": [f"t:{i:05d}" for i in range(len(moods))],
            "mood": moods.astype("int8"),
            "p": 0.9,
            **dict(zip(("negative", "neutral", "positive"), probable.T, strict=True)),
            "net": probable[:, 2] - probable[:, 0],
            "sentences": 1,
            "created_local": pd.Timestamp("2026-10-02"),
        }
    )
    return frame.assign(**columns)


def alarms(rate=0.0):
    rows = [(ALL, "negative"), (ALL, "positive")]
    return pd.DataFrame(
        [(one, side, 100, rate, rate, rate) for one, side in rows],
        columns=["language", "side", "n", "value", "lo", "hi"],
    )


# shares


def test_shares_by_hand():
    found = shares(told([-1, -1, 0, 1, 0, 0, 0, 0, 0, 0])).set_index("measure")
    assert found["value"].round(6).to_dict() == {"negative": 20, "positive": 10, "net": -10}
    assert found.loc["negative", ["lo", "hi"]].round(1).tolist() == [5.7, 51.0]  # Wilson, 2 of 10
    assert found.loc["net", "lo"] < -10 < found.loc["net", "hi"]


def test_customers_who_write_often_count_for_fewer():
    moods, customers = [-1, -1, 0, 0] * 25, np.repeat([f"c{i}" for i in range(50)], 2)
    assert spread(pd.Series([1, 1, 0, 0]), pd.Series(["a", "a", "b", "b"])) == 2
    assert spread(pd.Series([1, 1, 0, 0]), pd.Series([None] * 4)) == 1
    wide, narrow = (shares(told(moods, customer_id=ids)).set_index("measure") for ids in (customers, range(100)))
    assert spreads(told(moods, customer_id=customers))["negative"] == pytest.approx(2)
    assert wide.loc["negative", "lo"] < narrow.loc["negative", "lo"]


def test_periods_without_texts_have_no_row():
    frame = told([-1, 1], created_local=[pd.Timestamp("2026-09-30 23:59"), pd.Timestamp("2026-08-01")])
    found = by_period(frame, [Period.parse("2026-07"), Period.parse("2026-08"), SEPTEMBER, OCTOBER])
    assert found[["period_start", "measure"]].drop_duplicates("period_start")["period_start"].dt.month.tolist() == [
        8,
        9,
    ]
    weeks = by_period(frame, Period.parse("2026-W40").history(2))
    assert weeks["period_start"].unique().tolist() == [pd.Timestamp("2026-09-28")]


def months(*shares_of, n=400):
    starts = [f"2026-{10 - back:02d}-05" for back in range(len(shares_of))][::-1]
    rows = [
        told(np.where(np.arange(n) < share * n, -1, 0), created_local=pd.Timestamp(day))
        for share, day in zip(shares_of, starts, strict=True)
    ]
    return pd.concat(rows, ignore_index=True)


def test_a_rise_is_sure_and_a_quiet_month_is_noise():
    for now, certainty in ((0.5, "sure"), (0.31, "within noise")):
        frame = months(0.3, now)
        history = by_period(frame, [SEPTEMBER, OCTOBER])
        found = compare(history, OCTOBER, SEPTEMBER, RULES, spreads(frame)).set_index("measure")
        assert found.loc["negative", "certainty"] == certainty
        assert found.loc["negative", "direction"] == ("worse" if certainty == "sure" else "")
        assert found.loc["negative", "change"] == pytest.approx((now - 0.3) * 100)
        assert (found["change"].abs() > found["floor"]).eq(found["p"] < 0.05).all()


def test_a_restless_past_widens_the_floor():
    quiet, restless = months(*[0.3] * 9, 0.38), months(*[0.2, 0.4] * 4, 0.3, 0.38)
    floors = []
    for frame in (quiet, restless):
        history = by_period(frame, OCTOBER.history(10))
        floors.append(
            compare(history, OCTOBER, SEPTEMBER, RULES, spreads(frame)).set_index("measure").loc["negative", "floor"]
        )
    assert floors[1] > 2 * floors[0]


def test_too_few_texts_cannot_be_told():
    frame = months(0.3, 0.9, n=20)
    found = compare(by_period(frame, [SEPTEMBER, OCTOBER]), OCTOBER, SEPTEMBER, RULES, spreads(frame))
    assert set(found["certainty"]) == {"cannot tell"}


# groups


def test_groups_stand_beside_all_others():
    moods = [-1] * 80 + [0] * 20 + [-1] * 60 + [0] * 240
    found = levels(told(moods, channel=["phone"] * 100 + ["chat"] * 300), ["channel", "absent"], RULES)
    phone = found[(found["label"] == "phone") & (found["measure"] == "negative")].iloc[0]
    assert (phone["value"], phone["rest"], phone["change"]) == (80, 20, 60)
    assert (phone["certainty"], phone["direction"]) == ("sure", "worse")
    assert levels(told([0, 0], channel="chat"), ["channel"], RULES).empty  # nobody beside


def test_an_average_that_hides_two_moods_is_found():
    calm, torn = [0] * 700 + [-1] * 150 + [1] * 150, [-1] * 90 + [1] * 90 + [0] * 20
    found = divided(levels(told([*calm, *torn], issue=["calm"] * 1000 + ["torn"] * 200), ["issue"], RULES))
    assert found["label"].tolist() == ["torn"]
    assert found[["negative", "positive", "net", "certainty"]].iloc[0].tolist() == [45, 45, 0, "sure"]
    angry = [*calm, *[-1] * 150, *[0] * 50]
    assert divided(levels(told(angry, issue=["calm"] * 1000 + ["torn"] * 200), ["issue"], RULES)).empty


def moods_of(*probable):
    rows = np.array(probable, dtype=float)
    sentences = pd.DataFrame(
        {"contact": [0, 0, 1][: len(rows)], "mood": rows.argmax(axis=1) - 1, "p": rows.max(axis=1)}
    )
    sentences[["negative", "neutral", "positive"]] = rows
    contacts = pd.DataFrame({"interaction_id": ["a", "b"], "mood": [0, 0], "p": [1.0, 1.0]})
    return Sentiments(sentences, contacts, contacts[:0], 0.0, {})


def test_moods_and_contacts_must_be_of_one_corpus():
    found = moods_of((0.9, 0.1, 0.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
    frame = mood_frame(found, pd.DataFrame({"interaction_id": ["a", "b"], "channel": ["chat", None], "other": 1}))
    assert frame["sentences"].tolist() == [2, 0]  # a courtesy is neutral for certain and not counted
    assert "other" not in frame
    with pytest.raises(ValueError, match="3 contacts, but 2"):
        mood_frame(found, pd.DataFrame({"interaction_id": ["a", "b", "c"]}))


# checks


def test_accuracy_by_hand():
    moods, csat = [-1] * 30 + [1] * 10 + [-1] * 10 + [1] * 30, [1.0] * 40 + [5.0] * 40
    found = accuracy(told(moods, csat=csat, language="en"), np.random.default_rng(1), {"en": 200}, 100)
    row = found.set_index("language").loc["en"]
    assert (row["unhappy"], row["happy"], row["learned"]) == (40, 40, "own scores")
    # pairs: 30·30 right, 10·10 wrong, 30·10 + 10·30 ties that count half
    assert row["auc"] == pytest.approx(100 * (900 + 300) / 1600)
    assert row["right"] == pytest.approx(75)
    assert (row["unhappy_negative"], row["happy_negative"]) == (75, 25)
    assert row["auc_lo"] < row["auc"] < row["auc_hi"]


def test_accuracy_of_few_answers_is_not_told():
    found = accuracy(
        told([-1] * 5, csat=[1.0, 5.0, 5.0, 3.0, np.nan], language=["en", "ru", "en", "en", "en"]),
        np.random.default_rng(1),
        {},
        100,
    )
    assert found["auc"].isna().all()
    assert found.set_index("language").loc[ALL, ["unhappy", "happy"]].tolist() == [1, 2]
    assert set(found["learned"]) == {"no scores"}
    assert len(accuracy(told([0]), np.random.default_rng(1), {"en": 500}, 100)) == 1
    mixed = accuracy(told([0, 0], csat=5.0, language=["en", "ru"]), np.random.default_rng(1), {"en": 500}, 100)
    assert mixed.set_index("language")["learned"].to_dict() == {
        ALL: "own scores",
        "en": "own scores",
        "ru": "other languages' scores",
    }


def test_false_alarms_by_hand():
    read = pd.DataFrame(
        {"language": "en", "mood": [-1, 0, 0, 1], "negative": [0.9, 0.9, 0.1, 0.1], "positive": [0.0, 0.0, 0.0, 0.9]}
    )
    found = false_alarms(read).set_index(["language", "side"])
    assert found.loc[("en", "negative"), ["n", "value"]].tolist() == [3, 1 / 3]
    assert found.loc[(ALL, "positive"), "value"] == 0


def test_disagreement_is_set_against_the_readings_own_errors():
    frame = told([-1] * 20 + [0] * 80 + [1] * 2 + [-1] * 98, csat=[5.0] * 100 + [1.0] * 100)
    kinds = disagreeing(frame).value_counts()
    assert (kinds[BAD_TEXT], kinds[GOOD_TEXT]) == (20, 2)
    found = disagreement(frame, alarms(0.05), RULES).set_index("kind")
    assert (found.loc[BAD_TEXT, "value"], found.loc[BAD_TEXT, "errors"]) == (20, pytest.approx(5))
    assert found["certainty"].to_dict() == {BAD_TEXT: "sure", GOOD_TEXT: "within noise"}
    longer = disagreement(frame.assign(sentences=3), alarms(0.05), RULES).set_index("kind")
    assert longer.loc[BAD_TEXT, "errors"] == pytest.approx(100 * (1 - 0.95**3))
    assert set(disagreement(told([1]), alarms(), RULES)["certainty"]) == {"cannot tell"}


def test_disagreeing_texts_are_drawn_by_lot_and_not_by_order():
    frame = told([-1] * 50, csat=5.0, language="en", channel="chat")
    texts = frame[["interaction_id"]].assign(text=HOSTILE)
    once, again = (
        drawn(rows, texts, np.random.default_rng(3)) for rows in (frame, frame.sample(frac=1, random_state=1))
    )
    assert len(once) == 3
    assert once["interaction_id"].tolist() == again["interaction_id"].tolist()
    assert drawn(frame.assign(csat=1.0), texts, np.random.default_rng(3)).empty


def test_the_unheard_are_compared_within_kinds_of_contact():
    # phone is negative in 80 %, chat in 20 % whoever answers; chat answers more often
    rows = []
    for channel, share, answers in (("phone", 0.8, 50), ("chat", 0.2, 150)):
        for name, n in (("answered", answers), ("silent", 100), ("unasked", 100)):
            moods = np.where(np.arange(n) < share * n, -1, 0)
            rows.append(
                told(moods, channel=channel, csat=4.0 if name == "answered" else np.nan, survey_sent=name != "unasked")
            )
    frame = pd.concat(rows, ignore_index=True)
    found = unheard(frame, RULES).set_index(["mood", "group"])
    silent = found.loc[("negative", SILENT)]
    assert (silent["value"], silent["others"], silent["difference"]) == (50, pytest.approx(50), pytest.approx(0))
    assert silent["certainty"] == "within noise"
    assert found.loc[("negative", ANSWERED), "value"] == pytest.approx(35)
    worse = frame.assign(mood=frame["mood"].mask(groups(frame) == UNASKED, -1))
    assert unheard(worse, RULES).set_index(["mood", "group"]).loc[("negative", UNASKED), "certainty"] == "sure"


def test_the_unheard_without_surveys_or_scores():
    assert set(groups(told([0, 0], csat=[5.0, np.nan]))) == {ANSWERED, UNHEARD}
    assert unheard(told([0, 1]), RULES).empty
    assert unheard(told([0, 1], csat=np.nan), RULES).empty


# the page


def test_what_is_said_of_accuracy_has_its_figures():
    moods, csat = [-1] * 30 + [1] * 10 + [-1] * 10 + [1] * 30, [1.0] * 40 + [5.0] * 40
    found = accuracy(told(moods, csat=csat, language="ru"), np.random.default_rng(1), {}, 100)
    assert "tells 75.0% of the unhappy from the happy" in page.said(found).text
    assert "Russian" in page.accuracy_table(found).text
    few = accuracy(told([0], csat=5.0, language="de"), np.random.default_rng(1), {}, 100)
    assert "cannot be told: 0 unhappy and 1 happy answers" in page.said(few).text
    assert "German" in page.limits(few, ["de"]).to_string()
    assert len(page.limits(found, ["ru"])) == 1
    assert "a colleague's words" in page.limits(found, ["ru"], noted=True).to_string()


def test_change_and_chart_say_the_same():
    for now, words in ((0.5, "more than the period before"), (0.31, "no change beyond chance")):
        frame = months(0.3, now)
        history = by_period(frame, [SEPTEMBER, OCTOBER])
        found = compare(history, OCTOBER, SEPTEMBER, RULES, spreads(frame))
        drawn_one = page.over_time(history, found, OCTOBER)
        assert words in drawn_one.title
        ET.fromstring(drawn_one.svg)
        assert f"{now:.1%} of the texts read negative" in page.change_said(found, OCTOBER, SEPTEMBER).text
    assert page.over_time(history[:0], found[:0], OCTOBER) is None
    assert "cannot be told" in page.change_said(found[:0], OCTOBER, SEPTEMBER).text


def test_groups_that_hide_two_moods_are_told_with_hostile_names():
    frame = told([-1] * 80 + [0] * 120, issue=[HOSTILE] * 100 + ["вопрос 投诉"] * 100)
    found = levels(frame, ["issue"], RULES)
    assert "no average hides two moods" in page.divided_table(divided(found)).text
    torn = [0] * 700 + [-1] * 150 + [1] * 150 + [-1] * 90 + [1] * 90 + [0] * 20
    shown = page.divided_table(divided(levels(told(torn, issue=["calm"] * 1000 + [HOSTILE] * 200), ["issue"], RULES)))
    assert "<script>" not in shown.html


def test_the_unheard_and_disagreements_are_told():
    frame = told(
        [-1] * 60 + [0] * 40 + [-1] * 20 + [0] * 180, csat=[np.nan] * 100 + [5.0] * 200, survey_sent=True, language="zh"
    )
    rows = unheard(frame, RULES)
    assert "Asked, silent: 60.0% of their texts read negative" in heard.unheard_said(rows).text
    assert "Draw thirty" in heard.unheard_said(rows).text
    assert "Asked, silent" in heard.unheard_table(rows).text
    assert "nothing to compare" in heard.unheard_table(rows[:0]).text
    assert "cannot be told" in heard.unheard_said(rows[:0]).text
    words = heard.disagreement_said(disagreement(frame, alarms(0.01), RULES)).text
    assert "10.0% of the customers who scored 4 or 5 wrote a clearly negative text (20 of 200" in words
    assert "more than its errors explain" in words
    assert "No text has a score of 1 or 2" in words
    texts = frame[["interaction_id"]].assign(text=HOSTILE)
    shown = heard.disagreeing_voices(drawn(frame, texts, np.random.default_rng(1)))
    assert "<script>" not in shown.html and "by lot" in shown.text
    assert "No text disagrees" in heard.disagreeing_voices(drawn(frame[:0], texts, np.random.default_rng(1))).text


@pytest.mark.parametrize("moods", [[], [0], [-1] * 10, [1] * 10])
def test_limits_end_in_sentences(moods):
    frame = told(np.array(moods, dtype=int), language="en")
    if not len(frame):
        frame = frame.assign(created_local=pd.Series([], dtype="datetime64[us]"))
    history = by_period(frame, [SEPTEMBER, OCTOBER])
    found = compare(history, OCTOBER, SEPTEMBER, RULES, spreads(frame))
    assert page.change_said(found, OCTOBER, SEPTEMBER).text
    assert page.said(accuracy(frame, np.random.default_rng(1), {}, 100)).text
    assert heard.unheard_said(unheard(frame, RULES)).text
    assert heard.disagreement_said(disagreement(frame, alarms(), RULES)).text
    assert page.divided_table(divided(levels(frame, ["language"], RULES))).text
