"""Tables of the shop's own numbers for the terminal."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import Any

from rich.console import Console

from serving.terminal.tables import said, show_table

HEADS: Mapping[str, tuple[str, ...]] = {
    "en": ("value", "before", "change", "last year", "change"),
    "zh": ("本期", "上期", "环比", "去年同期", "同比"),
}
"""Heads of the columns that compare."""

WEEKDAYS: Mapping[str, tuple[str, ...]] = {
    "en": ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday"),
    "zh": ("星期一", "星期二", "星期三", "星期四", "星期五", "星期六", "星期日"),
}

FUNNEL_COLUMNS = (
    *("browse_people", "favourite_or_cart_people", "purchase_people"),
    *("browse_to_favourite_or_cart_rate", "favourite_or_cart_to_purchase_rate", "browse_to_purchase_rate"),
)
"""What is shown of a funnel with many rows; everything is in the file of --json."""

MONTHS_SHOWN = 9
"""So many months after the first order fit on a narrow terminal; all are in the file of --json."""

_WORDS: Mapping[str, Mapping[str, str]] = {
    "en": {
        "number": "number",
        "whole": "whole shop",
        "none": "(no category)",
        "out": "Left out because they are set aside (bots, resellers, test orders, staff): {people:,}; "
        "--everyone counts them.",
        "all": "Everyone is counted; bots, resellers, test orders and staff are in.",
        "days": "{first} to {last}, {days} days",
        "unknown": "Nothing is known of the same days last year: the history does not reach that far.",
        "sales": ", {sales} of them in a sale",
        "partial": "the history covers {known} of {days} days",
        "short": "The period is shorter than the {cycle} days within which half of those who come back do so: "
        "its repurchase rates say little.",
        "rising": "Rising: more than the whole shop, the surest first",
        "best": "Best sellers",
        "growth": "growth against the shop",
        "sure": "beyond chance",
        "popular": "Popular",
        "trending": "Trending",
        "new": "New",
        "interest": "people",
        "item": "item",
        "title": "title",
        "category": "category",
        "month": "month",
        "customers": "first orders",
        "cohorts": "Came back after so many months, in % (* not over yet)",
        "more": "Shown are the first {shown} of {months} months; all of them are in the file of --json.",
        "yes": "yes",
        "no": "no",
    },
    "zh": {
        "number": "指标",
        "whole": "全店",
        "none": "（无类目）",
        "out": "已剔除 {people:,} 个异常账号（爬虫、转售、测试订单、员工）；加 --everyone 可计入。",
        "all": "计入所有人，包括爬虫、转售、测试订单与员工。",
        "days": "{first} 至 {last}，共 {days} 天",
        "unknown": "历史数据不足，没有去年同期的数据。",
        "sales": "，其中 {sales} 天有促销",
        "partial": "历史数据覆盖 {days} 天中的 {known} 天",
        "short": "该时间段短于半数复购者再次下单所需的 {cycle} 天，复购率参考意义有限。",
        "rising": "上升最快：增幅高于全店，最可信的在前",
        "best": "畅销",
        "growth": "相对全店增幅",
        "sure": "非偶然",
        "popular": "热门",
        "trending": "趋势",
        "new": "新品",
        "interest": "关注人数",
        "item": "商品",
        "title": "名称",
        "category": "类目",
        "month": "月份",
        "customers": "首单客户",
        "cohorts": "之后各月的回购率，%（* 该月未结束）",
        "more": "仅显示{months}个月中的前{shown}个月；全部月份见 --json 输出的文件。",
        "yes": "是",
        "no": "否",
    },
}

Report = Mapping[str, Any]


def show_overview(console: Console, found: Report, language: str) -> None:
    """Print the overview: a row for each number."""
    words, definitions = _WORDS[language], found["definitions"]
    rows = []
    for name, figure in found["figures"].items():
        value, *others = _compared(figure, definitions[name]["unit"])
        low, high = figure.get("low"), figure.get("high")
        ends = "" if low is None else f" ({100 * low:.1f} - {100 * high:.1f})"
        rows.append((definitions[name]["title"][language], value + ends, *others))
    show_table(console, _days(found, language), (words["number"], *HEADS[language]), rows)
    _show_unknown(console, found, language)
    if found["window_is_short"]:
        console.print(words["short"].format(cycle=found["cycle_days"]), markup=False)
    _show_scope(console, found, language)


def show_funnel(console: Console, found: Report, language: str) -> None:
    """Print the funnel: a row for each category or slice of days, people and rates beside each other."""
    words, definitions = _WORDS[language], found["definitions"]
    if found["by"] is None:
        figures = found["rows"][0]["figures"]
        rows: list[Sequence[Any]] = [
            (definitions[name]["title"][language], *_compared(figure, definitions[name]["unit"]))
            for name, figure in figures.items()
        ]
        show_table(console, _days(found, language), (words["number"], *HEADS[language]), rows)
        _show_unknown(console, found, language)
    else:
        heads = [definitions[name]["title"][language] for name in FUNNEL_COLUMNS]
        rows = [
            (_row_name(row, found["by"], language), *_values(row["figures"], FUNNEL_COLUMNS, definitions))
            for row in found["rows"]
        ]
        show_table(console, _days(found, language), ("", *heads), rows)
    _show_scope(console, found, language)


def show_cohorts(console: Console, found: Report, language: str) -> None:
    """Print who came back: a row for each month of first orders, a column for each month since."""
    words = _WORDS[language]
    rows = []
    for cohort in found["cohorts"]:
        shares = [
            _percent(month["figures"]["retention_rate"]["value"]) + ("*" if month["is_partial"] else "")
            for month in cohort["months"][1 : MONTHS_SHOWN + 1]
        ]
        rows.append((cohort["month"], cohort["customers"]["value"], *shares, *[""] * (MONTHS_SHOWN - len(shares))))
    heads = (words["month"], words["customers"], *map(str, range(1, MONTHS_SHOWN + 1)))
    show_table(console, words["cohorts"], heads, rows)
    known = max((len(cohort["months"]) - 1 for cohort in found["cohorts"]), default=0)
    if known > MONTHS_SHOWN:
        console.print(words["more"].format(shown=MONTHS_SHOWN, months=known), markup=False)
    _show_scope(console, found, language)


def show_habits(console: Console, found: Report, language: str) -> None:
    """Print the weekdays and the hours."""
    definitions = found["definitions"]
    names = list(found["hours"][0]["figures"])
    heads = [definitions[name]["title"][language] for name in names]
    days = [
        (WEEKDAYS[language][row["weekday"]], *_values(row["figures"], names, definitions)) for row in found["weekdays"]
    ]
    show_table(console, _days(found, language), ("", *heads), days)
    hours = [(f"{row['hour']:02}:00", *_values(row["figures"], names, definitions)) for row in found["hours"]]
    show_table(console, "", ("", *heads), hours)
    _show_scope(console, found, language)


def show_best_sellers(console: Console, found: Report, language: str) -> None:
    """Print the best and the rising."""
    words, definitions = _WORDS[language], found["definitions"]
    names = ("buyers", "pieces", "net_revenue")
    heads = [definitions[name]["title"][language] for name in names]
    for title, listed in ((words["best"], found["best"]), (words["rising"], found["rising"])):
        rows = [
            (
                each["name"] or words["none"],
                each["title"],
                *_values(each["figures"], names, definitions),
                _growth(each["growth_against_shop"]),
                words["yes"] if each["rose_beyond_chance"] else words["no"],
            )
            for each in listed
        ]
        columns = (words[found["by"]], words["title"], *heads, words["growth"], words["sure"])
        show_table(console, title, columns, rows, whole=columns[:1] if found["by"] == "item" else ())
    _show_scope(console, found, language)


def show_attention(console: Console, found: Report, language: str) -> None:
    """Print the items by attention."""
    words = _WORDS[language]
    parts = [(words[name], found[name]) for name in ("popular", "trending", "new")]
    parts += [(each["category"] or words["none"], each["items"]) for each in found["by_category"]]
    for title, listed in parts:
        rows = [
            (
                each["item_id"],
                each["title"],
                each["category"],
                each["interested_people"]["value"],
                _growth(each["growth_against_shop"]),
            )
            for each in listed
        ]
        heads = (words["item"], words["title"], words["category"], words["interest"], words["growth"])
        show_table(console, title, heads, rows, whole=heads[:1])
    _show_scope(console, found, language)


def _show_unknown(console: Console, found: Report, language: str) -> None:
    """Say why the columns of last year are empty, where they are."""
    if found["periods"]["last_year"]["coverage"] == "none":
        console.print(_WORDS[language]["unknown"], markup=False)


def _show_scope(console: Console, found: Report, language: str) -> None:
    words = _WORDS[language]
    if found["set_aside_left_out"]:
        console.print(words["out"].format(people=found["set_aside_people"]), markup=False)
    else:
        console.print(words["all"], markup=False)


def _days(found: Report, language: str) -> str:
    words, period = _WORDS[language], found["periods"]["current"]
    last = date.fromisoformat(period["to"]) - timedelta(days=1)
    told = words["days"].format(first=period["from"], last=last, days=period["days"])
    if period["promotion_days"]:
        told += words["sales"].format(sales=period["promotion_days"])
    if period["coverage"] == "full":
        return told
    return f"{told}; {words['partial'].format(known=period['known_days'], days=period['days'])}"


def _row_name(row: Report, by: str, language: str) -> str:
    if by == "days":
        return str(row["days"]["from"])
    return row["category"] or _WORDS[language]["none"]


def _values(figures: Report, names: Iterable[str], definitions: Report) -> list[str]:
    return [_number(figures[name]["value"], definitions[name]["unit"]) for name in names]


def _compared(figure: Report, unit: str) -> list[str]:
    """Value, previous with its change, last year's with its change."""
    return [
        _number(figure["value"], unit),
        _number(figure["previous"], unit),
        _change(figure, "change", unit),
        _number(figure["last_year"], unit),
        _change(figure, "change_last_year", unit),
    ]


def _change(figure: Report, name: str, unit: str) -> str:
    """A share changes by points, all else by a part of what it was."""
    if unit == "share":
        points = figure[name]
        return "" if points is None else f"{_tenths(points)} pp"
    part = figure[f"{name}_share"]
    return "" if part is None else f"{_tenths(part)}%"


def _tenths(share: float) -> str:
    """In hundredths, one decimal; what rounds to nothing has no minus."""
    return f"{round(100 * share, 1) + 0.0:+.1f}"


def _number(value: float | None, unit: str) -> str:
    if value is None:
        return ""
    if unit == "share":
        return f"{value:.1%}"
    if unit == "money":
        return f"{value:,.0f}" if abs(value) >= 1_000 else f"{value:,.2f}"
    return said(value) if unit == "ratio" or value != int(value) else said(int(value))


def _percent(share: float | None) -> str:
    return "" if share is None else f"{100 * share:.0f}"


def _growth(estimate: Report) -> str:
    if estimate["value"] is None:
        return ""
    return f"{estimate['value']:.2f} ({estimate['low']:.2f} - {estimate['high']:.2f})"
