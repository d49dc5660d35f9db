"""Audiences that the shop has saved: filters with a name."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, delete, func, insert, select, update

from features.errors import HuitouError
from features.moments import microseconds, moment_of
from serving.audiences.filters import parse_filter
from serving.audiences.parts import Filter
from serving.database.connection import told
from serving.database.counters import AUDIENCES_SAVED, next_number
from serving.database.marketing_tables import AUDIENCES

MOST_AUDIENCES = 1_000
"""A shop saves at most so many."""


@dataclass(frozen=True)
class Audience:
    """One saved audience."""

    name: str
    """What the shop calls it."""
    filter: Mapping[str, Any]
    """The filter as JSON."""
    note: str
    """What it is for, in the shop's words."""
    changed_at: datetime
    """When it was saved last."""
    changed_by: str
    """Who saved it: the id of a key, or ``command line``."""

    @property
    def parsed(self) -> Filter:
        """The filter, read and checked."""
        return parse_filter(dict(self.filter))


class Audiences:
    """The saved audiences of one shop."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reader = engine.execution_options(reading=True)

    def put(self, audience: Audience) -> bool:
        """Save an audience in place of the one of its name; whether there was none before.

        Raises :class:`HuitouError` when there are too many already.
        """
        row = {
            "filter": json.dumps(dict(audience.filter), ensure_ascii=False),
            "note": audience.note,
            "changed_us": microseconds(audience.changed_at),
            "changed_by": audience.changed_by,
        }
        with told(), self._engine.begin() as connection:
            # One after the other: two that are new at once would both be added, or one too many.
            next_number(connection, AUDIENCES_SAVED)
            change = update(AUDIENCES).where(AUDIENCES.c.name == audience.name).values(row)
            if connection.execute(change).rowcount:
                return False
            if connection.execute(select(func.count()).select_from(AUDIENCES)).scalar_one() >= MOST_AUDIENCES:
                raise HuitouError(
                    f"at most {MOST_AUDIENCES:,} audiences can be saved; there are as many. Delete one first.",
                    code="conflict",
                    field="name",
                    value=audience.name,
                )
            connection.execute(insert(AUDIENCES).values(name=audience.name, **row))
        return True

    def get(self, name: str) -> Audience:
        """The audience of a name; raises :class:`HuitouError` when there is none."""
        with told(), self._reader.connect() as connection:
            row = connection.execute(select(AUDIENCES).where(AUDIENCES.c.name == _asked(name))).one_or_none()
        if row is None:
            raise unknown_audience(name)
        return _audience(row)

    def list(self, n: int, offset: int = 0) -> list[Audience]:
        """Saved audiences by name, after ``offset`` of them."""
        query = select(AUDIENCES).order_by(AUDIENCES.c.name).limit(n).offset(offset)
        with told(), self._reader.connect() as connection:
            return [_audience(row) for row in connection.execute(query)]

    def count(self) -> int:
        """How many there are."""
        with told(), self._reader.connect() as connection:
            return int(connection.execute(select(func.count()).select_from(AUDIENCES)).scalar_one())

    def remove(self, name: str) -> None:
        """Delete an audience; raises :class:`HuitouError` when there is none of this name."""
        with told(), self._engine.begin() as connection:
            gone = connection.execute(delete(AUDIENCES).where(AUDIENCES.c.name == _asked(name))).rowcount
        if not gone:
            raise unknown_audience(name)


def unknown_audience(name: str) -> HuitouError:
    """There is no saved audience of a name."""
    return HuitouError(
        f"there is no audience {name[:100]!r}. GET /v1/audiences, or huitou audience list, tells which there are.",
        code="unknown_audience",
        field="audience",
        value=name,
    )


def _asked(name: str) -> str:
    return name.replace("\0", "\ufffd")  # No name holds a NUL, and PostgreSQL takes none.


def _audience(row: Row[Any]) -> Audience:
    changed_at = moment_of(row.changed_us)
    return Audience(row.name, json.loads(row.filter), row.note, changed_at, row.changed_by)
