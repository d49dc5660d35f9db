"""The slow, obvious way to every number of a shop: plain loops over a list of events.

It shares nothing with the package but the names of the figures.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from features.events.warehouse import Warehouse
from features.shop_folder import ShopFolder

Deed = dict[str, Any]
Days = tuple[date, date]


@dataclass(frozen=True)
class PlainShop:
    """All that a shop knows, as lists of dicts."""

    deeds: list[Deed]
    items: dict[str, Deed]
    customers: dict[str, date | None]

    @classmethod
    def of(cls, folder: ShopFolder) -> PlainShop:
        """The shop in a folder, read through its warehouse; its zone must be UTC."""
        warehouse = Warehouse.open(folder)
        people = sorted(warehouse.people())
        deeds = warehouse.events_of(people).to_pylist()
        items = {row["item_id"]: row for row in warehouse.items().to_pylist()}
        joined = {row["customer_id"]: row["joined_at"] for row in warehouse.customers().to_pylist()}
        return cls(deeds, items, {name: at and at.date() for name, at in joined.items()})

    def price(self, deed: Deed) -> Decimal:
        listed = self.items.get(deed["item_id"], {}).get("price")
        paid = deed["unit_price"]
        return Decimal(deed["quantity"]) * (paid if paid is not None else listed or Decimal(0))

    def category(self, deed: Deed) -> str:
        return self.items.get(deed["item_id"], {}).get("category") or ""

    def within(self, days: Days, *kinds: str) -> list[Deed]:
        return [deed for deed in self.deeds if days[0] <= deed["local_date"] < days[1] if deed["kind"] in kinds]

    def orders(self) -> list[Deed]:
        """``customer_id``, ``day``, ``hour`` and ``amount`` of every order."""
        lines: dict[tuple[str, Any], list[Deed]] = defaultdict(list)
        for deed in self.deeds:
            if deed["kind"] == "purchase":
                key = deed["local_date"] if deed["order_id"] is None else deed["order_id"]
                lines[deed["customer_id"], key].append(deed)
        found = []
        for (customer, _), bought in lines.items():
            first = min(bought, key=lambda deed: deed["occurred_at"])
            amount = sum(self.price(deed) for deed in bought)
            found.append(
                {"customer_id": customer, "day": first["local_date"], "hour": first["local_hour"], "amount": amount}
            )
        return found

    def first_orders(self) -> dict[str, date]:
        return lowest((order["customer_id"], order["day"]) for order in self.orders())

    def net(self, deeds: Iterable[Deed]) -> float:
        signs = {"purchase": 1, "return": -1}
        return float(sum(signs[deed["kind"]] * self.price(deed) for deed in deeds))


def lowest(pairs: Iterable[tuple[str, date]]) -> dict[str, date]:
    found: dict[str, date] = {}
    for name, day in pairs:
        found[name] = min(day, found.get(name, day))
    return found


def share(part: float, whole: float) -> float | None:
    return part / whole if whole else None


def overview_numbers(shop: PlainShop, days: Days) -> dict[str, Any]:
    """The counted figures of the overview."""
    first, until = days
    seen = [deed for deed in shop.within(days, *KINDS) if deed["kind"] != "return"]
    kinds = Counter(deed["kind"] for deed in seen)
    active, ordered = {deed["customer_id"] for deed in seen}, shop.first_orders()
    orders = [order for order in shop.orders() if first <= order["day"] < until]
    made = Counter(order["customer_id"] for order in orders)
    gross = float(sum(order["amount"] for order in orders))
    since = member_days(shop)
    before = (first - (until - first), first)
    earlier = {order["customer_id"] for order in shop.orders() if before[0] <= order["day"] < before[1]}
    return {
        "members": sum(day is None or day < until for day in since.values()),
        "new_members": sum(day is not None and first <= day < until for day in since.values()),
        "active_people": len(active),
        "visitors": sum(person not in ordered or ordered[person] >= until for person in active),
        "views": kinds["view"],
        "carts": kinds["cart"],
        "favourites": kinds["favorite"],
        "orders": len(orders),
        "buyers": len(made),
        "new_buyers": sum(first <= day < until for day in ordered.values()),
        "returning_buyers": sum(ordered[person] < first for person in made),
        "gross_revenue": gross,
        "returned_value": -shop.net(shop.within(days, "return")),
        "net_revenue": shop.net(shop.within(days, "purchase", "return")),
        "average_order_value": share(gross, len(orders)),
        "repurchase_rate_by_buyers": share(sum(count >= 2 for count in made.values()), len(made)),
        "repurchase_rate_by_orders": share(len(orders) - len(made), len(orders)),
        "back_purchase_rate": share(len(earlier & set(made)), len(earlier)),
    }


KINDS = ("view", "favorite", "cart", "uncart", "unfavorite", "purchase", "return")


def member_days(shop: PlainShop) -> dict[str, date | None]:
    """The day on which each member joined, None where it is not known."""
    seen: dict[str, date | None] = dict(lowest((deed["customer_id"], deed["local_date"]) for deed in shop.deeds))
    for name, joined in shop.customers.items():
        seen[name] = joined or seen.get(name)
    return {name: day for name, day in seen.items() if not name.startswith("visitor:")}


def funnel_numbers(shop: PlainShop, days: Days, group: Callable[[Deed], str]) -> dict[str, dict[str, int]]:
    """People at each step by group."""
    did: dict[tuple[str, str], set[str]] = defaultdict(set)
    for deed in shop.within(days, "view", "favorite", "cart", "purchase"):
        did[group(deed), deed["customer_id"]].add(deed["kind"])
    found: dict[str, dict[str, int]] = defaultdict(lambda: dict.fromkeys(STEPS, 0))
    for (name, _), kinds in did.items():
        wanted = bool(kinds & {"favorite", "cart"})
        steps = (
            *("view" in kinds, "favorite" in kinds, "cart" in kinds, wanted, "purchase" in kinds),
            *("view" in kinds and wanted, wanted and "purchase" in kinds, {"view", "purchase"} <= kinds),
        )
        for step, there in zip(STEPS, steps, strict=True):
            found[name][step] += there
    return found


STEPS = (
    *("browse_people", "favourite_people", "cart_people", "favourite_or_cart_people", "purchase_people"),
    *("browse_then_favourite_or_cart_people", "favourite_or_cart_then_purchase_people", "browse_then_purchase_people"),
)


def cohort_numbers(shop: PlainShop, until: date) -> dict[tuple[str, int], tuple[int, int, float]]:
    """Buyers, orders and net revenue by month of the first order (``2025-03``) and months since."""
    firsts = shop.first_orders()
    buyers: dict[tuple[str, int], set[str]] = defaultdict(set)
    orders: Counter[tuple[str, int]] = Counter()
    lines: dict[tuple[str, int], list[Deed]] = defaultdict(list)

    def place(person: str, day: date) -> tuple[str, int]:
        month = firsts[person]
        return f"{month:%Y-%m}", (day.year - month.year) * 12 + day.month - month.month

    for order in shop.orders():
        if order["day"] < until:
            buyers[place(order["customer_id"], order["day"])].add(order["customer_id"])
            orders[place(order["customer_id"], order["day"])] += 1
    for deed in shop.within((date.min, until), "purchase", "return"):
        if deed["customer_id"] in firsts:
            lines[place(deed["customer_id"], deed["local_date"])].append(deed)
    places = {*buyers, *lines}
    return {each: (len(buyers[each]), orders[each], shop.net(lines[each])) for each in places if each[1] >= 0}


def sold_numbers(shop: PlainShop, days: Days, name: Callable[[Deed], str]) -> dict[str, tuple[int, int, float]]:
    """Buyers, pieces and net revenue of each thing."""
    lines: dict[str, list[Deed]] = defaultdict(list)
    for deed in shop.within(days, "purchase", "return"):
        lines[name(deed)].append(deed)
    return {
        thing: (
            len({deed["customer_id"] for deed in deeds if deed["kind"] == "purchase"}),
            sum(deed["quantity"] for deed in deeds if deed["kind"] == "purchase"),
            shop.net(deeds),
        )
        for thing, deeds in lines.items()
    }


def interest_numbers(shop: PlainShop, days: Days) -> dict[str, int]:
    """How many people looked at, favourited, carted or bought each item."""
    people: dict[str, set[str]] = defaultdict(set)
    for deed in shop.within(days, "view", "favorite", "cart", "purchase"):
        people[deed["item_id"]].add(deed["customer_id"])
    return {item: len(found) for item, found in people.items()}


def day_numbers(shop: PlainShop, day: date) -> dict[str, float]:
    """The numbers of one day."""
    days = day, day + timedelta(days=1)
    return {name: value for name, value in overview_numbers(shop, days).items() if name in DAILY}


DAILY = (
    *("views", "carts", "favourites", "active_people", "orders", "buyers", "new_buyers"),
    *("gross_revenue", "net_revenue", "average_order_value"),
)
