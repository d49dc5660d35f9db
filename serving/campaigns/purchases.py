"""What people bought and sent back in a period: from the warehouse, and from what has just arrived."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

import pyarrow as pa

from features.moments import local_days, microseconds
from serving.database.inbox import Inbox
from serving.database.people.merged import Merged
from serving.desk.workroom import Workroom


def purchases(room: Workroom, start: datetime, end: datetime) -> pa.Table:
    """The lines bought and sent back in ``[start, end)``, in :data:`features.events.traded.TRADED`.

    Visitors who turned out to be customers are these customers.
    """
    from features.events.traded import TRADED, traded_lines
    from features.events.warehouse import Warehouse

    warehouse = Warehouse.open(room.shop)
    reader, items = warehouse.reader(), warehouse.items()
    # First the version, then what it does not hold. What is just being moved is in both until it is marked: it counts
    # as fresh.
    fresh = Inbox(room.database).trades(reader.version, microseconds(start), microseconds(end))
    lines = pa.concat_tables(
        [
            traded_lines(reader, items, start, end, [event["event_id"] for event in fresh]),
            _local(_fresh(fresh, items, TRADED), room.shop.settings.timezone),
        ]
    )
    return _with_owners(lines, Merged(room.database).in_force())


def _fresh(events: Sequence[Mapping[str, Any]], items: pa.Table, schema: pa.Schema) -> pa.Table:
    known = zip(items["item_id"].to_pylist(), items["price"].to_pylist(), strict=True) if events else ()
    listed = {item: price for item, price in known if price is not None}
    rows = [
        {
            "customer_id": event["customer_id"],
            "kind": event["kind"],
            "item_id": event["item_id"],
            "order_id": event.get("order_id"),
            "occurred_us": event["occurred_at"],
            "quantity": float(event.get("quantity") or 1),
            "price": float(event.get("unit_price") or listed.get(event["item_id"], 0)),
        }
        for event in events
    ]
    return pa.Table.from_pylist(rows, schema=schema)


def _local(lines: pa.Table, timezone: str) -> pa.Table:
    """The lines with the shop's day."""
    days = pa.array(local_days(lines["occurred_us"].to_numpy(), timezone), pa.int32())
    return lines.set_column(lines.schema.get_field_index("local_day"), "local_day", days)


def _with_owners(lines: pa.Table, owner: Mapping[str, str]) -> pa.Table:
    if not owner:
        return lines
    ids = lines["customer_id"].combine_chunks().dictionary_encode()
    names = pa.array([owner.get(name, name) for name in ids.dictionary.to_pylist()], pa.string())
    return lines.set_column(0, "customer_id", names.take(ids.indices))
