"""Customers for an item: who wants it comes first, who must not be profiled does not come at all."""

from __future__ import annotations

from pathlib import Path

import pytest

from features.shop_folder import ShopFolder
from serving.interested import INTEREST, InterestedCustomer, interest_reason, interested_in_any, interested_in_item
from serving.snapshot import Snapshot
from serving.snapshot_parts.shelf import ItemFilter
from tests.serving.published_shop import PEOPLE, Person, small_shop, write_snapshot


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    return Snapshot.open_current(small_shop(tmp_path_factory.mktemp("shop")))


def names(snapshot: Snapshot, found: list[InterestedCustomer]) -> list[str]:
    return [snapshot.customers.id(each.row) for each in found]


def test_who_has_it_first_in_the_list_comes_first(snapshot: Snapshot) -> None:
    """For the kettle the customer with the kettle on top of the cart comes first, then those who like its relatives."""
    found = interested_in_item(snapshot, snapshot.shelf.ids.row("kettle"), 10)
    assert names(snapshot, found)[0] == "anna"
    assert found[0].source == "open_cart"
    assert found[0].score == 1.0
    scores = [each.score for each in found]
    assert scores == sorted(scores, reverse=True)
    assert interest_reason(snapshot, found[0], "zh") == "在您的购物车里"


def test_who_opted_out_is_not_profiled(snapshot: Snapshot) -> None:
    """Someone who opted out of personalisation is on no such list, whatever lies in the cart."""
    found = interested_in_item(snapshot, snapshot.shelf.ids.row("zip"), 10)
    assert "b/o b" in names(snapshot, found)
    assert "quiet" not in names(snapshot, found)


def test_who_is_set_aside_wants_nothing(tmp_path: Path) -> None:
    """A bot is not among the customers for an item, however much it looked, unless it is to be counted."""
    shop = ShopFolder.create(tmp_path)
    write_snapshot(shop, (*PEOPLE, Person("machine", ("zip", "kettle"), set_aside="bot")))
    snapshot = Snapshot.open_current(shop)
    item, kitchen = snapshot.shelf.ids.row("kettle"), ItemFilter(False, ("kitchen",))
    for found in (interested_in_item(snapshot, item, 10), interested_in_any(snapshot, kitchen, 10)):
        assert "anna" in names(snapshot, found)
        assert "machine" not in names(snapshot, found)
    counted = interested_in_item(snapshot, item, 10, with_set_aside=True)
    assert "machine" in names(snapshot, counted)
    assert "machine" in names(snapshot, interested_in_any(snapshot, kitchen, 10, with_set_aside=True))


def test_reasons_name_the_customers_own_item(snapshot: Snapshot) -> None:
    """Whoever the item is related to by an own item is told that item."""
    found = interested_in_item(snapshot, snapshot.shelf.ids.row("kettle"), 10)
    told = {
        name: interest_reason(snapshot, each, "en") for name, each in zip(names(snapshot, found), found, strict=True)
    }
    assert told["王小明"] == "often viewed together with The a/b 苹果"


def test_a_set_of_items(snapshot: Snapshot) -> None:
    """For a category those come who want any of its items, each with the one that is wanted most."""
    found = interested_in_any(snapshot, ItemFilter(in_stock=False, categories=("kitchen",)), 10)
    people = names(snapshot, found)
    assert {"anna", "visitor:v 1"} <= set(people)
    wanted = {
        name: snapshot.shelf.ids.id(each.item) for name, each in zip(people, found, strict=True) if each.item >= 0
    }
    assert wanted["anna"] == "kettle"
    assert wanted["visitor:v 1"] == "tea 🍵"


def test_nothing_fits(snapshot: Snapshot) -> None:
    """A category that the shop does not have interests nobody."""
    assert interested_in_any(snapshot, ItemFilter(categories=("nothing such",)), 10) == []


def test_the_best_only(snapshot: Snapshot) -> None:
    """At most as many customers as are asked for are told, the same ones first."""
    code = snapshot.shelf.ids.row("kettle")
    every = names(snapshot, interested_in_item(snapshot, code, 10))
    assert names(snapshot, interested_in_item(snapshot, code, 2)) == every[:2]


def test_interest_alone_has_words(snapshot: Snapshot) -> None:
    """Where no source proposes the item, the reason says that it goes with what is liked."""
    only = InterestedCustomer(row=0, score=0.0, item=-1, source=INTEREST, because=-1)
    assert interest_reason(snapshot, only, "en") == "goes with what you like"
    assert interest_reason(snapshot, only, "zh") == "符合您的喜好"
