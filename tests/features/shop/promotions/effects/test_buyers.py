"""First and second orders, and margins of days."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

from features.behaviour import Behaviour
from features.moments import day_number
from features.shop.promotions.effects.buyers import NEVER, Buyers
from tests.small_shop import events, items, stored

NOW = datetime(2025, 6, 1, tzinfo=UTC)
ROWS = (
    ("anna", "purchase", "tea", "2025-03-01T10:00Z", {"unit_price": 10, "order_id": "o1"}),
    ("anna", "purchase", "tea", "2025-03-01T12:00Z", {"unit_price": 10, "order_id": "o2"}),
    ("anna", "purchase", "pot", "2025-03-05T12:00Z", {"unit_price": 30, "order_id": "o3"}),
    ("ben", "purchase", "tea", "2025-03-05T12:00Z", {"unit_price": 9, "quantity": 2, "order_id": "o4"}),
    ("ben", "return", "tea", "2025-03-06T12:00Z", {"unit_price": 9, "order_id": "o4"}),
    ("cleo", "view", "tea", "2025-03-06T12:00Z"),
)


def known(path: Path) -> Buyers:
    """The buyers of a shop where tea costs 4 to buy and the cost of pots is not told."""
    described = items(("tea", "drinks", 10, {"unit_cost": 4}), ("pot", "pots", 30))
    return Buyers.before(Behaviour.of(stored(path, events(*ROWS), described=described)), NOW)


def test_orders_of_one_day_are_one_coming(tmp_path: Path) -> None:
    """Anna came again four days later, Ben never; who only looked is no buyer."""
    found = known(tmp_path / "shop")
    first = day_number(date(2025, 3, 1))
    assert sorted(zip(found.first_day.tolist(), found.second_day.tolist(), strict=True)) == [
        (first, first + 4),
        (first + 4, NEVER),
    ]


def test_margins_of_days(tmp_path: Path) -> None:
    """Paid less cost, returns taken off; what has no cost is left out and said as a share of sales."""
    found = known(tmp_path / "shop")
    assert found.margin_of(day_number(date(2025, 2, 28)), 8).tolist() == [0, 12, 0, 0, 0, 10, -5, 0]
    assert found.cost_known_share == 38 / 68
