import numpy as np
import pytest
from voc.text.topics.beside import beside
from voc.text.topics.graph import WIDE, nearest
from voc.text.topics.leak import leak
from voc.text.topics.stability import Refits, consensus, finest_stable, found_again, halves, members, overlap, stability
from voc.text.vectors import unit


def test_halves_come_in_pairs_that_share_nothing_and_leave_nothing():
    parts = halves(11, 3, seed=1)
    assert len(parts) == 6
    for one, other in zip(parts[::2], parts[1::2], strict=True):
        assert sorted([*one, *other]) == list(range(11)) and (np.diff(one) > 0).all()
    assert parts[0].tolist() != parts[2].tolist()


def test_found_again_is_the_best_jaccard_both_ways_round():
    # {0,1,2} against {0,1}: 2/3; {3} against {2,3}: 1/2; three of four rows weigh the first
    one, other = np.array([0, 0, 0, 1]), np.array([0, 0, 1, 1])
    there = (3 * 2 / 3 + 1 * 1 / 2) / 4
    back = (2 * 2 / 3 + 2 * 1 / 2) / 4
    assert found_again(one, other) == pytest.approx((there + back) / 2)
    assert found_again(one, one + 5) == 1.0


def test_groups_of_nobody_overlap_nothing():
    assert overlap(members([np.array([1, 1])]), members([np.array([0, 0])])).tolist() == [[0.0], [1.0]]


def test_consensus_outvotes_one_labelling():
    right = np.array([0, 0, 0, 1, 1, 1])
    wrong = np.array([1, 1, 0, 0, 0, 0])
    assert found_again(consensus([right, 1 - right, wrong, right]), right) == 1.0


def test_consensus_of_one_group_is_one_topic():
    assert consensus([np.zeros(5, dtype=int)] * 4).tolist() == [0] * 5


def test_stability_is_one_for_what_all_find_and_less_for_what_some_split():
    labels = np.array([0, 0, 0, 0, 1, 1])
    split = np.array([0, 0, 1, 1, 2, 2])
    assert stability(labels, [labels, split]).tolist() == pytest.approx([0.75, 1.0])


def bunches(count: int, each: int, spread: float, seed: int = 0) -> np.ndarray:
    draw = np.random.default_rng(seed)
    middle = np.repeat(draw.normal(size=(count, 32)), each, axis=0)
    return unit(middle + spread * draw.normal(size=middle.shape)).astype(np.float32)


def refits_of(rows: np.ndarray, seed: int = 0) -> Refits:
    return Refits(rows, nearest(rows, WIDE * 10), 10, 5, 8, seed)


def test_the_finest_resolution_that_halves_find_again_is_chosen():
    resolution, curve = finest_stable(refits_of(bunches(8, 60, 0.3)), [0.1, 1.0, 20.0], 4, 0.9)
    assert resolution == 1.0
    assert curve[1.0] > 0.98 > 0.9 > curve[20.0]


def test_where_nothing_is_stable_the_best_found_again_is_taken():
    refits = refits_of(bunches(1, 400, 5.0))
    resolution, curve = finest_stable(refits, [1.0, 8.0], 4, 0.99)
    assert curve[resolution] == max(curve.values()) < 0.99


def test_refits_are_the_same_in_another_object_and_differ_with_the_seed():
    rows = bunches(6, 50, 0.5)
    one, same, other = (refits_of(rows, seed).of(1.0, 4) for seed in (0, 0, 1))
    assert all((a == b).all() for a, b in zip(one, same, strict=True))
    assert any(found_again(a, b) < 1 for a, b in zip(one, other, strict=True)) or refits_of(rows, 1).seed == 1
    assert refits_of(rows).agreement(1.0, 8) > 0.9


def test_leak_is_none_for_one_language_nil_for_mixed_topics_and_full_where_topics_are_languages():
    weights, mixed = np.ones(800), np.tile([0, 1], 400)
    languages = ["en"] * 400 + ["ru"] * 400
    assert leak(mixed, ["en"] * 800, weights, 0) == {}
    fine = leak(mixed, languages, weights, 0)
    assert fine["nmi"] == pytest.approx(0, abs=1e-6) and fine["mixed"] == 1.0 and fine["one_sided"] == 0.0
    bad = leak(np.repeat([0, 1], 400), languages, weights, 0)
    assert bad["nmi"] == pytest.approx(1) and bad["mixed"] == 0.5 and bad["one_sided"] == 1.0
    assert bad["nmi_by_chance"] < 0.01


def test_what_never_stands_alone_and_goes_with_anything_is_beside_the_matter():
    # 270 contacts: each has a matter (0, 1 or 2); two in three add topic 3, whatever the matter
    contact, matter = np.arange(270), np.arange(270) % 3
    extra = contact[contact % 9 < 6]
    found = beside(np.r_[contact, extra], np.r_[matter, np.full(len(extra), 3)], 5)
    assert found["alone"].tolist() == pytest.approx([1 / 3, 1 / 3, 1 / 3, 0.0, 1.0])
    assert found["tied"][3] < 0.5
    assert beside(np.zeros(0, int), np.zeros(0, int), 2)["alone"].tolist() == [1.0, 1.0]
