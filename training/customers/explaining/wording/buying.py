"""Sentences about what a customer bought, and when."""

from __future__ import annotations

from features.arrays import Flags
from training.customers.explaining.wording.conditions import (
    CLEARLY,
    all_of,
    at_least,
    exactly,
    lowers,
    more_than,
    raises,
)
from training.customers.explaining.wording.known import Known
from training.customers.explaining.wording.wording import Wording, compared, distinguished

ONE_ORDER = exactly("order_count_all", 1)
SEVERAL_ORDERS = at_least("order_count_all", 2)
SEVERAL_DAYS = at_least("purchase_day_count", 2)
SPENT = at_least("net_spend_all", 1)
SOME_TIME_AGO = at_least("days_since_purchase", 1)

LONG_KNOWN = all_of(SEVERAL_DAYS, at_least("days_since_first_purchase", 90))
"""Whose orders a year are not made up from a few weeks."""


def _within_half_a_gap(known: Known) -> Flags:
    """Who ordered so lately that the next order is not due."""
    found: Flags = known["days_since_purchase"] <= known["purchase_gap_mean_days"] / 2
    return found


SILENCE = (
    Wording(
        "bought once, {days_since_purchase:day} ago; "
        "half of those who came back did so within {usual_second_order_days:day}",
        "只买过一次，在{days_since_purchase:day}前；再次购买的顾客中有一半在{usual_second_order_days:day}内回来",
        all_of(ONE_ORDER, lowers, more_than("days_since_purchase", "usual_second_order_days")),
    ),
    Wording(
        "bought once, {days_since_purchase:day} ago; "
        "half of those who came back did so within {usual_second_order_days:day}",
        "只买过一次，在{days_since_purchase:day}前；再次购买的顾客中有一半在{usual_second_order_days:day}内回来",
        all_of(ONE_ORDER, raises, more_than("usual_second_order_days", "days_since_purchase")),
    ),
    Wording(
        "bought once, only {days_since_purchase:day} ago; "
        "half of those who came back took more than {usual_second_order_days:day}",
        "只买过一次，{days_since_purchase:day}前刚下单；再次购买的顾客中有一半超过{usual_second_order_days:day}才回来",
        all_of(ONE_ORDER, lowers, SOME_TIME_AGO, more_than("usual_second_order_days", "days_since_purchase")),
    ),
    Wording("bought once, {days_since_purchase:day} ago", "只买过一次，在{days_since_purchase:day}前", ONE_ORDER),
    Wording(
        "silent for {days_since_purchase:day}, usually orders {purchase_gap_mean_days:every}",
        "已沉默{days_since_purchase:day}，通常{purchase_gap_mean_days:every}下单一次",
        all_of(lowers, more_than("days_since_purchase", "purchase_gap_mean_days")),
    ),
    Wording(
        "ordered only {days_since_purchase:day} ago, usually {purchase_gap_mean_days:every}",
        "{days_since_purchase:day}前刚下过单，通常{purchase_gap_mean_days:every}下单一次",
        all_of(lowers, SOME_TIME_AGO, _within_half_a_gap),
    ),
    Wording(
        "no order for {days_since_purchase:day}, usually orders {purchase_gap_mean_days:every}",
        "已有{days_since_purchase:day}没有下单，通常{purchase_gap_mean_days:every}下单一次",
        all_of(lowers, SOME_TIME_AGO),
    ),
    Wording(
        "ordered {days_since_purchase:day} ago, usually {purchase_gap_mean_days:every}",
        "上次下单在{days_since_purchase:day}前，通常{purchase_gap_mean_days:every}下单一次",
    ),
    Wording("last ordered {days_since_purchase:day} ago", "上次下单在{days_since_purchase:day}前"),
)
"""How long ago the last order was, and how often they usually come."""

RHYTHM = (
    *compared(
        "orders_per_year",
        all_of(LONG_KNOWN, at_least("orders_per_year", 1)),
        "about {orders_per_year:order} a year",
        "平均每年约{orders_per_year}单",
        "have {usual}",
        "有{usual}单",
    ),
    *compared(
        "orders_per_year",
        all_of(LONG_KNOWN, exactly("orders_per_year", 0)),
        "less than one order a year",
        "平均每年不到1单",
        "have {usual}",
        "有{usual}单",
    ),
    Wording(
        "the last gap between orders was {purchase_gap_last_days:day}, the usual one {purchase_gap_mean_days:day}",
        "最近两单相隔{purchase_gap_last_days:day}，通常相隔{purchase_gap_mean_days:day}",
        all_of(lowers, more_than("purchase_gap_last_days", "purchase_gap_mean_days", CLEARLY)),
    ),
    *compared(
        "purchase_gap_mean_days",
        SEVERAL_DAYS,
        "usually orders {purchase_gap_mean_days:every}",
        "通常{purchase_gap_mean_days:every}下单一次",
        "do so {usual:every}",
        "{usual:every}一次",
        more_is_better=False,
    ),
)
"""How often they order."""

ORDERS = (
    Wording("only one order so far", "至今只下过一单", all_of(lowers, ONE_ORDER)),
    Wording(
        "first order within the last 90 days",
        "首单在近90天内",
        all_of(raises, ONE_ORDER, at_least("order_count_90d", 1)),
    ),
    *compared(
        "order_count_90d",
        all_of(SEVERAL_ORDERS, at_least("order_count_90d", 1)),
        "{order_count_all:order} so far, {order_count_90d} in the last 90 days",
        "共{order_count_all}单，近90天{order_count_90d}单",
        "have {usual} in that time",
        "同期有{usual}单",
    ),
    *compared(
        "order_count_90d",
        all_of(SEVERAL_ORDERS, lowers, exactly("order_count_90d", 0)),
        "{order_count_all:order} so far, none in the last 90 days",
        "共{order_count_all}单，近90天没有下单",
        "have {usual} in that time",
        "同期有{usual}单",
    ),
    *compared(
        "order_count_all",
        SEVERAL_ORDERS,
        "{order_count_all:order} so far",
        "共{order_count_all}单",
        "have {usual}",
        "有{usual}单",
    ),
)
"""How many orders there were."""

SPEND = (
    *compared(
        "net_spend_90d",
        all_of(SPENT, at_least("net_spend_90d", 1)),
        "spent {net_spend_all} so far, {net_spend_90d} in the last 90 days",
        "累计消费{net_spend_all}，近90天{net_spend_90d}",
        "spend {usual} in that time",
        "同期为{usual}",
    ),
    *compared(
        "net_spend_90d",
        all_of(SPENT, lowers, exactly("net_spend_90d", 0), exactly("order_count_90d", 0)),
        "spent {net_spend_all} so far, nothing in the last 90 days",
        "累计消费{net_spend_all}，近90天没有消费",
        "spend {usual} in that time",
        "同期为{usual}",
    ),
    *compared(
        "net_spend_all",
        SPENT,
        "spent {net_spend_all} so far",
        "累计消费{net_spend_all}",
        "have spent {usual}",
        "为{usual}",
    ),
)
"""How much was spent, returns taken off."""

TENURE = (
    *distinguished(
        "days_since_first_purchase",
        SEVERAL_DAYS,
        "first ordered {days_since_first_purchase:day} ago",
        "首次下单在{days_since_first_purchase:day}前",
        "{usual:day} ago",
        "在{usual:day}前",
    ),
    *distinguished(
        "days_since_first",
        exactly("purchase_day_count", 0),
        "first seen {days_since_first:day} ago",
        "首次来访在{days_since_first:day}前",
        "{usual:day} ago",
        "在{usual:day}前",
    ),
)
"""How long the customer has been one; of those with one day of orders the silence says the same."""

RETURNS = (
    Wording(
        "{return_count_all:return} so far",
        "已退货{return_count_all}次",
        all_of(lowers, at_least("return_count_all", 1)),
    ),
    Wording(
        "no returns so far",
        "没有退过货",
        all_of(raises, at_least("order_count_all", 1), exactly("return_count_all", 0)),
    ),
)
"""How many items came back."""
