"""What a campaign is asked for by."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, StringConstraints, model_validator

from features.channels import CHANNELS
from features.errors import HuitouError
from features.findings import read_as
from serving.lists.request import ListRequest, Name
from training.campaigns.question import LIFT_WORTH_KNOWING, OUTCOMES

LONGEST_WINDOW_DAYS = 365
"""What people do counts for at most so long."""

USUAL_WINDOW_DAYS = 14
"""For so long, unless something else is said."""

Money = Annotated[float, Field(ge=0, le=1_000_000_000, allow_inf_nan=False)]
ListId = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")
]


class CampaignRequest(BaseModel):
    """One campaign."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)

    name: Name
    """What people call it."""
    list_id: ListId | None = Field(None, description="The list that it is for.")
    """The list that it is for."""
    list: dict[str, Any] | None = Field(None, description="Or the request of a list, as POST /v1/lists takes it.")
    """The request of a list that is frozen when the campaign starts."""
    channel: Literal[CHANNELS]  # type: ignore[valid-type]
    """How people are written to."""
    starts: Annotated[AwareDatetime | None, Field(strict=False)] = Field(
        None, description="When it starts, with a time zone; at once where it is left out."
    )
    """When it starts; at once where it is left out. In quiet hours it starts when they end."""
    window_days: Annotated[int, Field(ge=1, le=LONGEST_WINDOW_DAYS)] = USUAL_WINDOW_DAYS
    """What people do counts for so many days from the start; the verdict comes at their end."""
    cost_per_contact: Money | None = None
    """What one message costs; the shop's ``contact_cost`` where it is left out."""
    fixed_cost: Money = 0.0
    """What the campaign costs beside the messages."""
    margin_share: Annotated[float | None, Field(ge=0, le=1, allow_inf_nan=False)] = None
    """The share of revenue that the shop earns; its ``order_margin`` where it is left out."""
    promotion: Name | None = None
    """The promotion that it belongs to, by its key in the calendar."""
    message: Annotated[str | None, Field(max_length=2_000)] = None
    """What was written, for those who read the results."""
    pool: Name | None = None
    """Campaigns with the same word here are told together as well."""
    outcome: Literal[OUTCOMES] = OUTCOMES[0]  # type: ignore[valid-type]
    """What the verdict is about."""
    lift_worth_knowing: Annotated[float, Field(gt=0, le=10, allow_inf_nan=False)] = LIFT_WORTH_KNOWING
    """The relative lift that the campaign should be large enough to see."""

    @model_validator(mode="after")
    def _one_list(self) -> Self:
        if (self.list_id is None) == (self.list is None):
            raise ValueError("must have one of list_id and list")
        return self

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> CampaignRequest:
        """The request that a JSON object says; raises :class:`HuitouError` with the first finding."""
        return read_as(cls, said, "campaign")

    def list_request(self) -> ListRequest | None:
        """The request of the list that is frozen at the start; raises :class:`HuitouError` when it makes no sense."""
        if self.list is None:
            return None
        read = ListRequest.read({"channel": self.channel, **self.list})
        if read.channel != self.channel:
            raise HuitouError(
                f"list.channel must be that of the campaign, {self.channel}; got {read.channel}. Leave it out.",
                field="list.channel",
                value=read.channel,
            )
        return read
