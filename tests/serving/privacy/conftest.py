"""The database of the shop that a test calls ``folder``."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from features.shop_folder import ShopFolder
from serving.database.connection import Database, open_database


@pytest.fixture
def engine(folder: ShopFolder, database_url: str | None) -> Iterator[Database]:
    """The shop's database."""
    engine = open_database(folder, database_url)
    yield engine
    engine.dispose()
