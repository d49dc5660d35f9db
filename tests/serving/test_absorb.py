"""Absorbing: every fresh event gets into the warehouse exactly once, whatever happens in between."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from features.errors import HuitouError
from features.events.event import bucket_of
from features.events.staging import Staging
from features.events.warehouse import Appended, Warehouse
from features.shop_folder import ShopFolder
from serving.absorb import absorb
from serving.database.connection import open_database
from serving.database.inbox import Inbox
from tests.serving.database.fresh_events import RECEIVED, checked, inbox_ids
from tests.serving.published_shop import HEADER, write_snapshot


@pytest.fixture
def shop(tmp_path: Path) -> ShopFolder:
    return ShopFolder.create(tmp_path)


@pytest.fixture
def inbox(shop: ShopFolder, database_url: str | None) -> Iterator[Inbox]:
    engine = open_database(shop, database_url)
    yield Inbox(engine)
    engine.dispose()


def stored(shop: ShopFolder, customer: str = "anna") -> list[str]:
    """Items of the stored events of a customer, in order of time."""
    reader = Warehouse.open(shop).reader()
    items: list[str] = reader.customer(bucket_of(customer, reader.buckets), customer)["item_id"].to_pylist()
    return items


def test_events_get_into_the_warehouse_once(shop: ShopFolder, inbox: Inbox) -> None:
    """All waiting events are stored, and a second call finds nothing to do."""
    inbox.put(checked({"event_id": "1"}, {"event_id": "2", "item_id": "cup"}), RECEIVED)
    assert absorb(shop, inbox) == Appended(stored=2, repeated=0)
    assert absorb(shop, inbox) == Appended(stored=0, repeated=0)
    assert sorted(stored(shop)) == ["cup", "tea"]
    assert inbox.waiting() == 0


def test_killed_between_storing_and_marking(shop: ShopFolder, inbox: Inbox) -> None:
    """Events that were stored but not yet marked are recognised: nothing is lost, nothing counts twice."""
    inbox.put(checked({"event_id": "1"}, {"event_id": "2", "item_id": "cup"}), RECEIVED)
    staging = Staging(shop.staging / "inbox", shop.settings.buckets, shop.settings.timezone)
    staging.add(inbox.take(1).rows)
    Warehouse.open(shop).append(staging)
    assert absorb(shop, inbox) == Appended(stored=1, repeated=1)
    assert sorted(stored(shop)) == ["cup", "tea"]


def test_a_killed_absorb_leaves_no_staging_behind(shop: ShopFolder, inbox: Inbox) -> None:
    """Rows that were staged by a process that died are not stored by the next one."""
    staging = Staging(shop.staging / "inbox", shop.settings.buckets, shop.settings.timezone)
    staging.add(checked({"event_id": "ghost", "item_id": "ghost"}))
    staging.close()
    inbox.put(checked({"event_id": "1"}), RECEIVED)
    absorb(shop, inbox)
    assert stored(shop) == ["tea"]


def test_what_a_retry_sends_again_is_not_doubled(shop: ShopFolder, inbox: Inbox) -> None:
    """An event that comes again after it left the inbox is recognised by the warehouse."""
    inbox.put(checked({"event_id": "1"}), RECEIVED)
    absorb(shop, inbox)
    inbox.remove(10**9)
    assert inbox.put(checked({"event_id": "1"}), RECEIVED) == [True]
    assert absorb(shop, inbox) == Appended(stored=0, repeated=1)
    assert stored(shop) == ["tea"]


def test_events_stay_fresh_until_a_snapshot_holds_them(shop: ShopFolder, inbox: Inbox) -> None:
    """The inbox forgets an event only when the served snapshot was computed from a version that holds it."""
    inbox.put(checked({"event_id": "1"}), RECEIVED)
    write_snapshot(shop, header=replace(HEADER, event_version=-1))
    absorb(shop, inbox)
    assert inbox_ids(inbox.engine, "anna") == ["1"]
    write_snapshot(shop, header=replace(HEADER, event_version=Warehouse.open(shop).reader().version))
    absorb(shop, inbox)
    assert inbox_ids(inbox.engine, "anna") == []


def test_another_writer_is_waited_for(shop: ShopFolder, inbox: Inbox) -> None:
    """While an import writes, the events stay in the inbox and the caller is told to wait."""
    inbox.put(checked({"event_id": "1"}), RECEIVED)
    with shop.writing(), pytest.raises(HuitouError, match=r"^another process is writing to the shop"):
        absorb(shop, inbox)
    assert inbox.waiting() == 1
