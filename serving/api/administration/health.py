"""``/health``: whether the process runs, and whether it can answer."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from fastapi import APIRouter, Request
from pydantic import BaseModel, ConfigDict, Field

from features.errors import HuitouError
from serving.api.service import Service, TheService, stamp
from serving.running.mover_state import MoverState

router = APIRouter(prefix="/health", tags=["health"])


class Live(BaseModel):
    """The process runs."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "live"}]})

    status: Literal["live"] = "live"


class Ready(BaseModel):
    """It can answer; strangers are told the status alone."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "status": "ready",
                    "snapshot": "20250301T020000Z-0a1b2c3d",
                    "model_version": "3",
                    "as_of": "2025-03-01T00:00:00Z",
                    "published_at": "2025-03-01T02:00:00Z",
                    "customers": 20_000,
                    "items": 2_000,
                    "waiting_events": 12,
                }
            ]
        },
    )

    status: Literal["ready"] = "ready"
    snapshot: str | None = Field(None, description="What is served.")
    model_version: str | None = None
    as_of: datetime | None = None
    published_at: datetime | None = None
    customers: int | None = None
    items: int | None = None
    waiting_events: int | None = Field(None, description="Events that the warehouse does not have yet.")
    trouble: str | None = Field(None, description="Why a newer snapshot cannot be served.")
    rules_trouble: str | None = Field(None, description="Why the shop's rules cannot be used.")
    mover_trouble: str | None = Field(None, description="Why what arrived is not moved into the warehouse.")


@router.get("/live", summary="The process runs")
def get_live() -> Live:
    """Answers as long as the process does."""
    return Live()


@router.get("/ready", summary="A snapshot is open and the database answers", responses={200: {"model": Ready}})
def get_ready(request: Request, service: TheService) -> dict[str, Any]:
    """What is served; 503 with the reason when nothing can be. Without a key the status alone."""
    is_stranger = request.state.principal is None
    try:
        details = _details(service)
    except HuitouError as trouble:
        # The reason may name folders and hosts.
        raise _untold(trouble) if is_stranger else trouble from None
    return {"status": details["status"]} if is_stranger else details


def _untold(trouble: HuitouError) -> HuitouError:
    return HuitouError("the service is not ready. With a key this address tells why.", code=trouble.code)


def _details(service: Service) -> dict[str, Any]:
    """What is served; raises when nothing can be."""
    snapshot = service.snapshot
    trouble, rules_trouble = service.current.trouble, service.rules.trouble
    mover = MoverState.read(service.shop)
    return {
        "status": "ready",
        "snapshot": snapshot.id,
        **stamp(snapshot),
        "published_at": snapshot.header.published_at,
        "customers": snapshot.contents.customers,
        "items": snapshot.contents.items,
        "waiting_events": service.lag.read().events,
        "trouble": trouble.message if trouble else None,
        "rules_trouble": rules_trouble.message if rules_trouble else None,
        "mover_trouble": mover.trouble if mover else None,
    }
