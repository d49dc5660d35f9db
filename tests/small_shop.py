"""Tiny shops for tests: events and items in a line each, and the real warehouse in a temporary folder."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
from deltalake import convert_to_deltalake

from features.behaviour import Behaviour
from features.catalogue import Catalogue
from features.customers import CustomerFeatures, customer_features
from features.events.contact_rows import as_stored, new_contacts
from features.events.engine import map_buckets
from features.events.event import CONTACT_SCHEMA, CUSTOMER_SCHEMA, EVENT_SCHEMA, ITEM_SCHEMA, STORED_CONTACT_SCHEMA
from features.events.reader import EventReader, duckdb_file
from features.events.simulate import SimulationSettings, simulate
from features.events.staging import Staging
from features.events.warehouse import Appended, Warehouse
from features.history import History
from features.progress import Progress
from features.shop.promotions.promotion_days import PromotionDays
from features.shop_folder import ShopFolder, ShopSettings

EventRow = tuple[Any, ...]
"""``customer, kind, item, time`` and, if wanted, a dict of further fields."""


def moment(text: str) -> datetime:
    """The time that ``text`` says, with its zone: ``2025-03-01T10:00Z``."""
    return datetime.fromisoformat(text)


def events(*rows: EventRow) -> pa.Table:
    """Events in ``EVENT_SCHEMA``, one a row: ``("anna", "view", "tea", "2025-03-01T10:00Z", {...})``."""
    return pa.Table.from_pylist([_event(*row) for row in rows], schema=EVENT_SCHEMA)


def _event(
    customer: str | None, kind: str, item: str, at: str | datetime, more: dict[str, Any] | None = None
) -> dict[str, Any]:
    fields: dict[str, Any] = {"customer_id": customer, "kind": kind, "item_id": item, "occurred_at": at}
    fields |= more or {}
    for name in ("occurred_at", "known_at"):
        if isinstance(fields.get(name), str):
            fields[name] = moment(fields[name])
    if fields.get("unit_price") is not None:
        fields["unit_price"] = Decimal(str(fields["unit_price"]))
    return fields


def items(*rows: tuple[Any, ...]) -> pa.Table:
    """Items in ``ITEM_SCHEMA``: ``("tea", "drinks", "5.00", {...})``, category and price may be None."""
    described = []
    for item, category, price, *more in rows:
        fields = {
            "item_id": item,
            "category": category,
            "price": None if price is None else Decimal(str(price)),
        }
        described.append(fields | (more[0] if more else {}))
    return pa.Table.from_pylist(described, schema=ITEM_SCHEMA)


def people(*ids: str, **fields: Any) -> pa.Table:
    """Customers in ``CUSTOMER_SCHEMA``, all with the same ``fields``."""
    return pa.Table.from_pylist([{"customer_id": name, **fields} for name in ids], schema=CUSTOMER_SCHEMA)


def contacts(*rows: tuple[Any, ...]) -> pa.Table:
    """Contacts in ``CONTACT_SCHEMA``: ``("anna", "2025-03-01T10:00Z", {...})``."""
    described = [
        {"customer_id": who, "contacted_at": moment(at) if isinstance(at, str) else at, **(more[0] if more else {})}
        for who, at, *more in rows
    ]
    return pa.Table.from_pylist(described, schema=CONTACT_SCHEMA)


def store_contacts_of_before(folder: ShopFolder, rows: pa.Table, file: str) -> None:
    """Store the shop's first contacts as they were stored before they had visitors, in one ``file`` of that name."""
    table = folder.warehouse / "contacts"
    table.mkdir(parents=True)
    known = new_contacts(as_stored(rows), STORED_CONTACT_SCHEMA.empty_table())
    pq.write_table(known.select(CONTACT_SCHEMA.names), table / file)
    convert_to_deltalake(table.as_uri())


def shop(path: Path, timezone: str = "UTC", buckets: int = 4) -> ShopFolder:
    """An empty shop in ``path``."""
    return ShopFolder.create(path, ShopSettings(timezone=timezone, buckets=buckets))


def append(folder: ShopFolder, *tables: pa.Table, progress: Progress | None = None) -> Appended:
    """Store the tables in one import, as the importers do."""
    settings = folder.settings
    with folder.writing():
        staging = Staging(folder.staging / "import", settings.buckets, settings.timezone)
        for table in tables:
            staging.add(table)
        return Warehouse.open(folder).append(staging, progress)


def simulated(path: Path, settings: SimulationSettings) -> ShopFolder:
    """A simulated shop in ``path``: its events, items and customers."""
    found = simulate(settings)
    folder = shop(path, settings.timezone, buckets=2)
    append(folder, *(complete(chunk, EVENT_SCHEMA) for chunk in found.event_chunks()))
    warehouse = Warehouse.open(folder)
    warehouse.put_items(complete(found.items, ITEM_SCHEMA))
    warehouse.put_customers(complete(found.customers, CUSTOMER_SCHEMA))
    return folder


def complete(table: pa.Table, schema: pa.Schema) -> pa.Table:
    """``table`` with every column of ``schema``, null where it has none."""
    columns = {
        field.name: table[field.name] if field.name in table.column_names else pa.nulls(len(table), field.type)
        for field in schema
    }
    return pa.table(columns).cast(schema)


def stored(
    path: Path, table: pa.Table, timezone: str = "UTC", buckets: int = 4, described: pa.Table | None = None
) -> ShopFolder:
    """A shop in ``path`` with the events of ``table`` and the items ``described``."""
    folder = shop(path, timezone, buckets)
    append(folder, table)
    if described is not None:
        Warehouse.open(folder).put_items(described)
    return folder


def stored_rows(reader: EventReader) -> list[dict[str, Any]]:
    """Every event that ``reader`` sees, as the history reads it, in one order whatever the buckets."""
    rows = [row for bucket in range(reader.buckets) for row in reader.bucket(bucket).to_pylist()]
    return sorted(rows, key=repr)


def history(
    table: pa.Table,
    cutoff: datetime,
    described: pa.Table | None = None,
    timezone: str = "UTC",
    sales: Collection[date] = (),
) -> History:
    """What was known before ``cutoff`` of everyone in ``table``, read from a real file of one bucket."""
    with TemporaryDirectory() as folder:
        staging = Staging(Path(folder) / "import", 1, timezone)
        staging.add(table)
        staging.close()
        files = {bucket: (duckdb_file(staging.file(bucket)),) for bucket in staging.filled()}
        reader = EventReader(0, 1, files)
        items_known = ITEM_SCHEMA.empty_table() if described is None else described
        seen = reader.item_ids(cutoff)
        paid = reader.median_paid(cutoff, seen)
        catalogue = Catalogue.before(items_known, seen, cutoff, paid, PromotionDays.of(sales))
        return History.before(reader.bucket(0, before=cutoff), cutoff, catalogue)


def features(
    table: pa.Table,
    cutoff: datetime,
    described: pa.Table | None = None,
    timezone: str = "UTC",
    sales: Collection[date] = (),
) -> CustomerFeatures:
    """The features of everyone in ``table`` at ``cutoff``; ``sales`` are the days of sales."""
    return customer_features(history(table, cutoff, described, timezone, sales))


def by_customer(found: CustomerFeatures) -> dict[str, list[float]]:
    """The row of each customer."""
    rows = found.values.tolist()
    return {name: rows[place] for place, name in enumerate(found.customer_ids.to_pylist())}


def whole_shop(folder: ShopFolder, cutoff: datetime, workers: int = 2) -> dict[str, list[float]]:
    """The features of every customer, bucket by bucket, as training and publishing compute them."""
    behaviour = Behaviour.of(folder)
    catalogue = behaviour.catalogue(cutoff)

    def of_bucket(bucket: int) -> dict[str, list[float]]:
        return by_customer(customer_features(behaviour.history(bucket, cutoff, catalogue)))

    tables = map_buckets(of_bucket, behaviour.buckets, workers=workers)
    return {name: row for table in tables for name, row in table.items()}


def equal(found: dict[str, list[float]], other: dict[str, list[float]]) -> bool:
    """Whether two tables are the same, NaN being equal to NaN."""
    return {name: repr(row) for name, row in found.items()} == {name: repr(row) for name, row in other.items()}


def random_events(
    seed: int,
    count: int,
    *,
    customers: int = 12,
    item_count: int = 8,
    first: str = "2024-01-01T00:00Z",
    days: int = 400,
) -> pa.Table:
    """``count`` events of all kinds at whole minutes, many at one moment or with one order."""
    rng = np.random.default_rng(seed)
    kinds = rng.choice(
        ["view", "favorite", "cart", "uncart", "unfavorite", "purchase", "return"],
        size=count,
        p=[0.35, 0.1, 0.15, 0.05, 0.05, 0.25, 0.05],
    )
    start = np.datetime64(moment(first).replace(tzinfo=None), "us")
    minutes = rng.integers(0, days * 24 * 60, size=count)
    crowded = rng.random(count) < 0.3
    minutes[crowded] = minutes[crowded] // 1440 * 1440 + rng.integers(0, 3, size=crowded.sum())
    prices = rng.integers(0, 4000, size=count)
    numbers = rng.integers(0, 40, size=count)
    return pa.table(
        {
            "event_id": [f"e{number}" for number in range(count)],
            "customer_id": [f"c{number}" for number in rng.integers(0, customers, size=count)],
            "visitor_id": pa.nulls(count, pa.string()),
            "item_id": [f"i{number}" for number in rng.integers(0, item_count, size=count)],
            "kind": kinds.tolist(),
            "occurred_at": start + minutes.astype("timedelta64[m]"),
            "known_at": pa.nulls(count, pa.timestamp("us", tz="UTC")),
            "quantity": rng.integers(1, 4, size=count),
            "unit_price": [None if cents % 3 == 0 else Decimal(int(cents)) / 100 for cents in prices],
            "order_id": [None if number % 2 else f"o{number}" for number in numbers],
            "session_id": pa.nulls(count, pa.string()),
            "channel": pa.nulls(count, pa.string()),
            "recommendation_id": pa.nulls(count, pa.string()),
        }
    ).cast(EVENT_SCHEMA)
