"""What the API was told of items: stock and price count at once, and the warehouse gets everything later."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, Engine, bindparam, delete, exists, select, update

from features.events.event import ITEM_SCHEMA
from features.moments import microseconds
from serving.database.connection import told
from serving.database.counters import dialect_of, newest_number, next_number
from serving.database.plain_rows import plain_row, table_of
from serving.database.tables import DESCRIBED_ITEMS

COUNTER = "items"
"""The name of the counter that gives changes their numbers."""


@dataclass(frozen=True)
class ItemNow:
    """What is newly known of one item."""

    item_id: str
    """The item."""
    price: float | None
    """Its price in the shop's currency; None where nothing new was said."""
    in_stock: bool | None
    """Whether it can be bought; None where nothing new was said."""
    change: int
    """The number of its newest change."""


@dataclass(frozen=True)
class WaitingItems:
    """Descriptions that the warehouse does not have yet."""

    rows: pa.Table
    """The items in ``ITEM_SCHEMA``."""
    changes: Mapping[str, int]
    """The number of the newest change of each, by id."""


class DescribedItems:
    """The items of one shop that the API was told of since the served snapshot was made."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reader = engine.execution_options(reading=True)

    def put(self, items: pa.Table) -> int:
        """Store checked descriptions (``ITEM_SCHEMA``) in one transaction; what is empty keeps what is known.

        Returns the number of the change. When this returns, they survive a loss of power.
        """
        said: dict[str, dict[str, Any]] = {}
        for row in items.to_pylist():
            said.setdefault(row["item_id"], {}).update(plain_row(row))
        if not said:
            return self.newest()
        names = ("payload", "change", "waiting", "absorbed_us")
        with told(), self._engine.begin() as connection:
            insert = dialect_of(connection).insert(DESCRIBED_ITEMS)
            changes = {name: insert.excluded[name] for name in names}
            change = next_number(connection, COUNTER)
            before = _payloads(connection, said)
            rows = [_row(before.get(identity, {}) | new, change) for identity, new in said.items()]
            connection.execute(insert.on_conflict_do_update(index_elements=["item_id"], set_=changes), rows)
        return change

    def newest(self) -> int:
        """The number of the newest change; 0 before the first."""
        with told(), self._reader.connect() as connection:
            return newest_number(connection, COUNTER)

    def changed_after(self, number: int = 0) -> list[ItemNow]:
        """The items that changed after a number, oldest change first.

        Numbers rise in the order in which changes become visible, so that no change is ever missed.
        """
        query = select(DESCRIBED_ITEMS.c.payload, DESCRIBED_ITEMS.c.change).where(DESCRIBED_ITEMS.c.change > number)
        query = query.order_by(DESCRIBED_ITEMS.c.change, DESCRIBED_ITEMS.c.item_id)
        with told(), self._reader.connect() as connection:
            return [_now(json.loads(row.payload), row.change) for row in connection.execute(query)]

    def take(self, limit: int) -> WaitingItems:
        """Descriptions that the warehouse does not have yet, at most ``limit``; they stay here."""
        query = select(DESCRIBED_ITEMS.c.payload, DESCRIBED_ITEMS.c.change).where(DESCRIBED_ITEMS.c.waiting)
        with told(), self._reader.connect() as connection:
            found = connection.execute(query.order_by(DESCRIBED_ITEMS.c.change, DESCRIBED_ITEMS.c.item_id).limit(limit))
            payloads = [(json.loads(row.payload), row.change) for row in found]
        changes = {payload["item_id"]: change for payload, change in payloads}
        return WaitingItems(table_of((payload for payload, _ in payloads), ITEM_SCHEMA), changes)

    def mark_stored(self, waiting: WaitingItems, now: datetime) -> None:
        """Note that the warehouse has these descriptions; those that changed since wait on."""
        same = (DESCRIBED_ITEMS.c.item_id == bindparam("which")) & (DESCRIBED_ITEMS.c.change == bindparam("number"))
        marks = [{"which": identity, "number": change} for identity, change in waiting.changes.items()]
        stored = update(DESCRIBED_ITEMS).where(same).values(waiting=False, absorbed_us=microseconds(now))
        if marks:
            with told(), self._engine.begin() as connection:
                connection.execute(stored, marks)

    def remove(self, published_at: datetime) -> int:
        """Remove what the warehouse held when a snapshot began to be made at ``published_at``; return how many."""
        old = DESCRIBED_ITEMS.c.waiting.is_(False) & (DESCRIBED_ITEMS.c.absorbed_us < microseconds(published_at))
        with told(), self._reader.connect() as connection:
            if not connection.execute(select(exists().where(old))).scalar():
                return 0
        with told(), self._engine.begin() as connection:
            return connection.execute(delete(DESCRIBED_ITEMS).where(old)).rowcount


def _payloads(connection: Connection, wanted: Iterable[str]) -> dict[str, dict[str, Any]]:
    query = select(DESCRIBED_ITEMS.c.item_id, DESCRIBED_ITEMS.c.payload)
    found = connection.execute(query.where(DESCRIBED_ITEMS.c.item_id.in_([*wanted])))
    return {row.item_id: json.loads(row.payload) for row in found}


def _row(payload: dict[str, Any], change: int) -> dict[str, Any]:
    text = json.dumps(payload, ensure_ascii=False)
    return {"item_id": payload["item_id"], "payload": text, "change": change, "waiting": True, "absorbed_us": None}


def _now(payload: Mapping[str, Any], change: int) -> ItemNow:
    price = payload.get("price")
    return ItemNow(payload["item_id"], None if price is None else float(price), payload.get("in_stock"), change)
