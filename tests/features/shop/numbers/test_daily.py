"""The shop's numbers day by day."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from features.behaviour import Behaviour
from features.errors import HuitouError
from features.shop.numbers.daily import DAILY_NUMBERS, daily_numbers
from features.shop.numbers.shop_tables import ShopTables
from tests.small_shop import events, shop, stored


def test_every_day_is_there(tables: ShopTables) -> None:
    """From the shop's first day to its last each day has its numbers, those without events zeros."""
    found = daily_numbers(tables)
    assert (found.days[0], found.days[-1], len(found.days)) == (date(2025, 3, 5), date(2025, 3, 17), 13)
    assert found.of("orders").tolist() == [1, 0, 1, 0, 0, 0, 2, 0, 1, 0, 0, 0, 1]
    assert found.of("buyers").tolist() == [1, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1]
    assert found.of("new_buyers").sum() == 3
    assert found.of("net_revenue").tolist() == [8, 0, 4.5, 0, 0, 0, 11.5, -4.5, 25, 0, 0, 0, 5]
    assert np.flatnonzero(np.isnan(found.of("average_order_value"))).tolist() == [1, 3, 4, 5, 7, 9, 10, 11]


def test_some_days(tables: ShopTables) -> None:
    """The days asked for are told, before and after the history, too."""
    found = daily_numbers(tables, until=date(2025, 3, 20), first=date(2025, 3, 16))
    assert found.of("views").tolist() == [1, 0, 0, 0]
    assert found.of("orders").tolist() == [0, 1, 0, 0]


def test_categories_are_told_apart(tables: ShopTables) -> None:
    """An order of two categories counts in both, and revenue adds up to the shop's."""
    found = daily_numbers(tables, by="category")
    assert found.groups == ("china", "drinks")
    assert found.of("orders", "china").tolist() == [1, 0, 0, 0, 0, 0, 1, 0, 1, 0, 0, 0, 0]
    assert found.of("orders", "drinks").tolist() == [1, 0, 1, 0, 0, 0, 1, 0, 1, 0, 0, 0, 1]
    assert found.values["net_revenue"].sum(axis=0).tolist() == daily_numbers(tables).of("net_revenue").tolist()


def test_channels_are_told_apart(tmp_path: Path) -> None:
    """Each channel has its own numbers; what came without one is a group of its own."""
    rows = [
        ("anna", "purchase", "tea", "2025-03-01T10:00Z", {"channel": "app", "unit_price": "4"}),
        ("anna", "view", "tea", "2025-03-01T09:00Z", {"channel": "web"}),
        ("bo", "view", "tea", "2025-03-01T09:00Z"),
    ]
    with ShopTables.on_duckdb(Behaviour.of(stored(tmp_path / "shop", events(*rows)))) as tables:
        found = daily_numbers(tables, by="channel")
    assert found.groups == ("", "app", "web")
    assert found.values["active_people"].tolist() == [[1], [1], [1]]
    assert found.of("gross_revenue", "app").tolist() == [4]


def test_it_is_said_in_plain_types(tables: ShopTables) -> None:
    """The answer is JSON with a row for each day, an unknown mean as null."""
    rows = json.loads(json.dumps(daily_numbers(tables).as_dict(), allow_nan=False))["rows"]
    assert len(rows) == 13
    assert set(rows[0]) == {"date", "group", *DAILY_NUMBERS}
    assert (rows[1]["orders"], rows[1]["average_order_value"], rows[1]["group"]) == (0, None, None)


def test_what_cannot_be_told(tables: ShopTables, tmp_path: Path) -> None:
    """Another grouping, days in the wrong order and a shop without events are refused."""
    with pytest.raises(HuitouError, match="by must be one of category, channel or nothing; got 'brand'"):
        daily_numbers(tables, by="brand")
    with pytest.raises(HuitouError, match="the first day of a period must lie before the day it ends"):
        daily_numbers(tables, until=date(2025, 3, 1))
    with (
        ShopTables.on_duckdb(Behaviour.of(shop(tmp_path / "empty"))) as empty,
        pytest.raises(HuitouError, match="daily numbers need events; this shop has none. Import events first."),
    ):
        daily_numbers(empty)
