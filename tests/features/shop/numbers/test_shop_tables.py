"""The tables of a shop, read from its memory as they lie there."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pyarrow as pa

from features.behaviour import Behaviour
from features.shop.numbers.period import Period
from features.shop.numbers.shop_tables import (
    CUSTOMER_COLUMNS,
    EVENT_COLUMNS,
    ITEM_COLUMNS,
    ShopTables,
    is_visitor,
)
from tests.features.shop.numbers.told_shop import EVENTS, told_shop
from tests.small_shop import append, events, shop


def test_the_tables_have_the_columns_that_they_say(tables: ShopTables) -> None:
    """Events, items and customers are there with all of their rows."""
    counts = [len(tables.ask(table)) for table in (tables.events, tables.items, tables.customers)]
    assert counts == [16, 3, 2]
    assert tables.events.columns == EVENT_COLUMNS
    assert tables.items.columns == ITEM_COLUMNS
    assert tables.customers.columns == CUSTOMER_COLUMNS


def test_the_history_is_told_in_days(tables: ShopTables) -> None:
    """The history goes from the first day with an event to the last."""
    assert tables.history == Period(date(2025, 3, 5), date(2025, 3, 18))


def test_days_are_the_shops(tmp_path: Path) -> None:
    """Who joined at midnight in London joined at eight in Shanghai and the evening before in New York."""
    joined = {}
    for zone in ("Asia/Shanghai", "America/New_York"):
        folder = told_shop(tmp_path / zone.replace("/", "-"), EVENTS, zone)
        with ShopTables.on_duckdb(Behaviour.of(folder)) as tables:
            joined[zone] = set(tables.ask(tables.customers)["joined_date"].to_pylist())
    assert joined == {"Asia/Shanghai": {date(2025, 3, 10)}, "America/New_York": {date(2025, 3, 9)}}


def test_visitors_are_told_from_members(tables: ShopTables) -> None:
    """Only those stored with the prefix are visitors."""
    found = tables.ask(tables.events.filter(is_visitor(tables.events.customer_id)).select("customer_id"))
    assert found["customer_id"].to_pylist() == ["visitor:v1"]


def test_nothing_of_a_shop_outlives_its_block(tmp_path: Path) -> None:
    """Two shops open at once do not see each other's rows, and neither is in the way of a third."""
    one, two = told_shop(tmp_path / "one"), shop(tmp_path / "two")
    append(two, events(("zoe", "view", "tea", "2025-03-01T10:00Z")))
    for _ in range(2):
        with ShopTables.on_duckdb(Behaviour.of(one)) as first, ShopTables.on_duckdb(Behaviour.of(two)) as second:
            assert [len(tables.ask(tables.events)) for tables in (first, second)] == [16, 1]


def test_odd_names_of_folders(tmp_path: Path) -> None:
    """A folder may be called as a pattern or have a quote in its name."""
    folder = told_shop(tmp_path / "it's kind=web *")
    with ShopTables.on_duckdb(Behaviour.of(folder)) as tables:
        assert len(tables.ask(tables.events)) == 16


def test_rows_are_kept_once(tables: ShopTables) -> None:
    """What was asked for once is held by the engine, and not by tables with other people."""

    def drinks(shop_tables: ShopTables) -> object:
        return shop_tables.items.filter(shop_tables.items.category == "drinks")

    assert tables.once(drinks) is tables.once(drinks)
    assert tables.ask(tables.once(drinks))["item_id"].to_pylist() == ["tea"]
    assert tables.without(["anna"]).once(drinks) is not tables.once(drinks)


def test_people_left_out_are_counted_once(tables: ShopTables) -> None:
    """Ids that are given twice count once, and ids of nobody take nobody away."""
    fewer = tables.without(pa.array(["anna", "anna", "nobody"]))
    assert fewer.left_out == 2
    assert set(fewer.ask(fewer.events)["customer_id"].to_pylist()) == {"bo", "cy", "dee", "visitor:v1"}
    assert fewer.ask(fewer.customers)["customer_id"].to_pylist() == ["ed"]
    assert len(tables.without([]).ask(tables.events)) == 16
