"""``/v1/customers/{id}/export``: everything that is held of one person."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from features.errors import HuitouError
from serving.api.parsing import StrictRoute
from serving.api.people.acting import Acting, PersonId
from serving.api.people.person_export_answer import PersonExport
from serving.api.service import TheService
from serving.privacy.person_export import Holdings, person_export

router = APIRouter(prefix="/v1", tags=["privacy"], route_class=StrictRoute)


@router.get(
    "/customers/{id:path}/export",
    summary="Everything held of one person",
    response_model=PersonExport,
    response_model_exclude_unset=True,
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
