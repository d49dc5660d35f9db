"""Results by intention to treat: from the people of the list and what they bought, and from nobody else."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from features.errors import HuitouError
from serving.absorb import absorb
from serving.campaigns.contacts import note_contacts
from serving.campaigns.results import campaign_results
from serving.campaigns.starting import start_campaign
from serving.campaigns.work import stop
from serving.database.inbox import Inbox
from serving.database.people.erased import Erased
from serving.database.people.merged import Merged
from serving.desk.workroom import Workroom
from tests.serving.campaigns.campaign_shop import arms, at, campaign_room, days, made, made_list, order
from tests.serving.published_shop import NOW


@pytest.fixture
def room(tmp_path: Path) -> Iterator[Workroom]:
    with campaign_room(tmp_path) as opened:
        yield opened


def results(room: Workroom, campaign_id: str, day: float = 15) -> dict[str, Any]:
    return campaign_results(at(room, days(day)), campaign_id)


def buyers(found: dict[str, Any]) -> tuple[int, int]:
    return found["effects"]["treated"]["buyers"], found["effects"]["control"]["buyers"]


def test_everything_of_a_campaign(room: Workroom) -> None:
    """Counts, revenue, cost and a verdict; both arms are those of the list."""
    header = made_list(room)
    campaign, (treated, control) = (
        made(room, list_id=header.list_id, cost_per_contact=0.5, fixed_cost=5),
        arms(room, header),
    )
    order(room, treated[:80], days(1))
    order(room, treated[:10], days(3), "30.00")
    order(room, control[:9], days(2))
    found = results(room, campaign.campaign_id)
    effects = found["effects"]
    assert (effects["treated"]["people"], effects["control"]["people"]) == (len(treated), len(control)) == (210, 90)
    assert buyers(found) == (80, 9)
    assert effects["treated"]["orders"] == 90
    assert effects["treated"]["revenue"] == 80 * 10 + 10 * 30
    assert effects["treated"]["margin"] == pytest.approx(0.3 * 1_100)
    assert effects["cost"] == 0.5 * 210 + 5
    assert effects["absolute_lift"]["value"] == pytest.approx(80 / 210 - 0.1)
    assert found["verdict"]["kind"] == "helped"
    assert not found["interim"]
    curve = found["daily_curve"]
    assert len(curve["treated"]["conversion"]) == 14
    assert curve["treated"]["conversion"][:2] == [0.0, pytest.approx(80 / 210)]
    assert curve["control"]["conversion"][:3] == [0.0, 0.0, pytest.approx(0.1)]
    assert [row["layer"] for row in found["layers"]["rows"]] == ["active", "high_win_back", "lost"]
    assert found["model_against_merchant"] is None
    assert found["contacts"]["outcomes"] == {"chosen": 210}
    assert found["notes"] == []


def test_only_what_happens_between_start_and_end_counts(room: Workroom) -> None:
    """Not the moment before the start nor the end itself, and nobody who is not on the list."""
    header = made_list(room, filter={"field": "layer", "is": "lost"})
    campaign, (treated, _) = (
        made(room, list_id=header.list_id, starts="2025-03-02T12:00:00Z", window_days=7),
        arms(room, header),
    )
    start = days(1)
    later = at(room, start)

    start_campaign(later, campaign.campaign_id)
    for moment, who in (
        (days(0.999), treated[0]),
        (start, treated[1]),
        (days(7.999), treated[2]),
        (days(8), treated[3]),
    ):
        order(room, [who], moment)
    order(room, ["c00000", "somebody"], days(2))
    assert buyers(results(room, campaign.campaign_id, 9)) == (2, 0)


def test_before_the_end_it_is_interim(room: Workroom) -> None:
    """Figures so far, and no verdict; before the start, and after being cancelled, nothing at all."""
    header = made_list(room)
    campaign, (treated, _) = made(room, list_id=header.list_id), arms(room, header)
    order(room, treated[:150], days(1))
    found = results(room, campaign.campaign_id, 2)
    assert found["interim"]
    assert found["verdict"]["kind"] == "not_ended"
    assert len(found["daily_curve"]["treated"]["conversion"]) == 2
    to_come = made(room, list_id=header.list_id, channel="sms", starts="2025-03-05T12:00:00Z")
    with pytest.raises(HuitouError, match="starts at 2025-03-05T12:00:00.*: there is nothing to measure yet."):
        results(room, to_come.campaign_id, 1)
    stop(room, to_come.campaign_id, "k1")
    with pytest.raises(HuitouError, match="was stopped before it started: there is nothing to measure."):
        results(room, to_come.campaign_id)


def test_what_is_sent_back_is_taken_off(room: Workroom) -> None:
    """An order that went back whole is none, and one that went back in part is worth less."""
    header = made_list(room)
    campaign, (treated, _) = made(room, list_id=header.list_id), arms(room, header)
    order(room, treated[:2], days(1), order_id="o1", quantity=2)
    order(room, treated[:1], days(2), order_id="o1", quantity=2, kind="return")
    order(room, treated[1:2], days(2), order_id="o1", quantity=1, kind="return")
    found = results(room, campaign.campaign_id)
    assert buyers(found) == (1, 0)
    assert found["effects"]["treated"]["revenue"] == 10


def test_the_warehouse_and_what_has_just_arrived_are_one(room: Workroom) -> None:
    """Events that were moved and those that wait count once each."""
    header = made_list(room)
    campaign, (treated, control) = made(room, list_id=header.list_id), arms(room, header)
    order(room, treated[:20], days(1))
    order(room, control[:3], days(1))
    absorb(room.shop, Inbox(room.database))
    assert buyers(results(room, campaign.campaign_id)) == (20, 3)
    order(room, treated[15:30], days(2))
    found = results(room, campaign.campaign_id)
    assert buyers(found) == (30, 3)
    assert found["effects"]["treated"]["revenue"] == 350


def test_a_visitor_is_the_customer_it_turned_out_to_be(room: Workroom) -> None:
    """What somebody buys before logging in counts for the customer on the list."""
    header = made_list(room)
    campaign, (treated, _) = made(room, list_id=header.list_id), arms(room, header)
    order(room, ["visitor:v7"], days(1))
    assert buyers(results(room, campaign.campaign_id)) == (0, 0)
    Merged(room.database).join("v7", treated[4], NOW)
    assert buyers(results(room, campaign.campaign_id)) == (1, 0)


def test_who_is_deleted_leaves_both_arms(room: Workroom) -> None:
    """They are counted in neither, and it is said how many went from which."""
    header = made_list(room)
    campaign, (treated, control) = made(room, list_id=header.list_id), arms(room, header)
    order(room, [*treated[:5], *control[:2]], days(1))
    for who in (treated[0], treated[1], control[0]):
        Erased(room.database).begin([who], NOW)
    found = results(room, campaign.campaign_id)
    assert found["effects"]["treated"]["people"] == 208
    assert buyers(found) == (3, 1)
    assert (found["contacts"]["deleted_treated"], found["contacts"]["deleted_control"]) == (2, 1)
    assert found["notes"][0]["en"].startswith("2 of those written to and 1 of the control group were deleted")


def test_contamination_and_unsubscribing_are_told(room: Workroom) -> None:
    """A control person who was written to stays control, and is told; unsubscribing is an outcome of its own."""
    header = made_list(room)
    campaign, (treated, control) = made(room, list_id=header.list_id), arms(room, header)
    rows = [
        {"customer_id": control[0], "outcome": "sent"},
        {"customer_id": treated[0], "outcome": "unsubscribed"},
        {"customer_id": treated[1], "outcome": "delivered"},
    ]
    note_contacts(room.database, campaign, rows, days(1))
    found = results(room, campaign.campaign_id)
    assert found["effects"]["control"]["people"] == 90
    assert found["contacts"]["control_written_to"] == 1
    assert found["contacts"]["outcomes"] == {"chosen": 208, "delivered": 1, "unsubscribed": 1}
    assert found["effects"]["treated"]["unsubscribed"] == 1
    assert found["effects"]["unsubscribed_lift"]["value"] == pytest.approx(1 / 210)
    assert found["notes"][0]["en"].startswith("1 people of the control group were written to by mistake.")
    assert found["notes"][0]["zh"].startswith("对照组中有1人被误触达。")


def test_the_models_list_against_the_merchants(room: Workroom) -> None:
    """Who is on both lists is in one arm, and counts for both lists."""
    header = made_list(
        room,
        filter={"field": "layer", "is": "lost"},
        control_share=0.6,
        merchant={"customer_ids": [f"c{number:05}" for number in range(0, 300, 2)]},
    )
    campaign, (treated, _) = made(room, list_id=header.list_id), arms(room, header)
    order(room, [who for who in treated if int(who[1:]) % 3 == 2], days(1))
    found = results(room, campaign.campaign_id)["model_against_merchant"]
    assert found["both_people"] == header.counts["by_both"] == 50
    model, merchant = found["model"], found["merchant"]
    assert model["treated"]["people"] + model["control"]["people"] == 100
    assert merchant["treated"]["people"] + merchant["control"]["people"] == 150
    assert model["absolute_lift"]["value"] == 1
    assert found["orders_per_contact"]["low"] > 0
    assert found["sentence"]["en"].startswith("The model's list brings more for each person written to:")
