"""What is done with campaigns at somebody's request, and written down: the command line and the service do the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from features.errors import HuitouError
from serving.campaigns.contacts import ContactResult, note_contacts
from serving.campaigns.creating import create_campaign, stop_campaign
from serving.campaigns.request import CampaignRequest
from serving.campaigns.starting import start_campaign
from serving.campaigns.told import told_campaign
from serving.database.access.audit import Audit
from serving.database.marketing.campaigns import Campaigns
from serving.desk.workroom import Workroom


def create(room: Workroom, said: Mapping[str, Any], actor: str, campaign_id: str) -> dict[str, Any]:
    """Make a campaign, start it when its time has come, and write down who did; raises as :func:`create_campaign`.

    Where it cannot start at once the mover goes on trying, and the campaign says why.
    """
    request, now = CampaignRequest.read(said), room.clock()
    made = create_campaign(room.shop, room.database, request, actor, now, lambda: campaign_id)
    details = {"name": made.name, "list_id": made.list_id, "channel": made.channel}
    Audit(room.database).add(actor, "campaign.make", made.campaign_id, details, now)
    try:
        start_campaign(room, made.campaign_id)
    except HuitouError as error:
        if error.code != "busy":
            Campaigns(room.database).cannot_start(made.campaign_id, error.message)
    return told_campaign(Campaigns(room.database).get(made.campaign_id), now)


def stop(room: Workroom, campaign_id: str, actor: str) -> dict[str, Any]:
    """Stop a campaign, and write down who did; raises as :func:`stop_campaign`."""
    now = room.clock()
    stopped = stop_campaign(room.database, campaign_id, now)
    Audit(room.database).add(actor, "campaign.stop", campaign_id, {"name": stopped.name}, now)
    return told_campaign(stopped, now)


def contacts(room: Workroom, campaign_id: str, rows: Sequence[Any], actor: str) -> list[ContactResult]:
    """Note what became of messages, and write down who told; raises as :func:`note_contacts`."""
    now = room.clock()
    results = note_contacts(room.database, Campaigns(room.database).get(campaign_id), rows, now)
    noted = sum(result.error is None for result in results)
    Audit(room.database).add(actor, "campaign.contacts", campaign_id, {"rows": len(rows), "taken": noted}, now)
    return results
