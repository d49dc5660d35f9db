"""Groups of before are found again, also for visitors who turned out to be customers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from serving.database.people.merged import Merged
from serving.desk.workroom import Workroom
from serving.lists.frozen.earlier_groups import NEW, earlier_groups
from serving.snapshot_parts.id_index import key_of
from tests.serving.lists.listed_shop import frozen, groups, members, open_room
from tests.serving.published_shop import NOW, PEOPLE, Person, write_snapshot


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Workroom]:
    with open_room(tmp_path / "shop") as opened:
        yield opened


def test_the_groups_of_a_version(room: Workroom) -> None:
    """Everybody who was on it has the same number and the same group; a stranger is new."""
    header = frozen(room, control_share=0.5)
    table = members(room, header)
    people = np.append(table["person"].to_numpy(), np.uint64(key_of(b"stranger")))
    found = earlier_groups(room.shop, [header], people)
    assert found.tolist() == [*(group == "control" for group in table["group"].to_pylist()), NEW]
    assert earlier_groups(room.shop, [], people).tolist() == [NEW] * len(people)


def test_a_person_twice_has_one_group(room: Workroom) -> None:
    """Two ids of one person, in any order, get the group of that person."""
    header = frozen(room, control_share=0.5)
    person = members(room, header)["person"].to_numpy()
    twice = np.concatenate([person, person[::-1]])
    found = earlier_groups(room.shop, [header], twice)
    assert (found[: len(person)] == found[: len(person) - 1 : -1]).all()


def test_a_visitor_who_became_a_customer_stays_in_the_group(room: Workroom) -> None:
    """Merged since, and then on the list as the customer, the person is where the visitor was."""
    for name in ("one", "two", "three", "four"):
        before = groups(room, frozen(room, name=name, control_share=0.5, filter={"field": "layer", "is": "visitor"}))
        assert set(before) == {"visitor:v 1"}
        Merged(room.database).join("v 1", "newcomer", NOW)
        newcomer = Person("newcomer", ("kettle",), "new", 0.3, 10.0)
        write_snapshot(room.shop, [*(person for person in PEOPLE if person.layer != "visitor"), newcomer])
        after = groups(room, frozen(room, name=name, control_share=0.5))
        assert after["newcomer"] == before["visitor:v 1"]
        Merged(room.database).leave("v 1", "newcomer")
        write_snapshot(room.shop, PEOPLE)
