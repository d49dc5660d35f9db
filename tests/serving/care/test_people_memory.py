"""What a process remembers of a snapshot's people: only what changed is read again, and nothing is missed."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from serving.care.people_memory import PeopleMemory
from serving.database.marketing.holdout import HeldOut
from serving.database.marketing.suppressions import Suppression, Suppressions
from serving.database.people.merged import Merged
from tests.serving.care.care_shop import LATER, CareShop, care_shop
from tests.serving.published_shop import Person


@pytest.fixture
def small(tmp_path: Path, database_url: str | None) -> Iterator[CareShop]:
    with care_shop(tmp_path / "shop", [Person("anna"), Person("ben"), Person("cy")], database_url) as opened:
        yield opened


def test_what_did_not_change_is_not_made_again(small: CareShop) -> None:
    """The very same objects answer until something is said."""
    memory = PeopleMemory(small.snapshot, small.database)
    small.reach({"anna": {"email": "a@x.cn"}, "ben": {"email": "a@x.cn"}})
    merges = memory.merges()
    same, suppressed = memory.same_people(merges), memory.suppressed("email", merges)
    assert memory.merges() is merges
    assert memory.same_people(merges) is same
    assert memory.suppressed("email", merges) is suppressed
    assert not suppressed.any()
    Suppressions(small.database).add([Suppression("customer", "cy")], LATER)
    assert int(memory.suppressed("email", merges).sum()) == 1
    Merged(small.database).join("v", "cy", LATER)
    assert memory.merges() == {"visitor:v": "cy"}
    Merged(small.database).leave("v", "cy")
    assert memory.merges() == {}


def test_orders_add_up(small: CareShop) -> None:
    """Who ordered since stays so, and the next order is seen."""
    memory = PeopleMemory(small.snapshot, small.database)
    small.buy("anna", "e-1")
    assert int(memory.bought_since({}).sum()) == 1
    small.buy("visitor:v", "e-2")
    assert int(memory.bought_since({"visitor:v": "ben"}).sum()) == 2


def test_all_ids_of_a_person_are_held_out_together(small: CareShop) -> None:
    """Whatever the salt: two customers with one telephone are in, or out, together."""
    memory = PeopleMemory(small.snapshot, small.database)
    small.reach({"anna": {"phone": "13800138000"}, "cy": {"phone": "13800138000"}})
    same = memory.same_people({})
    rows = memory.people.rows_of(["anna", "cy", "ben"]).tolist()
    differ = 0
    for number in range(40):
        flags = memory.held_out(HeldOut(0.5, f"salt {number}", LATER, "k"), same)
        assert flags[rows[0]] == flags[rows[1]]
        differ += int(flags[rows[0]] != flags[rows[2]])
    assert 5 < differ < 35
