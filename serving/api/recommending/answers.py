"""The answers of ``/v1/recommendations``."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pydantic import BaseModel, ConfigDict, Field

_EXAMPLE: dict[str, Any] = {
    "recommendation_id": "5f0c6a7e1b9d4c3e8a2f7d6b1c0e9a84",
    "placement": "item",
    "model_version": "3",
    "as_of": "2025-03-01T00:00:00Z",
    "snapshot": "20250301T020000Z-0a1b2c3d",
    "tier": "ranker",
    "fallback": None,
    "items": [{"item_id": "sku-12", "score": 0.81, "source": "open_cart", "reason": "in your cart"}],
}

_SOURCE = (
    "What proposed the item; pinned for a rule of the shop, exploration for a trial; a key of the role browser is told "
    "personal for whatever speaks of what the person did."
)


class RecommendedItem(BaseModel):
    """One item to show."""

    item_id: str
    score: float = Field(description="Orders the items of this answer; not a probability.")
    source: str = Field(description=_SOURCE)
    reason: str = Field(description="Why it is shown, in words.")


class Recommendations(BaseModel):
    """Items in the order in which to show them."""

    model_config = ConfigDict(json_schema_extra={"examples": [_EXAMPLE]})

    recommendation_id: str = Field(description="Send it back in the events that follow.")
    placement: str
    model_version: str
    as_of: datetime = Field(description="The moment that the snapshot speaks of; newer events count on top of it.")
    snapshot: str = Field(description="The snapshot that answered.")
    tier: str = Field(
        description="What ranked the items: ranker, blend, rules, or popular where the answer is not personal."
    )
    fallback: str | None = Field(
        description="Why it is not personal: unknown_customer, anonymous, opted_out, no_candidates; or null."
    )
    items: list[RecommendedItem]


class SeveralRecommendations(BaseModel):
    """The answers for several places of one page."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"placements": [_EXAMPLE]}]})

    placements: list[Recommendations] = Field(description="In the order of the request; no item is there twice.")
