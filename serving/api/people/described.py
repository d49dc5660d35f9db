"""``PUT /v1/customers``: describe customers, and take down what they choose."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from features.events.checks import check_rows
from features.events.event import CUSTOMER_FIELDS
from serving.api.parsing import StrictRoute
from serving.api.people.contact_details import CONTACT_JSON, details_of, with_right_details
from serving.api.people.described_visitors import as_stored, by_one_name
from serving.api.rows import GONE, RowError, properties_of
from serving.api.service import TheService

router = APIRouter(prefix="/v1", tags=["customers"], route_class=StrictRoute)

MOST_CUSTOMERS = 1_000

CUSTOMER_JSON = {
    "type": "object",
    "properties": properties_of(CUSTOMER_FIELDS)
    | {"visitor_id": {"type": "string", "description": "A visitor's id, where no customer_id is known yet."}}
    | dict(CONTACT_JSON),
}
"""A customer as the document shows it."""


class CustomersRequest(BaseModel):
    """Customers to describe; what is left out keeps what is known."""

    model_config = ConfigDict(
        extra="forbid", json_schema_extra={"examples": [{"customers": [{"customer_id": "c-1", "personalized": False}]}]}
    )

    customers: Annotated[
        list[Any],
        Field(max_length=MOST_CUSTOMERS),
        WithJsonSchema({"type": "array", "maxItems": MOST_CUSTOMERS, "items": CUSTOMER_JSON}),
    ]


class CustomerRow(BaseModel):
    """What became of one row."""

    row: int = Field(description="Its place in the request, from 1.")
    customer_id: str | None
    status: Literal["stored", "rejected"]
    error: RowError | None = None


class CustomersResult(BaseModel):
    """What became of the rows."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"stored": 1, "rejected": 0, "results": [{"row": 1, "customer_id": "c-1", "status": "stored"}]},
            ]
        }
    )

    stored: int
    rejected: int
    results: list[CustomerRow]


@router.put("/customers", summary="Describe customers")
def put_customers(request: CustomersRequest, service: TheService) -> CustomersResult:
    """Up to 1,000 customers. What is ``stored`` survives a loss of power.

    ``personalized`` counts from the next answer on; lists and models know the rest when they are made anew. Contact
    details are kept apart: no model and no list sees them. A visitor can opt out, too, by ``visitor_id``.
    """
    now = service.clock()
    rows = request.customers
    checked = as_stored(rows, check_rows(by_one_name(rows), CUSTOMER_FIELDS, timezone=None, now=now))
    checked = with_right_details(rows, checked)
    service.contact_details.put(details_of(rows, checked), now)
    deleted = service.described.put(checked.rows, now)
    results = [
        CustomerRow(row=place, customer_id=identity, status="rejected", error=GONE)
        if identity in deleted
        else CustomerRow(row=place, customer_id=identity, status="stored")
        for place, identity in zip(checked.positions.tolist(), checked.rows["customer_id"].to_pylist(), strict=True)
    ]
    results += [
        CustomerRow(row=rejection.row, customer_id=None, status="rejected", error=RowError.of(rejection))
        for rejection in checked.rejections
    ]
    results.sort(key=lambda result: result.row)
    stored = sum(result.status == "stored" for result in results)
    return CustomersResult(stored=stored, rejected=len(results) - stored, results=results)
