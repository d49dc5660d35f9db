"""Starting: at its time, once, and again where it was interrupted."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import datetime, timedelta
from itertools import count
from pathlib import Path

import pytest

from features.errors import HuitouError
from serving.campaigns.creating import stop_campaign
from serving.campaigns.starting import DueCampaigns, start_campaign
from serving.database.access.audit import Audit
from serving.database.marketing.campaigns import NOT_YET, Campaigns
from serving.database.marketing.contact_log import Contact, ContactLog
from serving.database.marketing.lists import FrozenLists
from serving.desk.workroom import Workroom
from tests.serving.campaigns.campaign_shop import at, campaign_room, days, made, made_list


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Workroom]:
    with campaign_room(tmp_path, None, 40) as opened:
        yield opened


def contacts(room: Workroom, campaign_id: str) -> int:
    return sum(ContactLog(room.database).outcomes(campaign_id).values())


def test_it_waits_for_its_time(room: Workroom) -> None:
    """Before its start nobody is noted; then all are, and done again it changes nothing."""
    found = made(room, list_id=made_list(room).list_id, starts="2025-03-05T12:00:00Z")
    DueCampaigns(at(room, days(3))).start()
    assert contacts(room, found.campaign_id) == 0
    DueCampaigns(at(room, days(4))).start()
    DueCampaigns(at(room, days(4.1))).start()
    assert contacts(room, found.campaign_id) == 40
    assert start_campaign(at(room, days(5)), found.campaign_id) == 0


def test_half_a_start_is_completed(room: Workroom) -> None:
    """Who was noted before the process died is not noted twice."""
    found = made(room, list_id=made_list(room).list_id, starts="2025-03-05T12:00:00Z")
    first = Contact(found.campaign_id, "c00001", found.starts_at, found.campaign_id, "email")
    ContactLog(room.database).append([first], days(4))
    assert start_campaign(at(room, days(4)), found.campaign_id) == 39
    assert contacts(room, found.campaign_id) == 40


def test_a_list_can_be_frozen_at_the_start(room: Workroom) -> None:
    """The campaign has no list before, and a frozen one with control then."""
    said = {"name": "lost ones", "filter": {"field": "layer", "is": "lost"}, "control_share": 0.5}
    found = made(room, list=said, starts="2025-03-05T12:00:00Z")
    assert found.list_id == NOT_YET
    DueCampaigns(at(room, days(4))).start()
    assert Campaigns(room.database).get(found.campaign_id).list_id != NOT_YET
    assert contacts(room, found.campaign_id) == 13


def test_a_late_start_moves_the_campaign(room: Workroom) -> None:
    """Where nobody could start it in time it starts when its list is frozen: earlier orders are no effect."""
    said = {"name": "everybody", "filter": {"everyone": True}}
    found = made(room, list=said, starts="2025-03-05T12:00:00Z", window_days=7)
    DueCampaigns(at(room, days(6))).start()
    moved = Campaigns(room.database).get(found.campaign_id)
    assert (moved.starts_at, moved.ends_at) == (days(6), days(13))


def test_what_cannot_start_says_why_and_is_tried_again_later(room: Workroom) -> None:
    """An empty list is noted with the campaign, told once an hour, and never again after the end."""
    said = {"name": "nobody", "filter": {"field": "layer", "is": "visitor"}}
    found = made(room, list=said, starts="2025-03-05T12:00:00Z")
    moment = days(4)
    due = DueCampaigns(at(room, moment))
    with pytest.raises(HuitouError, match="the campaign 'spring' could not start: "):
        due.start()
    assert Campaigns(room.database).get(found.campaign_id).trouble
    due.start()
    assert Campaigns(room.database).due(moment + timedelta(days=15)) == []


def meanwhile(room: Workroom, moment: datetime, happens: Callable[[], object]) -> Workroom:
    """The same at a moment, where something happens when a list that is being made asks the time."""
    calls = count(1)

    def clock() -> datetime:
        if next(calls) == 4:  # after whether it is time, whether it is late, and what the list counts from
            happens()
        return moment

    return replace(room, clock=clock)


def test_stopped_while_its_list_is_made(room: Workroom) -> None:
    """It never starts: nobody is noted."""
    found = made(room, list={"name": "everybody", "filter": {"everyone": True}}, starts="2025-03-05T12:00:00Z")
    stopping = meanwhile(room, days(4), lambda: stop_campaign(room.database, found.campaign_id, days(4)))
    assert start_campaign(stopping, found.campaign_id) == 0
    assert len(FrozenLists(room.database).versions("everybody")) == 1
    assert contacts(room, found.campaign_id) == 0
    assert Campaigns(room.database).get(found.campaign_id).is_cancelled


def test_two_who_start_make_one_list(room: Workroom) -> None:
    """The second is told to wait, and the start is written down once."""
    found = made(room, list={"name": "everybody", "filter": {"everyone": True}}, starts="2025-03-05T12:00:00Z")

    def second() -> None:
        with pytest.raises(HuitouError, match="another process is making the list of a campaign") as error:
            start_campaign(at(room, days(4)), found.campaign_id)
        assert error.value.code == "busy"

    assert start_campaign(meanwhile(room, days(4), second), found.campaign_id) == 40
    assert start_campaign(at(room, days(4)), found.campaign_id) == 0
    assert len(FrozenLists(room.database).versions("everybody")) == 1
    started = [each for each in Audit(room.database).newest(100) if each.act == "campaign.start"]
    assert len(started) == 1
