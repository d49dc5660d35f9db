"""What the tests of a shop's numbers share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from features.shop.numbers.shop_tables import ShopTables
from tests.features.shop.numbers.told_shop import told_tables


@pytest.fixture
def tables(tmp_path: Path) -> Iterator[ShopTables]:
    """The shop that can be reckoned by hand, on DuckDB."""
    with told_tables(tmp_path / "shop") as found:
        yield found
