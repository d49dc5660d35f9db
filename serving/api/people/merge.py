"""``/v1/customers/{id}/merge``: a visitor turned out to be a customer, or did not after all."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from features.events.event import MAX_ID_LENGTH
from serving.api.parsing import StrictRoute
from serving.api.people.acting import Acting, PersonId
from serving.api.service import Id, TheService

router = APIRouter(prefix="/v1", tags=["privacy"], route_class=StrictRoute)


class MergeRequest(BaseModel):
    """The visitor who logged in."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [{"visitor_id": "v-81"}]})

    visitor_id: Id = Field(description="The visitor's own id, as events carry it.")


class MergeResult(BaseModel):
    """How far a merge is."""

    model_config = ConfigDict(
        from_attributes=True,
        json_schema_extra={
            "examples": [
                {
                    "customer_id": "c-1024",
                    "visitor_id": "v-81",
                    "merged_at": "2025-03-01T10:00:00Z",
                    "state": "waiting",
                }
            ]
        },
    )

    customer_id: str
    visitor_id: str
    merged_at: datetime
    state: Literal["waiting", "moved", "leaving"] = Field(
        description="waiting: answers know it, the warehouse does in a moment; moved: both do; leaving: it is undone "
        "for answers, and for the warehouse in a moment."
    )


@router.post("/customers/{id:path}/merge", summary="Join a visitor to a customer")
def post_merge(customer_id: PersonId, request: MergeRequest, service: TheService, acting: Acting) -> MergeResult:
    """From the next answer on the two are one person; what the visitor does from now on is the customer's.

    Saying it again changes nothing. A visitor belongs to one customer: undo that merge first. Where one of the two
    opted out of personal answers, both are left in peace.
    """
    merge = service.merged.join(request.visitor_id, customer_id, service.clock())
    acting("customer.merge", customer_id)
    return MergeResult.model_validate(merge)


@router.delete("/customers/{id:path}/merge", summary="Part a visitor from a customer")
def delete_merge(
    customer_id: PersonId,
    service: TheService,
    acting: Acting,
    visitor_id: Annotated[str, Query(min_length=1, max_length=MAX_ID_LENGTH, description="The visitor's own id.")],
) -> MergeResult:
    """Undo a merge: exactly the events that came with the visitor go back to it."""
    merge = service.merged.leave(visitor_id, customer_id)
    acting("customer.unmerge", customer_id)
    return MergeResult.model_validate(merge)
