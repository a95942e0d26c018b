"""Sentences, words, empty talk, vectors and the corpus made of them."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from voc.text.bare import is_bare
from voc.text.corpus import corpus
from voc.text.embed import encoder, plain
from voc.text.segments import LONGEST, MOST, split
from voc.text.sentiment.cues import is_courtesy
from voc.text.smalltalk import is_empty
from voc.text.vectors import MOST_FILES, Vectors, unit
from voc.text.words import STOP, stem, words


class Counting:
    """An encoder whose vectors are known: counts of three letters and a constant; it notes what it was asked for."""

    name, dims, languages = "counting", 4, None

    def __init__(self):
        self.asked: list[str] = []

    def encode(self, texts):
        self.asked += texts
        return unit(np.array([[t.count("a"), t.count("b"), t.count("c"), 1] for t in texts], np.float32).reshape(-1, 4))


@pytest.mark.parametrize(
    ("text", "sentences"),
    [
        ("", []),
        ("   \n \r\n ", []),
        ("Where is it? I wait 5.5 days!!! Now", ["Where is it?", "I wait 5.5 days!!!", "Now"]),
        ("Купил 3 дня назад, т.е. в среду. Не работает", ["Купил 3 дня назад, т.е. в среду.", "Не работает"]),
        ("还没收到。太慢了！！！怎么办？", ["还没收到。", "太慢了！！！", "怎么办？"]),
        ("see www.shop.com/a.b ok", ["see www.shop.com/a.b ok"]),
        ("one\ntwo\u2028three", ["one", "two", "three"]),
    ],
)
def test_sentences(text, sentences):
    assert split(text) == sentences


def test_long_texts_are_cut_and_bounded():
    assert [len(piece) for piece in split("x" * 1000)] == [400, 400, 200]
    assert all(len(piece) <= LONGEST for piece in split("word " * 5000))
    assert len(split("No. " * 300)) == MOST
    assert "".join(split("слово " * 150)).replace(" ", "") == "слово" * 150


@given(st.text(max_size=900))
def test_no_sentence_is_blank_or_too_long(text):
    found = split(text)
    assert all(piece.strip() == piece != "" and len(piece) <= LONGEST for piece in found)
    assert len(found) <= MOST


def test_words_and_stems_of_three_languages():
    assert words("Не пришёл ЗАКАЗ №12 [email] don’t 物流太慢") == ["не", "пришел", "заказ", "don't", "物流", "太慢"]
    assert words("x" * 300) == words("👍 123") == []
    assert {stem("доставка"), stem("доставкой")} == {stem("доставку")}
    assert stem("delivered") == stem("delivering") != stem("物流")
    assert {"the", "и", "的"} <= STOP
    assert not {"not", "не", "没有"} & STOP


@pytest.mark.parametrize(
    "said",
    [
        *(
            "Hello??",
            "Hi there",
            "Dear team,",
            "Thanks in advance!",
            "ok",
            "👍👍",
            "?",
            "12345",
            "[email]",
            "What now?",
        ),
        *("Добрый день", "Спасибо большое", "с уважением", "Супер", "Жду ответа!", "ага😡", "Что делать?"),
        *("好的", "谢谢啦", "在吗？", "好评！", "等您回复", "怎么办？"),
    ],
)
def test_empty_talk(said):
    assert is_empty(said)


@pytest.mark.parametrize(
    "said",
    [
        *("no reply", "terrible service", "no answer from support", "refund please", "not delivered", "late"),
        *("нет ответа", "служба поддержки ужас", "где заказ", "не работает", "верните деньги"),
        *("客服太差", "没有回复", "太慢了", "退款", "物流很好"),
    ],
)
def test_what_is_not_empty_talk(said):
    assert not is_empty(said)


@pytest.mark.parametrize(
    "said",
    [
        *("Great app!", "I love this app", "Worst experience ever", "Not good at all", "Everything is fine"),
        *("Отличное приложение", "Мне всё нравится!", "Самое лучшее, рекомендую", "не плохо", "Что за фигня?"),
        *("东西很不错", "好用好用啊！", "太失望了", "值得推荐！"),
    ],
)
def test_bare_praise_and_scorn_say_nothing_of_a_matter_yet_are_no_courtesy(said):
    assert is_bare(said) and is_empty(said) and not is_courtesy(said)


@pytest.mark.parametrize(
    "said",
    [
        *("Good delivery", "great quality", "works well", "bad service", "Best regards", "Where is it?", ""),
        *("Отличная доставка", "хорошо работает", "понятный интерфейс", "где заказ"),
        *("物流很好", "质量不错", "客服太差", "12个烂了3个。", "房间不好"),
        "good " * 9,
    ],
)
def test_what_is_praised_makes_it_a_matter(said):
    assert not is_bare(said)


def test_plain_form_forgets_numbers_case_and_the_invisible():
    assert plain("Order 70-415, 12.50 €") == plain("ORDER 1, 9,99 €\u200f")
    assert plain("a\ud800b") == "a b"


def test_vectors_are_embedded_once_and_kept(tmp_path: Path):
    counting = Counting()
    first = Vectors(tmp_path, counting)
    rows = first.of(["aab", "abc", "aab", "AAB"])
    assert rows.shape == (4, 4)
    assert rows.dtype == np.float32
    assert np.array_equal(rows[0], rows[3])
    assert counting.asked == ["aab", "abc"]
    again = Vectors(tmp_path, counting)
    assert np.array_equal(again.of(["abc", "new"])[0], rows[1])
    assert (again.embedded, counting.asked[-1]) == (1, "new")
    assert Vectors(tmp_path, counting).of([]).shape == (0, 4)
    for number in range(MOST_FILES + 3):
        again.of([f"b{'a' * number}"])
    assert len(list(tmp_path.rglob("*.keys.npy"))) <= MOST_FILES
    kept = Vectors(tmp_path, counting)
    assert np.array_equal(kept.of(["aab"])[0], rows[0])
    assert kept.embedded == 0
    assert Vectors(tmp_path, counting, add=False).of(["never seen"]).shape == (1, 4)
    assert Vectors(tmp_path, counting).of(["never seen"]).shape == (1, 4)
    assert counting.asked.count("never seen") == 2


def test_a_stopped_run_keeps_what_it_embedded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    class Failing(Counting):
        def encode(self, texts):
            if "cab" in texts:
                raise RuntimeError("stopped")
            return super().encode(texts)

    monkeypatch.setattr("voc.text.vectors.AT_ONCE", 2)
    with pytest.raises(RuntimeError, match="stopped"):
        Vectors(tmp_path, Failing()).of(["a", "bb", "cab"])
    again = Vectors(tmp_path, Counting())
    assert np.allclose(again.of(["cab", "bb"]), Vectors(None, Counting()).of(["cab", "bb"]), atol=1e-3)
    assert again.embedded == 1


def test_rows_are_scaled_in_pieces_and_in_place():
    rows = np.array([[3.0, 4.0], [0.0, 0.0], [0.0, 2.0]], dtype=np.float32)
    wanted = [[0.6, 0.8], [0.0, 0.0], [0.0, 1.0]]
    assert unit(rows, chunk=2).tolist() == np.array(wanted, dtype=np.float32).tolist()
    assert rows[0].tolist() == [3.0, 4.0]
    assert unit(rows, out=rows) is rows
    assert rows.tolist() == np.array(wanted, dtype=np.float32).tolist()


def test_the_encoder_in_the_wheel_puts_a_meaning_in_one_place():
    said = ["Where is my parcel?", "Где моя посылка?", "我的包裹在哪里？", "The invoice is wrong", "", "\udcff broken"]
    rows = encoder().encode([plain(text) for text in said])
    assert rows.shape == (6, 512)
    assert np.allclose(np.linalg.norm(rows, axis=1), 1, atol=1e-3)
    like = rows[:4] @ rows[:4].T
    assert like[0, 1] > 0.6 and like[0, 2] > 0.6 and like[0, 3] < 0.4
    with pytest.raises(ValueError, match="usem3"):
        encoder("word2vec")


def test_corpus_by_hand():
    table = pd.DataFrame(
        {
            "interaction_id": ["b", "a", "c", "d", "e"],
            "subject": ["aaa", None, None, None, "Aaa"],
            "text": ["bbb c? Thanks!", "ok", "  ", None, "aaa! ccc"],
        }
    )
    made = corpus(table, Vectors(None, Counting()))
    assert made.contacts["interaction_id"].tolist() == ["a", "b", "e"]
    assert made.segments["text"].tolist() == ["ok", "aaa", "bbb c?", "Thanks!", "aaa!", "ccc"]
    assert made.segments["contact"].tolist() == [0, 1, 1, 1, 2, 2]
    assert made.segments["empty"].tolist() == [True, False, False, True, False, False]
    assert made.speaking.tolist() == [False, True, True]
    a, bc = made.vectors[made.segments["vector"]][[1, 2]]
    assert np.allclose(made.of_contacts()[1], unit((a + bc)[None])[0], atol=1e-6)


def test_halves_of_signs_do_not_stop_the_corpus():
    table = pd.DataFrame({"interaction_id": ["a", "b"], "text": pd.Series(["late \ud83d parcel", "ok"], dtype=object)})
    assert corpus(table, Vectors(None, Counting())).segments["text"].tolist() == ["late \ufffd parcel", "ok"]


def test_corpus_of_nothing():
    nothing = pd.DataFrame({"interaction_id": ["a"], "text": [None]})
    made = corpus(nothing, Vectors(None, Counting()))
    assert len(made.contacts) == len(made.segments) == len(made.vectors) == 0
    assert made.of_contacts().shape == (0, 4)
