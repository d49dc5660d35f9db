"""The hot read: everything about one person at this moment, as the slow parts would tell it."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import Engine

from features.errors import HuitouError
from features.events.event import CUSTOMER_SCHEMA, ITEM_SCHEMA
from features.moments import microseconds
from features.shop_folder import ShopFolder
from serving.database.connection import open_database
from serving.database.described_items import DescribedItems
from serving.database.inbox import Inbox
from serving.database.people.described import Described
from serving.database.people.erased import Erased
from serving.database.people.merged import Merged
from serving.database.people.person_now import NEWEST, PeopleNow
from serving.database.people.touch import Touch
from serving.database.plain_rows import table_of
from tests.postgres import PostgresServer
from tests.serving.database.fresh_events import RECEIVED, checked
from tests.serving.running.waiting import ended, until

NEVER = -1


@pytest.fixture
def engine(tmp_path: Path, database_url: str | None) -> Iterator[Engine]:
    engine = open_database(ShopFolder.create(tmp_path), database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def people(engine: Engine) -> Iterator[PeopleNow]:
    people = PeopleNow(engine)
    yield people
    people.close()


def put(engine: Engine, *events: dict[str, Any]) -> None:
    rows = [{"event_id": str(number), **event} for number, event in enumerate(events)]
    Inbox(engine).put(checked(*rows), RECEIVED)


def test_a_stranger(people: PeopleNow) -> None:
    """Of somebody who was never heard of nothing is known."""
    now = people.of("nobody '\"; --", NEVER)
    assert (now.customer, now.touches, now.personalized, now.visitors, now.erased, now.item_change) == (
        "nobody '\"; --", [], None, (), False, 0,
    )  # fmt: skip


def test_an_id_that_cannot_be(engine: Engine, people: PeopleNow) -> None:
    """Ids with control characters are asked for like any other, and found nowhere."""
    for person in ("\x00", "a\x00b", "\x1f", ""):
        assert people.of(person, NEVER).touches == []


def test_touches_are_those_of_the_inbox(engine: Engine, people: PeopleNow) -> None:
    """Fresh events come in the order in which they happened, without those that the snapshot holds."""
    put(
        engine,
        {"kind": "cart", "occurred_at": "2025-03-01T10:02:00Z", "quantity": 3, "unit_price": "2.50", "order_id": "o"},
        {"kind": "view", "occurred_at": "2025-03-01T10:01:00Z", "item_id": '王 "🍵"'},
        {"kind": "view", "customer_id": "other"},
        {"kind": "purchase", "occurred_at": "2025-03-01T10:02:00Z"},
    )
    late, early = (microseconds(datetime(2025, 3, 1, 10, minute, tzinfo=UTC)) for minute in (2, 1))
    touches = [
        Touch("view", '王 "🍵"', early),
        Touch("cart", "tea", late, 3, 2.5, "o"),
        Touch("purchase", "tea", late),
    ]
    assert people.of("anna", NEVER).touches == touches
    inbox = Inbox(engine)
    inbox.mark_absorbed(inbox.take(2).sequences, 4)
    assert people.of("anna", 3).touches == touches
    assert people.of("anna", 4).touches == touches[2:]


def test_only_the_newest_are_looked_at(engine: Engine, people: PeopleNow) -> None:
    """Of somebody with very many fresh events the newest are taken."""
    events = [
        {"occurred_at": (RECEIVED - timedelta(seconds=2_000 - number)).isoformat(), "item_id": str(number)}
        for number in range(NEWEST + 5)
    ]
    put(engine, *events)
    touches = people.of("anna", NEVER).touches
    assert (len(touches), touches[0].item_id, touches[-1].item_id) == (NEWEST, "5", str(NEWEST + 4))


def test_what_was_said(engine: Engine, people: PeopleNow) -> None:
    """The newest word about personal answers is told, None where nothing was said."""
    for choice in (False, True, None):
        rows = [{"customer_id": "anna", "personalized": choice}]
        Described(engine).put(table_of(rows, CUSTOMER_SCHEMA), RECEIVED)
        assert people.of("anna", NEVER).personalized is (True if choice is None else choice)
    assert people.of("ben", NEVER).personalized is None


def test_merged_visitors_count_as_their_customer(engine: Engine, people: PeopleNow) -> None:
    """A customer and the visitors merged into it are one: their events, the customer's choice; undoing parts them."""
    put(
        engine,
        {"occurred_at": "2025-03-01T10:02:00Z"},
        {"occurred_at": "2025-03-01T10:03:00Z", "customer_id": None, "visitor_id": "v", "item_id": "cup"},
        {"occurred_at": "2025-03-01T10:01:00Z", "customer_id": None, "visitor_id": 'w "', "item_id": "pot"},
    )
    Described(engine).put(table_of([{"customer_id": "anna", "personalized": False}], CUSTOMER_SCHEMA), RECEIVED)
    merged = Merged(engine)
    for visitor in ("v", 'w "'):
        merged.join(visitor, "anna", RECEIVED)
    for person in ("anna", "visitor:v", 'visitor:w "'):
        now = people.of(person, NEVER)
        assert [touch.item_id for touch in now.touches] == ["pot", "tea", "cup"]
        assert (now.customer, now.personalized, sorted(now.visitors)) == ("anna", False, ["visitor:v", 'visitor:w "'])
    merged.leave("v", "anna")
    assert [touch.item_id for touch in people.of("anna", NEVER).touches] == ["pot", "tea"]
    assert [touch.item_id for touch in people.of("visitor:v", NEVER).touches] == ["cup"]


def test_the_deleted_are_strangers(engine: Engine, people: PeopleNow) -> None:
    """Of somebody who was deleted nothing is told but that."""
    put(engine, {})
    Erased(engine).begin(["anna"], RECEIVED)
    now = people.of("anna", NEVER)
    assert (now.erased, now.touches, now.personalized) == (True, [], None)


def test_a_change_of_items_is_told_with_everybody(engine: Engine, people: PeopleNow) -> None:
    """The number of the newest change of items comes with each read, the deleted included."""
    Erased(engine).begin(["anna"], RECEIVED)
    for number in (1, 2):
        DescribedItems(engine).put(table_of([{"item_id": "tea", "in_stock": False}], ITEM_SCHEMA))
        assert people.of("anna", NEVER).item_change == number
        assert people.of("ben", NEVER).item_change == number


def test_each_thread_asks_by_itself(engine: Engine, people: PeopleNow) -> None:
    """Threads do not wait for one another, and what one of them commits the others see."""
    found: list[int] = []
    put(engine, {})
    threads = [threading.Thread(target=lambda: found.append(len(people.of("anna", NEVER).touches))) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(10)
    assert found == [1] * 4


def test_a_server_that_was_started_anew_is_asked_again(tmp_path: Path, postgresql_server: PostgresServer) -> None:
    """When PostgreSQL has closed the connection the next read opens another one."""
    with postgresql_server.database() as url:
        engine = open_database(ShopFolder.create(tmp_path), url)
        people = PeopleNow(engine)
        assert people.of("anna", NEVER).touches == []
        name = url.partition("/test")[2].partition("?")[0]
        postgresql_server.run(f"select pg_terminate_backend(pid) from pg_stat_activity where datname = 'test{name}'")
        assert people.of("anna", NEVER).touches == []
        people.close()
        engine.dispose()


def test_a_database_that_is_gone_is_told_at_once(tmp_path: Path, postgresql_server: PostgresServer) -> None:
    """Without a database the caller hears of it, and for a moment nobody tries to connect again."""
    with postgresql_server.database(empty=True) as url:
        engine = open_database(ShopFolder.create(tmp_path), url)
        people = PeopleNow(engine)
        engine.dispose()
    for said in ("^the database did not answer: OperationalError: ", "^the database could not be reached"):
        with pytest.raises(HuitouError, match=said) as caught:
            people.of("anna", NEVER)
        assert caught.value.code == "database"


def test_a_server_that_is_stopped_is_not_waited_for(tmp_path: Path, postgresql_server: PostgresServer) -> None:
    """The first page waits for a moment, those after it do not; when the server goes on it is asked again."""
    with postgresql_server.database() as url:
        engine = open_database(ShopFolder.create(tmp_path), url)
        people = PeopleNow(engine)
        put(engine, {})

        def asked() -> None:
            """All in one thread, which has a connection of its own."""
            assert len(people.of("anna", NEVER).touches) == 1
            with postgresql_server.stopped():
                for _ in range(500):
                    _refused(people)
            until(lambda: _answers(people))
            assert len(people.of("anna", NEVER).touches) == 1
            people.close()

        ended(asked, 60)
        engine.dispose()


def test_a_connection_that_comes_too_late_is_closed_too(tmp_path: Path, postgresql_server: PostgresServer) -> None:
    """When nobody asks again, it is not left open."""
    with postgresql_server.database() as url:
        engine = open_database(ShopFolder.create(tmp_path), url)
        people = PeopleNow(engine)
        engine.dispose()
        with postgresql_server.stopped():
            _refused(people)
        until(lambda: postgresql_server.connected(url) == 1)
        people.close()
        until(lambda: postgresql_server.connected(url) == 0)


def _refused(people: PeopleNow) -> None:
    with pytest.raises(HuitouError) as caught:
        people.of("anna", NEVER)
    assert caught.value.code == "database"


def _answers(people: PeopleNow) -> bool:
    try:
        people.of("anna", NEVER)
    except HuitouError:
        return False
    return True


def test_a_damaged_database_is_told(tmp_path: Path) -> None:
    """A read that fails is the database's error, not a fault."""
    engine = open_database(ShopFolder.create(tmp_path))
    people = PeopleNow(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("drop table counters")
    with pytest.raises(HuitouError, match="^the database did not answer: OperationalError: no such table: counters"):
        people.of("anna", NEVER)
    people.close()
    engine.dispose()
