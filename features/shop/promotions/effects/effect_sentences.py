"""What a promotion did, told in English and Chinese with how sure it is."""

from __future__ import annotations

from features.estimate import Estimate
from features.shop.promotions.effects.effect import LEAST_COST_KNOWN, MARGIN, Change, PromotionEffect
from features.shop.promotions.effects.one_time_buyers import LEAST_BUYERS, OneTimeBuyers

NAMES = {
    "orders": ("orders", "订单"),
    "buyers": ("buyers", "买家"),
    "net_revenue": ("net revenue", "净销售额"),
    MARGIN: ("margin", "毛利"),
}
"""What the numbers are called, in English and Chinese."""

Words = dict[str, str]


def effect_words(effect: PromotionEffect) -> list[Words]:
    """One sentence about each thing that can be told, and about what cannot."""
    told = [_during(name, change) for name, change in effect.during.items()]
    if MARGIN not in effect.during:
        told.append(_no_margin(effect))
    told += [_after("orders", effect.after["orders"])] if "orders" in effect.after else []
    return [*told, _one_time(effect.one_time)]


def _during(name: str, change: Change) -> Words:
    en, zh = NAMES[name]
    found, expected, off = _amount(change.found), change.expected, change.relative
    if expected.value is None:
        return {
            "en": f"{en}: {found}; there are too few comparable days to say what was to be expected",
            "zh": f"{zh}：{found}；可比日太少，无法判断本来会有多少",
        }
    if expected.low is None or off.value is None:
        return {
            "en": f"{en}: {found}, where about {_amount(expected.value)} were to be expected; how sure that is cannot "
            "be said from so few comparable days",
            "zh": f"{zh}：{found}，本来约为{_amount(expected.value)}；可比日太少，无法给出可信区间",
        }
    clear = off.leaves_out_zero
    return {
        "en": f"{en}: {found}, where {_amounts(expected, 'en')} were to be expected without it: {_percent(off, 'en')}"
        + ("" if clear else "; an effect is not certain"),
        "zh": f"{zh}：{found}，若无此活动预计为{_amounts(expected, 'zh')}：{_percent(off, 'zh')}"
        + ("" if clear else "；不能确定有影响"),
    }


def _after(name: str, change: Change) -> Words:
    en, zh = NAMES[name]
    off = change.relative
    if off.value is None or off.low is None:
        return {
            "en": f"after it: too few comparable days to say whether {en} were pulled forward",
            "zh": f"活动之后：可比日太少，无法判断{zh}是否被提前",
        }
    verdicts = {
        True: ("pulled forward" if off.value < 0 else "higher than usual", "被提前" if off.value < 0 else "高于平常"),
        False: ("no certain change", "没有确定的变化"),
    }
    verdict = verdicts[off.leaves_out_zero]
    return {
        "en": f"in the {change.days} days after it {en} were {_percent(off, 'en')} against what was to be expected: "
        f"{verdict[0]}",
        "zh": f"活动后{change.days}天，{zh}与预计相比{_percent(off, 'zh')}：{verdict[1]}",
    }


def _one_time(found: OneTimeBuyers | None) -> Words:
    if found is None:
        return {
            "en": "new buyers: it is too early to say who of them comes again",
            "zh": "新客：时间尚短，还不能判断谁会再来",
        }
    if not found.can_be_told:
        return {
            "en": f"new buyers: {found.won} in the promotion and {found.ordinary_won} on comparable days; to compare "
            f"them at least {LEAST_BUYERS} of each are needed",
            "zh": f"新客：活动期间{found.won}人，可比日{found.ordinary_won}人；双方至少各{LEAST_BUYERS}人才能比较",
        }
    one, other, gap = found.share, found.ordinary_share, found.difference
    more = (gap.value or 0) > 0
    en = ("more" if more else "fewer") + " one-time buyers" if gap.leaves_out_zero else "no certain difference"
    zh = ("更多" if more else "更少") if gap.leaves_out_zero else "没有确定的差别"
    return {
        "en": f"of {found.won} new buyers whom it won {_share(one, 'en')} did not come again within "
        f"{found.followed_days} days; of {found.ordinary_won} won on comparable ordinary days {_share(other, 'en')}: "
        f"{en} ({_points(gap, 'en')})",
        "zh": f"活动带来的{found.won}位新客中，{_share(one, 'zh')}在{found.followed_days}天内没有再来；可比平日的"
        f"{found.ordinary_won}位新客中为{_share(other, 'zh')}：一次性买家{zh}（{_points(gap, 'zh')}）",
    }


def _no_margin(effect: PromotionEffect) -> Words:
    if effect.promotion.categories:
        return {"en": "margin: told only of promotions of the whole shop", "zh": "毛利：仅对全店活动给出"}
    known, needed = f"{effect.cost_known_share:.0%}", f"{LEAST_COST_KNOWN:.0%}"
    return {
        "en": f"margin: the cost of {known} of sales is known; at least {needed} is needed (unit_cost of items)",
        "zh": f"毛利：已知成本的销售额占{known}，至少需要{needed}（商品的 unit_cost）",
    }


def _amount(value: float) -> str:
    return f"{value:,.0f}"


def _amounts(estimate: Estimate, language: str) -> str:
    low, to, high = _amount(estimate.low or 0), {"en": " to ", "zh": "至"}[language], _amount(estimate.high or 0)
    opening, closing = {"en": (" (", ")"), "zh": ("（", "）")}[language]
    return f"{_amount(estimate.value or 0)}{opening}{low}{to}{high}{closing}"


def _percent(estimate: Estimate, language: str) -> str:
    """A change in percent with its interval."""
    value, low, high = (
        "any" if part is None else f"{100 * part:+,.0f} %" for part in (estimate.value, estimate.low, estimate.high)
    )
    if language == "zh":
        return f"{value}（95% 区间 {low} 至 {high}）".replace(" %", "%").replace("any", "任意")
    return f"{value} (95 % interval {low} to {high})"


def _share(estimate: Estimate, language: str) -> str:
    value, low, high = (f"{100 * (part or 0):.0f}" for part in (estimate.value, estimate.low, estimate.high))
    return f"{value}%（{low} 至 {high}）" if language == "zh" else f"{value} % ({low} to {high})"


def _points(estimate: Estimate, language: str) -> str:
    value, low, high = (f"{100 * (part or 0):+.0f}" for part in (estimate.value, estimate.low, estimate.high))
    if language == "zh":
        return f"相差{value}个百分点，95% 区间 {low} 至 {high}"
    return f"a difference of {value} percentage points, 95 % interval {low} to {high}"
