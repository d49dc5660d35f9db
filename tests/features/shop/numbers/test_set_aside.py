"""Who is left out when people set aside are."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

from features.behaviour import Behaviour
from features.events.warehouse import Warehouse
from features.shop.numbers.overview import overview
from features.shop.numbers.set_aside import set_aside_people
from features.shop.numbers.shop_tables import ShopTables
from tests.features.shop.numbers.told_shop import WEEK, told_shop
from tests.small_shop import people


def test_staff_are_set_aside(tmp_path: Path) -> None:
    """Somebody who is said to be of the shop is found, and the numbers can do without."""
    folder = told_shop(tmp_path / "shop")
    Warehouse.open(folder).put_customers(people("anna", internal=True))
    behaviour = Behaviour.of(folder)
    found = set_aside_people(behaviour, datetime(2025, 4, 1, tzinfo=UTC))
    assert found.to_pylist() == ["anna"]
    with ShopTables.on_duckdb(behaviour) as tables:
        assert overview(tables.without(found), WEEK).figures["orders"].value == 1


def test_before_the_first_event_nobody_is(tmp_path: Path) -> None:
    """Who has done nothing yet cannot be found by it."""
    folder = told_shop(tmp_path / "shop")
    assert len(set_aside_people(Behaviour.of(folder), datetime(2025, 1, 1, tzinfo=UTC))) == 0
