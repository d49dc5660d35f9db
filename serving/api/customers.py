"""``/v1/customers``: what is known and predicted of one customer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Annotated, Any

import numpy as np
from fastapi import APIRouter, Query

from features.errors import HuitouError
from serving.alike.similar_customers import MOST, NOT_COMPARED, similar_customers
from serving.api.service import Language, PathId, TheService, stamp
from serving.customer_items import customer_items
from serving.snapshot import Snapshot
from serving.snapshot_parts.id_index import NO_ROW

router = APIRouter(prefix="/v1", tags=["customers"])

EXAMPLE = {
    "customer_id": "c-1024",
    "model_version": "3",
    "as_of": "2025-03-01T00:00:00Z",
    "horizon_days": 60,
    "horizons_days": [30, 60],
    "layer": "active",
    "kind": "repeat",
    "tier": "model",
    "method": "blend",
    "order_probability_60d": 0.82,
    "churn_probability_60d": 0.18,
    "order_probability_30d": 0.61,
    "churn_probability_30d": 0.39,
    "expected_orders_60d": 1.43,
    "expected_net_spend_60d": 128.9,
    "expected_orders_365d": 7.2,
    "expected_net_spend_365d": 650.4,
    "overdue_days": 0.0,
    "purchase_cycle_days": 34.2,
    "order_count_all": 9,
    "net_spend_all": 812.4,
    "days_since_last_order": 20.5,
    "days_since_any": 1.2,
    "purchase_gap_mean_days": 37.0,
    "days_since_contact": 12.5,
    "contact_count_30d": 1,
    "contactable": True,
    "personalized": True,
    "set_aside": None,
    "cluster": {"number": 4, "name": "evening, budget regulars"},
    "next_order": {"on": "2025-03-14", "from": "2025-03-05", "until": "2025-04-20"},
    "reasons": [{"concept": "browsing", "text": "looked at 12 items in 7 days, usual 4", "raises": True}],
    "events_since": 2,
}
ITEMS_EXAMPLE = {
    "customer_id": "c-1024",
    "bought": [{"item_id": "sku-12", "last_at": "2025-02-11T09:30:00Z", "times": 3}],
    "viewed": [],
    "carted": [],
    "favorited": [],
    "open_cart": [],
    "open_favorites": [],
}
SIMILAR_EXAMPLE = {
    "customer_id": "c-1024",
    "model_version": "3",
    "as_of": "2025-03-01T00:00:00Z",
    "customers": [
        {
            "customer_id": "c-77",
            "similarity": 0.61,
            "cluster": 4,
            "in_common": ["19 days and 24 days between orders (shop: 43 days)"],
        }
    ],
    "why_none": None,
}


def _shown(example: dict[str, Any]) -> dict[int | str, dict[str, Any]]:
    return {200: {"content": {"application/json": {"example": example}}}}


# Before the last route: its path would match these, too.
@router.get(
    "/customers/{id:path}/similar",
    summary="The customers most like one",
    responses=_shown(SIMILAR_EXAMPLE),
)
def get_similar_customers(
    customer_id: PathId,
    service: TheService,
    language: Language,
    n: Annotated[int, Query(ge=1, le=MOST, description="How many customers.")] = 10,
) -> dict[str, Any]:
    """The most similar first, with what they have in common; none of whom too little is known is among them."""
    snapshot = service.snapshot
    row = snapshot.customers.row(customer_id)
    if row == NO_ROW:
        raise _unknown(customer_id)
    found = similar_customers(snapshot, np.array([row]), n, language)
    said = {"customer_id": customer_id, **stamp(snapshot), "customers": [asdict(each) for each in found or ()]}
    return said | {"why_none": NOT_COMPARED[language] if found is None else None}


@router.get(
    "/customers/{id:path}/items",
    summary="What a customer bought, viewed, carted",
    responses=_shown(ITEMS_EXAMPLE),
)
def get_customer_items(customer_id: PathId, service: TheService) -> dict[str, Any]:
    """Items by what the customer did with them, the newest first, with events of the last seconds."""
    found = customer_items(service.shop, service.inbox, customer_id, service.clock())
    if not any(found.values()) and service.snapshot.customers.row(customer_id) == NO_ROW:
        raise _unknown(customer_id)
    return {"customer_id": customer_id} | {name: [asdict(item) for item in items] for name, items in found.items()}


@router.get("/customers/{id:path}", summary="What is predicted of a customer", responses=_shown(EXAMPLE))
def get_customer(customer_id: PathId, service: TheService, language: Language) -> dict[str, Any]:
    """Layer, probabilities, orders and spend with the horizon in their names, the next order, and reasons in words.

    ``next_order`` is null for those who never ordered and those whose order is overdue. ``events_since`` counts what
    the customer did after all of this was computed.
    """
    snapshot = service.snapshot
    row = snapshot.customers.row(customer_id)
    if row == NO_ROW:
        raise _unknown(customer_id)
    header, columns = snapshot.header, snapshot.customer(row)
    dates = {name: columns.pop(f"next_order_{name}") for name in ("on", "from", "until")}
    reasons = [_reason(entry, language) for entry in columns.pop("reasons")]
    said = {"customer_id": columns.pop("customer_id"), **stamp(snapshot)}
    said |= {"horizon_days": header.horizon_days, "horizons_days": header.horizons_days, **columns}
    said["cluster"] = _cluster(snapshot, columns["cluster"], language)
    said |= {"next_order": None if dates["on"] is None else dates, "reasons": reasons}
    return said | {"events_since": len(service.touches(customer_id, snapshot))}


def _reason(entry: Mapping[str, Any], language: str) -> dict[str, Any]:
    return {"concept": entry["concept"], "text": entry[language], "raises": entry["raises"]}


def _cluster(snapshot: Snapshot, number: int | None, language: str) -> dict[str, Any] | None:
    names = {portrait.number: portrait.name[language] for portrait in snapshot.alike.alike.portraits}
    return None if number is None else {"number": number, "name": names[number]}


def _unknown(customer_id: str) -> HuitouError:
    return HuitouError(
        f"no customer has the id {customer_id!r} in the snapshot that is served. "
        "Who came after it is known from the next publish on.",
        code="unknown_customer",
        field="customer_id",
        value=customer_id,
    )
