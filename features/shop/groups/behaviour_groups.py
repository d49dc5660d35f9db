"""Behaviour groups: what customers mostly do in the shop."""

from __future__ import annotations

import numpy as np

from features.arrays import Floats, Ints
from features.shop.groups.known import Known
from features.shop.groups.named_group import named
from features.shop.layers import LayerLimits

PROMOTION_SHARE = 0.9
"""From this share of the orders on somebody buys on promotion only."""

PROMOTION_ORDERS = 2
"""One order on a promotion day is chance."""

LOYAL_ORDER_DAYS = 3
"""Coming back twice is a habit."""

LEAST_LEFT = 3
"""So many carts or favourites without an order are a habit."""

MOST_BOUGHT_SHARE = 1 / 3
"""At most this share of what was put aside was bought."""

BEHAVIOUR_GROUPS = (
    named(
        "promotion_only",
        "Promotion only",
        "仅促销购买",
        "two orders or more, nine of ten at a discount or on promotion days",
        "两笔或更多订单，且九成以上为折扣或促销日订单",
    ),
    named(
        "loyal",
        "Loyal",
        "忠诚",
        "ordered on three days or more, and is not silent for longer than active customers are",
        "在三天或更多天下过单，且沉默时间未超过活跃期",
    ),
    named(
        "cart_heavy",
        "Fills carts",
        "重度加购",
        "three carts or more, as many as favourites, and at most a third as many lines bought",
        "加购三次或更多，不少于收藏次数，且购买行数不超过加购次数的三分之一",
    ),
    named(
        "favourite_heavy",
        "Saves favourites",
        "重度收藏",
        "three favourites or more, more than carts, and at most a third as many lines bought",
        "收藏三次或更多，多于加购次数，且购买行数不超过收藏次数的三分之一",
    ),
    named(
        "browse_only", "Only looks", "只逛不买", "has not ordered, and fits none before", "尚未下单，且不属于以上各类"
    ),
    named("occasional", "Occasional", "偶尔购买", "has ordered, and fits none before", "已下单，且不属于以上各类"),
)
"""The groups in the order of their precedence: everybody is in the first whose rule fits."""

BEHAVIOUR_NAMES = tuple(group.name for group in BEHAVIOUR_GROUPS)
"""The names of the groups; codes are places in this list."""


def behaviour_groups_of(
    known: Known, limits: LayerLimits, discount_order_share: Floats, promotion_order_share: Floats
) -> Ints:
    """Place in :data:`BEHAVIOUR_NAMES` of each customer, shape ``(n,)``.

    The shares are those of each customer's orders that were at a discount and on a promotion day, NaN where nobody
    knows, shape ``(n,)``.
    """
    promoted = np.fmax(discount_order_share, promotion_order_share)
    put_aside = np.maximum(known.carts, known.favorites)
    left = (put_aside >= LEAST_LEFT) & (known.purchases <= MOST_BOUGHT_SHARE * put_aside)
    rules = {
        "promotion_only": (known.orders >= PROMOTION_ORDERS) & (promoted >= PROMOTION_SHARE),
        "loyal": (known.order_days >= LOYAL_ORDER_DAYS) & (known.silent_days < limits.active_within_days),
        "cart_heavy": left & (known.carts >= known.favorites),
        "favourite_heavy": left,
        "browse_only": ~known.is_buyer,
        "occasional": known.is_buyer,
    }
    return np.select([rules[name] for name in BEHAVIOUR_NAMES], list(range(len(BEHAVIOUR_NAMES))))
