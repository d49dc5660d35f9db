"""The answer of ``/v1/customers/{id}/export``, as the document of the API describes it.

Nothing that is held is left out: rows have the fields that were sent or stored, also those that are not named here.
"""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

_EXAMPLE: dict[str, Any] = {
    "customer_id": "c-1024",
    "exported_at": "2025-03-01T10:00:00Z",
    "description": {"in_warehouse": None, "told_over_http": {"customer_id": "c-1024", "personalized": True}},
    "contact_details": {"email": "wang@example.com", "phone": None, "name": None},
    "merged_visitors": [],
    "merged_into": None,
    "events": [
        {
            "event_id": "e-1",
            "item_id": "sku-77",
            "kind": "view",
            "occurred_at": "2025-02-11T09:30:00Z",
            "held_in": "warehouse",
        }
    ],
    "contacts": [],
    "messages": [],
    "lists": [],
    "suppressions": [],
    "predictions": [],
    "shown": [],
    "responses": [],
}


class Held(BaseModel):
    """Something that is held, with whatever fields it has."""

    model_config = ConfigDict(extra="allow")


class HeldCustomer(Held):
    """A description of the customer."""

    customer_id: str
    joined_at: datetime | None = None
    contactable: bool | None = None
    personalized: bool | None = None
    internal: bool | None = None
    consent_email: bool | None = Field(None, description="Also consent_sms, consent_app, ...: one for each channel.")
    birthday: str | None = Field(None, description="Month and day.")


class HeldDescription(Held):
    """What was said of the customer."""

    in_warehouse: HeldCustomer | None = Field(description="What files and earlier requests said.")
    told_over_http: HeldCustomer | None = Field(description="The newest word of requests.")


class HeldContactDetails(Held):
    """How to reach the customer."""

    email: str | None
    phone: str | None
    name: str | None


class HeldVisitor(Held):
    """A visitor who is the customer."""

    visitor_id: str
    merged_at: datetime
    state: str = Field(description="waiting, moved or leaving: how far the visitor's events are.")


class HeldEvent(Held):
    """Something that was done."""

    event_id: str
    item_id: str
    kind: str
    occurred_at: datetime
    held_in: Literal["warehouse", "inbox"] = Field(description="The inbox holds what has just arrived.")
    customer_id: str | None = None
    visitor_id: str | None = None
    known_at: datetime | None = None
    quantity: int | None = None
    unit_price: str | float | None = None
    order_id: str | None = None
    session_id: str | None = None
    channel: str | None = None
    recommendation_id: str | None = None
    local_date: date | None = None
    local_hour: int | None = None


class HeldContact(Held):
    """A campaign that chose the customer."""

    contact_id: str
    customer_id: str
    contacted_at: datetime
    known_at: datetime | None = None
    campaign_id: str | None = None
    channel: str | None = None
    arm: str | None = None
    visitor_id: str | None = Field(None, description="The visitor whom it chose, where a merge made it the customer's.")


class HeldMessage(Held):
    """A message that was, or is to be, sent by a campaign of this shop."""

    contacted_at: datetime
    contact_id: str
    customer_id: str
    campaign_id: str | None
    channel: str | None
    arm: str
    outcome: str


class HeldListing(Held):
    """A list that the person is on."""

    list_id: str
    name: str
    version: int
    made_at: datetime
    customer_id: str
    group: str


class HeldSuppression(Held):
    """Something by which the person must not be written to."""

    kind: Literal["customer", "email", "phone"]
    channel: str | None = Field(description="Null for all channels.")
    source: str
    added_at: datetime


class HeldRecommendation(Held):
    """An item of a stored recommendation."""

    item_id: str
    score: float
    source: str


class HeldPrediction(Held):
    """What the served snapshot says; with the columns of its table, such as ``churn_probability_30d``."""

    snapshot: str
    as_of: datetime
    customer_id: str
    layer: str
    recommendations: list[HeldRecommendation]


class HeldShownItem(Held):
    """An item of an answer."""

    item_id: str
    source: str
    score: float
    place: int
    propensity: float | None = None


class HeldAnswer(Held):
    """An answer that was shown."""

    at: datetime
    recommendation_id: str
    placement: str
    tier: str
    fallback: str | None
    model_version: str
    arm: str | None
    items: list[HeldShownItem]


class HeldResponse(Held):
    """What followed from an answer."""

    at: datetime
    event_id: str
    recommendation_id: str
    item_id: str
    kind: str
    amount: float | None


class PersonExport(BaseModel):
    """Everything that is held of one person, the merged visitors included."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    customer_id: str
    exported_at: datetime
    description: HeldDescription
    contact_details: HeldContactDetails
    merged_visitors: list[HeldVisitor]
    merged_into: str | None = Field(description="The customer whom this visitor was merged into; else null.")
    events: list[HeldEvent] = Field(description="Every event once, the oldest first.")
    contacts: list[HeldContact] = Field(description="As the warehouse knows them.")
    messages: list[HeldMessage] = Field(description="What became of the messages of this shop's campaigns.")
    lists: list[HeldListing]
    suppressions: list[HeldSuppression] = Field(description="By the id, and by the addresses that are held.")
    predictions: list[HeldPrediction] = Field(description="Of the customer and of each visitor that has any.")
    shown: list[HeldAnswer]
    responses: list[HeldResponse]
