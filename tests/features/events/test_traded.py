"""What was bought and sent back, line by line."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pyarrow as pa

from features.events.event import ITEM_SCHEMA
from features.events.traded import TRADED, customers_before, traded_lines
from features.events.warehouse import Warehouse
from features.shop_folder import ShopFolder
from serving.absorb import absorb
from serving.database.connection import open_database
from serving.database.inbox import Inbox
from tests.serving.database.fresh_events import RECEIVED, checked

FIRST, LAST = datetime(2025, 2, 1, tzinfo=UTC), datetime(2025, 3, 1, tzinfo=UTC)


def shop(folder: Path) -> Warehouse:
    """Three lines of anna's, a visitor's, and a view."""
    made = ShopFolder.create(folder)
    engine = open_database(made)
    usual: dict[str, Any] = {"item_id": "tea", "kind": "purchase", "occurred_at": "2025-02-01T00:00:00Z"}
    rows = [
        usual | {"event_id": "1", "unit_price": "2.50", "quantity": 2, "order_id": "o1"},
        usual | {"event_id": "2", "kind": "return", "occurred_at": "2025-02-28T23:59:59Z"},
        usual | {"event_id": "3", "occurred_at": "2025-03-01T00:00:00Z"},
        usual | {"event_id": "4", "customer_id": None, "visitor_id": "v1", "item_id": "cup"},
        usual | {"event_id": "5", "kind": "view"},
    ]
    Inbox(engine).put(checked(*rows), RECEIVED)
    absorb(made, Inbox(engine))
    engine.dispose()
    return Warehouse.open(made)


def test_lines_of_a_period(tmp_path: Path) -> None:
    """From the first moment and before the last; a line without a price has the item's, else 0."""
    warehouse = shop(tmp_path)
    items = pa.Table.from_pylist([{"item_id": "tea", "price": Decimal(3)}], schema=ITEM_SCHEMA)
    lines = traded_lines(warehouse.reader(), items, FIRST, LAST)
    assert lines.schema == TRADED
    found = sorted((row["customer_id"], row["kind"], row["quantity"], row["price"]) for row in lines.to_pylist())
    assert found == [("anna", "purchase", 2.0, 2.5), ("anna", "return", 1.0, 3.0), ("visitor:v1", "purchase", 1.0, 0.0)]


def test_customers_of_old(tmp_path: Path) -> None:
    """Who had done something before a moment, without visitors."""
    reader = shop(tmp_path).reader()
    assert customers_before(reader, LAST).to_pylist() == ["anna"]
    assert customers_before(reader, FIRST).to_pylist() == []


def test_an_empty_warehouse(tmp_path: Path) -> None:
    """Nothing was bought by nobody."""
    warehouse = Warehouse.open(ShopFolder.create(tmp_path))
    assert len(traded_lines(warehouse.reader(), warehouse.items(), FIRST, LAST)) == 0
    assert len(customers_before(warehouse.reader(), LAST)) == 0
