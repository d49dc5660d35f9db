"""Writing snapshots: killed at any step it harms nothing, and mistakes of the caller are told."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.snapshot import Snapshot, current_id, published
from serving.snapshot_parts.shelf import ItemCycle
from serving.snapshot_writer import SnapshotWriter
from tests.serving.published_shop import (
    HEADER,
    PEOPLE,
    Person,
    catalogue,
    customers_table,
    later,
    recommendations,
    small_shop,
    with_carts,
    write_snapshot,
)
from tests.serving.publishing_child import killed_publisher

STEPS = (
    "begun",
    "items",
    "popular",
    "related viewed_together",
    "related bought_together",
    "recommender",
    "customers",
    "customers",
    "cycles",
    "bundles",
    "closed",
    "pages",
    "checked",
    "renamed",
    "pointed",
    "swept",
)
"""What a publish of the small shop says, in order."""


def contents(shop: ShopFolder) -> dict[str, bytes]:
    """Every file of the snapshots by name."""
    files = (path for path in shop.snapshots.rglob("*") if path.is_file())
    return {path.relative_to(shop.snapshots).as_posix(): path.read_bytes() for path in files}


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, bytes]:
    """The files after the same two publishes without any disturbance."""
    shop = small_shop(tmp_path_factory.mktemp("undisturbed"))
    write_snapshot(shop, PEOPLE[:3], header=later(1))
    return contents(shop)


@pytest.mark.parametrize("steps", [1, 4, 6, 8, 9, 10, 11, 12, 13, 14])
def test_killed_publishing_harms_nothing(tmp_path: Path, undisturbed: dict[str, bytes], steps: int) -> None:
    """Killed after any step the old or the new snapshot is served whole.

    Publishing again ends as if undisturbed.
    """
    shop = small_shop(tmp_path / "shop")
    before = current_id(shop)
    said = killed_publisher(shop, steps)
    assert said == list(STEPS[:steps])
    served = Snapshot.open_current(shop)
    served.verify()
    assert (served.id == before) == ("pointed" not in said)
    again = write_snapshot(shop, PEOPLE[:3], header=later(1))
    assert current_id(shop) == again
    assert contents(shop) == undisturbed


def test_a_half_written_folder_is_swept(tmp_path: Path) -> None:
    """Left-overs of a killed publish are gone after the next one and never listed."""
    shop = small_shop(tmp_path)
    shutil.copytree(shop.snapshots / current_id(shop), shop.snapshots / ".building")
    assert len(published(shop)) == 1
    write_snapshot(shop, header=later(1))
    assert not (shop.snapshots / ".building").exists()


def test_two_at_a_time_are_refused(tmp_path: Path) -> None:
    """While one process publishes another one is told to wait, and the first goes on."""
    shop = ShopFolder.create(tmp_path)
    with SnapshotWriter(shop, HEADER) as first:
        with pytest.raises(HuitouError, match=r"^another process is publishing for the shop in .*Wait until"):
            SnapshotWriter(shop, HEADER)
        first.set_items(catalogue())
        assert first.commit() == current_id(shop)


def test_what_was_not_committed_is_removed(tmp_path: Path) -> None:
    """Without a commit the served snapshot and nothing else is left, and the next publish can begin."""
    shop = small_shop(tmp_path)
    before = contents(shop)
    with SnapshotWriter(shop, later(1)) as writer:
        writer.set_items(catalogue())
    assert contents(shop) == before
    assert write_snapshot(shop, header=later(1)) == current_id(shop)


def test_a_customer_in_two_buckets_is_refused(tmp_path: Path) -> None:
    """The same customer twice is a mistake that is told by id, and nothing is published."""
    shop = ShopFolder.create(tmp_path)
    with pytest.raises(HuitouError, match=r"^a snapshot holds each customer once; got 'anna' twice"):
        write_snapshot(shop, (PEOPLE[0], PEOPLE[0]))
    assert not (shop.snapshots / "CURRENT").exists()


def test_codes_of_unknown_items_are_refused(tmp_path: Path) -> None:
    """A code that is not on the shelf cannot get into a snapshot."""
    shop = ShopFolder.create(tmp_path)
    with SnapshotWriter(shop, HEADER) as writer:
        writer.set_items(catalogue())
        with pytest.raises(ValueError, match=r"item codes must be from -1 to 6"):
            writer.set_related("similar", np.full((7, 1), 7), np.ones((7, 1)))


def test_cycles_of_other_items_are_refused(tmp_path: Path) -> None:
    """There is a cycle for each item, or none is told."""
    shop = ShopFolder.create(tmp_path)
    with SnapshotWriter(shop, HEADER) as writer:
        writer.set_items(catalogue())
        with pytest.raises(ValueError, match=r"^cycles must be those of 7 items; got 7 and 6$"):
            writer.set_cycles(np.ones(7), np.ones(6))
        writer.commit()
    assert Snapshot.open_current(shop).shelf.cycle(0) == ItemCycle(None, 0)


def test_customers_before_items_are_refused(tmp_path: Path) -> None:
    """Codes mean nothing before the shelf is there."""
    shop = ShopFolder.create(tmp_path)
    best = recommendations(PEOPLE, catalogue())
    people = with_carts(PEOPLE, best, catalogue())
    with SnapshotWriter(shop, HEADER) as writer, pytest.raises(ValueError, match=r"^set_items comes before"):
        writer.add_customers(customers_table(PEOPLE), best, people)


def test_many_customers_in_many_blocks(tmp_path: Path) -> None:
    """Blocks of different sizes, across row groups, keep every customer's row and items together."""
    shop = ShopFolder.create(tmp_path)
    shelf = catalogue()
    people = [Person(f"c{number}", (str(shelf.ids[number % 7]),)) for number in range(9_000)]
    with SnapshotWriter(shop, HEADER) as writer:
        writer.set_items(shelf)
        for part in (people[:5_000], people[5_000:5_001], people[5_001:]):
            best = recommendations(part, shelf, k=60)
            writer.add_customers(customers_table(part), best, with_carts(part, best, shelf))
        writer.commit()
    snapshot = Snapshot.open_current(shop)
    for number in (0, 4_095, 4_096, 4_999, 5_000, 5_001, 8_999):
        row = snapshot.customers.row(f"c{number}")
        assert snapshot.customer(row)["customer_id"] == f"c{number}"
        assert [snapshot.shelf.ids.id(int(code)) for code in snapshot.recommended(row).item] == list(
            people[number].items
        )
