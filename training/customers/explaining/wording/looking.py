"""Sentences about what a customer looks at, gathers and chooses."""

from __future__ import annotations

from training.customers.explaining.wording.conditions import all_of, always, at_least, exactly, lowers, raises
from training.customers.explaining.wording.wording import Wording, compared, distinguished

LOOKED = at_least("view_count_all", 1)
BOUGHT = at_least("order_count_all", 1)
VISITOR = exactly("purchase_day_count", 0)

BROWSING = (
    *compared(
        "view_count_30d",
        all_of(LOOKED, at_least("view_count_30d", 1)),
        "{view_count_30d:view} in the last 30 days, last seen {days_since_any:day} ago",
        "近30天浏览{view_count_30d}次，上次来访在{days_since_any:day}前",
        "have {usual:view}",
        "浏览{usual}次",
    ),
    *compared(
        "view_count_30d",
        all_of(LOOKED, lowers, exactly("view_count_30d", 0)),
        "no views in the last 30 days, last seen {days_since_any:day} ago",
        "近30天没有浏览，上次来访在{days_since_any:day}前",
        "have {usual:view}",
        "浏览{usual}次",
    ),
    *compared(
        "days_since_any",
        LOOKED,
        "last seen {days_since_any:day} ago",
        "上次来访在{days_since_any:day}前",
        "{usual:day} ago",
        "在{usual:day}前",
        more_is_better=False,
    ),
    *compared(
        "active_days_90d",
        at_least("active_days_90d", 1),
        "active on {active_days_90d:day} of the last 90",
        "近90天中有{active_days_90d}天活跃",
        "on {usual}",
        "有{usual}天",
    ),
    *compared(
        "active_days_90d",
        all_of(lowers, exactly("active_days_90d", 0)),
        "not active in the last 90 days",
        "近90天没有活跃",
        "active on {usual:day}",
        "有{usual}天",
    ),
)
"""How much the customer looks around."""

CART = (
    Wording(
        "{open_cart_count:item} left in the cart, last added {open_cart_newest_days:day} ago",
        "购物车里有{open_cart_count}件商品，最近一次加购在{open_cart_newest_days:day}前",
        all_of(raises, at_least("open_cart_count", 1)),
    ),
    *compared(
        "cart_count_30d",
        at_least("cart_count_30d", 1),
        "{cart_count_30d:item} put in the cart in the last 30 days",
        "近30天加购{cart_count_30d}次",
        "{usual}",
        "{usual}次",
    ),
    *compared(
        "cart_count_30d",
        all_of(lowers, exactly("cart_count_30d", 0)),
        "nothing put in the cart in the last 30 days",
        "近30天没有加购",
        "{usual:item}",
        "{usual}次",
    ),
)
"""What lies in the cart, or was put there."""

FAVORITES = (
    Wording(
        "{open_favorite_count:item} among the favourites",
        "收藏了{open_favorite_count}件商品",
        all_of(raises, at_least("open_favorite_count", 1)),
    ),
    *compared(
        "favorite_count_30d",
        at_least("favorite_count_30d", 1),
        "{favorite_count_30d:item} favourited in the last 30 days",
        "近30天收藏{favorite_count_30d}次",
        "{usual}",
        "{usual}次",
    ),
    *compared(
        "favorite_count_30d",
        all_of(lowers, exactly("favorite_count_30d", 0)),
        "nothing favourited in the last 30 days",
        "近30天没有收藏",
        "{usual:item}",
        "{usual}次",
    ),
)
"""What is among the favourites, or was put there."""

VARIETY = (
    *compared(
        "distinct_bought_item_count",
        BOUGHT,
        "has bought {distinct_bought_item_count:different item}",
        "买过{distinct_bought_item_count}种商品",
        "{usual}",
        "{usual}种",
    ),
    *compared(
        "distinct_item_count",
        VISITOR,
        "has looked at {distinct_item_count:different item}",
        "看过{distinct_item_count}种商品",
        "{usual}",
        "{usual}种",
    ),
)
"""How many different items."""

_NEVER = distinguished(
    "discounted_share",
    exactly("discounted_share", 0),
    "buys without discounts",
    "购买的商品没有折扣",
    "buy {usual:discount}",
    "{usual:discount}",
)
_ONLY = distinguished(
    "discounted_share",
    exactly("discounted_share", 100),
    "buys only at a discount",
    "只在打折时购买",
    "buy {usual:discount}",
    "{usual:discount}",
)
_SOMETIMES = distinguished(
    "discounted_share",
    always,
    "{discounted_share:share} of what was bought was at a discount",
    "{discounted_share:share}的购买有折扣",
    "buy {usual:discount}",
    "{usual:discount}",
)
_PAID = distinguished(
    "bought_price_mean",
    BOUGHT,
    "pays {bought_price_mean:price} for an item on average",
    "购买商品的平均单价为{bought_price_mean:price}",
    "pay {usual:price}",
    "为{usual:price}",
)
_VIEWED = distinguished(
    "viewed_price_mean",
    always,
    "looks at items of {viewed_price_mean:price} on average",
    "浏览商品的平均单价为{viewed_price_mean:price}",
    "at items of {usual:price}",
    "为{usual:price}",
)
PRICE = tuple(group[place] for place in (0, 1) for group in (_NEVER, _ONLY, _SOMETIMES, _PAID, _VIEWED))
"""Discounts and prices: first what is not as usual."""

HOURS = (
    Wording("never active at weekends", "周末从不活跃", exactly("weekend_share", 0)),
    Wording("active only at weekends", "只在周末活跃", exactly("weekend_share", 100)),
    *distinguished(
        "weekend_share",
        always,
        "{weekend_share:share} of the activity at weekends",
        "{weekend_share:share}的活动在周末",
        "{usual:share}",
        "为{usual:share}",
    ),
)
"""When in the week the customer is active."""
