"""Answers and events written as short as they can be, and the memory that holds them."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import Any

from features.events.event import EPOCH
from serving.database.answers.shown import ShownAnswer

NOON = datetime(2025, 3, 1, 12, tzinfo=UTC)
"""When the first answer is given."""


def hours(number: float) -> datetime:
    """So many hours after noon."""
    return NOON + timedelta(hours=number)


def answer(name: str, person: str | None = "anna", items: Sequence[str] = ("tea", "cup"), **more: Any) -> ShownAnswer:
    """An answer at noon on the home page; each item has a source of its own name."""
    usual: dict[str, Any] = {
        "recommendation_id": name,
        "at": NOON,
        "person": person,
        "placement": "home",
        "tier": "ranker",
        "fallback": None,
        "model_version": "3",
        "snapshot_id": "s",
        "items": [(item, f"from {item}", 1 / place) for place, item in enumerate(items, 1)],
    }
    return ShownAnswer(**usual | more)


def event(number: int, kind: str, item: str, answer_id: str | None = None, **more: Any) -> dict[str, Any]:
    """An event as the inbox holds it: anna, an hour after noon."""
    said = {
        "event_id": f"e{number}",
        "customer_id": more.pop("person", "anna"),
        "item_id": item,
        "kind": kind,
        "occurred_at": microseconds(more.pop("at", hours(1))),
        "recommendation_id": answer_id,
    }
    return said | more


def microseconds(moment: datetime) -> int:
    """A moment as the inbox holds it."""
    return (moment - EPOCH) // timedelta(microseconds=1)
