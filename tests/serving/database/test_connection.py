"""Opening databases: what goes wrong is told in one line, without a password, and soon."""

from __future__ import annotations

import socket
import sqlite3
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from urllib.parse import quote

import pytest
from sqlalchemy import text

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.database.connection import open_database, told
from serving.database.queued_connection import QueuedConnection
from tests.postgres import PostgresServer


@pytest.fixture
def shop(tmp_path: Path) -> ShopFolder:
    return ShopFolder.create(tmp_path)


def refused(shop: ShopFolder, url: str) -> str:
    """What is told of a database that cannot be opened, in all parts of the error."""
    with pytest.raises(HuitouError) as caught:
        open_database(shop, url)
    assert caught.value.code == "database"
    assert "\n" not in caught.value.message
    return str(caught.value.as_dict())


def test_a_wrong_password_is_not_repeated(shop: ShopFolder, postgresql_server: PostgresServer) -> None:
    """The error names the database, never the password, wherever in the URL it stands."""
    folder = quote(str(postgresql_server.folder), safe="")
    for url in (
        f"postgresql://nobody:hunter2@/test?host={folder}",
        f"postgresql+psycopg://nobody@/test?host={folder}&password=hunter2",
        f"postgresql://nobody:hunter2@/test?host={folder}&sslmode=hunter2",
    ):
        said = refused(shop, url)
        assert "postgresql+psycopg://nobody" in said
        assert "hunter2" not in said


@pytest.mark.parametrize("url", ["hunter2", "mysql://u:hunter2@h/d", "oracle://hunter2", "postgresql://h:port/x"])
def test_what_is_no_database_of_ours_is_refused(shop: ShopFolder, url: str) -> None:
    """Only PostgreSQL and SQLite are taken, and the setting's error never repeats the setting."""
    said = refused(shop, url)
    assert "HUITOU_DATABASE must be the URL of a PostgreSQL or SQLite database" in said
    assert "hunter2" not in said


def test_nobody_listens(shop: ShopFolder) -> None:
    """Where there is no server the error says so at once."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        said = refused(shop, f"postgresql://127.0.0.1:{free.getsockname()[1]}/huitou")
    assert "cannot be used: OperationalError: connection failed" in said


def test_a_slow_statement_is_stopped(shop: ShopFolder, postgresql_url: str) -> None:
    """PostgreSQL gives up a statement that takes too long; the limit in the URL counts before the usual one."""
    for url, limit in ((postgresql_url, "10s"), (f"{postgresql_url}&options=-cstatement_timeout%3D70", "70ms")):
        engine = open_database(shop, url)
        with engine.connect() as connection:
            assert connection.exec_driver_sql("show statement_timeout").scalar() == limit
        engine.dispose()
    engine = open_database(shop, url)
    stopped = pytest.raises(HuitouError, match="^the database did not answer: QueryCanceled: canceling statement")
    with stopped, told(), engine.connect() as connection:
        connection.execute(text("select pg_sleep(5)"))
    engine.dispose()


def test_errors_do_not_quote_rows(shop: ShopFolder, postgresql_url: str) -> None:
    """What PostgreSQL tells of a row after its first line is kept back."""
    engine = open_database(shop, postgresql_url)
    twice = "insert into described_customers select 'anna', '{}', null, 1, true from generate_series(1, 2)"
    doubled = pytest.raises(HuitouError, match="^the database did not answer: UniqueViolation")
    with doubled as caught, told(), engine.begin() as connection:
        connection.exec_driver_sql(twice)
    assert "anna" not in str(caught.value.as_dict())
    engine.dispose()


def test_writers_take_turns(tmp_path: Path) -> None:
    """Many connections that write to one SQLite file at once all get their turn; readers never wait for one."""
    file = tmp_path / "turns.db"
    first = sqlite3.connect(file, factory=QueuedConnection)
    first.begin_writing()
    first.execute("create table counted (number integer)")
    first.execute("insert into counted values (0)")
    first.commit()

    def count(_: int) -> None:
        connection = sqlite3.connect(file, factory=QueuedConnection)
        for _ in range(25):
            connection.begin_writing()
            (number,) = connection.execute("select number from counted").fetchone()
            connection.execute("update counted set number = ?", (number + 1,))
            connection.commit()
        connection.close()

    first.begin_writing()
    with ThreadPoolExecutor(4) as pool:
        counting = [pool.submit(count, number) for number in range(4)]
        reader = sqlite3.connect(file, factory=QueuedConnection)
        assert reader.execute("select number from counted").fetchone() == (0,)
        first.rollback()
        for each in counting:
            each.result(30)
    assert reader.execute("select number from counted").fetchone() == (100,)
    for connection in (first, reader):
        connection.close()
        connection.close()


def test_a_writer_that_fails_lets_the_next_one_write(tmp_path: Path) -> None:
    """Whoever cannot begin, because somebody outside of the queue writes, leaves the queue."""
    file = tmp_path / "turns.db"
    outsider, first, second = (sqlite3.connect(file, factory=QueuedConnection) for _ in range(3))
    outsider.execute("begin immediate")
    first.execute("pragma busy_timeout = 1")
    with pytest.raises(sqlite3.OperationalError, match="locked"):
        first.begin_writing()
    outsider.execute("rollback")
    second.begin_writing()
    second.commit()
    for connection in (outsider, first, second):
        connection.close()
