"""Sentences about orders, money and returns: each wording, to the letter."""

from __future__ import annotations

import pytest

from tests.training.customers.explaining.wording.one_customer import Case, cases

CASES = """
silence lowers repeat days_since_purchase=74.2 purchase_gap_mean_days=31
    silent for 74 days, usually orders every 31 days
    已沉默74天，通常每31天下单一次
silence lowers repeat days_since_purchase=25 purchase_gap_mean_days=31
    no order for 25 days, usually orders every 31 days
    已有25天没有下单，通常每31天下单一次
silence lowers repeat days_since_purchase=3 purchase_gap_mean_days=31
    ordered only 3 days ago, usually every 31 days
    3天前刚下过单，通常每31天下单一次
silence lowers repeat days_since_purchase=0.4 purchase_gap_mean_days=31
    ordered less than a day ago, usually every 31 days
    上次下单在不到1天前，通常每31天下单一次
silence raises repeat days_since_purchase=3 purchase_gap_mean_days=31
    ordered 3 days ago, usually every 31 days
    上次下单在3天前，通常每31天下单一次
silence raises repeat days_since_purchase=40 purchase_gap_mean_days=1
    ordered 40 days ago, usually every day
    上次下单在40天前，通常每天下单一次
silence lowers one_order days_since_purchase=74 usual_second_order_days=31
    bought once, 74 days ago; half of those who came back did so within 31 days
    只买过一次，在74天前；再次购买的顾客中有一半在31天内回来
silence lowers one_order days_since_purchase=7 usual_second_order_days=31
    bought once, only 7 days ago; half of those who came back took more than 31 days
    只买过一次，7天前刚下单；再次购买的顾客中有一半超过31天才回来
silence raises one_order days_since_purchase=7 usual_second_order_days=31
    bought once, 7 days ago; half of those who came back did so within 31 days
    只买过一次，在7天前；再次购买的顾客中有一半在31天内回来
silence raises one_order days_since_purchase=74 usual_second_order_days=31
    bought once, 74 days ago
    只买过一次，在74天前
silence lowers one_order days_since_purchase=74
    bought once, 74 days ago
    只买过一次，在74天前
silence lowers one_order order_count_all=2 days_since_purchase=1 usual_second_order_days=31
    last ordered 1 day ago
    上次下单在1天前
silence lowers visitor
    -
rhythm lowers repeat orders_per_year=4.2 usual_orders_per_year=9
    about 4 orders a year; regulars who order again usually have 9
    平均每年约4单；会再下单的老顾客通常有9单
rhythm raises repeat orders_per_year=1.2
    about 1 order a year
    平均每年约1单
rhythm lowers repeat orders_per_year=0.3 usual_orders_per_year=9
    less than one order a year; regulars who order again usually have 9
    平均每年不到1单；会再下单的老顾客通常有9单
rhythm lowers repeat orders_per_year=9 purchase_gap_last_days=60 purchase_gap_mean_days=31 usual_orders_per_year=9
    the last gap between orders was 60 days, the usual one 31 days
    最近两单相隔60天，通常相隔31天
rhythm raises repeat purchase_day_count=2 days_since_first_purchase=60 purchase_gap_mean_days=12 \
usual_purchase_gap_mean_days=31
    usually orders every 12 days; regulars who order again usually do so every 31 days
    通常每12天下单一次；会再下单的老顾客通常每31天一次
rhythm raises repeat purchase_day_count=2 days_since_first_purchase=60 purchase_gap_mean_days=1
    usually orders every day
    通常每天下单一次
rhythm lowers repeat orders_per_year=20 usual_orders_per_year=9
    -
rhythm lowers one_order orders_per_year=4
    -
rhythm lowers repeat orders_per_year=0.3
    less than one order a year
    平均每年不到1单
orders lowers one_order order_count_90d=1
    only one order so far
    至今只下过一单
orders raises one_order order_count_90d=1
    first order within the last 90 days
    首单在近90天内
orders raises one_order order_count_90d=0
    -
orders lowers repeat order_count_90d=1 usual_order_count_90d=3
    5 orders so far, 1 in the last 90 days; regulars who order again usually have 3 in that time
    共5单，近90天1单；会再下单的老顾客通常同期有3单
orders lowers repeat order_count_90d=0 usual_order_count_90d=3
    5 orders so far, none in the last 90 days; regulars who order again usually have 3 in that time
    共5单，近90天没有下单；会再下单的老顾客通常同期有3单
orders lowers repeat order_count_90d=0
    5 orders so far, none in the last 90 days
    共5单，近90天没有下单
orders raises repeat order_count_90d=6 usual_order_count_90d=3
    5 orders so far, 6 in the last 90 days; regulars who order again usually have 3 in that time
    共5单，近90天6单；会再下单的老顾客通常同期有3单
orders lowers repeat order_count_90d=3 usual_order_count_90d=3 usual_order_count_all=9
    5 orders so far; regulars who order again usually have 9
    共5单；会再下单的老顾客通常有9单
orders lowers visitor
    -
orders lowers repeat order_count_90d=1
    5 orders so far, 1 in the last 90 days
    共5单，近90天1单
orders raises repeat order_count_90d=0
    5 orders so far
    共5单
spend lowers repeat net_spend_all=1234.4 net_spend_90d=30 usual_net_spend_90d=210
    spent 1,234 so far, 30 in the last 90 days; regulars who order again usually spend 210 in that time
    累计消费1,234，近90天30；会再下单的老顾客通常同期为210
spend lowers repeat net_spend_all=1234.4 net_spend_90d=0 order_count_90d=0 usual_net_spend_90d=210
    spent 1,234 so far, nothing in the last 90 days; regulars who order again usually spend 210 in that time
    累计消费1,234，近90天没有消费；会再下单的老顾客通常同期为210
spend lowers repeat net_spend_all=1234.4 net_spend_90d=0 order_count_90d=0
    spent 1,234 so far, nothing in the last 90 days
    累计消费1,234，近90天没有消费
spend lowers repeat net_spend_all=1234.4 net_spend_90d=-40 usual_net_spend_all=2500 usual_net_spend_90d=210
    spent 1,234 so far; regulars who order again usually have spent 2,500
    累计消费1,234；会再下单的老顾客通常为2,500
spend raises repeat net_spend_all=1234.4 net_spend_90d=0 usual_net_spend_all=500 usual_net_spend_90d=210
    spent 1,234 so far; regulars who order again usually have spent 500
    累计消费1,234；会再下单的老顾客通常为500
spend lowers repeat net_spend_all=-12 net_spend_90d=0
    -
spend raises repeat net_spend_all=1234.4 net_spend_90d=30
    spent 1,234 so far, 30 in the last 90 days
    累计消费1,234，近90天30
spend lowers repeat net_spend_all=40 net_spend_90d=-12
    spent 40 so far
    累计消费40
tenure lowers repeat usual_days_since_first_purchase=100
    first ordered 300 days ago; regulars who order again usually 100 days ago
    首次下单在300天前；会再下单的老顾客通常在100天前
tenure raises repeat usual_days_since_first_purchase=100
    first ordered 300 days ago
    首次下单在300天前
tenure lowers visitor days_since_first=200 usual_days_since_first=13
    first seen 200 days ago; visitors who go on to order usually 13 days ago
    首次来访在200天前；会下单的访客通常在13天前
tenure lowers one_order days_since_first_purchase=40 days_since_first=50
    -
tenure raises visitor days_since_first=0.5
    first seen less than a day ago
    首次来访在不到1天前
returns lowers repeat return_count_all=1
    1 return so far
    已退货1次
returns lowers repeat return_count_all=3
    3 returns so far
    已退货3次
returns raises repeat return_count_all=0
    no returns so far
    没有退过货
returns lowers repeat return_count_all=0
    -
returns raises repeat return_count_all=3
    -
returns raises visitor return_count_all=0
    -
"""


@pytest.mark.parametrize("case", cases(CASES), ids=str)
def test_the_wording(case: Case) -> None:
    """What is said of one customer's concept, in both languages; nothing where no fact points the reasons' way."""
    assert case.said() == case.expected
