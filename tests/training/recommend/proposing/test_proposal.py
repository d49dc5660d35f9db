"""Proposals: scored pairs, the best first."""

from __future__ import annotations

import numpy as np

from training.recommend.proposing.proposal import Proposal


def test_the_best_of_each() -> None:
    """From pairs in any order the highest scores of every customer are kept, falling."""
    found = Proposal.best(np.array([1, 0, 1, 1, 0]), np.array([5, 6, 7, 8, 9]), np.array([0.1, 0.2, 0.9, 0.5, 0.3]), 2)
    assert found.customer.tolist() == [0, 0, 1, 1]
    assert found.item.tolist() == [9, 6, 7, 8]
    assert found.score.tolist() == [0.3, 0.2, 0.9, 0.5]
    assert found.rank.tolist() == [0, 1, 0, 1]


def test_none() -> None:
    """No pairs at all are a proposal too."""
    assert len(Proposal.none()) == 0
    assert len(Proposal.best(np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int64), np.zeros(0), 3)) == 0
