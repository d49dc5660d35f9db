"""Bringing databases to today's shape: from nothing, from the first Huitou's, by many at once, and not from a newer."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import Engine, create_engine

import serving.database.migrations
from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.database.connection import open_database
from serving.database.inbox import Inbox
from serving.database.migration import upgrade
from serving.database.migrations import HEAD
from serving.database.tables import METADATA
from tests.postgres import PostgresServer
from tests.serving.database.fresh_events import RECEIVED, checked, inbox_ids

FIRST_TABLES = """
create table schema_version (version integer primary key not null);
create table inbox (
    sequence {number}, event_id varchar not null, customer_id varchar not null, kind varchar not null,
    payload text not null, received_us bigint not null, absorbed_version bigint,
    constraint inbox_event_id unique (event_id));
create index inbox_customer on inbox (customer_id, sequence);
create index inbox_absorbed on inbox (absorbed_version, sequence);
create table described_customers (
    customer_id varchar primary key not null, payload text not null, personalized boolean,
    changed_us bigint not null, waiting boolean not null);
create index described_waiting on described_customers (waiting);
"""
"""The tables as the first Huitou made them."""


@pytest.fixture
def shop(tmp_path: Path) -> ShopFolder:
    return ShopFolder.create(tmp_path)


@pytest.fixture(params=["sqlite", "postgresql"])
def empty_url(request: pytest.FixtureRequest, shop: ShopFolder) -> Iterator[str]:
    """A database without any table."""
    if request.param == "sqlite":
        yield f"sqlite:///{shop.database}"
        return
    server: PostgresServer = request.getfixturevalue("postgresql_server")
    with server.database(empty=True) as url:
        yield url


def in_shape(engine: Engine) -> bool:
    """Whether the database has exactly the tables, columns and indexes of ``METADATA``."""
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        return compare_metadata(context, METADATA) == []


def run(engine: Engine, statements: str) -> None:
    with engine.begin() as connection:
        for statement in statements.split(";"):
            if statement.strip():
                connection.exec_driver_sql(statement)


def test_a_new_database_has_todays_shape(shop: ShopFolder, empty_url: str) -> None:
    """The steps make exactly the tables that the code knows, and opening again changes nothing."""
    for _ in range(2):
        engine = open_database(shop, empty_url)
        assert in_shape(engine)
        engine.dispose()


def test_the_steps_lead_to_the_same_shape(shop: ShopFolder, empty_url: str) -> None:
    """A database that took every step differs in nothing from one that is made today."""
    open_database(shop, empty_url).dispose()
    engine = create_engine(empty_url)
    with engine.begin() as connection:
        METADATA.drop_all(connection)
        connection.exec_driver_sql("drop table alembic_version")
        upgrade(connection)
    assert in_shape(engine)
    engine.dispose()


def test_the_newest_step_is_known() -> None:
    """The number that a ready database has is that of the newest step."""
    folder = Path(serving.database.migrations.__file__).parent
    assert ScriptDirectory(str(folder)).get_current_head() == HEAD


def first_database(shop: ShopFolder, url: str) -> None:
    """Make the database as the first Huitou left it, with two events and a customer."""
    engine = open_database(shop, url)
    names = ", ".join(table.name for table in METADATA.sorted_tables)
    for name in names.split(", "):
        run(engine, f"drop table {name}")
    is_sqlite = engine.dialect.name == "sqlite"
    number = "integer not null primary key autoincrement" if is_sqlite else "bigserial not null primary key"
    run(engine, "drop table alembic_version; " + FIRST_TABLES.format(number=number))
    run(engine, "insert into schema_version values (1)")
    for number_, (event, person) in enumerate([("e-1", "anna"), ("e-2", "王")], start=1):
        payload = {"event_id": event, "customer_id": person, "item_id": "tea", "kind": "view", "occurred_at": 1}
        values = (event, person, json.dumps(payload), number_)
        mark = "?" if is_sqlite else "%s"
        with engine.begin() as connection:
            connection.exec_driver_sql(
                "insert into inbox (event_id, customer_id, kind, payload, received_us) "
                f"values ({mark}, {mark}, 'view', {mark}, {mark})",
                values,
            )
    run(engine, "insert into described_customers values ('anna', '{}', false, 5, true)")
    engine.dispose()


def test_the_first_huitous_database_is_taken_over(shop: ShopFolder, empty_url: str) -> None:
    """Its events and customers are kept and found by their people's numbers, and its numbers go on rising."""
    first_database(shop, empty_url)
    engine = open_database(shop, empty_url)
    inbox = Inbox(engine)
    assert in_shape(engine)
    assert [inbox_ids(engine, name) for name in ("anna", "王")] == [["e-1"], ["e-2"]]
    inbox.put(checked({"event_id": "e-3"}), RECEIVED)
    assert inbox.take(9).sequences == (1, 2, 3)
    with engine.connect() as connection:
        assert connection.exec_driver_sql("select personalized from described_customers").scalar() in (False, 0)
    engine.dispose()


@pytest.mark.parametrize(
    ("made", "found"), [("update alembic_version set version_num = '9999'", "9999"), ("older", "2")]
)
def test_a_newer_database_is_left_alone(shop: ShopFolder, empty_url: str, made: str, found: str) -> None:
    """A database that this Huitou does not know is not touched, and the error says so."""
    if made == "older":
        first_database(shop, empty_url)
        engine = open_database(shop, empty_url)
        run(engine, "create table schema_version (version integer); insert into schema_version values (2)")
        made = "delete from alembic_version"
    else:
        engine = open_database(shop, empty_url)
    run(engine, made)
    engine.dispose()
    with pytest.raises(HuitouError, match=rf"^the database has schema {found}, this Huitou needs {HEAD}\. Use the"):
        open_database(shop, empty_url)


CHILD = """
import sys
from features.shop_folder import ShopFolder
from serving.database.connection import open_database
print("ready", flush=True)
sys.stdin.readline()
open_database(ShopFolder.open(sys.argv[1]), sys.argv[2]).dispose()
print("alembic" in sys.modules)
"""


def test_many_start_at_once(shop: ShopFolder, empty_url: str, root: Path) -> None:
    """Processes that open a new database at the same moment make it once; later ones do not even load Alembic."""
    command = [sys.executable, "-c", CHILD, str(shop.path), empty_url]
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    children = [subprocess.Popen(command, cwd=root, text=True, **pipes) for _ in range(3)]  # type: ignore[call-overload]
    for child in children:
        assert child.stdout.readline() == "ready\n"
    for child in children:
        child.stdin.write("go\n")
        child.stdin.flush()
    said = [child.communicate(timeout=60) for child in children]
    assert [child.returncode for child in children] == [0, 0, 0], said
    again = subprocess.run(command, cwd=root, input="go\n", capture_output=True, text=True, check=True)
    assert again.stdout == "ready\nFalse\n"


def test_a_failed_step_leaves_the_database_as_it_was(shop: ShopFolder, empty_url: str) -> None:
    """When a step cannot be done, all of it is taken back, and it can be done later."""
    first_database(shop, empty_url)
    engine = create_engine(empty_url)
    run(engine, "create table comparisons (name varchar)")
    with pytest.raises(HuitouError, match=r"cannot be used: .*comparisons.* already exists"):
        open_database(shop, empty_url)
    run(engine, "update schema_version set version = 1; drop table comparisons")
    engine.dispose()
    engine = open_database(shop, empty_url)
    assert in_shape(engine)
    engine.dispose()
