"""``POST /v1/events``: behaviour as it happens, on disk before it is acknowledged."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field, WithJsonSchema

from features.events.checks import Rejection, check_rows
from features.events.event import EVENT_FIELDS
from features.events.quick_check import quick_events
from serving.api.parsing import StrictRoute
from serving.api.rows import GONE, RowError, properties_of
from serving.api.service import Service, TheService
from serving.database.inbox import ERASED, arrived, plain_events

router = APIRouter(prefix="/v1", tags=["events"], route_class=StrictRoute)

MOST_EVENTS = 1_000
MOST_AT_ONCE = 50
"""More rows are judged beside the event loop, so that others do not wait for them."""
BYTES_BESIDE = 400
"""What a waiting event takes beside its payload, about."""

EVENT_JSON = {
    "type": "object",
    "properties": properties_of(EVENT_FIELDS),
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
        WithJsonSchema({"type": "array", "maxItems": MOST_EVENTS, "items": EVENT_JSON}),
    ]


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

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "stored": 1,
                    "repeated": 0,
                    "rejected": 0,
                    "results": [{"row": 1, "event_id": "e-1", "status": "stored"}],
                }
            ]
        }
    )

    stored: int
    repeated: int
    rejected: int
    results: list[RowResult]


@router.post("/events", summary="Tell what people do")
async def post_events(
    request: Events,
    service: TheService,
    validate_only: Annotated[bool, Query(description="True checks the rows and stores nothing.")] = False,
) -> EventsResult:
    """Up to 1,000 events. What is ``stored`` survives a loss of power.

    Give each event an ``event_id``: then sending it again is safe. A row without one gets a new id each
    time it arrives, so that a retry of it counts twice.
    """
    return await take_events(service, request, validate_only)


async def take_events(service: Service, request: Events, validate_only: bool) -> EventsResult:
    """Judge the rows and store the good ones; it returns when they are on disk."""
    now = service.clock()
    if len(request.events) > MOST_AT_ONCE:
        checked = await asyncio.to_thread(_check, request.events, now)
    else:
        checked = _check(request.events, now)
    if validate_only:
        ids, outcomes = [event.get("event_id") for event in checked.events], ["accepted"] * len(checked.events)
    else:
        rows = arrived(_named(checked.events, service), now)
        ids = [row.event_id for row in rows]
        size_bytes = sum(BYTES_BESIDE + len(row.payload) for row in rows)
        outcomes = await service.writer.write(service.inbox.write, rows, rows=len(rows), size_bytes=size_bytes)
    answer = _answer([*_taken(checked.positions, ids, outcomes), *map(_rejected, checked.rejections)])
    if not validate_only:
        service.metrics.count_events(answer.stored, answer.repeated, answer.rejected)
    return answer


@dataclass(frozen=True)
class _Checked:
    """What became of the rows of a request."""

    events: list[dict[str, Any]]
    """The good ones, as the inbox keeps them."""
    positions: Sequence[int]
    """Their places in the request, from 1."""
    rejections: Sequence[Rejection] = ()
    """The others."""


def _check(rows: Sequence[Any], now: datetime) -> _Checked:
    quick = quick_events(rows, now)
    if quick is not None:
        return _Checked(quick, range(1, len(quick) + 1))
    checked = check_rows(rows, EVENT_FIELDS, timezone=None, now=now)
    return _Checked(plain_events(checked.rows), checked.positions.tolist(), checked.rejections)


def _named(events: list[dict[str, Any]], service: Service) -> list[dict[str, Any]]:
    """The events with a new ``event_id`` wherever there is none."""
    for event in events:
        if "event_id" not in event:
            event["event_id"] = service.new_id()
    return events


def _taken(positions: Sequence[int], ids: Sequence[str | None], outcomes: Sequence[str]) -> Iterable[RowResult]:
    for row, identity, outcome in zip(positions, ids, outcomes, strict=True):
        if outcome == ERASED:
            yield RowResult(row=row, event_id=identity, status="rejected", error=GONE)
        else:
            yield RowResult.model_validate({"row": row, "event_id": identity, "status": outcome})


def _rejected(rejection: Rejection) -> RowResult:
    return RowResult(row=rejection.row, event_id=None, status="rejected", error=RowError.of(rejection))


def _answer(results: list[RowResult]) -> EventsResult:
    results.sort(key=lambda result: result.row)
    counts = Counter(result.status for result in results)
    return EventsResult(
        stored=counts["stored"], repeated=counts["repeated"], rejected=counts["rejected"], results=results
    )
