"""Bundles in a snapshot: written, mapped, and refused when they are of other items."""

from __future__ import annotations

from pathlib import Path

import pytest

from features.errors import HuitouError
from serving.snapshot import Snapshot
from serving.snapshot_parts.bundle_files import open_bundles, write_bundles
from tests.serving.published_shop import catalogue, small_shop
from tests.serving.small_bundles import small_bundles
from training.recommend.counted.bundles import Bundles


def test_what_was_written_is_read(tmp_path: Path) -> None:
    """The bundles of a snapshot are those that were written, mapped from its files, which the manifest lists."""
    shelf = catalogue()
    snapshot = Snapshot.open_current(small_shop(tmp_path))
    found, wanted = snapshot.bundles, small_bundles(shelf)
    assert len(found) == 2
    assert found.items.tolist() == wanted.items.tolist()
    assert not found.orders.flags.writeable
    assert "bundles/items.npy" in snapshot.manifest.files


def test_a_snapshot_without_bundles(tmp_path: Path) -> None:
    """Where none were written there are none."""
    assert len(open_bundles(tmp_path, 7)) == 0


def test_bundles_of_other_items(tmp_path: Path) -> None:
    """Bundles whose codes are of another shelf are refused in words."""
    write_bundles(tmp_path, Bundles.none(3))
    with pytest.raises(
        HuitouError, match=r"bundles of snapshot .* cannot be used: they are of 3 items, the shelf has 4"
    ):
        open_bundles(tmp_path, 4)
