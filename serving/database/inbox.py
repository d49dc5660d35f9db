"""Events that have just arrived: durable before they are acknowledged, kept until a snapshot holds them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, Engine, Select, bindparam, delete, func, or_, select, update
from sqlalchemy.dialects import postgresql, sqlite

from features.events.event import EVENT_SCHEMA, KIND_CODES, with_person
from serving.database.connection import told
from serving.database.tables import INBOX

NEWEST = 1_000
"""At most so many fresh events of one person are looked at."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Touch:
    """Something that a person has just done with an item."""

    kind: str
    """Kind of event."""
    item_id: str
    """The item."""
    occurred_us: int
    """When it happened, UTC microseconds since 1970."""
    quantity: int = 1
    """Pieces."""
    unit_price: float | None = None
    """Price of one piece, None where not known."""
    order_id: str | None = None
    """The order it belongs to."""


@dataclass(frozen=True)
class Waiting:
    """Events taken from the inbox, oldest first."""

    rows: pa.Table
    """The events in ``EVENT_SCHEMA``."""
    sequences: tuple[int, ...]
    """Their sequence numbers."""


class Inbox:
    """The fresh events of one shop.

    An event stays after it was moved into the warehouse, marked with the warehouse's version, until the
    served snapshot was computed from that version: until then it is fresh, and requests and lists still
    need it.
    """

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reader = engine.execution_options(reading=True)

    def put(self, events: pa.Table, received_at: datetime) -> list[bool]:
        """Store checked events (``EVENT_SCHEMA``, each with an ``event_id``) in one transaction.

        Returns for each row whether it was stored; False says that its ``event_id`` had come before. When
        this returns, the rows survive a loss of power. An event without ``known_at`` became known when it
        was received.
        """
        received_us = _microseconds(received_at)
        rows = [_inbox_row(row, received_us) for row in with_person(events).to_pylist()]
        firsts: dict[str, dict[str, Any]] = {}
        is_first = [firsts.setdefault(row["event_id"], row) is row for row in rows]
        if not firsts:
            return []
        dialect = postgresql if self._engine.dialect.name == "postgresql" else sqlite
        new = dialect.insert(INBOX).on_conflict_do_nothing(index_elements=["event_id"]).returning(INBOX.c.event_id)
        with self._writing() as connection:
            stored = set(connection.execute(new, list(firsts.values())).scalars())
        return [first and row["event_id"] in stored for first, row in zip(is_first, rows, strict=True)]

    def take(self, limit: int) -> Waiting:
        """The oldest events that are not in the warehouse yet, at most ``limit``; they stay in the inbox."""
        query = select(INBOX.c.sequence, INBOX.c.payload).where(INBOX.c.absorbed_version.is_(None))
        found = self._rows(query.order_by(INBOX.c.sequence).limit(limit))
        return Waiting(_table(row.payload for row in found), tuple(row.sequence for row in found))

    def of_customer(self, customer_id: str, newer_than: int | None = None) -> pa.Table:
        """The newest events of one person (at most ``NEWEST``) in ``EVENT_SCHEMA``, as they came.

        With ``newer_than`` only those that this version of the warehouse does not hold.
        """
        return _table(self._newest(customer_id, newer_than))

    def touches(self, customer_id: str, newer_than: int | None = None) -> list[Touch]:
        """The same events in the order in which they happened, with what live answers need of them."""
        events = [json.loads(payload) for payload in self._newest(customer_id, newer_than)]
        events.sort(key=lambda event: (event["occurred_at"], KIND_CODES[event["kind"]]))
        return [_touch(event) for event in events]

    def _newest(self, customer_id: str, newer_than: int | None) -> list[str]:
        query = select(INBOX.c.payload).where(INBOX.c.customer_id == customer_id)
        found = self._rows(_fresh(query, newer_than).order_by(INBOX.c.sequence.desc()).limit(NEWEST))
        return [row.payload for row in reversed(found)]

    def buyers(self, newer_than: int | None = None) -> list[str]:
        """Everyone with a purchase, or with one that the warehouse of ``newer_than`` does not hold."""
        query = select(INBOX.c.customer_id).distinct().where(INBOX.c.kind == "purchase")
        return [row.customer_id for row in self._rows(_fresh(query, newer_than))]

    def mark_absorbed(self, sequences: Sequence[int], version: int) -> None:
        """Note that the warehouse holds the events of these sequence numbers since ``version``."""
        # Number by number: with several writers a lower number can become visible after a higher one.
        mark = update(INBOX).where(INBOX.c.sequence == bindparam("number")).values(absorbed_version=version)
        with self._writing() as connection:
            connection.execute(mark, [{"number": number} for number in sequences])

    def remove(self, up_to_version: int) -> int:
        """Remove the events that this version of the warehouse holds; return how many."""
        with self._writing() as connection:
            return connection.execute(delete(INBOX).where(INBOX.c.absorbed_version <= up_to_version)).rowcount

    def erase(self, customer_id: str) -> int:
        """Remove all events of one person; return how many."""
        with self._writing() as connection:
            return connection.execute(delete(INBOX).where(INBOX.c.customer_id == customer_id)).rowcount

    def waiting(self) -> int:
        """How many events are not in the warehouse yet."""
        query = select(func.count().label("events")).select_from(INBOX).where(INBOX.c.absorbed_version.is_(None))
        return int(self._rows(query)[0].events)

    def _rows(self, query: Select[Any]) -> Sequence[Any]:
        with told(), self._reader.connect() as connection:
            return connection.execute(query).all()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with told(), self._engine.begin() as connection:
            yield connection


def _touch(event: dict[str, Any]) -> Touch:
    price = event.get("unit_price")
    return Touch(
        kind=event["kind"],
        item_id=event["item_id"],
        occurred_us=event["occurred_at"],
        quantity=event.get("quantity", 1),
        unit_price=None if price is None else float(price),
        order_id=event.get("order_id"),
    )


def _fresh(query: Select[Any], newer_than: int | None) -> Select[Any]:
    if newer_than is None:
        return query
    return query.where(or_(INBOX.c.absorbed_version.is_(None), INBOX.c.absorbed_version > newer_than))


def _inbox_row(row: dict[str, Any], received_us: int) -> dict[str, Any]:
    known = {name: value for name, value in row.items() if value is not None}
    payload = {name: _plain(value) for name, value in known.items()}
    payload.setdefault("known_at", max(received_us, payload["occurred_at"]))
    return {
        "event_id": row["event_id"],
        "customer_id": row["customer_id"],
        "kind": row["kind"],
        "payload": json.dumps(payload, ensure_ascii=False),
        "received_us": received_us,
    }


def _plain(value: Any) -> Any:
    """A value as JSON holds it without loss: times as microseconds, money as text."""
    if isinstance(value, datetime):
        return _microseconds(value)
    return str(value) if isinstance(value, Decimal) else value


def _table(payloads: Iterable[str]) -> pa.Table:
    events = [json.loads(payload) for payload in payloads]
    columns = [_column([event.get(field.name) for event in events], field.type) for field in EVENT_SCHEMA]
    return pa.Table.from_arrays(columns, schema=EVENT_SCHEMA)


def _column(values: list[Any], kind: pa.DataType) -> pa.Array:
    if pa.types.is_timestamp(kind):
        return pa.array(values, pa.int64()).cast(kind)
    if pa.types.is_decimal(kind):
        return pa.array([None if value is None else Decimal(value) for value in values], kind)
    return pa.array(values, kind)


def _microseconds(moment: datetime) -> int:
    return (moment - _EPOCH) // timedelta(microseconds=1)
