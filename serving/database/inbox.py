"""Events that have just arrived: durable before they are acknowledged, kept until a snapshot holds them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from typing import Any, NamedTuple

import pyarrow as pa
from sqlalchemy import Connection, Engine, Select, delete, func, or_, select, update

from features.events.event import EVENT_SCHEMA, with_person
from features.moments import microseconds
from serving.database.answers.responses import response_rows
from serving.database.bulk_insert import insert_new, known
from serving.database.connection import told
from serving.database.people.erased import erased_among
from serving.database.people.person_key import person_key
from serving.database.plain_rows import plain_row, table_of
from serving.database.tables import INBOX, RESPONSES

_AT_ONCE = 1_000
"""So many rows are changed in one transaction."""

_ASKED_AT_ONCE = 500
"""So many people are asked for in one statement."""

STORED, REPEATED, ERASED = "stored", "repeated", "erased"
"""What becomes of an event that arrives: the last says that its person was deleted."""


class Arrived(NamedTuple):
    """One event as a row of the inbox."""

    event_id: str
    """Its id."""
    person_key: int
    """Whose it is, as a number."""
    customer_id: str
    """Whose it is."""
    kind: str
    """Kind of event."""
    payload: str
    """The event as JSON."""
    received_us: int
    """When it came, UTC microseconds since 1970."""
    event: Mapping[str, Any]
    """The same as in ``payload``."""


_STORED_FIELDS = Arrived._fields[:-1]


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
        self.engine = engine
        self._reader = engine.execution_options(reading=True)

    def put(self, events: pa.Table, received_at: datetime) -> list[bool]:
        """Store checked events (``EVENT_SCHEMA``, each with an ``event_id``) in one transaction.

        Returns for each row whether it was stored; False says that its ``event_id`` had come before, or that its
        person was deleted. When this returns, the rows survive a loss of power. An event without ``known_at`` became
        known when it was received.
        """
        rows = arrived(plain_events(events), received_at)
        with self._writing() as connection:
            (outcomes,) = self.write(connection, [rows])
        return [outcome == STORED for outcome in outcomes]

    def write(self, connection: Connection, batches: Sequence[Sequence[Arrived]]) -> list[list[str]]:
        """Store several callers' events in the transaction of ``connection``: ``STORED``, ``REPEATED`` or ``ERASED``
        for each row. What answers the events belong to is noted beside them.
        """
        rows = [row for batch in batches for row in batch]
        gone = erased_among(connection, {row.customer_id for row in rows}) if _anyone_erased(connection) else set()
        wanted = [row for row in rows if row.customer_id not in gone] if gone else rows
        stored = _insert(connection, wanted)
        responses = response_rows(row.event for row in wanted if row.event_id in stored)
        insert_new(connection, RESPONSES, RESPONSES.columns.keys(), [[*row.values()] for row in responses])
        return [[_outcome(row, stored, gone) for row in batch] for batch in batches]

    def take(self, limit: int) -> Waiting:
        """The oldest events that are not in the warehouse yet, at most ``limit``; they stay in the inbox."""
        query = select(INBOX.c.sequence, INBOX.c.payload).where(INBOX.c.absorbed_version.is_(None))
        found = self._rows(query.order_by(INBOX.c.sequence).limit(limit))
        return Waiting(_table(row.payload for row in found), tuple(row.sequence for row in found))

    def unknown(self, people: Sequence[str]) -> list[str]:
        """Those of some people who have no events here."""
        there: set[str] = set()
        for start in range(0, len(people), _ASKED_AT_ONCE):
            some = people[start : start + _ASKED_AT_ONCE]
            mine = INBOX.c.person_key.in_(map(person_key, some)) & INBOX.c.customer_id.in_(some)
            there.update(row.customer_id for row in self._rows(select(INBOX.c.customer_id).where(mine).distinct()))
        return [each for each in people if each not in there]

    def buyers_after(self, sequence: int, newer_than: int) -> tuple[int, list[str]]:
        """Who made a purchase of a number above ``sequence`` that the warehouse of ``newer_than`` does not hold.

        And the highest number in the inbox.
        """
        query = select(INBOX.c.customer_id).distinct().where(INBOX.c.kind == "purchase", INBOX.c.sequence > sequence)
        newest = self._rows(select(func.max(INBOX.c.sequence).label("sequence")))[0].sequence or 0
        return int(newest), [row.customer_id for row in self._rows(_fresh(query, newer_than))]

    def trades(self, newer_than: int, since_us: int, before_us: int) -> list[dict[str, Any]]:
        """Purchases and returns in ``[since_us, before_us)`` that the warehouse of a version does not hold, as rows."""
        query = select(INBOX.c.payload).where(INBOX.c.kind.in_(["purchase", "return"]))
        found = (json.loads(row.payload) for row in self._rows(_fresh(query, newer_than)))
        return [event for event in found if since_us <= event["occurred_at"] < before_us]

    def mark_absorbed(self, sequences: Sequence[int], version: int) -> None:
        """Note that the warehouse holds the events of these sequence numbers since ``version``.

        Some at a time, so that nobody who writes waits for long; after a kill the rest is moved and marked again.
        """
        # Number by number: with several writers a lower number can become visible after a higher one.
        for start in range(0, len(sequences), _AT_ONCE):
            mine = INBOX.c.sequence.in_(sequences[start : start + _AT_ONCE])
            with self._writing() as connection:
                connection.execute(update(INBOX).where(mine).values(absorbed_version=version))

    def remove(self, up_to_version: int) -> int:
        """Remove the events that this version of the warehouse holds, some at a time; return how many."""
        held = select(INBOX.c.sequence).where(INBOX.c.absorbed_version <= up_to_version).limit(_AT_ONCE)
        removed = 0
        while found := [row.sequence for row in self._rows(held)]:
            with self._writing() as connection:
                removed += connection.execute(delete(INBOX).where(INBOX.c.sequence.in_(found))).rowcount
        return removed

    def waiting(self) -> int:
        """How many events are not in the warehouse yet."""
        query = select(func.count().label("events")).select_from(INBOX).where(INBOX.c.absorbed_version.is_(None))
        return int(self._rows(query)[0].events)

    def _rows(self, query: Select[Any]) -> Sequence[Any]:
        with told(), self._reader.connect() as connection:
            return connection.execute(query).all()

    @contextmanager
    def _writing(self) -> Iterator[Connection]:
        with told(), self.engine.begin() as connection:
            yield connection


def _table(payloads: Iterable[str]) -> pa.Table:
    return table_of(map(json.loads, payloads), EVENT_SCHEMA)


def _fresh(query: Select[Any], newer_than: int) -> Select[Any]:
    return query.where(or_(INBOX.c.absorbed_version.is_(None), INBOX.c.absorbed_version > newer_than))


def plain_events(events: pa.Table) -> list[dict[str, Any]]:
    """Checked events (``EVENT_SCHEMA``) as the inbox keeps them.

    What is empty is left out; times are microseconds, money is text, ``customer_id`` is the person as stored.
    """
    return [plain_row(row) for row in with_person(events).to_pylist()]


def arrived(events: Iterable[dict[str, Any]], received_at: datetime) -> list[Arrived]:
    """Plain events, which are changed, as rows of the inbox."""
    received_us = microseconds(received_at)
    rows = []
    for event in events:
        event.setdefault("known_at", max(received_us, event["occurred_at"]))
        key = person_key(event["customer_id"])
        payload = json.dumps(event, ensure_ascii=False)
        rows.append(Arrived(event["event_id"], key, event["customer_id"], event["kind"], payload, received_us, event))
    return rows


def _insert(connection: Connection, rows: Sequence[Arrived]) -> set[str]:
    """Insert what is new; ids of what was."""
    count = insert_new(connection, INBOX, _STORED_FIELDS, [row[:-1] for row in rows])
    ids = {row.event_id for row in rows}
    if count == len(ids):
        return ids
    # The numbers of the new rows are higher than all before them.
    newest = f"order by sequence desc limit {count}"
    return set(known(connection, INBOX, "event_id", ids, newest)) if count else set()


def _anyone_erased(connection: Connection) -> bool:
    return connection.exec_driver_sql("select 1 from erased_customers limit 1").first() is not None


def _outcome(row: Arrived, stored: set[str], gone: set[str]) -> str:
    """What became of a row; ``stored`` loses its id, so that the next row of the same id is a repeated one."""
    if row.customer_id in gone:
        return ERASED
    if row.event_id in stored:
        stored.discard(row.event_id)
        return STORED
    return REPEATED
