"""Random shops with members and visitors, described items and people, returns, and orders over several days."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa

from features.events.event import CUSTOMER_SCHEMA, EVENT_SCHEMA
from features.events.warehouse import Warehouse
from features.shop_folder import ShopFolder
from tests.small_shop import append, items, moment, random_events, shop

VISITORS = ("c1", "c5", "c9")
"""Of the twelve people those who are known by their browser alone."""

CHANNELS = ("web", "app", None)

DESCRIBED = (
    *(("i0", "tea", "5.00"), ("i1", "tea", None), ("i2", "cups", "3.25")),
    *(("i3", "cups", "0"), ("i4", None, "20"), ("i9", "pots", "8.10")),
)
"""Items six and seven are not described, and nobody has seen item nine."""

JOINED = {"c0": "2024-03-05T00:00Z", "c1": "2024-01-02T00:00Z", "c2": None, "late": "2024-06-01T12:00Z", "mute": None}
"""The described customers and when they signed up; of ``mute`` nothing else is known."""


def random_shop(path: Path, seed: int, count: int = 700) -> ShopFolder:
    """The shop in ``path``, in UTC: 400 days from 2024-01-01."""
    folder = shop(path)
    append(folder, with_visitors(random_events(seed, count)))
    warehouse = Warehouse.open(folder)
    warehouse.put_items(items(*DESCRIBED))
    joined = [{"customer_id": name, "joined_at": at and moment(at)} for name, at in JOINED.items()]
    warehouse.put_customers(pa.Table.from_pylist(joined, schema=CUSTOMER_SCHEMA))
    return folder


def with_visitors(events: pa.Table) -> pa.Table:
    """The events with some people as visitors, and everything in one of three channels."""
    rows: list[dict[str, Any]] = events.to_pylist()
    for number, row in enumerate(rows):
        row["channel"] = CHANNELS[number % 3]
        if row["customer_id"] in VISITORS:
            row["customer_id"], row["visitor_id"] = None, row["customer_id"]
    return pa.Table.from_pylist(rows, schema=EVENT_SCHEMA)
