"""What the API tells of lists."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from serving.database.marketing.lists import FrozenList
from serving.lists.told_list import warnings

EXAMPLE: dict[str, Any] = {
    "list_id": "5f0c7c1fb1a14d0d9c2f6a4f7e1d2b3c",
    "name": "open carts",
    "version": 2,
    "made_at": "2025-03-01T09:00:00Z",
    "made_by": "k3j9",
    "as_of": "2025-03-01T00:00:00Z",
    "snapshot": "20250301T020000Z-0a1b2c3d",
    "model_version": "3",
    "request": {"name": "open carts", "template": "open-cart", "channel": "email"},
    "counts": {
        "fitting": 2_140,
        "excluded": {"no_consent": 210, "too_soon": 35},
        "below_top": 0,
        "members": 1_895,
        "treatment": 1_706,
        "control": 189,
        "by_model": 1_895,
        "by_merchant": 0,
        "by_both": 0,
        "strata": {"active / high": {"treatment": 1_706, "control": 189}},
    },
    "ranking": {"name": "order_probability", "why": "ranked by the chance of an order, as asked for"},
    "warnings": [],
    "erased": 0,
}


class StratumCounts(BaseModel):
    """How many of one stratum are in each group."""

    treatment: int
    control: int


class MerchantCounts(BaseModel):
    """What became of the merchant's own list."""

    given: int = Field(description="How many ids were sent, or people fit the rule.")
    known: int = Field(description="How many people these are.")
    unknown: int = Field(description="How many ids nobody has.")
    excluded: dict[str, int] = Field(description="How many were left out, by reason.")


class ListCounts(BaseModel):
    """Who is on a list, and who is not."""

    fitting: int = Field(description="How many fit what was asked for.")
    excluded: dict[str, int] = Field(description="How many of them were left out, by reason; the first counts.")
    below_top: int = Field(description="How many more may be written to, but come after the last place.")
    members: int = Field(description="How many are on the list.")
    treatment: int = Field(description="How many of them are written to.")
    control: int = Field(description="How many of them are left alone, so that the difference shows.")
    by_model: int = Field(description="How many the model chose.")
    by_merchant: int = Field(description="How many the merchant chose.")
    by_both: int = Field(description="How many both chose.")
    strata: dict[str, StratumCounts] = Field(description="The groups in each stratum.")
    merchant: MerchantCounts | None = None


class ListRanking(BaseModel):
    """What a list is ordered by."""

    name: str
    why: str = Field(description="In words, and why it was taken.")


class ToldList(BaseModel):
    """One frozen list; nothing of it changes."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    list_id: str
    name: str
    version: int = Field(description="Counts the lists of this name, from 1.")
    made_at: datetime
    made_by: str = Field(description="The id of a key, command line, or schedule.")
    as_of: datetime = Field(description="The moment that the predictions are of.")
    snapshot: str
    model_version: str
    request: dict[str, Any] = Field(description="What was asked for; ids of a merchant's list are only counted.")
    counts: ListCounts
    ranking: ListRanking
    warnings: list[str] = Field(description="What speaks against it, in words.")
    erased: int = Field(description="How many members were deleted since.")


class MadeList(ToldList):
    """A list that was just made."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE | {"unknown_ids": []}]})

    unknown_ids: list[str] = Field(description="Ids of the merchant's list that nobody has; at most a hundred.")


class Lists(BaseModel):
    """Lists, the newest first."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"total": 1, "lists": [EXAMPLE]}]})

    total: int
    lists: list[ToldList]


class ListMember(BaseModel):
    """One member; predictions are further fields, with the horizon in their names."""

    model_config = ConfigDict(extra="allow")

    place: int
    customer_id: str
    group: Literal["treatment", "control"]
    by_model: bool
    by_merchant: bool
    stratum: str
    score: float | None = Field(description="What the list is ordered by.")
    band: Literal["A", "B", "C"] = Field(description="The first fifth, up to the half, and the rest.")
    next_order_on: date | None
    reasons: list[str]
    items: list[ListedItem]
    plan: str


class ListedItem(BaseModel):
    """One item that is offered to a member."""

    item_id: str
    title: str | None


class ListMembers(BaseModel):
    """Members in order of place."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "list_id": EXAMPLE["list_id"],
                    "total": 1_895,
                    "members": [
                        {
                            "place": 1,
                            "customer_id": "c-1024",
                            "group": "treatment",
                            "by_model": True,
                            "by_merchant": False,
                            "stratum": "active / high",
                            "score": 0.82,
                            "band": "A",
                            "layer": "active",
                            "value_level": "high",
                            "order_probability_60d": 0.82,
                            "next_order_on": "2025-03-11",
                            "reasons": ["Kettle is in the cart"],
                            "items": [{"item_id": "sku-12", "title": "Kettle"}],
                            "plan": "Remind them of the open cart; channel: E-mail",
                        }
                    ],
                }
            ]
        }
    )

    list_id: str
    total: int
    members: list[ListMember]


def told(frozen: FrozenList, language: str) -> dict[str, Any]:
    """A list as the API tells it."""
    same = ("list_id", "name", "version", "made_at", "made_by", "as_of", "model_version", "request", "counts", "erased")
    return {name: getattr(frozen, name) for name in same} | {
        "snapshot": frozen.snapshot_id,
        "ranking": {"name": frozen.ranking["name"], "why": frozen.ranking["why"][language]},
        "warnings": warnings(frozen, language),
    }
