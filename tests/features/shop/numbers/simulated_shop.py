"""A small simulated shop in a zone whose days begin eight hours before those of UTC."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from features.events.event import CUSTOMER_SCHEMA, EVENT_SCHEMA, ITEM_SCHEMA
from features.events.simulate import SimulationSettings, simulate
from features.events.warehouse import Warehouse
from features.shop_folder import ShopFolder
from tests.small_shop import append, shop

SETTINGS = SimulationSettings(customers=150, items=60, days=110, events_per_customer=40, seed=11)
"""From 1 January 2025 to 20 April."""


def simulated_shop(path: Path) -> ShopFolder:
    """The shop in ``path``."""
    found = simulate(SETTINGS)
    folder = shop(path, SETTINGS.timezone, buckets=2)
    append(folder, *(_complete(chunk, EVENT_SCHEMA) for chunk in found.event_chunks()))
    warehouse = Warehouse.open(folder)
    warehouse.put_items(_complete(found.items, ITEM_SCHEMA))
    warehouse.put_customers(_complete(found.customers, CUSTOMER_SCHEMA))
    return folder


def _complete(table: pa.Table, schema: pa.Schema) -> pa.Table:
    columns = {
        field.name: table[field.name] if field.name in table.column_names else pa.nulls(len(table), field.type)
        for field in schema
    }
    return pa.table(columns).cast(schema)
