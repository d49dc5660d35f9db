"""The table of lists: what was put there comes back, by id, by name, newest first; a version is made once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.database.connection import open_database
from serving.database.marketing.lists import FrozenList, FrozenLists
from tests.serving.published_shop import AS_OF, NOW

MADE = FrozenList(
    "l1",
    "回头客",
    1,
    {"name": "回头客", "template": "open-cart"},
    "snapshot",
    "3",
    AS_OF,
    NOW,
    "k1",
    {"members": 3, "excluded": {"bot": 1}},
    {"name": "at_stake", "why": {"en": "because", "zh": "因为"}},
    "c" * 64,
    "salt",
)


@pytest.fixture
def lists(tmp_path: Path, database_url: str | None) -> Iterator[FrozenLists]:
    engine = open_database(ShopFolder.create(tmp_path / "shop"), database_url)
    yield FrozenLists(engine)
    engine.dispose()


def test_a_list_comes_back_as_it_was(lists: FrozenLists) -> None:
    """Every field, by its id."""
    lists.add(MADE)
    assert lists.get("l1") == MADE
    assert lists.ids() == {"l1"}


def test_versions_and_pages(lists: FrozenLists) -> None:
    """Lists of one name by falling version, all lists by falling moment, a page at a time."""
    assert (lists.versions("回头客"), lists.newest(5), lists.count()) == ([], [], 0)
    made = [replace(MADE, list_id=f"l{n}", version=n, made_at=NOW + timedelta(hours=n)) for n in (1, 2, 3)]
    other = replace(MADE, list_id="other", name="other", made_at=NOW)
    for each in (*made, other):
        lists.add(each)
    assert [each.version for each in lists.versions("回头客")] == [3, 2, 1]
    assert [each.list_id for each in lists.newest(2)] == ["l3", "l2"]
    assert [each.list_id for each in lists.newest(5, 2)] == ["l1", "other"]
    assert lists.count() == 4


def test_a_version_is_made_once(lists: FrozenLists) -> None:
    """Of two processes that make the same version one is told to ask again."""
    lists.add(MADE)
    with pytest.raises(HuitouError, match="another list called '回头客' was made at the same time") as raised:
        lists.add(replace(MADE, list_id="l2"))
    assert raised.value.code == "conflict"


def test_an_unknown_list(lists: FrozenLists) -> None:
    """There is a way to find out which there are."""
    with pytest.raises(HuitouError, match=r"^there is no list 'l9'\. huitou lists show") as raised:
        lists.get("l9")
    assert raised.value.code == "unknown_list"


def test_members_who_went_are_counted(lists: FrozenLists) -> None:
    """The checksum is that of the new file, and the number adds up."""
    lists.add(MADE)
    lists.members_went("l1", "d" * 64, 2)
    lists.members_went("l1", "e" * 64, 1)
    assert lists.get("l1") == replace(MADE, checksum="e" * 64, erased=3)
