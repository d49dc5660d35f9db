"""What was sold and wanted, by person first."""

from __future__ import annotations

import pytest

from features.errors import HuitouError
from features.shop.numbers.counting.sold import checked_count, checked_thing, described, interested, sold
from features.shop.numbers.period import compared
from features.shop.numbers.shop_tables import ShopTables
from tests.features.shop.numbers.told_shop import WEEK


def test_sold_by_item(tables: ShopTables) -> None:
    """Buyers, pieces and revenue of each item and period; who only sends back buys nothing."""
    found = sold(tables, compared(WEEK), "item")
    assert found["current"]["tea"] == {"buyers": 2, "pieces": 2, "net_revenue": 6.0}
    assert found["previous"]["tea"] == {"buyers": 2, "pieces": 2, "net_revenue": 9.5}
    assert found["last_year"] == {}


def test_wanted_by_category(tables: ShopTables) -> None:
    """Who looked, favourited, carted or bought is interested, once: anna, dee and the visitor in china."""
    found = interested(tables, compared(WEEK), "category")
    assert found["current"] == {"china": {"interested_people": 3}, "drinks": {"interested_people": 3}}


def test_nothing_is_asked_without_a_period(tables: ShopTables) -> None:
    """Without a period there is nothing to count."""
    assert sold(tables, {}, "item") == interested(tables, {}, "item") == {}


def test_descriptions(tables: ShopTables) -> None:
    """Title and category of described items; an unknown one has none."""
    assert described(tables, ["pot", "nothing"]) == {"pot": {"item_id": "pot", "title": "Pot", "category": "china"}}
    assert described(tables, []) == {}


def test_wishes_are_checked() -> None:
    """Items and categories can be listed, up to a thousand."""
    assert (checked_thing("item"), checked_count(1_000)) == ("item", 1_000)
    with pytest.raises(HuitouError, match="by must be one of item, category"):
        checked_thing("brand")
    with pytest.raises(HuitouError, match="n must be between 1 and 1,000"):
        checked_count(1_001)
