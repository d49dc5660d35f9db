"""Who is interested in each item: written by customers, read by items."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import scipy.sparse as sparse

from serving.snapshot_parts import interest_files
from serving.snapshot_parts.interest_files import Interest, InterestWriter


def written(folder: Path, *blocks: list[list[float]], items: int = 3) -> Interest:
    """The files of some blocks of customers, opened."""
    writer = InterestWriter(folder)
    for block in blocks:
        writer.add(sparse.csr_matrix(np.array(block, dtype=np.float32).reshape(-1, items)))
    writer.finish(items)
    return Interest(folder)


def test_customers_behind_items(tmp_path: Path) -> None:
    """The customers of several items are told once, each with the weighted sum of their interests."""
    interest = written(tmp_path, [[1, 0, 2], [0, 0.5, 0]], [[0, 0, 4]])
    rows, strength = interest.of(np.array([0, 2]), np.array([1.0, 0.5]))
    assert rows.tolist() == [0, 2]
    assert strength.tolist() == [1 + 1, 2]
    assert interest.of(np.array([1]), np.array([2.0]))[0].tolist() == [1]


def test_many_are_added_up_as_few_are(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The same customers and the same sums, to the last digit, whichever way is taken."""
    weights = np.random.default_rng(1).random((50, 3)) * (np.random.default_rng(2).random((50, 3)) < 0.4)
    interest = written(tmp_path, weights.tolist())
    few = interest.of(np.array([0, 2, 1]), np.array([1.0, 0.3, 0.7]))
    monkeypatch.setattr(interest_files, "MANY", 0)
    many = interest.of(np.array([0, 2, 1]), np.array([1.0, 0.3, 0.7]))
    assert [part.tolist() for part in few] == [part.tolist() for part in many]
    assert len(few[0]) > 10


def test_an_item_without_anybody(tmp_path: Path) -> None:
    """Nobody is behind an item that nobody touched, in a shop with or without customers."""
    assert written(tmp_path, [[1, 0, 0]]).of(np.array([1]), np.array([1.0]))[0].tolist() == []
    assert written(tmp_path).of(np.array([0, 1]), np.array([1.0, 1.0]))[0].tolist() == []
    assert len(written(tmp_path)) == 3
