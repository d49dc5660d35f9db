"""The only memory of behaviour: append, repeat, travel in time, compact, and rows of items and customers."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pytest
from deltalake import write_deltalake

from features.errors import HuitouError
from features.events.event import CUSTOMER_SCHEMA, EVENT_SCHEMA, ITEM_SCHEMA
from features.events.reader import EventReader
from features.events.warehouse import Appended, Upserted, Warehouse
from features.shop_folder import ShopFolder
from tests.small_shop import append, contacts, events, items, moment, people, random_events, shop, stored, stored_rows

NOON = "2025-03-01T12:00Z"
ODD_IDS = (
    "two words",
    "o'hara",
    'say "hi"',
    "a/b\\c",
    "😀",
    "顾客一号",
    "x" * 256,
    "%41",
    "[a]*?",
    "=1+1",
    "NULL",
)


def without_ids(table: pa.Table) -> pa.Table:
    return table.set_column(0, "event_id", pa.nulls(len(table), pa.string()))


def newest(folder: ShopFolder) -> EventReader:
    return Warehouse.open(folder).reader()


def test_what_is_appended_is_read(tmp_path: Path) -> None:
    """Every event that was appended is there once, and the staging folder is gone."""
    folder = shop(tmp_path / "shop")
    assert append(folder, random_events(1, 300)) == Appended(stored=300, repeated=0)
    assert len(stored_rows(newest(folder))) == 300
    assert not (folder.staging / "import").exists()


def test_a_shop_without_events_is_empty(tmp_path: Path) -> None:
    """Before the first import there is no version, no event, no item and no customer."""
    warehouse = Warehouse.open(shop(tmp_path / "shop"))
    assert warehouse.reader() == EventReader(-1, 4, {})
    assert (len(warehouse.items()), len(warehouse.customers()), len(warehouse.contacts())) == (0, 0, 0)
    warehouse.compact()
    assert warehouse.erase("anna") == 0


def test_appending_nothing_makes_no_version(tmp_path: Path) -> None:
    """An import without rows, or with repeated rows only, leaves the version as it was."""
    folder = shop(tmp_path / "shop")
    assert append(folder, EVENT_SCHEMA.empty_table()) == Appended(0, 0)
    assert newest(folder).version == -1
    append(folder, random_events(1, 50))
    version = newest(folder).version
    assert append(folder, random_events(1, 50)) == Appended(0, 50)
    assert newest(folder).version == version


def test_repeated_ids_are_stored_once(tmp_path: Path) -> None:
    """Of events with one id of one customer the first stays, within an import and over several."""
    first = ("anna", "view", "tea", NOON, {"event_id": "e1"})
    again = ("anna", "cart", "pot", NOON, {"event_id": "e1"})
    folder = shop(tmp_path / "shop")
    assert append(folder, events(first, again)) == Appended(1, 1)
    assert append(folder, events(again, ("anna", "view", "pot", NOON, {"event_id": "e2"}))) == Appended(1, 1)
    assert [row["item_id"] for row in stored_rows(newest(folder))] == ["pot", "tea"]


@pytest.mark.parametrize("buckets", [1, 64])
def test_an_id_is_unique_within_its_customer(tmp_path: Path, buckets: int) -> None:
    """Two customers may have an event of the same id; both are kept, whatever the number of buckets."""
    folder = shop(tmp_path / "shop", buckets=buckets)
    table = events(*((name, "view", "tea", NOON, {"event_id": "1"}) for name in ("anna", "bob", "eve")))
    assert append(folder, table) == Appended(3, 0)
    assert append(folder, table) == Appended(0, 3)
    later = events(("zoe", "view", "tea", NOON, {"event_id": "1"}))
    assert append(folder, later) == Appended(1, 0)


def test_a_file_without_ids_twice_stores_nothing_twice(tmp_path: Path) -> None:
    """Rows without ids are known again by content and position, and true repeats within a file are kept."""
    click = ("anna", "view", "tea", NOON)
    table = events(click, click, ("bob", "view", "tea", NOON), click)
    folder = shop(tmp_path / "shop")
    assert append(folder, table) == Appended(4, 0)
    assert append(folder, table) == Appended(0, 4)
    assert append(folder, events(click, click, click, click)) == Appended(1, 3)


@pytest.mark.parametrize(
    "difference",
    [
        {"quantity": 2},
        {"unit_price": "1"},
        {"order_id": "o"},
        {"session_id": "s"},
        {"channel": "app"},
        {"recommendation_id": "r"},
        {"visitor_id": "v"},
        {"occurred_at": "2025-03-01T12:00:00.000001Z"},
    ],
)
def test_content_is_every_field(tmp_path: Path, difference: dict[str, object]) -> None:
    """Rows without ids that differ in one field are two events."""
    folder = stored(tmp_path / "shop", events(("anna", "purchase", "tea", NOON)))
    assert append(folder, events(("anna", "purchase", "tea", NOON, difference))) == Appended(1, 0)


def test_fields_do_not_run_into_each_other(tmp_path: Path) -> None:
    """Text that moves from one field to the next makes another event."""
    folder = stored(tmp_path / "shop", events(("anna", "purchase", "tea", NOON, {"order_id": "ab"})))
    moved = events(("anna", "purchase", "tea", NOON, {"order_id": "a", "session_id": "b"}))
    assert append(folder, moved) == Appended(1, 0)


def test_odd_ids_come_back_as_they_were(tmp_path: Path) -> None:
    """Ids with blanks, quotes, slashes, emoji, Chinese and 256 characters are stored and found again."""
    rows = [(name, "purchase", f"item {name}"[:256], NOON, {"order_id": name}) for name in ODD_IDS]
    folder = shop(tmp_path / "shop")
    assert append(folder, events(*rows)) == Appended(len(ODD_IDS), 0)
    assert append(folder, events(*rows[::-1])) == Appended(0, len(ODD_IDS))
    found = stored_rows(newest(folder))
    assert {(row["customer_id"], row["item_id"], row["order_id"]) for row in found} == {
        (name, f"item {name}"[:256], name) for name in ODD_IDS
    }


def test_progress_counts_the_buckets(tmp_path: Path) -> None:
    """Progress hears of each filled bucket once."""
    heard: list[tuple[int, int]] = []
    append(shop(tmp_path / "shop"), random_events(1, 300), progress=lambda done, all_: heard.append((done, all_)))
    assert heard == [(1, 4), (2, 4), (3, 4), (4, 4)]


def test_a_mistake_halfway_stores_nothing(tmp_path: Path) -> None:
    """An exception in the middle of an append leaves the old version, and the next import ends right."""
    folder = stored(tmp_path / "shop", events(("anna", "view", "tea", NOON)))
    before = newest(folder)

    def fail(done: int, _: int) -> None:
        if done == 2:
            raise RuntimeError("the disk is gone")

    with pytest.raises(Exception, match="the disk is gone"):
        append(folder, random_events(1, 300), progress=fail)
    assert newest(folder) == before
    assert append(folder, random_events(1, 300)) == Appended(300, 0)


def test_time_travel_shows_what_was(tmp_path: Path) -> None:
    """A reader of an older version sees exactly what it saw then, also after imports and compaction."""
    folder = shop(tmp_path / "shop")
    warehouse, seen = Warehouse.open(folder), {}
    for seed in range(3):
        ids = pa.array([f"{seed}-{number}" for number in range(60)])
        append(folder, random_events(seed, 60).set_column(0, "event_id", ids))
        reader = warehouse.reader()
        seen[reader.version] = stored_rows(reader)
    warehouse.compact()
    assert sorted(map(len, seen.values())) == [60, 120, 180]
    for version, rows in seen.items():
        assert stored_rows(warehouse.reader(version)) == rows
    assert stored_rows(warehouse.reader()) == rows


@pytest.mark.parametrize("version", [-1, 2, 99])
def test_a_version_that_never_was_is_refused(tmp_path: Path, version: int) -> None:
    """Asking for a version outside of the table's says which there are."""
    folder = stored(tmp_path / "shop", random_events(1, 20))
    append(folder, events(("anna", "view", "tea", NOON)))
    with pytest.raises(HuitouError) as caught:
        Warehouse.open(folder).reader(version)
    assert str(caught.value) == f"version must be between 0 and 1 for the events of this shop; got {version}."


def test_compacting_keeps_the_rows(tmp_path: Path) -> None:
    """Compaction leaves one file for each bucket and every row as it was."""
    folder = shop(tmp_path / "shop")
    table = random_events(5, 200)
    for start in range(0, 200, 50):
        append(folder, table.slice(start, 50))
    before = newest(folder)
    Warehouse.open(folder).compact()
    after = newest(folder)
    assert max(len(files) for files in before.files.values()) == 4
    assert {len(files) for files in after.files.values()} == {1}
    assert stored_rows(after) == stored_rows(before)
    assert append(folder, table) == Appended(0, 200)


def test_items_are_inserted_changed_and_kept(tmp_path: Path) -> None:
    """Of several rows the last wins, empty values keep what is known, and each fate is counted."""
    warehouse = Warehouse.open(shop(tmp_path / "shop"))
    first = items(("tea", "drinks", "5.00", {"title": "Tea"}), ("pot", "kitchen", "20"), ("cup", None, None))
    assert warehouse.put_items(first) == Upserted(new=3, changed=0, unchanged=0)
    second = items(("tea", None, "6.00"), ("tea", None, "5.50"), ("cup", None, None), ("tray", None, None))
    assert warehouse.put_items(second) == Upserted(new=1, changed=1, unchanged=1)
    found = {row["item_id"]: row for row in warehouse.items().to_pylist()}
    assert list(found) == ["cup", "pot", "tea", "tray"]
    assert (found["tea"]["title"], found["tea"]["category"]) == ("Tea", "drinks")
    assert found["tea"]["price"] == Decimal("5.5000")
    assert found["pot"]["price"] == Decimal("20.0000")
    assert warehouse.items().schema.equals(ITEM_SCHEMA)


def test_the_same_items_make_no_version(tmp_path: Path) -> None:
    """Items that say nothing new leave the table alone, and older versions can be read."""
    warehouse = Warehouse.open(shop(tmp_path / "shop"))
    warehouse.put_items(items(("tea", "drinks", "5.00")))
    assert warehouse.put_items(items(("tea", "drinks", "5.00"))) == Upserted(0, 0, 1)
    warehouse.put_items(items(("tea", "drinks", "7.00")))
    prices = [warehouse.items(version)["price"].to_pylist() for version in (0, 1)]
    assert prices == [[Decimal("5.0000")], [Decimal("7.0000")]]


def test_customers_are_put_like_items(tmp_path: Path) -> None:
    """What is said of a customer is kept until something else is said."""
    warehouse = Warehouse.open(shop(tmp_path / "shop"))
    warehouse.put_customers(people(*ODD_IDS, contactable=False, joined_at=moment(NOON)))
    assert warehouse.put_customers(people("o'hara", contactable=True)) == Upserted(0, 1, 0)
    found = {row["customer_id"]: row for row in warehouse.customers().to_pylist()}
    assert set(found) == set(ODD_IDS)
    assert [name for name, row in found.items() if row["contactable"]] == ["o'hara"]
    assert {row["joined_at"] for row in found.values()} == {moment(NOON)}


def test_customers_of_an_older_shop_have_every_column(tmp_path: Path) -> None:
    """A table that was written before a column existed reads as if it were empty, and takes it from then on."""
    warehouse = Warehouse.open(shop(tmp_path / "shop"))
    older = people("anna", "ben", contactable=False).drop_columns(["internal"])
    write_deltalake(warehouse.folder / "customers", older)
    assert warehouse.customers().schema.equals(CUSTOMER_SCHEMA)
    assert warehouse.customers()["internal"].to_pylist() == [None, None]
    assert warehouse.put_customers(people("ben", internal=True)) == Upserted(0, 1, 0)
    found = warehouse.customers()
    assert (found["contactable"].to_pylist(), found["internal"].to_pylist()) == ([False, False], [None, True])
    assert warehouse.customers(0)["internal"].to_pylist() == [None, None]


def test_a_warehouse_has_the_buckets_of_its_shop(tmp_path: Path) -> None:
    """Readers know how many buckets the shop has, filled or not."""
    folder = stored(tmp_path / "shop", events(("anna", "view", "tea", NOON)), buckets=7)
    assert newest(folder).buckets == 7
    assert len(newest(folder).files) == 1


def test_contacts_are_added_and_never_changed(tmp_path: Path) -> None:
    """Each contact is kept once, in order, through repeats and compaction; one more commit for each import."""
    warehouse = Warehouse.open(shop(tmp_path / "shop"))
    first = contacts(*((name, NOON, {"campaign_id": name}) for name in ODD_IDS))
    assert warehouse.append_contacts(first) == Appended(len(ODD_IDS), 0)
    assert warehouse.append_contacts(first) == Appended(0, len(ODD_IDS))
    more = contacts(("o'hara", "2025-03-02T12:00Z", {"arm": "control"}), ("o'hara", NOON, {"campaign_id": "o'hara"}))
    assert warehouse.append_contacts(more) == Appended(1, 1)
    warehouse.compact()
    found = warehouse.contacts()
    assert found["customer_id"].to_pylist() == sorted([*ODD_IDS, "o'hara"])
    assert found.filter(pc.equal(found["customer_id"], "o'hara"))["arm"].to_pylist() == ["treated", "control"]
    assert len(warehouse.contacts(0)) == len(ODD_IDS)
