"""Reading everybody's fresh events, each of them once: who asks again gets what came since."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Engine, or_, select

from serving.database.connection import told
from serving.database.tables import INBOX

LATE = 1_000
"""With several writers a lower number can become visible after a higher one: so many of the newest are looked at
again."""

AT_ONCE = 20_000
"""A page holds at most so many events: a burst of a million would take more than a gigabyte at once."""


class InboxReader:
    """Gives the events that a version of the warehouse does not hold, in the order in which they came."""

    def __init__(self, engine: Engine, newer_than: int, at_once: int = AT_ONCE) -> None:
        """``newer_than`` is the version of the warehouse, ``at_once`` how many events a page holds."""
        self._reader = engine.execution_options(reading=True)
        self._fresh = or_(INBOX.c.absorbed_version.is_(None), INBOX.c.absorbed_version > newer_than)
        self._at_once = at_once
        self._newest = 0
        self._seen: set[int] = set()

    def new(self) -> Iterator[list[Mapping[str, Any]]]:
        """The events that were not given before, page by page and none empty, as the inbox keeps them.

        ``customer_id`` is the person as stored.
        """
        if late := self._late():
            yield [json.loads(row.payload) for row in late]
        while part := self._rows(INBOX.c.sequence > self._newest):
            self._note([row.sequence for row in part])
            yield [json.loads(row.payload) for row in part]

    def _late(self) -> Sequence[Any]:
        """Events that became visible late, fewer than ``LATE``."""
        known = (INBOX.c.sequence > self._newest - LATE) & (INBOX.c.sequence <= self._newest)
        with told(), self._reader.connect() as connection:
            numbers = connection.execute(select(INBOX.c.sequence).where(known)).scalars().all()
        late = sorted(set(numbers) - self._seen)
        if not late:
            return []
        found = self._rows(INBOX.c.sequence.in_(late), len(late))
        self._seen.update(late)
        return found

    def _rows(self, which: ColumnElement[bool], most: int | None = None) -> Sequence[Any]:
        query = select(INBOX.c.sequence, INBOX.c.payload).where(which, self._fresh)
        with told(), self._reader.connect() as connection:
            return connection.execute(query.order_by(INBOX.c.sequence).limit(most or self._at_once)).all()

    def _note(self, numbers: Sequence[int]) -> None:
        self._newest = numbers[-1]
        recent = {*self._seen, *numbers}
        self._seen = {number for number in recent if number > self._newest - LATE}
