"""Trends and correlations, told in English and Chinese with how sure they are."""

from __future__ import annotations

from features.estimate import Estimate
from features.shop.numbers.definitions import definition
from features.shop.promotions.trending.trends import MONTH_DAYS, Correlation, Trend, Trends

Words = dict[str, str]


def trend_words(found: Trends) -> list[Words]:
    """One sentence about each trend and each correlation that is told, and one about how sure all are together."""
    if not found.trends:
        return [_too_little(found)]
    clear = [each for each in found.correlations if each.rank_correlation.leaves_out_zero]
    told = [_trend(each) for each in found.trends] + [_correlation(each) for each in clear]
    return [*told, _others(len(found.correlations) - len(clear), len(found.correlations)), _together(found)]


def _trend(each: Trend) -> Words:
    name, change = _name(each.number), each.monthly_change
    value = change.value or 0.0
    if change.leaves_out_zero:
        verdict = {"en": "rises" if value > 0 else "falls", "zh": "上升" if value > 0 else "下降"}
        return {
            "en": f"{name['en']}: {verdict['en']} by {_percent(change, 'en')} in {MONTH_DAYS} days",
            "zh": f"{name['zh']}：每{MONTH_DAYS}天{verdict['zh']}{_percent(change, 'zh')}",
        }
    return {
        "en": f"{name['en']}: no certain trend ({_percent(change, 'en')} in {MONTH_DAYS} days)",
        "zh": f"{name['zh']}：没有确定的趋势（每{MONTH_DAYS}天{_percent(change, 'zh')}）",
    }


def _correlation(each: Correlation) -> Words:
    one, other, found = _name(each.one), _name(each.other), each.rank_correlation
    numbers = [f"{part or 0:.2f}" for part in (found.value, found.low, found.high)]
    together = (found.value or 0) > 0
    return {
        "en": f"{one['en']} and {other['en']} move {'together' if together else 'against each other'} from day to day "
        f"(rank correlation {numbers[0]}, interval {numbers[1]} to {numbers[2]}); that does not say which drives which",
        "zh": f"{one['zh']}与{other['zh']}逐日{'同向' if together else '反向'}变动"
        f"（秩相关 {numbers[0]}，区间 {numbers[1]} 至 {numbers[2]}）；这并不说明谁影响谁",
    }


def _others(unclear: int, pairs: int) -> Words:
    return {
        "en": f"of {pairs} pairs of numbers {unclear} have no certain correlation",
        "zh": f"{pairs}对数字中有{unclear}对没有确定的相关",
    }


def _together(found: Trends) -> Words:
    count = found.interval_count
    return {
        "en": f"seen of {found.ordinary_days} ordinary days from {found.first} to {found.last}, weekdays, sales and "
        f"holidays taken out; all {count} intervals hold together in 95 of 100 cases",
        "zh": f"依据 {found.first} 至 {found.last} 的{found.ordinary_days}个平日，已剔除星期、促销与节日的影响；"
        f"全部{count}个区间以95%的把握同时成立",
    }


def _too_little(found: Trends) -> Words:
    return {
        "en": f"{found.ordinary_days} ordinary days are too few to tell a trend",
        "zh": f"只有{found.ordinary_days}个平日，不足以判断趋势",
    }


def _name(number: str) -> Words:
    return dict(definition(number).title)


def _percent(change: Estimate, language: str) -> str:
    value, low, high = (f"{100 * (part or 0):+.1f}" for part in (change.value, change.low, change.high))
    if language == "zh":
        return f"{value}%（{low} 至 {high}）"
    return f"{value} % ({low} to {high})"
