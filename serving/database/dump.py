"""The whole database as files of JSON lines, from any engine and into any other."""

from __future__ import annotations

import json
from collections.abc import Iterator
from itertools import islice
from pathlib import Path
from typing import Any

from sqlalchemy import BigInteger, Connection, Engine, Integer, Table, func, insert, select

from features.errors import HuitouError
from serving.database.connection import told
from serving.database.schema import METADATA
from serving.database.tables import COUNTERS

ROWS_AT_ONCE = 2_000
"""So many rows are read or written in one go."""


def dump(engine: Engine, folder: Path) -> None:
    """Write each table to ``<table>.jsonl`` in ``folder``, all as they are at one moment.

    Whoever writes meanwhile is not held up. Every row that was committed before the call is in the files.
    """
    folder.mkdir(parents=True, exist_ok=True)
    how: dict[str, Any] = {"reading": True}
    if engine.dialect.name == "postgresql":
        how["isolation_level"] = "REPEATABLE READ"
    with told(), engine.connect().execution_options(**how) as connection:
        _may_take_long(connection)
        for table in METADATA.sorted_tables:
            _write(connection, table, folder / f"{table.name}.jsonl")


def load(engine: Engine, folder: Path) -> int:
    """Fill an empty database, whose tables are there, with what :func:`dump` wrote; the number of rows.

    All of it or nothing. Raises :class:`HuitouError` when the database holds anything already.
    """
    loaded = 0
    with told(), engine.begin() as connection:
        _may_take_long(connection)
        _check_empty(connection)
        connection.execute(COUNTERS.delete())
        for table in METADATA.sorted_tables:
            waiting = _rows(folder / f"{table.name}.jsonl")
            while rows := list(islice(waiting, ROWS_AT_ONCE)):
                connection.execute(insert(table), rows)
                loaded += len(rows)
            _raise_numbers(connection, table)
    return loaded


def _write(connection: Connection, table: Table, file: Path) -> None:
    rows = connection.execution_options(yield_per=ROWS_AT_ONCE).execute(select(table))
    with open(file, "w", encoding="utf-8") as lines:
        for row in rows.mappings():
            lines.write(json.dumps(dict(row), ensure_ascii=False) + "\n")


def _rows(file: Path) -> Iterator[dict[str, Any]]:
    with open(file, encoding="utf-8", newline="\n") as lines:
        for line in lines:
            yield json.loads(line)


def _check_empty(connection: Connection) -> None:
    for table in METADATA.sorted_tables:
        if table is not COUNTERS and connection.execute(select(1).select_from(table).limit(1)).scalar():
            raise HuitouError(
                f"the database to restore into must be empty; {table.name} has rows. "
                "Name another one by HUITOU_DATABASE, or none for a SQLite file in the shop's folder.",
                code="not_empty",
                field="HUITOU_DATABASE",
            )


def _raise_numbers(connection: Connection, table: Table) -> None:
    """Have PostgreSQL number new rows from behind the loaded ones; SQLite does so by itself."""
    column = table.autoincrement_column
    if connection.dialect.name != "postgresql" or column is None or not isinstance(column.type, BigInteger | Integer):
        return
    sequence = func.pg_get_serial_sequence(table.name, column.name)
    highest = select(func.coalesce(func.max(column), 0) + 1).scalar_subquery()
    connection.execute(select(func.setval(sequence, highest, False)))


def _may_take_long(connection: Connection) -> None:
    if connection.dialect.name == "postgresql":
        connection.exec_driver_sql("set local statement_timeout = 0")
