"""Opening the database: SQLite in the shop's folder, or what the setting ``HUITOU_DATABASE`` names."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, OperationalError, SQLAlchemyError

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.database.migration import migrate
from serving.database.queued_connection import QueuedConnection

SETTING = "HUITOU_DATABASE"
"""The environment variable that names another database, as a URL."""

Database = Engine
"""An open database, as those outside of this folder call it."""

CONNECT_TIMEOUT_S = 3
"""How long PostgreSQL is waited for when a connection is made."""

STATEMENT_TIMEOUT_MS = 10_000
"""How long PostgreSQL may take for one statement."""

_POOL = {"pool_size": 4, "max_overflow": 8, "pool_timeout": CONNECT_TIMEOUT_S, "pool_pre_ping": True}


def open_database(shop: ShopFolder, url: str | None = None) -> Engine:
    """The shop's database in today's shape: made, or brought there, when it is not.

    ``url`` is the value of ``HUITOU_DATABASE``; without it the database is a SQLite file in the shop's
    folder. Raises :class:`HuitouError` when it cannot be reached or was made by a newer version.
    """
    place = URL.create("sqlite", database=str(shop.database)) if not url else _checked(url)
    try:
        engine = _sqlite(place) if place.get_backend_name() == "sqlite" else _postgresql(place)
    except ImportError as error:
        raise _unreachable(place, error) from None
    try:
        migrate(engine)
    except (SQLAlchemyError, OSError) as error:
        engine.dispose()
        raise _unreachable(place, error) from None
    except HuitouError:
        engine.dispose()
        raise
    return engine


@contextmanager
def told() -> Iterator[None]:
    """Whatever goes wrong with the database inside is raised as :class:`HuitouError`."""
    try:
        yield
    except SQLAlchemyError as error:
        raise failed(getattr(error, "orig", None) or error) from error


def failed(cause: BaseException) -> HuitouError:
    """What a driver's error is told as: its first line; those after it may quote rows."""
    return HuitouError(
        f"the database did not answer: {type(cause).__name__}: {_first_line(cause)}. Try again in a moment.",
        code="database",
        hint="Try again in a moment.",
    )


def _checked(url: str) -> URL:
    try:
        place = make_url(url)
    except (ArgumentError, ValueError):
        place = None
    if place is None or place.get_backend_name() not in ("sqlite", "postgresql"):
        raise HuitouError(
            f"{SETTING} must be the URL of a PostgreSQL or SQLite database; got something else. "
            "Use for example postgresql+psycopg://host/huitou.",
            code="database",
            field=SETTING,
        )
    return place.set(drivername="postgresql+psycopg") if place.get_backend_name() == "postgresql" else place


def _unreachable(place: URL, error: Exception) -> HuitouError:
    # The reason is told without the parts of the URL that may be secret.
    name = place.set(query={}).render_as_string(hide_password=True)
    cause = getattr(error, "orig", None) or error
    reason = _first_line(cause)
    for secret in (place.password, *place.query.values()):
        reason = reason.replace(str(secret), "***") if secret else reason
    return HuitouError(
        f"the database {name} cannot be used: {type(cause).__name__}: {reason}. Mend it, or set {SETTING}.",
        code="database",
        field=SETTING,
        value=name,
    )


def _first_line(cause: BaseException) -> str:
    return next(iter(str(cause).splitlines()), "").strip().rstrip(".")


# ---- PostgreSQL


def _postgresql(place: URL) -> Engine:
    limits = {
        "connect_timeout": CONNECT_TIMEOUT_S,
        "options": f"-c statement_timeout={STATEMENT_TIMEOUT_MS}",
        "tcp_user_timeout": STATEMENT_TIMEOUT_MS,  # a host that is gone is noticed
    }
    # What the URL says itself counts.
    given = {name: value for name, value in limits.items() if name not in place.query}
    return create_engine(place, connect_args=given, **_POOL)


# ---- SQLite


def _sqlite(place: URL) -> Engine:
    engine = create_engine(place, connect_args={"factory": QueuedConnection})
    event.listen(engine, "begin", _begin)
    return engine


def _begin(connection: Connection) -> None:
    if connection.get_execution_options().get("reading", False):
        connection.exec_driver_sql("begin")
        return
    driver: Any = connection.connection.driver_connection
    try:
        driver.begin_writing()
    except sqlite3.Error as error:
        raise OperationalError("begin immediate", None, error) from error
