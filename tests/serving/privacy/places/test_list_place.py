"""Deleted people are on no list any more, and a list is whole without them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from features.errors import HuitouError
from serving.database.marketing.lists import FrozenLists
from serving.desk.workroom import Workroom
from serving.lists.frozen.member_file import member_file, members_without
from serving.privacy.erasing import Erasing
from serving.privacy.listed import lists_of
from serving.privacy.places.list_place import ListPlace, listed_people
from tests.serving.lists.listed_shop import frozen, groups, open_room
from tests.serving.privacy.searched import files_with


@pytest.fixture
def room(tmp_path: Path, database_url: str | None) -> Iterator[Workroom]:
    with open_room(tmp_path / "shop", database_url) as opened:
        yield opened


def test_a_list_without_the_deleted(room: Workroom) -> None:
    """Its other members and their groups are as they were, its checksum is the new one, and who went is counted."""
    lists = FrozenLists(room.database)
    header, other = frozen(room), frozen(room, name="other", filter={"field": "layer", "is": "active"})
    before = groups(room, header)
    place = ListPlace(room.shop, lists)
    assert place.count(["anna"]) == {"lists": 1}
    place.erase(["anna", "nobody"])
    after = lists.get(header.list_id)
    assert groups(room, after) == {who: group for who, group in before.items() if who != "anna"}
    assert (after.erased, after.checksum == header.checksum) == (1, False)
    assert lists.get(other.list_id) == other
    assert place.count(["anna"]) == {"lists": 0}
    assert files_with(room.shop.path / "lists", ["anna"]) == {}
    place.erase(["anna"])
    assert lists.get(header.list_id) == after


def test_a_process_that_was_killed(room: Workroom) -> None:
    """The file was written and not noted: the next call notes it, and the list can be read again."""
    lists, header = FrozenLists(room.database), frozen(room)
    members_without(room.shop, header, ["anna"])
    with pytest.raises(HuitouError, match="not as it was written"):
        groups(room, header)
    ListPlace(room.shop, lists).erase(["quiet"])
    after = lists.get(header.list_id)
    assert after.erased == 2
    assert not {"anna", "quiet"} & {*groups(room, after)}


def test_a_file_that_is_not_what_was_written(room: Workroom) -> None:
    """A deletion of others does not make it whole: it is refused as before."""
    header = frozen(room)
    file = member_file(room.shop, header.list_id)
    pq.write_table(pq.read_table(file), file, compression="none")
    ListPlace(room.shop, FrozenLists(room.database)).erase(["nobody"])
    with pytest.raises(HuitouError, match="not as it was written"):
        groups(room, FrozenLists(room.database).get(header.list_id))


def test_nobody_comes_back_by_an_old_list(room: Workroom) -> None:
    """A list that is made again after a deletion does not hold the person, though the snapshot still did."""
    header = frozen(room)
    Erasing(room.shop, room.database).ask("anna", room.clock())
    again = frozen(room)
    assert "anna" in groups(room, header)
    assert "anna" not in groups(room, again)
    assert again.counts["excluded"]["deleted"] == 1


def test_the_lists_of_a_person(room: Workroom) -> None:
    """Each with all that it says of them, the newest first; everybody on any list is named."""
    frozen(room)
    frozen(room, name="some", filter={"field": "layer", "in": ["lost", "active"]})
    told = lists_of(room.shop, FrozenLists(room.database), ["anna", "quiet"])
    assert sorted((each["name"], each["customer_id"]) for each in told) == [
        ("all", "anna"),
        ("all", "quiet"),
        ("some", "quiet"),
    ]
    assert all(each["group"] in ("treatment", "control") for each in told)
    assert {"anna", "quiet"} < {*listed_people(room.shop)}
