"""Who must not be written to, by customer's id or by the hash of an address."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Engine, delete, func, select, tuple_

from features.events.event import EPOCH
from features.moments import microseconds, moment_of
from serving.database.bulk_insert import insert_new
from serving.database.connection import told
from serving.database.counters import SUPPRESSIONS_CHANGED, newest_number, next_number
from serving.database.marketing_tables import SUPPRESSIONS
from serving.database.people.erased import erased_among

KINDS = ("customer", "email", "phone")
"""What can be suppressed."""

ALL_CHANNELS = ""
"""Stands for every channel."""

AT_ONCE = 300
"""So many are asked for or removed in one statement."""


@dataclass(frozen=True)
class Suppression:
    """One customer or address that must not be written to."""

    kind: str
    """One of :data:`KINDS`."""
    value: str
    """The customer's id, or the hash of the address."""
    channel: str = ALL_CHANNELS
    """The channel, ``ALL_CHANNELS`` for every one."""
    source: str = ""
    """Where it comes from, in the shop's words."""
    added_at: datetime = EPOCH
    """Since when."""


class Suppressions:
    """The suppressions of one shop."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reader = engine.execution_options(reading=True)

    def add(self, rows: Sequence[Suppression], now: datetime) -> list[bool]:
        """Store all of them in one transaction; for each whether it is new. Nothing is stored of deleted customers."""
        with told(), self._engine.begin() as connection:
            gone = erased_among(connection, {row.value for row in rows if row.kind == "customer"})
            there = _known(connection, {_key(row) for row in rows})
            fresh: dict[tuple[str, str, str], Suppression] = {}
            told_new = []
            for row in rows:
                new = _key(row) not in there and _key(row) not in fresh
                new = new and not (row.kind == "customer" and row.value in gone)
                told_new.append(new)
                if new:
                    fresh[_key(row)] = row
            added_us = microseconds(now)
            names = ("kind", "value", "channel", "source", "added_us")
            insert_new(connection, SUPPRESSIONS, names, [[*_key(row), row.source, added_us] for row in fresh.values()])
            # After the rows, as everywhere: nobody waits for each other.
            next_number(connection, SUPPRESSIONS_CHANGED)
        return told_new

    def remove(self, rows: Collection[tuple[str, str, str]]) -> int:
        """Take back those of a kind, value and channel, all in one transaction; return how many there were."""
        wanted, removed = [*rows], 0
        with told(), self._engine.begin() as connection:
            for start in range(0, len(wanted), AT_ONCE):
                condition = _KEY.in_(wanted[start : start + AT_ONCE])
                removed += connection.execute(delete(SUPPRESSIONS).where(condition)).rowcount
            next_number(connection, SUPPRESSIONS_CHANGED)
        return removed

    def change(self) -> int:
        """The number of the newest change; it rises with each."""
        with told(), self._reader.connect() as connection:
            return newest_number(connection, SUPPRESSIONS_CHANGED)

    def on(self, channel: str) -> list[tuple[str, str]]:
        """Kind and value of everything that is suppressed on a channel, or on all of them."""
        query = select(SUPPRESSIONS.c.kind, SUPPRESSIONS.c.value)
        query = query.where(SUPPRESSIONS.c.channel.in_([ALL_CHANNELS, channel]))
        with told(), self._reader.connect() as connection:
            return [(row.kind, row.value) for row in connection.execute(query)]

    def of(self, values: Sequence[str]) -> list[Suppression]:
        """Those of some ids and hashes, in order."""
        query = select(SUPPRESSIONS).where(SUPPRESSIONS.c.value.in_([*values]))
        order = (SUPPRESSIONS.c.kind, SUPPRESSIONS.c.value, SUPPRESSIONS.c.channel)
        with told(), self._reader.connect() as connection:
            return [*map(_suppression, connection.execute(query.order_by(*order)))]

    def count(self) -> int:
        """How many there are."""
        with told(), self._reader.connect() as connection:
            return int(connection.execute(select(func.count()).select_from(SUPPRESSIONS)).scalar_one())

    def page(self, n: int, offset: int) -> list[Suppression]:
        """Some of them, the newest first."""
        order = (SUPPRESSIONS.c.added_us.desc(), SUPPRESSIONS.c.kind, SUPPRESSIONS.c.value, SUPPRESSIONS.c.channel)
        query = select(SUPPRESSIONS).order_by(*order).limit(n).offset(offset)
        with told(), self._reader.connect() as connection:
            return [*map(_suppression, connection.execute(query))]


_KEY = tuple_(SUPPRESSIONS.c.kind, SUPPRESSIONS.c.value, SUPPRESSIONS.c.channel)


def _key(row: Suppression) -> tuple[str, str, str]:
    return row.kind, row.value, row.channel


def _suppression(row: Any) -> Suppression:
    added_at = moment_of(row.added_us)
    return Suppression(row.kind, row.value, row.channel, row.source, added_at)


def _known(connection: Connection, keys: Collection[tuple[str, str, str]]) -> set[tuple[str, str, str]]:
    values = sorted({value for _, value, _ in keys})
    found: set[tuple[str, str, str]] = set()
    for start in range(0, len(values), AT_ONCE):
        query = select(SUPPRESSIONS.c.kind, SUPPRESSIONS.c.value, SUPPRESSIONS.c.channel)
        query = query.where(SUPPRESSIONS.c.value.in_(values[start : start + AT_ONCE]))
        found.update((row.kind, row.value, row.channel) for row in connection.execute(query))
    return found & {*keys}
