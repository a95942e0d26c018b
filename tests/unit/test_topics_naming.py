from collections import Counter

import numpy as np
import pandas as pd
import pytest
from voc.text.topics import TopicRules
from voc.text.topics.common import common, telling_most
from voc.text.topics.naming import named, telling, terms


def said(rows: list[tuple[str, str]]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["text", "language"])
    frame["language"] = frame["language"].astype(object)
    return frame.assign(weight=1)


def test_terms_are_stems_and_neighbours_and_a_no_stays_with_its_word():
    assert terms("The courier did not come") == {
        ("courier",): "courier",
        ("come",): "come",
        ("not", "come"): "not come",
    }
    assert terms("заказ не пришёл")[("не", "пришел")] == "не пришел"
    assert terms("没有退款")[("没有", "退款")] == "没有退款"
    assert terms("") == terms("👍 12 [phone]") == {}


def test_words_of_mail_and_of_haste_tell_nothing():
    assert telling("RE: FWD: pls refund, refund!") == ["refund", "refund"]


RETURNS = [(f"the refund has not arrived {shade}", "en") for shade in ("today", "yet", "here", "again")] * 5
PARCELS = [(f"courier lost parcels {shade}", "en") for shade in ("today", "once", "there", "twice")] * 5
RUSSIAN = [("верните деньги", "ru"), ("возврат денег", "ru"), ("где деньги за возврат", "ru")] * 4


def names_of(rows: list[tuple[str, str]], topic: list[int], k: int, **rules) -> dict:
    near = np.linspace(1, 0.5, len(rows)).astype(np.float32)
    return named(said(rows), np.array(topic), near, k, TopicRules(**rules))


def test_a_label_is_made_of_the_topics_own_words_in_each_language():
    rows = RETURNS + RUSSIAN + PARCELS
    found = names_of(rows, [0] * 20 + [0] * 12 + [1] * 20, 2)
    assert "refund" in found["labels"][0] and "courier" in found["labels"][1]
    assert "деньги" in found["names"][0]["ru"] and "ru" not in found["names"][1]
    assert set(found["words"][0]) == {"en", "ru"}
    assert not set(found["words"][0]["en"]) & set(found["words"][1]["en"]) - {"today"}


def test_forms_of_a_stem_count_together_and_are_written_as_most_write_them():
    rows = [("parcels lost", "en")] * 2 + [("parcel lost", "en")] * 3 + [("bill wrong", "en")] * 5
    words = names_of(rows, [0] * 5 + [1] * 5, 2)["words"][0]["en"]
    assert words == ("parcel lost",)


def test_equal_labels_take_further_words_until_they_differ():
    rows = [("alpha, or beta, or gamma, or delta", "en")] * 9 + [("alpha, or beta, or gamma, or omega", "en")] * 9
    labels = names_of(rows, [0] * 9 + [1] * 9, 2)["labels"]
    assert len(set(labels)) == 2


def test_a_topic_of_function_words_is_called_by_a_sentence():
    rows = [("What should I do?", "en")] * 9 + PARCELS
    assert names_of(rows, [0] * 9 + [1] * 20, 2)["labels"][0] == "«What should I do?»"


def test_the_analysts_name_replaces_the_label():
    rows = RETURNS + PARCELS
    made = names_of(rows, [0] * 20 + [1] * 20, 2)["labels"][1]
    assert names_of(rows, [0] * 20 + [1] * 20, 2, labels={made: "Lost by the courier"})["labels"][1] == (
        "Lost by the courier"
    )


def test_a_topic_of_another_language_is_called_in_that_language():
    rows = [(f"late parcel {at}", "en") for at in "abcdefghijklmnopqrst"] + RUSSIAN + [("money money", "en")]
    found = names_of(rows, [0] * 20 + [1] * 13, 2)
    assert "parcel" in found["labels"][0] and "деньги" in found["labels"][1]


def test_examples_are_the_nearest_without_repeats_and_sentences_before_scraps():
    rows = [
        ("Refund?", "en"),
        ("Where is my refund", "en"),
        ("where is my refund!", "en"),
        ("refund is late again", "en"),
    ]
    examples = names_of(rows, [0] * 4, 1, most_examples=3)["examples"][0]["en"]
    assert examples == ("Where is my refund", "refund is late again")


def test_a_topic_without_a_word_in_any_language_still_has_a_name():
    assert names_of([("👍", None)] * 3, [0] * 3, 1)["labels"] == ("topic 1",)


def test_a_judgement_names_a_topic_in_a_pair_only():
    assert terms("Very good quality") == {("qualiti",): "quality", ("good", "qualiti"): "good quality"}
    assert terms("хорошее, отличное приложение") == {
        ("приложен",): "приложение",
        ("отличн", "приложен"): "отличное приложение",
    }
    assert terms("not good") == {}


def test_what_most_sentences_say_comes_before_what_few_say_and_nobody_else():
    # "parcel": 9 of 10 against 3 of 90 others, .9 ln(26.5) = 2.9; a typing error in 2 of 10, .2 ln(41) = .7
    counted, overall = Counter(parcel=9, pracel=2, the=9), Counter(parcel=12, pracel=2, the=90)
    assert telling_most(counted, 10, overall, 100) == ["parcel", "pracel", "the"]
    assert telling_most(Counter(once=1), 10, Counter(once=1), 100) == []


def test_a_frequent_word_is_not_narrowed_to_a_rare_pair():
    rows = [(f"delivery {shade}", "en") for shade in ("monday", "tuesday", "friday")] * 6
    rows += [("delivery boy", "en")] * 3 + RUSSIAN
    assert names_of(rows, [0] * 21 + [1] * 12, 2)["labels"][0].split(", ")[0] == "delivery"


def test_words_of_one_kin_do_not_stand_side_by_side():
    rows = [
        ("исправьте мне функции", "ru"),
        ("исправте мне функционал", "ru"),
        ("исправить мне вход", "ru"),
    ] * 6 + RETURNS
    label = names_of(rows, [0] * 18 + [1] * 20, 2)["names"][0]["ru"].split(", ")
    assert [sum(word.startswith(kin) for word in label) for kin in ("исправ", "функци", "вход")] == [1, 1, 1]


def test_common_is_the_share_of_sentences_with_one_of_three_words():
    # topic 0: all say "late"; topic 1: eight share nothing, and two of another language are too few to look at; 2: nobody
    odd = ["apple", "brick", "cloud", "dune", "ember", "frost", "grove", "heron"]
    rows = [(f"late {word}", "en") for word in odd] + [("parcel", "en")] * 2 + [(f"{word}s", "ru") for word in odd]
    found = common(said(rows), np.array([0] * 8 + [1] * 10), np.linspace(1, 0.5, 18), 3)
    assert found.tolist() == pytest.approx([1.0, 0.0, 1.0])
    mixed = common(said([*rows[:8], *rows[8:10] * 3]), np.array([0] * 8 + [1] * 6), np.linspace(1, 0.5, 14), 2)
    assert mixed.tolist() == [1.0, 1.0]
