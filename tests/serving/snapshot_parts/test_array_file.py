"""Arrays on disk: blocks become one array, and what is not that array is refused."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from features.errors import HuitouError
from serving.snapshot_parts.array_file import ArrayWriter, mapped


@given(sizes=st.lists(st.integers(0, 5), max_size=6))
def test_blocks_become_one_array(tmp_path_factory: pytest.TempPathFactory, sizes: list[int]) -> None:
    """Whatever the blocks, the file holds their rows one after another, and numpy itself can read it."""
    file = tmp_path_factory.mktemp("array") / "numbers.npy"
    whole = np.arange(sum(sizes) * 3).reshape(-1, 3)
    writer = ArrayWriter(file, np.int32, 3)
    for block in np.split(whole, np.cumsum(sizes))[: len(sizes)]:
        writer.append(block)
    writer.close()
    np.testing.assert_array_equal(np.load(file, allow_pickle=False), whole)
    np.testing.assert_array_equal(mapped(file, np.int32, 3), whole)


def test_a_map_cannot_be_written(tmp_path: Path) -> None:
    """Arrays of a snapshot are read-only."""
    writer = ArrayWriter(tmp_path / "a.npy", np.int8)
    writer.append(np.ones(3))
    writer.close()
    array = mapped(tmp_path / "a.npy", np.int8)
    with pytest.raises(ValueError, match="read-only"):
        array[0] = 2


def test_a_block_of_another_width_is_refused(tmp_path: Path) -> None:
    """A block must fit the file."""
    writer = ArrayWriter(tmp_path / "a.npy", np.int8, 2)
    with pytest.raises(ValueError, match=r"a block of \(3, 2\) was due, got \(3, 1\)"):
        writer.append(np.ones((3, 1)))
    writer.close()


def test_another_type_is_refused(tmp_path: Path) -> None:
    """A file of another type of number is not taken for the one that is due."""
    np.save(tmp_path / "a.npy", np.ones(2))
    with pytest.raises(HuitouError, match=r"^a.npy of snapshot .* it holds float64 of shape \(2,\)"):
        mapped(tmp_path / "a.npy", np.int32)


def test_a_pickle_is_refused(tmp_path: Path) -> None:
    """A file that would run code when read is refused."""
    np.save(tmp_path / "a.npy", np.array([{}], dtype=object))
    with pytest.raises(HuitouError, match=r"^a.npy of snapshot .* cannot be used"):
        mapped(tmp_path / "a.npy", np.int32)
