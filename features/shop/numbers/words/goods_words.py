"""Goods and habits in words."""

from __future__ import annotations

from collections.abc import Mapping

from features.shop.numbers.words.definition import Definition, Unit, said
from features.shop.numbers.words.overview_words import OVERVIEW

GOODS: Mapping[str, Definition] = {
    "pieces": said(
        *(Unit.PIECES, "Pieces", "销售件数"),
        "Pieces bought in the period, returns not subtracted.",
        "本期内购买的件数，未扣退货。",
    ),
    "interested_people": said(
        *(Unit.PEOPLE, "Interested people", "关注人数"),
        "Different people who looked at the item, favourited, carted or bought it in the period.",
        "本期内浏览、收藏、加购或购买过该商品的人数（去重）。",
    ),
    "growth_against_shop": said(
        *(Unit.RATIO, "Growth against the shop", "相对全店增长倍数"),
        "How many times more its people (buyers, or interested people) grew since the previous period than those of "
        "the whole shop; 1 is the same. Small counts are drawn towards 1 (empirical Bayes), with a 95 % interval; the "
        "rising ones are ordered by its lower end.",
        "其人数（购买人数或关注人数）较上期的增长是全店的多少倍，1 为相同。人数少的向 1 收缩（经验贝叶斯），"
        "附 95% 区间；上升榜按区间下限排序。",
    ),
    "rose_beyond_chance": said(
        *(Unit.FLAG, "Rose beyond chance", "显著上升"),
        "Whether chance and the growth of the shop do not explain the rise (binomial test; of all that are called so "
        "at most 5 % are wrong in the mean).",
        "该上升是否无法用偶然和全店增长解释（二项检验；被判为显著者中平均至多 5% 为误判）。",
    ),
}

HABITS: Mapping[str, Definition] = {
    f"{name}_per_day": said(
        *(OVERVIEW[name].unit, f"{OVERVIEW[name].title['en']} per day", f"日均{OVERVIEW[name].title['zh']}"),
        f"{OVERVIEW[name].title['en']} of the weekday in the period, divided by the number of such days that the "
        "history covers.",
        f"本期该星期几的{OVERVIEW[name].title['zh']} ÷ 历史数据覆盖的该星期几天数。",
    )
    for name in ("views", "carts", "favourites", "orders", "gross_revenue")
}
