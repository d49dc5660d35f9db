"""Lists that are made anew by themselves, and when the next time is."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Engine, Row, delete, select, update

from features.errors import HuitouError
from features.moments import microseconds, moment_of
from serving.database.connection import told
from serving.database.counters import dialect_of
from serving.database.marketing_tables import LIST_SCHEDULES


@dataclass(frozen=True)
class ListSchedule:
    """One list that is made again and again."""

    name: str
    """The name of the list."""
    request: Mapping[str, Any]
    """What is asked for each time."""
    rhythm: Mapping[str, Any]
    """How often."""
    next_at: datetime
    """When it is looked at next."""
    made_at: datetime
    """When it was said."""
    made_by: str
    """Who said it."""
    last_list_id: str | None = None
    """The list that was made last; None where none was."""
    trouble: str | None = None
    """Why it could not be made the last time; None when it could."""


class ListSchedules:
    """The schedules of one shop."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reader = engine.execution_options(reading=True)

    def put(self, schedule: ListSchedule) -> None:
        """Store a schedule in place of the one of its name."""
        row = {
            "name": schedule.name,
            "request": json.dumps(schedule.request, ensure_ascii=False),
            "rhythm": json.dumps(schedule.rhythm),
            "next_us": microseconds(schedule.next_at),
            "made_us": microseconds(schedule.made_at),
            "made_by": schedule.made_by,
            "last_list_id": schedule.last_list_id,
            "trouble": schedule.trouble,
        }
        with told(), self._engine.begin() as connection:
            insert = dialect_of(connection).insert(LIST_SCHEDULES).values(row)
            connection.execute(insert.on_conflict_do_update(index_elements=["name"], set_=row))

    def remove(self, name: str) -> None:
        """Remove a schedule; raises :class:`HuitouError` when there is none of this name."""
        with told(), self._engine.begin() as connection:
            gone = connection.execute(delete(LIST_SCHEDULES).where(LIST_SCHEDULES.c.name == name)).rowcount
        if not gone:
            raise HuitouError(
                f"no schedule is called {name[:100]!r}. huitou lists schedules tells which there are.",
                code="unknown_schedule",
                field="name",
                value=name,
            )

    def all(self) -> list[ListSchedule]:
        """Every schedule, by name."""
        with told(), self._reader.connect() as connection:
            return [*map(_schedule, connection.execute(select(LIST_SCHEDULES).order_by(LIST_SCHEDULES.c.name)))]

    def due(self, now: datetime) -> list[ListSchedule]:
        """Those whose time has come, the longest waiting first."""
        query = select(LIST_SCHEDULES).where(LIST_SCHEDULES.c.next_us <= microseconds(now))
        with told(), self._reader.connect() as connection:
            return [*map(_schedule, connection.execute(query.order_by(LIST_SCHEDULES.c.next_us)))]

    def went(self, name: str, next_at: datetime, list_id: str | None, trouble: str | None) -> None:
        """Note how it went: the list that was made, or why none was, and when it is looked at next."""
        changed: dict[str, Any] = {"next_us": microseconds(next_at), "trouble": trouble}
        if list_id is not None:
            changed["last_list_id"] = list_id
        with told(), self._engine.begin() as connection:
            connection.execute(update(LIST_SCHEDULES).where(LIST_SCHEDULES.c.name == name).values(changed))


def _schedule(row: Row[Any]) -> ListSchedule:
    return ListSchedule(
        row.name,
        json.loads(row.request),
        json.loads(row.rhythm),
        moment_of(row.next_us),
        moment_of(row.made_us),
        row.made_by,
        row.last_list_id,
        row.trouble,
    )
