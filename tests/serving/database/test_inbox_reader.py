"""Reading fresh events once, also those that become visible late."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import insert

from features.shop_folder import ShopFolder
from serving.database.connection import Database, open_database
from serving.database.inbox import Inbox
from serving.database.inbox_reader import InboxReader
from serving.database.tables import INBOX
from tests.serving.database.fresh_events import RECEIVED, checked


@pytest.fixture
def database(tmp_path: Path, database_url: str | None) -> Iterator[Database]:
    """An empty database."""
    engine = open_database(ShopFolder.create(tmp_path), database_url)
    yield engine
    engine.dispose()


def put(database: Database, *ids: str) -> None:
    """Store events of these ids."""
    Inbox(database).put(checked(*({"event_id": name} for name in ids)), RECEIVED)


def ids(reader: InboxReader) -> list[str]:
    """Ids of the events that are new to a reader."""
    return [event["event_id"] for page in reader.new() for event in page]


def test_each_event_comes_once(database: Database) -> None:
    """In the order in which they came, and never again; two readers know nothing of each other."""
    reader = InboxReader(database, 0)
    assert ids(reader) == []
    put(database, "a", "b")
    assert ids(reader) == ["a", "b"]
    put(database, "c")
    assert ids(reader) == ["c"]
    assert ids(reader) == []
    assert ids(InboxReader(database, 0)) == ["a", "b", "c"]


def test_what_becomes_visible_late(database: Database) -> None:
    """An event with a lower number than those that were read is not lost."""
    put(database, "a", "b")
    with database.begin() as connection:
        row = connection.execute(INBOX.select().where(INBOX.c.event_id == "b")).one()
        connection.execute(INBOX.delete().where(INBOX.c.event_id == "b"))
    put(database, "c")
    reader = InboxReader(database, 0)
    assert ids(reader) == ["a", "c"]
    with database.begin() as connection:
        connection.execute(insert(INBOX).values(row._asdict()))
    assert ids(reader) == ["b"]
    assert ids(reader) == []


def test_what_the_warehouse_holds(database: Database) -> None:
    """Events of the reader's version, or of older ones, are not given."""
    put(database, "a", "b", "c")
    inbox = Inbox(database)
    first, second, _ = inbox.take(3).sequences
    inbox.mark_absorbed([first], 4)
    inbox.mark_absorbed([second], 5)
    assert ids(InboxReader(database, 4)) == ["b", "c"]
    assert ids(InboxReader(database, 5)) == ["c"]


def test_pages_give_the_same_as_the_whole(database: Database) -> None:
    """However many wait, a page holds no more than it may, none is empty, and together they are everything, once."""
    names = [f"{number:02}" for number in range(23)]
    put(database, *names)
    inbox = Inbox(database)
    inbox.mark_absorbed(inbox.take(4).sequences, 1)
    assert [len(page) for page in InboxReader(database, 1).new()] == [19]
    reader = InboxReader(database, 1, at_once=5)
    pages = [[event["event_id"] for event in page] for page in reader.new()]
    assert [len(page) for page in pages] == [5, 5, 5, 4]
    assert [name for page in pages for name in page] == ids(InboxReader(database, 1)) == names[4:]
    assert ids(reader) == []


def test_what_comes_or_is_moved_between_two_pages(database: Database) -> None:
    """It is given once as well: what came since in a later page, what the warehouse took meanwhile as before."""
    put(database, "a", "b", "c")
    reader = InboxReader(database, 1, at_once=2)
    pages = reader.new()
    assert [event["event_id"] for event in next(pages)] == ["a", "b"]
    put(database, "d")
    inbox = Inbox(database)
    inbox.mark_absorbed(inbox.take(3).sequences, 2)
    assert [[event["event_id"] for event in page] for page in pages] == [["c", "d"]]
    assert ids(reader) == []
