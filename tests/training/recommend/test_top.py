"""The best of each group: in order, with padding, and without anything."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sparse
from hypothesis import given
from hypothesis import strategies as st

from training.recommend import top
from training.recommend.top import (
    Rows,
    below,
    best_of_all,
    best_products,
    by_place,
    ordered_matrix,
    rank_in_group,
    rows_of,
    sparse_matrix,
    strongest,
    strongest_places,
    top_items,
)


def test_strongest_of_each_group() -> None:
    """The highest scores of every group come by group and falling score, equal ones in their order."""
    group, score = np.array([2, 1, 2, 1, 2, 2]), np.array([0.1, 5.0, 0.3, 7.0, 0.3, 0.2])
    assert strongest(group, score, 2).tolist() == [3, 1, 2, 4]
    assert strongest(np.zeros(0, dtype=np.int64), np.zeros(0), 2).tolist() == []


@given(st.lists(st.sampled_from([0.0, 0.5, 1.0, np.nan]), min_size=1, max_size=30), st.integers(1, 10))
def test_strongest_of_one_group(scores: list[float], each: int) -> None:
    """One group alone gives what it gives beside another."""
    score = np.array(scores)
    group = np.zeros(len(score), dtype=np.int64)
    beside = strongest(np.append(group, 1), np.append(score, 1.0), each)
    np.testing.assert_array_equal(strongest(group, score, each), beside[:-1])


@pytest.mark.parametrize(("group", "rank"), [([], []), ([4], [0]), ([0, 0, 3, 3, 3, 5], [0, 1, 0, 1, 2, 0])])
def test_rank_in_group(group: list[int], rank: list[int]) -> None:
    """Entries count from 0 within each run."""
    assert rank_in_group(np.array(group, dtype=np.int64)).tolist() == rank


def test_top_items() -> None:
    """The best of each customer come in order, -1 pads where there are fewer, equal scores keep their order."""
    customer, item = np.array([0, 0, 0, 2, 2]), np.array([10, 11, 12, 13, 14])
    best, place = top_items(customer, item, np.array([0.1, 0.9, 0.5, 0.2, 0.2]), customers=3, k=2)
    assert best.tolist() == [[11, 12], [-1, -1], [13, 14]]
    assert place.tolist() == [[1, 2], [-1, -1], [3, 4]]
    padded, _ = top_items(customer, item, np.zeros(5), customers=3, k=4)
    assert padded.tolist() == [[10, 11, 12, -1], [-1] * 4, [13, 14, -1, -1]]
    none = np.zeros(0, dtype=np.int64)
    assert top_items(none, none, np.zeros(0), customers=0, k=3)[0].shape == (0, 3)
    assert top_items(none, none, np.zeros(0), customers=2, k=1)[0].tolist() == [[-1], [-1]]


def test_sparse_matrix() -> None:
    """Values lie where they are said to, as float32, and what is not said is empty."""
    found = sparse_matrix(np.array([1, 0]), np.array([2, 1]), np.array([0.5, 4.0]), (2, 3))
    assert found.dtype == np.float32
    assert found.toarray().tolist() == [[0, 4, 0], [0, 0, 0.5]]


def test_best_products() -> None:
    """The best of each row of the product come first, as many as are wanted; what nobody names is not read."""
    rng = np.random.default_rng(2)
    drawn = np.maximum(rng.normal(size=(2, 6, 6)), 0).astype(np.float32)
    taste, relation = sparse.csr_matrix(drawn[0]), sparse.csr_matrix(drawn[1])
    found, whole = best_products(taste, relation, 2).matrix, (taste @ relation).toarray()
    assert found.shape == whole.shape
    for row in range(6):
        scores = found.data[found.indptr[row] : found.indptr[row + 1]]
        np.testing.assert_allclose(scores, np.sort(whole[row][whole[row] > 0])[::-1][:2], rtol=1e-6)
        np.testing.assert_allclose(
            scores, whole[row, found.indices[found.indptr[row] : found.indptr[row + 1]]], rtol=1e-6
        )
    empty = sparse.csr_matrix(np.zeros((6, 6), dtype=np.float32))
    for one, other in ((empty, relation), (taste, sparse.csr_matrix(np.zeros((6, 4), dtype=np.float32)))):
        assert best_products(one, other, 2).matrix.nnz == 0
    relation.data.flags.writeable = False
    np.testing.assert_array_equal(best_products(taste, relation, 2).matrix.toarray(), found.toarray())


def test_ordered_matrix() -> None:
    """Entries by rising row make the same matrix, rows without any among them."""
    row, column, value = np.array([0, 0, 2]), np.array([1, 2, 0]), np.array([0.5, 4.0, 1.0])
    found = ordered_matrix(row, column, value, (4, 3))
    assert found.dtype == np.float32
    np.testing.assert_array_equal(found.toarray(), sparse_matrix(row, column, value, (4, 3)).toarray())
    none = np.zeros(0, dtype=np.int64)
    assert ordered_matrix(none, none, np.zeros(0), (2, 3)).nnz == 0


def test_shares() -> None:
    """The entries of each row are parts of its sum; a row without any has none."""
    rows = Rows.of(np.array([0, 0, 2]), np.array([1, 2, 0]), np.array([0.5, 1.5, 4.0]), (3, 3))
    assert rows.row.tolist() == [0, 0, 2]
    assert rows.shares.matrix.toarray().tolist() == [[0, 0.25, 0.75], [0, 0, 0], [1, 0, 0]]


def test_rows_of() -> None:
    """Some rows come in the wanted order, empty ones and the same one twice among them; none is no row."""
    matrix = sparse.csr_matrix(np.array([[0, 1, 2], [0, 0, 0], [3, 0, 0]], dtype=np.float32))
    rows = np.array([2, 1, 0, 2])
    np.testing.assert_array_equal(rows_of(matrix, rows).matrix.toarray(), matrix[rows].toarray())
    assert rows_of(matrix, rows[:0]).matrix.shape == (0, 3)


@pytest.mark.parametrize("each", [1, 7, 60])
def test_renumbered_columns(each: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Few entries among many columns give the same product, the order of equal scores included."""
    rng = np.random.default_rng(3)
    relation = sparse.csr_matrix(rng.integers(0, 3, (8, 90)) * (rng.random((8, 90)) < 0.1), dtype=np.float32)
    taste = sparse.csr_matrix(rng.integers(0, 2, (5, 8)), dtype=np.float32)
    found = []
    for crowded in (0, 1_000_000):
        monkeypatch.setattr(top, "CROWDED", crowded)
        found.append(best_products(taste, relation, each))
    assert len(found[0].data) > 0
    for name in ("data", "indices", "indptr"):
        np.testing.assert_array_equal(getattr(found[0], name), getattr(found[1], name))


def drawn(seed: int, rows: int, columns: int) -> sparse.csr_matrix:
    """A matrix with a third of its entries above 0."""
    rng = np.random.default_rng(seed)
    return sparse.csr_matrix(rng.random((rows, columns)) * (rng.random((rows, columns)) < 0.3), dtype=np.float32)


@pytest.mark.parametrize("people", [0, 1, 4])
def test_several_products_at_once(people: int) -> None:
    """Each taste with its own relation gives what it gives alone, the rows of the first before those of the second."""
    relations = [drawn(1, 6, 20), drawn(2, 3, 20), sparse.csr_matrix(np.zeros((5, 20), dtype=np.float32))]
    tastes = [drawn(seed, people, relation.shape[0]) for seed, relation in enumerate(relations, start=7)]
    together = best_of_all(list(zip(tastes, relations, strict=True)), 4)
    assert together.shape == (3 * people, 20)
    alone = [best_products(taste, relation, 4) for taste, relation in zip(tastes, relations, strict=True)]
    for name in ("data", "indices"):
        np.testing.assert_array_equal(getattr(together, name), np.concatenate([getattr(one, name) for one in alone]))
    np.testing.assert_array_equal(np.diff(together.indptr), np.concatenate([np.diff(one.indptr) for one in alone]))


def test_one_person_in_a_crowd() -> None:
    """One person's products are what they are among others."""
    relations = [drawn(1, 6, 20), drawn(2, 3, 20)]
    tastes = [drawn(seed, 4, relation.shape[0]) for seed, relation in enumerate(relations, start=7)]
    crowd = best_of_all(list(zip(tastes, relations, strict=True)), 4).matrix
    for person in range(4):
        alone = best_of_all([(taste[[person]], of) for taste, of in zip(tastes, relations, strict=True)], 4).matrix
        np.testing.assert_array_equal(alone.toarray(), crowd[[person, person + 4]].toarray())


def test_rows_below_each_other() -> None:
    """Rows of several matrices come one below the other."""
    first, second = drawn(3, 6, 8), drawn(4, 4, 8)
    found = below([(first, np.array([5, 0, 5])), (second, np.zeros(0, dtype=np.int64)), (second, np.array([3]))])
    expected = sparse.vstack([first[[5, 0, 5]], second[[3]]]).toarray()
    np.testing.assert_array_equal(found.matrix.toarray(), expected)


def test_by_place() -> None:
    """Items in order are a row in which each scores 1 / its place."""
    found = by_place(np.array([4, 0, 2]), 6).matrix.toarray()
    np.testing.assert_allclose(found, [[1 / 2, 0, 1 / 3, 0, 1, 0]], rtol=1e-6)


@given(st.lists(st.sampled_from([0.0, 0.5, 1.0, 2.0]), min_size=1, max_size=30), st.integers(1, 10))
def test_strongest_places_of_one_group(scores: list[float], each: int) -> None:
    """One group alone keeps the same as by its order, of equal scores the first."""
    score, group = np.array(scores), np.zeros(len(scores), dtype=np.int64)
    kept = np.arange(len(score))[strongest_places(group, score, each)]
    np.testing.assert_array_equal(kept, np.sort(strongest(group, score, each)))


def test_strongest_places() -> None:
    """The strongest of each group in the order they lie in; where no group has too many, everything."""
    group, score = np.array([0, 0, 0, 1]), np.array([0.3, 0.1, 0.2, 0.0])
    assert np.arange(4)[strongest_places(group, score, 2)].tolist() == [0, 2, 3]
    assert np.arange(4)[strongest_places(group, score, 3)].tolist() == [0, 1, 2, 3]
