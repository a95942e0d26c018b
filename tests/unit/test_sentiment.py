"""Moods of texts: labelled sentences, courtesies and emoji, matched answers, sentences to contacts, and the limits."""

import numpy as np
import pandas as pd
import pytest
from voc.text.corpus import corpus
from voc.text.embed import encoder
from voc.text.logistic import softmax
from voc.text.sentiment import ENOUGH, sentiments
from voc.text.sentiment.cold_start import LANGUAGES, NAMES, left_out, sentences
from voc.text.sentiment.comments import MATTER, of_comments
from voc.text.sentiment.cues import emoji, is_courtesy
from voc.text.sentiment.learn import Known, deal, matched, weigh
from voc.text.sentiment.mix import moods_of, together
from voc.text.vectors import Vectors


@pytest.fixture(scope="module")
def vectors(tmp_path_factory):
    return Vectors(tmp_path_factory.mktemp("vectors"), encoder())


def contacts(texts, **columns):
    ids = [f"t:{i:04d}" for i in range(len(texts))]
    return pd.DataFrame({"interaction_id": ids, "text": texts, "language": "en"}).assign(**columns)


def read(vectors, texts, **columns):
    return sentiments(corpus(contacts(texts, **columns), vectors), vectors, seed=1)


# the labelled sentences


def test_labelled_sentences_are_even_and_none_stands_twice():
    known = sentences()
    assert tuple(known["language"].unique()) == LANGUAGES
    sizes = known.groupby(["language", "mood"]).size().unstack()
    assert (sizes.sum(axis=1) >= 250).all()
    assert (sizes.nunique(axis=1) == 1).all()
    assert not known.duplicated(["language", "text"]).any()
    assert known.groupby(["language", "trade"])["mood"].nunique().eq(3).all()  # no trade is bad by itself


def test_labelled_sentences_hold_nothing_of_the_sample():
    from voc.data.sample import wording_en, wording_ru, wording_zh

    known = {text.strip(" .!?。！？").lower() for text in sentences()["text"]}
    for words in (wording_en, wording_ru, wording_zh):
        for name in ("ANGRY", "PLEASED", "IRONY", "NEUTRAL"):
            plain = {phrase.strip(" .!?。！？").lower() for phrase in getattr(words, name)}
            assert not known & plain


def test_a_trade_left_out_is_read_far_better_than_by_guessing(vectors):
    found = left_out(vectors)
    right = found[list(NAMES)].to_numpy().argmax(axis=1) - 1 == found["mood"].to_numpy()
    assert pd.Series(right).groupby(found["language"]).mean().min() > 0.65


# courtesies and emoji


@pytest.mark.parametrize(
    "text", ["Hello there,", "Best regards", "Добрый день!", "спасибо", "您好", "谢谢", "无", "Have a nice day"]
)
def test_courtesies_are_no_mood(text):
    assert is_courtesy(text)


@pytest.mark.parametrize("text", ["Super!", "Отлично", "差评", "thanks, great", "not arrived", "no refund"])
def test_verdicts_are_no_courtesies(text):
    assert not is_courtesy(text)


def test_emoji_by_hand():
    assert [emoji(text) for text in ("👍", "😡", "👍😡", "🎉🎉🎉🎉", "🙏 😂", "plain")] == [1, -1, 0, 2, 0, 0]


def test_emoji_alone_have_a_mood(vectors):
    found = read(vectors, ["😡😡", "👍👍"]).contacts
    assert found["net"].iloc[0] < 0 < found["net"].iloc[1]


# from sentences to contacts


def test_an_angry_sentence_among_facts_is_an_angry_text():
    facts = [(0.02, 0.96, 0.02)] * 3
    found = together([0, 0, 0, 0, 1], np.array([*facts, (0.9, 0.08, 0.02), (0.1, 0.1, 0.8)]), 3)
    assert found["mood"].tolist() == [-1, 1, 0]
    assert found["neutral"].iloc[2] == 1  # without a sentence
    assert found[["negative", "neutral", "positive"]].sum(axis=1).round(9).eq(1).all()


def test_both_moods_by_hand():
    found = together([0, 0], np.array([[0.9, 0.1, 0.0], [0.0, 0.5, 0.5]]), 1).iloc[0]
    assert found["mixed"] == pytest.approx(0.45)
    assert found["negative"] == pytest.approx(0.9 - 0.45 + 0.45 * 0.9 / 1.4)
    assert found["neutral"] == pytest.approx(0.1 * 0.5)
    assert found["net"] == pytest.approx(-0.4)


def test_moods_of_no_rows():
    mood, p = moods_of(np.zeros((0, 3)))
    assert len(mood) == len(p) == 0
    assert softmax(np.zeros((2, 3))).tolist() == [[1 / 3] * 3] * 2


# learning from scores


def test_the_unhappy_are_matched_with_the_happy_of_the_same_matter():
    answers = pd.DataFrame({"score": [1, 2, 5, 5, 5, 5, 4, 1, 3], "language": "en", "matter": list("aaaaaabcc")})
    rows, ratio = matched(answers, seed=1)
    assert ratio == 2  # four happy to two unhappy of matter a; nobody to match in b and c
    assert rows.tolist() == [0, 1, 2, 3, 4, 5]
    assert matched(answers.assign(score=5), seed=1)[0].tolist() == []
    assert matched(answers.assign(language=list("abababaab")), 1)[1] == 2


def test_customers_stay_in_one_fold():
    folds = deal(pd.Series(["a", "b", "a", None, None] * 20), seed=3)
    assert folds[0] == folds[2] == folds[5]
    assert len(set(folds[3::5])) > 1  # who has no number is not one customer


def test_labelled_sentences_hold_the_weight_of_scores_back():
    rng = np.random.default_rng(1)
    happy = rng.random(400) < 0.5
    own = np.where(happy, 2.0, -2.0) + rng.normal(size=400)
    known = Known([], np.zeros((0, 2)), np.tile([-1, 0, 1], 40), np.log(np.tile(np.eye(3) * 0.8 + 0.06, (40, 1))))
    agree = weigh(rng.normal(size=400), own, happy, known, known.moods * 2.0)
    against = weigh(rng.normal(size=400), own, happy, known, known.moods * -4.0)
    useless = weigh(np.where(happy, 1.0, -1.0), rng.normal(size=400), happy, known, rng.normal(size=120) * 3)
    assert agree == 2.0
    assert against < agree
    assert useless <= 0.25


def shop(n=600, seed=1):
    """Customers of two matters; the unhappy write a word of their own, «plonk», that no labelled sentence has."""
    rng = np.random.default_rng(seed)
    happy = rng.random(n) < 0.6
    first = np.where(rng.random(n) < 0.5, "The kettle", "The app")
    words = np.where(happy, "works since Monday", "is plonk since Monday")
    days = rng.integers(1, 400, n)
    texts = [
        f"{one} {two}, room {chr(97 + day % 26)}{chr(97 + day // 26)}"
        for one, two, day in zip(first, words, days, strict=True)
    ]
    return contacts(texts, csat=np.where(happy, 5.0, 1.0), issue=first, customer_id=[f"c{i}" for i in range(n)]), happy


def test_the_companys_own_words_are_learned_from_its_scores(vectors):
    frame, happy = shop()
    found = sentiments(corpus(frame, vectors), vectors, seed=1)
    cold = sentiments(corpus(frame.drop(columns="csat"), vectors), vectors, seed=1)
    assert found.pairs["en"] >= ENOUGH
    assert found.weight > 0
    assert cold.weight == 0 and cold.pairs == {}
    gap = [moods.contacts["net"][happy].mean() - moods.contacts["net"][~happy].mean() for moods in (found, cold)]
    assert gap[0] > gap[1] + 0.05
    assert (found.contacts["cold"] == cold.contacts["net"]).all()


def test_the_same_seed_and_any_order_of_rows_give_the_same_moods(vectors):
    frame, _ = shop()
    once, again = (
        sentiments(corpus(rows, vectors), vectors, seed=1) for rows in (frame, frame.sample(frac=1, random_state=2))
    )
    pd.testing.assert_frame_equal(once.contacts, again.contacts)
    pd.testing.assert_frame_equal(once.sentences, again.sentences)


def test_few_scores_are_not_learned_from(vectors):
    frame, _ = shop(120)
    found = sentiments(corpus(frame, vectors), vectors, seed=1)
    assert found.weight == 0


# what is read


@pytest.mark.parametrize(
    ("text", "mood"),
    [
        ("The soup was cold and the waiter shouted at us.", -1),
        ("Суп был холодный, официант на нас накричал.", -1),
        ("汤是凉的，服务员还吼我们。", -1),
        ("Which bus goes to the museum?", 0),
        ("Какой автобус идёт до музея?", 0),
        ("去博物馆坐几路车？", 0),
        ("The garden is gorgeous and the staff spoiled us.", 1),
        ("Сад великолепный, нас очень баловали.", 1),
        ("花园漂亮极了，大家对我们照顾得很周到。", 1),
    ],
)
def test_moods_in_three_languages_without_any_score(vectors, text, mood):
    assert read(vectors, [text]).contacts["mood"].tolist() == [mood]


def test_a_language_without_labelled_sentences_is_served_by_the_others(vectors):
    found = read(vectors, ["Der Service war eine Katastrophe.", "C'était parfait, merci beaucoup à toute l'équipe !"])
    assert found.contacts["mood"].tolist() == [-1, 1]


@pytest.mark.parametrize(
    "texts",
    [[], [""], ["  "], ["👍"], ["bad " * 5000], ["same"] * 30, ["<script>alert(1)</script>"]],
)
def test_limits_end_in_moods_and_no_exception(vectors, texts):
    found = read(vectors, texts, csat=5.0)
    assert len(found.contacts) == len([text for text in texts if text.strip()])
    assert found.contacts["mood"].isin([-1, 0, 1]).all()
    assert np.isfinite(found.sentences[["negative", "neutral", "positive"]].to_numpy()).all()


def test_columns_that_are_missing_are_not_needed(vectors):
    frame = pd.DataFrame({"interaction_id": ["a", "b"], "text": ["Awful, nothing works.", "Wonderful, thank you all."]})
    assert sentiments(corpus(frame, vectors), vectors).contacts["mood"].tolist() == [-1, 1]


# comments of surveys


def test_comments_are_scored_by_their_kind(vectors):
    frame = pd.DataFrame(
        {
            "kind": ["csat", "nps", "ces", "csat", "nps", "mood"],
            "score": [2.0, 9.0, 4.0, np.nan, 7.0, 1.0],
            "comment": ["No.", "Great.", "So so.", "Lost", None, "Hm"],
            "survey_id": list("abcdef"),
        }
    )
    made = of_comments(frame, vectors).contacts
    assert made["interaction_id"].tolist() == ["comment:a", "comment:b", "comment:c", "comment:f"]
    assert made["csat"].tolist()[:3] == [1.0, 5.0, 3.0]
    assert np.isnan(made["csat"].iloc[3])  # a kind that nobody described says nothing
    assert set(made["issue"]) == {MATTER}
    assert len(of_comments(pd.DataFrame(), vectors).contacts) == 0


def test_comments_are_read_beside_contacts_and_given_back_apart(vectors):
    comments = of_comments(pd.DataFrame({"kind": "csat", "score": [5.0], "comment": ["Lovely people."]}), vectors)
    first = corpus(contacts(["Nothing works.", "Where is it?"]), vectors)
    found = sentiments(first, vectors, comments=comments, seed=1)
    assert found.contacts["mood"].tolist() == [-1, 0]
    assert found.comments["mood"].tolist() == [1]
    assert len(found.sentences) == len(first.segments)
