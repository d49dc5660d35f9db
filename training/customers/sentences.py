"""Concepts as sentences with the customer's own numbers, in English and Simplified Chinese."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping

Numbers = Mapping[str, float]
"""Features of one customer by name; NaN where there is none."""
Sentence = tuple[str, str]
"""The same in English and in Simplified Chinese."""

NUMBERS = (
    "days_since_purchase",
    "purchase_gap_mean_days",
    "purchase_day_count",
    "orders_per_year",
    "order_count_all",
    "order_count_90d",
    "net_spend_all",
    "net_spend_90d",
    "days_since_first_purchase",
    "days_since_first",
    "view_count_all",
    "view_count_30d",
    "days_since_any",
    "active_days_90d",
    "open_cart_count",
    "open_cart_newest_days",
    "cart_count_30d",
    "open_favorite_count",
    "favorite_count_30d",
    "distinct_bought_item_count",
    "distinct_item_count",
    "discounted_share",
    "bought_price_mean",
    "viewed_price_mean",
    "return_count_all",
    "weekend_share",
)
"""The features that sentences speak of."""


def sentence(concept: str, numbers: Numbers, *, raises: bool) -> Sentence | None:
    """What there is to say about a concept, or None; ``raises`` when it raises the chance of an order."""
    return SENTENCES[concept](numbers, raises)


def silence(numbers: Numbers, raises: bool) -> Sentence | None:
    """How long ago the last order was, and how often they usually come."""
    since, gap = numbers["days_since_purchase"], numbers["purchase_gap_mean_days"]
    if math.isnan(since):
        return None
    if math.isnan(gap):
        return f"last ordered {ago(since)}", f"上次下单在{ago_zh(since)}"
    if raises or since <= gap:
        return (
            f"ordered {ago(since)}, usually every {span(gap)}",
            f"上次下单在{ago_zh(since)}，通常每{span_zh(gap)}下单一次",
        )
    return (
        f"silent for {span(since)}, usually orders every {span(gap)}",
        f"已沉默{span_zh(since)}，通常每{span_zh(gap)}下单一次",
    )


def rhythm(numbers: Numbers, raises: bool) -> Sentence | None:
    """How often they order; a yearly number only where it is not made up from a few weeks."""
    if not numbers["purchase_day_count"] >= 2:
        return None
    if numbers["days_since_first_purchase"] < 90:
        gap = numbers["purchase_gap_mean_days"]
        return f"usually orders every {span(gap)}", f"通常每{span_zh(gap)}下单一次"
    yearly = max(1, round(numbers["orders_per_year"]))
    return f"about {count(yearly, 'order')} a year", f"平均每年约{yearly:,}单"


def orders(numbers: Numbers, raises: bool) -> Sentence | None:
    """How many orders there were."""
    total, recent = numbers["order_count_all"], numbers["order_count_90d"]
    if not total >= 1:
        return None
    if total == 1:
        return "only one order so far", "至今只下过一单"
    so_far, so_far_zh = f"{count(total, 'order')} so far", f"共{total:,.0f}单"
    if recent:
        return f"{so_far}, {recent:,.0f} in the last 90 days", f"{so_far_zh}，近90天{recent:,.0f}单"
    if raises:
        return so_far, so_far_zh
    return f"{so_far}, none in the last 90 days", f"{so_far_zh}，近90天没有下单"


def spend(numbers: Numbers, raises: bool) -> Sentence | None:
    """How much was spent, returns taken off."""
    total, recent = numbers["net_spend_all"], numbers["net_spend_90d"]
    if not numbers["order_count_all"] >= 1 or not total:
        return None
    so_far, so_far_zh = f"spent {total:,.0f} so far", f"累计消费{total:,.0f}"
    if raises and not recent:
        return so_far, so_far_zh
    return f"{so_far}, {recent:,.0f} in the last 90 days", f"{so_far_zh}，近90天{recent:,.0f}"


def tenure(numbers: Numbers, raises: bool) -> Sentence | None:
    """How long the customer has been one."""
    bought, seen = numbers["days_since_first_purchase"], numbers["days_since_first"]
    if numbers["purchase_day_count"] == 1:
        return None  # the silence since then says the same
    if not math.isnan(bought):
        return f"first ordered {ago(bought)}", f"首次下单在{ago_zh(bought)}"
    return f"first seen {ago(seen)}", f"首次来访在{ago_zh(seen)}"


def browsing(numbers: Numbers, raises: bool) -> Sentence | None:
    """How much the customer looks around."""
    views, since = numbers["view_count_30d"], numbers["days_since_any"]
    if not numbers["view_count_all"]:
        active = numbers["active_days_90d"]
        if raises and not active:
            return None
        return f"active on {count(active, 'day')} of the last 90", f"近90天中有{active:,.0f}天活跃"
    if not views:
        return f"no views in the last 30 days, last seen {ago(since)}", f"近30天没有浏览，上次来访在{ago_zh(since)}"
    return (
        f"{count(views, 'view')} in the last 30 days, last seen {ago(since)}",
        f"近30天浏览{views:,.0f}次，上次来访在{ago_zh(since)}",
    )


def cart(numbers: Numbers, raises: bool) -> Sentence | None:
    """What lies in the cart, or was put there."""
    waiting, newest, put = (numbers[name] for name in ("open_cart_count", "open_cart_newest_days", "cart_count_30d"))
    if waiting:
        return (
            f"{count(waiting, 'item')} left in the cart, the newest {ago(newest)}",
            f"购物车里有{waiting:,.0f}件商品，最近一件在{ago_zh(newest)}加入",
        )
    if put:
        return f"{count(put, 'item')} put in the cart in the last 30 days", f"近30天加购{put:,.0f}次"
    return None if raises else ("nothing in the cart", "购物车里没有商品")


def favorites(numbers: Numbers, raises: bool) -> Sentence | None:
    """What is among the favourites."""
    waiting, put = numbers["open_favorite_count"], numbers["favorite_count_30d"]
    if waiting:
        return f"{count(waiting, 'item')} among the favourites", f"收藏了{waiting:,.0f}件商品"
    if put:
        return f"{count(put, 'item')} favourited in the last 30 days", f"近30天收藏{put:,.0f}次"
    return None if raises else ("nothing among the favourites", "没有收藏商品")


def variety(numbers: Numbers, raises: bool) -> Sentence | None:
    """How many different items."""
    bought, touched = numbers["distinct_bought_item_count"], numbers["distinct_item_count"]
    if bought:
        return f"has bought {count(bought, 'different item')}", f"买过{bought:,.0f}种商品"
    return f"has looked at {count(touched, 'different item')}", f"看过{touched:,.0f}种商品"


def price(numbers: Numbers, raises: bool) -> Sentence | None:
    """Discounts and prices."""
    discounted, paid, viewed = (
        numbers[name] for name in ("discounted_share", "bought_price_mean", "viewed_price_mean")
    )
    if discounted == 0:
        return "buys without discounts", "购买的商品没有折扣"
    if not math.isnan(discounted):
        return f"{discounted:.0%} of the items bought at a discount", f"购买的商品中{discounted:.0%}有折扣"
    if not math.isnan(paid):
        return f"pays {paid:,.2f} for an item on average", f"购买商品的平均单价为{paid:,.2f}"
    if not math.isnan(viewed):
        return f"looks at items of {viewed:,.2f} on average", f"浏览商品的平均单价为{viewed:,.2f}"
    return None


def returns(numbers: Numbers, raises: bool) -> Sentence | None:
    """How many items came back."""
    returned = numbers["return_count_all"]
    if returned:
        return f"{count(returned, 'return')} so far", f"已退货{returned:,.0f}次"
    return "no returns so far", "没有退过货"


def hours(numbers: Numbers, raises: bool) -> Sentence | None:
    """When in the week the customer is active."""
    weekend = numbers["weekend_share"]
    return f"{weekend:.0%} of the activity at weekends", f"{weekend:.0%}的活动在周末"


SENTENCES: Mapping[str, Callable[[Numbers, bool], Sentence | None]] = {
    "silence": silence,
    "rhythm": rhythm,
    "orders": orders,
    "spend": spend,
    "tenure": tenure,
    "browsing": browsing,
    "cart": cart,
    "favorites": favorites,
    "variety": variety,
    "price": price,
    "returns": returns,
    "hours": hours,
}
"""The sentence of each concept."""


def count(number: float, noun: str) -> str:
    """``1 order``, ``2 orders``."""
    return f"{number:,.0f} {noun}" + ("" if round(number) == 1 else "s")


def span(days: float) -> str:
    """A length of time in whole days."""
    return count(days, "day") if days >= 1 else "less than a day"


def span_zh(days: float) -> str:
    """A length of time in whole days."""
    return f"{days:,.0f}天" if days >= 1 else "不到1天"


def ago(days: float) -> str:
    """How long ago, in whole days."""
    return f"{span(days)} ago"


def ago_zh(days: float) -> str:
    """How long ago, in whole days."""
    return f"{span_zh(days)}前"
