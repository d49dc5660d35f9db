"""Item-to-item matrices: the cosine is the one that is said, rows hold their best first."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.sparse as sparse

from features.arrays import Floats
from training.recommend.counted import related as module
from training.recommend.counted.related import COSINE_DAMPING, BestRows, dense, seen_together


def slowly(seen: Floats, least_people: int) -> Floats:
    """What ``seen_together`` says it computes, over dense rows and without a bound on neighbours."""
    length = (seen > 0).sum(axis=1)
    damped = seen / np.sqrt(np.maximum(length, 1))[:, None]
    shared, people = damped.T @ damped, (seen > 0).T.astype(int) @ (seen > 0).astype(int)
    own = np.sqrt(np.diag(shared) + COSINE_DAMPING)
    cosine = np.where(people >= least_people, shared / np.outer(own, own), 0)
    np.fill_diagonal(cosine, 0)
    return np.asarray(cosine)


@pytest.mark.parametrize("at_once", [1, 40, 10**6])
def test_the_cosine_is_the_one_that_is_said(monkeypatch: pytest.MonkeyPatch, at_once: int) -> None:
    """Over random people the scores are those of the dense formula, in blocks of any size."""
    monkeypatch.setattr(module, "PRODUCTS_AT_ONCE", at_once)
    rng = np.random.default_rng(4)
    seen = np.where(rng.random((60, 12)) < 0.3, rng.random((60, 12)), 0)
    for least_people in (1, 2, 4):
        found = seen_together(sparse.csr_matrix(seen), least_people, neighbours=12)
        np.testing.assert_allclose(found.toarray(), slowly(seen, least_people), rtol=1e-5, atol=1e-7)
        row = np.repeat(np.arange(12), np.diff(found.indptr))
        assert (np.diff(found.data)[np.diff(row) == 0] <= 0).all()


def test_one_person_makes_no_relation() -> None:
    """What a single person saw together is no relation where two are wanted."""
    seen = sparse.csr_matrix(np.array([[1, 1, 0], [0, 1, 1], [0, 1, 1]], dtype=float))
    found = seen_together(seen, 2, neighbours=5).toarray()
    assert (found[0].sum(), found[1, 2] > 0, found[2, 1] > 0) == (0, True, True)


def test_what_was_seen_very_long_ago() -> None:
    """Weights that are nearly nothing, or nothing, do not put people and scores out of step."""
    seen = np.array([[1e-30, 1e-30, 1.0], [1.0, 1e-30, 1.0], [0.5, 1.0, 1e-30]])
    found = seen_together(sparse.csr_matrix(seen), 2, neighbours=5)
    assert found.nnz == 6
    assert found[0, 2] > found[0, 1] > 0


def test_nobody_saw_anything() -> None:
    """A shop without people, or without items, has an empty table."""
    for shape in ((0, 3), (3, 0), (0, 0), (4, 2)):
        found = seen_together(sparse.csr_matrix(shape), 2, neighbours=5)
        assert (found.shape, found.nnz) == ((shape[1], shape[1]), 0)


def test_rows_hold_their_best() -> None:
    """Rows may come in any order; each keeps its best, never itself, and nothing without a score."""
    table = BestRows(3, each=2)
    table.add(np.array([2, 2, 2, 2]), np.array([0, 1, 2, 0]), np.array([0.1, 0.5, 0.9, 0.2]))
    table.add(np.array([0, 0]), np.array([1, 2]), np.array([0.0, 0.3]))
    found = table.matrix()
    assert (found.indptr.tolist(), found.indices.tolist()) == ([0, 1, 1, 3], [2, 1, 0])
    assert found.data.tolist() == pytest.approx([0.3, 0.5, 0.2])
    assert BestRows(2, each=1).matrix().shape == (2, 2)


def test_dense() -> None:
    """The best of each row side by side, with -1 where there are fewer."""
    matrix = sparse.csr_matrix(np.array([[0, 0.5, 0.7], [0, 0, 0], [0.2, 0, 0]]))
    items, scores = dense(matrix, 2)
    assert items.tolist() == [[2, 1], [-1, -1], [0, -1]]
    np.testing.assert_allclose(scores, [[0.7, 0.5], [0.0, 0.0], [0.2, 0.0]], rtol=1e-6)
