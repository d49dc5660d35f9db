"""What an alert says, in English and Chinese."""

from __future__ import annotations

from datetime import date

from features.shop.alerts.checked_numbers import Checked
from features.shop.alerts.completeness import Completeness
from features.shop.numbers.definitions import definition
from features.shop.promotions.day_sorts import AFTER_SALE, ON_HOLIDAY, ON_SALE
from features.shop.promotions.promotion import Promotion

WEEKDAYS = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "zh": ("周一", "周二", "周三", "周四", "周五", "周六", "周日"),
}
"""Names of the weekdays by language."""

MANY_TIMES = 3.0
"""From so many times what is usual on, times are told and not percent."""

Words = dict[str, str]
"""A sentence by language."""


def odd_words(
    checked: Checked,
    value: float,
    expected: float,
    usual: tuple[float, float],
    day: tuple[date, int, Promotion | None],
    running_days: int,
) -> Words:
    """What is odd about a number on a day (with its sort and occasion), how much, and since when."""
    title, unit = definition(checked.number).title, definition(checked.number).unit
    of = {"en": title["en"][:1].lower() + title["en"][1:], "zh": title["zh"]}
    verb = "is" if unit == "money" or not of["en"].endswith(("s", "people")) else "are"
    off = _off(value, expected)
    told = tuple(_number(each, checked) for each in (value, *usual))
    since = {"en": "", "zh": ""}
    if running_days > 1:
        since = {"en": f", for the {_ordinal(running_days)} day in a row", "zh": f"，已连续{running_days}天"}
    what = _day_words(*day)
    return {
        "en": f"{of['en']}{_part(checked, 'en')} {verb} {off['en']} what is usual for {what['en']}"
        f" ({told[0]}; usual are {told[1]} to {told[2]}){since['en']}",
        "zh": f"{_part(checked, 'zh')}{of['zh']}{off['zh'].format(day=what['zh'])}"
        f"（{told[0]}；通常为{told[1]}至{told[2]}）{since['zh']}",
    }


def _off(value: float, expected: float) -> Words:
    """How far off, in percent, or in times where it is many."""
    times = value / expected
    if times >= MANY_TIMES:
        return {"en": f"{times:.1f} times", "zh": f"是{{day}}通常水平的{times:.1f}倍"}
    percent = f"{abs(100 * (times - 1)):.0f}"
    if times < 1:
        return {"en": f"{percent} % below", "zh": f"比{{day}}的通常水平低{percent}%"}
    return {"en": f"{percent} % above", "zh": f"比{{day}}的通常水平高{percent}%"}


def _part(checked: Checked, language: str) -> str:
    """The part of the shop."""
    if checked.by is None:
        return ""
    if not checked.group:
        nameless = {
            "category": (" without a category", "无类目商品的"),
            "channel": (" without a channel", "未注明渠道的"),
        }
        return nameless[checked.by][language == "zh"]
    if language == "zh":
        return f"{'渠道' if checked.by == 'channel' else '类目'}“{checked.group}”的"
    return f" {'from' if checked.by == 'channel' else 'in'} {checked.group}"


def _day_words(day: date, sort: int, occasion: Promotion | None) -> Words:
    weekday = {language: names[day.weekday()] for language, names in WEEKDAYS.items()}
    if occasion is None:
        return {"en": f"a {weekday['en']}", "zh": weekday["zh"]}
    names = occasion.names
    if sort == AFTER_SALE:
        return {
            "en": f"a {weekday['en']} just after a sale ({names['en']})",
            "zh": f"促销（{names['zh']}）刚过后的{weekday['zh']}",
        }
    kind = {ON_SALE: ("sale", "促销"), ON_HOLIDAY: ("holiday", "节日")}[sort]
    return {
        "en": f"a {weekday['en']} of a {kind[0]} ({names['en']})",
        "zh": f"{kind[1]}（{names['zh']}）期间的{weekday['zh']}",
    }


def _number(value: float, checked: Checked) -> str:
    return f"{value:,.2f}" if checked.is_money and value < 1000 else f"{value:,.0f}"


def _ordinal(count: int) -> str:
    ending = "th" if 10 <= count % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(count % 10, "th")
    return f"{count}{ending}"


def today_words(day: date) -> Words:
    """That today is not over."""
    return {"en": f"{day} is not over: it is not judged yet", "zh": f"{day} 尚未结束，暂不判断"}


def stopped_words(found: Completeness) -> Words:
    """That nothing has arrived for some days."""
    days = found.stopped_days
    missing = "1 whole day is missing" if days == 1 else f"{days} whole days are missing"
    return {
        "en": f"no events have arrived since {found.newest}: {missing}, more than ever before; look whether the import "
        "has stopped",
        "zh": f"{found.newest} 之后没有收到任何事件：已缺{days}整天，超过以往任何一次；请检查导入是否中断",
    }


def cut_off_words(found: Completeness) -> Words:
    """That the newest day ends too early."""
    return {
        "en": f"the events of {found.newest} end in the hour of {found.ended_hour}:00, on other days not before "
        f"{found.usual_hour}:00: the rest seems to be missing, and the day is not judged",
        "zh": f"{found.newest} 的事件止于 {found.ended_hour} 点，而其他日子不早于 {found.usual_hour} 点："
        "其余数据似乎缺失，该日不作判断",
    }


def lost_words(day: date) -> Words:
    """That a day has no events at all."""
    return {
        "en": f"{day} has no events at all, and the same weekday has always had some: the day seems to be lost",
        "zh": f"{day} 没有任何事件，而以往同一星期几都有：该日数据似乎丢失",
    }
