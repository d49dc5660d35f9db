"""Ready audiences of customers who are there."""

from __future__ import annotations

from serving.audiences.ready import DUE_AGAIN, Ready
from serving.audiences.ready_made.wording import days, group

STAYING = (
    Ready(
        "new-customers",
        {"en": "New customers", "zh": "新客户"},
        {
            "en": "Ordered for the first time lately; the second order makes a customer.",
            "zh": "近期首次下单，第二单决定能否留存。",
        },
        group("layer", "new"),
        "order_probability",
        "layer:new",
    ),
    Ready(
        "due-in-7-days",
        {"en": "Due in the next days", "zh": "近日到期复购"},
        {
            "en": "Their next order is expected within the coming days.",
            "zh": "预计在未来几天内再次下单。",
        },
        lambda said: {"field": "next_order_on", "between": ["today", f"today+{said['days']}"]},
        "order_probability",
        None,
        DUE_AGAIN,
        {"days": days(7, {"en": "days from today", "zh": "从今天起的天数"})},
    ),
    Ready(
        "active-customers",
        {"en": "Active customers", "zh": "活跃老客"},
        {
            "en": "Order at their usual pace; tell them what is new and what is due again.",
            "zh": "按平常节奏下单，告知新品及该补货的商品。",
        },
        group("layer", "active"),
        "order_probability",
        "layer:active",
    ),
    Ready(
        "loyal",
        {"en": "Loyal", "zh": "忠诚客户"},
        {
            "en": "Ordered on several days and are not silent; thank them before anybody else.",
            "zh": "多次下单且未沉默，优先感谢与优待。",
        },
        group("behaviour_group", "loyal"),
        "net_spend",
        "behaviour_group:loyal",
    ),
    Ready(
        "promotion-only",
        {"en": "Buy on promotion only", "zh": "仅促销购买"},
        {
            "en": "Bought nearly everything at a discount or on promotion days; write before a sale, not between.",
            "zh": "几乎只在打折或促销日购买，宜在大促前触达，平时不打扰。",
        },
        group("behaviour_group", "promotion_only"),
        "expected_net_spend",
        "behaviour_group:promotion_only",
    ),
    Ready(
        "birthday",
        {"en": "Birthday in the next days", "zh": "近日生日"},
        {
            "en": "Have their birthday within the coming days, today included.",
            "zh": "未来几天内（含今天）过生日。",
        },
        lambda said: {"birthday": ["today", f"today+{max(said['days'] - 1, 0)}"]},
        "expected_net_spend",
        None,
        parameters={"days": days(7, {"en": "days, today included", "zh": "天数（含今天）"})},
    ),
)
"""In the order in which people meet them."""
