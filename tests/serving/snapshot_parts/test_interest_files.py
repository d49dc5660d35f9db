"""Who is interested in each item: written by customers, read by items."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import scipy.sparse as sparse

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


def test_an_item_without_anybody(tmp_path: Path) -> None:
    """Nobody is behind an item that nobody touched, in a shop with or without customers."""
    assert written(tmp_path, [[1, 0, 0]]).of(np.array([1]), np.array([1.0]))[0].tolist() == []
    assert written(tmp_path).of(np.array([0, 1]), np.array([1.0, 1.0]))[0].tolist() == []
    assert len(written(tmp_path)) == 3
