"""What was told of items: counted in the order of commits, kept until a snapshot holds it."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from sqlalchemy import Engine

from features.events.event import ITEM_SCHEMA
from features.shop_folder import ShopFolder
from serving.database.connection import open_database
from serving.database.described_items import DescribedItems, ItemNow
from serving.database.plain_rows import table_of
from tests.serving.database.fresh_events import RECEIVED


@pytest.fixture
def engine(tmp_path: Path, database_url: str | None) -> Iterator[Engine]:
    engine = open_database(ShopFolder.create(tmp_path), database_url)
    yield engine
    engine.dispose()


@pytest.fixture
def items(engine: Engine) -> DescribedItems:
    return DescribedItems(engine)


def put(items: DescribedItems, *said: dict[str, object]) -> int:
    return items.put(table_of(said, ITEM_SCHEMA))


def test_what_is_left_out_keeps_what_is_known(items: DescribedItems) -> None:
    """Stock and price add up over requests, the last word of a request counts, and changes are numbered."""
    assert (items.newest(), items.changed_after()) == (0, [])
    assert put(items, {"item_id": "tea", "price": "2.50"}, {"item_id": "tea", "in_stock": True}) == 1
    assert put(items, {"item_id": "tea", "in_stock": False}, {"item_id": "王 🍵", "title": "cup"}) == 2
    assert items.changed_after() == [ItemNow("tea", 2.5, False, 2), ItemNow("王 🍵", None, None, 2)]
    assert put(items, {"item_id": "pot"}) == 3
    assert items.changed_after(2) == [ItemNow("pot", None, None, 3)]
    assert items.newest() == 3


def test_nothing(items: DescribedItems) -> None:
    """An empty request changes nothing."""
    put(items, {"item_id": "tea"})
    assert put(items) == 1
    assert items.newest() == 1


def test_rows_stay_until_a_snapshot_holds_them(items: DescribedItems) -> None:
    """What the warehouse got is removed when a snapshot was begun later; what changed since waits on."""
    put(items, {"item_id": "tea", "price": "2.5000", "title": "Tea"}, {"item_id": "cup"})
    waiting = items.take(9)
    assert waiting.rows["price"].to_pylist() == [None, Decimal("2.5000")]
    put(items, {"item_id": "cup", "in_stock": False})
    items.mark_stored(waiting, RECEIVED)
    assert items.take(9).rows["item_id"].to_pylist() == ["cup"]
    assert items.remove(RECEIVED) == 0
    assert items.remove(RECEIVED + timedelta(microseconds=1)) == 1
    assert items.changed_after() == [ItemNow("cup", None, False, 2)]
    assert items.take(0).changes == {}


def test_a_new_word_about_a_moved_item_waits_again(items: DescribedItems) -> None:
    """An item that the warehouse has and that changes again goes there again, whole."""
    put(items, {"item_id": "tea", "price": "2.50"})
    items.mark_stored(items.take(9), RECEIVED)
    put(items, {"item_id": "tea", "in_stock": False})
    (row,) = items.take(9).rows.to_pylist()
    assert (row["price"], row["in_stock"]) == (Decimal("2.5000"), False)


def test_no_change_is_missed_by_who_follows(items: DescribedItems) -> None:
    """Whoever asks for what came after the newest change it saw sees every change, however many write at once."""
    seen: dict[str, int] = {}

    def follow() -> None:
        newest = max(seen.values(), default=0)
        seen.update((item.item_id, item.change) for item in items.changed_after(newest))

    with ThreadPoolExecutor(4) as pool:
        futures = [pool.submit(put, items, {"item_id": str(number)}) for number in range(40)]
        while not all(future.done() for future in futures):
            follow()
    follow()
    assert len(seen) == 40
    assert sorted(future.result() for future in futures) == [*range(1, 41)]
