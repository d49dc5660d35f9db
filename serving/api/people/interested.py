"""Who should hear of an item: ``/v1/items/{id}/customers`` and ``/v1/interested-customers``."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from features.errors import HuitouError
from serving.api.parsing import StrictRoute
from serving.api.recommending.questions import Names, Price
from serving.api.service import Language, PathId, TheService, stamp
from serving.interested import InterestedCustomer, interest_reason, interested_in_any, interested_in_item
from serving.recommending.related import code_of
from serving.snapshot import Snapshot
from serving.snapshot_parts.shelf import ItemFilter

router = APIRouter(prefix="/v1", tags=["customers"], route_class=StrictRoute)

MOST_CUSTOMERS = 1_000

Count = Annotated[int, Query(ge=1, le=MOST_CUSTOMERS, description="How many customers.")]


class Interested(BaseModel):
    """One customer who should hear of it."""

    customer_id: str
    score: float = Field(
        description="How much it is wanted: the chance to buy it within the horizon where the ranker serves, else "
        "1 / its position in the customer's own recommendations."
    )
    item_id: str | None = Field(description="The item that is wanted most; null where only the interest speaks for it.")
    source: str = Field(description="What speaks for it.")
    reason: str = Field(description="Why, in words that can be told to the customer.")


class InterestedCustomers(BaseModel):
    """Customers in the order of how much they want it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "item_id": "sku-77",
                    "model_version": "3",
                    "as_of": "2025-03-01T00:00:00Z",
                    "tier": "ranker",
                    "customers": [
                        {
                            "customer_id": "c-1024",
                            "score": 0.041,
                            "item_id": "sku-77",
                            "source": "bought_together",
                            "reason": "often bought with Green tea, 100 g",
                        }
                    ],
                }
            ]
        },
    )

    item_id: str | None = Field(description="The item that was asked about, null for a set of them.")
    model_version: str
    as_of: datetime
    tier: str = Field(description="What ordered the customers: ranker, blend or rules.")
    customers: list[Interested]


@router.get("/items/{id:path}/customers", summary="Customers for an item")
def get_item_customers(item_id: PathId, service: TheService, language: Language, n: Count = 100) -> InterestedCustomers:
    """The customers who want an item most, also where nobody has bought it yet.

    In step with what is recommended to them; without those who opted out of personalisation.
    """
    snapshot = service.snapshot
    found = interested_in_item(snapshot, code_of(snapshot, item_id), n, refused=service.refused)
    return _answer(snapshot, language, found, item_id)


@router.get("/interested-customers", summary="Customers for a category, brand or price range")
def get_interested_customers(
    service: TheService,
    language: Language,
    category: Annotated[Names, Query(description="Names of categories, any of which will do.")] = [],  # noqa: B006
    brand: Annotated[Names, Query(description="Names of brands, any of which will do.")] = [],  # noqa: B006
    min_price: Annotated[Price | None, Query(description="Lowest list price.")] = None,
    max_price: Annotated[Price | None, Query(description="Highest list price.")] = None,
    n: Count = 100,
) -> InterestedCustomers:
    """The customers who want items like these most: for a new product, name its category, brand and price."""
    if not (category or brand or min_price is not None or max_price is not None):
        raise HuitouError(
            "at least one of category, brand, min_price and max_price must be given; got none. Name what is new.",
            field="category",
            allowed=["category", "brand", "min_price", "max_price"],
        )
    wanted = ItemFilter(False, tuple(category), tuple(brand), min_price, max_price)
    snapshot = service.snapshot
    found = interested_in_any(snapshot, wanted, n, refused=service.refused)
    return _answer(snapshot, language, found, None)


def _answer(
    snapshot: Snapshot, language: str, found: Sequence[InterestedCustomer], item_id: str | None
) -> InterestedCustomers:
    customers = [
        Interested(
            customer_id=snapshot.customers.id(each.row),
            score=round(each.score, 6),
            item_id=snapshot.shelf.ids.id(each.item) if each.item >= 0 else None,
            source=each.source,
            reason=interest_reason(snapshot, each, language),
        )
        for each in found
    ]
    return InterestedCustomers(
        item_id=item_id, tier=snapshot.header.recommendation_tier, customers=customers, **stamp(snapshot)
    )
