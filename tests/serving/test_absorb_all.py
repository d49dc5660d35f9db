"""Everything that waits gets into the warehouse exactly once, wherever the process that moves it is killed."""

from __future__ import annotations

import signal
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import Engine

from features.errors import HuitouError
from features.events.event import CUSTOMER_SCHEMA, ITEM_SCHEMA
from features.events.warehouse import Appended, Warehouse
from features.shop_folder import ShopFolder
from serving.absorb import MOST_FILES, Absorbed, Absorber, absorb_all
from serving.database.connection import open_database
from serving.database.described_items import DescribedItems
from serving.database.inbox import Inbox
from serving.database.marketing.contact_log import Contact, ContactLog
from serving.database.people.described import Described
from serving.database.people.erased import Erased
from serving.database.people.merged import Merged
from serving.database.plain_rows import table_of
from tests.forks import forks
from tests.postgres import PostgresServer
from tests.serving.absorbing_child import absorb_until
from tests.serving.database.fresh_events import RECEIVED, checked
from tests.serving.published_shop import HEADER, write_snapshot

STEPS = (
    *("customers stored", "customers marked", "items stored", "items marked", "contacts stored", "contacts marked"),
    *("staged", "stored", "marked"),
)


@pytest.fixture
def shop(tmp_path: Path) -> ShopFolder:
    return ShopFolder.create(tmp_path)


@contextmanager
def database(shop: ShopFolder, url: str | None) -> Iterator[Engine]:
    engine = open_database(shop, url)
    yield engine
    engine.dispose()


@pytest.fixture
def engine(shop: ShopFolder, database_url: str | None) -> Iterator[Engine]:
    with database(shop, database_url) as engine:
        yield engine


def clock() -> datetime:
    return RECEIVED


def fill(engine: Engine) -> None:
    """Two events of a customer, one of a visitor, a customer's choice, a sold-out item, a message and its control."""
    Inbox(engine).put(
        checked(
            {"event_id": "1"},
            {"event_id": "2", "item_id": "cup"},
            {"event_id": "3", "customer_id": None, "visitor_id": "v"},
        ),
        RECEIVED,
    )
    Described(engine).put(table_of([{"customer_id": "anna", "personalized": False}], CUSTOMER_SCHEMA), RECEIVED)
    DescribedItems(engine).put(table_of([{"item_id": "tea", "in_stock": False, "price": "2.5"}], ITEM_SCHEMA))
    chosen = [
        Contact("k-1", "anna", RECEIVED, "spring", "email"),
        Contact("k-1", "ben", RECEIVED, "spring", arm="control"),
    ]
    ContactLog(engine).append(chosen, RECEIVED)


def stored(shop: ShopFolder) -> list[tuple[str, str]]:
    """Every stored event: its id and whose it is."""
    warehouse = Warehouse.open(shop)
    rows = warehouse.events_of(warehouse.people()).select(["event_id", "customer_id"]).to_pylist()
    return sorted((row["event_id"], row["customer_id"]) for row in rows)


def test_everything_is_moved_once(shop: ShopFolder, engine: Engine) -> None:
    """Events, customers and items get into the warehouse; a second call finds nothing to do and takes no lock."""
    fill(engine)
    assert absorb_all(shop, engine, clock) == Absorbed(Appended(3, 0), customers=1, items=1, contacts=2)
    warehouse = Warehouse.open(shop)
    assert stored(shop) == [("1", "anna"), ("2", "anna"), ("3", "visitor:v")]
    assert warehouse.customers().to_pylist()[0]["personalized"] is False
    assert (warehouse.items().to_pylist()[0]["in_stock"], len(warehouse.items())) == (False, 1)
    told = [(row["customer_id"], row["campaign_id"], row["arm"]) for row in warehouse.contacts().to_pylist()]
    assert told == [("anna", "spring", "treated"), ("ben", "spring", "control")]
    with shop.writing():
        assert absorb_all(shop, engine, clock) == Absorbed()


def test_killed_anywhere(tmp_path: Path, database_url: str | None, request: pytest.FixtureRequest) -> None:
    """A process that is killed after any step has lost nothing and doubled nothing when the next one is done."""
    with ExitStack() as databases:
        urls: dict[str, str | None] = dict.fromkeys(STEPS)
        if database_url is not None:
            server: PostgresServer = request.getfixturevalue("postgresql_server")
            urls = {step: databases.enter_context(server.database()) for step in STEPS}
        shops = {step: ShopFolder.create(tmp_path / step.replace(" ", "-")) for step in STEPS}
        for step, shop in shops.items():
            with database(shop, urls[step]) as engine:
                fill(engine)
        for step, shop in shops.items():
            child = forks().Process(target=absorb_until, args=(shop, urls[step], step))
            child.start()
            child.join()
            assert child.exitcode == -signal.SIGKILL, step
        for step, shop in shops.items():
            with database(shop, urls[step]) as engine:
                absorb_all(shop, engine, clock)
                assert is_all_there(shop, engine), step


def is_all_there(shop: ShopFolder, engine: Engine) -> bool:
    """Whether the warehouse has everything of :func:`fill` once, and nothing waits."""
    warehouse = Warehouse.open(shop)
    described = (len(Described(engine).take(9).rows), len(DescribedItems(engine).take(9).rows))
    waiting = (Inbox(engine).waiting(), *described, len(ContactLog(engine).take(9).rows))
    events = stored(shop) == [("1", "anna"), ("2", "anna"), ("3", "visitor:v")]
    counts = (len(warehouse.items()), len(warehouse.customers()), len(warehouse.contacts()))
    return events and waiting == (0, 0, 0, 0) and counts == (1, 1, 2)


def test_merged_visitors_are_stored_as_customers(shop: ShopFolder, engine: Engine) -> None:
    """What a visitor did that was merged meanwhile, and who wrote to it, is stored as the customer's."""
    fill(engine)
    ContactLog(engine).append([Contact("k-1", "visitor:v", RECEIVED, "spring", "app")], RECEIVED)
    Merged(engine).join("v", "anna", RECEIVED)
    assert absorb_all(shop, engine, clock).contacts == 3
    assert stored(shop) == [("1", "anna"), ("2", "anna"), ("3", "anna")]
    chosen = [(row["customer_id"], row["visitor_id"]) for row in Warehouse.open(shop).contacts().to_pylist()]
    assert chosen == [("anna", None), ("anna", "v"), ("ben", None)]


def test_nothing_of_the_deleted_is_stored(shop: ShopFolder, engine: Engine) -> None:
    """Events of somebody who was deleted do not get into the warehouse, even when they had reached the inbox."""
    fill(engine)
    with engine.begin() as connection:
        connection.exec_driver_sql("create table kept as select * from inbox")
    Erased(engine).begin(["anna"], RECEIVED)
    with engine.begin() as connection:
        connection.exec_driver_sql("insert into inbox select * from kept where customer_id = 'anna'")
    absorb_all(shop, engine, clock)
    assert stored(shop) == [("3", "visitor:v")]
    assert Inbox(engine).waiting() == 0


def test_items_stay_until_a_snapshot_begun_later_is_served(shop: ShopFolder, engine: Engine) -> None:
    """What was told of an item counts from the database until the served snapshot holds it."""
    fill(engine)
    for begun_at, left in ((RECEIVED, 1), (RECEIVED + timedelta(seconds=1), 0)):
        absorb_all(shop, engine, clock)
        write_snapshot(shop, header=replace(HEADER, published_at=begun_at))
        absorb_all(shop, engine, clock)
        assert len(DescribedItems(engine).changed_after()) == left


def test_who_writes_for_long_is_not_disturbed(shop: ShopFolder, engine: Engine) -> None:
    """While somebody trains, publishes or imports, everything waits in the database."""
    fill(engine)
    with shop.writing(), pytest.raises(HuitouError, match="^another process is writing to the shop") as caught:
        absorb_all(shop, engine, clock)
    assert caught.value.code == "busy"
    assert Inbox(engine).waiting() == 3


def test_it_rests_between_commits(shop: ShopFolder, engine: Engine) -> None:
    """After a commit it waits for a minute before the next, and does not wait when nothing was moved."""
    moments = [RECEIVED]
    absorber = Absorber(shop, engine, lambda: moments[-1], every_s=60)
    assert absorber.step() == Absorbed()
    fill(engine)
    assert absorber.step().events.stored == 3
    Inbox(engine).put(checked({"event_id": "4"}), RECEIVED)
    moments.append(RECEIVED + timedelta(seconds=59))
    assert absorber.step() == Absorbed()
    moments.append(RECEIVED + timedelta(seconds=60))
    assert absorber.step().events.stored == 1


def test_few_files_are_left(shop: ShopFolder) -> None:
    """Many small commits do not leave a bucket with very many files, and nothing is lost when they are joined."""
    steps: list[str] = []
    with database(shop, None) as engine:
        for number in range(MOST_FILES + 1):
            Inbox(engine).put(checked({"event_id": f"{number:03}"}), RECEIVED)
            absorb_all(shop, engine, clock, steps.append)
    assert steps.count("compacted") == 1
    assert [len(files) for files in Warehouse.open(shop).reader().files.values()] == [1]
    assert [event for event, _ in stored(shop)] == [f"{number:03}" for number in range(MOST_FILES + 1)]
