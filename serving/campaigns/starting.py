"""Starting campaigns whose time has come: everybody on the list, both arms, comes into the log of contacts."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from features.errors import HuitouError
from features.writer_lock import writer_lock
from serving.campaigns.creating import end_of
from serving.care.quiet_times import QuietTimes
from serving.care.rules import ContactCare
from serving.database.access.audit import Audit
from serving.database.marketing.campaigns import NOT_YET, Campaign, Campaigns
from serving.database.marketing.contact_log import Contact, ContactLog
from serving.database.marketing.lists import FrozenLists
from serving.desk.workroom import Workroom
from serving.lists.request import ListRequest

ARMS = {"treatment": "treated", "control": "control"}
"""The arm of each group of a list."""

LATE = timedelta(minutes=15)
"""So much later than planned a list may be frozen without the campaign moving."""

LOCK = ".campaigns.lock"
"""Who makes the list of a campaign holds this file of the shop's folder: two would make two lists."""

NOT_BEFORE = timedelta(hours=1)
"""What could not start is not tried again sooner."""


class DueCampaigns:
    """Starts campaigns whose time has come; what was half done before is completed."""

    def __init__(self, room: Workroom) -> None:
        self._room = room
        self._failed: dict[str, datetime] = {}

    def start(self) -> None:
        """Start every campaign that is due.

        What cannot start is noted with the campaign and tried again after a while, until its end. Raises
        :class:`HuitouError` with the first trouble after all were tried.
        """
        now = self._room.clock()
        due = [each for each in Campaigns(self._room.database).due(now) if self._is_time(each.campaign_id, now)]
        troubles = [trouble for each in due if (trouble := self._tried(each, now))]
        if troubles:
            raise troubles[0]

    def _is_time(self, campaign_id: str, now: datetime) -> bool:
        failed_at = self._failed.get(campaign_id)
        return failed_at is None or now >= failed_at + NOT_BEFORE

    def _tried(self, due: Campaign, now: datetime) -> HuitouError | None:
        """Start one campaign; the trouble where that is not possible."""
        try:
            start_campaign(self._room, due.campaign_id)
        except HuitouError as error:
            if error.code == "busy":
                return error  # another process writes: tried again in the next round
            self._failed[due.campaign_id] = now
            Campaigns(self._room.database).cannot_start(due.campaign_id, error.message)
            return HuitouError(f"the campaign {due.name!r} could not start: {error.message}", code=error.code)
        return None


def start_campaign(room: Workroom, campaign_id: str) -> int:
    """Start one campaign if its time has come, and return how many contacts were new; done again it changes nothing.

    Raises :class:`HuitouError` (``busy``) while another process makes a list for one.
    """
    campaigns = Campaigns(room.database)
    found = campaigns.get(campaign_id)
    if found.started_at is not None or found.stopped_at is not None or room.clock() < found.starts_at:
        return 0
    ready = found if found.list_id != NOT_YET else _with_list(room, campaign_id)
    if ready is None:
        return 0
    log, new = ContactLog(room.database), 0
    for contacts in _contacts(room, ready):
        new += log.append(contacts, room.clock())
    if campaigns.start(campaign_id, room.clock()):
        Audit(room.database).add(ready.made_by, "campaign.start", campaign_id, {"contacts": new}, room.clock())
    return new


def _with_list(room: Workroom, campaign_id: str) -> Campaign | None:
    """The campaign with its list, which is frozen now; None where it is not to start, or was stopped meanwhile."""
    campaigns = Campaigns(room.database)
    with writer_lock(room.shop.path / LOCK, briefly=False) as held:
        if not held:
            raise HuitouError(
                "another process is making the list of a campaign. Wait until it has finished.",
                code="busy",
                field="campaign_id",
                value=campaign_id,
            )
        campaign = campaigns.get(campaign_id)  # Somebody else may have held the lock until now.
        if campaign.list_id == NOT_YET and _is_to_start(room, campaign):
            from serving.lists.frozen.freeze import freeze

            request = ListRequest.read({"channel": campaign.channel, **campaign.settings["list"]})
            campaigns.freeze(campaign_id, freeze(room, request, campaign.made_by).list_id)
        found = campaigns.get(campaign_id)
    return None if found.list_id == NOT_YET or found.is_cancelled else found


def _is_to_start(room: Workroom, campaign: Campaign) -> bool:
    """Whether a campaign without a list starts now.

    Where now is much later than its start it starts now, and its end moves as well: what people did before anybody was
    drawn is no effect. Where that falls into quiet hours it starts when they end.
    """
    now = room.clock()
    if now > campaign.starts_at + LATE:
        starts_at = QuietTimes(ContactCare.in_folder(room.shop.path), room.shop.settings.timezone).next_allowed(
            now, campaign.channel
        )
        ends_at = end_of(starts_at, campaign.settings["window_days"], room.shop.settings.timezone)
        Campaigns(room.database).move(campaign.campaign_id, starts_at, ends_at)
        return starts_at <= now
    return True


def _contacts(room: Workroom, campaign: Campaign) -> Iterator[list[Contact]]:
    from serving.lists.frozen.member_file import member_batches

    frozen = FrozenLists(room.database).get(campaign.list_id)
    for rows in member_batches(room.shop, frozen, ["customer_id", "group"]):
        people = zip(rows["customer_id"].to_pylist(), rows["group"].to_pylist(), strict=True)
        yield [
            Contact(
                contact_id=campaign.campaign_id,
                customer_id=customer,
                contacted_at=campaign.starts_at,
                campaign_id=campaign.campaign_id,
                channel=campaign.channel,
                arm=ARMS[group],
            )
            for customer, group in people
        ]
