"""Many rows in one statement: the interpreter's lock is let go once, and the server is asked once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from functools import cache
from typing import Any

from sqlalchemy import BigInteger, Boolean, Connection, CursorResult, Float, Integer, Row, Table
from sqlalchemy.types import TypeEngine


def insert_new(connection: Connection, table: Table, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> int:
    """Insert rows whose key is new, each a sequence of the values of ``names``; return how many those were.

    Of two rows with the same key the first is taken.
    """
    if not rows:
        return 0
    statement = _statement(connection.dialect.name, table, tuple(names))
    if connection.dialect.name == "postgresql":
        values: tuple[Any, ...] = tuple([*column] for column in zip(*rows, strict=True))
    else:
        values = (json.dumps(rows, ensure_ascii=False),)
    return connection.exec_driver_sql(statement, values).rowcount


def known(connection: Connection, table: Table, name: str, values: Iterable[str], more: str = "") -> list[Any]:
    """Those of ``values`` that a column of text holds; ``more`` is SQL after the condition."""
    return [*_among(connection, table, name, name, values, more).scalars()]


def rows_known(connection: Connection, table: Table, name: str, values: Iterable[str]) -> list[Row[Any]]:
    """The rows of which a column of text holds one of ``values``, whole."""
    return [*_among(connection, table, "*", name, values)]


def _among(
    connection: Connection, table: Table, wanted: str, name: str, values: Iterable[str], more: str = ""
) -> CursorResult[Any]:
    if connection.dialect.name == "postgresql":
        given: Any = [*values]
        among = "= any(%s::text[])"
    else:
        given = json.dumps([*values], ensure_ascii=False)
        among = "in (select value from json_each(?))"
    query = f"select {wanted} from {table.name} where {name} {among} {more}"  # noqa: S608 - names of our own tables
    return connection.exec_driver_sql(query, (given,))


@cache
def _statement(dialect: str, table: Table, names: tuple[str, ...]) -> str:
    columns = ", ".join(names)
    if dialect == "postgresql":
        lists = ", ".join(f"%s::{_postgresql_type(table.c[name].type)}[]" for name in names)
        source = f"select * from unnest({lists})"  # noqa: S608 - the same
    else:
        parts = ", ".join(f"json_extract(value, '$[{place}]')" for place in range(len(names)))
        # Without a condition SQLite takes ON CONFLICT for the condition of a join.
        source = f"select {parts} from json_each(?) where true"  # noqa: S608 - the same
    return f"insert into {table.name} ({columns}) {source} on conflict do nothing"


def _postgresql_type(kind: TypeEngine[Any]) -> str:
    if isinstance(kind, BigInteger | Integer):
        return "bigint"
    if isinstance(kind, Boolean):
        return "boolean"
    return "double precision" if isinstance(kind, Float) else "text"
