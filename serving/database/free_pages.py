"""What deleting leaves behind in the database's files: free pages, the write-ahead log and dead rows."""

from __future__ import annotations

from sqlalchemy import Engine, text

from features.errors import HuitouError
from serving.database.connection import told
from serving.database.people.person_rows import PERSON_TABLES


def clean_free_pages(engine: Engine) -> None:
    """Leave nothing of what was deleted where it could still be read.

    SQLite is written anew and its log emptied; PostgreSQL removes the dead rows of the tables about people, while its
    own log and archives are kept as long as its administrator says. Raises :class:`HuitouError` when somebody reads
    at this very moment: nothing is lost, and it can be tried again.
    """
    with told():
        if engine.dialect.name == "sqlite":
            _clean_sqlite(engine)
        else:
            _clean_postgresql(engine)


def _clean_sqlite(engine: Engine) -> None:
    connection = engine.raw_connection()
    try:
        cursor = connection.cursor()
        cursor.execute("vacuum")
        cursor.execute("pragma wal_checkpoint(truncate)")
        busy, *_ = cursor.fetchone() or (1,)
        cursor.close()
    finally:
        connection.close()
    if busy:
        raise HuitouError(
            "somebody reads the database, so its log could not be emptied. Try again in a moment.", code="busy"
        )


def _clean_postgresql(engine: Engine) -> None:
    names = ", ".join(table.name for table, _ in PERSON_TABLES.values())
    with engine.execution_options(isolation_level="AUTOCOMMIT").connect() as connection:
        connection.execute(text("set statement_timeout = 0"))
        connection.execute(text(f"vacuum {names}, erased_customers"))
        connection.execute(text("reset statement_timeout"))
