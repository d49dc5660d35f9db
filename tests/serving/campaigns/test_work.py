"""What is done with campaigns is written down, whoever does it."""

from __future__ import annotations

from pathlib import Path

from serving.campaigns.work import contacts, create, stop
from serving.database.access.audit import Audit
from tests.serving.campaigns.campaign_shop import arms, campaign_room, made_list


def test_every_act_is_in_the_audit_log(tmp_path: Path) -> None:
    """Made, started, told of contacts, stopped; with numbers, and without anybody's id."""
    with campaign_room(tmp_path, None, 40) as room:
        header = made_list(room)
        said = {"name": "spring", "list_id": header.list_id, "channel": "email"}
        assert create(room, said, "k1", "c1")["state"] == "running"
        who = arms(room, header)[0][0]
        rows = [{"customer_id": who, "outcome": "sent"}, {"customer_id": "nobody", "outcome": "sent"}]
        assert [result.status for result in contacts(room, "c1", rows, "k2")] == ["noted", "rejected"]
        stop(room, "c1", "k3")
        acts = Audit(room.database).newest(10)
    told = [(entry.act, entry.actor, entry.subject) for entry in reversed(acts) if entry.act.startswith("campaign.")]
    assert told == [
        ("campaign.make", "k1", "c1"),
        ("campaign.start", "k1", "c1"),
        ("campaign.contacts", "k2", "c1"),
        ("campaign.stop", "k3", "c1"),
    ]
    assert all(who not in str(entry.details) for entry in acts)
    assert [entry.details for entry in acts if entry.act == "campaign.contacts"] == [{"rows": 2, "taken": 1}]


def test_a_campaign_that_cannot_start_is_made_and_says_why(tmp_path: Path) -> None:
    """The list is empty today; the mover goes on trying."""
    with campaign_room(tmp_path, None, 10) as room:
        said = {
            "name": "x",
            "list": {"name": "nobody", "filter": {"field": "layer", "is": "visitor"}},
            "channel": "email",
        }
        made = create(room, said, "k1", "c1")
    assert made["state"] == "starting"
    assert made["trouble"]
