"""The numbers that are checked."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import numpy as np

from features.behaviour import Behaviour
from features.shop.alerts.checked_numbers import Checked, CheckedNumbers
from features.shop.numbers.shop_tables import ShopTables
from tests.small_shop import events, items, stored

ROWS = (
    ("anna", "purchase", "tea", "2025-03-01T10:00Z", {"unit_price": 10, "channel": "web"}),
    ("ben", "purchase", "pot", "2025-03-03T10:00Z", {"unit_price": 30, "channel": "web"}),
)


def test_the_shop_and_its_parts(tmp_path: Path) -> None:
    """Two categories are told beside the shop, the only channel is not; a day without events has zeros."""
    described = items(("tea", "drinks", 10), ("pot", "pots", 30))
    behaviour = Behaviour.of(stored(tmp_path / "shop", events(*ROWS), described=described))
    with ShopTables.on_duckdb(behaviour) as tables:
        found = CheckedNumbers.of(tables, date(2025, 3, 4))
    assert {(each.by, each.group) for each in found.checked} == {
        (None, ""),
        ("category", "drinks"),
        ("category", "pots"),
    }
    assert found.days == (date(2025, 3, 1), date(2025, 3, 2), date(2025, 3, 3))
    row = found.checked.index(Checked("net_revenue", "category", "pots"))
    assert found.values[row].tolist() == [0, 0, 30]
    assert not found.is_count[row]
    assert found.is_count[found.checked.index(Checked("orders"))]


def test_lost_days_are_not_known() -> None:
    """What is taken out is NaN for every number, the rest stays."""
    days = tuple(datetime(2025, 3, day, tzinfo=UTC).date() for day in (1, 2))
    found = CheckedNumbers((Checked("orders"),), np.array([[1.0, 2.0]]), days).without(np.array([True, False]))
    np.testing.assert_array_equal(found.values, [[np.nan, 2.0]])
