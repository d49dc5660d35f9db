"""Removing what is older than a moment, in steps that let others write in between."""

from __future__ import annotations

from sqlalchemy import Engine, Table, delete, select

from serving.database.connection import told

ROWS_AT_ONCE = 2_000
"""Rows that one transaction removes: some 20 ms."""


def remove_old(engine: Engine, table: Table, before_us: int, rows_at_once: int = ROWS_AT_ONCE) -> int:
    """Remove the rows of a table whose ``at_us`` is before a moment; return how many."""
    (key,) = table.primary_key.columns
    oldest = select(key).where(table.c.at_us < before_us).order_by(table.c.at_us).limit(rows_at_once)
    removed = 0
    while True:
        with told(), engine.begin() as connection:
            step = connection.execute(delete(table).where(key.in_(oldest))).rowcount
        removed += step
        if step < rows_at_once:
            return removed
