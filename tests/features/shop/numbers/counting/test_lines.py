"""What the numbers are counted from."""

from __future__ import annotations

from decimal import Decimal

from features.shop.numbers.counting.lines import (
    by_period,
    first_orders,
    in_periods,
    lines,
    net,
    order_days,
    orders,
    seen,
)
from features.shop.numbers.period import Period, compared
from features.shop.numbers.shop_tables import ShopTables
from tests.features.shop.numbers.told_shop import WEEK


def test_a_line_costs_what_was_paid(tables: ShopTables) -> None:
    """Pieces times the price paid, else the list price, exactly; a return takes it away."""
    found = lines(tables).mutate(net=net(lines(tables)))
    rows = {
        (row["customer_id"], row["kind"], row["local_date"].day, row["item_id"]): (row["amount"], row["net"])
        for row in tables.ask(found).to_pylist()
    }
    assert rows["anna", "purchase", 11, "tea"] == (Decimal("5.5"), Decimal("5.5"))
    assert rows["anna", "purchase", 11, "cup"] == (Decimal("6"), Decimal("6"))
    assert rows["bo", "return", 12, "tea"] == (Decimal("4.5"), Decimal("-4.5"))


def test_orders_and_their_days(tables: ShopTables) -> None:
    """anna placed three orders on two days; her first was on the 5th."""
    anna = [row for row in tables.ask(orders(tables)).to_pylist() if row["customer_id"] == "anna"]
    assert sorted((row["local_date"].day, row["local_hour"], row["line_count"]) for row in anna) == [
        (5, 10, 2),
        (11, 9, 1),
        (11, 9, 1),
    ]
    days = [row["local_date"].day for row in tables.ask(order_days(tables)).to_pylist() if row["customer_id"] == "anna"]
    assert sorted(days) == [5, 11]
    firsts = {row["customer_id"]: row["first_order_date"].day for row in tables.ask(first_orders(tables)).to_pylist()}
    assert firsts == {"anna": 5, "bo": 7, "dee": 13}


def test_periods_hold_their_days(tables: ShopTables) -> None:
    """Each period holds its own days; asked for ever, all days before its end; days of two periods come twice."""
    bought = in_periods(orders(tables), compared(WEEK))
    counts = bought.group_by("period").agg(orders=bought.count())
    assert by_period(tables.ask(counts)) == {"current": {"orders": 3}, "previous": {"orders": 2}}
    ever = in_periods(orders(tables), {"current": WEEK, "again": Period(WEEK.first, WEEK.until)}, ever=True)
    counts = ever.group_by("period").agg(orders=ever.count())
    assert by_period(tables.ask(counts)) == {"current": {"orders": 5}, "again": {"orders": 5}}


def test_returns_come_by_post(tables: ShopTables) -> None:
    """A return shows nobody in the shop."""
    assert "return" not in tables.ask(seen(tables))["kind"].to_pylist()
    assert len(tables.ask(seen(tables))) == 15
