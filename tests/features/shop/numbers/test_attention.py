"""Items by attention, for the shop's pages."""

from __future__ import annotations

import json
from datetime import date
from pathlib import Path

import pytest

from features.behaviour import Behaviour
from features.errors import HuitouError
from features.shop.numbers.attention import attention
from features.shop.numbers.period import Period
from features.shop.numbers.shop_tables import ShopTables
from tests.features.shop.numbers.told_shop import WEEK
from tests.small_shop import events, items, moment, stored


def test_the_popular_ones_can_be_bought(tables: ShopTables) -> None:
    """Tea had three people, the pot two; the cup is out of stock and is not shown."""
    popular = attention(tables, WEEK).popular
    assert [(each.item_id, each.interested_people.values) for each in popular] == [
        ("tea", (3, 2, None)),
        ("pot", (2, 0, None)),
    ]
    assert (popular[0].title, popular[0].category) == ("Oolong 乌龙茶", "drinks")


def test_each_category_has_its_own(tables: ShopTables) -> None:
    """The category of the most popular item comes first, and as many items of each as wished."""
    found = attention(tables, WEEK, per_category=1).by_category
    assert {name: [each.item_id for each in listed] for name, listed in found.items()} == {
        "drinks": ["tea"],
        "china": ["pot"],
    }


def test_what_is_new(tmp_path: Path) -> None:
    """New is what was first offered lately; where that was not told, what was first seen lately."""
    rows = [
        ("anna", "view", item, at)
        for item, at in (
            *(("old", "2025-01-01T10:00Z"), ("old", "2025-03-10T10:00Z"), ("told", "2025-03-10T10:00Z")),
            *(("seen", "2025-03-12T10:00Z"), ("back", "2025-03-13T10:00Z")),
        )
    ]
    described = items(
        ("told", None, None, {"added_at": moment("2025-03-01T00:00Z")}),
        ("back", None, None, {"added_at": moment("2024-03-01T00:00Z")}),
    )
    folder = stored(tmp_path / "shop", events(*rows), described=described)
    with ShopTables.on_duckdb(Behaviour.of(folder)) as tables:
        found = attention(tables, WEEK, new_within_days=20)
        older = attention(tables, WEEK, new_within_days=10)
    assert [(each.item_id, each.first_date) for each in found.new] == [
        ("seen", date(2025, 3, 12)),
        ("told", date(2025, 3, 1)),
    ]
    assert [each.item_id for each in older.new] == ["seen"]


def test_what_trends(tmp_path: Path) -> None:
    """What many more look at than before comes first among the trending, though others are more popular."""
    rows = [
        (f"c{person}", "view", f"item{item}", f"2025-03-{day}T10:00Z")
        for day in ("05", "12")
        for item in range(10)
        for person in range(50)
    ]
    rows += [(f"new{person}", "view", "hit", "2025-03-12T10:00Z") for person in range(40)]
    rows.append(("c1", "view", "item0", "2025-03-03T10:00Z"))
    with ShopTables.on_duckdb(Behaviour.of(stored(tmp_path / "shop", events(*rows)))) as tables:
        found = attention(tables, WEEK)
    assert found.popular[0].item_id == "item0"
    assert (found.trending[0].item_id, found.trending[0].rose) == ("hit", True)


def test_too_many_are_refused(tables: ShopTables) -> None:
    """At most a thousand items of an order can be asked for."""
    with pytest.raises(HuitouError, match="n must be between 1 and 1,000; got 1001. Ask for the first 20."):
        attention(tables, WEEK, n=1001)


def test_it_is_said_in_plain_types(tables: ShopTables) -> None:
    """The answer is JSON; before the history there is nothing to order."""
    said = json.loads(json.dumps(attention(tables, WEEK).as_dict(), allow_nan=False))
    assert said["popular"][0]["first_date"] == "2025-03-05"
    assert set(said["popular"][0]) >= set(said["definitions"])
    assert attention(tables, Period.parse("2024-01-01", "2024-01-08")).popular == ()
