"""What goes to the service and what comes back, as plain values."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any, TypeVar
from uuid import uuid4

Answer = TypeVar("Answer")
Said = Mapping[str, Any]


class HuitouError(Exception):
    """What the service answered instead, or why it could not be asked."""

    def __init__(self, status: int, said: Said, retry_after_s: float | None = None) -> None:
        super().__init__(said.get("message", f"status {status}"))
        self.status = status
        self.code: str = said.get("code", "unreadable")
        self.field: str | None = said.get("field")
        self.hint: str | None = said.get("hint")
        self.retry_after_s = retry_after_s


@dataclass(frozen=True)
class Event:
    """Something that somebody did. Its id is made with it, so that sending it again is safe."""

    item_id: str
    kind: str
    """view, cart, uncart, favorite, unfavorite, purchase or return."""
    customer_id: str | None = None
    visitor_id: str | None = None
    quantity: int | None = None
    unit_price: Decimal | None = None
    order_id: str | None = None
    session_id: str | None = None
    channel: str | None = None
    recommendation_id: str | None = None
    """Of the answer in which the item was shown."""
    occurred_at: datetime = field(default_factory=lambda: datetime.now(UTC))
    """With its time zone."""
    event_id: str = field(default_factory=lambda: uuid4().hex)


@dataclass(frozen=True)
class Rejected:
    """A row that was not taken, and why."""

    row: int
    """Its place among those given, from 1."""
    message: str
    field: str | None


@dataclass(frozen=True)
class Taken:
    """What became of the rows that were sent."""

    stored: int
    repeated: int
    """Rows that the service had already: they count once."""
    rejected: tuple[Rejected, ...]


@dataclass(frozen=True)
class RecommendedItem:
    """One item to show."""

    item_id: str
    score: float
    source: str
    reason: str


@dataclass(frozen=True)
class Recommendations:
    """Items in the order in which to show them."""

    recommendation_id: str
    placement: str
    model_version: str
    as_of: datetime
    tier: str
    fallback: str | None
    """Why the items are not personal; None when they are."""
    items: tuple[RecommendedItem, ...]


@dataclass(frozen=True)
class RelatedItem:
    """One item that goes with another."""

    item_id: str
    score: float
    reason: str


def read(kind: type[Answer], said: Said, **more: Any) -> Answer:
    """A dataclass from an answer; what a newer service says on top of it is passed over."""
    known = {part.name: said[part.name] for part in fields(kind) if part.name in said}  # type: ignore[arg-type]
    return kind(**(known | more))


def recommendations(said: Said) -> Recommendations:
    """What to show, from an answer."""
    items = tuple(read(RecommendedItem, item) for item in said["items"])
    return read(Recommendations, said, items=items, as_of=datetime.fromisoformat(said["as_of"]))
