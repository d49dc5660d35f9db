"""A SQLite connection whose writers queue at a file lock, which hands on at once and in turn."""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

BUSY_TIMEOUT_MS = 10_000
"""How long SQLite waits for a writer that does not queue, such as a tool of the operator's."""


class QueuedConnection(sqlite3.Connection):
    """A connection in WAL mode; transactions are begun by :meth:`begin_writing` or a plain ``begin``.

    SQLite's own waiting sleeps for up to 100 ms at a time and lets nobody pass in turn, so that processes under load
    starve one another; the queue is the file ``<database>.lock``, which the system lets go with a process that dies.
    """

    def __init__(self, database: Any, **settings: Any) -> None:
        # No transactions of the driver's own.
        super().__init__(database, **(settings | {"isolation_level": None}))
        self._queue: int | None = None
        self.execute(f"pragma busy_timeout = {BUSY_TIMEOUT_MS}")
        file = self.execute("pragma database_list").fetchone()[2]
        if file:
            # Read only: whoever may read it can queue, whoever made it.
            self._queue = os.open(f"{file}.lock", os.O_RDONLY | os.O_CREAT | os.O_CLOEXEC, 0o644)
        # Readers do not wait for writers (WAL), and what was committed survives a loss of power (FULL).
        if self.execute("pragma journal_mode").fetchone() != ("wal",):
            with self._turn():
                self.execute("pragma journal_mode = wal")
        self.execute("pragma synchronous = full")
        self.execute("pragma foreign_keys = on")

    def begin_writing(self) -> None:
        """Wait for one's turn and begin a transaction as a writer: upgrading later would fail beside another one."""
        self._enter()
        try:
            self.execute("begin immediate")
        except sqlite3.Error:
            self._leave()
            raise

    def commit(self) -> None:
        """Commit, and let the next one write."""
        super().commit()
        self._leave()

    def rollback(self) -> None:
        """Take everything back, and let the next one write."""
        try:
            super().rollback()
        finally:
            self._leave()

    def close(self) -> None:
        """Close the connection and leave the queue."""
        super().close()
        if self._queue is not None:
            os.close(self._queue)
            self._queue = None

    @contextmanager
    def _turn(self) -> Iterator[None]:
        self._enter()
        try:
            yield
        finally:
            self._leave()

    def _enter(self) -> None:
        if self._queue is not None:
            fcntl.flock(self._queue, fcntl.LOCK_EX)

    def _leave(self) -> None:
        if self._queue is not None:
            fcntl.flock(self._queue, fcntl.LOCK_UN)
