import numpy as np
import pytest
from voc.text.topics.graph import centres, communities, nearest, ties
from voc.text.topics.space import language_axes, squeezed, without
from voc.text.vectors import unit

# Six points on a circle, two bunches of three: degrees 0, 10, 20 and 90, 100, 110.
DEGREES = np.radians([0, 10, 20, 90, 100, 110])
POINTS = np.stack([np.cos(DEGREES), np.sin(DEGREES)], axis=1).astype(np.float32)


def test_nearest_are_the_others_by_angle_the_nearest_first():
    assert nearest(POINTS, 2).tolist()[0] == [1, 2]
    assert nearest(POINTS, 2).tolist()[2] == [1, 0]
    assert nearest(POINTS, 2, chunk=4).tolist() == nearest(POINTS, 2).tolist()


@pytest.mark.parametrize("rows", [0, 1])
def test_a_row_alone_has_no_neighbour(rows):
    assert nearest(POINTS[:rows], 5).shape == (rows, 0)


def test_no_more_neighbours_than_other_rows():
    assert nearest(POINTS[:3], 15).shape == (3, 2)


def test_ties_weigh_shared_neighbours_and_join_no_strangers():
    graph = ties(nearest(POINTS, 2), np.arange(6), 2).toarray()
    # each of a bunch knows the same three (itself and two): Jaccard 1; between the bunches nothing is shared
    np.testing.assert_allclose(graph[:3, :3], 1 - np.eye(3))
    np.testing.assert_allclose(graph[:3, 3:], 0)
    np.testing.assert_allclose(graph, graph.T)


def test_ties_among_some_rows_use_the_nearest_of_those():
    graph = ties(nearest(POINTS, 5), np.array([0, 2, 3]), 1).toarray()
    # 0 and 2 are each other's nearest; of 3 the nearest kept row is 2: {3, 2} shares one of three with {2, 0}
    np.testing.assert_allclose(graph, [[0, 1, 0], [1, 0, 1 / 3], [0, 1 / 3, 0]], rtol=1e-6)


def test_communities_are_the_bunches_and_small_ones_are_none():
    graph = ties(nearest(POINTS, 2), np.arange(6), 2)
    found = communities(graph, 1.0, 0, 2)
    assert len(set(found[:3])) == len(set(found[3:])) == 1 and found[0] != found[3]
    assert communities(graph, 1.0, 0, 4).tolist() == [-1] * 6
    assert communities(graph * 0, 1.0, 0, 1).max() >= -1


def test_centres_are_means_of_unit_length_without_those_of_no_community():
    made = centres(POINTS, np.array([0, 0, 0, 1, 1, -1]))
    np.testing.assert_allclose(made[0], POINTS[1], atol=1e-6)
    np.testing.assert_allclose(made[1], [np.cos(np.radians(95)), np.sin(np.radians(95))], atol=1e-6)
    assert centres(POINTS, np.full(6, -1)).shape == (0, 2)


def test_the_direction_between_two_languages_is_taken_out():
    draw = np.random.default_rng(0)
    matter = draw.normal(size=(600, 8)).astype(np.float32)
    languages = ["en"] * 300 + ["ru"] * 300
    aside = np.zeros((600, 8), dtype=np.float32)
    aside[300:, 0] = 4.0
    rows = unit(matter + aside)
    axes = language_axes(rows, languages)
    assert axes.shape == (1, 8)
    clean = without(rows, axes)
    assert np.linalg.norm(rows[:300].mean(0) - rows[300:].mean(0)) > 0.5
    assert np.linalg.norm(clean[:300].mean(0) - clean[300:].mean(0)) < 0.1


def test_one_language_or_a_few_sentences_of_another_have_no_direction():
    rows = unit(np.random.default_rng(1).normal(size=(500, 8)).astype(np.float32))
    assert language_axes(rows, ["en"] * 500).shape == (0, 8)
    assert language_axes(rows, ["en"] * 450 + ["ru"] * 50).shape == (0, 8)
    assert language_axes(rows, [None] * 500).shape == (0, 8)


def test_squeezing_keeps_the_nearest():
    draw = np.random.default_rng(2)
    rows = unit(np.repeat(draw.normal(size=(20, 64)), 20, axis=0) + 0.1 * draw.normal(size=(400, 64))).astype(
        np.float32
    )
    small = squeezed(rows, 24)
    assert small.shape == (400, 24)
    assert (nearest(small, 1) // 20 == nearest(rows, 1) // 20).mean() > 0.99
    assert squeezed(rows[:, :8], 24) is not None and squeezed(rows[:, :8], 24).shape == (400, 8)
