"""Ready audiences of people who have not bought, or not what they put aside."""

from __future__ import annotations

from serving.audiences.ready import OPEN_CART, OPEN_FAVORITE, Ready
from serving.audiences.ready_made.wording import WITHIN, at_most, days, equals, everything, group

BEFORE_ORDERING = (
    Ready(
        "visitors-to-convert",
        {"en": "Visitors to convert", "zh": "待转化访客"},
        {
            "en": "Have looked around lately and never ordered; the likeliest first orders come first.",
            "zh": "近期来访但从未下单的访客，首单可能性最高者在前。",
        },
        lambda said: everything(equals("layer", "visitor"), at_most("days_since_any", said["within_days"])),
        "order_probability",
        "layer:visitor",
        parameters={"within_days": days(30, WITHIN)},
    ),
    Ready(
        "browse-only",
        {"en": "Only look", "zh": "只逛不买"},
        {
            "en": "Have not ordered and mostly look; they may lack a reason, or an item they trust.",
            "zh": "尚未下单，以浏览为主，可能缺少下单理由或可信的商品。",
        },
        lambda said: everything(
            equals("behaviour_group", "browse_only"), at_most("days_since_any", said["within_days"])
        ),
        "order_probability",
        "behaviour_group:browse_only",
        parameters={"within_days": days(90, WITHIN)},
    ),
    Ready(
        "open-cart",
        {"en": "Open cart", "zh": "购物车未结算"},
        {
            "en": "Have put something in the cart lately and neither bought it nor taken it out.",
            "zh": "近期加购，既未购买也未移除。",
        },
        lambda said: {"open": "cart", "within_days": said["within_days"]},
        "order_probability",
        "behaviour_group:cart_heavy",
        OPEN_CART,
        {"within_days": days(30, WITHIN)},
    ),
    Ready(
        "open-favorite",
        {"en": "Open favourite", "zh": "收藏未购买"},
        {
            "en": "Have favourited something lately and not bought it.",
            "zh": "近期收藏但尚未购买。",
        },
        lambda said: {"open": "favorite", "within_days": said["within_days"]},
        "order_probability",
        "behaviour_group:favourite_heavy",
        OPEN_FAVORITE,
        {"within_days": days(60, WITHIN)},
    ),
    Ready(
        "cart-heavy",
        {"en": "Fill carts and do not buy", "zh": "重度加购未购买"},
        {
            "en": "Put much in the cart and buy little of it; an end date helps more than a discount.",
            "zh": "频繁加购却很少购买，限时提醒往往比折扣更有效。",
        },
        group("behaviour_group", "cart_heavy"),
        "order_probability",
        "behaviour_group:cart_heavy",
        OPEN_CART,
    ),
)
"""In the order in which people meet them."""
