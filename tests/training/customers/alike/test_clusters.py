"""Clusters: as many as were planted, under numbers that stay, and none where there are none."""

from __future__ import annotations

import json

import numpy as np
import pytest

from features.arrays import Floats, Ints
from training.customers.alike.clusters import LEAST_PEOPLE, NO_CLUSTER, STABLE, Clusters, nearest_centre

CENTRES = np.array([[0, 0, 0], [6, 0, 0], [0, 6, 0], [0, 0, 6], [6, 6, 6]], dtype=np.float64)
SIZES = (300, 250, 200, 150, 100)


def blobs(seed: int = 0) -> tuple[Floats, Ints]:
    """Five groups of falling size, and whose each point is."""
    whose = np.repeat(np.arange(5), SIZES)
    noise = np.random.default_rng(seed).normal(0, 0.7, (len(whose), 3))
    return (CENTRES[whose] + noise).astype(np.float32), whose


@pytest.fixture(scope="module")
def five() -> Clusters:
    return Clusters.fit(blobs()[0])


def test_the_planted_number_is_found(five: Clusters) -> None:
    """Five groups are five clusters, on which two halves agree and which are clear."""
    assert len(five) == 5
    assert five.stability >= STABLE
    assert five.silhouette > 0.6
    assert max(five.tried, key=five.tried.__getitem__) == 5


def test_everyone_is_where_he_was_planted(five: Clusters) -> None:
    """New points of a group fall into its cluster; the largest group has the first number."""
    vectors, whose = blobs(seed=1)
    assert np.mean(five.of(vectors) == whose + 1) > 0.99


def test_alone_as_in_the_crowd(five: Clusters) -> None:
    """One customer is in the same cluster as in the crowd, also on the edge of two."""
    vectors = np.concatenate([blobs(seed=2)[0][::40], (five.centres[:1] + five.centres[1:2]).astype(np.float32) / 2])
    together = five.of(vectors)
    assert [int(five.of(row[None])[0]) for row in vectors] == together.tolist()


def test_the_same_customers_give_the_same_clusters(five: Clusters) -> None:
    """Nothing is left to chance."""
    again = Clusters.fit(blobs()[0])
    np.testing.assert_array_equal(again.centres, five.centres)


def test_too_few_people() -> None:
    """Too few people are not divided, and nobody is nobody's."""
    few = Clusters.fit(blobs()[0][: LEAST_PEOPLE - 1])
    assert (len(few), few.numbers, few.tried) == (0, (), {})
    assert few.of(blobs()[0][:7]).tolist() == [NO_CLUSTER] * 7


def test_a_cloud_has_no_clusters() -> None:
    """Where two halves divide the people in different ways, there is nothing to name."""
    cloud = np.random.default_rng(3).normal(size=(600, 30)).astype(np.float32)
    found = Clusters.fit(cloud)
    assert len(found) == 0
    assert max(found.tried.values()) < 0.5


def test_people_who_are_all_the_same() -> None:
    """A thousand of one kind cannot be divided, and that is no error."""
    found = Clusters.fit(np.zeros((1_000, 0), dtype=np.float32))
    assert len(found) == 0


def test_numbers_stay_with_their_people(five: Clusters) -> None:
    """Found again in another order, the clusters keep their numbers; one of other people gets a new one."""
    vectors, whose = blobs()
    before, former = np.array([4, 2, 9, 1, 3])[whose], (1, 2, 3, 4, 9, 12)
    assert five.renumbered(five.of(vectors), before, former).numbers == (4, 2, 9, 1, 3)
    split = np.where(whose == 2, np.where(np.arange(len(whose)) % 2 == 0, 9, 5), before)
    assert five.renumbered(five.of(vectors), split, (*former, 5)).numbers == (4, 2, 13, 1, 3)


def test_first_numbers_without_former_clusters(five: Clusters) -> None:
    """Where there were no clusters before, numbers go by size."""
    vectors, _ = blobs()
    none = np.full(len(vectors), NO_CLUSTER)
    assert five.renumbered(five.of(vectors), none, ()).numbers == (1, 2, 3, 4, 5)


def test_saved_and_read(five: Clusters) -> None:
    """Clusters that went through JSON divide people in the same way; none stay none."""
    again = Clusters.read(json.loads(json.dumps(five.as_dict())), 3)
    np.testing.assert_array_equal(again.of(blobs()[0]), five.of(blobs()[0]))
    assert (again.numbers, again.tried, again.stability) == (five.numbers, five.tried, five.stability)
    for dimensions in (0, 3):
        none = Clusters.none(dimensions)
        assert len(Clusters.read(json.loads(json.dumps(none.as_dict())), dimensions)) == 0


def test_the_nearest_centre() -> None:
    """Distances are those of space, and of two equally near the first is taken."""
    vectors = np.array([[5.0, 1.0, 0.0], [3.0, 0.0, 0.0], [1.0, 1.0, 5.0]], dtype=np.float32)
    assert nearest_centre(vectors, CENTRES).tolist() == [1, 0, 3]
