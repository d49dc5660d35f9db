"""One published shop with planted kinds of customers."""

from __future__ import annotations

import pytest

from features.shop_folder import ShopFolder
from serving.snapshot import Snapshot
from tests.serving.alike.planted_snapshot import planted_snapshot


@pytest.fixture(scope="session")
def kinds_shop(tmp_path_factory: pytest.TempPathFactory) -> ShopFolder:
    """Four kinds of eighty people each, and six bots."""
    return planted_snapshot(tmp_path_factory.mktemp("kinds") / "shop")


@pytest.fixture(scope="session")
def snapshot(kinds_shop: ShopFolder) -> Snapshot:
    """What is published."""
    return Snapshot.open_current(kinds_shop)
