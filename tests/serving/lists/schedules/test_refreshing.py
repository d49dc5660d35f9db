"""Lists are made anew by hand and by themselves; what goes wrong is kept, told, and stops no other list."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest

from features.errors import HuitouError
from serving.database.access.audit import Audit
from serving.database.marketing.lists import FrozenLists
from serving.database.marketing.schedules import ListSchedules
from serving.desk.workroom import Workroom
from serving.lists.schedules.refreshing import refresh, refresh_due
from serving.lists.schedules.scheduling import schedule, unschedule
from tests.serving.lists.listed_shop import EVERYONE, frozen, groups, members, open_room
from tests.serving.published_shop import NOW, later, write_snapshot

DAILY = {"every": "day", "hour": 13}


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Workroom]:
    with open_room(tmp_path / "shop") as opened:
        yield opened


def at(room: Workroom, moment: datetime) -> Workroom:
    return replace(room, clock=lambda: moment)


def test_by_hand(room: Workroom) -> None:
    """The same is asked for once more: the next version, with everybody in the same group."""
    first = frozen(room, control_share=0.4, top=4)
    second = refresh(room, first.list_id, "k2")
    assert (second.name, second.version, second.made_by) == ("all", 2, "k2")
    assert second.request == first.request
    assert groups(room, second) == groups(room, first)


def test_a_merchants_ids_are_those_of_its_members(room: Workroom) -> None:
    """The ids are not kept with the request; the members that came from them stand for them."""
    first = frozen(room, filter={"field": "layer", "is": "active"}, merchant={"customer_ids": ["anna", "nobody"]})
    second = refresh(room, first.list_id, "k2")
    assert members(room, second).filter(members(room, second)["by_merchant"])["customer_id"].to_pylist() == ["anna"]


def test_a_list_is_made_when_its_time_has_come(room: Workroom) -> None:
    """Not before, once, and again a day later; written down as the schedule's doing."""
    schedule(room, EVERYONE, DAILY, "k1")
    refresh_due(room)
    assert FrozenLists(room.database).count() == 0
    due = NOW + timedelta(hours=1)
    refresh_due(at(room, due))
    refresh_due(at(room, due))
    (made,) = FrozenLists(room.database).versions("all")
    assert made.made_by == "schedule"
    (told,) = ListSchedules(room.database).all()
    assert (told.last_list_id, told.next_at, told.trouble) == (made.list_id, due + timedelta(days=1), None)
    refresh_due(at(room, due + timedelta(days=1)))
    assert [each.version for each in FrozenLists(room.database).versions("all")] == [2, 1]
    assert [(entry.actor, entry.act) for entry in Audit(room.database).newest(9)] == [
        ("schedule", "list.refresh"),
        ("schedule", "list.refresh"),
        ("k1", "list.schedule"),
    ]


def test_after_each_publishing(room: Workroom) -> None:
    """A new snapshot makes a new version, and nothing else does."""
    schedule(room, EVERYONE, {"every": "snapshot"}, "k1")
    for minutes in range(1, 4):
        refresh_due(at(room, NOW + timedelta(minutes=minutes)))
    assert len(FrozenLists(room.database).versions("all")) == 1
    write_snapshot(room.shop, header=later(1))
    for minutes in range(5, 8):
        refresh_due(at(room, NOW + timedelta(minutes=minutes)))
    assert FrozenLists(room.database).versions("all")[0].snapshot_id == room.snapshot.id
    assert len(FrozenLists(room.database).versions("all")) == 2


def test_trouble_is_kept_and_told(room: Workroom) -> None:
    """A list that cannot be made says why and is tried the next time; another one is made all the same."""
    schedule(room, {"name": "none", "filter": {"field": "net_spend_all", "at_least": 1e9}}, DAILY, "k1")
    schedule(room, EVERYONE, DAILY, "k1")
    due = NOW + timedelta(hours=1)
    with pytest.raises(HuitouError, match="^the list 'none' could not be made: nobody in the snapshot fits"):
        refresh_due(at(room, due))
    told = {each.name: each for each in ListSchedules(room.database).all()}
    assert told["none"].trouble is not None
    assert told["none"].trouble.startswith("nobody in the snapshot fits")
    assert told["none"].next_at == due + timedelta(days=1)
    assert told["all"].last_list_id is not None
    refresh_due(at(room, due))


def test_while_somebody_else_writes_it_waits(room: Workroom, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is busy is no trouble of the list: it stays due."""

    def busy(*_: object) -> None:
        raise HuitouError("another process is writing", code="busy")

    schedule(room, EVERYONE, DAILY, "k1")
    monkeypatch.setattr("serving.lists.schedules.refreshing.freeze", busy)
    due = NOW + timedelta(hours=1)
    with pytest.raises(HuitouError) as raised:
        refresh_due(at(room, due))
    assert raised.value.code == "busy"
    assert [each.trouble for each in ListSchedules(room.database).due(due)] == [None]


def test_what_cannot_be_scheduled(room: Workroom) -> None:
    """Ids would be the same for ever; a mistake in the request is told at once; nothing is kept."""
    named = EVERYONE | {"merchant": {"customer_ids": ["anna"]}}
    with pytest.raises(HuitouError, match="a schedule takes a merchant's rule, not ids"):
        schedule(room, named, DAILY, "k1")
    with pytest.raises(HuitouError, match="must have one of template"):
        schedule(room, {"name": "x"}, DAILY, "k1")
    with pytest.raises(HuitouError, match="no schedule is called 'x'"):
        unschedule(room, "x", "k1")
    assert ListSchedules(room.database).all() == []


def test_no_longer(room: Workroom) -> None:
    """Unscheduled, it is not made any more, and the lists stay."""
    schedule(room, EVERYONE, DAILY, "k1")
    refresh_due(at(room, NOW + timedelta(hours=1)))
    unschedule(room, "all", "k2")
    refresh_due(at(room, NOW + timedelta(days=3)))
    assert len(FrozenLists(room.database).versions("all")) == 1
