"""One customer for the oracle: what happened, in plain Python; local days come from :mod:`zoneinfo`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pyarrow as pa

KIND_ORDER = ["view", "favorite", "cart", "uncart", "unfavorite", "purchase", "return"]


@dataclass(frozen=True)
class Item:
    """What is known of an item."""

    category: str | None
    price: float | None


@dataclass(frozen=True)
class Deed:
    """One event of a customer."""

    kind: str
    item: str
    at: datetime
    local: datetime
    quantity: int
    unit_price: float | None
    order_id: str | None

    @property
    def day(self) -> date:
        return self.local.date()

    def rank(self) -> tuple[object, ...]:
        """By time, then as simultaneous events are taken to happen; what is missing comes last."""
        price = (self.unit_price is None, self.unit_price or 0)
        order = (self.order_id is None, self.order_id or "")
        return (self.at, KIND_ORDER.index(self.kind), self.item, self.quantity, price, order)


@dataclass(frozen=True)
class Customer:
    """Everything that was known of one customer before the cutoff."""

    deeds: list[Deed]
    items: dict[str, Item]
    cutoff: datetime

    def age(self, deed: Deed) -> float:
        return (self.cutoff - deed.at) / timedelta(days=1)

    def of(self, *kinds: str) -> list[Deed]:
        return [deed for deed in self.deeds if deed.kind in kinds]

    def within(self, deeds: Iterable[Deed], days: float | None) -> list[Deed]:
        return [deed for deed in deeds if days is None or self.age(deed) <= days]

    def list_price(self, item: str) -> float | None:
        return self.items[item].price if item in self.items else None

    def category(self, item: str) -> str | None:
        return self.items[item].category if item in self.items else None

    def price(self, deed: Deed) -> float | None:
        return self.list_price(deed.item) if deed.unit_price is None else deed.unit_price


def customers(table: pa.Table, cutoff: datetime, described: pa.Table, timezone: str) -> dict[str, Customer]:
    """Every customer of ``table`` (``EVENT_SCHEMA``) with what was known before ``cutoff``, by id."""
    items = {
        row["item_id"]: Item(row["category"], None if row["price"] is None else float(row["price"]))
        for row in described.to_pylist()
    }
    deeds: dict[str, list[Deed]] = {}
    for row in table.to_pylist():
        known_at = row["known_at"] or row["occurred_at"]
        if row["occurred_at"] < cutoff and known_at < cutoff:
            deeds.setdefault(row["customer_id"], []).append(_deed(row, timezone))
    return {name: Customer(sorted(found, key=Deed.rank), items, cutoff) for name, found in deeds.items()}


def _deed(row: dict[str, object], timezone: str) -> Deed:
    at = row["occurred_at"]
    assert isinstance(at, datetime)
    price = row["unit_price"]
    return Deed(
        kind=str(row["kind"]),
        item=str(row["item_id"]),
        at=at,
        local=at.astimezone(ZoneInfo(timezone)),
        quantity=int(str(row["quantity"] or 1)),
        unit_price=None if price is None else float(str(price)),
        order_id=None if row["order_id"] is None else str(row["order_id"]),
    )
