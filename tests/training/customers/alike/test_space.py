"""The space: every concept weighs what it should, nothing lies far out, and coordinates tell the numbers again."""

from __future__ import annotations

import json

import numpy as np
import pytest

from features.arrays import Floats
from training.customers.alike.space import BOUND, WEIGHTS, Space
from training.customers.alike.traits import Traits, trait_of

NAMES = ("order_count_all", "net_spend_all", "price_level", "category 0", "category 1", "return_per_purchase")


def made(values: Floats, trust: Floats | None = None) -> Traits:
    shape = np.ones(values.shape) if trust is None else trust
    return Traits(NAMES, values, shape, np.ones(len(values), dtype=bool))


@pytest.fixture(scope="module")
def crowd() -> Traits:
    rng = np.random.default_rng(1)
    first = rng.random(500)
    values = np.column_stack(
        [
            rng.poisson(2, 500).astype(float),
            np.where(rng.random(500) < 0.5, 0.0, rng.lognormal(5, 1, 500)),
            np.where(rng.random(500) < 0.2, np.nan, rng.normal(0, 0.5, 500)),
            first,
            1 - first,
            np.zeros(500),
        ]
    )
    return made(values)


@pytest.fixture(scope="module")
def space(crowd: Traits) -> Space:
    return Space.fit(crowd, ())


def test_what_is_the_same_for_all_is_left_out(space: Space) -> None:
    """Nobody returned anything, so returns set nobody apart."""
    assert space.names == NAMES[:-1]


def test_every_concept_has_its_weight(space: Space, crowd: Traits) -> None:
    """The mean square of a concept's traits together is its weight, however many they are."""
    square = np.square(space.vectors(crowd).astype(float)).mean(axis=0)
    concepts = [trait_of(name).concept for name in space.names]
    for concept in set(concepts):
        together = sum(square[place] for place, of in enumerate(concepts) if of == concept)
        assert together == pytest.approx(WEIGHTS[concept], rel=1e-4)


def test_what_is_missing_is_in_the_middle(space: Space, crowd: Traits) -> None:
    """A price level that is not known counts neither as high nor as low."""
    place = space.names.index("price_level")
    missing = np.isnan(crowd.values[:, place])
    assert (space.vectors(crowd)[missing, place] == 0).all()
    assert np.mean(space.vectors(crowd)[~missing, place] != 0) > 0.99


def test_nobody_lies_far_out(space: Space) -> None:
    """A spender of millions is farther out than a spender of thousands, and both within the bound."""
    rich = made(np.array([[2.0, 1e3, 0, 0.5, 0.5, 0], [2.0, 1e9, 0, 0.5, 0.5, 0]]))
    place = space.names.index("net_spend_all")
    thousands, millions = space.deviations(space.vectors(rich))[:, place]
    assert 0 < thousands < millions <= BOUND


def test_coordinates_tell_the_numbers_again(space: Space, crowd: Traits) -> None:
    """What is known comes back from the coordinates, and what is not as the shop's median."""
    back = space.values(space.vectors(crowd))
    values = crowd.values[:, :-1]
    known = ~np.isnan(values)
    np.testing.assert_allclose(back[known], values[known], rtol=2e-4, atol=2e-4)
    np.testing.assert_allclose(back[~known], np.nanmedian(values[:, 2]), atol=1e-4)


def test_the_bound_is_a_number(space: Space) -> None:
    """Coordinates at the very bound, and beyond it, tell numbers that can be printed."""
    out = np.array([space.weight * BOUND, space.weight * -BOUND * 2])
    assert np.isfinite(space.values(out)).all()


def test_little_evidence_is_drawn_to_the_middle(space: Space) -> None:
    """A share of one category that one look tells lies nearer to the middle than one that fifty tell."""
    values = np.tile([2.0, 50.0, 0.0, 1.0, 0.0, 0.0], (2, 1))
    trust = np.ones((2, 6))
    trust[0, 3:5] = 0.25
    place = space.names.index("category 0")
    little, much = space.vectors(made(values, trust))[:, place]
    assert 0 < little < much


def test_alone_as_in_the_crowd(space: Space, crowd: Traits) -> None:
    """One customer has the very same coordinates as in the crowd."""
    together = space.vectors(crowd)
    for row in range(0, len(crowd), 50):
        np.testing.assert_array_equal(space.vectors(crowd.take(np.array([row])))[0], together[row])


def test_usual_distance(space: Space, crowd: Traits) -> None:
    """Half of the pairs are farther apart than the usual distance."""
    vectors = space.vectors(crowd).astype(float)
    apart = np.sqrt(np.square(vectors[:, None] - vectors).sum(axis=2))[np.triu_indices(len(vectors), 1)]
    assert np.mean(apart > space.usual_distance) == pytest.approx(0.5, abs=0.02)


def test_saved_and_read(space: Space, crowd: Traits) -> None:
    """A space that went through JSON gives the same coordinates."""
    again = Space.of(json.loads(json.dumps(space.as_dict())))
    np.testing.assert_array_equal(again.vectors(crowd), space.vectors(crowd))
    assert again.usual_distance == space.usual_distance


def test_a_space_of_nobody() -> None:
    """Without anybody, and where all are the same, there is a space without traits."""
    for rows in (0, 5):
        found = Space.fit(made(np.ones((rows, len(NAMES)))), ())
        assert (found.names, found.usual_distance) == ((), 1.0)
        assert found.vectors(made(np.ones((3, len(NAMES))))).shape == (3, 0)
    assert Space.nowhere().values(np.zeros((2, 0))).shape == (2, 0)
