"""What lies open, what is due again, and the one item: before everything else that a list offers."""

from __future__ import annotations

import numpy as np
import pytest

from features.arrays import Ints
from features.events.event import KIND_CODES
from serving.audiences.fresh import Fresh, FreshEvents
from serving.audiences.templates import template
from serving.lists.own_items import items_to_buy_again, own_items
from serving.snapshot import Snapshot
from serving.snapshot_parts.audience.contacts import Contacts
from serving.snapshot_parts.customer_files import NO_ITEM
from tests.serving.published_shop import small_shop


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return Snapshot.open_current(small_shop(tmp_path_factory.mktemp("shop") / "shop"))


def named(snapshot: Snapshot, codes: Ints) -> list[list[str | None]]:
    """The ids of items."""
    return [[snapshot.shelf.ids.id(code) if code != NO_ITEM else None for code in row] for row in codes.tolist()]


def rows(snapshot: Snapshot, *people: str) -> Ints:
    return np.array([snapshot.customers.row(person) for person in people])


def test_open_carts(snapshot: Snapshot) -> None:
    """The items in each cart, as many as are wanted, in any order of people."""
    own = own_items(snapshot, Fresh.nothing(), template("open-cart"), 2)
    assert own is not None
    found = named(snapshot, own(rows(snapshot, "王小明", "anna")))
    assert found[0] == ["a/b 苹果", None]
    assert set(found[1]) <= {"kettle", "gone", "apple"}
    assert None not in found[1]


def test_what_was_carted_a_moment_ago(snapshot: Snapshot) -> None:
    """The newest comes first; what was taken out since is not offered."""
    quiet, zip_, tea = rows(snapshot, "quiet")[0], *map(snapshot.shelf.ids.row, ("zip", "tea 🍵"))
    events = FreshEvents.of(
        [(quiet, KIND_CODES["cart"], tea, 2 * 10**15, 20_200), (quiet, KIND_CODES["uncart"], zip_, 2 * 10**15, 20_200)]
    )
    own = own_items(snapshot, Fresh(events, Contacts.none()), template("open-cart"), 2)
    assert own is not None
    assert named(snapshot, own(rows(snapshot, "quiet"))) == [["tea 🍵", None]]


def test_the_one_item(snapshot: Snapshot) -> None:
    """A list for an item offers it to everybody."""
    own = own_items(snapshot, Fresh.nothing(), template("new-product-fans", item="kettle"), 3)
    assert own is not None
    assert named(snapshot, own(rows(snapshot, "anna", "quiet"))) == [["kettle"], ["kettle"]]


def test_what_is_due_again(snapshot: Snapshot) -> None:
    """Only items that the person buys again and again; here nobody does."""
    assert named(snapshot, items_to_buy_again(snapshot, rows(snapshot, "anna"), 2)) == [[None, None]]


def test_others_have_their_recommendations(snapshot: Snapshot) -> None:
    """Most lists offer nothing before them."""
    assert own_items(snapshot, Fresh.nothing(), template("lost"), 3) is None
