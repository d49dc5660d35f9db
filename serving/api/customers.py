"""``/v1/customers``: what is known and predicted of one customer."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from fastapi import APIRouter

from features.errors import HuitouError
from serving.api.service import Language, PathId, TheService, stamp
from serving.customer_items import customer_items
from serving.snapshot_parts.id_index import NO_ROW

router = APIRouter(prefix="/v1", tags=["customers"])

EXAMPLE = {
    "customer_id": "c-1024",
    "model_version": "3",
    "as_of": "2025-03-01T00:00:00Z",
    "tier": "model",
    "horizon_days": 91,
    "layer": "high_win_back",
    "order_probability_91d": 0.18,
    "churn_probability_91d": 0.82,
    "order_count_all": 4,
    "net_spend_all": 512.4,
    "days_since_last_order": 121.5,
    "days_since_any": 30.2,
    "purchase_gap_mean_days": 41.0,
    "contactable": True,
    "personalized": True,
    "set_aside": None,
    "reasons": [{"concept": "silence", "text": "silent for three times the usual gap"}],
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


def _shown(example: dict[str, Any]) -> dict[int | str, dict[str, Any]]:
    return {200: {"content": {"application/json": {"example": example}}}}


# Before the route below: its path would match this one, too.
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
    """Layer, probabilities (the horizon is in their names), reasons in words.

    ``events_since`` counts what is newer.
    """
    snapshot = service.snapshot
    row = snapshot.customers.row(customer_id)
    if row == NO_ROW:
        raise _unknown(customer_id)
    columns = snapshot.customer(row)
    reasons = [{"concept": entry["concept"], "text": entry[language]} for entry in columns.pop("reasons")]
    said = {"customer_id": columns.pop("customer_id"), **stamp(snapshot), "tier": columns.pop("tier")}
    said |= {"horizon_days": snapshot.header.horizon_days, **columns, "reasons": reasons}
    return said | {"events_since": len(service.touches(customer_id, snapshot))}


def _unknown(customer_id: str) -> HuitouError:
    return HuitouError(
        f"no customer has the id {customer_id!r} in the snapshot that is served. "
        "Who came after it is known from the next publish on.",
        code="unknown_customer",
        field="customer_id",
        value=customer_id,
    )
