"""The memory of a shop that has just been made, on both databases."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from features.shop_folder import ShopFolder
from serving.shown.memory import Memory, opened


@pytest.fixture
def memory(tmp_path: Path, database_url: str | None) -> Iterator[Memory]:
    """What was shown so far: nothing."""
    with opened(ShopFolder.create(tmp_path / "shop"), database_url) as memory:
        yield memory


@pytest.fixture
def local(tmp_path: Path) -> Iterator[Memory]:
    """The same in the shop's own file only."""
    with opened(ShopFolder.create(tmp_path / "shop"), None) as memory:
        yield memory
