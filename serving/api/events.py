"""``POST /v1/events``: behaviour as it happens, on disk before it is acknowledged."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Annotated, Any, Literal

import pyarrow as pa
from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from features.events.checks import Rejection, check_rows
from features.events.event import EVENT_FIELDS, MAX_ID_LENGTH, FieldType
from serving.api.parsing import JsonRoute
from serving.api.service import Service, TheService
from serving.findings import plain

router = APIRouter(prefix="/v1", tags=["events"], route_class=JsonRoute)

MOST_EVENTS = 1_000

_JSON_TYPES: dict[FieldType, dict[str, Any]] = {
    FieldType.ID: {"type": "string", "maxLength": MAX_ID_LENGTH},
    FieldType.KIND: {"type": "string"},
    FieldType.TEXT: {"type": "string"},
    FieldType.TIME: {"type": "string", "format": "date-time"},
    FieldType.INTEGER: {"type": "integer"},
    FieldType.MONEY: {"type": "string", "examples": ["19.90"]},
    FieldType.FLAG: {"type": "boolean"},
}

EVENT_JSON = {
    "type": "object",
    "properties": {field.name: _JSON_TYPES[field.type] | {"description": field.description} for field in EVENT_FIELDS},
    "required": [field.name for field in EVENT_FIELDS if field.required],
}
"""An event as OpenAPI describes it; it follows from the field table."""

EXAMPLE: dict[str, Any] = {
    "events": [
        {
            "event_id": "e-1",
            "customer_id": "c-1024",
            "item_id": "sku-77",
            "kind": "cart",
            "occurred_at": "2025-03-01T10:00:00Z",
            "unit_price": "19.90",
        }
    ]
}


class Events(BaseModel):
    """Events in any order. Each row is judged by itself: one that is wrong does not hold up the others."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [EXAMPLE]})

    events: Annotated[
        list[Any],
        Field(max_length=MOST_EVENTS),
        WithJsonSchema({"type": "array", "maxItems": 1000, "items": EVENT_JSON}),
    ]


class RowError(BaseModel):
    """Why a row was not taken."""

    code: str
    message: str
    field: str | None
    value: Any
    allowed: Any = None
    hint: str | None = None


class RowResult(BaseModel):
    """What became of one row."""

    row: int = Field(description="Its place in the request, from 1.")
    event_id: str | None = Field(description="Its id; one that was given here when the row had none.")
    status: Literal["stored", "repeated", "rejected", "accepted"] = Field(
        description="accepted: with validate_only, it would be stored or is repeated."
    )
    error: RowError | None = None


class EventsResult(BaseModel):
    """What became of the rows."""

    stored: int
    repeated: int
    rejected: int
    results: list[RowResult]


@router.post("/events", summary="Tell what people do")
def post_events(
    request: Events,
    service: TheService,
    validate_only: Annotated[bool, Query(description="True checks the rows and stores nothing.")] = False,
) -> EventsResult:
    """Up to 1,000 events. What is ``stored`` survives a loss of power.

    Give each event an ``event_id``: then sending it again is safe. A row without one gets a new id each
    time it arrives, so that a retry of it counts twice.
    """
    now = service.clock()
    checked = check_rows(request.events, EVENT_FIELDS, timezone=None, now=now)
    positions = checked.positions.tolist()
    if validate_only:
        ids, outcomes = checked.rows["event_id"].to_pylist(), ["accepted"] * len(positions)
    else:
        rows = with_ids(checked.rows, service)
        ids = rows["event_id"].to_pylist()
        outcomes = ["stored" if is_new else "repeated" for is_new in service.inbox.put(rows, now)]
    results = [*_taken(positions, ids, outcomes), *(_rejected(rejection) for rejection in checked.rejections)]
    results.sort(key=lambda result: result.row)
    return EventsResult(
        stored=outcomes.count("stored"),
        repeated=outcomes.count("repeated"),
        rejected=len(checked.rejections),
        results=results,
    )


def with_ids(rows: pa.Table, service: Service) -> pa.Table:
    """The rows with a new ``event_id`` wherever there is none."""
    ids = [identity if identity is not None else service.new_id() for identity in rows["event_id"].to_pylist()]
    return rows.set_column(rows.schema.get_field_index("event_id"), "event_id", pa.array(ids, pa.string()))


def _taken(positions: Sequence[int], ids: Sequence[str | None], outcomes: Sequence[str]) -> Iterable[RowResult]:
    for row, identity, outcome in zip(positions, ids, outcomes, strict=True):
        yield RowResult.model_validate({"row": row, "event_id": identity, "status": outcome})


def _rejected(rejection: Rejection) -> RowResult:
    error = RowError(code="invalid", message=rejection.message, field=rejection.field, value=plain(rejection.value))
    return RowResult(row=rejection.row, event_id=None, status="rejected", error=error)
