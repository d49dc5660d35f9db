"""A shop of a few events for questions about its numbers."""

from __future__ import annotations

from pathlib import Path

from features.shop_folder import ShopFolder
from tests.small_shop import events, items, stored

ORDERS = (
    ("anna", "purchase", "tea", "2025-01-10T10:00Z", {"order_id": "o1", "unit_price": 5, "quantity": 2}),
    ("anna", "purchase", "cup", "2025-01-10T10:00Z", {"order_id": "o1", "unit_price": 8}),
    ("anna", "purchase", "tea", "2025-02-20T20:00Z", {"order_id": "o2", "unit_price": 5}),
    ("ben", "purchase", "tea", "2025-02-21T09:00Z", {"order_id": "o3", "unit_price": 5}),
    ("ben", "return", "tea", "2025-02-22T09:00Z", {"order_id": "o3", "unit_price": 5}),
)
LOOKS = (
    ("anna", "view", "tea", "2025-02-20T19:00Z"),
    ("anna", "cart", "tea", "2025-02-20T19:30Z"),
    ("ben", "view", "tea", "2025-02-21T08:00Z"),
    ("cleo", "view", "cup", "2025-02-25T08:00Z"),
    ("cleo", "favorite", "cup", "2025-02-25T08:01Z"),
)


def asked_shop(path: Path) -> ShopFolder:
    """Three people, three orders; its last day is 25 February 2025."""
    described = items(("tea", "drinks", 5, {"title": "绿茶"}), ("cup", "kitchen", 8))
    return stored(path, events(*ORDERS, *LOOKS), described=described)
