"""What is told of an audience before anybody is written to."""

from __future__ import annotations

from dataclasses import asdict
from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from serving.api.marketing.audience_answers import Title
from serving.audiences.previewing.power import Power
from serving.audiences.previewing.preview import Preview

_PREVIEW: dict[str, Any] = {
    "model_version": "3",
    "as_of": "2025-03-01T00:00:00Z",
    "today": "2025-03-01",
    "customers": 20_000,
    "count": 1_840,
    "share": 0.092,
    "layers": {"active": 1_200, "high_win_back": 640},
    "reachable": 1_310,
    "reachable_rate": 0.712,
    "excluded": {"not_contactable": 310, "capped": 220},
    "overlaps": [{"name": "open-cart", "people": 900, "both": 120, "overlap_rate": 0.0652}],
    "expected": {
        "horizon_days": 91,
        "orders_without_contact": 210.4,
        "orders_with_contact": 265.4,
        "extra_orders": 55.0,
        "cost": 1_310.0,
        "value": 880.5,
        "by": "contact_success_rate",
    },
    "power": {
        "people": 1_310,
        "control_share": 0.1,
        "control_rate": 0.1606,
        "smallest_lift": 0.61,
        "needed_people": 11_400,
        "sentence": {
            "en": "a campaign to them would show a lift of 61% or more; to see one of 20% takes 11,400 people",
            "zh": "对这些人的活动可看出61%及以上的提升；要看出20%的提升需要11,400人",
        },
    },
}


class OverlapAnswer(BaseModel):
    """What the audience has in common with other people."""

    name: str = Field(description="The list, audience or template; filter for a filter.")
    people: int = Field(description="How many the others are, as far as the snapshot knows them.")
    both: int
    overlap_rate: float | None = Field(description="The share of the audience that is in both.")


class ExpectedAnswer(BaseModel):
    """Expected orders and money if everybody is written to who may be; money in the shop's currency."""

    horizon_days: int
    orders_without_contact: float = Field(description="People who would order anyway within the horizon.")
    orders_with_contact: float = Field(description="People who would order if written to.")
    extra_orders: float
    cost: float = Field(description="contact_cost of shop.json for each person.")
    value: float | None = Field(description="What the extra orders earn, less the cost; null where no price is known.")
    by: str = Field(description="Where the effect comes from: uplift, or contact_success_rate of shop.json.")


class PowerAnswer(BaseModel):
    """Whether a campaign to these people could show its effect."""

    people: int = Field(description="Both arms together.")
    control_share: float
    control_rate: float = Field(description="The share that would order anyway.")
    smallest_lift: float | None = Field(description="The smallest relative lift seen four times of five; null: none.")
    needed_people: int = Field(description="So many people show a relative lift of a fifth four times of five.")
    sentence: Title

    @classmethod
    def of(cls, power: Power) -> PowerAnswer:
        """The same for people."""
        return cls(**asdict(power), sentence=Title(**power.sentence()))


class PreviewAnswer(BaseModel):
    """An audience in numbers."""

    model_config = ConfigDict(json_schema_extra={"examples": [_PREVIEW]})

    model_version: str
    as_of: datetime
    today: date = Field(
        description="The shop's date, or its last day where nothing happens: what relative days count from."
    )
    customers: int = Field(description="Everybody in the snapshot, visitors included.")
    count: int = Field(description="Whom the filter means.")
    share: float | None = Field(description="Their share of everybody.")
    layers: dict[str, int] = Field(description="How many of them are in each layer.")
    reachable: int = Field(description="Those who may be written to.")
    reachable_rate: float | None = Field(description="Their share of the audience; null for an empty one.")
    excluded: dict[str, int] = Field(description="How many are left out by each reason; the first reason counts.")
    overlaps: list[OverlapAnswer]
    expected: ExpectedAnswer
    power: PowerAnswer | None = Field(description="Null without a control group, or where nobody is left.")

    @classmethod
    def of(cls, preview: Preview, stamp: dict[str, Any]) -> PreviewAnswer:
        """The preview for people, with what the snapshot says of itself."""
        said = asdict(preview) | {"power": None if preview.power is None else PowerAnswer.of(preview.power)}
        return cls(**said, **stamp)
