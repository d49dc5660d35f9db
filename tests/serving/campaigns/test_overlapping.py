"""A list has one campaign at a time on a channel: nobody is chosen twice, and what shops do besides goes on working."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from features.errors import HuitouError
from serving.campaigns.creating import stop_campaign
from serving.campaigns.overlapping import refuse_overlap
from serving.campaigns.planned import PlanAsked, planned
from serving.campaigns.starting import DueCampaigns
from serving.database.marketing.campaigns import Campaigns
from serving.desk.workroom import Workroom
from tests.serving.campaigns.campaign_shop import at, campaign_room, days, made, made_list
from tests.serving.database.marketing.test_campaigns import SPRING

BIRTHDAYS = {"name": "birthdays", "filter": {"everyone": True}}


@pytest.fixture
def room(tmp_path: Path, database_url: str | None) -> Iterator[Workroom]:
    with campaign_room(tmp_path, database_url, 40) as opened:
        yield opened


def test_a_second_one_in_the_same_days_is_refused(room: Workroom) -> None:
    """Planned or running, wherever the days overlap: the error names the other one and what can be done."""
    header = made_list(room)
    first = made(room, list_id=header.list_id, starts="2025-03-05T12:00:00Z", window_days=7)
    with pytest.raises(HuitouError) as error:
        made(room, list_id=header.list_id, name="again")
    assert error.value.message == (
        "a list has one campaign at a time on a channel, or everybody is chosen twice: campaign 'spring' "
        f"({first.campaign_id}) has this list by email, 2025-03-05 12:00 to 2025-03-12 12:00 UTC. Take other days, "
        "another list or a new version of it, or another channel; or stop that campaign: huitou campaign stop "
        f"{first.campaign_id}, or POST /v1/campaigns/{first.campaign_id}/stop."
    )
    assert (error.value.code, error.value.field, error.value.value) == ("conflict", "list_id", header.list_id)
    DueCampaigns(at(room, days(4))).start()
    for now, starts in ((4, "2025-03-12T11:59:00Z"), (5, None), (5, "2025-03-02T12:00:00Z")):
        with pytest.raises(HuitouError, match="one campaign at a time on a channel"):
            made(at(room, days(now)), list_id=header.list_id, **({"starts": starts} if starts else {}))
    assert [each.campaign_id for each in Campaigns(room.database).newest(10)] == [first.campaign_id]


def test_what_chooses_nobody_twice_is_made(room: Workroom) -> None:
    """Days before and after, another channel, the next version, and after a campaign that was stopped or is over."""
    header = made_list(room)
    made(room, list_id=header.list_id, starts="2025-03-05T12:00:00Z", window_days=7)
    for said in (
        {"window_days": 4},
        {"starts": "2025-03-12T12:00:00Z"},
        {"starts": "2025-03-05T12:00:00Z", "channel": "sms"},
        {"starts": "2025-03-05T12:00:00Z", "list_id": made_list(room).list_id},
    ):
        made(room, **{"list_id": header.list_id, **said})
    other = made_list(room, name="other")
    stopped = made(room, list_id=other.list_id)
    stop_campaign(room.database, stopped.campaign_id, days(1))
    made(at(room, days(1)), list_id=other.list_id, window_days=5)
    made(at(room, days(6)), list_id=other.list_id, starts="2025-03-03T12:00:00Z")
    assert Campaigns(room.database).count() == 8


def test_lists_that_are_frozen_at_the_start(room: Workroom) -> None:
    """The same request comes week by week, at each moment once."""
    weeks = [made(room, list=BIRTHDAYS, starts=f"2025-03-{day:02}T12:00:00Z") for day in (3, 10, 17)]
    with pytest.raises(HuitouError) as error:
        made(room, list=BIRTHDAYS, starts="2025-03-10T20:00:00+08:00")
    assert f"({weeks[1].campaign_id}) has a list by the same request by email, 2025-03-10" in error.value.message
    assert (error.value.code, error.value.field) == ("conflict", "list")
    made(room, list=BIRTHDAYS | {"name": "others"}, starts="2025-03-10T12:00:00Z")
    made(room, list=BIRTHDAYS, channel="sms", starts="2025-03-10T12:00:00Z")
    stop_campaign(room.database, weeks[1].campaign_id, days(0))
    made(room, list=BIRTHDAYS, starts="2025-03-10T12:00:00Z")


def test_the_dates_before_a_sale_can_all_be_made(room: Workroom) -> None:
    """7, 3 and 1 days before, each with its own list, also while they run; made once more they are refused."""
    found = [
        each for each in planned(room, PlanAsked("email", days=120, occasions=("sale",))) if each["key"] == "june_18"
    ]
    assert [each["days_before"] for each in found] == [7, 3, 1]
    for each in found:
        made(room, **each["campaign"])
    for each in found:
        with pytest.raises(HuitouError, match="a list by the same request"):
            made(room, **each["campaign"])


def test_the_days_are_those_of_the_shops_clock() -> None:
    """Eight in the evening in Shanghai is noon in Greenwich."""
    with pytest.raises(HuitouError, match="email, 2025-03-01 20:00 to 2025-03-15 20:00 Asia/Shanghai. Take other"):
        refuse_overlap(replace(SPRING, campaign_id="c2"), [SPRING], "Asia/Shanghai")
