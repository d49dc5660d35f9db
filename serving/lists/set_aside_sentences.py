"""Why somebody is set aside, in a sentence with the person's own numbers, in English and Simplified Chinese."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from features.arrays import Ints
from features.shop.anomalies import BOT, INTERNAL, RESELLER, TEST_ORDERS, Anomalies, SetAside

Sentence = tuple[str, str]
"""The same in English and in Simplified Chinese."""

_INTERNAL = ("marked as a staff or test account in the table of customers", "客户资料中标记为员工或测试账户")


def sentences(anomalies: Anomalies, aside: SetAside, rows: Ints, currency: str) -> Sequence[Sentence]:
    """Why each of the customers at the positions ``rows``, all of them set aside, is set aside."""
    about = {BOT: _bot, RESELLER: _reseller, TEST_ORDERS: _test_orders, INTERNAL: lambda *_: _INTERNAL}
    return [about[int(aside.codes[row])](anomalies, aside, int(row), currency) for row in rows]


def _bot(anomalies: Anomalies, aside: SetAside, row: int, _: str) -> Sentence:
    rhythm, rule = aside.rhythm, anomalies.settings.bot
    place = int(np.searchsorted(rhythm.customer, row))
    views, days = int(rhythm.views[place]), int(rhythm.days[place])
    english = [f"{_counted(views, 'view')} on {_counted(days, 'day')}", "no order"]
    chinese = [f"{days:,}天里浏览{views:,}次", "从未下单"]
    if rhythm.has_beat(rule)[place]:
        gap, gap_zh = _gap(float(rhythm.gap_seconds[place]))
        english.append(f"one every {gap}")
        chinese.append(f"每{gap_zh}一次")
    if rhythm.never_sleeps(rule)[place]:
        english.append("around the clock")
        chinese.append("昼夜不停")
    if rhythm.runs(rule)[place]:
        english.append(f"up to {int(rhythm.busiest_hour[place]):,} in an hour")
        chinese.append(f"一小时内多达{int(rhythm.busiest_hour[place]):,}次")
    return ", ".join(english), "，".join(chinese)


def _reseller(anomalies: Anomalies, aside: SetAside, row: int, currency: str) -> Sentence:
    trade, usual = aside.trade, round(anomalies.usual.pieces_per_line)
    pieces, orders, in_line = (
        round(float(numbers[row])) for numbers in (trade.pieces, trade.orders, trade.pieces_per_line)
    )
    bought = f"{_counted(pieces, 'piece')} in {_counted(orders, 'order')}"
    english = f"{bought}, {in_line:,} a line against the usual {usual:,}"
    chinese = f"{orders:,}笔订单净购{pieces:,}件，平均每行{in_line:,}件（本店通常{usual:,}件）"
    spend = round(float(trade.spend[row]))
    if spend > 0:  # prices are not known everywhere
        return f"{english}, net spend {spend:,} {currency}", f"{chinese}，净消费{spend:,} {currency}"
    return english, chinese


def _test_orders(anomalies: Anomalies, aside: SetAside, row: int, _: str) -> Sentence:
    orders, lines = int(aside.trade.orders[row]), int(aside.trade.lines[row])
    minutes = round(anomalies.settings.test_orders.return_minutes)
    return (
        f"all {_counted(lines, 'line')} of {_counted(orders, 'order')} were free or sent back within {minutes} minutes",
        f"{orders:,}笔订单的全部{lines:,}行商品均为零价或在{minutes}分钟内退回",
    )


def _gap(seconds: float) -> Sentence:
    """A length of time in the unit that suits it."""
    for size, english, chinese in ((3_600, "hour", "小时"), (60, "minute", "分钟")):
        if seconds >= 2 * size:
            return _counted(round(seconds / size), english), f"{round(seconds / size):,}{chinese}"
    return _counted(round(seconds), "second"), f"{round(seconds):,}秒"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"
