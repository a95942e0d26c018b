"""Voices drawn from small tables in which it is known who can be heard."""

from collections import Counter

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from voc.analysis.rules import MetricRules
from voc.analysis.themes.lines import LINE, sentences_of
from voc.analysis.themes.panel import disagrees, panel, shorten, texts_of, three
from voc.data.periods import Period
from voc.text.corpus import Corpus

OCTOBER = Period.parse("2026-10")
RULES = MetricRules()


def people(n: int, label: str = "late", **more) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Make n quotable texts under one line of the map; ``more`` are columns, a list each or one value."""
    ids = [f"{label}:{at:04d}" for at in range(n)]
    texts = pd.DataFrame({
        "interaction_id": ids, "text": [f"where is my parcel, number {one}?" for one in ids], "language": "en", "channel": "chat",
        "date": pd.Timestamp("2026-10-05"), "score": np.nan, "asked": False,
    }).assign(**more)  # fmt: skip
    return texts, pd.DataFrame({"interaction_id": ids, "kind": "category", "root": "delivery", "label": label})


def moods(texts: pd.DataFrame, values, p: float = 0.95) -> pd.DataFrame:
    return pd.DataFrame({"interaction_id": texts["interaction_id"], "mood": values, "p": p})


def rng(seed: int = 1):
    return np.random.default_rng(seed)


def test_a_text_is_cut_at_a_words_end_and_never_inside_a_mask():
    assert shorten("one two three", 9) == "one two …"
    assert shorten("one two", 7) == "one two"
    assert shorten("first line\nsecond.\nthird", 99) == "first line / second. third"
    assert shorten("write to [email] please", 13) == "write to …"
    assert shorten("write to [email] please", 16) == "write to [email] …"
    assert shorten("包裹还没有到请问什么时候能到", 5) == "包裹还没有 …"
    assert shorten("посылка потерялась", 12) == "посылка …"
    assert shorten("e\u0301" * 10, 3) == "e\u0301 …"  # a letter keeps its mark
    assert shorten("x" * 20_000, 320) == "x" * 320 + " …"


@given(st.text(max_size=400), st.integers(5, 60))
def test_a_short_text_is_never_longer_than_asked_and_is_one_line(text, most):
    short = shorten(text, most)
    assert len(short) <= most + 2
    assert "\n" not in short


def test_texts_are_those_of_the_month_that_say_enough_each_once(store):
    frame = pd.DataFrame({
        "interaction_id": list("abcdefg"),
        "text": ["ok", "包裹还没有到请问", "where is my parcel, please?", "where is my parcel, please?", None, "", "of September, long enough"],
        "created_local": pd.to_datetime(["2026-10-01"] * 6 + ["2026-09-30"]).astype("datetime64[us]"),
        "csat": [None, 1.0, 5.0, 5.0, None, None, None], "survey_sent": [True, True, True, True, False, False, False],
    })  # fmt: skip
    found = texts_of(store.load(frame.astype({"text": "str"})), OCTOBER)
    assert found["interaction_id"].tolist() == ["b", "c"]  # eight ideographs say as much as twenty letters
    assert found[["score", "asked"]].to_numpy().tolist() == [[1.0, True], [5.0, True]]
    assert found["language"].isna().all()
    assert texts_of(store.load(frame.drop(columns="text")), OCTOBER).empty


def test_three_voices_hold_one_of_each_common_language_and_repeat_with_the_seed():
    texts, lines = people(40, language=["en"] * 30 + ["ru"] * 7 + ["zh"] * 3)
    found = three(texts, lines, rng(), RULES)
    assert sorted(found["language"]) == ["en", "ru", "zh"]
    pd.testing.assert_frame_equal(
        found, three(texts.sample(frac=1, random_state=2), lines.sample(frac=1, random_state=3), rng(), RULES)
    )
    assert set(found["interaction_id"]) != set(three(texts, lines, rng(2), RULES)["interaction_id"])


def test_nobody_speaks_twice_and_a_handful_stays_unquoted():
    texts, lines = people(6)
    both = pd.concat([lines, lines.assign(kind="topic", label="parcel")])
    found = three(texts, both, rng(), RULES)
    assert found["interaction_id"].is_unique
    assert found.groupby("label").size().to_dict() == {"late": 3, "parcel": 3}
    assert three(*people(RULES.smallest_group - 1), rng(), RULES).empty
    assert three(texts[:0], lines, rng(), RULES).columns.tolist()[:3] == LINE


def test_a_topics_voice_begins_where_it_speaks_of_it():
    texts, lines = people(
        6, text=[f"{'Hello, I have a long story to tell. ' * 4}The refund {at} never came." for at in range(6)]
    )
    both = pd.concat([lines, lines.assign(kind="topic", label="refund")])
    said = pd.DataFrame(
        {
            "interaction_id": texts["interaction_id"],
            "label": "refund",
            "sentence": [f"The refund {at} never came." for at in range(6)],
        }
    )
    found = three(texts, both, rng(), RULES, sentences=said).groupby("kind")["text"].agg(list)
    assert all(text.startswith("… The refund") for text in found["topic"])
    assert all(text.startswith("Hello") for text in found["category"])
    assert all(text.startswith("Hello") for text in three(texts, both, rng(), RULES, sentences=said[:0])["text"])


def test_the_first_sentence_of_each_topic_is_found():
    segments = pd.DataFrame(
        {
            "contact": [0, 0, 0, 1],
            "text": ["hi", "late", "late too", "odd"],
            "empty": [True, False, False, False],
            "vector": [0, 1, 2, 3],
        }
    )
    corpus = Corpus(pd.DataFrame({"interaction_id": ["a", "b"]}), segments, np.zeros((4, 2), np.float32))
    topics = pd.DataFrame({"topic": ["T1"], "label": ["parcel"]})
    found = sentences_of(corpus, np.array([0, 0, 0, -1]), topics)
    assert found.to_numpy().tolist() == [["a", "parcel", "late"]]


def test_every_contact_is_drawn_about_as_often():
    texts, lines = people(10)
    seen = Counter(one for seed in range(600) for one in three(texts, lines, rng(seed), RULES)["interaction_id"])
    assert min(seen.values()) > 130  # 180 expected
    assert max(seen.values()) < 230


def test_the_panel_holds_the_rare_mood_and_marks_who_dissents():
    texts, lines = people(100, score=[1.0] * 90 + [np.nan] * 10)
    drawn = panel(texts, lines, moods(texts, [-1] * 90 + [0] * 8 + [1] * 2), lines[LINE].drop_duplicates(), rng())
    assert drawn["mood"].tolist() == ["negative", "neutral", "positive"]
    assert drawn["share"].tolist() == [90.0, 8.0, 2.0]
    assert drawn["dissent"].tolist() == [False, False, True]
    assert drawn["of"].unique().tolist() == [100]
    happy = panel(texts, lines, moods(texts, [1] * 90 + [-1] * 10), lines[LINE].drop_duplicates(), rng())
    assert happy.set_index("mood")["dissent"].to_dict() == {"negative": True, "positive": False}
    assert happy.set_index("mood")["disagrees"].to_dict() == {
        "negative": False,
        "positive": True,
    }  # a 1 with kind words
    alike = panel(texts, lines, moods(texts, [-1] * 100), lines[LINE].drop_duplicates(), rng())
    assert alike["dissent"].tolist() == [False]


def test_small_languages_and_the_unscored_are_heard_as_often_over_the_panel():
    parts = [
        people(60, f"line {at}", language=["en"] * 50 + ["ru"] * 8 + ["zh"] * 2, score=[5.0, np.nan] * 30)
        for at in range(8)
    ]
    texts, lines = (pd.concat([part[side] for part in parts], ignore_index=True) for side in (0, 1))
    drawn = panel(texts, lines, moods(texts, [-1, -1, 1, 1, 0, 0] * 80), lines[LINE].drop_duplicates(), rng())
    assert len(drawn) == 24
    assert drawn["language"].value_counts().min() >= 4
    assert abs(int(drawn["score"].notna().sum()) - 12) <= 3
    assert drawn["interaction_id"].is_unique


def test_only_a_negative_text_with_a_high_score_and_the_reverse_disagree():
    pairs = [(-1, 5), (1, 1), (-1, 1), (0, 1), (-1, np.nan)]
    assert [disagrees(mood, score) for mood, score in pairs] == [True, True, False, False, False]


@pytest.mark.parametrize("many", [0, 1, 10])
def test_no_texts_or_few_make_an_empty_panel_not_an_error(many):
    texts, lines = people(10)
    texts = texts[:many]
    marks = moods(texts, -1.0)
    chosen = lines[LINE].drop_duplicates()
    assert len(panel(texts, lines, marks, chosen, rng())) == min(many, 1)
    assert panel(texts, lines, marks.assign(mood=np.nan), chosen, rng()).empty
