"""The one DuckDB of this process: every query gets a connection of its own to it.

Opening a DuckDB costs 15 ms, half of the time that reading a small bucket takes; another connection to an open one
costs next to nothing. It holds no tables: queries name Parquet files, or Arrow tables of the caller.
"""

from __future__ import annotations

import os
import threading
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # It takes 60 MB, and workers of the service, who never ask it, do without.
    import duckdb

MEMORY = "2GB"
"""What all queries of the process may hold together; past that they spill to disk."""

THREADS = 2
"""Threads for all queries together."""

_opening = threading.Lock()


def connect() -> duckdb.DuckDBPyConnection:
    """A connection to be closed after use; nothing is loaded from outside, and times are told in UTC."""
    with _opening:
        return _database().cursor()


@cache
def _database() -> duckdb.DuckDBPyConnection:
    import duckdb

    settings: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "memory_limit": MEMORY,
        "threads": THREADS,
        "TimeZone": "UTC",
    }
    return duckdb.connect(config=settings)


_of_parent: list[duckdb.DuckDBPyConnection] = []


def _leave_to_parent() -> None:
    """In a child process: have a database of its own from now on.

    The parent's is kept, unused: closing it would wait for threads that the child does not have.
    """
    if _database.cache_info().currsize:
        _of_parent.append(_database())
        _database.cache_clear()


os.register_at_fork(after_in_child=_leave_to_parent)
