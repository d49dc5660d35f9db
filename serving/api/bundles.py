"""``/v1/bundles`` and ``/v1/items/{id}/bundles``: what is bought in one order more often than chance explains."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from itertools import islice
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from serving.api.parsing import StrictRoute
from serving.api.service import Language, PathId, TheService, stamp
from serving.recommending.related import code_of
from serving.snapshot import Snapshot
from serving.told_bundles import ToldBundle, told_bundles

router = APIRouter(prefix="/v1", tags=["items"], route_class=StrictRoute)

Count = Annotated[int, Query(ge=1, le=1_000, description="How many bundles.")]
InStock = Annotated[bool, Query(description="False gives bundles with items that cannot be bought now as well.")]

EXAMPLE: dict[str, Any] = {
    "items": [
        {"item_id": "sku-12", "title": "Kettle", "confidence": 0.11},
        {"item_id": "sku-77", "title": "Green tea, 100 g", "confidence": 0.06},
    ],
    "orders": 38,
    "customers": 31,
    "expected_orders": 9.05,
    "lift": 4.2,
    "lift_low": 3.14,
    "support": 0.0019,
    "p_value": 2.4e-13,
    "q_value": 1.1e-10,
    "newest_share": 0.55,
    "newest_low": 0.395,
    "newest_high": 0.7,
    "trend": "steady",
    "price": 41.5,
    "profit": None,
    "reason": "often bought together: 38 orders, 4.2 times as often as by chance",
}


class BundleItem(BaseModel):
    """One item of a bundle."""

    item_id: str
    title: str | None
    confidence: float = Field(description="Of the orders that hold this item, the share that holds the others as well.")


class Bundle(BaseModel):
    """Two or three items that are bought in one order more often than chance explains."""

    items: list[BundleItem]
    orders: int = Field(description="Orders that hold all of them; one customer counts in a few at most.")
    customers: int = Field(description="Different customers who made these orders.")
    expected_orders: float = Field(description="Orders that would hold all of them by chance.")
    lift: float = Field(description="orders / expected_orders: how many times as often as by chance.")
    lift_low: float = Field(description="The lift that it has at least, with 95 % certainty.")
    support: float = Field(description="Share of all orders.")
    p_value: float = Field(description="Fisher's exact test to one side; of a triple, of an item and a pair.")
    q_value: float = Field(
        description="False discovery rate (Benjamini and Hochberg) at which it is told; at most 0.05."
    )
    newest_share: float = Field(description="Share of its orders in the newer half of all orders; 0.5 is steady.")
    newest_low: float = Field(description="Lower end of the 95 % interval of that share.")
    newest_high: float = Field(description="Upper end of it.")
    trend: Literal["rising", "steady", "falling"] = Field(description="steady unless the interval leaves 0.5 out.")
    price: float | None = Field(description="Prices together; null where one is not known.")
    profit: float | None = Field(description="Prices less unit costs; null where one of them is not known.")
    reason: str = Field(description="How often it is bought, in words.")


class BundleList(BaseModel):
    """Bundles, the one with the most orders beyond chance first."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"model_version": "3", "as_of": "2025-03-01T00:00:00Z", "orders": 20_000, "bundles": [EXAMPLE]}
            ]
        },
    )

    model_version: str
    as_of: datetime
    orders: int = Field(description="Number of orders that were looked at.")
    bundles: list[Bundle]


@router.get("/items/{id:path}/bundles", summary="Bundles with an item")
def get_item_bundles(
    item_id: PathId, service: TheService, language: Language, n: Count = 10, in_stock: InStock = True
) -> BundleList:
    """The pairs and triples that hold an item; none where no pair is sure enough."""
    snapshot = service.snapshot
    found = told_bundles(snapshot, code_of(snapshot, item_id), in_stock=in_stock)
    return _answer(snapshot, islice(found, n), language)


@router.get("/bundles", summary="The shop's bundles")
def get_bundles(
    service: TheService,
    language: Language,
    n: Count = 100,
    offset: Annotated[int, Query(ge=0, le=100_000, description="How many of the best are passed over.")] = 0,
    in_stock: InStock = True,
) -> BundleList:
    """The pairs and triples of the whole shop."""
    snapshot = service.snapshot
    found = told_bundles(snapshot, in_stock=in_stock)
    return _answer(snapshot, islice(found, offset, offset + n), language)


def _answer(snapshot: Snapshot, found: Iterable[ToldBundle], language: str) -> BundleList:
    return BundleList(
        orders=snapshot.bundles.order_count,
        bundles=[_bundle(snapshot, bundle, language) for bundle in found],
        **stamp(snapshot),
    )


def _bundle(snapshot: Snapshot, bundle: ToldBundle, language: str) -> Bundle:
    items = [
        BundleItem(item_id=item.item_id, title=item.title, confidence=confidence)
        for item, confidence in zip(map(snapshot.shelf.item, bundle.items), bundle.confidence, strict=True)
    ]
    said = {**bundle.figures, "items": items, "trend": bundle.trend, "reason": bundle.sentence(language)}
    return Bundle.model_validate(said)
