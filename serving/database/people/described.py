"""What the API was told of customers: their choices count at once, and the warehouse gets them later."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pyarrow as pa
from sqlalchemy import Connection, Engine, bindparam, or_, select, update

from features.events.event import CUSTOMER_SCHEMA
from features.moments import microseconds
from serving.database.connection import told
from serving.database.counters import CUSTOMERS_TOLD, dialect_of, newest_number, next_number
from serving.database.people.erased import erased_among
from serving.database.plain_rows import plain_row, table_of
from serving.database.tables import DESCRIBED

AT_ONCE = 20_000
"""So many descriptions are read at a time."""


@dataclass(frozen=True)
class WaitingCustomers:
    """Descriptions that the warehouse does not have yet."""

    rows: pa.Table
    """The customers in ``CUSTOMER_SCHEMA``."""
    changes: Mapping[str, int]
    """When each was described last, by id; UTC microseconds."""


class Described:
    """The customers of one shop that the API was told of."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reader = engine.execution_options(reading=True)

    def put(self, customers: pa.Table, now: datetime) -> set[str]:
        """Store checked descriptions (``CUSTOMER_SCHEMA``) in one transaction; what is empty keeps what is known.

        When this returns, they survive a loss of power. Returns those who were deleted: nothing is stored of them.
        """
        said: dict[str, dict[str, Any]] = {}
        for row in customers.to_pylist():
            said.setdefault(row["customer_id"], {}).update(plain_row(row))
        if not said:
            return set()
        with told(), self._engine.begin() as connection:
            return describe(connection, said, now)

    def personalized(self, customer_id: str) -> bool | None:
        """Whether a customer agreed to personal answers; None where nothing was said here."""
        query = select(DESCRIBED.c.personalized).where(DESCRIBED.c.customer_id == customer_id)
        with told(), self._reader.connect() as connection:
            found: bool | None = connection.execute(query).scalar()
        return found

    def refused(self, flag: str) -> list[str]:
        """Ids of those who said no here to something: ``personalized`` answers, or to be ``contactable``."""
        query = select(DESCRIBED.c.customer_id, DESCRIBED.c.payload).where(
            DESCRIBED.c.payload.contains(f'"{flag}": false')
        )
        with told(), self._reader.connect() as connection:
            # Other values may hold the same text.
            return [row.customer_id for row in connection.execute(query) if json.loads(row.payload).get(flag) is False]

    def change(self) -> int:
        """A number that rises whenever something is said."""
        with told(), self._reader.connect() as connection:
            return newest_number(connection, CUSTOMERS_TOLD)

    def said_since(self, us: int, *, also_waiting: bool = False) -> Iterator[tuple[list[dict[str, Any]], int]]:
        """What was ever said here of those who were described at a moment (UTC microseconds) or later, as plain rows.

        In parts, each with the newest moment in it; what was not said is left out. With ``also_waiting`` also of those
        of whom the warehouse does not know yet.
        """
        fresh = DESCRIBED.c.changed_us >= us
        query = select(DESCRIBED.c.payload, DESCRIBED.c.changed_us)
        query = query.where(or_(fresh, DESCRIBED.c.waiting) if also_waiting else fresh)
        with told(), self._reader.connect() as connection:
            for rows in connection.execution_options(yield_per=AT_ONCE).execute(query).partitions():
                yield [json.loads(row.payload) for row in rows], max(row.changed_us for row in rows)

    def unknown(self, people: Iterable[str]) -> list[str]:
        """Those of some people of whom nothing was said here."""
        wanted = [*people]
        there: set[str] = set()
        with told(), self._reader.connect() as connection:
            for start in range(0, len(wanted), 500):
                mine = DESCRIBED.c.customer_id.in_(wanted[start : start + 500])
                there.update(connection.execute(select(DESCRIBED.c.customer_id).where(mine)).scalars())
        return [each for each in wanted if each not in there]

    def take(self, limit: int) -> WaitingCustomers:
        """Descriptions that the warehouse does not have yet, at most ``limit``; they stay here."""
        query = select(DESCRIBED.c.payload, DESCRIBED.c.changed_us).where(DESCRIBED.c.waiting).limit(limit)
        with told(), self._reader.connect() as connection:
            found = [(json.loads(row.payload), row.changed_us) for row in connection.execute(query)]
        return WaitingCustomers(
            table_of((payload for payload, _ in found), CUSTOMER_SCHEMA),
            {payload["customer_id"]: changed_us for payload, changed_us in found},
        )

    def mark_stored(self, waiting: WaitingCustomers) -> None:
        """Note that the warehouse has these descriptions; those that changed since wait on."""
        same = (DESCRIBED.c.customer_id == bindparam("who")) & (DESCRIBED.c.changed_us == bindparam("at"))
        marks = [{"who": identity, "at": changed_us} for identity, changed_us in waiting.changes.items()]
        if marks:
            with told(), self._engine.begin() as connection:
                connection.execute(update(DESCRIBED).where(same).values(waiting=False), marks)


def describe(connection: Connection, said: Mapping[str, Mapping[str, Any]], now: datetime) -> set[str]:
    """:meth:`Described.put` of plain rows by id, within a transaction."""
    changed_us = microseconds(now)
    insert = dialect_of(connection).insert(DESCRIBED)
    changes = {name: insert.excluded[name] for name in ("payload", "personalized", "changed_us", "waiting")}
    gone = erased_among(connection, [*said])
    before = _payloads(connection, said)
    rows = [
        _row({**before.get(identity, {}), **new}, changed_us) for identity, new in said.items() if identity not in gone
    ]
    if rows:
        connection.execute(insert.on_conflict_do_update(index_elements=["customer_id"], set_=changes), rows)
        next_number(connection, CUSTOMERS_TOLD)
    return gone


def _payloads(connection: Connection, wanted: Iterable[str]) -> dict[str, dict[str, Any]]:
    query = select(DESCRIBED.c.customer_id, DESCRIBED.c.payload).where(DESCRIBED.c.customer_id.in_([*wanted]))
    return {row.customer_id: json.loads(row.payload) for row in connection.execute(query)}


def _row(payload: dict[str, Any], changed_us: int) -> dict[str, Any]:
    return {
        "customer_id": payload["customer_id"],
        "payload": json.dumps(payload, ensure_ascii=False),
        "personalized": payload.get("personalized"),
        "changed_us": changed_us,
        "waiting": True,
    }
