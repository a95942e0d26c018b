"""Words as numbers: counts of texts that were counted before are those of texts counted for the first time."""

import numpy as np
import pytest
from voc.text import terms as module
from voc.text.terms import BUCKETS, counts_of, terms

TEXTS = ["parcel late, parcel lost", "Посылка опаздывает", "包裹迟到", "", "parcel late, parcel lost", "late"]


@pytest.fixture(autouse=True)
def forgotten(monkeypatch):
    """Let every test begin with nothing remembered."""
    monkeypatch.setattr(module, "_counted", {})


def same(one, other) -> bool:
    """Whether two matrices are the same to the byte, not only in value."""
    pairs = [(one.indptr, other.indptr), (one.indices, other.indices), (one.data, other.data)]
    return one.shape == other.shape and all(a.dtype == b.dtype and np.array_equal(a, b) for a, b in pairs)


def test_a_word_said_twice_counts_two():
    row = counts_of(["parcel late, parcel lost"])
    assert row.shape == (1, BUCKETS)
    # parcel ×2, late, lost; the pairs «parcel late», «late parcel», «parcel lost»
    assert sorted(row.data.tolist()) == [1.0, 1.0, 1.0, 1.0, 1.0, 2.0]
    assert row.dtype == np.float32


def test_remembered_counts_are_the_counts():
    fresh = module._hashed(TEXTS)
    assert same(counts_of(TEXTS), fresh)
    assert same(counts_of(TEXTS), fresh)  # now all are remembered
    assert same(counts_of([*TEXTS[::-1], "new words"]), module._hashed([*TEXTS[::-1], "new words"]))


def test_each_text_is_taken_apart_once(monkeypatch):
    asked = []
    monkeypatch.setattr(module, "terms", lambda text: asked.append(text) or terms(text))
    counts_of(TEXTS)
    counts_of(TEXTS[:3])
    assert sorted(asked) == sorted(set(TEXTS))


@pytest.mark.parametrize("most", [0, 2, 4, 5, 6])
def test_memory_is_bounded_and_changes_nothing(monkeypatch, most):
    monkeypatch.setattr(module, "REMEMBERED", most)
    for texts in (TEXTS[:2], TEXTS[1:4], TEXTS, ["one", "more", "late"]):
        assert same(counts_of(texts), module._hashed(texts))
        assert len(module._counted) <= most


def test_no_text_has_no_counts():
    assert counts_of([]).shape == (0, BUCKETS)
