"""The hot read: everything that a live answer asks of the database about one person, in one round trip."""

from __future__ import annotations

import json
import os
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import partial
from typing import Any
from weakref import WeakSet

from pydantic_core import from_json
from sqlalchemy import Engine
from sqlalchemy.exc import SQLAlchemyError

from features.errors import HuitouError
from features.events.event import KIND_CODES
from serving.database.connection import failed
from serving.database.in_time import InTime
from serving.database.people.person_hash import person_hash
from serving.database.people.person_key import person_key
from serving.database.people.touch import Touch

NEWEST = 1_000
"""At most so many fresh events of one person are looked at."""

PATIENCE_MS = 250
"""How long PostgreSQL may take for this read: all pages of a worker are waiting, and can be answered without it."""

RETRY_S = 1.0
"""After a failed connection, or a read that took too long, nobody waits for another one for so long."""

# An expression that no index answers: without statistics PostgreSQL would look through every fresh event.
_FRESH = f"coalesce(absorbed_version, {2**63 - 1}) > :version"
_ONE = "person_key = :key and customer_id = :person"
_TOUCHES = f"""
    (select '[' || {{join}} || ']' from (
        select payload from inbox where {{who}} and {_FRESH} order by sequence desc limit {NEWEST}) as newest)
"""  # noqa: S608 - numbers of our own
_PERSON = f"""
    select {_TOUCHES.replace("{who}", _ONE)},
        (select personalized from described_customers where customer_id = :person),
        (select customer_id from merged_visitors where visitor = :person and state <> 'leaving'),
        (select {{visitors}} from merged_visitors where customer_id = :person and state <> 'leaving'),
        exists (select 1 from erased_customers where person_hash = :hash),
        (select value from counters where name = 'items')
"""  # noqa: S608 - the same
_OTHERS = f"""
    select {_TOUCHES.replace("{who}", "{of_keys} and {of_people}")},
        exists (select 1 from described_customers where personalized = false and {{of_people}})
"""  # noqa: S608 - the same

_WORDS = {
    "sqlite": {
        "join": "group_concat(payload, ',')",
        "visitors": "json_group_array(visitor)",
        "of_people": "customer_id in (select value from json_each(:people))",
        "of_keys": "person_key in (select value from json_each(:keys))",
    },
    "postgresql": {
        "join": "string_agg(payload, ',')",
        "visitors": "coalesce(json_agg(visitor)::text, '[]')",
        "of_people": "customer_id = any(:people)",
        "of_keys": "person_key = any(:keys)",
    },
}


@dataclass(frozen=True, slots=True)
class PersonNow:
    """One person at this moment."""

    customer: str
    """Whom the visitor was merged into, else the person itself."""
    touches: list[Touch] = field(default_factory=list)
    """What the person, and the visitors merged into it, did since the snapshot, in order of time."""
    personalized: bool | None = None
    """What was said over HTTP, no when a merged visitor said no; None where nothing was said."""
    visitors: tuple[str, ...] = ()
    """The visitors merged into the customer, as stored."""
    erased: bool = False
    """Whether the person was deleted: then nothing else is told."""
    item_change: int = 0
    """Number of the newest change of items (:class:`~serving.database.described_items.DescribedItems`)."""


class _Kept:
    """A connection that is closed with its thread."""

    def __init__(self, connection: Any) -> None:
        self.connection = connection
        self.process = os.getpid()

    def __del__(self) -> None:
        self.close()

    def close(self) -> None:
        """Close the connection."""
        self.connection.close()


class PeopleNow:
    """Asks with a statement that each thread's own connection keeps prepared."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._driver: Any = engine.dialect.loaded_dbapi
        self._local = threading.local()
        self._open: WeakSet[_Kept] = WeakSet()
        words = _WORDS[engine.dialect.name]
        self._person = _for_driver(engine, _PERSON.format(**words))
        self._others = _for_driver(engine, _OTHERS.format(**words))
        self._failed_at = float("-inf")

    def of(self, person: str, event_version: int) -> PersonNow:
        """What is known of a person, with the events that this version of the warehouse does not hold.

        Raises :class:`HuitouError` when the database does not answer.
        """
        # No id holds a NUL, and PostgreSQL takes none.
        person = person.replace("\0", "\ufffd")
        found, texts = self._ask(person, event_version)
        if found.customer != person and not found.erased:
            # A visitor who turned out to be a customer: everything is the customer's.
            found, texts = self._ask(found.customer, event_version)
        if found.erased:
            return found
        if found.visitors:
            text, one_refused = self._others_of(found.visitors, event_version)
            texts.append(text)
            if one_refused:
                found = replace(found, personalized=False)
        found.touches.extend(_touches(texts))
        return found

    def close(self) -> None:
        """Close the connections of all threads; who asks later opens one anew."""
        for kept in list(self._open):
            kept.close()
        self._local = threading.local()

    def _ask(self, person: str, version: int) -> tuple[PersonNow, list[str | None]]:
        given = {"key": person_key(person), "person": person, "version": version, "hash": person_hash(person)}
        texts, personalized, customer, visitors, erased, change = self._row(self._person, given)
        if erased:
            return PersonNow(person, erased=True, item_change=change or 0), []
        agreed = None if personalized is None else bool(personalized)
        joined = () if visitors == "[]" else tuple(from_json(visitors))
        return PersonNow(customer or person, [], agreed, joined, False, change or 0), [texts]

    def _others_of(self, people: Sequence[str], version: int) -> tuple[str | None, bool]:
        """What several people did, and whether one of them wants no personal answers."""
        keys: Any = [*map(person_key, people)]
        names: Any = [*people]
        if self._engine.dialect.name == "sqlite":
            keys, names = _listed(keys), _listed(names)
        text, one_refused = self._row(self._others, {"keys": keys, "people": names, "version": version})
        return text, bool(one_refused)

    def _row(self, statement: str, given: dict[str, Any]) -> Sequence[Any]:
        for is_last in (False, True):
            connection = self._connection()
            try:
                row: Sequence[Any] = connection.execute(statement, given).fetchall()[0]
                return row
            except self._driver.Error as error:
                self._local.kept.close()
                self._local.kept = None
                if self._is_slow(error):
                    self._failed_at = time.monotonic()
                    raise failed(error) from error
                # A connection that has waited for long may be gone: a new one answers.
                if is_last or not isinstance(error, self._driver.OperationalError):
                    raise failed(error) from error
        raise HuitouError("the database did not answer. Try again in a moment.", code="database")

    def _connection(self) -> Any:
        kept: _Kept | None = getattr(self._local, "kept", None)
        # A connection must not be used on both sides of a fork.
        if kept is None or kept.process != os.getpid():
            kept = self._local.kept = self._in_time()
        return kept.connection

    def _is_slow(self, error: Exception) -> bool:
        """Whether PostgreSQL took too long, as it says itself or not."""
        errors = getattr(self._driver, "errors", None)
        return errors is not None and isinstance(error, errors.QueryCanceled | errors._WaitTimeout)

    def _in_time(self) -> _Kept:
        if time.monotonic() - self._failed_at < RETRY_S:
            raise HuitouError("the database could not be reached. Try again in a moment.", code="database")
        if self._engine.dialect.name == "sqlite":
            return self._connect()
        connecting: InTime[_Kept] | None = getattr(self._local, "connecting", None)
        if connecting is None:
            connecting = self._local.connecting = InTime(self._connect, PATIENCE_MS / 1_000)
        return connecting()

    def _connect(self) -> _Kept:
        try:
            pooled = self._engine.raw_connection()
        except (SQLAlchemyError, self._driver.Error) as error:
            self._failed_at = time.monotonic()
            raise failed(error) from error
        # Known from now on: nobody may come for it, when it took too long.
        kept = _Kept(pooled.driver_connection)
        self._open.add(kept)
        pooled.detach()
        if self._engine.dialect.name == "postgresql":
            self._prepare(kept)
        return kept

    def _prepare(self, kept: _Kept) -> None:
        connection = kept.connection
        try:
            connection.rollback()
            connection.autocommit = True
            connection.prepare_threshold = 0
            connection.execute(f"set statement_timeout = {PATIENCE_MS}")
        except self._driver.Error as error:
            kept.close()
            raise failed(error) from error
        # A server that is stopped keeps no promise; then the driver itself waits no longer.
        connection.wait = partial(connection.wait, timeout=(PATIENCE_MS + 50) / 1_000)


def _for_driver(engine: Engine, statement: str) -> str:
    if engine.dialect.name == "sqlite":
        return statement
    for name, kind in (("key", "bigint"), ("person", "text"), ("version", "bigint"), ("hash", "text")):
        statement = statement.replace(f":{name} ", f"%({name})s::{kind} ").replace(f":{name})", f"%({name})s::{kind})")
    return statement.replace(":keys)", "%(keys)s::bigint[])").replace(":people)", "%(people)s::text[])")


def _listed(values: Sequence[Any]) -> str:
    return json.dumps(values, ensure_ascii=False)


def _touches(texts: Sequence[str | None]) -> list[Touch]:
    events = [event for text in texts if text is not None for event in from_json(text)]
    touches = [_touch(event) for event in events]
    if len(touches) > 1:
        touches.sort(key=lambda touch: (touch.occurred_us, KIND_CODES[touch.kind]))
    return touches[-NEWEST:]


def _touch(event: dict[str, Any]) -> Touch:
    price = event.get("unit_price")
    return Touch(
        event["kind"],
        event["item_id"],
        event["occurred_at"],
        event.get("quantity", 1),
        None if price is None else float(price),
        event.get("order_id"),
    )
