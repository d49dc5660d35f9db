"""The best of each group: in order, with padding, and without anything."""

from __future__ import annotations

import numpy as np
import pytest

from training.recommend.top import rank_in_group, sparse_matrix, strongest, top_items


def test_strongest_of_each_group() -> None:
    """The highest scores of every group come by group and falling score, equal ones in their order."""
    group, score = np.array([2, 1, 2, 1, 2, 2]), np.array([0.1, 5.0, 0.3, 7.0, 0.3, 0.2])
    assert strongest(group, score, 2).tolist() == [3, 1, 2, 4]
    assert strongest(np.zeros(0, dtype=np.int64), np.zeros(0), 2).tolist() == []


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
