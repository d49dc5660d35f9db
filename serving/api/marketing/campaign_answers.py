"""What the API tells of campaigns, beside their results."""

from __future__ import annotations

from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from serving.api.rows import RowError
from serving.campaigns.contacts import REPORTED
from serving.campaigns.request import CampaignRequest

MOST_CONTACTS = 1_000
"""So many rows one request can tell of."""

EXAMPLE_CAMPAIGN: dict[str, Any] = {
    "campaign_id": "9b2f0c7c1fb1a14d0d9c2f6a4f7e1d2b",
    "name": "open carts in March",
    "list_id": "5f0c7c1fb1a14d0d9c2f6a4f7e1d2b3c",
    "channel": "email",
    "state": "ended",
    "starts": "2025-03-01T09:00:00Z",
    "ends": "2025-03-15T09:00:00Z",
    "asked_start": None,
    "made_at": "2025-03-01T08:30:00Z",
    "made_by": "k3j9",
    "stopped_at": None,
    "trouble": None,
    "pool": "open carts",
    "settings": {"window_days": 14, "cost_per_contact": 0.05, "outcome": "conversion", "lift_worth_knowing": 0.2},
}


class CampaignBody(CampaignRequest):
    """One campaign: to the list ``list_id``, or to a list that is frozen when it starts."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "name": "open carts in March",
                    "list_id": "5f0c7c1fb1a14d0d9c2f6a4f7e1d2b3c",
                    "channel": "email",
                    "cost_per_contact": 0.05,
                    "pool": "open carts",
                },
                {
                    "name": "Double 11 2025, 3 days before",
                    "list": {"name": "double_11, 3 days before", "template": "open-favorite"},
                    "channel": "email",
                    "starts": "2025-11-07T10:00:00+08:00",
                    "promotion": "double_11",
                },
            ]
        }
    )


class Words(BaseModel):
    """The same in English and in Simplified Chinese."""

    en: str
    zh: str


class ToldCampaign(BaseModel):
    """A campaign and where it stands."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_CAMPAIGN]})

    campaign_id: str
    name: str
    list_id: str | None = Field(description="Its list; null until the list is frozen, when the campaign starts.")
    channel: str
    state: Literal["planned", "starting", "running", "ended", "cancelled"]
    starts: datetime = Field(description="What people do counts from here on.")
    ends: datetime = Field(description="What they do before this moment counts; then the verdict is given.")
    asked_start: datetime | None = Field(description="The start that was asked for, where quiet hours moved it.")
    made_at: datetime
    made_by: str = Field(description="The id of a key, or: command line.")
    stopped_at: datetime | None = Field(description="Since when nothing more goes out.")
    trouble: str | None = Field(description="Why it could not start yet.")
    pool: str | None = Field(description="Campaigns with the same word are told together as well.")
    settings: dict[str, Any] = Field(description="Costs, promotion, what is asked of it, and the request of its list.")


class CampaignList(BaseModel):
    """Campaigns, those that start last first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"total": 1, "campaigns": [EXAMPLE_CAMPAIGN]}]})

    total: int
    campaigns: list[ToldCampaign]


class ContactRow(BaseModel):
    """What became of one message; rows are judged one by one."""

    customer_id: str
    outcome: Literal[REPORTED]  # type: ignore[valid-type]
    campaign_id: str | None = Field(None, description="Checked where it is there.")
    arm: str | None = Field(None, description="treated or control; checked where it is there.")


class ContactsBody(BaseModel):
    """What became of the messages of a campaign."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"contacts": [{"customer_id": "c-1024", "outcome": "delivered"}]}]},
    )

    contacts: Annotated[
        list[Any],
        Field(
            max_length=MOST_CONTACTS,
            description="Objects with customer_id and outcome, and campaign_id and arm to be checked.",
        ),
    ]


class ContactAnswer(BaseModel):
    """What became of one row."""

    row: int = Field(description="Its place in the request, from 1.")
    status: Literal["noted", "unchanged", "noted_in_control", "rejected"] = Field(
        description="noted_in_control: should have been left alone, and stays in the control group."
    )
    error: RowError | None = None


class ContactsAnswer(BaseModel):
    """What became of the rows."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "noted": 1,
                    "unchanged": 0,
                    "noted_in_control": 0,
                    "rejected": 0,
                    "results": [{"row": 1, "status": "noted", "error": None}],
                }
            ]
        }
    )

    noted: int
    unchanged: int
    noted_in_control: int
    rejected: int
    results: list[ContactAnswer]


class StopBody(BaseModel):
    """Nothing: an empty object."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{}]})


class PlannedBody(BaseModel):
    """The body by which ``POST /v1/campaigns`` makes a planned campaign."""

    name: str
    list: dict[str, Any]
    channel: str
    starts: datetime
    pool: str
    promotion: str | None = None


class PlannedCampaign(BaseModel):
    """A campaign that the calendar suggests."""

    occasion: Literal["sale", "holiday", "season", "birthday"]
    key: str
    names: Words
    first_day: date = Field(description="When the occasion begins.")
    days_before: int = Field(description="How many days before that it starts.")
    starts: datetime = Field(description="When it starts; in quiet hours it is moved to their end.")
    campaign: PlannedBody


class PlannedCampaigns(BaseModel):
    """Campaigns ahead, the next first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "campaigns": [
                        {
                            "occasion": "sale",
                            "key": "double_11",
                            "names": {"en": "Double 11", "zh": "双十一"},
                            "first_day": "2025-11-10",
                            "days_before": 3,
                            "starts": "2025-11-07T02:00:00Z",
                            "campaign": {
                                "name": "Double 11 2025, 3 days before",
                                "list": {"name": "double_11, 3 days before", "template": "open-favorite"},
                                "channel": "email",
                                "starts": "2025-11-07T02:00:00Z",
                                "promotion": "double_11",
                                "pool": "sale, 3 days before",
                            },
                        }
                    ]
                }
            ]
        }
    )

    campaigns: list[PlannedCampaign]
