"""How far the warehouse is behind the events that were acknowledged."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Engine, func, select

from serving.database.connection import told
from serving.database.tables import INBOX


@dataclass(frozen=True)
class Behind:
    """What the warehouse does not have yet."""

    events: int
    """How many events wait."""
    oldest_us: int | None
    """When the first of them arrived; UTC microseconds, None when none waits."""


class Lag:
    """Looks at the inbox without reading what is in it."""

    def __init__(self, engine: Engine) -> None:
        self._reader = engine.execution_options(reading=True)

    def read(self) -> Behind:
        """The events that wait; what is asked is in an index."""
        waits = INBOX.c.absorbed_version.is_(None)
        count = select(func.count()).select_from(INBOX).where(waits)
        oldest = select(INBOX.c.received_us).where(waits).order_by(INBOX.c.sequence).limit(1)
        with told(), self._reader.connect() as connection:
            return Behind(connection.execute(count).scalar_one(), connection.execute(oldest).scalar())
