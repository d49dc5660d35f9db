"""Similar customers: exactly the nearest, without those who are not compared, and true words for what is shared."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.neighbors import NearestNeighbors

from features.arrays import Floats
from tests.training.customers.alike.conftest import PlantedKinds
from training.customers.alike import similar
from training.customers.alike.similar import NOTHING_UNUSUAL, half_squares, in_common, nearest, similarity


@pytest.fixture(scope="module")
def vectors() -> Floats:
    return np.random.default_rng(0).normal(size=(3_000, 20)).astype(np.float32)


def test_exactly_the_nearest(vectors: Floats, monkeypatch: pytest.MonkeyPatch) -> None:
    """An exhaustive search finds the same, whatever the block; nobody is among his own."""
    reference = NearestNeighbors(n_neighbors=11, algorithm="brute").fit(vectors.astype(np.float64))
    for block in (3_000, 700):
        monkeypatch.setattr(similar, "BLOCK", block)
        for row in (0, 1_234, 2_999):
            found = nearest(vectors, half_squares(vectors), np.array([row]), 10)
            distance, rows = reference.kneighbors(vectors[row : row + 1].astype(np.float64))
            assert found.rows.tolist() == rows[0, 1:].tolist()
            np.testing.assert_allclose(found.distance, distance[0, 1:])


def test_who_is_not_compared_is_not_found(vectors: Floats) -> None:
    """Those with an infinite half square are passed over, were they the very same."""
    twins = np.concatenate([vectors[:50], vectors[:50]])
    half = half_squares(twins)
    assert nearest(twins, half, np.array([7]), 1).rows.tolist() == [57]
    half[57] = np.inf
    assert nearest(twins, half, np.array([7]), 3).distance.min() > 0


def test_a_map_that_cannot_be_written(vectors: Floats) -> None:
    """The live service reads maps of a file: nothing is written to them."""
    vectors = vectors.copy()
    half = half_squares(vectors)
    vectors.flags.writeable = half.flags.writeable = False
    assert len(nearest(vectors, half, np.array([0]), 10).rows) == 10


def test_fewer_people_than_asked_for(vectors: Floats) -> None:
    """Three people have two others each; one alone has nobody."""
    few = vectors[:3]
    assert sorted(nearest(few, half_squares(few), np.array([1]), 10).rows.tolist()) == [0, 2]
    assert nearest(few[:1], half_squares(few[:1]), np.array([0]), 10).rows.tolist() == []


def test_everyone_the_same_comes_by_row(vectors: Floats) -> None:
    """Of equally near people those of the first rows are given."""
    same = np.repeat(vectors[:1], 5, axis=0)
    assert nearest(same, half_squares(same), np.array([2]), 3).rows.tolist() == [0, 1, 3]


def test_similar_people_are_of_the_planted_kind(kinds: PlantedKinds) -> None:
    """The ten most similar to a customer are of the same planted kind."""
    placed = kinds.placed
    half = np.where(placed.compared, half_squares(placed.vectors), np.inf).astype(np.float32)
    for kind in ("snackers", "tea lovers", "readers", "strollers"):
        for row in kinds.rows(kind)[::20]:
            found = nearest(placed.vectors, half, row[None], 10)
            assert {kinds.ids[other].rsplit(" ", 1)[0] for other in found.rows} == {kind}


def test_like_several_are_those_like_their_middle(vectors: Floats) -> None:
    """Nearest to three people are those nearest to the mean of them, and none of the three."""
    asked = np.array([5, 900, 2_000])
    found = nearest(vectors, half_squares(vectors), asked, 20)
    far = np.sqrt(np.square(vectors.astype(np.float64) - vectors[asked].mean(axis=0, dtype=np.float64)).sum(axis=1))
    far[asked] = np.inf
    assert found.rows.tolist() == np.argsort(far)[:20].tolist()
    np.testing.assert_allclose(found.distance, np.sort(far)[:20], rtol=1e-5)


def test_similarity_is_between_nothing_and_one(kinds: PlantedKinds) -> None:
    """The same traits are 1, the usual distance and more is 0."""
    usual = kinds.alike.space.usual_distance
    assert similarity(kinds.alike.space, np.array([0, usual / 2, usual, 9 * usual])).tolist() == [1, 0.5, 0, 0]


def test_what_two_have_in_common_is_true(kinds: PlantedKinds) -> None:
    """Two evening snackers share their category and hours, in both languages, with both numbers where they differ."""
    placed, space = kinds.placed, kinds.alike.space
    one, other = (placed.vectors[row] for row in kinds.rows("snackers")[:2])
    said = in_common(space, one, other, "en")
    assert 1 <= len(said) <= 3
    assert any('of their interest is in “{own} <script>=1+1" snacks”' in sentence for sentence in said)
    assert any("between 18-23 h" in sentence for sentence in said)
    assert any("18-23点" in sentence for sentence in in_common(space, one, other, "zh"))
    tea, stroller = (placed.vectors[kinds.rows(kind)[0]] for kind in ("tea lovers", "strollers"))
    assert not any("interest" in sentence for sentence in in_common(space, tea, stroller, "en"))


def test_two_usual_people(kinds: PlantedKinds) -> None:
    """Of two who are in the middle of everything it is said that nothing is unusual."""
    middle = np.zeros(len(kinds.alike.space.names))
    for language in ("en", "zh"):
        assert in_common(kinds.alike.space, middle, middle, language) == [NOTHING_UNUSUAL[language]]
