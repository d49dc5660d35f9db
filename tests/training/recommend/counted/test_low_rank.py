"""Low-rank vectors: two planted tastes are told apart, also for somebody with one event, in part as in whole."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sparse

from features.arrays import Floats, Ints
from features.history import History
from tests.small_shop import EventRow, events, history
from tests.training.recommend.counted.walked import CUTOFF
from training.recommend.counted.low_rank import CONFIDENCE, RIDGE, LowRank
from training.recommend.counted.table import Shop, SourceSettings
from training.recommend.counted.table_files import open_table, save_table
from training.recommend.people import People
from training.recommend.top import Rows, best_products, rows_of

SETTINGS = SourceSettings(half_life_days=5.0)
ITEMS = 40


def two_tastes() -> History:
    """300 people of whom each touches six items, all of the first twenty or all of the others."""
    rng = np.random.default_rng(2)
    rows: list[EventRow] = [
        (f"c{who:03}", "view", f"i{item + 20 * (who % 2):02}", f"2025-03-0{1 + who % 9}T10:00:{second:02}Z")
        for who in range(300)
        for second, item in enumerate(rng.choice(20, 6, replace=False))
    ]
    return history(events(*rows), CUTOFF)


def low_rank(past: History, parts: int = 1) -> LowRank:
    """The vectors of ``past``, counted in so many parts."""
    edges = pairwise(np.linspace(0, len(past), parts + 1).astype(int))
    counted = [LowRank.part(People(past.part(*edge), 5.0, 50), SETTINGS) for edge in edges]
    return LowRank.of(counted, Shop(CUTOFF, SETTINGS, past.catalogue, None, None))  # type: ignore[arg-type]


@pytest.fixture(scope="module")
def past() -> History:
    """The shop of two tastes."""
    return two_tastes()


@pytest.fixture(scope="module")
def table(past: History) -> LowRank:
    """Its vectors."""
    return low_rank(past)


def interest(*items: int) -> sparse.csr_matrix:
    """The interest of one person in some items."""
    return sparse.csr_matrix((np.ones(len(items)), ([0] * len(items), items)), shape=(1, ITEMS), dtype=np.float32)


def nearest(table: LowRank, own: sparse.csr_matrix | Rows) -> Ints:
    """The items that one person's items add most to, the best first."""
    return best_products(table.places(own).pull, table.near, 50).indices


@pytest.mark.parametrize("touched", [(3,), (25,), (1, 2, 3, 4, 5, 6)])
def test_tastes_are_told_apart(table: LowRank, touched: tuple[int, ...]) -> None:
    """Who has touched one item, or six, is nearest to the others of the same taste, and not to their own again."""
    item = nearest(table, interest(*touched))
    best = item[~np.isin(item, touched)][:10]
    assert set((best >= 20).tolist()) == {touched[0] >= 20}
    place = table.places(interest(*touched)).place
    affinity = table.affinity(place, np.zeros(ITEMS, dtype=np.int64), np.arange(ITEMS))
    of_taste = (np.arange(ITEMS) >= 20) == (touched[0] >= 20)
    assert affinity[of_taste].mean() > 5 * abs(affinity[~of_taste].mean())


def test_place_is_the_least_squares_solution(table: LowRank, past: History) -> None:
    """A person's place solves the equations it is said to solve, written out in full."""
    own = People(past, 5.0, 50).interest[:5]
    vectors = table.vectors.astype(np.float64)
    for person, place in enumerate(table.places(own).place):
        items = own[person].indices
        confidence = CONFIDENCE * len(items) ** -0.25 * table.damping[items].astype(np.float64)
        left = vectors.T @ vectors + RIDGE * np.eye(vectors.shape[1])
        left += vectors[items].T @ ((confidence - 1)[:, None] * vectors[items])
        np.testing.assert_allclose(place, np.linalg.solve(left, vectors[items].T @ confidence), rtol=2e-3, atol=1e-4)


def test_the_pull_of_items_makes_the_place(table: LowRank, past: History) -> None:
    """What each item adds, along its row of ``near`` where that is whole, is the affinity to the place."""
    placed = table.places(People(past, 5.0, 50).interest_rows)
    through = placed.pull.matrix @ table.vectors @ table.inverse
    np.testing.assert_allclose(through, placed.place, rtol=1e-3, atol=1e-4)
    every = table.vectors @ table.inverse @ table.vectors.T
    near = table.near.toarray()
    np.testing.assert_allclose(near[near > 0], every[near > 0], rtol=1e-4)
    assert (np.diff(table.near.data)[np.diff(np.repeat(np.arange(ITEMS), np.diff(table.near.indptr))) == 0] <= 0).all()


def test_the_nearest_items_are_those_of_the_greatest_affinity(table: LowRank, past: History) -> None:
    """What near items add up to finds nearly all of the ten items of the greatest affinity."""
    own = People(past, 5.0, 50).interest_rows
    whole = table.places(own).place @ table.vectors.T
    shared = [
        len(set(nearest(table, rows_of(own, np.array([person])))[:20]) & set(np.argsort(-whole[person])[:10]))
        for person in range(60)
    ]
    assert np.mean(shared) > 9


def test_who_has_nothing(table: LowRank) -> None:
    """Somebody without an item is at 0 and near nothing."""
    own = interest()
    assert not table.places(own).place.any()
    assert len(nearest(table, own)) == 0


def test_alone_and_in_a_crowd(table: LowRank, past: History) -> None:
    """A person's place and pull do not depend on who else is asked for."""
    placed = table.placed(People(past, 5.0, 50))
    for one in (0, 7, 299):
        alone = table.placed(People(past.part(one, one + 1), 5.0, 50))
        np.testing.assert_array_equal(alone.place[0], placed.place[one])
        np.testing.assert_array_equal(alone.pull.data, rows_of(placed.pull, np.array([one])).data)


def test_parts_and_seeds(past: History, table: LowRank) -> None:
    """Counted in parts and counted again, the vectors are the same."""

    def all_affinities(of: LowRank) -> Floats:
        return of.places(People(past, 5.0, 50).interest[:20]).place @ of.vectors.T

    np.testing.assert_array_equal(low_rank(past).vectors, table.vectors)
    np.testing.assert_allclose(all_affinities(low_rank(past, 3)), all_affinities(table), atol=1e-5)


def test_saved_and_mapped(past: History, table: LowRank, tmp_path: Path) -> None:
    """Read-only from a memory map, it answers the same."""
    save_table(table, tmp_path / "low")
    opened = open_table(LowRank, tmp_path / "low")
    own = People(past, 5.0, 50).interest_rows
    np.testing.assert_array_equal(opened.places(own).place, table.places(own).place)
    np.testing.assert_array_equal(
        nearest(opened, rows_of(own, np.array([3]))), nearest(table, rows_of(own, np.array([3])))
    )


def test_shops_with_next_to_nothing() -> None:
    """Nothing touched gives vectors of 0; fewer items than places asked for give what there is."""
    nothing = history(events(("anna", "return", "a", "2025-03-10T10:00Z")), CUTOFF)
    assert not low_rank(nothing).vectors.any()
    few = history(events(*((who, "view", item, "2025-03-10T10:00Z") for who in "xyz" for item in "ab")), CUTOFF)
    found = low_rank(few)
    own = sparse.csr_matrix(np.array([[1.0, 0.0]], dtype=np.float32))
    assert sorted(nearest(found, own).tolist()) == [0, 1]


def test_items_of_one_person_are_not_looked_for() -> None:
    """An item that one person touched has a place, but is proposed to nobody; those of two people are."""
    rows = [(who, "view", item, "2025-03-10T10:00Z") for who in "xyz" for item in "ab"]
    table = low_rank(history(events(*rows, ("x", "view", "c", "2025-03-10T10:00Z")), CUTOFF))
    assert set(table.near.indices.tolist()) == {0, 1}
    assert table.vectors[2].any()
    own = sparse.csr_matrix(np.array([[1.0, 0.0, 0.0]], dtype=np.float32))
    assert sorted(nearest(table, own).tolist()) == [0, 1]
