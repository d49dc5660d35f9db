"""The two real shops, imported once for all tests, as a person would import them; nobody writes to them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from features.events.importers import import_customers, import_events, import_items
from features.events.importing.incoming import ImportOptions
from features.shop_folder import ShopFolder, ShopSettings

NOW = datetime(2026, 1, 1, tzinfo=UTC)


@pytest.fixture(scope="session")
def ten_days(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> ShopFolder:
    """Ten days of a shop with all kinds of events."""
    folder = ShopFolder.create(tmp_path_factory.mktemp("ten_days"), ShopSettings(timezone="UTC"))
    data = real_data / "shop_ten_days"
    import_items(folder, [data / "items.parquet"], ImportOptions(), now=NOW)
    import_customers(folder, [data / "users.parquet"], ImportOptions(), now=NOW)
    import_events(folder, [data / "events.parquet"], ImportOptions(), now=NOW)
    return folder


@pytest.fixture(scope="session")
def online_retail(real_data: Path, tmp_path_factory: pytest.TempPathFactory) -> ShopFolder:
    """A year of orders and cancellations; rows without a customer cannot be taken."""
    folder = ShopFolder.create(tmp_path_factory.mktemp("online_retail"), ShopSettings(timezone="UTC"))
    file = real_data / "online_retail" / "transactions.parquet"
    [summary] = import_events(folder, [file], ImportOptions(timezone="UTC"), now=NOW)
    assert summary.rejected == 135_080
    return folder
