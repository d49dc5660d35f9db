"""Proposals: scored pairs, the best first."""

from __future__ import annotations

import numpy as np
import scipy.sparse as sparse

from training.recommend.proposing.proposal import Proposal


def test_the_best_of_each() -> None:
    """From pairs in any order the highest scores of every customer are kept, falling."""
    found = Proposal.best(np.array([1, 0, 1, 1, 0]), np.array([5, 6, 7, 8, 9]), np.array([0.1, 0.2, 0.9, 0.5, 0.3]), 2)
    assert found.customer.tolist() == [0, 0, 1, 1]
    assert found.item.tolist() == [9, 6, 7, 8]
    assert found.score.tolist() == [0.3, 0.2, 0.9, 0.5]
    assert found.rank.tolist() == [0, 1, 0, 1]


def test_entries_of_a_matrix() -> None:
    """Rows that hold their best first become pairs in that order; an empty row is nobody."""
    parts = (np.array([0.9, 0.2, 0.5], dtype=np.float32), np.array([3, 1, 0], dtype=np.int32), np.array([0, 2, 2, 3]))
    found = Proposal.of_matrix(sparse.csr_matrix(parts, shape=(3, 4)))
    assert found.customer.tolist() == [0, 0, 2]
    assert found.item.tolist() == [3, 1, 0]
    np.testing.assert_allclose(found.score, [0.9, 0.2, 0.5], rtol=1e-6)
    assert len(found) == 3


def test_none() -> None:
    """No pairs at all are a proposal too."""
    assert len(Proposal.none()) == len(Proposal.none().rank) == 0
    assert len(Proposal.best(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0), 3)) == 0
