from dataclasses import replace

import numpy as np
import pytest
from voc.text.topics import NONE, Topics
from voc.text.topics.tree import branches, merge_tree, order


def three() -> Topics:
    centroids = np.array([[1, 0, 0], [0, 1, 0], [0, 0, 1]], dtype=np.float32)
    return replace(
        Topics.none("by hand", 3),
        centroids=centroids,
        floors=np.array([0.9, 0.5, 0.5], dtype=np.float32),
        sizes=np.array([30, 20, 10]),
        stability=np.array([0.9, 0.5, 0.2], dtype=np.float32),
        words=({"en": ("late",)}, {"ru": ("возврат",)}, {"zh": ("物流",)}),
        examples=({"en": ("It is late",)}, {}, {}),
        labels=("late", "возврат", "物流"),
        names=({"en": "late"}, {"ru": "возврат"}, {"zh": "物流"}),
        merge_tree=merge_tree(centroids),
        alone=np.array([0.5, 0.05, 0.05], dtype=np.float32),
        tied=np.array([0.0, 0.1, 0.9], dtype=np.float32),
        curve={"1": 0.7},
        notes=("a note",),
    )


def test_a_sentence_goes_to_the_nearest_centre_above_its_floor():
    rows = np.array([[0.95, 0.312, 0], [0.8, 0.6, 0], [0.6, 0.8, 0], [-1, 0, 0]], dtype=np.float32)
    topic, near = three().assign(rows, chunk=3)
    assert topic.tolist() == [0, NONE, 1, NONE]  # .8 to the first centre is below its floor of .9
    assert near.tolist() == pytest.approx([0.95, 0.8, 0.8, 0.0])
    assert topic.dtype == np.int32 and near.dtype == np.float32


def test_directions_of_language_are_taken_out_before_anything_is_compared():
    topics = replace(three(), axes=np.array([[0, 0, 1]], dtype=np.float32))
    topic, near = topics.assign(np.array([[0.6, 0, 0.8]], dtype=np.float32))
    assert topic.tolist() == [0] and near[0] == pytest.approx(1.0)


def test_what_is_found_again_by_less_than_half_is_greyed_and_courtesy_is_told_from_matters():
    assert three().stable.tolist() == [True, True, False]
    assert three().beside.tolist() == [False, True, False]


def test_topics_come_back_as_they_were_kept_and_are_kept_in_the_same_bytes(tmp_path):
    three().save(tmp_path / "a")
    three().save(tmp_path / "b")
    for name in ("topics.npz", "topics.json"):
        assert (tmp_path / "a" / name).read_bytes() == (tmp_path / "b" / name).read_bytes()
    back = Topics.load(tmp_path / "a")
    assert (back.words, back.labels, back.names, back.notes, back.curve) == (
        three().words,
        three().labels,
        three().names,
        three().notes,
        three().curve,
    )
    for name in ("centroids", "floors", "sizes", "stability", "merge_tree", "axes", "alone", "tied"):
        np.testing.assert_array_equal(getattr(back, name), getattr(three(), name))


def test_nothing_kept_is_an_error_that_names_the_file(tmp_path):
    with pytest.raises(FileNotFoundError, match=r"topics\.json"):
        Topics.load(tmp_path)


def test_without_topics_every_sentence_is_an_outlier(tmp_path):
    none = Topics.none("by hand", 4, "no texts")
    none.save(tmp_path)
    topic, near = Topics.load(tmp_path).assign(np.eye(4, dtype=np.float32))
    assert topic.tolist() == [NONE] * 4 and near.tolist() == [0.0] * 4
    assert len(none) == 0 and none.assign(np.zeros((0, 4), np.float32))[0].shape == (0,)


def test_the_tree_joins_what_is_near_first():
    tree = merge_tree(np.array([[1, 0.0], [0, 1.0], [0.9, 0.1]]))
    assert tree.shape == (2, 4)
    assert branches(tree, ["a", "b", "c"])[0]["left"] + branches(tree, ["a", "b", "c"])[0]["right"] == ["a", "c"]
    assert sorted(order(tree)) == [0, 1, 2]
    assert merge_tree(np.eye(1)).shape == (0, 4) and order(merge_tree(np.eye(1))) == []
