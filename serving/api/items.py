"""``/v1/items``: what is known of an item, and what goes with it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

import numpy as np
from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from features.errors import HuitouError
from serving.api.service import PathId, TheService, stamp
from serving.recommender import related_kinds
from serving.snapshot import Snapshot
from serving.snapshot_parts.id_index import NO_ROW
from serving.snapshot_parts.shelf import ItemFilter

router = APIRouter(prefix="/v1", tags=["items"])


class RelatedItem(BaseModel):
    """One related item."""

    item_id: str
    score: float = Field(description="How strongly it is related; falls along the list.")


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
                    "items": [{"item_id": "sku-12", "score": 0.42}],
                }
            ]
        },
        protected_namespaces=(),
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
        protected_namespaces=(),
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
@router.get("/items/{id:path}/related", summary="Items that go with an item")
def get_related(
    item_id: PathId,
    service: TheService,
    kind: Annotated[str | None, Query(max_length=64, description="viewed_together, bought_together, ...")] = None,
    n: Annotated[int, Query(ge=1, le=50, description="How many items.")] = 10,
    in_stock: Annotated[bool, Query(description="False gives items that cannot be bought now as well.")] = True,
) -> RelatedItems:
    """The related items of one kind, by default without those out of stock."""
    snapshot = service.snapshot
    code = _code(snapshot, item_id)
    chosen = kind or next(iter(related_kinds(snapshot, "item")), "")
    items, scores = snapshot.related(chosen, code)
    kept = np.flatnonzero(snapshot.shelf.allowed(items, ItemFilter(in_stock=in_stock)))[:n]
    return RelatedItems(
        item_id=item_id,
        kind=chosen,
        items=[_item(snapshot, int(items[place]), float(scores[place])) for place in kept],
        **stamp(snapshot),
    )


@router.get("/items/{id:path}", summary="What is known of an item")
def get_item(item_id: PathId, service: TheService) -> KnownItem:
    """Title, category, price, and after how many days customers buy it again."""
    snapshot = service.snapshot
    shelf, code = snapshot.shelf, _code(snapshot, item_id)
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


def _code(snapshot: Snapshot, item_id: str) -> int:
    code = snapshot.shelf.ids.row(item_id)
    if code == NO_ROW:
        raise HuitouError(
            f"no item has the id {item_id!r} in the snapshot that is served. Import it and publish again.",
            code="unknown_item",
            field="item_id",
            value=item_id,
        )
    return code


def _item(snapshot: Snapshot, code: int, score: float) -> RelatedItem:
    return RelatedItem(item_id=snapshot.shelf.ids.id(code), score=score)
