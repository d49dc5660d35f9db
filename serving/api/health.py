"""``/health``: whether the process runs, and whether it can answer."""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter

from serving.api.service import TheService, stamp

router = APIRouter(prefix="/health", tags=["health"])


@router.get("/live", summary="The process runs")
def get_live() -> dict[str, str]:
    """Answers as long as the process does."""
    return {"status": "live"}


@router.get("/ready", summary="A snapshot is open and the database answers")
def get_ready(service: TheService) -> dict[str, Any]:
    """What is served; 503 with the reason when nothing can be."""
    snapshot = service.snapshot
    trouble, rules_trouble = service.current.trouble, service.rules.trouble
    return {
        "status": "ready",
        "snapshot": snapshot.id,
        **stamp(snapshot),
        "published_at": snapshot.header.published_at,
        "customers": snapshot.contents.customers,
        "items": snapshot.contents.items,
        "waiting_events": service.inbox.waiting(),
        "trouble": trouble.message if trouble else None,
        "rules_trouble": rules_trouble.message if rules_trouble else None,
    }
