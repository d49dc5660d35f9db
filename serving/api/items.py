"""``/v1/items``: what is known of an item, and what goes with it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from serving.api.parsing import StrictRoute
from serving.api.service import Language, PathId, Service, TheService, stamp
from serving.recommending.recommender import related_kinds
from serving.recommending.related import code_of, related_items
from serving.snapshot_parts.shelf import ItemFilter
from training.recommend.reason_texts import reason

router = APIRouter(prefix="/v1", tags=["items"], route_class=StrictRoute)

KIND = (
    "viewed_together: seen by the same people. bought_together: in the same orders. viewed_then_bought: bought within "
    "a week after viewing it. bought_within: bought in another order within a month. similar: alike by title, "
    "category, brand, price and company. replacement: alike, of its category, at a near price and in stock."
)
"""What the kinds of related items mean."""


KindOfRelation = Annotated[str | None, Field(max_length=64, description=KIND)]
MostRelated = Annotated[int, Field(ge=1, le=50, description="How many items.")]


class RelatedItem(BaseModel):
    """One related item."""

    item_id: str
    score: float = Field(description="How strongly it is related, 0 to 1 in a shop of any size; falls along the list.")
    reason: str = Field(description="What it has to do with the item, in words.")


class RelatedItems(BaseModel):
    """Items related to one item, the strongest first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "item_id": "sku-77",
                    "kind": "viewed_together",
                    "model_version": "3",
                    "as_of": "2025-03-01T00:00:00Z",
                    "items": [
                        {"item_id": "sku-12", "score": 0.42, "reason": "often viewed together with Green tea, 100 g"}
                    ],
                }
            ]
        },
    )

    item_id: str
    kind: str
    model_version: str
    as_of: datetime
    items: list[RelatedItem]


class KnownItem(BaseModel):
    """One item as the snapshot knows it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "item_id": "sku-77",
                    "title": "Green tea, 100 g",
                    "category": "tea",
                    "price": 12.5,
                    "in_stock": True,
                    "repurchase_cycle_days": 34.5,
                    "repurchase_gap_count": 218,
                    "model_version": "3",
                    "as_of": "2025-03-01T00:00:00Z",
                }
            ]
        },
    )

    item_id: str
    title: str | None
    category: str | None
    price: float | None = Field(description="List price.")
    in_stock: bool
    repurchase_cycle_days: float | None = Field(
        description="Median days until a customer buys it again; null where neither it nor its category was."
    )
    repurchase_gap_count: int = Field(description="How often that happened; with 0 the cycle is that of its category.")
    model_version: str
    as_of: datetime


# Before the route below: its path would match this one, too.
@router.get("/items/{id:path}/related", summary="Items that go with an item", response_model=RelatedItems)
def get_related(
    item_id: PathId,
    service: TheService,
    language: Language,
    kind: KindOfRelation = None,
    n: MostRelated = 10,
    in_stock: Annotated[bool, Query(description="False gives items that cannot be bought now as well.")] = True,
) -> Any:
    """The related items of one kind, by default without those out of stock."""
    return related_to(service, item_id, language, kind, n, in_stock=in_stock)


def related_to(
    service: Service, item_id: str, language: str, kind: str | None, n: int, *, in_stock: bool
) -> dict[str, Any]:
    """What :class:`RelatedItems` holds."""
    snapshot = service.snapshot
    code = code_of(snapshot, item_id)
    chosen = kind or next(iter(related_kinds(snapshot, "item")), "")
    found = related_items(snapshot, chosen, code, n, in_stock=in_stock)
    why = reason(chosen, language, because=snapshot.shelf.label(code))
    items = [{"item_id": snapshot.shelf.ids.id(other), "score": score, "reason": why} for other, score in found]
    return {"item_id": item_id, "kind": chosen, **stamp(snapshot), "items": items}


@router.get("/items/{id:path}", summary="What is known of an item")
def get_item(item_id: PathId, service: TheService) -> KnownItem:
    """Title, category, price, and after how many days customers buy it again."""
    snapshot = service.snapshot
    shelf, code = snapshot.shelf, code_of(snapshot, item_id)
    item, cycle, price = shelf.item(code), shelf.cycle(code), float(shelf.prices(np.array([code]))[0])
    return KnownItem(
        item_id=item_id,
        title=item.title,
        category=item.category,
        price=None if np.isnan(price) else round(price, 4),
        in_stock=bool(shelf.allowed(np.array([code]), ItemFilter(in_stock=True))[0]),
        repurchase_cycle_days=None if cycle.days is None else round(cycle.days, 1),
        repurchase_gap_count=cycle.gap_count,
        **stamp(snapshot),
    )
