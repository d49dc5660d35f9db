"""What a list is asked for by: whom it may hold, in which order, how many, and how large its control group is."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, StringConstraints, model_validator

from features.channels import CHANNELS
from features.errors import HuitouError
from features.events.event import MAX_ID_LENGTH
from features.findings import read_as
from serving.lists.ranking import AUTO, RANKINGS
from training.recommend.reason_texts import LANGUAGES

STRATA = ("layer", "value_level", "stage", "rfm_group", "behaviour_group")
"""Columns by which the control group can be made alike to the others."""

MOST_PEOPLE = 5_000_000
"""No list is longer."""
MOST_MERCHANT_IDS = 1_000_000
"""So many ids a merchant's own list may have."""
MOST_REASONS = 3
"""So many reasons are told for one person."""
MOST_ITEMS = 10
"""So many items are offered to one person."""
LARGEST_CONTROL = 0.9
"""The largest share that can be left alone."""

Name = Annotated[
    str, StringConstraints(strip_whitespace=True, min_length=1, max_length=100, pattern=r"^[^\x00-\x1f\x7f]*$")
]
"""What people call a list, a template or an audience."""
CustomerId = Annotated[
    str,
    StringConstraints(strip_whitespace=True, min_length=1, max_length=MAX_ID_LENGTH, pattern=r"^[^\x00-\x1f\x7f]*$"),
]
"""The id of a customer, as events may carry it."""
ItemNames = Annotated[list[Annotated[str, StringConstraints(min_length=1, max_length=1_000)]], Field(max_length=100)]
Price = Annotated[float, Field(ge=0, allow_inf_nan=False)]


class _Part(BaseModel):
    """A part of the request: only the fields that are known, and values as they are written."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class InterestedIn(_Part):
    """An item, or items of some category, brand or price, that people should hear of."""

    item: Annotated[str | None, Field(min_length=1, max_length=MAX_ID_LENGTH)] = None
    """Id of one item."""
    category: ItemNames = []
    """Names of categories, any of which will do."""
    brand: ItemNames = []
    """Names of brands, any of which will do."""
    min_price: Price | None = None
    """Lowest list price."""
    max_price: Price | None = None
    """Highest list price."""

    @model_validator(mode="after")
    def _names_something(self) -> Self:
        others = bool(self.category or self.brand) or self.min_price is not None or self.max_price is not None
        if (self.item is not None) == others:
            raise ValueError("must name one item, or else a category, brand or price")
        return self


class ChosenPeople(_Part):
    """People by a template, a saved audience or a filter."""

    template: Name | None = None
    """Name of a ready audience, such as ``open-cart``."""
    parameters: dict[Name, Any] = {}
    """What the template is to use in place of its usual numbers."""
    audience: Name | None = None
    """Name of a saved audience."""
    filter: dict[str, Any] | None = None
    """A filter, see docs/audiences.md."""

    @model_validator(mode="after")
    def _parameters_have_a_template(self) -> Self:
        if self.parameters and self.template is None:
            raise ValueError("must name a template where there are parameters")
        return self


class MerchantArm(ChosenPeople):
    """The merchant's own selection, which is compared with the model's."""

    customer_ids: Annotated[list[CustomerId], Field(max_length=MOST_MERCHANT_IDS)] | None = None
    """Ids of the people on it."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways = (self.template, self.audience, self.filter, self.customer_ids)
        if sum(way is not None for way in ways) != 1:
            raise ValueError("must have one of customer_ids, filter, audience and template")
        if self.customer_ids is not None and not self.customer_ids:
            raise ValueError("must name at least one customer")
        return self


class ListRequest(ChosenPeople):
    """One list."""

    name: Name
    """What it is called; a list of the same name becomes its next version."""
    interested_in: InterestedIn | None = None
    """An item that the people should hear of."""
    channel: Literal[CHANNELS] | None = None  # type: ignore[valid-type]
    """On which channel they are to be written to; without it only what holds for all channels leaves people out."""
    top: Annotated[int | None, Field(ge=1, le=MOST_PEOPLE)] = None
    """At most so many people of the model's choice; all who fit where it is left out."""
    control_share: Annotated[float, Field(ge=0, le=LARGEST_CONTROL, allow_inf_nan=False)] = 0.1
    """The share that is left alone on purpose, so that the effect can be measured."""
    strata: Annotated[list[Literal[STRATA]], Field(max_length=len(STRATA))] = [  # type: ignore[valid-type]
        "layer",
        "value_level",
    ]
    """The control group has the same share in each combination of these."""
    merchant: MerchantArm | None = None
    """A second choice of people to compare with."""
    rank_by: Literal[RANKINGS] = AUTO  # type: ignore[valid-type]
    """What people are ordered by."""
    language: Literal[LANGUAGES] = "en"  # type: ignore[valid-type]
    """The language in which it is told, where an export does not say another."""
    reasons: Annotated[int, Field(ge=0, le=MOST_REASONS)] = 3
    """How many reasons are told for each person."""
    items: Annotated[int, Field(ge=0, le=MOST_ITEMS)] = 3
    """How many items are offered to each person."""

    @model_validator(mode="after")
    def _one_way(self) -> Self:
        ways = (self.template, self.audience, self.filter, self.interested_in)
        if sum(way is not None for way in ways) != 1:
            raise ValueError("must have one of template, audience, filter and interested_in")
        if self.interested_in is not None and self.rank_by != AUTO:
            raise ValueError("must leave rank_by out where there is interested_in: the interest itself is the order")
        return self

    @classmethod
    def read(cls, said: Mapping[str, Any]) -> ListRequest:
        """The request that a JSON object says; raises :class:`HuitouError` with the first finding."""
        return read_as(cls, said, "list")

    def told(self) -> dict[str, Any]:
        """The request as it is kept with the list, without the ids of a merchant's list: the members tell them."""
        said = self.model_dump(mode="json", exclude_defaults=True)
        if self.merchant is not None and self.merchant.customer_ids is not None:
            said["merchant"] = {"customer_ids": len(self.merchant.customer_ids)}
        return said


def asked_again(said: Mapping[str, Any], merchant_ids: list[str]) -> ListRequest:
    """The request of a list that was made before; ``merchant_ids`` are those of its members that the merchant named."""
    merchant = said.get("merchant", {})
    if isinstance(merchant.get("customer_ids"), int):
        if not merchant_ids:
            raise HuitouError(
                "this list had a merchant's own list by ids, and none of its people is left. Send the ids again.",
                field="merchant",
            )
        said = {**said, "merchant": {"customer_ids": merchant_ids}}
    return ListRequest.read(said)
