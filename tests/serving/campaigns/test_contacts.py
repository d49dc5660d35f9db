"""What became of messages: each row is judged by itself, and arms do not change."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from features.errors import HuitouError
from serving.campaigns.contacts import note_contacts
from serving.database.marketing.campaigns import Campaign
from serving.database.marketing.contact_log import Contact, ContactLog
from serving.database.people.described import Described
from serving.database.people.merged import Merged
from serving.desk.workroom import Workroom
from tests.serving.campaigns.campaign_shop import arms, campaign_room, days, made, made_list
from tests.serving.published_shop import NOW


@pytest.fixture
def room(tmp_path: Path, database_url: str | None) -> Iterator[Workroom]:
    with campaign_room(tmp_path, database_url, 60) as opened:
        yield opened


def noted(room: Workroom, campaign: Campaign, *rows: Any) -> list[tuple[str, str | None]]:
    results = note_contacts(room.database, campaign, rows, days(1))
    return [(result.status, None if result.error is None else result.error.message) for result in results]


def outcome(room: Workroom, campaign: Campaign, customer: str) -> str:
    found = ContactLog(room.database).of_contacts({(customer, campaign.campaign_id)})
    return found[customer, campaign.campaign_id].contact.outcome


def test_outcomes_go_forward(room: Workroom) -> None:
    """Sent, opened, sent again: it stays opened, and the same rows again change nothing."""
    header = made_list(room)
    campaign, (treated, _) = made(room, list_id=header.list_id), arms(room, header)
    rows = [{"customer_id": treated[0], "outcome": "sent"}, {"customer_id": treated[1], "outcome": "opened"}]
    assert noted(room, campaign, *rows) == [("noted", None), ("noted", None)]
    assert noted(room, campaign, *rows) == [("unchanged", None), ("unchanged", None)]
    assert noted(room, campaign, {"customer_id": treated[1], "outcome": "sent"}) == [("unchanged", None)]
    assert outcome(room, campaign, treated[1]) == "opened"


def test_who_unsubscribes_is_not_written_to_again(room: Workroom) -> None:
    """The channel's consent is taken back."""
    header = made_list(room)
    campaign, (treated, _) = made(room, list_id=header.list_id), arms(room, header)
    noted(room, campaign, {"customer_id": treated[0], "outcome": "unsubscribed"})
    assert treated[0] in Described(room.database).refused("consent_email")


def test_control_written_to_by_mistake_stays_control(room: Workroom) -> None:
    """It is noted as that, and the arm does not change."""
    header = made_list(room)
    campaign, (_, control) = made(room, list_id=header.list_id), arms(room, header)
    assert noted(room, campaign, {"customer_id": control[0], "outcome": "sent"}) == [("noted_in_control", None)]
    found = ContactLog(room.database).of_contacts({(control[0], campaign.campaign_id)})
    assert found[control[0], campaign.campaign_id].contact.arm == "control"


def test_wrong_rows_do_not_hold_up_the_others(room: Workroom) -> None:
    """Each says what is wrong with it, and the right one is noted."""
    header = made_list(room)
    campaign, (treated, control) = made(room, list_id=header.list_id), arms(room, header)
    found = noted(
        room,
        campaign,
        {"customer_id": "stranger", "outcome": "sent"},
        {"customer_id": treated[0], "outcome": "lost in the post"},
        {"customer_id": treated[0], "outcome": "sent", "campaign_id": "another"},
        {"customer_id": control[0], "outcome": "sent", "arm": "treatment"},
        {"customer_id": treated[0], "outcome": "sent", "arm": "third"},
        {"customer_id": treated[0], "outcome": "sent", "mood": "good"},
        {"customer_id": 7, "outcome": "sent"},
        "c00001",
        {"customer_id": treated[0], "outcome": "sent", "arm": "treatment", "campaign_id": campaign.campaign_id},
    )
    assert [status for status, _ in found] == ["rejected"] * 8 + ["noted"]
    assert [message for _, message in found[:-1]] == [
        "this customer is not on the list of this campaign.",
        "outcome must be one of sent, delivered, opened, clicked, bounced, unsubscribed; got 'lost in the post'.",
        f"campaign_id must be that of this campaign, {campaign.campaign_id}; got 'another'.",
        "this customer is in the arm control, not treated.",
        "arm must be one of treated, control; got 'third'.",
        "mood is not a field of a contact. The fields are customer_id, outcome, campaign_id, arm.",
        "customer_id must be text of 1 to 256 characters.",
        "a contact must be an object with customer_id and outcome.",
    ]


def test_a_visitor_may_be_told_under_either_name(room: Workroom) -> None:
    """Who is on the list under the customer's id is found by the visitor's as well."""
    header = made_list(room)
    campaign, (treated, _) = made(room, list_id=header.list_id), arms(room, header)
    Merged(room.database).join("v9", treated[0], NOW)
    assert noted(room, campaign, {"customer_id": "visitor:v9", "outcome": "sent"}) == [("noted", None)]
    assert outcome(room, campaign, treated[0]) == "sent"


def test_a_customer_may_be_on_the_list_as_the_visitor_they_were(room: Workroom) -> None:
    """Who was chosen as a visitor is found by the customer's id."""
    campaign = made(room, list_id=made_list(room).list_id)
    visitor = Contact(campaign.campaign_id, "visitor:v9", campaign.starts_at, campaign.campaign_id, "app")
    ContactLog(room.database).append([visitor], NOW)
    Merged(room.database).join("v9", "c99999", NOW)
    assert noted(room, campaign, {"customer_id": "c99999", "outcome": "sent"}) == [("noted", None)]
    assert outcome(room, campaign, "visitor:v9") == "sent"


def test_before_the_start_nobody_was_written_to(room: Workroom) -> None:
    """It is said when it starts."""
    campaign = made(room, list_id=made_list(room).list_id, starts="2025-03-05T12:00:00Z")
    with pytest.raises(HuitouError, match="has not started, so nobody was written to; it starts at 2025-03-05"):
        noted(room, campaign, {"customer_id": "c00001", "outcome": "sent"})
