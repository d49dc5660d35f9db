"""Whom the shop deleted: a tombstone from the first moment on, by hash alone once everything is gone."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, Engine, delete, insert, select, update

from features.errors import HuitouError
from features.moments import microseconds, moment_of
from serving.database.connection import told
from serving.database.counters import CONTACT_DETAILS_REMOVED, MERGES_CHANGED, SUPPRESSIONS_CHANGED, next_number
from serving.database.people.person_hash import person_hash
from serving.database.people.person_rows import count_rows, delete_rows
from serving.database.tables import ERASED

_FORGOTTEN = ERASED.c.done_us.is_(None) & ERASED.c.customer_id.is_(None)

_NOTICED = {
    "contact_details": CONTACT_DETAILS_REMOVED,
    "suppressions": SUPPRESSIONS_CHANGED,
    "merged_visitors": MERGES_CHANGED,
}
"""The counters that rise when rows of a place go."""

_AT_ONCE = 500
"""So many hashes are asked for in one query."""


@dataclass(frozen=True)
class Erasure:
    """One deletion that was asked for."""

    request_id: str
    """The hash of the person, by which the deletion is asked about."""
    asked_at: datetime
    """When it was asked for; from then on the person is a stranger."""
    done_at: datetime | None
    """When the last trace was gone; None while something is left."""
    places: Mapping[str, int]
    """What was found when it was asked for, by place."""


class Erased:
    """The deleted people of one shop."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reader = engine.execution_options(reading=True)

    def begin(self, people: Sequence[str], now: datetime) -> dict[str, int]:
        """Set a tombstone for each of ``people`` and delete their rows, in one transaction; rows by table.

        The first of them is whom the deletion is about, the others are merged visitors. When this returns, they are
        strangers, whatever happens to the process.
        """
        with told(), self._engine.begin() as connection:
            places = _delete(connection, people)
            for person in people:
                found = {"person_hash": person_hash(person), "customer_id": person, "asked_us": microseconds(now)}
                connection.execute(delete(ERASED).where(ERASED.c.person_hash == found["person_hash"]))
                connection.execute(insert(ERASED).values(**found, done_us=None, places=_text(places)))
        return places

    def note(self, people: Sequence[str], places: Mapping[str, int]) -> None:
        """Note what is found of ``people``, by place."""
        rows = ERASED.c.person_hash.in_([*map(person_hash, people)])
        with told(), self._engine.begin() as connection:
            connection.execute(update(ERASED).where(rows).values(places=_text(places)))

    def rows_of(self, people: Sequence[str]) -> dict[str, int]:
        """How many rows the database holds of ``people``, by table."""
        with told(), self._reader.connect() as connection:
            return count_rows(connection, people)

    def delete_rows(self, people: Sequence[str]) -> None:
        """Delete what reached the database while the tombstone was being set."""
        with told(), self._engine.begin() as connection:
            _delete(connection, people)

    def pending(self) -> list[str]:
        """Ids of the people of whom something may be left, the first asked for first."""
        query = select(ERASED.c.customer_id).where(ERASED.c.done_us.is_(None), ERASED.c.customer_id.is_not(None))
        with told(), self._reader.connect() as connection:
            return [*connection.execute(query.order_by(ERASED.c.asked_us, ERASED.c.person_hash)).scalars()]

    def forget(self, people: Sequence[str]) -> None:
        """Forget the ids of ``people``: their hashes remain."""
        rows = ERASED.c.person_hash.in_([*map(person_hash, people)])
        with told(), self._engine.begin() as connection:
            connection.execute(update(ERASED).where(rows).values(customer_id=None))

    def is_forgotten(self) -> bool:
        """Whether ids were forgotten that the database's free pages may still show."""
        with told(), self._reader.connect() as connection:
            return connection.execute(select(ERASED.c.person_hash).where(_FORGOTTEN).limit(1)).scalar() is not None

    def finish(self, now: datetime) -> None:
        """Note that nothing is left of those who were forgotten."""
        with told(), self._engine.begin() as connection:
            connection.execute(update(ERASED).where(_FORGOTTEN).values(done_us=microseconds(now)))

    def get(self, request_id: str) -> Erasure:
        """What became of a deletion; raises :class:`HuitouError` when none has this id."""
        with told(), self._reader.connect() as connection:
            row = connection.execute(select(ERASED).where(ERASED.c.person_hash == request_id)).one_or_none()
        if row is None:
            raise HuitouError(
                f"no deletion has the request_id {request_id!r}. It is told by the answer to the deletion.",
                code="not_found",
                field="request_id",
                value=request_id,
            )
        done_at = None if row.done_us is None else moment_of(row.done_us)
        return Erasure(row.person_hash, moment_of(row.asked_us), done_at, json.loads(row.places))

    def any(self) -> bool:
        """Whether anybody was ever deleted."""
        with told(), self._reader.connect() as connection:
            return connection.execute(select(ERASED.c.person_hash).limit(1)).scalar() is not None

    def among(self, people: Iterable[str]) -> set[str]:
        """Those of ``people`` who were deleted, whether they are gone everywhere yet or not."""
        with told(), self._reader.connect() as connection:
            return erased_among(connection, {*people})


def _delete(connection: Connection, people: Sequence[str]) -> dict[str, int]:
    places = delete_rows(connection, people)
    # Who remembers addresses, suppressions and merges reads them anew.
    for place in (place for place in _NOTICED if places[place]):
        next_number(connection, _NOTICED[place])
    return places


def erased_among(connection: Connection, people: Collection[str]) -> set[str]:
    """The same within a transaction."""
    hashes = {person_hash(person): person for person in people}
    wanted = list(hashes)
    found: set[str] = set()
    for start in range(0, len(wanted), _AT_ONCE):
        query = select(ERASED.c.person_hash).where(ERASED.c.person_hash.in_(wanted[start : start + _AT_ONCE]))
        found.update(hashes[each] for each in connection.execute(query).scalars())
    return found


def refuse_erased(connection: Connection, people: Collection[str]) -> None:
    """Raise :class:`HuitouError` when one of ``people`` was deleted."""
    if erased_among(connection, people):
        raise gone("customer_id")


def gone(field: str) -> HuitouError:
    """The error of whoever speaks of somebody who was deleted; it does not repeat the id."""
    return HuitouError(
        "this customer was deleted, and nothing is stored of them any more. Give a customer who comes back a new id.",
        code="erased",
        field=field,
    )


def _text(places: Mapping[str, int]) -> str:
    return json.dumps(dict(places))
