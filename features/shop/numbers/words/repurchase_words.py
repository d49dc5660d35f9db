"""Repurchase and cohorts in words."""

from __future__ import annotations

from collections.abc import Mapping

from features.shop.numbers.words.definition import Definition, Unit, said

REPURCHASE: Mapping[str, Definition] = {
    "repeat_buyers": said(
        *(Unit.PEOPLE, "Repeat buyers", "复购人数"),
        "Buyers with two or more orders within the period.",
        "本期内下过两单及以上的人数。",
    ),
    "repeat_orders": said(
        *(Unit.ORDERS, "Repeat orders", "复购订单数"),
        "Orders of the period that are not the buyer's first one in it.",
        "本期内除每位购买者第一单之外的订单数。",
    ),
    "repurchase_rate_by_buyers": said(
        *(Unit.SHARE, "Repurchase rate (by buyers)", "复购率（按人数）"),
        "Buyers with two or more orders in the period, divided by buyers in the period. Not to be compared with the "
        "rate by orders; a period shorter than the shop's cycle shows too little.",
        "本期内下过两单及以上的人数 ÷ 本期购买人数。不可与按订单计算的复购率相比；统计期短于复购周期时会偏低。",
    ),
    "repurchase_rate_by_orders": said(
        *(Unit.SHARE, "Repurchase rate (by orders)", "复购率（按订单）"),
        "Repeat orders divided by all orders of the period: of 100 orders by 70 people 30 are repeats, 30 %.",
        "复购订单数 ÷ 本期全部订单数：70 人下了 100 单，其中 30 单为复购，即 30%。",
    ),
    "earlier_buyers": said(
        *(Unit.PEOPLE, "Buyers of the window before", "上一窗口购买人数"),
        "Different people with an order in the same number of days just before the period.",
        "紧接本期之前、天数相同的窗口内下过单的人数。",
    ),
    "earlier_buyers_back": said(
        *(Unit.PEOPLE, "Of these, back", "其中回购人数"),
        "Those of them who ordered in the period, too.",
        "上述人群中本期也下过单的人数。",
    ),
    "back_purchase_rate": said(
        *(Unit.SHARE, "Back-purchase rate", "回购率"),
        "Buyers of the window before (as many days as the period) who order again in the period, divided by all buyers "
        "of that window.",
        "上一窗口（天数与本期相同）的购买者中本期再次下单的人数 ÷ 上一窗口购买人数。",
    ),
    **{
        f"second_order_within_{days}d": said(
            *(Unit.SHARE, f"Second order within {days} days", f"{days} 天内下第二单"),
            f"Share of first-time buyers who order on another day within {days} days, estimated by Kaplan and Meier "
            "from everybody whose first order came before the end of the period, so that those who bought lately do "
            "not pull it down. With a 95 % interval; not told beyond what was observed.",
            f"首次购买者在 {days} 天内（另一天）再次下单的比例。用 Kaplan–Meier 法由期末之前有首单的所有人估计，"
            "近期新客不会拉低结果；附 95% 区间，超出观察范围则不给出。",
        )
        for days in (30, 60, 90, 180)
    },
}

COHORTS: Mapping[str, Definition] = {
    "cohort_customers": said(
        *(Unit.PEOPLE, "Customers of the cohort", "同期群人数"),
        "People whose first order came in the month.",
        "首单发生在该月的人数。",
    ),
    "cohort_buyers": said(
        *(Unit.PEOPLE, "Buyers of the cohort", "同期群购买人数"),
        "People of the cohort with an order so many months after the month of their first.",
        "同期群中在首单月之后第若干个月下过单的人数。",
    ),
    "retention_rate": said(
        *(Unit.SHARE, "Retention", "留存率"),
        "Those buyers divided by all customers of the cohort; 1 in the month of the first order itself.",
        "该月购买人数 ÷ 同期群人数；首单当月为 1。",
    ),
    "cohort_orders": said(
        *(Unit.ORDERS, "Orders of the cohort", "同期群订单数"),
        "Orders of the cohort in that month.",
        "同期群在该月的订单数。",
    ),
    "cohort_net_revenue": said(
        *(Unit.MONEY, "Net revenue of the cohort", "同期群净销售额"),
        "Purchases of the cohort in that month minus its returns made in it.",
        "同期群在该月的购买金额减去该月退货金额。",
    ),
    "cohort_revenue_per_customer": said(
        *(Unit.MONEY, "Net revenue per customer", "人均净销售额"),
        "That net revenue divided by all customers of the cohort.",
        "上述净销售额 ÷ 同期群人数。",
    ),
}
