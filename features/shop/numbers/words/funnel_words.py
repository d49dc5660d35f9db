"""The funnel in words."""

from __future__ import annotations

from collections.abc import Mapping

from features.shop.numbers.words.definition import Definition, Unit, said

FUNNEL: Mapping[str, Definition] = {
    "browse_people": said(
        *(Unit.PEOPLE, "Looked", "浏览人数"),
        "Different people who looked at an item in the period.",
        "本期内浏览过商品的人数（去重）。",
    ),
    "favourite_people": said(
        *(Unit.PEOPLE, "Favourited", "收藏人数"),
        "Different people who favourited an item in the period.",
        "本期内收藏过商品的人数（去重）。",
    ),
    "cart_people": said(
        *(Unit.PEOPLE, "Carted", "加购人数"),
        "Different people who put an item into a cart in the period.",
        "本期内加购过商品的人数（去重）。",
    ),
    "favourite_or_cart_people": said(
        *(Unit.PEOPLE, "Favourited or carted", "收藏或加购人数"),
        "Different people who did one of the two, or both.",
        "本期内收藏或加购过商品的人数（去重）。",
    ),
    "purchase_people": said(
        *(Unit.PEOPLE, "Bought", "成交人数"),
        "Different people who bought an item in the period.",
        "本期内购买过商品的人数（去重）。",
    ),
    "browse_then_favourite_or_cart_people": said(
        *(Unit.PEOPLE, "Looked, and favourited or carted", "浏览且收藏或加购人数"),
        "People who did both within the period (and within the category, where categories are told apart), in whatever "
        "order and with whatever items.",
        "本期内两者都做过的人数（按类目统计时限于同一类目），不论先后和具体商品。",
    ),
    "favourite_or_cart_then_purchase_people": said(
        *(Unit.PEOPLE, "Favourited or carted, and bought", "收藏或加购且成交人数"),
        "People who did both within the period, counted in the same way.",
        "本期内两者都做过的人数，口径同上。",
    ),
    "browse_then_purchase_people": said(
        *(Unit.PEOPLE, "Looked, and bought", "浏览且成交人数"),
        "People who did both within the period, counted in the same way.",
        "本期内两者都做过的人数，口径同上。",
    ),
    "browse_to_favourite_or_cart_rate": said(
        *(Unit.SHARE, "From looking to favouriting or carting", "浏览→收藏/加购转化率"),
        "People who looked and also favourited or carted, divided by all who looked.",
        "浏览且收藏或加购人数 ÷ 浏览人数。",
    ),
    "favourite_or_cart_to_purchase_rate": said(
        *(Unit.SHARE, "From favouriting or carting to buying", "收藏/加购→购买转化率"),
        "People who favourited or carted and also bought, divided by all who favourited or carted.",
        "收藏或加购且成交人数 ÷ 收藏或加购人数。",
    ),
    "browse_to_purchase_rate": said(
        *(Unit.SHARE, "From looking to buying", "浏览→购买转化率"),
        "People who looked and also bought, divided by all who looked.",
        "浏览且成交人数 ÷ 浏览人数。",
    ),
}
