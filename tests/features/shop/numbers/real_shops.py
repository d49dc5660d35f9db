"""The two real shops, imported as a person would import them."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from features.events.importers import import_customers, import_events, import_items
from features.events.importing.incoming import ImportOptions
from features.shop_folder import ShopFolder, ShopSettings

NOW = datetime(2026, 1, 1, tzinfo=UTC)


def ten_days(data: Path, path: Path) -> ShopFolder:
    """Ten days of a shop with all kinds of events."""
    folder = ShopFolder.create(path, ShopSettings(timezone="UTC"))
    import_items(folder, [data / "shop_ten_days" / "items.parquet"], ImportOptions(), now=NOW)
    import_customers(folder, [data / "shop_ten_days" / "users.parquet"], ImportOptions(), now=NOW)
    import_events(folder, [data / "shop_ten_days" / "events.parquet"], ImportOptions(), now=NOW)
    return folder


def online_retail(data: Path, path: Path) -> ShopFolder:
    """A year of orders and cancellations; rows without a customer cannot be taken."""
    folder = ShopFolder.create(path, ShopSettings(timezone="UTC"))
    file = data / "online_retail" / "transactions.parquet"
    [summary] = import_events(folder, [file], ImportOptions(timezone="UTC"), now=NOW)
    assert summary.rejected == 135_080
    return folder
