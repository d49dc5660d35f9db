"""``/v1/items``: what goes with an item."""

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
    code = snapshot.shelf.ids.row(item_id)
    if code == NO_ROW:
        raise HuitouError(
            f"no item has the id {item_id!r} in the snapshot that is served. Import it and publish again.",
            code="unknown_item",
            field="item_id",
            value=item_id,
        )
    chosen = kind or next(iter(related_kinds(snapshot, "item")), "")
    items, scores = snapshot.related(chosen, code)
    kept = np.flatnonzero(snapshot.shelf.allowed(items, ItemFilter(in_stock=in_stock)))[:n]
    return RelatedItems(
        item_id=item_id,
        kind=chosen,
        items=[_item(snapshot, int(items[place]), float(scores[place])) for place in kept],
        **stamp(snapshot),
    )


def _item(snapshot: Snapshot, code: int, score: float) -> RelatedItem:
    return RelatedItem(item_id=snapshot.shelf.ids.id(code), score=score)
