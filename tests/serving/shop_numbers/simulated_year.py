"""A small simulated shop of a whole year."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa

from features.events.event import EVENT_SCHEMA, ITEM_SCHEMA
from features.events.simulate import SimulationSettings, simulate
from features.events.warehouse import Warehouse
from features.shop_folder import ShopFolder
from tests.small_shop import append, shop

SETTINGS = SimulationSettings(customers=400, items=60, days=365, events_per_customer=60, seed=3)
"""The year 2025."""


def simulated_year(path: Path) -> ShopFolder:
    """The shop in ``path``."""
    found = simulate(SETTINGS)
    folder = shop(path, SETTINGS.timezone, buckets=2)
    append(folder, *(_complete(chunk, EVENT_SCHEMA) for chunk in found.event_chunks()))
    Warehouse.open(folder).put_items(_complete(found.items, ITEM_SCHEMA))
    return folder


def _complete(table: pa.Table, schema: pa.Schema) -> pa.Table:
    columns = {
        field.name: table[field.name] if field.name in table.column_names else pa.nulls(len(table), field.type)
        for field in schema
    }
    return pa.table(columns).cast(schema)
