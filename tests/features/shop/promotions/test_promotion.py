"""A promotion and its days."""

from __future__ import annotations

from datetime import date

from features.shop.promotions.promotion import Promotion

SALE = Promotion("own:Tea", "sale", {"en": "Tea", "zh": "茶"}, date(2025, 3, 1), date(2025, 3, 3), ("tea",), 0.2)


def test_its_last_day_belongs_to_it() -> None:
    """A promotion from the first to the third of a month has three days."""
    assert SALE.length_days == 3


def test_in_plain_types() -> None:
    """As JSON it says names, days, categories and discount."""
    assert SALE.as_dict() == {
        "key": "own:Tea",
        "kind": "sale",
        "names": {"en": "Tea", "zh": "茶"},
        "first_day": "2025-03-01",
        "last_day": "2025-03-03",
        "categories": ["tea"],
        "discount": 0.2,
    }
