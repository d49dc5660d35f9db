"""Hours and weekdays of a shop that can be reckoned by hand."""

from __future__ import annotations

import json
from datetime import date

from features.shop.numbers.habits import habits
from features.shop.numbers.period import Period
from features.shop.numbers.shop_tables import ShopTables
from tests.features.shop.numbers.told_shop import WEEK


def test_hours_of_the_day(tables: ShopTables) -> None:
    """In the week's ninth hour anna placed two orders and dee one, worth 36.50; the hour before there was a look."""
    found = habits(tables, WEEK)
    nine, eight = found.hour(9), found.hour(8)
    assert (nine["orders"].values, nine["gross_revenue"].value) == ((3, 0, None), 36.5)
    assert (eight["views"].value, eight["carts"].value, eight["orders"].value) == (1, 1, 0)


def test_an_order_counts_at_its_first_line(tables: ShopTables) -> None:
    """dee's second line came at nine in the evening and makes no order there."""
    assert habits(tables, WEEK).hour(21)["orders"].value == 0


def test_days_of_the_week(tables: ShopTables) -> None:
    """On the Tuesday anna ordered twice; the Tuesday of the week before is not known."""
    tuesday = habits(tables, WEEK).weekday(1)
    told = [tuesday[name].values for name in ("orders", "orders_per_day")]
    assert told == [(2, None, None), (2.0, None, None)]


def test_days_are_counted_before_they_are_compared(tables: ShopTables) -> None:
    """From Sunday the 9th to Sunday the 16th there are two Sundays with one look each."""
    sunday = habits(tables, Period(date(2025, 3, 9), date(2025, 3, 17))).weekday(6)
    assert (sunday["views"].value, sunday["views_per_day"].value) == (2, 1.0)


def test_the_whole_week_adds_up(tables: ShopTables) -> None:
    """The grid of weekdays and hours holds every look, once."""
    grid = habits(tables, WEEK).of("views")
    assert grid is not None
    assert (grid.shape, grid.sum(), grid[6, 23]) == ((7, 24), 3, 1)
    assert habits(tables, WEEK).of("views", "last_year") is None


def test_it_is_said_in_plain_types(tables: ShopTables) -> None:
    """The answer is JSON, counts whole and every figure defined."""
    said = json.loads(json.dumps(habits(tables, WEEK).as_dict(), allow_nan=False))
    assert (len(said["hours"]), len(said["weekdays"])) == (24, 7)
    assert said["hours"][9]["figures"]["orders"]["value"] == 3
    assert set(said["weekdays"][0]["figures"]) == set(said["definitions"])
