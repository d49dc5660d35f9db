"""That nobody is chosen twice: a list has one campaign at a time on a channel."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from zoneinfo import ZoneInfo

from features.errors import HuitouError
from serving.database.marketing.campaigns import NOT_YET, Campaign


def refuse_overlap(campaign: Campaign, others: Sequence[Campaign], timezone: str) -> None:
    """Raise :class:`HuitouError` when one of ``others`` would write to the same people in the same days.

    ``others`` are planned or running, and go out on the campaign's channel; ``timezone`` is that of the shop.
    """
    found = next((other for other in others if _chooses_the_same(campaign, other)), None)
    if found is None:
        return
    listed = campaign.list_id != NOT_YET
    days = " to ".join(_on_the_clock(each, timezone) for each in (found.starts_at, found.ends_at))
    raise HuitouError(
        "a list has one campaign at a time on a channel, or everybody is chosen twice: campaign "
        f"{found.name!r} ({found.campaign_id}) has {'this list' if listed else 'a list by the same request'} by "
        f"{found.channel}, {days} {timezone}. Take other days, another list or a new version of it, or another "
        f"channel; or stop that campaign: huitou campaign stop {found.campaign_id}, or POST "
        f"/v1/campaigns/{found.campaign_id}/stop.",
        code="conflict",
        field="list_id" if listed else "list",
        value=campaign.list_id if listed else None,
    )


def _chooses_the_same(campaign: Campaign, other: Campaign) -> bool:
    if campaign.list_id != NOT_YET:
        overlap = campaign.starts_at < other.ends_at and other.starts_at < campaign.ends_at
        return other.list_id == campaign.list_id and overlap
    # Lists that are frozen at the start are of other people on other days: birthdays come week by week.
    same_moment = other.starts_at == campaign.starts_at
    return same_moment and other.settings.get("list") == campaign.settings["list"]


def _on_the_clock(moment: datetime, timezone: str) -> str:
    return f"{moment.astimezone(ZoneInfo(timezone)):%Y-%m-%d %H:%M}"
