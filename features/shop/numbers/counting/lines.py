"""What the numbers are counted from: what was paid for and sent back, orders, and what happened in which period."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from functools import reduce
from typing import Any

import ibis
import pyarrow as pa

from features.moments import day_number
from features.shop.numbers.period import Period
from features.shop.numbers.shop_tables import ShopTables

MONEY = "decimal(18, 4)"
PIECES = "decimal(18, 0)"


def in_periods(rows: Any, periods: Mapping[str, Period], day: str = "local_date", *, ever: bool = False) -> Any:
    """The rows of each period, with its name in a column ``period``; a row of two periods comes twice.

    ``first_day`` and ``last_day`` are those of the period, as numbers since 1970-01-01.

    With ``ever`` every row before the end of a period belongs to it.
    """

    def of(name: str, period: Period) -> Any:
        known = rows[day] < ibis.literal(period.until)
        kept = known if ever else known & (rows[day] >= ibis.literal(period.first))
        return rows.filter(kept).mutate(
            period=ibis.literal(name), first_day=_number(period.first), last_day=_number(period.until) - 1
        )

    return reduce(lambda one, other: one.union(other), [of(name, period) for name, period in periods.items()])


def lines(tables: ShopTables) -> Any:
    """Every purchase and return with its ``category`` and its ``amount``: pieces times price, exactly, never negative.

    The price is the one that was paid, else the item's list price, else 0; see :class:`features.orders.Orders`.
    """
    events, items = tables.events, tables.items
    traded = events.filter(events.kind.isin(["purchase", "return"]))
    known = traded.left_join(items.select("item_id", "list_price", "category"), "item_id")
    price = ibis.coalesce(known.unit_price, known.list_price, ibis.literal(0).cast(MONEY)).cast(MONEY)
    return known.select(
        *("customer_id", "item_id", "category", "kind", "occurred_at", "local_date", "local_hour"),
        *("quantity", "order_id", "channel"),
        amount=known.quantity.cast(PIECES) * price,
        is_return=known.kind == "return",
    )


def net(rows: Any) -> Any:
    """What each line adds to net spend: purchases minus returns."""
    return rows.is_return.ifelse(-rows.amount, rows.amount)


def orders(tables: ShopTables) -> Any:
    """Every order by the rule of :class:`features.orders.Orders`: the lines of a customer with one ``order_id``.

    Without an ``order_id`` a customer's purchases of one day are one order. Columns ``customer_id``, ``local_date``
    and ``local_hour`` of its first line, ``amount`` (returns not subtracted) and ``line_count``.
    """
    return tables.once(order_parts)


def order_parts(tables: ShopTables, *of: str) -> Any:
    """As :func:`orders`, the parts of an order that differ in ``of`` (columns of :func:`lines`) told apart.

    Every part has the day of the whole order, so that parts add up to the orders of any period.
    """
    bought = lines(tables).filter(lambda row: ~row.is_return)
    nameless_day = bought.order_id.isnull().ifelse(bought.local_date, ibis.null("date"))
    bought = bought.mutate(nameless_day=nameless_day, order_date=bought.local_date)
    order = ("customer_id", "order_id", "nameless_day")
    if of:
        bought = bought.mutate(order_date=bought.local_date.min().over(ibis.window(group_by=order)))
    return bought.group_by(*order, *of).agg(
        local_hour=bought.local_hour.argmin(bought.occurred_at),
        local_date=bought.order_date.min(),
        amount=bought.amount.sum(),
        line_count=bought.count(),
    )


def order_days(tables: ShopTables) -> Any:
    """Each customer's distinct days with an order: ``customer_id``, ``local_date``."""
    return orders(tables).select("customer_id", "local_date").distinct()


def first_orders(tables: ShopTables) -> Any:
    """The day of each customer's first order: ``customer_id``, ``first_order_date``."""
    bought = orders(tables)
    return bought.group_by("customer_id").agg(first_order_date=bought.local_date.min())


def seen(tables: ShopTables) -> Any:
    """The events by which people show that they were there: all but returns, which come back by post."""
    return tables.events.filter(tables.events.kind != "return")


def by_period(answer: pa.Table) -> dict[str, dict[str, Any]]:
    """Each row of an answer by the name in its column ``period``, numbers as whole numbers or floats."""
    rows = {row.pop("period"): row for row in answer.to_pylist()}
    return {name: {key: plain(value) for key, value in row.items()} for name, row in rows.items()}


def plain(value: Any) -> Any:
    """A value of an answer as JSON knows it: money that was summed exactly becomes a float."""
    return float(value) if isinstance(value, Decimal) else value


def _number(day: date) -> Any:
    return ibis.literal(day_number(day), type="int64")
