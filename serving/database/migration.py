"""Bringing a database to today's shape, whoever made it; Alembic is loaded only when there is something to do."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect
from sqlalchemy.exc import DatabaseError

from features.errors import HuitouError
from serving.database.migrations import HEAD
from serving.database.schema import METADATA

_STEPS = Path(__file__).parent / "migrations"
_VERSION = "select version_num from alembic_version"
_OLD_VERSION = "select version from schema_version"
_VERSION_TABLE = """
    create table alembic_version (version_num varchar(32) not null,
    constraint alembic_version_pkc primary key (version_num))
"""
_STAMP = (_VERSION_TABLE, f"insert into alembic_version values ('{HEAD}')")  # noqa: S608 - a number of our own
_OURS = {"alembic_version", "schema_version"}
"""One of these is in every database of Huitou's."""
_LOCK = 0x6875_6974_6F75
"""Number of the lock that PostgreSQL keeps for whoever migrates: the word huitou."""


def migrate(engine: Engine) -> None:
    """Bring the database to ``HEAD``; processes that start together wait for the one that does it.

    Raises :class:`HuitouError` when a newer Huitou made the database.
    """
    if _version(engine) == HEAD:
        return
    # SQLite's own transaction (see connection.py) keeps others out.
    with engine.begin() as connection:
        if connection.dialect.name == "postgresql":
            connection.exec_driver_sql("set local statement_timeout = 0")
            connection.exec_driver_sql(f"select pg_advisory_xact_lock({_LOCK})")
        tables = set(inspect(connection).get_table_names())
        if tables & _OURS:
            upgrade(connection, tables)
        else:
            _make(connection)


def _make(connection: Connection) -> None:
    """Make a new database as it is today: a tenth of the time that the steps take."""
    METADATA.create_all(connection)
    for statement in _STAMP:
        connection.exec_driver_sql(statement)


def _version(engine: Engine) -> str | None:
    with engine.execution_options(reading=True).connect() as connection:
        try:
            found: str | None = connection.exec_driver_sql(_VERSION).scalar()
        except DatabaseError:
            return None  # No such table, or no database at all: the way with Alembic tells which.
    return found


def upgrade(connection: Connection, tables: Collection[str] = ()) -> None:
    """Take the steps that a database with these tables still needs, in the transaction of the connection."""
    from alembic import command
    from alembic.config import Config
    from alembic.script import ScriptDirectory

    config = Config(attributes={"connection": connection})
    config.set_main_option("script_location", str(_STEPS).replace("%", "%%"))
    if "schema_version" in tables:
        _adopt(connection, config)
    elif "alembic_version" in tables:
        found = str(connection.exec_driver_sql(_VERSION).scalar())
        known = {step.revision for step in ScriptDirectory.from_config(config).walk_revisions()}
        if found not in known:
            raise _newer(found)
    command.upgrade(config, "head")


def _adopt(connection: Connection, config: object) -> None:
    """Note of a database from before the steps that it stands at the first one."""
    from alembic import command
    from alembic.config import Config

    found = connection.exec_driver_sql(_OLD_VERSION).scalar()
    if found != 1 or not isinstance(config, Config):
        raise _newer(str(found))
    command.stamp(config, "0001")
    connection.exec_driver_sql("drop table schema_version")


def _newer(found: str) -> HuitouError:
    return HuitouError(
        f"the database has schema {found}, this Huitou needs {HEAD}. Use the Huitou that made it.",
        code="database",
        field="schema",
        value=found,
        allowed=[HEAD],
    )
