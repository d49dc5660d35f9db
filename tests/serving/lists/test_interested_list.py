"""The list of whom to tell of an item: who wants it and may be written to, and who was left out, counted."""

from __future__ import annotations

from pathlib import Path

import pytest

from features.errors import HuitouError
from serving.lists.interested_list import interested_list
from serving.snapshot import Snapshot
from serving.snapshot_parts.shelf import ItemFilter
from tests.serving.published_shop import HEADER, PEOPLE, Person, small_shop, write_snapshot

ANYTHING = ItemFilter()


@pytest.fixture(scope="module")
def snapshot(tmp_path_factory: pytest.TempPathFactory) -> Snapshot:
    shop = small_shop(tmp_path_factory.mktemp("shop"))
    bot = Person("bot", ("zip",), set_aside="bot")
    write_snapshot(shop, (*PEOPLE, bot), header=HEADER)
    return Snapshot.open_current(shop)


def test_who_may_be_written_to(snapshot: Snapshot) -> None:
    """Bots and those who want no letters are left out and counted; the others stand in order with a reason."""
    found = interested_list(snapshot, "zip", ANYTHING, 10)
    people = found.table["customer_id"].to_pylist()
    assert people[0] == "b/o b"
    assert not {"bot", "noletter", "quiet"} & set(people)
    assert found.exclusions["bot"] == 1
    assert found.exclusions["not_contactable"] == 1
    assert found.table["reason"][0].as_py() == "in your cart"
    assert set(found.table["tier"].to_pylist()) == {"ranker"}


def test_who_bought_since_is_left_out(snapshot: Snapshot) -> None:
    """An order after the snapshot takes somebody off the list."""
    found = interested_list(snapshot, "zip", ANYTHING, 10, bought_since=["b/o b"])
    assert "b/o b" not in found.table["customer_id"].to_pylist()
    assert found.exclusions["bought_since"] == 1


def test_the_best_only(snapshot: Snapshot) -> None:
    """The list is cut after the wanted number, those left out not counted among them."""
    everyone = interested_list(snapshot, "zip", ANYTHING, 10).table["customer_id"].to_pylist()
    assert interested_list(snapshot, "zip", ANYTHING, 1).table["customer_id"].to_pylist() == everyone[:1]


def test_words_in_chinese(snapshot: Snapshot) -> None:
    """Reasons are told in the language asked for, titles beside them."""
    found = interested_list(snapshot, None, ItemFilter(False, ("kitchen",)), 10, language="zh").table.to_pylist()
    anna = next(row for row in found if row["customer_id"] == "anna")
    assert (anna["item_id"], anna["item_title"], anna["reason"]) == ("kettle", "The kettle", "在您的购物车里")


def test_what_it_is_for_must_be_said(snapshot: Snapshot) -> None:
    """Neither an item nor a wish, an unknown item and a senseless number each have a clear error."""
    with pytest.raises(HuitouError, match=r"^an item, or at least one of category, brand, min_price and max"):
        interested_list(snapshot, None, ANYTHING, 10)
    with pytest.raises(HuitouError, match=r"^no item has the id 'such'"):
        interested_list(snapshot, "such", ANYTHING, 10)
    with pytest.raises(HuitouError, match=r"^top must be at least 1; got 0\. Use for example 500\.$"):
        interested_list(snapshot, "zip", ANYTHING, 0)


def test_nobody(tmp_path: Path) -> None:
    """In a shop without customers the list is empty and has its columns."""
    shop = small_shop(tmp_path)
    write_snapshot(shop, ())
    found = interested_list(Snapshot.open_current(shop), "zip", ANYTHING, 10)
    assert found.table.num_rows == 0
    assert "reason" in found.table.column_names
