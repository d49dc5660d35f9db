"""Making a campaign from a list, and stopping one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from features.errors import HuitouError
from features.shop_folder import ShopFolder
from serving.campaigns.overlapping import refuse_overlap
from serving.campaigns.request import CampaignRequest
from serving.care.quiet_times import QuietTimes
from serving.care.rules import ContactCare
from serving.database.connection import Database
from serving.database.marketing.campaigns import NOT_YET, Campaign, Campaigns
from serving.database.marketing.lists import FrozenLists
from serving.shown.period import possible_moment

FARTHEST = timedelta(days=730)
"""A campaign starts at most so far ahead."""


def create_campaign(
    shop: ShopFolder,
    database: Database,
    request: CampaignRequest,
    actor: str,
    now: datetime,
    new_id: Callable[[], str],
) -> Campaign:
    """Make a campaign; it starts when its time has come, see :func:`serving.campaigns.starting.DueCampaigns`.

    A start ahead that lies in quiet hours is moved to their end; one that has been is taken as it is said. Raises
    :class:`HuitouError` for a list that is not there or has no control group, a start before the list was made, or
    where another campaign would choose the same people, see :func:`serving.campaigns.overlapping.refuse_overlap`.
    """
    wanted = request.list_request()
    starts_at = _start(shop, request, now)
    if request.list_id is not None:
        _check_list(database, request.list_id, starts_at)
    settings: dict[str, Any] = request.model_dump(
        mode="json", exclude={"name", "list_id", "list", "channel", "starts"}, exclude_none=True
    )
    if wanted is not None:
        _check_control(wanted.control_share)
        settings["list"] = request.list
    if request.starts is not None and starts_at != request.starts:
        settings["asked_start"] = request.starts.astimezone(UTC).isoformat()
    campaign = Campaign(
        campaign_id=new_id(),
        name=request.name,
        list_id=request.list_id or NOT_YET,
        channel=request.channel,
        settings=settings,
        starts_at=starts_at,
        ends_at=end_of(starts_at, request.window_days, shop.settings.timezone),
        made_at=now,
        made_by=actor,
    )
    timezone = shop.settings.timezone
    Campaigns(database).add(campaign, lambda others: refuse_overlap(campaign, others, timezone))
    return campaign


def end_of(starts_at: datetime, window_days: int, timezone: str) -> datetime:
    """The moment, UTC, so many of the shop's days later: at the same hour of its clock, also where that was changed."""
    return (starts_at.astimezone(ZoneInfo(timezone)) + timedelta(days=window_days)).astimezone(UTC)


def stop_campaign(database: Database, campaign_id: str, now: datetime) -> Campaign:
    """Stop a campaign: one that has not started never does, of another nothing more goes out.

    What people do still counts until the planned end: who stops at a figure that they like, or do not, would measure
    their own choice. Raises :class:`HuitouError` when it was stopped or has ended.
    """
    campaigns = Campaigns(database)
    found = campaigns.get(campaign_id)
    if found.stopped_at is not None or now >= found.ends_at:
        how = "it was stopped before" if found.stopped_at is not None else "it has ended"
        raise HuitouError(
            f"campaign {found.name!r} cannot be stopped: {how}.",
            code="conflict",
            field="campaign_id",
            value=campaign_id,
        )
    campaigns.stop(campaign_id, now)
    return replace(found, stopped_at=now)


def _start(shop: ShopFolder, request: CampaignRequest, now: datetime) -> datetime:
    asked = now if request.starts is None else possible_moment("starts", request.starts)
    if asked > now + FARTHEST:
        raise HuitouError(
            f"starts must be within {FARTHEST.days} days; got {asked.isoformat()}.",
            field="starts",
            value=asked.isoformat(),
        )
    if asked < now and request.list_id is not None:
        return asked  # the messages are out; without a list nobody can have been written to yet
    return QuietTimes(ContactCare.in_folder(shop.path), shop.settings.timezone).next_allowed(asked, request.channel)


def _check_list(database: Database, list_id: str, starts_at: datetime) -> None:
    try:
        found = FrozenLists(database).get(list_id)
    except HuitouError as error:
        # The list is a part of what was asked for, not what it was asked of.
        raise HuitouError(error.message, field="list_id", value=list_id) from None
    if starts_at < found.made_at:
        raise HuitouError(
            f"starts must not be before the list was made, on {found.made_at:%Y-%m-%d %H:%M} UTC: whom to leave alone "
            f"was drawn then; got {starts_at.isoformat()}.",
            field="starts",
            value=starts_at.isoformat(),
        )
    members = found.counts.get("members")
    control = found.counts.get("control")
    if members and not control:
        _check_control(0.0)


def _check_control(share: float) -> None:
    if share == 0:
        raise HuitouError(
            "a campaign needs a list with a control group: without one nothing can be said about it. Make the list "
            "with control_share, for example 0.1.",
            field="list",
            value=share,
        )
