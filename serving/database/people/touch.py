"""What a person has just done with an item, as live answers look at it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Touch:
    """Something that a person has just done with an item."""

    kind: str
    """Kind of event."""
    item_id: str
    """The item."""
    occurred_us: int
    """When it happened, UTC microseconds since 1970."""
    quantity: int = 1
    """Pieces."""
    unit_price: float | None = None
    """Price of one piece, None where not known."""
    order_id: str | None = None
    """The order it belongs to."""
