"""What was said of people holds for files that are imported later."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from features.events.warehouse import Warehouse
from features.shop_folder import ShopFolder
from serving.database.connection import Database
from serving.database.people.merged import Merged
from serving.privacy.erasing import Erasing
from serving.privacy.merging import Merging
from serving.privacy.reapplying import reapply
from tests.small_shop import append, contacts, events, people, shop

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
NOON = "2025-03-01T12:00Z"
EVENTS = events(
    ("anna", "view", "tea", NOON),
    (None, "view", "cup", NOON, {"visitor_id": "v"}),
    ("bob", "view", "tea", NOON),
    (None, "view", "pot", NOON, {"visitor_id": "w"}),
)


@pytest.fixture
def folder(tmp_path: Path) -> ShopFolder:
    """A shop with the events."""
    folder = shop(tmp_path / "shop")
    append(folder, EVENTS)
    return folder


def owners(folder: ShopFolder) -> list[tuple[str, str]]:
    """Who has what."""
    warehouse = Warehouse.open(folder)
    rows = warehouse.events_of(warehouse.people()).to_pylist()
    return sorted((row["customer_id"], row["item_id"]) for row in rows)


def test_nothing_was_said(folder: ShopFolder, engine: Database) -> None:
    """Without merges and deletions an import is left as it is."""
    before = owners(folder)
    assert reapply(folder, engine, NOW) == 0
    assert owners(folder) == before


def test_the_same_file_again(folder: ShopFolder, engine: Database) -> None:
    """Events without ids are the merged customer's once, and who was deleted stays away, however they come back."""
    Merged(engine).join("v", "bob", NOW)
    Merging(folder, engine).carry_out()
    Erasing(folder, engine).ask("anna", NOW)
    Erasing(folder, engine).carry_out(NOW)
    expected = [("bob", "cup"), ("bob", "tea"), ("visitor:w", "pot")]
    assert owners(folder) == expected
    append(folder, EVENTS)
    warehouse = Warehouse.open(folder)
    warehouse.put_customers(people("anna", "bob"))
    warehouse.append_contacts(contacts(("anna", NOON), ("bob", NOON)))
    assert reapply(folder, engine, NOW) == 1
    assert owners(folder) == expected
    assert warehouse.customers()["customer_id"].to_pylist() == ["bob"]
    assert warehouse.contacts()["customer_id"].to_pylist() == ["bob"]
    assert Erasing(folder, engine).pending() == []
    Merged(engine).leave("v", "bob")
    Merging(folder, engine).carry_out()
    assert owners(folder) == [("bob", "tea"), ("visitor:v", "cup"), ("visitor:w", "pot")]
