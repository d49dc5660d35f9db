"""Events that change hands: all of them or none, each exactly once, and back again."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from features.events.event import bucket_of
from features.events.rewritten_rows import Move
from features.events.warehouse import Warehouse
from features.shop_folder import ShopFolder
from tests.conftest import ROOT
from tests.small_shop import append, events, stored

NOON, LATER = "2025-03-01T12:00Z", "2025-03-01T13:00Z"
SAME_BUCKET = next(f"c{n}" for n in range(99) if bucket_of(f"c{n}", 4) == bucket_of("visitor:v", 4))
OTHER_BUCKET = next(f"c{n}" for n in range(99) if bucket_of(f"c{n}", 4) != bucket_of("visitor:v", 4))


def visit(number: int, visitor: str = "v", **more: Any) -> tuple[Any, ...]:
    """A view of a visitor."""
    return (None, "view", f"i{number}", LATER, {"visitor_id": visitor, "event_id": f"e{number}"} | more)


def shop_of(folder: Path, customer: str) -> ShopFolder:
    """A shop with a visitor of three events, a customer of one, and others."""
    own = (customer, "view", "tea", NOON, {"event_id": "own"})
    return stored(folder, events(*map(visit, range(3)), own, ("bob", "view", "tea", NOON), visit(9, "w")))


def rows(shop: ShopFolder, *people: str) -> list[tuple[str, str, str | None]]:
    """Customer, event and visitor of what some people have, in the order in which it is stored."""
    found = Warehouse.open(shop).events_of(people)
    return [(row["customer_id"], row["event_id"], row["visitor_id"]) for row in found.to_pylist()]


def everything(shop: ShopFolder) -> list[dict[str, Any]]:
    """Every row as it is stored, in order."""
    warehouse = Warehouse.open(shop)
    return sorted(warehouse.events_of(warehouse.people()).to_pylist(), key=repr)


@pytest.mark.parametrize("customer", [SAME_BUCKET, OTHER_BUCKET])
def test_there_and_back(tmp_path: Path, customer: str) -> None:
    """A visitor's events become the customer's in one commit and keep their visitor; back, all is as it was."""
    shop = shop_of(tmp_path / "shop", customer)
    warehouse, before = Warehouse.open(shop), everything(shop)
    version = warehouse.reader().version
    moved = warehouse.moved(Move("visitor:v", customer, "v"))
    assert moved.by_target() == {customer: [("v", "e0"), ("v", "e1"), ("v", "e2")]}
    warehouse.move(moved)
    assert warehouse.reader().version == version + 1
    assert rows(shop, customer) == [(customer, "own", None), *((customer, f"e{n}", "v") for n in range(3))]
    assert rows(shop, "visitor:v", "visitor:w") == [("visitor:w", "e9", "w")]
    warehouse.move(warehouse.moved(Move("visitor:v", customer, "v")))
    assert warehouse.reader().version == version + 1
    warehouse.move(warehouse.moved(Move(customer, "visitor:v", "v", frozenset({"e0", "e1", "e2", "own"}))))
    assert everything(shop) == before


def test_only_what_was_moved_goes_back(tmp_path: Path) -> None:
    """Events that the customer had of the same visitor, and those of another one, stay."""
    shop = shop_of(tmp_path / "shop", "anna")
    append(shop, events(("anna", "view", "tea", NOON, {"event_id": "both", "visitor_id": "v"})))
    warehouse = Warehouse.open(shop)
    warehouse.move(warehouse.moved(Move("visitor:v", "anna", "v"), Move("visitor:w", "anna", "w")))
    assert len(rows(shop, "anna")) == 6
    warehouse.move(warehouse.moved(Move("anna", "visitor:v", "v", frozenset({"e0", "e1", "e2", "e9"}))))
    assert {event for _, event, _ in rows(shop, "anna")} == {"own", "both", "e9"}
    assert len(rows(shop, "visitor:v")) == 3


def test_nothing_is_doubled_and_nothing_lost(tmp_path: Path) -> None:
    """The same event sent again leaves the visitor; another one of the customer's with its id keeps both apart."""
    shop = shop_of(tmp_path / "shop", "anna")
    append(shop, events(("anna", "purchase", "pot", NOON, {"event_id": "e1"})))
    warehouse = Warehouse.open(shop)
    warehouse.move(warehouse.moved(Move("visitor:v", "anna", "v")))
    assert rows(shop, "visitor:v") == [("visitor:v", "e1", "v")]
    append(shop, events(visit(0), visit(5)))
    warehouse.move(warehouse.moved(Move("visitor:v", "anna", "v")))
    assert rows(shop, "visitor:v") == [("visitor:v", "e1", "v")]
    assert sorted(event for _, event, _ in rows(shop, "anna")) == ["e0", "e1", "e2", "e5", "own"]


def test_readers_see_the_order_that_they_rely_on(tmp_path: Path) -> None:
    """After moving, each bucket lies in the order in which histories are read."""
    shop = shop_of(tmp_path / "shop", "anna")
    append(
        shop, events(("anna", "view", "late", "2025-03-02T12:00Z"), (None, "cart", "tea", NOON, {"visitor_id": "v"}))
    )
    warehouse = Warehouse.open(shop)
    warehouse.move(warehouse.moved(Move("visitor:v", "anna", "v")))
    found = warehouse.reader().customer(bucket_of("anna", 4), "anna")
    assert found["item_id"].to_pylist() == ["tea", "tea", "i0", "i1", "i2", "late"]
    assert warehouse.people() == {"anna", "bob", "visitor:w"}


CRASH = """
import os, sys
from pathlib import Path
from features.events import warehouse
from features.events.rewritten_rows import Move, after
from features.shop_folder import ShopFolder

written = []

def dying(*arguments):
    written.append(arguments)
    if len(written) == 2:
        os._exit(9)
    return after(*arguments)

warehouse.after = dying
store = warehouse.Warehouse.open(ShopFolder.open(Path(sys.argv[1])))
store.move(store.moved(Move("visitor:v", sys.argv[2], "v")))
"""


def test_a_process_that_dies_in_the_middle_has_moved_nothing(tmp_path: Path) -> None:
    """One of two buckets was written when it died: readers see neither, and the next attempt moves both."""
    shop = shop_of(tmp_path / "shop", OTHER_BUCKET)
    before = everything(shop)
    child = [sys.executable, "-c", CRASH, str(shop.path), OTHER_BUCKET]
    assert subprocess.run(child, cwd=ROOT, check=False).returncode == 9
    assert everything(shop) == before
    warehouse = Warehouse.open(shop)
    warehouse.move(warehouse.moved(Move("visitor:v", OTHER_BUCKET, "v")))
    assert (len(rows(shop, OTHER_BUCKET)), rows(shop, "visitor:v")) == (4, [])
    assert len(everything(shop)) == len(before)
