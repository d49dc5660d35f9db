"""The memory of what was shown: each answer with its items, where they stood, and who proposed them."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Connection, Engine, Row, func, select

from features.moments import microseconds
from serving.database.answers.old_rows import remove_old
from serving.database.answers.shown_sample import ShownSample
from serving.database.bulk_insert import insert_new
from serving.database.connection import told
from serving.database.people.person_key import person_key
from serving.database.tables import SHOWN
from serving.database.writer import Writer

ROW_BYTES = 1_000
"""What an answer that waits takes in memory, about."""

_COLUMNS = (
    "recommendation_id",
    "at_us",
    "person_key",
    "customer_id",
    "placement",
    "tier",
    "fallback",
    "model_version",
    "snapshot_id",
    "arm",
    "weight",
    "items",
)
_BLOCK = 5_000
_ENCODE = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


class ShownAnswer(NamedTuple):
    """One answer as it was given. (A named tuple: it is made for each request; the writer's thread does the rest.)"""

    recommendation_id: str
    """Its id; events that follow from it carry it. Each placement of one request needs an id of its own."""
    at: datetime
    """The moment of the answer."""
    person: str | None
    """Who sees it, as stored; None for nobody in particular, and for who wants no personal answers."""
    placement: str
    """Where it is shown."""
    tier: str
    """What ranked the items."""
    fallback: str | None
    """Why it is not personal, or None."""
    model_version: str
    """The version of the models."""
    snapshot_id: str
    """The snapshot it comes from."""
    items: Iterable[tuple[str, str, float]]
    """Item id, source and score in the order shown; it may be a ``zip`` that only the writer's thread reads."""
    offset: int = 0
    """How many places lie before the first item."""
    explored: tuple[int, float] | None = None
    """Place from 1 and propensity of the little-seen item among these items; None where there is none."""
    arm: str | None = None
    """The side of a running comparison."""
    weight: float = 1.0
    """How many answers it stands for (:meth:`Shown.weight`)."""


class ShownItem(NamedTuple):
    """One item of an answer."""

    item_id: str
    """Its id."""
    source: str
    """What proposed it."""
    score: float
    """Its score."""
    place: int
    """Where it stood, from 1; pages before this one count."""
    propensity: float | None = None
    """The chance that exploration put just this item at just this place; None where there was none."""


class StoredAnswer(NamedTuple):
    """One answer as it is remembered."""

    recommendation_id: str
    """Its id."""
    at_us: int
    """When it was given; UTC microseconds."""
    person_key: int | None
    """Who saw it, as a number."""
    customer_id: str | None
    """Who saw it."""
    placement: str
    """Where."""
    tier: str
    """What ranked the items."""
    fallback: str | None
    """Why it was not personal, or None."""
    model_version: str
    """The version of the models."""
    arm: str | None
    """The side of a comparison."""
    weight: float
    """How many answers it stands for."""
    items: list[ShownItem]
    """The items in the order shown."""


class Shown:
    """The answers that one shop showed.

    A request asks :meth:`weight` for each answer, and calls :meth:`add` where it is to be remembered, after its items
    are known and before the reply is sent::

        weight = 1.0 if explored is not None else service.shown.weight(recommendation_id)
        kept = not weight or service.shown.add(ShownAnswer(recommendation_id, wish.now, person, ..., weight))
        if explored is not None and not kept:  # an explored item is only shown when its propensity is recorded
            answer again with Wish.explores False

    ``explored`` is given only when the item stands on this page. Nothing is encoded or written by the request.
    """

    def __init__(
        self,
        engine: Engine,
        queue: Writer | None = None,
        *,
        sample: ShownSample | None = None,
        on_drop: Callable[[], object] = lambda: None,
    ) -> None:
        """``queue`` writes answers soon, in its own thread; without it each is written at once.

        ``sample`` says which are to be remembered, all by default. ``on_drop`` is called for each answer that the queue
        had no room for.
        """
        self._engine = engine
        self._reader = engine.execution_options(reading=True)
        self._queue = queue
        self.weight = (sample or ShownSample()).weight
        """Tells of the id of an answer for how many it stands, 0 where it is not to be remembered."""
        self._on_drop = on_drop

    def add(self, answer: ShownAnswer) -> bool:
        """Remember an answer; False when it was not taken, because too many wait."""
        if self._queue is not None:
            taken = self._queue.offer(self.write, answer, rows=1, size_bytes=ROW_BYTES)
            if not taken:
                self._on_drop()
            return taken
        self.put([answer])
        return True

    def put(self, answers: Sequence[ShownAnswer]) -> None:
        """Store answers in a transaction of their own."""
        with told(), self._engine.begin() as connection:
            self.write(connection, answers)

    def write(self, connection: Connection, answers: Sequence[ShownAnswer]) -> Sequence[None]:
        """Store answers in the caller's transaction; an id that was stored before stays as it is."""
        insert_new(connection, SHOWN, _COLUMNS, [self._row(answer) for answer in answers])
        return [None] * len(answers)

    def count(self, start: datetime, end: datetime) -> int:
        """How many stored answers were given from ``start`` and before ``end``."""
        query = (
            select(func.count())
            .select_from(SHOWN)
            .where(SHOWN.c.at_us >= microseconds(start), SHOWN.c.at_us < microseconds(end))
        )
        with told(), self._reader.connect() as connection:
            return int(connection.execute(query).scalar_one())

    def between(self, start: datetime, end: datetime) -> Iterator[StoredAnswer]:
        """The answers that were given from ``start`` and before ``end``, in order of time."""
        columns = SHOWN.c
        query = (
            select(*(columns[name] for name in StoredAnswer._fields))
            .where(columns.at_us >= microseconds(start), columns.at_us < microseconds(end))
            .order_by(columns.at_us, columns.recommendation_id)
            .execution_options(yield_per=_BLOCK)
        )
        with told(), self._reader.connect() as connection:
            yield from map(_stored, connection.execute(query))

    def remove_before(self, moment: datetime) -> int:
        """Forget the answers that were given before a moment; return how many."""
        return remove_old(self._engine, SHOWN, microseconds(moment))

    def _row(self, answer: ShownAnswer) -> tuple[Any, ...]:
        page: dict[str, Any] = {"items": [*answer.items]}
        if answer.offset:
            page["offset"] = answer.offset
        if answer.explored is not None:
            page["explored"] = answer.explored
        return (
            answer.recommendation_id,
            microseconds(answer.at),
            None if answer.person is None else person_key(answer.person),
            answer.person,
            answer.placement.replace("\0", ""),  # PostgreSQL has no texts with it.
            answer.tier,
            answer.fallback,
            answer.model_version,
            answer.snapshot_id,
            answer.arm,
            answer.weight,
            _ENCODE(page),
        )


def _stored(row: Row[Any]) -> StoredAnswer:
    return StoredAnswer._make([*row[:-1], shown_items(json.loads(row[-1]))])


def shown_items(page: Mapping[str, Any]) -> list[ShownItem]:
    """The items of an answer from what is stored of them (``SHOWN.items``), in the order shown."""
    placed = enumerate(page["items"], page.get("offset", 0) + 1)
    items = [ShownItem(item, source, score, place) for place, (item, source, score) in placed]
    if "explored" in page:
        explored, propensity = page["explored"]
        items = [item._replace(propensity=propensity) if item.place == explored else item for item in items]
    return items
