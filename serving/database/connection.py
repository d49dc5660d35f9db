"""Opening the database: SQLite in the shop's folder, or what the setting ``HUITOU_DATABASE`` names."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, insert, select
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, SQLAlchemyError

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.database.tables import METADATA, SCHEMA, SCHEMA_VERSION

SETTING = "HUITOU_DATABASE"
"""The environment variable that names another database, as a URL."""

BUSY_TIMEOUT_MS = 10_000
"""How long a writer waits for another one before it gives up."""


def open_database(shop: ShopFolder, url: str | None = None) -> Engine:
    """The shop's database with its tables, made when they are not there.

    ``url`` is the value of ``HUITOU_DATABASE``; without it the database is a SQLite file in the shop's
    folder. Raises :class:`HuitouError` when it cannot be reached or was made by another version.
    """
    place = URL.create("sqlite", database=str(shop.database)) if not url else _checked(url)
    try:
        engine = create_engine(place)
        if engine.dialect.name == "sqlite":
            event.listen(engine, "connect", _prepare_sqlite)
            event.listen(engine, "begin", _begin_immediate)
        with engine.begin() as connection:
            METADATA.create_all(connection)
            _check_version(connection)
    except (SQLAlchemyError, ImportError) as error:
        raise _unreachable(place, error) from None
    return engine


@contextmanager
def told() -> Iterator[None]:
    """Whatever goes wrong with the database inside is raised as :class:`HuitouError`."""
    try:
        yield
    except SQLAlchemyError as error:
        cause = getattr(error, "orig", None) or error
        raise HuitouError(
            f"the database did not answer: {type(cause).__name__}: {cause}. Try again in a moment.",
            code="database",
            hint="Try again in a moment.",
        ) from error


def _checked(url: str) -> URL:
    try:
        return make_url(url)
    except ArgumentError:
        raise HuitouError(
            f"{SETTING} must be a database URL; got something else. Use for example postgresql+psycopg://host/huitou.",
            code="database",
            field=SETTING,
        ) from None


def _unreachable(place: URL, error: Exception) -> HuitouError:
    # The reason is told without the parts of the URL that may be secret.
    name = place.render_as_string(hide_password=True)
    cause = getattr(error, "orig", None) or error
    return HuitouError(
        f"the database {name} cannot be used: {type(cause).__name__}: {cause}. Mend it, or set {SETTING}.",
        code="database",
        field=SETTING,
        value=name,
    )


def _prepare_sqlite(connection: Any, _: Any) -> None:
    """Readers do not wait for writers (WAL), and what was committed survives a loss of power (FULL)."""
    # Transactions are begun by _begin_immediate, not by the driver.
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"pragma busy_timeout = {BUSY_TIMEOUT_MS}")
    cursor.execute("pragma journal_mode = wal")
    cursor.execute("pragma synchronous = full")
    cursor.execute("pragma foreign_keys = on")
    cursor.close()


def _begin_immediate(connection: Connection) -> None:
    """Begin a writer's transaction as a writer.

    Upgrading later would fail at once when another one writes.
    """
    reading = connection.get_execution_options().get("reading", False)
    connection.exec_driver_sql("begin" if reading else "begin immediate")


def _check_version(connection: Connection) -> None:
    found = connection.execute(select(SCHEMA.c.version)).scalar()
    if found is None:
        connection.execute(insert(SCHEMA).values(version=SCHEMA_VERSION))
    elif found != SCHEMA_VERSION:
        raise HuitouError(
            f"the database has schema {found}, this Huitou needs {SCHEMA_VERSION}. Use the Huitou that made it.",
            code="database",
            field="schema_version",
            value=found,
            allowed=[SCHEMA_VERSION],
        )
