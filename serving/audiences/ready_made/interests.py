"""Ready audiences by what people like."""

from __future__ import annotations

from serving.audiences.ready import COUNT, ITEM, TEXT, THE_ITEM, Parameter, Ready
from serving.audiences.ready_made.wording import WITHIN, days, equals, everything

INTERESTS = (
    Ready(
        "new-product-fans",
        {"en": "Fans of a new product", "zh": "新品潜在客户"},
        {
            "en": "Have shown interest in the item, in items like it or in its category, and have not bought it.",
            "zh": "对该商品、相似商品或其品类表现出兴趣且尚未购买。",
        },
        lambda said: everything(
            {"interested_in": said["item"], "top": said["top"]},
            {"did_not": "purchase", "item": said["item"]},
        ),
        "order_probability",
        None,
        THE_ITEM,
        {
            "item": Parameter(ITEM, None, {"en": "id of the item", "zh": "商品编号"}),
            "top": Parameter(COUNT, 1_000, {"en": "at most so many people", "zh": "人数上限"}),
        },
    ),
    Ready(
        "category-fans",
        {"en": "Fans of a category", "zh": "品类兴趣客户"},
        {
            "en": "Have looked at, favourited, carted or bought items of a category lately, on several days.",
            "zh": "近期在多天内浏览、收藏、加购或购买过该品类商品。",
        },
        lambda said: {
            "did": "anything",
            "category": said["category"],
            "within_days": said["within_days"],
            "on_days": said["on_days"],
        },
        "order_probability",
        None,
        parameters={
            "category": Parameter(TEXT, None, {"en": "name of the category", "zh": "品类名称"}),
            "within_days": days(90, WITHIN),
            "on_days": Parameter(COUNT, 2, {"en": "on at least so many days", "zh": "至少天数"}),
        },
    ),
    Ready(
        "cluster",
        {"en": "People of a cluster", "zh": "同类客户"},
        {
            "en": "Belong to one cluster of customers; huitou clusters describes each.",
            "zh": "属于同一客户聚类，各聚类的描述见 huitou clusters。",
        },
        lambda said: equals("cluster", said["number"]),
        "expected_net_spend",
        None,
        parameters={"number": Parameter(COUNT, None, {"en": "number of the cluster", "zh": "聚类编号"})},
    ),
)
"""In the order in which people meet them."""
