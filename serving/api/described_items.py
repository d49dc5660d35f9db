"""``PUT /v1/items``: describe items; what is sold out or costs something else counts in the next answer."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from features.events.checks import check_rows
from features.events.event import ITEM_FIELDS
from serving.api.parsing import StrictRoute
from serving.api.rows import RowError, properties_of
from serving.api.service import TheService

router = APIRouter(prefix="/v1", tags=["items"], route_class=StrictRoute)

MOST_ITEMS = 1_000

ITEM_JSON = {
    "type": "object",
    "required": ["item_id"],
    "properties": properties_of(ITEM_FIELDS),
}
"""An item as the document shows it."""


class ItemsRequest(BaseModel):
    """Items to describe; what is left out keeps what is known."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={"examples": [{"items": [{"item_id": "sku-77", "price": "17.90", "in_stock": False}]}]},
    )

    items: Annotated[
        list[Any],
        Field(max_length=MOST_ITEMS),
        WithJsonSchema({"type": "array", "maxItems": MOST_ITEMS, "items": ITEM_JSON}),
    ]


class ItemRow(BaseModel):
    """What became of one row."""

    row: int = Field(description="Its place in the request, from 1.")
    item_id: str | None
    status: Literal["stored", "rejected"]
    error: RowError | None = None


class ItemsResult(BaseModel):
    """What became of the rows."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"stored": 1, "rejected": 0, "results": [{"row": 1, "item_id": "sku-77", "status": "stored"}]},
            ]
        }
    )

    stored: int
    rejected: int
    results: list[ItemRow]


@router.put("/items", summary="Describe items")
def put_items(request: ItemsRequest, service: TheService) -> ItemsResult:
    """Up to 1,000 items. What is ``stored`` survives a loss of power.

    ``in_stock`` and ``price`` of items that are known count from the next answer on; an item that is new, and
    everything else, from the next publish on.
    """
    checked = check_rows(request.items, ITEM_FIELDS, timezone=None, now=service.clock())
    service.described_items.put(checked.rows)
    ids = checked.rows["item_id"].to_pylist()
    results = [
        ItemRow(row=place, item_id=identity, status="stored")
        for place, identity in zip(checked.positions.tolist(), ids, strict=True)
    ]
    results += [
        ItemRow(row=rejection.row, item_id=None, status="rejected", error=RowError.of(rejection))
        for rejection in checked.rejections
    ]
    results.sort(key=lambda result: result.row)
    return ItemsResult(stored=len(ids), rejected=len(checked.rejections), results=results)
