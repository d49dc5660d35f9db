"""The models of the library: planted blocks are found, popular items follow, the same seed gives the same."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path

import numpy as np
import pytest

from features.arrays import Ints
from features.behaviour import Behaviour
from tests.small_shop import events, moment, stored
from training.recommend.counted.sources import Sources
from training.recommend.counted.table import SourceSettings
from training.recommend.measuring.implicit_models import implicit_baselines, interest_matrix

CUTOFF = moment("2025-03-11T00:00Z")
MODELS = ("item_knn", "als", "bm25_knn")
ITEMS = 60
K = 20


class Blocks:
    """Each half of the customers touches its own half of the items; one more has touched nothing."""

    def __init__(self, path: Path) -> None:
        rng = np.random.default_rng(2)
        rows = [
            (f"c{person:03}", "view", f"i{2 * item + person % 2:03}", CUTOFF - timedelta(days=2))
            for person in range(120)
            for item in rng.choice(ITEMS, size=15, replace=False)
        ]
        rows.append(("nobody", "uncart", "i000", CUTOFF - timedelta(days=1)))
        self.behaviour = Behaviour.of(stored(path, events(*rows), buckets=1))
        self.sources = Sources.fit(self.behaviour, CUTOFF, SourceSettings())
        self.history = self.behaviour.history(0, CUTOFF, self.sources.catalogue)

    def ranked(self) -> dict[str, Ints]:
        """What each model answers everyone."""
        named = implicit_baselines(self.behaviour, self.sources, K, seed=7)
        return {name: rank(self.history) for name, rank in named.items()}


@pytest.fixture(scope="module")
def blocks(tmp_path_factory: pytest.TempPathFactory) -> Blocks:
    """The shop."""
    return Blocks(tmp_path_factory.mktemp("blocks") / "shop")


@pytest.fixture(scope="module")
def ranked(blocks: Blocks) -> dict[str, Ints]:
    """What each model answers."""
    return blocks.ranked()


@pytest.mark.parametrize("name", MODELS)
def test_planted_blocks_are_found(blocks: Blocks, ranked: dict[str, Ints], name: str) -> None:
    """Everyone's best items are of their own half."""
    for person in range(0, 120, 9):
        assert {int(item) % 2 for item in ranked[name][person]} == {person % 2}


def test_popular_follows_where_neighbours_end(blocks: Blocks, ranked: dict[str, Ints]) -> None:
    """Who has touched nothing gets what is popular from both kNN."""
    for name in ("item_knn", "bm25_knn"):
        assert ranked[name][120].tolist() == blocks.sources.popular[:K].tolist()


@pytest.mark.parametrize("name", MODELS)
def test_no_item_twice(ranked: dict[str, Ints], name: str) -> None:
    """Everyone gets as many different items as asked for."""
    assert ranked[name].shape == (121, K)
    assert (np.diff(np.sort(ranked[name], axis=1), axis=1) > 0).all()


def test_the_same_seed_gives_the_same(blocks: Blocks, ranked: dict[str, Ints]) -> None:
    """Fitted again, both answer the same for nearly everybody."""
    again = blocks.ranked()
    for name in MODELS:
        assert (again[name] == ranked[name]).mean() > 0.99


def test_the_matrix_is_everyones_interest(blocks: Blocks) -> None:
    """It has a row for each customer in the order of the buckets, and is what the sources see of people."""
    matrix = interest_matrix(blocks.behaviour, blocks.sources)
    own = blocks.sources.people(blocks.history).interest
    assert matrix.shape == (121, 2 * ITEMS)
    np.testing.assert_array_equal(matrix.toarray(), own.toarray())
