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
    "viewed": _sentence("you looked at this recently", "您最近浏览过"),
    "buy_again": _sentence("you bought this before", "您之前购买过"),
    "together": _sentence("goes with what you chose", "与您选择的商品搭配"),
    "interest": _sentence("goes with what you like", "符合您的喜好"),
    "category": _sentence("popular in a category you like", "您喜欢的类目中的热门商品"),
    "trending": _sentence("wanted by more and more people", "近期热度上升"),
    "popular": _sentence("popular now", "当前热门"),
    "pinned": _sentence("chosen by the shop", "店铺精选"),
    "exploration": _sentence("few people have seen this yet", "看过的人还不多"),
}
"""The sentence of each source, when no other item is named."""

ABOUT_ITEM: Mapping[str, _Sentence] = {
    "viewed": _sentence("because you viewed $item", "因为您浏览过$item"),
    "viewed_together": _sentence("often viewed together with $item", "常与$item一起浏览"),
    "together": _sentence("often chosen together with $item", "常与$item一起选购"),
    "bought_together": _sentence("often bought with $item", "常与$item一起购买"),
    "viewed_then_bought": _sentence("often bought after viewing $item", "浏览$item后常被购买"),
    "bought_within": _sentence("often bought within a month of $item", "购买$item后一个月内常被购买"),
    "similar": _sentence("similar to $item", "与$item相似"),
    "replacement": _sentence("instead of $item", "可替代$item"),
}
"""The sentence of each source that speaks of another item."""

ABOUT_CATEGORY: Mapping[str, _Sentence] = {
    "category": _sentence("popular in $category", "$category类热门"),
    "exploration": _sentence("few people have seen this in $category yet", "$category类中看过的人还不多的商品"),
}
"""The sentence of each source that speaks of the item's category."""

ANY = _sentence("picked for you", "为您推荐")
"""The sentence of a source that has none of its own."""


def reason(source: str, language: str, *, because: str | None = None, category: str | None = None) -> str:
    """Why an item of ``source`` is shown.

    ``because`` and ``category`` are the labels that it may speak of.
    """
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
