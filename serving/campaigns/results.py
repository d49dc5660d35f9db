"""What a campaign brought, from the people of its list and what they bought."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from math import ceil
from typing import TYPE_CHECKING, Any

from features.errors import HuitouError
from serving.campaigns.people import Behaved, CampaignPeople, Told, behaved, campaign_people, told_contacts
from serving.campaigns.told import (
    note,
    told_campaign,
    told_curve,
    told_effects,
    told_layers,
    told_selections,
    told_verdict,
)
from serving.database.marketing.campaigns import Campaign, Campaigns
from serving.desk.workroom import Workroom

if TYPE_CHECKING:  # What computes is loaded in the process that computes.
    from training.campaigns.question import Question

_DAY = timedelta(days=1)


@dataclass(frozen=True)
class Measured:
    """A campaign with its people and what they did until a moment."""

    campaign: Campaign
    """The campaign."""
    people: CampaignPeople
    """Who is compared."""
    behaved: Behaved
    """What they did."""
    told: Told
    """What became of the messages."""
    until: datetime
    """What happened before this moment counts."""
    cost: float
    """What it cost."""

    @property
    def has_ended(self) -> bool:
        """Whether everything that counts has happened."""
        return self.until >= self.campaign.ends_at


def measured(room: Workroom, campaign: Campaign) -> Measured:
    """A campaign measured as it stands now; raises :class:`HuitouError` for one that never started or is to come."""
    now = room.clock()
    _check_begun(campaign, now)
    people, told = campaign_people(room, campaign), told_contacts(room, campaign.campaign_id)
    until = min(now, campaign.ends_at)
    share = campaign.settings.get("margin_share", room.shop.settings.order_margin)
    did = behaved(room, people, told.unsubscribed, campaign.starts_at, until, float(share))
    return Measured(campaign, people, did, told, until, _cost(room, campaign, people))


def campaign_results(room: Workroom, campaign_id: str) -> dict[str, Any]:
    """Everything about one campaign as plain values; a verdict only when it has ended.

    Raises :class:`HuitouError` for an unknown campaign, one that is to come, was cancelled or never started.
    """
    from training.campaigns.daily_curve import daily_curve
    from training.campaigns.effects import effects_of
    from training.campaigns.layers import layer_effects
    from training.campaigns.selections import model_against_merchant
    from training.campaigns.verdict import verdict_of

    found = measured(room, Campaigns(room.database).get(campaign_id))
    people, outcomes = found.people, found.behaved.outcomes
    effects = effects_of(outcomes, found.cost)
    days = max(ceil((found.until - found.campaign.starts_at) / _DAY), 1)
    curve = daily_curve(people.treated, found.behaved.first_order_day, days)
    selections = model_against_merchant(outcomes, people.by_model, people.by_merchant, ended=found.has_ended)
    return {
        "campaign": told_campaign(found.campaign, room.clock()),
        "until": found.until.isoformat(),
        "interim": not found.has_ended,
        "verdict": told_verdict(verdict_of(effects, question_of(found.campaign), ended=found.has_ended)),
        "effects": told_effects(effects),
        "daily_curve": told_curve(curve),
        "layers": told_layers(layer_effects(outcomes, people.layer, people.layers)),
        "model_against_merchant": told_selections(selections),
        "contacts": _told_contacts(found),
        "notes": [dict(each) for each in _notes(found, by_stratum=effects.by_stratum)],
    }


def question_of(campaign: Campaign) -> Question:
    """What was asked before the campaign."""
    from training.campaigns.question import Question

    return Question(campaign.settings["outcome"], campaign.settings["lift_worth_knowing"])


def _check_begun(campaign: Campaign, now: datetime) -> None:
    if campaign.is_cancelled:
        raise HuitouError(
            f"campaign {campaign.name!r} was stopped before it started: there is nothing to measure.",
            code="conflict",
            field="campaign_id",
            value=campaign.campaign_id,
        )
    if campaign.never_started(now):
        raise HuitouError(
            f"campaign {campaign.name!r} never started, so nobody was written to"
            + (f": {campaign.trouble}" if campaign.trouble else "."),
            code="conflict",
            field="campaign_id",
            value=campaign.campaign_id,
        )
    if now <= campaign.starts_at:
        raise HuitouError(
            f"campaign {campaign.name!r} starts at {campaign.starts_at.isoformat()}: there is nothing to measure yet.",
            code="conflict",
            field="campaign_id",
            value=campaign.campaign_id,
        )


def _cost(room: Workroom, campaign: Campaign, people: CampaignPeople) -> float:
    """What a campaign cost; everybody who was to be written to counts, as in all its figures."""
    each = campaign.settings.get("cost_per_contact", room.shop.settings.contact_cost)
    return float(each) * int(people.treated.sum()) + float(campaign.settings.get("fixed_cost", 0.0))


def _told_contacts(found: Measured) -> dict[str, Any]:
    return {
        "outcomes": dict(found.told.outcomes),
        "written_to": found.told.written_to,
        "control_written_to": found.told.contaminated,
        "deleted_treated": found.people.left[0],
        "deleted_control": found.people.left[1],
    }


def _notes(found: Measured, *, by_stratum: bool) -> list[Mapping[str, str]]:
    """What must be known before the figures are believed."""
    said = []
    if found.told.contaminated:
        said.append(
            note(
                f"{found.told.contaminated:,} people of the control group were written to by mistake. They stay in the "
                "control group, which makes the effect look smaller than it is.",
                f"对照组中有{found.told.contaminated:,}人被误触达。他们仍计入对照组，因此所见效果偏小。",
            )
        )
    if sum(found.people.left):
        said.append(
            note(
                f"{found.people.left[0]:,} of those written to and {found.people.left[1]:,} of the control group were "
                "deleted, or turned out to be one person, since the list was made: they count in neither arm.",
                f"名单生成后，触达组有{found.people.left[0]:,}人、对照组有{found.people.left[1]:,}人被删除或被识别为同一人，"
                "两组均不计入。",
            )
        )
    if by_stratum:
        said.append(
            note(
                "The strata of this list have other shares of control: people are compared within strata, so lifts are "
                "not plainly the difference of the two rates.",
                "该名单各分层的对照比例不同：比较在各层内进行，因此提升并非两组比率的简单相减。",
            )
        )
    if found.campaign.stopped_at is not None:
        said.append(
            note(
                "The campaign was stopped; what people do counts until its planned end all the same.",
                "活动已停止；顾客行为仍计算至原定结束时间。",
            )
        )
    return said
