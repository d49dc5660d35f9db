"""Who did what to the shop's service: a list that is only ever added to."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from sqlalchemy import Engine, insert, select

from features.moments import microseconds, moment_of
from serving.database.connection import told
from serving.database.tables import AUDIT

COMMAND_LINE = "command line"
"""The actor of what was done with a command."""

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class AuditEntry:
    """One administrative act."""

    number: int
    """Rises with every entry."""
    at: datetime
    """When it was done."""
    actor: str
    """The id of the key that did it, or ``command line``."""
    act: str
    """What was done, such as ``key.create``."""
    subject: str
    """What it was done to: the id of a key, the hash of a person; never a person's id."""
    details: Mapping[str, Any]
    """What else is worth knowing; nothing personal."""


class Audit:
    """The audit log of one shop."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._reader = engine.execution_options(reading=True)

    def add(self, actor: str, act: str, subject: str, details: Mapping[str, Any], now: datetime) -> None:
        """Write down one act; when this returns it survives a loss of power.

        People are named by their hash alone: the log is kept when they are erased.
        """
        row = {
            "at_us": microseconds(now),
            "actor": actor,
            "act": act,
            "subject": subject,
            "details": json.dumps(dict(details), ensure_ascii=False, sort_keys=True),
        }
        with told(), self._engine.begin() as connection:
            connection.execute(insert(AUDIT).values(row))

    def newest(
        self, limit: int, *, before: int | None = None, actor: str | None = None, act: str | None = None
    ) -> list[AuditEntry]:
        """The newest entries, newest first: those with a number below ``before``, of one actor, of one act."""
        query = select(AUDIT).order_by(AUDIT.c.number.desc()).limit(limit)
        if before is not None:
            query = query.where(AUDIT.c.number < before)
        if actor is not None:
            query = query.where(AUDIT.c.actor == actor)
        if act is not None:
            query = query.where(AUDIT.c.act == act)
        with told(), self._reader.connect() as connection:
            return [
                AuditEntry(
                    row.number,
                    moment_of(row.at_us),
                    row.actor,
                    row.act,
                    row.subject,
                    json.loads(row.details),
                )
                for row in connection.execute(query)
            ]
