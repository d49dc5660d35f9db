"""How the traits are told: what a group is like in a sentence, and the word that a large or small number earns it."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import exp

Text = tuple[str, str]
"""Something in English and in Simplified Chinese."""

LONGEST_NAME = 40
"""Names of categories and brands are cut after so many characters."""

LANGUAGES = ("en", "zh")
"""The languages, in the order of a :data:`Text`."""


@dataclass(frozen=True)
class TraitWords:
    """The words for one trait. In a sentence ``{own}`` stands for the group's number and ``{shop}`` for the shop's."""

    label: Text
    """What the trait is called."""
    sentence: Text
    """What a group is like."""
    number: Callable[[float, str], str]
    """A number and a language to text."""
    high: Text | None = None
    """A word for who has much of it, before a noun; None where much of it has no name."""
    low: Text | None = None
    """A word for who has little of it."""
    buyers: bool = True
    """Whether it says nothing of those who never ordered."""
    of_mean: bool = False
    """Told by means, not medians: parts of a whole, of which most people have none at all."""


def _count(value: float, language: str) -> str:
    return f"{value:,.0f}" if value >= 10 or abs(value - round(value)) < 0.05 else f"{value:,.1f}"


def _days(value: float, language: str) -> str:
    days = max(round(value), 1)
    return f"{days:,}天" if language == "zh" else f"{days:,} day{'s' * (days != 1)}"


def _money(value: float, language: str) -> str:
    return f"{value:,.0f}" if abs(value) >= 100 else f"{value:,.2f}"


def _percent(value: float, language: str) -> str:
    return f"{100 * value:.0f}%"


def _level(value: float, language: str) -> str:
    """A logarithm of a ratio as what it is above or below."""
    percent = round(100 * (exp(value) - 1))
    if language == "zh":
        return "持平" if not percent else f"{'高' if percent > 0 else '低'}{abs(percent)}%"
    return "as dear as" if not percent else f"{abs(percent)}% {'above' if percent > 0 else 'below'}"


def _part(en: str, zh: str, hours: str, tag: Text) -> TraitWords:
    return TraitWords(
        (f"active in the {en} ({hours} h)", f"{zh}活跃（{hours}点）"),
        (f"{{own}} of what they do is between {hours} h (shop: {{shop}})", f"{{own}}的行为在{hours}点（全店{{shop}}）"),
        _percent,
        high=tag,
        buyers=False,
        of_mean=True,
    )


WORDS: Mapping[str, TraitWords] = {
    "order_count_all": TraitWords(
        ("orders so far", "累计订单数"),
        ("orders so far: {own} (shop: {shop})", "累计{own}单（全店{shop}单）"),
        _count,
        high=("loyal", "下单多"),
    ),
    "purchase_gap_mean_days": TraitWords(
        ("days between orders", "下单间隔天数"),
        ("{own} between orders (shop: {shop})", "平均{own}下单一次（全店{shop}）"),
        _days,
        high=("occasional", "低频"),
        low=("frequent", "高频"),
    ),
    "days_since_purchase": TraitWords(
        ("days since the last order", "距上次下单天数"),
        ("last order {own} ago (shop: {shop})", "上次下单在{own}前（全店{shop}）"),
        _days,
        high=("lapsed", "久未下单"),
        low=("recent", "近期下单"),
    ),
    "days_since_first": TraitWords(
        ("days since first seen", "首次来访距今天数"),
        ("first seen {own} ago (shop: {shop})", "首次来访在{own}前（全店{shop}）"),
        _days,
        high=("long-standing", "老"),
        low=("new", "新"),
        buyers=False,
    ),
    "net_spend_all": TraitWords(
        ("net spend so far", "累计净消费"),
        ("spent {own} so far (shop: {shop})", "累计消费{own}（全店{shop}）"),
        _money,
        high=("high-spending", "高消费"),
        low=("low-spending", "低消费"),
    ),
    "order_value_mean": TraitWords(
        ("value of an order", "客单价"),
        ("{own} an order (shop: {shop})", "客单价{own}（全店{shop}）"),
        _money,
        high=("big-basket", "高客单"),
        low=("small-basket", "低客单"),
    ),
    "lines_per_order": TraitWords(
        ("items in an order", "每单商品数"),
        ("items in an order: {own} (shop: {shop})", "每单{own}种商品（全店{shop}种）"),
        _count,
        high=("big-basket", "高客单"),
        low=("small-basket", "低客单"),
    ),
    "active_days_all": TraitWords(
        ("days on which they came", "到访天数"),
        ("days on which they came: {own} (shop: {shop})", "到访{own}天（全店{shop}天）"),
        _count,
        high=("often-visiting", "常逛"),
        low=("seldom-visiting", "少逛"),
        buyers=False,
    ),
    "views_per_visit_day": TraitWords(
        ("views on a day they come", "每个到访日浏览数"),
        ("views on a day they come: {own} (shop: {shop})", "每个到访日浏览{own}次（全店{shop}次）"),
        _count,
        high=("much-browsing", "爱逛"),
        low=("little-browsing", "浏览少"),
        buyers=False,
    ),
    "purchase_per_view": TraitWords(
        ("purchases per view", "浏览购买率"),
        ("{own} purchases per view (shop: {shop})", "浏览后购买{own}（全店{shop}）"),
        _percent,
        high=("decided", "目标明确"),
        low=("hesitant", "多看少买"),
    ),
    "cart_per_view": TraitWords(
        ("carts per view", "浏览加购率"),
        ("{own} carts per view (shop: {shop})", "浏览后加购{own}（全店{shop}）"),
        _percent,
        high=("carting", "爱加购"),
        buyers=False,
    ),
    "open_cart_count": TraitWords(
        ("items in the cart", "购物车商品数"),
        ("items in the cart now: {own} (shop: {shop})", "购物车里有{own}件（全店{shop}件）"),
        _count,
        high=("full-cart", "购物车多件"),
        buyers=False,
    ),
    "favorite_per_view": TraitWords(
        ("favourites per view", "浏览收藏率"),
        ("{own} favourites per view (shop: {shop})", "浏览后收藏{own}（全店{shop}）"),
        _percent,
        high=("favouriting", "爱收藏"),
        buyers=False,
    ),
    "distinct_category_count": TraitWords(
        ("categories they touched", "涉及类目数"),
        ("categories they touched: {own} (shop: {shop})", "涉及{own}个类目（全店{shop}个）"),
        _count,
        high=("wide-ranging", "品类广泛"),
        low=("focused", "品类专注"),
        buyers=False,
    ),
    "top_category_share": TraitWords(
        ("share of the favourite category", "最爱类目占比"),
        ("{own} of what they do is in one category (shop: {shop})", "{own}的行为集中在一个类目（全店{shop}）"),
        _percent,
        high=("focused", "品类专注"),
        low=("wide-ranging", "品类广泛"),
        buyers=False,
    ),
    "repeat_item_share": TraitWords(
        ("items bought again", "同款回购率"),
        ("{own} of their items were bought again (shop: {shop})", "{own}的商品买过不止一次（全店{shop}）"),
        _percent,
        high=("restocking", "常回购同款"),
    ),
    "price_level": TraitWords(
        ("price level", "价位"),
        ("prices {own} the middle of their category (shop: {shop})", "商品价位比同类中位{own}（全店{shop}）"),
        _level,
        high=("premium", "高价位"),
        low=("budget", "低价位"),
        buyers=False,
    ),
    "discounted_share": TraitWords(
        ("bought at a discount", "折扣购买占比"),
        ("{own} bought at a discount (shop: {shop})", "{own}的购买有折扣（全店{shop}）"),
        _percent,
        high=("discount-seeking", "爱折扣"),
        low=("full-price", "原价购买"),
    ),
    "return_per_purchase": TraitWords(
        ("returns per purchase", "退货率"),
        ("{own} of purchases sent back (shop: {shop})", "{own}的购买被退回（全店{shop}）"),
        _percent,
        high=("returning-goods", "常退货"),
    ),
    "weekend_share": TraitWords(
        ("active at the weekend", "周末活跃占比"),
        ("{own} of what they do is at the weekend (shop: {shop})", "{own}的行为在周末（全店{shop}）"),
        _percent,
        high=("weekend", "周末"),
        low=("weekday", "工作日"),
        buyers=False,
        of_mean=True,
    ),
    "morning_share": _part("morning", "早上", "6-11", ("morning", "早间")),
    "midday_share": _part("middle of the day", "中午", "11-14", ("midday", "午间")),
    "afternoon_share": _part("afternoon", "下午", "14-18", ("afternoon", "下午")),
    "evening_share": _part("evening", "晚上", "18-23", ("evening", "晚间")),
    "night_share": _part("night", "夜里", "23-6", ("night", "夜间")),
}
"""The words for every trait but tastes."""


@lru_cache(maxsize=256)
def taste_words(kind: str, name: str) -> TraitWords:
    """The words for the interest in one category or brand, whose name may be any text."""
    called = plain(name)
    said = called.replace("{", "{{").replace("}", "}}")
    en, zh = {"category": ("category", "类目"), "brand": ("brand", "品牌")}[kind]
    return TraitWords(
        (f"interest in the {en} “{called}”", f"对{zh}“{called}”的兴趣"),
        (f"{{own}} of their interest is in “{said}” (shop: {{shop}})", f"{{own}}的兴趣在“{said}”（全店{{shop}}）"),
        _percent,
        high=(f"fond of “{called}”", f"偏爱“{called}”"),
        buyers=False,
        of_mean=True,
    )


def plain(name: str) -> str:
    """A shop's name for something as one short line without control characters and marks that change direction."""
    kept = "".join(" " if letter.isspace() else letter for letter in name)
    kept = "".join(letter for letter in kept if not unicodedata.category(letter).startswith("C"))
    line = " ".join(kept.split())
    return line if len(line) <= LONGEST_NAME else line[: LONGEST_NAME - 1].rstrip() + "…"
