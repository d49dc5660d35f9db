"""What people did after an answer was shown to them, and what they bought."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Engine, select

from features.moments import microseconds
from serving.database.answers.old_rows import remove_old
from serving.database.bulk_insert import insert_new
from serving.database.connection import told
from serving.database.people.person_key import person_key
from serving.database.tables import RESPONSES

NO_ANSWER = ""
"""In place of the id of an answer: a purchase that came without one."""

_BLOCK = 5_000


class Response(NamedTuple):
    """One event that may follow from an answer."""

    recommendation_id: str
    """The answer it names, ``NO_ANSWER`` for a purchase that names none."""
    person_key: int
    """Who did it, as a number."""
    item_id: str
    """The item."""
    kind: str
    """What was done."""
    at_us: int
    """When it happened; UTC microseconds."""
    amount: float
    """Price times pieces of a purchase in the shop's currency; 0 where no price was told."""


def response_rows(events: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The rows for ``responses`` of stored events: those that name an answer, and all purchases.

    ``events`` are as the inbox holds them: times as microseconds, money as text, the person in ``customer_id``.
    """
    return [
        {
            "event_id": event["event_id"],
            "recommendation_id": event.get("recommendation_id") or NO_ANSWER,
            "person_key": person_key(event["customer_id"]),
            "item_id": event["item_id"],
            "kind": event["kind"],
            "at_us": event["occurred_at"],
            "amount": _amount(event),
        }
        for event in events
        if event.get("recommendation_id") or event["kind"] == "purchase"
    ]


class Responses:
    """The responses of one shop."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reader = engine.execution_options(reading=True)

    def put(self, events: Iterable[Mapping[str, Any]]) -> None:
        """Store what :func:`response_rows` finds in events, in a transaction of its own."""
        rows = [[*row.values()] for row in response_rows(events)]
        with told(), self._engine.begin() as connection:
            insert_new(connection, RESPONSES, RESPONSES.columns.keys(), rows)

    def between(self, start: datetime, end: datetime) -> Iterator[Response]:
        """The responses that happened from ``start`` and before ``end``, in order of time."""
        columns = RESPONSES.c
        query = (
            select(*(columns[name] for name in Response._fields))
            .where(columns.at_us >= microseconds(start), columns.at_us < microseconds(end))
            .order_by(columns.at_us, columns.event_id)
            .execution_options(yield_per=_BLOCK)
        )
        with told(), self._reader.connect() as connection:
            for row in connection.execute(query):
                yield Response._make([*row[:-1], row.amount or 0.0])

    def remove_before(self, moment: datetime) -> int:
        """Forget what happened before a moment; return how many events."""
        return remove_old(self._engine, RESPONSES, microseconds(moment))


def _amount(event: Mapping[str, Any]) -> float | None:
    price = event.get("unit_price")
    if price is None or event["kind"] != "purchase":
        return None
    return float(price) * (event.get("quantity") or 1)
