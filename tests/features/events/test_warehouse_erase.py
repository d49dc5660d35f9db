"""Erasing one customer: nothing of them stays, nothing of others goes."""

from __future__ import annotations

from pathlib import Path

import pytest

from features.errors import HuitouError
from features.events.event import bucket_of
from features.events.warehouse import Appended, Warehouse
from features.shop_folder import ShopFolder
from tests.small_shop import append, contacts, events, people, random_events, shop, stored, stored_rows

NOON = "2025-03-01T12:00Z"
ODD_IDS = ("o'hara", "' or '1' = '1", 'say "hi"', "a/b\\c", "%27", "😀", "顾客一号", "x" * 256)


def files_that_say(folder: ShopFolder, text: str) -> list[str]:
    """The files of the warehouse, its log included, that hold ``text`` as it is or as JSON would write it."""
    wanted = {text.encode(), text.encode("unicode_escape")}
    files = [file for file in sorted(folder.warehouse.rglob("*")) if file.is_file()]
    return [file.name for file in files if any(word in file.read_bytes() for word in wanted)]


def neighbour(name: str, buckets: int) -> str:
    """Another customer of the same bucket."""
    return next(f"n{n}" for n in range(1000) if bucket_of(f"n{n}", buckets) == bucket_of(name, buckets))


@pytest.mark.parametrize("name", ODD_IDS)
def test_a_customer_with_any_id_is_erased(tmp_path: Path, name: str) -> None:
    """Every event, every contact and the record of the customer go, those of everyone else stay."""
    beside = neighbour(name, 4)
    folder = stored(
        tmp_path / "shop",
        events(*((who, "view", f"i{n}", NOON) for n in range(3) for who in (name, beside, "anna"))),
    )
    warehouse = Warehouse.open(folder)
    warehouse.put_customers(people(name, beside, contactable=True))
    warehouse.append_contacts(contacts((name, NOON), (name, "2025-03-02T12:00Z"), (beside, NOON)))
    others = [row for row in stored_rows(warehouse.reader()) if row["customer_id"] != name]
    assert warehouse.erase(name) == 3
    assert stored_rows(warehouse.reader()) == others
    assert warehouse.customers()["customer_id"].to_pylist() == [beside]
    assert warehouse.contacts()["customer_id"].to_pylist() == [beside]
    assert warehouse.erase(name) == 0


def test_an_erased_customer_is_in_no_file(tmp_path: Path) -> None:
    """No data file and no log names the customer any more, whatever imports and compactions came before."""
    folder = shop(tmp_path / "shop", buckets=2)
    warehouse = Warehouse.open(folder)
    for day in ("2025-03-01", "2025-03-02"):
        people_of_day = ("aaa-first", "mmm", "zzz-last")
        append(folder, events(*((who, "view", "tea", f"{day}T12:00Z") for who in people_of_day)))
        warehouse.append_contacts(contacts(*((who, f"{day}T12:00Z") for who in people_of_day)))
    warehouse.put_customers(people("aaa-first", "zzz-last", contactable=True))
    warehouse.compact()
    for name in ("aaa-first", "zzz-last"):
        assert files_that_say(folder, name) != []
        assert warehouse.erase(name) == 2
        assert files_that_say(folder, name) == []
    assert len(stored_rows(warehouse.reader())) == len(warehouse.contacts()) == 2


def test_old_versions_with_the_customer_can_no_longer_be_read(tmp_path: Path) -> None:
    """A version whose files were deleted is refused in one clear line."""
    folder = stored(tmp_path / "shop", events(("anna", "view", "tea", NOON), ("bob", "view", "tea", NOON)))
    warehouse = Warehouse.open(folder)
    warehouse.erase("anna")
    with pytest.raises(HuitouError) as caught:
        warehouse.reader(0)
    assert str(caught.value) == (
        "version 0 of the events of this shop can no longer be read: a customer was erased since. "
        "Use the newest version."
    )
    assert [row["customer_id"] for row in stored_rows(warehouse.reader())] == ["bob"]


def test_the_last_customer_can_be_erased(tmp_path: Path) -> None:
    """A shop whose only customer was erased is empty, and takes new events."""
    table = events(("anna", "view", "tea", NOON), ("anna", "cart", "tea", NOON))
    folder = stored(tmp_path / "shop", table)
    warehouse = Warehouse.open(folder)
    warehouse.put_customers(people("anna"))
    assert warehouse.erase("anna") == 2
    assert (warehouse.reader().files, len(warehouse.customers())) == ({}, 0)
    assert append(folder, table) == Appended(2, 0)


def test_a_stranger_is_erased_without_a_trace(tmp_path: Path) -> None:
    """Erasing somebody who is not there removes nothing and changes no row."""
    folder = stored(tmp_path / "shop", random_events(1, 100))
    before = stored_rows(Warehouse.open(folder).reader())
    assert Warehouse.open(folder).erase("nobody") == 0
    assert stored_rows(Warehouse.open(folder).reader()) == before
