"""A shop of three weeks that can be reckoned by hand."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import pyarrow as pa

from features.behaviour import Behaviour
from features.events.warehouse import Warehouse
from features.shop.numbers.period import Period
from features.shop.numbers.shop_tables import ShopTables
from features.shop_folder import ShopFolder
from tests.small_shop import events, items, moment, people, stored

WEEK = Period(date(2025, 3, 10), date(2025, 3, 17))
"""The second week, from Monday on; the one before it is known from its Wednesday, 5 March."""

EVENTS = events(
    # The week before: anna and bo buy, cy only looks.
    ("anna", "view", "tea", "2025-03-05T09:00Z"),
    ("anna", "purchase", "tea", "2025-03-05T10:00Z", {"unit_price": "5.00", "order_id": "a1"}),
    ("anna", "purchase", "cup", "2025-03-05T10:00Z", {"unit_price": "3.00", "order_id": "a1"}),
    ("bo", "purchase", "tea", "2025-03-07T20:00Z", {"unit_price": "4.50"}),
    ("cy", "view", "cup", "2025-03-09T23:00Z"),
    # The week: anna buys in two orders of one day, bo sends his tea back, dee buys for the first time without looking.
    ("anna", "view", "cup", "2025-03-11T08:00Z"),
    ("anna", "cart", "cup", "2025-03-11T08:05Z"),
    ("anna", "purchase", "cup", "2025-03-11T09:00Z", {"quantity": 2, "unit_price": "3.00", "order_id": "a2"}),
    ("anna", "purchase", "tea", "2025-03-11T09:30Z", {"order_id": "a3"}),
    ("bo", "return", "tea", "2025-03-12T12:00Z", {"unit_price": "4.50"}),
    ("cy", "view", "tea", "2025-03-12T13:00Z"),
    ("cy", "favorite", "tea", "2025-03-12T13:01Z"),
    ("dee", "purchase", "pot", "2025-03-13T09:15Z", {"unit_price": "20.00"}),
    ("dee", "purchase", "tea", "2025-03-13T21:00Z", {"unit_price": "5.00"}),
    (None, "view", "pot", "2025-03-16T23:59Z", {"visitor_id": "v1"}),
    # The day after it.
    ("dee", "purchase", "tea", "2025-03-17T00:00Z", {"unit_price": "5.00"}),
)
"""Tea bought by anna on the 11th has no price of its own: it cost the list price of 5.50."""

ITEMS = items(
    ("tea", "drinks", "5.50", {"title": "Oolong 乌龙茶"}),
    ("cup", "china", "3.00", {"title": "Cup", "in_stock": False}),
    ("pot", "china", "20.00", {"title": "Pot"}),
)


def told_shop(path: Path, table: pa.Table = EVENTS, timezone: str = "UTC") -> ShopFolder:
    """The shop in ``path``; anna joined within the week, ed without ever coming."""
    folder = stored(path, table, timezone, described=ITEMS)
    warehouse = Warehouse.open(folder)
    warehouse.put_customers(people("anna", "ed", joined_at=moment("2025-03-10T00:00Z")))
    return folder


@contextmanager
def told_tables(path: Path) -> Iterator[ShopTables]:
    """Its tables on DuckDB."""
    with ShopTables.on_duckdb(Behaviour.of(told_shop(path))) as tables:
        yield tables
