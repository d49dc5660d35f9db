"""Campaigns that the calendar suggests: their dates, their lists, and that they can be made as they are."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from features.errors import HuitouError
from serving.audiences.templates import template
from serving.campaigns.planned import PlanAsked, planned
from serving.campaigns.starting import DueCampaigns
from serving.database.marketing.campaigns import Campaigns
from serving.desk.workroom import Workroom
from tests.serving.campaigns.campaign_shop import at, campaign_room, days, made


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Workroom]:
    with campaign_room(tmp_path, None, 30) as opened:
        (opened.shop.path / "promotions.json").write_text(
            json.dumps(
                {
                    "promotions": [
                        {
                            "name": {"en": "Birthday of the shop", "zh": "店庆"},
                            "kind": "sale",
                            "from": "2025-03-15",
                            "until": "2025-03-16",
                        }
                    ]
                }
            )
        )
        yield opened


def of(found: list[dict[str, Any]], key: str) -> list[dict[str, Any]]:
    return [each for each in found if each["key"] == key]


def test_seven_three_and_one_day_before_a_sale(room: Workroom) -> None:
    """The shop's own sale is announced three times, each to those whom it suits."""
    found = of(planned(room, PlanAsked("email")), "own:Birthday of the shop")
    assert [each["days_before"] for each in found] == [7, 3, 1]
    assert [each["starts"][:16] for each in found] == ["2025-03-08T10:00", "2025-03-12T10:00", "2025-03-14T10:00"]
    assert [each["campaign"]["list"]["template"] for each in found] == ["promotion-only", "open-favorite", "open-cart"]
    assert found[0]["names"]["zh"] == "店庆"


def test_what_is_past_is_not_planned(room: Workroom) -> None:
    """Five days before the sale two of the three are left."""
    found = of(planned(at(room, days(9)), PlanAsked("email")), "own:Birthday of the shop")
    assert [each["days_before"] for each in found] == [3, 1]


def test_birthdays_by_the_week(room: Workroom) -> None:
    """One list for each week from Monday on, whenever it is asked, so that nobody is congratulated twice."""
    first = planned(room, PlanAsked("email", days=28, occasions=("birthday",)))
    later = planned(at(room, days(3)), PlanAsked("email", days=25, occasions=("birthday",)))
    starts = [date.fromisoformat(each["first_day"]) for each in first]
    assert starts == [date(2025, 3, 3) + timedelta(days=7 * week) for week in range(4)]
    assert [each["first_day"] for each in later] == [each["first_day"] for each in first][1:]
    assert first[0]["campaign"]["list"] == {
        "name": "birthdays of the week",
        "template": "birthday",
        "parameters": {"days": 7},
    }


def test_every_suggested_audience_is_there(room: Workroom) -> None:
    """A year ahead each list is one that can be made, of all four occasions, in order of time."""
    found = planned(room, PlanAsked("sms", days=366))
    assert {each["occasion"] for each in found} == {"sale", "holiday", "season", "birthday"}
    for each in found:
        said = each["campaign"]["list"]
        assert template(said["template"], **said.get("parameters", {})).filter
    starts = [datetime.fromisoformat(each["starts"]) for each in found]
    assert starts == sorted(starts)


def test_a_planned_campaign_can_be_made_as_it_is(room: Workroom) -> None:
    """It waits for its day and then freezes its list."""
    suggested = planned(room, PlanAsked("app", occasions=("season",), days=300))[0]["campaign"]
    campaign = made(room, **suggested)
    assert campaign.list_id == ""
    DueCampaigns(at(room, campaign.starts_at)).start()
    assert Campaigns(room.database).get(campaign.campaign_id).list_id != ""


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        (PlanAsked("pigeon"), "channel must be one of"),
        (PlanAsked("email", days=1_000), "days must be from 0 to 366; got 1000."),
        (PlanAsked("email", hour=24), "hour must be from 0 to 23; got 24."),
        (
            PlanAsked("email", occasions=("moon",)),
            "occasion must be one of sale, holiday, season, birthday; got 'moon'.",
        ),
    ],
    ids=["channel", "days", "hour", "occasion"],
)
def test_what_cannot_be_planned(room: Workroom, asked: PlanAsked, message: str) -> None:
    """One sentence for each."""
    with pytest.raises(HuitouError) as error:
        planned(room, asked)
    assert error.value.message.startswith(message)
