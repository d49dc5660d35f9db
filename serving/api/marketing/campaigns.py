"""``/v1/campaigns``: make campaigns, tell what became of their messages, and see what they brought."""

from __future__ import annotations

from collections import Counter
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import AwareDatetime

from features.channels import CHANNELS
from features.findings import plain
from serving.api.marketing.campaign_answers import (
    CampaignBody,
    CampaignList,
    ContactAnswer,
    ContactsAnswer,
    ContactsBody,
    PlannedCampaigns,
    StopBody,
    ToldCampaign,
)
from serving.api.marketing.campaign_results import CampaignResults, HoldoutResults, PoolResults
from serving.api.marketing.marketer import Marketer
from serving.api.parsing import StrictRoute
from serving.api.rows import RowError
from serving.api.service import PathId, TheService
from serving.campaigns.contacts import CONTAMINATED, NOTED, REJECTED, UNCHANGED, ContactResult
from serving.campaigns.holdout_results import holdout_results
from serving.campaigns.planned import MOST_DAYS, OCCASIONS, USUAL_DAYS, USUAL_HOUR, PlanAsked, planned
from serving.campaigns.pools import pool_results
from serving.campaigns.results import campaign_results
from serving.campaigns.told import told_campaign
from serving.campaigns.work import contacts, create, stop
from serving.database.marketing.campaigns import Campaigns

router = APIRouter(prefix="/v1", tags=["campaigns"], route_class=StrictRoute)

Count = Annotated[int, Query(ge=1, le=1_000, description="How many.")]
Offset = Annotated[int, Query(ge=0, le=10_000_000, description="How many are passed over.")]
Occasion = Annotated[
    list[Literal[OCCASIONS]] | None,  # type: ignore[valid-type]
    Query(max_length=len(OCCASIONS), description="For what; all of them where it is left out."),
]


@router.post("/campaigns", summary="Make a campaign")
def post_campaign(body: CampaignBody, service: TheService, marketer: Marketer) -> ToldCampaign:
    """Make a campaign to a frozen list, or to one that is frozen when it starts.

    It starts at once or at ``starts``, in quiet hours when they end. At the start everybody on the list, both groups,
    is noted as chosen by it. A list has one campaign at a time on a channel: a second one in the same days is refused.
    """
    said = body.model_dump(mode="json", exclude_unset=True)
    made = service.desk.ask(create, said, marketer.key_id, service.new_id())
    return ToldCampaign.model_validate(made)


@router.get("/campaigns", summary="Campaigns")
def get_campaigns(service: TheService, n: Count = 100, offset: Offset = 0) -> CampaignList:
    """All campaigns, those that start last first."""
    campaigns, now = Campaigns(service.database), service.clock()
    found = [told_campaign(each, now) for each in campaigns.newest(n, offset)]
    return CampaignList.model_validate({"total": campaigns.count(), "campaigns": found})


@router.get("/campaigns/planned", summary="Campaigns that the calendar suggests")
def get_planned(
    service: TheService,
    channel: Annotated[Literal[CHANNELS], Query(description="How people are to be written to.")],  # type: ignore[valid-type]
    days: Annotated[int, Query(ge=1, le=MOST_DAYS, description="How many days ahead.")] = USUAL_DAYS,
    hour: Annotated[int, Query(ge=0, le=23, description="Hour of the shop's day at which they start.")] = USUAL_HOUR,
    occasion: Occasion = None,
) -> PlannedCampaigns:
    """Before sales (7, 3 and 1 days), on holidays, at the start of seasons, and for the birthdays of each week.

    Each comes with the body that makes it: then its list is frozen when it starts.
    """
    found = service.desk.ask(planned, PlanAsked(channel, days, hour, tuple(occasion or OCCASIONS)))
    return PlannedCampaigns.model_validate({"campaigns": found})


@router.get("/campaigns/pools/{id:path}/results", summary="What repeated campaigns brought")
def get_pool_results(name: PathId, service: TheService) -> PoolResults:
    """The campaigns of a pool that have ended, together: what they brought, and whether they differ."""
    return PoolResults.model_validate(service.desk.ask(pool_results, name))


@router.post("/campaigns/{id:path}/contacts", summary="Tell what became of messages")
def post_contacts(campaign_id: PathId, body: ContactsBody, service: TheService, marketer: Marketer) -> ContactsAnswer:
    """Up to 1,000 rows, each judged by itself: sent, delivered, opened, clicked, bounced or unsubscribed.

    An outcome only goes forward, and the same rows again change nothing. Who unsubscribes is not written to on that
    channel any more.
    """
    results = service.desk.ask(contacts, campaign_id, body.contacts, marketer.key_id)
    counts = Counter(result.status for result in results)
    return ContactsAnswer(
        noted=counts[NOTED],
        unchanged=counts[UNCHANGED],
        noted_in_control=counts[CONTAMINATED],
        rejected=counts[REJECTED],
        results=[_row(number, result) for number, result in enumerate(results, start=1)],
    )


@router.post("/campaigns/{id:path}/stop", summary="Stop a campaign")
def post_stop(campaign_id: PathId, _: StopBody, service: TheService, marketer: Marketer) -> ToldCampaign:
    """One that has not started never does; of another nothing more goes out.

    What people do counts until the planned end all the same, so that nobody ends a campaign at a figure they like.
    """
    return ToldCampaign.model_validate(service.desk.ask(stop, campaign_id, marketer.key_id))


@router.get("/campaigns/{id:path}/results", summary="What a campaign brought")
def get_results(campaign_id: PathId, service: TheService) -> CampaignResults:
    """Everything by intention to treat, with 95 % intervals; a verdict once the campaign has ended."""
    return CampaignResults.model_validate(service.desk.ask(campaign_results, campaign_id))


@router.get("/campaigns/{id:path}", summary="One campaign")
def get_campaign(campaign_id: PathId, service: TheService) -> ToldCampaign:
    """To whom, how and when, and where it stands."""
    found = Campaigns(service.database).get(campaign_id)
    return ToldCampaign.model_validate(told_campaign(found, service.clock()))


@router.get("/results/holdout", summary="What all campaigns together brought")
def get_holdout_results(
    service: TheService,
    since: Annotated[
        AwareDatetime | None, Query(description="From when on; else since the share that is held out was set.")
    ] = None,
) -> HoldoutResults:
    """Everybody against those who are held out of all campaigns; a verdict after each whole four weeks."""
    return HoldoutResults.model_validate(service.desk.ask(holdout_results, since))


def _row(number: int, result: ContactResult) -> ContactAnswer:
    error: Any = None
    if result.error is not None:
        said = result.error.as_dict()
        error = RowError.model_validate(said | {"value": plain(said["value"])})
    return ContactAnswer.model_validate({"row": number, "status": result.status, "error": error})
