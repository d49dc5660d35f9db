"""Why an item is recommended, in words: one sentence for each source, in English and Simplified Chinese."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from string import Template

LANGUAGES = ("en", "zh")
"""The languages that reasons are told in; the first is used when none is asked for."""


@dataclass(frozen=True)
class _Sentence:
    en: Template
    zh: Template

    def told(self, language: str, words: Mapping[str, str]) -> str:
        return (self.zh if language == "zh" else self.en).substitute(words)


def _sentence(en: str, zh: str) -> _Sentence:
    return _Sentence(Template(en), Template(zh))


PLAIN: Mapping[str, _Sentence] = {
    "open_cart": _sentence("in your cart", "在您的购物车里"),
    "open_favorite": _sentence("among your favourites", "在您的收藏夹里"),
    "viewed": _sentence("you showed interest in this", "您关注过此商品"),
    "last_touched": _sentence("one of the last things you looked at", "您最后浏览的商品之一"),
    "buy_again": _sentence("you bought this before", "您之前购买过"),
    "bought_before": _sentence("from your earlier orders", "来自您以往的订单"),
    "viewed_together": _sentence("often viewed together with what you like", "常与您喜欢的商品一起浏览"),
    "bought_together": _sentence("often bought with what you bought", "常与您购买过的商品一起购买"),
    "viewed_then_bought": _sentence("often bought after viewing what you viewed", "浏览您所看商品后常被购买"),
    "bought_within": _sentence("often bought within a month of what you bought", "购买您所购商品后一个月内常被购买"),
    "similar": _sentence("similar to what you like", "与您喜欢的商品相似"),
    "replacement": _sentence("can stand in for what you like", "可替代您喜欢的商品"),
    "interest": _sentence("goes with what you like", "符合您的喜好"),
    "next_viewed": _sentence("often looked at next", "其他顾客接着常看"),
    "next_viewed_lately": _sentence("often looked at next these days", "近期其他顾客接着常看"),
    "next_step": _sentence("often the very next item looked at", "其他顾客紧接着常看"),
    "viewed_before": _sentence("often looked at before what you looked at", "浏览您所看商品之前常被查看"),
    "viewed_with": _sentence("seen in one visit with what you looked at", "常与您所看商品在同一次访问中被浏览"),
    "two_steps": _sentence("often looked at soon after", "浏览后不久常被查看"),
    "visit_neighbours": _sentence("in visits that are like yours", "与您浏览相似的顾客也看过"),
    "visit_embedding": _sentence("goes with what you are looking at", "与您正在浏览的商品相配"),
    "like_minded": _sentence("bought by people whose baskets are like yours", "购物习惯与您相似的顾客常买"),
    "walks": _sentence("liked by people who like what you like", "与您兴趣相近的顾客也喜欢"),
    "low_rank": _sentence("fits your taste", "符合您的口味"),
    "category": _sentence("popular in a category you like", "您喜欢的类目中的热门商品"),
    "price_band": _sentence("popular at the prices you look at", "您常看价位的热门商品"),
    "brand": _sentence("popular from a brand you like", "您喜欢的品牌的热门商品"),
    "new_items": _sentence("new in a category you like", "您喜欢的类目中的新品"),
    "rising": _sentence("wanted by more people than before", "近期想要的人越来越多"),
    "in_demand": _sentence("wanted by many people now", "当前很多人想要"),
    "popular": _sentence("popular now", "当前热门"),
    "pinned": _sentence("chosen by the shop", "店铺精选"),
    "exploration": _sentence("few people have seen this yet", "看过的人还不多"),
}
"""The sentence of each source, when no other item is named."""

ABOUT_ITEM: Mapping[str, _Sentence] = {
    "viewed_together": _sentence("often viewed together with $item", "常与$item一起浏览"),
    "bought_together": _sentence("often bought with $item", "常与$item一起购买"),
    "viewed_then_bought": _sentence("often bought after viewing $item", "浏览$item后常被购买"),
    "bought_within": _sentence("often bought within a month of $item", "购买$item后一个月内常被购买"),
    "similar": _sentence("similar to $item", "与$item相似"),
    "replacement": _sentence("instead of $item", "可替代$item"),
    "next_viewed": _sentence("often looked at after $item", "看过$item后常看"),
    "next_viewed_lately": _sentence("often looked at after $item these days", "近期看过$item后常看"),
    "next_step": _sentence("often looked at right after $item", "看过$item后紧接着常看"),
    "viewed_before": _sentence("often looked at before $item", "看$item之前常看"),
    "viewed_with": _sentence("seen in one visit with $item", "常与$item在同一次访问中被浏览"),
}
"""The sentence of each source that speaks of another item."""

ABOUT_OWN_ITEM: Mapping[str, _Sentence] = {
    "viewed_then_bought": _sentence(
        "because you viewed $item, after which it is often bought", "因为您浏览过$item，之后常被购买"
    ),
}
"""The sentence to somebody who did what it says with that other item; the one above where none is here."""

ABOUT_CATEGORY: Mapping[str, _Sentence] = {
    "category": _sentence("popular in $category", "$category类热门"),
    "price_band": _sentence("popular in $category at the prices you look at", "您常看价位的$category类热门"),
    "new_items": _sentence("new in $category", "$category类新品"),
    "exploration": _sentence("few people have seen this in $category yet", "$category类中看过的人还不多的商品"),
}
"""The sentence of each source that speaks of the item's category."""

ABOUT_CYCLE: Mapping[str, _Sentence] = {
    "buy_again": _sentence("you usually buy this every $days days", "您通常每$days天购买一次"),
}
"""The sentence of each source that speaks of the customer's own cycle."""

ABOUT_ITEM_CYCLE: Mapping[str, _Sentence] = {
    "buy_again": _sentence("usually bought again after about $days days", "通常约$days天后会再次购买"),
}
"""The sentence of each source that speaks of the item's cycle, where the customer's own is not known."""

LEAST_CYCLE_DAYS = 2
"""Of a shorter cycle nobody is told."""

ANY = _sentence("picked for you", "为您推荐")
"""The sentence of a source that has none of its own."""


def reason(
    source: str,
    language: str,
    *,
    because: str | None = None,
    category: str | None = None,
    own: bool = False,
    every_days: int = 0,
    item_days: int = 0,
) -> str:
    """Why an item of ``source`` is shown.

    ``because`` and ``category`` are the labels that it may speak of; ``own`` says that the other item is one of the
    customer's. ``every_days`` is how often the customer usually buys the item, ``item_days`` after how long customers
    usually buy it again; 0 where that is not known.
    """
    if every_days >= LEAST_CYCLE_DAYS and source in ABOUT_CYCLE:
        return ABOUT_CYCLE[source].told(language, {"days": str(every_days)})
    if item_days >= LEAST_CYCLE_DAYS and source in ABOUT_ITEM_CYCLE:
        return ABOUT_ITEM_CYCLE[source].told(language, {"days": str(item_days)})
    if because is not None and own and source in ABOUT_OWN_ITEM:
        return ABOUT_OWN_ITEM[source].told(language, {"item": because})
    if because is not None and source in ABOUT_ITEM:
        return ABOUT_ITEM[source].told(language, {"item": because})
    if category is not None and source in ABOUT_CATEGORY:
        return ABOUT_CATEGORY[source].told(language, {"category": category})
    return PLAIN.get(source, ANY).told(language, {})


def language_of(lang: str | None, accept_language: str | None = None) -> str:
    """The language to answer in.

    ``lang`` when it is known, else the first known one a browser accepts, else English.
    """
    for wanted in (lang or "", *(accept_language or "").split(",")):
        name = wanted.split(";")[0].strip().lower().replace("_", "-").split("-")[0]
        if name in LANGUAGES:
            return name
    return LANGUAGES[0]
