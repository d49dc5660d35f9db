"""``DELETE /v1/customers/{id}`` and ``/v1/deletions``: a person goes, everywhere."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from serving.api.parsing import StrictRoute
from serving.api.people.acting import Acting, PersonId
from serving.api.service import Service, TheService
from serving.database.people.erased import Erasure

router = APIRouter(prefix="/v1", tags=["privacy"], route_class=StrictRoute)


class FoundIn(BaseModel):
    """One place where something of the person was found."""

    place: str
    holds: str = Field(description="What that place holds.")
    count: int = Field(description="How much of it: rows, lines or snapshots.")


class Deletion(BaseModel):
    """What a deletion finds, and how far it is."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "request_id": "5f0c3a9be7d24c1f8a6b0d9e2c7f4a13",
                    "dry_run": False,
                    "asked_at": "2025-03-01T10:00:00Z",
                    "done_at": None,
                    "places": [
                        {
                            "place": "warehouse_events",
                            "holds": "Events in the warehouse; old versions of it are erased with them.",
                            "count": 214,
                        }
                    ],
                }
            ]
        }
    )

    request_id: str | None = Field(description="Ask /v1/deletions/{request_id} how far it is; null for a dry run.")
    dry_run: bool
    asked_at: datetime | None = Field(description="Since then the person is a stranger; null for a dry run.")
    done_at: datetime | None = Field(description="When the last trace was gone; null until then.")
    places: list[FoundIn] = Field(description="What was found when it was asked for, in every place there is.")


@router.delete("/customers/{id:path}", summary="Delete a customer everywhere")
def delete_customer(
    customer_id: PersonId,
    service: TheService,
    acting: Acting,
    dry_run: Annotated[bool, Query(description="True says what would go, and changes nothing.")] = False,
) -> Deletion:
    """The customer and the visitors merged into it are strangers from this moment on, and new events are refused.

    What the database holds is gone when this answers; the warehouse with its old versions, the files of imports and
    the snapshots follow within minutes. A visitor is deleted by its id with ``visitor:`` before it.
    """
    if dry_run:
        return _told(service, service.erasing.count(customer_id), None)
    erasure = service.erasing.ask(customer_id, service.clock())
    acting("customer.delete", customer_id, found=sum(erasure.places.values()))
    return _told(service, erasure.places, erasure)


@router.get("/deletions/{request_id}", summary="How far a deletion is")
def get_deletion(
    request_id: Annotated[str, Path(max_length=64, description="As the answer to the deletion told it.")],
    service: TheService,
) -> Deletion:
    """``done_at`` is null until nothing is left."""
    erasure = service.erasing.status(request_id)
    return _told(service, erasure.places, erasure)


def _told(service: Service, places: Mapping[str, int], erasure: Erasure | None) -> Deletion:
    return Deletion(
        request_id=None if erasure is None else erasure.request_id,
        dry_run=erasure is None,
        asked_at=None if erasure is None else erasure.asked_at,
        done_at=None if erasure is None else erasure.done_at,
        places=[
            FoundIn(place=name, holds=holds, count=places.get(name, 0)) for name, holds in service.erasing.holds.items()
        ],
    )
