"""The inbox: what it acknowledged is there, once, until a snapshot holds it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.database.answers.responses import Responses
from serving.database.connection import open_database
from serving.database.inbox import Inbox
from serving.database.people.erased import Erased
from tests.serving.database.fresh_events import RECEIVED, checked, inbox_ids


@pytest.fixture
def shop(tmp_path: Path) -> ShopFolder:
    return ShopFolder.create(tmp_path)


@pytest.fixture
def inbox(shop: ShopFolder, database_url: str | None) -> Iterator[Inbox]:
    engine = open_database(shop, database_url)
    yield Inbox(engine)
    engine.dispose()


def test_stored_then_repeated(inbox: Inbox) -> None:
    """An event is stored once; the same id again, in one request or a later one, is repeated."""
    rows = checked({"event_id": "1"}, {"event_id": "2"}, {"event_id": "1", "kind": "cart"})
    assert inbox.put(rows, RECEIVED) == [True, True, False]
    assert inbox.put(rows, RECEIVED) == [False, False, False]
    assert inbox.put(checked({"event_id": "3"}, {"event_id": "2"}), RECEIVED) == [True, False]
    assert inbox.waiting() == 3


def test_no_events_are_no_trouble(inbox: Inbox) -> None:
    """An empty request stores nothing."""
    assert inbox.put(checked({"event_id": "1"}).slice(0, 0), RECEIVED) == []
    assert inbox.take(10).sequences == ()


def test_events_come_back_as_they_were(inbox: Inbox) -> None:
    """Every field survives: times to the microsecond, money exactly, text of any kind."""
    row = {
        "event_id": "e'\"; drop table inbox; --",
        "customer_id": "王 /🍵",
        "visitor_id": "v",
        "kind": "purchase",
        "occurred_at": "2025-03-01T10:00:00.123456Z",
        "quantity": 3,
        "unit_price": "123456789012.5678",
        "order_id": "o",
        "session_id": "s",
        "channel": "app",
        "recommendation_id": "r",
    }
    rows = checked(row)
    inbox.put(rows, RECEIVED)
    (found,) = inbox.take(1).rows.to_pylist()
    assert found == rows.to_pylist()[0] | {"known_at": RECEIVED}
    assert found["unit_price"] == Decimal("123456789012.5678")


def test_known_when_received(inbox: Inbox) -> None:
    """An event became known when it arrived, unless the shop says when it learned of it."""
    inbox.put(checked({"event_id": "1"}, {"event_id": "2", "known_at": "2025-03-01T11:00:00Z"}), RECEIVED)
    known = inbox.take(2).rows["known_at"].to_pylist()
    assert known == [RECEIVED, datetime(2025, 3, 1, 11, tzinfo=UTC)]


def test_a_visitor_is_found_under_its_prefix(inbox: Inbox) -> None:
    """Visitors are kept under the name that the warehouse gives them."""
    inbox.put(checked({"event_id": "1", "customer_id": None, "visitor_id": "v 1"}), RECEIVED)
    assert inbox_ids(inbox.engine, "visitor:v 1") == ["1"]
    assert inbox_ids(inbox.engine, "v 1") == []


def test_who_has_no_events(inbox: Inbox) -> None:
    """Of more people than one statement takes, in order; what the warehouse has counts until it is removed."""
    inbox.put(checked({"event_id": "1"}, {"event_id": "2", "customer_id": "王小明"}), RECEIVED)
    inbox.mark_absorbed(inbox.take(1).sequences, 4)
    others = [f"c{number}" for number in range(600)]
    assert inbox.unknown(["anna", *others, "王小明"]) == others
    assert inbox.unknown([]) == []


def test_absorbed_events_stay_fresh_for_older_snapshots(inbox: Inbox) -> None:
    """An event in version 4 of the warehouse is fresh for a snapshot of version 3 and not for one of version 4."""
    inbox.put(checked({"event_id": "1", "kind": "purchase"}, {"event_id": "2"}), RECEIVED)
    inbox.mark_absorbed(inbox.take(1).sequences, 4)
    assert inbox_ids(inbox.engine, "anna", newer_than=3) == ["1", "2"]
    assert inbox_ids(inbox.engine, "anna", newer_than=4) == ["2"]
    assert [inbox.buyers_after(0, version)[1] for version in (3, 4)] == [["anna"], []]
    assert inbox.remove(3) == 0
    assert inbox.remove(4) == 1
    assert inbox_ids(inbox.engine, "anna") == ["2"]


def test_taking_leaves_what_is_marked(inbox: Inbox) -> None:
    """Events are taken oldest first, and those that the warehouse holds are not taken again."""
    inbox.put(checked(*({"event_id": str(number)} for number in range(5))), RECEIVED)
    first = inbox.take(2)
    assert first.rows["event_id"].to_pylist() == ["0", "1"]
    inbox.mark_absorbed(first.sequences, 1)
    assert inbox.take(9).rows["event_id"].to_pylist() == ["2", "3", "4"]


def test_very_many_are_marked_and_removed(inbox: Inbox) -> None:
    """However many events there are, all of them are marked, and all that a version holds are removed."""
    inbox.put(checked(*({"event_id": str(number)} for number in range(2_100))), RECEIVED)
    inbox.mark_absorbed(inbox.take(2_050).sequences, 7)
    assert inbox.waiting() == 50
    assert inbox.remove(7) == 2_050
    assert len(inbox.take(9_999).sequences) == 50


def test_what_answers_events_belong_to_is_noted(inbox: Inbox) -> None:
    """An event that names an answer is a response to it, once, and stays one after it has left the inbox."""
    rows = checked({"event_id": "1", "recommendation_id": "r", "kind": "cart"}, {"event_id": "2"})
    for _ in range(2):
        inbox.put(rows, RECEIVED)
    inbox.mark_absorbed(inbox.take(9).sequences, 1)
    inbox.remove(1)
    responses = Responses(inbox.engine).between(RECEIVED - timedelta(days=1), RECEIVED)
    assert [(each.recommendation_id, each.kind, each.item_id) for each in responses] == [("r", "cart", "tea")]


def test_nothing_of_the_deleted_is_kept(inbox: Inbox) -> None:
    """Events of somebody who was deleted are refused in the transaction itself, the others of the request are not."""
    Erased(inbox.engine).begin(["anna"], RECEIVED)
    rows = checked({"event_id": "1"}, {"event_id": "2", "customer_id": "ben"})
    assert inbox.put(rows, RECEIVED) == [False, True]
    assert inbox.take(9).rows["event_id"].to_pylist() == ["2"]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(names=st.lists(st.text(st.characters(exclude_categories=["Cs", "Cc", "Z"]), min_size=1, max_size=9), max_size=5))
def test_any_id_comes_back(inbox: Inbox, names: list[str]) -> None:
    """Ids of any text are stored, found and told apart."""
    usable = [name for name in names if "\ufffd" not in name and not name.startswith("visitor:")]
    inbox.put(checked(*({"event_id": f"{n}", "customer_id": name} for n, name in enumerate(usable))), RECEIVED)
    for name in usable:
        assert len(inbox_ids(inbox.engine, name)) == usable.count(name)
    inbox.mark_absorbed(inbox.take(9).sequences, 1)
    assert inbox.remove(1) == len(usable)


def test_the_same_events_from_many_threads(inbox: Inbox) -> None:
    """However many send the same events at once, each is stored once."""
    rows = checked(*({"event_id": str(number)} for number in range(50)))
    with ThreadPoolExecutor(8) as pool:
        results = list(pool.map(lambda _: inbox.put(rows, RECEIVED), range(8)))
    assert sum(map(sum, results)) == 50
    assert inbox.waiting() == 50


CHILD = """
import os, sys
from features.shop_folder import ShopFolder
from serving.database.connection import open_database
from serving.database.people.erased import Erased
from serving.database.inbox import Inbox
from serving.database.answers.responses import Responses
from tests.serving.database.fresh_events import RECEIVED, checked, inbox_ids
inbox = Inbox(open_database(ShopFolder.open(sys.argv[1])))
print(inbox.put(checked({"event_id": "kept"}), RECEIVED), flush=True)
os.kill(os.getpid(), 9)
"""


def test_what_was_acknowledged_survives_the_process(shop: ShopFolder, root: Path) -> None:
    """A process that is killed right after its answer has lost nothing."""
    command = [sys.executable, "-c", CHILD, str(shop.path)]
    ended = subprocess.run(command, cwd=root, capture_output=True, text=True, check=False)
    assert (ended.stdout.strip(), ended.returncode) == ("[True]", -9)
    engine = open_database(shop)
    assert Inbox(engine).take(9).rows["event_id"].to_pylist() == ["kept"]
    engine.dispose()


def test_the_file_is_set_up_for_safety(shop: ShopFolder) -> None:
    """SQLite writes ahead, waits for the disk, checks references and waits for other writers."""
    engine = open_database(shop)
    with engine.connect() as connection:
        pragmas = ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        found = [connection.exec_driver_sql(f"pragma {name}").scalar() for name in pragmas]
    engine.dispose()
    assert found == ["wal", 2, 1, 10_000]


def test_a_database_of_another_schema_is_left_alone(shop: ShopFolder) -> None:
    """A database that another Huitou made is not touched, and the error says so."""
    engine = open_database(shop)
    with engine.begin() as connection:
        connection.exec_driver_sql("update alembic_version set version_num = '99'")
    engine.dispose()
    with pytest.raises(HuitouError, match=r"^the database has schema 99, this Huitou needs 0003\."):
        open_database(shop)


def test_a_wrong_url_is_one_clear_line(shop: ShopFolder) -> None:
    """The setting's error names the setting and never repeats what may hold a password."""
    with pytest.raises(
        HuitouError, match=r"^HUITOU_DATABASE must be the URL of a PostgreSQL or SQLite database"
    ) as caught:
        open_database(shop, "hunter2")
    assert "hunter2" not in str(caught.value.as_dict())


def test_a_database_that_is_not_there(tmp_path: Path) -> None:
    """A file in a folder that does not exist is told with its place."""
    shop = ShopFolder(tmp_path / "nowhere", ShopFolder.create(tmp_path).settings)
    with pytest.raises(HuitouError, match=r"^the database sqlite:///.*nowhere/huitou.db cannot be used") as caught:
        open_database(shop)
    assert caught.value.code == "database"


def test_a_file_that_is_no_database(shop: ShopFolder) -> None:
    """A file of something else is told, not overwritten."""
    shop.database.write_bytes(b"hello" * 1_000)
    with pytest.raises(HuitouError, match=r"cannot be used: DatabaseError: file is not a database"):
        open_database(shop)
    assert shop.database.read_bytes()[:5] == b"hello"


def test_trouble_inside_is_told_as_an_error_of_the_shop(
    inbox: Inbox, shop: ShopFolder, database_url: str | None
) -> None:
    """When the database fails during a request the caller hears of it in the usual way."""
    engine = open_database(shop, database_url)
    with engine.begin() as connection:
        connection.exec_driver_sql("drop table inbox")
    engine.dispose()
    with pytest.raises(
        HuitouError, match=r"^the database did not answer: (OperationalError|UndefinedTable): .*inbox"
    ) as caught:
        inbox.put(checked({"event_id": "1"}), RECEIVED)
    assert caught.value.code == "database"
