"""The slow, obvious way to every customer feature: one customer, plain loops, no arrays.

It shares nothing with the package but the names of the features.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Collection
from datetime import date, datetime
from itertools import pairwise
from statistics import fmean, median, pstdev

import pyarrow as pa

from tests.features.one_customer import Customer, Deed, Item, customers

NONE = math.nan
Numbers = dict[str, float]


def oracle(
    table: pa.Table, cutoff: datetime, described: pa.Table, timezone: str, sales: Collection[date] = ()
) -> dict[str, Numbers]:
    """All features of every customer of ``table`` (``EVENT_SCHEMA``) by customer id."""
    found = customers(table, cutoff, described, timezone)
    return {name: customer_numbers(customer) | fell_to(customer, found, sales) for name, customer in found.items()}


def customer_numbers(customer: Customer) -> Numbers:
    numbers: Numbers = {}
    for family in (
        counts,
        recency,
        presence,
        orders,
        gaps,
        conversion,
        carts,
        variety,
        prices,
        habits,
        trends,
    ):
        numbers |= family(customer)
    return numbers


def share(part: float, whole: float) -> float:
    return NONE if whole == 0 or math.isnan(whole) else part / whole


def mean(values: list[float]) -> float:
    return fmean(values) if values else NONE


def label(days: int | None) -> str:
    return "all" if days is None else f"{days}d"


def counts(customer: Customer) -> Numbers:
    numbers = {}
    for kind in ("view", "favorite", "cart", "purchase"):
        for days in (1, 3, 7, 14, 30, 60, 90, 180, 365, None):
            numbers[f"{kind}_count_{label(days)}"] = float(len(customer.within(customer.of(kind), days)))
    return numbers


def recency(customer: Customer) -> Numbers:
    numbers = {
        "days_since_any": customer.age(customer.deeds[-1]),
        "days_since_first": customer.age(customer.deeds[0]),
    }
    for kind in ("view", "favorite", "cart", "purchase"):
        ages = [customer.age(deed) for deed in customer.of(kind)]
        numbers[f"days_since_{kind}"] = min(ages, default=NONE)
    return numbers


def presence(customer: Customer) -> Numbers:
    numbers = {}
    for days in (7, 30, 90, 365, None):
        active = {deed.day for deed in customer.within(customer.deeds, days)}
        numbers[f"active_days_{label(days)}"] = float(len(active))
    newest, oldest = customer.age(customer.deeds[-1]), customer.age(customer.deeds[0])
    days_all = numbers["active_days_all"]
    gap = (oldest - newest) / (days_all - 1) if days_all > 1 else NONE
    numbers["visit_gap_mean_days"] = gap
    numbers["visit_churn_factor"] = NONE if math.isnan(gap) else newest / max(gap, 0.5)
    return numbers


def order_lines(customer: Customer) -> list[list[Deed]]:
    """The lines of each order, orders by their first line."""
    found: dict[object, list[Deed]] = {}
    for deed in customer.of("purchase"):
        key = deed.order_id if deed.order_id is not None else deed.day
        found.setdefault(key, []).append(deed)
    return list(found.values())


def orders(customer: Customer) -> Numbers:
    numbers: Numbers = {}
    found = order_lines(customer)
    for days in (30, 60, 90, 180, 365, None):
        firsts = [lines[0] for lines in found]
        numbers[f"order_count_{label(days)}"] = float(len(customer.within(firsts, days)))
        spend = 0.0
        for deed in customer.within(customer.of("purchase", "return"), days):
            sign = -1 if deed.kind == "return" else 1
            spend += sign * deed.quantity * (customer.price(deed) or 0)
        numbers[f"net_spend_{label(days)}"] = spend
    values = [sum(deed.quantity * (customer.price(deed) or 0) for deed in lines) for lines in found]
    returns = customer.of("return")
    return numbers | {
        "order_value_mean": mean(values),
        "order_value_last": values[-1] if values else NONE,
        "order_value_max": max(values, default=NONE),
        "lines_per_order": mean([float(len(lines)) for lines in found]),
        "return_count_all": float(len(returns)),
        "days_since_return": min((customer.age(deed) for deed in returns), default=NONE),
    }


def gaps(customer: Customer) -> Numbers:
    firsts: dict[date, Deed] = {}
    for deed in customer.of("purchase"):
        firsts.setdefault(deed.day, deed)
    ages = [customer.age(deed) for deed in firsts.values()]
    found = [older - newer for older, newer in pairwise(ages)]
    since = min((customer.age(deed) for deed in customer.of("purchase")), default=NONE)
    first = max(ages, default=NONE)
    average, longest = mean(found), max(found, default=NONE)
    deviation = pstdev(found) if len(found) > 1 else NONE
    return {
        "purchase_day_count": float(len(firsts)),
        "days_since_first_purchase": first,
        "purchase_gap_mean_days": average,
        "purchase_gap_std_days": deviation,
        "purchase_gap_variation": share(deviation, average),
        "purchase_gap_last_days": found[-1] if found else NONE,
        "purchase_gap_shortest_days": min(found, default=NONE),
        "purchase_gap_longest_days": longest,
        "purchase_gap_trend": share(found[-1], found[-2]) if len(found) > 1 else NONE,
        "churn_factor": share(since, average),
        "overdue_days": since - average,
        "longest_gap_share": share(since, longest),
        "orders_per_year": len(firsts) / (max(first, 30) / 365) if firsts else NONE,
    }


def conversion(customer: Customer) -> Numbers:
    view, favorite = len(customer.of("view")), len(customer.of("favorite"))
    cart, purchase = len(customer.of("cart")), len(customer.of("purchase"))
    return {
        "cart_per_view": share(cart, view),
        "favorite_per_view": share(favorite, view),
        "purchase_per_view": share(purchase, view),
        "purchase_per_cart": share(purchase, cart),
    }


def carts(customer: Customer) -> Numbers:
    numbers = {}
    for name, opening, closing in (
        ("open_cart", "cart", "uncart"),
        ("open_favorite", "favorite", "unfavorite"),
    ):
        lying: dict[str, Deed] = {}
        for deed in customer.deeds:
            if deed.kind == opening:
                lying[deed.item] = deed
            elif deed.kind in (closing, "purchase"):
                lying.pop(deed.item, None)
        numbers[f"{name}_count"] = float(len(lying))
        numbers[f"{name}_count_7d"] = float(len(customer.within(lying.values(), 7)))
        numbers[f"{name}_value"] = sum((customer.list_price(item) or 0.0 for item in lying), 0.0)
        numbers[f"{name}_newest_days"] = min(map(customer.age, lying.values()), default=NONE)
    return numbers


def variety(customer: Customer) -> Numbers:
    touched = {deed.item for deed in customer.deeds}
    categories = Counter(customer.category(deed.item) for deed in customer.deeds)
    categories.pop(None, None)
    shares = [count / categories.total() for count in categories.values()]
    bought = Counter(deed.item for deed in customer.of("purchase"))
    again = [item for item, count in bought.items() if count > 1]
    return {
        "distinct_item_count": float(len(touched)),
        "events_per_item": len(customer.deeds) / len(touched),
        "distinct_category_count": float(len(categories)),
        "top_category_share": max(shares, default=NONE),
        "category_entropy": -sum(part * math.log(part) for part in shares) if shares else NONE,
        "distinct_bought_item_count": float(len(bought)),
        "repeat_item_share": share(len(again), len(bought)),
    }


def prices(customer: Customer) -> Numbers:
    numbers = {}
    for name, kind in (("viewed", "view"), ("bought", "purchase")):
        shown = [customer.price(deed) for deed in customer.of(kind)]
        numbers[f"{name}_price_mean"] = mean([price for price in shown if price is not None])
    discounts = []
    for deed in customer.of("purchase"):
        listed = customer.list_price(deed.item)
        if listed and deed.unit_price is not None:
            discounts.append(min(max(1 - deed.unit_price / listed, 0.0), 1.0))
    numbers["discounted_share"] = mean([float(discount > 0.02) for discount in discounts])
    numbers["discount_mean"] = mean(discounts)
    levels = [level(customer.items, deed.item) for deed in customer.deeds]
    numbers["price_level"] = mean([found for found in levels if found is not None])
    return numbers


def level(items: dict[str, Item], item: str) -> float | None:
    """How dear an item is within its category."""
    if item not in items or not items[item].price:
        return None
    beside = [other.price for other in items.values() if other.price and other.category == items[item].category]
    return math.log(items[item].price or NONE) - median([math.log(price) for price in beside])


def habits(customer: Customer) -> Numbers:
    angles = [deed.local.hour / 24 * 2 * math.pi for deed in customer.deeds]
    return {
        "hour_sine_mean": mean([math.sin(angle) for angle in angles]),
        "hour_cosine_mean": mean([math.cos(angle) for angle in angles]),
        "night_share": mean([float(deed.local.hour < 6) for deed in customer.deeds]),
        "weekend_share": mean([float(deed.local.isoweekday() >= 6) for deed in customer.deeds]),
    }


def usual_price(found: dict[str, Customer], line: Deed) -> float:
    """The list price, else the median paid for a piece, by anybody or in lines of that size; 0 where none is usual."""
    listed = next(iter(found.values())).list_price(line.item)
    if listed is not None:
        return listed
    lines = [deed for customer in found.values() for deed in customer.of("purchase") if deed.item == line.item]
    paid = [(deed.unit_price, size(deed.quantity)) for deed in lines if deed.unit_price is not None]
    alike = [price for price, pieces in paid if pieces == size(line.quantity)]
    told = [[price for price, _ in paid], alike if len(alike) >= 3 else []]
    return min((median(prices) for prices in told if prices and agree(prices)), default=0.0)


def agree(prices: list[float]) -> bool:
    """Whether prices a little below or above the middle are the median."""
    low, high = (quantile(prices, share) for share in (0.375, 0.625))
    return low >= 0.98 * median(prices) or high <= 1.02 * median(prices)


def quantile(values: list[float], share: float) -> float:
    """The value at a share of the way through them, between neighbours in proportion."""
    ordered, place = sorted(values), share * (len(values) - 1)
    below = math.floor(place)
    above = min(below + 1, len(ordered) - 1)
    return ordered[below] + (place - below) * (ordered[above] - ordered[below])


def size(quantity: float) -> int:
    """How often a quantity can be halved and still be one piece or more, up to seven times."""
    return 0 if quantity < 2 else min(1 + size(quantity / 2), 7)


def fell_to(customer: Customer, found: dict[str, Customer], sales: Collection[date]) -> Numbers:
    """What of the orders and views fell to sales and discounts."""
    discounts = []
    for lines in order_lines(customer):
        priced = [deed for deed in lines if deed.unit_price is not None and usual_price(found, deed)]
        at_usual = sum(usual_price(found, deed) * deed.quantity for deed in priced)
        if at_usual:
            discounts.append(float(sum((deed.unit_price or 0) * deed.quantity for deed in priced) < 0.98 * at_usual))
    return {
        "discount_order_share": mean(discounts),
        "promotion_order_share": mean([float(lines[0].day in sales) for lines in order_lines(customer)]),
        "promotion_view_share": mean([float(deed.day in sales) for deed in customer.of("view")]),
    }


def trends(customer: Customer) -> Numbers:
    def newest_share(kinds: tuple[str, ...], newest: int, longer: int) -> float:
        ages = [customer.age(deed) for deed in customer.of(*kinds)]
        recent = sum(age <= newest for age in ages) / newest
        before = sum(newest < age <= longer for age in ages) / (longer - newest)
        return share(recent, recent + before)

    everything = ("view", "favorite", "cart", "purchase")
    return {
        "activity_trend_7d_30d": newest_share(everything, 7, 30),
        "activity_trend_30d_90d": newest_share(everything, 30, 90),
        "activity_trend_90d_365d": newest_share(everything, 90, 365),
        "cart_trend_7d_30d": newest_share(("cart",), 7, 30),
        "purchase_trend_90d_365d": newest_share(("purchase",), 90, 365),
        "return_per_purchase": share(len(customer.of("return")), len(customer.of("purchase"))),
    }
