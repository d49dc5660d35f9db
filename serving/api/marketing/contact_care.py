"""``/v1/contact-care``: the rules by which people are written to."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field

from features.channels import CHANNEL_NAMES, CHANNELS
from serving.api.parsing import StrictRoute
from serving.api.service import Language, TheService
from serving.care.quiet_times import QuietTimes
from serving.care.rules import CARE_FILE, Cap, ContactCare
from serving.care.sentences import sentences

router = APIRouter(prefix="/v1", tags=["contact care"], route_class=StrictRoute)

_EXAMPLE: dict[str, Any] = {
    "built_in": True,
    "timezone": "Asia/Shanghai",
    "sentences": ["On all channels together: at most 6 messages to one person within 30 days."],
    "least_days": 2.0,
    "caps": [{"most": 6, "within_days": 30}],
    "channels": [
        {
            "channel": "email",
            "name": "E-mail",
            "consent": "opt_out",
            "needs_address": True,
            "caps": [{"most": 3, "within_days": 7}],
            "next_allowed_at": "2025-03-01T12:00:00Z",
        }
    ],
}


class ChannelRules(BaseModel):
    """How one channel is used."""

    channel: str
    name: str = Field(description="Its name in the language of the answer.")
    consent: str = Field(description="opt_in: who agreed; opt_out: who has not refused.")
    needs_address: bool = Field(description="Whether somebody without an address is left out.")
    caps: list[Cap] = Field(description="Messages to one person on this channel.")
    next_allowed_at: datetime = Field(description="When a message may go out next; now where it may.")


class ContactCareAnswer(BaseModel):
    """The rules in force."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    built_in: bool = Field(description="Whether the shop has written no contact_care.json of its own.")
    timezone: str = Field(description="The time zone of quiet hours and days.")
    sentences: list[str] = Field(description="All rules in words.")
    least_days: float = Field(description="Days between two messages to one person.")
    caps: list[Cap] = Field(description="Messages to one person on all channels together.")
    channels: list[ChannelRules]


@router.get("/contact-care", summary="How people are written to")
def get_contact_care(service: TheService, language: Language) -> ContactCareAnswer:
    """Consent, caps and quiet times in force, in words and in numbers."""
    rules, zone = ContactCare.in_folder(service.shop.path), service.shop.settings.timezone
    quiet, now = QuietTimes(rules, zone), service.clock()
    channels = [
        ChannelRules(
            channel=channel,
            name=CHANNEL_NAMES[channel][language],
            consent=rules.of_channel(channel).consent,
            needs_address=rules.of_channel(channel).needs_address,
            caps=rules.of_channel(channel).caps,
            next_allowed_at=quiet.next_allowed(now, channel),
        )
        for channel in CHANNELS
    ]
    return ContactCareAnswer(
        built_in=not (service.shop.path / CARE_FILE).exists(),
        timezone=zone,
        sentences=[chinese if language == "zh" else english for english, chinese in sentences(rules)],
        least_days=rules.least_days,
        caps=rules.caps,
        channels=channels,
    )
