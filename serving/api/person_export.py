"""``/v1/customers/{id}/export``: everything that is held of one person."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from features.errors import HuitouError
from serving.api.acting import Acting, PersonId
from serving.api.service import TheService
from serving.privacy.person_export import Holdings, person_export

router = APIRouter(prefix="/v1", tags=["privacy"])

EXAMPLE: dict[str, Any] = {
    "customer_id": "c-1024",
    "exported_at": "2025-03-01T10:00:00+00:00",
    "description": {"in_warehouse": None, "told_over_http": {"customer_id": "c-1024", "personalized": True}},
    "contact_details": {"email": "wang@example.com", "phone": None, "name": None},
    "merged_visitors": [],
    "merged_into": None,
    "events": [{"event_id": "e-1", "item_id": "sku-77", "kind": "view", "occurred_at": "2025-02-11T09:30:00+00:00"}],
    "contacts": [],
    "predictions": [],
    "shown": [],
    "responses": [],
}


@router.get(
    "/customers/{id:path}/export",
    summary="Everything held of one person",
    responses={200: {"content": {"application/json": {"example": EXAMPLE}}}},
)
def get_export(customer_id: PersonId, service: TheService, acting: Acting) -> dict[str, Any]:
    """Description, contact details, events, campaigns, predictions, what was shown and what followed, merges.

    With the visitors that are merged into the customer. It is written to the audit log, before the answer is given.
    """
    acting("customer.export", customer_id)
    try:
        snapshot = service.snapshot
    except HuitouError:
        snapshot = None
    holdings = Holdings(service.shop, service.database, service.contact_details, snapshot)
    return person_export(holdings, customer_id, service.clock())
